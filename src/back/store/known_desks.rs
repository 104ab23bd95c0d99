//! Browsers in which somebody has logged in, by the hash of a cookie of their own. They open nothing: what is typed there is
//! counted apart from what is typed elsewhere. Start at [`is_known`].

use rusqlite::params;

use super::Tx;
use crate::plan::messages::Trouble;

pub fn insert(tx: &Tx, hash: &[u8], desk: &str, now: i64) -> Result<(), Trouble> {
    tx.execute(
        "INSERT INTO known_desks (hash, desk, created, seen) VALUES (?1, ?2, ?3, ?3)",
        params![hash, desk, now],
    )?;
    Ok(())
}

/// Whether somebody has logged in there since `since`.
pub fn is_known(tx: &Tx, hash: &[u8], since: i64) -> Result<bool, Trouble> {
    Ok(tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM known_desks WHERE hash = ?1 AND seen >= ?2)")?
        .query_row(params![hash, since], |row| row.get(0))?)
}

/// Somebody logs in there again, at this desk; false when it is not known.
pub fn seen(tx: &Tx, hash: &[u8], since: i64, desk: &str, now: i64) -> Result<bool, Trouble> {
    let sql = "UPDATE known_desks SET desk = ?3, seen = ?4 WHERE hash = ?1 AND seen >= ?2";
    Ok(tx.prepare_cached(sql)?.execute(params![hash, since, desk, now])? > 0)
}

/// Forgets those in which nobody has logged in since `since`, and of more than `most` those that were used longest ago.
pub fn sweep(tx: &Tx, since: i64, most: u32) -> Result<(), Trouble> {
    tx.execute("DELETE FROM known_desks WHERE seen < ?1", [since])?;
    tx.execute(
        "DELETE FROM known_desks WHERE hash IN (SELECT hash FROM known_desks ORDER BY seen DESC LIMIT -1 OFFSET ?1)",
        [most],
    )?;
    Ok(())
}
