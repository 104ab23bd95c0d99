//! The attacks that a finished card must withstand, as a phone app would try them. Every write carries what the
//! card should hold already, so even one let through does no harm. Start at [`ProofPlan::new`].

use std::fmt;

use zeroize::Zeroizing;

use super::super::messages::Trouble;
use super::Uid;
use super::encode_plan::EncodePlan;
use super::keys::{Letter, SectorKey, TRANSPORT_KEY, WELL_KNOWN};

/// How much is attacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProofLevel {
    /// All blocks and all well-known keys in the sectors with data; one write and the transport key in the others.
    Used,
    /// All blocks and all well-known keys in every sector.
    Full,
}

kebab!(ProofLevel { Used = "used", Full = "full" });

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
        self.sector * 4 + 3
    }
}

/// All attacks on one card.
#[derive(Debug, Clone)]
pub struct ProofPlan {
    pub uid: Uid,
    pub level: ProofLevel,
    pub sectors: Vec<SectorProof>,
}

impl ProofPlan {
    /// What a card made by this plan must refuse. `access-bytes` when the plan itself is unsound.
    pub fn new(plan: &EncodePlan, level: ProofLevel) -> Result<ProofPlan, Trouble> {
        let mut sectors = Vec::new();
        for goal in &plan.goals {
            let thorough = level == ProofLevel::Full || !goal.data.is_empty();
            let mut attacks = vec![Attack::Write { block: goal.trailer_block(), content: Some(goal.trailer.bytes()?) }];
            // Block 0 is the maker's: nothing that we should hold stands there.
            for block in (goal.sector * 4..goal.trailer_block()).filter(|block| thorough && *block != 0) {
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
            sectors.push(SectorProof { sector: goal.sector, read_key, data, attacks });
        }
        Ok(ProofPlan { uid: plan.uid, level, sectors })
    }

    pub fn attacks(&self) -> usize {
        self.sectors.iter().map(|sector| sector.attacks.len()).sum()
    }
}

/// What was tried and what the card did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Attempt {
    pub kind: AttemptKind,
    pub sector: u8,
    /// On the card; of a write only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u8>,
    pub letter: Letter,
    /// A key that everybody knows, in hex; `read` for the card's own reading key.
    pub key: String,
    pub refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AttemptKind {
    Key,
    Write,
}

#[cfg(test)]
mod tests {
    use super::super::encode_plan::tests::plan;
    use super::*;

    fn count(level: ProofLevel) -> (usize, usize) {
        let proof = ProofPlan::new(&plan("047A1C5E"), level).unwrap();
        let writes =
            proof.sectors.iter().flat_map(|s| &s.attacks).filter(|a| matches!(a, Attack::Write { .. })).count();
        (writes, proof.attacks() - writes)
    }

    /// Writes: 3 + 4 in the sectors with data, 14 elsewhere. Keys: 7 in sector 0, whose own key A is well known,
    /// 8 in sector 1, 14 elsewhere.
    #[test]
    fn used_is_21_writes_and_29_keys() {
        assert_eq!(count(ProofLevel::Used), (21, 29));
    }

    #[test]
    fn full_is_every_block_but_the_makers_and_every_key() {
        assert_eq!(count(ProofLevel::Full), (63, 127));
    }

    #[test]
    fn every_write_carries_what_the_card_should_hold() {
        let plan = plan("047A1C5E");
        let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
        for (goal, sector) in plan.goals.iter().zip(&proof.sectors) {
            for attack in &sector.attacks {
                if let Attack::Write { block, content } = attack {
                    let content = content.as_deref().unwrap();
                    let due = goal.data.iter().find(|(place, _)| place == block).map(|(_, content)| *content);
                    assert_eq!(*content, due.unwrap_or_else(|| *goal.trailer.bytes().unwrap()), "block {block}");
                }
            }
        }
    }

    #[test]
    fn a_sector_is_first_attacked_at_its_trailer() {
        for sector in ProofPlan::new(&plan("047A1C5E"), ProofLevel::Full).unwrap().sectors {
            assert!(
                matches!(sector.attacks[0], Attack::Write { block, content: Some(_) } if block == sector.trailer_block())
            );
        }
    }

    #[test]
    fn no_plan_prints_what_it_would_write() {
        let plan = plan("047A1C5E");
        let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
        let key = format!("{:?}", plan.goals[3].trailer.b.bytes());
        assert!(!format!("{proof:?}").contains(key.trim_matches(['[', ']'])));
    }
}
