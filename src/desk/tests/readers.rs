//! Which reader is taken when none is named, and what is said when there is none.

use super::*;
use crate::back::encoder::{Listed, Reader, ReaderState, Readers};

struct Lists(Vec<Listed>);

impl Readers for Lists {
    fn list(&self) -> Result<Vec<Listed>, Trouble> {
        Ok(self.0.clone())
    }

    fn open(&self, name: &str) -> Result<Box<dyn Reader>, Trouble> {
        Err(Trouble::new("reader-gone").with("reader", name))
    }
}

/// pcscd is kept from answering by another reader; this one was there a moment ago.
struct Hung;

impl Readers for Hung {
    fn list(&self) -> Result<Vec<Listed>, Trouble> {
        Err(Trouble::new("pcscd-hung"))
    }

    fn open(&self, name: &str) -> Result<Box<dyn Reader>, Trouble> {
        Err(Trouble::new("reader-gone").with("reader", name))
    }

    fn seen(&self, wanted: &str) -> Option<String> {
        ["a", "usb:1-1"].contains(&wanted).then(|| "a".to_owned())
    }
}

#[test]
fn a_list_that_another_reader_holds_up_keeps_nobody_from_a_reader_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk_with(folder.path(), "pcsc", &[]);
    desk.readers = Box::new(Hung);
    for (wanted, found) in [(Some("a"), Some("a")), (Some("usb:1-1"), Some("a")), (Some("b"), None), (None, None)] {
        let named = devices::reader_name(&desk, wanted);
        assert_eq!(named, found.map(str::to_owned).ok_or(Trouble::new("pcscd-hung")), "{wanted:?}");
    }
}

fn desk_with(folder: &std::path::Path, kind: &str, states: &[(&str, ReaderState)]) -> Desk {
    let mut desk = open(folder, &[("ISSUER__READER__KIND", kind)]).unwrap();
    let line = |(name, state): &(&str, ReaderState)| Listed {
        name: (*name).to_owned(),
        state: *state,
        uid: None,
        port: None,
        trouble: None,
    };
    desk.readers = Box::new(Lists(states.iter().map(line).collect()));
    desk
}

#[test]
fn a_reader_that_can_be_used_goes_before_those_that_cannot() {
    use ReaderState::{Gone, Ready, Stuck, Taken};
    for (states, first) in [
        (&[("a", Gone), ("b", Taken), ("c", Stuck), ("d", Ready)][..], "d"),
        (&[("a", Gone), ("b", Taken)], "b"),
        (&[("a", Gone)], "a"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk_with(folder.path(), "libnfc", states);
        assert_eq!(devices::reader_name(&desk, None), Ok(first.to_owned()));
    }
}

#[test]
fn a_board_of_which_nothing_more_is_known_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk_with(folder.path(), "libnfc", &[("a", ReaderState::Ready)]);
    assert!(devices::is_usable(&desk, Some("a")));
    assert_eq!(readers(&desk).unwrap()[0].state, ReaderState::Ready);
}

#[test]
fn a_reader_that_a_job_found_to_be_ill_is_stuck_until_it_was_unplugged() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk_with(folder.path(), "pcsc", &[("a", ReaderState::Card)]);
    desk.stations.note("a", Some(&Trouble::new("reader-stuck").with("reader", "a")));
    let listed = readers(&desk).unwrap().remove(0);
    assert_eq!((listed.state, listed.trouble.map(|trouble| trouble.code)), (ReaderState::Stuck, Some("reader-stuck")));
    for (state, shown) in [(ReaderState::Gone, ReaderState::Gone), (ReaderState::Card, ReaderState::Card)] {
        desk.readers = Box::new(Lists(vec![Listed { name: "a".into(), state, uid: None, port: None, trouble: None }]));
        assert_eq!(readers(&desk).unwrap()[0].state, shown);
    }
}

#[test]
fn a_reader_in_another_programs_hands_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk_with(folder.path(), "pcsc", &[("a", ReaderState::Taken)]);
    let trouble = readers(&desk).unwrap().remove(0).trouble;
    assert_eq!(trouble, Some(Trouble::new("reader-taken").with("reader", "a").with("holder", "?")));
}

#[test]
fn without_a_board_it_is_said_how_one_is_named() {
    for (kind, code) in [("libnfc", "no-board"), ("pcsc", "no-reader")] {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk_with(folder.path(), kind, &[]);
        assert_eq!(devices::reader_name(&desk, None).unwrap_err().code, code);
    }
}
