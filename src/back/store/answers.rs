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

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The id of what was made.
    pub id: i64,
    /// What was answered, once it was.
    pub said: Option<String>,
}

/// The id that came of the same request before; `None` when the key is new. Another request under this key: `key-reused`.
pub fn made_before(tx: &Tx, asked: &Asked, now: i64) -> Result<Option<i64>, Trouble> {
    Ok(before(tx, asked, now)?.map(|made| made.id))
}

/// The same with what was answered.
pub fn before(tx: &Tx, asked: &Asked, now: i64) -> Result<Option<Made>, Trouble> {
    let found: Option<(String, Vec<u8>, String, i64, Made)> = tx
        .prepare_cached("SELECT command, arguments, actor, created, made, said FROM answers WHERE key = ?1")?
        .query_row([asked.key], |row| {
            let made = Made { id: row.get(4)?, said: row.get(5)? };
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, made))
        })
        .optional()?;
    match found {
        Some((_, _, _, created, _)) if created < now - KEPT_MILLIS => {
            tx.execute("DELETE FROM answers WHERE created < ?1", [now - KEPT_MILLIS])?;
            Ok(None)
        }
        Some((command, arguments, actor, _, made))
            if command == asked.command && arguments == asked.arguments && actor == asked.actor =>
        {
            Ok(Some(made))
        }
        Some(_) => Err(Trouble::new("key-reused").with("key", asked.key)),
        None => Ok(None),
    }
}

/// Keeps what was answered to a request that was noted.
pub fn say(tx: &Tx, asked: &Asked, said: &str) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE answers SET said = ?2 WHERE key = ?1")?.execute(params![asked.key, said])?;
    Ok(())
}

/// Notes what came of a request, in the transaction that makes it.
pub fn note(tx: &Tx, asked: &Asked, made: i64, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached(
        "INSERT INTO answers (key, command, arguments, actor, made, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![asked.key, asked.command, asked.arguments.as_slice(), asked.actor, made, now])?;
    Ok(())
}
