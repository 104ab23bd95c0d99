//! Whether something keeps the clock right. Start at [`synchronised`].

use super::{Look, Machine};

/// systemd-timesyncd touches `synchronized` whenever it has set the clock (systemd-timesyncd.service(8)). Missing where it
/// does not run: then chrony or ntpd may, and they tell only those who ask them.
pub fn synchronised(machine: &Machine) -> Look<bool> {
    let folder = machine.at("/run/systemd/timesync");
    match folder.try_exists() {
        Ok(true) => Look::Found(folder.join("synchronized").exists()),
        Ok(false) => Look::Missing,
        Err(_) => Look::Hidden,
    }
}

/// A daemon other than systemd's that keeps the clock, by the file with its process id.
pub fn other_keeper(machine: &Machine) -> Option<&'static str> {
    let daemons = [
        ("chronyd", "/run/chrony/chronyd.pid"),
        ("chronyd", "/run/chronyd.pid"),
        ("ntpd", "/run/ntpd.pid"),
        ("ntpsec", "/run/ntpsec/ntpd.pid"),
    ];
    daemons.into_iter().find_map(|(name, file)| machine.at(file).exists().then_some(name))
}

/// When this very program was built or installed: no clock can rightly be before that.
pub fn program_written() -> Option<std::time::SystemTime> {
    std::fs::metadata(std::env::current_exe().ok()?).ok()?.modified().ok()
}
