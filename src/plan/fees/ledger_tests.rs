//! Whatever is entered, the books balance, and say what the charges say.

use proptest::prelude::*;

use super::*;

fn account() -> impl Strategy<Value = Account> {
    prop::sample::select(Account::ALL)
}

fn event() -> impl Strategy<Value = ChargeEvent> {
    prop_oneof![
        prop::sample::select(PayBy::ALL).prop_map(ChargeEvent::Pay),
        Just(ChargeEvent::Waive),
        Just(ChargeEvent::Refund),
        Just(ChargeEvent::Reverse),
    ]
}

#[test]
fn each_kind_moves_won_between_two_places() {
    use Account::*;
    for (kind, account, expected) in [
        (EntryKind::Charge, Receivable, Some((Receivable, Charged))),
        (EntryKind::Charge, Cash, None),
        (EntryKind::Payment, Cash, Some((Cash, Receivable))),
        (EntryKind::Payment, Transfer, Some((Transfer, Receivable))),
        (EntryKind::Payment, Waived, None),
        (EntryKind::Waiver, Waived, Some((Waived, Receivable))),
        (EntryKind::Waiver, Cash, None),
        (EntryKind::Refund, Card, Some((Refunded, Card))),
        (EntryKind::Refund, Receivable, None),
        (EntryKind::Reversal, Receivable, Some((Reversed, Receivable))),
        (EntryKind::Reversal, Cash, Some((Reversed, Cash))),
        (EntryKind::Reversal, Waived, Some((Reversed, Waived))),
        (EntryKind::Reversal, Charged, None),
        (EntryKind::Close, Cash, None),
        (EntryKind::Reopen, Cash, None),
    ] {
        let expected = expected.map(|(debit, credit)| Posting { debit, credit });
        assert_eq!(postings(kind, account), expected, "{kind} {account}");
    }
}

#[test]
fn what_may_become_of_a_charge() {
    use ChargeState::*;
    let cash = ChargeEvent::Pay(PayBy::Cash);
    let done = |kind, account, state| Ok(Some((kind, account, state)));
    for (state, event, expected) in [
        (Unpaid, cash, done(EntryKind::Payment, Account::Cash, Paid)),
        (Unpaid, ChargeEvent::Waive, done(EntryKind::Waiver, Account::Waived, Waived)),
        (Unpaid, ChargeEvent::Refund, Err(Against::NotPaid)),
        (Unpaid, ChargeEvent::Reverse, done(EntryKind::Reversal, Account::Receivable, Reversed)),
        (Free, cash, Err(Against::Settled)),
        (Free, ChargeEvent::Reverse, done(EntryKind::Reversal, Account::Receivable, Reversed)),
        (Paid, cash, Err(Against::Settled)),
        (Paid, ChargeEvent::Waive, Err(Against::Settled)),
        (Paid, ChargeEvent::Refund, done(EntryKind::Refund, Account::Card, Refunded)),
        (Paid, ChargeEvent::Reverse, done(EntryKind::Reversal, Account::Card, Reversed)),
        (Waived, ChargeEvent::Refund, Err(Against::NotPaid)),
        (Waived, ChargeEvent::Reverse, done(EntryKind::Reversal, Account::Waived, Reversed)),
        (Refunded, cash, Err(Against::Settled)),
        (Refunded, ChargeEvent::Reverse, Ok(None)),
        (Reversed, ChargeEvent::Reverse, Ok(None)),
    ] {
        let got = settle(state, (state == Paid).then_some(PayBy::Card), event);
        assert_eq!(got, expected, "{state} {event:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_entered_the_books_balance(entries in prop::collection::vec(
        (prop::sample::select(EntryKind::ALL), account(), 0..1_000_000i64), 0..60,
    )) {
        let mut totals = Totals::default();
        for (kind, account, amount) in entries {
            totals.add(kind, account, amount);
            prop_assert!(totals.is_balanced(), "{:?} after {} {}", totals, kind, account);
        }
    }

    /// Charges of any amount, and whatever is tried with them: what each state says is what the books say.
    #[test]
    fn the_books_say_what_the_charges_say(
        amounts in prop::collection::vec(prop_oneof![Just(0u32), 1..100_000u32], 1..12),
        tried in prop::collection::vec((0..12usize, event()), 0..60),
    ) {
        let mut totals = Totals::default();
        let mut charges = Vec::new();
        for amount in amounts {
            totals.add(EntryKind::Charge, Account::Receivable, amount.into());
            charges.push((amount, if amount == 0 { ChargeState::Free } else { ChargeState::Unpaid }, None));
        }
        for (at, event) in tried {
            let at = at % charges.len();
            let (amount, state, paid_by) = charges[at];
            let Ok(Some((kind, account, next))) = settle(state, paid_by, event) else { continue };
            prop_assert!(postings(kind, account).is_some());
            totals.add(kind, account, amount.into());
            charges[at] = (amount, next, match event { ChargeEvent::Pay(by) => Some(by), _ => paid_by });
        }
        let sum = |wanted| charges.iter().filter(|(_, state, _)| *state == wanted).map(|(n, ..)| i64::from(*n)).sum::<i64>();
        prop_assert_eq!(totals.paid, sum(ChargeState::Paid));
        prop_assert_eq!(totals.waived, sum(ChargeState::Waived));
        prop_assert_eq!(totals.refunded, sum(ChargeState::Refunded));
        prop_assert_eq!(totals.reversed, sum(ChargeState::Reversed));
        prop_assert_eq!(totals.unpaid, sum(ChargeState::Unpaid));
        prop_assert_eq!(totals.charged, charges.iter().map(|(n, ..)| i64::from(*n)).sum::<i64>());
    }
}
