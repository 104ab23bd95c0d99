//! Staff accounts and one-use set-up links; passwords as argon2id strings, links as hashes.

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::plan::messages::Trouble;

pub struct Account {
    pub id: i64,
    pub name: String,
    pub role: String,
    pub state: String,
    /// argon2id, PHC string.
    pub password: Option<String>,
}

pub fn by_name(tx: &Tx, name: &str) -> Result<Option<Account>, Trouble> {
    Ok(tx
        .prepare_cached("SELECT id, name, role, state, password FROM staff WHERE name = ?1")?
        .query_row([name], |row| {
            Ok(Account {
                id: row.get(0)?,
                name: row.get(1)?,
                role: row.get(2)?,
                state: row.get(3)?,
                password: row.get(4)?,
            })
        })
        .optional()?)
}

/// The name behind an actor's id, `staff:3`; another id, as of the command line, is itself.
pub fn name_of(tx: &Tx, id: &str) -> Result<String, Trouble> {
    let Some(staff) = id.strip_prefix("staff:").and_then(|staff| staff.parse::<i64>().ok()) else {
        return Ok(id.to_owned());
    };
    let found = tx.prepare_cached("SELECT name FROM staff WHERE id = ?1")?.query_row([staff], |row| row.get(0));
    Ok(found.optional()?.unwrap_or_else(|| id.to_owned()))
}

/// Whether anyone can administer: until then the set-up link is shown.
pub fn has_administrator(tx: &Tx) -> Result<bool, Trouble> {
    Ok(tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM staff WHERE role = 'administrator' AND state = 'active')",
        [],
        |row| row.get(0),
    )?)
}

/// An active account; a name in use is `staff-name-taken`.
pub fn insert(tx: &Tx, name: &str, role: &str, password: &str, now: i64) -> Result<i64, Trouble> {
    if by_name(tx, name)?.is_some() {
        return Err(Trouble::new("staff-name-taken"));
    }
    tx.execute(
        "INSERT INTO staff (name, role, state, password, created) VALUES (?1, ?2, 'active', ?3, ?4)",
        params![name, role, password, now],
    )?;
    Ok(tx.last_insert_rowid())
}

/// When the account was made.
pub fn created(tx: &Tx, id: i64) -> Result<i64, Trouble> {
    Ok(tx.prepare_cached("SELECT created FROM staff WHERE id = ?1")?.query_row([id], |row| row.get(0))?)
}

/// A new password of an active account in place of this one; false when that is not its password any more.
pub fn replace_password(tx: &Tx, id: i64, old: &str, new: &str) -> Result<bool, Trouble> {
    let sql = "UPDATE staff SET password = ?3 WHERE id = ?1 AND password = ?2 AND state = 'active'";
    Ok(tx.prepare_cached(sql)?.execute(params![id, old, new])? > 0)
}

pub fn seen(tx: &Tx, id: i64, now: i64) -> Result<(), Trouble> {
    tx.execute("UPDATE staff SET last_seen = ?2 WHERE id = ?1", params![id, now])?;
    Ok(())
}

/// A new link for the first administrator. It ends the one before it, and keeps its name where none is given.
pub fn new_setup(tx: &Tx, hash: &[u8], name: Option<&str>, until: i64) -> Result<(), Trouble> {
    let before: Option<Option<String>> =
        tx.query_row("SELECT name FROM setups WHERE staff IS NULL", [], |row| row.get(0)).optional()?;
    let before = before.flatten();
    drop_setups(tx)?;
    let name = name.or(before.as_deref());
    tx.execute("INSERT INTO setups (hash, name, until) VALUES (?1, ?2, ?3)", params![hash, name, until])?;
    Ok(())
}

/// Whether a link can still be used, and the name it was made for.
pub fn setup(tx: &Tx, hash: &[u8], now: i64) -> Result<Option<Option<String>>, Trouble> {
    Ok(tx
        .prepare_cached("SELECT name FROM setups WHERE hash = ?1 AND until > ?2")?
        .query_row(params![hash, now], |row| row.get(0))
        .optional()?)
}

/// Every link for the first administrator is void.
pub fn drop_setups(tx: &Tx) -> Result<(), Trouble> {
    tx.execute("DELETE FROM setups WHERE staff IS NULL", [])?;
    Ok(())
}
