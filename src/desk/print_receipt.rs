//! Printing receipts: each number once as the original, right after the act that it is for, and again as a copy whenever somebody
//! asks. That one could not be printed undoes nothing: it comes with the next, or when it is asked for. What stands on one is
//! `receipt`'s. Start at [`print_due`] and [`print_receipt`].

use std::path::PathBuf;

use serde::Serialize;

use super::closed::{Closed, Ways, closed};
use super::receipt::{self, Close, Copied, Money, Movement, Of, Receipt, Sums};
use super::{Act, Actor, Desk, RuleText, actor, find};
use crate::back::store::ledger::{self, Entry};
use crate::back::store::{Tx, charges, fee_rules, jobs, members, receipts, staff};
use crate::plan::fees::{Account, EntryKind, PayBy, Reason};
use crate::plan::messages::{Lang, Trouble};

/// More than this are not printed behind one act.
const AT_ONCE: u32 = 20;

/// A receipt that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptView {
    pub receipt: i64,
    pub kind: EntryKind,
    pub member: Option<i64>,
    pub job: Option<i64>,
    /// Masked.
    pub name: String,
    pub reason: Option<Reason>,
    /// Won; of a close what was counted.
    pub amount: u64,
    pub account: Option<Account>,
    /// RFC 3339 with offset.
    pub time: String,
    /// How often; from the second time on it is a copy.
    pub printed: u32,
    /// The rule of its charge and the text of it.
    pub rule: Option<RuleText>,
}

/// One that was printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Printed {
    pub receipt: i64,
    pub copy: bool,
    pub file: PathBuf,
}

/// What a receipt was given for; the look at its member is logged. `receipt-unknown` where there is none of that number.
pub fn show_receipt(desk: &Desk, actor: &Actor, number: i64) -> Result<ReceiptView, Trouble> {
    actor.may(Act::PrintReceipt)?;
    desk.store.change(|tx| {
        let entry = entry(tx, number)?;
        let name = entry.member.map(|member| members::get(tx, member)).transpose()?;
        actor::log(desk, tx, actor, entry.member, "look", "receipt")?;
        Ok(ReceiptView {
            receipt: number,
            kind: entry.kind,
            member: entry.member,
            job: entry.job,
            name: name.map(|member| find::masked_name(&member.name)).unwrap_or_default(),
            reason: entry.reason,
            amount: entry.amount.unsigned_abs(),
            account: entry.account,
            time: desk.rfc3339(entry.time),
            printed: receipts::count(tx, number)?,
            rule: rule_of(tx, &entry)?,
        })
    })
}

fn rule_of(tx: &Tx, entry: &Entry) -> Result<Option<RuleText>, Trouble> {
    let Some(rule) = entry.rule.clone() else { return Ok(None) };
    Ok(fee_rules::text(tx, &rule)?.map(|text| RuleText { rule, text }))
}

/// The newest receipt of a charge: of its payment, or of what was given back since.
pub fn newest_receipt(desk: &Desk, actor: &Actor, charge: i64) -> Result<Option<i64>, Trouble> {
    actor.may(Act::PrintReceipt)?;
    desk.store.look(|tx| Ok(ledger::of_charge(tx, charge)?.iter().filter_map(|entry| entry.receipt).max()))
}

/// Prints it: the original where it was never printed, else a copy, marked as one.
///
/// # Errors
/// `receipt-unknown`; those of drawing and of the spool, and then nothing is noted.
pub fn print_receipt(desk: &Desk, actor: &Actor, number: i64) -> Result<Printed, Trouble> {
    actor.may(Act::PrintReceipt)?;
    print(desk, actor, number, true)
}

/// Prints the receipts that were given and not printed yet: after an act that moved money.
pub(super) fn print_due(desk: &Desk, actor: &Actor) {
    let due = desk.store.look(|tx| receipts::due(tx, AT_ONCE)).unwrap_or_default();
    for number in due {
        if let Err(trouble) = print(desk, actor, number, false) {
            tracing::warn!(code = trouble.code, number, "a receipt could not be printed");
        }
    }
}

