//! Which receipts were printed, and how often, one print after the other in a chain; the ledger gives their numbers. Start at [`due`].

use super::Tx;
use super::chain::Chain;
use crate::plan::audit::Value;
use crate::plan::messages::Trouble;

/// The chain of prints.
pub const PRINTS: Chain = Chain { table: "receipt_prints", version: 1, columns: &["time", "receipt", "nth", "staff"] };

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

/// It was printed once more; `month` is that of the time, `YYYY-MM` where the library is.
pub fn note(tx: &Tx, month: &str, receipt: i64, time: i64, staff: &str) -> Result<(), Trouble> {
    let nth = i64::from(count(tx, receipt)?) + 1;
    PRINTS.append(tx, month, [[Value::Integer(time), Value::Integer(receipt), Value::Integer(nth), Value::Text(staff)]])
}
