//! A scripted thief: a clerk who tries every way to keep cash or a card. Each try is refused by name, or stands on the report by
//! clerk, or is found by the proof of the books. Start at [`TRIES`].

use super::approval::House;
use super::*;
use crate::desk::close_day::Counted;
use crate::plan::fees::{Measure, PayBy, Period, Reason, SaidExempt, Settlement};

const CASH: Settlement = Settlement::Paid(PayBy::Cash);
const WHY: &str = "도서관 사정";
/// So often that nobody does it by chance.
const OFTEN: usize = 6;

/// What is tried by 이몽룡 at desk 1, and how it ends.
type Try = (&'static str, fn(&House) -> &'static str, &'static str);

const TRIES: &[Try] = &[
    ("waives what was paid into the pocket", |house| code(waive(house, house.charge)), "approval-needed"),
    ("waives with the card that is asked for", |house| code(new_job(house, &waived())), "approval-needed"),
    ("takes the cash and pays it back to nobody", |house| code(refund(house, paid(house).1)), "approval-needed"),
    ("takes the cash and cancels the job", |house| code(give_up(house, paid(house).0)), "approval-needed"),
    ("calls a lost card worn, which is free", |house| code(reissue(house, Reason::Worn)), "approval-needed"),
    ("calls it defective", |house| code(reissue(house, Reason::Defective)), "approval-needed"),
    ("calls its number changed", |house| code(reissue(house, Reason::NumberChanged)), "approval-needed"),
    ("calls its holder renamed", |house| code(reissue(house, Reason::Renamed)), "approval-needed"),
    ("says that somebody is exempt by no rule", |house| code(exempt(house)), "exempt-not-here"),
    ("makes a second first card", |house| code(first_again(house)), "card-live"),
    ("hands a card out unpaid", |house| code(unpaid(house)), "approval-needed"),
    ("signs for it alone", |house| code(signed_by(house, "이몽룡")), "approval-self"),
    ("has another clerk sign", |house| code(signed_by(house, "방자")), "approval-role"),
    ("uses one signature for two", |house| code(twice(house)), "approval-needed"),
    ("waives for themselves", |house| code(own(house, waive)), "own-member"),
    ("pays for themselves", |house| code(own(house, pay)), "own-member"),
    ("makes a card for themselves", |house| code(own(house, |house, _| reissue(house, Reason::Damaged))), "own-member"),
    ("opens the day again", |house| code(reopen(house)), "not-allowed"),
    ("closes with less than there should be", |house| code(short(house, "")), "difference-unexplained"),
    ("closes yesterday once more", |house| code(closed_twice(house)), "day-closed"),
    ("looks into the reports", |house| code(clerk_report(&house.room, by(house), Period::default())), "not-allowed"),
    (
        "takes the ledger home",
        |house| code(show_ledger(&house.room, by(house), None, None, &mut |_| Ok(()))),
        "not-allowed",
    ),
    ("receives blanks that nobody bought", |house| code(receive(house)), "not-allowed"),
];

#[test]
fn every_try_is_refused_by_name() {
    for (what, attempt, expected) in TRIES {
        let house = House::new();
        let before =
            house.count("SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE kind IN ('waiver', 'refund')");
        assert_eq!(attempt(&house), *expected, "{what}");
        let after =
            house.count("SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE kind IN ('waiver', 'refund')");
        let signed = house
            .count("SELECT count(*) FROM ledger_entries WHERE kind IN ('waiver', 'refund') AND allowed_by IS NULL");
        assert_eq!((after - before > 2000, signed), (false, 0), "{what}");
        assert!(verify_audit(&house.room, &actor(), None).unwrap().ok, "{what}");
    }
}

/// With a manager who signs whatever is laid before them it goes through, and stands out beside what the others do.
#[test]
fn what_a_careless_manager_signs_is_on_the_report() {
    for (measure, deed) in [
        (
            Measure::Waivers,
            (|house| signed(house, "변학도", |house| waive(house, later(house)).map(drop))) as fn(&House),
        ),
        (Measure::Refunds, |house| {
            let charge = paid(house).1;
            signed(house, "변학도", move |house| refund(house, charge).map(drop));
        }),
        (Measure::Reversals, |house| {
            let job = paid(house).0;
            signed(house, "변학도", move |house| give_up(house, job).map(drop));
        }),
        (Measure::Cancels, |house| {
            give_up(house, new_job(house, &Settlement::Later).unwrap()).unwrap();
        }),
        (Measure::Differences, |house| {
            let count = count_drawer(&house.room, by(house), None, None, Counted::Sum(1)).unwrap();
            close_day(&house.room, by(house), count.count, WHY, None).unwrap();
            reopen_day(&house.room, &actor(), Some("1"), &house.room.today().to_string(), WHY, None).unwrap();
        }),
        (Measure::FirstCounts, |house| {
            // Counts until it fits, and calls it a slip.
            count_drawer(&house.room, by(house), None, None, Counted::Sum(1)).unwrap();
            let held = count_drawer(&house.room, by(house), None, None, Counted::Sum(2)).unwrap().expected;
            let count = count_drawer(&house.room, by(house), None, None, Counted::Sum(held)).unwrap();
            assert_eq!(code(close_day(&house.room, by(house), count.count, "", None)), "first-unexplained");
            close_day(&house.room, by(house), count.count, "실수", None).unwrap();
            reopen_day(&house.room, &actor(), Some("1"), &house.room.today().to_string(), WHY, None).unwrap();
        }),
    ] {
        let house = House::new();
        let honest = house.session("방자").actor;
        for _ in 0..4 * OFTEN {
            job(&house, &honest, &CASH).unwrap();
        }
        for _ in 0..4 * OFTEN {
            let all = Counted::Sum(4 * OFTEN as i64 * 2000);
            let count = count_drawer(&house.room, &honest, None, None, all).unwrap();
            close_day(&house.room, &honest, count.count, "", None).unwrap();
            reopen_day(&house.room, &actor(), Some("2"), &house.room.today().to_string(), WHY, None).unwrap();
        }
        (0..OFTEN).for_each(|_| deed(&house));
        let report = clerk_report(&house.room, &actor(), Period::default()).unwrap();
        let thief = report.rows.iter().find(|row| row.staff == by(&house).id()).expect("somebody who did something");
        let found = thief.compared.iter().find(|compared| compared.measure == measure).expect("it is compared");
        assert!(found.flagged, "{measure}: {found:?}");
        let other = report.rows.iter().find(|row| row.staff == honest.id()).expect("the honest one");
        assert!(other.compared.iter().all(|compared| !compared.flagged), "{other:?}");
    }
}

fn by(house: &House) -> &Actor {
    &house.clerk.actor
}

fn waived() -> Settlement {
    Settlement::Waived(WHY.to_owned())
}

fn waive(house: &House, charge: i64) -> Result<ChargeReport, Trouble> {
    waive_fee(&house.room, by(house), Evidence::Word, charge, WHY, None)
}

fn pay(house: &House, charge: i64) -> Result<ChargeReport, Trouble> {
    pay_fee(&house.room, by(house), Evidence::Word, charge, PayBy::Cash, None)
}

fn refund(house: &House, charge: i64) -> Result<ChargeReport, Trouble> {
    refund_fee(&house.room, by(house), Evidence::Word, charge, WHY, None)
}

fn give_up(house: &House, job: i64) -> Result<Cancelled, Trouble> {
    cancel(&house.room, by(house), job, Feed::ByHand)
}

/// A first card for somebody new.
fn job(house: &House, by: &Actor, settlement: &Settlement) -> Result<i64, Trouble> {
    let nth = house.count("SELECT count(*) FROM members");
    let birth = format!("19{:02}-{:02}-01", 50 + nth / 12 % 50, 1 + nth % 12);
    let member = house.room.enrol(|form| form.birth = birth).unwrap().member;
    let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Barcode, reader: None, printer: None };
    plan_issue_paid(&house.room, by, &form, settlement, SaidExempt::No, None)
}

