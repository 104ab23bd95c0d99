//! Reads a card: whose it is, whether its seal is ours, what a phone could still change. Writes nothing.
//! Start at [`read`].

use super::encode::same_card;
use super::marks::Stop;
use super::visit::{Door, Visit};
use super::{Reader, Target};
use crate::plan::chip::encode_plan::Whose;
use crate::plan::chip::keys::TRANSPORT_KEY;
use crate::plan::chip::reading::{RawSector, ReadGoal};
use crate::plan::chip::{Letter, RawCard, ReadPlan, Reading, SectorKey};

/// Reads what the plan names and judges it. Sectors that no key opens are part of the answer, not an error.
///
/// # Errors
/// `card-removed`, `card-swapped`, `two-cards`, `card-unsteady` or the reader's own.
pub fn read(reader: &mut dyn Reader, target: &Target, plan: &ReadPlan) -> Result<Reading, Stop> {
    same_card(target, &plan.uid)?;
    let mut visit = Visit::new(reader, target);
    let mut raw = RawCard::new();
    let mut likely = None;
    for goal in &plan.goals {
        let sector = read_sector(&mut visit, goal, likely)?;
        likely = sector.opened.or(likely);
        raw.push(sector);
    }
    Ok(plan.judge(&raw))
}

/// `likely` opened the sector before, so it is tried first.
fn read_sector(visit: &mut Visit<'_>, goal: &ReadGoal, likely: Option<Whose>) -> Result<RawSector, Stop> {
    let mut sector = RawSector { sector: goal.sector, opened: None, blocks: Vec::new(), transport_b: None };
    let (first, rest): (Vec<_>, Vec<_>) = goal.keys.iter().partition(|key| Some(key.whose) == likely);
    for candidate in first.into_iter().chain(rest) {
        let door = Door::new(goal.sector, candidate.letter, &candidate.key);
        if !visit.authenticate(door)? {
            continue;
        }
        sector.opened = Some(candidate.whose);
        for block in &goal.blocks {
            if let Some(content) = visit.read(door, *block)? {
                sector.blocks.push((*block, content));
            }
        }
        break;
    }
    if goal.probe_b && sector.opened != Some(Whose::Transport) {
        let key = SectorKey::new(TRANSPORT_KEY);
        sector.transport_b = Some(visit.authenticate(Door::new(goal.sector, Letter::B, &key))?);
    }
    Ok(sector)
}
