//! Blank cards in every story of a job: issued, spoiled, cancelled, torn and resumed, given back and used again; lots one after
//! another, opened before their turn, used up, or none at all; and a day that balances against the jobs.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::back::encoder::Feed;
use crate::back::store::{cards, jobs as stored};
use crate::plan::job::CardState;

const CHIP: &str = "classic-1k";

fn receive(room: &Room, kind: &str, lot: &str, n: u32) {
    receive_stock(room, &actor(), (kind, lot), &n.to_string(), None).unwrap();
}

/// A member of their own, by number.
fn member(room: &Room, nth: u32) -> i64 {
    let enrolled = room.enrol(|form| {
        form.name = format!("홍길동{}", ["가", "나", "다", "라", "마", "바"][nth as usize % 6]);
        form.birth = format!("{}-03-14", 1960 + nth);
    });
    enrolled.unwrap().member
}

/// Makes the card of a job as far as the check.
fn print_job(room: &Room, job: i64, feed: Feed) -> Result<JobReport, Trouble> {
    let waiting = Waiting { feed, longest: Duration::ZERO, stop: &AtomicBool::new(false) };
    run(room, &actor(), job, Until::Printed, &waiting)
}

/// A card in the hands of a new member; gives the member and the job.
fn handed_over(room: &Room, nth: u32, kind: CardKind) -> (i64, i64) {
    let member = member(room, nth);
    let job = room.issue(member, kind).unwrap();
    print_job(room, job, Feed::Dispense).unwrap();
    hand_over(room, &actor(), job, None, None, Feed::Dispense, None).unwrap();
    (member, job)
}

fn line(room: &Room, lot: &str) -> StockLine {
    let lines = show_stock(room, &actor()).unwrap();
    let line = lines.into_iter().find(|line| line.lot == lot).unwrap();
    let come = line.received + line.returned + line.found;
    assert_eq!(come, line.issued + line.spoiled + line.test + line.missing + line.left, "{line:?}");
    line
}

/// Received, issued, spoiled, test, returned, left; in work, to be blanked.
fn counts(room: &Room, lot: &str) -> ([u32; 6], [u32; 2]) {
    let line = line(room, lot);
    ([line.received, line.issued, line.spoiled, line.test, line.returned, line.left], [line.in_work, line.to_blank])
}

/// The name of the lot that the newest card of a job was made of.
fn lot_of(room: &Room, job: i64) -> Option<String> {
    let lot = room.store.look(|tx| Ok(cards::get(tx, stored::get(tx, job)?.card.unwrap())?.lot)).unwrap()?;
    let name = |tx: &crate::back::store::Tx| {
        Ok(tx.query_row("SELECT name FROM stock_lots WHERE id = ?1", [lot], |row| row.get(0))?)
    };
    Some(room.store.look(name).unwrap())
}

fn balanced_today(room: &Room) -> StockDay {
    let day = stock_day(room, &actor(), None).unwrap();
    assert!(day.balanced, "{day:?}");
    day
}

#[test]
fn a_card_is_taken_in_hand_then_issued_and_the_day_balances_against_the_jobs() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 3);
    let job = room.issue(member(&room, 1), CardKind::Rfid).unwrap();
    assert_eq!(counts(&room, "A"), ([3, 0, 0, 0, 0, 3], [0, 0]));
    print_job(&room, job, Feed::Dispense).unwrap();
    assert_eq!(counts(&room, "A"), ([3, 0, 0, 0, 0, 3], [1, 0]));
    assert_eq!(line(&room, "A").usable, 2);
    hand_over(&room, &actor(), job, None, None, Feed::Dispense, None).unwrap();
    assert_eq!(counts(&room, "A"), ([3, 1, 0, 0, 0, 2], [0, 0]));
    let day = balanced_today(&room);
    assert_eq!((day.jobs, day.issued, day.issued_of_none, day.types.len()), (1, 1, 0, 1));
    let balance = day.types[0].balance;
    assert_eq!([balance.opened, balance.received, balance.issued, balance.left], [0, 3, 1, 2]);
    let before = stock_day(&room, &actor(), Some("2020-01-01")).unwrap();
    assert!(before.balanced && before.types.is_empty() && before.jobs == 0);
}

