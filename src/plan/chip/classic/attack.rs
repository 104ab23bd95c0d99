//! The attacks on the sectors of a finished Classic. Start at [`SectorProof`].

use std::fmt;

use zeroize::Zeroizing;

use super::goal::SectorGoal;
use super::{first_block, trailer_block};
use crate::plan::chip::ProofLevel;
use crate::plan::chip::keys::{Letter, SectorKey, TRANSPORT_KEY, WELL_KNOWN};
use crate::plan::messages::Trouble;

/// Asks for the nonce of a published back-door authentication, which a genuine chip refuses (eprint 2024/1275).
pub const BACK_DOOR: [u8; 2] = [0x64, 0x00];

/// One thing that the card must refuse.
#[derive(Clone)]
pub enum Attack {
    /// Write to a block with the reading key. `None`: what the block holds is read first and written back.
    Write { block: u8, content: Option<Zeroizing<[u8; 16]>> },
    /// Authenticate with a key that everybody knows.
    Key { letter: Letter, key: [u8; 6] },
}

/// A write to a trailer carries keys, so no content is shown.
impl fmt::Debug for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Attack::Write { block, .. } => write!(f, "Write({block})"),
            Attack::Key { letter, .. } => write!(f, "Key({letter:?})"),
        }
    }
}

/// The attacks on one sector; the first is a write to the trailer.
#[derive(Debug, Clone)]
pub struct SectorProof {
    pub sector: u8,
    pub read_key: SectorKey,
    /// What the reading key must find.
    pub data: Vec<(u8, [u8; 16])>,
    pub attacks: Vec<Attack>,
}

impl SectorProof {
    pub fn trailer_block(&self) -> u8 {
        trailer_block(self.sector)
    }
}

/// What every sector made by these goals must refuse. `access-bytes` when a goal itself is unsound.
pub(in crate::plan::chip) fn sector_proofs(
    goals: &[SectorGoal],
    level: ProofLevel,
) -> Result<Vec<SectorProof>, Trouble> {
    goals.iter().map(|goal| sector_proof(goal, level)).collect()
}

fn sector_proof(goal: &SectorGoal, level: ProofLevel) -> Result<SectorProof, Trouble> {
    let thorough = level == ProofLevel::Full || !goal.data.is_empty();
    let final_trailer = goal.frozen_trailer();
    let trailer = final_trailer.as_ref().unwrap_or(&goal.trailer);
    let mut attacks = vec![Attack::Write { block: goal.trailer_block(), content: Some(trailer.bytes()?) }];
    // Block 0 is the maker's: nothing that we should hold stands there.
    for block in (first_block(goal.sector)..goal.trailer_block()).filter(|block| thorough && *block != 0) {
        let known = goal.data.iter().find(|(place, _)| *place == block);
        attacks.push(Attack::Write { block, content: known.map(|(_, content)| Zeroizing::new(*content)) });
    }
    for key in WELL_KNOWN {
        for letter in [Letter::A, Letter::B] {
            let published = letter == Letter::A && goal.trailer.a.bytes() == &key;
            if !published && (thorough || (letter == Letter::A && key == TRANSPORT_KEY)) {
                attacks.push(Attack::Key { letter, key });
            }
        }
    }
    let (read_key, data) = (goal.trailer.a.clone(), goal.data.clone());
    Ok(SectorProof { sector: goal.sector, read_key, data, attacks })
}
