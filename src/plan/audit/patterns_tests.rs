//! Tables of counts and what of them is unusual.

use proptest::prelude::*;

use super::*;

fn day(day: &str, staff: &str, members: u64) -> Day {
    Day { day: day.into(), staff: staff.into(), members }
}

fn found(days: &[Day], from: &str) -> Vec<(String, u64)> {
    much(days, from).into_iter().map(|flag| (flag.staff, flag.count)).collect()
}

/// The days of somebody else, from the first of a month on.
fn usual(members: &[u64]) -> Vec<Day> {
    (1..).zip(members).map(|(at, members)| day(&format!("2026-10-{at:02}"), "b", *members)).collect()
}

#[test]
fn much_is_measured_by_the_others() {
    for (others, mine, is_much) in [
        // Three times 20 is 60: that far, and not one more.
        (&[10, 20, 30][..], 60, false),
        (&[10, 20, 30], 61, true),
        // Of an even number the lower middle one.
        (&[10, 20, 30, 40], 61, true),
        (&[10, 20, 30, 40], 60, false),
        // One busy day of somebody else does not move the middle.
        (&[10, 20, 900], 61, true),
        // However little the others see.
        (&[1, 1, 1], MUCH_LEAST - 1, false),
        (&[1, 1, 1], MUCH_LEAST, true),
        // Nobody else is there, and no other day.
        (&[], MUCH_ALONE, false),
        (&[], MUCH_ALONE + 1, true),
    ] {
        let mut days = usual(others);
        days.push(day("2026-10-20", "a", mine));
        let expected = if is_much { vec![("a".to_owned(), mine)] } else { Vec::new() };
        let busy = found(&days, "2026-10-01").into_iter().filter(|(staff, _)| staff == "a").collect::<Vec<_>>();
        assert_eq!(busy, expected, "{others:?} {mine}");
    }
}

#[test]
fn whoever_is_alone_is_measured_by_their_other_days() {
    let days = |last: u64| [usual(&[20, 30, 40]), vec![day("2026-10-20", "b", last)]].concat();
    assert_eq!(found(&days(90), "2026-10-01"), []);
    assert_eq!(found(&days(91), "2026-10-01"), [("b".to_owned(), 91)]);
    // Every day is as busy: that is what is usual here.
    assert_eq!(found(&usual(&[400, 400, 400]), "2026-10-01"), []);
}

#[test]
fn what_is_usual_is_learnt_before_the_period_and_only_the_period_is_judged() {
    let days = [usual(&[20; 9]), vec![day("2026-10-05", "a", 500), day("2026-11-05", "a", 600)]].concat();
    assert_eq!(found(&days, "2026-11-01"), [("a".to_owned(), 600)]);
    assert_eq!(found(&days, "2026-11-06"), []);
}

#[test]
fn nobody_is_served_at_night() {
    let nights: Vec<i8> = (0..24).filter(|hour| is_night(*hour)).collect();
    assert_eq!(nights, [0, 1, 2, 3, 4, 5, 6, 22, 23]);
}

#[test]
fn counts_of_a_person_are_added_up_and_the_last_day_is_named() {
    let told = |staff: &str, count, day: &str, member| Told { staff: staff.into(), count, day: day.into(), member };
    let nights = [told("a", 2, "2026-10-02", None), told("b", 1, "2026-10-01", None), told("a", 3, "2026-10-01", None)];
    let flag = |staff: &str, count, day: &str, member| Flag {
        kind: Kind::Night,
        staff: staff.into(),
        count,
        day: Some(day.into()),
        member,
    };
    let found = flags(Kind::Night, nights);
    assert_eq!(found, [flag("a", 5, "2026-10-02", None), flag("b", 1, "2026-10-01", None)]);
    let again =
        [told("a", 5, "2026-10-01", Some(7)), told("a", 6, "2026-10-03", Some(8)), told("a", 0, "2026-10-04", Some(9))];
    let found = flags(Kind::Night, again);
    assert_eq!(found, [flag("a", 5, "2026-10-01", Some(7)), flag("a", 6, "2026-10-03", Some(8))]);
}

#[test]
fn flags_are_kept_as_they_are_shown() {
    for kind in Kind::ALL {
        let flag =
            Flag { kind: *kind, staff: "staff:3".into(), count: 7, day: Some("2026-10-01".into()), member: None };
        let text = serde_json::to_string(&flag).unwrap();
        assert!(text.contains(&format!("\"kind\":\"{kind}\"")), "{text}");
        assert_eq!(serde_json::from_str::<Flag>(&text).unwrap(), flag);
    }
    assert!(
        serde_json::from_str::<Flag>(r#"{"kind":"other","staff":"a","count":1,"day":null,"member":null}"#).is_err()
    );
}

proptest! {
    /// Whatever the counts: a flag is a day of the period that reaches the least, and never one below three times what anybody
    /// sees at the least.
    #[test]
    fn a_flag_is_always_a_day_of_the_list(days in prop::collection::vec((1..28_u8, 0..4_u8, 0..400_u64), 0..60)) {
        let days: Vec<Day> = days.iter().map(|(at, staff, members)| day(&format!("2026-10-{at:02}"), &format!("staff:{staff}"), *members)).collect();
        let from = "2026-10-10";
        for flag in much(&days, from) {
            prop_assert!(flag.count >= MUCH_LEAST);
            let of = |other: &&Day| other.staff == flag.staff && other.members == flag.count && Some(&other.day) == flag.day.as_ref();
            prop_assert!(days.iter().any(|other| of(&other)) && flag.day.as_deref() >= Some(from));
            let least = days.iter().filter(|other| other.staff != flag.staff).map(|other| other.members).min();
            prop_assert!(least.is_none_or(|least| flag.count > least * MUCH_TIMES));
        }
    }
}
