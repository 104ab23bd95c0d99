//! A page that says what was done says it of what was done, as long as the store bears it out.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::back::encoder::Feed;
use crate::back::store::cards::{self, Suspended};
use crate::plan::job::CardState;

/// The session of a new administrator.
fn session(desk: &Desk) -> Session {
    let link = new_setup(desk, None).unwrap().unwrap();
    set_up(desk, &link, "성춘향", "단추 열두 개 모으기", "2", &Whence::default()).unwrap().session
}

/// A finished card that lies on the reader still; its member.
fn live_card(desk: &Room) -> i64 {
    let member = desk.enrol(|_| {}).unwrap().member;
    let job = desk.issue(member, CardKind::Rfid).unwrap();
    let waiting = Waiting { feed: Feed::Dispense, longest: Duration::ZERO, stop: &AtomicBool::new(false) };
    run(desk, &actor(), job, Until::Printed, &waiting).unwrap();
    hand_over(desk, &actor(), job, None, None, Feed::ByHand, None).unwrap();
    member
}

fn stands(desk: &Desk, member: i64, state: CardState) {
    let block = Suspended { why: "lost".into(), at: 0, by: "staff:1".into() };
    let change = |tx: &crate::back::store::Tx| {
        let mut card = cards::of_member(tx, member)?.remove(0);
        (card.state, card.suspended) = (state, Some(block.clone()).filter(|_| state == CardState::Suspended));
        cards::update(tx, &card)
    };
    desk.store.change(change).unwrap();
}

#[test]
fn a_name_was_changed_when_it_was_and_as_long_as_a_card_shows_the_old_one() {
    let desk = Room::new(&[]);
    let session = session(&desk);
    let member = live_card(&desk);
    let said = || renamed(&desk, &session, member).unwrap();
    let put_right = |change: &dyn Fn(&mut EditForm)| {
        let mut form = EditForm::default();
        change(&mut form);
        let edited = edit(&desk, &session.actor, member, Evidence::Word, &form, None).unwrap();
        note_renamed(&desk, &session, &edited).unwrap();
    };
    assert_eq!(said(), None, "opened by hand");
    put_right(&|form| form.phone = Some("010-1111-2222".into()));
    assert_eq!(said(), None, "another field");
    put_right(&|form| form.name = Some("홍길순".into()));
    assert_eq!(said(), Some(Renamed { name: "홍길순".into(), cards: 1 }));
    stands(&desk, member, CardState::Suspended);
    assert_eq!(said().map(|done| done.cards), Some(1), "a blocked card shows it too");
    stands(&desk, member, CardState::Void);
    assert_eq!(said(), None, "it was replaced");
}

#[test]
fn a_card_was_recovered_when_it_was_and_as_long_as_it_is_in_use() {
    let desk = Room::new(&[]);
    let session = session(&desk);
    let member = live_card(&desk);
    let said = || restored(&desk, &session, member).unwrap();
    let recover = || {
        let done = recover_of(&desk, &session.actor, member, None, None).unwrap();
        note_recovered(&desk, &session, member, &done).unwrap();
    };
    assert_eq!(said(), None, "opened by hand");
    recover();
    assert_eq!(said(), Some(Restored { whole: true, suspended: false }), "nothing was to be written");
    desk.store.change(|tx| cards::set_sequence(tx, member, 7)).unwrap();
    recover();
    assert_eq!(said(), Some(Restored { whole: false, suspended: false }));
    assert_eq!(restored(&desk, &session, member + 1).unwrap(), None, "somebody else's");
    stands(&desk, member, CardState::Suspended);
    assert_eq!(said(), Some(Restored { whole: false, suspended: true }), "its block is not lifted");
    stands(&desk, member, CardState::Void);
    assert_eq!(said(), None);
}
