//! The access log as it is read: rows, pages, counts and periods, and that every look at it is in it.

use super::*;
use crate::back::store::access::{self as log, Entry, Moment};
use crate::back::store::staff;

/// An entry as of this time here, `2026-10-03T23:10`.
pub(super) fn entry(desk: &Desk, time: &str, who: &str, what: &str, members: &[i64]) {
    let zoned = time.parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(desk.zone()).unwrap();
    let when = Moment { time: zoned.timestamp().as_millisecond(), day: zoned.date().to_string(), hour: zoned.hour() };
    let entry = Entry { when: &when, staff: who, role: "clerk", desk: "1", origin: "page", what, purpose: "member" };
    let members: Vec<Option<i64>> =
        if members.is_empty() { vec![None] } else { members.iter().copied().map(Some).collect() };
    desk.store.change(|tx| log::append(tx, &entry, members)).unwrap();
}

/// An account of this name; its id in the log.
pub(super) fn account(desk: &Desk, name: &str, role: Role) -> String {
    let id = desk.store.change(|tx| staff::insert(tx, name, role.as_str(), "", 0)).unwrap();
    format!("staff:{id}")
}

pub(super) fn clerk() -> Actor {
    Actor { role: Role::Clerk, ..actor() }
}

fn between(from: &str, to: &str) -> AccessQuery {
    AccessQuery { from: Some(from.into()), to: Some(to.into()), ..AccessQuery::default() }
}

fn shown(desk: &Desk, query: &AccessQuery) -> Result<Vec<AccessRow>, Trouble> {
    let mut rows = Vec::new();
    show_access(desk, &actor(), query, &mut |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(rows)
}

fn seqs(rows: &[AccessRow]) -> Vec<i64> {
    rows.iter().map(|row| row.seq).collect()
}

#[test]
fn rows_are_shown_oldest_first_by_member_person_and_period() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| ()).unwrap().member;
    let (a, b) = (account(&desk, "이몽룡", Role::Clerk), account(&desk, "성춘향", Role::Clerk));
    entry(&desk, "2026-10-01T00:00", &a, "look", &[member]);
    entry(&desk, "2026-10-01T23:59:59", &b, "list", &[member, 77]);
    entry(&desk, "2026-10-02T00:00", &a, "change", &[77]);
    // 1 is the enrolment, today.
    let day = |from: &str, to: &str| seqs(&shown(&desk, &between(from, to)).unwrap());
    assert_eq!(day("2026-10-01", "2026-10-01"), [2, 3, 4]);
    assert_eq!(day("2026-10-02", "2026-10-02"), [5]);
    assert_eq!(day("2026-09-01", "2026-09-30"), [0_i64; 0]);
    let of = |query: AccessQuery| seqs(&shown(&desk, &query).unwrap());
    assert_eq!(of(AccessQuery { member: Some(member), ..AccessQuery::default() }), [1, 2, 3]);
    assert_eq!(of(AccessQuery { member: Some(77), from: Some("2026-10-02".into()), ..AccessQuery::default() }), [5]);
    assert_eq!(of(AccessQuery { member: Some(77), to: Some("2026-10-01".into()), ..AccessQuery::default() }), [4]);
    for text in [a.clone(), a.trim_start_matches("staff:").to_owned(), format!(" {a} ")] {
        assert_eq!(of(AccessQuery { staff: Some(text), ..AccessQuery::default() }), [2, 5]);
    }
    assert_eq!(of(AccessQuery { what: Some("change".into()), ..between("2026-10-01", "2026-10-31") }), [5]);
    let rows = shown(&desk, &AccessQuery { staff: Some("os:tester".into()), ..AccessQuery::default() }).unwrap();
    assert_eq!((rows[0].seq, rows[0].member, rows[0].what.as_str()), (1, Some(member), "change"));
    assert_eq!(rows[0].origin, "command-line");
    // Each of these looks is an entry of its own, and none of them saw itself.
    assert!(rows[1..].iter().all(|row| row.member.is_none() && row.purpose.starts_with("access-show")), "{rows:#?}");
    assert_eq!(rows.len(), 11);
    assert!(rows[1].purpose.contains("2026-10-01 2026-10-01") && rows[4].purpose.contains("member 1"), "{rows:#?}");
}

