//! Enrolling and finding: problems by field, likely duplicates, numbers that came with the member, the range guard.

use super::*;
use crate::back::store::members;
use crate::plan::member::MemberNumber;

fn problems(desk: &Desk, change: impl FnOnce(&mut EnrolForm)) -> Vec<(&'static str, &'static str)> {
    let mut form = hong();
    change(&mut form);
    let check = check_person(desk, &actor(), &form).unwrap();
    check.problems.into_iter().map(|(field, trouble)| (field, trouble.code)).collect()
}

#[test]
fn problems_are_told_by_field_and_all_at_once() {
    let desk = Room::new(&[]);
    let child = |form: &mut EnrolForm| form.birth = format!("{}-01-01", desk.today().year() - 8);
    assert_eq!(problems(&desk, |_| {}), []);
    assert_eq!(problems(&desk, |form| form.consent = None), [], "consent comes in the next step");
    assert_eq!(problems(&desk, |form| form.identity = None), [("identity", "identity-missing")]);
    assert_eq!(problems(&desk, child), [("guardian", "guardian-missing")]);
    assert_eq!(
        problems(&desk, |form| form.guardian = Some("홍판서".into())),
        [("guardian-identity", "guardian-identity-missing")]
    );
    assert_eq!(
        problems(&desk, |form| {
            form.name = " ".into();
            form.birth = "1988-13-14".into();
            form.phone = Some("12".into());
            form.kind = Some("elder".into());
            form.identity = Some("library-card".into());
            form.own_number = Some("123_4".into());
        }),
        [
            ("name", "name-missing"),
            ("birth", "birth-date"),
            ("phone", "phone"),
            ("kind", "member-kind"),
            ("identity", "identity-kind"),
            ("own-number", "own-number"),
        ]
    );
}

#[test]
fn consent_is_judged_by_the_library_s_membership() {
    let strict = Room::new(&[]);
    let mut form = hong();
    form.consent = Some("local".into());
    assert_eq!(code(check_consent(&strict, &form)), "consent-national-missing");
    let open = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    assert_eq!(code(check_consent(&open, &form)), "own-number-missing");
    form.own_number = Some("GP-77".into());
    assert_eq!(code(check_consent(&open, &form)), "done");
    let member = enrol(&open, &actor(), &form, None).unwrap();
    assert_eq!((member.national, member.own_number.as_deref()), (false, Some("GP-77")));
    assert_eq!(code(open.issue(member.member, CardKind::Barcode)), "own-card-only");
}

#[test]
fn a_likely_duplicate_is_shown_masked_and_refused_unless_gone_over() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|form| form.phone = Some("010-2345-6789".into())).unwrap().member;
    let alike = |change: fn(&mut EnrolForm)| {
        let mut form = hong();
        change(&mut form);
        check_person(&desk, &actor(), &form).unwrap().duplicates
    };
    let shown = alike(|form| form.name = "홍 길동".into());
    assert_eq!(shown.iter().map(|hit| (hit.member, hit.name.as_str())).collect::<Vec<_>>(), [(member, "홍*동")]);
    assert_eq!(alike(|form| form.birth = "1990-01-01".into()).len(), 0);
    let by_phone = |form: &mut EnrolForm| {
        form.birth = "1990-01-01".into();
        form.phone = Some("01023456789".into());
    };
    assert_eq!(alike(by_phone).len(), 1);
    assert_eq!(code(desk.enrol(by_phone)), "member-duplicate");
    assert_eq!(code(desk.enrol(|form| form.anyway = true)), "done");
}

