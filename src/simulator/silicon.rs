//! What every simulated card has in common: its answers, how a torn write leaves its memory, and the chip behind a
//! kind.
//!
//! A chip knows nothing of readers, files or people. Start at [`Silicon`]; the chips are
//! [`Classic`](super::classic::Classic), [`Type2`](super::type2::Type2), [`Magic`](super::magic::Magic) and
//! [`Strange`](super::strange::Strange).

pub use super::kind::{Kind, UnknownKind};
pub use super::uid::{NotAUid, Uid};

use super::classic::Classic;
use super::magic::Magic;
use super::strange::Strange;
use super::type2::Type2;

/// An image that is not this chip's memory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an image of {found} bytes; this chip has {expected}")]
pub struct WrongSize {
    pub found: usize,
    pub expected: usize,
}

/// What anticollision and selection tell of a card (ISO/IEC 14443-3, 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    pub uid: Uid,
    /// ATQA, most significant byte first: `00 04` is a Classic 1K with a 4-byte UID.
    pub atqa: [u8; 2],
    pub sak: u8,
}

/// What came back from the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The four bits 0Ah, or an authentication that went well.
    Ack,
    Data(Vec<u8>),
    Refused(Refusal),
    /// Nothing answered within the time; a PN532 says status 01h (UM0701-02, 7.1).
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A PN532 says status 14h: the authentication failed.
    WrongKey,
    /// Four bits that are no 0Ah; a PN532 says status 13h: no frame that it accepts as data.
    Nak,
}

impl Refusal {
    pub fn status(self) -> u8 {
        match self {
            Refusal::WrongKey => 0x14,
            Refusal::Nak => 0x13,
        }
    }
}

/// One exchange: the answer, and whether the memory that the image shows was programmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub answer: Answer,
    pub programmed: bool,
}

impl Exchange {
    pub fn ack() -> Exchange {
        Exchange { answer: Answer::Ack, programmed: false }
    }

    pub fn programmed() -> Exchange {
        Exchange { answer: Answer::Ack, programmed: true }
    }

    pub fn data(data: Vec<u8>) -> Exchange {
        Exchange { answer: Answer::Data(data), programmed: false }
    }

    pub fn refused(refusal: Refusal) -> Exchange {
        Exchange { answer: Answer::Refused(refusal), programmed: false }
    }

    pub fn silent() -> Exchange {
        Exchange { answer: Answer::Silent, programmed: false }
    }
}

/// Non-volatile state of a Type 2 chip that stands in none of its pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Hidden {
    /// Failed password verifications since the last that went well, counted while AUTHLIM sets a limit.
    pub failed: u8,
    /// The one-way counters of Ultralight EV1.
    pub counters: [u32; 3],
    /// The NFC counter of NTAG21x.
    pub nfc: u32,
    /// READ_SIG gives a signature that does not fit the UID.
    pub forged_signature: bool,
}

/// How far programming gets before the power is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programming {
    Whole,
    /// Some of the bits that change have changed; the seed says which.
    Half(u32),
    /// The erase is done (cells to this value), the writing is not.
    Erased(u8),
}

impl Programming {
    /// What a block or page holds after this, when it held `old` and was to hold `new`.
    pub fn outcome<const N: usize>(self, old: [u8; N], new: [u8; N]) -> [u8; N] {
        match self {
            Programming::Whole => new,
            Programming::Erased(value) => [value; N],
            Programming::Half(seed) => half(old, new, seed),
        }
    }

    /// Whether memory that is safe from tearing holds the new content after this: it is the old or the new, nothing
    /// else.
    pub fn lasts(self) -> bool {
        match self {
            Programming::Whole => true,
            Programming::Erased(value) => value != 0,
            Programming::Half(seed) => seed % 2 == 1,
        }
    }
}

/// Where two bits or more differ, at least one is changed and at least one is not.
fn half<const N: usize>(old: [u8; N], new: [u8; N], seed: u32) -> [u8; N] {
    let changing: Vec<usize> = (0..N * 8).filter(|bit| (old[bit / 8] ^ new[bit / 8]) >> (bit % 8) & 1 == 1).collect();
    let mut random = seed.wrapping_mul(0x9E37_79B9) | 1;
    let mut done: Vec<bool> = changing.iter().map(|_| xorshift(&mut random) & 0x10 != 0).collect();
    if changing.len() > 1 {
        if done.iter().all(|d| *d) {
            done[0] = false;
        } else if !done.contains(&true) {
            done[0] = true;
        }
    }
    let mut block = old;
    for (bit, _) in changing.iter().zip(&done).filter(|(_, done)| **done) {
        block[bit / 8] ^= 1 << (bit % 8);
    }
    block
}

/// Marsaglia's 32-bit xorshift: the same start gives the same numbers in every run. The state must not be 0.
pub fn xorshift(state: &mut u32) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    *state
}

