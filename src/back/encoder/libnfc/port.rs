//! Where a board is plugged in, as the system shows it: whether the device is there, may be used, and who holds it. Opens
//! nothing but in [`Hold`], which only the child takes. Start at [`look`], which costs nothing, and [`search`], which looks into every
//! process and is for the moment before a port is opened.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fd::OwnedFd;
use rustix::fs::{Access, FlockOperation, Mode, OFlags, flock};
use rustix::io::Errno;

use super::child;
use crate::back::encoder::usb;
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
/// `reader-kernel`, and `reader-taken` while a program locks it or the one that [`search`] found last still has it open.
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
    let locks = locked_by(&node).filter(|id| !child::is_at(&process(id)));
    match locks.or_else(|| still_held_by(&node)) {
        Some(id) => Err(taken(name, &id)),
        None => Ok(()),
    }
}

/// `reader-taken` by the program that has the board's device open, without a lock too, which is searched for among all
/// processes.
pub(super) fn search(name: &str) -> Result<(), Trouble> {
    match node(name).and_then(|node| holder(&node)) {
        Some(id) => Err(taken(name, &id)),
        None => Ok(()),
    }
}

/// `reader-taken` of a board that the system or a lock does not let us have.
pub(super) fn refused(name: &str) -> Trouble {
    let node = node(name);
    let id = node.and_then(|node| locked_by(&node).or_else(|| holder(&node)));
    taken(name, &id.unwrap_or_default())
}

fn taken(name: &str, id: &str) -> Trouble {
    let program = std::fs::read_to_string(process(id).join("comm")).unwrap_or_default();
    let program: String = program.chars().filter(|c| !c.is_control()).collect();
    let holder = if program.is_empty() || id.is_empty() { "?".to_owned() } else { format!("{program} ({id})") };
    Trouble::new("reader-taken").with("reader", name).with("holder", holder)
}

fn process(id: &str) -> PathBuf {
    Path::new("/proc").join(id)
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
        ("pn53x_usb" | "usb", bus, Some(address)) => {
            let at = (bus.parse::<u32>().ok()?, address.parse::<u32>().ok()?);
            let device =
                usb::devices(Path::new(SYSFS)).into_iter().find(|device| (device.bus, device.address) == at)?;
            device.kernel_driver().map(str::to_owned)
        }
        _ => None,
    }
}

/// Boards on USB that the kernel's driver holds, so that libnfc does not find them. An ACR122U, which that driver takes too,
/// is none of libnfc's.
pub(super) fn held_by_kernel() -> Vec<String> {
    let boards = usb::devices(Path::new(SYSFS)).into_iter();
    let boards = boards.filter(|device| device.kernel_driver().is_some() && !device.is_acr122u());
    boards.map(|device| format!("pn53x_usb:{:03}:{:03}", device.bus, device.address)).collect()
}

const SYSFS: &str = "/sys";

/// The processes that were found last, by device, so that whoever asks while they go on asks one process only.
static HOLDERS: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

/// The process that has that device open; only those of one's own account can be looked into without an administrator's rights. Our
/// own children are passed over: the lock of the job that works with one tells who that is.
fn holder(node: &Path) -> Option<String> {
    if let Some(known) = still_held_by(node) {
        return Some(known);
    }
    let device = node.canonicalize().ok()?;
    let ids = std::fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let found = ids.filter(|id| number(id)).find(|id| has_open(id, &device) && !child::is_at(&process(id)))?;
    HOLDERS.lock().unwrap_or_else(PoisonError::into_inner).insert(node.to_owned(), found.clone());
    Some(found)
}

fn still_held_by(node: &Path) -> Option<String> {
    let mut holders = HOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = holders.get(node)?.clone();
    if node.canonicalize().is_ok_and(|device| has_open(&known, &device)) {
        return Some(known);
    }
    holders.remove(node);
    None
}

fn has_open(id: &str, device: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(process(id).join("fd")) else { return false };
    files.flatten().any(|file| std::fs::read_link(file.path()).is_ok_and(|open| open == device))
}

/// The process that locks that device (flock(2)), by `/proc/locks`: kind, nature and mode of the lock, process, and file
/// system and inode of the file.
fn locked_by(node: &Path) -> Option<String> {
    let stat = rustix::fs::stat(node).ok()?;
    let file = format!("{:02x}:{:02x}:{}", rustix::fs::major(stat.st_dev), rustix::fs::minor(stat.st_dev), stat.st_ino);
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [_, "FLOCK", _, _, id, locked, ..] if locked == file => Some(id.to_owned()),
        _ => None,
    })
}

