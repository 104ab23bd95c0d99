//! The database stays in the hands of who works with it, whatever else looks at its file in the same process.

use std::os::unix::fs::MetadataExt;

use super::*;
use crate::back::machine::mend;

/// Locks on the file, as the kernel lists them. The file is only stat'ed: to open and close it would be the fault itself.
fn locks_on(path: &std::path::Path) -> usize {
    let inode = format!(":{} ", std::fs::metadata(path).unwrap().ino());
    std::fs::read_to_string("/proc/locks").unwrap().lines().filter(|lock| lock.contains(&inode)).count()
}

#[test]
fn whoever_looks_at_the_database_file_leaves_its_locks_alone() {
    let room = Room::new(&[]);
    room.enrol(|_| {}).unwrap();
    let path = room.settings.store.path.clone();
    let held = locks_on(&path);
    assert!(held > 0, "an open database is locked against those who would take its log away");

    let again = open(room.folder.path(), &[]).unwrap();
    drop(again);
    assert_eq!(locks_on(&path), held, "opened once more");

    let Room { desk, folder: _folder } = room;
    let desk = std::sync::Arc::new(desk);
    examine(&desk, &actor()).unwrap();
    assert_eq!(locks_on(&path), held, "looked at by the doctor");

    mend::mode(&path, 0o600).unwrap();
    assert_eq!(locks_on(&path), held, "given its mode");

    // The meter sees it when somebody does open and close the file.
    drop(std::fs::File::open(&path));
    assert!(locks_on(&path) < held);
}