#[test]
fn a_question_that_cannot_be_answered_is_refused_and_leaves_no_entry() {
    let desk = Room::new(&[]);
    let none = AccessQuery::default();
    for (query, refusal) in [
        (between("2026-10-02", "2026-10-01"), "period-backwards"),
        (between("2026-10-32", ""), "day"),
        (between("", "어제"), "day"),
        (AccessQuery { staff: Some("7".into()), ..none.clone() }, "access-staff-unknown"),
        (AccessQuery { staff: Some("0".into()), ..none.clone() }, "access-staff-unknown"),
        (AccessQuery { staff: Some("staff:".into()), ..none.clone() }, "access-staff-unknown"),
        (AccessQuery { staff: Some("os:".into()), ..none.clone() }, "access-staff-unknown"),
        (AccessQuery { staff: Some("os:nobody".into()), ..none.clone() }, "access-staff-unknown"),
        (AccessQuery { staff: Some("os:a\nb".into()), ..none.clone() }, "access-staff-unknown"),
        (AccessQuery { staff: Some("이몽룡".into()), ..none.clone() }, "access-staff-unknown"),
        (AccessQuery { staff: Some("880314-1234567".into()), ..none.clone() }, "identity-number"),
        (AccessQuery { from: Some("880314-1234567".into()), ..none.clone() }, "identity-number"),
        (AccessQuery { member: Some(9), ..none.clone() }, "member-unknown"),
    ] {
        assert_eq!(code(shown(&desk, &query)), refusal, "{query:?}");
        assert_eq!(code(access_page(&desk, &actor(), &query, 1)), refusal, "{query:?}");
        assert_eq!(code(export_access(&desk, &actor(), &query, "감사", &mut |_| Ok(()))), refusal, "{query:?}");
    }
    assert_eq!(shown(&desk, &none).unwrap(), []);
    let not = |answer: Result<(), Trouble>| assert_eq!(code(answer), "not-allowed");
    not(show_access(&desk, &clerk(), &none, &mut |_| Ok(())));
    not(export_access(&desk, &clerk(), &none, "감사", &mut |_| Ok(())));
    not(access_page(&desk, &clerk(), &none, 1).map(drop));
    not(review_access(&desk, &clerk(), "2026-10-01", "2026-10-31", "없음", None).map(drop));
    not(last_reviews(&desk, &clerk()).map(drop));
    assert_eq!(shown(&desk, &none).unwrap().len(), 1, "only the one look that was answered");
}

#[test]
fn what_leaves_the_house_has_a_reason() {
    let desk = Room::new(&[]);
    entry(&desk, "2026-10-01T10:00", "staff:1", "look", &[1]);
    let take = |why: &str| {
        let mut rows = 0;
        export_access(&desk, &actor(), &AccessQuery::default(), why, &mut |_| {
            rows += 1;
            Ok(())
        })
        .map(|()| rows)
    };
    for (why, refusal) in [("", "why-missing"), ("  ", "why-missing"), ("880314-1234567", "identity-number")] {
        assert_eq!(code(take(why)), refusal);
    }
    assert_eq!(take("구청 감사 자료").unwrap(), 1);
    let last = shown(&desk, &AccessQuery::default()).unwrap().pop().unwrap();
    assert_eq!((last.what.as_str(), last.purpose.as_str(), last.member), ("export", "export: 구청 감사 자료", None));
}

