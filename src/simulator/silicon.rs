//! What every simulated chip has in common: its UID, its kind, its answers, and how a torn write leaves a block.
//!
//! A chip knows nothing of readers, files or people. Start at [`Silicon`]; the first chip is
//! [`Classic`](super::classic::Classic), the next ones become further variants here.

use std::fmt;
use std::str::FromStr;

use super::classic::Classic;

/// Bytes of one MIFARE Classic block, the unit that EEPROM programming is torn in.
pub const BLOCK: usize = 16;

/// A UID of one or two cascade levels: 4 or 7 bytes (ISO/IEC 14443-3, 6.5.4). Shown as upper-case hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid {
    bytes: [u8; 7],
    length: u8,
}

impl Uid {
    /// `None` for any length but 4 and 7.
    pub fn new(bytes: &[u8]) -> Option<Uid> {
        if bytes.len() != 4 && bytes.len() != 7 {
            return None;
        }
        let mut uid = Uid { bytes: [0; 7], length: bytes.len() as u8 };
        uid.bytes[..bytes.len()].copy_from_slice(bytes);
        Some(uid)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The four bytes that Crypto-1 takes: the UID itself, or the second cascade level's (AN10927, 3.2.5).
    pub fn last_four(&self) -> &[u8] {
        &self.bytes()[self.bytes().len() - 4..]
    }
}

/// Hex of exactly 4 or 7 bytes without separators, as in file names.
impl FromStr for Uid {
    type Err = NotAUid;

    fn from_str(text: &str) -> Result<Uid, NotAUid> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
        let digits = digits.filter(|d| d.len() % 2 == 0).ok_or_else(|| NotAUid(text.to_owned()))?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        Uid::new(&bytes).ok_or_else(|| NotAUid(text.to_owned()))
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uid({self})")
    }
}

impl serde::Serialize for Uid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Uid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Uid, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that is not the hex of 4 or 7 bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a UID of 4 or 7 bytes in hex")]
pub struct NotAUid(pub String);

/// The chips that can be laid on the tray, by the names of `[simulator] dispenser`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Classic1k,
}

impl Kind {
    pub const ALL: [Kind; 1] = [Kind::Classic1k];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Classic1k => "classic-1k",
        }
    }

    /// How its image's file name ends: libnfc's own for Classic.
    pub fn extension(self) -> &'static str {
        match self {
            Kind::Classic1k => "mfd",
        }
    }

    /// The kind that an image of this extension and size belongs to.
    pub fn of_image(extension: &str, size: u64) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.extension() == extension && kind.image_size() as u64 == size)
    }

    /// Bytes of its image.
    pub fn image_size(self) -> usize {
        match self {
            Kind::Classic1k => super::classic::MEMORY,
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// A chip that is not simulated (yet).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no silicon for {0}; there is: {list}", list = Kind::ALL.map(Kind::name).join(", "))]
pub struct UnknownKind(pub String);

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

/// What came back from the card, as a PN532 tells it after InDataExchange (UM0701-02, 7.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Data; empty for an authentication and for an acknowledged write.
    Data(Vec<u8>),
    Refused(Refusal),
    /// Status 01h: nothing answered within the time.
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Status 14h: the authentication failed.
    WrongKey,
    /// Status 13h: a NAK, which is no frame that the PN532 accepts as data.
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

/// One exchange: the answer, and whether the non-volatile memory was programmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub answer: Answer,
    pub programmed: bool,
}

/// How far the programming of a block gets before the power is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programming {
    Whole,
    /// Some of the bits that change have changed; the seed says which.
    Half(u32),
    /// The erase is done (cells to this value), the writing is not.
    Erased(u8),
}

impl Programming {
    /// What a block holds after this, when it held `old` and was to hold `new`.
    pub fn outcome(self, old: [u8; BLOCK], new: [u8; BLOCK]) -> [u8; BLOCK] {
        match self {
            Programming::Whole => new,
            Programming::Erased(value) => [value; BLOCK],
            Programming::Half(seed) => half(old, new, seed),
        }
    }
}

/// Where two bits or more differ, at least one is changed and at least one is not.
fn half(old: [u8; BLOCK], new: [u8; BLOCK], seed: u32) -> [u8; BLOCK] {
    let changing: Vec<usize> =
        (0..BLOCK * 8).filter(|bit| (old[bit / 8] ^ new[bit / 8]) >> (bit % 8) & 1 == 1).collect();
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

/// Marsaglia's 32-bit xorshift: the same tear gives the same bits in every run.
fn xorshift(state: &mut u32) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    *state
}

/// A chip of any kind. The variants hold their own memory and state.
#[derive(Debug, Clone)]
pub enum Silicon {
    Classic1k(Classic),
}

impl Silicon {
    /// As delivered by the maker.
    pub fn blank(kind: Kind, uid: Uid) -> Silicon {
        match kind {
            Kind::Classic1k => Silicon::Classic1k(Classic::blank(uid)),
        }
    }

    pub fn from_image(kind: Kind, uid: Uid, image: &[u8]) -> Result<Silicon, WrongSize> {
        match kind {
            Kind::Classic1k => Classic::from_image(uid, image).map(Silicon::Classic1k),
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            Silicon::Classic1k(_) => Kind::Classic1k,
        }
    }

    pub fn uid(&self) -> Uid {
        match self {
            Silicon::Classic1k(chip) => chip.uid(),
        }
    }

    /// The whole memory, keys included.
    pub fn image(&self) -> &[u8] {
        match self {
            Silicon::Classic1k(chip) => chip.image(),
        }
    }

    /// The field goes off and on again, the card is selected: everything volatile is gone.
    pub fn select(&mut self) -> Tag {
        match self {
            Silicon::Classic1k(chip) => chip.select(),
        }
    }

    /// One frame; `programming` says how far a write gets.
    pub fn exchange(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        match self {
            Silicon::Classic1k(chip) => chip.exchange(frame, programming),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_unbuilt_chip_is_refused_by_name() {
        let refused = "ntag213".parse::<Kind>().unwrap_err();
        assert_eq!(refused.to_string(), "no silicon for ntag213; there is: classic-1k");
    }

    #[test]
    fn a_uid_is_four_or_seven_bytes() {
        assert_eq!("04a1b2c3d4e5f6".parse::<Uid>().unwrap().to_string(), "04A1B2C3D4E5F6");
        for text in ["", "04", "04A1B2C", "04A1B2C3D4", "04A1B2CG", "가나다라"] {
            assert!(text.parse::<Uid>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn half_programmed_is_a_mixture_and_repeats(old: [u8; BLOCK], new: [u8; BLOCK], seed: u32) {
            let torn = Programming::Half(seed).outcome(old, new);
            for i in 0..BLOCK {
                prop_assert_eq!((torn[i] ^ old[i]) & (torn[i] ^ new[i]), 0);
            }
            let differing: u32 = (0..BLOCK).map(|i| (old[i] ^ new[i]).count_ones()).sum();
            prop_assert!(differing < 2 || (torn != old && torn != new));
            prop_assert_eq!(torn, Programming::Half(seed).outcome(old, new));
        }
    }
}
