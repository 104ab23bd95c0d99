//! The key file `var/keys.toml`: makes it once, refuses it when others could read it, and never overwrites it.
//!
//! Keys are never logged and never shown, only their check values. What is read is wiped from this room's own buffers;
//! the TOML parser's are short-lived and beyond it. Start at [`load_or_create`].

mod file;

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use crate::plan::chip::{KeySet, KeyVersion, MasterKey, Purpose};
use crate::plan::messages::Trouble;

/// A key file of a hundred versions has 60 KB.
const LONGEST: u64 = 256 * 1024;

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
/// `key-file-format`, `key-file-purpose`, `key-file-length`, `key-file-check`, `key-file-twice`,
/// `key-file-incomplete`, `key-file-version`.
pub fn load(path: &Path) -> Result<KeySet, Trouble> {
    let named = |trouble: Trouble| trouble.with("file", path.display());
    let text = read_private(path).map_err(named)?;
    file::parse(&text).map_err(named)
}

/// Makes independent fresh keys, version 1, mode 0600. A file that is there stays: `key-file-exists`.
pub fn create(path: &Path) -> Result<KeySet, Trouble> {
    let keys = KeySet::new(vec![fresh(1)?], 1)?;
    let written = write_new(path, &file::print(&keys));
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

/// Opened first and judged by the open file, so that nobody slips another one in between.
fn read_private(path: &Path) -> Result<Zeroizing<String>, Trouble> {
    // NONBLOCK: a named pipe in its place would hold us for ever.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits() as i32;
    let unreadable = |fault: std::io::Error| Trouble::new("key-file-unreadable").with("detail", fault);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|fault| {
        let link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        match fault.kind() {
            _ if link => Trouble::new("key-file-symlink"),
            ErrorKind::NotFound => Trouble::new("key-file-missing"),
            _ => unreadable(fault),
        }
    })?;
    let found = file.metadata().map_err(unreadable)?;
    if !found.is_file() || found.len() > LONGEST {
        return Err(Trouble::new("key-file-format").with("line", 0));
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Trouble::new("key-file-mode").with("mode", format!("{mode:04o}")));
    }
    let mut text = Zeroizing::new(String::with_capacity(found.len() as usize + 1));
    file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// Writes aside, syncs, and links under the final name, then syncs the folder. False: one is there already.
fn write_new(path: &Path, text: &str) -> std::io::Result<bool> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let aside = aside(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    let written = file
        .set_permissions(fs::Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(text.as_bytes()))
        .and_then(|()| file.sync_all())
        .and_then(|()| match fs::hard_link(&aside, path) {
            Ok(()) => Ok(true),
            Err(fault) if fault.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(fault) => Err(fault),
        });
    fs::remove_file(&aside)?;
    let made = written?;
    File::open(folder)?.sync_all()?;
    Ok(made)
}

/// Unlike any other process's, and unlike what one that was killed left behind.
fn aside(path: &Path) -> PathBuf {
    let mut salt = [0; 8];
    // Without randomness the process id must do; a name that is taken is refused, never overwritten.
    let _ = getrandom::fill(&mut salt);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{:016x}.new", std::process::id(), u64::from_ne_bytes(salt)));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("var/keys.toml");
        (folder, path)
    }

    fn code(result: Result<KeySet, Trouble>) -> &'static str {
        result.map(drop).unwrap_err().code
    }

    #[test]
    fn fresh_keys_are_private_independent_and_read_back() {
        let (_folder, path) = folder();
        let made = lines(&create(&path).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o7777, 0o700);
        assert_eq!(lines(&load(&path).unwrap()), made);
        assert_eq!(made.iter().map(|line| line.purpose).collect::<Vec<_>>(), ["classic", "pwd", "seal", "backup"]);
        assert_eq!(made.iter().map(|line| &line.check_value).collect::<HashSet<_>>().len(), 4);
        let text = fs::read_to_string(&path).unwrap();
        let keys: HashSet<&str> = text.lines().filter(|line| line.starts_with("key = ")).collect();
        assert_eq!(keys.len(), 4);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_file_is_never_overwritten() {
        let (_folder, path) = folder();
        create(&path).unwrap();
        let before = fs::read(&path).unwrap();
        assert_eq!(code(create(&path)), "key-file-exists");
        load_or_create(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn many_at_once_get_the_same_keys() {
        let (_folder, path) = folder();
        let made: HashSet<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| lines(&load_or_create(&path).unwrap()))).collect();
            threads.into_iter().map(|thread| format!("{:?}", thread.join().unwrap())).collect()
        });
        assert_eq!(made.len(), 1);
    }

    #[test]
    fn what_others_can_read_is_refused() {
        let (_folder, path) = folder();
        create(&path).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o644, 0o660, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = load(&path).map(drop).unwrap_err();
            assert_eq!(refused.code, "key-file-mode");
            assert!(refused.args.contains(&("mode", format!("{mode:04o}"))));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        load(&path).unwrap();
    }

    #[test]
    fn links_pipes_and_nothing_are_refused() {
        let (folder, path) = folder();
        assert_eq!(code(load(&path)), "key-file-missing");
        create(&path).unwrap();
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert_eq!(code(load(&link)), "key-file-symlink");
        let broken = folder.path().join("broken");
        symlink("nowhere", &broken).unwrap();
        assert_eq!(code(load_or_create(&broken)), "key-file-symlink");
        assert_eq!(code(load(folder.path())), "key-file-format");
    }

    #[test]
    fn a_folder_that_takes_no_file_is_named() {
        let (folder, _) = folder();
        let blocked = folder.path().join("file");
        fs::write(&blocked, "").unwrap();
        let refused = create(&blocked.join("keys.toml")).map(drop).unwrap_err();
        assert_eq!(refused.code, "key-file-unwritable");
    }
}
