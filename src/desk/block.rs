//! A card is blocked for now, the block is lifted, or the card comes back to the library. A lost card that is reported by
//! phone is blocked at once, also while a job is open. A block acts in this program alone as long as no register is
//! connected. Start at [`block_card`].

use serde::Serialize;

use super::chip::lying;
use super::enrol::asked;
use super::journal::move_card;
use super::libraries::member_number;
use super::once::made_once;
use super::reissue::holder_of;
use super::{Act, Actor, Desk, Evidence, actor, issue};
use crate::back::store::cards::{self, Card, Suspended};
use crate::back::store::{Tx, answers, jobs};
use crate::plan::fees::Reason;
use crate::plan::job::{CardEvent, CardKind, CardState};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// Why a card is blocked, as a clerk says it; a reissue blocks by its own reason.
pub const BLOCK_WHYS: [&str; 4] = ["lost", "stolen", "found", "other"];

/// Which card is meant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// Of its holder's number, as typed; the kind where the holder has more than one card.
    Number(String, Option<CardKind>),
    /// The one that lies on this reader, or on the first.
    Reader(Option<String>),
    /// Of this member, by the id of its record.
    Of(i64, i64),
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockAct {
    /// For one of [`BLOCK_WHYS`].
    Suspend(String),
    Release,
    Return,
}

/// How the card stands now.
#[derive(Debug, Clone, Serialize)]
pub struct Blocked {
    pub card: i64,
    pub member: i64,
    pub number: MemberNumber,
    pub kind: CardKind,
    pub state: CardState,
    /// Why it is blocked, when it is.
    pub why: Option<String>,
}

impl BlockAct {
    fn purpose(&self) -> &'static str {
        match self {
            BlockAct::Suspend(_) => "card-suspend",
            BlockAct::Release => "card-release",
            BlockAct::Return => "card-return",
        }
    }
}

/// Does it and answers how the card stands; what is so already is answered the same.
///
/// # Errors
/// `suspend-why`, `card-state` for a card that is over or not handed over yet, `job-open` for a release while a new card is
/// made in its place, `cards-several` where a number does not say which, `card-none`, `card-unregistered`, `number-unknown`,
/// `number-foreign`.
pub fn block_card(
    desk: &Desk,
    actor: &Actor,
    evidence: Evidence,
    which: &Which,
    act: &BlockAct,
    key: Option<&str>,
) -> Result<Blocked, Trouble> {
    actor.may(if matches!(act, BlockAct::Release) { Act::ReleaseCard } else { Act::BlockCard })?;
    if let BlockAct::Suspend(why) = act
        && !BLOCK_WHYS.contains(&why.as_str())
    {
        return Err(Trouble::new("suspend-why"));
    }
    let now = desk.now().as_millisecond();
    let asked = key.map(|key| asked(desk, key, act.purpose(), &(which, act), actor));
    let made = |tx: &Tx| match &asked {
        Some(asked) => answers::made_before(tx, &asked.as_asked(), now),
        None => Ok(None),
    };
    if let Some(card) = desk.store.look(made)? {
        return desk.store.change(|tx| {
            let card = cards::get(tx, card)?;
            actor::log(desk, tx, actor, [card.member], "look", act.purpose())?;
            Ok(blocked(card))
        });
    }
    let on_reader = match which {
        Which::Reader(reader) => Some(of_reader(desk, reader.as_deref())?),
        _ => None,
    };
    desk.store.change(|tx| {
        let card = made_once(tx, asked.as_ref(), now, || {
            let card = match (which, on_reader) {
                (Which::Number(number, kind), _) => of_number(desk, tx, number, *kind)?,
                (Which::Of(member, card), _) => of_member(tx, *member, *card)?,
                (Which::Reader(_), Some(card)) => cards::get(tx, card)?,
                (Which::Reader(_), None) => return Err(Trouble::new("card-unregistered")),
            };
            actor::not_oneself(tx, actor, card.member)?;
            if changed(desk, tx, actor, &card, act)? {
                actor::log(desk, tx, actor, [card.member], "change", &evidence.purpose(act.purpose()))?;
            } else {
                actor::log(desk, tx, actor, [card.member], "look", act.purpose())?;
            }
            Ok(card.id)
        })?;
        Ok(blocked(cards::get(tx, card)?))
    })
}

