//! Reports of money: the sums are those of the entries, each person beside all others, the command line apart, every look logged.

use super::*;
use crate::back::store::ledger::{self, Count, Entry};
use crate::plan::fees::{Account, By, EntryKind, Measure, Period, Reason};

/// An entry of this day by this person at this desk.
fn entry(kind: EntryKind, account: Option<Account>, amount: i64, staff: &str, day: &str) -> Entry {
    let reason = account.map(|_| Reason::Lost);
    Entry { day: day.into(), desk: "1".into(), account, amount, reason, ..Entry::of(kind, staff) }
}

fn write(room: &Room, entries: &[Entry]) {
    room.store
        .change(|tx| {
            for entry in entries {
                ledger::append(tx, &entry.day[..7], entry)?;
            }
            Ok(())
        })
        .unwrap();
}

/// So many charges, of which so many are waived and the rest paid in cash.
fn work(room: &Room, staff: &str, day: &str, charges: usize, waived: usize) {
    let mut entries = Vec::new();
    for nth in 0..charges {
        entries.push(entry(EntryKind::Charge, Some(Account::Receivable), 2_000, staff, day));
        entries.push(match nth < waived {
            true => entry(EntryKind::Waiver, Some(Account::Waived), 2_000, staff, day),
            false => entry(EntryKind::Payment, Some(Account::Cash), 2_000, staff, day),
        });
    }
    write(room, &entries);
}

fn of_year(room: &Room) -> ClerkReport {
    clerk_report(room, &actor(), money_period("2026", "2026").unwrap()).unwrap()
}

fn one(report: &ClerkReport, staff: &str, measure: Measure) -> RateBeside {
    let line = report.rows.iter().find(|line| line.staff == staff).expect("the person");
    *line.compared.iter().find(|one| one.measure == measure).expect("the measure")
}

#[test]
fn sums_are_those_of_the_days_asked_for_and_every_row_balances() {
    let room = Room::new(&[]);
    work(&room, "staff:2", "2026-01-31", 3, 1);
    work(&room, "staff:3", "2026-02-01", 5, 0);
    let refund = entry(EntryKind::Refund, Some(Account::Cash), 2_000, "staff:3", "2026-02-28");
    write(&room, &[refund]);
    for (by, from, to, keys) in [
        (By::Day, "", "", &["2026-01-31", "2026-02-01", "2026-02-28"][..]),
        (By::Day, "2026-02", "2026-02", &["2026-02-01", "2026-02-28"]),
        (By::Month, "2026", "2026", &["2026-01", "2026-02"]),
        (By::Year, "", "", &["2026"]),
        (By::Clerk, "", "", &["staff:2", "staff:3"]),
        (By::Desk, "", "", &["1"]),
        (By::Reason, "", "", &["lost"]),
        (By::Day, "2025", "2025", &[]),
    ] {
        let report = money_report(&room, &actor(), money_period(from, to).unwrap(), by).unwrap();
        assert_eq!(report.rows.iter().map(|row| row.line.key.as_str()).collect::<Vec<_>>(), keys, "{by} {from}");
        assert!(report.totals.totals.is_balanced() && report.rows.iter().all(|row| row.line.totals.is_balanced()));
    }
    let all = money_report(&room, &actor(), Period::default(), By::Year).unwrap().totals;
    let totals = all.totals;
    assert_eq!((totals.charged, totals.paid, totals.waived, totals.refunded), (16_000, 12_000, 2_000, 2_000));
    assert_eq!((all.money.cash_in, all.money.cash_out, all.entries), (14_000, 2_000, 17));
    let looks = AccessQuery { what: Some("list".into()), ..AccessQuery::default() };
    let logged = access_page(&room, &actor(), &looks, 1).unwrap();
    assert!(logged.rows.iter().filter(|row| row.purpose == "ledger-report").count() >= 9, "every look is an entry");
}

#[test]
fn whoever_waives_more_than_the_others_stands_out_and_the_command_line_stands_apart() {
    let room = Room::new(&[]);
    work(&room, "staff:2", "2026-03-02", 100, 2);
    work(&room, "staff:3", "2026-03-02", 100, 2);
    work(&room, "staff:4", "2026-03-02", 20, 12);
    work(&room, "os:root", "2026-03-02", 10, 10);
    let report = of_year(&room);
    assert_eq!(report.rows.len(), 3);
    assert_eq!(report.rows[0].staff, "staff:4", "who stands out comes first");
    let found = one(&report, "staff:4", Measure::Waivers);
    assert_eq!((found.count, found.of, found.rate, found.others, found.flagged), (12, 20, Some(60.0), Some(2.0), true));
    assert!(!one(&report, "staff:2", Measure::Waivers).flagged && !report.rows[1].is_flagged());
    // Nobody is compared with the command line, nor it with anybody.
    let [apart] = &report.command_line[..] else { panic!("{:?}", report.command_line) };
    assert!(apart.staff == "os:root" && apart.deeds.waivers == 10 && apart.compared.is_empty());
}

