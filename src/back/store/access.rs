//! The access log: who looked at or changed whose data, from where, what for. Append-only and chained;
//! rows hold ids, never names.

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::plan::audit::{self, GENESIS, Row, Value};
use crate::plan::messages::Trouble;

/// One entry before it is chained.
pub struct Entry<'a> {
    pub time: i64,
    pub staff: &'a str,
    pub role: &'a str,
    pub desk: &'a str,
    pub origin: &'a str,
    pub member: Option<i64>,
    pub what: &'a str,
    pub purpose: &'a str,
}

/// Appends entries after the last one, in the caller's transaction.
pub fn append<'a>(tx: &Tx, entries: impl IntoIterator<Item = Entry<'a>>) -> Result<(), Trouble> {
    let last: Option<(i64, [u8; 32])> = tx
        .prepare_cached("SELECT seq, hash FROM access_entries ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (mut seq, mut previous) = last.unwrap_or((0, GENESIS));
    for entry in entries {
        seq += 1;
        let hash = link(&previous, seq, &entry);
        tx.prepare_cached(
            "INSERT INTO access_entries (seq, time, staff, role, desk, origin, member, what, purpose, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            seq,
            entry.time,
            entry.staff,
            entry.role,
            entry.desk,
            entry.origin,
            entry.member,
            entry.what,
            entry.purpose,
            hash.as_slice()
        ])?;
        previous = hash;
    }
    Ok(())
}

/// The time of the newest entry, for noticing a clock that runs behind.
pub fn last_time(tx: &Tx) -> Result<Option<i64>, Trouble> {
    Ok(tx
        .prepare_cached("SELECT time FROM access_entries ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?)
}

/// One line of a member's history: an entry of the log, or what the records of jobs, cards and consents say.
pub struct Past {
    pub time: i64,
    /// `access`, `mark`, `card-ended`, `card-blocked`, `consent` or `consent-withdrawn`.
    pub source: String,
    /// Of an entry `look`, `list` or `change`; a job's mark; why a card ended or is blocked; the kind of consent.
    pub what: String,
    /// The purpose of an entry, the kind of a card, the version of a consent's text.
    pub detail: String,
    /// `staff:3` or `os:root`; empty where nobody is known.
    pub by: String,
    /// The name of an account.
    pub name: Option<String>,
    pub desk: String,
}

/// Which lines of a history are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What was done, and no looks.
    Done,
    All,
}

/// Every source of a member's history, newest first. Each is found by an index on the member. Of the journal only what no
/// entry of the log says already; looks only where `?2` says so.
const PAST: &str = "
    SELECT time, 0 AS place, seq AS nth, 'access' AS source, what, purpose AS detail, staff AS by, desk
      FROM access_entries WHERE member = ?1 AND (?2 OR what NOT IN ('look', 'list'))
    UNION ALL SELECT m.time, 1, m.seq, 'mark', m.mark, j.kind, '', '' FROM jobs j JOIN marks m ON m.job = j.id
      WHERE j.member = ?1 AND m.mark IN ('proven', 'printed', 'fail', 'spoiled', 'card-spoiled', 'proof-failed')
    UNION ALL SELECT ended_at, 2, id, 'card-ended', coalesce(ended_why, state), kind, '', '' FROM cards
      WHERE member = ?1 AND ended_at IS NOT NULL
    UNION ALL SELECT suspended_at, 3, id, 'card-blocked', coalesce(suspended_why, ''), kind, coalesce(suspended_by, ''), '' FROM cards
      WHERE member = ?1 AND suspended_at IS NOT NULL
    UNION ALL SELECT given, 4, seq, 'consent', kind, version, taken_by, '' FROM member_consents WHERE member = ?1
    UNION ALL SELECT withdrawn, 5, seq, 'consent-withdrawn', kind, version, '', '' FROM member_consents
      WHERE member = ?1 AND withdrawn IS NOT NULL";

/// A page of a member's history, newest first.
pub fn past(tx: &Tx, member: i64, which: Which, limit: u32, from: u32) -> Result<Vec<Past>, Trouble> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT time, source, what, detail, by, (SELECT name FROM staff WHERE 'staff:' || id = by), desk FROM ({PAST})
         ORDER BY time DESC, place DESC, nth DESC LIMIT ?3 OFFSET ?4"
    ))?;
    let found = statement.query_map(params![member, which == Which::All, limit, from], |row| {
        Ok(Past {
            time: row.get(0)?,
            source: row.get(1)?,
            what: row.get(2)?,
            detail: row.get(3)?,
            by: row.get(4)?,
            name: row.get(5)?,
            desk: row.get(6)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// How many lines a member's history has.
pub fn past_count(tx: &Tx, member: i64, which: Which) -> Result<u32, Trouble> {
    let mut statement = tx.prepare_cached(&format!("SELECT count(*) FROM ({PAST})"))?;
    Ok(statement.query_row(params![member, which == Which::All], |row| row.get(0))?)
}

/// The hash of an entry over the one before it; every column is in it.
fn link(previous: &[u8; 32], seq: i64, entry: &Entry) -> [u8; 32] {
    let columns = [
        Value::Integer(entry.time),
        Value::Text(entry.staff),
        Value::Text(entry.role),
        Value::Text(entry.desk),
        Value::Text(entry.origin),
        entry.member.map_or(Value::Null, Value::Integer),
        Value::Text(entry.what),
        Value::Text(entry.purpose),
    ];
    audit::chain(
        previous,
        &Row { table: "access_entries", version: 1, sequence: seq.unsigned_abs(), columns: &columns },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::back::store::Store;

    /// However many members there are: a history is found by what belongs to the member.
    #[test]
    fn no_source_of_a_history_is_read_from_end_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("issuer.db")).unwrap();
        let plan = store
            .look(|tx| {
                let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN SELECT * FROM ({PAST}) ORDER BY time DESC"))?;
                let steps = plan.query_map([1, 1], |row| row.get::<_, String>(3))?;
                Ok(steps.collect::<Result<Vec<_>, _>>()?)
            })
            .unwrap();
        let searched = plan.iter().filter(|step| step.starts_with("SEARCH")).count();
        assert_eq!(searched, 7, "{plan:#?}");
        let scanned = |step: &&String| step.starts_with("SCAN") && !step.contains("subquery");
        assert_eq!(plan.iter().find(scanned), None, "{plan:#?}");
    }
}
