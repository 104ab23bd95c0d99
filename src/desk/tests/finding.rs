//! Finding people in every way a clerk tries, cards that are laid down, what is not finished, the day and the search of jobs.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::back::encoder::Feed;
use crate::back::store::cards::Suspended;
use crate::back::store::charges;
use crate::back::store::{cards, jobs as stored};
use crate::plan::fees::ChargeState;
use crate::plan::job::{CardState, JobState};
use crate::plan::member::MemberNumber;

fn names(desk: &Desk, text: &str) -> Vec<String> {
    find(desk, &actor(), text).unwrap().hits.into_iter().map(|hit| hit.name).collect()
}

/// The session of a new administrator.
fn session(desk: &Desk) -> Session {
    let link = new_setup(desk, None).unwrap().unwrap();
    set_up(desk, &link, "성춘향", "단추 열두 개 모으기", "2", &Whence::default()).unwrap().session
}

/// A finished card of 홍길동 that lies on the reader still; its member.
fn live_card(desk: &Desk) -> i64 {
    let member = enrol(desk, &actor(), &hong(), None).unwrap().member;
    let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Rfid, reader: None, printer: None };
    let job = plan_issue(desk, &actor(), &form, None).unwrap();
    let waiting = Waiting { feed: Feed::Dispense, longest: Duration::ZERO, stop: &AtomicBool::new(false) };
    run(desk, &actor(), job, Until::Printed, &waiting).unwrap();
    hand_over(desk, &actor(), job, None, None, Feed::ByHand, None).unwrap();
    member
}

fn change_card(desk: &Desk, member: i64, change: impl Fn(&mut cards::Card)) {
    desk.store
        .change(|tx| {
            let mut card = cards::of_member(tx, member)?.remove(0);
            change(&mut card);
            cards::update(tx, &card)
        })
        .unwrap();
}

fn reader(desk: &Desk) -> String {
    readers(desk).unwrap().remove(0).name
}

#[test]
fn a_member_is_found_by_every_text_that_means_them() {
    let desk = Room::new(&[]);
    desk.enrol(|form| form.own_number = Some("GP-77".into())).unwrap();
    desk.enrol(|form| (form.name, form.birth) = ("성춘향".into(), "2011-05-05".into())).unwrap();
    for text in [
        "홍길동",
        "길동",
        "ㅎㄱㄷ",
        "ㄱㄷ",
        "홍ㄱㄷ",
        "홍길ㄷ",
        "ㅎ길동",
        "19880314",
        "880314",
        "1988-03-14",
        "1988. 3. 14.",
        "88.3.14",
        "1988년 3월 14일",
        "GP-77",
    ] {
        assert_eq!(names(&desk, text), ["홍*동"], "{text}");
    }
    assert_eq!(names(&desk, "110505"), ["성*향"]);
    for text in ["", "길순", "ㅎㄱㅅ", "19990101", "GP-78", "홍ㄷㄱ"] {
        assert!(names(&desk, text).is_empty(), "{text}");
    }
    assert_eq!(code(find(&desk, &actor(), "880314-1234567").map(|_| ())), "identity-number");
}

#[test]
fn digits_that_are_too_few_or_too_many_are_counted() {
    let desk = Room::new(&[]);
    for (text, count) in [
        ("1210030000001", Some(13)),
        ("121003 0000 00012", Some(15)),
        ("１２１００３０００００００", Some(13)),
        ("12100300000001", None),
        ("１２１００３００００００１１", None),
        ("01012345678", None),
        ("19880314", None),
        ("홍길동", None),
    ] {
        assert_eq!(find(&desk, &actor(), text).unwrap().digits, count, "{text}");
    }
    let other = find(&desk, &actor(), "１１１３１４０００２７７１９").unwrap();
    assert!(other.elsewhere.is_some_and(|elsewhere| elsewhere.number.as_str() == "11131400027719"));
    for text in ["111234567890", "9 0 0 1 0 2 5 1 2 3 4 5 6", "AB1234567"] {
        assert_eq!(code(find(&desk, &actor(), text).map(|_| ())), "identity-number", "{text}");
    }
}