fn blocked(card: Card) -> Blocked {
    Blocked {
        card: card.id,
        member: card.member,
        number: card.number,
        kind: card.kind,
        state: card.state,
        why: card.suspended.filter(|_| card.state == CardState::Suspended).map(|block| block.why),
    }
}

fn of_member(tx: &Tx, member: i64, card: i64) -> Result<Card, Trouble> {
    let found = cards::get(tx, card)?;
    if found.member == member { Ok(found) } else { Err(Trouble::new("card-unknown").with("card", card)) }
}

fn of_reader(desk: &Desk, reader: Option<&str>) -> Result<i64, Trouble> {
    let record = lying(desk, reader)?.record;
    record.map(|card| card.id).ok_or_else(|| Trouble::new("card-unregistered"))
}

/// The one that is in its holder's hands; where there is none, the newest, so that the refusal names its state.
fn of_number(desk: &Desk, tx: &Tx, number: &str, kind: Option<CardKind>) -> Result<Card, Trouble> {
    let number = member_number(number)?;
    let (member, _) = holder_of(desk, tx, number)?;
    let of_kind = |card: &Card| card.number == number && kind.is_none_or(|kind| kind == card.kind);
    let mut found: Vec<Card> = cards::of_member(tx, member)?.into_iter().filter(of_kind).collect();
    let mut held = found.iter().filter(|card| is_held(card.state));
    match (held.next().map(|card| card.id), held.next()) {
        (Some(_), Some(_)) => Err(Trouble::new("cards-several").with("member", member)),
        (Some(id), None) => cards::get(tx, id),
        (None, _) if found.is_empty() => Err(Trouble::new("card-none").with("member", member)),
        (None, _) => Ok(found.swap_remove(0)),
    }
}

/// Its holder has it, blocked or not.
pub(super) fn is_held(state: CardState) -> bool {
    matches!(state, CardState::Live | CardState::Suspended)
}

/// Whether anything was changed.
fn changed(desk: &Desk, tx: &Tx, actor: &Actor, card: &Card, act: &BlockAct) -> Result<bool, Trouble> {
    let refused = |event: CardEvent| Trouble::new("card-state").with("state", card.state).with("event", event);
    match act {
        BlockAct::Suspend(why) => suspend(desk, tx, actor, card, why),
        BlockAct::Release if card.state == CardState::Live => Ok(false),
        BlockAct::Release => {
            if let Some(open) = jobs::open_of(tx, card.member)?.filter(|job| job.replaces == Some(card.id)) {
                return Err(issue::job_open(tx, &open)?);
            }
            move_card(desk, tx, card.id, CardEvent::Release, None).map(|()| true)
        }
        BlockAct::Return if card.state == CardState::Returned => Ok(false),
        // A card that a job is making is that job's to take back.
        BlockAct::Return if !is_held(card.state) && card.state != CardState::Void => Err(refused(CardEvent::Return)),
        BlockAct::Return => move_card(desk, tx, card.id, CardEvent::Return, Some("given-back")).map(|()| true),
    }
}

/// Blocks a live card. One that is blocked already stays so; only that somebody else may have it is worth more than any
/// other reason, and stands from then on.
pub(super) fn suspend(desk: &Desk, tx: &Tx, actor: &Actor, card: &Card, why: &str) -> Result<bool, Trouble> {
    let is_loss = |why: &str| Reason::parse(why).is_some_and(Reason::is_loss);
    let known = card.suspended.as_ref().filter(|_| card.state == CardState::Suspended);
    if let Some(known) = known
        && (is_loss(&known.why) || !is_loss(why))
    {
        return Ok(false);
    }
    if known.is_none() {
        move_card(desk, tx, card.id, CardEvent::Suspend, None)?;
    }
    let mut card = cards::get(tx, card.id)?;
    card.suspended = Some(Suspended { why: why.to_owned(), at: desk.now().as_millisecond(), by: actor.id() });
    cards::update(tx, &card)?;
    Ok(true)
}
