//! The guards of the database: triggers that keep append-only tables as they were written, and those that keep what hangs on others.
//! Whoever owns the file can take one away without altering a row, so what there is, is held against what the migrations make. It
//! never puts one back by itself: what was done without a guard is not known. Start at [`astray`].

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rusqlite::Connection;
use serde::Serialize;

use super::{Tx, migrations};
use crate::plan::messages::Trouble;

/// How a guard is not what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    Missing,
    /// It says something else.
    Altered,
    /// Our programs made none of that name.
    Added,
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            How::Missing => "missing",
            How::Altered => "altered",
            How::Added => "added",
        }
    }
}

/// A guard that is not as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guard {
    pub table: String,
    /// Its name.
    pub guard: String,
    pub changed: How,
}

/// Every guard that is not as the migrations make it, by its name.
pub fn astray(tx: &Tx) -> Result<Vec<Guard>, Trouble> {
    let (made, mut found) = (made()?, triggers(tx)?);
    let mut astray = Vec::new();
    for (guard, (table, text)) in made {
        let changed = match found.remove(&guard) {
            None => How::Missing,
            Some((on, said)) if on != table || said != text => How::Altered,
            Some(_) => continue,
        };
        astray.push(Guard { table, guard, changed });
    }
    let added = |(guard, (table, _))| Guard { table, guard, changed: How::Added };
    astray.extend(found.into_iter().map(added));
    Ok(astray)
}

/// Makes the guards what the migrations make them, in the caller's transaction, and answers how many were not that.
pub fn put_back(tx: &Tx) -> Result<usize, Trouble> {
    let (astray, made) = (astray(tx)?, made()?);
    for Guard { guard, changed, .. } in &astray {
        if *changed != How::Missing {
            tx.execute_batch(&format!("DROP TRIGGER \"{}\"", guard.replace('"', "\"\"")))?;
        }
        if let Some((_, Some(text))) = made.get(guard) {
            tx.execute_batch(text)?;
        }
    }
    Ok(astray.len())
}

/// Triggers by name: its table, and its text.
type Triggers = BTreeMap<String, (String, Option<String>)>;

/// As a database has them that was made today; made once in a process.
fn made() -> Result<Triggers, Trouble> {
    static MADE: OnceLock<Triggers> = OnceLock::new();
    if let Some(made) = MADE.get() {
        return Ok(made.clone());
    }
    let mut fresh = Connection::open_in_memory()?;
    let unmade = |fault| Trouble::new("database-trouble").with("reason", fault);
    migrations().to_latest(&mut fresh).map_err(unmade)?;
    let made = triggers(&fresh)?;
    Ok(MADE.get_or_init(|| made).clone())
}

fn triggers(tx: &Tx) -> Result<Triggers, Trouble> {
    let mut named = tx.prepare("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")?;
    let rows = named.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
