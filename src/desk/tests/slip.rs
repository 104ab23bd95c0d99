//! What a slip says, and what it keeps to itself.

use super::super::slip::changes;
use super::*;
use crate::back::store::{jobs as stored, members as people};
use crate::plan::member::MemberNumber;

#[test]
fn a_slip_is_for_a_finished_card_and_says_no_more_of_its_holder_than_a_masked_name() {
    let room = Room::new(&[("ISSUER__LOANS__PER_LIBRARY", "7"), ("ISSUER__LOANS__RETURN_ELSEWHERE", "true")]);
    let member = room.enrol(|form| form.phone = "010-1234-5678".to_owned().into()).unwrap().member;
    let job = room.issue(member, CardKind::Barcode).unwrap();
    assert_eq!(code(slip(&room, &actor(), job)), "not-ready");
    print_on_page(&room, &actor(), job).unwrap();
    assert!(slip(&room, &actor(), job).is_ok(), "it may lie ready before the card is handed over");
    check_and_hand_over(&room, &actor(), job, Some("12100300000001")).unwrap();
    let slip = slip(&room, &actor(), job).unwrap();
    assert_eq!(slip.number.grouped, "121003 0000 0001");
    assert_eq!((slip.per_library, slip.everywhere, slip.return_elsewhere), (7, 30, true));
    assert_eq!((slip.name.as_str(), slip.library.as_str()), ("홍*동", "부산광역시립구포도서관"));
    assert_eq!((slip.blocks, slip.fee.clone(), slip.changes.len()), (BlockReach::Here, None, 0));
    let said = format!("{slip:?}");
    for personal in ["홍길동", "1988", "5678"] {
        assert!(!said.contains(personal), "{personal}: {said}");
    }
}

#[test]
fn what_changed_is_said_by_the_reason() {
    let room = Room::new(&[]);
    let member = room.enrol(|form| form.own_number = Some("GP-77".into())).unwrap().member;
    let job = room.issue(member, CardKind::Barcode).unwrap();
    let (job, member) = room.store.look(|tx| Ok((stored::get(tx, job)?, people::get(tx, member)?))).unwrap();
    let old = MemberNumber::parse("12100300000777").unwrap();
    for (reason, replaces, old_number, wanted) in [
        ("first-issue", None, None, vec![]),
        ("damaged", Some(1), None, vec![Change::OldCard]),
        ("lost", Some(1), Some(old), vec![Change::Number { old }, Change::OldCard]),
        ("number-changed", Some(1), Some(old), vec![Change::Number { old }, Change::OldCard]),
        ("conversion", None, None, vec![Change::Converted { own: Some("GP-77".into()) }]),
        ("damaged", Some(1), Some(job.number), vec![Change::OldCard]),
    ] {
        let job = stored::Job { reason: reason.to_owned(), replaces, old_number, ..job.clone() };
        assert_eq!(changes(&job, None, &member), wanted, "{reason}");
    }
}
