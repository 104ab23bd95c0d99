//! Staff accounts and one-use set-up links; passwords as argon2id strings, links as hashes. Accounts are locked and never
//! deleted: the logs name them. Start at [`Account`].

use rusqlite::{OptionalExtension, Row, params};
use unicode_normalization::UnicodeNormalization;

use super::Tx;
use crate::plan::messages::Trouble;

pub struct Account {
    pub id: i64,
    pub name: String,
    pub role: String,
    pub state: String,
    /// argon2id, PHC string.
    pub password: Option<String>,
    pub last_seen: Option<i64>,
    /// When it was last reset: it signs nothing for a day from then.
    pub reset_at: Option<i64>,
    /// Their own membership, where it is known.
    pub member: Option<i64>,
}

const COLUMNS: &str = "SELECT id, name, role, state, password, last_seen, reset_at, member FROM staff";

fn from_row(row: &Row) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        role: row.get(2)?,
        state: row.get(3)?,
        password: row.get(4)?,
        last_seen: row.get(5)?,
        reset_at: row.get(6)?,
        member: row.get(7)?,
    })
}

pub fn by_name(tx: &Tx, name: &str) -> Result<Option<Account>, Trouble> {
    Ok(tx.prepare_cached(&format!("{COLUMNS} WHERE name = ?1"))?.query_row([name], from_row).optional()?)
}

/// `staff-unknown` when there is none of that id.
pub fn get(tx: &Tx, id: i64) -> Result<Account, Trouble> {
    tx.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?
        .query_row([id], from_row)
        .optional()?
        .ok_or_else(|| Trouble::new("staff-unknown").with("staff", id))
}

/// All of them, oldest first.
pub fn list(tx: &Tx) -> Result<Vec<Account>, Trouble> {
    let mut statement = tx.prepare_cached(&format!("{COLUMNS} ORDER BY id"))?;
    let found = statement.query_map([], from_row)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// What is going on around an account.
pub struct Around {
    /// Sessions that stand.
    pub sessions: u32,
    /// The last time that one of them was used.
    pub seen: Option<i64>,
    /// Signatures that were used.
    pub approvals: u32,
    /// Until when a set-up link of theirs can be used.
    pub link_until: Option<i64>,
}

/// Sessions stand that were active after `idle_since` and began after `born_since`; approvals count from `signed_since`.
pub fn around(
    tx: &Tx,
    id: i64,
    idle_since: i64,
    born_since: i64,
    signed_since: i64,
    now: i64,
) -> Result<Around, Trouble> {
    let (sessions, seen) = tx
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE seen >= ?2 AND created >= ?3), max(seen) FROM sessions WHERE staff = ?1",
        )?
        .query_row(params![id, idle_since, born_since], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let approvals = tx
        .prepare_cached("SELECT count(*) FROM approvals WHERE allowed_by = ?1 AND used >= ?2")?
        .query_row(params![format!("staff:{id}"), signed_since], |row| row.get(0))?;
    let link_until = tx
        .prepare_cached("SELECT max(until) FROM setups WHERE staff = ?1 AND until > ?2")?
        .query_row(params![id, now], |row| row.get(0))?;
    Ok(Around { sessions, seen, approvals, link_until })
}

/// The membership that is joined to an account, where one is.
pub fn member_of(tx: &Tx, id: i64) -> Result<Option<i64>, Trouble> {
    let found = tx.prepare_cached("SELECT member FROM staff WHERE id = ?1")?.query_row([id], |row| row.get(0));
    Ok(found.optional()?.flatten())
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
    make(tx, name, role, "active", Some(password), now)
}

/// An account of somebody who has yet to choose a password; a name in use is `staff-name-taken`.
pub fn invite(tx: &Tx, name: &str, role: &str, now: i64) -> Result<i64, Trouble> {
    make(tx, name, role, "invited", None, now)
}

