//! Own cards that become 책이음 cards: what is refused, what changes when, what a cancelled conversion leaves.

use super::*;
use crate::back::store::jobs as stored;
use crate::plan::fees::{ChargeState, PayBy, Settlement};
use crate::plan::messages::Lang;

impl Room {
    pub(super) fn convert(&self, member: i64, change: impl FnOnce(&mut ConvertForm)) -> Result<i64, Trouble> {
        let card =
            IssueForm { member, evidence: Evidence::Document, kind: CardKind::Barcode, reader: None, printer: None };
        let (settlement, lang) = (Settlement::Later, Lang::Ko);
        let mut form = ConvertForm { card, consent: Some("national".into()), told: true, settlement, lang };
        change(&mut form);
        plan_convert(self, &actor(), &form, None)
    }
}

#[test]
fn an_own_card_becomes_a_card_with_a_new_number_and_is_void_at_hand_over() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let member = desk.own("GP-77");
    let before = conversion(&desk, &actor(), member).unwrap();
    assert_eq!((before.keeps_number, before.consented, before.own_advised), (None, false, false));
    for (change, expected) in [
        ((|form| form.consent = None) as fn(&mut ConvertForm), "convert-consent-missing"),
        (|form| form.consent = Some("local".into()), "convert-consent-missing"),
        (|form| form.consent = Some("every".into()), "consent"),
        (|form| form.told = false, "convert-told-missing"),
        (|form| form.card.member = 99, "member-unknown"),
    ] {
        assert_eq!(code(desk.convert(member, change)), expected);
    }
    assert!(!desk.file(member).national, "a refusal changes nothing");
    let job = desk.convert(member, |_| {}).unwrap();
    assert_eq!(code(desk.convert(member, |_| {})), "job-open");
    let file = desk.file(member);
    assert_eq!((file.national, file.own_ended, file.jobs[0].number.as_str()), (true, None, "12100300000001"));
    assert_eq!(desk.desk.store.look(|tx| stored::get(tx, job)).unwrap().reason, "conversion");
    desk.finish(job);
    let file = desk.file(member);
    assert!(file.own_ended.is_some(), "the own card is void");
    assert_eq!(file.number.map(|number| number.to_string()).as_deref(), Some("12100300000001"));
    assert_eq!(code(desk.convert(member, |_| {})), "nothing-to-convert");
    assert!(desk.consents(member).contains(&("national".to_owned(), false)));
}

#[test]
fn a_conversion_that_is_cancelled_leaves_the_member_as_before() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "own-card")]);
    let member = desk.own("GP-77");
    assert!(conversion(&desk, &actor(), member).unwrap().own_advised);
    let job = desk.convert(member, |_| {}).unwrap();
    assert!(cancel(&desk, &actor(), job, Feed::ByHand).unwrap().number_retired);
    let file = desk.file(member);
    assert_eq!((file.national, file.number, file.own_ended), (false, None, None));
    assert!(desk.consents(member).contains(&("national".to_owned(), true)), "the consent is noted as withdrawn");
    assert_eq!(code(desk.issue(member, CardKind::Barcode)), "own-card-only");
    // And again, with the next number.
    let job = desk.convert(member, |_| {}).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000002");
}

/// The seed's 부천: the own number is a 책이음 number already, nothing changes and nothing need be said.
#[test]
fn an_own_number_of_our_code_stays_even_after_a_cancelled_conversion() {
    let settings = [("ISSUER__NUMBER__FIRST", "00000100"), ("ISSUER__LIBRARY__MEMBERSHIP", "on-request")];
    let desk = Room::new(&settings);
    let member = desk.own("12100300000042");
    let kept = conversion(&desk, &actor(), member).unwrap().keeps_number;
    assert_eq!(kept.map(|number| number.to_string()).as_deref(), Some("12100300000042"));
    let untold = |form: &mut ConvertForm| form.told = false;
    let job = desk.convert(member, untold).unwrap();
    assert!(!cancel(&desk, &actor(), job, Feed::ByHand).unwrap().number_retired);
    let file = desk.file(member);
    assert_eq!((file.national, file.number), (false, None));
    let job = desk.convert(member, untold).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000042");
    desk.finish(job);
    let file = desk.file(member);
    assert_eq!(file.number.map(|number| number.to_string()).as_deref(), Some("12100300000042"));
    assert!(file.own_ended.is_some());
}

