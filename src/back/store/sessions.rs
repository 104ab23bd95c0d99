//! Sessions and what is kept in them. A session is known by the hash of its cookie, so that the file gives none away.

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::plan::messages::Trouble;

pub struct Session {
    pub id: i64,
    pub staff: i64,
    pub name: String,
    pub role: String,
    pub desk: String,
    pub csrf: String,
    pub lang: String,
}

pub fn insert(tx: &Tx, hash: &[u8], staff: i64, desk: &str, csrf: &str, lang: &str, now: i64) -> Result<i64, Trouble> {
    tx.execute(
        "INSERT INTO sessions (hash, staff, desk, csrf, lang, created, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        params![hash, staff, desk, csrf, lang, now],
    )?;
    Ok(tx.last_insert_rowid())
}

/// The session of a cookie, if it was active after `idle_since`, began after `born_since` and its account is active.
pub fn get(tx: &Tx, hash: &[u8], idle_since: i64, born_since: i64) -> Result<Option<Session>, Trouble> {
    Ok(tx
        .prepare_cached(
            "SELECT s.id, s.staff, a.name, a.role, s.desk, s.csrf, s.lang FROM sessions s JOIN staff a ON a.id = s.staff
             WHERE s.hash = ?1 AND s.seen >= ?2 AND s.created >= ?3 AND a.state = 'active'",
        )?
        .query_row(params![hash, idle_since, born_since], |row| {
            Ok(Session {
                id: row.get(0)?,
                staff: row.get(1)?,
                name: row.get(2)?,
                role: row.get(3)?,
                desk: row.get(4)?,
                csrf: row.get(5)?,
                lang: row.get(6)?,
            })
        })
        .optional()?)
}

/// Whether a session still stands, by its id: what an event stream asks.
pub fn stands(tx: &Tx, id: i64, idle_since: i64, born_since: i64) -> Result<bool, Trouble> {
    Ok(tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM sessions WHERE id = ?1 AND seen >= ?2 AND created >= ?3)")?
        .query_row(params![id, idle_since, born_since], |row| row.get(0))?)
}

pub fn touch(tx: &Tx, id: i64, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE sessions SET seen = ?2 WHERE id = ?1")?.execute(params![id, now])?;
    Ok(())
}

pub fn set_lang(tx: &Tx, id: i64, lang: &str) -> Result<(), Trouble> {
    tx.execute("UPDATE sessions SET lang = ?2 WHERE id = ?1", params![id, lang])?;
    Ok(())
}

/// Ends a session with everything kept in it; its id, if it was there.
pub fn end(tx: &Tx, hash: &[u8]) -> Result<Option<i64>, Trouble> {
    Ok(tx
        .prepare_cached("DELETE FROM sessions WHERE hash = ?1 RETURNING id")?
        .query_row([hash], |row| row.get(0))
        .optional()?)
}

/// Ends every session of this account with everything kept in it; their ids.
pub fn end_all(tx: &Tx, staff: i64) -> Result<Vec<i64>, Trouble> {
    let mut statement = tx.prepare_cached("DELETE FROM sessions WHERE staff = ?1 RETURNING id")?;
    let ended = statement.query_map([staff], |row| row.get(0))?;
    Ok(ended.collect::<Result<_, _>>()?)
}

/// Somebody who is being typed: what of a session that ended by itself goes on in its person's next one.
const DRAFTS: &str = "('enrol', 'import')";

/// Removes sessions that ended by themselves, and with them their searches; those with drafts are left, ended as they
/// are, until `kept_since`.
pub fn sweep(tx: &Tx, idle_since: i64, born_since: i64, kept_since: i64) -> Result<(), Trouble> {
    let ended = "(seen < ?1 OR created < ?2)";
    tx.execute(
        &format!("DELETE FROM kept WHERE kind NOT IN {DRAFTS} AND session IN (SELECT id FROM sessions WHERE {ended})"),
        params![idle_since, born_since],
    )?;
    tx.execute(
        &format!(
            "DELETE FROM sessions WHERE {ended}
             AND (seen < ?3 OR NOT EXISTS (SELECT 1 FROM kept WHERE session = sessions.id))"
        ),
        params![idle_since, born_since, kept_since],
    )?;
    Ok(())
}

/// Hands a new session what its person was typing when a session of theirs ended by itself since `kept_since`.
pub fn inherit(
    tx: &Tx,
    session: i64,
    staff: i64,
    idle_since: i64,
    born_since: i64,
    kept_since: i64,
) -> Result<(), Trouble> {
    tx.execute(
        &format!(
            "UPDATE OR REPLACE kept SET session = ?1 WHERE kind IN {DRAFTS} AND session IN (SELECT id FROM sessions
             WHERE staff = ?2 AND id <> ?1 AND (seen < ?3 OR created < ?4) AND seen >= ?5)"
        ),
        params![session, staff, idle_since, born_since, kept_since],
    )?;
    Ok(())
}

/// The kind and id of what was typed last and waits to be gone on with.
pub fn newest_draft(tx: &Tx, session: i64) -> Result<Option<(String, String)>, Trouble> {
    let sql =
        format!("SELECT kind, id FROM kept WHERE session = ?1 AND kind IN {DRAFTS} ORDER BY created DESC LIMIT 1");
    Ok(tx.prepare_cached(&sql)?.query_row([session], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Keeps a text under an opaque id, in place of an older one of that id.
pub fn keep(tx: &Tx, session: i64, id: &str, kind: &str, text: &str, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached("INSERT OR REPLACE INTO kept (session, id, kind, text, created) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![session, id, kind, text, now])?;
    Ok(())
}

pub fn kept(tx: &Tx, session: i64, kind: &str, id: &str) -> Result<Option<String>, Trouble> {
    Ok(tx
        .prepare_cached("SELECT text FROM kept WHERE session = ?1 AND id = ?2 AND kind = ?3")?
        .query_row(params![session, id, kind], |row| row.get(0))
        .optional()?)
}

pub fn drop_kept(tx: &Tx, session: i64, kind: &str, id: &str) -> Result<(), Trouble> {
    tx.execute("DELETE FROM kept WHERE session = ?1 AND id = ?2 AND kind = ?3", params![session, id, kind])?;
    Ok(())
}
