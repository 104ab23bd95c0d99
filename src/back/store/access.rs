//! The access log: who looked at or changed whose data, from where, what for, and what became of accounts and their
//! rights. Append-only and chained; rows hold ids, never names. Start at [`append`].

use rusqlite::{OptionalExtension, params};

use super::Tx;
use super::chain::Chain;
use crate::plan::audit::Value;
use crate::plan::messages::Trouble;

/// The chain of the log.
pub const ENTRIES: Chain = Chain {
    table: "access_entries",
    version: 1,
    columns: &["time", "staff", "role", "desk", "origin", "member", "what", "purpose"],
};

/// The chain of what became of accounts and their rights.
pub const RIGHTS: Chain = Chain {
    table: "access_rights",
    version: 1,
    columns: &["time", "staff", "desk", "origin", "whose", "what", "detail"],
};

/// A moment as it is recorded: milliseconds since 1970, and the day `YYYY-MM-DD` and hour that the clock on the wall showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub time: i64,
    pub day: String,
    pub hour: i8,
}

impl Moment {
    fn month(&self) -> &str {
        self.day.get(..7).unwrap_or(&self.day)
    }
}

/// Entries of one act before they are chained: who did what, when and from where, and to whom it was done.
pub struct Entry<'a> {
    pub when: &'a Moment,
    pub staff: &'a str,
    pub role: &'a str,
    pub desk: &'a str,
    pub origin: &'a str,
    pub what: &'a str,
    pub purpose: &'a str,
}

/// Appends an entry for each member, or one for the house (`None`), in the caller's transaction, and counts them.
pub fn append(tx: &Tx, entry: &Entry, members: impl IntoIterator<Item = Option<i64>>) -> Result<(), Trouble> {
    let members: Vec<Option<i64>> = members.into_iter().collect();
    if members.is_empty() {
        return Ok(());
    }
    let row = |member: &Option<i64>| {
        [
            Value::Integer(entry.when.time),
            Value::Text(entry.staff),
            Value::Text(entry.role),
            Value::Text(entry.desk),
            Value::Text(entry.origin),
            member.map_or(Value::Null, Value::Integer),
            Value::Text(entry.what),
            Value::Text(entry.purpose),
        ]
    };
    ENTRIES.append(tx, entry.when.month(), members.iter().map(row))?;
    count(tx, entry, &members)
}

fn count(tx: &Tx, entry: &Entry, members: &[Option<i64>]) -> Result<(), Trouble> {
    let of = |what: &str| i64::from(entry.what == what);
    let (looks, lists) = (of("look"), of("list"));
    let changes = 1 - looks - lists;
    let (day, all) = (&entry.when.day, members.len() as i64);
    tx.prepare_cached(
        "INSERT INTO log_hours VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE
         SET looks = looks + ?4, lists = lists + ?5, changes = changes + ?6",
    )?
    .execute(params![day, entry.when.hour, entry.staff, looks * all, lists * all, changes * all])?;
    let mut seen = tx.prepare_cached(
        "INSERT INTO log_members VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE
         SET looks = looks + ?4, lists = lists + ?5, changes = changes + ?6 RETURNING looks + lists + changes",
    )?;
    let mut new = 0;
    for member in members.iter().flatten() {
        let times: i64 = seen.query_row(params![day, entry.staff, member, looks, lists, changes], |row| row.get(0))?;
        new += i64::from(times == 1);
    }
    if new > 0 {
        tx.prepare_cached("INSERT INTO log_days VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET members = members + ?3")?
            .execute(params![day, entry.staff, new])?;
    }
    Ok(())
}

/// What became of an account, or of what somebody may do.
pub struct RightsEntry<'a> {
    pub when: &'a Moment,
    pub staff: &'a str,
    pub desk: &'a str,
    pub origin: &'a str,
    /// `staff:7`.
    pub whose: &'a str,
    pub what: &'a str,
    pub detail: &'a str,
}

/// Appends it after the last one, in the caller's transaction.
pub fn append_right(tx: &Tx, entry: &RightsEntry) -> Result<(), Trouble> {
    let row = [
        Value::Integer(entry.when.time),
        Value::Text(entry.staff),
        Value::Text(entry.desk),
        Value::Text(entry.origin),
        Value::Text(entry.whose),
        Value::Text(entry.what),
        Value::Text(entry.detail),
    ];
    RIGHTS.append(tx, entry.when.month(), [row])
}

/// The first number of a month that is marked as dropped although no record says so. What was said before the first row that is kept
/// went with its own month.
pub fn dropped_unsaid(tx: &Tx, chain: &Chain) -> Result<Option<i64>, Trouble> {
    let said = match chain.table {
        "access_rights" => "SELECT 1 FROM access_rights WHERE what = 'purged' AND detail = month",
        "access_entries" => {
            "SELECT 1 FROM access_entries WHERE what = 'change' AND purpose = 'purge-access, ' || month"
        }
        // Nobody ever drops money.
        _ => "SELECT 1 WHERE false",
    };
    let mut statement = tx.prepare(&format!(
        "SELECT min(first) FROM log_months WHERE log = ?1 AND purged IS NOT NULL AND (
           strftime('%Y-%m', purged / 1000, 'unixepoch') <= month
           OR (purged >= coalesce((SELECT min(time) FROM {}), purged) AND NOT EXISTS ({said})))",
        chain.table
    ))?;
    Ok(statement.query_row([chain.table], |row| row.get(0))?)
}

