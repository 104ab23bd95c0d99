//! Cards (what exists): one record for each card that was ever in a job's hands, chained by `replaces`.

use rusqlite::{OptionalExtension, Row, params};

use super::jobs::Job;
use super::{Tx, known};
use crate::plan::chip::ChipKind;
use crate::plan::chip::Originality;
use crate::plan::job::{CardKind, CardState};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

#[derive(Debug, Clone)]
pub struct Card {
    pub id: i64,
    pub member: i64,
    pub job: i64,
    pub kind: CardKind,
    pub number: MemberNumber,
    pub state: CardState,
    /// How many cards this member had, this one counted.
    pub sequence: u8,
    pub replaces: Option<i64>,
    /// Upper-case hex; `None` without a chip.
    pub uid: Option<String>,
    pub chip: Option<String>,
    pub profile: Option<String>,
    pub protection: Option<String>,
    pub key_version: Option<u8>,
    /// What the maker's signature showed when the card was made; `None` for chips that carry none.
    pub originality: Option<Originality>,
    /// SHA-256 of what the chip shall hold.
    pub target: Option<Vec<u8>>,
    /// `YYYY-MM-DD`, as the chip's header has it.
    pub issued_on: String,
    pub created: i64,
    pub live_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub ended_why: Option<String>,
    /// Why it is blocked for now.
    pub suspended: Option<Suspended>,
    /// The lot of which the blank was, if one was known.
    pub lot: Option<i64>,
}

/// A block that can be lifted: the reason, when and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspended {
    pub why: String,
    pub at: i64,
    pub by: String,
}

impl Card {
    /// A card that a job takes in hand; without a chip until its fields are filled in.
    pub fn begun(job: &Job, sequence: u8, issued_on: String, now: i64) -> Card {
        Card {
            id: 0,
            member: job.member,
            job: job.id,
            kind: job.kind,
            number: job.number,
            state: CardState::InWork,
            sequence,
            replaces: job.replaces,
            uid: None,
            chip: None,
            profile: None,
            protection: None,
            key_version: None,
            originality: None,
            target: None,
            issued_on,
            created: now,
            live_at: None,
            ended_at: None,
            ended_why: None,
            suspended: None,
            lot: None,
        }
    }
}

/// Inserts a card; `card.id` is passed over and the new id returned.
pub fn insert(tx: &Tx, card: &Card) -> Result<i64, Trouble> {
    tx.prepare_cached(
        "INSERT INTO cards (member, job, kind, number, state, sequence, replaces, uid, chip, profile, protection, key_version,
         target, issued_on, created, originality, lot)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        card.member, card.job, card.kind.as_str(), card.number.as_str(), card.state.as_str(), card.sequence, card.replaces,
        card.uid, card.chip, card.profile, card.protection, card.key_version, card.target, card.issued_on, card.created,
        card.originality.map(Originality::as_str), card.lot
    ])?;
    Ok(tx.last_insert_rowid())
}

/// Writes what changes in a card's life: its state, and the times of it.
pub fn update(tx: &Tx, card: &Card) -> Result<(), Trouble> {
    let suspended = card.suspended.as_ref();
    tx.prepare_cached(
        "UPDATE cards SET state = ?2, live_at = ?3, ended_at = ?4, ended_why = ?5, suspended_why = ?6, suspended_at = ?7,
         suspended_by = ?8 WHERE id = ?1",
    )?
    .execute(params![
        card.id,
        card.state.as_str(),
        card.live_at,
        card.ended_at,
        card.ended_why,
        suspended.map(|block| &block.why),
        suspended.map(|block| block.at),
        suspended.map(|block| &block.by)
    ])?;
    Ok(())
}

/// A card that was handed over is in the library's hands again, whatever it is good for; said once.
pub fn came_back(tx: &Tx, id: i64, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE cards SET back_at = ?2 WHERE id = ?1 AND back_at IS NULL AND live_at IS NOT NULL")?
        .execute([id, now])?;
    Ok(())
}

/// It is a blank again; said once.
pub fn is_blank_again(tx: &Tx, id: i64, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE cards SET blank_at = ?2 WHERE id = ?1 AND blank_at IS NULL")?.execute([id, now])?;
    Ok(())
}

/// The chip was written anew with keys of this version; `target` is the SHA-256 of what it holds now.
pub fn rewritten(tx: &Tx, id: i64, key_version: u8, target: &[u8; 32]) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE cards SET key_version = ?2, target = ?3 WHERE id = ?1")?.execute(params![
        id,
        key_version,
        target.as_slice()
    ])?;
    Ok(())
}

const COLUMNS: &str =
    "id, member, job, kind, number, state, sequence, replaces, uid, chip, profile, protection, key_version,
    target, issued_on, created, live_at, ended_at, ended_why, originality, suspended_why, suspended_at, suspended_by,
    lot";

