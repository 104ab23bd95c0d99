//! Sessions and what is kept in them. A session is known by the hash of its cookie, so that the file gives none away.

use std::ops::RangeInclusive;

use rusqlite::{OptionalExtension, named_params, params};

use super::Tx;
use crate::plan::messages::Trouble;

/// When a session must have been seen and born to be alive: not too long ago, and not in a time that is yet to come, as
/// after a clock was set back.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub seen_from: i64,
    pub born_from: i64,
    pub until: i64,
}

/// Alive, by the parameters `:seen`, `:born` and `:until` of a [`Span`].
const ALIVE: &str = "(seen BETWEEN :seen AND :until AND created BETWEEN :born AND :until)";

macro_rules! within {
    ($span:expr $(, $name:literal: $value:expr)*) => {
        named_params! { ":seen": $span.seen_from, ":born": $span.born_from, ":until": $span.until $(, $name: $value)* }
    };
}

pub struct Session {
    pub id: i64,
    pub staff: i64,
    pub name: String,
    pub role: String,
    pub desk: String,
    pub csrf: String,
    pub lang: String,
    /// Where it was begun.
    pub address: String,
}

/// A session that begins now.
pub struct NewSession<'a> {
    /// Drawn at random: the id of one that ended never means another one.
    pub id: i64,
    pub hash: &'a [u8],
    pub staff: i64,
    pub desk: &'a str,
    pub csrf: &'a str,
    pub lang: &'a str,
    pub address: &'a str,
    pub now: i64,
}

pub fn insert(tx: &Tx, new: &NewSession) -> Result<(), Trouble> {
    tx.execute(
        "INSERT INTO sessions (id, hash, staff, desk, csrf, lang, address, created, seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
        params![new.id, new.hash, new.staff, new.desk, new.csrf, new.lang, new.address, new.now],
    )?;
    Ok(())
}

/// Whose session one would be that begins now: name, role and the language that they chose once. `None` when the account is
/// not active, or has another password than the one that was proven.
pub fn opens_for(tx: &Tx, staff: i64, password: &str) -> Result<Option<(String, String, Option<String>)>, Trouble> {
    Ok(tx
        .prepare_cached("SELECT name, role, lang FROM staff WHERE id = ?1 AND state = 'active' AND password = ?2")?
        .query_row(params![staff, password], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?)
}

/// The session of a cookie, if it is alive and its account active.
pub fn get(tx: &Tx, hash: &[u8], span: Span) -> Result<Option<Session>, Trouble> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT s.id, s.staff, a.name, a.role, s.desk, s.csrf, s.lang, s.address
             FROM (SELECT * FROM sessions WHERE hash = :hash AND {ALIVE}) s JOIN staff a ON a.id = s.staff
             WHERE a.state = 'active'"
        ))?
        .query_row(within!(span, ":hash": hash), |row| {
            Ok(Session {
                id: row.get(0)?,
                staff: row.get(1)?,
                name: row.get(2)?,
                role: row.get(3)?,
                desk: row.get(4)?,
                csrf: row.get(5)?,
                lang: row.get(6)?,
                address: row.get(7)?,
            })
        })
        .optional()?)
}

/// Whether a session still stands, by its id: what an event stream asks.
pub fn stands(tx: &Tx, id: i64, span: Span) -> Result<bool, Trouble> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE id = :id AND {ALIVE}
             AND EXISTS (SELECT 1 FROM staff WHERE id = sessions.staff AND state = 'active'))"
        ))?
        .query_row(within!(span, ":id": id), |row| row.get(0))?)
}

/// Notes a person's act in a session that stands; one that ended is not brought back.
pub fn touch(tx: &Tx, id: i64, span: Span, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached(&format!("UPDATE sessions SET seen = :now WHERE id = :id AND {ALIVE}"))?
        .execute(within!(span, ":id": id, ":now": now))?;
    Ok(())
}

/// The language of this session, and of its person's next ones.
pub fn set_lang(tx: &Tx, id: i64, lang: &str) -> Result<(), Trouble> {
    tx.execute("UPDATE sessions SET lang = ?2 WHERE id = ?1", params![id, lang])?;
    tx.execute("UPDATE staff SET lang = ?2 WHERE id = (SELECT staff FROM sessions WHERE id = ?1)", params![id, lang])?;
    Ok(())
}

/// Ends a session with everything kept in it; its id, if it was there.
pub fn end(tx: &Tx, hash: &[u8]) -> Result<Option<i64>, Trouble> {
    Ok(tx
        .prepare_cached("DELETE FROM sessions WHERE hash = ?1 RETURNING id")?
        .query_row([hash], |row| row.get(0))
        .optional()?)
}

