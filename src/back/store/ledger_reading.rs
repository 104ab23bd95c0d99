//! Reading money and cards for reports: entries of business days added up, what each person did, and the rows of the registers. Each
//! statement goes by an index of its period. It changes nothing and decides nothing. Start at [`sums`].

use std::collections::BTreeMap;

use rusqlite::{Row, params};
use serde::Serialize;

use super::{Tx, known, staff};
use crate::plan::fees::{Account, By, EntryKind, NoFeeEvidence, Period, Reason, Sum};
use crate::plan::messages::Trouble;

/// The business days of entries.
const DAYS: &str = "day >= ?1 AND day <= ?2";

fn days(period: &Period) -> [String; 2] {
    let end = |day: Option<jiff::civil::Date>, open: &str| day.map_or_else(|| open.to_owned(), |day| day.to_string());
    [end(period.from, ""), end(period.to, "9999-99")]
}

/// Days are added up here, in the order of their index: nothing is sorted. What is of a desk or a person is as many sums as entries,
/// and handed out so.
fn sums_sql(by: By) -> String {
    let (of, n, amount, group) = match by {
        By::Desk => ("desk", "1", "amount", ""),
        By::Clerk => ("staff", "1", "amount", ""),
        _ => ("''", "count(*)", "sum(amount)", " GROUP BY day, reason, kind, account"),
    };
    format!("SELECT day, {of}, reason, kind, account, {n}, {amount} FROM ledger_entries WHERE {DAYS}{group}")
}

/// Hands out the entries of a period added up, each sum of one day, reason, kind and account: of one desk or person where it is by those.
pub fn sums(tx: &Tx, period: &Period, by: By, each: &mut dyn FnMut(&Sum)) -> Result<(), Trouble> {
    let mut statement = tx.prepare_cached(&sums_sql(by))?;
    let mut rows = statement.query(days(period))?;
    while let Some(row) = rows.next()? {
        let (reason, kind, account) = (word(row, 2)?, word(row, 3)?.unwrap_or_default(), word(row, 4)?);
        let reason = reason.map(|text| known(Reason::parse(text), "ledger_entries.reason", text));
        let account = account.map(|text| known(Account::parse(text), "ledger_entries.account", text));
        each(&Sum {
            day: word(row, 0)?.unwrap_or_default(),
            of: word(row, 1)?.unwrap_or_default(),
            reason: reason.transpose()?,
            kind: known(EntryKind::parse(kind), "ledger_entries.kind", kind)?,
            account: account.transpose()?,
            entries: count(row, 5)?,
            amount: row.get(6)?,
        });
    }
    Ok(())
}

/// A text as it lies in the row.
fn word<'r>(row: &'r Row, place: usize) -> rusqlite::Result<Option<&'r str>> {
    Ok(row.get_ref(place)?.as_str_or_null()?)
}

fn count(row: &Row, place: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(place)?).unwrap_or(0))
}

/// An entry by whoever made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed<'a> {
    pub staff: &'a str,
    pub kind: EntryKind,
    pub reason: Option<Reason>,
    /// It moved no money.
    pub nothing: bool,
    /// What was counted was not what was expected.
    pub differs: bool,
    /// What shows that a card that costs nothing is right to.
    pub evidence: Option<NoFeeEvidence>,
}

const DEEDS: &str = "SELECT staff, kind, reason, amount = 0, expected IS NOT NULL AND amount <> expected, evidence
    FROM ledger_entries WHERE day >= ?1 AND day <= ?2";

/// Hands out who made which entries in a period, in no order.
pub fn deeds(tx: &Tx, period: &Period, each: &mut dyn FnMut(&Deed)) -> Result<(), Trouble> {
    let mut statement = tx.prepare_cached(DEEDS)?;
    let mut rows = statement.query(days(period))?;
    while let Some(row) = rows.next()? {
        let (kind, reason, evidence) = (word(row, 1)?.unwrap_or_default(), word(row, 2)?, word(row, 5)?);
        let evidence = evidence.map(|text| known(NoFeeEvidence::parse(text), "ledger_entries.evidence", text));
        let reason = reason.map(|text| known(Reason::parse(text), "ledger_entries.reason", text));
        each(&Deed {
            staff: word(row, 0)?.unwrap_or_default(),
            kind: known(EntryKind::parse(kind), "ledger_entries.kind", kind)?,
            reason: reason.transpose()?,
            nothing: row.get(3)?,
            differs: row.get(4)?,
            evidence: evidence.transpose()?,
        });
    }
    Ok(())
}

