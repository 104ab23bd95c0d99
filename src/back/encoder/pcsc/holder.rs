//! Which program may hold a reader: pcscd does not tell, but whoever speaks to it has its library in memory.
//! Start at [`likely`].

use std::fs;
use std::path::Path;

/// Programs that have libpcsclite in memory, but pcscd and this program, whose own processes know of each other by their
/// locks; `?` where none can be seen.
pub(super) fn likely() -> String {
    likely_in(Path::new("/proc"), std::process::id())
}

fn likely_in(proc: &Path, own: u32) -> String {
    let Ok(entries) = fs::read_dir(proc) else { return "?".to_owned() };
    let name_of = |folder: &Path| fs::read_to_string(folder.join("comm")).ok().map(|name| name.trim().to_owned());
    let house = name_of(&proc.join(own.to_string()));
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| {
            entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()).is_some_and(|id| id != own)
        })
        // Another account's processes show their maps to root only.
        .filter(|entry| fs::read_to_string(entry.path().join("maps")).is_ok_and(|maps| maps.contains("/libpcsclite")))
        .filter_map(|entry| name_of(&entry.path()))
        .filter(|name| !name.is_empty() && name != "pcscd" && Some(name) != house.as_ref())
        .map(|name| name.chars().filter(|c| !c.is_control()).collect::<String>())
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() { "?".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_the_library_in_memory_is_named() {
        let proc = tempfile::tempdir().unwrap();
        let library = "7f00-7f01 r-xp 0 00:1 1 /usr/lib/x86_64-linux-gnu/libpcsclite.so.1.0.0\n";
        for (id, name, maps) in [
            ("1", "init", ""),
            ("7", "issuer", library),
            ("6", "issuer", library),
            ("8", "pcscd", library),
            ("9", "pcsc_scan", library),
        ] {
            let folder = proc.path().join(id);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("comm"), format!("{name}\n")).unwrap();
            fs::write(folder.join("maps"), maps).unwrap();
        }
        assert_eq!(likely_in(proc.path(), 7), "pcsc_scan");
        assert_eq!(likely_in(&proc.path().join("1"), 7), "?");
    }
}
