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
