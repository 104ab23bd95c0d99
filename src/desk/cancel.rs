//! Giving a job up, until its card is handed over: the number it reserved is retired, the card blanked and returned, or
//! spoiled; what it charged is reversed, and the card that it was to replace is the member's again.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::hold::lock_job;
use super::journal::{advance, move_card};
use super::print_receipt::print_due;
use super::{Act, Actor, Desk, Origin, actor, approval, charge, convert, devices, reissue};
use crate::back::encoder::{self, Feed};
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::Job;
use crate::back::store::{Tx, jobs, members, numbers};
use crate::plan::chip::Uid;
use crate::plan::job::{CardEvent, CardKind, CardState, JobEvent, JobState, NumberEvent, next_number};
use crate::plan::messages::Trouble;

#[derive(Debug, Serialize)]
pub struct Cancelled {
    pub job: i64,
    pub state: JobState,
    /// What became of the card: `returned`, `spoiled`, or null when there was none.
    pub card: Option<CardState>,
    /// The number was this job's own and is retired.
    pub number_retired: bool,
}

/// Cancels an open job. A card it has begun is blanked when it lies on the reader (the simulated desk lays it there for
/// the command line); else it is booked as spoiled, since nobody can say what is on it.
///
/// # Errors
/// `approval-needed` where the job's card is locked and cannot be blanked here, or the money that goes back is what the actor took.
/// Those of a card that goes away while it is blanked (`card-removed`, `card-swapped`, `card-unsteady`, `two-cards`): the
/// job stays open, and cancelling it again with the card laid back ends it.
pub fn cancel(desk: &Desk, actor: &Actor, id: i64, feed: Feed) -> Result<Cancelled, Trouble> {
    actor.may(Act::CancelJob)?;
    let member = desk.store.look(|tx| jobs::get(tx, id))?.member;
    actor::not_own(desk, actor, member)?;
    desk.stations.let_go(id);
    let _running = lock_job(desk, id)?;
    let (mut job, card) = desk.store.look(|tx| {
        let job = jobs::get(tx, id)?;
        let card = job.card.map(|card| cards::get(tx, card)).transpose()?;
        Ok((job, card))
    })?;
    if job.state == JobState::Cancelled {
        return Ok(Cancelled {
            job: id,
            state: job.state,
            card: card.map(|card| card.state),
            number_retired: job.reserved,
        });
    }
    let open = matches!(card.as_ref().map(|card| card.state), Some(CardState::InWork | CardState::Ready));
    let (subject, took) = desk.store.look(|tx| charge::going_back(tx, &job))?;
    let myself = actor.id();
    // Whoever took the money does not give it back alone: said before a card is touched.
    let mut alone = took.as_deref() != Some(&myself);
    let judge = |tx: &Tx| approval::would_be_allowed(desk, tx, actor, Act::GiveUpCard, &subject, "", Some(&myself));
    if !alone {
        desk.store.look(judge)?;
    }
    let fate = match &card {
        Some(card) if open && blanked(desk, card, job.reader.as_deref(), feed)? => Some((card.id, CardEvent::Return)),
        Some(card) if open => Some((card.id, CardEvent::Spoil)),
        _ => None,
    };
    // A locked card that nobody sees blanked may be in somebody's pocket.
    if alone && is_locked(&job) && matches!(fate, Some((_, CardEvent::Spoil))) {
        alone = false;
        desk.store.look(judge)?;
    }
    let end = advance(desk, &mut job, JobEvent::Cancel, json!({ "card": fate.map(|(_, event)| event) }), |tx, job| {
        let by = match alone {
            // Nobody was asked at the command line: its own account is named.
            true => (actor.origin == Origin::CommandLine).then(|| actor.id()),
            false => approval::allowed(desk, tx, actor, Act::GiveUpCard, &subject, "", Some(&myself))?,
        };
        if job.reserved
            && let Some(state) = numbers::state(tx, job.number)?
        {
            numbers::set_state(tx, job.number, next_number(state, NumberEvent::Retire)?)?;
            // A reissue left the member the number that they have.
            if job.old_number.is_none() {
                members::clear_number(tx, job.member)?;
            }
        }
        convert::undo(desk, tx, job)?;
        reissue::undo(desk, tx, job)?;
        // The card is out of use before its charge goes back.
        let end = match fate {
            Some((card, event)) => {
                move_card(desk, tx, card, event, Some("cancelled"))?;
                Some(cards::get(tx, card)?.state)
            }
            None => None,
        };
        charge::reverse(desk, tx, actor, job.id, by.as_deref())?;
        actor::log(desk, tx, actor, [job.member], "change", "cancel-job")?;
        Ok(end)
    })?;
    print_due(desk, actor);
    devices::printer(desk).remove(id)?;
    desk.board.forget(id);
    Ok(Cancelled { job: id, state: job.state, card: end, number_retired: job.reserved })
}

/// Its card left the library's keys shut: whoever has it has a member's card.
pub(super) fn is_locked(job: &Job) -> bool {
    let stood = job.failed_from.unwrap_or(job.state);
    let locked = [JobState::Locked, JobState::Proven, JobState::Printing, JobState::PrintInDoubt, JobState::Ready];
    job.kind == CardKind::Rfid && locked.contains(&stood)
}

/// Whether the card lay on the reader and is blank now. A chipless card is simply kept back and counts as spoiled print.
pub(super) fn blanked(desk: &Desk, card: &Card, reader: Option<&str>, feed: Feed) -> Result<bool, Trouble> {
    let Some(uid) = card.uid.as_deref().map(Uid::parse).transpose()? else { return Ok(false) };
    let Ok(mut reader) = devices::open_reader(desk, reader) else { return Ok(false) };
    let patience = if feed == Feed::Dispense { Duration::from_secs(1) } else { Duration::ZERO };
    let lies = devices::card_on(desk, &mut *reader, feed, |reader| reader.wait_for_card(Some(&uid), feed, patience))?;
    let Some(_held) = lies else { return Ok(false) };
    let target = encoder::identify_as(&mut *reader, Some(&uid))?;
    Ok(target.uid == uid && devices::blank_chip(desk, &mut *reader, &target, card)?)
}
