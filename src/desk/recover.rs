//! A torn or overwritten card of ours is completed or returned to blank, by trial and without a journal: what its keys,
//! its content and our register say is enough. Nothing is charged. Start at [`recover_card`].

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::blank::{blank, log};
use super::chip::{self, Lying, agrees, is_clone, is_locked, is_ours, lying, strange};
use super::hold::lock_job;
use super::journal::{stand_still, take_up};
use super::once::{CardRequest, once_on_card};
use super::other_profile::refuse_other_profile;
use super::rebook::book_again;
use super::rewrite::{RECOVER, Writing, is_one_lost, keys_changed, rewrite, was_begun};
use super::standing::{CardStatus, Next, is_blank, judge, refuse_foreign, speaks_for_itself};
use super::waiting::Waiting;
use super::{Act, Actor, Desk, actor, encode};
use crate::back::encoder::{self, Feed, Halt, Mark};
use crate::back::settings::MagicCards;
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job};
use crate::plan::chip::{Content, Depth, EncodePlan, Family, Holder, KeySet, ProofPlan, Reading};
use crate::plan::job::{CardState, JobState};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// What became of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds what it should, locked and proven.
    Completed,
    /// It was whole and got the current keys.
    Rekeyed,
    Blanked,
    /// It was whole, and nothing was written.
    Whole,
}

/// What `card recover` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    pub uid: String,
    pub chip: String,
    pub outcome: Outcome,
    /// How the card stands now, as `card read` says it.
    pub status: String,
    pub number: Option<String>,
    pub exchanges: u32,
    /// The job that goes on with this card.
    pub job: Option<i64>,
    /// In words of the catalogue.
    pub next: Next,
}

/// Recovers the card that lies there. The same idempotency key is held to the same card.
///
/// # Errors
/// `card-unrecoverable` when a member's card answers to other keys or is locked for ever, `card-foreign`, `unknown-key` when
/// it is nobody's, `card-unrecorded` when the settings' profile does not account for it, `card-spoiled`, `job-running`, and those of [`encoder::encode_and_prove`] and [`encoder::screen_again`].
pub fn recover_card(desk: &Desk, actor: &Actor, reader: Option<&str>, key: Option<&str>) -> Result<Recovered, Trouble> {
    actor.may(Act::RecoverCard)?;
    once_on_card(desk, actor, key, "card-recover", &reader, |request| {
        let mut lying = lying(desk, reader)?;
        request.must_be(&lying.card.uid)?;
        if let Some(record) = &lying.record {
            actor::not_own(desk, actor, record.member)?;
        }
        log(desk, actor, lying.record.as_ref(), "card-recover")?;
        let uid = lying.card.uid;
        let recovered = match lying.record.clone().filter(|record| record.state.is_in_use()) {
            Some(record) => recover_recorded(desk, lying, &record, request)?,
            None => {
                let outcome = recover_unrecorded(desk, &mut lying, request)?;
                let lost = lying.record.is_none() && matches!(outcome, Outcome::Whole | Outcome::Completed);
                let booked = lost && book_again(desk, actor, &mut lying)?;
                let mut answer = answer(desk, &mut lying, outcome, None)?;
                if booked && outcome == Outcome::Whole {
                    answer.next = Next::new("card-next-booked");
                }
                answer
            }
        };
        Ok((uid, recovered))
    })
}

/// A card that somebody has, or that a job is making.
fn recover_recorded(desk: &Desk, mut lying: Lying, record: &Card, request: &CardRequest) -> Result<Recovered, Trouble> {
    let running = lock_job(desk, record.job)?;
    let mut job = desk.store.look(|tx| jobs::get(tx, record.job))?;
    if let Some(clone) = is_clone(desk, &mut lying)? {
        return Err(clone);
    }
    if is_encoding(&job, record) {
        desk.store.change(|tx| request.bind(desk, tx, &lying.card.uid))?;
        let name = lying.reader.name().to_owned();
        let before = lying.reader.cost().exchanges;
        // The job takes the reader itself.
        drop(lying);
        let spent = job.exchanges;
        complete_job(desk, &mut job, &name)?;
        drop(running);
        let mut lying = chip::lying(desk, Some(&name))?;
        request.must_be(&lying.card.uid)?;
        let mut answer = answer(desk, &mut lying, Outcome::Completed, Some(job.id))?;
        answer.exchanges += before + job.exchanges - spent;
        return Ok(answer);
    }
    let outcome = from_register(desk, &mut lying, record, request)?;
    let goes_on = matches!(record.state, CardState::InWork | CardState::Ready).then_some(job.id);
    answer(desk, &mut lying, outcome, goes_on)
}

