//! The key file `var/keys.toml`: makes it once, refuses it when others could read it, and only ever adds to it.
//!
//! Keys are never logged and never shown, only their check values. What is read is wiped from this room's own buffers;
//! the TOML parser's are short-lived and beyond it. Start at [`KeyFile`]; [`Rotation`] adds a version.

mod disk;
mod file;
mod held;
mod rotate;
#[cfg(test)]
mod tests;

use std::path::Path;

use zeroize::Zeroizing;

pub use held::KeyFile;
pub use rotate::Rotation;

use crate::plan::chip::{KeySet, KeyVersion, MasterKey, Purpose};
use crate::plan::messages::Trouble;

/// One line of `key show`: what may be known of a key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KeyLine {
    pub purpose: &'static str,
    pub version: u8,
    /// Six hex digits, upper case.
    pub check_value: String,
    pub current: bool,
}

/// What may be known of all keys, the current version first.
pub fn lines(keys: &KeySet) -> Vec<KeyLine> {
    let current = keys.current().version;
    keys.newest_first().flat_map(|version| Purpose::ALL.map(|purpose| line(version, purpose, current))).collect()
}

fn line(version: &KeyVersion, purpose: Purpose, current: u8) -> KeyLine {
    KeyLine {
        purpose: purpose.code(),
        version: version.version,
        check_value: file::check_text(version.key(purpose), purpose),
        current: version.version == current,
    }
}

/// The keys of the file; where there is none, fresh ones. Two processes at once end with the same keys.
pub fn load_or_create(path: &Path) -> Result<KeySet, Trouble> {
    match load(path) {
        Err(trouble) if trouble.code == "key-file-missing" => match create(path) {
            Err(trouble) if trouble.code == "key-file-exists" => load(path),
            other => other,
        },
        other => other,
    }
}

/// Reads and checks the key file.
///
/// # Errors
/// `key-file-missing`, `key-file-symlink`, `key-file-mode` (others may read it), `key-file-unreadable`,
/// `key-file-no-file` (a folder, say), `key-file-long`,
/// `key-file-format`, `key-file-purpose`, `key-file-length`, `key-file-check`, `key-file-twice`,
/// `key-file-incomplete`, `key-file-version`.
pub fn load(path: &Path) -> Result<KeySet, Trouble> {
    parse_file(path).map(|(keys, _)| keys)
}

fn parse_file(path: &Path) -> Result<(KeySet, disk::Stamp), Trouble> {
    let named = |trouble: Trouble| trouble.with("file", path.display());
    let (text, stamp) = disk::read(path).map_err(named)?;
    Ok((file::parse(&text).map_err(named)?, stamp))
}

/// Makes independent fresh keys, version 1, mode 0600. A file that is there stays: `key-file-exists`.
pub fn create(path: &Path) -> Result<KeySet, Trouble> {
    let keys = KeySet::new(vec![fresh(1)?], 1)?;
    let written = disk::write_new(path, &file::print(&keys));
    let named = |code| Trouble::new(code).with("file", path.display());
    match written {
        Ok(true) => {}
        Ok(false) => return Err(named("key-file-exists")),
        Err(fault) => return Err(named("key-file-unwritable").with("detail", fault)),
    }
    // What counts is what stands on disk.
    load(path)
}

fn fresh(version: u8) -> Result<KeyVersion, Trouble> {
    let key = || {
        let mut bytes = Zeroizing::new([0; 16]);
        getrandom::fill(&mut bytes[..]).map_err(|fault| Trouble::new("random").with("detail", fault))?;
        Ok::<_, Trouble>(MasterKey::new(*bytes))
    };
    Ok(KeyVersion { version, classic: key()?, pwd: key()?, seal: key()?, backup: key()? })
}
