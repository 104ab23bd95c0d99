//! Idempotency keys: the same key with the same arguments leads to what was made the first time.

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::plan::messages::Trouble;

/// Kept 30 days (the contract).
const KEPT_MILLIS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What was asked under a key.
pub struct Asked<'a> {
    pub key: &'a str,
    pub command: &'a str,
    /// SHA-256 over the arguments.
    pub arguments: [u8; 32],
    pub actor: &'a str,
}

/// The id that came of the same request before; `None` when the key is new. Another request under this key: `key-reused`.
pub fn made_before(tx: &Tx, asked: &Asked, now: i64) -> Result<Option<i64>, Trouble> {
    let found: Option<(String, Vec<u8>, String, i64, i64)> = tx
        .prepare_cached("SELECT command, arguments, actor, made, created FROM answers WHERE key = ?1")?
        .query_row([asked.key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .optional()?;
    match found {
        Some((.., created)) if created < now - KEPT_MILLIS => {
            tx.execute("DELETE FROM answers WHERE created < ?1", [now - KEPT_MILLIS])?;
            Ok(None)
        }
        Some((command, arguments, actor, made, _))
            if command == asked.command && arguments == asked.arguments && actor == asked.actor =>
        {
            Ok(Some(made))
        }
        Some(_) => Err(Trouble::new("key-reused").with("key", asked.key)),
        None => Ok(None),
    }
}

/// Notes what came of a request, in the transaction that makes it.
pub fn note(tx: &Tx, asked: &Asked, made: i64, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached(
        "INSERT INTO answers (key, command, arguments, actor, made, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![asked.key, asked.command, asked.arguments.as_slice(), asked.actor, made, now])?;
    Ok(())
}