/// Whether the job that makes this card has yet to finish its chip.
fn is_encoding(job: &Job, record: &Card) -> bool {
    let stood = job.failed_from.unwrap_or(job.state);
    job.card == Some(record.id) && matches!(stood, JobState::Encoding | JobState::Locked)
}

/// The job's own encode, to `proven`; what stops it is written down with the job.
fn complete_job(desk: &Desk, job: &mut Job, reader: &str) -> Result<(), Trouble> {
    take_up(desk, job)?;
    job.reader = Some(reader.to_owned());
    let waiting = Waiting { feed: Feed::ByHand, longest: Duration::ZERO, stop: &AtomicBool::new(false) };
    let done = encode::encode(desk, job, &waiting).map(drop);
    match &done {
        Ok(()) => desk.store.change(|tx| jobs::update(tx, job))?,
        Err(trouble) => stand_still(desk, job, trouble)?,
    }
    desk.board.forget(job.id);
    done
}

/// As the register has it, when it is not so already.
fn from_register(desk: &Desk, lying: &mut Lying, record: &Card, request: &CardRequest) -> Result<Outcome, Trouble> {
    if let Some(wanted) = record.chip.as_deref().filter(|chip| *chip != lying.card.kind.code()) {
        let found = lying.card.kind.code();
        return Err(Trouble::new("chip-differs")
            .with("uid", lying.card.uid)
            .with("wanted", wanted)
            .with("found", found));
    }
    let keys = desk.keys();
    let reading = chip::read_lying(desk, lying, &keys, Depth::Whole)?;
    let mut writing = Writing::of(desk, record, &lying.card, &keys, RECOVER)?;
    let whole = agrees(desk, &reading, record);
    let version = writing.content.key_version;
    // What was begun is proven before it counts as ended.
    let begun = reading.rewritable && was_begun(desk, record)?;
    if whole
        && !begun
        && reading.holder == (Holder::Ours { versions: vec![version] })
        && record.key_version == Some(version)
    {
        return Ok(Outcome::Whole);
    }
    let in_hands = matches!(record.state, CardState::Live | CardState::Suspended);
    let lost = match reading.holder {
        Holder::Other => Some(strange(&reading)),
        _ => (!reading.rewritable).then(|| "all".to_owned()),
    };
    // A card still here is tried all the same: a sector that is dead for good gives its job another blank.
    if let Some(sector) = lost.filter(|_| in_hands) {
        return Err(Trouble::new("card-unrecoverable")
            .with("sector", sector)
            .with("number", record.number.grouped())
            .with("member", record.member));
    }
    if reading.holder == Holder::Other && !is_one_lost(&reading) {
        return Err(keys_changed(&reading));
    }
    writing.cut = reading.holder == Holder::Other && reading.kind.family() == Family::Classic;
    let uid = lying.card.uid;
    let bind = |tx: &_| request.bind(desk, tx, &uid);
    rewrite(desk, &mut *lying.reader, &lying.card, &writing, &keys, &bind).map_err(|stop| stop.trouble)?;
    Ok(if whole && !begun { Outcome::Rekeyed } else { Outcome::Completed })
}

