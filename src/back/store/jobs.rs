//! Jobs (what was asked) and their journal. The desk decides each change by `plan::job`; here it is only written.

use rusqlite::{OptionalExtension, Row, params};

use super::{Tx, known};
use crate::plan::chip::BackDoors;
use crate::plan::job::{CardKind, JobState, Step};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// Why a job stands where it stands, as stored: a code of the catalogue and its arguments.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Told {
    pub code: String,
    pub args: Vec<(String, String)>,
}

impl From<&Trouble> for Told {
    fn from(trouble: &Trouble) -> Told {
        let args = trouble.args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Told { code: trouble.code.to_owned(), args }
    }
}

#[derive(Debug, Clone)]
pub struct Job {
    pub id: i64,
    pub member: i64,
    pub kind: CardKind,
    pub reason: String,
    pub number: MemberNumber,
    /// This job reserved the number; cancelling it retires the number.
    pub reserved: bool,
    /// The card that ends when this job's is handed over.
    pub replaces: Option<i64>,
    /// The number that goes out of use with it.
    pub old_number: Option<MemberNumber>,
    pub state: JobState,
    /// Where a failed job stood.
    pub failed_from: Option<JobState>,
    pub step: Step,
    pub trouble: Option<Told>,
    pub card: Option<i64>,
    pub reader: Option<String>,
    pub reader_kind: Option<String>,
    pub printer: Option<String>,
    pub printer_kind: Option<String>,
    pub exchanges: u32,
    pub commands: u32,
    pub proof: Option<Proof>,
    pub files: Vec<String>,
    /// Milliseconds that each finished step took.
    pub times: Vec<(Step, u64)>,
    pub created: i64,
    pub updated: i64,
    pub created_by: String,
}

impl Job {
    /// Keeps how long finished steps took; a step done again counts as it went last.
    pub fn keep_times(&mut self, times: &[(Step, std::time::Duration)]) {
        for (step, time) in times {
            self.times.retain(|(known, _)| known != step);
            self.times.push((*step, time.as_millis() as u64));
        }
    }
}

/// What came of the attacks on the locked chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Proof {
    pub attempts: u32,
    pub refused: u32,
    pub let_through: u32,
    pub back_doors: BackDoors,
}

pub struct NewJob<'a> {
    pub member: i64,
    pub kind: CardKind,
    pub reason: &'a str,
    pub number: MemberNumber,
    pub reserved: bool,
    pub replaces: Option<i64>,
    pub old_number: Option<MemberNumber>,
    pub step: Step,
    pub reader: Option<&'a str>,
    pub printer: Option<&'a str>,
    pub created: i64,
    pub created_by: &'a str,
}

pub fn insert(tx: &Tx, job: &NewJob) -> Result<i64, Trouble> {
    tx.prepare_cached(
        "INSERT INTO jobs (member, kind, reason, number, reserved, state, step, reader, printer, created, updated, created_by,
         replaces, old_number) VALUES (?1, ?2, ?3, ?4, ?5, 'planned', ?6, ?7, ?8, ?9, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        job.member, job.kind.as_str(), job.reason, job.number.as_str(), job.reserved, job.step.as_str(), job.reader,
        job.printer, job.created, job.created_by, job.replaces, job.old_number.map(|number| number.to_string())
    ])?;
    Ok(tx.last_insert_rowid())
}

/// Writes everything that may change in a job's life.
pub fn update(tx: &Tx, job: &Job) -> Result<(), Trouble> {
    tx.prepare_cached(
        "UPDATE jobs SET state = ?2, failed_from = ?3, step = ?4, trouble = ?5, card = ?6, reader = ?7, reader_kind = ?8,
         printer = ?9, printer_kind = ?10, exchanges = ?11, commands = ?12, attempts = ?13, refused = ?14, let_through = ?15,
         files = ?16, times = ?17, updated = ?18, back_doors = ?19 WHERE id = ?1",
    )?
    .execute(params![
        job.id,
        job.state.as_str(),
        job.failed_from.map(JobState::as_str),
        job.step.as_str(),
        job.trouble.as_ref().map(json),
        job.card,
        job.reader,
        job.reader_kind,
        job.printer,
        job.printer_kind,
        job.exchanges,
        job.commands,
        job.proof.map(|proof| proof.attempts),
        job.proof.map(|proof| proof.refused),
        job.proof.map(|proof| proof.let_through),
        json(&job.files),
        json(&job.times),
        job.updated,
        job.proof.map(|proof| proof.back_doors.as_str()),
    ])?;
    Ok(())
}

