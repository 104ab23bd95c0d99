//! Which receipts were printed, and how often; the ledger gives their numbers. Start at [`due`].

use rusqlite::params;

use super::Tx;
use crate::plan::messages::Trouble;

/// The numbers that were given after the last one that was printed, at most `limit`, in their order.
pub fn due(tx: &Tx, limit: u32) -> Result<Vec<i64>, Trouble> {
    let mut due = tx.prepare_cached(
        "SELECT receipt FROM ledger_entries WHERE receipt > (SELECT coalesce(max(receipt), 0) FROM receipt_prints)
         ORDER BY receipt LIMIT ?1",
    )?;
    Ok(due.query_map([limit], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// How often it was printed.
pub fn count(tx: &Tx, receipt: i64) -> Result<u32, Trouble> {
    let mut printed = tx.prepare_cached("SELECT count(*) FROM receipt_prints WHERE receipt = ?1")?;
    Ok(printed.query_row([receipt], |row| row.get(0))?)
}

/// It was printed once more.
pub fn note(tx: &Tx, receipt: i64, time: i64, staff: &str) -> Result<(), Trouble> {
    tx.prepare_cached(
        "INSERT INTO receipt_prints SELECT ?1, count(*) + 1, ?2, ?3 FROM receipt_prints WHERE receipt = ?1",
    )?
    .execute(params![receipt, time, staff])?;
    Ok(())
}
