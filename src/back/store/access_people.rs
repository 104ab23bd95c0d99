//! Who is in the access log, for whoever chooses one of them: accounts of the staff, and accounts of the command line that did
//! something. Start at [`people`].

use super::Tx;
use crate::plan::messages::Trouble;

/// Ids as entries hold them, with the name where it is an account; accounts first, by name. The counts are read, not the entries.
pub fn people(tx: &Tx) -> Result<Vec<(String, Option<String>)>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT id, name FROM (
           SELECT 'staff:' || id AS id, name FROM staff
           UNION ALL SELECT DISTINCT h.staff, NULL FROM log_hours h
             WHERE NOT EXISTS (SELECT 1 FROM staff s WHERE 'staff:' || s.id = h.staff))
         ORDER BY name IS NULL, name, id",
    )?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}
