//! The ledger: what each act enters, who may not give money back or a locked card up alone, and charges from before it.

use super::approval::House;
use super::*;
use crate::back::store::{cards, ledger};
use crate::desk::before;
use crate::plan::fees::{Account, ChargeState, EntryKind, PayBy, Reason, SaidExempt, Settlement, Totals};
use crate::plan::job::{CardState, JobState};

/// Kind, account, amount, receipt and what it refers to, oldest first.
type Line = (EntryKind, Option<Account>, i64, Option<i64>, Option<i64>);

fn entries(room: &Room) -> Vec<ledger::Entry> {
    let mut found = Vec::new();
    room.store
        .look(|tx| {
            ledger::each(tx, None, None, |entry| {
                found.push(entry);
                Ok(())
            })
        })
        .unwrap();
    found
}

fn lines(room: &Room) -> Vec<Line> {
    entries(room).iter().map(|e| (e.kind, e.account, e.amount, e.receipt, e.refers)).collect()
}

fn last(room: &Room) -> ledger::Entry {
    entries(room).pop().expect("an entry")
}

/// A first card of 2,000 won for a new member, settled so.
pub(super) fn job(room: &Room, by: &Actor, settlement: &Settlement) -> i64 {
    let nth = entries(room).len();
    let member = room.enrol(|form| form.name = format!("임꺽{}", "정".repeat(nth + 1))).unwrap().member;
    let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Barcode, reader: None, printer: None };
    plan_issue_paid(room, by, &form, settlement, SaidExempt::No, None).unwrap()
}

fn charge_of(room: &Room, job: i64) -> i64 {
    show_job(room, &actor(), job).unwrap().fee.charge.expect("a charge")
}

