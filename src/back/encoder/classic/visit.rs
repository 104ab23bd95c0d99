//! One card's visit: selecting, authenticating, reading and writing with everything that can go wrong on the way.
//!
//! An exchange without an answer proves nothing: the card is selected anew, its UID compared, and the exchange
//! repeated, a limited number of times in one visit. Nothing is decided here. Start at [`Visit`].

use zeroize::Zeroizing;

pub(in crate::back::encoder) use crate::back::encoder::contact::Written;
use crate::back::encoder::contact::{Contact, Heard};
use crate::back::encoder::marks::Stop;
use crate::back::encoder::{Identified, Miss, Raw, Reader};
use crate::plan::chip::classic::trailer_block;
use crate::plan::chip::{BackDoors, Letter, SectorKey};

const AUTHENTICATE_A: u8 = 0x60;
const AUTHENTICATE_B: u8 = 0x61;
/// Silences in a row that count as a refusal, each of them between two selects that the card answers.
const UNHEARD: u32 = 3;
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

pub(in crate::back::encoder) struct Visit<'r> {
    contact: Contact<'r>,
    /// The sector and key that stand authenticated.
    open: Option<(u8, Letter)>,
}

impl<'r> Visit<'r> {
    /// A visit to the card that [`identify`](crate::back::encoder::identify) left selected. Should it not be, the first exchange finds out.
    /// Crypto-1 takes the UID into the cipher, so another card fails to authenticate.
    pub fn new(reader: &'r mut dyn Reader, card: &Identified) -> Visit<'r> {
        Visit { contact: Contact::new(reader, card), open: None }
    }

    /// Makes the next exchange start from a re-activated card, as a fresh authentication reads the conditions.
    pub fn leave(&mut self) {
        self.contact.leave();
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
            frame[8..].copy_from_slice(&self.contact.uid.for_authentication());
            match self.contact.exchange(&frame[..])? {
                Heard::Answer(_) => {
                    self.open = Some((door.sector, door.letter));
                    return Ok(true);
                }
                Heard::Refused => return Ok(false),
                Heard::Nothing => {}
            }
        }
    }

    /// The block, or `None` when the card refuses to show it through this door.
    pub fn read(&mut self, door: Door<'_>, block: u8) -> Result<Option<[u8; 16]>, Stop> {
        loop {
            if !self.enter(door)? {
                return Ok(None);
            }
            match self.contact.exchange(&[READ, block])? {
                Heard::Answer(answer) => match <[u8; 16]>::try_from(answer.as_slice()) {
                    Ok(content) => return Ok(Some(content)),
                    Err(_) => self.contact.unclear()?,
                },
                Heard::Refused => return Ok(None),
                Heard::Nothing => {}
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
        Ok(match self.contact.exchange(&frame[..])? {
            Heard::Answer(_) => Written::Acknowledged,
            Heard::Refused => Written::Refused,
            Heard::Nothing => Written::Unsure,
        })
    }

    /// Whether the card answers a raw frame that a genuine one refuses, or is silent to. A link that lost a select while it was
    /// asked may have lost the answer too: that proves nothing. Whatever the card did, it must be selected again.
    pub fn raw(&mut self, frame: Raw<'_>) -> Result<BackDoors, Stop> {
        let missed = self.contact.missed();
        for _ in 0..UNHEARD {
            self.select()?;
            match self.contact.reader.raw(frame) {
                // Nothing was sent, so the card still stands selected.
                Err(Miss::Unsupported) => return Ok(BackDoors::NotTested),
                Err(Miss::Reader(trouble)) => return Err(Stop::resumable(trouble)),
                answer => {
                    self.leave();
                    match answer {
                        Ok(_) => return Ok(BackDoors::Answered),
                        Err(Miss::Refused) => return Ok(BackDoors::Refused),
                        Err(_) => {}
                    }
                }
            }
        }
        self.select()?;
        Ok(if self.contact.missed() == missed { BackDoors::Refused } else { BackDoors::NotTested })
    }

    /// Authenticates unless this key stands authenticated here.
    pub fn enter(&mut self, door: Door<'_>) -> Result<bool, Stop> {
        if self.contact.is_selected() && self.open == Some((door.sector, door.letter)) {
            return Ok(true);
        }
        self.authenticate(door)
    }

    /// Selects unless the card stands selected, and compares its UID.
    pub fn select(&mut self) -> Result<(), Stop> {
        if !self.contact.is_selected() {
            self.open = None;
        }
        self.contact.select()
    }
}
