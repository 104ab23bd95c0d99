//! Looks for what only clones do, before anything is written: a UID that can be set, back doors past every key. Whatever
//! is written while trying stands there already. Cards that pass may still be clones; nothing here proves a maker.
//! Start at [`screen`].

use super::classic::visit::{Door, Visit, Written};
use super::marks::Stop;
use super::{Identified, Miss, Raw, Reader, identify, type2};
use crate::plan::chip::classic::attack::BACK_DOOR;
use crate::plan::chip::keys::TRANSPORT_KEY;
use crate::plan::chip::type2::originality::verify;
use crate::plan::chip::{BackDoors, Family, Letter, Originality, SectorKey};
use crate::plan::messages::Trouble;

/// HLTA (ISO/IEC 14443-3, 6.4.3): the back door of the first UID-settable clones opens to a halted card only.
const HALT: [u8; 2] = [0x50, 0x00];
/// Their unlocking, seven bits; a genuine chip stays silent.
const UNLOCK: u8 = 0x40;
const READ: u8 = 0x30;
/// WRITE of a Type 2 chip.
const WRITE_PAGE: u8 = 0xA2;

/// Refuses a card that anyone can turn into another: `card-uid-settable`, `card-back-door`. What this reader cannot try is
/// passed over. Leaves the card selected.
///
/// # Errors
/// Also `card-removed`, `card-swapped`, `two-cards`, `card-unsteady` or the reader's own.
pub fn screen(reader: &mut dyn Reader, card: &Identified) -> Result<(), Trouble> {
    let found = match card.kind.family() {
        Family::Classic => classic(reader, card).map_err(|stop| stop.trouble)?,
        Family::Type2 => pages(reader, card)?,
    };
    if let Some(clone) = found {
        return Err(clone.with("uid", card.uid));
    }
    let again = identify(reader)?;
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

fn classic(reader: &mut dyn Reader, card: &Identified) -> Result<Option<Trouble>, Stop> {
    // No answer to either: the halted card is deaf, and only a clone wakes up.
    let _ = reader.raw(Raw::Bytes(&HALT));
    if let Ok(answer) = reader.raw(Raw::Short(UNLOCK))
        && !answer.is_empty()
    {
        return Ok(Some(Trouble::new("card-uid-settable")));
    }
    let mut visit = Visit::new(reader, card);
    visit.leave();
    if visit.raw(Raw::Bytes(&BACK_DOOR))? == BackDoors::Answered {
        return Ok(Some(Trouble::new("card-back-door")));
    }
    let key = SectorKey::new(TRANSPORT_KEY);
    let door = Door::new(0, Letter::A, &key);
    let Some(block) = visit.read(door, 0)? else { return Ok(None) };
    let settable = visit.write(door, 0, &block)? == Written::Acknowledged;
    Ok(settable.then(|| Trouble::new("card-uid-settable")))
}

/// Pages 0 and 1 hold the UID and are nobody's to write.
fn pages(reader: &mut dyn Reader, card: &Identified) -> Result<Option<Trouble>, Trouble> {
    let page = match reader.exchange(&[READ, 0]) {
        Ok(answer) if answer.len() == 16 && answer[..3] == card.uid.bytes()[..3] => answer,
        Err(Miss::Reader(trouble)) => return Err(trouble),
        // Unheard or unclear: nothing is written on a guess.
        _ => return Ok(None),
    };
    match reader.exchange(&[WRITE_PAGE, 0, page[0], page[1], page[2], page[3]]) {
        Ok(_) => Ok(Some(Trouble::new("card-uid-settable"))),
        Err(Miss::Reader(trouble)) => Err(trouble),
        Err(_) => Ok(None),
    }
}