#[test]
fn another_library_s_number_shows_that_library_and_can_be_imported() {
    let desk = Room::new(&[]);
    for (text, listed) in [("11131400027719", true), ("12999900000001", false)] {
        let found = find(&desk, &actor(), text).unwrap();
        let elsewhere = found.elsewhere.expect(text);
        assert_eq!((elsewhere.number.to_string().as_str(), elsewhere.library.is_some()), (text, listed));
        let library = found.number.unwrap().library;
        assert!(library.region.is_some() || !listed, "kind and region are told by the digits: {library:?}");
    }
    assert!(find(&desk, &actor(), "12100300000009").unwrap().elsewhere.is_none(), "one of ours is no import");
}

#[test]
fn a_card_laid_down_opens_its_holder_or_says_how_it_stands() {
    let desk = Room::new(&[]);
    let session = session(&desk);
    let member = live_card(&desk);
    let reader = reader(&desk);
    let said = |landing: Landing| match landing {
        Landing::Found(id) => found_card(&desk, &session, &id).unwrap().unwrap(),
        other => panic!("{other:?}"),
    };
    let lay = || read_laid(&desk, &session, &reader).unwrap();
    assert_eq!(evidence_of(&desk, &session, member).unwrap(), None);
    assert_eq!(lay(), Landing::Member(member));
    assert_eq!(evidence_of(&desk, &session, member).unwrap(), Some(Evidence::Card));
    let block = Suspended { why: "lost".into(), at: desk.now().as_millisecond(), by: "staff:1".into() };
    change_card(&desk, member, |card| (card.state, card.suspended) = (CardState::Suspended, Some(block.clone())));
    let found = said(lay());
    assert_eq!((found.card.status.as_str(), found.whose.as_deref()), ("suspended", Some("홍*동")));
    assert_eq!(found.suspended.map(|block| block.why).as_deref(), Some("lost"));
    for (state, status) in
        [(CardState::Void, "void"), (CardState::Returned, "returned"), (CardState::Spoiled, "spoiled")]
    {
        change_card(&desk, member, |card| (card.state, card.suspended) = (state, None));
        assert_eq!(said(lay()).card.status, status);
    }
    tray_do(&desk, &session.actor, &TrayAct::Lift).unwrap();
    assert_eq!(lay(), Landing::Nothing, "it was lifted before it was read");
    tray_do(&desk, &session.actor, &TrayAct::LayNew("classic-1k".into())).unwrap();
    let blank = said(lay());
    assert_eq!((blank.card.status.as_str(), blank.whose), ("blank", None));
    tray_do(&desk, &session.actor, &TrayAct::Lift).unwrap();
    tray_do(&desk, &session.actor, &TrayAct::LayNew("desfire".into())).unwrap();
    let unread = said(lay());
    assert_eq!(unread.card.status, "unread");
    assert_eq!(unread.card.trouble.map(|told| told.code).as_deref(), Some("chip-unsupported"));
}

/// What the register wants is not on the chip any more: it is written anew, free of charge, and only on that card.
#[test]
fn an_overwritten_card_is_recovered_where_it_lies() {
    let desk = Room::new(&[]);
    let session = session(&desk);
    let member = live_card(&desk);
    let reader = reader(&desk);
    desk.store.change(|tx| cards::set_sequence(tx, member, 7)).unwrap();
    let Landing::Found(id) = read_laid(&desk, &session, &reader).unwrap() else { panic!("it is not in order") };
    let found = found_card(&desk, &session, &id).unwrap().unwrap();
    assert_eq!((found.card.status.as_str(), found.card.recoverable), ("overwritten", Some(true)));
    assert_eq!(evidence_of(&desk, &session, member).unwrap(), None, "it speaks for nobody");
    let uid = found.card.uid.clone().unwrap();
    tray_do(&desk, &session.actor, &TrayAct::Swap).unwrap();
    assert_eq!(code(recover_found(&desk, &session, &id)), "card-swapped");
    tray_do(&desk, &session.actor, &TrayAct::Lift).unwrap();
    tray_do(&desk, &session.actor, &TrayAct::Lay(uid)).unwrap();
    let done = recover_found(&desk, &session, &id).unwrap().unwrap();
    let done = found_card(&desk, &session, &done).unwrap().unwrap();
    assert!(done.card.recovered.is_some());
    assert_eq!(read_laid(&desk, &session, &reader).unwrap(), Landing::Member(member));
    assert_eq!(recover_found(&desk, &session, "no such id").unwrap(), None);
}

