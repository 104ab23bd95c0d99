//! The rig's folder: taken, marked as a rig's, and cleared of what a rig lays into it.
//!
//! Never removes what no rig made: only an empty folder becomes a rig's, a marker in it says so from then on, and what
//! is cleared goes by a list of names. No link is followed, nothing is removed with what is in it. Start at
//! [`Folder::take`].

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};

use super::simulate::MOST;
use crate::plan::messages::Trouble;

/// In a rig's folder and in no other; locked while a rig runs there.
const MARKER: &str = "issuer-rig.lock";
/// What the marker of a folder says that was made for the rig, and goes with it.
const MADE: &str = "made by issuer rig simulate\n";
const GIVEN: &str = "given to issuer rig simulate\n";

/// The longest path of a Unix socket, and what a reader's socket adds to the folder's.
const LONGEST_PATH: usize = 107 - "/reader-00".len();

/// A folder that is this rig's; dropping it clears it, and removes it where a rig made it and nothing else is in it.
pub(super) struct Folder {
    path: PathBuf,
    /// Locked for as long as it is open.
    _marker: File,
}

impl Folder {
    /// Makes the folder, or takes an empty one or a rig's that was killed, for this account alone.
    ///
    /// # Errors
    /// `rig-taken` where another rig runs, else `rig-folder`: it holds other things (`holds-others`), its path cannot
    /// be written everywhere that it has to be (`characters`), or what the system says.
    pub fn take(folder: &Path) -> Result<Folder, Trouble> {
        let cannot = |e: &io::Error| unusable(folder, e);
        if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(|e| cannot(&e))?;
        }
        let made = match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => true,
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => false,
            Err(e) => return Err(cannot(&e)),
        };
        let taken = take(folder, made);
        if made && taken.is_err() {
            // Only while nothing is in it.
            let _ = fs::remove_dir(folder);
        }
        taken
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        clear(&self.path);
        let marker = self.path.join(MARKER);
        // Where somebody has put something into it, it stays, and stays a rig's.
        if holds_others(&self.path).is_ok_and(|others| !others) {
            let made = fs::read_to_string(&marker).is_ok_and(|text| text == MADE);
            let _ = fs::remove_file(&marker);
            if made {
                let _ = fs::remove_dir(&self.path);
            }
        }
    }
}

fn take(folder: &Path, made: bool) -> Result<Folder, Trouble> {
    let cannot = |e: &io::Error| unusable(folder, e);
    let path = fs::canonicalize(folder).map_err(|e| cannot(&e))?;
    writable_everywhere(&path)?;
    if path.as_os_str().len() > LONGEST_PATH {
        return Err(cannot(&rustix::io::Errno::NAMETOOLONG.into()));
    }
    let marker = path.join(MARKER);
    let marked = fs::symlink_metadata(&marker).is_ok_and(|found| found.is_file());
    if !marked && holds_others(&path).map_err(|e| cannot(&e))? {
        return Err(refused(&path, "holds-others"));
    }
    let held = hold(&marker, if made { MADE } else { GIVEN }).map_err(|e| cannot(&e))?;
    let held = held.ok_or_else(|| Trouble::new("rig-taken").with("folder", path.display()))?;
    let taken = Folder { path, _marker: held };
    // Sockets and cards are nobody else's, whoever made the folder.
    fs::set_permissions(&taken.path, Permissions::from_mode(0o700)).map_err(|e| cannot(&e))?;
    clear(&taken.path);
    Ok(taken)
}

/// The marker, locked; `None` where another rig has it.
fn hold(marker: &Path, says: &str) -> io::Result<Option<File>> {
    let nofollow = OFlags::NOFOLLOW.bits().cast_signed();
    let open = File::options().create(true).truncate(false).write(true).mode(0o600).custom_flags(nofollow).open(marker);
    let mut file = open?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(None);
    }
    // Another rig that ended meanwhile took the marker away that we have open.
    let ours = file.metadata()?;
    if !fs::symlink_metadata(marker).is_ok_and(|found| found.ino() == ours.ino()) {
        return Ok(None);
    }
    if ours.len() == 0 {
        file.write_all(says.as_bytes())?;
    }
    Ok(Some(file))
}