#[test]
fn a_day_whose_job_has_no_card_in_the_books_does_not_balance() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 3);
    handed_over(&room, 1, CardKind::Rfid);
    room.store.change(|tx| Ok(tx.execute("UPDATE cards SET live_at = live_at - 90000000", [])?)).unwrap();
    assert!(!stock_day(&room, &actor(), None).unwrap().balanced);
}

#[test]
fn what_is_spoiled_carries_why_and_uid_and_the_next_blank_is_taken_once() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 5);
    let job = room.issue(member(&room, 1), CardKind::Rfid).unwrap();
    let uid = print_job(&room, job, Feed::Dispense).unwrap().uid;
    settle_print(&room, &actor(), job, PrintFate::Spoiled).unwrap();
    assert_eq!(counts(&room, "A"), ([5, 0, 1, 0, 0, 4], [0, 0]));
    let waste = balanced_today(&room).spoiled;
    assert_eq!((waste.len(), waste[0].uid.clone(), waste[0].why.as_deref()), (1, uid, Some("print-spoiled")));
    assert_eq!((waste[0].job, waste[0].lot.as_str(), waste[0].n), (Some(job), "A", 1));
    print_job(&room, job, Feed::Dispense).unwrap();
    assert_eq!(counts(&room, "A"), ([5, 0, 1, 0, 0, 4], [1, 0]));
    hand_over(&room, &actor(), job, None, None, Feed::Dispense, None).unwrap();
    assert_eq!(counts(&room, "A"), ([5, 1, 1, 0, 0, 3], [0, 0]));
    balanced_today(&room);
}

#[test]
fn a_torn_job_that_is_resumed_on_the_same_card_takes_no_second_blank() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 5);
    let job = room.issue(member(&room, 1), CardKind::Rfid).unwrap();
    tray_do(&room, &actor(), &TrayAct::TearAfter(120)).unwrap();
    assert_eq!(code(print_job(&room, job, Feed::Dispense)), "card-removed");
    assert_eq!(counts(&room, "A"), ([5, 0, 0, 0, 0, 5], [1, 0]));
    print_job(&room, job, Feed::Dispense).unwrap();
    assert_eq!(counts(&room, "A"), ([5, 0, 0, 0, 0, 5], [1, 0]));
}

#[test]
fn a_cancelled_jobs_card_is_left_again_when_it_was_blanked_and_waste_of_nobodys_fault_when_not() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 5);
    let job = room.issue(member(&room, 1), CardKind::Rfid).unwrap();
    print_job(&room, job, Feed::Dispense).unwrap();
    receive(&room, CHIP, "0", 5);
    assert_eq!(cancel(&room, &actor(), job, Feed::Dispense).unwrap().card, Some(CardState::Returned));
    assert_eq!(counts(&room, "A"), ([5, 0, 0, 0, 0, 5], [0, 0]), "it was never handed over, so nothing came back");
    // The same plastic is of its own lot, whatever lot others come from now.
    open_stock(&room, &actor(), (CHIP, "0"), None).unwrap();
    let job = room.issue(member(&room, 2), CardKind::Rfid).unwrap();
    print_job(&room, job, Feed::ByHand).unwrap();
    assert_eq!(lot_of(&room, job).as_deref(), Some("A"));
    tray_do(&room, &actor(), &TrayAct::Lift).unwrap();
    assert_eq!(cancel(&room, &actor(), job, Feed::ByHand).unwrap().card, Some(CardState::Spoiled));
    assert_eq!(counts(&room, "A"), ([5, 0, 1, 0, 0, 4], [0, 0]));
    assert!(!line(&room, "A").suspicious);
    balanced_today(&room);
}

