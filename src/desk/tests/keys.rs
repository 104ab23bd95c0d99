//! A desk that stands open while its key file changes, as the service does.

use super::*;
use crate::back::keys::Rotation;

#[test]
fn an_open_desk_works_with_the_keys_of_a_rotation_by_others() {
    let room = Room::new(&[]);
    let begun = room.keys();
    // As another process would.
    Rotation::begin(&room.settings.key_file).unwrap().make(2).unwrap();
    assert_eq!((begun.current().version, room.keys().current().version), (1, 2));
    assert!(room.keys().version(1).is_some());
    let shown = show_keys(&room, &actor()).unwrap();
    assert_eq!(shown.iter().map(|line| line.key.version).collect::<Vec<_>>(), [2, 2, 2, 2, 1, 1, 1, 1]);
    // A file that cannot be used any more disturbs no work.
    std::fs::write(&room.settings.key_file, "").unwrap();
    assert_eq!(room.keys().current().version, 2);
}

/// The store knows version 2 from the process that made it; another file that grew from the same copy has another one.
#[test]
fn an_open_desk_does_not_take_other_keys_under_a_version_that_the_store_knows() {
    let room = Room::new(&[]);
    let file = &room.settings.key_file;
    let copy = std::fs::read(file).unwrap();
    let made = Rotation::begin(file).unwrap().make(2).unwrap();
    super::super::key_file::note(&room.store, &made).unwrap();
    std::fs::write(file, copy).unwrap();
    Rotation::begin(file).unwrap().make(2).unwrap();
    assert_eq!(room.keys().current().version, 1);
    assert!(room.keys().version(2).is_none());
}

/// The newer version's cards would be nobody's, and new ones would take the older keys.
#[test]
fn an_open_desk_does_not_take_an_older_copy() {
    let room = Room::new(&[]);
    let file = &room.settings.key_file;
    let copy = std::fs::read(file).unwrap();
    rotate_keys(&room, &actor(), None).unwrap();
    assert_eq!(room.keys().current().version, 2);
    std::fs::write(file, copy).unwrap();
    assert_eq!(room.keys().current().version, 2);
}

#[test]
fn only_an_administrator_rotates() {
    let room = Room::new(&[]);
    let manager = Actor { role: Role::Manager, ..actor() };
    assert_eq!(code(rotate_keys(&room, &manager, None)), "not-allowed");
    assert_eq!(room.keys().current().version, 1);
    rotate_keys(&room, &actor(), None).unwrap();
    assert_eq!(room.keys().current().version, 2);
}
