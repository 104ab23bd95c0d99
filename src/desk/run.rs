//! Runs a job from where it stands to a card that is ready to be checked: chip, proof, print.
//! A run holds the job's lock; what stops it is written down, and the next run goes on from there.
//! Start at [`run`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::journal::{stand_still, take_up};
use super::{Actor, Desk, JobReport, actor, encode, print, report};
use crate::back::encoder::Feed;
use crate::back::locks::{self, Lock};
use crate::back::store::cards;
use crate::back::store::jobs::{self, Job};
use crate::plan::job::{CardKind, JobState};
use crate::plan::messages::Trouble;

/// How a job is to be run.
pub struct Run {
    /// How cards come to a simulated reader.
    pub feed: Feed,
    /// How long to wait for a card.
    pub wait: Duration,
    /// Whether to go on to the print, or to stop before it because hands are needed.
    pub print: bool,
}

/// Runs the job as far as it goes and answers how it stands then. `job-running` when another process is at it.
/// On trouble the reason is written down and the job stays open.
pub fn run(desk: &Desk, actor: &Actor, id: i64, how: &Run, stop: &AtomicBool) -> Result<JobReport, Trouble> {
    let _running = lock_job(desk, id)?;
    let mut job = desk.store.look(|tx| jobs::get(tx, id))?;
    if job.state != JobState::Planned {
        // A job that was just planned is in the log by that.
        desk.store.change(|tx| actor::log(desk, tx, actor, [job.member], "change", "resume-job"))?;
    }
    if job.state == JobState::Cancelled {
        return Err(Trouble::new("job-state").with("state", job.state).with("event", "resume"));
    }
    take_up(desk, &mut job)?;
    let outcome = go_on(desk, &mut job, how, stop);
    match &outcome {
        Err(trouble) => {
            desk.board.picture(id, job.step, |live| live.trouble = Some(trouble.clone()));
            stand_still(desk, &mut job, trouble)?;
        }
        // The print's commit brings the cost of the chip; without a print it wants one of its own.
        Ok(()) if job.state == JobState::Proven => desk.store.change(|tx| jobs::update(tx, &job))?,
        Ok(()) => {}
    }
    outcome?;
    desk.store.look(|tx| {
        let job = jobs::get(tx, id)?;
        let card = job.card.map(|card| cards::get(tx, card)).transpose()?;
        Ok(report::report(job, card))
    })
}

fn go_on(desk: &Desk, job: &mut Job, how: &Run, stop: &AtomicBool) -> Result<(), Trouble> {
    loop {
        match (job.kind, job.state) {
            (CardKind::Rfid, JobState::Planned | JobState::Encoding | JobState::Locked) => {
                print::check_ready(desk, job)?;
                encode::encode(desk, job, how, stop)?;
            }
            (_, JobState::Proven | JobState::Planned | JobState::Printing) if how.print => print::print(desk, job)?,
            (_, JobState::PrintInDoubt) => return Err(Trouble::new("print-in-doubt").with("job", job.id)),
            _ => return Ok(()),
        }
    }
}

/// The lock that a job's runner holds.
pub(super) fn lock_job(desk: &Desk, id: i64) -> Result<Lock, Trouble> {
    locks::take(&desk.locks, &format!("job-{id}"))?
        .map_err(|holder| Trouble::new("job-running").with("job", id).with("holder", holder))
}

/// The lock on a reader, from a job's first exchange to its last.
pub(super) fn lock_reader(desk: &Desk, name: &str) -> Result<Lock, Trouble> {
    locks::take(&desk.locks, &reader_lock(name))?
        .map_err(|holder| Trouble::new("reader-taken").with("reader", name).with("holder", holder))
}

/// Whether another process or thread holds the reader.
pub(super) fn reader_taken(desk: &Desk, name: &str) -> bool {
    matches!(locks::holder(&desk.locks, &reader_lock(name)), Ok(Some(_)))
}

fn reader_lock(name: &str) -> String {
    let file: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("reader-{file}")
}

/// Calls `look` with slices of `wait` until it says yes; `Ok(false)` when the time is up, `let-go` when told to stop.
pub(super) fn within(
    wait: Duration,
    stop: &AtomicBool,
    mut look: impl FnMut(Duration) -> Result<bool, Trouble>,
) -> Result<bool, Trouble> {
    let began = Instant::now();
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(Trouble::new("let-go"));
        }
        let left = wait.saturating_sub(began.elapsed());
        if look(left.min(Duration::from_millis(400)))? {
            return Ok(true);
        }
        if left.is_zero() {
            return Ok(false);
        }
    }
}
