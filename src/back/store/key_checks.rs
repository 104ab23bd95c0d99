//! Which master keys the cards of this database hang on, by their check values. Never keys.

use rusqlite::params;

use super::Tx;
use crate::plan::messages::Trouble;

/// The check value of one key: six hex digits, upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCheck {
    pub version: u8,
    pub purpose: String,
    pub value: String,
}

/// All that are known.
pub fn all(tx: &Tx) -> Result<Vec<KeyCheck>, Trouble> {
    let mut found = tx.prepare_cached("SELECT version, purpose, check_value FROM key_checks")?;
    let rows =
        found.query_map([], |row| Ok(KeyCheck { version: row.get(0)?, purpose: row.get(1)?, value: row.get(2)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes a key; one of that version and purpose that is known already stays as it is.
pub fn note(tx: &Tx, check: &KeyCheck) -> Result<(), Trouble> {
    tx.prepare_cached("INSERT OR IGNORE INTO key_checks (version, purpose, check_value) VALUES (?1, ?2, ?3)")?
        .execute(params![check.version, check.purpose, check.value])?;
    Ok(())
}
