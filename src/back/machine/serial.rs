//! Serial nodes on which a PN532 board may sit: those of USB-serial bridges, and what the settings name. Whether this
//! account may use them; nothing is opened, for opening a port resets some boards. Start at [`nodes`].

use std::path::{Path, PathBuf};

use super::files::{self, May};
use super::{Machine, names};

/// One device node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// As it is named on this computer, `/dev/ttyUSB0`.
    pub path: PathBuf,
    pub may: May,
    /// The group that it is given to.
    pub group: String,
}

/// The nodes of USB-serial bridges, and those that connection strings such as `pn532_uart:/dev/ttyS0` name.
pub fn nodes(machine: &Machine, named: &[String]) -> Vec<Node> {
    let found = names(&machine.at("/dev")).found().unwrap_or_default();
    let bridges = found.into_iter().filter(|name| name.starts_with("ttyUSB") || name.starts_with("ttyACM"));
    let mut paths: Vec<PathBuf> = bridges.map(|name| Path::new("/dev").join(name)).collect();
    let wanted = named.iter().filter_map(|name| name.split(':').find(|part| part.starts_with("/dev/")));
    for path in wanted.map(PathBuf::from) {
        let same = |other: &PathBuf| canonical(machine, other) == canonical(machine, &path);
        if !paths.iter().any(same) {
            paths.push(path);
        }
    }
    let node = |path: PathBuf| {
        let at = machine.at(&path);
        Node { may: files::may(machine, &at), group: files::group(machine, &at), path }
    };
    paths.into_iter().map(node).collect()
}

fn canonical(machine: &Machine, path: &Path) -> PathBuf {
    let at = machine.at(path);
    at.canonicalize().unwrap_or(at)
}
