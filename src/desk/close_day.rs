//! The close of a desk's day. The drawer is counted blind: what was counted is kept, and only then is it told what to expect. A closed
//! day takes nothing more; to open it again is a new entry by a manager, and the close stays in the chain as it was. Start at
//! [`count_drawer`], [`close_day`] and [`reopen_day`]; `closed.rs` reads what came of it.

use jiff::civil::Date;
use serde::Serialize;

use super::approval::allowed_in_house;
use super::closed::{Closed, DrawerCount, closed, counted, is_stale};
use super::day::day_typed;
use super::enrol::{Request, asked};
use super::journal::durable;
use super::once::made_once;
use super::print_receipt::print_due;
use super::session::desk_number;
use super::{Act, Actor, Desk, Origin, Right, actor, ledger};
use crate::back::store::ledger::{self as entries, Count, Entry};
use crate::back::store::{Tx, answers, closes, house};
use crate::plan::fees::close::{NotNow, Pieces, judge, signed};
use crate::plan::fees::{Account, EntryKind, grouped, why};
use crate::plan::messages::Trouble;

/// What was counted: note by note on the page, one sum at the command line.
#[derive(Debug, Clone, Copy)]
pub enum Counted {
    Pieces(Pieces),
    /// Won.
    Sum(i64),
}

impl Counted {
    fn won(&self) -> i64 {
        match self {
            Counted::Pieces(pieces) => pieces.sum(),
            Counted::Sum(won) => *won,
        }
    }

    fn pieces(&self) -> String {
        match self {
            Counted::Pieces(pieces) => pieces.to_string(),
            Counted::Sum(_) => String::new(),
        }
    }
}

/// A desk that is open again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reopened {
    pub day: String,
    pub desk: String,
    /// The entry of the close, which stays.
    pub refers: i64,
    pub seq: i64,
    pub by: String,
    pub allowed_by: Option<String>,
}

/// Keeps what was counted in a drawer for ever, and answers what it should hold. Counted again it is a further count. `day` is today
/// where none is given; `place` the actor's own desk.
///
/// # Errors
/// `day-closed`, `day-ahead`, `day-before-books`, `day`, `drawer-unknown`, `desk-unknown`, `drawer-elsewhere`.
pub fn count_drawer(
    desk: &Desk,
    actor: &Actor,
    place: Option<&str>,
    day: Option<&str>,
    said: Counted,
) -> Result<DrawerCount, Trouble> {
    actor.may(Act::CloseDay)?;
    let place = drawer(desk, actor, place)?;
    let day = day.map(day_typed).transpose()?.unwrap_or_else(|| desk.today());
    let count = durable("count", || desk.store.change(|tx| count(desk, tx, actor, &place, day, said)))?;
    desk.store.look(|tx| counted(desk, tx, &count))
}

fn count(desk: &Desk, tx: &Tx, actor: &Actor, place: &str, day: Date, said: Counted) -> Result<Count, Trouble> {
    may_close(desk, tx, place, day)?;
    let now = desk.now().as_millisecond();
    let mut count = Count {
        seq: 0,
        time: now,
        day: day.to_string(),
        desk: place.to_owned(),
        staff: actor.id(),
        counted: said.won(),
        pieces: said.pieces(),
        entry: entries::ENTRIES.newest(tx)?,
    };
    count.seq = entries::append_count(tx, &desk.month_of(now), &count)?;
    Ok(count)
}

/// Closes the day that was counted for by this count, at the desk that was counted. The same key answers the same.
///
/// # Errors
/// `count-missing` for one that there is not at this desk, `count-stale` where cash moved since or it was counted again,
/// `day-closed`, `day-ahead`, `difference-unexplained` where the drawer holds something else and nobody says why.
pub fn close_day(desk: &Desk, actor: &Actor, count: i64, said: &str, key: Option<&str>) -> Result<Closed, Trouble> {
    actor.may(Act::CloseDay)?;
    let said = reason(said)?;
    let asked = key.map(|key| asked(desk, key, "close-day", &(count, &said), actor));
    let missing = || Trouble::new("count-missing");
    close(desk, actor, asked.as_ref(), said.as_deref(), |tx| {
        let count = closes::count(tx, count)?.ok_or_else(missing)?;
        elsewhere(actor, &count.desk).map_err(|_| missing())?;
        Ok(count)
    })
}

