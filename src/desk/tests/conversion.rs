//! Own cards that become 책이음 cards: what is refused, what changes when, what a cancelled conversion leaves.

use super::*;
use crate::back::store::{jobs as stored, members, numbers};
use crate::plan::fees::{ChargeState, PayBy, Settlement};
use crate::plan::job::NumberState;
use crate::plan::member::MemberNumber;
use crate::plan::messages::Lang;

impl Room {
    pub(super) fn convert(&self, member: i64, change: impl FnOnce(&mut ConvertForm)) -> Result<i64, Trouble> {
        let card =
            IssueForm { member, evidence: Evidence::Document, kind: CardKind::Barcode, reader: None, printer: None };
        let (settlement, lang) = (Settlement::Later, Lang::Ko);
        let consent = Some("national".into());
        let mut form = ConvertForm { card, consent, consent_way: None, consent_on: None, told: true, settlement, lang };
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
        (|form| form.consent_way = Some("by-phone".into()), "consent-way"),
        (|form| form.consent_on = Some("2999-01-01".into()), "consent-on"),
        (|form| form.consent_on = Some("1980-01-01".into()), "consent-before-birth"),
        (|form| form.consent_on = Some("2026-10-31".into()), "consent-before-text"),
        (|form| form.consent_on = Some("880314-1234567".into()), "identity-number"),
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

/// How far the card was when the conversion was given up, and how the clerk gave it up.
const GIVEN_UP: [(&str, CardKind, Option<Until>, Feed); 5] = [
    ("before there was a card", CardKind::Rfid, None, Feed::ByHand),
    ("with the chip locked and laid back", CardKind::Rfid, Some(Until::Proven), Feed::Dispense),
    ("with the chip locked and carried off", CardKind::Rfid, Some(Until::Proven), Feed::ByHand),
    ("when it was printed", CardKind::Rfid, Some(Until::Printed), Feed::Dispense),
    ("when it was printed, without a chip", CardKind::Barcode, Some(Until::Printed), Feed::ByHand),
];

impl Room {
    /// Whether anything says that this number was given: the register, the search, the guard of the range.
    fn given(&self, number: MemberNumber) -> [bool; 4] {
        let serial = number.serial();
        self.store
            .look(|tx| {
                Ok([
                    numbers::state(tx, number)?.is_some(),
                    numbers::holder(tx, number)?.is_some(),
                    !members::search(tx, &members::Search::Number(number), 1)?.is_empty(),
                    numbers::first_adopted(tx, number.library(), serial, serial)?.is_some(),
                ])
            })
            .unwrap()
    }
}

#[test]
fn a_cancelled_conversion_leaves_the_numbers_as_they_were_however_far_it_was() {
    for (when, kind, until, feed) in GIVEN_UP {
        let settings = [("ISSUER__NUMBER__FIRST", "00000100"), ("ISSUER__LIBRARY__MEMBERSHIP", "on-request")];
        let desk = Room::new(&settings);
        let (member, number) = (desk.own("12100300000042"), MemberNumber::parse("12100300000042").unwrap());
        assert_eq!(desk.given(number), [false; 4], "{when}");
        let job = desk.convert(member, |form| form.card.kind = kind).unwrap();
        assert_eq!(desk.given(number), [true; 4], "{when}");
        let stop = std::sync::atomic::AtomicBool::new(false);
        let waiting = Waiting { feed: Feed::Dispense, longest: desk.card_timeout(), stop: &stop };
        if let Some(until) = until {
            run(&desk, &actor(), job, until, &waiting).unwrap();
        }
        cancel(&desk, &actor(), job, feed).unwrap();
        assert_eq!(desk.given(number), [false; 4], "{when}");
        // Taken up again it is refused, given up again it is what it was: the number stays as it is.
        assert_eq!(code(run(&desk, &actor(), job, Until::Printed, &waiting)), "job-state", "{when}");
        assert!(!cancel(&desk, &actor(), job, feed).unwrap().number_retired, "{when}");
        assert_eq!(desk.given(number), [false; 4], "{when}");
        // It is in the way of no range, and can be given again.
        let desk = desk.again(&[("ISSUER__NUMBER__FIRST", "00000001"), settings[1]]).unwrap().again(&settings).unwrap();
        desk.finish(desk.convert(member, |form| form.card.kind = kind).unwrap());
        let holder = desk.store.look(|tx| numbers::holder(tx, number)).unwrap();
        assert_eq!(holder, Some((member, NumberState::Live)), "{when}");
    }
}

#[test]
fn the_consent_of_a_conversion_has_its_way_and_its_day() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let today = desk.today().to_string();
    for (own, way, on, expected) in [
        ("GP-77", Some("on-paper"), Some("20261102"), ("on-paper", "2026-11-02")),
        ("GP-78", None, None, ("at-desk", today.as_str())),
    ] {
        let member = desk.enrol(|form| {
            (form.name, form.consent, form.own_number) = (own.into(), Some("local".into()), Some(own.into()));
        });
        let member = member.unwrap().member;
        desk.convert(member, |form| {
            (form.consent_way, form.consent_on) = (way.map(str::to_owned), on.map(str::to_owned))
        })
        .unwrap();
        let consents = desk.file(member).consents;
        let national = consents.iter().find(|row| row.kind == "national").unwrap();
        assert_eq!((national.way.as_str(), national.given_on.as_str()), expected, "{own}");
    }
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

/// The matrix of issuing and converting: one way to a 책이음 card for every member, never both.
#[test]
fn who_has_an_own_card_converts_it_and_who_has_none_is_issued_one() {
    let own = || Some("GP-77".to_owned());
    // Whether they chose the own card, what becomes of an issue, and which of the two the page offers.
    for (membership, consent, own, chosen, issue, convert) in [
        ("integrated", "local,national", own(), false, "done", "nothing-to-convert"),
        ("integrated", "local,national", None, false, "done", "nothing-to-convert"),
        ("on-request", "local,national", own(), true, "own-card-held", "done"),
        ("own-card", "local,national", own(), true, "own-card-held", "done"),
        ("on-request", "local", own(), false, "own-card-only", "done"),
        ("own-card", "local", own(), false, "own-card-only", "done"),
        ("on-request", "local,national", None, false, "done", "nothing-to-convert"),
        ("own-card", "local,national", own(), false, "done", "done"),
        ("on-request", "local,national", None, true, "done", "nothing-to-convert"),
    ] {
        let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", membership)]);
        let told = format!("{membership} {consent} {own:?} {chosen}");
        let enrolled = desk.enrol(|form| (form.consent, form.own_number) = (Some(consent.into()), own));
        let member = enrolled.unwrap().member;
        if chosen {
            with_own_card(&desk, &actor(), member).unwrap();
        }
        let acts = acts(&desk.file(member));
        assert_eq!(!acts.issue.is_empty(), issue == "done", "{told}");
        assert_eq!(acts.convert, convert == "done" && issue != "done", "{told}");
        let issued = desk.issue(member, CardKind::Barcode);
        let job = issued.as_ref().ok().copied();
        assert_eq!(code(issued), issue, "{told}");
        if let Some(job) = job {
            cancel(&desk, &actor(), job, Feed::ByHand).unwrap();
        }
        assert_eq!(code(desk.convert(member, |_| {})), convert, "{told}");
    }
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
        let charge = fees_of(&desk, &actor(), member).unwrap().pop().unwrap();
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
