//! The texts of the rules under which fees were charged: each is written once, with the first charge made under it, and never
//! changed; and when a member's name was corrected, which some rules ask. Start at [`keep`].

use rusqlite::OptionalExtension;

use super::Tx;
use crate::plan::messages::Trouble;

/// Writes the text of a rule, unless it is kept already.
pub fn keep(tx: &Tx, rule: &str, text: &str) -> Result<(), Trouble> {
    tx.prepare_cached("INSERT OR IGNORE INTO fee_rules (rule, text) VALUES (?1, ?2)")?.execute([rule, text])?;
    Ok(())
}

/// The text of a rule under which something was charged.
pub fn text(tx: &Tx, rule: &str) -> Result<Option<String>, Trouble> {
    Ok(tx
        .prepare_cached("SELECT text FROM fee_rules WHERE rule = ?1")?
        .query_row([rule], |row| row.get(0))
        .optional()?)
}

/// Every rule, and its text.
pub fn each(tx: &Tx) -> Result<Vec<(String, String)>, Trouble> {
    let mut rules = tx.prepare_cached("SELECT rule, text FROM fee_rules")?;
    Ok(rules.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}

/// When the member's name was last corrected, in milliseconds.
pub fn renamed(tx: &Tx, member: i64) -> Result<Option<i64>, Trouble> {
    let sql = "SELECT renamed FROM member_persons WHERE member = ?1";
    Ok(tx.prepare_cached(sql)?.query_row([member], |row| row.get(0)).optional()?.flatten())
}