#[test]
fn a_scanned_number_that_is_blocked_is_a_found_card_s() {
    let desk = Room::new(&[]);
    let session = session(&desk);
    let member = live_card(&desk);
    let number: MemberNumber = show_member(&desk, &actor(), member).unwrap().number.unwrap();
    assert_eq!(found_by_number(&desk, &session, number).unwrap(), None, "in use: the member's page says it");
    let block = Suspended { why: "lost".into(), at: 0, by: "staff:1".into() };
    change_card(&desk, member, |card| (card.state, card.suspended) = (CardState::Suspended, Some(block.clone())));
    let id = found_by_number(&desk, &session, number).unwrap().unwrap();
    let found = found_card(&desk, &session, &id).unwrap().unwrap();
    assert_eq!((found.card.status.as_str(), found.whose.as_deref()), ("suspended", Some("홍*동")));
    assert!(found.card.reader.is_none() && found.suspended.is_some());
    let other: MemberNumber = MemberNumber::parse("11131400027719").unwrap();
    assert_eq!(found_by_number(&desk, &session, other).unwrap(), None);
}

#[test]
fn a_found_card_is_released_at_once_by_what_speaks_for_its_holder() {
    let desk = Room::new(&[]);
    let session = session(&desk);
    let member = live_card(&desk);
    let block = Suspended { why: "lost".into(), at: 0, by: "staff:1".into() };
    change_card(&desk, member, |card| (card.state, card.suspended) = (CardState::Suspended, Some(block.clone())));
    let Landing::Found(id) = read_now(&desk, &session).unwrap() else { panic!("it is blocked") };
    let state = || show_member(&desk, &actor(), member).unwrap().cards[0].state;
    for _ in 0..2 {
        // The same press again is answered the same.
        assert_eq!(release_found(&desk, &session, &id, Evidence::Document).unwrap(), Some(member));
        assert_eq!(state(), CardState::Live);
    }
    assert_eq!(evidence_of(&desk, &session, member).unwrap(), Some(Evidence::Document));
    change_card(&desk, member, |card| card.state = CardState::Void);
    assert_eq!(code(release_found(&desk, &session, &id, Evidence::Word)), "card-none");
    assert_eq!(state(), CardState::Void, "what is over stays so");
    assert_eq!(release_found(&desk, &session, "no such id", Evidence::Word).unwrap(), None);
}

#[test]
fn a_card_that_is_read_because_the_clerk_says_so_leads_where_one_that_was_laid_down_does() {
    let desk = Room::new(&[]);
    let session = session(&desk);
    let member = live_card(&desk);
    assert_eq!(read_now(&desk, &session).unwrap(), Landing::Member(member));
    assert_eq!(evidence_of(&desk, &session, member).unwrap(), Some(Evidence::Card));
    tray_do(&desk, &session.actor, &TrayAct::Lift).unwrap();
    assert_eq!(code(read_now(&desk, &session)), "card-not-there", "whoever asked is told");
    assert_eq!(silent_reader(&desk, &session), None, "this reader tells by itself");
}

