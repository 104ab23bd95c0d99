//! What the database itself is: a trial, a training or a production one, and whether it was made to its end.

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::plan::messages::Trouble;

/// What a database knows of itself.
#[derive(Debug, Clone)]
pub struct House {
    /// `trial`, `training` or `production`; given when it is made and never changed.
    pub stamp: String,
    /// 256 random bits, for hashes of what people typed.
    pub salt: [u8; 32],
    /// Its master keys were made: from then on they must be there.
    pub ready: bool,
}

/// `None` in a database that nobody has begun.
pub fn get(tx: &Tx) -> Result<Option<House>, Trouble> {
    Ok(tx
        .query_row("SELECT stamp, salt, ready FROM house", [], |row| {
            Ok(House { stamp: row.get(0)?, salt: row.get(1)?, ready: row.get(2)? })
        })
        .optional()?)
}

pub fn begin(tx: &Tx, stamp: &str, salt: &[u8; 32], now: i64) -> Result<(), Trouble> {
    tx.execute(
        "INSERT INTO house (id, stamp, salt, created) VALUES (1, ?1, ?2, ?3)",
        params![stamp, salt.as_slice(), now],
    )?;
    Ok(())
}

/// When it was begun, in milliseconds.
pub fn begun(tx: &Tx) -> Result<Option<i64>, Trouble> {
    Ok(tx.query_row("SELECT created FROM house", [], |row| row.get(0)).optional()?)
}

/// Its master keys are made.
pub fn set_ready(tx: &Tx) -> Result<(), Trouble> {
    tx.execute("UPDATE house SET ready = 1", [])?;
    Ok(())
}

/// Whether charges from before there was a ledger have their entries.
pub fn has_ledger(tx: &Tx) -> Result<bool, Trouble> {
    let known = tx.query_row("SELECT ledger IS NOT NULL FROM house", [], |row| row.get(0)).optional()?;
    Ok(known.unwrap_or(false))
}

/// They have them now.
pub fn set_ledger(tx: &Tx, now: i64) -> Result<(), Trouble> {
    tx.execute("UPDATE house SET ledger = ?1", [now])?;
    Ok(())
}
