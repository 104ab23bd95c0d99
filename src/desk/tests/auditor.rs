//! What an auditor reads of an entry: the rule that it was made under, what shows that a card is free, why one went out unpaid; and
//! that what settles a charge lies on no day before it.

use super::close_day::{clerk, days, manager, verified};
use super::*;
use crate::plan::fees::{NoFeeEvidence, PayBy, Period, Reason, SaidExempt, Settlement};
use crate::plan::messages::Lang;
use crate::plan::sheet::Format;

/// A member with a bar code card in hand, and its number.
fn holder(room: &Room) -> (i64, String) {
    let member = room.enrol(|_| {}).unwrap().member;
    (member, finish(room, room.issue(member, CardKind::Barcode).unwrap()))
}

fn finish(room: &Room, job: i64) -> String {
    let number = print_on_page(room, &actor(), job).unwrap().number.to_string();
    hand_over(room, &actor(), job, Some(&number), None, Feed::ByHand, Some("나중에 낸다고 함")).unwrap();
    number
}

fn planned(room: &Room, actor: &Actor, member: i64, reason: Reason, settlement: Settlement) -> i64 {
    let form = ReissueForm {
        whom: Whom::Member(member),
        card: None,
        evidence: Evidence::Document,
        reason,
        kind: None,
        settlement,
        exempt: SaidExempt::No,
        anyway: false,
        told: true,
        reader: None,
        printer: None,
    };
    plan_reissue(room, actor, &form, None).unwrap()
}

fn newest(room: &Room, member: i64) -> ChargeReport {
    fees_of(room, &actor(), member).unwrap().pop().unwrap()
}

#[test]
fn a_free_card_says_what_shows_it_wherever_it_is_listed() {
    let room = Room::new(&[]);
    let (member, _) = holder(&room);
    finish(&room, planned(&room, &actor(), member, Reason::Worn, Settlement::Later));
    assert_eq!(newest(&room, member).evidence, Some(NoFeeEvidence::Signed));
    for reissues in [false, true] {
        let page = register_page(&room, &actor(), reissues, Period::default(), 1).unwrap();
        let row = &page.rows.last().unwrap().card;
        assert_eq!((row.evidence.as_deref(), row.allowed_by.as_deref()), (Some("signed"), Some("os:tester")));
    }
    let mut shown = Vec::new();
    show_ledger(&room, &actor(), None, None, &mut |row| {
        shown.push(serde_json::to_value(&row).unwrap()["evidence"].clone());
        Ok(())
    })
    .unwrap();
    assert_eq!(shown, [serde_json::Value::Null, "signed".into()]);
    for paper in [Paper::Entries, Paper::Issues, Paper::Reissues] {
        let made = ledger_sheet(&room, &actor(), paper, Period::default(), "감사", Format::Csv, Lang::Ko);
        let mut text = String::new();
        std::io::Read::read_to_string(&mut made.unwrap().sheet.file, &mut text).unwrap();
        for part in ["감면 근거", "무료 증빙", "승인자", "책임자 승인", "os:tester"] {
            assert!(text.contains(part), "{paper}: {part} in {text}");
        }
    }
}

#[test]
fn the_rule_of_a_charge_can_be_read() {
    let room = Room::new(&[]);
    let (member, _) = holder(&room);
    let job = planned(&room, &actor(), member, Reason::Damaged, Settlement::Paid(PayBy::Cash));
    let charge = newest(&room, member);
    let rule = charge.rule.unwrap();
    let found = fee_rule(&room, &actor(), &rule).unwrap();
    assert!(found.text.starts_with("reason = damaged\nsince = base\namount = 2000\n"), "{found:?}");
    let fee = show_job(&room, &actor(), job).unwrap().fee;
    assert_eq!((fee.rule.as_deref(), fee.receipt), (Some(rule.as_str()), charge.receipt));
    assert_eq!(show_receipt(&room, &clerk(), fee.receipt.unwrap()).unwrap().rule, Some(found));
    assert_eq!(code(fee_rule(&room, &actor(), "lost@base#00000000")), "fee-rule-unknown");
    assert_eq!(code(fee_rule(&room, &actor(), "880314-1234567")), "identity-number");
}

