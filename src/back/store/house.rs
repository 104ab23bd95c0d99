//! What the database itself is: a trial, a training or a production one.

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::plan::messages::Trouble;

/// The stamp (`trial`, `training`, `production`), or `None` in a database that was just made.
pub fn stamp(tx: &Tx) -> Result<Option<String>, Trouble> {
    Ok(tx.query_row("SELECT stamp FROM house", [], |row| row.get(0)).optional()?)
}

pub fn set_stamp(tx: &Tx, stamp: &str, now: i64) -> Result<(), Trouble> {
    tx.execute("INSERT INTO house (id, stamp, created) VALUES (1, ?1, ?2)", params![stamp, now])?;
    Ok(())
}
