//! The close of a desk's day: midnight, a forgotten yesterday, a clock that was set back, reopening, two desks, two presses at once.
//! That whatever is altered in the books is found stands in `money_audit`.

use super::*;
use crate::back::store::ledger as entries;
use crate::back::store::ledger::Count;
use crate::plan::fees::close::Pieces;
use crate::plan::fees::{Account, EntryKind, PayBy};

fn at(place: &str, id: i64, role: Role) -> Actor {
    let staff = StaffRef::Account { id, name: format!("{id}") };
    Actor { staff, role, desk: place.into(), origin: Origin::Page, session: None }
}

pub(super) fn clerk() -> Actor {
    at("1", 7, Role::Clerk)
}

pub(super) fn manager() -> Actor {
    at("1", 8, Role::Manager)
}

/// The day that is so many days from today.
pub(super) fn days(room: &Room, n: i32) -> String {
    room.today().checked_add(jiff::Span::new().days(n)).unwrap().to_string()
}

/// Cash that somebody paid at this desk on this day, as an entry alone.
fn cash(room: &Room, place: &str, day: &str, kind: EntryKind, amount: i64) -> i64 {
    room.desk
        .store
        .change(|tx| {
            let receipt = Some(entries::next_receipt(tx)?);
            let time = room.now().as_millisecond();
            let (desk, day, account) = (place.to_owned(), day.to_owned(), Some(Account::Cash));
            let entry =
                entries::Entry { time, day, desk, amount, account, receipt, ..entries::Entry::of(kind, "staff:7") };
            crate::desk::ledger::write(room, tx, &entry)
        })
        .unwrap()
}

fn paid(room: &Room, place: &str, day: &str, amount: i64) -> i64 {
    cash(room, place, day, EntryKind::Payment, amount)
}

pub(super) fn sum(room: &Room, actor: &Actor, day: Option<&str>, won: i64) -> Result<DrawerCount, Trouble> {
    count_drawer(room, actor, None, day, Counted::Sum(won))
}

/// Counted and closed for this day.
fn shut(room: &Room, actor: &Actor, day: &str, won: i64) -> Closed {
    let count = sum(room, actor, Some(day), won).unwrap();
    close_day(room, actor, count.count, "", None).unwrap()
}

pub(super) fn verified(room: &Room) -> Verified {
    verify_audit(room, &actor(), None).unwrap()
}

#[test]
fn a_day_is_counted_blind_and_closed_with_its_anchor() {
    let room = Room::new(&[("ISSUER__DRAWER__CHANGE", "50000")]);
    let today = days(&room, 0);
    paid(&room, "1", &today, 2000);
    paid(&room, "1", &today, 3000);
    cash(&room, "1", &today, EntryKind::Refund, 2000);
    let pieces = Pieces::parse("10000x5 1000x3").unwrap();
    let count = count_drawer(&room, &clerk(), None, None, Counted::Pieces(pieces)).unwrap();
    assert_eq!((count.counted, count.expected, count.difference, count.first.is_none()), (53_000, 53_000, 0, true));
    let closed = close_day(&room, &clerk(), count.count, "", Some("k")).unwrap();
    assert_eq!((closed.day.as_str(), closed.desk.as_str(), closed.by.as_str()), (today.as_str(), "1", "staff:7"));
    assert_eq!((closed.counted, closed.expected, closed.difference, closed.receipt), (53_000, 53_000, 0, 4));
    assert_eq!((closed.covered.taken.cash, closed.covered.given_back.cash, closed.covered.payments), (5000, 2000, 2));
    assert_eq!((closed.highest_receipt, closed.highest_serial, closed.first_counted), (Some(3), None, 53_000));
    assert_eq!((closed.anchor.chain.as_str(), closed.anchor.sequence), ("ledger_entries", 4));
    // The same key answers the same; another press finds the day closed.
    assert_eq!(close_day(&room, &clerk(), count.count, "", Some("k")).unwrap(), closed);
    assert_eq!(code(close_day(&room, &clerk(), count.count, "", None)), "day-closed");
    assert_eq!(code(close_day(&room, &clerk(), count.count, "왜", Some("k"))), "key-reused");
    // As it is, it is an anchor that the proof takes.
    let file = room.folder.path().join("close.json");
    std::fs::write(&file, serde_json::to_string(&closed).unwrap()).unwrap();
    let found = verify_audit(&room, &actor(), Some(&file)).unwrap();
    assert_eq!((found.ok, found.proven, found.anchors_checked), (true, "anchored", 1), "{found:?}");
}

