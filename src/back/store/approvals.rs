//! Signatures of a second person: asked for by a session, signed, used once. Whether one may be given or used is not judged
//! here, but what it is for is compared here, column by column. Start at [`Signature`].

use rusqlite::{OptionalExtension, Row, named_params, params};

use super::Tx;
use crate::plan::messages::Trouble;

/// What is asked for: everything that is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub act: String,
    pub job: Option<i64>,
    pub charge: Option<i64>,
    pub member: Option<i64>,
    /// Of the charge.
    pub reason: Option<String>,
    /// Won.
    pub amount: Option<u32>,
    pub why: Option<String>,
}

/// One asked for, and how far it came.
#[derive(Debug, Clone)]
pub struct Signature {
    pub id: String,
    pub wanted: Wanted,
    pub asked_by: String,
    pub asked: i64,
    pub allowed_by: Option<String>,
    pub signed: Option<i64>,
    pub until: i64,
    pub used: Option<i64>,
}

/// An account as it stands now, for whether its signature counts.
pub struct Signer {
    pub role: String,
    pub state: String,
    pub reset_at: Option<i64>,
    /// Their own membership, where it is known.
    pub member: Option<i64>,
}

const COLUMNS: &str =
    "id, act, job, charge, member, reason, amount, why, asked_by, asked, allowed_by, signed, until, used
     FROM approvals";
/// Of this living session, and of exactly this content.
const SAME: &str = "session = (SELECT hash FROM sessions WHERE id = :session) AND asked_by = :asked_by AND act = :act
     AND job IS :job AND charge IS :charge AND member IS :member AND reason IS :reason AND amount IS :amount AND why IS :why";

fn from_row(row: &Row) -> rusqlite::Result<Signature> {
    Ok(Signature {
        id: row.get(0)?,
        wanted: Wanted {
            act: row.get(1)?,
            job: row.get(2)?,
            charge: row.get(3)?,
            member: row.get(4)?,
            reason: row.get(5)?,
            amount: row.get(6)?,
            why: row.get(7)?,
        },
        asked_by: row.get(8)?,
        asked: row.get(9)?,
        allowed_by: row.get(10)?,
        signed: row.get(11)?,
        until: row.get(12)?,
        used: row.get(13)?,
    })
}

/// Writes down what this session asks for, to be signed before `until`.
pub fn insert(
    tx: &Tx,
    id: &str,
    session: i64,
    asked_by: &str,
    wanted: &Wanted,
    asked: i64,
    until: i64,
) -> Result<(), Trouble> {
    tx.prepare_cached(
        "INSERT INTO approvals (id, session, act, job, charge, member, reason, amount, why, asked_by, asked, until)
         VALUES (?1, (SELECT hash FROM sessions WHERE id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        id,
        session,
        wanted.act,
        wanted.job,
        wanted.charge,
        wanted.member,
        wanted.reason,
        wanted.amount,
        wanted.why,
        asked_by,
        asked,
        until
    ])?;
    Ok(())
}

/// Those of this session and exactly this content that nobody used, newest first.
pub fn unused(tx: &Tx, session: i64, asked_by: &str, wanted: &Wanted) -> Result<Vec<Signature>, Trouble> {
    let mut asked = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE {SAME} AND used IS NULL ORDER BY coalesce(signed, asked) DESC, id"
    ))?;
    let found = asked.query_map(
        named_params! {
            ":session": session,
            ":asked_by": asked_by,
            ":act": wanted.act,
            ":job": wanted.job,
            ":charge": wanted.charge,
            ":member": wanted.member,
            ":reason": wanted.reason,
            ":amount": wanted.amount,
            ":why": wanted.why,
        },
        from_row,
    )?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The one of this id, if this session asked for it.
pub fn of_session(tx: &Tx, id: &str, session: i64) -> Result<Option<Signature>, Trouble> {
    let sql =
        format!("SELECT {COLUMNS} WHERE id = ?1 AND session = (SELECT hash FROM sessions WHERE sessions.id = ?2)");
    Ok(tx.prepare_cached(&sql)?.query_row(params![id, session], from_row).optional()?)
}

/// Signs one that is not signed; whether it was.
pub fn sign(tx: &Tx, id: &str, allowed_by: &str, signed: i64, until: i64) -> Result<bool, Trouble> {
    let sql = "UPDATE approvals SET allowed_by = ?2, signed = ?3, until = ?4 WHERE id = ?1 AND signed IS NULL";
    Ok(tx.prepare_cached(sql)?.execute(params![id, allowed_by, signed, until])? == 1)
}

/// It is used up; whether it was still there to be.
pub fn use_up(tx: &Tx, id: &str, now: i64) -> Result<bool, Trouble> {
    let sql = "UPDATE approvals SET used = ?2 WHERE id = ?1 AND used IS NULL";
    Ok(tx.prepare_cached(sql)?.execute(params![id, now])? == 1)
}

/// The account of this id, as it stands.
pub fn signer(tx: &Tx, id: i64) -> Result<Option<Signer>, Trouble> {
    let read =
        |row: &Row| Ok(Signer { role: row.get(0)?, state: row.get(1)?, reset_at: row.get(2)?, member: row.get(3)? });
    let found =
        tx.prepare_cached("SELECT role, state, reset_at, member FROM staff WHERE id = ?1")?.query_row([id], read);
    Ok(found.optional()?)
}

/// Removes what nobody signed and was asked for before `asked`, and ends signatures from a time that has yet to come: the clock
/// was set back.
pub fn sweep(tx: &Tx, asked: i64, now: i64) -> Result<(), Trouble> {
    tx.execute("DELETE FROM approvals WHERE signed IS NULL AND asked < ?1", [asked])?;
    tx.execute("UPDATE approvals SET until = 0 WHERE used IS NULL AND signed > ?1", [now])?;
    Ok(())
}
