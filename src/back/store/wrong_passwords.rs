//! Wrong passwords in a row, of names and of where they were typed; only hashes of either. What follows from them is the
//! plan's business. Start at [`get`].

use rusqlite::{OptionalExtension, params};

use super::Tx;
use crate::plan::messages::Trouble;

/// How many, and when the last one was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub wrong: u32,
    pub last: i64,
}

pub fn get(tx: &Tx, who: &[u8], place: &str) -> Result<Option<Row>, Trouble> {
    Ok(tx
        .prepare_cached("SELECT wrong, last FROM wrong_passwords WHERE who = ?1 AND place = ?2")?
        .query_row(params![who, place], |row| Ok(Row { wrong: row.get(0)?, last: row.get(1)? }))
        .optional()?)
}

pub fn put(tx: &Tx, who: &[u8], place: &str, row: Row) -> Result<(), Trouble> {
    tx.prepare_cached("INSERT OR REPLACE INTO wrong_passwords (who, place, wrong, last) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![who, place, row.wrong, row.last])?;
    Ok(())
}

pub fn clear(tx: &Tx, who: &[u8], place: &str) -> Result<(), Trouble> {
    tx.prepare_cached("DELETE FROM wrong_passwords WHERE who = ?1 AND place = ?2")?.execute(params![who, place])?;
    Ok(())
}

/// Forgets those whose last one was before `since` or, after a clock was set back, after `until`; and of more than `most` those
/// of the fewest, the oldest first: nobody washes out a count that matters by filling the table.
pub fn sweep(tx: &Tx, since: i64, until: i64, most: u32) -> Result<(), Trouble> {
    tx.execute("DELETE FROM wrong_passwords WHERE last NOT BETWEEN ?1 AND ?2", [since, until])?;
    let all: i64 = tx.query_row("SELECT count(*) FROM wrong_passwords", [], |row| row.get(0))?;
    let over = all - i64::from(most);
    if over > 0 {
        tx.execute(
            "DELETE FROM wrong_passwords WHERE (who, place) IN (SELECT who, place FROM wrong_passwords
             ORDER BY wrong, last LIMIT ?1)",
            [over],
        )?;
    }
    Ok(())
}
