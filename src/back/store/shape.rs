//! What a table looks like: a column that somebody added says what nothing proves. It changes nothing. Start at [`has_columns`].

use super::Tx;
use crate::plan::messages::Trouble;

/// Whether there is such a table, with these columns and no others.
pub(super) fn has_columns(tx: &Tx, table: &str, columns: &[&str]) -> Result<bool, Trouble> {
    let mut found = tx.prepare("SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid")?;
    let found: Vec<String> = found.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found == columns)
}