#[test]
fn a_card_that_is_given_back_is_of_its_own_lot_and_usable_once_it_is_blank() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 2);
    let (of, _) = handed_over(&room, 1, CardKind::Rfid);
    receive(&room, CHIP, "B", 2);
    open_stock(&room, &actor(), (CHIP, "B"), None).unwrap();
    let card = show_member(&room, &actor(), of).unwrap().cards[0].card;
    let give_back = || block_card(&room, &actor(), Evidence::Word, &Which::Of(of, card), &BlockAct::Return, None);
    give_back().unwrap();
    give_back().unwrap();
    assert_eq!(counts(&room, "A"), ([2, 1, 0, 0, 1, 2], [0, 1]));
    assert_eq!(line(&room, "A").usable, 1, "it is not blank yet");
    blank_card(&room, &actor(), None, None).unwrap();
    assert_eq!(counts(&room, "A"), ([2, 1, 0, 0, 1, 2], [0, 0]));
    assert_eq!(line(&room, "A").usable, 2);
    let job = room.issue(member(&room, 2), CardKind::Rfid).unwrap();
    print_job(&room, job, Feed::ByHand).unwrap();
    assert_eq!(lot_of(&room, job).as_deref(), Some("A"));
    hand_over(&room, &actor(), job, None, None, Feed::ByHand, None).unwrap();
    assert_eq!(counts(&room, "A"), ([2, 2, 0, 0, 1, 1], [0, 0]));
    balanced_today(&room);
}

/// The old card lies on the reader when the new one is handed over: it came back by being blanked, or by being written on.
#[test]
fn an_old_card_that_was_replaced_comes_back_by_being_blanked() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 3);
    let (of, first) = handed_over(&room, 1, CardKind::Rfid);
    let number = show_job(&room, &actor(), first).unwrap().number.to_string();
    let old = show_job(&room, &actor(), first).unwrap().uid.unwrap();
    let form = ReissueForm {
        whom: Whom::Number(number),
        card: None,
        evidence: Evidence::Document,
        reason: crate::plan::fees::Reason::Worn,
        kind: None,
        settlement: crate::plan::fees::Settlement::Later,
        told: false,
        exempt: crate::plan::fees::SaidExempt::No,
        anyway: false,
        reader: None,
        printer: None,
    };
    let job = plan_reissue(&room, &actor(), &form, None).unwrap();
    print_job(&room, job, Feed::Dispense).unwrap();
    hand_over(&room, &actor(), job, None, None, Feed::Dispense, None).unwrap();
    assert_eq!(counts(&room, "A"), ([3, 2, 0, 0, 0, 1], [0, 0]), "the member may keep a void card");
    tray_do(&room, &actor(), &TrayAct::Lift).unwrap();
    tray_do(&room, &actor(), &TrayAct::Lay(old)).unwrap();
    blank_card(&room, &actor(), None, None).unwrap();
    assert_eq!(counts(&room, "A"), ([3, 2, 0, 0, 1, 2], [0, 0]));
    assert_eq!(show_member(&room, &actor(), of).unwrap().cards.len(), 2);
    balanced_today(&room);
}

#[test]
fn a_bar_code_card_that_is_given_back_is_waste() {
    let room = Room::new(&[]);
    receive(&room, "barcode-card", "P", 2);
    receive(&room, "sticker", "S", 2);
    let (of, _) = handed_over(&room, 1, CardKind::Barcode);
    handed_over(&room, 2, CardKind::Sticker);
    assert_eq!(counts(&room, "P"), ([2, 1, 0, 0, 0, 1], [0, 0]));
    assert_eq!(counts(&room, "S"), ([2, 1, 0, 0, 0, 1], [0, 0]));
    let card = show_member(&room, &actor(), of).unwrap().cards[0].card;
    block_card(&room, &actor(), Evidence::Word, &Which::Of(of, card), &BlockAct::Return, None).unwrap();
    assert_eq!(counts(&room, "P"), ([2, 1, 1, 0, 1, 1], [0, 0]));
    let waste = balanced_today(&room).spoiled;
    assert_eq!(waste.iter().map(|line| line.why.as_deref()).collect::<Vec<_>>(), [Some("given-back")]);
}

