//! Entries of the ledger: every won that is asked for, comes in or goes back is one, in the transaction of the act itself. Whether it
//! may be is judged by the act; here it gets its desk's business day, its receipt and its place in the chain. Start at [`post`].

use jiff::civil::Date;

use super::{Actor, Desk};
use crate::back::store::Tx;
use crate::back::store::charges::Charge;
use crate::back::store::ledger::{self, Entry};
use crate::plan::audit::{Value, personal};
use crate::plan::fees::{Account, EntryKind};
use crate::plan::messages::Trouble;

/// An entry on a charge, before it has its place.
pub(super) struct OnCharge<'a> {
    pub kind: EntryKind,
    pub charge: &'a Charge,
    pub account: Account,
    /// Whose signature it wanted.
    pub allowed_by: Option<&'a str>,
    /// In somebody's words; kept beside the entry.
    pub why: Option<&'a str>,
}

/// What an entry became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posted {
    pub seq: i64,
    /// Where money came in or went back.
    pub receipt: Option<i64>,
}

/// Writes an entry on a charge, in the caller's transaction.
pub(super) fn post(desk: &Desk, tx: &Tx, actor: &Actor, said: &OnCharge) -> Result<Posted, Trouble> {
    let OnCharge { kind, charge, account, .. } = *said;
    let refers = match kind {
        EntryKind::Refund => newest(tx, charge.id, EntryKind::Payment)?,
        EntryKind::Reversal => newest(tx, charge.id, EntryKind::Charge)?,
        _ => None,
    };
    // It is on no earlier day than what it settles or takes back: a day that was opened again lies before both.
    let before = ledger::of_charge(tx, charge.id)?.into_iter().map(|entry| entry.day).max();
    let blank = blank(desk, tx, actor, kind, charge.amount.into())?;
    let receipt = account.is_money().then(|| ledger::next_receipt(tx)).transpose()?;
    let entry = Entry {
        day: before.map_or_else(|| blank.day.clone(), |before| before.max(blank.day.clone())),
        charge: Some(charge.id),
        job: charge.job,
        member: Some(charge.member),
        reason: Some(charge.reason),
        account: Some(account),
        allowed_by: said.allowed_by.map(str::to_owned),
        rule: charge.rule.clone(),
        basis: charge.basis.map(|basis| basis.to_string()),
        evidence: charge.evidence.map(|evidence| evidence.to_string()),
        receipt,
        refers,
        note: said.why.map(|why| noted(tx, why)).transpose()?,
        ..blank
    };
    Ok(Posted { seq: write(desk, tx, &entry)?, receipt })
}

/// An entry of this kind by this actor, now, on the business day of their desk; all else is empty.
pub(super) fn blank(desk: &Desk, tx: &Tx, actor: &Actor, kind: EntryKind, amount: i64) -> Result<Entry, Trouble> {
    Ok(Entry {
        time: desk.now().as_millisecond(),
        day: business_day(desk, tx, &actor.desk)?.to_string(),
        desk: actor.desk.clone(),
        amount,
        ..Entry::of(kind, &actor.id())
    })
}

/// Appends it in the month of its time.
pub(super) fn write(desk: &Desk, tx: &Tx, entry: &Entry) -> Result<i64, Trouble> {
    ledger::append(tx, &desk.month_of(entry.time), entry)
}

/// Keeps words beside the chain, and answers the salted hash that stands in it.
pub(super) fn noted(tx: &Tx, text: &str) -> Result<Vec<u8>, Trouble> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|fault| Trouble::new("no-randomness").with("reason", fault))?;
    let hash = personal(&salt, &[Value::Text(text)]);
    ledger::keep_note(tx, &hash, &salt, text)?;
    Ok(hash.to_vec())
}

/// The day on which an entry of this desk counts now: today, or the day after its last close where that is later. A closed day takes
/// nothing more, whatever the clock says.
pub(super) fn business_day(desk: &Desk, tx: &Tx, place: &str) -> Result<Date, Trouble> {
    let today = desk.today();
    let closed = ledger::last_close(tx, place)?.and_then(|close| close.day.parse::<Date>().ok());
    Ok(match closed.and_then(|closed| closed.tomorrow().ok()) {
        Some(next) => today.max(next),
        None => today,
    })
}

fn newest(tx: &Tx, charge: i64, kind: EntryKind) -> Result<Option<i64>, Trouble> {
    Ok(ledger::of_charge(tx, charge)?.iter().rev().find(|entry| entry.kind == kind).map(|entry| entry.seq))
}