pub(super) const CASH: Settlement = Settlement::Paid(PayBy::Cash);
pub(super) const PRICED: &[(&str, &str)] = &[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000")];

#[test]
fn each_act_is_an_entry_and_the_books_balance() {
    use Account::{Card, Cash, Receivable, Waived};
    use EntryKind::{Charge, Payment, Refund, Reversal, Waiver};
    let room = Room::new(PRICED);
    let paid = job(&room, &actor(), &CASH);
    let waived = job(&room, &actor(), &Settlement::Waived("사정".into()));
    let later = job(&room, &actor(), &Settlement::Later);
    pay_fee(&room, &actor(), Evidence::Word, charge_of(&room, later), PayBy::Card, None).unwrap();
    let refunded = refund_fee(&room, &actor(), Evidence::Word, charge_of(&room, later), "증빙을 나중에", None).unwrap();
    assert_eq!((refunded.state, refunded.allowed_by.as_deref()), (ChargeState::Refunded, Some("os:tester")));
    for job in [paid, waived, later] {
        cancel(&room, &actor(), job, Feed::ByHand).unwrap();
    }
    let expected: Vec<Line> = vec![
        (Charge, Some(Receivable), 2000, None, None),
        (Payment, Some(Cash), 2000, Some(1), None),
        (Charge, Some(Receivable), 2000, None, None),
        (Waiver, Some(Waived), 2000, None, None),
        (Charge, Some(Receivable), 2000, None, None),
        (Payment, Some(Card), 2000, Some(2), None),
        (Refund, Some(Card), 2000, Some(3), Some(6)),
        (Reversal, Some(Cash), 2000, Some(4), Some(1)),
        (Reversal, Some(Waived), 2000, None, Some(3)),
    ];
    assert_eq!(lines(&room), expected);
    let mut totals = Totals::default();
    for entry in entries(&room) {
        totals.add(entry.kind, entry.account.unwrap(), entry.amount);
    }
    assert!(totals.is_balanced());
    let expected = Totals { charged: 6000, refunded: 2000, reversed: 4000, ..Totals::default() };
    assert_eq!(totals, expected);
    assert!(verify_audit(&room, &actor(), None).unwrap().ok);
}

#[test]
fn a_free_card_has_its_charge_too() {
    let room = Room::new(&[]);
    let free = job(&room, &actor(), &Settlement::Later);
    cancel(&room, &actor(), free, Feed::ByHand).unwrap();
    let account = Some(Account::Receivable);
    let expected = [(EntryKind::Charge, account, 0, None, None), (EntryKind::Reversal, account, 0, None, Some(1))];
    assert_eq!(lines(&room), expected);
}

#[test]
fn only_what_was_paid_goes_back_and_once() {
    let room = Room::new(PRICED);
    let unpaid = charge_of(&room, job(&room, &actor(), &Settlement::Later));
    let refund = |key| refund_fee(&room, &actor(), Evidence::Word, unpaid, "사정", key);
    assert_eq!(code(refund(None)), "charge-not-paid");
    pay_fee(&room, &actor(), Evidence::Word, unpaid, PayBy::Cash, None).unwrap();
    assert_eq!(code(refund_fee(&room, &actor(), Evidence::Word, unpaid, " ", None)), "why-missing");
    let done = refund(Some("r")).unwrap();
    assert_eq!(refund(Some("r")).unwrap().state, done.state);
    assert_eq!(code(refund(None)), "charge-not-paid");
    assert_eq!(code(pay_fee(&room, &actor(), Evidence::Word, unpaid, PayBy::Cash, None)), "charge-settled");
    assert_eq!(entries(&room).iter().filter(|entry| entry.kind == EntryKind::Refund).count(), 1);
}

#[test]
fn the_words_of_an_entry_stand_beside_it_and_are_held_to_its_hash() {
    let room = Room::new(PRICED);
    job(&room, &actor(), &Settlement::Waived("형편이 어려움".into()));
    let hash = last(&room).note.expect("a hash");
    assert_eq!(room.store.look(|tx| ledger::note(tx, &hash)).unwrap().as_deref(), Some("형편이 어려움"));
    let notes = || verify_audit(&room, &actor(), None).unwrap().notes;
    assert_eq!(notes(), Some("same"));
    for (text, expected) in [
        ("UPDATE money_notes SET text = '다른 말'", "differ"),
        ("UPDATE money_notes SET text = '형편이 어려움'", "same"),
        ("UPDATE money_notes SET salt = zeroblob(32)", "differ"),
        ("DELETE FROM money_notes", "differ"),
    ] {
        room.store.change(|tx| Ok(tx.execute_batch(text)?)).unwrap();
        assert_eq!(notes(), Some(expected), "{text}");
    }
}

#[test]
fn an_entry_is_shown_by_the_contract_s_fields_in_their_order() {
    let room = Room::new(PRICED);
    job(&room, &actor(), &CASH);
    let mut shown = Vec::new();
    show_ledger(&room, &actor(), None, None, &mut |row| {
        shown.push(serde_json::to_value(&row).unwrap());
        Ok(())
    })
    .unwrap();
    for row in &shown {
        let keys = row.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
        let fields = "seq time day kind charge job member reason amount account by allowed_by desk rule basis evidence receipt \
            refers expected why";
        assert_eq!(keys, fields);
    }
    assert_eq!((&shown[1]["seq"], &shown[1]["by"], &shown[1]["receipt"]), (&2.into(), &"os:tester".into(), &1.into()));
    assert_eq!(shown[1]["time"].as_str().map(str::len), Some(25), "RFC 3339: {}", shown[1]);
}

#[test]
fn a_charge_that_stands_otherwise_than_its_entries_is_found() {
    let room = Room::new(PRICED);
    job(&room, &actor(), &CASH);
    job(&room, &actor(), &Settlement::Later);
    let charges = |text: &str| {
        let mut found = None;
        let given_up: Result<(), Trouble> = room.store.change(|tx| {
            tx.execute_batch(text)?;
            found = Some(crate::desk::audit::walk(&room, tx, &[])?);
            Err(Trouble::new("given-up"))
        });
        assert_eq!(code(given_up), "given-up", "{text}");
        let found = found.unwrap();
        assert_eq!(found.ok, found.charges == Some("same"), "{text}");
        found.charges
    };
    assert_eq!(charges("SELECT 1"), Some("same"));
    for text in [
        "UPDATE charges SET amount = 1000 WHERE id = 1",
        "UPDATE charges SET state = 'waived' WHERE id = 2",
        "UPDATE charges SET paid_by = 'card' WHERE id = 1",
        "UPDATE charges SET receipt = 7 WHERE id = 1",
        "UPDATE charges SET member = 2 WHERE id = 1",
        "UPDATE charges SET job = NULL WHERE id = 2",
        "DELETE FROM charges WHERE id = 2",
        "INSERT INTO charges (member, reason, amount, state, created, created_by) VALUES (1, 'lost', 1, 'unpaid', 0, '')",
    ] {
        assert_eq!(charges(text), Some("differ"), "{text}");
    }
}

/// Asks, has somebody sign, and says what then becomes of it.
fn signed<T>(
    house: &House,
    session: &Session,
    manager: &str,
    act: impl Fn() -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let needed = act().err().expect("it wants a signature");
    assert_eq!(needed.code, "approval-needed");
    let id = ask_approval(&house.room, session, &needed)?;
    sign_approval(&house.room, session, &id, manager, "낙동강 하구 1003", &Whence::default())?;
    act()
}

#[test]
fn whoever_took_the_money_gives_it_back_by_a_second_signature_only() {
    let house = House::new();
    for (who, others) in [("이몽룡", "변학도"), ("변학도", "성춘향"), ("성춘향", "변학도")] {
        let session = house.session(who);
        let charge = charge_of(&house.room, job(&house.room, &session.actor, &CASH));
        let refund = || refund_fee(&house.room, &session.actor, Evidence::Word, charge, "사정", None);
        assert_eq!(code(signed(&house, &session, who, refund)), "approval-self", "{who}");
        let done = signed(&house, &session, others, refund).unwrap();
        assert_eq!(done.allowed_by, Some(house.id(others)), "{who}");
        let entry = last(&house.room);
        let by = (entry.kind, entry.staff, entry.allowed_by);
        assert_eq!(by, (EntryKind::Refund, house.id(who), Some(house.id(others))), "{who}");
    }
    // What somebody else took, a manager gives back alone and a clerk does not.
    let charge = charge_of(&house.room, job(&house.room, &house.clerk.actor, &CASH));
    let by = |actor: &Actor| refund_fee(&house.room, actor, Evidence::Word, charge, "사정", None);
    assert_eq!(code(by(&house.session("방자").actor)), "approval-needed");
    assert_eq!(by(&house.session("변학도").actor).unwrap().allowed_by, Some(house.id("변학도")));
}

#[test]
fn a_job_is_not_cancelled_alone_by_who_took_its_money() {
    let house = House::new();
    let (room, clerk) = (&house.room, &house.clerk);
    let paid = job(room, &clerk.actor, &CASH);
    let give_up = || cancel(room, &clerk.actor, paid, Feed::ByHand);
    let before = lines(room);
    assert_eq!(code(give_up()), "approval-needed");
    assert_eq!((show_job(room, &actor(), paid).unwrap().state, lines(room)), (JobState::Planned, before));
    assert_eq!(signed(&house, clerk, "변학도", give_up).unwrap().state, JobState::Cancelled);
    assert_eq!(last(room).allowed_by, Some(house.id("변학도")));
    // Somebody else's money, and what nobody paid, goes back with its job alone.
    for (taken_by, settlement) in [("방자", CASH), ("이몽룡", Settlement::Later)] {
        let job = job(room, &house.session(taken_by).actor, &settlement);
        assert_eq!(code(cancel(room, &clerk.actor, job, Feed::ByHand)), "done", "{taken_by}");
        assert_eq!(last(room).allowed_by, None);
    }
}

/// A card with a chip that is proven, on the reader, and its job.
fn proven(house: &House) -> i64 {
    let nth = entries(&house.room).len();
    let member = house.room.enrol(|form| form.name = format!("전우{}", "치".repeat(nth))).unwrap().member;
    let job = house.room.issue(member, CardKind::Rfid).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let waiting = Waiting { feed: Feed::Dispense, longest: house.room.card_timeout(), stop: &stop };
    run(&house.room, &actor(), job, Until::Proven, &waiting).unwrap();
    job
}

fn card(room: &Room, job: i64) -> CardState {
    let card = room.store.look(|tx| crate::back::store::jobs::get(tx, job)).unwrap().card.expect("a card");
    room.store.look(|tx| cards::get(tx, card)).unwrap().state
}

#[test]
fn a_locked_card_is_given_up_blanked_or_with_a_second_signature() {
    let house = House::new();
    let (room, clerk) = (&house.room, &house.clerk);
    let job = proven(&house);
    tray_do(room, &actor(), &TrayAct::Lift).unwrap();
    let give_up = |session: &Session| cancel(room, &session.actor, job, Feed::ByHand);
    for who in ["이몽룡", "변학도", "성춘향"] {
        assert_eq!(code(give_up(&house.session(who))), "approval-needed", "{who}");
    }
    assert_eq!(card(room, job), CardState::InWork, "nothing moved");
    let done = signed(&house, clerk, "변학도", || give_up(clerk)).unwrap();
    assert_eq!((done.state, done.card), (JobState::Cancelled, Some(CardState::Spoiled)));
    let entry = last(room);
    assert_eq!((entry.kind, entry.allowed_by), (EntryKind::Reversal, Some(house.id("변학도"))));
    // On the reader it is blanked, and nobody is asked.
    let again = proven(&house);
    let done = cancel(room, &clerk.actor, again, Feed::ByHand).unwrap();
    assert_eq!((done.card, last(room).allowed_by), (Some(CardState::Returned), None));
}

#[test]
fn a_locked_card_is_called_spoiled_blanked_or_with_a_second_signature() {
    let house = House::new();
    let (room, clerk) = (&house.room, &house.clerk);
    let printed = |job| print_on_page(room, &actor(), job).unwrap();
    let spoil = |job| settle_print_once(room, &clerk.actor, job, PrintFate::Spoiled, None);
    let first = proven(&house);
    printed(first);
    tray_do(room, &actor(), &TrayAct::Lift).unwrap();
    assert_eq!(code(spoil(first)), "approval-needed");
    assert_eq!(card(room, first), CardState::Ready, "nothing moved");
    signed(&house, clerk, "변학도", || spoil(first)).unwrap();
    assert_eq!(show_job(room, &actor(), first).unwrap().state, JobState::Planned);
    cancel(room, &actor(), first, Feed::ByHand).unwrap();
    let second = proven(&house);
    printed(second);
    assert_eq!(code(spoil(second)), "done");
    let lying = read_card(room, &actor(), None, &|| ()).unwrap();
    assert_eq!(lying.number, None, "it was blanked: {lying:?}");
}

#[test]
fn charges_from_before_the_ledger_get_their_entries_once() {
    let room = Room::new(PRICED);
    for settlement in [CASH, Settlement::Waived("사정".into()), Settlement::Later] {
        job(&room, &actor(), &settlement);
    }
    cancel(&room, &actor(), job(&room, &actor(), &CASH), Feed::ByHand).unwrap();
    let forget = "DELETE FROM ledger_entries; DELETE FROM log_months WHERE log IN ('ledger_entries', 'receipt_prints');
        DELETE FROM money_notes; DELETE FROM receipt_prints; UPDATE charges SET receipt = NULL, rule = NULL;
        UPDATE house SET ledger = NULL";
    let known = |e: &ledger::Entry| (e.kind, e.charge, e.account, e.amount, e.staff.clone());
    let before: Vec<_> = entries(&room).iter().map(known).collect();
    room.store.change(|tx| past_heads(tx, forget)).unwrap();
    before::adopt(&room).unwrap();
    before::adopt(&room).unwrap();
    let after = entries(&room);
    assert_eq!(after.iter().map(known).collect::<Vec<_>>(), before);
    assert!(after.iter().all(|entry| entry.rule.as_deref() == Some("before") && entry.receipt.is_none()));
    assert!(verify_audit(&room, &actor(), None).unwrap().ok);
    assert_eq!(Reason::FirstIssue, after[0].reason.unwrap());
}
