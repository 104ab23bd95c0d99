//! The guards of the database: triggers that keep append-only tables as they were written, and those that keep what hangs on others.
//! Whoever owns the file can take one away without altering a row, so what there is, is held against what the migrations make. It
//! never puts one back by itself: what was done without a guard is not known. The rest of the database's form, tables, indexes and
//! views, is held against them too: an index may be what keeps a number from being given twice. Start at [`astray`] and [`form_astray`].

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

/// A table, an index or a view that is not as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Form {
    /// `table`, `index` or `view`.
    pub kind: String,
    /// The table that it is, or is of.
    pub table: String,
    pub name: String,
    pub changed: How,
}

/// Every guard that is not as the migrations make it, by its name.
pub fn astray(tx: &Tx) -> Result<Vec<Guard>, Trouble> {
    let (made, mut found) = (made()?.triggers, things(tx)?.triggers);
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

/// Every table, index and view that is not as the migrations make it, by its name. What SQLite makes of itself is none of it.
pub fn form_astray(tx: &Tx) -> Result<Vec<Form>, Trouble> {
    let mut found = things(tx)?;
    let mut astray = Vec::new();
    for (name, made) in made()?.form {
        let changed = match found.form.remove(&name) {
            None => How::Missing,
            // How words stand apart and what is quoted is SQLite's own, and differs by who altered a table last.
            Some(thing) if thing.kind != made.kind || thing.table != made.table || thing.bare() != made.bare() => {
                How::Altered
            }
            Some(_) => continue,
        };
        astray.push(Form { kind: made.kind, table: made.table, name, changed });
    }
    let added =
        |(name, thing): (String, Thing)| Form { kind: thing.kind, table: thing.table, name, changed: How::Added };
    astray.extend(found.form.into_iter().map(added));
    Ok(astray)
}

/// Makes the guards what the migrations make them, in the caller's transaction, and the indexes and views, which hold nothing of their
/// own; how many were not that. A table that is gone or was altered is not made up.
pub fn put_back(tx: &Tx) -> Result<usize, Trouble> {
    let (guards, made) = (astray(tx)?, made()?);
    let form = form_astray(tx)?.into_iter().filter(|form| form.kind != "table").collect::<Vec<_>>();
    for Form { kind, name, changed, .. } in &form {
        let made = made.form.get(name);
        let kind = if *kind == "view" { "VIEW" } else { "INDEX" };
        put(tx, kind, name, *changed, made.and_then(|made| made.text.as_deref()))?;
    }
    for Guard { guard, changed, .. } in &guards {
        let text = made.triggers.get(guard).and_then(|(_, text)| text.as_deref());
        put(tx, "TRIGGER", guard, *changed, text)?;
    }
    Ok(guards.len() + form.len())
}

fn put(tx: &Tx, kind: &str, name: &str, changed: How, text: Option<&str>) -> Result<(), Trouble> {
    if changed != How::Missing {
        tx.execute_batch(&format!("DROP {kind} \"{}\"", name.replace('"', "\"\"")))?;
    }
    text.map_or(Ok(()), |text| Ok(tx.execute_batch(text)?))
}

/// Triggers by name: its table, and its text.
type Triggers = BTreeMap<String, (String, Option<String>)>;

/// A table, an index or a view.
#[derive(Debug, Clone)]
struct Thing {
    kind: String,
    table: String,
    text: Option<String>,
}

impl Thing {
    fn bare(&self) -> String {
        let text = self.text.as_deref().unwrap_or_default();
        text.chars().filter(|c| !c.is_whitespace() && *c != '"').flat_map(char::to_lowercase).collect()
    }
}

/// What a database is made of.
#[derive(Debug, Clone)]
struct Things {
    triggers: Triggers,
    form: BTreeMap<String, Thing>,
}

/// As a database has them that was made today; made once in a process.
fn made() -> Result<Things, Trouble> {
    static MADE: OnceLock<Things> = OnceLock::new();
    if let Some(made) = MADE.get() {
        return Ok(made.clone());
    }
    let mut fresh = Connection::open_in_memory()?;
    let unmade = |fault| Trouble::new("database-trouble").with("reason", fault);
    migrations().to_latest(&mut fresh).map_err(unmade)?;
    let made = things(&fresh)?;
    Ok(MADE.get_or_init(|| made).clone())
}

fn things(tx: &Tx) -> Result<Things, Trouble> {
    let mut named = tx.prepare(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'
         AND name NOT LIKE 'sqlite\\_autoindex%' ESCAPE '\\'",
    )?;
    let mut rows = named.query([])?;
    let mut found = Things { triggers: Triggers::new(), form: BTreeMap::new() };
    while let Some(row) = rows.next()? {
        let (kind, name, table, text): (String, String, String, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        match kind.as_str() {
            "trigger" => drop(found.triggers.insert(name, (table, text))),
            _ => drop(found.form.insert(name, Thing { kind, table, text })),
        }
    }
    Ok(found)
}
