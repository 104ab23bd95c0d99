//! A desk's day as its close left it, and as it stands before: what it covers, what the drawer should hold, what was counted first.
//! It is read from the ledger every time, so that the same close says the same for ever. It writes nothing. Start at [`closed_day`].

use jiff::civil::Date;
use serde::Serialize;

use super::{Act, Actor, Desk};
use crate::back::store::chain::Standing;
use crate::back::store::closes::{self, Moved, Span};
use crate::back::store::ledger::{self, Count, Entry};
use crate::back::store::{Tx, numbers, staff};
use crate::plan::audit::anchors::Anchor;
use crate::plan::audit::hex;
use crate::plan::fees::close::{cash, offered};
use crate::plan::fees::{Account, EntryKind};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// Beyond every day that is written down.
const LAST_DAY: &str = "9999-99";
/// How the command line's own drawer is called in a warning.
const COMMAND_LINE: &str = "command-line";
/// So many closes are listed.
const LISTED: u32 = 12;

/// Won by the way they went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Ways {
    pub cash: i64,
    pub card: i64,
    pub transfer: i64,
}

impl Ways {
    fn add(&mut self, account: Account, amount: i64) {
        match account {
            Account::Cash => self.cash += amount,
            Account::Card => self.card += amount,
            Account::Transfer => self.transfer += amount,
            _ => {}
        }
    }

    pub fn total(&self) -> i64 {
        self.cash + self.card + self.transfer
    }
}

/// What a close covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// Business days that have entries.
    pub days: Vec<String>,
    pub taken: Ways,
    pub given_back: Ways,
    pub payments: u32,
    /// Cash of days after the one that is closed, which lies in the drawer too: a day that was forgotten is closed on a later one.
    pub later: i64,
    /// Whether anything at all is covered.
    pub entries: u32,
}

/// The count that was made before anybody saw what to expect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstCount {
    pub counted: i64,
    /// What the drawer should have held then.
    pub expected: i64,
    /// RFC 3339 with offset.
    pub time: String,
    pub by: String,
}

/// A close of the same day that was opened again before this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClosedBefore {
    pub receipt: i64,
    pub reopened_by: String,
    #[serde(skip)]
    pub reopened_name: String,
    pub reopened_why: Option<String>,
}

/// A close as the contract shows it, and what stands on its receipt. Amounts in won.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closed {
    pub day: String,
    pub desk: String,
    pub counted: i64,
    pub expected: i64,
    pub difference: i64,
    /// Won that stay in the drawer, as the settings had it then.
    pub change: i64,
    pub receipt: i64,
    /// Of this very entry, as `audit verify --anchors` takes it.
    pub anchor: Anchor,
    pub time: String,
    pub by: String,
    #[serde(skip)]
    pub by_name: String,
    pub why: Option<String>,
    /// What was counted before anybody saw what to expect.
    pub first_counted: i64,
    pub first: Option<FirstCount>,
    pub times_counted: usize,
    #[serde(flatten)]
    pub covered: Covered,
    /// Of those given before the close's own.
    pub highest_receipt: Option<i64>,
    pub highest_serial: Option<u32>,
    #[serde(skip)]
    pub highest_number: Option<MemberNumber>,
    /// The close of this day that came before it, where it was opened again.
    pub before: Option<ClosedBefore>,
    /// Who opened it again, and why.
    pub reopened_by: Option<String>,
    pub reopened_why: Option<String>,
}

/// A drawer that was counted, and what it should hold.
#[derive(Debug, Clone)]
pub struct DrawerCount {
    /// By which it is closed.
    pub count: i64,
    pub day: String,
    pub desk: String,
    pub counted: i64,
    /// `10000x3`; empty where a sum was typed.
    pub pieces: String,
    pub expected: i64,
    pub difference: i64,
    pub covered: Covered,
    /// Won that stay in the drawer.
    pub change: i64,
    pub first: Option<FirstCount>,
}

impl DrawerCount {
    /// Whether a close by it wants a reason on the page: counted until it fits is no fit.
    pub fn wants_why(&self) -> bool {
        self.difference != 0 || self.first.as_ref().is_some_and(|first| first.counted != first.expected)
    }
}

/// How the days of a desk stand, before anybody counts: nothing of what to expect is in it.
#[derive(Debug, Clone)]
pub struct CloseView {
    pub desk: String,
    /// Days that may be closed now, the one to begin with in front.
    pub days: Vec<String>,
    pub today: String,
    /// Through which day it is closed.
    pub closed: Option<String>,
    /// The day on which what comes now counts.
    pub counts_for: String,
    /// Newest first.
    pub past: Vec<PastClose>,
}

/// A close in a list.
#[derive(Debug, Clone)]
pub struct PastClose {
    pub close: i64,
    pub day: String,
    pub time: String,
    /// The name of the account.
    pub by: String,
    pub counted: i64,
    pub difference: i64,
    pub receipt: i64,
    pub reopened: bool,
    /// The one that can be opened again.
    pub stands: bool,
}

