//! What the close of a desk's day reads of the ledger: the closes that stood, what moved between them, and the counts. It sums and
//! finds, and decides nothing; entries are appended in `ledger`. Start at [`Span`].

use rusqlite::{OptionalExtension, params};

use super::ledger::{COLUMNS, Count, Entry, from_row, last_close};
use super::{Tx, known};
use crate::plan::fees::{Account, EntryKind};
use crate::plan::messages::Trouble;

/// A stretch of a desk's entries: after one business day and through another, before one entry.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    pub desk: &'a str,
    /// `YYYY-MM-DD`; empty is from the first day on.
    pub after: &'a str,
    pub through: &'a str,
    /// By number.
    pub before: i64,
}

/// Entries of one kind and account in a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub kind: EntryKind,
    pub account: Account,
    pub entries: u32,
    /// Won.
    pub amount: i64,
}

/// What moved in a span, by kind and account. The closes themselves move nothing.
pub fn moved(tx: &Tx, span: Span) -> Result<Vec<Moved>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT kind, account, count(*), sum(amount) FROM ledger_entries
         WHERE day > ?2 AND day <= ?3 AND desk = ?1 AND seq < ?4 AND account IS NOT NULL AND kind NOT IN ('close', 'reopen')
         GROUP BY kind, account ORDER BY kind, account",
    )?;
    let found = statement.query_map(params![span.desk, span.after, span.through, span.before], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
    })?;
    found
        .map(|row| {
            let (kind, account, entries, amount) = row?;
            Ok(Moved {
                kind: known(EntryKind::parse(&kind), "ledger_entries.kind", &kind)?,
                account: known(Account::parse(&account), "ledger_entries.account", &account)?,
                entries,
                amount,
            })
        })
        .collect()
}

/// The days of a span that have entries, oldest first.
pub fn days(tx: &Tx, span: Span) -> Result<Vec<String>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT DISTINCT day FROM ledger_entries WHERE day > ?2 AND day <= ?3 AND desk = ?1 AND seq < ?4
         AND kind NOT IN ('close', 'reopen') ORDER BY day",
    )?;
    let found = statement.query_map(params![span.desk, span.after, span.through, span.before], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Every desk at which won ever moved, found from one to the next.
const PLACES: &str = "WITH RECURSIVE place (desk) AS (
      SELECT min(desk) FROM ledger_entries WHERE kind NOT IN ('close', 'reopen') AND amount <> 0
      UNION ALL SELECT (SELECT min(desk) FROM ledger_entries
        WHERE kind NOT IN ('close', 'reopen') AND amount <> 0 AND desk > place.desk) FROM place WHERE desk IS NOT NULL)
    SELECT desk FROM place WHERE desk IS NOT NULL";

/// The first day after this one, before that one, on which won moved at a desk.
const FIRST_DAY: &str = "SELECT min(day) FROM ledger_entries
    WHERE kind NOT IN ('close', 'reopen') AND amount <> 0 AND desk = ?1 AND day > ?2 AND day < ?3";

/// The first day of each desk, before this one, on which won moved and that no close covers: desk and day, by desk.
pub fn unclosed(tx: &Tx, before: &str) -> Result<Vec<(String, String)>, Trouble> {
    let mut places = tx.prepare_cached(PLACES)?;
    let places: Vec<String> = places.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for desk in places {
        let after = last_close(tx, &desk)?.map(|close| close.day).unwrap_or_default();
        let first: Option<String> =
            tx.prepare_cached(FIRST_DAY)?.query_row(params![desk, after, before], |row| row.get(0))?;
        found.extend(first.map(|day| (desk, day)));
    }
    Ok(found)
}

/// The close of a desk that stood before this entry: its last one that was not reopened by then.
pub fn stood_before(tx: &Tx, desk: &str, seq: i64) -> Result<Option<Entry>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries AS closed
         WHERE desk = ?1 AND kind IN ('close', 'reopen') AND kind = 'close' AND seq < ?2
         AND NOT EXISTS (SELECT 1 FROM ledger_entries AS opened WHERE opened.desk = closed.desk AND opened.seq < ?2
           AND opened.kind IN ('close', 'reopen') AND opened.kind = 'reopen' AND opened.refers = closed.seq)
         ORDER BY seq DESC LIMIT 1"
    );
    tx.prepare_cached(&sql)?.query_row(params![desk, seq], from_row).optional()?.transpose()
}

