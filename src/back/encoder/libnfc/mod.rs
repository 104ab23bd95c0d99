//! PN532 boards by libnfc, which runs in a child process of this very program: without keys, without the database.
//!
//! Never an ACR122U: libnfc would take it away from pcscd, switch its polling off and leave it so, until it is plugged in anew
//! (nfc-tools/libnfc issue 502). That reader goes by PC/SC; libnfc's own finds of it are left out.
//! Start at [`Libnfc`]; [`link`] is one board, [`process`] the hold on its child, [`child`] the other side of it.

mod child;
mod link;
mod native;
mod port;
mod process;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(super) use self::child::is_at as is_child_at;
pub use self::child::{is_child, run as run_child};
use self::link::Board;
use self::process::{Child, Program};
use self::wire::{Answer, Question};
use super::pn532::Pn532;
use super::{Listed, Reader, ReaderState, Readers};
use crate::plan::messages::Trouble;

/// libnfc's scan looks at USB only, and opens what it knows there for a moment.
const SCAN: Duration = Duration::from_millis(900);
/// A scan that failed is tried again after so long, though nothing was plugged in.
const SCAN_AGAIN: Duration = Duration::from_secs(30);

/// The boards by libnfc's connection strings.
pub struct Libnfc {
    names: Vec<String>,
    program: Program,
    scanned: Mutex<Option<Scan>>,
}

/// What libnfc found when these USB devices were there.
struct Scan {
    devices: Vec<String>,
    found: Result<Vec<String>, Trouble>,
    at: Instant,
}

impl Libnfc {
    /// `names`: connection strings as `pn532_uart:/dev/ttyUSB0`; none: what libnfc finds by itself.
    pub fn new(names: Vec<String>) -> Libnfc {
        Libnfc { names, program: Program::ours(), scanned: Mutex::new(None) }
    }

    /// With another file of this program as the child, for tests whose own file it is not.
    pub fn with_child(names: Vec<String>, program: PathBuf) -> Libnfc {
        Libnfc { program: Program::at(program), ..Libnfc::new(names) }
    }

    /// What libnfc finds, asked again only when something was plugged in or out: the page draws the list twice a second.
    fn found(&self) -> Result<Vec<String>, Trouble> {
        let mut scanned = self.scanned.lock().unwrap_or_else(PoisonError::into_inner);
        let devices = usb_devices();
        if let Some(scan) = &*scanned
            && scan.devices == devices
            && (scan.found.is_ok() || scan.at.elapsed() < SCAN_AGAIN)
        {
            return scan.found.clone();
        }
        let found = self.scan();
        *scanned = Some(Scan { devices, found: found.clone(), at: Instant::now() });
        found
    }

    fn scan(&self) -> Result<Vec<String>, Trouble> {
        let answer = Child::start(&self.program).and_then(|mut child| child.ask(&Question::List, SCAN));
        match answer {
            Ok(Answer::Names(mut names)) => {
                names.extend(port::held_by_kernel());
                names.sort();
                names.dedup();
                Ok(names)
            }
            Ok(_) => Ok(Vec::new()),
            Err(fault) => Err(Trouble::new("reader-crashed").with("reader", "libnfc").with("reason", fault)),
        }
    }
}

impl Readers for Libnfc {
    fn list(&self) -> Result<Vec<Listed>, Trouble> {
        let names = if self.names.is_empty() { self.found()? } else { self.names.clone() };
        Ok(names.into_iter().filter(|name| !is_acr122(name)).map(listed).collect())
    }

    fn open(&self, name: &str) -> Result<Box<dyn Reader>, Trouble> {
        let gone = || Trouble::new("reader-gone").with("reader", name);
        if is_acr122(name) || port::node(name).is_some_and(|node| !node.exists()) {
            return Err(gone());
        }
        Ok(Box::new(Pn532::new(Board::new(name, self.program.clone()))))
    }
}

/// As it stands, seen from outside: nobody opens a port that a job may be working with.
fn listed(name: String) -> Listed {
    let trouble = port::look(&name).err();
    let state = match trouble.as_ref().map(|trouble| trouble.code) {
        None => ReaderState::Ready,
        Some("reader-gone") => ReaderState::Gone,
        Some("reader-taken") => ReaderState::Taken,
        Some(_) => ReaderState::Stuck,
    };
    let port = port::node(&name).map(|node| node.display().to_string());
    Listed { name, state, uid: None, port, trouble }
}

/// libnfc's driver for ACS's readers, the only one that takes 072f:2200.
fn is_acr122(name: &str) -> bool {
    name.starts_with("acr122_")
}

/// The USB devices there are, by their place and number: another number for one that was plugged in anew.
fn usb_devices() -> Vec<String> {
    let Ok(entries) = std::fs::read_dir("/sys/bus/usb/devices") else { return Vec::new() };
    let devices = entries.flatten().map(|entry| entry.path());
    // Interfaces (`1-1:1.0`) come and go with their device.
    let devices = devices.filter(|path| !path.to_string_lossy().contains(':'));
    let mut devices: Vec<String> = devices.map(|path| format!("{} {}", path.display(), number_of(&path))).collect();
    devices.sort();
    devices
}

fn number_of(device: &Path) -> String {
    std::fs::read_to_string(device.join("devnum")).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libnfc(names: &[&str]) -> Libnfc {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Libnfc::with_child(names, "/nowhere/issuer".into())
    }

    #[test]
    fn boards_of_the_settings_are_listed_without_a_child() {
        let found = libnfc(&["pn532_uart:/dev/ttyNOWHERE9", "acr122_usb:001:004"]).list().unwrap();
        let [board] = &found[..] else { panic!("the ACR122U is PC/SC's: {found:?}") };
        assert_eq!((board.state, board.port.as_deref()), (ReaderState::Gone, Some("/dev/ttyNOWHERE9")));
    }

    #[test]
    fn a_board_that_is_not_there_is_not_opened() {
        let trouble = libnfc(&[]).open("pn532_uart:/dev/ttyNOWHERE9").err().unwrap();
        assert_eq!(trouble.code, "reader-gone");
    }

    #[test]
    fn a_scan_that_fails_is_told_and_not_made_again_at_once() {
        let libnfc = libnfc(&[]);
        assert_eq!(libnfc.list().unwrap_err().code, "reader-crashed");
        let at = |libnfc: &Libnfc| libnfc.scanned.lock().unwrap().as_ref().map(|scan| scan.at);
        let first = at(&libnfc);
        assert!(libnfc.list().is_err() && first.is_some() && at(&libnfc) == first);
    }
}