#[test]
fn a_consent_from_before_outlives_a_cancelled_conversion() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let member = desk.enrol(|form| form.own_number = Some("GP-77".into())).unwrap().member;
    assert!(conversion(&desk, &actor(), member).unwrap().consented);
    let job = desk.convert(member, |form| form.consent = None).unwrap();
    cancel(&desk, &actor(), job, Feed::ByHand).unwrap();
    let file = desk.file(member);
    assert_eq!((file.national, file.number), (true, None));
    assert!(!desk.consents(member).contains(&("national".to_owned(), true)));
}

#[test]
fn what_cannot_be_converted_says_so() {
    let integrated = Room::new(&[]);
    let member = integrated.enrol(|_| {}).unwrap().member;
    assert_eq!(code(integrated.convert(member, |_| {})), "nothing-to-convert");
    assert_eq!(code(conversion(&integrated, &actor(), member)), "nothing-to-convert");
    assert!(!gives_own_cards(&integrated));
    let open = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let holder = open.enrol(|_| {}).unwrap().member;
    assert_eq!(code(open.convert(holder, |_| {})), "nothing-to-convert");
    // Under fourteen a guardian agrees.
    let born = format!("{}-01-01", open.today().year() - 15);
    let teen = open.enrol(|form| {
        (form.name, form.birth) = ("성춘향".into(), born);
        (form.consent, form.own_number) = (Some("local".into()), Some("GP-78".into()));
    });
    let teen = teen.unwrap().member;
    let young = format!("{}-01-01", open.today().year() - 9);
    let younger = |tx: &crate::back::store::Tx| {
        Ok(tx.execute("UPDATE member_persons SET birth = ?1 WHERE member = ?2", (young, teen))?)
    };
    open.desk.store.change(younger).unwrap();
    assert_eq!(code(open.convert(teen, |_| {})), "guardian-missing");
    let state = |job: i64| show_job(&open, &actor(), job).map(|job| job.state);
    assert_eq!(code(state(1)), "job-unknown", "no job was made");
}

/// What it costs is booked with the job, settled or not, and reversed with it.
#[test]
fn a_conversion_is_charged_for() {
    let settings = [("ISSUER__LIBRARY__MEMBERSHIP", "on-request"), ("ISSUER__FEES__CONVERSION__AMOUNT", "1000")];
    let desk = Room::new(&settings);
    let member = desk.own("GP-77");
    assert_eq!(conversion(&desk, &actor(), member).unwrap().fee, 1000);
    let last = || {
        let charge = show_fees(&desk, &actor(), Some(member)).unwrap().pop().unwrap();
        (charge.reason.as_str(), charge.amount, charge.state)
    };
    let unpaid = desk.convert(member, |_| {}).unwrap();
    assert_eq!(last(), ("conversion", 1000, ChargeState::Unpaid));
    cancel(&desk, &actor(), unpaid, Feed::ByHand).unwrap();
    assert_eq!(last(), ("conversion", 1000, ChargeState::Reversed));
    desk.finish(desk.convert(member, |form| form.settlement = Settlement::Paid(PayBy::Card)).unwrap());
    assert_eq!(last(), ("conversion", 1000, ChargeState::Paid));
    let free = Room::new(&settings[..1]);
    let member = free.own("GP-77");
    assert_eq!(code(free.convert(member, |form| form.settlement = Settlement::Paid(PayBy::Cash))), "nothing-to-pay");
    assert!(!free.file(member).national, "a refusal changes nothing");
}
