//! How a job moves on: one event of `plan::job`, one commit, one durable mark. Start at [`advance`].

use serde_json::Value;

use super::{Desk, Event};
use crate::back::store::jobs::{self, Job, Told};
use crate::back::store::{Tx, cards};
use crate::plan::job::{self, CardEvent, CardState, JobEvent};
use crate::plan::messages::Trouble;

/// Moves a job on and writes it down together with `also`; on the medium when this returns.
/// `job` is changed only when the commit stands.
pub(super) fn advance<T>(
    desk: &Desk,
    job: &mut Job,
    event: JobEvent,
    detail: Value,
    also: impl FnOnce(&Tx, &mut Job) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let mut next = job.clone();
    next.state = job::next(job.kind, job.state, event)?;
    next.failed_from = None;
    next.trouble = None;
    if let Some(step) = job::step(job.kind, next.state) {
        next.step = step;
    }
    next.updated = desk.now().as_millisecond();
    let done = durable(event.as_str(), || {
        desk.store.change(|tx| {
            let done = also(tx, &mut next)?;
            jobs::update(tx, &next)?;
            jobs::mark(tx, next.id, next.updated, event.as_str(), &detail)?;
            Ok(done)
        })
    })?;
    *job = next;
    desk.tell(Event::Job(job.id));
    Ok(done)
}

/// Notes why a job stands still. A job whose step cannot go on now is failed and keeps where it stood; one that has
/// not begun, or whose table knows no failing, only keeps the reason.
pub(super) fn stand_still(desk: &Desk, job: &mut Job, trouble: &Trouble) -> Result<(), Trouble> {
    let told = without_person(Told::from(trouble));
    let (stood, step) = (job.state, job.step);
    let begun = stood != job::JobState::Planned;
    if begun && job::next(job.kind, stood, JobEvent::Fail).is_ok() {
        let detail = serde_json::json!({ "code": trouble.code, "state": stood.as_str(), "step": step.as_str() });
        return advance(desk, job, JobEvent::Fail, detail, |_, job| {
            job.failed_from = Some(stood);
            job.step = step;
            job.trouble = Some(told);
            Ok(())
        });
    }
    job.trouble = Some(told);
    desk.store.change(|tx| jobs::update(tx, job))?;
    desk.tell(Event::Job(job.id));
    Ok(())
}

/// What is kept with a job names nobody, masked or not: of whose a card is, the number stays, of a name nothing.
fn without_person(mut told: Told) -> Told {
    for (name, value) in &mut told.args {
        match name.as_str() {
            "whose" => {
                *value = value.find(|c: char| c.is_ascii_digit()).map_or("–".to_owned(), |at| value[at..].to_owned())
            }
            "name" | "text" => *value = "…".to_owned(),
            _ => {}
        }
    }
    told
}

/// Takes a failed job back to where it stood; others stay as they are.
pub(super) fn take_up(desk: &Desk, job: &mut Job) -> Result<(), Trouble> {
    match (job.state, job.failed_from) {
        (job::JobState::Failed, Some(stood)) => {
            let step = job.step;
            advance(desk, job, JobEvent::Resume(stood), Value::Null, |_, job| {
                job.step = step;
                Ok(())
            })
        }
        _ => Ok(()),
    }
}

/// Moves a card on, in the caller's transaction; `why` is kept when that ends its life.
pub(super) fn move_card(desk: &Desk, tx: &Tx, id: i64, event: CardEvent, why: Option<&str>) -> Result<(), Trouble> {
    let mut card = cards::get(tx, id)?;
    let now = desk.now().as_millisecond();
    card.state = job::next_card(card.state, event)?;
    match card.state {
        CardState::Live if card.live_at.is_none() => card.live_at = Some(now),
        CardState::Void | CardState::Spoiled | CardState::Returned => {
            card.ended_at = Some(now);
            card.ended_why = why.map(str::to_owned);
        }
        // Somebody blocked it for a reason that is over now.
        CardState::Live => card.suspended = None,
        _ => {}
    }
    cards::update(tx, &card)?;
    match card.state {
        // What its holder had is in the library's hands again, and counts as that in the stock.
        CardState::Returned | CardState::Spoiled => cards::came_back(tx, id, now),
        _ => Ok(()),
    }
}

/// One commit that must be on the medium before the next step, between two places where a test may end the process.
pub(super) fn durable<T>(mark: &str, commit: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    failpoint(mark, "before");
    let done = commit()?;
    failpoint(mark, "after");
    Ok(done)
}

/// Where a test ends this process as a power cut would: `ISSUER_KILL=<before|after>:<mark>`. Not in release builds.
fn failpoint(mark: &str, when: &str) {
    if cfg!(debug_assertions) && std::env::var("ISSUER_KILL").is_ok_and(|wanted| wanted == format!("{when}:{mark}")) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}
