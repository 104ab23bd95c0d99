//! The old card of a reissue: whether the rule wants it back, and whether the desk says that it came. Whoever hands the new one over on
//! a page says so first; nobody is asked where the old one is lost or stolen, or was read as the job was asked for. It moves no card:
//! `reissue` does, as the new one goes live. Start at [`note_old_card`].

use serde_json::json;

use super::{Act, Actor, Desk, Event, actor};
use crate::back::store::jobs::{self, Job};
use crate::back::store::{Tx, cards};
use crate::plan::fees::{OldCard, Reason};
use crate::plan::job::{CardState, JobState};
use crate::plan::messages::Trouble;

const RETURNED: &str = "old-card-returned";
const KEPT: &str = "old-card-kept";

/// What the desk says of an old card that the rule wants back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldCardSaid {
    /// Nothing yet.
    Unsaid,
    Returned,
    /// It did not come back: said so, or it is lost or stolen.
    Kept,
}

/// The member brought the old card back, or did not: handing over the new one books it as returned or void, where the rule wants it
/// back. The last word counts, and is noted once; a job without an old card, and one that is over, notes nothing.
pub fn note_old_card(desk: &Desk, actor: &Actor, id: i64, returned: bool) -> Result<(), Trouble> {
    actor.may(Act::HandOver)?;
    desk.store.change(|tx| {
        let job = jobs::get(tx, id)?;
        actor::not_oneself(tx, actor, job.member)?;
        if job.replaces.is_none() || !job.state.is_open() || was_read(tx, &job)? {
            return Ok(());
        }
        if last_word(tx, &job)? == Some(returned) {
            return Ok(());
        }
        let word = if returned { RETURNED } else { KEPT };
        jobs::mark(tx, id, desk.now().as_millisecond(), word, &json!({}))?;
        actor::log(desk, tx, actor, [job.member], "change", word)
    })?;
    desk.tell(Event::Job(id));
    Ok(())
}

/// The same of somebody who says it with the handing over itself. `old-card-late` where that is done and the old card was booked
/// as void: it is not said into the air.
pub fn old_card_came(desk: &Desk, actor: &Actor, id: i64) -> Result<(), Trouble> {
    actor.may(Act::HandOver)?;
    desk.store.look(|tx| {
        let job = jobs::get(tx, id)?;
        let old = job.replaces.filter(|_| job.state == JobState::HandedOver);
        match old.map(|old| cards::get(tx, old)).transpose()? {
            Some(old) if old.state != CardState::Returned => Err(Trouble::new("old-card-late").with("job", id)),
            _ => Ok(()),
        }
    })?;
    note_old_card(desk, actor, id, true)
}

/// What is said of the old card of this job; nothing where nobody waits for it.
pub(super) fn said(tx: &Tx, job: &Job) -> Result<Option<OldCardSaid>, Trouble> {
    if !job.state.is_open() || !wants_back(tx, job)? || was_read(tx, job)? {
        return Ok(None);
    }
    let gone = [Reason::Lost, Reason::Stolen].iter().any(|reason| reason.as_str() == job.reason);
    Ok(Some(match last_word(tx, job)? {
        Some(true) => OldCardSaid::Returned,
        Some(false) => OldCardSaid::Kept,
        None if gone => OldCardSaid::Kept,
        None => OldCardSaid::Unsaid,
    }))
}

/// `old-card-unsaid` where the card is ready to go and nobody has said whether the old one came back.
pub(super) fn must_be_said(tx: &Tx, job: &Job) -> Result<(), Trouble> {
    match job.state == JobState::Ready && said(tx, job)? == Some(OldCardSaid::Unsaid) {
        true => Err(Trouble::new("old-card-unsaid")),
        false => Ok(()),
    }
}

/// Whether the rule wanted the old card of this job back, and it came.
pub(super) fn is_returned(tx: &Tx, job: &Job) -> Result<bool, Trouble> {
    Ok(wants_back(tx, job)? && (was_read(tx, job)? || last_word(tx, job)? == Some(true)))
}

fn wants_back(tx: &Tx, job: &Job) -> Result<bool, Trouble> {
    Ok(job.replaces.is_some() && jobs::planned(tx, job.id)?["old_card"] == OldCard::Returned.as_str())
}

/// It lay on the reader when the job was asked for.
fn was_read(tx: &Tx, job: &Job) -> Result<bool, Trouble> {
    Ok(jobs::planned(tx, job.id)?["card_read"] == true)
}

fn last_word(tx: &Tx, job: &Job) -> Result<Option<bool>, Trouble> {
    let marks = jobs::marks(tx, job.id)?;
    Ok(marks.iter().rev().find_map(|(_, mark)| match mark.as_str() {
        RETURNED => Some(true),
        KEPT => Some(false),
        _ => None,
    }))
}
