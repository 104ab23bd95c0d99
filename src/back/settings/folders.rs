//! Whether a folder can be written to, found out by writing. It leaves nothing behind but the folder.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::plan::messages::Trouble;

/// Makes the folder if it is missing (mode 0700) and writes and removes a small file in it. Refused: `folder-unwritable`
/// with the path and why: `permission`, `read-only`, `full`, `file` (something else is in its place) or `other`.
pub fn writable(folder: &Path) -> Result<(), Trouble> {
    try_to_write(folder).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::PermissionDenied => "permission",
            ErrorKind::ReadOnlyFilesystem => "read-only",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "full",
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory => "file",
            _ => "other",
        };
        Trouble::new("folder-unwritable").with("folder", folder.display()).with("why", why)
    })
}

/// [`writable`] for one after the other; at the first refusal the folders that were missing before are taken away again,
/// as far as they are empty.
pub(super) fn all_writable<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Result<(), Trouble> {
    let mut made: Vec<&Path> = Vec::new();
    folders.into_iter().try_for_each(|folder| {
        // The innermost first, as they must be removed.
        let missing: Vec<&Path> = folder.ancestors().take_while(|above| !above.exists()).collect();
        made.splice(0..0, missing);
        writable(folder).inspect_err(|_| {
            for folder in &made {
                let _ = std::fs::remove_dir(folder);
            }
        })
    })
}

fn try_to_write(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Two processes may try at once; neither may trip over the other's file.
    let trial = folder.join(format!(".trial-{}", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&trial)
        .and_then(|mut file| file.write_all(b"issuer"));
    match std::fs::remove_file(&trial) {
        Err(error) if error.kind() != ErrorKind::NotFound => written.and(Err(error)),
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    fn why(folder: &Path) -> Option<String> {
        let trouble = writable(folder).err()?;
        assert_eq!(trouble.code, "folder-unwritable");
        trouble.args.into_iter().find(|(name, _)| *name == "why").map(|(_, why)| why)
    }

    #[test]
    fn makes_a_folder_for_us_alone_and_leaves_it_empty() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("var/spool");
        writable(&folder).unwrap();
        writable(&folder).unwrap();
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_refusal_takes_away_what_was_made_for_it() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("before")).unwrap();
        std::fs::write(root.path().join("file"), "").unwrap();
        let folder = |name: &str| root.path().join(name);
        let folders = [folder("before"), folder("var/a"), folder("var"), folder("var/b/c"), folder("file/d")];
        let refused = all_writable(folders.iter().map(PathBuf::as_path)).unwrap_err();
        assert_eq!(refused.code, "folder-unwritable");
        assert!(folder("before").exists() && !folder("var").exists());
        all_writable(folders[..4].iter().map(PathBuf::as_path)).unwrap();
        assert!(folder("var/a").exists() && folder("var/b/c").exists());
    }

    #[test]
    fn says_why_not() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(why(&file).as_deref(), Some("file"));
        assert_eq!(why(&file.join("below")).as_deref(), Some("file"));
        // Not even root may make a folder there.
        assert!(why(Path::new("/proc/issuer")).is_some());
    }
}
