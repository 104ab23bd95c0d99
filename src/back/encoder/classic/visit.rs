//! One card's visit: selecting, authenticating, reading and writing with everything that can go wrong on the way.
//!
//! An exchange without an answer proves nothing: the card is selected anew, its UID compared, and the exchange
//! repeated, a limited number of times in one visit. Nothing is decided here. Start at [`Visit`].

use zeroize::Zeroizing;

use crate::back::encoder::marks::{BackDoors, Stop};
use crate::back::encoder::{Identified, Miss, Raw, Reader};
use crate::plan::chip::classic::trailer_block;
use crate::plan::chip::{Letter, SectorKey, Uid};
use crate::plan::messages::Trouble;

/// Unanswered exchanges that one visit bears.
const PATIENCE: u32 = 24;
/// Selects in a row that may find nothing before the card counts as gone.
const SELECTS: u32 = 3;

const AUTHENTICATE_A: u8 = 0x60;
const AUTHENTICATE_B: u8 = 0x61;
const READ: u8 = 0x30;
const WRITE: u8 = 0xA0;

/// A sector and the key that opens it.
#[derive(Debug, Clone, Copy)]
pub(in crate::back::encoder) struct Door<'k> {
    pub sector: u8,
    pub letter: Letter,
    pub key: &'k SectorKey,
}

impl<'k> Door<'k> {
    pub fn new(sector: u8, letter: Letter, key: &'k SectorKey) -> Door<'k> {
        Door { sector, letter, key }
    }
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::back::encoder) enum Written {
    Acknowledged,
    Refused,
    /// No answer: read to know.
    Unsure,
}

pub(in crate::back::encoder) struct Visit<'r> {
    reader: &'r mut dyn Reader,
    uid: Uid,
    selected: bool,
    /// The sector and key that stand authenticated.
    open: Option<(u8, Letter)>,
    patience: u32,
}

impl<'r> Visit<'r> {
    /// A visit to the card that [`identify`](crate::back::encoder::identify) left selected. Should it not be, the first exchange finds out.
    /// Crypto-1 takes the UID into the cipher, so another card fails to authenticate.
    pub fn new(reader: &'r mut dyn Reader, card: &Identified) -> Visit<'r> {
        Visit { reader, uid: card.uid, selected: true, open: None, patience: PATIENCE }
    }

    /// Makes the next exchange start from a re-activated card, as a fresh authentication reads the conditions.
    pub fn leave(&mut self) {
        self.selected = false;
        self.open = None;
    }

    /// Whether this key authenticates. Which of them it grants anything is another question.
    pub fn authenticate(&mut self, door: Door<'_>) -> Result<bool, Stop> {
        loop {
            self.select()?;
            self.open = None;
            let mut frame = Zeroizing::new([0; 12]);
            frame[0] = if door.letter == Letter::A { AUTHENTICATE_A } else { AUTHENTICATE_B };
            frame[1] = trailer_block(door.sector);
            frame[2..8].copy_from_slice(door.key.bytes());
            frame[8..].copy_from_slice(&self.uid.for_authentication());
            match self.reader.exchange(&frame[..]) {
                Ok(_) => {
                    self.open = Some((door.sector, door.letter));
                    return Ok(true);
                }
                Err(miss) => {
                    if self.missed(miss)? {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// The block, or `None` when the card refuses to show it through this door.
    pub fn read(&mut self, door: Door<'_>, block: u8) -> Result<Option<[u8; 16]>, Stop> {
        loop {
            if !self.enter(door)? {
                return Ok(None);
            }
            match self.reader.exchange(&[READ, block]) {
                Ok(answer) => match <[u8; 16]>::try_from(answer.as_slice()) {
                    Ok(content) => return Ok(Some(content)),
                    // A cut answer is none.
                    Err(_) => drop(self.missed(Miss::Silent)?),
                },
                Err(miss) => {
                    if self.missed(miss)? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// One write, never repeated here: whether it was done is for the caller to read.
    pub fn write(&mut self, door: Door<'_>, block: u8, content: &[u8; 16]) -> Result<Written, Stop> {
        if !self.enter(door)? {
            return Ok(Written::Refused);
        }
        self.write_entered(block, content)
    }

    /// A write through the door that stands open.
    pub fn write_entered(&mut self, block: u8, content: &[u8; 16]) -> Result<Written, Stop> {
        let mut frame = Zeroizing::new([0; 18]);
        frame[0] = WRITE;
        frame[1] = block;
        frame[2..].copy_from_slice(content);
        match self.reader.exchange(&frame[..]) {
            Ok(_) => Ok(Written::Acknowledged),
            Err(miss) => Ok(if self.missed(miss)? { Written::Refused } else { Written::Unsure }),
        }
    }

    /// Whether the card answers a raw frame that a genuine one refuses. Whatever it did, it must be selected again.
    pub fn raw(&mut self, frame: Raw<'_>) -> Result<BackDoors, Stop> {
        self.select()?;
        let answer = match self.reader.raw(frame) {
            Ok(_) => BackDoors::Answered,
            // Silence is what some genuine chips answer; the select that follows tells whether the card is there.
            Err(Miss::Refused | Miss::Silent) => BackDoors::Refused,
            // Nothing was sent, so the card still stands selected.
            Err(Miss::Unsupported) => return Ok(BackDoors::NotTested),
            Err(Miss::Reader(trouble)) => return Err(Stop::resumable(trouble)),
        };
        self.leave();
        Ok(answer)
    }

    /// Authenticates unless this key stands authenticated here.
    pub fn enter(&mut self, door: Door<'_>) -> Result<bool, Stop> {
        if self.selected && self.open == Some((door.sector, door.letter)) {
            return Ok(true);
        }
        self.authenticate(door)
    }

    /// True when the card refused; false when nothing was heard. Either way it must be selected again.
    fn missed(&mut self, miss: Miss) -> Result<bool, Stop> {
        self.leave();
        match miss {
            Miss::Refused => Ok(true),
            Miss::Reader(trouble) => Err(Stop::resumable(trouble)),
            Miss::Silent | Miss::Unsupported => {
                self.patience = self.patience.saturating_sub(1);
                if self.patience == 0 {
                    return Err(Stop::resumable(Trouble::new("card-unsteady").with("uid", self.uid)));
                }
                Ok(false)
            }
        }
    }

    /// Selects unless the card stands selected, and compares its UID.
    pub fn select(&mut self) -> Result<(), Stop> {
        if self.selected {
            return Ok(());
        }
        self.open = None;
        for _ in 0..SELECTS {
            let found = match self.reader.select() {
                Ok(found) => found,
                Err(Miss::Reader(trouble)) => return Err(Stop::resumable(trouble)),
                Err(_) => continue,
            };
            match found.as_slice() {
                [] => continue,
                [one] if one.uid == self.uid => {
                    self.selected = true;
                    return Ok(());
                }
                [other] => {
                    let trouble = Trouble::new("card-swapped").with("uid", self.uid).with("found", other.uid);
                    return Err(Stop::resumable(trouble));
                }
                _ => return Err(Stop::resumable(Trouble::new("two-cards"))),
            }
        }
        Err(Stop::resumable(Trouble::new("card-removed").with("uid", self.uid)))
    }
}