/// Whether anything but the marker is in the folder.
fn holds_others(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        if entry?.file_name() != MARKER {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A colon ends the path in libnfc's connection strings and in the loader's lists; a line break ends it on the bus.
fn writable_everywhere(path: &Path) -> Result<(), Trouble> {
    let written = path.to_str().is_some_and(|text| !text.contains(|c: char| c == ':' || c.is_control()));
    if written { Ok(()) } else { Err(refused(path, "characters")) }
}

fn refused(path: &Path, why: &str) -> Trouble {
    Trouble::new("rig-folder").with("path", path.display()).with("reason", why)
}

pub(super) fn unusable(path: &Path, error: &io::Error) -> Trouble {
    Trouble::new("rig-folder").with("path", path.display()).with("reason", error)
}

/// A folder in the rig's, or the one that is there already; a link is none.
pub(super) fn lay(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && is_folder(folder) => Ok(()),
        done => done,
    }
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// The folders of a rig, the inner ones first, and what is in each but folders.
fn things() -> Vec<(&'static str, Vec<String>)> {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let numbered = |before: &'static str, after: &'static str| (0..MOST).map(move |n| format!("{before}{n}{after}"));
    let mut top = named(&["usb", "pcscd", "pcscd.log", "control"]);
    top.extend(numbered("reader-", "").chain(numbered("pn532-", "")).chain(numbered("pn532-", ".new")));
    vec![
        ("build", named(&["ifd.c", "ifd.so", "udev.c", "udev.so"])),
        ("conf", numbered("vpcd-", "").collect()),
        ("drivers/ifd-issuer.bundle/Contents/Linux", named(&["ifd.so"])),
        ("drivers/ifd-issuer.bundle/Contents", named(&["Info.plist"])),
        ("drivers/ifd-issuer.bundle", Vec::new()),
        ("drivers", numbered("vpcd-", ".so").collect()),
        ("run", named(&["pcscd.pid", "pcscd.comm"])),
        ("", top),
    ]
}

/// Takes away what a rig made, whether ours or one that was killed. What is not there needs no removing, and a folder
/// in which something else lies stays.
fn clear(folder: &Path) {
    for (inner, names) in things() {
        let inner = Path::new(inner);
        // Not through a link on the way.
        if !inner.ancestors().all(|part| is_folder(&folder.join(part))) {
            continue;
        }
        for name in names {
            let _ = fs::remove_file(folder.join(inner).join(name));
        }
        if inner != Path::new("") {
            let _ = fs::remove_dir(folder.join(inner));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn why(taken: Result<Folder, Trouble>) -> (&'static str, String) {
        let trouble = taken.err().expect("a refusal");
        (trouble.code, trouble.args.last().expect("a reason").1.clone())
    }

    /// Everything below, links as such.
    fn below(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                found.extend(below(&entry.path()));
            }
            found.push(entry.path());
        }
        found.sort();
        found
    }

    fn fill(folder: &Path) {
        for (inner, names) in things() {
            fs::create_dir_all(folder.join(inner)).unwrap();
            names.iter().for_each(|name| fs::write(folder.join(inner).join(name), "ours").unwrap());
        }
    }

    #[test]
    fn a_folder_with_anything_in_it_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        for name in ["build/mine", "conf/mine", "drivers/mine", "run/mine", "control", "usb", "reader-0", "pn532-notes"]
        {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "mine").unwrap();
        }
        let before = below(home.path());
        assert_eq!(why(Folder::take(home.path())), ("rig-folder", "holds-others".to_owned()));
        assert_eq!(below(home.path()), before);
    }

    #[test]
    fn a_folder_that_was_made_goes_and_one_that_was_given_stays() {
        let home = tempfile::tempdir().unwrap();
        let (made, given) = (home.path().join("deep/made"), home.path().join("given"));
        fs::create_dir(&given).unwrap();
        for folder in [&made, &given] {
            let taken = Folder::take(folder).unwrap();
            fill(taken.path());
        }
        assert!(!made.exists());
        assert_eq!(below(&given), [""; 0].map(PathBuf::from));
    }

    #[test]
    fn a_rig_that_was_killed_leaves_its_folder_to_the_next_but_a_guest_in_it_stays() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("rig");
        let killed = Folder::take(&folder).unwrap();
        fill(killed.path());
        fs::write(folder.join("build/mine"), "mine").unwrap();
        // As a kill would leave it: unlocked, and nothing cleared.
        let Folder { path, _marker } = &killed;
        flock(_marker, FlockOperation::Unlock).unwrap();
        let next = Folder::take(path).unwrap();
        let guest = [folder.join("build"), folder.join("build/mine"), folder.join(MARKER)];
        assert_eq!(below(&folder), guest);
        drop(next);
        assert_eq!(below(&folder), guest);
    }

    #[test]
    fn no_link_is_followed() {
        let home = tempfile::tempdir().unwrap();
        let (folder, mine) = (home.path().join("rig"), home.path().join("mine"));
        fs::create_dir(&mine).unwrap();
        fs::write(mine.join("ifd.c"), "mine").unwrap();
        let taken = Folder::take(&folder).unwrap();
        symlink(&mine, folder.join("build")).unwrap();
        symlink(mine.join("ifd.c"), folder.join("control")).unwrap();
        assert!(lay(&folder.join("build")).is_err());
        drop(taken);
        assert_eq!(fs::read(mine.join("ifd.c")).unwrap(), b"mine");
        assert_eq!(below(&folder), [folder.join("build"), folder.join(MARKER)]);
    }

    #[test]
    fn one_rig_at_a_time_and_for_this_account_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("rig");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        let _taken = Folder::take(&folder).unwrap();
        assert_eq!(why(Folder::take(&folder)).0, "rig-taken");
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_path_that_cannot_be_written_everywhere_is_refused_and_not_made() {
        let home = tempfile::tempdir().unwrap();
        for name in ["a:b", "a\nb"] {
            let folder = home.path().join(name);
            assert_eq!(why(Folder::take(&folder)), ("rig-folder", "characters".to_owned()));
            assert!(!folder.exists());
        }
        assert_eq!(why(Folder::take(&home.path().join("x".repeat(110)))).0, "rig-folder");
        Folder::take(&home.path().join("a b")).unwrap();
    }
}