/// Closes and reopenings are few, and found among themselves: every one of a desk in its order, and whether it is a close of the period.
const TURNS: &str =
    "SELECT desk, seq, day, kind = 'close' AND day >= ?1 AND day <= ?2 AND expected IS NOT NULL, coalesce(refers, 0), expected,
      coalesce(change, 0) FROM ledger_entries INDEXED BY ledger_entries_closes WHERE kind IN ('close', 'reopen') ORDER BY desk, seq";

/// The first count of a close, made before its sum was shown.
#[derive(Debug, Clone)]
pub struct Blind {
    pub staff: String,
    pub desk: String,
    pub day: String,
    /// Won.
    pub counted: i64,
    /// The last entry of the ledger when it was counted.
    pub entry: i64,
    /// What its close expected, where nothing was written in between; won.
    pub expected: Option<i64>,
    /// Won that stay in the drawer.
    pub change: i64,
}

/// Counts of a desk's day, as they were made: the last entry by then, by whom, won.
type Counts = BTreeMap<(String, String), Vec<(i64, String, i64)>>;

/// The first count of each close of a period: since the desk's close or reopening before it, whatever was booked after the count.
pub fn first_counts(tx: &Tx, period: &Period) -> Result<Vec<Blind>, Trouble> {
    // A desk counts a few times a day: all counts of years are less than the entries of a month.
    let mut counts = Counts::new();
    let mut statement = tx.prepare_cached("SELECT desk, day, entry, staff, counted FROM ledger_counts ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        counts.entry((row.get(0)?, row.get(1)?)).or_default().push((row.get(2)?, row.get(3)?, row.get(4)?));
    }
    let (mut found, mut at, mut turns) = (Vec::new(), String::new(), Vec::<(i64, String)>::new());
    let mut statement = tx.prepare_cached(TURNS)?;
    let mut rows = statement.query(days(period))?;
    while let Some(row) = rows.next()? {
        let (desk, seq, day): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if desk != at {
            turns.clear();
            at.clone_from(&desk);
        }
        if row.get(3)? {
            let key = (desk, day.clone());
            let of = counts.get(&key).map(Vec::as_slice).unwrap_or_default();
            // A turn of this day or of a later one uses the counts before it up; they stand in the order in which they were made.
            let since = of.first().map_or(0, |(entry, ..)| turns.partition_point(|(turn, _)| turn <= entry));
            let turn = turns[since..].iter().rev().find(|(_, of)| *of >= day).map_or(0, |(turn, _)| *turn);
            if let Some((entry, staff, counted)) = of.iter().find(|(entry, ..)| (turn..seq).contains(entry)) {
                let refers: i64 = row.get(4)?;
                found.push(Blind {
                    staff: staff.clone(),
                    desk: key.0,
                    day: key.1,
                    counted: *counted,
                    entry: *entry,
                    expected: if *entry == refers { row.get(5)? } else { None },
                    change: row.get(6)?,
                });
            }
        }
        turns.push((seq, day));
    }
    Ok(found)
}

