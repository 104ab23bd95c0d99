//! Member numbers: reserved once, never used again. Reservation happens inside the transaction of the job that needs it.

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::plan::job::NumberState;
use crate::plan::member::{LibraryCode, MemberNumber};
use crate::plan::messages::Trouble;

/// Where a number came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Reserved from this desk's range.
    Range,
    /// Came with the member: a 14-digit own number under our own code (the seed's 부천).
    Adopted,
}

impl Origin {
    fn as_str(self) -> &'static str {
        match self {
            Origin::Range => "range",
            Origin::Adopted => "adopted",
        }
    }
}

/// The greatest serial in `low..=high` that this range reserved, whatever became of it.
pub fn last_reserved(tx: &Tx, library: LibraryCode, low: u32, high: u32) -> Result<Option<u32>, Trouble> {
    let found: Option<u32> = tx
        .prepare_cached(
            "SELECT max(serial) FROM numbers WHERE library = ?1 AND origin = 'range' AND serial BETWEEN ?2 AND ?3",
        )?
        .query_row(params![library.as_str(), low, high], |row| row.get(0))?;
    Ok(found)
}

/// The greatest number under our own code that this range had given out by then, in milliseconds since 1970.
pub fn last_given(tx: &Tx, library: LibraryCode, until: i64) -> Result<Option<MemberNumber>, Trouble> {
    let found: Option<String> = tx
        .prepare_cached(
            "SELECT number FROM numbers WHERE library = ?1 AND origin = 'range' AND created <= ?2 ORDER BY serial DESC LIMIT 1",
        )?
        .query_row(params![library.as_str(), until], |row| row.get(0))
        .optional()?;
    found.map(|text| super::known(MemberNumber::parse(&text).ok(), "numbers.number", &text)).transpose()
}

/// The least serial in `low..=high` of our own code that this range did not reserve: what the range guard looks for.
pub fn first_adopted(tx: &Tx, library: LibraryCode, low: u32, high: u32) -> Result<Option<u32>, Trouble> {
    let found: Option<u32> = tx
        .prepare_cached(
            "SELECT min(serial) FROM numbers WHERE library = ?1 AND origin = 'adopted' AND released IS NULL
               AND serial BETWEEN ?2 AND ?3",
        )?
        .query_row(params![library.as_str(), low, high], |row| row.get(0))?;
    Ok(found)
}

/// Gives a number that was never given, or is released.
pub fn insert(
    tx: &Tx,
    number: MemberNumber,
    origin: Origin,
    state: NumberState,
    member: i64,
    now: i64,
) -> Result<(), Trouble> {
    let again = tx
        .prepare_cached(
            "UPDATE numbers SET origin = ?2, state = ?3, member = ?4, created = ?5, released = NULL
             WHERE number = ?1 AND released IS NOT NULL",
        )?
        .execute(params![number.as_str(), origin.as_str(), state.as_str(), member, now])?;
    if again > 0 {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO numbers (number, library, serial, origin, state, member, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        number.as_str(), number.library().as_str(), number.serial(), origin.as_str(), state.as_str(), member, now
    ])?;
    Ok(())
}

pub fn state(tx: &Tx, number: MemberNumber) -> Result<Option<NumberState>, Trouble> {
    let text: Option<String> = tx
        .prepare_cached("SELECT state FROM numbers WHERE number = ?1 AND released IS NULL")?
        .query_row([number.as_str()], |row| row.get(0))
        .optional()?;
    text.map(|text| super::known(NumberState::parse(&text), "numbers.state", &text)).transpose()
}

/// Whose number it is or was, and how it stands.
pub fn holder(tx: &Tx, number: MemberNumber) -> Result<Option<(i64, NumberState)>, Trouble> {
    let found: Option<(i64, String)> = tx
        .prepare_cached("SELECT member, state FROM numbers WHERE number = ?1 AND released IS NULL")?
        .query_row([number.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let state =
        |(member, text): (i64, String)| Ok((member, super::known(NumberState::parse(&text), "numbers.state", &text)?));
    found.map(state).transpose()
}

pub fn set_state(tx: &Tx, number: MemberNumber, state: NumberState) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE numbers SET state = ?2 WHERE number = ?1")?
        .execute(params![number.as_str(), state.as_str()])?;
    Ok(())
}

/// Takes an adopted number back, as if it had never been given: it is nobody's, and stands in nobody's way.
pub fn release(tx: &Tx, number: MemberNumber, now: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE numbers SET released = ?2 WHERE number = ?1 AND origin = 'adopted'")?
        .execute(params![number.as_str(), now])?;
    Ok(())
}