#[test]
fn people_are_found_by_part_of_the_name_by_initials_birth_and_own_number() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let hong = desk.enrol(|form| form.own_number = Some("GP-77".into())).unwrap().member;
    let smith = desk.enrol(|form| (form.name, form.birth) = ("Anna Smith".into(), "1990-01-02".into())).unwrap().member;
    for (text, wanted) in [
        ("길동", &[hong][..]),
        ("ㅎㄱㄷ", &[hong]),
        ("ㄱㄷ", &[hong]),
        ("anna s", &[smith]),
        ("1990-01-02", &[smith]),
        ("gp-77", &[hong]),
        ("ㄴㄴ", &[]),
        ("1990", &[]),
        ("  ", &[]),
    ] {
        let found = find(&desk, &actor(), text).unwrap();
        assert_eq!(found.hits.iter().map(|hit| hit.member).collect::<Vec<_>>(), wanted, "{text}");
    }
    assert_eq!(code(find(&desk, &actor(), "880314-1234567")), "identity-number");
    let number = find(&desk, &actor(), "111006 0000 0001").unwrap();
    assert!(number.hits.is_empty() && number.number.is_some_and(|decoded| decoded.library.name.is_some()));
}

/// The seed's 부천: the library's own numbers are 책이음 numbers already.
#[test]
fn a_number_of_our_own_code_is_adopted_and_outlives_a_cancelled_job() {
    let settings = [("ISSUER__NUMBER__FIRST", "00000100"), ("ISSUER__LIBRARY__MEMBERSHIP", "on-request")];
    let desk = Room::new(&settings);
    let member = desk.enrol(|form| form.own_number = Some("12100300000042".into())).unwrap().member;
    let number = || show_member(&desk, &actor(), member).unwrap().number.map(|number| number.to_string());
    assert_eq!(number().as_deref(), Some("12100300000042"));
    let again = desk.enrol(|form| (form.anyway, form.own_number) = (true, Some("12100300000042".into())));
    assert_eq!(code(again), "own-number-taken");
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    let cancelled = cancel(&desk, &actor(), job, Feed::ByHand).unwrap();
    assert!(!cancelled.number_retired);
    assert_eq!(number().as_deref(), Some("12100300000042"));
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000042");
}

#[test]
fn a_number_under_another_code_is_no_number_of_ours() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let member = desk.enrol(|form| form.own_number = Some("11100600000042".into())).unwrap().member;
    assert_eq!(show_member(&desk, &actor(), member).unwrap().number, None);
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000001");
}

#[test]
fn the_range_guard_refuses_at_enrolment_and_at_start() {
    let desk = Room::new(&[("ISSUER__NUMBER__LAST", "00000005")]);
    desk.enrol(|form| form.own_number = Some("12100300000009".into())).unwrap();
    let within = |form: &mut EnrolForm| (form.anyway, form.own_number) = (true, Some("12100300000003".into()));
    assert_eq!(code(desk.enrol(within)), "number-range-guard");
    let desk = desk.again(&[("ISSUER__NUMBER__LAST", "00000008")]).unwrap();
    assert_eq!(code(desk.again(&[("ISSUER__NUMBER__LAST", "00000009")]).map(|_| ())), "number-range-guard");
}

#[test]
fn a_retired_number_is_never_given_again() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    assert!(cancel(&desk, &actor(), job, Feed::ByHand).unwrap().number_retired);
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000002");
    let old = MemberNumber::parse("12100300000001").unwrap();
    let found = desk.store.look(|tx| members::search(tx, &members::Search::Number(old), 9)).unwrap();
    assert_eq!(found.first().map(|found| found.id), Some(member), "an old number still leads to whom it was given");
}

#[test]
fn numbers_running_out_are_warned_of() {
    let desk = Room::new(&[("ISSUER__NUMBER__LAST", "00000002")]);
    assert!(desk.warnings().is_empty());
    for name in ["홍길동", "성춘향"] {
        let member = desk.enrol(|form| form.name = name.into()).unwrap().member;
        desk.issue(member, CardKind::Barcode).unwrap();
    }
    assert_eq!(desk.warnings().iter().map(|warning| warning.code).collect::<Vec<_>>(), ["numbers-low"]);
    let third = desk.enrol(|form| form.name = "이몽룡".into()).unwrap().member;
    assert_eq!(code(desk.issue(third, CardKind::Barcode)), "numbers-used-up");
}
