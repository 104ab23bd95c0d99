//! A card in place of another: what becomes of cards, numbers and charge when it is planned, handed over or cancelled, for
//! every reason; blocks beside it; and what is refused.

use super::*;
use crate::plan::fees::{ChargeState, PayBy, Reason, Settlement};
use crate::plan::job::CardState;

/// A member with a bar code card in hand; gives the member and the number.
fn with_card(room: &Room) -> (i64, String) {
    let member = room.enrol(|_| {}).unwrap().member;
    let job = room.issue(member, CardKind::Barcode).unwrap();
    let number = finish(room, job, None).unwrap();
    (member, number)
}

/// Prints the card of a job and hands it over.
fn finish(room: &Room, job: i64, unpaid: Option<&str>) -> Result<String, Trouble> {
    let number = print_on_page(room, &actor(), job)?.number.to_string();
    hand_over(room, &actor(), job, Some(&number), None, Feed::ByHand, unpaid)?;
    Ok(number)
}

fn form(number: &str, reason: Reason) -> ReissueForm {
    ReissueForm {
        whom: Whom::Number(number.to_owned()),
        card: None,
        evidence: Evidence::Document,
        reason,
        kind: None,
        settlement: Settlement::Later,
        exempt: crate::plan::fees::SaidExempt::No,
        anyway: false,
        told: true,
        reader: None,
        printer: None,
    }
}

fn reissue(room: &Room, number: &str, reason: Reason) -> Result<i64, Trouble> {
    plan_reissue(room, &actor(), &form(number, reason), None)
}

fn file(room: &Room, member: i64) -> MemberFile {
    show_member(room, &actor(), member).unwrap()
}

/// The member's cards, oldest first: state, and why it ended or is blocked.
fn cards(room: &Room, member: i64) -> Vec<(CardState, String)> {
    let why = |card: &CardRow| card.ended_why.clone().or(card.suspended_why.clone()).unwrap_or_default();
    file(room, member).cards.iter().rev().map(|card| (card.state, why(card))).collect()
}

fn fee(room: &Room, job: i64) -> (u32, ChargeState) {
    let report = show_job(room, &actor(), job).unwrap();
    (report.fee.amount, report.fee.state)
}

fn number_state(room: &Room, number: &str) -> Option<String> {
    let number = crate::plan::member::MemberNumber::parse(number).unwrap();
    room.store.look(|tx| crate::back::store::numbers::state(tx, number)).unwrap().map(|state| state.to_string())
}

/// Every reason, whether kiosks look at the card, whether its number is new, and the amount of the rule as shipped.
const TABLE: [(Reason, &str, bool, u32); 11] = [
    (Reason::Lost, "number", true, 2000),
    (Reason::Stolen, "number", true, 2000),
    (Reason::Lost, "card", false, 2000),
    (Reason::Stolen, "card", false, 2000),
    (Reason::Damaged, "number", false, 2000),
    (Reason::Worn, "number", false, 0),
    (Reason::Overwritten, "number", false, 2000),
    (Reason::Defective, "number", false, 0),
    (Reason::Renamed, "number", false, 0),
    (Reason::NumberChanged, "number", true, 0),
    (Reason::Conversion, "card", true, 0),
];

/// The desk of one row: what is lost may keep its number, so that the kiosks alone decide.
fn desk_of(kiosks: &str) -> Room {
    Room::new(&[
        ("ISSUER__KIOSKS__CHECK", kiosks),
        ("ISSUER__FEES__LOST__NUMBER", "keep"),
        ("ISSUER__FEES__STOLEN__NUMBER", "keep"),
    ])
}

