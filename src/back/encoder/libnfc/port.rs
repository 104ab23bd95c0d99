//! Where a board is plugged in, as the system shows it: whether the device is there, may be used, and who holds it. Opens
//! nothing but in [`Claim`], which is asked only after libnfc has failed. Start at [`look`].

use std::path::{Path, PathBuf};

use rustix::fs::{Access, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{InputModes, OptionalActions, tcgetattr, tcsetattr};

use super::child;
use crate::plan::messages::Trouble;

/// The device of a connection string, where it names one: `pn532_uart:/dev/ttyUSB0:115200`, `pn53x_usb:001:004`.
pub(super) fn node(name: &str) -> Option<PathBuf> {
    let mut parts = name.split(':');
    match (parts.next()?, parts.next()?, parts.next()) {
        ("pn53x_usb" | "usb", bus, Some(device)) if number(bus) && number(device) => {
            Some(Path::new("/dev/bus/usb").join(bus).join(device))
        }
        (_, path, _) if path.starts_with('/') => Some(path.into()),
        _ => None,
    }
}

fn number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// What keeps the board of that name from being used, without opening it: `reader-gone`, `reader-refused`,
/// `reader-kernel`, `reader-taken`.
pub(super) fn look(name: &str) -> Result<(), Trouble> {
    let Some(node) = node(name) else { return Ok(()) };
    match rustix::fs::access(&node, Access::READ_OK | Access::WRITE_OK) {
        Ok(()) => {}
        Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) => {
            return Err(Trouble::new("reader-refused").with("reader", name));
        }
        Err(_) => return Err(Trouble::new("reader-gone").with("reader", name)),
    }
    if let Some(module) = kernel_module(name) {
        return Err(Trouble::new("reader-kernel").with("reader", name).with("module", module));
    }
    match holder(&node).0 {
        Some(holder) => Err(Trouble::new("reader-taken").with("reader", name).with("holder", holder)),
        None => Ok(()),
    }
}

/// The kernel's own NFC driver on that board (`pn533_usb`, `pn533_i2c`): libnfc cannot use it then. A serial port with
/// the kernel's `pn532_uart` on it has no `/dev/tty…` at all.
fn kernel_module(name: &str) -> Option<String> {
    let bound = |device: &Path| {
        let driver = std::fs::read_link(device.join("driver")).ok()?;
        let driver = driver.file_name()?.to_str()?.to_owned();
        driver.starts_with("pn53").then_some(driver)
    };
    let mut parts = name.split(':');
    match (parts.next()?, parts.next()?, parts.next()) {
        ("pn532_i2c", path, _) => {
            // The address of every PN532 on an I2C bus (UM0701-02, 6.2.4: 48h with the direction bit).
            let bus = path.strip_prefix("/dev/i2c-").filter(|bus| number(bus))?;
            bound(&Path::new("/sys/bus/i2c/devices").join(format!("{bus}-0024")))
        }
        ("pn53x_usb" | "usb", bus, Some(device)) => {
            let is = |path: &Path, file: &str, wanted: &str| {
                let text = std::fs::read_to_string(path.join(file)).unwrap_or_default();
                text.trim().parse::<u16>().is_ok_and(|found| wanted.parse() == Ok(found))
            };
            let mut devices = std::fs::read_dir("/sys/bus/usb/devices").ok()?.flatten().map(|entry| entry.path());
            let ours = devices.find(|path| is(path, "busnum", bus) && is(path, "devnum", device))?;
            let interfaces = std::fs::read_dir(&ours).ok()?.flatten().map(|entry| entry.path());
            interfaces.filter(|path| path.to_string_lossy().contains(':')).find_map(|interface| bound(&interface))
        }
        _ => None,
    }
}

/// Which other program has that device open, as `name (process id)`, and whether every process could be looked at. Our own
/// children are passed over: the lock of the job that works with one tells who that is.
pub(super) fn holder(node: &Path) -> (Option<String>, bool) {
    let (holders, all_seen) = holders(node);
    let other = holders.into_iter().find(|process| !is_child(process)).map(|process| {
        let name = std::fs::read_to_string(process.join("comm")).unwrap_or_default();
        let id = process.file_name().unwrap_or_default().to_string_lossy().into_owned();
        format!("{} ({id})", name.trim())
    });
    (other, all_seen)
}

/// Whether a libnfc child has it open, of this process or of another one.
pub(super) fn child_holds(node: &Path) -> bool {
    holders(node).0.iter().any(|process| is_child(process))
}

