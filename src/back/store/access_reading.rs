//! Reading the access log: entries by period, person and member, and the counts that were written with them. It changes nothing and
//! decides nothing. Start at [`each`] for entries and [`hours`] for counts.

use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::Tx;
use super::access::ENTRIES;
use super::members::name_key;
use crate::plan::audit::patterns::{AGAIN, Day, NIGHT_FROM, NIGHT_UNTIL, Told};
use crate::plan::messages::Trouble;

/// Who the house itself is: what the upkeep does is nobody's work.
pub const HOUSE: &str = "house";

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub seq: i64,
    pub time: i64,
    pub staff: String,
    pub role: String,
    pub desk: String,
    pub origin: String,
    pub member: Option<i64>,
    pub what: String,
    pub purpose: String,
}

/// Which entries: from `since` to before `until`, and by whom, of whom and of which kind where that is asked.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    pub since: i64,
    pub until: i64,
    pub staff: Option<&'a str>,
    pub member: Option<i64>,
    /// `look`, `list`, or `change` for whatever is neither.
    pub what: Option<&'a str>,
}

/// What of an entry an answer shows.
const COLUMNS: &str = "seq, time, staff, role, desk, origin, member, what, purpose";

/// Beside the period, which every statement words for itself.
const RULE: &str =
    "(?3 IS NULL OR staff = ?3) AND (?4 IS NULL OR what = ?4 OR (?4 = 'change' AND what NOT IN ('look', 'list')))";

fn line(row: &Row) -> rusqlite::Result<Line> {
    Ok(Line {
        seq: row.get(0)?,
        time: row.get(1)?,
        staff: row.get(2)?,
        role: row.get(3)?,
        desk: row.get(4)?,
        origin: row.get(5)?,
        member: row.get(6)?,
        what: row.get(7)?,
        purpose: row.get(8)?,
    })
}

/// The number of the newest entry; 0 before the first.
pub fn newest(tx: &Tx) -> Result<i64, Trouble> {
    Ok(ENTRIES.head(tx)?.map_or(0, |head| head.seq))
}

/// Every such entry up to this number, oldest first, one at a time: a log of years is never in memory.
pub fn each(
    tx: &Tx,
    sought: &Sought,
    most: i64,
    each: &mut dyn FnMut(Line) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let Sought { since, until, staff, member, what } = *sought;
    let (first, last): (Option<i64>, Option<i64>) = match member {
        Some(_) => (Some(1), Some(most)),
        // The numbers of the period, so that it is walked in the log's own order without being sorted.
        None => tx
            .prepare_cached(
                "SELECT min(seq), max(seq) FROM access_entries WHERE time >= ?1 AND time < ?2 AND seq <= ?3",
            )?
            .query_row([since, until, most], |row| Ok((row.get(0)?, row.get(1)?)))?,
    };
    let (Some(first), Some(last)) = (first, last) else { return Ok(()) };
    let whose = if member.is_some() { "member = ?7" } else { "?7 IS NULL" };
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM access_entries WHERE {whose} AND +time >= ?1 AND +time < ?2 AND seq BETWEEN ?5 AND ?6 AND {RULE}
         ORDER BY seq"
    ))?;
    let mut rows = statement.query(params![since, until, staff, what, first, last, member])?;
    while let Some(row) = rows.next()? {
        each(line(row)?)?;
    }
    Ok(())
}

/// Some entries of a period, newest first. Of a member, or of a period that is short: what comes before is walked over.
pub fn some(tx: &Tx, sought: &Sought, limit: u64, skip: u64) -> Result<Vec<Line>, Trouble> {
    let Sought { since, until, staff, member, what } = *sought;
    let (whose, time) = if member.is_some() { ("member = ?7", "+time") } else { ("?7 IS NULL", "time") };
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM access_entries WHERE {whose} AND {time} >= ?1 AND {time} < ?2 AND {RULE}
         ORDER BY time DESC, seq DESC LIMIT ?5 OFFSET ?6"
    ))?;
    let found = statement.query_map(params![since, until, staff, what, limit as i64, skip as i64, member], line)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Entries of an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourCount {
    pub day: String,
    pub hour: i8,
    pub entries: u64,
}

/// The days of a period by their names, both included.
#[derive(Debug, Clone, Copy)]
pub struct Days<'a> {
    pub first: &'a str,
    pub last: &'a str,
}