fn new_job(house: &House, settlement: &Settlement) -> Result<i64, Trouble> {
    job(house, by(house), settlement)
}

fn charge_of(house: &House, job: i64) -> i64 {
    show_job(&house.room, &actor(), job).unwrap().fee.charge.unwrap()
}

fn paid(house: &House) -> (i64, i64) {
    let job = new_job(house, &CASH).unwrap();
    (job, charge_of(house, job))
}

fn later(house: &House) -> i64 {
    charge_of(house, new_job(house, &Settlement::Later).unwrap())
}

/// The member of the house gets their card.
fn in_hand(house: &House) {
    let number = print_on_page(&house.room, &actor(), house.job).unwrap().number.to_string();
    hand_over(&house.room, &actor(), house.job, Some(&number), None, Feed::ByHand, Some(WHY)).unwrap();
}

fn reissue(house: &House, reason: Reason) -> Result<i64, Trouble> {
    in_hand(house);
    let form = ReissueForm {
        whom: Whom::Member(house.member),
        card: None,
        evidence: Evidence::Document,
        reason,
        kind: None,
        settlement: Settlement::Later,
        exempt: SaidExempt::No,
        anyway: false,
        told: true,
        reader: None,
        printer: None,
    };
    plan_reissue(&house.room, by(house), &form, None)
}

