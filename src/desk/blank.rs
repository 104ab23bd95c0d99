//! A card of ours goes back to what the factory delivers, when the register holds it as nobody's any more.
//! Start at [`blank_card`].

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::chip::{self, Lying, is_clone, lying, strange};
use super::journal::{durable, move_card};
use super::once::{CardRequest, once_on_card};
use super::standing::{Next, is_blank, is_for_ever, refuse_foreign};
use super::{Act, Actor, Desk, actor};
use crate::back::encoder::{self, Halt, Mark};
use crate::back::store::cards::{self, Card};
use crate::back::store::{Tx, jobs};
use crate::plan::chip::{BlankPlan, Depth, Holder, KeySet, Reading};
use crate::plan::job::{CardEvent, CardState};
use crate::plan::messages::Trouble;

/// What `card blank` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blanked {
    pub uid: String,
    pub chip: String,
    /// `blank`: it can be issued. `spoiled`: it is blank, and was booked as waste before.
    pub status: String,
    /// It was one already, and nothing was written.
    pub already: bool,
    pub exchanges: u32,
    /// In words of the catalogue.
    pub next: Next,
}

/// Blanks the card that lies there. A void one's record becomes `returned`; a spoiled one stays spoiled in the register,
/// for it was proven unreliable. The same idempotency key is held to the same card.
///
/// # Errors
/// `card-in-use` while somebody has it, what a clone answers (`card-uid-settable`, `card-back-door`), `card-foreign`, `unknown-key` for a card that is not ours, `card-permanent`, and
/// those of [`encoder::blank`].
pub fn blank_card(desk: &Desk, actor: &Actor, reader: Option<&str>, key: Option<&str>) -> Result<Blanked, Trouble> {
    actor.may(Act::BlankCard)?;
    once_on_card(desk, actor, key, "card-blank", &reader, |request| {
        let mut lying = lying(desk, reader)?;
        request.must_be(&lying.card.uid)?;
        refuse_in_use(lying.record.as_ref())?;
        if let Some(record) = &lying.record {
            actor::not_own(desk, actor, record.member)?;
        }
        let keys = desk.keys();
        let reading = chip::read_lying(desk, &mut lying, &keys, Depth::Whole)?;
        log(desk, actor, lying.record.as_ref(), "card-blank")?;
        refuse_foreign(desk, &reading)?;
        if let Some(clone) = is_clone(desk, &mut lying)? {
            return Err(clone);
        }
        let already = is_blank(&reading);
        if already {
            // It may have been blanked by a process that was killed before it could say so.
            desk.store.change(|tx| book(desk, tx, lying.record.as_ref()))?;
        } else {
            blank(desk, &mut lying, &reading, &keys, request)?;
        }
        let spoiled = lying.record.as_ref().is_some_and(|record| record.state == CardState::Spoiled);
        let (status, next) = match (spoiled, already) {
            (true, _) => ("spoiled", "card-next-spoiled"),
            (false, true) => ("blank", "card-next-blank-already"),
            (false, false) => ("blank", "card-next-blank"),
        };
        let blanked = Blanked {
            uid: lying.card.uid.to_string(),
            chip: lying.card.kind.code().to_owned(),
            status: status.to_owned(),
            already,
            exchanges: lying.reader.cost().exchanges,
            next: Next::new(next),
        };
        Ok((lying.card.uid, blanked))
    })
}

fn refuse_in_use(record: Option<&Card>) -> Result<(), Trouble> {
    match record.filter(|record| record.state.is_in_use()) {
        None => Ok(()),
        Some(record) => Err(Trouble::new("card-in-use")
            .with("member", record.member)
            .with("number", record.number.grouped())
            .with("job", record.job)
            .with("state", record.state)),
    }
}

/// Takes a card whose every area answers to our keys or the factory's back to a blank, and writes down what became of it.
pub(super) fn blank(
    desk: &Desk,
    lying: &mut Lying,
    reading: &Reading,
    keys: &KeySet,
    request: &CardRequest,
) -> Result<(), Trouble> {
    let record = lying.record.clone();
    if reading.holder == Holder::Other {
        return Err(Trouble::new("unknown-key").with("sector", strange(reading)));
    }
    if is_for_ever(reading, record.as_ref()) {
        return Err(Trouble::new("card-permanent").with("sector", "all"));
    }
    let card = lying.card;
    let profile = chip::profile_of(desk, record.as_ref(), card.kind)?;
    let plan = BlankPlan::new(&profile, card.kind, &card.uid, desk.settings.library.code, keys)?.resumed(true);
    let mut on_mark = |mark: Mark| {
        let done = match mark {
            Mark::BlankIntent { .. } => durable("blank-intent", || {
                desk.store.change(|tx| {
                    request.bind(desk, tx, &card.uid)?;
                    note(desk, tx, record.as_ref(), "blank-intent")
                })
            }),
            Mark::Blank { .. } => durable("blanked", || {
                desk.store.change(|tx| {
                    note(desk, tx, record.as_ref(), "blanked")?;
                    book(desk, tx, record.as_ref())
                })
            }),
            _ => Ok(()),
        };
        done.map_err(Halt)
    };
    encoder::blank(&mut *lying.reader, &card, &plan, &mut on_mark).map(|_| ()).map_err(|stop| stop.trouble)
}

fn note(desk: &Desk, tx: &Tx, record: Option<&Card>, mark: &str) -> Result<(), Trouble> {
    let now = desk.now().as_millisecond();
    record.map_or(Ok(()), |record| jobs::mark(tx, record.job, now, mark, &json!({ "card": record.id })))
}

/// A void card that is blank is back in our hands; that, or one that was given back before, can be used again.
fn book(desk: &Desk, tx: &Tx, record: Option<&Card>) -> Result<(), Trouble> {
    let Some(record) = record.filter(|record| matches!(record.state, CardState::Void | CardState::Returned)) else {
        return Ok(());
    };
    if record.state == CardState::Void {
        move_card(desk, tx, record.id, CardEvent::Return, Some("blanked"))?;
    }
    cards::is_blank_again(tx, record.id, desk.now().as_millisecond())
}

/// The member whose card it was, or the house when nobody's is known.
pub(super) fn log(desk: &Desk, actor: &Actor, record: Option<&Card>, purpose: &str) -> Result<(), Trouble> {
    desk.store.change(|tx| match record {
        Some(record) => actor::log(desk, tx, actor, [record.member], "change", purpose),
        None => actor::log_house(desk, tx, actor, "change", purpose),
    })
}