/// Whether this person looked at the member, or changed them, at `since` or later.
pub fn looked_since(tx: &Tx, staff: &str, member: i64, since: i64) -> Result<bool, Trouble> {
    let mut found = tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM access_entries WHERE member = ?1 AND staff = ?2 AND time >= ?3 AND what <> 'list')",
    )?;
    Ok(found.query_row(params![member, staff, since], |row| row.get(0))?)
}

/// Whether this person was told of the member for this purpose at `since` or later.
pub fn listed_since(tx: &Tx, staff: &str, member: i64, purpose: &str, since: i64) -> Result<bool, Trouble> {
    let mut found = tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM access_entries
         WHERE member = ?1 AND staff = ?2 AND what = 'list' AND purpose = ?3 AND +time >= ?4)",
    )?;
    Ok(found.query_row(params![member, staff, purpose, since], |row| row.get(0))?)
}

/// The time of the newest entry, for noticing a clock that runs behind.
pub fn last_time(tx: &Tx) -> Result<Option<i64>, Trouble> {
    Ok(tx
        .prepare_cached("SELECT time FROM access_entries ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?)
}

/// One line of a member's history: an entry of the log, or what the records of jobs, cards and consents say.
pub struct Past {
    pub time: i64,
    /// `access`, `mark`, `card-ended`, `card-blocked`, `consent` or `consent-withdrawn`.
    pub source: String,
    /// Of an entry `look`, `list` or `change`; a job's mark; why a card ended or is blocked; the kind of consent.
    pub what: String,
    /// The purpose of an entry, the kind of a card, the version of a consent's text.
    pub detail: String,
    /// `staff:3` or `os:root`; empty where nobody is known.
    pub by: String,
    /// The name of an account.
    pub name: Option<String>,
    pub desk: String,
}

/// Which lines of a history are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What was done, and no looks.
    Done,
    All,
}

/// Every source of a member's history, newest first. Each is found by an index on the member. Of the journal only what no
/// entry of the log says already; looks only where `?2` says so.
const PAST: &str = "
    SELECT time, 0 AS place, seq AS nth, 'access' AS source, what, purpose AS detail, staff AS by, desk
      FROM access_entries WHERE member = ?1 AND (?2 OR what NOT IN ('look', 'list'))
    UNION ALL SELECT m.time, 1, m.seq, 'mark', m.mark, j.kind, '', '' FROM jobs j JOIN marks m ON m.job = j.id
      WHERE j.member = ?1 AND m.mark IN ('proven', 'printed', 'fail', 'spoiled', 'card-spoiled', 'proof-failed')
    UNION ALL SELECT ended_at, 2, id, 'card-ended', coalesce(ended_why, state), kind, '', '' FROM cards
      WHERE member = ?1 AND ended_at IS NOT NULL
    UNION ALL SELECT suspended_at, 3, id, 'card-blocked', coalesce(suspended_why, ''), kind, coalesce(suspended_by, ''), '' FROM cards
      WHERE member = ?1 AND suspended_at IS NOT NULL
    UNION ALL SELECT given, 4, seq, 'consent', kind, version, taken_by, '' FROM member_consents WHERE member = ?1
    UNION ALL SELECT withdrawn, 5, seq, 'consent-withdrawn', kind, version, '', '' FROM member_consents
      WHERE member = ?1 AND withdrawn IS NOT NULL";

/// A page of a member's history, newest first.
pub fn past(tx: &Tx, member: i64, which: Which, limit: u32, from: u32) -> Result<Vec<Past>, Trouble> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT time, source, what, detail, by, (SELECT name FROM staff WHERE 'staff:' || id = by), desk FROM ({PAST})
         ORDER BY time DESC, place DESC, nth DESC LIMIT ?3 OFFSET ?4"
    ))?;
    let found = statement.query_map(params![member, which == Which::All, limit, from], |row| {
        Ok(Past {
            time: row.get(0)?,
            source: row.get(1)?,
            what: row.get(2)?,
            detail: row.get(3)?,
            by: row.get(4)?,
            name: row.get(5)?,
            desk: row.get(6)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// How many lines a member's history has.
pub fn past_count(tx: &Tx, member: i64, which: Which) -> Result<u32, Trouble> {
    let mut statement = tx.prepare_cached(&format!("SELECT count(*) FROM ({PAST})"))?;
    Ok(statement.query_row(params![member, which == Which::All], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::back::store::Store;

    /// However many members there are: a history is found by what belongs to the member.
    #[test]
    fn no_source_of_a_history_is_read_from_end_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("issuer.db")).unwrap();
        let plan = store
            .look(|tx| {
                let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN SELECT * FROM ({PAST}) ORDER BY time DESC"))?;
                let steps = plan.query_map([1, 1], |row| row.get::<_, String>(3))?;
                Ok(steps.collect::<Result<Vec<_>, _>>()?)
            })
            .unwrap();
        let searched = plan.iter().filter(|step| step.starts_with("SEARCH")).count();
        assert_eq!(searched, 7, "{plan:#?}");
        let scanned = |step: &&String| step.starts_with("SCAN") && !step.contains("subquery");
        assert_eq!(plan.iter().find(scanned), None, "{plan:#?}");
    }
}