#[test]
fn every_reason_from_plan_to_hand_over() {
    for (reason, kiosks, new, amount) in TABLE {
        let at = format!("{reason}, kiosks check the {kiosks}");
        let room = desk_of(kiosks);
        let (member, old) = with_card(&room);
        let job = reissue(&room, &old, reason).unwrap();
        // Planned: the old card is blocked, the charge stands, and the member still goes by the old number.
        assert_eq!(cards(&room, member), [(CardState::Suspended, reason.to_string())], "{at}");
        let state = if amount == 0 { ChargeState::Free } else { ChargeState::Unpaid };
        assert_eq!(fee(&room, job), (amount, state), "{at}");
        assert_eq!(file(&room, member).number.map(|number| number.to_string()), Some(old.clone()), "{at}");
        assert_eq!(number_state(&room, &old).as_deref(), Some("live"), "{at}");
        let report = show_job(&room, &actor(), job).unwrap();
        let number = report.number.to_string();
        assert_eq!((number != old, report.old_number.is_some()), (new, new), "{at}");
        assert_eq!(number_state(&room, &number).as_deref(), Some(if new { "reserved" } else { "live" }), "{at}");
        // Handed over, and not before the fee is.
        if amount > 0 {
            assert_eq!(code(finish(&room, job, None)), "fee-unpaid", "{at}");
            assert_eq!(cards(&room, member).len(), 2, "{at}");
            let charge = report.fee.charge.unwrap();
            pay_fee(&room, &actor(), Evidence::Word, charge, PayBy::Cash, None).unwrap();
        }
        assert_eq!(finish(&room, job, None).unwrap(), number, "{at}");
        assert_eq!(
            cards(&room, member),
            [(CardState::Void, reason.to_string()), (CardState::Live, String::new())],
            "{at}"
        );
        assert_eq!(file(&room, member).number.map(|number| number.to_string()), Some(number.clone()), "{at}");
        assert_eq!(number_state(&room, &number).as_deref(), Some("live"), "{at}");
        assert_eq!(number_state(&room, &old).as_deref(), Some(if new { "retired" } else { "live" }), "{at}");
        assert_eq!(fee(&room, job).1, if amount == 0 { ChargeState::Free } else { ChargeState::Paid }, "{at}");
        // The old number leads to the member, and is no number to reissue by.
        let again = reissue(&room, &old, Reason::Worn);
        assert_eq!(code(again), if new { "number-retired" } else { "done" }, "{at}");
        assert_eq!(find(&room, &actor(), &old).unwrap().hits.len(), 1, "{at}");
    }
}

#[test]
fn every_reason_from_plan_to_cancel() {
    for (reason, kiosks, new, amount) in TABLE {
        let at = format!("{reason}, kiosks check the {kiosks}");
        let room = desk_of(kiosks);
        let (member, old) = with_card(&room);
        let settlement = if amount > 0 { Settlement::Paid(PayBy::Cash) } else { Settlement::Later };
        let job = plan_reissue(&room, &actor(), &ReissueForm { settlement, ..form(&old, reason) }, None).unwrap();
        let number = print_on_page(&room, &actor(), job).unwrap().number.to_string();
        let done = cancel(&room, &actor(), job, Feed::ByHand).unwrap();
        assert_eq!(done.number_retired, new, "{at}");
        let stays = matches!(reason, Reason::Lost | Reason::Stolen);
        let first = if stays { (CardState::Suspended, reason.to_string()) } else { (CardState::Live, String::new()) };
        assert_eq!(cards(&room, member), [first, (CardState::Spoiled, "cancelled".to_owned())], "{at}");
        assert_eq!(fee(&room, job), (amount, ChargeState::Reversed), "{at}");
        assert_eq!(file(&room, member).number.map(|number| number.to_string()), Some(old.clone()), "{at}");
        assert_eq!(number_state(&room, &old).as_deref(), Some("live"), "{at}");
        if new {
            assert_eq!(number_state(&room, &number).as_deref(), Some("retired"), "{at}");
        }
        // Nothing stands in the way of the next one, and it ends well.
        let next = plan_reissue(&room, &actor(), &form(&old, Reason::Worn), None).unwrap();
        assert_eq!(finish(&room, next, None).unwrap(), old, "{at}");
    }
}

#[test]
fn two_reissues_in_a_row_leave_one_card_and_one_number() {
    let room = Room::new(&[]);
    let (member, first) = with_card(&room);
    let mut number = first.clone();
    for _ in 0..2 {
        let lost = ReissueForm { settlement: Settlement::Paid(PayBy::Card), ..form(&number, Reason::Lost) };
        let job = plan_reissue(&room, &actor(), &lost, None).unwrap();
        number = finish(&room, job, None).unwrap();
    }
    let lost = || (CardState::Void, "lost".to_owned());
    assert_eq!(cards(&room, member), [lost(), lost(), (CardState::Live, String::new())]);
    let chain: Vec<_> = file(&room, member).jobs.iter().rev().map(|job| job.replaces).collect();
    let ids: Vec<_> = file(&room, member).cards.iter().rev().map(|card| Some(card.card)).collect();
    assert_eq!(chain, [None, ids[0], ids[1]]);
    let states = [first.as_str(), "12100300000002", &number].map(|number| number_state(&room, number));
    assert_eq!(states.map(Option::unwrap), ["retired", "retired", "live"]);
}