/// A card that nobody has by our register, or that the register does not know.
fn recover_unrecorded(desk: &Desk, lying: &mut Lying, request: &CardRequest) -> Result<Outcome, Trouble> {
    let keys = desk.keys();
    let reading = chip::read_lying(desk, lying, &keys, Depth::Whole)?;
    let spoiled = lying.record.as_ref().is_some_and(|record| record.state == CardState::Spoiled);
    if let Some(clone) = is_clone(desk, lying)? {
        return Err(clone);
    }
    if lying.record.is_none() && is_ours(&reading) {
        refuse_other_profile(desk, lying, &reading, &keys)?;
    }
    let one_version = matches!(&reading.holder, Holder::Ours { versions } if versions.len() == 1);
    if is_blank(&reading) || (reading.intact && is_ours(&reading) && is_locked(&reading) && one_version) {
        return Ok(Outcome::Whole);
    }
    refuse_foreign(desk, &reading)?;
    if reading.holder == Holder::Other && spoiled {
        return Err(Trouble::new("card-spoiled").with("lying", lying.card.uid));
    }
    if reading.holder == Holder::Other {
        return Err(Trouble::new("unknown-key").with("sector", strange(&reading)));
    }
    if !is_ours(&reading) {
        // Whatever number stands there, anyone may have written it: it is not for us to seal.
        return Err(Trouble::new("card-not-ours"));
    }
    if lying.record.is_none() && speaks_for_itself(desk, &reading) {
        complete(desk, lying, &reading, &keys, request)?;
        return Ok(Outcome::Completed);
    }
    blank(desk, lying, &reading, &keys, request)?;
    Ok(Outcome::Blanked)
}

/// By its own number and header.
fn complete(
    desk: &Desk,
    lying: &mut Lying,
    reading: &Reading,
    keys: &KeySet,
    request: &CardRequest,
) -> Result<(), Trouble> {
    let number: MemberNumber = reading.number.ok_or_else(|| Trouble::new("number-missing"))?;
    let content = Content {
        number,
        library: desk.settings.library.code,
        // Without a header in the profile neither is written.
        sequence: reading.header.map_or(1, |header| header.sequence),
        date: reading.header.map_or_else(|| desk.today().into(), |header| header.date),
        key_version: keys.current().version.max(reading.header.map_or(0, |header| header.key_version)),
    };
    let card = lying.card;
    let plan = EncodePlan::new(&desk.profile, card.kind, &card.uid, &content, keys, desk.settings.chip.protection)?
        .resumed(true);
    if desk.settings.chip.magic_cards == MagicCards::Refuse {
        encoder::screen_again(&mut *lying.reader, &card, &plan)?;
    }
    let proof = ProofPlan::new(&plan, desk.settings.chip.proof)?;
    let mut on_mark = |mark: Mark| match mark {
        Mark::Intent(_) => desk.store.change(|tx| request.bind(desk, tx, &card.uid)).map_err(Halt),
        _ => Ok(()),
    };
    let done = encoder::encode_and_prove(&mut *lying.reader, &card, &plan, &proof, &mut on_mark);
    done.map(|_| ()).map_err(|stop| stop.trouble)
}

fn answer(desk: &Desk, lying: &mut Lying, outcome: Outcome, job: Option<i64>) -> Result<Recovered, Trouble> {
    let uid = lying.card.uid.to_string();
    // Its record may have moved on.
    let record = desk.store.look(|tx| Ok(cards::of_uid(tx, &uid)?.into_iter().next()))?;
    let keys = desk.keys();
    let reading = chip::read_as_needed(desk, &mut *lying.reader, &lying.card, record.as_ref(), &keys)?;
    let standing = judge(desk, &reading, record.as_ref())?;
    let next = match (standing.status, outcome) {
        (CardStatus::Live, Outcome::Completed) => Next::new("card-next-restored"),
        (CardStatus::Live, Outcome::Rekeyed) => Next::new("card-next-rekeyed"),
        (CardStatus::Live, Outcome::Whole) => Next::new("card-next-whole"),
        _ => standing.next,
    };
    Ok(Recovered {
        uid,
        chip: lying.card.kind.code().to_owned(),
        outcome,
        status: standing.status.as_str().to_owned(),
        number: reading.number.map(|number| number.to_string()),
        exchanges: lying.reader.cost().exchanges,
        job,
        next,
    })
}