/// A card of any kind. The variants hold their own memory and state.
#[derive(Debug, Clone)]
pub enum Silicon {
    Classic(Classic),
    Type2(Type2),
    Magic(Magic),
    Strange(Strange),
}

/// The same call to whichever card it is.
macro_rules! each {
    ($silicon:expr, $card:ident => $call:expr) => {
        match $silicon {
            Silicon::Classic($card) => $call,
            Silicon::Type2($card) => $call,
            Silicon::Magic($card) => $call,
            Silicon::Strange($card) => $call,
        }
    };
}

impl Silicon {
    /// As delivered by the maker. A UID whose length this kind cannot have is none of its business.
    pub fn blank(kind: Kind, uid: Uid) -> Silicon {
        match kind {
            Kind::Classic1k | Kind::Classic4k => Silicon::Classic(Classic::blank(kind, uid)),
            Kind::Gen1a | Kind::Gen2 | Kind::Fm11rf08s => Silicon::Magic(Magic::blank(kind, uid)),
            _ => match kind.map() {
                Some(map) => Silicon::Type2(Type2::blank(map, uid)),
                None => Silicon::Strange(Strange::new(kind, uid)),
            },
        }
    }

    pub fn from_image(kind: Kind, uid: Uid, image: &[u8]) -> Result<Silicon, WrongSize> {
        match (kind, kind.map()) {
            (Kind::Classic1k | Kind::Classic4k, _) => Classic::from_image(kind, uid, image).map(Silicon::Classic),
            (Kind::Gen1a | Kind::Gen2 | Kind::Fm11rf08s, _) => Magic::from_image(kind, uid, image).map(Silicon::Magic),
            (_, Some(map)) => Type2::from_image(map, uid, image).map(Silicon::Type2),
            (_, None) if image.is_empty() => Ok(Silicon::Strange(Strange::new(kind, uid))),
            (_, None) => Err(WrongSize { found: image.len(), expected: 0 }),
        }
    }

    pub fn kind(&self) -> Kind {
        each!(self, card => card.kind())
    }

    /// The UID that it was made with, under which it lies on the tray. What it says on air is in [`Tag`].
    pub fn uid(&self) -> Uid {
        each!(self, card => card.uid())
    }

    /// The whole memory, keys and password included.
    pub fn image(&self) -> &[u8] {
        each!(self, card => card.image())
    }

    /// What else it keeps without power; `None` for a card that keeps nothing beside its memory.
    pub fn hidden(&self) -> Option<Hidden> {
        match self {
            Silicon::Type2(chip) => Some(chip.hidden()),
            _ => None,
        }
    }

    pub fn set_hidden(&mut self, hidden: Hidden) {
        if let Silicon::Type2(chip) = self {
            chip.set_hidden(hidden);
        }
    }

    /// The field goes off and on again, the card is selected: everything volatile is gone. `None`: it does not answer,
    /// or speaks no ISO/IEC 14443 type A.
    pub fn select(&mut self) -> Option<Tag> {
        match self {
            Silicon::Classic(chip) => Some(chip.select()),
            Silicon::Type2(chip) => Some(chip.select()),
            Silicon::Magic(chip) => chip.select(),
            Silicon::Strange(card) => card.select(),
        }
    }

    /// The field is off.
    pub fn unpower(&mut self) {
        each!(self, card => card.unpower());
    }

    /// What it is, when it is no type A card.
    pub fn other(&self) -> Option<&'static str> {
        match self {
            Silicon::Strange(card) => card.other(),
            _ => None,
        }
    }

    /// One frame as InDataExchange takes it; `programming` says how far a write gets.
    pub fn exchange(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        each!(self, card => card.exchange(frame, programming))
    }

    /// One frame of whole bytes with its CRC, as it goes on air.
    pub fn raw(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        match self {
            Silicon::Classic(chip) => chip.raw(frame),
            Silicon::Type2(chip) => chip.exchange(frame, programming),
            Silicon::Magic(chip) => chip.raw(frame, programming),
            Silicon::Strange(card) => card.raw(),
        }
    }

    /// One frame of seven bits without a CRC. A chip that waits for a command takes it for none and is idle then.
    pub fn short(&mut self, byte: u8) -> Exchange {
        match self {
            Silicon::Magic(chip) => chip.short(byte),
            _ => {
                self.unpower();
                Exchange::silent()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn half_programmed_is_a_mixture_and_repeats(old: [u8; 16], new: [u8; 16], seed: u32) {
            let torn = Programming::Half(seed).outcome(old, new);
            for i in 0..16 {
                prop_assert_eq!((torn[i] ^ old[i]) & (torn[i] ^ new[i]), 0);
            }
            let differing: u32 = (0..16).map(|i| (old[i] ^ new[i]).count_ones()).sum();
            prop_assert!(differing < 2 || (torn != old && torn != new));
            prop_assert_eq!(torn, Programming::Half(seed).outcome(old, new));
        }
    }
}
