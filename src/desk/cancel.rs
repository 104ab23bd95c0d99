//! Giving a job up, until its card is handed over: the number it reserved is retired, the card blanked and returned, or
//! spoiled; what it charged is reversed, and the card that it was to replace is the member's again.

use serde::Serialize;
use serde_json::json;

use super::give_up::{GivingUp, blanked};
use super::hold::lock_job;
use super::journal::{advance, move_card};
use super::print_receipt::print_due;
use super::{Act, Actor, Desk, actor, charge, convert, devices, reissue};
use crate::back::encoder::Feed;
use crate::back::store::{cards, jobs, members, numbers};
use crate::plan::job::{CardEvent, CardState, JobEvent, JobState, NumberEvent, next_number};
use crate::plan::messages::Trouble;

#[derive(Debug, Serialize)]
pub struct Cancelled {
    pub job: i64,
    pub state: JobState,
    /// What became of the card that the job had last: `returned`, `spoiled`, or null when there was none.
    pub card: Option<CardState>,
    /// The number was this job's own and is retired.
    pub number_retired: bool,
}

/// Cancels an open job. A card it has begun is blanked when it lies on the reader (the simulated desk lays it there for
/// the command line); else it is booked as spoiled, since nobody can say what is on it.
///
/// # Errors
/// `approval-needed` where the job's card is locked and cannot be blanked here, a card that it had before left it so, or the money that goes back is what the actor took.
/// Those of a card that goes away while it is blanked (`card-removed`, `card-swapped`, `card-unsteady`, `two-cards`): the
/// job stays open, and cancelling it again with the card laid back ends it.
pub fn cancel(desk: &Desk, actor: &Actor, id: i64, feed: Feed) -> Result<Cancelled, Trouble> {
    actor.may(Act::CancelJob)?;
    let member = desk.store.look(|tx| jobs::get(tx, id))?.member;
    actor::not_own(desk, actor, member)?;
    desk.stations.let_go(id);
    let _running = lock_job(desk, id)?;
    let (mut job, card, left) = desk.store.look(|tx| {
        let job = jobs::get(tx, id)?;
        let card = job.card.map(|card| cards::get(tx, card)).transpose()?;
        Ok((job, card, jobs::left_locked(tx, id)?.then_some(CardState::Spoiled)))
    })?;
    if job.state == JobState::Cancelled {
        return Ok(Cancelled {
            job: id,
            state: job.state,
            card: card.map(|card| card.state).or(left),
            number_retired: job.reserved,
        });
    }
    let open = matches!(card.as_ref().map(|card| card.state), Some(CardState::InWork | CardState::Ready));
    let mut giving_up = GivingUp::of(desk, actor, &job)?;
    giving_up.with_money()?;
    giving_up.with_the_job()?;
    let fate = match &card {
        Some(card) if open && blanked(desk, card, job.reader.as_deref(), feed)? => Some((card.id, CardEvent::Return)),
        Some(card) if open => Some((card.id, CardEvent::Spoil)),
        _ => None,
    };
    if matches!(fate, Some((_, CardEvent::Spoil))) {
        giving_up.out_of_sight()?;
    }
    let end = advance(desk, &mut job, JobEvent::Cancel, json!({ "card": fate.map(|(_, event)| event) }), |tx, job| {
        let by = giving_up.allowed(tx)?;
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
    Ok(Cancelled { job: id, state: job.state, card: end.or(left), number_retired: job.reserved })
}