fn exempt(house: &House) -> Result<i64, Trouble> {
    let member = house.room.enrol(|form| form.name = "임꺽정".into()).unwrap().member;
    let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Barcode, reader: None, printer: None };
    plan_issue_paid(&house.room, by(house), &form, &Settlement::Later, SaidExempt::Seen, None)
}

fn first_again(house: &House) -> Result<i64, Trouble> {
    in_hand(house);
    let (member, kind) = (house.member, CardKind::Barcode);
    let form = IssueForm { member, evidence: Evidence::Document, kind, reader: None, printer: None };
    plan_issue_paid(&house.room, by(house), &form, &CASH, SaidExempt::No, None)
}

fn unpaid(house: &House) -> Result<HandedOver, Trouble> {
    let number = print_on_page(&house.room, &actor(), house.job).unwrap().number.to_string();
    hand_over(&house.room, by(house), house.job, Some(&number), None, Feed::ByHand, Some(WHY))
}

fn signed_by(house: &House, who: &str) -> Result<(), Trouble> {
    let id = ask_approval(&house.room, &house.clerk, &waive(house, house.charge).unwrap_err())?;
    house.sign(&id, who)
}

/// Does with a signature what wants one.
fn signed(house: &House, who: &str, act: impl Fn(&House) -> Result<(), Trouble>) {
    let needed = act(house).unwrap_err();
    let id = ask_approval(&house.room, &house.clerk, &needed).unwrap();
    house.sign(&id, who).unwrap();
    // What is signed is of one charge: the same act again.
    let charge = needed.args.iter().find(|(name, _)| *name == "charge").and_then(|(_, id)| id.parse().ok());
    match charge {
        Some(charge) if needed.args.iter().any(|(_, value)| value == "waive-fee") => {
            drop(waive(house, charge).unwrap())
        }
        _ => act(house).unwrap(),
    }
}

fn twice(house: &House) -> Result<ChargeReport, Trouble> {
    signed_by(house, "변학도")?;
    waive(house, house.charge)?;
    waive(house, later(house))
}

fn own<T>(house: &House, act: fn(&House, i64) -> Result<T, Trouble>) -> Result<T, Trouble> {
    house.sql(&format!("UPDATE staff SET member = {} WHERE name = '이몽룡'", house.member));
    house.room.store.change(crate::back::store::rights_held::stand).unwrap();
    act(house, house.charge)
}

fn reopen(house: &House) -> Result<(), Trouble> {
    closed_twice(house).unwrap_err();
    reopen_day(&house.room, by(house), None, &house.room.today().to_string(), WHY, None).map(drop)
}

/// Counts less than was taken, and says so or not.
fn short(house: &House, why: &str) -> Result<Closed, Trouble> {
    paid(house);
    let count = count_drawer(&house.room, by(house), None, None, Counted::Sum(0)).unwrap();
    close_day(&house.room, by(house), count.count, why, None)
}

fn closed_twice(house: &House) -> Result<DrawerCount, Trouble> {
    short(house, WHY)?;
    count_drawer(&house.room, by(house), None, None, Counted::Sum(0))
}

fn receive(house: &House) -> Result<(), Trouble> {
    receive_stock(&house.room, by(house), ("sticker", "A"), "100", None).map(drop)
}
