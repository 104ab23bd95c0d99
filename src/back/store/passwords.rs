//! Passwords that imported members chose, as PHC strings and nothing else. They leave this table for nowhere.

use rusqlite::params;

use super::Tx;
use crate::plan::messages::Trouble;

/// Sets or replaces it. `phc`: argon2id over what the key of `key_version` made of the password.
pub fn set(tx: &Tx, member: i64, phc: &str, key_version: u8, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached(
        "INSERT INTO member_passwords (member, phc, key_version, set_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (member) DO UPDATE SET phc = excluded.phc, key_version = excluded.key_version, set_at = excluded.set_at",
    )?
    .execute(params![member, phc, key_version, now])?;
    Ok(())
}

/// When it was set; `None` for a member without one.
pub fn set_at(tx: &Tx, member: i64) -> Result<Option<i64>, Trouble> {
    use rusqlite::OptionalExtension;
    Ok(tx
        .prepare_cached("SELECT set_at FROM member_passwords WHERE member = ?1")?
        .query_row([member], |row| row.get(0))
        .optional()?)
}

pub fn remove(tx: &Tx, member: i64) -> Result<(), Trouble> {
    tx.prepare_cached("DELETE FROM member_passwords WHERE member = ?1")?.execute([member])?;
    Ok(())
}