const COLUMNS: &str = "id, member, kind, reason, number, reserved, state, failed_from, step, trouble, card, reader, reader_kind,
    printer, printer_kind, exchanges, commands, attempts, refused, let_through, files, times, created, updated, created_by, back_doors,
    replaces, old_number";

/// `job-unknown` when there is none of that id.
pub fn get(tx: &Tx, id: i64) -> Result<Job, Trouble> {
    one(tx, "WHERE id = ?1", id)?.ok_or_else(|| Trouble::new("job-unknown").with("job", id))
}

/// The reader of the last job with a chip that this person began.
pub fn last_reader(tx: &Tx, created_by: &str) -> Result<Option<String>, Trouble> {
    let sql = "SELECT reader FROM jobs WHERE created_by = ?1 AND reader IS NOT NULL ORDER BY id DESC LIMIT 1";
    Ok(tx.prepare_cached(sql)?.query_row([created_by], |row| row.get(0)).optional()?)
}

/// The open job of a member, if there is one.
pub fn open_of(tx: &Tx, member: i64) -> Result<Option<Job>, Trouble> {
    one(tx, "WHERE member = ?1 AND state NOT IN ('handed-over', 'cancelled') ORDER BY id LIMIT 1", member)
}

/// All jobs, oldest first, or the open ones only.
pub fn list(tx: &Tx, open: bool) -> Result<Vec<Job>, Trouble> {
    many(tx, if open { "WHERE state NOT IN ('handed-over', 'cancelled') ORDER BY id" } else { "ORDER BY id" }, [])
}

/// The jobs of a member, newest first.
pub fn of_member(tx: &Tx, member: i64) -> Result<Vec<Job>, Trouble> {
    many(tx, "WHERE member = ?1 ORDER BY id DESC", [member])
}

/// The jobs handed over at or after `since`, newest first, at most `limit`.
pub fn handed_over(tx: &Tx, since: i64, limit: u32) -> Result<Vec<Job>, Trouble> {
    many(
        tx,
        "WHERE state = 'handed-over' AND updated >= ?1 ORDER BY updated DESC, id DESC LIMIT ?2",
        params![since, limit],
    )
}

/// So many milliseconds are a line of [`done_between`]: clocks of every zone change theirs at such a line.
pub const QUARTER: i64 = 15 * 60 * 1000;

/// How many of a kind and for a reason were handed over in one quarter of an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub kind: CardKind,
    pub reason: String,
    /// When the quarter began.
    pub at: i64,
    pub n: u32,
}

/// What was handed over at or after `since` and before `until`, counted by the store: a batch is a few lines, not as many
/// as its cards.
pub fn done_between(tx: &Tx, since: i64, until: i64) -> Result<Vec<Done>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT kind, reason, updated / ?3, count(*) FROM jobs WHERE state = 'handed-over' AND updated >= ?1 AND updated < ?2
         GROUP BY 1, 2, 3 ORDER BY 3",
    )?;
    let rows = statement.query_map([since, until, QUARTER], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, i64>(2)?, row.get(3)?))
    })?;
    let read = |(kind, reason, quarter, n): (String, String, i64, u32)| {
        Ok(Done { kind: known(CardKind::parse(&kind), "jobs.kind", &kind)?, reason, at: quarter * QUARTER, n })
    };
    rows.collect::<Result<Vec<_>, _>>()?.into_iter().map(read).collect()
}

/// The open jobs, newest first, at most `limit`.
pub fn open_newest(tx: &Tx, limit: u32) -> Result<Vec<Job>, Trouble> {
    let rule = "WHERE id IN (SELECT id FROM jobs INDEXED BY jobs_open WHERE state NOT IN ('handed-over', 'cancelled')
        ORDER BY id DESC LIMIT ?1) ORDER BY id DESC";
    many(tx, rule, [limit])
}