#[test]
fn what_gives_back_lies_on_no_day_before_what_it_gives_back() {
    let room = Room::new(&[("ISSUER__DRAWER__CHANGE", "50000")]);
    let (member, _) = holder(&room);
    let (today, tomorrow) = (days(&room, 0), days(&room, 1));
    let shut = |won| count_and_close(&room, &manager(), None, None, won, "", None).unwrap();
    let first = shut(50_000);
    assert_eq!(first.before, None);
    planned(&room, &clerk(), member, Reason::Damaged, Settlement::Paid(PayBy::Cash));
    let charge = newest(&room, member).charge;
    reopen_day(&room, &actor(), Some("1"), &today, "빠뜨림", None).unwrap();
    let early = shut(52_000);
    // What was paid for the next day lies in the drawer too; the paper says so, and that the day was closed before.
    assert_eq!((early.covered.later, early.expected, early.difference), (2000, 52_000, 0));
    let before = early.before.unwrap();
    assert_eq!((before.receipt, before.reopened_why.as_deref()), (first.receipt, Some("빠뜨림")));
    reopen_day(&room, &actor(), Some("1"), &today, "또 빠뜨림", None).unwrap();
    refund_fee(&room, &manager(), Evidence::Word, charge, "사정", None).unwrap();
    let mut of_charge = Vec::new();
    show_ledger(&room, &actor(), None, None, &mut |row| {
        of_charge.extend((row.entry.charge == Some(charge)).then_some(row.entry.day));
        Ok(())
    })
    .unwrap();
    assert_eq!(of_charge, [&tomorrow[..], &tomorrow, &tomorrow]);
    assert_eq!(shut(50_000).difference, 0, "today's drawer has nothing of it");
    assert!(verified(&room).ok);
}

#[test]
fn the_words_of_a_hand_over_unpaid_outlive_the_waiver() {
    let room = Room::new(&[]);
    let (member, _) = holder(&room);
    finish(&room, planned(&room, &actor(), member, Reason::Damaged, Settlement::Later));
    let charge = newest(&room, member).charge;
    let done = waive_fee(&room, &manager(), Evidence::Word, charge, "생활이 어려움", None).unwrap();
    assert_eq!((done.why.as_deref(), done.allowed_by), (Some("생활이 어려움"), Some(manager().id())));
    assert_eq!((done.unpaid_why.as_deref(), done.unpaid_by.as_deref()), (Some("나중에 낸다고 함"), Some("os:tester")));
    assert!(verified(&room).ok);
}

#[test]
fn a_rule_that_has_not_begun_asks_for_nothing() {
    let room = Room::new(&[("ISSUER__FEES__DAMAGED__SINCE", "2999-01-01")]);
    let (member, _) = holder(&room);
    planned(&room, &actor(), member, Reason::Damaged, Settlement::Later);
    let charge = newest(&room, member);
    assert_eq!(charge.amount, 0);
    assert!(charge.rule.unwrap().starts_with("damaged@base#"));
}

#[test]
fn an_old_card_that_came_too_late_is_not_said_into_the_air() {
    let room = Room::new(&[("ISSUER__FEES__WORN__OLD_CARD", "returned")]);
    let (member, _) = holder(&room);
    let late = planned(&room, &actor(), member, Reason::Worn, Settlement::Later);
    finish(&room, late);
    assert_eq!(code(old_card_came(&room, &actor(), late)), "old-card-late");
    let job = planned(&room, &actor(), member, Reason::Worn, Settlement::Later);
    old_card_came(&room, &actor(), job).unwrap();
    finish(&room, job);
    assert_eq!(code(old_card_came(&room, &actor(), job)), "done", "said again it is no other thing");
}