fn make(tx: &Tx, name: &str, role: &str, state: &str, password: Option<&str>, now: i64) -> Result<i64, Trouble> {
    free(tx, name)?;
    tx.execute(
        "INSERT INTO staff (name, role, state, password, created) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name, role, state, password, now],
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

/// `staff-name-taken` where an account has this name. Two names that people at a desk would take for one are one: capitals,
/// spaces, the width of letters and how syllables were composed tell nobody apart. SQLite's own comparison knows ASCII alone.
pub fn free(tx: &Tx, name: &str) -> Result<(), Trouble> {
    let key = likeness(name);
    match list(tx)?.iter().any(|account| likeness(&account.name) == key) {
        true => Err(Trouble::new("staff-name-taken")),
        false => Ok(()),
    }
}

/// What two names have in common that nobody tells apart: NFKC, lower case, without spaces.
fn likeness(name: &str) -> String {
    name.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).nfkc().collect()
}

/// The account whose own membership this is, but for one.
pub fn of_member(tx: &Tx, member: i64, but: i64) -> Result<Option<Account>, Trouble> {
    let sql = format!("{COLUMNS} WHERE member = ?1 AND id <> ?2 ORDER BY id LIMIT 1");
    Ok(tx.prepare_cached(&sql)?.query_row([member, but], from_row).optional()?)
}

pub fn seen(tx: &Tx, id: i64, now: i64) -> Result<(), Trouble> {
    tx.execute("UPDATE staff SET last_seen = ?2 WHERE id = ?1", params![id, now])?;
    Ok(())
}

/// Keeps with the account when its sessions were last used, before they end.
pub fn keep_seen(tx: &Tx, id: i64) -> Result<(), Trouble> {
    tx.execute(
        "UPDATE staff SET last_seen = max(coalesce(last_seen, 0), s.seen)
         FROM (SELECT max(seen) AS seen FROM sessions WHERE staff = ?1) s WHERE id = ?1 AND s.seen IS NOT NULL",
        [id],
    )?;
    Ok(())
}

pub fn set_state(tx: &Tx, id: i64, state: &str) -> Result<(), Trouble> {
    tx.execute("UPDATE staff SET state = ?2 WHERE id = ?1", params![id, state])?;
    Ok(())
}

pub fn set_role(tx: &Tx, id: i64, role: &str) -> Result<(), Trouble> {
    tx.execute("UPDATE staff SET role = ?2 WHERE id = ?1", params![id, role])?;
    Ok(())
}

pub fn set_member(tx: &Tx, id: i64, member: Option<i64>) -> Result<(), Trouble> {
    tx.execute("UPDATE staff SET member = ?2 WHERE id = ?1", params![id, member])?;
    Ok(())
}

/// No password any more, until they choose a new one.
pub fn reset(tx: &Tx, id: i64, now: i64) -> Result<(), Trouble> {
    tx.execute("UPDATE staff SET state = 'invited', password = NULL, reset_at = ?2 WHERE id = ?1", params![id, now])?;
    Ok(())
}

/// They chose a password: the account is active.
pub fn activate(tx: &Tx, id: i64, password: &str) -> Result<(), Trouble> {
    tx.execute("UPDATE staff SET state = 'active', password = ?2 WHERE id = ?1", params![id, password])?;
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

/// One more link for this account; others of it stay until one is used. Links whose time is over are cleared away.
pub fn add_setup(tx: &Tx, hash: &[u8], staff: i64, until: i64, now: i64) -> Result<(), Trouble> {
    tx.execute("DELETE FROM setups WHERE staff IS NOT NULL AND until <= ?1", [now])?;
    tx.execute("INSERT INTO setups (hash, staff, until) VALUES (?1, ?2, ?3)", params![hash, staff, until])?;
    Ok(())
}

/// What a link that can still be used is for.
pub struct Setup {
    /// The account that waits for its password; none: the first administrator.
    pub staff: Option<i64>,
    /// The account's name, or the one that the first administrator's link was made for.
    pub name: Option<String>,
}

/// A link that can still be used: in time, and its account waits for it, or nobody administers yet.
pub fn setup(tx: &Tx, hash: &[u8], now: i64) -> Result<Option<Setup>, Trouble> {
    Ok(tx
        .prepare_cached(
            "SELECT s.staff, coalesce(a.name, s.name) FROM setups s LEFT JOIN staff a ON a.id = s.staff
             WHERE s.hash = ?1 AND s.until > ?2 AND (a.state = 'invited' OR (s.staff IS NULL AND NOT EXISTS
               (SELECT 1 FROM staff WHERE role = 'administrator' AND state = 'active')))",
        )?
        .query_row(params![hash, now], |row| Ok(Setup { staff: row.get(0)?, name: row.get(1)? }))
        .optional()?)
}

/// Every link for the first administrator is void.
pub fn drop_setups(tx: &Tx) -> Result<(), Trouble> {
    tx.execute("DELETE FROM setups WHERE staff IS NULL", [])?;
    Ok(())
}

/// Every link of this account is void.
pub fn drop_setups_of(tx: &Tx, staff: i64) -> Result<(), Trouble> {
    tx.execute("DELETE FROM setups WHERE staff = ?1", [staff])?;
    Ok(())
}