fn tallied(tx: &Tx, sql: &str, (since, until): (i64, i64)) -> Result<Vec<(String, u64)>, Trouble> {
    let mut statement = tx.prepare_cached(sql)?;
    let found = statement.query_map(params![since, until], |row| Ok((row.get(0)?, count(row, 1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Cards that one person handed over and one person issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// Whoever gave the card to its holder; where nobody knows, whoever issued it.
    pub by: String,
    /// Whoever booked the card's charge.
    pub issued_by: String,
    /// They went out before their charge was paid or waived, or after the money went back.
    pub unpaid: bool,
    pub cards: u64,
}

const HANDED_OVER: &str = "SELECT coalesce(job.handed_over_by, booked.staff, job.created_by), coalesce(booked.staff, job.created_by),
      coalesce(booked.amount > 0 AND NOT EXISTS (
        SELECT 1 FROM ledger_entries AS settled WHERE settled.charge = charge.id AND settled.kind IN ('payment', 'waiver')
        AND settled.time <= job.updated AND NOT EXISTS (
          SELECT 1 FROM ledger_entries AS back WHERE back.refers = settled.seq AND back.charge = charge.id AND back.time <= job.updated)), 0),
      count(*)
    FROM jobs AS job INDEXED BY jobs_done LEFT JOIN charges AS charge ON charge.job = job.id
    LEFT JOIN ledger_entries AS booked ON booked.charge = charge.id AND booked.kind = 'charge'
    WHERE job.state = 'handed-over' AND job.updated >= ?1 AND job.updated < ?2 GROUP BY 1, 2, 3";

/// The cards that were handed over between these times (milliseconds).
pub fn handed_over(tx: &Tx, (since, until): (i64, i64)) -> Result<Vec<HandedOver>, Trouble> {
    let mut statement = tx.prepare_cached(HANDED_OVER)?;
    let found = statement.query_map(params![since, until], |row| {
        Ok(HandedOver { by: row.get(0)?, issued_by: row.get(1)?, unpaid: row.get(2)?, cards: count(row, 3)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Blanks that were used for a test, found broken, or missed in a count. A count that found as many or more takes none.
const TAKEN: &str = "SELECT by, sum(CASE kind WHEN 'counted' THEN max(expected - n, 0) ELSE n END) FROM stock_moves
    WHERE kind IN ('test', 'spoiled', 'counted') AND time >= ?1 AND time < ?2 GROUP BY by";

/// Who took blanks out of stock by hand between these times, and how many.
pub fn taken(tx: &Tx, between: (i64, i64)) -> Result<Vec<(String, u64)>, Trouble> {
    tallied(tx, TAKEN, between)
}

/// Of a cancelled job whoever cancelled it, else whoever issued it.
const SPOILED: &str = "SELECT coalesce((SELECT entry.staff FROM charges AS charge JOIN ledger_entries AS entry ON entry.charge = charge.id
      WHERE charge.job = card.job AND entry.kind = 'reversal' LIMIT 1), job.created_by), count(*)
    FROM cards AS card INDEXED BY cards_spoiled JOIN jobs AS job ON job.id = card.job
    WHERE card.state = 'spoiled' AND card.ended_at >= ?1 AND card.ended_at < ?2 GROUP BY 1";

/// With whom cards were spoiled between these times, and how many.
pub fn spoiled(tx: &Tx, between: (i64, i64)) -> Result<Vec<(String, u64)>, Trouble> {
    tallied(tx, SPOILED, between)
}

/// A card that was handed over, as the registers have it: fields in the order of their columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issued {
    pub job: i64,
    /// When, in milliseconds.
    #[serde(skip)]
    pub at: i64,
    pub member: i64,
    pub number: String,
    /// In full, until whoever shows it masks it; none once the person was purged.
    pub name: Option<String>,
    pub kind: String,
    pub uid: Option<String>,
    pub reason: String,
    /// Won; none of a card from before there were charges.
    pub amount: Option<i64>,
    /// How its charge stands now.
    pub state: Option<String>,
    pub paid_by: Option<String>,
    pub receipt: Option<i64>,
    /// Why it is less than the rule says; never the ground of an exemption.
    pub basis: Option<String>,
    /// What shows that a card that costs nothing is right to.
    pub evidence: Option<String>,
    /// Who booked its charge: `staff:7`, `os:root`.
    pub by: String,
    /// Their name.
    pub by_name: String,
    pub desk: String,
    pub allowed_by: Option<String>,
    pub allowed_name: Option<String>,
    /// The card that this one took the place of, and what became of it: `void`, `returned`.
    pub old_uid: Option<String>,
    pub old_number: Option<String>,
    pub old_state: Option<String>,
}

const DONE: &str = "job.state = 'handed-over' AND job.updated >= ?1 AND job.updated < ?2
    AND (?3 = 0 OR job.reason NOT IN ('first-issue', 'sticker'))";

fn register_sql() -> String {
    format!(
        "SELECT job.id, job.updated, job.member, job.number, person.name, job.kind, card.uid, job.reason, charge.amount, charge.state,
           charge.paid_by, charge.receipt, booked.basis, coalesce(booked.staff, job.created_by), coalesce(booked.desk, ''),
           charge.allowed_by, old.uid, old.number, old.state, booked.evidence
         FROM jobs AS job INDEXED BY jobs_done LEFT JOIN cards AS card ON card.id = job.card
         LEFT JOIN member_persons AS person ON person.member = job.member LEFT JOIN charges AS charge ON charge.job = job.id
         LEFT JOIN ledger_entries AS booked ON booked.charge = charge.id AND booked.kind = 'charge'
         LEFT JOIN cards AS old ON old.id = job.replaces
         WHERE {DONE} ORDER BY job.updated, job.id LIMIT ?4 OFFSET ?5"
    )
}

/// The cards that were handed over between these times, oldest first, at most `limit` of them after `skip`; reissues alone where that
/// is asked for.
pub fn issued(
    tx: &Tx,
    between: (i64, i64),
    reissues: bool,
    (limit, skip): (i64, i64),
    mut then: impl FnMut(Issued) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut statement = tx.prepare_cached(&register_sql())?;
    let mut rows = statement.query(params![between.0, between.1, reissues, limit, skip])?;
    // A few people made all of a year's cards.
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut name = |id: &str| match names.get(id) {
        Some(name) => Ok(name.clone()),
        None => staff::name_of(tx, id).inspect(|name| drop(names.insert(id.to_owned(), name.clone()))),
    };
    while let Some(row) = rows.next()? {
        then(issued_of(row, &mut name)?)?;
    }
    Ok(())
}

fn issued_of(row: &Row, name: &mut dyn FnMut(&str) -> Result<String, Trouble>) -> Result<Issued, Trouble> {
    let (by, allowed_by): (String, Option<String>) = (row.get(13)?, row.get(15)?);
    Ok(Issued {
        job: row.get(0)?,
        at: row.get(1)?,
        member: row.get(2)?,
        number: row.get(3)?,
        name: row.get(4)?,
        kind: row.get(5)?,
        uid: row.get(6)?,
        reason: row.get(7)?,
        amount: row.get(8)?,
        state: row.get(9)?,
        paid_by: row.get(10)?,
        receipt: row.get(11)?,
        basis: row.get(12)?,
        evidence: row.get(19)?,
        by_name: name(&by)?,
        by,
        desk: row.get(14)?,
        allowed_name: allowed_by.as_deref().map(name).transpose()?,
        allowed_by,
        old_uid: row.get(16)?,
        old_number: row.get(17)?,
        old_state: row.get(18)?,
    })
}

/// How many of them there are, and whose they are.
pub fn issued_to(tx: &Tx, between: (i64, i64), reissues: bool) -> Result<(u64, Vec<i64>), Trouble> {
    let sql =
        format!("SELECT job.member, count(*) FROM jobs AS job INDEXED BY jobs_done WHERE {DONE} GROUP BY job.member");
    let mut statement = tx.prepare_cached(&sql)?;
    let found =
        statement.query_map(params![between.0, between.1, reissues], |row| Ok((row.get(0)?, count(row, 1)?)))?;
    let found: Vec<(i64, u64)> = found.collect::<Result<_, _>>()?;
    Ok((found.iter().map(|(_, n)| n).sum(), found.into_iter().map(|(member, _)| member).collect()))
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    /// A report of a month reads that month: no statement walks over a whole table.
    #[test]
    fn every_report_goes_by_an_index_of_its_period() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("issuer.db")).unwrap();
        let plan = |sql: &str| {
            let plan = store.look(|tx| {
                let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                // Whatever it is bound to, it goes the same way.
                let mut rows = plan.raw_query();
                let mut lines = Vec::new();
                while let Some(row) = rows.next()? {
                    lines.push(row.get::<_, String>(3)?);
                }
                Ok(lines)
            });
            plan.unwrap()
        };
        // Of the ledger it reads the index alone, in its order.
        let covered = "COVERING INDEX ledger_entries_day";
        let mut all: Vec<(String, &str)> = By::ALL.iter().map(|by| (sums_sql(*by), covered)).collect();
        all.push((DEEDS.to_owned(), covered));
        for (sql, _) in &all {
            let lines = plan(sql);
            assert!(!lines.iter().any(|line| line.contains("TEMP B-TREE")), "{sql}: {lines:?}");
        }
        all.extend([
            (HANDED_OVER.to_owned(), "jobs_done"),
            (TAKEN.to_owned(), "stock_moves_time"),
            (SPOILED.to_owned(), "cards_spoiled"),
            (register_sql(), "jobs_done"),
        ]);
        for (sql, index) in all {
            let lines = plan(&sql);
            assert!(lines.iter().any(|line| line.contains(index) && line.starts_with("SEARCH")), "{sql}: {lines:?}");
            assert!(!lines.iter().any(|line| line.starts_with("SCAN")), "{sql}: {lines:?}");
        }
        // Closes are walked among themselves, and nothing else is.
        let lines = plan(TURNS);
        assert!(lines.iter().all(|line| line.contains("ledger_entries_closes")) && !lines.is_empty(), "{lines:?}");
    }
}
