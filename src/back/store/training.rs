//! Emptying a practice database. It touches no other: the stamp is looked at in the same transaction. Start at [`empty`].

use rusqlite::params;

use super::{Tx, rights_held};
use crate::plan::messages::Trouble;

/// What stays: what the database is, who may work at it, which keys it knows, and the numbers by which names are cut into
/// parts to be found by.
const STAYS: [&str; 6] = ["house", "staff", "setups", "sessions", "key_checks", "member_name_places"];

/// When the samples were made, in milliseconds; `None` before that, and while they are being made.
pub fn made(tx: &Tx) -> Result<Option<i64>, Trouble> {
    Ok(tx.query_row("SELECT samples FROM house", [], |row| row.get(0))?)
}

pub fn set_made(tx: &Tx, now: i64) -> Result<(), Trouble> {
    tx.execute("UPDATE house SET samples = ?1", params![now])?;
    Ok(())
}

/// Takes every member, card, job, number and log entry out of a practice database; of any other it is `not-training`.
/// The log's guards stand aside for this one transaction and are back before it ends.
pub fn empty(tx: &Tx) -> Result<(), Trouble> {
    let stamp: String = tx.query_row("SELECT stamp FROM house", [], |row| row.get(0))?;
    if stamp != "training" {
        return Err(Trouble::new("not-training"));
    }
    tx.pragma_update(None, "defer_foreign_keys", "ON")?;
    let triggers = named(tx, "trigger")?;
    for (name, _) in &triggers {
        tx.execute_batch(&format!("DROP TRIGGER \"{name}\""))?;
    }
    for (name, _) in named(tx, "table")? {
        if !STAYS.contains(&name.as_str()) {
            tx.execute_batch(&format!("DELETE FROM \"{name}\""))?;
        }
    }
    for (_, sql) in &triggers {
        tx.execute_batch(sql)?;
    }
    tx.execute("UPDATE staff SET member = NULL", [])?;
    tx.execute("UPDATE house SET samples = NULL", [])?;
    // Whose accounts they are stays, so how they stand is said anew.
    rights_held::stand(tx)
}

/// Names and definitions of the schema's own things of one kind.
fn named(tx: &Tx, kind: &str) -> Result<Vec<(String, String)>, Trouble> {
    let mut asked =
        tx.prepare("SELECT name, sql FROM sqlite_master WHERE type = ?1 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let rows = asked.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
