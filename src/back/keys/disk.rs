//! The key file on disk: read only when nobody else could read it, written aside, synced and put in place whole.
//! It never knows what the text means. Start at [`read`] and [`replace`].

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use crate::plan::messages::Trouble;

/// A key file of all 255 versions has 150 KB.
const LONGEST: u64 = 256 * 1024;

/// Tells one writing of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(found: &Metadata) -> Stamp {
        Stamp {
            device: found.dev(),
            inode: found.ino(),
            size: found.size(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        }
    }
}

/// How the file stands now; `None` when it is not there.
pub fn stamp(path: &Path) -> Option<Stamp> {
    fs::symlink_metadata(path).ok().map(|found| Stamp::of(&found))
}

/// Opened first and judged by the open file, so that nobody slips another one in between. Errors as [`super::load`]'s.
pub fn open(path: &Path) -> Result<(File, Metadata), Trouble> {
    // NONBLOCK: a named pipe in its place would hold us for ever.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits() as i32;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|fault| {
        let link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        match fault.kind() {
            _ if link => Trouble::new("key-file-symlink"),
            ErrorKind::NotFound => Trouble::new("key-file-missing"),
            _ => unreadable(fault),
        }
    })?;
    let found = file.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err(Trouble::new("key-file-no-file"));
    }
    if found.len() > LONGEST {
        return Err(Trouble::new("key-file-long").with("bytes", found.len()));
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Trouble::new("key-file-mode").with("mode", format!("{mode:04o}")));
    }
    Ok((file, found))
}

fn unreadable(fault: std::io::Error) -> Trouble {
    Trouble::new("key-file-unreadable").with("detail", fault)
}

/// The text, and how the file stood that it was read from.
pub fn read(path: &Path) -> Result<(Zeroizing<String>, Stamp), Trouble> {
    let (file, found) = open(path)?;
    // Sized once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(found.len() as usize + 1));
    file.take(LONGEST).read_to_end(&mut bytes).map_err(unreadable)?;
    let text = std::str::from_utf8(&bytes).map_err(|fault| {
        let before = &bytes[..fault.valid_up_to()];
        Trouble::new("key-file-format").with("line", before.iter().filter(|byte| **byte == b'\n').count() + 1)
    })?;
    Ok((Zeroizing::new(text.to_owned()), Stamp::of(&found)))
}

/// Writes aside, syncs, and links under the final name, then syncs the folder. False: one is there already.
pub fn write_new(path: &Path, text: &str) -> std::io::Result<bool> {
    let folder = folder(path);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let aside = aside(path, "new");
    let written = write_aside(&aside, text, None).and_then(|()| match fs::hard_link(&aside, path) {
        Ok(()) => Ok(true),
        Err(fault) if fault.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(fault) => Err(fault),
    });
    fs::remove_file(&aside)?;
    let made = written?;
    File::open(folder)?.sync_all()?;
    Ok(made)
}

/// Puts a text in the place of what stands there: whole or not at all, on the medium when this returns. It keeps its
/// owner, so that a rotation by root leaves the service its file. For whoever holds the file's lock.
pub fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    sweep(path);
    let before = fs::symlink_metadata(path)?;
    let aside = aside(path, ROTATING);
    let put = write_aside(&aside, text, Some((before.uid(), before.gid()))).and_then(|()| fs::rename(&aside, path));
    if put.is_err() {
        let _ = fs::remove_file(&aside);
    }
    put?;
    File::open(folder(path))?.sync_all()
}

fn write_aside(aside: &Path, text: &str, owner: Option<(u32, u32)>) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(aside)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    if let Some((user, group)) = owner
        && file.metadata().is_ok_and(|ours| (ours.uid(), ours.gid()) != (user, group))
    {
        fchown(&file, Some(user), Some(group))?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

const ROTATING: &str = "rotating";

/// Takes away what killed rotations left: keys that no card will ever carry. Under the lock nobody else writes any.
fn sweep(path: &Path) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
    for found in fs::read_dir(folder(path)).into_iter().flatten().flatten() {
        let left = found.file_name();
        let ours = left.to_str().is_some_and(|left| {
            left.strip_prefix(name).is_some_and(|rest| rest.starts_with('.') && rest.ends_with(&format!(".{ROTATING}")))
        });
        if ours {
            let _ = fs::remove_file(found.path());
        }
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Unlike any other process's, and unlike what one that was killed left behind.
fn aside(path: &Path, what: &str) -> PathBuf {
    let mut salt = [0; 8];
    // Without randomness the process id must do; a name that is taken is refused, never overwritten.
    let _ = getrandom::fill(&mut salt);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{:016x}.{what}", std::process::id(), u64::from_ne_bytes(salt)));
    PathBuf::from(name)
}
