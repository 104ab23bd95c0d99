//! Finds out which card lies in the field, before anything is written. Start at [`identify`].

use super::{Miss, Raw, Reader, Target};
use crate::plan::chip::{ChipKind, Selected, Uid};
use crate::plan::messages::Trouble;

/// Selects, or tries of a version, that may go unheard before nobody lies there.
const TRIES: u32 = 3;

const GET_VERSION: u8 = 0x60;

/// The one card in the field, and what chip it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identified {
    pub uid: Uid,
    pub kind: ChipKind,
}

/// The one card in the field, left selected.
///
/// # Errors
/// `card-removed` when there is none, `two-cards`, `chip-unsupported` by the chip's name, `reader-raw` for a Type 2 chip
/// on a reader that passes no raw frames, or the reader's own.
pub fn identify(reader: &mut dyn Reader) -> Result<Identified, Trouble> {
    for _ in 0..TRIES {
        let target = select(reader)?;
        match ChipKind::recognise(target.atqa, target.sak).map_err(|refused| phone(&target).unwrap_or(refused))? {
            Selected::Kind(kind) => return Ok(Identified { uid: target.uid, kind }),
            Selected::AskVersion => match reader.raw(Raw::Bytes(&[GET_VERSION])) {
                Ok(answer) => return Ok(Identified { uid: target.uid, kind: ChipKind::of_version(&answer)? }),
                // The first Ultralights do not know the command; they are selected anew by whoever asks again.
                Err(Miss::Refused) => {
                    return Err(Trouble::new("chip-unsupported").with("chip", "MIFARE Ultralight"));
                }
                Err(Miss::Unsupported) => return Err(Trouble::new("reader-raw").with("reader", reader.name())),
                Err(Miss::Reader(trouble)) => return Err(trouble),
                Err(Miss::Silent) => {}
            },
        }
    }
    Err(Trouble::new("card-removed"))
}

/// [`identify`] where this card should lie. Another one is believed when two selects in a row show it: one garbled answer
/// looks like another card.
///
/// # Errors
/// Also `card-unsteady` when each answer is another one.
pub fn identify_as(reader: &mut dyn Reader, wanted: Option<&Uid>) -> Result<Identified, Trouble> {
    let mut found = identify(reader)?;
    let Some(wanted) = wanted else { return Ok(found) };
    for _ in 0..TRIES {
        if found.uid == *wanted {
            return Ok(found);
        }
        let again = identify(reader)?;
        if again == found {
            return Ok(again);
        }
        found = again;
    }
    match found.uid == *wanted {
        true => Ok(found),
        false => Err(Trouble::new("card-unsteady").with("uid", wanted)),
    }
}

/// A random identifier (ISO/IEC 14443-3, 6.5.4: four bytes, the first of them 08) behind ISO 14443-4: a phone that plays
/// a card, or a card that hides its UID. Neither can be registered.
fn phone(target: &Target) -> Option<Trouble> {
    (target.sak & 0x20 != 0 && target.uid.bytes().len() == 4 && target.uid.bytes()[0] == 0x08)
        .then(|| Trouble::new("chip-phone"))
}

/// The one card in the field; something that speaks no type A is `chip-unsupported` by its standard's name.
fn select(reader: &mut dyn Reader) -> Result<Target, Trouble> {
    for _ in 0..TRIES {
        let mut found = match reader.select() {
            Ok(found) => found,
            Err(Miss::Reader(trouble)) => return Err(trouble),
            Err(Miss::Refused | Miss::Silent | Miss::Unsupported) => continue,
        };
        match (found.pop(), found.is_empty()) {
            (None, _) => continue,
            (Some(target), true) => return Ok(target),
            (Some(_), false) => return Err(Trouble::new("two-cards")),
        }
    }
    match reader.strangers() {
        Ok(strangers) if !strangers.is_empty() => {
            Err(Trouble::new("chip-unsupported").with("chip", strangers.join(", ")))
        }
        Err(Miss::Reader(trouble)) => Err(trouble),
        _ => Err(Trouble::new("card-removed")),
    }
}