/// The days of this desk.
pub fn close_view(desk: &Desk, actor: &Actor) -> Result<CloseView, Trouble> {
    actor.may(Act::CloseDay)?;
    let today = desk.today();
    desk.store.look(|tx| {
        let last = ledger::last_close(tx, &actor.desk)?;
        let after = last.as_ref().map_or("", |close| &close.day);
        let span = Span { desk: &actor.desk, after, through: LAST_DAY, before: i64::MAX };
        let with: Vec<Date> = closes::days(tx, span)?.iter().filter_map(|day| day.parse().ok()).collect();
        let closed = last.as_ref().and_then(|close| close.day.parse().ok());
        let past = closes::last(tx, &actor.desk, LISTED)?.into_iter().map(|close| {
            let stands = last.as_ref().is_some_and(|last| last.seq == close.seq);
            Ok(PastClose {
                close: close.seq,
                time: desk.rfc3339(close.time),
                counted: close.amount,
                difference: close.amount - close.expected.unwrap_or(close.amount),
                receipt: close.receipt.unwrap_or_default(),
                reopened: closes::reopened(tx, &close)?.is_some(),
                by: staff::name_of(tx, &close.staff)?,
                day: close.day,
                stands,
            })
        });
        Ok(CloseView {
            desk: actor.desk.clone(),
            days: offered(closed, &with, today).iter().map(Date::to_string).collect(),
            today: today.to_string(),
            closed: last.as_ref().map(|close| close.day.clone()),
            counts_for: super::ledger::business_day(desk, tx, &actor.desk)?.to_string(),
            past: past.collect::<Result<_, Trouble>>()?,
        })
    })
}

/// `ledger-unclosed` where won moved at a desk before today and nobody has closed that day: the oldest, and at how many desks more.
pub(super) fn unclosed(desk: &Desk) -> Result<Option<Trouble>, Trouble> {
    let mut open = desk.store.look(|tx| closes::unclosed(tx, &desk.today().to_string()))?;
    open.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(open.first().map(|(place, day)| {
        let place = if place.is_empty() { COMMAND_LINE } else { place };
        let more = Some(open.len() - 1).filter(|more| *more > 0).map_or_else(|| "none".to_owned(), |n| n.to_string());
        Trouble::new("ledger-unclosed").with("desk", place).with("day", day).with("more", more)
    }))
}

/// The day on which what comes at this desk counts, where today is closed.
pub fn next_business_day(desk: &Desk, actor: &Actor) -> Result<Option<String>, Trouble> {
    actor.may(Act::ShowDay)?;
    let day = desk.store.look(|tx| super::ledger::business_day(desk, tx, &actor.desk))?;
    Ok(Some(day).filter(|day| *day > desk.today()).map(|day| day.to_string()))
}

/// A close by the number of its entry: of one's own desk, or of any for whoever may see the ledger. `close-unknown` else.
pub fn closed_day(desk: &Desk, actor: &Actor, close: i64) -> Result<Closed, Trouble> {
    actor.may(Act::CloseDay)?;
    desk.store.look(|tx| {
        let found = closed(desk, tx, close)?;
        match found.desk == actor.desk || actor.may(Act::ShowLedger).is_ok() {
            true => Ok(found),
            false => Err(Trouble::new("close-unknown").with("close", close)),
        }
    })
}

/// A count of one's own desk, as it stands now; nothing where it is used up, or cash moved since.
pub fn counted_drawer(desk: &Desk, actor: &Actor, count: i64) -> Result<Option<DrawerCount>, Trouble> {
    actor.may(Act::CloseDay)?;
    desk.store.look(|tx| match closes::count(tx, count)?.filter(|count| count.desk == actor.desk) {
        Some(count) if !is_stale(tx, &count)? => counted(desk, tx, &count).map(Some),
        _ => Ok(None),
    })
}

/// Whether a count is no longer the drawer's: cash moved, the day was closed or opened, or it was counted again.
pub(super) fn is_stale(tx: &Tx, count: &Count) -> Result<bool, Trouble> {
    Ok(closes::cash_since(tx, &count.desk, count.entry)?
        || closes::last_turn(tx, &count.desk, "", i64::MAX)? > count.entry
        || ledger::counts_since(tx, &count.desk, count.entry)?.iter().any(|other| other.seq > count.seq))
}

/// A count against what the drawer should hold by then.
pub(super) fn counted(desk: &Desk, tx: &Tx, count: &Count) -> Result<DrawerCount, Trouble> {
    let before = count.entry + 1;
    let (covered, cash) = covered(tx, &count.desk, &count.day, before)?;
    let change = i64::from(desk.settings.drawer.change);
    let expected = change + cash + covered.later;
    Ok(DrawerCount {
        count: count.seq,
        day: count.day.clone(),
        desk: count.desk.clone(),
        counted: count.counted,
        pieces: count.pieces.clone(),
        expected,
        difference: count.counted - expected,
        covered,
        change,
        first: counts(desk, tx, (&count.desk, &count.day), before, change)?
            .1
            .filter(|first| first.counted != count.counted),
    })
}

