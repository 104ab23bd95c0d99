//! The keys of a file that may change under a running service: a rotation by the command line is noticed by the next
//! one who asks. Never gives fewer versions than before, and a file that is not as it should be changes nothing.
//! Start at [`KeyFile::keys`].

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{disk, load_or_create, parse_file};
use crate::plan::chip::{KeySet, KeyVersion, Purpose};
use crate::plan::messages::Trouble;

/// The key file, and what was read of it last.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    /// How the file stood when it was looked at last.
    stamp: Option<disk::Stamp>,
    keys: Arc<KeySet>,
}

impl KeyFile {
    /// The file must be there. Errors as [`super::load`]'s.
    pub fn open(path: &Path) -> Result<KeyFile, Trouble> {
        let (keys, stamp) = parse_file(path)?;
        let held = Held { stamp: Some(stamp), keys: Arc::new(keys) };
        Ok(KeyFile { path: path.to_owned(), held: Mutex::new(held) })
    }

    /// Where there is none, one with fresh keys is made.
    pub fn open_or_create(path: &Path) -> Result<KeyFile, Trouble> {
        load_or_create(path)?;
        KeyFile::open(path)
    }

    /// The keys that were read last, without a look at the file.
    pub fn read(&self) -> Arc<KeySet> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).keys.clone()
    }

    /// The keys as the file has them now. Who has taken them keeps them: a card's visit ends with the keys it began with.
    /// A file that was changed must also pass `admit`, which is given what was `known` before it was read.
    pub fn keys<K>(
        &self,
        known: impl FnOnce() -> Result<K, Trouble>,
        admit: impl FnOnce(&K, &KeySet) -> Result<(), Trouble>,
    ) -> Arc<KeySet> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = disk::stamp(&self.path);
        if now == held.stamp {
            return held.keys.clone();
        }
        held.stamp = now;
        let admitted = || {
            let known = known()?;
            let (found, stamp) = parse_file(&self.path)?;
            admit(&known, &found)?;
            Ok::<_, Trouble>((found, stamp))
        };
        match admitted() {
            Ok((found, stamp)) => match joined(&held.keys, found) {
                Some(keys) => *held = Held { stamp: Some(stamp), keys: Arc::new(keys) },
                None => {
                    tracing::warn!(file = %self.path.display(), "the key file has other keys of a known version and is passed over")
                }
            },
            Err(trouble) => {
                tracing::warn!(%trouble, "the key file was changed and cannot be used; the keys read before stay in use")
            }
        }
        held.keys.clone()
    }
}

/// What the file has now, with the versions that it lacks and that cards may carry; `None` when a version that is known
/// has other keys there.
fn joined(before: &KeySet, found: KeySet) -> Option<KeySet> {
    let same = |one: &KeyVersion, other: &KeyVersion| {
        Purpose::ALL.iter().all(|purpose| one.key(*purpose).bytes() == other.key(*purpose).bytes())
    };
    let mut versions: Vec<KeyVersion> = found.newest_first().cloned().collect();
    for known in before.newest_first() {
        match found.version(known.version) {
            Some(now) if !same(known, now) => return None,
            Some(_) => {}
            None => versions.push(known.clone()),
        }
    }
    KeySet::new(versions, found.current().version).ok()
}
