//! The ledger as it is read: entry by entry and their sums, never all of them at once. Whose entries they are is logged. Start at
//! [`show_ledger`].

use serde::Serialize;

use super::day::day_typed;
use super::{Act, Actor, Desk, actor};
use crate::back::store::closes;
use crate::back::store::ledger::{self, ENTRIES, Entry};
use crate::plan::fees::Totals;
use crate::plan::messages::Trouble;

/// An entry as the contract shows it.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerRow {
    pub seq: i64,
    /// RFC 3339 with offset.
    pub time: String,
    #[serde(flatten)]
    pub entry: Entry,
    /// The words that stand beside it; nothing where there were none or they were purged.
    pub why: Option<String>,
}

/// Hands out the entries of these business days, oldest first, and answers what they sum up to.
///
/// # Errors
/// `day` for one that cannot be read, `ledger-period` for a last one before the first; what `each` answers.
pub fn show_ledger(
    desk: &Desk,
    actor: &Actor,
    from: Option<&str>,
    to: Option<&str>,
    each: &mut dyn FnMut(LedgerRow) -> Result<(), Trouble>,
) -> Result<Totals, Trouble> {
    actor.may(Act::ShowLedger)?;
    let day = |text: Option<&str>| text.map(day_typed).transpose();
    let (from, to) = (day(from)?, day(to)?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Trouble::new("ledger-period").with("from", from).with("to", to));
    }
    let (from, to) = (from.map(|day| day.to_string()), to.map(|day| day.to_string()));
    let newest = desk.store.change(|tx| {
        actor::log(desk, tx, actor, closes::members(tx, from.as_deref(), to.as_deref())?, "list", "ledger")?;
        ENTRIES.newest(tx)
    })?;
    let mut totals = Totals::default();
    desk.store.look(|tx| {
        ledger::each(tx, from.as_deref(), to.as_deref(), |entry| {
            // What came since was not logged.
            if entry.seq > newest {
                return Ok(());
            }
            if let Some(account) = entry.account {
                totals.add(entry.kind, account, entry.amount);
            }
            let why = ledger::words(tx, &entry)?;
            each(LedgerRow { seq: entry.seq, time: desk.rfc3339(entry.time), entry, why })
        })
    })?;
    Ok(totals)
}
