//! What one sector of a Classic shall hold in the end, and with which keys to look for the one that rules it.
//! Holds keys, so it is made for one visit and dropped. Start at [`SectorGoal`].

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::access::{AccessBytes, Conditions};
use super::{first_block, mad, trailer_block};
use crate::plan::chip::ChipKind;
use crate::plan::chip::card::Card;
use crate::plan::chip::header::Content;
use crate::plan::chip::keys::{Candidate, KeyVersion, Letter, SectorKey, TRANSPORT_KEY};
use crate::plan::chip::profile::Protection;
use crate::plan::messages::Trouble;

/// A sector trailer that is still to be written.
#[derive(Debug, Clone)]
pub struct Trailer {
    pub a: SectorKey,
    pub conditions: Conditions,
    /// The general purpose byte (byte 9): the directory's flags in sector 0.
    pub gpb: u8,
    pub b: SectorKey,
}

impl Trailer {
    /// The 16 bytes, their access bytes computed, assembled and checked once more: a wrong one bricks the sector.
    pub fn bytes(&self) -> Result<Zeroizing<[u8; 16]>, Trouble> {
        let mut block = Zeroizing::new([0; 16]);
        block[..6].copy_from_slice(self.a.bytes());
        block[6..10].copy_from_slice(&self.visible());
        block[10..].copy_from_slice(self.b.bytes());
        let found = AccessBytes([block[6], block[7], block[8]]).check()?;
        if found != self.conditions {
            return Err(Trouble::new("access-bytes").with("bytes", format!("{:02X?}", &block[6..9])));
        }
        Ok(block)
    }

    /// Bytes 6 to 9: what a reading shows of it to either key.
    pub fn visible(&self) -> [u8; 4] {
        let [six, seven, eight] = AccessBytes::of(&self.conditions).0;
        [six, seven, eight, self.gpb]
    }

    pub fn key(&self, letter: Letter) -> &SectorKey {
        match letter {
            Letter::A => &self.a,
            Letter::B => &self.b,
        }
    }
}

/// What one sector shall hold in the end.
#[derive(Debug, Clone)]
pub struct SectorGoal {
    pub sector: u8,
    /// Blocks by their number on the card, and what they shall hold. Others are left alone.
    pub data: Vec<(u8, [u8; 16])>,
    pub trailer: Trailer,
    /// What the access conditions become in a second pass, once the whole card is verified (protection `permanent`).
    pub frozen: Option<Conditions>,
    /// In the order of trying.
    pub ruling: Vec<Candidate>,
}

impl SectorGoal {
    /// The trailer's block number on the card.
    pub fn trailer_block(&self) -> u8 {
        trailer_block(self.sector)
    }

    /// All that is public of the goal.
    pub(in crate::plan::chip) fn hash_into(&self, hash: &mut Sha256) {
        hash.update([self.sector, self.data.len() as u8]);
        for (block, content) in &self.data {
            hash.update([*block]);
            hash.update(content);
        }
        hash.update(self.frozen_trailer().as_ref().unwrap_or(&self.trailer).visible());
    }

    /// The trailer of the second pass; `None` when there is none.
    pub fn frozen_trailer(&self) -> Option<Trailer> {
        self.frozen.map(|conditions| Trailer { conditions, ..self.trailer.clone() })
    }

    /// Whether this candidate is one of the goal's own keys: a sector that it rules may be finished already.
    pub fn is_own(&self, candidate: &Candidate) -> bool {
        self.trailer.key(candidate.letter) == &candidate.key
    }

    /// Back to what the factory delivers, from where this goal has just been reached.
    pub fn undone(&self) -> SectorGoal {
        SectorGoal {
            sector: self.sector,
            data: self.data.iter().map(|(block, _)| (*block, [0; 16])).collect(),
            trailer: transport_trailer(),
            frozen: None,
            ruling: self.ruling.iter().filter(|candidate| self.is_own(candidate)).cloned().collect(),
        }
    }

    /// The keys that must authenticate in the end. A readable key B is data and proves nothing.
    pub fn working(&self) -> &'static [Letter] {
        if self.trailer.conditions.trailer.key_b_readable() { &[Letter::A] } else { &[Letter::B, Letter::A] }
    }
}

/// What a sector leaves the factory with (MF1S50YYX_V1, section 8.6.3).
fn transport_trailer() -> Trailer {
    let key = || SectorKey::new(TRANSPORT_KEY);
    Trailer { a: key(), conditions: Conditions::TRANSPORT, gpb: 0x69, b: key() }
}

/// The sectors of a chip in the order of writing: the number first, the directories last, so that a half-made card is
/// never announced.
pub fn in_order(kind: ChipKind) -> impl Iterator<Item = u8> {
    let directory = |sector: &u8| *sector == 0 || *sector == mad::SECOND;
    let data = (1..kind.sectors()).filter(move |sector| !directory(sector));
    let second = (kind.sectors() > mad::SECOND).then_some(mad::SECOND);
    data.chain(second).chain(std::iter::once(0))
}

/// What every sector of a finished card holds, in the order of writing.
pub(in crate::plan::chip) fn encode_goals(
    card: &Card<'_>,
    content: &Content,
    version: &KeyVersion,
    protection: Protection,
) -> Vec<SectorGoal> {
    let frozen = (protection == Protection::Permanent).then_some(card.profile.permanent);
    let goal = |sector| SectorGoal {
        sector,
        data: card.data(sector, content, version),
        trailer: Trailer {
            a: card.key_a(sector, version),
            conditions: Conditions::KEYED,
            gpb: card.gpb(sector),
            b: card.key_b(sector, version),
        },
        frozen,
        ruling: card.candidates(sector),
    };
    in_order(card.kind).map(goal).collect()
}

/// What every sector leaves the factory with; the directory goes first, so that a half-cleared card is not announced.
pub(in crate::plan::chip) fn blank_goals(card: &Card<'_>) -> Vec<SectorGoal> {
    let goal = |sector: u8| SectorGoal {
        sector,
        data: (first_block(sector)..trailer_block(sector))
            .filter(|block| *block != 0)
            .map(|block| (block, [0; 16]))
            .collect(),
        trailer: transport_trailer(),
        frozen: None,
        ruling: card.candidates(sector),
    };
    (0..card.kind.sectors()).map(goal).collect()
}
