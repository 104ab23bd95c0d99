//! Consents: which text, when, how and before whom. A row is written once; only its withdrawal is noted later.

use rusqlite::{Row, params};

use super::Tx;
use crate::plan::messages::Trouble;

/// One consent, as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// `local` or `national`.
    pub kind: String,
    /// Of the text, as the catalogue has it; empty for those given before texts had one.
    pub version: String,
    /// SHA-256 of the text that was shown.
    pub hash: Option<Vec<u8>>,
    pub given: i64,
    /// `YYYY-MM-DD`: the day on the paper, or of the clerk's tick.
    pub given_on: String,
    /// `at-desk`, `on-paper`, `by-guardian-at-desk`, `by-guardian-on-paper` or `before`.
    pub way: String,
    pub taken_by: String,
    pub withdrawn: Option<i64>,
}

/// Adds one; its place in the order is found here.
pub fn insert(tx: &Tx, member: i64, consent: &Consent) -> Result<(), Trouble> {
    tx.prepare_cached(
        "INSERT INTO member_consents (member, seq, kind, version, hash, given, given_on, way, taken_by)
         VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM member_consents WHERE member = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        member,
        consent.kind,
        consent.version,
        consent.hash,
        consent.given,
        consent.given_on,
        consent.way,
        consent.taken_by
    ])?;
    Ok(())
}

/// All of a member, oldest first.
pub fn of_member(tx: &Tx, member: i64) -> Result<Vec<Consent>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT kind, version, hash, given, given_on, way, taken_by, withdrawn FROM member_consents WHERE member = ?1 ORDER BY seq",
    )?;
    let found = statement.query_map([member], from_row)?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn from_row(row: &Row) -> rusqlite::Result<Consent> {
    Ok(Consent {
        kind: row.get(0)?,
        version: row.get(1)?,
        hash: row.get(2)?,
        given: row.get(3)?,
        given_on: row.get(4)?,
        way: row.get(5)?,
        taken_by: row.get(6)?,
        withdrawn: row.get(7)?,
    })
}

/// Notes that a member withdrew what was given so far, of one kind.
pub fn withdraw(tx: &Tx, member: i64, kind: &str, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached(
        "UPDATE member_consents SET withdrawn = ?3 WHERE member = ?1 AND kind = ?2 AND withdrawn IS NULL",
    )?
    .execute(params![member, kind, now])?;
    Ok(())
}