/// The entry that opened this close again.
pub fn reopened(tx: &Tx, close: &Entry) -> Result<Option<Entry>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries
         WHERE desk = ?1 AND kind IN ('close', 'reopen') AND kind = 'reopen' AND refers = ?2 LIMIT 1"
    );
    tx.prepare_cached(&sql)?.query_row(params![close.desk, close.seq], from_row).optional()?.transpose()
}

/// The entry that last opened the day of this close again, before it.
pub fn opened_before(tx: &Tx, close: &Entry) -> Result<Option<Entry>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries WHERE desk = ?1 AND kind IN ('close', 'reopen') AND kind = 'reopen'
         AND day = ?2 AND seq < ?3 ORDER BY seq DESC LIMIT 1"
    );
    tx.prepare_cached(&sql)?.query_row(params![close.desk, close.day, close.seq], from_row).optional()?.transpose()
}

/// The last closes of a desk, newest first, those that were opened again too.
pub fn last(tx: &Tx, desk: &str, most: u32) -> Result<Vec<Entry>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries WHERE desk = ?1 AND kind IN ('close', 'reopen') AND kind = 'close'
         ORDER BY seq DESC LIMIT ?2"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map(params![desk, most], from_row)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// The number of a desk's last close or reopening before this entry; 0 without any.
pub fn last_turn(tx: &Tx, desk: &str, day: &str, before: i64) -> Result<i64, Trouble> {
    let sql = "SELECT coalesce(max(seq), 0) FROM ledger_entries
        WHERE desk = ?1 AND kind IN ('close', 'reopen') AND day >= ?2 AND seq < ?3";
    Ok(tx.prepare_cached(sql)?.query_row(params![desk, day, before], |row| row.get(0))?)
}

/// Whether cash came into the drawer of a desk or went out of it after this entry.
pub fn cash_since(tx: &Tx, desk: &str, seq: i64) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM ledger_entries
               WHERE seq > ?2 AND desk = ?1 AND account = 'cash' AND kind NOT IN ('close', 'reopen'))";
    Ok(tx.prepare_cached(sql)?.query_row(params![desk, seq], |row| row.get(0))?)
}

/// The highest receipt that was given before this entry.
pub fn highest_receipt(tx: &Tx, before: i64) -> Result<Option<i64>, Trouble> {
    let sql = "SELECT receipt FROM ledger_entries WHERE receipt IS NOT NULL AND seq < ?1 ORDER BY receipt DESC LIMIT 1";
    Ok(tx.prepare_cached(sql)?.query_row([before], |row| row.get(0)).optional()?)
}

/// The count of this number.
pub fn count(tx: &Tx, seq: i64) -> Result<Option<Count>, Trouble> {
    let sql = "SELECT seq, time, day, desk, staff, counted, pieces, entry FROM ledger_counts WHERE seq = ?1";
    let found = tx.prepare_cached(sql)?.query_row([seq], |row| {
        Ok(Count {
            seq: row.get(0)?,
            time: row.get(1)?,
            day: row.get(2)?,
            desk: row.get(3)?,
            staff: row.get(4)?,
            counted: row.get(5)?,
            pieces: row.get(6)?,
            entry: row.get(7)?,
        })
    });
    Ok(found.optional()?)
}

/// Whose entries these business days hold, each once.
pub fn members(tx: &Tx, from: Option<&str>, to: Option<&str>) -> Result<Vec<i64>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT DISTINCT member FROM ledger_entries
         WHERE day >= coalesce(?1, '') AND day <= coalesce(?2, '9999-99') AND member IS NOT NULL ORDER BY member",
    )?;
    Ok(statement.query_map(params![from, to], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    /// However many entries there are: a desk that is closed every day costs a look or two.
    #[test]
    fn days_that_nobody_closed_are_found_along_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("issuer.db")).unwrap();
        for sql in [PLACES, FIRST_DAY] {
            let steps = store.look(|tx| {
                let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let mut rows = plan.raw_query();
                let mut steps = Vec::new();
                while let Some(row) = rows.next()? {
                    steps.push(row.get::<_, String>(3)?);
                }
                Ok(steps)
            });
            let steps: Vec<String> =
                steps.unwrap().into_iter().filter(|step| step.contains("ledger_entries")).collect();
            let searched = |step: &String| step.starts_with("SEARCH") && step.contains("INDEX ledger_entries_desk");
            assert!(!steps.is_empty() && steps.iter().all(searched), "{steps:?}");
        }
    }
}
