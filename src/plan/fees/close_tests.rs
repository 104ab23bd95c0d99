//! Notes and coins, the drawer and the days, by table and by property.

use proptest::prelude::*;

use super::*;
use crate::plan::fees::{ChargeEvent, ChargeState, PayBy, Totals, settle};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn pieces_are_written_in_one_way_alone() {
    let typed = |piece| match piece {
        10_000 => "3",
        500 => " 2 ",
        50 => "0",
        _ => "",
    };
    let pieces = Pieces::typed(typed).unwrap();
    assert_eq!((pieces.to_string().as_str(), pieces.sum()), ("10000x3 500x2", 31_000));
    assert_eq!(Pieces::parse("10000x3 500x2"), Some(pieces));
    assert_eq!((Pieces::default().to_string().as_str(), Pieces::default().sum()), ("", 0));
    for other in ["500x2 10000x3", "10000x3  500x2", "10000x03", "10000x0", "7x1", "10000", "10000x3 ", "10000x10000"] {
        assert_eq!(Pieces::parse(other), None, "{other}");
    }
    for wrong in ["-1", "+1", "1.5", "x", "10000", "１", "1 2", "99999999999"] {
        assert_eq!(Pieces::typed(|_| wrong).unwrap_err().code, "count-piece", "{wrong}");
    }
}

#[test]
fn a_sum_is_typed_with_commas_where_they_belong_or_without() {
    for (text, won) in [("0", 0), ("12000", 12_000), (" 12,000 ", 12_000), ("1,000,000,000", MOST_COUNTED), ("007", 7)]
    {
        assert_eq!(won_typed(text), Ok(won), "{text}");
    }
    for wrong in ["", "-1", "+1", "1.5", "12,00", ",", "1,2,3", "1000000001", "1e3", "십", "99999999999999999999"] {
        assert_eq!(won_typed(wrong).unwrap_err().code, "counted", "{wrong}");
    }
}

#[test]
fn a_day_is_closed_once_and_never_before_it_came() {
    let (before, today, after) = (day("2026-11-25"), day("2026-11-26"), day("2026-11-27"));
    for (last, wanted, judged) in [
        (None, today, Ok(())),
        (None, before, Ok(())),
        (None, after, Err(NotNow::Ahead)),
        (Some(before), today, Ok(())),
        (Some(before), before, Err(NotNow::Closed(before))),
        (Some(today), today, Err(NotNow::Closed(today))),
        (Some(today), after, Err(NotNow::Ahead)),
        // The clock was set back.
        (Some(after), today, Err(NotNow::Closed(after))),
    ] {
        assert_eq!(judge(last, wanted, today), judged, "{last:?} {wanted}");
    }
}

#[test]
fn a_forgotten_day_is_offered_first() {
    let (before, today) = (day("2026-11-25"), day("2026-11-26"));
    for (last, entries, days) in [
        (None, &[][..], vec![today]),
        (None, &[today], vec![today]),
        (None, &[day("2026-11-20"), before, today], vec![before, today]),
        (Some(before), &[before], vec![today]),
        (Some(today), &[before, day("2026-11-27")], vec![]),
    ] {
        assert_eq!(offered(last, entries, today), days, "{last:?} {entries:?}");
    }
}

#[test]
fn cash_alone_moves_the_drawer() {
    for (kind, account, moved) in [
        (EntryKind::Payment, Account::Cash, 500),
        (EntryKind::Refund, Account::Cash, -500),
        (EntryKind::Reversal, Account::Cash, -500),
        (EntryKind::Payment, Account::Card, 0),
        (EntryKind::Refund, Account::Transfer, 0),
        (EntryKind::Waiver, Account::Waived, 0),
        (EntryKind::Charge, Account::Receivable, 0),
        (EntryKind::Reversal, Account::Receivable, 0),
        (EntryKind::Close, Account::Cash, 0),
        (EntryKind::Reopen, Account::Cash, 0),
    ] {
        assert_eq!(cash(kind, account, 500), moved, "{kind} {account}");
    }
}

fn events() -> impl Strategy<Value = ChargeEvent> {
    prop_oneof![
        Just(ChargeEvent::Pay(PayBy::Cash)),
        Just(ChargeEvent::Pay(PayBy::Card)),
        Just(ChargeEvent::Waive),
        Just(ChargeEvent::Refund),
        Just(ChargeEvent::Reverse),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(counts in proptest::array::uniform8(0..=MOST_OF_ONE)) {
        let pieces = Pieces(counts);
        prop_assert_eq!(Pieces::parse(&pieces.to_string()), Some(pieces));
        let typed: Vec<(u32, String)> = pieces.each().map(|(piece, n)| (piece, n.to_string())).collect();
        let again = Pieces::typed(|piece| typed.iter().find(|(known, _)| *known == piece).map_or("", |(_, n)| n.as_str()));
        prop_assert_eq!(again.unwrap(), pieces);
        let sum: u64 = pieces.each().map(|(piece, n)| u64::from(piece) * u64::from(n)).sum();
        prop_assert_eq!(pieces.sum().unsigned_abs(), sum);
    }

    #[test]
    fn any_text_is_answered(text in ".{0,40}") {
        if let Some(pieces) = Pieces::parse(&text) {
            prop_assert_eq!(pieces.to_string(), text.clone());
        }
        if let Ok(won) = won_typed(&text) {
            prop_assert!((0..=MOST_COUNTED).contains(&won));
        }
    }

    /// The drawer never holds less than nothing, and with cash alone it holds what was paid and kept.
    #[test]
    fn the_drawer_holds_the_cash_that_was_kept(charges in proptest::collection::vec(
        (1..10_000_i64, proptest::collection::vec(events(), 0..6)), 0..12)
    ) {
        let (mut drawer, mut kept) = (0, 0);
        let mut totals = Totals::default();
        for (amount, events) in charges {
            totals.add(EntryKind::Charge, Account::Receivable, amount);
            let (mut state, mut by) = (ChargeState::Unpaid, None);
            for event in events {
                let Ok(Some((kind, account, next))) = settle(state, by, event) else { continue };
                drawer += cash(kind, account, amount);
                totals.add(kind, account, amount);
                if let ChargeEvent::Pay(way) = event { by = Some(way); }
                state = next;
            }
            if state == ChargeState::Paid && by == Some(PayBy::Cash) { kept += amount; }
        }
        prop_assert_eq!(drawer, kept);
        prop_assert!(totals.is_balanced() && drawer <= totals.paid);
    }

    /// Whatever was closed, a day is offered only if it may be closed, and each once.
    #[test]
    fn what_is_offered_may_be_closed(last in proptest::option::of(0..20_i8), with in proptest::collection::vec(0..20_i8, 0..8), now in 0..20_i8) {
        let on = |n: i8| Date::constant(2026, 11, n + 1);
        let (last, today) = (last.map(on), on(now));
        let entries: Vec<Date> = with.into_iter().map(on).collect();
        let days = offered(last, &entries, today);
        prop_assert!(days.iter().all(|day| judge(last, *day, today).is_ok()));
        prop_assert!(days.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert_eq!(days.is_empty(), judge(last, today, today).is_err());
    }
}
