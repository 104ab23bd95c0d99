//! What a reader chip has in front of it: a field that it switches, cards that it looks for and speaks to.
//!
//! Two kinds: [`Field`] in memory, and [`Station`](super::station::Station), whose cards lie in the tray's files. Knows
//! no reader chip and no host. Start at [`Antenna`].

use super::field::{Field, Frame};
use super::silicon::{Answer, Kind, Tag, Uid};
use super::tray_error::TrayError;

/// Frames of 64 bytes, CID 0 (ISO/IEC 14443-4, 5.1).
const RATS: [u8; 2] = [0xE0, 0x50];

/// The field of one reader. An exchange is what a tear order counts: [`find`](Antenna::find), [`others`](Antenna::others)
/// and [`send`](Antenna::send); nothing else here is one.
pub trait Antenna {
    /// Switches the field off. It comes on again by itself with the next search.
    fn off(&mut self) -> Result<(), TrayError>;

    /// Requests (REQA), anticollision and selection of type A cards, in a field that stays on: a card that was active is idle
    /// by the first request and answers the second, one that is halted answers none. The first found is spoken to then.
    fn find(&mut self, search: Search) -> Result<Vec<Tag>, TrayError>;

    /// What a reader does between commands: the field off and on, and one card found.
    fn poll(&mut self) -> Result<Vec<Tag>, TrayError>;

    /// Speaks to another of those found, from 0. `false`: it does not answer.
    fn turn_to(&mut self, target: usize) -> Result<bool, TrayError>;

    /// HLTA, or S(DESELECT), to the card that is spoken to.
    fn halt(&mut self) -> Result<(), TrayError>;

    /// RATS to the card that is spoken to, as a part of its activation. `None`: it has no answer to select.
    fn rats(&mut self) -> Result<Option<Vec<u8>>, TrayError>;

    /// Looks for what speaks no type A, by name. Type A cards are not selected any more.
    fn others(&mut self) -> Result<Vec<&'static str>, TrayError>;

    /// One frame to the card that is spoken to.
    fn send(&mut self, frame: Frame<'_>) -> Result<Answer, TrayError>;

    /// What lies there, whether it would answer or not. Disturbs no card.
    fn lying(&mut self) -> Result<Vec<Lying>, TrayError>;
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// How many cards at most.
    pub most: usize,
    /// How many requests that nobody answers; at least one is sent.
    pub tries: usize,
    /// Only the card of this UID.
    pub wanted: Option<Uid>,
}

/// A card as it lies there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lying {
    pub uid: Uid,
    pub kind: Kind,
    /// Another one each time that it is laid down.
    pub visit: u64,
    /// Frames go to this one.
    pub spoken: bool,
}

impl Antenna for Field {
    fn off(&mut self) -> Result<(), TrayError> {
        Field::off(self);
        Ok(())
    }

    fn find(&mut self, search: Search) -> Result<Vec<Tag>, TrayError> {
        Ok(Field::find(self, search))
    }

    fn poll(&mut self) -> Result<Vec<Tag>, TrayError> {
        Field::off(self);
        Ok(Field::find(self, Search { most: 1, tries: 1, wanted: None }))
    }

    fn turn_to(&mut self, target: usize) -> Result<bool, TrayError> {
        Ok(Field::turn_to(self, target))
    }

    fn halt(&mut self) -> Result<(), TrayError> {
        Field::halt(self);
        Ok(())
    }

    fn rats(&mut self) -> Result<Option<Vec<u8>>, TrayError> {
        Ok(match Field::send(self, Frame::Raw(&RATS)).answer {
            Answer::Data(ats) => Some(ats),
            _ => None,
        })
    }

    fn others(&mut self) -> Result<Vec<&'static str>, TrayError> {
        Ok(Field::others(self))
    }

    fn send(&mut self, frame: Frame<'_>) -> Result<Answer, TrayError> {
        Ok(Field::send(self, frame).answer)
    }

    fn lying(&mut self) -> Result<Vec<Lying>, TrayError> {
        Ok(Field::lying(self))
    }
}

#[cfg(test)]
#[path = "antenna_tests.rs"]
mod tests;
