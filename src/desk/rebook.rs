//! A card of ours that the register lost, whole on the reader, comes back into it: its number's member has it, by the job
//! that handed it over. Never a card that a later one of the member replaced. Start at [`book_again`].

use serde_json::json;

use super::chip::{self, Lying, is_locked, is_ours};
use super::journal::durable;
use super::{Actor, Desk, actor};
use crate::back::store::Tx;
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job};
use crate::back::store::members::{self, Search};
use crate::plan::chip::{Depth, Holder, Protection, Reading};
use crate::plan::job::{CardKind, CardState, JobState};
use crate::plan::messages::Trouble;

/// Books the card that lies there as live, when the register knows its member and its job but no card of that kind, nor
/// one as new as this; else nothing. Says whether it did. For a card that the settings' profile accounts for.
pub(super) fn book_again(desk: &Desk, actor: &Actor, lying: &mut Lying) -> Result<bool, Trouble> {
    let reading = chip::read_lying(desk, lying, &desk.keys(), Depth::Whole)?;
    if !(reading.intact && is_ours(&reading) && is_locked(&reading)) {
        return Ok(false);
    }
    durable("card-booked", || {
        desk.store.change(|tx| {
            let Some(mut job) = job_of(tx, &reading)? else { return Ok(false) };
            let Some(card) = card_of(desk, tx, &job, &reading)? else { return Ok(false) };
            actor::not_oneself(tx, actor, job.member)?;
            let id = cards::insert(tx, &card)?;
            cards::update(tx, &Card { id, ..card })?;
            job.card = Some(id);
            jobs::update(tx, &job)?;
            let uid = reading.uid.to_string();
            jobs::mark(tx, job.id, desk.now().as_millisecond(), "card-booked", &json!({ "card": id, "uid": uid }))?;
            actor::log(desk, tx, actor, [job.member], "change", "card-recover")?;
            Ok(true)
        })
    })
}

/// The job that handed this card over.
fn job_of(tx: &Tx, reading: &Reading) -> Result<Option<Job>, Trouble> {
    let Some(number) = reading.number else { return Ok(None) };
    let Some(member) = members::search(tx, &Search::Number(number), 1)?.into_iter().next() else { return Ok(None) };
    let its = |job: &Job| job.kind == CardKind::Rfid && job.number == number && job.state == JobState::HandedOver;
    Ok(jobs::of_member(tx, member.id)?.into_iter().find(its).filter(|job| job.card.is_none()))
}

/// What the card says of itself; without a header the register fills in what it would have had.
fn card_of(desk: &Desk, tx: &Tx, job: &Job, reading: &Reading) -> Result<Option<Card>, Trouble> {
    let header = reading.header;
    let sequence = header.map_or(1, |header| header.sequence);
    let date = header.map_or_else(|| desk.today(), |header| header.date.date());
    let others = cards::of_member(tx, job.member)?;
    let in_use = |card: &Card| matches!(card.state, CardState::Ready | CardState::Live | CardState::Suspended);
    if others.iter().any(|card| card.kind == job.kind && (in_use(card) || card.sequence >= sequence)) {
        return Ok(None);
    }
    let version = match &reading.holder {
        Holder::Ours { versions } => versions.first().copied(),
        _ => header.map(|header| header.key_version),
    };
    let protection = if reading.rewritable { Protection::Keyed } else { Protection::Permanent };
    let now = desk.now().as_millisecond();
    Ok(Some(Card {
        state: CardState::Live,
        live_at: Some(now),
        uid: Some(reading.uid.to_string()),
        chip: Some(reading.kind.code().to_owned()),
        profile: Some(desk.profile.name.clone()),
        protection: Some(protection.as_str().to_owned()),
        key_version: version,
        originality: reading.originality,
        ..Card::begun(job, sequence, date.to_string(), now)
    }))
}