#[test]
fn lots_follow_each_other_and_work_never_stops_for_want_of_one() {
    let room = Room::new(&[]);
    let (_, job) = handed_over(&room, 1, CardKind::Barcode);
    assert_eq!(lot_of(&room, job), None);
    assert!(show_stock(&room, &actor()).unwrap().is_empty());
    receive(&room, "barcode-card", "old", 1);
    receive(&room, "barcode-card", "new", 2);
    let mut lots = Vec::new();
    for nth in 2..6 {
        let (_, job) = handed_over(&room, nth, CardKind::Barcode);
        lots.push(lot_of(&room, job).unwrap_or_default());
    }
    assert_eq!(lots, ["old", "new", "new", ""]);
    let view = stock_view(&room, &actor(), None).unwrap();
    assert_eq!(
        (view.types[0].unassigned, view.types[0].usable),
        (1, 0),
        "what was made before the first lot is no matter"
    );
    let day = balanced_today(&room);
    assert_eq!((day.jobs, day.issued, day.issued_of_none), (5, 3, 2));
    assert_eq!(view.plot.len(), 30);
    assert_eq!(view.plot.last().map(|day| (day.issued, day.spoiled)), Some((3, 0)));
}

#[test]
fn what_is_taken_by_hand_is_there_and_a_count_names_its_difference() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 10);
    print_job(&room, room.issue(member(&room, 1), CardKind::Rfid).unwrap(), Feed::Dispense).unwrap();
    let take = |n: &str, taken_as: &str| take_stock(&room, &actor(), (CHIP, "a"), n, taken_as, "인쇄 시험", None);
    take("2", "test").unwrap();
    take("1", "spoiled").unwrap();
    assert_eq!(counts(&room, "A"), ([10, 0, 1, 2, 0, 7], [1, 0]));
    assert_eq!(code(take("7", "test")), "stock-short", "one of them is in work");
    take("4", "counted").unwrap();
    let line_then = line(&room, "A");
    assert_eq!((line_then.missing, line_then.found, line_then.left, line_then.usable), (2, 0, 5, 4));
    take("5", "counted").unwrap();
    assert_eq!((line(&room, "A").missing, line(&room, "A").found), (2, 1));
    take("0", "counted").unwrap();
    assert_eq!((line(&room, "A").left, line(&room, "A").usable), (1, 0));
    for (kind, lot, n, taken_as, why, expected) in [
        ("rfid", "A", "1", "test", "왜", "stock-type"),
        (CHIP, "B", "1", "test", "왜", "stock-lot-unknown"),
        (CHIP, "A", "-1", "test", "왜", "stock-count"),
        (CHIP, "A", "0", "test", "왜", "stock-count"),
        (CHIP, "A", "1", "received", "왜", "stock-as"),
        (CHIP, "A", "1", "test", " ", "why-missing"),
        (CHIP, "A", "1", "test", "880314-1234567", "identity-number"),
    ] {
        let refused = take_stock(&room, &actor(), (kind, lot), n, taken_as, why, None);
        assert_eq!(code(refused), expected, "{kind} {lot} {n} {taken_as} {why}");
    }
    let day = balanced_today(&room);
    let balance = day.types[0].balance;
    assert_eq!([balance.missing, balance.found, balance.spoiled, balance.test, balance.left], [7, 1, 1, 2, 1]);
    assert_eq!(day.spoiled[0].why.as_deref(), Some("인쇄 시험"));
}

