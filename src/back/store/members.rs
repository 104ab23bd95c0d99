//! Members: what they are (`members`) and who they are (`member_persons`, which can be purged).

use rusqlite::{OptionalExtension, Row, params};

use super::Tx;
use crate::plan::member::{MemberNumber, hangul};
use crate::plan::messages::Trouble;

/// A member with the personal part. Texts as stored: kinds and identities in the contract's words.
#[derive(Debug, Clone)]
pub struct Member {
    pub id: i64,
    pub kind: String,
    pub national: bool,
    pub identity: String,
    /// `YYYY-MM-DD` on which the document was seen.
    pub identity_on: Option<String>,
    pub guardian_identity: Option<String>,
    pub consent_at: i64,
    /// `home`, `work` or `school`; `None` where the library asks for nothing.
    pub condition: Option<String>,
    /// `enrolled` or `imported`.
    pub origin: String,
    /// When the register confirmed what was imported by hand.
    pub reconciled: Option<i64>,
    pub own_number: Option<String>,
    /// When the own card gave way to a 책이음 card.
    pub own_ended: Option<i64>,
    /// A card of the own number was handed out, where there is such a number.
    pub own_card: bool,
    pub number: Option<MemberNumber>,
    pub state: String,
    pub created: i64,
    pub created_by: String,
    pub name: String,
    /// `YYYY-MM-DD`.
    pub birth: String,
    pub phone: Option<String>,
    pub guardian: Option<String>,
}

/// How a name is compared: lower case, without spaces.
pub fn name_key(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Inserts a member; `member.id` is passed over and the new id returned.
pub fn insert(tx: &Tx, member: &Member, initials: &str) -> Result<i64, Trouble> {
    tx.prepare_cached(
        "INSERT INTO members (kind, national, identity, guardian_identity, consent_at, own_number, number, state, created, created_by,
         identity_on, condition, origin, own_card) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        member.kind, member.national, member.identity, member.guardian_identity, member.consent_at, member.own_number,
        member.number.map(|number| number.to_string()), member.state, member.created, member.created_by, member.identity_on,
        member.condition, member.origin, member.own_card
    ])?;
    let id = tx.last_insert_rowid();
    tx.prepare_cached(
        "INSERT INTO member_persons (member, name, name_key, initials, birth, phone, guardian) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![id, member.name, name_key(&member.name), initials, member.birth, member.phone, member.guardian])?;
    Ok(id)
}

const COLUMNS: &str = "m.id, m.kind, m.national, m.identity, m.guardian_identity, m.consent_at, m.own_number, m.number, m.state,
    m.created, m.created_by, p.name, p.birth, p.phone, p.guardian, m.identity_on, m.condition, m.origin, m.reconciled, m.own_ended, m.own_card FROM members m JOIN member_persons p ON p.member = m.id";

fn from_row(row: &Row) -> rusqlite::Result<Member> {
    let number: Option<String> = row.get(7)?;
    Ok(Member {
        id: row.get(0)?,
        kind: row.get(1)?,
        national: row.get(2)?,
        identity: row.get(3)?,
        guardian_identity: row.get(4)?,
        consent_at: row.get(5)?,
        own_number: row.get(6)?,
        number: number.and_then(|text| MemberNumber::parse(&text).ok()),
        state: row.get(8)?,
        created: row.get(9)?,
        created_by: row.get(10)?,
        name: row.get(11)?,
        birth: row.get(12)?,
        phone: row.get(13)?,
        guardian: row.get(14)?,
        identity_on: row.get(15)?,
        condition: row.get(16)?,
        origin: row.get(17)?,
        reconciled: row.get(18)?,
        own_ended: row.get(19)?,
        own_card: row.get(20)?,
    })
}

/// `member-unknown` when there is none of that id.
pub fn get(tx: &Tx, id: i64) -> Result<Member, Trouble> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} WHERE m.id = ?1"))?
        .query_row([id], from_row)
        .optional()?
        .ok_or_else(|| Trouble::new("member-unknown").with("member", id))
}

