//! Reads the sectors of a Classic. Writes nothing. Start at [`read`].

use super::visit::{Door, Visit};
use crate::back::encoder::marks::Stop;
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::Whose;
use crate::plan::chip::classic::read::{RawSector, ReadGoal};
use crate::plan::chip::classic::trailer_block;

/// Reads what the goals name. Sectors that no key opens are part of the answer, not an error.
pub fn read(reader: &mut dyn Reader, card: &Identified, goals: &[ReadGoal]) -> Result<Vec<RawSector>, Stop> {
    let mut visit = Visit::new(reader, card);
    let mut raw = Vec::new();
    let (mut likely, mut ruler) = (None, None);
    for goal in goals {
        let sector = read_sector(&mut visit, goal, likely, ruler)?;
        likely = sector.opened.or(likely);
        ruler = sector.ruled.or(ruler);
        raw.push(sector);
    }
    Ok(raw)
}

/// `likely` opened the sector before and `ruler` ruled it, so they are tried first.
fn read_sector(
    visit: &mut Visit<'_>,
    goal: &ReadGoal,
    likely: Option<Whose>,
    ruler: Option<Whose>,
) -> Result<RawSector, Stop> {
    let mut sector = RawSector { sector: goal.sector, opened: None, blocks: Vec::new(), ruled: None };
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
    // Where the factory's key A opens, whatever key B says grants nothing more.
    if sector.opened != Some(Whose::Transport) {
        let (first, rest): (Vec<_>, Vec<_>) = goal.probes.iter().partition(|key| Some(key.whose) == ruler);
        for candidate in first.into_iter().chain(rest) {
            let door = Door::new(goal.sector, candidate.letter, &candidate.key);
            // A readable key B authenticates and grants nothing: it must show the conditions.
            if visit.authenticate(door)? && visit.read(door, trailer_block(goal.sector))?.is_some() {
                sector.ruled = Some(candidate.whose);
                break;
            }
        }
    }
    Ok(sector)
}