/// A device held for one libnfc child. libnfc's own way to hold a serial port, a mark in its input modes (`CCLAIMED` in
/// libnfc/buses/uart.c), holds nothing: glibc's tcsetattr(3) clears that very bit (`IBAUD0`).
pub(super) struct Hold {
    device: OwnedFd,
    lent: bool,
}

/// Their device numbers (Documentation/admin-guide/devices.txt of Linux).
const PSEUDO_TERMINALS: RangeInclusive<u32> = 136..=143;

impl Hold {
    /// Holds it against every other child, of whichever process; nothing else changes. `None`: the name tells no device.
    ///
    /// # Errors
    /// Why the system does not let it be opened; `EWOULDBLOCK` while another child has it.
    pub(super) fn take(name: &str) -> Result<Option<Hold>, Errno> {
        let Some(node) = node(name) else { return Ok(None) };
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let device = rustix::fs::open(node, flags, Mode::empty())?;
        flock(&device, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Some(Hold { device, lent: false }))
    }

    /// Holds a terminal against every other program too (TIOCEXCL; an administrator's come in all the same). After libnfc
    /// has opened it: that open would fail otherwise. It ends with the last close; but not on a pseudo-terminal, which its
    /// other end keeps alive, so that one stays as it is.
    pub(super) fn close_door(&self) {
        let pseudo = |stat: rustix::fs::Stat| PSEUDO_TERMINALS.contains(&rustix::fs::major(stat.st_rdev));
        if !rustix::fs::fstat(&self.device).is_ok_and(pseudo) {
            // Other buses have no such thing.
            let _ = rustix::termios::ioctl_tiocexcl(&self.device);
        }
    }

    /// Lets others have it until it is taken again; it stays open here.
    pub(super) fn lend(&mut self) {
        // What could not be lent stays held.
        self.lent = flock(&self.device, FlockOperation::Unlock).is_ok();
        let _ = rustix::termios::ioctl_tiocnxcl(&self.device);
    }

    /// # Errors
    /// `EWOULDBLOCK` while another child has it.
    pub(super) fn take_again(&mut self) -> Result<(), Errno> {
        if self.lent {
            flock(&self.device, FlockOperation::NonBlockingLockExclusive)?;
            self.lent = false;
            self.close_door();
        }
        Ok(())
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
        let (_master, slave, path) = pty();
        let name = format!("pn532_uart:{}", path.display());
        assert_eq!(look(&name), Ok(()), "a list searches for nobody");
        let found = search(&name).unwrap_err();
        let holder = found.args.iter().find(|(name, _)| *name == "holder").map_or("", |(_, holder)| holder);
        assert!(holder.ends_with(&format!("({})", std::process::id())), "{holder}");
        assert_eq!(look(&name), Err(found), "until it lets go");
        drop(slave);
        assert_eq!((look(&name), search(&name)), (Ok(()), Ok(())));
    }

    #[test]
    fn the_program_that_locks_a_port_is_named_without_a_search() {
        let (_master, slave, path) = pty();
        flock(&slave, FlockOperation::NonBlockingLockExclusive).unwrap();
        let name = format!("pn532_uart:{}", path.display());
        let trouble = look(&name).unwrap_err();
        let holder = trouble.args.iter().find(|(name, _)| *name == "holder").map_or("", |(_, holder)| holder);
        assert!(holder.ends_with(&format!("({})", std::process::id())), "{holder}");
        drop(slave);
        assert_eq!(look(&name), Ok(()));
    }

    #[test]
    fn a_device_that_is_lent_is_anothers_until_it_lets_go() {
        let (_master, _slave, path) = pty();
        let name = format!("pn532_uart:{}", path.display());
        let mut waits = Hold::take(&name).unwrap().unwrap();
        waits.lend();
        let works = Hold::take(&name).unwrap();
        assert_eq!(waits.take_again(), Err(Errno::WOULDBLOCK));
        drop(works);
        assert_eq!(waits.take_again(), Ok(()));
        assert_eq!(Hold::take(&name).err(), Some(Errno::WOULDBLOCK));
    }

    #[test]
    fn a_device_is_held_by_one_child_and_free_after_it() {
        let (_master, slave, path) = pty();
        drop(slave);
        let name = format!("pn532_uart:{}", path.display());
        let held = Hold::take(&name).unwrap().unwrap();
        assert_eq!(Hold::take(&name).err(), Some(Errno::WOULDBLOCK));
        drop(held);
        assert!(Hold::take(&name).is_ok());
    }
}