/// Counts and closes in one step, as the command line does. What was counted is kept also where the close is refused then.
pub fn count_and_close(
    desk: &Desk,
    actor: &Actor,
    place: Option<&str>,
    day: Option<&str>,
    won: i64,
    said: &str,
    key: Option<&str>,
) -> Result<Closed, Trouble> {
    actor.may(Act::CloseDay)?;
    let text = reason(said)?;
    let asked = key.map(|key| asked(desk, key, "ledger-close", &(place, day, won, &text), actor));
    if let Some(asked) = &asked {
        let before = desk.store.look(|tx| answers::made_before(tx, &asked.as_asked(), desk.now().as_millisecond()))?;
        if let Some(close) = before {
            return desk.store.look(|tx| closed(desk, tx, close));
        }
    }
    let missing = || Trouble::new("count-missing");
    let done = count_drawer(desk, actor, place, day, Counted::Sum(won)).and_then(|counted| {
        close(desk, actor, asked.as_ref(), text.as_deref(), |tx| closes::count(tx, counted.count)?.ok_or_else(missing))
    });
    match (done, &asked) {
        // The same request in another process may have been quicker.
        (Err(trouble), Some(asked)) => {
            let now = desk.now().as_millisecond();
            let made = desk.store.look(|tx| answers::made_before(tx, &asked.as_asked(), now))?;
            made.map_or(Err(trouble), |close| desk.store.look(|tx| closed(desk, tx, close)))
        }
        (done, _) => done,
    }
}

/// The close is one commit: the entry, its receipt's number, its words and the key.
fn close(
    desk: &Desk,
    actor: &Actor,
    asked: Option<&Request>,
    said: Option<&str>,
    count: impl FnOnce(&Tx) -> Result<Count, Trouble>,
) -> Result<Closed, Trouble> {
    let now = desk.now().as_millisecond();
    let work = |tx: &Tx| {
        let seq = made_once(tx, asked, now, || enter(desk, tx, actor, &count(tx)?, said))?;
        closed(desk, tx, seq)
    };
    let done = durable("close-day", || desk.store.change(work))?;
    print_due(desk, actor);
    Ok(done)
}

fn enter(desk: &Desk, tx: &Tx, actor: &Actor, count: &Count, said: Option<&str>) -> Result<i64, Trouble> {
    let day = day_typed(&count.day)?;
    may_close(desk, tx, &count.desk, day)?;
    if is_stale(tx, count)? {
        return Err(Trouble::new("count-stale").with("day", &count.day));
    }
    let held = counted(desk, tx, count)?;
    if held.difference != 0 && said.is_none() {
        return Err(Trouble::new("difference-unexplained")
            .with("counted", grouped(held.counted.unsigned_abs()))
            .with("expected", signed(held.expected).trim_start_matches('+'))
            .with("difference", signed(held.difference)));
    }
    // Counted until it fits is no fit: on the page the first count wants its reason too.
    if let Some(first) = held.first.as_ref().filter(|first| first.counted != first.expected)
        && said.is_none()
        && actor.origin == Origin::Page
    {
        let (first, expected) = (grouped(first.counted.unsigned_abs()), signed(first.expected));
        let expected = expected.trim_start_matches('+');
        return Err(Trouble::new("first-unexplained").with("first", first).with("expected", expected));
    }
    let newest = entries::ENTRIES.newest(tx)?;
    let entry = Entry {
        day: count.day.clone(),
        desk: count.desk.clone(),
        account: Some(Account::Cash),
        expected: Some(held.expected),
        change: Some(held.change),
        refers: Some(newest).filter(|newest| *newest > 0),
        receipt: Some(entries::next_receipt(tx)?),
        note: said.map(|said| ledger::noted(tx, said)).transpose()?,
        ..ledger::blank(desk, tx, actor, EntryKind::Close, held.counted)?
    };
    let seq = ledger::write(desk, tx, &entry)?;
    actor::log_house(desk, tx, actor, "change", "close-day")?;
    Ok(seq)
}

