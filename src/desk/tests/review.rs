//! The review of the access log: who signs what, what is unusual, and that nobody changes it afterwards.

use super::access::{account, entry};
use super::*;
use crate::plan::audit::patterns::AGAIN;

fn review(desk: &Desk, findings: &str, key: Option<&str>) -> Result<Review, Trouble> {
    review_access(desk, &actor(), "2026-10-01", "2026-10-31", findings, key)
}

/// Kind, person, count, day and member of a flag.
type Told = (&'static str, String, u64, Option<String>, Option<i64>);

fn flags(desk: &Desk) -> Vec<Told> {
    let flags = review(desk, "살펴봄", None).unwrap().flags;
    flags.into_iter().map(|flag| (flag.kind.as_str(), flag.staff, flag.count, flag.day, flag.member)).collect()
}

#[test]
fn a_review_is_signed_and_becomes_an_entry() {
    let desk = Room::new(&[]);
    entry(&desk, "2026-10-05T10:00", "staff:1", "look", &[1, 2]);
    entry(&desk, "2026-10-05T10:10", "os:tester", "look", &[1]);
    entry(&desk, "2026-11-01T10:00", "staff:1", "look", &[1]);
    for (findings, refusal) in [
        ("", "findings-missing"),
        (" \n ", "findings-missing"),
        ("880314-1234567 확인", "identity-number"),
        ("가\u{0}나", "findings-text"),
        ("가".repeat(2001).as_str(), "findings-text"),
    ] {
        assert_eq!(code(review(&desk, findings, None)), refusal, "{findings}");
    }
    for (from, to, refusal) in [
        ("2026-10-31", "2026-10-01", "period-backwards"),
        ("2999-01-01", "2999-01-31", "review-ahead"),
        ("", "2026-10-31", "day"),
        ("2026-10-01", "", "day"),
        ("2026-10-01", "언젠가", "day"),
    ] {
        assert_eq!(code(review_access(&desk, &actor(), from, to, "없음", None)), refusal, "{from} {to}");
    }
    assert_eq!(last_reviews(&desk, &actor()).unwrap(), []);
    let made = review(&desk, "이상 없음\n둘째 줄", Some("k")).unwrap();
    assert_eq!((made.review, made.rows, made.own_rows, made.flags.len()), (1, 3, 1, 0));
    assert_eq!(review(&desk, "이상 없음\n둘째 줄", Some("k")).unwrap(), made, "the same key answers the same");
    assert_eq!(code(review(&desk, "다른 말", Some("k"))), "key-reused");
    let mut rows = Vec::new();
    show_access(&desk, &actor(), &AccessQuery::default(), &mut |row| {
        rows.push(row);
        Ok(())
    })
    .unwrap();
    let signed: Vec<_> = rows.iter().filter(|row| row.what == "review").collect();
    assert!(matches!(signed[..], [row] if row.staff == "os:tester" && row.member.is_none()), "{rows:#?}");
    let (number, hash) = signed[0].purpose.split_once(", ").unwrap();
    assert_eq!((number, hash.len()), ("review 1", 64));
    let past = last_reviews(&desk, &actor()).unwrap();
    assert_eq!((past[0].review.clone(), past[0].findings.as_str()), (made, "이상 없음\n둘째 줄"));
    assert_eq!((past[0].reviewer.as_str(), past[0].name.as_str()), ("os:tester", "os:tester"));
}

#[test]
fn what_is_unusual_is_found_in_the_log() {
    let desk = Room::new(&[]);
    let (a, b) = (account(&desk, "이몽룡", Role::Clerk), account(&desk, "성춘향", Role::Clerk));
    assert_eq!(flags(&desk), []);
    // Before the period: what is usual.
    for day in 1..=9 {
        entry(&desk, &format!("2026-09-0{day}T10:00"), &b, "look", &[1, 2, 3]);
    }
    let many: Vec<i64> = (100..150).collect();
    entry(&desk, "2026-10-05T10:00", &a, "list", &many);
    assert_eq!(flags(&desk), [("much", a.clone(), 50, Some("2026-10-05".into()), None)]);
    entry(&desk, "2026-10-06T21:59:59", &b, "look", &[1]);
    entry(&desk, "2026-10-06T07:00", &b, "look", &[2]);
    assert_eq!(flags(&desk).len(), 1, "neither is night");
    entry(&desk, "2026-10-06T22:00", &b, "look", &[1]);
    entry(&desk, "2026-10-08T06:59", &b, "change", &[2]);
    assert_eq!(flags(&desk)[1..], [("night", b.clone(), 2, Some("2026-10-08".into()), None)]);
    // One look below, then the one that is too many; a change explains them.
    for at in 1..AGAIN {
        entry(&desk, &format!("2026-10-12T10:0{at}"), &b, "look", &[7]);
    }
    assert_eq!(flags(&desk).len(), 2);
    entry(&desk, "2026-10-12T11:00", &b, "look", &[7]);
    assert_eq!(flags(&desk)[2..], [("again", b.clone(), AGAIN, Some("2026-10-12".into()), Some(7))]);
    entry(&desk, "2026-10-12T11:01", &b, "change", &[7]);
    assert_eq!(flags(&desk).len(), 2);
}

#[test]
fn who_works_here_is_known_by_link_and_by_name() {
    let desk = Room::new(&[]);
    let (a, b) = (account(&desk, "이 몽룡", Role::Clerk), account(&desk, "성춘향", Role::Clerk));
    let namesake = desk.enrol(|form| form.name = "이몽룡".into()).unwrap().member;
    let linked = desk.enrol(|form| form.name = "변사또".into()).unwrap().member;
    let other = desk.enrol(|form| form.name = "방자".into()).unwrap().member;
    desk.store.change(|tx| Ok(tx.execute("UPDATE staff SET member = ?1 WHERE name = '성춘향'", [linked])?)).unwrap();
    for (who, member) in [(&a, namesake), (&b, namesake), (&b, namesake), (&a, linked), (&a, other), (&b, linked)] {
        entry(&desk, "2026-10-05T10:00", who, "look", &[member]);
        entry(&desk, "2026-10-05T10:00", who, "list", &[member]);
    }
    let day = || Some("2026-10-05".to_owned());
    assert_eq!(
        flags(&desk),
        [
            ("colleague", b.clone(), 2, day(), Some(namesake)),
            ("colleague", a.clone(), 1, day(), Some(linked)),
            ("self", a, 1, day(), Some(namesake)),
            ("self", b, 1, day(), Some(linked)),
        ]
    );
}

#[test]
fn a_review_is_asked_for_after_a_month_and_not_before() {
    let desk = Room::new(&[]);
    let codes = |desk: &Desk| desk.warnings().iter().map(|warning| warning.code).collect::<Vec<_>>();
    let back = |days: i64| desk.today().saturating_sub(jiff::Span::new().days(days));
    assert_eq!(codes(&desk), [""; 0], "there is nothing to review");
    entry(&desk, &format!("{}T10:00", back(31)), "staff:1", "look", &[1]);
    assert_eq!(codes(&desk), [""; 0]);
    let desk = Room::new(&[]);
    entry(&desk, &format!("{}T10:00", back(70)), "staff:1", "look", &[1]);
    assert_eq!(codes(&desk), ["access-review-due"]);
    let to = back(32).to_string();
    review_access(&desk, &actor(), &to, &to, "없음", None).unwrap();
    assert_eq!(codes(&desk), ["access-review-due"]);
    let to = back(31).to_string();
    review_access(&desk, &actor(), &to, &to, "없음", None).unwrap();
    assert_eq!(codes(&desk), [""; 0]);
}

#[test]
fn nobody_signs_for_a_period_that_was_altered() {
    let desk = Room::new(&[]);
    for month in ["2026-08", "2026-09", "2026-10"] {
        entry(&desk, &format!("{month}-05T10:00"), "staff:1", "look", &[1, 2]);
    }
    let altered = |seq: i64| {
        let sql = format!(
            "DROP TRIGGER IF EXISTS access_entries_no_update; UPDATE access_entries SET member = 9 WHERE seq = {seq}"
        );
        desk.store.change(|tx| Ok(tx.execute_batch(&sql)?)).unwrap();
    };
    review(&desk, "이상 없음", None).unwrap();
    altered(1);
    review(&desk, "그 전의 달은 이 점검의 것이 아님", None).unwrap();
    altered(5);
    assert_eq!(code(review(&desk, "이상 없음", None)), "log-broken");
    assert_eq!(code(review_access(&desk, &actor(), "2026-08-01", "2026-08-31", "없음", None)), "log-broken");
}

#[test]
fn people_collected_by_lists_are_a_question() {
    let desk = Room::new(&[]);
    let a = account(&desk, "이몽룡", Role::Clerk);
    let few: Vec<i64> = (1..50).collect();
    for _ in 0..130 {
        entry(&desk, "2026-10-05T10:00", &a, "list", &few);
    }
    assert_eq!(flags(&desk), [("lists", a, 6370, Some("2026-10-05".into()), None)]);
}
