//! The printer: a folder of PDF files, each under its final name only when whole, and the simulated printer's faults.
//!
//! A file under its final name is printed; there is no "perhaps". Knows no jobs beyond their number, keeps no queue and
//! never deletes what it was not told to. Start at [`Spool`]; receipts are in [`receipts`](self::receipts).

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, statvfs};
use rustix::io::Errno;
use serde::Serialize;

use crate::plan::kebab;
use crate::plan::messages::Trouble;

mod receipts;

/// Free bytes under which the folder counts as full: some thousands of cards.
const FLOOR: u64 = 16 * 1024 * 1024;

/// The spool printer.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
    /// What is wrong with the simulated printer stands here: `ok`, or the name of a [`Fault`].
    fault_file: PathBuf,
    floor: u64,
}

/// What the tray can do to the simulated printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    MediaEmpty,
    MediaJam,
    RibbonOut,
}
kebab!(Fault { MediaEmpty = "media-empty", MediaJam = "media-jam", RibbonOut = "ribbon-out" });

impl Fault {
    /// What a printer that has it says.
    fn trouble(self) -> Trouble {
        Trouble::new(match self {
            Fault::MediaEmpty => "printer-media-empty",
            Fault::MediaJam => "printer-media-jam",
            Fault::RibbonOut => "printer-ribbon-out",
        })
        .with("printer", NAME)
    }
}

/// What `printer list` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrinterState {
    pub name: String,
    pub kind: &'static str,
    /// `ready`, `media-empty`, `media-jam`, `ribbon-out`, `unwritable`, `full` or `gone`.
    pub state: &'static str,
    /// The trouble behind a state that is not `ready`, for its two messages.
    #[serde(skip)]
    pub trouble: Option<Trouble>,
    pub folder: PathBuf,
}

/// Which side of a card a file shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Front,
    Back,
}

impl Side {
    const BOTH: [Side; 2] = [Side::Front, Side::Back];

    fn word(self) -> &'static str {
        match self {
            Side::Front => "front",
            Side::Back => "back",
        }
    }
}

impl Spool {
    /// `folder`: `var/spool`; `simulator`: `var/simulator`. Nothing is opened yet.
    pub fn new(folder: PathBuf, simulator: &Path) -> Spool {
        Spool { folder, fault_file: simulator.join("printer"), floor: FLOOR }
    }

    /// Whether a card could be spooled now, found out by writing; makes the folder when it is not there. Call it before
    /// the chip is touched. `spool-gone` (the place for the folder is away), `spool-unwritable`, `spool-full`.
    /// Says nothing of media: that is [`Spool::check_media`].
    pub fn ready(&self) -> Result<(), Trouble> {
        self.has_room()?;
        let probe = self.folder.join(format!(".probe-{}", std::process::id()));
        let tried = write_whole(&probe, b"probe");
        let _ = std::fs::remove_file(&probe);
        tried.map_err(|error| self.trouble(&error))
    }

    /// The quick look: the folder is there, or is made, and is not full. `spool-gone`, `spool-unwritable`, `spool-full`.
    pub fn has_room(&self) -> Result<(), Trouble> {
        self.make_folder().map_err(|error| self.trouble(&error))?;
        let free = statvfs(&self.folder).map_err(|error| self.trouble(&error.into()))?;
        if free.f_bavail.saturating_mul(free.f_frsize) < self.floor { Err(self.full()) } else { Ok(()) }
    }

    fn may_write(&self) -> Result<(), Trouble> {
        let may = access(&self.folder, Access::WRITE_OK | Access::EXEC_OK);
        may.map_err(|error| self.trouble(&error.into()))
    }

    /// `printer-media-empty`, `printer-media-jam` or `printer-ribbon-out` while the simulated printer has that fault.
    pub fn check_media(&self) -> Result<(), Trouble> {
        match self.fault() {
            None => Ok(()),
            Some(fault) => Err(fault.trouble()),
        }
    }

    /// Spools the sides of a job's card; what an earlier print of that job left is replaced. Returns the files' paths.
    /// All sides are whole on the medium before the first gets its final name, and the front gets its last: where the
    /// front is, everything is.
    pub fn print(&self, job: i64, front: &[u8], back: Option<&[u8]>) -> Result<Vec<PathBuf>, Trouble> {
        self.check_media()?;
        // No probe: the write itself finds out what it would.
        self.has_room()?;
        self.put(job, front, back).map_err(|error| self.trouble(&error))
    }

    fn put(&self, job: i64, front: &[u8], back: Option<&[u8]>) -> io::Result<Vec<PathBuf>> {
        let staged_back = back.map(|pdf| self.stage(job, Side::Back, pdf)).transpose()?;
        let staged_front = self.stage(job, Side::Front, front)?;
        let mut files = vec![self.path(job, Side::Front)];
        match staged_back {
            Some(back) => files.push(back.publish()?),
            None => remove_if_there(&self.path(job, Side::Back))?,
        }
        staged_front.publish()?;
        File::open(&self.folder)?.sync_all()?;
        Ok(files)
    }