#[test]
fn with_the_old_number_every_card_that_bears_it_ends() {
    let room = Room::new(&[]);
    let (member, number) = with_card(&room);
    room.store
        .change(|tx| {
            // A second card of another kind, as a sticker is.
            let old = crate::back::store::cards::of_member(tx, member)?.remove(0);
            let second = crate::back::store::cards::Card { kind: CardKind::Sticker, state: CardState::Live, ..old };
            crate::back::store::cards::insert(tx, &second)
        })
        .unwrap();
    let several = block_card(
        &room,
        &actor(),
        Evidence::Word,
        &Which::Number(number.clone(), None),
        &BlockAct::Suspend("lost".into()),
        None,
    );
    assert_eq!(code(several), "cards-several");
    let lost = ReissueForm {
        kind: Some(CardKind::Barcode),
        settlement: Settlement::Waived("화재".into()),
        ..form(&number, Reason::Lost)
    };
    let job = plan_reissue(&room, &actor(), &lost, None).unwrap();
    assert_eq!(fee(&room, job), (2000, ChargeState::Waived));
    assert_eq!(cards(&room, member)[1].0, CardState::Live, "it works until the number goes");
    finish(&room, job, None).unwrap();
    assert_eq!(
        cards(&room, member),
        [
            (CardState::Void, "lost".to_owned()),
            (CardState::Void, "number-changed".to_owned()),
            (CardState::Live, String::new())
        ]
    );
}

#[test]
fn what_cannot_be_reissued_is_refused_by_name() {
    let room = Room::new(&[]);
    let (member, number) = with_card(&room);
    let bare = room.enrol(|form| form.name = "성춘향".into()).unwrap().member;
    let open = room.issue(bare, CardKind::Barcode).unwrap();
    let reserved = show_job(&room, &actor(), open).unwrap().number.to_string();
    let paid = |reason| ReissueForm { settlement: Settlement::Paid(PayBy::Cash), ..form(&number, reason) };
    for (form, expected) in [
        (form("1210030000001", Reason::Lost), "member-number"),
        (form("12100300000077", Reason::Lost), "number-unknown"),
        (form("11131400000001", Reason::Lost), "number-foreign"),
        (form(&reserved, Reason::Lost), "job-open"),
        (ReissueForm { told: false, ..form(&number, Reason::Lost) }, "told-missing"),
        (ReissueForm { card: Some(99), ..form(&number, Reason::Lost) }, "card-replaced"),
        (paid(Reason::Worn), "nothing-to-pay"),
        (ReissueForm { printer: Some("X".into()), ..form(&number, Reason::Worn) }, "printer-unknown"),
    ] {
        assert_eq!(code(plan_reissue(&room, &actor(), &form, None)), expected, "{form:?}");
    }
    assert_eq!(cards(&room, member), [(CardState::Live, String::new())], "a refusal changes nothing");
    assert_eq!(fees_of(&room, &actor(), member).unwrap().len(), 1, "the first card's, which is free");
    // A card that came back is no card to replace; nor has one who left any.
    block_card(&room, &actor(), Evidence::Card, &Which::Of(member, 1), &BlockAct::Return, None).unwrap();
    assert_eq!(code(reissue(&room, &number, Reason::Lost)), "card-none");
    room.store.change(|tx| Ok(tx.execute("UPDATE members SET state = 'withdrawn'", []).unwrap())).unwrap();
    assert_eq!(code(reissue(&room, &number, Reason::Lost)), "member-withdrawn");
}

#[test]
fn a_key_leads_to_the_same_job_before_and_after_its_end() {
    let room = Room::new(&[]);
    let (_, number) = with_card(&room);
    let damaged = ReissueForm { settlement: Settlement::Paid(PayBy::Transfer), ..form(&number, Reason::Damaged) };
    let ask = |form: &ReissueForm| plan_reissue(&room, &actor(), form, Some("k"));
    let job = ask(&damaged).unwrap();
    assert_eq!(ask(&damaged), Ok(job));
    assert_eq!(code(ask(&ReissueForm { settlement: Settlement::Later, ..damaged.clone() })), "key-reused");
    finish(&room, job, None).unwrap();
    assert_eq!(ask(&damaged), Ok(job));
    assert_eq!(code(plan_reissue(&room, &actor(), &damaged, Some("other"))), "done", "the new card is damaged too");
}

