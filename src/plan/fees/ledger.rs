//! What an entry of the ledger does to the books: double entry, so that every won that was charged stands in exactly one place.
//! Pure; amounts are whole won. It stores nothing and knows no rule. Start at [`postings`] and [`Totals`].
//!
//! Money that was asked for (`charged`) is the credit side. The debit side says what became of it: it is `unpaid`, was `paid` and
//! kept, `waived`, `refunded`, or `reversed` with its job. So always: charged = unpaid + paid + waived + refunded + reversed.

use serde::Serialize;

use super::{ChargeState, PayBy};

/// What an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A card costs its holder something, or nothing and why.
    Charge,
    Payment,
    /// Not asked for any more, and who allowed it.
    Waiver,
    /// Money goes back; the card stays with its holder.
    Refund,
    /// The job was cancelled: its charge is taken back, and what was paid goes back.
    Reversal,
    /// A desk's day is over: what was counted and what was expected.
    Close,
    /// The day is open again.
    Reopen,
}
kebab!(EntryKind {
    Charge = "charge",
    Payment = "payment",
    Waiver = "waiver",
    Refund = "refund",
    Reversal = "reversal",
    Close = "close",
    Reopen = "reopen",
});

/// Where won stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Asked for and not settled.
    Receivable,
    Cash,
    Card,
    Transfer,
    Waived,
    Refunded,
    Reversed,
    /// Everything that was ever asked for.
    Charged,
}
kebab!(Account {
    Receivable = "receivable",
    Cash = "cash",
    Card = "card",
    Transfer = "transfer",
    Waived = "waived",
    Refunded = "refunded",
    Reversed = "reversed",
    Charged = "charged",
});

impl Account {
    pub fn is_money(self) -> bool {
        matches!(self, Account::Cash | Account::Card | Account::Transfer)
    }
}

impl From<PayBy> for Account {
    fn from(by: PayBy) -> Account {
        match by {
            PayBy::Cash => Account::Cash,
            PayBy::Card => Account::Card,
            PayBy::Transfer => Account::Transfer,
        }
    }
}

/// The two sides of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    pub debit: Account,
    pub credit: Account,
}

/// Both sides of an entry of this kind whose won come from or go to `account`; `None` where it moves no money, or an account that the
/// kind does not know.
pub fn postings(kind: EntryKind, account: Account) -> Option<Posting> {
    use Account::{Charged, Receivable, Refunded, Reversed, Waived};
    let (debit, credit) = match (kind, account) {
        (EntryKind::Charge, Receivable) => (Receivable, Charged),
        (EntryKind::Payment, money) if money.is_money() => (money, Receivable),
        (EntryKind::Waiver, Waived) => (Waived, Receivable),
        (EntryKind::Refund, money) if money.is_money() => (Refunded, money),
        // It takes back whatever stands there: the debt, the money or the waiver.
        (EntryKind::Reversal, from) if from.is_money() || matches!(from, Receivable | Waived) => (Reversed, from),
        _ => return None,
    };
    Some(Posting { debit, credit })
}

/// Sums of entries, in won. Of a period they are what moved in it, and may be negative: what was paid yesterday goes back today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    pub charged: i64,
    /// Paid and kept.
    pub paid: i64,
    pub waived: i64,
    pub refunded: i64,
    pub reversed: i64,
    pub unpaid: i64,
}

impl Totals {
    /// Adds an entry, or so many won of entries of its kind.
    pub fn add(&mut self, kind: EntryKind, account: Account, amount: i64) {
        let Some(Posting { debit, credit }) = postings(kind, account) else { return };
        *self.of(debit) += amount;
        match credit {
            // The credit side of the books; every other account is a debit one.
            Account::Charged => self.charged += amount,
            other => *self.of(other) -= amount,
        }
    }

    fn of(&mut self, account: Account) -> &mut i64 {
        match account {
            Account::Receivable => &mut self.unpaid,
            Account::Cash | Account::Card | Account::Transfer => &mut self.paid,
            Account::Waived => &mut self.waived,
            Account::Refunded => &mut self.refunded,
            Account::Reversed => &mut self.reversed,
            Account::Charged => &mut self.charged,
        }
    }

    /// Every won that was charged is in one place.
    pub fn is_balanced(&self) -> bool {
        self.charged == self.unpaid + self.paid + self.waived + self.refunded + self.reversed
    }
}

/// What may happen to a charge once it is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeEvent {
    Pay(PayBy),
    Waive,
    Refund,
    /// Its job was cancelled.
    Reverse,
}

/// What stands against an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// There is nothing left to pay or to waive.
    Settled,
    /// Nobody paid what would go back.
    NotPaid,
}

/// The entry that an event makes of a charge that stands so, and how it stands after it. `None`: nothing is left to take back.
///
/// # Errors
/// What stands against it.
pub fn settle(
    state: ChargeState,
    paid_by: Option<PayBy>,
    event: ChargeEvent,
) -> Result<Option<(EntryKind, Account, ChargeState)>, Against> {
    use ChargeState::{Free, Paid, Refunded, Reversed, Unpaid, Waived};
    let money = paid_by.map_or(Account::Receivable, Account::from);
    Ok(Some(match (event, state) {
        (ChargeEvent::Pay(by), Unpaid) => (EntryKind::Payment, by.into(), Paid),
        (ChargeEvent::Waive, Unpaid) => (EntryKind::Waiver, Account::Waived, Waived),
        (ChargeEvent::Pay(_) | ChargeEvent::Waive, _) => {
            return Err(Against::Settled);
        }
        (ChargeEvent::Refund, Paid) => (EntryKind::Refund, money, Refunded),
        (ChargeEvent::Refund, _) => return Err(Against::NotPaid),
        (ChargeEvent::Reverse, Paid) => (EntryKind::Reversal, money, Reversed),
        (ChargeEvent::Reverse, Waived) => (EntryKind::Reversal, Account::Waived, Reversed),
        (ChargeEvent::Reverse, Free | Unpaid) => (EntryKind::Reversal, Account::Receivable, Reversed),
        (ChargeEvent::Reverse, Refunded | Reversed) => return Ok(None),
    }))
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
