//! Which program may hold a reader: pcscd does not tell, but whoever speaks to it has its library in memory, is told of the same
//! socket and has a connection. Start at [`likely`].

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::back::encoder::libnfc;

/// Where the library looks for pcscd; unset for most.
const SOCKET: &[u8] = b"PCSCLITE_CSOCK_NAME=";

/// Programs that have libpcsclite in memory and speak to the pcscd that this one speaks to, but pcscd and this program, whose own
/// processes know of each other by their locks; `?` where none can be seen.
pub(super) fn likely() -> String {
    likely_in(Path::new("/proc"), std::process::id())
}

fn likely_in(proc: &Path, own: u32) -> String {
    let Ok(entries) = fs::read_dir(proc) else { return "?".to_owned() };
    let name_of = |folder: &Path| fs::read_to_string(folder.join("comm")).ok().map(|name| name.trim().to_owned());
    let home = proc.join(own.to_string());
    let (house, socket, connected) = (name_of(&home), socket_of(&home), connections(proc));
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| {
            entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()).is_some_and(|id| id != own)
        })
        .map(|entry| entry.path())
        // Another account's processes show their maps to root only.
        .filter(|process| fs::read_to_string(process.join("maps")).is_ok_and(|maps| maps.contains("/libpcsclite")))
        .filter(|process| {
            socket_of(process) == socket && !libnfc::is_child_at(process) && has_one_of(process, &connected)
        })
        .filter_map(|process| name_of(&process))
        .filter(|name| !name.is_empty() && name != "pcscd" && Some(name) != house.as_ref())
        .map(|name| name.chars().filter(|c| !c.is_control()).collect::<String>())
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() { "?".to_owned() } else { names.join(", ") }
}

fn socket_of(process: &Path) -> Option<Vec<u8>> {
    let environment = fs::read(process.join("environ")).ok()?;
    environment.split(|byte| *byte == 0).find_map(|entry| entry.strip_prefix(SOCKET)).map(<[u8]>::to_vec)
}

/// The sockets that are connected and have no name, as a client's are (proc_net(5): state 03, inode, no path).
fn connections(proc: &Path) -> BTreeSet<String> {
    let sockets = fs::read_to_string(proc.join("net/unix")).unwrap_or_default();
    let client = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [_, _, _, _, _, "03", inode] => Some(format!("socket:[{inode}]")),
        _ => None,
    };
    sockets.lines().filter_map(client).collect()
}

fn has_one_of(process: &Path, connected: &BTreeSet<String>) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else { return false };
    files
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok())
        .any(|open| open.to_str().is_some_and(|open| connected.contains(open)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    const LIBRARY: &str = "7f00-7f01 r-xp 0 00:1 1 /usr/lib/x86_64-linux-gnu/libpcsclite.so.1.0.0\n";

    #[test]
    fn a_program_that_speaks_to_our_pcscd_is_named() {
        let proc = tempfile::tempdir().unwrap();
        let (ours, other) = ("HOME=/\0PCSCLITE_CSOCK_NAME=/run/a\0", "PCSCLITE_CSOCK_NAME=/run/b\0");
        let (client, server) = ("socket:[71]", "socket:[72]");
        for (id, name, command, maps, environment, file) in [
            ("1", "init", "init\0", "", ours, client),
            ("7", "issuer", "issuer\0issue\0", LIBRARY, ours, client),
            ("6", "issuer", "issuer\0serve\0", LIBRARY, ours, client),
            ("5", "exe", "issuer\0libnfc-child\0", LIBRARY, ours, client),
            ("8", "pcscd", "pcscd\0", LIBRARY, ours, client),
            ("9", "pcsc_scan", "pcsc_scan\0", LIBRARY, ours, client),
            ("10", "elsewhere", "elsewhere\0", LIBRARY, other, client),
            ("11", "default", "default\0", LIBRARY, "", client),
            ("12", "unconnected", "unconnected\0", LIBRARY, ours, server),
        ] {
            let folder = proc.path().join(id);
            fs::create_dir_all(folder.join("fd")).unwrap();
            symlink(file, folder.join("fd/3")).unwrap();
            for (file, content) in
                [("comm", &*format!("{name}\n")), ("cmdline", command), ("maps", maps), ("environ", environment)]
            {
                fs::write(folder.join(file), content).unwrap();
            }
        }
        fs::create_dir(proc.path().join("net")).unwrap();
        let sockets = "Num RefCount Protocol Flags Type St Inode Path\n\
            0: 00000003 00000000 00000000 0001 03 71\n0: 00000003 00000000 00000000 0001 03 72 /run/a\n";
        fs::write(proc.path().join("net/unix"), sockets).unwrap();
        assert_eq!(likely_in(proc.path(), 7), "pcsc_scan");
        assert_eq!(likely_in(&proc.path().join("1"), 7), "?");
    }
}
