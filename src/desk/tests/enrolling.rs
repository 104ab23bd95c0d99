//! Enrolling and finding: problems by field, likely duplicates, numbers that came with the member, the range guard.

use super::*;
use crate::back::store::{access, members};
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
    assert_eq!(
        problems(&desk, child),
        [("guardian", "guardian-missing"), ("guardian-identity", "guardian-identity-missing")]
    );
    assert_eq!(
        problems(&desk, |form| form.kind = Some("group".into())),
        [("representative", "representative-missing"), ("representative-identity", "representative-identity-missing")]
    );
    assert_eq!(
        problems(&desk, |form| form.representative = Some("심청".into())),
        [("representative", "representative-kind")]
    );
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

/// Every field that takes a text, one after the other: the number is refused by its own name at that field, and nothing of
/// it is repeated.
#[test]
fn the_number_of_a_document_is_refused_at_whatever_field_it_stands() {
    let desk = Room::new(&[]);
    for number in
        ["880314-1234567", "8803141234567", "８８０３１４－１２３４５６７", "M12345678", "M123A4567", "11-22-333333-44"]
    {
        for field in ENROL_OPTIONS.into_iter().filter(|field| *field != "anyway") {
            let mut form = serde_json::to_value(hong()).unwrap();
            form[field] = number.into();
            let form: EnrolForm = serde_json::from_value(form).unwrap();
            assert_eq!(identity_numbers_in(&form), [field], "{number}");
            let refused = enrol(&desk, &actor(), &form, None).unwrap_err();
            assert_eq!((refused.code, refused.args.len()), ("identity-number", 0), "{field} {number}");
            let step = if field.starts_with("consent") {
                consents_wrong(&desk, &form)
            } else {
                check_person(&desk, &actor(), &form).unwrap().problems
            };
            assert!(
                step.iter().any(|(at, trouble)| *at == field && trouble.code == "identity-number"),
                "{field} {step:?}"
            );
        }
    }
    assert_eq!(desk.store.look(members::count).unwrap(), 0);
}

#[test]
fn for_a_group_its_representative_stands_in() {
    let desk = Room::new(&[]);
    let group = |form: &mut EnrolForm| {
        (form.name, form.birth, form.kind) = ("책사랑 독서회".into(), "2024-03-01".into(), Some("group".into()));
        form.identity = None;
    };
    for (change, expected) in [
        ((|_| {}) as fn(&mut EnrolForm), "representative-missing"),
        (|form| form.representative = Some("심청".into()), "representative-identity-missing"),
        (
            |form| (form.representative, form.representative_identity) = (Some(" ".into()), Some("passport".into())),
            "representative-missing",
        ),
        (
            |form| (form.representative, form.representative_identity) = (Some("심청".into()), Some("card".into())),
            "identity-kind",
        ),
        (
            |form| (form.representative, form.representative_identity) = (Some("심청".into()), Some("passport".into())),
            "done",
        ),
        // Either document stands for the other, and a guardian's options say the same.
        (|form| (form.representative, form.identity) = (Some("심청".into()), Some("mobile".into())), "done"),
        (|form| (form.guardian, form.guardian_identity) = (Some("심청".into()), Some("passport".into())), "done"),
    ] {
        let enrolled = desk.enrol(|form| {
            group(form);
            change(form);
            form.anyway = true;
        });
        if let Ok(enrolled) = &enrolled {
            let file = show_member(&desk, &actor(), enrolled.member).unwrap();
            assert_eq!((file.kind.as_str(), file.guardian.as_deref()), ("group", Some("심청")));
            assert_eq!(file.guardian_identity.as_deref(), Some(file.identity.as_str()));
        }
        assert_eq!(code(enrolled), expected);
    }
}

#[test]
fn where_the_library_asks_a_condition_is_given_stored_and_shown() {
    let desk = Room::new(&[("ISSUER__LIBRARY__CONDITIONS", "[\"home\", \"work\"]")]);
    assert_eq!(problems(&desk, |_| {}), [("condition", "condition-missing")]);
    assert_eq!(problems(&desk, |form| form.condition = Some("school".into())), [("condition", "condition")]);
    assert_eq!(problems(&desk, |form| form.condition = Some("부산".into())), [("condition", "condition")]);
    let member = desk.enrol(|form| form.condition = Some("work".into())).unwrap().member;
    let file = show_member(&desk, &actor(), member).unwrap();
    assert_eq!((file.condition.as_deref(), file.identity_on), (Some("work"), Some(desk.today().to_string())));
    let any = Room::new(&[]);
    assert_eq!(problems(&any, |form| form.condition = Some("home".into())), [("condition", "condition")]);
}

