//! The attacks that a finished card must withstand, as a phone app would try them. Every write carries what the
//! card should hold already, so even one let through does no harm. Start at [`ProofPlan::new`].

use super::super::messages::Trouble;
use super::attempt::ProofLevel;
use super::classic::attack::{self, SectorProof};
use super::encode_plan::{EncodePlan, Goals};
use super::type2::attack::PageProof;
use super::{ChipKind, Uid};

/// What is attacked, by the way the chip is organised.
#[derive(Debug, Clone)]
pub enum Attacks {
    Sectors(Vec<SectorProof>),
    Pages(PageProof),
}

/// All attacks on one card.
#[derive(Debug, Clone)]
pub struct ProofPlan {
    pub uid: Uid,
    pub kind: ChipKind,
    pub level: ProofLevel,
    pub attacks: Attacks,
}

impl ProofPlan {
    /// What a card made by this plan must refuse. `access-bytes` when the plan itself is unsound.
    pub fn new(plan: &EncodePlan, level: ProofLevel) -> Result<ProofPlan, Trouble> {
        let attacks = match &plan.goals {
            Goals::Sectors(goals) => Attacks::Sectors(attack::sector_proofs(goals, level)?),
            Goals::Pages(goal) => Attacks::Pages(PageProof::new(goal, level)),
        };
        Ok(ProofPlan { uid: plan.uid, kind: plan.kind, level, attacks })
    }
}

#[cfg(test)]
mod tests {
    use super::super::classic::attack::Attack;
    use super::super::encode_plan::tests::{plan, sectors as goals};
    use super::*;

    fn sectors(proof: &ProofPlan) -> &[SectorProof] {
        match &proof.attacks {
            Attacks::Sectors(sectors) => sectors,
            Attacks::Pages(_) => panic!("a Classic has sectors"),
        }
    }

    fn count(level: ProofLevel) -> (usize, usize) {
        let proof = ProofPlan::new(&plan("047A1C5E"), level).unwrap();
        let writes =
            sectors(&proof).iter().flat_map(|s| &s.attacks).filter(|a| matches!(a, Attack::Write { .. })).count();
        (writes, sectors(&proof).iter().map(|s| s.attacks.len()).sum::<usize>() - writes)
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
        for (goal, sector) in goals(&plan).iter().zip(sectors(&proof)) {
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
        for sector in sectors(&ProofPlan::new(&plan("047A1C5E"), ProofLevel::Full).unwrap()) {
            assert!(
                matches!(sector.attacks[0], Attack::Write { block, content: Some(_) } if block == sector.trailer_block())
            );
        }
    }

    #[test]
    fn no_plan_prints_what_it_would_write() {
        let plan = plan("047A1C5E");
        let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
        let key = format!("{:?}", goals(&plan)[3].trailer.b.bytes());
        assert!(!format!("{proof:?}").contains(key.trim_matches(['[', ']'])));
    }
}