/// Every hour of three days has entries of two people; a page is cut out of them wherever it lies.
#[test]
fn pages_follow_each_other_without_gap_whatever_is_asked() {
    let desk = Room::new(&[]);
    let (a, b) = (account(&desk, "이몽룡", Role::Clerk), account(&desk, "성춘향", Role::Clerk));
    for day in ["2026-10-01", "2026-10-02", "2026-10-04"] {
        for hour in 0..24 {
            entry(&desk, &format!("{day}T{hour:02}:00"), &a, "look", &[1, 2]);
            entry(&desk, &format!("{day}T{hour:02}:30"), &b, "list", &[3]);
            entry(&desk, &format!("{day}T{hour:02}:59:59.999"), &b, "change", &[]);
        }
    }
    let period = || between("2026-10-01", "2026-10-31");
    for query in [
        period(),
        AccessQuery { staff: Some(a.clone()), ..period() },
        AccessQuery { what: Some("change".into()), ..period() },
        AccessQuery { what: Some("list".into()), staff: Some(b.clone()), ..period() },
        AccessQuery { member: Some(1), ..period() },
        AccessQuery { member: Some(3), staff: Some(a.clone()), ..period() },
        between("2026-10-02", "2026-10-02"),
        between("2026-10-03", "2026-10-03"),
    ] {
        let mut expected = seqs(&shown(&desk, &query).unwrap());
        expected.reverse();
        let first = access_page(&desk, &actor(), &query, 1).unwrap();
        assert_eq!(first.total, expected.len() as u64, "{query:?}");
        assert_eq!(first.hours.iter().sum::<u64>(), first.total, "{query:?}");
        let mut found = Vec::new();
        for page in 1..=first.pages {
            let page = access_page(&desk, &actor(), &query, page).unwrap();
            assert!(page.rows.len() <= ACCESS_PAGE as usize);
            found.extend(seqs(&page.rows));
        }
        assert_eq!(found, expected, "{query:?}");
        let beyond = access_page(&desk, &actor(), &query, u32::MAX).unwrap();
        assert_eq!((beyond.page, beyond.pages), (first.pages, first.pages));
        assert_eq!(access_page(&desk, &actor(), &query, 0).unwrap().page, 1);
    }
    let page = access_page(&desk, &actor(), &period(), 1).unwrap();
    let counted = page.by_staff.iter().map(|of| (of.name.as_str(), of.looks, of.lists, of.changes, of.members));
    assert_eq!(counted.collect::<Vec<_>>(), [("이몽룡", 144, 0, 0, 6), ("성춘향", 0, 72, 72, 3)]);
}

#[test]
fn the_period_of_a_page_begins_after_the_last_review() {
    let desk = Room::new(&[]);
    let today = desk.today();
    let day = |back: i64| today.saturating_sub(jiff::Span::new().days(back)).to_string();
    let asked = |query: &AccessQuery| {
        let page = access_page(&desk, &actor(), query, 1).unwrap();
        (page.query.from.unwrap(), page.query.to.unwrap())
    };
    let none = AccessQuery::default();
    assert_eq!(asked(&none), (day(30), day(0)));
    review_access(&desk, &actor(), &day(20), &day(10), "없음", None).unwrap();
    assert_eq!(asked(&none), (day(9), day(0)));
    assert_eq!(access_page(&desk, &actor(), &none, 1).unwrap().reviewed_until, Some(day(10)));
    review_access(&desk, &actor(), &day(9), "2999-12-31", "없음", None).unwrap();
    assert_eq!(asked(&none), (day(0), day(0)), "a review ends today at the latest");
    let only = |from: Option<&str>, to: Option<&str>| {
        asked(&AccessQuery { from: from.map(Into::into), to: to.map(Into::into), ..none.clone() })
    };
    assert_eq!(only(Some("2026-01-05"), None), ("2026-01-05".into(), day(0)));
    assert_eq!(only(None, Some("2026-01-31")), ("2026-01-01".into(), "2026-01-31".into()));
    assert_eq!(only(Some("2999-01-01"), None), ("2999-01-01".into(), "2999-01-01".into()));
}