/// Members of the same name and (the same birth date or the same phone).
pub fn alike(tx: &Tx, name: &str, birth: &str, phone: Option<&str>) -> Result<Vec<Member>, Trouble> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE p.name_key = ?1 AND (p.birth = ?2 OR p.phone = ?3) AND m.state = 'active' ORDER BY m.id LIMIT 20"
    ))?;
    let found = statement.query_map(params![name_key(name), birth, phone], from_row)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Other records that are likely the same person's, withdrawn ones among them: the same name and birth date, while those are known.
pub fn same_person(tx: &Tx, member: &Member) -> Result<Vec<i64>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT member FROM member_persons WHERE name_key = ?1 AND birth = ?2 AND member <> ?3 ORDER BY member",
    )?;
    let found = statement.query_map(params![name_key(&member.name), member.birth, member.id], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// What a search looks for; the desk reads it off what was typed.
pub enum Search<'a> {
    Number(MemberNumber),
    OwnNumber(&'a str),
    /// `YYYY-MM-DD`.
    Birth(&'a str),
    /// Part of a name, in which consonants stand for the syllables that begin with them: 길동, ㅎㄱㄷ, 홍ㄱㄷ.
    Name(&'a str),
}

/// At most `limit` members, names that begin with what was typed first.
pub fn search(tx: &Tx, search: &Search, limit: u32) -> Result<Vec<Member>, Trouble> {
    let (wanted, rule): (String, &str) = match search {
        Search::Number(number) => {
            (number.to_string(), "m.id IN (SELECT member FROM numbers WHERE number = ?1 AND released IS NULL)")
        }
        Search::OwnNumber(own) => ((*own).to_owned(), "m.own_number = ?1"),
        Search::Birth(birth) => ((*birth).to_owned(), "p.birth = ?1"),
        Search::Name(name) => return named(tx, name, limit)?.into_iter().map(|id| get(tx, id)).collect(),
    };
    let mut statement =
        tx.prepare_cached(&format!("SELECT {COLUMNS} WHERE {rule} ORDER BY p.name_key, m.id LIMIT ?2"))?;
    let found = statement.query_map(params![wanted, limit], from_row)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// What of a member can be put right; everything else is as it happened.
pub struct Correction<'a> {
    pub kind: &'a str,
    pub condition: Option<&'a str>,
    pub own_number: Option<&'a str>,
    pub name: &'a str,
    pub initials: &'a str,
    /// `YYYY-MM-DD`.
    pub birth: &'a str,
    pub phone: Option<&'a str>,
    /// Who stands in, and the kind of document seen.
    pub guardian: Option<&'a str>,
    pub guardian_identity: Option<&'a str>,
}

/// Writes a correction over what was there.
pub fn correct(tx: &Tx, id: i64, to: &Correction) -> Result<(), Trouble> {
    tx.prepare_cached(
        "UPDATE members SET kind = ?2, condition = ?3, own_number = ?4, guardian_identity = ?5 WHERE id = ?1",
    )?
    .execute(params![id, to.kind, to.condition, to.own_number, to.guardian_identity])?;
    tx.prepare_cached(
        "UPDATE member_persons SET name = ?2, name_key = ?3, initials = ?4, birth = ?5, phone = ?6, guardian = ?7 WHERE member = ?1",
    )?
    .execute(params![id, to.name, name_key(to.name), to.initials, to.birth, to.phone, to.guardian])?;
    Ok(())
}

/// The membership ended. The personal part stays until the library's retention is over.
pub fn withdraw(tx: &Tx, id: i64, why: Option<&str>, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE members SET state = 'withdrawn', withdrawn = ?2, withdrawn_why = ?3 WHERE id = ?1")?
        .execute(params![id, now, why])?;
    Ok(())
}

/// When a membership ended, and what was said of it.
pub fn withdrawn(tx: &Tx, id: i64) -> Result<Option<(i64, Option<String>)>, Trouble> {
    let sql = "SELECT withdrawn, withdrawn_why FROM members WHERE id = ?1 AND withdrawn IS NOT NULL";
    Ok(tx.prepare_cached(sql)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Ids by a part of the name, through the index of names from each of their characters on. What begins with it is few
/// rows, and no more of them are read than are wanted.
fn named(tx: &Tx, name: &str, limit: u32) -> Result<Vec<i64>, Trouble> {
    let wanted = hangul::folded(name);
    let literal: String = wanted.chars().take_while(|c| !hangul::is_initials(&c.to_string())).collect();
    // The longer of the two leaves fewer rows to be looked through.
    let by_part = literal.chars().count() > 1 || literal == wanted;
    let (column, order, begins) = match by_part {
        true => ("part", "part, member", literal),
        false => ("initials", "initials, part, member", hangul::initials(&wanted)),
    };
    let mut found = Vec::new();
    if begins.is_empty() {
        return Ok(found);
    }
    let sql = format!(
        "SELECT member, part FROM member_names WHERE start = ?1 AND {column} >= ?2 AND {column} < ?3 ORDER BY {order}"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    for start in [0, 1] {
        let mut rows = statement.query(params![start, begins, format!("{begins}\u{10FFFF}")])?;
        while let Some(row) = rows.next()?.filter(|_| found.len() < limit as usize) {
            let (member, part): (i64, String) = (row.get(0)?, row.get(1)?);
            if hangul::position(&part, &wanted) == Some(0) && !found.contains(&member) {
                found.push(member);
            }
        }
    }
    Ok(found)
}

/// How many were taken over from another library since then.
pub fn imported_count(tx: &Tx, since: i64, until: i64) -> Result<u32, Trouble> {
    let sql = "SELECT count(*) FROM members WHERE origin = 'imported' AND created >= ?1 AND created < ?2";
    Ok(tx.prepare_cached(sql)?.query_row([since, until], |row| row.get(0))?)
}

/// Active members whom no register has confirmed yet, newest first, at most `limit`; and how many there are.
pub fn unreconciled(tx: &Tx, limit: u32) -> Result<(Vec<Member>, u32), Trouble> {
    let rule = "origin = 'imported' AND reconciled IS NULL AND state = 'active'";
    let count =
        tx.prepare_cached(&format!("SELECT count(*) FROM members WHERE {rule}"))?.query_row([], |row| row.get(0))?;
    let mut statement =
        tx.prepare_cached(&format!("SELECT id FROM members WHERE {rule} ORDER BY created DESC LIMIT ?1"))?;
    let ids = statement.query_map([limit], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    Ok((ids.into_iter().map(|id| get(tx, id)).collect::<Result<_, _>>()?, count))
}

/// How many members go by a number of this library.
pub fn count_of_library(tx: &Tx, code: &str) -> Result<u32, Trouble> {
    let sql = "SELECT count(*) FROM members WHERE number >= ?1 AND number < ?2";
    Ok(tx.prepare_cached(sql)?.query_row([code, &format!("{code}:")], |row| row.get(0))?)
}

/// The member now goes by this number.
pub fn set_number(tx: &Tx, id: i64, number: MemberNumber) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE members SET number = ?2 WHERE id = ?1")?.execute(params![id, number.as_str()])?;
    Ok(())
}

/// The member has no number: the job that reserved it was cancelled.
pub fn clear_number(tx: &Tx, id: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE members SET number = NULL WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Whether the member consents to the national register, and so is a 책이음 member.
pub fn set_national(tx: &Tx, id: i64, national: bool) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE members SET national = ?2 WHERE id = ?1")?.execute(params![id, national])?;
    Ok(())
}

/// The own card gave way to a 책이음 card; the first time counts.
pub fn end_own(tx: &Tx, id: i64, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE members SET own_ended = coalesce(own_ended, ?2) WHERE id = ?1")?
        .execute(params![id, now])?;
    Ok(())
}

/// The own card was chosen where a 책이음 card could have been handed out.
pub fn give_own_card(tx: &Tx, id: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE members SET own_card = 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

pub fn count(tx: &Tx) -> Result<i64, Trouble> {
    Ok(tx.query_row("SELECT count(*) FROM members", [], |row| row.get(0))?)
}