#[test]
fn what_is_wrong_with_a_drawer_is_said_before_it_is_closed() {
    let room = Room::new(&[]);
    let today = days(&room, 0);
    paid(&room, "1", &today, 2000);
    assert_eq!(code(sum(&room, &clerk(), Some(&days(&room, 1)), 0)), "day-ahead");
    assert_eq!(code(sum(&room, &clerk(), Some("어제"), 0)), "day");
    assert_eq!(code(close_day(&room, &clerk(), 1, "", None)), "count-missing");
    let first = sum(&room, &clerk(), None, 1500).unwrap();
    assert_eq!((first.expected, first.difference), (2000, -500));
    // Counted again, the first count is shown with the second.
    let second = sum(&room, &clerk(), None, 1800).unwrap();
    assert_eq!(second.first.as_ref().map(|first| (first.counted, first.expected)), Some((1500, 2000)));
    assert_eq!(code(close_day(&room, &clerk(), first.count, "셈", None)), "count-stale");
    let refused = close_day(&room, &clerk(), second.count, "  ", None).unwrap_err();
    let said = ["counted", "expected", "difference"]
        .map(|name| refused.args.iter().find(|(n, _)| *n == name).unwrap().1.clone());
    assert_eq!(
        (refused.code, said.each_ref().map(String::as_str)),
        ("difference-unexplained", ["1,800", "2,000", "-200"])
    );
    assert_eq!(code(close_day(&room, &at("2", 7, Role::Clerk), second.count, "셈", None)), "count-missing");
    // Cash came since: it is counted again. A card payment does not touch the drawer.
    paid(&room, "1", &today, 100);
    assert_eq!(code(close_day(&room, &clerk(), second.count, "셈", None)), "count-stale");
    assert!(counted_drawer(&room, &clerk(), second.count).unwrap().is_none());
    let third = sum(&room, &clerk(), None, 1900).unwrap();
    let closed = close_day(&room, &clerk(), third.count, " 거스름돈을 잘못 줌 ", None).unwrap();
    assert_eq!((closed.difference, closed.why.as_deref()), (-200, Some("거스름돈을 잘못 줌")));
    assert_eq!((closed.first_counted, closed.times_counted), (1500, 3));
    assert!(verified(&room).ok);
    assert_eq!(code(close_day(&room, &clerk(), third.count, "880314-1234560", None)), "identity-number");
}

#[test]
fn a_first_miscount_stays_the_first_whatever_is_booked_before_the_next() {
    let room = Room::new(&[]);
    let today = days(&room, 0);
    paid(&room, "1", &today, 2000);
    sum(&room, &clerk(), None, 1500).unwrap();
    paid(&room, "1", &today, 100);
    let second = sum(&room, &at("1", 9, Role::Clerk), None, 2100).unwrap();
    assert_eq!((second.difference, second.wants_why()), (0, true));
    assert_eq!(code(close_day(&room, &clerk(), second.count, " ", None)), "first-unexplained");
    let closed = close_day(&room, &clerk(), second.count, "동전을 빠뜨림", None).unwrap();
    assert_eq!((closed.first_counted, closed.why.as_deref()), (1500, Some("동전을 빠뜨림")));
    let period = money_period(&today, &today).unwrap();
    let report = clerk_report(&room, &actor(), period).unwrap();
    let counted = report.rows.iter().map(|row| (row.staff.as_str(), row.deeds.counts, row.deeds.first_counts));
    assert_eq!(counted.collect::<Vec<_>>(), [("staff:7", 1, 1)]);
}