#[test]
fn what_became_of_accounts_is_shown_oldest_first_and_the_question_is_logged() {
    let desk = Room::new(&[]);
    let invited = add_staff(&desk, &actor(), "이몽룡", Role::Clerk, None, None).unwrap().staff.staff;
    let other = add_staff(&desk, &actor(), "성춘향", Role::Manager, None, None).unwrap().staff.staff;
    set_role(&desk, &actor(), invited, Role::Manager, None).unwrap();
    lock_staff(&desk, &actor(), other, None).unwrap();
    let told = |staff: Option<i64>, from: Option<&str>, to: Option<&str>| {
        let found = rights_log(&desk, &actor(), staff, from, to).unwrap();
        found.into_iter().map(|row| (row.whose, row.what, row.detail)).collect::<Vec<_>>()
    };
    let row = |id: i64, what: &str, detail: &str| (format!("staff:{id}"), what.to_owned(), detail.to_owned());
    let all = [
        row(invited, "invited", "clerk"),
        row(other, "invited", "manager"),
        row(invited, "role", "clerk -> manager"),
        row(other, "locked", ""),
    ];
    assert_eq!(told(None, None, None), all);
    assert_eq!(told(Some(other), None, None), [all[1].clone(), all[3].clone()]);
    let today = desk.today().to_string();
    assert_eq!(told(None, Some(&today), Some(&today)).len(), 4);
    assert_eq!(told(None, None, Some("2026-01-01")), []);
    let first = rights_log(&desk, &actor(), None, None, None).unwrap().swap_remove(0);
    assert_eq!((first.staff.as_str(), first.whose_name.as_str()), ("os:tester", "이몽룡"));
    let logged = shown(&desk, &AccessQuery::default()).unwrap();
    assert_eq!(logged.iter().filter(|row| row.purpose.starts_with("rights")).count(), 5);
    for (staff, from, to, refusal) in [
        (Some(99), None, None, "access-staff-unknown"),
        (None, Some("2026-13-01"), None, "day"),
        (None, Some("2026-10-02"), Some("2026-10-01"), "period-backwards"),
    ] {
        assert_eq!(code(rights_log(&desk, &actor(), staff, from, to)), refusal);
    }
    assert_eq!(code(rights_log(&desk, &clerk(), None, None, None)), "not-allowed");
}

#[test]
fn whatever_names_members_is_an_entry_of_each() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| ()).unwrap().member;
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    let entries = |purpose: &str| {
        let all = shown(&desk, &AccessQuery { member: Some(member), ..AccessQuery::default() }).unwrap();
        all.iter().filter(|row| row.purpose == purpose && row.what != "change").count()
    };
    assert_eq!((entries("jobs"), entries("fees"), entries("enrol")), (0, 0, 0));
    assert_eq!(list_jobs(&desk, &actor(), false).unwrap()[0].job, job);
    let mut charges = Vec::new();
    show_fees(&desk, &actor(), &mut |charge| {
        charges.push(charge.member);
        Ok(())
    })
    .unwrap();
    assert_eq!(charges, [member]);
    assert_eq!(code(show_fees(&desk, &actor(), &mut |_| Err(Trouble::new("full")))), "full", "and it ends there");
    assert_eq!(code(desk.enrol(|_| ())), "member-duplicate");
    assert_eq!((entries("jobs"), entries("fees"), entries("enrol")), (1, 2, 1));
    assert_eq!(list_jobs(&desk, &actor(), true).unwrap().len(), 1);
    assert_eq!(entries("jobs"), 2);
    let number = list_jobs(&desk, &actor(), true).unwrap()[0].number.to_string();
    assert_eq!(access_member(&desk, &actor(), &number).unwrap(), member);
    assert_eq!(access_member(&desk, &actor(), &member.to_string()).unwrap(), member);
    assert_eq!(code(access_member(&desk, &actor(), "x")), "member-unknown");
}
