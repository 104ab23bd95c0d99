//! Whatever happened, every row of a report balances, and the rows add up to their sums.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn sums() -> impl Strategy<Value = Vec<Sum<'static>>> {
    let kinds = proptest::sample::select(EntryKind::ALL);
    let accounts = proptest::option::of(proptest::sample::select(Account::ALL));
    let reasons = proptest::option::of(proptest::sample::select(Reason::ALL));
    let days = proptest::sample::select(&["2024-02-29", "2025-12-31", "2026-01-01", "2026-01-02", "2026-11-26"]);
    let of = proptest::sample::select(&["", "1", "2", "staff:1", "os:root"]);
    let sum = (days, of, kinds, accounts, reasons, 0u64..50, 0i64..1_000_000).prop_map(
        |(day, of, kind, account, reason, entries, amount)| Sum { day, of, reason, kind, account, entries, amount },
    );
    proptest::collection::vec(sum, 0..60)
}

proptest! {
    #[test]
    fn every_row_balances_and_the_rows_are_the_whole(sums in sums(), by in proptest::sample::select(By::ALL)) {
        let table = table(by, &sums);
        prop_assert!(table.totals.totals.is_balanced());
        let mut added = Line::default();
        for row in &table.rows {
            prop_assert!(row.totals.is_balanced(), "{row:?}");
            added.entries += row.entries;
            added.totals.charged += row.totals.charged;
            added.totals.paid += row.totals.paid;
            added.totals.waived += row.totals.waived;
            added.totals.refunded += row.totals.refunded;
            added.totals.reversed += row.totals.reversed;
            added.totals.unpaid += row.totals.unpaid;
            added.money.cash_in += row.money.cash_in;
            added.money.cash_out += row.money.cash_out;
            let m = row.money;
            let kept = m.cash_in + m.card_in + m.transfer_in - m.cash_out - m.card_out - m.transfer_out;
            prop_assert_eq!(row.totals.paid, kept, "what is kept is what came in and did not go back");
        }
        // A row of entries that say nothing is not shown, and moves nothing that a sum of them would.
        if sums.iter().all(|sum| sum.entries > 0) {
            prop_assert_eq!(added.totals, table.totals.totals);
            prop_assert_eq!((added.entries, added.money.cash_in), (table.totals.entries, table.totals.money.cash_in));
        }
    }
}

fn sum(day: &str, reason: Reason, kind: EntryKind, account: Account, entries: u64, amount: i64) -> Sum<'_> {
    Sum { day, of: "", reason: Some(reason), kind, account: Some(account), entries, amount }
}

fn table(by: By, sums: &[Sum]) -> Table {
    let mut adding = Adding::new(by);
    sums.iter().for_each(|sum| adding.add(sum));
    adding.table()
}

#[test]
fn money_stands_where_it_came_in_and_went_out() {
    use Account::{Card, Cash, Receivable, Waived};
    let sums = [
        sum("2026-11-01", Reason::Lost, EntryKind::Charge, Receivable, 5, 10_000),
        sum("2026-11-01", Reason::Lost, EntryKind::Payment, Cash, 3, 6_000),
        sum("2026-11-01", Reason::Lost, EntryKind::Refund, Cash, 1, 2_000),
        sum("2026-10-31", Reason::FirstIssue, EntryKind::Charge, Receivable, 9, 0),
        sum("2026-10-31", Reason::Damaged, EntryKind::Waiver, Waived, 1, 2_000),
        sum("2026-10-31", Reason::Damaged, EntryKind::Reversal, Card, 1, 1_000),
    ];
    let days = table(By::Day, &sums);
    assert_eq!(days.rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["2026-10-31", "2026-11-01"]);
    let (first, second) = (&days.rows[0], &days.rows[1]);
    assert_eq!(
        (second.entries, second.totals.charged, second.totals.paid, second.totals.unpaid),
        (9, 10_000, 4_000, 4_000)
    );
    assert_eq!((second.money.cash_in, second.money.cash_out), (6_000, 2_000));
    assert_eq!((first.totals.paid, first.money.card_out, first.totals.reversed), (-1_000, 1_000, 1_000));
    let reasons = table(By::Reason, &sums);
    let keys: Vec<&str> = reasons.rows.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(keys, ["first-issue", "lost", "damaged"], "in the order of reasons");
    assert_eq!(reasons.totals, days.totals);
    let keys = |by: By| table(by, &sums).rows.into_iter().map(|row| row.key).collect::<Vec<_>>();
    assert_eq!((keys(By::Month), keys(By::Year)), (vec!["2026-10".to_owned(), "2026-11".into()], vec!["2026".into()]));
}

#[test]
fn a_period_has_a_name_and_does_not_run_backwards() {
    for (text, from, to) in [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2024년 2월", date(2024, 2, 1), date(2024, 2, 29)),
    ] {
        assert_eq!(Period::named(text), Some(Period { from: Some(from), to: Some(to) }), "{text}");
    }
    for text in ["", "11", "2026-13", "2026-11-26", "26", "99999"] {
        assert_eq!(Period::named(text), None, "{text}");
    }
    let backwards = Period::between(Some(date(2026, 2, 1)), Some(date(2026, 1, 31)));
    assert_eq!(backwards.unwrap_err().code, "period-backwards");
    for (from, to, unit) in [
        (date(2026, 1, 1), date(2026, 1, 31), By::Day),
        (date(2026, 1, 1), date(2026, 12, 31), By::Month),
        (date(2020, 1, 1), date(2026, 12, 31), By::Year),
    ] {
        assert_eq!(Period::between(Some(from), Some(to)).unwrap().unit(), unit, "{from} {to}");
    }
    assert_eq!(Period::default().unit(), By::Year);
}
