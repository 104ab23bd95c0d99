//! Files and folders: who may use them, what their modes let others do, and how much room is left. Start at [`may`],
//! [`loose`] and [`free`].

use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, statvfs};
use rustix::io::Errno;

use super::{Look, Machine, names};

/// What an account may do with a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    Use,
    /// Read or write is refused.
    Not,
    Gone,
}

/// Whether the account may read and write it. For the account that runs this the kernel answers, which knows of access
/// lists too; for another the mode does.
pub fn may(machine: &Machine, path: &Path) -> May {
    let Ok(found) = std::fs::metadata(path) else { return May::Gone };
    let allowed = if machine.user == rustix::process::geteuid().as_raw() {
        access(path, Access::READ_OK | Access::WRITE_OK).is_ok()
    } else {
        let shift = match () {
            () if found.uid() == machine.user => 6,
            () if machine.groups.contains(&found.gid()) => 3,
            () => 0,
        };
        (found.mode() >> shift) & 0o6 == 0o6
    };
    if allowed { May::Use } else { May::Not }
}

/// The group that a file is given to.
pub fn group(machine: &Machine, path: &Path) -> String {
    std::fs::metadata(path).map_or_else(|_| String::new(), |found| machine.group(found.gid()))
}

/// The mode where it lets others in, as `0644`. Missing: there is no such file.
pub fn loose(path: &Path) -> Look<Option<u32>> {
    Look::of(std::fs::symlink_metadata(path)).map(|found| {
        let mode = found.mode() & 0o7777;
        (mode & 0o077 != 0 && !found.is_symlink()).then_some(mode)
    })
}

/// Whether something is there; hidden where this account may not even look.
pub fn there(path: &Path) -> Look<()> {
    Look::of(std::fs::symlink_metadata(path)).map(|_| ())
}

/// Whether this account may read it, or find that it is not there. Asked, not tried: to open and close a database would let
/// go of the locks that this process has on it.
pub fn readable(path: &Path) -> bool {
    access(path, Access::READ_OK) != Err(Errno::ACCESS)
}

/// Who owns a file.
pub fn owner(path: &Path) -> Option<u32> {
    std::fs::symlink_metadata(path).ok().map(|found| found.uid())
}

/// Free bytes where a folder lies, or will lie: the nearest one above it that is there.
pub fn free(folder: &Path) -> Look<u64> {
    let there = folder.ancestors().find(|above| above.exists()).unwrap_or(Path::new("/"));
    Look::of(statvfs(there)).map(|found| found.f_bavail.saturating_mul(found.f_frsize))
}

/// Whether something else than a plain file stands there: a link, a folder, a pipe.
pub fn odd(path: &Path) -> bool {
    let odd = |found: std::fs::Metadata| {
        let kind = found.file_type();
        kind.is_symlink() || kind.is_dir() || kind.is_fifo() || kind.is_socket()
    };
    std::fs::symlink_metadata(path).is_ok_and(odd)
}

/// What broken-off writings have left in a spool folder, older than so many seconds: files that begin with a dot and
/// are named as only our own are.
pub fn leftovers(folder: &Path, older: u64) -> Look<Vec<PathBuf>> {
    let ours = |name: &str| {
        let Some(name) = name.strip_prefix('.') else { return false };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let aside = name.strip_suffix("-front.part").or(name.strip_suffix("-back.part"));
        let tried = name.strip_prefix("probe-").or(name.strip_prefix("trial-"));
        let receipt = name.strip_prefix("receipt-").and_then(|name| name.strip_suffix(".part"));
        let receipt = receipt.map(|name| name.strip_suffix("-copy").unwrap_or(name));
        aside.or(tried).or(receipt).is_some_and(digits)
    };
    let old = |path: &PathBuf| {
        let found = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file);
        let age = found.and_then(|found| found.modified().ok()).and_then(|then| then.elapsed().ok());
        age.is_some_and(|age| age.as_secs() > older)
    };
    names(folder)
        .map(|found| found.iter().filter(|name| ours(name)).map(|name| folder.join(name)).filter(old).collect())
}
