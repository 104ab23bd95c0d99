//! What the issue page's buttons do: hand the job to its reader's thread and return at once. What happens comes as events.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::hold::lock_job;
use super::journal::take_up;
use super::print::give_card_up;
use super::run::{Until, run};
use super::station::Stations;
use super::waiting::Waiting;
use super::{Act, Actor, Desk, JobReport, actor, devices};
use crate::back::encoder::Feed;
use crate::back::settings;
use crate::back::store::Tx;
use crate::back::store::jobs::{self, Job};
use crate::plan::job::{CardKind, JobState};
use crate::plan::messages::Trouble;

/// The first run of a job: on the simulated desk the first blank is laid down by itself.
pub fn start(desk: &Arc<Desk>, actor: &Actor, job: i64) -> Result<(), Trouble> {
    actor.may(Act::WorkOnJob)?;
    begin(desk, actor, &workable(desk, actor, job)?, Feed::Dispense)
}

/// Goes on where the job stands; nothing moves by itself any more.
pub fn resume_on_page(desk: &Arc<Desk>, actor: &Actor, job: i64) -> Result<(), Trouble> {
    actor.may(Act::WorkOnJob)?;
    begin(desk, actor, &workable(desk, actor, job)?, Feed::ByHand)
}

/// Lets go of a job that waits for a card; it stays open.
pub fn stop_waiting(desk: &Desk, actor: &Actor, job: i64) -> Result<(), Trouble> {
    actor.may(Act::WorkOnJob)?;
    desk.stations.let_go(job);
    Ok(())
}

/// The card that was begun is waste: same number, next sequence, and the blank that lies there or comes next. One that is locked works
/// for whoever has it: it is blanked on the reader here, or a second person signs (`approval-needed`), each time anew.
pub fn new_card(desk: &Arc<Desk>, actor: &Actor, id: i64) -> Result<(), Trouble> {
    actor.may(Act::WorkOnJob)?;
    workable(desk, actor, id)?;
    desk.stations.let_go(id);
    desk.stations.wait_until_free(id, Duration::from_secs(5));
    {
        let _running = lock_job(desk, id)?;
        let mut job = get(desk, id)?;
        let member = job.member;
        let log = |tx: &Tx| actor::log(desk, tx, actor, [member], "change", "new-card");
        match job.card {
            Some(_) => give_card_up(desk, actor, &mut job, log)?,
            None => {
                take_up(desk, &mut job)?;
                desk.store.change(log)?;
            }
        }
        desk.board.forget(id);
    }
    begin(desk, actor, &get(desk, id)?, Feed::ByHand)
}

/// The job goes on at the next reader that is free; a card that was begun is waited for there.
pub fn other_reader(desk: &Arc<Desk>, actor: &Actor, id: i64) -> Result<(), Trouble> {
    actor.may(Act::WorkOnJob)?;
    let at = workable(desk, actor, id)?.reader;
    let next =
        devices::next_reader(&devices::readers(desk)?, at.as_deref()).ok_or_else(|| Trouble::new("no-reader"))?;
    desk.stations.let_go(id);
    desk.stations.wait_until_free(id, Duration::from_secs(5));
    move_to(desk, actor, id, next)?;
    desk.board.forget(id);
    begin(desk, actor, &get(desk, id)?, Feed::ByHand)
}

/// The job goes on at that reader from now on; `reader-unknown` for one that is not there.
pub fn at_reader(desk: &Desk, actor: &Actor, id: i64, reader: &str) -> Result<(), Trouble> {
    actor.may(Act::WorkOnJob)?;
    workable(desk, actor, id)?;
    let reader = devices::reader_name(desk, Some(reader))?;
    move_to(desk, actor, id, reader)
}

fn move_to(desk: &Desk, actor: &Actor, id: i64, reader: String) -> Result<(), Trouble> {
    let _running = lock_job(desk, id)?;
    let mut job = get(desk, id)?;
    if job.reader.as_ref() == Some(&reader) {
        return Ok(());
    }
    job.reader = Some(reader);
    desk.store.change(|tx| {
        jobs::update(tx, &job)?;
        actor::log(desk, tx, actor, [job.member], "change", "other-reader")
    })
}

/// The clerk has fed the printer: the print goes out, here and now.
pub fn print_on_page(desk: &Desk, actor: &Actor, id: i64) -> Result<JobReport, Trouble> {
    actor.may(Act::WorkOnJob)?;
    let job = workable(desk, actor, id)?;
    if job.kind == CardKind::Rfid && !matches!(stood(&job), JobState::Proven | JobState::Printing | JobState::Ready) {
        return Err(Trouble::new("job-state").with("state", job.state).with("event", "print"));
    }
    let done = run(
        desk,
        actor,
        id,
        Until::Printed,
        &Waiting { feed: Feed::ByHand, longest: Duration::ZERO, stop: &AtomicBool::new(false) },
    );
    desk.board.forget(id);
    done
}

fn begin(desk: &Arc<Desk>, actor: &Actor, job: &Job, feed: Feed) -> Result<(), Trouble> {
    if job.kind != CardKind::Rfid || matches!(stood(job), JobState::Proven | JobState::Printing) {
        // No card is waited for: without feeding by hand the print goes out at once.
        let by_hand = desk.settings.printer.feed == settings::Feed::Hand;
        return if by_hand { Ok(()) } else { print_on_page(desk, actor, job.id).map(|_| ()) };
    }
    let until = match desk.settings.printer.feed {
        settings::Feed::Hand => Until::Proven,
        settings::Feed::Hopper | settings::Feed::Inline => Until::Printed,
    };
    Stations::begin(desk, actor, job.id, job.reader.as_deref(), feed, until)
}

/// The job, where it is not of one's own card.
fn workable(desk: &Desk, actor: &Actor, id: i64) -> Result<Job, Trouble> {
    let job = get(desk, id)?;
    actor::not_own(desk, actor, job.member)?;
    Ok(job)
}

fn get(desk: &Desk, id: i64) -> Result<Job, Trouble> {
    desk.store.look(|tx| jobs::get(tx, id))
}

/// Where a job stands, a failed one where it stood.
fn stood(job: &Job) -> JobState {
    job.failed_from.unwrap_or(job.state)
}