#[test]
fn what_comes_after_a_close_counts_for_the_next_day_and_is_closed_with_it() {
    let room = Room::new(&[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000")]);
    let member = room.enrol(|_| ()).unwrap().member;
    assert_eq!(next_business_day(&room, &actor()).unwrap(), None);
    let empty = shut(&room, &actor(), &days(&room, 0), 0);
    assert_eq!((empty.expected, empty.covered.entries, empty.receipt, empty.highest_receipt), (0, 0, 1, None));
    assert_eq!(next_business_day(&room, &actor()).unwrap(), Some(days(&room, 1)));
    room.issue(member, CardKind::Barcode).unwrap();
    pay_fee(&room, &actor(), Evidence::Word, 1, PayBy::Cash, None).unwrap();
    let mut rows = Vec::new();
    show_ledger(&room, &actor(), None, None, &mut |row| {
        rows.push((row.entry.kind.as_str(), row.entry.day));
        Ok(())
    })
    .unwrap();
    let (today, tomorrow) = (days(&room, 0), days(&room, 1));
    assert_eq!(rows, [("close", today.clone()), ("charge", tomorrow.clone()), ("payment", tomorrow.clone())]);
    // Today is over, and tomorrow has yet to come.
    assert_eq!(code(sum(&room, &actor(), Some(&today), 2000)), "day-closed");
    assert_eq!(code(sum(&room, &actor(), Some(&tomorrow), 2000)), "day-ahead");
    assert!(close_view(&room, &actor()).unwrap().days.is_empty());
    // Another desk is another drawer.
    assert_eq!(shut(&room, &clerk(), &today, 0).expected, 0);
}

#[test]
fn counted_before_midnight_and_closed_after_it_is_the_day_that_was_counted() {
    let room = Room::new(&[]);
    let yesterday = days(&room, -1);
    let entry = paid(&room, "1", &yesterday, 2000);
    let time = room.now().as_millisecond() - 24 * 3_600_000;
    let count = Count {
        seq: 0,
        time,
        day: yesterday.clone(),
        desk: "1".into(),
        staff: "staff:7".into(),
        counted: 2000,
        pieces: "1000x2".into(),
        entry,
    };
    let month = yesterday[..7].to_owned();
    let seq = room.desk.store.change(|tx| entries::append_count(tx, &month, &count)).unwrap();
    let closed = close_day(&room, &clerk(), seq, "", None).unwrap();
    assert_eq!((closed.day, closed.expected), (yesterday, 2000));
    // Today is still open.
    assert_eq!(close_view(&room, &clerk()).unwrap().counts_for, days(&room, 0));
    assert_eq!(shut(&room, &clerk(), &days(&room, 0), 0).expected, 0);
}

#[test]
fn a_forgotten_day_is_offered_first_and_todays_cash_lies_in_the_drawer_too() {
    let room = Room::new(&[]);
    let (before, yesterday, today) = (days(&room, -2), days(&room, -1), days(&room, 0));
    paid(&room, "1", &before, 1000);
    paid(&room, "1", &yesterday, 2000);
    paid(&room, "1", &today, 4000);
    assert_eq!(close_view(&room, &clerk()).unwrap().days, [yesterday.clone(), today.clone()]);
    let closed = shut(&room, &clerk(), &yesterday, 7000);
    assert_eq!((closed.expected, closed.covered.later, closed.covered.taken.cash), (7000, 4000, 3000));
    assert_eq!(closed.covered.days, [before, yesterday]);
    assert_eq!(close_view(&room, &clerk()).unwrap().days, std::slice::from_ref(&today));
    let closed = shut(&room, &clerk(), &today, 4000);
    assert_eq!((closed.expected, closed.covered.later, closed.covered.days), (4000, 0, vec![today]));
}

#[test]
fn a_clock_that_was_set_back_opens_no_closed_day() {
    let room = Room::new(&[]);
    let (today, tomorrow, after) = (days(&room, 0), days(&room, 1), days(&room, 2));
    // Closed while the clock was a day ahead.
    room.desk
        .store
        .change(|tx| {
            let mut entry = crate::desk::ledger::blank(&room, tx, &clerk(), EntryKind::Close, 0)?;
            (entry.day, entry.expected, entry.account) = (tomorrow.clone(), Some(0), Some(Account::Cash));
            entry.receipt = Some(entries::next_receipt(tx)?);
            crate::desk::ledger::write(&room, tx, &entry)
        })
        .unwrap();
    for day in [&today, &tomorrow] {
        assert_eq!(code(sum(&room, &clerk(), Some(day), 0)), "day-closed", "{day}");
    }
    let view = close_view(&room, &clerk()).unwrap();
    assert_eq!((view.days.len(), view.closed, view.counts_for), (0, Some(tomorrow), after.clone()));
    assert_eq!(next_business_day(&room, &clerk()).unwrap(), Some(after));
}

#[test]
fn a_day_is_opened_again_by_a_manager_and_its_close_stays_as_it_was() {
    let room = Room::new(&[]);
    let today = days(&room, 0);
    paid(&room, "1", &today, 2000);
    let first = shut(&room, &clerk(), &today, 2000);
    assert_eq!(code(reopen_day(&room, &clerk(), None, &today, "빠뜨림", None)), "not-allowed");
    assert_eq!(code(reopen_day(&room, &manager(), None, &today, " ", None)), "why-missing");
    assert_eq!(code(reopen_day(&room, &manager(), None, &days(&room, -1), "왜", None)), "reopen-last");
    assert_eq!(code(reopen_day(&room, &manager(), Some("2"), &today, "왜", None)), "day-open");
    let opened = reopen_day(&room, &manager(), None, &today, "빠뜨림", Some("r")).unwrap();
    assert_eq!((opened.refers, opened.allowed_by.as_deref()), (first.anchor.sequence, Some(manager().id().as_str())));
    assert_eq!(reopen_day(&room, &manager(), None, &today, "빠뜨림", Some("r")).unwrap(), opened);
    assert_eq!(code(reopen_day(&room, &manager(), None, &today, "또", None)), "day-open");
    // What was counted before is of the day as it was.
    assert_eq!(close_view(&room, &clerk()).unwrap().days, std::slice::from_ref(&today));
    paid(&room, "1", &today, 500);
    let second = shut(&room, &clerk(), &today, 2500);
    assert_eq!((second.expected, second.covered.taken.cash, second.times_counted), (2500, 2500, 1));
    let again = closed_day(&room, &clerk(), first.anchor.sequence).unwrap();
    let opened = (again.reopened_by.as_deref(), again.reopened_why.as_deref());
    assert_eq!(opened, (Some("staff:8"), Some("빠뜨림")));
    assert_eq!(Closed { reopened_by: None, reopened_why: None, ..again }, first);
    let past: Vec<_> = close_view(&room, &clerk()).unwrap().past;
    assert_eq!(
        past.iter().map(|close| (close.reopened, close.stands)).collect::<Vec<_>>(),
        [(false, true), (true, false)]
    );
    assert!(verified(&room).ok);
}

#[test]
fn whoever_closed_a_day_does_not_open_it_alone_but_at_the_command_line() {
    let room = Room::new(&[]);
    let today = days(&room, 0);
    shut(&room, &manager(), &today, 0);
    assert_eq!(code(reopen_day(&room, &manager(), None, &today, "왜", None)), "approval-needed");
    assert!(reopen_day(&room, &at("2", 9, Role::Manager), Some("1"), &today, "왜", None).is_ok());
    count_and_close(&room, &actor(), Some("1"), None, 0, "", None).unwrap();
    let opened = reopen_day(&room, &actor(), Some("1"), &today, "왜", None).unwrap();
    assert_eq!(opened.allowed_by.as_deref(), Some("os:tester"));
    assert_eq!(code(count_drawer(&room, &clerk(), Some("2"), None, Counted::Sum(0))), "drawer-elsewhere");
    for wrong in ["", "x", "1234", "-1"] {
        let said = code(count_and_close(&room, &actor(), Some(wrong), None, 0, "", None));
        assert_eq!(said, if wrong.is_empty() { "done" } else { "drawer-unknown" }, "{wrong}");
    }
}

#[test]
fn counted_and_closed_in_one_step_the_count_stays_where_the_close_is_refused() {
    let room = Room::new(&[]);
    paid(&room, "", &days(&room, 0), 2000);
    let close = |won, why, key| count_and_close(&room, &actor(), None, None, won, why, key);
    assert_eq!(code(close(1500, "", Some("k"))), "difference-unexplained");
    let closed = close(2000, "", Some("k")).unwrap();
    assert_eq!((closed.counted, closed.first_counted, closed.times_counted), (2000, 1500, 2));
    assert_eq!(close(2000, "", Some("k")).unwrap(), closed);
    assert_eq!(code(close(2000, "", Some("other"))), "day-closed");
}

#[test]
fn of_two_that_close_at_once_one_does() {
    let room = Room::new(&[]);
    paid(&room, "1", &days(&room, 0), 2000);
    let count = sum(&room, &clerk(), None, 2000).unwrap().count;
    let (actor, room) = (clerk(), &room);
    let said: Vec<&str> = std::thread::scope(|scope| {
        let press = || code(close_day(room, &actor, count, "", None));
        let presses = [scope.spawn(press), scope.spawn(press), scope.spawn(press)];
        presses.into_iter().map(|press| press.join().unwrap()).collect()
    });
    assert_eq!(said.iter().filter(|said| **said == "done").count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|said| **said == "day-closed").count(), 2, "{said:?}");
}

#[test]
fn whose_entries_were_read_is_logged_and_the_sums_balance() {
    let room = Room::new(&[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000")]);
    let member = room.enrol(|_| ()).unwrap().member;
    room.issue(member, CardKind::Barcode).unwrap();
    pay_fee(&room, &clerk(), Evidence::Word, 1, PayBy::Cash, None).unwrap();
    let mut rows = 0;
    let totals = show_ledger(&room, &manager(), None, None, &mut |_| {
        rows += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!((rows, totals.charged, totals.paid, totals.is_balanced()), (2, 2000, 2000, true));
    let logged = "SELECT count(*) FROM access_entries WHERE what = 'list' AND purpose = 'ledger' AND member = ?1";
    let logged: i64 = room.desk.store.look(|tx| Ok(tx.query_row(logged, [member], |row| row.get(0))?)).unwrap();
    assert_eq!(logged, 1);
    let of = |from: &str, to: &str| {
        let mut rows = 0;
        let said = show_ledger(&room, &manager(), Some(from), Some(to), &mut |_| {
            rows += 1;
            Ok(())
        });
        said.map(|_| rows)
    };
    assert_eq!(of("2020-01-01", "2020-12-31"), Ok(0));
    assert_eq!(code(of("2020-12-31", "2020-01-01")), "ledger-period");
}

/// What the doctor says of days that were left open: the oldest, by desk and day, and at how many desks more.
#[test]
fn a_day_before_today_that_nobody_closed_is_named_with_its_desk() {
    let room = Room::new(&[]);
    let open = |room: &Room| {
        let said = crate::desk::closed::unclosed(room).unwrap()?;
        assert_eq!(said.code, "ledger-unclosed");
        Some(said.args.into_iter().map(|(_, value)| value).collect::<Vec<_>>())
    };
    let told = |place: &str, back: i32, more: &str| Some(vec![place.to_owned(), days(&room, back), more.to_owned()]);
    // A card that costs nothing moves no won, and what is of today may stay open.
    room.issue(room.enrol(|_| ()).unwrap().member, CardKind::Barcode).unwrap();
    cash(&room, "1", &days(&room, -9), EntryKind::Charge, 0);
    paid(&room, "1", &days(&room, 0), 2000);
    assert_eq!(open(&room), None);
    paid(&room, "1", &days(&room, -2), 2000);
    paid(&room, "1", &days(&room, -1), 2000);
    assert_eq!(open(&room), told("1", -2, "none"));
    paid(&room, "", &days(&room, -3), 2000);
    paid(&room, "10", &days(&room, -1), 2000);
    assert_eq!(open(&room), told("command-line", -3, "2"));
    // What lies in the drawer is no matter here.
    let over = |by: &Actor, back: i32| {
        let count = sum(&room, by, Some(&days(&room, back)), 0).unwrap();
        close_day(&room, by, count.count, "나중에 셈", None).unwrap()
    };
    over(&actor(), -1);
    over(&clerk(), -2);
    assert_eq!(open(&room).map(|said| said[1..].to_vec()), Some(vec![days(&room, -1), "1".to_owned()]));
    over(&clerk(), -1);
    assert_eq!(open(&room), told("10", -1, "none"));
    over(&at("10", 7, Role::Clerk), 0);
    assert_eq!(open(&room), None);
    // Opened again it is open.
    reopen_day(&room, &manager(), None, &days(&room, -1), "다시 셈", None).unwrap();
    assert_eq!(open(&room), told("1", -1, "none"));
}