fn from_row(row: &Row) -> rusqlite::Result<Result<Card, Trouble>> {
    let (kind, number, state): (String, String, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
    let words = || -> Result<_, Trouble> {
        Ok((
            known(CardKind::parse(&kind), "cards.kind", &kind)?,
            MemberNumber::parse(&number)?,
            known(CardState::parse(&state), "cards.state", &state)?,
        ))
    };
    let (kind, number, state) = match words() {
        Ok(words) => words,
        Err(trouble) => return Ok(Err(trouble)),
    };
    Ok(Ok(Card {
        id: row.get(0)?,
        member: row.get(1)?,
        job: row.get(2)?,
        kind,
        number,
        state,
        sequence: row.get(6)?,
        replaces: row.get(7)?,
        uid: row.get(8)?,
        chip: row.get(9)?,
        profile: row.get(10)?,
        protection: row.get(11)?,
        key_version: row.get(12)?,
        target: row.get(13)?,
        issued_on: row.get(14)?,
        created: row.get(15)?,
        live_at: row.get(16)?,
        ended_at: row.get(17)?,
        ended_why: row.get(18)?,
        originality: row.get::<_, Option<String>>(19)?.as_deref().and_then(Originality::parse),
        suspended: match (row.get(20)?, row.get(21)?, row.get(22)?) {
            (Some(why), Some(at), Some(by)) => Some(Suspended { why, at, by }),
            _ => None,
        },
        lot: row.get(23)?,
    }))
}

pub fn get(tx: &Tx, id: i64) -> Result<Card, Trouble> {
    let found = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM cards WHERE id = ?1"))?
        .query_row([id], from_row)
        .optional()?;
    found.unwrap_or_else(|| Err(Trouble::new("card-unknown").with("card", id)))
}

/// The cards of a member, newest first.
pub fn of_member(tx: &Tx, member: i64) -> Result<Vec<Card>, Trouble> {
    many(tx, "member = ?1 ORDER BY id DESC", [member])
}

/// The records of one chip, newest first: a blanked card that was used again has more than one.
pub fn of_uid(tx: &Tx, uid: &str) -> Result<Vec<Card>, Trouble> {
    many(tx, "uid = ?1 ORDER BY id DESC", [uid])
}

/// The cards that ever had this number printed on them, newest first.
pub fn of_number(tx: &Tx, number: &MemberNumber) -> Result<Vec<Card>, Trouble> {
    many(tx, "number = ?1 ORDER BY id DESC", [number.as_str()])
}

/// The cards spoiled at or after `since` and before `until`, newest first.
pub fn spoiled(tx: &Tx, since: i64, until: i64) -> Result<Vec<Card>, Trouble> {
    many(tx, "state = 'spoiled' AND ended_at >= ?1 AND ended_at < ?2 ORDER BY ended_at DESC", (since, until))
}

/// How many were.
pub fn spoiled_count(tx: &Tx, since: i64, until: i64) -> Result<u32, Trouble> {
    let sql = "SELECT count(*) FROM cards WHERE state = 'spoiled' AND ended_at >= ?1 AND ended_at < ?2";
    Ok(tx.prepare_cached(sql)?.query_row([since, until], |row| row.get(0))?)
}

/// The cards blocked before `until` and blocked still, oldest first.
pub fn suspended_before(tx: &Tx, until: i64) -> Result<Vec<Card>, Trouble> {
    many(tx, "state = 'suspended' AND suspended_at < ?1 ORDER BY suspended_at", [until])
}

fn many(tx: &Tx, rule: &str, wanted: impl rusqlite::Params) -> Result<Vec<Card>, Trouble> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM cards WHERE {rule}"))?;
    let rows = statement.query_map(wanted, from_row)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// How many cards a member had so far.
pub fn count_of(tx: &Tx, member: i64) -> Result<u32, Trouble> {
    Ok(tx.prepare_cached("SELECT count(*) FROM cards WHERE member = ?1")?.query_row([member], |row| row.get(0))?)
}

/// Cards in use of one kind of chip that were made with one version of the master keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub version: u8,
    pub chip: ChipKind,
    pub cards: i64,
}

/// How many cards in use were made with each version of the master keys, by kind of chip.
pub fn by_key_version(tx: &Tx) -> Result<Vec<Count>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT key_version, chip, count(*) FROM cards
         WHERE key_version IS NOT NULL AND chip IS NOT NULL AND state IN ('in-work', 'ready', 'live', 'suspended')
         GROUP BY key_version, chip",
    )?;
    let rows: Vec<(u8, String, i64)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    let count = |(version, chip, cards): (u8, String, i64)| {
        let chip = known(ChipKind::parse(&chip).ok(), "cards.chip", &chip)?;
        Ok(Count { version, chip, cards })
    };
    rows.into_iter().map(count).collect()
}

#[cfg(test)]
/// As if the register wanted another sequence on the chip.
pub fn set_sequence(tx: &Tx, member: i64, sequence: u8) -> Result<(), Trouble> {
    tx.execute("UPDATE cards SET sequence = ?2 WHERE member = ?1", [member, sequence.into()])?;
    Ok(())
}
