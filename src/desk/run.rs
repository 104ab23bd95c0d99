//! Runs a job from where it stands to a card that is ready to be checked: chip, proof, print.
//! A run holds the job's lock; what stops it is written down, and the next run goes on from there.
//! Start at [`run`].

use super::hold::lock_job;
use super::journal::{stand_still, take_up};
use super::waiting::Waiting;
use super::{Act, Actor, Desk, JobReport, actor, encode, print, report};
use crate::back::store::jobs::{self, Job};
use crate::plan::job::{CardKind, JobState};
use crate::plan::messages::Trouble;

/// How far a job is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Stops before the print because hands are needed.
    Proven,
    Printed,
}

/// Runs the job as far as it goes and answers how it stands then. `job-running` when another process is at it.
/// On trouble the reason is written down and the job stays open.
pub fn run(desk: &Desk, actor: &Actor, id: i64, until: Until, waiting: &Waiting) -> Result<JobReport, Trouble> {
    actor.may(Act::WorkOnJob)?;
    let _running = lock_job(desk, id)?;
    let mut job = desk.store.look(|tx| jobs::get(tx, id))?;
    actor::not_own(desk, actor, job.member)?;
    if job.state != JobState::Planned {
        // A job that was just planned is in the log by that.
        desk.store.change(|tx| actor::log(desk, tx, actor, [job.member], "change", "resume-job"))?;
    }
    if job.state == JobState::Cancelled {
        return Err(Trouble::new("job-state").with("state", job.state).with("event", "resume"));
    }
    take_up(desk, &mut job)?;
    let outcome = go_on(desk, &mut job, until, waiting);
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
        report::report_of(tx, job)
    })
}

fn go_on(desk: &Desk, job: &mut Job, until: Until, waiting: &Waiting) -> Result<(), Trouble> {
    // Shown beside the print, and until its end.
    let mut _signalling = None;
    loop {
        match (job.kind, job.state) {
            (CardKind::Rfid, JobState::Planned | JobState::Encoding | JobState::Locked) => {
                print::check_ready(desk, job)?;
                _signalling = Some(encode::encode(desk, job, waiting)?);
            }
            (_, JobState::Proven | JobState::Planned | JobState::Printing) if until == Until::Printed => {
                print::print(desk, job)?
            }
            (_, JobState::PrintInDoubt) => return Err(Trouble::new("print-in-doubt").with("job", job.id)),
            _ => return Ok(()),
        }
    }
}