#[test]
fn cancels_refunds_closes_and_first_counts_are_counted_where_they_belong() {
    let room = Room::new(&[]);
    let close = |amount, expected, refers| Entry {
        expected: Some(expected),
        refers,
        ..entry(EntryKind::Close, None, amount, "staff:2", "2026-03-02")
    };
    write(
        &room,
        &[
            entry(EntryKind::Charge, Some(Account::Receivable), 0, "staff:2", "2026-03-02"),
            entry(EntryKind::Reversal, Some(Account::Receivable), 0, "staff:3", "2026-03-02"),
            entry(EntryKind::Reversal, Some(Account::Cash), 2_000, "staff:3", "2026-03-02"),
            entry(EntryKind::Refund, Some(Account::Cash), 2_000, "staff:2", "2026-03-02"),
        ],
    );
    let count = |counted, at| Count {
        seq: 0,
        time: 0,
        day: "2026-03-02".into(),
        desk: "1".into(),
        staff: "staff:3".into(),
        counted,
        pieces: String::new(),
        entry: at,
    };
    // The first count differs, the second does not: the first is what counts.
    room.store.change(|tx| ledger::append_count(tx, "2026-03", &count(900, 4))).unwrap();
    room.store.change(|tx| ledger::append_count(tx, "2026-03", &count(1_000, 4))).unwrap();
    write(&room, &[close(1_000, 1_000, None)]);
    room.store.change(|tx| ledger::append_count(tx, "2026-03", &count(1_500, 5))).unwrap();
    write(&room, &[close(1_500, 1_400, Some(5)), entry(EntryKind::Reopen, None, 0, "staff:3", "2026-03-02")]);
    let report = of_year(&room);
    let of = |staff: &str| report.rows.iter().find(|line| line.staff == staff).unwrap().deeds;
    let (two, three) = (of("staff:2"), of("staff:3"));
    assert_eq!((two.charges, two.reissues, two.free, two.refunds), (1, 1, 1, 1));
    assert_eq!(
        (three.cancels, three.reversals, three.reopenings),
        (2, 1, 1),
        "a reversal of nothing is a cancel alone"
    );
    assert_eq!((two.closes, two.differences), (2, 1));
    assert_eq!((three.counts, three.first_counts), (2, 2), "whoever counted first");
}

#[test]
fn an_end_of_a_period_may_be_a_day_a_month_or_a_year() {
    let shown = |from, to| money_period(from, to).map(|period| format!("{:?} {:?}", period.from, period.to));
    assert_eq!(shown("2026-02", "2026").unwrap(), "Some(2026-02-01) Some(2026-12-31)");
    assert_eq!(shown("2026. 2. 3.", "").unwrap(), "Some(2026-02-03) None");
    for (from, to, code) in [
        ("어제", "", "day"),
        ("2026-03", "2026-02", "period-backwards"),
        ("880314-1234567", "", "identity-number"),
        ("2026-13", "", "day"),
    ] {
        assert_eq!(money_period(from, to).unwrap_err().code, code, "{from} {to}");
    }
    let room = Room::new(&[]);
    let today = room.today();
    assert_eq!(money_span(&room, "today").from, Some(today));
    assert_eq!(money_span(&room, "?"), Period::month_of(today));
    assert!(money_span(&room, "last-year").to < Some(today) && money_span(&room, "last-month").to < Some(today));
}

/// One begins the jobs, another gives the cards away, one of them unpaid: each has what they did with their own hands.
#[test]
fn hand_overs_count_for_whoever_handed_over_and_blanks_for_whoever_took_them() {
    let room = Room::new(&[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000")]);
    let (one, two, boss) = (super::close_day::clerk(), at("1", 9, Role::Clerk), super::close_day::manager());
    for charge in 1..=3 {
        let member = room.enrol(|form| form.name = format!("홍길{}", ["동", "서", "남"][charge - 1])).unwrap().member;
        let form = IssueForm { member, evidence: Evidence::Word, kind: CardKind::Barcode, reader: None, printer: None };
        let job = plan_issue(&room, &one, &form, None).unwrap();
        let number = print_on_page(&room, &one, job).unwrap().number.to_string();
        let (by, unpaid) = if charge == 1 { (&boss, Some("나중에 받음")) } else { (&two, None) };
        if unpaid.is_none() {
            pay_fee(&room, &one, Evidence::Word, i64::try_from(charge).unwrap(), crate::plan::fees::PayBy::Cash, None)
                .unwrap();
        }
        hand_over(&room, by, job, Some(&number), None, Feed::ByHand, unpaid).unwrap();
    }
    let lot = ("ntag213", "A");
    receive_stock(&room, &actor(), lot, "30", None).unwrap();
    for (n, taken_as) in [("2", "test"), ("3", "spoiled"), ("21", "counted"), ("22", "counted")] {
        take_stock(&room, &boss, lot, n, taken_as, "확인", None).unwrap();
    }
    let report = clerk_report(&room, &actor(), Period::default()).unwrap();
    let of = |staff: &Actor| report.rows.iter().find(|line| line.staff == staff.id()).unwrap().deeds;
    let (one, two, boss) = (of(&one), of(&two), of(&boss));
    assert_eq!((one.handed_over, one.made, one.unpaid, one.charges), (0, 3, 0, 3));
    assert_eq!((two.handed_over, two.made, two.unpaid, two.charges), (2, 0, 0, 0));
    assert_eq!((boss.handed_over, boss.made, boss.unpaid), (1, 0, 1));
    // Four were missed in the first count; the second found one more than the books said.
    assert_eq!((boss.taken, boss.of(Measure::Taken), one.taken), (9, (9, 9), 0));
    assert_eq!(boss.of(Measure::Unpaid), (1, 1), "of cards that they handed over themselves");
    let received = report.command_line.iter().find(|line| line.staff == "os:tester");
    assert!(received.is_none_or(|line| line.deeds.taken == 0), "what came in is not taken out");
}

fn at(place: &str, id: i64, role: Role) -> Actor {
    let staff = StaffRef::Account { id, name: format!("{id}") };
    Actor { staff, role, desk: place.into(), origin: Origin::Page, session: None }
}