#[test]
fn a_card_of_the_command_line_s_own_job_is_left_alone() {
    let desk = Room::new(&[]);
    let session = session(&desk);
    let member = desk.enrol(|_| {}).unwrap().member;
    let job = desk.issue(member, CardKind::Rfid).unwrap();
    let waiting = Waiting { feed: Feed::Dispense, longest: Duration::ZERO, stop: &AtomicBool::new(false) };
    run(&desk, &actor(), job, Until::Printed, &waiting).unwrap();
    assert_eq!(read_laid(&desk, &session, &reader(&desk)).unwrap(), Landing::Nothing);
    let Landing::Found(id) = read_now(&desk, &session).unwrap() else { panic!("whoever asked is told") };
    assert_eq!(found_card(&desk, &session, &id).unwrap().unwrap().card.status, "in-work");
}

#[test]
fn what_is_not_finished_stands_in_one_place_and_is_counted() {
    let desk = Room::new(&[]);
    let none = unfinished(&desk, &actor()).unwrap();
    assert_eq!((none.count(), unfinished_count(&desk).unwrap()), (0, 0));
    let (first, second) =
        (desk.enrol(|_| {}).unwrap().member, desk.enrol(|form| form.name = "성춘향".into()).unwrap().member);
    let doubtful = desk.issue(first, CardKind::Barcode).unwrap();
    let planned = desk.issue(second, CardKind::Barcode).unwrap();
    let set = |job, state, ended: bool| {
        let change = |tx: &crate::back::store::Tx| {
            let mut job = stored::get(tx, job)?;
            job.state = state;
            job.updated = if ended { desk.now().as_millisecond() } else { job.updated };
            stored::update(tx, &job)
        };
        desk.store.change(change).unwrap();
    };
    set(doubtful, JobState::PrintInDoubt, false);
    let work = unfinished(&desk, &actor()).unwrap();
    let open: Vec<(i64, &str)> = work.open.iter().map(|row| (row.job, row.name.as_str())).collect();
    assert_eq!(open, [(doubtful, "홍*동"), (planned, "성*향")], "a print in doubt comes first");
    assert_eq!((work.count(), unfinished_count(&desk).unwrap()), (2, 2));
    set(planned, JobState::Cancelled, true);
    let charge = |state| {
        let change = |tx: &crate::back::store::Tx| {
            let charge = charges::of_job(tx, doubtful)?.expect("one a job");
            charges::update(tx, &charges::Charge { state, ..charge })
        };
        desk.store.change(change).unwrap();
    };
    charge(ChargeState::Unpaid);
    // Left for later while its card is still made: it is listed, and the job alone is counted.
    let owed = unfinished(&desk, &actor()).unwrap();
    let row = &owed.unpaid[0];
    assert_eq!((row.member, row.name.as_str(), row.amount, row.open_job), (first, "홍*동", 0, Some(doubtful)));
    assert_eq!((owed.unpaid_in_all, owed.count(), unfinished_count(&desk).unwrap()), (1, 1, 1));
    set(doubtful, JobState::HandedOver, true);
    let owed = unfinished(&desk, &actor()).unwrap();
    assert_eq!((owed.unpaid[0].open_job, owed.open.len(), owed.count()), (None, 0, 1));
    assert_eq!(unfinished_count(&desk).unwrap(), 1);
    charge(ChargeState::Paid);
    assert_eq!((unfinished(&desk, &actor()).unwrap().unpaid.len(), unfinished_count(&desk).unwrap()), (0, 0));
    charge(ChargeState::Unpaid);
    // Blocks that last, imports and spoiled cards are shown; nobody can end them at once, and they are not counted.
    let member = live_card_of(&desk, "향단");
    let long_ago = desk.now().as_millisecond() - (LONG_BLOCKED_DAYS + 2) * 86_400_000;
    let block = Suspended { why: "lost".into(), at: long_ago, by: "staff:1".into() };
    change_card(&desk, member, |card| (card.state, card.suspended) = (CardState::Suspended, Some(block.clone())));
    let blocked = unfinished(&desk, &actor()).unwrap();
    assert_eq!((blocked.suspended.len(), blocked.suspended[0].days, blocked.count()), (1, LONG_BLOCKED_DAYS + 2, 1));
    change_card(&desk, member, |card| {
        (card.state, card.suspended, card.ended_at) = (CardState::Spoiled, None, Some(desk.now().as_millisecond()));
    });
    let spoiled = unfinished(&desk, &actor()).unwrap();
    assert_eq!((spoiled.suspended.len(), spoiled.spoiled.len(), spoiled.count()), (0, 1, 1));
    assert_eq!(counts_today(&desk).unwrap().spoiled, 1);
}

