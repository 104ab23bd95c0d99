//! Reviews of the access log: what was found stands here, and an entry of the log holds the hash of it, so that the chain covers it.
//! It judges nothing. Start at [`insert`] and [`astray`].

use rusqlite::{OptionalExtension, Row as SqlRow, params};

use super::Tx;
use super::shape::has_columns;
use crate::plan::audit::{self, Row, Value};
use crate::plan::messages::Trouble;

/// What an entry of the log says of a review: `review` and, as its purpose, [`Review::purpose`].
pub const WHAT: &str = "review";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub id: i64,
    /// The number of its entry in the log.
    pub entry: i64,
    /// `YYYY-MM-DD`, both included.
    pub from: String,
    pub to: String,
    pub rows: i64,
    /// JSON.
    pub flags: String,
    pub findings: String,
    /// `staff:3`.
    pub reviewer: String,
    pub made: i64,
}

impl Review {
    /// What its entry says: its number, and the hash of everything else.
    pub fn purpose(&self) -> String {
        let columns = [
            Value::Text(&self.from),
            Value::Text(&self.to),
            Value::Integer(self.rows),
            Value::Text(&self.flags),
            Value::Text(&self.findings),
            Value::Text(&self.reviewer),
            Value::Integer(self.made),
        ];
        let row = Row { table: "reviews", version: 1, sequence: self.id.unsigned_abs(), columns: &columns };
        format!("review {}, {}", self.id, audit::hex(&audit::digest(&row)))
    }
}

const COLUMNS: &str = "id, entry, from_day, to_day, rows, flags, findings, reviewer, made";

fn review(row: &SqlRow) -> rusqlite::Result<Review> {
    Ok(Review {
        id: row.get(0)?,
        entry: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        rows: row.get(4)?,
        flags: row.get(5)?,
        findings: row.get(6)?,
        reviewer: row.get(7)?,
        made: row.get(8)?,
    })
}

/// The number of the next review: never one that an entry speaks of already.
pub fn next(tx: &Tx) -> Result<i64, Trouble> {
    Ok(tx.query_row("SELECT coalesce(max(id), 0) + 1 FROM reviews", [], |row| row.get(0))?)
}

pub fn insert(tx: &Tx, review: &Review) -> Result<(), Trouble> {
    tx.prepare_cached(&format!("INSERT INTO reviews ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"))?
        .execute(params![
            review.id,
            review.entry,
            review.from,
            review.to,
            review.rows,
            review.flags,
            review.findings,
            review.reviewer,
            review.made
        ])?;
    Ok(())
}

pub fn get(tx: &Tx, id: i64) -> Result<Option<Review>, Trouble> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM reviews WHERE id = ?1"))?;
    Ok(statement.query_row([id], review).optional()?)
}

/// The newest ones, newest first.
pub fn newest(tx: &Tx, limit: u32) -> Result<Vec<Review>, Trouble> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM reviews ORDER BY id DESC LIMIT ?1"))?;
    Ok(statement.query_map([limit], review)?.collect::<Result<_, _>>()?)
}

/// The last day that was reviewed.
pub fn reviewed_until(tx: &Tx) -> Result<Option<String>, Trouble> {
    Ok(tx.prepare_cached("SELECT max(to_day) FROM reviews")?.query_row([], |row| row.get(0))?)
}

/// Whether a review is not what its entry says, or an entry speaks of one that is gone.
pub fn astray(tx: &Tx) -> Result<bool, Trouble> {
    if !has_columns(tx, "reviews", &COLUMNS.split(", ").collect::<Vec<_>>())? {
        return Ok(true);
    }
    let mut spoken = tx.prepare_cached("SELECT what, purpose FROM access_entries WHERE seq = ?1")?;
    let mut all = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM reviews ORDER BY id"))?;
    let mut rows = all.query([])?;
    let mut reviews: u64 = 0;
    while let Some(row) = rows.next()? {
        // Text that is none any more was altered.
        let Ok(found) = review(row) else { return Ok(true) };
        let entry = spoken.query_row([found.entry], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        if entry.optional()? != Some((WHAT.to_owned(), found.purpose())) {
            return Ok(true);
        }
        reviews += 1;
    }
    let entries: i64 = tx.query_row("SELECT count(*) FROM access_entries WHERE what = ?1", [WHAT], |row| row.get(0))?;
    Ok(u64::try_from(entries) != Ok(reviews))
}

/// Drops those whose entries were dropped with their month.
pub fn purge(tx: &Tx) -> Result<(), Trouble> {
    tx.execute(
        "DELETE FROM reviews WHERE entry <= (SELECT max(last) FROM log_months WHERE log = 'access_entries' AND purged IS NOT NULL)",
        [],
    )?;
    Ok(())
}
