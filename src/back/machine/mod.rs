//! What this computer has: kernel modules, pcscd and its drivers, device nodes, free disk, the clock,
//! and the few things of it that may be mended. It decides nothing: what is well and what is not is the desk's business.
//!
//! Every function takes a [`Machine`], whose root is a folder in tests. Looking never needs root, never changes anything
//! and never waits longer than it is told; what this account may not see is [`Look::Hidden`], never a guess.
//! Start at [`Machine`]; `mend.rs` is the one file that writes.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

pub mod ccid;
pub mod clock;
pub mod drivers;
pub mod files;
pub mod kernel;
pub mod mend;
pub mod packages;
pub mod pcscd;
pub mod serial;

#[cfg(test)]
mod tests;

/// The longest file that is read: a package database has a few megabytes.
const LONGEST: u64 = 32 * 1024 * 1024;

/// One computer, seen by one account.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Where its file tree begins: `/`, or a folder in a test.
    pub root: PathBuf,
    /// The account that looks.
    pub user: u32,
    pub groups: Vec<u32>,
    /// `PCSCLITE_CSOCK_NAME`: a pcscd elsewhere than usual.
    pub pcscd_socket: Option<PathBuf>,
}

impl Machine {
    /// This one, as this process sees it.
    pub fn here() -> Machine {
        let mut groups = rustix::process::getgroups().unwrap_or_default();
        groups.push(rustix::process::getegid());
        Machine {
            root: PathBuf::from("/"),
            user: rustix::process::geteuid().as_raw(),
            groups: groups.into_iter().map(|group| group.as_raw()).collect(),
            pcscd_socket: std::env::var_os("PCSCLITE_CSOCK_NAME").filter(|name| !name.is_empty()).map(PathBuf::from),
        }
    }

    pub fn is_root(&self) -> bool {
        self.user == 0
    }

    /// Where an absolute path of this computer lies.
    pub fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// The name of the account that looks, or its number.
    pub fn account(&self) -> String {
        self.named("/etc/passwd", self.user)
    }

    /// The same computer for another account, by `passwd` and `group`. `None`: there is no such account.
    pub fn seen_by(&self, account: &str) -> Option<Machine> {
        let text = |file: &str| read(&self.at(file)).found().unwrap_or_default();
        let (user, own) = text("/etc/passwd").lines().find_map(|line| {
            let mut fields = line.split(':');
            let named = fields.next() == Some(account);
            named.then_some((fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?))
        })?;
        let member = |line: &str| {
            let (id, members) = line.splitn(3, ':').nth(2)?.split_once(':')?;
            members.split(',').any(|member| member == account).then_some(id.parse().ok()?)
        };
        let groups = std::iter::once(own).chain(text("/etc/group").lines().filter_map(member)).collect();
        Some(Machine { user, groups, ..self.clone() })
    }

    /// The name of a group, or its number.
    pub fn group(&self, id: u32) -> String {
        self.named("/etc/group", id)
    }

    /// `passwd` and `group` both have the name first and the number third.
    fn named(&self, file: &str, id: u32) -> String {
        let text = read(&self.at(file)).found().unwrap_or_default();
        let name = text.lines().find_map(|line| {
            let mut fields = line.split(':');
            let (name, number) = (fields.next()?, fields.nth(1)?);
            (number.parse() == Ok(id)).then(|| name.to_owned())
        });
        name.unwrap_or_else(|| id.to_string())
    }
}

/// What a look brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look<T> {
    Found(T),
    /// It is not there.
    Missing,
    /// This account may not see it.
    Hidden,
}

impl<T> Look<T> {
    pub fn found(self) -> Option<T> {
        match self {
            Look::Found(found) => Some(found),
            Look::Missing | Look::Hidden => None,
        }
    }

    pub fn map<U>(self, work: impl FnOnce(T) -> U) -> Look<U> {
        match self {
            Look::Found(found) => Look::Found(work(found)),
            Look::Missing => Look::Missing,
            Look::Hidden => Look::Hidden,
        }
    }

    fn of<E: Into<std::io::Error>>(result: Result<T, E>) -> Look<T> {
        match result.map_err(Into::into) {
            Ok(found) => Look::Found(found),
            Err(fault) if matches!(fault.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Look::Missing,
            Err(_) => Look::Hidden,
        }
    }
}

/// A text file; what is no UTF-8 in it is replaced.
pub(crate) fn read(path: &Path) -> Look<String> {
    bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A file's bytes. A pipe or a device in its place is [`Look::Hidden`]: opening one could wait for ever.
pub(crate) fn bytes(path: &Path) -> Look<Vec<u8>> {
    Look::of(std::fs::metadata(path).and_then(|found| {
        if !found.is_file() {
            return Err(ErrorKind::InvalidInput.into());
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }))
}

/// The entries of a folder by name, in order.
pub(crate) fn names(path: &Path) -> Look<Vec<String>> {
    Look::of(std::fs::read_dir(path).map(|entries| {
        let mut names: Vec<String> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }))
}

/// The texts of all files in these folders whose names end so, and whether something there may not be seen.
pub(crate) fn texts(machine: &Machine, folders: &[&str], ending: &str) -> (Vec<String>, bool) {
    let (mut texts, mut hidden) = (Vec::new(), false);
    for folder in folders.iter().map(|folder| machine.at(folder)) {
        let names = names(&folder);
        hidden |= names == Look::Hidden;
        for file in names.found().unwrap_or_default().iter().filter(|file| file.ends_with(ending)) {
            let text = read(&folder.join(file));
            hidden |= text == Look::Hidden;
            texts.extend(text.found());
        }
    }
    (texts, hidden)
}

/// Does the work in a thread of its own and waits so long for it. `None` when it took longer, or panicked; then its
/// thread ends whenever the work does, and nobody listens any more.
pub fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, wait) = channel();
    let thread = std::thread::Builder::new().name("look".to_owned()).spawn(move || {
        // Nobody may be waiting any more.
        let _ = done.send(work());
    });
    thread.ok()?;
    wait.recv_timeout(limit).ok()
}
