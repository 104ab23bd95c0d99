//! Whether a key file is the one that this database's cards hang on: the store knows the check values of every version.
//! Start at [`belongs`] and [`note`].

use std::path::Path;

use crate::back::keys::lines;
use crate::back::store::Store;
use crate::back::store::key_checks::{self, KeyCheck};
use crate::plan::chip::KeySet;
use crate::plan::messages::Trouble;

/// What the store knows of the keys. Asked before the file is read: a rotation writes the file first, so that a file read
/// later has every version that the store knew.
pub(super) fn known(store: &Store) -> Result<Vec<KeyCheck>, Trouble> {
    store.look(key_checks::all)
}

/// `key-file-foreign` when a version that the store knows has another key there, `key-file-old` when it lacks one: its
/// cards would be called overwritten. Versions that the store does not know pass: somebody else may have added them a
/// moment ago.
pub(super) fn belongs(known: &[KeyCheck], file: &Path, keys: &KeySet) -> Result<(), Trouble> {
    let differs = checks(keys).find(|found| known.iter().any(|known| same_key(known, found) && known != found));
    if let Some(other) = differs {
        return Err(Trouble::new("key-file-foreign")
            .with("file", file.display())
            .with("version", other.version)
            .with("purpose", other.purpose));
    }
    match known.iter().map(|known| known.version).filter(|version| keys.version(*version).is_none()).max() {
        None => Ok(()),
        Some(version) => Err(Trouble::new("key-file-old").with("file", file.display()).with("version", version)),
    }
}

/// Notes the versions that the store does not know yet: fresh ones, and all of a database from before it knew any.
pub(super) fn note(store: &Store, keys: &KeySet) -> Result<(), Trouble> {
    let known = store.look(key_checks::all)?;
    let fresh: Vec<KeyCheck> = checks(keys).filter(|found| !known.iter().any(|known| same_key(known, found))).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    store.change(|tx| fresh.iter().try_for_each(|check| key_checks::note(tx, check)))
}

fn checks(keys: &KeySet) -> impl Iterator<Item = KeyCheck> {
    let check = |line: crate::back::keys::KeyLine| KeyCheck {
        version: line.version,
        purpose: line.purpose.to_owned(),
        value: line.check_value,
    };
    lines(keys).into_iter().map(check)
}

fn same_key(one: &KeyCheck, other: &KeyCheck) -> bool {
    (one.version, &one.purpose) == (other.version, &other.purpose)
}
