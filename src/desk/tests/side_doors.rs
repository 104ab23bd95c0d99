//! Side doors by which a card or money would leave unseen: a new card for a job whose locked one is gone, a free first card after a
//! withdrawal, a fee that was paid back before its card went out, desks and days that there never were, exemptions that are only
//! ticked. Start at [`new_card_asks_as_cancelling_does`].

use std::sync::Arc;
use std::time::Duration;

use super::approval::House;
use super::*;
use crate::back::store::{cards, jobs, ledger};
use crate::plan::fees::{ChargeState, Measure, PayBy, Period, SaidExempt, Settlement};
use crate::plan::job::{CardState, JobState};

const CASH: Settlement = Settlement::Paid(PayBy::Cash);
const WHY: &str = "도서관 사정";
const FIRST: &[(&str, &str)] = &[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000")];

/// Refused for want of a signature, signed for by the manager, and done again.
fn signed<T>(house: &House, act: impl Fn() -> Result<T, Trouble>) -> T {
    let needed = act().err().expect("it wants a signature");
    assert_eq!(needed.code, "approval-needed");
    let id = ask_approval(&house.room, &house.clerk, &needed).unwrap();
    house.sign(&id, "변학도").unwrap();
    act().unwrap()
}

/// The same house with other settings.
fn with(house: House, settings: &[(&str, &str)]) -> House {
    let House { room, clerk, member, job, charge } = house;
    House { room: room.again(settings).unwrap(), clerk, member, job, charge }
}

/// A card with a chip that is proven, on the reader, and its job.
fn proven(house: &House) -> i64 {
    let nth = house.count("SELECT count(*) FROM members");
    let birth = format!("1970-01-{:02}", nth % 28 + 1);
    let member = house.room.enrol(|form| form.birth = birth).unwrap().member;
    let job = house.room.issue(member, CardKind::Rfid).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let waiting = Waiting { feed: Feed::Dispense, longest: house.room.card_timeout(), stop: &stop };
    run(&house.room, &actor(), job, Until::Proven, &waiting).unwrap();
    job
}

fn card_of(house: &House, job: i64) -> Option<CardState> {
    let read = |tx: &Tx| jobs::get(tx, job)?.card.map(|card| Ok(cards::get(tx, card)?.state)).transpose();
    house.room.store.look(read).unwrap()
}

#[test]
fn new_card_asks_as_cancelling_does() {
    let house = House::new();
    let desk = Arc::new(super::open(house.room.folder.path(), FIRST).unwrap());
    let clerk = &house.clerk.actor;
    let anew = |job| {
        let done = new_card(&desk, clerk, job);
        desk.stations.let_go(job);
        desk.stations.wait_until_free(job, Duration::from_secs(5));
        done
    };
    for state in ["locked", "proven", "printing", "print-in-doubt", "ready", "failed"] {
        let job = proven(&house);
        let before = card_of(&house, job);
        house.sql(&format!("UPDATE jobs SET state = '{state}' WHERE id = {job}"));
        if state == "failed" {
            house.sql(&format!("UPDATE jobs SET failed_from = 'proven' WHERE id = {job}"));
        }
        tray_do(&house.room, &actor(), &TrayAct::Lift).unwrap();
        assert_eq!(code(anew(job)), "approval-needed", "{state}");
        assert_eq!(card_of(&house, job), before, "{state}: nothing moved");
        signed(&house, || anew(job));
        assert_eq!(card_of(&house, job), None, "{state}");
        let spoiled = format!("SELECT count(*) FROM cards WHERE job = {job} AND state = 'spoiled' AND uid IS NOT NULL");
        assert_eq!(house.count(&spoiled), 1, "{state}: its chip is out of use before any money goes back");
        // The job holds no card now, and one of its cards is outside all the same.
        assert_eq!(code(cancel(&desk, clerk, job, Feed::ByHand)), "approval-needed", "{state}");
        assert_eq!(show_job(&house.room, &actor(), job).unwrap().state, JobState::Planned);
        let done = signed(&house, || cancel(&desk, clerk, job, Feed::ByHand));
        assert_eq!((done.state, done.card), (JobState::Cancelled, Some(CardState::Spoiled)), "{state}");
        let unsigned = "SELECT count(*) FROM ledger_entries WHERE kind = 'reversal' AND allowed_by IS NULL";
        assert_eq!(house.count(unsigned), 0, "{state}");
        let after = job_view(&house.room, &actor(), job, false).unwrap().after.unwrap();
        assert_eq!((after.left, after.card.map(|card| card.state)), (true, Some(CardState::Spoiled)), "{state}");
    }
    // Seen blanked on the reader nobody is asked, neither for the new one nor for the end of the job.
    let job = proven(&house);
    anew(job).unwrap();
    assert_eq!(code(cancel(&desk, clerk, job, Feed::ByHand)), "done");
    assert!(!job_view(&house.room, &actor(), job, false).unwrap().after.unwrap().left);
    // One that broke while it was written is replaced as ever.
    let job = proven(&house);
    house.sql(&format!("UPDATE jobs SET state = 'encoding' WHERE id = {job}"));
    house.sql(&format!("DELETE FROM marks WHERE mark IN ('locked', 'proven') AND job = {job}"));
    tray_do(&house.room, &actor(), &TrayAct::Lift).unwrap();
    anew(job).unwrap();
    assert_eq!(code(cancel(&desk, clerk, job, Feed::ByHand)), "done");
}

/// The house's member has their card, and a lost one would cost something while a first one does not.
fn free_first() -> House {
    let house = House::new();
    pay_fee(&house.room, &actor(), Evidence::Word, house.charge, PayBy::Cash, None).unwrap();
    let number = print_on_page(&house.room, &actor(), house.job).unwrap().number.to_string();
    hand_over(&house.room, &actor(), house.job, Some(&number), None, Feed::ByHand, None).unwrap();
    with(house, &[])
}

fn first(house: &House, by: &Actor, member: i64, kind: CardKind) -> Result<i64, Trouble> {
    let form = IssueForm { member, evidence: Evidence::Document, kind, reader: None, printer: None };
    plan_issue_paid(&house.room, by, &form, &Settlement::Later, SaidExempt::No, None)
}

#[test]
fn a_further_first_card_is_free_with_a_signature_alone() {
    let house = free_first();
    let clerk = &house.clerk.actor;
    // Returned, and asked for again.
    let card = Which::Of(house.member, house.count("SELECT max(id) FROM cards"));
    block_card(&house.room, &actor(), Evidence::Word, &card, &BlockAct::Return, None).unwrap();
    assert_eq!(code(first(&house, clerk, house.member, CardKind::Barcode)), "approval-needed");
    let job = first(&house, &actor(), house.member, CardKind::Barcode).unwrap();
    let charge = house.room.store.look(|tx| crate::back::store::charges::of_job(tx, job)).unwrap().unwrap();
    assert_eq!(charge.allowed_by.as_deref(), Some("os:tester"), "the command line's own account is named");
    cancel(&house.room, &actor(), job, Feed::ByHand).unwrap();
    // Withdrawn, and enrolled anew.
    withdraw(&house.room, clerk, house.member, Evidence::Document, None, None).unwrap();
    let again = house.room.enrol(|_| {}).unwrap().member;
    assert_eq!(code(first(&house, clerk, again, CardKind::Barcode)), "approval-needed");
    assert_eq!(code(first(&house, clerk, again, CardKind::Sticker)), "approval-needed");
    signed(&house, || first(&house, clerk, again, CardKind::Barcode));
    let report = clerk_report(&house.room, &actor(), Period::default()).unwrap();
    let line = report.rows.iter().find(|row| row.staff == clerk.id()).unwrap();
    assert_eq!((line.deeds.of(Measure::Again), report.alone), ((1, 1), true));
    // Somebody else is asked nothing.
    let other = house.room.enrol(|form| form.birth = "1988-03-15".into()).unwrap().member;
    assert_eq!(code(first(&house, clerk, other, CardKind::Barcode)), "done");
}

#[test]
fn a_sticker_beside_a_card_in_use_is_as_free_as_ever() {
    let house = free_first();
    assert_eq!(code(first(&house, &house.clerk.actor, house.member, CardKind::Sticker)), "done");
}

#[test]
fn what_was_paid_back_before_the_card_went_out_is_open_again() {
    let house = House::new();
    let (room, clerk) = (&house.room, &house.clerk.actor);
    // What was said while it was unpaid says nothing of what is paid back later.
    leave_unpaid(room, &actor(), house.job, WHY).unwrap();
    pay_fee(room, &actor(), Evidence::Word, house.charge, PayBy::Cash, None).unwrap();
    refund_fee(room, &actor(), Evidence::Word, house.charge, WHY, None).unwrap();
    let number = print_on_page(room, &actor(), house.job).unwrap().number.to_string();
    let give = |unpaid| hand_over(room, clerk, house.job, Some(&number), None, Feed::ByHand, unpaid);
    let due = || job_view(room, &actor(), house.job, false).unwrap().charge.unwrap().due;
    assert_eq!((code(give(None)), due()), ("fee-unpaid", true));
    assert_eq!(code(give(Some(WHY))), "approval-needed");
    signed(&house, || leave_unpaid(room, clerk, house.job, WHY));
    assert!(!due());
    assert_eq!(code(leave_unpaid(room, clerk, house.job, WHY)), "done", "pressed twice");
    assert_eq!(code(give(None)), "done");
    assert_eq!(house.charge().state, ChargeState::Refunded);
    assert!(verify_audit(room, &actor(), None).unwrap().ok);
    let report = clerk_report(room, &actor(), Period::default()).unwrap();
    let line = report.rows.iter().find(|row| row.staff == clerk.id()).unwrap();
    assert_eq!(line.deeds.of(Measure::Unpaid), (1, 1), "it went out unpaid");
}

#[test]
fn only_desks_that_there_are_log_in_or_are_closed() {
    let house = House::new();
    let room = &house.room;
    let (right, wrong) = ("낙동강 하구 1003", "아무 말이나");
    for desk in ["99", "1000", "-1", "abc", "0", "", "01"] {
        for password in [right, wrong] {
            let refused = log_in(room, "방자", password, desk, &Whence::default()).err().unwrap();
            assert_eq!(refused.code, "desk-unknown", "{desk} {password}");
        }
    }
    assert!(log_in(room, "방자", right, "3", &Whence::default()).is_ok());
    let today = room.today().to_string();
    let close = |desk: &str, day: &str| code(count_and_close(room, &actor(), Some(desk), Some(day), 0, "", None));
    for (desk, day, expected) in [
        ("99", today.as_str(), "desk-unknown"),
        ("0", &today, "desk-unknown"),
        ("-1", &today, "drawer-unknown"),
        ("3", "2001-01-01", "day-before-books"),
    ] {
        assert_eq!(close(desk, day), expected, "{desk} {day}");
    }
    let taken = |tx: &Tx| {
        Ok((
            ledger::next_receipt(tx)?,
            tx.query_row("SELECT count(*) FROM ledger_counts", [], |row| row.get::<_, i64>(0))?,
        ))
    };
    assert_eq!(room.store.look(taken).unwrap(), (1, 0), "nothing was counted, and no receipt taken");
    assert_eq!(close("3", &today), "done");
}

#[test]
fn a_ticked_exemption_stands_on_the_report_beside_what_others_do() {
    let rule = [
        ("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000"),
        ("ISSUER__FEES__FIRST_ISSUE__EXEMPT", "[\"disabled\", \"under-14\"]"),
    ];
    let house = with(House::new(), &rule);
    let honest = house.session("방자").actor;
    let first = |by: &Actor, said: SaidExempt, birth: Option<&str>| {
        let nth = house.count("SELECT count(*) FROM members");
        let birth = birth.map_or_else(|| format!("19{:02}-{:02}-02", 50 + nth / 12, 1 + nth % 12), str::to_owned);
        let member = house.room.enrol(|form| form.birth = birth).unwrap().member;
        let (evidence, kind) = (Evidence::Document, CardKind::Barcode);
        let form = IssueForm { member, evidence, kind, reader: None, printer: None };
        let said = (if said == SaidExempt::No && by.id() == honest.id() { CASH } else { Settlement::Later }, said);
        plan_issue_paid(&house.room, by, &form, &said.0, said.1, None).unwrap()
    };
    let line = || {
        let report = clerk_report(&house.room, &actor(), Period::default()).unwrap();
        let line = report.rows.into_iter().find(|row| row.staff == house.clerk.actor.id()).unwrap();
        let one = *line.compared.iter().find(|one| one.measure == Measure::Exempt).unwrap();
        (one, report.alone)
    };
    for _ in 0..6 {
        first(&house.clerk.actor, SaidExempt::Seen, None);
    }
    let (one, alone) = line();
    assert_eq!((one.count, one.of, one.flagged, one.alone, alone), (6, 6, false, true, true), "nobody to compare with");
    for _ in 0..24 {
        first(&honest, SaidExempt::No, None);
    }
    let (one, alone) = line();
    assert_eq!((one.count, one.flagged, one.alone, alone), (6, true, false, false));
    let noted = house.count("SELECT count(*) FROM ledger_entries WHERE evidence = 'ticked' AND basis = 'exempt-seen'");
    assert_eq!(noted, 6);
}
