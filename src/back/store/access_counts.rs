//! The counts beside the access log, held against the log itself: entry by entry, a day at a time, so that years of them are never
//! in memory. The entries are what is true. Start at [`differ`] and [`make_anew`].

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::Tx;
use super::shape::has_columns;
use crate::plan::messages::Trouble;

/// A day where the library is: its name, and from when to before when it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub day: String,
    pub since: i64,
    pub until: i64,
}

/// How times become days and hours: the time zone is the desk's to know.
pub struct Calendar<'a> {
    pub day: Box<dyn Fn(i64) -> Result<Span, Trouble> + 'a>,
    pub hour: Box<dyn Fn(i64) -> i8 + 'a>,
}

/// Looks, lists and whatever else was done.
type Counts = [i64; 3];

/// What the three tables hold of a day.
#[derive(Debug, Default, PartialEq, Eq)]
struct OfDay {
    hours: BTreeMap<(i64, String), Counts>,
    members: BTreeMap<(String, i64), Counts>,
    staff: BTreeMap<String, i64>,
}

/// The name of the zone by which entries are counted; none before the first.
pub fn zone(tx: &Tx) -> Result<Option<String>, Trouble> {
    let mut statement = tx.prepare_cached("SELECT zone FROM log_zone")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?)
}

pub fn set_zone(tx: &Tx, zone: &str) -> Result<(), Trouble> {
    tx.execute("INSERT INTO log_zone VALUES (1, ?1) ON CONFLICT DO UPDATE SET zone = ?1", [zone])?;
    Ok(())
}

/// How many entries were counted.
pub fn total(tx: &Tx) -> Result<i64, Trouble> {
    Ok(tx.query_row("SELECT coalesce(sum(looks + lists + changes), 0) FROM log_hours", [], |row| row.get(0))?)
}

/// What is counted of the log, and by what.
const TABLES: [(&str, &[&str]); 3] = [
    ("log_hours", &["day", "hour", "staff", "looks", "lists", "changes"]),
    ("log_members", &["day", "staff", "member", "looks", "lists", "changes"]),
    ("log_days", &["day", "staff", "members"]),
];

/// Whether the counts are others than the entries give. A table that is gone, or is another one, is no count.
pub fn differ(tx: &Tx, calendar: &Calendar) -> Result<bool, Trouble> {
    for (table, columns) in TABLES {
        if !has_columns(tx, table, columns)? {
            return Ok(true);
        }
    }
    let mut rows = [0_i64; 3];
    let mut at = next(tx, i64::MIN)?;
    while let Some(time) = at {
        let span = (calendar.day)(time)?;
        let counted = count(tx, &span, calendar)?;
        // A count that cannot even be read was altered.
        match stored(tx, &span.day) {
            Ok(stored) if stored == counted => {}
            _ => return Ok(true),
        }
        let OfDay { hours, members, staff } = counted;
        rows = [rows[0] + hours.len() as i64, rows[1] + members.len() as i64, rows[2] + staff.len() as i64];
        at = next(tx, span.until)?;
    }
    let all = |table: &str| tx.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
    Ok(rows != [all("log_hours")?, all("log_members")?, all("log_days")?])
}

/// Makes the counts of the days before this one anew, or all of them, in the caller's transaction.
pub fn make_anew(tx: &Tx, before: Option<&Span>, calendar: &Calendar) -> Result<(), Trouble> {
    let name = before.map(|span| span.day.as_str());
    for table in ["log_hours", "log_members", "log_days"] {
        tx.execute(&format!("DELETE FROM {table} WHERE ?1 IS NULL OR day < ?1"), [name])?;
    }
    let until = before.map_or(i64::MAX, |span| span.since);
    let mut at = next(tx, i64::MIN)?.filter(|time| *time < until);
    while let Some(time) = at {
        let span = (calendar.day)(time)?;
        let counted = count(tx, &span, calendar)?;
        write(tx, &span.day, &counted)?;
        at = next(tx, span.until)?.filter(|time| *time < until);
    }
    Ok(())
}

/// The earliest time of an entry from this one on.
fn next(tx: &Tx, from: i64) -> Result<Option<i64>, Trouble> {
    let mut statement = tx.prepare_cached("SELECT min(time) FROM access_entries WHERE time >= ?1")?;
    Ok(statement.query_row([from], |row| row.get(0))?)
}

fn count(tx: &Tx, span: &Span, calendar: &Calendar) -> Result<OfDay, Trouble> {
    let mut counted = OfDay::default();
    let mut entries =
        tx.prepare_cached("SELECT time, staff, member, what FROM access_entries WHERE time >= ?1 AND time < ?2")?;
    let mut rows = entries.query([span.since, span.until])?;
    while let Some(row) = rows.next()? {
        let (time, staff): (i64, String) = (row.get(0)?, row.get(1)?);
        let (member, what): (Option<i64>, String) = (row.get(2)?, row.get(3)?);
        let kind = match what.as_str() {
            "look" => 0,
            "list" => 1,
            _ => 2,
        };
        let hour = i64::from((calendar.hour)(time));
        if let Some(member) = member {
            let counts = counted.members.entry((staff.clone(), member)).or_insert_with(|| {
                *counted.staff.entry(staff.clone()).or_default() += 1;
                Counts::default()
            });
            counts[kind] += 1;
        }
        counted.hours.entry((hour, staff)).or_default()[kind] += 1;
    }
    Ok(counted)
}

fn stored(tx: &Tx, day: &str) -> Result<OfDay, Trouble> {
    let mut hours = tx.prepare_cached("SELECT hour, staff, looks, lists, changes FROM log_hours WHERE day = ?1")?;
    let hours =
        hours.query_map([day], |row| Ok(((row.get(0)?, row.get(1)?), [row.get(2)?, row.get(3)?, row.get(4)?])))?;
    let mut members =
        tx.prepare_cached("SELECT staff, member, looks, lists, changes FROM log_members WHERE day = ?1")?;
    let members =
        members.query_map([day], |row| Ok(((row.get(0)?, row.get(1)?), [row.get(2)?, row.get(3)?, row.get(4)?])))?;
    let mut staff = tx.prepare_cached("SELECT staff, members FROM log_days WHERE day = ?1")?;
    let staff = staff.query_map([day], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(OfDay {
        hours: hours.collect::<Result<_, _>>()?,
        members: members.collect::<Result<_, _>>()?,
        staff: staff.collect::<Result<_, _>>()?,
    })
}

fn write(tx: &Tx, day: &str, counted: &OfDay) -> Result<(), Trouble> {
    let mut insert = tx.prepare_cached("INSERT INTO log_hours VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for ((hour, staff), [looks, lists, changes]) in &counted.hours {
        insert.execute(params![day, hour, staff, looks, lists, changes])?;
    }
    let mut insert = tx.prepare_cached("INSERT INTO log_members VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for ((staff, member), [looks, lists, changes]) in &counted.members {
        insert.execute(params![day, staff, member, looks, lists, changes])?;
    }
    let mut insert = tx.prepare_cached("INSERT INTO log_days VALUES (?1, ?2, ?3)")?;
    for (staff, members) in &counted.staff {
        insert.execute(params![day, staff, members])?;
    }
    Ok(())
}