/// The same as [`live_card`], of this person.
fn live_card_of(desk: &Room, name: &str) -> i64 {
    let member = desk.enrol(|form| (form.name, form.birth) = (name.into(), "1990-01-01".into())).unwrap().member;
    let job = desk.issue(member, CardKind::Rfid).unwrap();
    let waiting = Waiting { feed: Feed::Dispense, longest: Duration::ZERO, stop: &AtomicBool::new(false) };
    run(desk, &actor(), job, Until::Printed, &waiting).unwrap();
    hand_over(desk, &actor(), job, None, None, Feed::ByHand, None).unwrap();
    member
}

#[test]
fn the_day_counts_and_lists_and_a_job_is_sought_by_what_is_known_of_it() {
    let desk = Room::new(&[]);
    let member = live_card(&desk);
    let other = desk.enrol(|form| form.name = "성춘향".into()).unwrap().member;
    let planned = desk.issue(other, CardKind::Barcode).unwrap();
    let today = day(&desk, &actor(), None).unwrap();
    assert_eq!((today.counts.issued, today.counts.reissued, today.counts.stickers), (1, 0, 0));
    assert_eq!(today.hours.iter().map(|hour| hour.issued + hour.reissued).sum::<u32>(), 1);
    assert_eq!((today.tallies.len(), today.jobs.len(), today.is_today, today.after), (1, 2, true, None));
    assert!(today.jobs.iter().all(|row| row.name.contains('*')), "names are masked");
    let before = day(&desk, &actor(), Some(&today.before)).unwrap();
    assert_eq!((before.jobs.len(), before.counts, before.is_today), (0, Counts::default(), false));
    assert_eq!(before.after.as_deref(), Some(today.date.as_str()));
    assert_eq!(code(day(&desk, &actor(), Some("어제"))), "day");
    let number = show_member(&desk, &actor(), member).unwrap().number.unwrap().to_string();
    let sought = |change: &dyn Fn(&mut JobQuery)| {
        let mut asked = JobQuery::default();
        change(&mut asked);
        seek_jobs(&desk, &actor(), &asked).map(|found| found.jobs.iter().map(|row| row.job).collect::<Vec<_>>())
    };
    let none: [i64; 0] = [];
    let handed = 1;
    assert_eq!(sought(&|asked| asked.number = number.clone()).unwrap(), [handed]);
    assert_eq!(sought(&|asked| asked.state = "open".into()).unwrap(), [planned]);
    assert_eq!(sought(&|asked| asked.state = "handed-over".into()).unwrap(), [handed]);
    assert_eq!(sought(&|asked| asked.kind = "barcode".into()).unwrap(), [planned]);
    assert_eq!(sought(&|asked| asked.kind = "sticker".into()).unwrap(), none);
    assert_eq!(sought(&|asked| asked.reader = reader(&desk).to_uppercase()).unwrap(), [handed]);
    assert_eq!(sought(&|asked| asked.day = today.date.clone()).unwrap().len(), 2);
    assert_eq!(sought(&|asked| asked.day = today.before.clone()).unwrap(), none);
    assert_eq!(sought(&|asked| (asked.kind, asked.state) = ("rfid".into(), "open".into())).unwrap(), none);
    assert_eq!(sought(&|_| {}).unwrap().len(), 2);
    assert_eq!(code(sought(&|asked| asked.number = "880314-1234567".into())), "identity-number");
    assert_eq!(code(sought(&|asked| asked.day = "x".into())), "day");
}