/// Opens the last day again that a desk closed, for a reason: what comes then counts for it, until it is closed once more. A manager
/// who closed it needs another one.
///
/// # Errors
/// `day-open` for one that is not closed, `reopen-last` for one before the last; `approval-needed`, `why-missing`, `why-text`.
pub fn reopen_day(
    desk: &Desk,
    actor: &Actor,
    place: Option<&str>,
    day: &str,
    said: &str,
    key: Option<&str>,
) -> Result<Reopened, Trouble> {
    actor.may(Act::ReopenDay)?;
    let place = drawer(desk, actor, place)?;
    let (day, said) = (day_typed(day)?.to_string(), why(said)?);
    let asked = key.map(|key| asked(desk, key, "ledger-reopen", &(&place, &day, &said), actor));
    let now = desk.now().as_millisecond();
    let work = |tx: &Tx| {
        let seq = made_once(tx, asked.as_ref(), now, || open(desk, tx, actor, &place, &day, &said))?;
        let entry = entries::get(tx, seq)?.ok_or_else(|| Trouble::new("close-unknown").with("close", seq))?;
        let refers = entry.refers.unwrap_or_default();
        Ok(Reopened { day: entry.day, desk: entry.desk, refers, seq, by: entry.staff, allowed_by: entry.allowed_by })
    };
    durable("reopen-day", || desk.store.change(work))
}

fn open(desk: &Desk, tx: &Tx, actor: &Actor, place: &str, day: &str, said: &str) -> Result<i64, Trouble> {
    let last = entries::last_close(tx, place)?;
    let close = match last {
        Some(last) if last.day == day => last,
        Some(last) if *day < *last.day => {
            return Err(Trouble::new("reopen-last").with("day", day).with("last", last.day));
        }
        _ => return Err(Trouble::new("day-open").with("day", day)),
    };
    // Nothing but the words says of which close it is: they are signed with it.
    let signed = format!("{day} #{place}: {said}");
    let amount = u32::try_from(close.amount).unwrap_or(u32::MAX);
    let by = allowed_in_house(desk, tx, actor, Act::ReopenDay, amount, &signed, Some(&close.staff))?;
    let entry = Entry {
        day: close.day.clone(),
        desk: close.desk.clone(),
        refers: Some(close.seq),
        allowed_by: by,
        note: Some(ledger::noted(tx, said)?),
        ..ledger::blank(desk, tx, actor, EntryKind::Reopen, 0)?
    };
    let seq = ledger::write(desk, tx, &entry)?;
    actor::log_house(desk, tx, actor, "change", "reopen-day")?;
    Ok(seq)
}

fn may_close(desk: &Desk, tx: &Tx, place: &str, day: Date) -> Result<(), Trouble> {
    let last = entries::last_close(tx, place)?.and_then(|close| close.day.parse().ok());
    judge(last, day, desk.today()).map_err(|not| match not {
        NotNow::Closed(last) => Trouble::new("day-closed").with("day", day).with("last", last),
        NotNow::Ahead => Trouble::new("day-ahead").with("day", day).with("today", desk.today()),
    })?;
    // Before anything was ever done here there was nothing to count.
    let begun = house::begun(tx)?.map_or_else(|| desk.today(), |at| desk.date_of(at));
    let first =
        entries::first_day(tx)?.and_then(|first| first.parse().ok()).map_or(begun, |first: Date| first.min(begun));
    if day < first {
        return Err(Trouble::new("day-before-books").with("day", day).with("first", first));
    }
    Ok(())
}

/// The desk whose drawer it is: one's own, but for managers and the command line.
fn drawer(desk: &Desk, actor: &Actor, place: Option<&str>) -> Result<String, Trouble> {
    let Some(place) = place.map(str::trim) else { return Ok(actor.desk.clone()) };
    if place.len() > 3 || !place.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Trouble::new("drawer-unknown").with("desk", super::quoted(place)));
    }
    elsewhere(actor, place)?;
    match desk_number(place) {
        Ok(known) => Ok(known),
        // The command line's own.
        Err(_) if place.is_empty() => Ok(String::new()),
        // What lies in the drawer of a desk that is no more can be counted all the same.
        Err(_) if desk.store.look(|tx| entries::has_desk(tx, place))? => Ok(place.to_owned()),
        Err(unknown) => Err(unknown),
    }
}

fn elsewhere(actor: &Actor, place: &str) -> Result<(), Trouble> {
    let elsewhere = actor.origin == Origin::Page && place != actor.desk && actor.right(Act::ReopenDay) != Right::Yes;
    if elsewhere { Err(Trouble::new("drawer-elsewhere").with("desk", place)) } else { Ok(()) }
}

/// Why the drawer holds something else, where anybody says so.
fn reason(said: &str) -> Result<Option<String>, Trouble> {
    if said.trim().is_empty() { Ok(None) } else { why(said).map(Some) }
}
