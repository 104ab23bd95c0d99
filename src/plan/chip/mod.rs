//! What a chip must hold and how it is locked: profiles, access conditions, key diversification, the ordered
//! write plan, the seal, the proof. Pure: no reader, no file, no clock. Key material lives in types that wipe
//! themselves and never print.
//!
//! Start at [`EncodePlan`]: profile, chip, UID, content and keys in, an ordered plan for this one card out;
//! [`ProofPlan`] and [`ReadPlan`] are its companions.

pub mod attempt;
mod card;
pub mod classic;
pub mod diversify;
pub mod encode_plan;
pub mod found;
pub mod header;
pub mod keys;
pub mod kind;
mod member_password;
pub mod profile;
pub mod proof;
pub mod reading;
pub mod type2;

use std::fmt;

pub use attempt::{Attempt, BackDoors, ProofLevel};
pub use encode_plan::{BlankPlan, EncodePlan};
pub use found::{Depth, Holder, Lock, Seal};
pub use header::{Content, Day, Header};
pub use keys::{KeySet, KeyVersion, Letter, MasterKey, Password, Purpose, SectorKey, Whose};
pub use kind::{ChipKind, Family, Selected};
pub use member_password::keyed_password;
pub use profile::{Profile, Protection};
pub use proof::ProofPlan;
pub use reading::{RawCard, ReadPlan, Reading};
pub use type2::originality::Originality;

use super::messages::Trouble;

/// A card's UID: 4 or 7 bytes, never cut. Four-byte ones are not unique (AN10927).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid {
    bytes: [u8; 7],
    length: u8,
}

impl Uid {
    /// 4 or 7 bytes; any other length is `uid`.
    pub fn new(bytes: &[u8]) -> Result<Uid, Trouble> {
        if bytes.len() != 4 && bytes.len() != 7 {
            return Err(Trouble::new("uid").with("length", bytes.len()));
        }
        let mut uid = Uid { bytes: [0; 7], length: bytes.len() as u8 };
        uid.bytes[..bytes.len()].copy_from_slice(bytes);
        Ok(uid)
    }

    /// Hex of 4 or 7 bytes, spaces passed over.
    pub fn parse(text: &str) -> Result<Uid, Trouble> {
        let bare: Vec<u8> = text.bytes().filter(|b| !matches!(b, b' ' | b':')).collect();
        let mut bytes = Vec::new();
        for pair in bare.chunks(2) {
            let byte =
                std::str::from_utf8(pair).ok().filter(|p| p.len() == 2).and_then(|p| u8::from_str_radix(p, 16).ok());
            bytes.push(byte.ok_or_else(|| Trouble::new("uid").with("length", text.trim()))?);
        }
        Uid::new(&bytes)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The four bytes that Crypto-1 authentication takes: the last four (MF1S50, AN10927).
    pub fn for_authentication(&self) -> [u8; 4] {
        let mut last = [0; 4];
        last.copy_from_slice(&self.bytes()[self.bytes().len() - 4..]);
        last
    }
}

/// Upper-case hex without spaces, as stored and in `--json`.
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
