//! Charges from before there was a ledger: each gets its entries once, as it stood when the database was opened by a program that
//! keeps one. They bear the rule `before`. Start at [`adopt`].

use super::{Desk, ledger};
use crate::back::store::charges::{self, Charge};
use crate::back::store::house;
use crate::back::store::ledger::Entry;
use crate::plan::fees::{Account, ChargeState, EntryKind};
use crate::plan::messages::Trouble;

/// Under which their entries stand.
const RULE: &str = "before";

/// Writes the entries that are missing, once in the life of a database: entries that went missing later are not made up.
pub(super) fn adopt(desk: &Desk) -> Result<(), Trouble> {
    if desk.store.look(house::has_ledger)? {
        return Ok(());
    }
    desk.store.change(|tx| {
        if house::has_ledger(tx)? {
            return Ok(());
        }
        for charge in charges::without_entry(tx)? {
            let mut charged = None;
            for (kind, account, staff, time) in became(&charge) {
                let entry = Entry {
                    time,
                    day: desk.day_of(time),
                    kind,
                    charge: Some(charge.id),
                    job: charge.job,
                    member: Some(charge.member),
                    reason: Some(charge.reason),
                    amount: charge.amount.into(),
                    account: Some(account),
                    staff: staff.to_owned(),
                    allowed_by: charge.allowed_by.clone().filter(|_| kind == EntryKind::Waiver),
                    rule: Some(RULE.to_owned()),
                    refers: charged.filter(|_| kind == EntryKind::Reversal),
                    ..Entry::of(kind, staff)
                };
                let seq = ledger::write(desk, tx, &entry)?;
                charged = charged.or(Some(seq));
            }
        }
        house::set_ledger(tx, desk.now().as_millisecond())
    })
}

/// What was asked for, and how it was settled by then: kind, account, who and when.
fn became(charge: &Charge) -> Vec<(EntryKind, Account, &str, i64)> {
    let money = charge.paid_by.map(Account::from);
    let by = charge.settled_by.as_deref().unwrap_or(&charge.created_by);
    let at = charge.settled.unwrap_or(charge.created);
    let paid = money.map(|money| (EntryKind::Payment, money, by, at));
    let mut entries = vec![(EntryKind::Charge, Account::Receivable, charge.created_by.as_str(), charge.created)];
    match charge.state {
        ChargeState::Paid => entries.extend(paid),
        ChargeState::Waived => entries.push((EntryKind::Waiver, Account::Waived, by, at)),
        ChargeState::Reversed => {
            entries.extend(paid);
            entries.push((EntryKind::Reversal, money.unwrap_or(Account::Receivable), by, at));
        }
        ChargeState::Free | ChargeState::Unpaid | ChargeState::Refunded => {}
    }
    entries
}