/// Ends one session of this person with everything kept in it; whether there was one that stood.
pub fn end_one(tx: &Tx, staff: i64, id: i64, span: Span) -> Result<bool, Trouble> {
    let sql = format!("DELETE FROM sessions WHERE staff = :staff AND id = :id AND {ALIVE}");
    Ok(tx.prepare_cached(&sql)?.execute(within!(span, ":staff": staff, ":id": id))? > 0)
}

/// Ends the sessions of a person but for `except`, with everything kept in them; the ids of those that stood.
pub fn end_of(tx: &Tx, staff: i64, except: Option<i64>, span: Span) -> Result<Vec<i64>, Trouble> {
    let sql = format!("DELETE FROM sessions WHERE staff = :staff AND id IS NOT :except RETURNING id, {ALIVE}");
    let mut gone = tx.prepare_cached(&sql)?;
    let rows = gone.query_map(within!(span, ":staff": staff, ":except": except), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
    })?;
    let all = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|(_, stood)| *stood).map(|(id, _)| id).collect())
}

/// One of a person's sessions, for the list of them.
pub struct Listed {
    pub id: i64,
    pub desk: String,
    pub address: String,
    pub created: i64,
    pub seen: i64,
}

/// A person's sessions that stand, the newest first.
pub fn list(tx: &Tx, staff: i64, span: Span) -> Result<Vec<Listed>, Trouble> {
    let sql = format!(
        "SELECT id, desk, address, created, seen FROM sessions WHERE staff = :staff AND {ALIVE} ORDER BY created DESC, id"
    );
    let mut found = tx.prepare_cached(&sql)?;
    let rows = found.query_map(within!(span, ":staff": staff), |row| {
        Ok(Listed { id: row.get(0)?, desk: row.get(1)?, address: row.get(2)?, created: row.get(3)?, seen: row.get(4)? })
    })?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?)
}

/// Somebody who is being typed: what of a session that ended by itself goes on in its person's next one.
const DRAFTS: &str = "('enrol', 'import')";

/// Removes sessions that ended by themselves, and with them their searches. Those with drafts are left until they were last
/// seen before `kept.start()` or, after a clock was set back, beyond its end; their cookie opens nothing any more, whatever the
/// clock will say.
pub fn sweep(tx: &Tx, span: Span, kept: RangeInclusive<i64>) -> Result<(), Trouble> {
    tx.execute(
        &format!(
            "DELETE FROM kept WHERE kind NOT IN {DRAFTS} AND session IN (SELECT id FROM sessions WHERE NOT {ALIVE})"
        ),
        within!(span),
    )?;
    tx.execute(
        &format!(
            "DELETE FROM sessions WHERE NOT {ALIVE}
             AND (seen NOT BETWEEN :kept AND :late OR NOT EXISTS (SELECT 1 FROM kept WHERE session = sessions.id))"
        ),
        within!(span, ":kept": kept.start(), ":late": kept.end()),
    )?;
    tx.execute(&format!("UPDATE sessions SET hash = randomblob(32) WHERE NOT {ALIVE}"), within!(span))?;
    Ok(())
}

/// Hands a new session what its person was typing when a session of theirs ended by itself, and was last seen within `kept`.
pub fn inherit(tx: &Tx, session: i64, staff: i64, span: Span, kept: RangeInclusive<i64>) -> Result<(), Trouble> {
    tx.execute(
        &format!(
            "UPDATE OR REPLACE kept SET session = :session WHERE kind IN {DRAFTS} AND session IN (SELECT id FROM sessions
             WHERE staff = :staff AND id <> :session AND NOT {ALIVE} AND seen BETWEEN :kept AND :late)"
        ),
        within!(span, ":session": session, ":staff": staff, ":kept": kept.start(), ":late": kept.end()),
    )?;
    Ok(())
}

/// Hands a new session what its own person was typing in the one that the browser still had; that one ends.
pub fn take_over(tx: &Tx, session: i64, staff: i64, old: &[u8]) -> Result<Option<i64>, Trouble> {
    tx.execute(
        &format!(
            "UPDATE OR REPLACE kept SET session = ?1 WHERE kind IN {DRAFTS}
             AND session = (SELECT id FROM sessions WHERE hash = ?2 AND staff = ?3)"
        ),
        params![session, old, staff],
    )?;
    end(tx, old)
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
