//! Whatever is moved, both sides of the books are equal, and nothing is ever below nothing.

use proptest::prelude::*;

use super::*;

fn movement() -> impl Strategy<Value = Movement> {
    use Movement::*;
    prop_oneof![
        (0..50_u32).prop_map(Received),
        (0..9_u32).prop_map(Test),
        (0..9_u32).prop_map(Spoiled),
        (0..60_u32).prop_map(Counted),
        Just(Taken),
        Just(Taken),
        Just(Issued),
        Just(Issued),
        Just(Wasted),
        Just(PutBack),
        Just(Returned),
        Just(Blanked),
    ]
}

fn both_sides(tally: &Tally) -> (u32, u32) {
    let Tally { received, issued, spoiled, test, returned, found, missing, .. } = *tally;
    (received + returned + found, issued + spoiled + test + missing + tally.left())
}

proptest! {
    #[test]
    fn whatever_is_moved_the_books_balance(movements in prop::collection::vec(movement(), 0..120)) {
        let mut tally = Tally::default();
        let mut by_hand = 0_i64;
        for movement in movements {
            let before = tally;
            match tally.after(movement) {
                Ok(after) => tally = after,
                Err(trouble) => {
                    prop_assert_eq!(trouble.code, "stock-short");
                    prop_assert_eq!(tally, before);
                    continue;
                }
            }
            // The plain count of what is in the house, kept beside.
            by_hand += match movement {
                Movement::Received(n) => i64::from(n),
                Movement::Test(n) | Movement::Spoiled(n) => -i64::from(n),
                Movement::Counted(n) => i64::from(n) - i64::from(before.on_hand()),
                Movement::Issued | Movement::Wasted => -1,
                Movement::Returned => 1,
                Movement::Taken | Movement::PutBack | Movement::Blanked => 0,
            };
            prop_assert_eq!(i64::from(tally.left()), by_hand);
            let (come, gone) = both_sides(&tally);
            prop_assert_eq!(come, gone);
            prop_assert!(tally.in_work <= tally.left());
        }
    }

    #[test]
    fn every_day_balances_and_the_next_begins_where_it_ended(
        days in prop::collection::vec(prop::collection::vec(movement(), 0..30), 1..6)
    ) {
        let mut whole = Tally::default();
        let mut ended = 0;
        for movements in days {
            let before = whole;
            for movement in movements {
                whole = whole.after(movement).unwrap_or(whole);
            }
            let day = Tally {
                received: whole.received - before.received,
                issued: whole.issued - before.issued,
                spoiled: whole.spoiled - before.spoiled,
                test: whole.test - before.test,
                returned: whole.returned - before.returned,
                found: whole.found - before.found,
                missing: whole.missing - before.missing,
                ..Tally::default()
            };
            let balance = DayBalance::of(&before, &day, &whole);
            prop_assert!(balance.balanced, "{balance:?}");
            prop_assert_eq!(balance.opened, ended);
            ended = balance.left;
        }
    }
}

#[test]
fn a_day_in_which_a_card_is_lost_to_nobody_does_not_balance() {
    let before = Tally { received: 10, ..Tally::default() };
    let day = Tally { issued: 2, ..Tally::default() };
    let after = Tally { received: 10, issued: 3, ..Tally::default() };
    assert!(!DayBalance::of(&before, &day, &after).balanced);
}

#[test]
fn the_oldest_lot_with_any_left_is_used_first_unless_another_was_opened() {
    let lot = |lot, usable, opened| LotLeft { lot, usable, opened };
    for (lots, expected) in [
        (vec![], None),
        (vec![lot(1, 0, None), lot(2, 0, Some(5))], None),
        (vec![lot(2, 5, None), lot(1, 5, None)], Some(1)),
        (vec![lot(1, 0, None), lot(2, 5, None)], Some(2)),
        (vec![lot(1, 5, None), lot(2, 5, Some(7))], Some(2)),
        (vec![lot(1, 5, Some(9)), lot(2, 5, Some(7))], Some(1)),
        (vec![lot(1, 5, None), lot(2, 0, Some(7)), lot(3, 1, None)], Some(1)),
    ] {
        assert_eq!(which(&lots), expected, "{lots:?}");
    }
}

#[test]
fn a_lot_stands_out_by_the_limit_or_among_its_peers_and_never_by_two_cards() {
    let of = |used, bad| Quality { used, bad };
    for (lot, peers, expected) in [
        (of(100, 6), of(0, 0), true),
        (of(100, 5), of(0, 0), false),
        (of(10, 2), of(0, 0), false),
        (of(0, 0), of(0, 0), false),
        (of(200, 9), of(1000, 2), true),
        (of(200, 9), of(20, 0), false),
        (of(100, 3), of(100, 2), false),
        (of(100, 3), of(10_000, 110), false),
    ] {
        assert_eq!(suspicious(lot, peers, 5), expected, "{lot:?} beside {peers:?}");
    }
    assert_eq!((of(0, 0).permille(), of(200, 9).permille()), (0, 45));
}

#[test]
fn types_go_both_ways_and_lots_and_counts_are_read() {
    for known in StockType::ALL {
        assert_eq!(StockType::parse(known.as_str()), Some(*known));
    }
    assert_eq!(StockType::parse("rfid"), None);
    let chipless = StockType::ALL.iter().filter(|kind| kind.chip().is_none());
    assert_eq!(chipless.map(|kind| kind.as_str()).collect::<Vec<_>>(), ["barcode-card", "sticker"]);
    for (text, expected) in [(" A-17 ", "A-17"), ("2026/03 서울", "2026/03 서울")] {
        assert_eq!(lot_name(text).unwrap(), expected);
    }
    for (text, code) in [
        ("", "stock-lot"),
        ("a\nb", "stock-lot"),
        (&"x".repeat(41), "stock-lot"),
        ("880314-1234567", "identity-number"),
    ] {
        assert_eq!(lot_name(text).unwrap_err().code, code, "{text}");
    }
    for (text, least, expected) in [("1", 1, 1), (" 1,000 ", 1, 1000), ("100000", 1, MOST), ("0", 0, 0)] {
        assert_eq!(count(text, least).unwrap(), expected, "{text}");
    }
    for text in ["", "0", "-1", "100001", "1.5", "ten", "99999999999999999999", ","] {
        assert_eq!(count(text, 1).unwrap_err().code, "stock-count", "{text}");
    }
}