/// While somebody types: nothing is asked too early, a set of people is logged once however often it is shown.
#[test]
fn likely_duplicates_are_shown_as_one_types_and_logged_once_a_set() {
    let desk = Room::new(&[]);
    let link = new_setup(&desk, None).unwrap().unwrap();
    let session = set_up(&desk, &link, "성춘향", "옛집 살구나무 73", "2", &Whence::default()).unwrap().session;
    let first = desk.enrol(|form| form.phone = Some("010-2345-6789".into())).unwrap().member;
    let shown = |name: &str, birth: &str, phone: &str, but: Option<i64>| -> Vec<i64> {
        let found = alike_as_typed(&desk, &session, name, birth, phone, but).unwrap();
        assert!(found.iter().all(|hit| hit.name == "홍*동" && !hit.birth.contains("14")), "{found:?}");
        found.iter().map(|hit| hit.member).collect()
    };
    let listed = || {
        let past = desk.store.look(|tx| access::past(tx, first, access::Which::All, 100, 0)).unwrap();
        past.iter().filter(|past| past.what == "list" && past.by.starts_with("staff:")).count()
    };
    for (name, birth, phone) in [
        ("홍길동", "", ""),
        ("홍길동", "1988031", "010-23"),
        ("홍", "19880314", ""),
        ("", "19880314", "01023456789"),
        ("홍길동", "880314-1234567", ""),
        ("홍길동 880314-1234567", "19880314", ""),
    ] {
        assert_eq!(shown(name, birth, phone, None), [] as [i64; 0], "{name} {birth} {phone}");
    }
    assert_eq!(listed(), 0);
    for (birth, phone) in [("19880314", ""), ("1988-03-14", "010-2345-6789"), ("", "01023456789")] {
        assert_eq!(shown("홍길동", birth, phone, None), [first]);
    }
    assert_eq!(shown("홍길동", "19880314", "", Some(first)), [] as [i64; 0], "nobody is like themselves");
    assert_eq!(listed(), 1);
    let second = desk.enrol(|form| form.anyway = true).unwrap().member;
    assert_eq!(shown("홍길동", "19880314", "", None), [first, second]);
    assert_eq!(listed(), 2, "another set is another look");
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
    let member = desk.enrol(|form| form.own_number = Some("00012345678901".into())).unwrap().member;
    assert_eq!(show_member(&desk, &actor(), member).unwrap().number, None);
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000001");
}

/// As an own number it would stand before that library's member in the lookup.
#[test]
fn another_library_s_number_is_no_own_number() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    for (number, library) in
        [("11100600000042", None), ("12345678901234", Some("123456")), ("１２３４５６７８９０１２３４", Some("123456"))]
    {
        let Err(refused) = desk.enrol(|form| form.own_number = Some(number.into())) else {
            panic!("{number} was taken")
        };
        assert_eq!(refused.code, "own-number-foreign", "{number}");
        let named = refused.args.iter().find(|(name, _)| *name == "library").map(|(_, library)| library.to_string());
        assert!(library.is_none_or(|library| named.as_deref() == Some(library)), "{named:?}");
    }
    assert!(find(&desk, &actor(), "12345678901234").unwrap().elsewhere.is_some(), "it is still that library's");
}

#[test]
fn a_number_of_somebody_s_open_job_is_refused_by_whose_it_is() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let holder = desk.enrol(|_| {}).unwrap().member;
    let job = desk.issue(holder, CardKind::Barcode).unwrap();
    let number = show_job(&desk, &actor(), job).unwrap().number.to_string();
    let again = desk.enrol(|form| (form.anyway, form.own_number) = (true, Some(number)));
    let Err(refused) = again else { panic!("it was given twice") };
    assert_eq!(refused.code, "own-number-taken");
    assert!(refused.args.iter().any(|(name, value)| *name == "member" && *value == holder.to_string()));
}

#[test]
fn the_date_of_a_group_is_asked_for_as_what_it_is() {
    let desk = Room::new(&[]);
    for (kind, of) in [("group", "group"), ("adult", "person")] {
        let Err(refused) = desk.enrol(|form| (form.kind, form.birth) = (Some(kind.into()), "880314".into())) else {
            panic!("a short year was taken")
        };
        assert_eq!(refused, Trouble::new("birth-date").with("fault", "short-year").with("of", of));
    }
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