#[test]
fn a_fee_is_settled_once_and_a_card_may_go_out_unpaid_for_a_reason() {
    let room = Room::new(&[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "1000")]);
    let member = room.enrol(|_| {}).unwrap().member;
    let job = room.issue(member, CardKind::Barcode).unwrap();
    assert_eq!(fee(&room, job), (1000, ChargeState::Unpaid));
    assert_eq!(code(finish(&room, job, None)), "fee-unpaid");
    assert_eq!(code(finish(&room, job, Some(" "))), "why-missing");
    let number = finish(&room, job, Some("지갑을 두고 왔음")).unwrap();
    assert_eq!(fee(&room, job), (1000, ChargeState::Unpaid), "it stays unpaid");
    let charges = fees_of(&room, &actor(), member).unwrap();
    assert_eq!((charges.len(), charges[0].why.as_deref()), (1, Some("지갑을 두고 왔음")));
    let id = charges[0].charge;
    let pay = |key| pay_fee(&room, &actor(), Evidence::Word, id, PayBy::Cash, key);
    assert_eq!(code(waive_fee(&room, &actor(), Evidence::Word, id, "", None)), "why-missing");
    assert_eq!(code(pay_fee(&room, &actor(), Evidence::Word, 99, PayBy::Cash, None)), "charge-unknown");
    assert_eq!(pay(Some("p")).unwrap().state, ChargeState::Paid);
    assert_eq!(pay(Some("p")).unwrap().state, ChargeState::Paid);
    assert_eq!(code(pay(None)), "charge-settled");
    assert_eq!(code(waive_fee(&room, &actor(), Evidence::Word, id, "why", None)), "charge-settled");
    // Waived when it is asked for, and said on the page before the hand-over.
    let damaged = ReissueForm { settlement: Settlement::Waived("화재".into()), ..form(&number, Reason::Damaged) };
    let job = plan_reissue(&room, &actor(), &damaged, None).unwrap();
    assert_eq!(fee(&room, job), (2000, ChargeState::Waived));
    cancel(&room, &actor(), job, Feed::ByHand).unwrap();
    let job = reissue(&room, &number, Reason::Damaged).unwrap();
    assert_eq!(code(leave_unpaid(&room, &actor(), job, " ")), "why-missing");
    leave_unpaid(&room, &actor(), job, "다음에 낸다고 함").unwrap();
    finish(&room, job, None).unwrap();
}

#[test]
fn a_lost_card_is_blocked_at_once_also_beside_a_job_and_stays_so() {
    let room = Room::new(&[]);
    let (member, number) = with_card(&room);
    let act = |act: &BlockAct, key: Option<&str>| {
        let which = Which::Number(number.clone(), None);
        block_card(&room, &actor(), Evidence::Word, &which, act, key).map(|done| (done.state, done.why))
    };
    let suspend = |why: &str| BlockAct::Suspend(why.to_owned());
    let blocked = |why: &str| Ok((CardState::Suspended, Some(why.to_owned())));
    let live = || Ok((CardState::Live, None));
    assert_eq!(code(act(&suspend("because"), None)), "suspend-why");
    assert_eq!(act(&BlockAct::Release, None), live());
    assert_eq!(act(&suspend("found"), Some("s")), blocked("found"));
    assert_eq!(act(&suspend("other"), None), blocked("found"), "it is so already");
    assert_eq!(act(&BlockAct::Release, None), live());
    assert_eq!(act(&suspend("found"), Some("s")), live(), "asked again: how it stands");
    // Beside a job: that it was lost outweighs what the reissue says, and outlives its end.
    let job = reissue(&room, &number, Reason::Worn).unwrap();
    assert_eq!(code(act(&BlockAct::Release, None)), "job-open");
    assert_eq!(act(&suspend("lost"), None), blocked("lost"));
    cancel(&room, &actor(), job, Feed::ByHand).unwrap();
    assert_eq!(cards(&room, member), [(CardState::Suspended, "lost".to_owned())]);
    // One that was blocked before its reissue is not freed by cancelling that either.
    let job = reissue(&room, &number, Reason::Worn).unwrap();
    cancel(&room, &actor(), job, Feed::ByHand).unwrap();
    assert_eq!(cards(&room, member), [(CardState::Suspended, "lost".to_owned())]);
    assert_eq!(act(&BlockAct::Return, None), Ok((CardState::Returned, None)));
    assert_eq!(act(&BlockAct::Return, None), Ok((CardState::Returned, None)));
    assert_eq!(code(act(&suspend("lost"), None)), "card-state");
    let free = file(&room, member);
    assert!(acts(&free).reissue.is_empty() && !acts(&free).issue.is_empty());
}

#[test]
fn a_card_that_came_back_while_its_successor_was_made_stays_returned() {
    let room = Room::new(&[]);
    let (member, number) = with_card(&room);
    let job = reissue(&room, &number, Reason::Worn).unwrap();
    block_card(&room, &actor(), Evidence::Card, &Which::Of(member, 1), &BlockAct::Return, None).unwrap();
    finish(&room, job, None).unwrap();
    let returned = (CardState::Returned, "given-back".to_owned());
    assert_eq!(cards(&room, member), [returned, (CardState::Live, String::new())]);
}