#[test]
fn under_one_key_a_delivery_is_booked_once() {
    let room = Room::new(&[]);
    let receive = |n: &str| receive_stock(&room, &actor(), (CHIP, "A"), n, Some("k"));
    receive("5").unwrap();
    assert_eq!(receive("5").unwrap()[0].received, 5);
    assert_eq!(code(receive("6")), "key-reused");
    receive_stock(&room, &actor(), (CHIP, "A"), "6", None).unwrap();
    assert_eq!(line(&room, "A").received, 11, "a second delivery of the same lot");
}

#[test]
fn few_blanks_are_said_and_many_or_none_of_a_kind_are_not() {
    let room = Room::new(&[("ISSUER__STOCK__LOW", "3")]);
    let low = |room: &Room| -> Vec<String> {
        let warnings = crate::desk::stock_view::low(room).unwrap();
        warnings.into_iter().map(|warning| warning.args[0].1.clone()).collect()
    };
    assert!(low(&room).is_empty(), "no stock is kept");
    receive(&room, CHIP, "A", 2);
    receive(&room, "sticker", "S", 3);
    assert_eq!(low(&room), [CHIP]);
    receive(&room, CHIP, "B", 1);
    assert!(low(&room).is_empty(), "over all lots");
    take_stock(&room, &actor(), ("sticker", "S"), "1", "test", "왜", None).unwrap();
    assert_eq!(low(&room), ["sticker"]);
    assert_eq!(stock_low(&room, &actor()).unwrap().len(), 1);
    let room = room.again(&[("ISSUER__STOCK__LOW", "0")]).unwrap();
    assert!(low(&room).is_empty());
}

#[test]
fn cards_laid_aside_as_no_good_count_against_their_lot_and_those_for_tests_do_not() {
    let room = Room::new(&[]);
    receive(&room, CHIP, "A", 50);
    for (taken, stands_out) in [("test", false), ("spoiled", true)] {
        take_stock(&room, &actor(), (CHIP, "A"), "3", taken, "칩이 응답하지 않음", None).unwrap();
        assert_eq!(line(&room, "A").suspicious, stands_out, "{taken}");
    }
}

#[test]
fn a_lot_of_bad_cards_stands_out_and_is_evidence_once_it_was_reported() {
    let room = Room::new(&[]);
    receive(&room, "barcode-card", "P", 50);
    let (_, job) = handed_over(&room, 1, CardKind::Barcode);
    let card = room.store.look(|tx| cards::get(tx, stored::get(tx, job)?.card.unwrap())).unwrap();
    let faulty = || room.store.look(|tx| super::super::stock::lot_is_faulty(tx, &card)).unwrap();
    let job = room.issue(member(&room, 2), CardKind::Barcode).unwrap();
    for nth in 1..=3 {
        print_job(&room, job, Feed::ByHand).unwrap();
        settle_print(&room, &actor(), job, PrintFate::Spoiled).unwrap();
        assert_eq!(line(&room, "P").suspicious, nth == 3);
    }
    assert!(!faulty(), "what stands out is a question");
    let lines = fault_stock(&room, &actor(), ("barcode-card", "P"), "코팅이 벗겨짐", None).unwrap();
    assert!(lines[0].faulty && faulty());
    assert_eq!(code(fault_stock(&room, &actor(), ("barcode-card", "Q"), "왜", None)), "stock-lot-unknown");
    let view = stock_view(&room, &actor(), None).unwrap();
    assert_eq!(view.moves[0].why.as_deref(), Some("코팅이 벗겨짐"));
}

#[test]
fn every_chip_that_is_written_is_a_type_of_stock() {
    for kind in crate::plan::chip::ChipKind::ALL {
        let stock = crate::plan::stock::StockType::parse(kind.code());
        assert_eq!(stock.and_then(|stock| stock.chip()), Some(kind.code()));
    }
}