/// A close from its entry.
pub(super) fn closed(desk: &Desk, tx: &Tx, seq: i64) -> Result<Closed, Trouble> {
    let unknown = || Trouble::new("close-unknown").with("close", seq);
    let entry = ledger::get(tx, seq)?.filter(|entry| entry.kind == EntryKind::Close).ok_or_else(unknown)?;
    let (covered, _) = covered(tx, &entry.desk, &entry.day, seq)?;
    let change = entry.change.unwrap_or_default();
    let (counts, first) = counts(desk, tx, (&entry.desk, &entry.day), seq, change)?;
    let number = numbers::last_given(tx, desk.settings.library.code, entry.time)?;
    let head = match ledger::ENTRIES.standing(tx, seq)? {
        Standing::Hash(hash) => hex(&hash),
        _ => String::new(),
    };
    let why = ledger::words(tx, &entry)?;
    let opened = closes::reopened(tx, &entry)?;
    let expected = entry.expected.unwrap_or_default();
    let time = desk.rfc3339(entry.time);
    Ok(Closed {
        counted: entry.amount,
        expected,
        difference: entry.amount - expected,
        change,
        receipt: entry.receipt.unwrap_or_default(),
        anchor: Anchor { chain: ledger::ENTRIES.table.to_owned(), sequence: seq, head, time: time.clone() },
        time,
        why,
        first_counted: first.as_ref().map_or(entry.amount, |first| first.counted),
        first: first.filter(|first| first.counted != entry.amount),
        times_counted: counts,
        covered,
        highest_receipt: closes::highest_receipt(tx, seq)?,
        highest_serial: number.map(|number| number.serial()),
        highest_number: number,
        before: before(tx, &entry)?,
        reopened_why: opened.as_ref().map(|opened| ledger::words(tx, opened)).transpose()?.flatten(),
        reopened_by: opened.map(|opened| opened.staff),
        by_name: staff::name_of(tx, &entry.staff)?,
        by: entry.staff,
        day: entry.day,
        desk: entry.desk,
    })
}

/// The last reopening of this day before this close.
fn before(tx: &Tx, close: &Entry) -> Result<Option<ClosedBefore>, Trouble> {
    let Some(opened) = closes::opened_before(tx, close)? else { return Ok(None) };
    let first = opened.refers.map(|seq| ledger::get(tx, seq)).transpose()?.flatten();
    Ok(Some(ClosedBefore {
        receipt: first.and_then(|first| first.receipt).unwrap_or_default(),
        reopened_name: staff::name_of(tx, &opened.staff)?,
        reopened_why: ledger::words(tx, &opened)?,
        reopened_by: opened.staff,
    }))
}

/// What a close of this day covers, of the entries before this one; and what it does to the drawer.
fn covered(tx: &Tx, place: &str, day: &str, before: i64) -> Result<(Covered, i64), Trouble> {
    let stood: Option<Entry> = closes::stood_before(tx, place, before)?;
    let after = stood.as_ref().map_or("", |close| &close.day);
    let span = Span { desk: place, after, through: day, before };
    let beyond = Span { after: day.max(after), through: LAST_DAY, ..span };
    let in_drawer = |moved: &[Moved]| moved.iter().map(|moved| cash(moved.kind, moved.account, moved.amount)).sum();
    let moved = closes::moved(tx, span)?;
    let mut found =
        Covered { days: closes::days(tx, span)?, later: in_drawer(&closes::moved(tx, beyond)?), ..Covered::default() };
    for Moved { kind, account, entries, amount } in &moved {
        found.entries += entries;
        match kind {
            EntryKind::Payment => {
                found.taken.add(*account, *amount);
                found.payments += entries;
            }
            EntryKind::Refund | EntryKind::Reversal => found.given_back.add(*account, *amount),
            _ => {}
        }
    }
    Ok((found, in_drawer(&moved)))
}

/// What the drawer of a desk should have held for a close of this day, by an entry of the ledger; won.
pub(super) fn should_hold(tx: &Tx, (place, day): (&str, &str), by: i64, change: i64) -> Result<i64, Trouble> {
    let (held, cash) = covered(tx, place, day, by + 1)?;
    Ok(change + cash + held.later)
}

/// How often a drawer was counted for this day since it was last closed or opened again before this entry, and the first count of
/// these: the close of an earlier day does not use it up.
fn counts(
    desk: &Desk,
    tx: &Tx,
    (place, day): (&str, &str),
    before: i64,
    change: i64,
) -> Result<(usize, Option<FirstCount>), Trouble> {
    let turn = closes::last_turn(tx, place, day, before)?;
    let counts = ledger::counts_since(tx, place, turn)?;
    let counts: Vec<&Count> = counts.iter().filter(|count| count.day == day && count.entry < before).collect();
    let Some(first) = counts.first() else { return Ok((0, None)) };
    let first = FirstCount {
        counted: first.counted,
        expected: should_hold(tx, (place, day), first.entry, change)?,
        time: desk.rfc3339(first.time),
        by: first.staff.clone(),
    };
    Ok((counts.len(), Some(first)))
}
