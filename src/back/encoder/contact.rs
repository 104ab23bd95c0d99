//! The reader's side of one card's visit, whatever the chip: selecting it again and again, telling it from others, and
//! bearing what goes unheard, a limited number of times.
//!
//! An exchange without an answer proves nothing. Nothing is repeated or decided here. Start at [`Contact`].

use super::marks::Stop;
use super::{Identified, Miss, Raw, Reader};
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;

/// Unanswered exchanges that a visit bears, and answered ones that give one of them back: long visits bear more, and a link
/// that loses a quarter of all exchanges wears any of them out.
const PATIENCE: u32 = 24;
const HEALING: u32 = 4;
/// Selects in a row that may find nothing before the card counts as gone.
const SELECTS: u32 = 3;

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Acknowledged,
    Refused,
    /// No answer: read to know.
    Unsure,
}

/// What came back. After anything but an answer the card must be selected again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Answer(Vec<u8>),
    Refused,
    Nothing,
}

pub(super) struct Contact<'r> {
    pub reader: &'r mut dyn Reader,
    pub uid: Uid,
    selected: bool,
    patience: u32,
    /// Answers since the last one was given back.
    answered: u32,
    /// Selects that brought no answer, or not that of this card.
    missed: u32,
}

impl<'r> Contact<'r> {
    /// With the card that [`super::identify`] left selected. Should it not be, the first exchange finds out.
    pub fn new(reader: &'r mut dyn Reader, card: &Identified) -> Contact<'r> {
        Contact { reader, uid: card.uid, selected: true, patience: PATIENCE, answered: 0, missed: 0 }
    }

    /// Makes the next [`Contact::select`] re-activate the card.
    pub fn leave(&mut self) {
        self.selected = false;
    }

    pub fn is_selected(&self) -> bool {
        self.selected
    }

    /// Selects so far, in [`Contact::select`], that did not find this card.
    pub fn missed(&self) -> u32 {
        self.missed
    }

    /// Selects unless the card stands selected, and compares its UID. Another one is believed when two selects in a row
    /// show it: one garbled answer looks like another card.
    ///
    /// # Errors
    /// `card-removed`, `card-swapped`, `two-cards`, `card-unsteady` when each answer is another one, or the reader's own.
    pub fn select(&mut self) -> Result<(), Stop> {
        if self.selected {
            return Ok(());
        }
        let mut other = None;
        for turn in 0..2 * SELECTS {
            if turn >= SELECTS && other.is_none() {
                break;
            }
            let before = other.take();
            let found = match self.reader.select() {
                Ok(found) => found,
                Err(Miss::Reader(trouble)) => return Err(Stop::resumable(trouble)),
                Err(_) => Vec::new(),
            };
            match found.as_slice() {
                [] => {}
                [one] if one.uid == self.uid => {
                    self.selected = true;
                    return Ok(());
                }
                [found] if before == Some(found.uid) => {
                    let trouble = Trouble::new("card-swapped").with("uid", self.uid).with("found", found.uid);
                    return Err(Stop::resumable(trouble));
                }
                [found] => other = Some(found.uid),
                _ => return Err(Stop::resumable(Trouble::new("two-cards"))),
            }
            self.missed += 1;
        }
        if other.is_some() {
            return Err(Stop::resumable(Trouble::new("card-unsteady").with("uid", self.uid)));
        }
        Err(Stop::resumable(Trouble::new("card-removed").with("uid", self.uid)))
    }

    /// One exchange with the card that stands selected. `card-unsteady` when too much went unheard.
    pub fn exchange(&mut self, frame: &[u8]) -> Result<Heard, Stop> {
        let answer = self.reader.exchange(frame);
        self.heard(answer)
    }

    /// One frame as it is; `reader-raw` where the reader passes none.
    pub fn raw(&mut self, frame: &[u8]) -> Result<Heard, Stop> {
        match self.reader.raw(Raw::Bytes(frame)) {
            Err(Miss::Unsupported) => {
                Err(Stop::resumable(Trouble::new("reader-raw").with("reader", self.reader.name())))
            }
            answer => self.heard(answer),
        }
    }

    /// What was answered is not what the question asks for, a cut answer or a late one: as good as none.
    pub fn unclear(&mut self) -> Result<(), Stop> {
        self.heard(Err(Miss::Silent)).map(drop)
    }

    fn heal(&mut self) {
        self.answered += 1;
        if self.answered >= HEALING {
            self.answered = 0;
            self.patience = (self.patience + 1).min(PATIENCE);
        }
    }

    fn heard(&mut self, answer: Result<Vec<u8>, Miss>) -> Result<Heard, Stop> {
        let miss = match answer {
            Ok(answer) => {
                self.heal();
                return Ok(Heard::Answer(answer));
            }
            Err(miss) => miss,
        };
        self.selected = false;
        match miss {
            Miss::Refused => {
                self.heal();
                Ok(Heard::Refused)
            }
            Miss::Reader(trouble) => Err(Stop::resumable(trouble)),
            Miss::Silent | Miss::Unsupported => {
                self.patience = self.patience.saturating_sub(1);
                if self.patience == 0 {
                    return Err(Stop::resumable(Trouble::new("card-unsteady").with("uid", self.uid)));
                }
                Ok(Heard::Nothing)
            }
        }
    }
}