    /// Writes a side aside, under a name that begins with a dot, as far as the medium.
    fn stage(&self, job: i64, side: Side, pdf: &[u8]) -> io::Result<Staged> {
        Staged::write(self.aside(job, side), self.path(job, side), pdf)
    }

    /// The files of a job that are there: empty until it was printed.
    pub fn printed(&self, job: i64) -> Vec<PathBuf> {
        Side::BOTH.into_iter().map(|side| self.path(job, side)).filter(|path| path.is_file()).collect()
    }

    /// Takes a job's files away, and what a torn print left; none there is no error. `spool-unwritable`.
    pub fn remove(&self, job: i64) -> Result<(), Trouble> {
        for side in Side::BOTH {
            for path in [self.path(job, side), self.aside(job, side)] {
                remove_if_there(&path).map_err(|error| self.trouble(&error))?;
            }
        }
        Ok(())
    }

    /// Takes every print away, whole or torn, and clears the fault. `spool-unwritable`.
    pub fn clear(&self) -> Result<(), Trouble> {
        self.make_folder().map_err(|error| self.trouble(&error))?;
        let prints = std::fs::read_dir(&self.folder).map_err(|error| self.trouble(&error))?;
        for entry in prints.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|kind| kind == "pdf" || kind == "part") {
                remove_if_there(&path).map_err(|error| self.trouble(&error))?;
            }
        }
        self.set_fault(None)
    }

    /// Looks without writing: a page asks twice a second.
    pub fn state(&self) -> PrinterState {
        let trouble = self.has_room().and_then(|()| self.may_write()).and_then(|()| self.check_media()).err();
        let state = match trouble.as_ref().map(|trouble| trouble.code) {
            None => "ready",
            Some("printer-media-empty") => "media-empty",
            Some("printer-media-jam") => "media-jam",
            Some("printer-ribbon-out") => "ribbon-out",
            Some("spool-full") => "full",
            Some("spool-gone") => "gone",
            Some(_) => "unwritable",
        };
        PrinterState { name: NAME.to_owned(), kind: "spool", state, trouble, folder: self.folder.clone() }
    }

    /// The simulated printer's fault; a file that is not there, or says anything else, is none.
    pub fn fault(&self) -> Option<Fault> {
        Fault::parse(std::fs::read_to_string(&self.fault_file).ok()?.trim())
    }

    /// What the tray does: out of media, a jam, `None` to refill or clear. `printer-fault-file`.
    pub fn set_fault(&self, fault: Option<Fault>) -> Result<(), Trouble> {
        let word = format!("{}\n", fault.map_or("ok", Fault::as_str));
        let aside = self.fault_file.with_extension("new");
        let folder = self.fault_file.parent().unwrap_or(Path::new("."));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .and_then(|()| write_whole(&aside, word.as_bytes()))
            .and_then(|()| std::fs::rename(&aside, &self.fault_file))
            .map_err(|error| {
                Trouble::new("printer-fault-file").with("path", self.fault_file.display()).with("why", error)
            })
    }

    fn path(&self, job: i64, side: Side) -> PathBuf {
        self.folder.join(format!("{job}-{}.pdf", side.word()))
    }

    fn aside(&self, job: i64, side: Side) -> PathBuf {
        self.folder.join(format!(".{job}-{}.part", side.word()))
    }

    /// One level only: when the folder above is away, so is what it was mounted on.
    fn make_folder(&self) -> io::Result<()> {
        match DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            made => made,
        }
    }

    fn trouble(&self, error: &io::Error) -> Trouble {
        let errno = error.raw_os_error().map(Errno::from_raw_os_error);
        if matches!(errno, Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) {
            return self.full();
        }
        let code = if error.kind() == ErrorKind::NotFound {
            Trouble::new("spool-gone")
        } else {
            Trouble::new("spool-unwritable").with("why", error)
        };
        code.with("folder", self.folder.display())
    }

    fn full(&self) -> Trouble {
        Trouble::new("spool-full")
            .with("folder", self.folder.display())
            .with("least", format!("{} MB", self.floor >> 20))
    }
}

const NAME: &str = "spool";

/// A file that is whole, but not yet under its final name; it goes when this is dropped unpublished.
struct Staged {
    aside: PathBuf,
    path: PathBuf,
}

impl Staged {
    fn write(aside: PathBuf, path: PathBuf, bytes: &[u8]) -> io::Result<Staged> {
        let staged = Staged { aside, path };
        write_whole(&staged.aside, bytes)?;
        Ok(staged)
    }

    fn publish(self) -> io::Result<PathBuf> {
        std::fs::rename(&self.aside, &self.path)?;
        Ok(self.path.clone())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Published, it is no longer there.
        let _ = std::fs::remove_file(&self.aside);
    }
}

/// Writes a file and waits until the medium has it. 0600: it shows a name.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_data()));
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests;
