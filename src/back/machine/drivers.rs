//! Reader drivers that only a test wants: entries of reader.conf that load a virtual reader, and a simulation that runs.
//! Start at [`test_entries`] and [`simulations`].

use super::{Look, Machine, bytes, names, read};

/// Where pcscd reads drivers that USB does not announce (reader.conf(5)).
pub const FOLDER: &str = "/etc/reader.conf.d";

/// The files, as this computer names them, that load vpcd or the simulated handler of `hardware/simulated`.
pub fn test_entries(machine: &Machine) -> Look<Vec<String>> {
    let folder = machine.at(FOLDER);
    let files = match names(&folder) {
        Look::Found(files) => files,
        Look::Missing => return Look::Found(Vec::new()),
        Look::Hidden => return Look::Hidden,
    };
    let mut found = Vec::new();
    for file in files {
        match read(&folder.join(&file)) {
            Look::Found(text) if text.lines().any(is_test) => found.push(format!("{FOLDER}/{file}")),
            Look::Found(_) | Look::Missing => {}
            Look::Hidden => return Look::Hidden,
        }
    }
    Look::Found(found)
}

/// A line `LIBPATH /usr/lib/…/libifdvpcd.so`.
fn is_test(line: &str) -> bool {
    let Some(path) = line.trim_start().strip_prefix("LIBPATH") else { return false };
    let library = path.trim().rsplit('/').next().unwrap_or_default();
    // `ifd.so` is the handler of hardware/simulated, as the rig builds it.
    library == "ifd.so" || ["vpcd", "issuer", "simulated"].iter().any(|word| library.contains(word))
}

/// The processes that run `issuer rig simulate`, by id. Hidden where others' processes are: `/proc` may be mounted so
/// (proc(5), `hidepid`), and then process 1 is not seen either.
pub fn simulations(machine: &Machine) -> Look<Vec<u32>> {
    let proc = machine.at("/proc");
    let line = |id: &str| bytes(&proc.join(id).join("cmdline"));
    if !matches!(line("1"), Look::Found(_)) {
        return Look::Hidden;
    }
    let simulates = |id: &u32| {
        // One that has ended since is none.
        let line = line(&id.to_string()).found().unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        let program = words.first().and_then(|program| program.rsplit(|byte| *byte == b'/').next());
        program == Some(b"issuer") && words.windows(2).any(|pair| pair == [&b"rig"[..], &b"simulate"[..]])
    };
    names(&proc).map(|names| names.iter().filter_map(|name| name.parse().ok()).filter(simulates).collect())
}