/// The file is there before it is noted: cut short, the original is made again under its own name.
fn print(desk: &Desk, actor: &Actor, number: i64, look: bool) -> Result<Printed, Trouble> {
    let now = desk.now().as_millisecond();
    let (entry, of, copied, by) = desk.store.look(|tx| {
        let entry = entry(tx, number)?;
        let of = match entry.kind {
            EntryKind::Close => Of::Close(of_close(&closed(desk, tx, entry.seq)?)),
            _ => Of::Money(of_money(tx, &entry)?),
        };
        let by = staff::name_of(tx, &entry.staff)?;
        let (nth, printing) = (receipts::count(tx, number)?, staff::name_of(tx, &actor.id())?);
        Ok((entry, of, (nth > 0).then_some(Copied { nth, time: now, by: printing }), by))
    })?;
    let copy = copied.is_some();
    let Entry { time, desk: place, member, .. } = entry;
    let pdf = receipt::draw(desk, &Receipt { number, time, desk: place, by, copy: copied, of }, Lang::Ko)?;
    let file = receipt::put_in_spool(desk, number, copy, &pdf)?;
    desk.store.change(|tx| {
        receipts::note(tx, &desk.month_of(now), number, now, &actor.id())?;
        match look {
            true => actor::log(desk, tx, actor, member, "look", "print-receipt"),
            false => Ok(()),
        }
    })?;
    Ok(Printed { receipt: number, copy, file })
}

fn entry(tx: &Tx, number: i64) -> Result<Entry, Trouble> {
    ledger::of_receipt(tx, number)?.ok_or_else(|| Trouble::new("receipt-unknown").with("receipt", number))
}

/// What stands on the receipt of money that came in or went back.
fn of_money(tx: &Tx, entry: &Entry) -> Result<Money, Trouble> {
    let unknown = || Trouble::new("receipt-unknown").with("receipt", entry.receipt.unwrap_or_default());
    let movement = match entry.kind {
        EntryKind::Refund => Movement::Refund,
        EntryKind::Reversal => Movement::Reversal,
        _ => Movement::Payment,
    };
    let charge = charges::get(tx, entry.charge.ok_or_else(unknown)?)?;
    let member = members::get(tx, charge.member)?;
    // The number of the card that was paid for; the member may have another one since.
    let job = charge.job.map(|job| jobs::get(tx, job)).transpose()?;
    let number = job.map(|job| job.number).or(member.number).ok_or_else(unknown)?;
    let by = entry.account.and_then(|account| PayBy::parse(account.as_str())).ok_or_else(unknown)?;
    let amount = u32::try_from(entry.amount).map_err(|_| unknown())?;
    let first = charge.receipt.filter(|_| movement != Movement::Payment);
    let allowed_by = entry.allowed_by.as_ref().map(|by| staff::name_of(tx, by)).transpose()?;
    let why = ledger::words(tx, entry)?;
    let (name, reason) = (member.name, charge.reason);
    Ok(Money { movement, member: number, name, reason, amount, by, first, why, allowed_by })
}

/// What stands on the receipt of a close.
fn of_close(close: &Closed) -> Close {
    let won = |won: i64| won.unsigned_abs();
    let sums = |ways: Ways| Sums { cash: won(ways.cash), card: won(ways.card), transfer: won(ways.transfer) };
    Close {
        day: close.day.clone(),
        expected: close.expected,
        counted: close.counted,
        why: close.why.clone(),
        change: close.change,
        later: close.covered.later,
        before: close.before.as_ref().map(|before| (before.receipt, before.reopened_name.clone())),
        first: close.first.as_ref().map(|first| (first.counted, first.expected)),
        times_counted: close.times_counted,
        taken: sums(close.covered.taken),
        given_back: sums(close.covered.given_back),
        payments: close.covered.payments.into(),
        last_receipt: close.highest_receipt.unwrap_or_default(),
        last_entry: close.anchor.sequence,
        last_number: close.highest_number,
        anchor: close.anchor.clone(),
    }
}