/// The folders in `/proc` of those who have that device open, and whether all could be looked into.
fn holders(node: &Path) -> (Vec<PathBuf>, bool) {
    let Ok(node) = node.canonicalize() else { return (Vec::new(), true) };
    let Ok(processes) = std::fs::read_dir("/proc") else { return (Vec::new(), false) };
    let mut holders = Vec::new();
    let mut all_seen = true;
    for process in processes.flatten().filter(|entry| entry.file_name().to_str().is_some_and(number)) {
        let path = process.path();
        match std::fs::read_dir(path.join("fd")) {
            Ok(files) => {
                if files.flatten().any(|file| std::fs::read_link(file.path()).is_ok_and(|open| open == node)) {
                    holders.push(path);
                }
            }
            // One that has ended meanwhile holds nothing.
            Err(_) => all_seen &= !path.exists(),
        }
    }
    (holders, all_seen)
}

fn is_child(process: &Path) -> bool {
    let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
    command.split(|byte| *byte == 0).nth(1) == Some(child::WORD.as_bytes())
}

/// libnfc's mark on a serial port in use, an unused bit of its input modes (`CCLAIMED` in libnfc/buses/uart.c). The kernel
/// keeps it after the last close of a real port, so that one whose user was killed stays closed to libnfc until it is unplugged.
const CLAIMED: u32 = 0x8000_0000;

/// What opening a port by ourselves tells, after libnfc could not or its process died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    Gone,
    Refused,
    /// Marked as in use, or held exclusively.
    Taken,
    /// Nothing is in the way there.
    Free,
}

impl Claim {
    /// Opens and closes it. `clear`: takes the mark away, for whom it is certain that nobody uses the port.
    pub(super) fn of(node: &Path, clear: bool) -> Claim {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let port = match rustix::fs::open(node, flags, Mode::empty()) {
            Ok(port) => port,
            Err(Errno::ACCESS | Errno::PERM) => return Claim::Refused,
            Err(Errno::BUSY) => return Claim::Taken,
            Err(_) => return Claim::Gone,
        };
        let Ok(mut modes) = tcgetattr(&port) else { return Claim::Free };
        let claimed = InputModes::from_bits_retain(CLAIMED);
        if !modes.input_modes.contains(claimed) {
            return Claim::Free;
        }
        if clear {
            modes.input_modes.remove(claimed);
            if tcsetattr(&port, OptionalActions::Now, &modes).is_ok() {
                return Claim::Free;
            }
        }
        Claim::Taken
    }
}

#[cfg(test)]
mod tests {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::*;

    #[test]
    fn a_connection_string_names_its_device() {
        for (name, device) in [
            ("pn532_uart:/dev/ttyUSB0", Some("/dev/ttyUSB0")),
            ("pn532_uart:/dev/serial/by-id/x:115200", Some("/dev/serial/by-id/x")),
            ("pn532_i2c:/dev/i2c-1", Some("/dev/i2c-1")),
            ("pn532_spi:/dev/spidev0.0:500000", Some("/dev/spidev0.0")),
            ("pn53x_usb:001:004", Some("/dev/bus/usb/001/004")),
            ("pn53x_usb:../..:004", None),
            ("pn53x_usb", None),
            ("", None),
        ] {
            assert_eq!(node(name).as_deref(), device.map(Path::new), "{name}");
        }
    }

    #[test]
    fn a_device_that_is_not_there_is_gone() {
        let trouble = look("pn532_uart:/dev/ttyNOWHERE9").unwrap_err();
        assert_eq!(trouble.code, "reader-gone");
    }

    /// A terminal of our own; both ends stay open.
    fn pty() -> (rustix::fd::OwnedFd, rustix::fd::OwnedFd, PathBuf) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path: PathBuf = ptsname(&master, Vec::new()).unwrap().into_string().unwrap().into();
        let slave = rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        (master, slave, path)
    }

    #[test]
    fn the_program_that_holds_a_port_is_named() {
        let (_master, _slave, path) = pty();
        let trouble = look(&format!("pn532_uart:{}", path.display())).unwrap_err();
        assert_eq!(trouble.code, "reader-taken");
        let (Some(holder), _) = holder(&path) else { panic!("nobody holds it") };
        assert!(holder.ends_with(&format!("({})", std::process::id())), "{holder}");
    }

    #[test]
    fn a_mark_that_a_killed_user_left_is_seen_and_taken_away() {
        let (_master, slave, path) = pty();
        assert_eq!(Claim::of(&path, false), Claim::Free);
        let mut modes = tcgetattr(&slave).unwrap();
        modes.input_modes |= InputModes::from_bits_retain(CLAIMED);
        tcsetattr(&slave, OptionalActions::Now, &modes).unwrap();
        assert_eq!(Claim::of(&path, false), Claim::Taken);
        assert_eq!(Claim::of(&path, true), Claim::Free);
        assert_eq!(Claim::of(&path, false), Claim::Free);
    }
}
