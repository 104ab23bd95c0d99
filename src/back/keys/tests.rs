//! The key file as others may leave it, several hands at once, and a file that changes under a running service.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;

use proptest::prelude::*;

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
    assert_eq!(code(load(folder.path())), "key-file-no-file");
}

#[test]
fn a_folder_that_takes_no_file_is_named() {
    let (folder, _) = folder();
    let blocked = folder.path().join("file");
    fs::write(&blocked, "").unwrap();
    let refused = create(&blocked.join("keys.toml")).map(drop).unwrap_err();
    assert_eq!(refused.code, "key-file-unwritable");
}
fn versions(keys: &KeySet) -> Vec<u8> {
    keys.newest_first().map(|keys| keys.version).collect()
}

fn rotate(path: &Path) -> Result<KeySet, Trouble> {
    let rotation = Rotation::begin(path)?;
    let next = rotation.next()?;
    rotation.make(next)
}

#[test]
fn a_rotation_adds_a_version_and_keeps_the_old_ones() {
    let (_folder, path) = folder();
    let before = lines(&create(&path).unwrap());
    let after = rotate(&path).unwrap();
    assert_eq!(versions(&after), [2, 1]);
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    let values = |lines: &[KeyLine], version| {
        let of = lines.iter().filter(move |line| line.version == version);
        of.map(|line| line.check_value.clone()).collect::<Vec<_>>()
    };
    let after = lines(&after);
    assert_eq!(values(&after, 1), values(&before, 1));
    let distinct: BTreeSet<String> = after.iter().map(|line| line.check_value.clone()).collect();
    assert_eq!(distinct.len(), 8, "no key twice");
    assert_eq!(lines(&load(&path).unwrap()), after);
}

#[test]
fn rotations_at_once_make_a_version_each() {
    let (_folder, path) = folder();
    create(&path).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| rotate(&path).unwrap())).collect();
        threads.into_iter().for_each(|thread| drop(thread.join().unwrap()));
    });
    assert_eq!(versions(&load(&path).unwrap()), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
}

#[test]
fn a_version_that_stands_there_is_not_made_again_and_255_is_the_last() {
    let (_folder, path) = folder();
    create(&path).unwrap();
    rotate(&path).unwrap();
    let before = fs::read(&path).unwrap();
    Rotation::begin(&path).unwrap().make(2).unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
    Rotation::begin(&path).unwrap().make(255).unwrap();
    let last = Rotation::begin(&path).unwrap();
    assert_eq!(last.next().unwrap_err().code, "key-version-last");
}

#[test]
fn a_file_that_is_not_as_it_should_be_is_not_rotated() {
    let (folder, path) = folder();
    assert_eq!(code(rotate(&path)), "key-file-missing");
    create(&path).unwrap();
    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    assert_eq!(code(rotate(&link)), "key-file-symlink");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(code(rotate(&path)), "key-file-mode");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("current = 1", "current = 7", 1)).unwrap();
    assert_eq!(code(rotate(&path)), "key-file-version");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn what_a_killed_rotation_left_is_taken_away_by_the_next() {
    let (_folder, path) = folder();
    create(&path).unwrap();
    fs::write(path.with_file_name("keys.toml.1-00.rotating"), "half").unwrap();
    fs::write(path.with_file_name("keys.toml.bak"), "somebody's own").unwrap();
    rotate(&path).unwrap();
    let mut left: Vec<_> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["keys.toml", "keys.toml.bak"]);
}

#[test]
fn a_file_edited_during_a_rotation_is_left_as_it_was_edited() {
    let (_folder, path) = folder();
    create(&path).unwrap();
    let rotation = Rotation::begin(&path).unwrap();
    let edited = format!("# a note\n{}", fs::read_to_string(&path).unwrap());
    fs::write(&path, &edited).unwrap();
    assert_eq!(code(rotation.make(2)), "key-file-busy");
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);
}

#[test]
fn a_running_service_notices_a_rotation_and_never_has_fewer_versions() {
    let (_folder, path) = folder();
    let file = KeyFile::open_or_create(&path).unwrap();
    let first = fs::read(&path).unwrap();
    let begun = file.keys(|| Ok(()), |(), _| Ok(()));
    rotate(&path).unwrap();
    assert_eq!((versions(&begun), versions(&file.keys(|| Ok(()), |(), _| Ok(())))), (vec![1], vec![2, 1]));
    // An older copy put back: its current version rules, the newer one stays known.
    fs::write(&path, &first).unwrap();
    assert_eq!(versions(&file.keys(|| Ok(()), |(), _| Ok(()))), [1, 2]);
    // A file that is not as it should be, or none, changes nothing.
    fs::write(&path, "current = 1").unwrap();
    assert_eq!(versions(&file.keys(|| Ok(()), |(), _| Ok(()))), [1, 2]);
    fs::remove_file(&path).unwrap();
    assert_eq!(versions(&file.keys(|| Ok(()), |(), _| Ok(()))), [1, 2]);
    // Nor do other keys under a known version.
    create(&path).unwrap();
    assert_eq!(lines(&file.keys(|| Ok(()), |(), _| Ok(())))[0].check_value, lines(&begun)[0].check_value);
}

proptest! {
    #[test]
    fn a_file_of_any_bytes_is_refused_and_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (_folder, path) = folder();
        create(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        prop_assert!(load(&path).is_err());
    }

    /// One byte changed is a refusal, unless it stands in a comment, between the lines, or is a digit's other case.
    #[test]
    fn a_changed_byte_gives_the_same_keys_or_none(at in 0usize..1200, to: u8) {
        let (_folder, path) = folder();
        let before = lines(&create(&path).unwrap());
        let mut bytes = fs::read(&path).unwrap();
        let at = at % bytes.len();
        bytes[at] = to;
        fs::write(&path, bytes).unwrap();
        if let Ok(keys) = load(&path) {
            prop_assert_eq!(lines(&keys), before);
        }
    }
}
