//! A further version of all master keys: `key rotate`. What stands in the file stays in it; two rotations at once make
//! two versions. Never asks who may. Start at [`Rotation::begin`].

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use super::{disk, file, fresh, parse_file};
use crate::plan::chip::{KeySet, KeyVersion};
use crate::plan::messages::Trouble;

/// How long another rotation is waited for. One takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// A rotation under way: the lock on the key file, and what stands in it.
#[derive(Debug)]
pub struct Rotation {
    path: PathBuf,
    keys: KeySet,
    stamp: disk::Stamp,
    /// Under flock until it is dropped.
    _lock: File,
}

impl Rotation {
    /// Locks the file and checks it whole, before anything is done.
    ///
    /// # Errors
    /// [`super::load`]'s, and `key-file-busy` when another rotation does not end.
    pub fn begin(path: &Path) -> Result<Rotation, Trouble> {
        let named = |trouble: Trouble| trouble.with("file", path.display());
        let lock = locked(path).map_err(named)?;
        let (keys, stamp) = parse_file(path)?;
        Ok(Rotation { path: path.to_owned(), keys, stamp, _lock: lock })
    }

    /// The version that would come next; `key-version-last` after 255: the header on the chip has one byte for it.
    pub fn next(&self) -> Result<u8, Trouble> {
        let newest = self.keys.newest_first().map(|keys| keys.version).max().unwrap_or_default();
        newest.checked_add(1).ok_or_else(|| Trouble::new("key-version-last").with("file", self.path.display()))
    }

    /// Adds fresh keys of this version and makes it the current one; one that stands there already is left as it is.
    /// On the medium when this returns. `key-file-unwritable`, `key-file-busy` when somebody edits the file meanwhile.
    pub fn make(self, version: u8) -> Result<KeySet, Trouble> {
        if self.keys.version(version).is_some() {
            return Ok(self.keys);
        }
        let mut versions: Vec<KeyVersion> = self.keys.newest_first().cloned().collect();
        versions.push(fresh(version)?);
        let keys = KeySet::new(versions, version)?;
        let named = |code| Trouble::new(code).with("file", self.path.display());
        if disk::stamp(&self.path) != Some(self.stamp) {
            return Err(named("key-file-busy"));
        }
        disk::replace(&self.path, &file::print(&keys))
            .map_err(|fault| named("key-file-unwritable").with("detail", fault))?;
        // What counts is what stands on disk.
        super::load(&self.path)
    }
}

/// The file, locked: the one that stands there now, not one that another rotation has just put aside.
fn locked(path: &Path) -> Result<File, Trouble> {
    let began = Instant::now();
    loop {
        let (file, found) = disk::open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) if fs::symlink_metadata(path).is_ok_and(|now| now.ino() == found.ino()) => return Ok(file),
            Ok(()) | Err(rustix::io::Errno::WOULDBLOCK) => {}
            Err(fault) => {
                return Err(Trouble::new("key-file-unreadable").with("detail", std::io::Error::from(fault)));
            }
        }
        if began.elapsed() > PATIENCE {
            return Err(Trouble::new("key-file-busy"));
        }
        std::thread::sleep(PAUSE);
    }
}