/// How many entries each hour has, the newest first; hours without any are left out.
pub fn hours(tx: &Tx, days: Days, staff: Option<&str>, what: Option<&str>) -> Result<Vec<HourCount>, Trouble> {
    let counted = match what {
        Some("look") => "sum(looks)",
        Some("list") => "sum(lists)",
        Some(_) => "sum(changes)",
        None => "sum(looks + lists + changes)",
    };
    let mut statement = tx.prepare_cached(&format!(
        "SELECT day, hour, {counted} AS n FROM log_hours WHERE day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR staff = ?3)
         GROUP BY day, hour HAVING n > 0 ORDER BY day DESC, hour DESC"
    ))?;
    let found = statement.query_map(params![days.first, days.last, staff], |row| {
        Ok(HourCount { day: row.get(0)?, hour: row.get(1)?, entries: count(row, 2)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn count(row: &Row, place: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(place)?).unwrap_or(0))
}

/// What one person did in a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfStaff {
    pub staff: String,
    pub looks: u64,
    pub lists: u64,
    pub changes: u64,
    /// Different members of each day, added up.
    pub members: u64,
}

/// What everybody did in a period, the busiest first.
pub fn by_staff(tx: &Tx, days: Days, staff: Option<&str>) -> Result<Vec<OfStaff>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT staff, sum(looks), sum(lists), sum(changes),
           coalesce((SELECT sum(members) FROM log_days d WHERE d.staff = h.staff AND d.day BETWEEN ?1 AND ?2), 0)
         FROM log_hours h WHERE day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR staff = ?3)
         GROUP BY staff ORDER BY sum(looks + lists + changes) DESC, staff",
    )?;
    let found = statement.query_map(params![days.first, days.last, staff], |row| {
        Ok(OfStaff {
            staff: row.get(0)?,
            looks: count(row, 1)?,
            lists: count(row, 2)?,
            changes: count(row, 3)?,
            members: count(row, 4)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Whether this actor ever was in the log.
pub fn knows(tx: &Tx, staff: &str) -> Result<bool, Trouble> {
    let mut statement = tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM log_hours WHERE staff = ?1)")?;
    Ok(statement.query_row([staff], |row| row.get(0))?)
}

/// Whether there is such an account.
pub fn account(tx: &Tx, id: i64) -> Result<bool, Trouble> {
    let mut statement = tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM staff WHERE id = ?1)")?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}

/// Whether this member ever was.
pub fn knows_member(tx: &Tx, member: i64) -> Result<bool, Trouble> {
    let mut statement = tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM access_entries WHERE member = ?1)")?;
    Ok(statement.query_row([member], |row| row.get(0))?)
}

/// The first number of a period.
pub fn first_since(tx: &Tx, since: i64) -> Result<Option<i64>, Trouble> {
    let mut statement = tx.prepare_cached("SELECT min(seq) FROM access_entries WHERE time >= ?1")?;
    Ok(statement.query_row([since], |row| row.get(0))?)
}

/// The time of the oldest entry.
pub fn first_time(tx: &Tx) -> Result<Option<i64>, Trouble> {
    let mut statement = tx.prepare_cached("SELECT time FROM access_entries ORDER BY seq LIMIT 1")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?)
}

/// How many members everybody had before them on each day.
pub fn days(tx: &Tx, days: Days) -> Result<Vec<Day>, Trouble> {
    let mut statement =
        tx.prepare_cached("SELECT day, staff, members FROM log_days WHERE day BETWEEN ?1 AND ?2 ORDER BY day, staff")?;
    let found = statement.query_map([days.first, days.last], |row| {
        Ok(Day { day: row.get(0)?, staff: row.get(1)?, members: count(row, 2)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// How many rows of lists everybody had before them on each day.
pub fn lists(tx: &Tx, days: Days) -> Result<Vec<Day>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT day, staff, sum(lists) FROM log_hours WHERE day BETWEEN ?1 AND ?2 GROUP BY day, staff HAVING sum(lists) > 0",
    )?;
    let found = statement.query_map([days.first, days.last], |row| {
        Ok(Day { day: row.get(0)?, staff: row.get(1)?, members: count(row, 2)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// What was done at night.
pub fn nights(tx: &Tx, days: Days) -> Result<Vec<Told>, Trouble> {
    told(
        tx,
        "SELECT staff, sum(looks + lists + changes), day, NULL FROM log_hours
         WHERE day BETWEEN ?1 AND ?2 AND (hour >= ?3 OR hour < ?4) AND staff <> ?5 GROUP BY staff, day",
        params![days.first, days.last, NIGHT_FROM, NIGHT_UNTIL, HOUSE],
    )
}

/// Members whom somebody looked at again and again on a day and did nothing for.
pub fn again(tx: &Tx, days: Days) -> Result<Vec<Told>, Trouble> {
    // The bound stands in the text, so that the index of just these is used.
    told(
        tx,
        &format!(
            "SELECT staff, looks, day, member FROM log_members WHERE looks >= {AGAIN} AND changes = 0 AND day BETWEEN ?1 AND ?2"
        ),
        params![days.first, days.last],
    )
}

/// Who looked at this member, how often, and when last.
pub fn looks_at(tx: &Tx, since: i64, until: i64, member: i64) -> Result<Vec<(String, u64, i64)>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT staff, count(*), max(time) FROM access_entries
         WHERE member = ?1 AND what = 'look' AND +time >= ?2 AND +time < ?3 GROUP BY staff",
    )?;
    let found = statement.query_map([member, since, until], |row| Ok((row.get(0)?, count(row, 1)?, row.get(2)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn told(tx: &Tx, sql: &str, given: &[&dyn ToSql]) -> Result<Vec<Told>, Trouble> {
    let mut statement = tx.prepare_cached(sql)?;
    let found = statement.query_map(given, |row| {
        Ok(Told { staff: row.get(0)?, count: count(row, 1)?, day: row.get(2)?, member: row.get(3)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Members who work here: by their account's link, or because they are called as it is. With the actor whose they are.
pub fn colleagues(tx: &Tx) -> Result<Vec<(i64, String)>, Trouble> {
    let mut accounts = tx.prepare_cached("SELECT id, name, member FROM staff ORDER BY id")?;
    let accounts = accounts.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let accounts: Vec<(i64, String, Option<i64>)> = accounts.collect::<Result<_, _>>()?;
    let mut named = tx.prepare_cached("SELECT member FROM member_persons WHERE name_key = ?1")?;
    let mut found = Vec::new();
    for (id, name, linked) in accounts {
        let actor = format!("staff:{id}");
        let alike = named.query_map([name_key(&name)], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        found.extend(linked.into_iter().chain(alike).map(|member| (member, actor.clone())));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// How many entries touched somebody's data, and whose, the ids ascending.
pub fn touched(tx: &Tx, since: i64, until: i64, staff: Option<&str>) -> Result<(u64, Vec<i64>), Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT member, count(*) FROM access_entries
         WHERE member IS NOT NULL AND time >= ?1 AND time < ?2 AND (?3 IS NULL OR staff = ?3) GROUP BY member ORDER BY member",
    )?;
    let found = statement.query_map(params![since, until, staff], |row| Ok((row.get(0)?, count(row, 1)?)))?;
    let found: Vec<(i64, u64)> = found.collect::<Result<_, _>>()?;
    Ok((found.iter().map(|(_, entries)| entries).sum(), found.into_iter().map(|(member, _)| member).collect()))
}

/// A record of what became of an account or its rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightsLine {
    pub seq: i64,
    pub time: i64,
    pub staff: String,
    pub origin: String,
    pub desk: String,
    pub whose: String,
    pub what: String,
    pub detail: String,
}

/// The records of rights of a period, oldest first; of one account both what became of it and what it did.
pub fn rights(tx: &Tx, sought: &Sought) -> Result<Vec<RightsLine>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT seq, time, staff, origin, whose, what, detail, desk FROM access_rights
         WHERE time >= ?1 AND time < ?2 AND (?3 IS NULL OR staff = ?3 OR whose = ?3) ORDER BY seq",
    )?;
    let found = statement.query_map(params![sought.since, sought.until, sought.staff], |row| {
        Ok(RightsLine {
            seq: row.get(0)?,
            time: row.get(1)?,
            staff: row.get(2)?,
            origin: row.get(3)?,
            desk: row.get(7)?,
            whose: row.get(4)?,
            what: row.get(5)?,
            detail: row.get(6)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