/// How many jobs are open.
pub fn open_count(tx: &Tx) -> Result<u32, Trouble> {
    let sql = "SELECT count(*) FROM jobs WHERE state NOT IN ('handed-over', 'cancelled')";
    Ok(tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// What a search of jobs asks for; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Sought<'a> {
    /// The card's number, or the one that went out of use with it.
    pub number: Option<&'a str>,
    /// A state, or `open` for all that are not over.
    pub state: Option<&'a str>,
    pub kind: Option<&'a str>,
    /// Begun, changed or ended at or after the first and before the second.
    pub between: Option<(i64, i64)>,
    /// A part of the reader's name.
    pub reader: Option<&'a str>,
}

/// The jobs that are sought, newest change first, at most `limit`.
pub fn seek(tx: &Tx, sought: &Sought, limit: u32) -> Result<Vec<Job>, Trouble> {
    let (mut rules, mut values): (Vec<&str>, Vec<&dyn rusqlite::ToSql>) = (Vec::new(), Vec::new());
    if let Some(number) = &sought.number {
        // By the member, which an index knows.
        rules.push("member IN (SELECT member FROM numbers WHERE number = ?) AND ? IN (number, old_number)");
        values.extend([number as &dyn rusqlite::ToSql, number]);
    }
    match &sought.state {
        Some("open") => rules.push("state NOT IN ('handed-over', 'cancelled')"),
        Some(state) => {
            rules.push("state = ?");
            values.push(state);
        }
        None => {}
    }
    if let Some(kind) = &sought.kind {
        rules.push("kind = ?");
        values.push(kind);
    }
    if let Some((since, until)) = &sought.between {
        // One that began that day may have ended on another.
        rules.push("id IN (SELECT id FROM jobs WHERE updated >= ? AND updated < ? UNION SELECT id FROM jobs WHERE created >= ? AND created < ?)");
        values.extend([since as &dyn rusqlite::ToSql, until, since, until]);
    }
    if let Some(reader) = &sought.reader {
        rules.push("instr(lower(reader), lower(?)) > 0");
        values.push(reader);
    }
    let all = if rules.is_empty() { "1".to_owned() } else { rules.join(" AND ") };
    values.push(&limit);
    many(tx, &format!("WHERE {all} ORDER BY updated DESC, id DESC LIMIT ?"), &values[..])
}

/// Jobs handed over before `until` whose spool files were not taken away yet.
pub fn spooled_before(tx: &Tx, until: i64) -> Result<Vec<i64>, Trouble> {
    let mut statement =
        tx.prepare_cached("SELECT id FROM jobs WHERE files <> '[]' AND state = 'handed-over' AND updated < ?1")?;
    let found = statement.query_map([until], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Who gave its card to its holder: `staff:7`, `os:root`.
pub fn handed_over_by(tx: &Tx, job: i64, staff: &str) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE jobs SET handed_over_by = ?2 WHERE id = ?1")?.execute(params![job, staff])?;
    Ok(())
}

/// The spool files of a job are gone.
pub fn forget_files(tx: &Tx, job: i64) -> Result<(), Trouble> {
    tx.prepare_cached("UPDATE jobs SET files = '[]' WHERE id = ?1")?.execute([job])?;
    Ok(())
}

fn one(tx: &Tx, rule: &str, id: i64) -> Result<Option<Job>, Trouble> {
    let found =
        tx.prepare_cached(&format!("SELECT {COLUMNS} FROM jobs {rule}"))?.query_row([id], from_row).optional()?;
    found.transpose()
}

fn many(tx: &Tx, rule: &str, parameters: impl rusqlite::Params) -> Result<Vec<Job>, Trouble> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM jobs {rule}"))?;
    let rows = statement.query_map(parameters, from_row)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// Reads a row; a word that this program does not know is `database-newer`, not a guess.
fn from_row(row: &Row) -> rusqlite::Result<Result<Job, Trouble>> {
    let (kind, number, state, step): (String, String, String, String) =
        (row.get(2)?, row.get(4)?, row.get(6)?, row.get(8)?);
    let (failed_from, trouble): (Option<String>, Option<String>) = (row.get(7)?, row.get(9)?);
    let (files, times): (String, String) = (row.get(20)?, row.get(21)?);
    let (back_doors, old_number): (Option<String>, Option<String>) = (row.get(25)?, row.get(27)?);
    let proof = match (row.get(17)?, row.get(18)?, row.get(19)?) {
        // Before they were noted, readers passed no raw frames.
        (Some(attempts), Some(refused), Some(let_through)) => Some(Proof {
            attempts,
            refused,
            let_through,
            back_doors: back_doors.as_deref().and_then(BackDoors::parse).unwrap_or(BackDoors::NotTested),
        }),
        _ => None,
    };
    let words = || -> Result<_, Trouble> {
        Ok((
            known(CardKind::parse(&kind), "jobs.kind", &kind)?,
            MemberNumber::parse(&number)?,
            known(JobState::parse(&state), "jobs.state", &state)?,
            failed_from.as_deref().map(|text| known(JobState::parse(text), "jobs.failed_from", text)).transpose()?,
            known(Step::parse(&step), "jobs.step", &step)?,
            old_number.as_deref().map(MemberNumber::parse).transpose()?,
        ))
    };
    let (kind, number, state, failed_from, step, old_number) = match words() {
        Ok(words) => words,
        Err(trouble) => return Ok(Err(trouble)),
    };
    Ok(Ok(Job {
        id: row.get(0)?,
        member: row.get(1)?,
        kind,
        reason: row.get(3)?,
        number,
        reserved: row.get(5)?,
        replaces: row.get(26)?,
        old_number,
        state,
        failed_from,
        step,
        trouble: trouble.and_then(|text| serde_json::from_str(&text).ok()),
        card: row.get(10)?,
        reader: row.get(11)?,
        reader_kind: row.get(12)?,
        printer: row.get(13)?,
        printer_kind: row.get(14)?,
        exchanges: row.get(15)?,
        commands: row.get(16)?,
        proof,
        files: serde_json::from_str(&files).unwrap_or_default(),
        times: step_times(&times),
        created: row.get(22)?,
        updated: row.get(23)?,
        created_by: row.get(24)?,
    }))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

fn step_times(text: &str) -> Vec<(Step, u64)> {
    let pairs: Vec<(String, u64)> = serde_json::from_str(text).unwrap_or_default();
    pairs.into_iter().filter_map(|(step, millis)| Some((Step::parse(&step)?, millis))).collect()
}

/// One durable mark of a job's journal. `detail` is JSON; never keys, never names.
pub fn mark(tx: &Tx, job: i64, time: i64, mark: &str, detail: &serde_json::Value) -> Result<(), Trouble> {
    tx.prepare_cached(
        "INSERT INTO marks (job, seq, time, mark, detail)
         VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM marks WHERE job = ?1), ?2, ?3, ?4)",
    )?
    .execute(params![job, time, mark, detail.to_string()])?;
    Ok(())
}

/// What was noted when the job was planned.
pub fn planned(tx: &Tx, job: i64) -> Result<serde_json::Value, Trouble> {
    first_detail(tx, job, "planned")
}

/// What was noted when its card was handed over.
pub fn handed_over_mark(tx: &Tx, job: i64) -> Result<serde_json::Value, Trouble> {
    first_detail(tx, job, "hand-over")
}

fn first_detail(tx: &Tx, job: i64, mark: &str) -> Result<serde_json::Value, Trouble> {
    let detail: Option<String> = tx
        .prepare_cached("SELECT detail FROM marks WHERE job = ?1 AND mark = ?2 ORDER BY seq LIMIT 1")?
        .query_row(params![job, mark], |row| row.get(0))
        .optional()?;
    Ok(detail.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// The SHA-256 sums, in hex and in the order of its files, that the newest `printed` mark of a job keeps; none without one.
pub fn printed_sums(tx: &Tx, job: i64) -> Result<Vec<String>, Trouble> {
    let detail: Option<String> = tx
        .prepare_cached("SELECT detail FROM marks WHERE job = ?1 AND mark = 'printed' ORDER BY seq DESC LIMIT 1")?
        .query_row([job], |row| row.get(0))
        .optional()?;
    let detail: serde_json::Value = detail.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Ok(serde_json::from_value(detail["sha256"].clone()).unwrap_or_default())
}

/// Whether a card left this job after it was locked, and nobody saw it blanked.
pub fn left_locked(tx: &Tx, job: i64) -> Result<bool, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT mark = 'locked', coalesce(json_extract(detail, '$.blanked'), 0)
         FROM marks WHERE job = ?1 AND mark IN ('locked', 'spoiled') ORDER BY seq",
    )?;
    let marks = statement.query_map([job], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let marks: Vec<(bool, bool)> = marks.collect::<Result<_, _>>()?;
    // Each card is locked and given up in this order; one that was never locked follows no lock.
    Ok(marks.windows(2).any(|pair| matches!(pair, [(true, _), (false, false)])))
}

/// The newest mark of a job among these.
pub fn last_of(tx: &Tx, job: i64, among: &[&str]) -> Result<Option<String>, Trouble> {
    let mut statement = tx.prepare_cached("SELECT mark FROM marks WHERE job = ?1 ORDER BY seq DESC")?;
    let marks = statement.query_map([job], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    Ok(marks.into_iter().find(|mark| among.contains(&mark.as_str())))
}

/// The journal of a job, oldest first.
pub fn marks(tx: &Tx, job: i64) -> Result<Vec<(i64, String)>, Trouble> {
    let mut statement = tx.prepare_cached("SELECT time, mark FROM marks WHERE job = ?1 ORDER BY seq")?;
    let found = statement.query_map([job], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}
