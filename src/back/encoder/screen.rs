//! Looks for what only clones do, before anything is written: a UID that can be set, back doors past every key. Whatever
//! is written while trying stands there already. Cards that pass may still be clones; nothing here proves a maker.
//! Start at [`screen`].

use super::classic::visit::{Door, Visit};
use super::contact::{Contact, Heard, Written};
use super::marks::Stop;
use super::{Identified, Raw, Reader, identify_as, type2};
use crate::plan::chip::classic::attack::BACK_DOOR;
use crate::plan::chip::encode_plan::Goals;
use crate::plan::chip::keys::{Candidate, TRANSPORT_KEY};
use crate::plan::chip::type2::originality::verify;
use crate::plan::chip::{BackDoors, EncodePlan, Family, Letter, Originality, SectorKey, Whose};
use crate::plan::messages::Trouble;

/// HLTA (ISO/IEC 14443-3, 6.4.3): the back door of the first UID-settable clones opens to a halted card only.
const HALT: [u8; 2] = [0x50, 0x00];
/// Their unlocking, seven bits; a genuine chip stays silent.
const UNLOCK: u8 = 0x40;
/// Questions that may go unheard before the link counts as too bad to trust a silence.
const TRIES: u32 = 4;
const READ: u8 = 0x30;
/// WRITE of a Type 2 chip.
const WRITE_PAGE: u8 = 0xA2;

/// Refuses a card that anyone can turn into another: `card-uid-settable`, `card-back-door`. What this reader cannot try is
/// passed over. Leaves the card selected.
///
/// # Errors
/// Also `card-removed`, `card-swapped`, `two-cards`, `card-unsteady` or the reader's own.
pub fn screen(reader: &mut dyn Reader, card: &Identified) -> Result<(), Trouble> {
    let key = || SectorKey::new(TRANSPORT_KEY);
    let factory = [Letter::A, Letter::B].map(|letter| Candidate { letter, key: key(), whose: Whose::Transport });
    screen_with(reader, card, &factory)
}

/// [`screen`] for a card that may be ours already: with every key that may rule its first sector.
pub fn screen_again(reader: &mut dyn Reader, card: &Identified, plan: &EncodePlan) -> Result<(), Trouble> {
    match &plan.goals {
        Goals::Sectors(goals) => {
            let first = goals.iter().find(|goal| goal.sector == 0);
            screen_with(reader, card, first.map_or(&[], |goal| &goal.ruling))
        }
        Goals::Pages(_) => screen(reader, card),
    }
}

fn screen_with(reader: &mut dyn Reader, card: &Identified, keys: &[Candidate]) -> Result<(), Trouble> {
    let settable = match back_doors(&mut *reader, card)? {
        Some(clone) => return Err(clone),
        None => uid_is_settable(reader, card, keys).map_err(|stop| stop.trouble)?,
    };
    if settable {
        return Err(Trouble::new("card-uid-settable").with("uid", card.uid));
    }
    select_again(reader, card)
}

/// The part of [`screen`] that writes nothing: how a clone gives itself away by answering, or `None`. Leaves the card selected.
/// Errors as [`screen`]'s.
pub fn back_doors(reader: &mut dyn Reader, card: &Identified) -> Result<Option<Trouble>, Trouble> {
    if card.kind.family() == Family::Type2 {
        return Ok(None);
    }
    // No answer to either: the halted card is deaf, and only a clone wakes up. Twice, since a frame may be lost.
    let _ = reader.raw(Raw::Bytes(&HALT));
    for _ in 0..2 {
        if reader.raw(Raw::Short(UNLOCK)).is_ok_and(|answer| !answer.is_empty()) {
            return Ok(Some(Trouble::new("card-uid-settable").with("uid", card.uid)));
        }
    }
    let mut visit = Visit::new(&mut *reader, card);
    visit.leave();
    if visit.raw(Raw::Bytes(&BACK_DOOR)).map_err(|stop| stop.trouble)? == BackDoors::Answered {
        return Ok(Some(Trouble::new("card-back-door").with("uid", card.uid)));
    }
    visit.select().map(|()| None).map_err(|stop| stop.trouble)
}

fn select_again(reader: &mut dyn Reader, card: &Identified) -> Result<(), Trouble> {
    let again = identify_as(reader, Some(&card.uid))?;
    if again.uid == card.uid {
        return Ok(());
    }
    Err(Trouble::new("card-swapped").with("uid", card.uid).with("found", again.uid))
}

/// What the maker's signature shows (READ_SIG); `None` for a chip that carries none. Leaves the card selected, or not: the
/// next exchange finds out.
///
/// # Errors
/// As [`screen`]'s.
pub fn originality(reader: &mut dyn Reader, card: &Identified) -> Result<Option<Originality>, Trouble> {
    if card.kind.family() == Family::Classic {
        return Ok(None);
    }
    let signature = type2::visit::Visit::new(reader, card).signature().map_err(|stop| stop.trouble)?;
    // Every one of these chips has one: a chip that shows none is no genuine one.
    let judged = signature.map_or(Originality::Wrong, |signature| verify(&signature, &card.uid, card.kind));
    Ok(Some(judged))
}

fn uid_is_settable(reader: &mut dyn Reader, card: &Identified, keys: &[Candidate]) -> Result<bool, Stop> {
    match card.kind.family() {
        Family::Classic => block_0_is_writable(reader, card, keys),
        Family::Type2 => page_0_is_writable(reader, card),
    }
}

/// With whatever key rules the sector: the factory's A on a blank, its B on a card formatted for NDEF, ours on one of ours.
fn block_0_is_writable(reader: &mut dyn Reader, card: &Identified, keys: &[Candidate]) -> Result<bool, Stop> {
    let mut visit = Visit::new(reader, card);
    for candidate in keys {
        let door = Door::new(0, candidate.letter, &candidate.key);
        let Some(block) = visit.read(door, 0)? else { continue };
        // What stands there already may be written again when the answer was lost.
        let written = match visit.write(door, 0, &block)? {
            Written::Unsure => visit.write(door, 0, &block)?,
            written => written,
        };
        // What key B may not, no other key may.
        if written == Written::Acknowledged || candidate.letter == Letter::B {
            return Ok(written == Written::Acknowledged);
        }
    }
    Ok(false)
}

/// Pages 0 and 1 hold the UID and are nobody's to write.
fn page_0_is_writable(reader: &mut dyn Reader, card: &Identified) -> Result<bool, Stop> {
    let mut contact = Contact::new(reader, card);
    for _ in 0..TRIES {
        contact.select()?;
        let page = match contact.exchange(&[READ, 0])? {
            Heard::Answer(page) if page.len() == 16 && page[..3] == card.uid.bytes()[..3] => page,
            Heard::Refused => return Ok(false),
            // Nothing is written on a guess.
            Heard::Answer(_) => {
                contact.unclear()?;
                continue;
            }
            Heard::Nothing => continue,
        };
        match contact.exchange(&[WRITE_PAGE, 0, page[0], page[1], page[2], page[3]])? {
            Heard::Answer(_) => return Ok(true),
            Heard::Refused => return Ok(false),
            Heard::Nothing => {}
        }
    }
    Err(Stop::resumable(Trouble::new("card-unsteady").with("uid", card.uid)))
}
