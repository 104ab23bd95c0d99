//! Carries out a write plan, sector by sector, so that a card torn away at any exchange is completed when it lies
//! there again: the card decides what is still to be done, not a journal.
//!
//! Per sector: find the key that rules it by trying, write the blocks that differ, read them back, write the whole
//! trailer once and last. Then one re-activation, and every sector must answer to both its new keys and hold what it
//! should. Never writes a trailer whose access bytes were not checked. Start at [`encode`].

use super::marks::{Intent, Mark, OnMark, Proof, Stop};
use super::prove::{self, Tries};
use super::work::Work;
use super::{Cost, Reader, Target};
use crate::plan::chip::{BlankPlan, EncodePlan, ProofPlan, Uid};
use crate::plan::messages::Trouble;

/// A card that is written, locked and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What it took since `identify`.
    pub cost: Cost,
    /// Sectors whose trailer was written in this visit; 0 when all stood already.
    pub trailers: u32,
}

/// Writes, reads back, locks and verifies the card that [`super::identify`] found.
///
/// # Errors
/// `card-removed`, `card-swapped`, `two-cards`, `card-unsteady`, the reader's own, or the [`super::Halt`] of
/// `on_mark`: resumable. `unknown-key`: not a card for us. `chip-spoiled`: out of circulation.
pub fn encode(
    reader: &mut dyn Reader,
    target: &Target,
    plan: &EncodePlan,
    on_mark: OnMark<'_>,
) -> Result<Encoded, Stop> {
    run(reader, target, plan, None, on_mark)
}

/// [`encode`] and [`super::prove`] in one visit. The first write that each sector must refuse is tried while its
/// reading key is being verified, which saves an authentication a sector.
pub fn encode_and_prove(
    reader: &mut dyn Reader,
    target: &Target,
    plan: &EncodePlan,
    proof: &ProofPlan,
    on_mark: OnMark<'_>,
) -> Result<(Encoded, Proof), Stop> {
    same_card(target, &proof.uid)?;
    let mut tries = Tries::new(proof);
    let encoded = run(&mut *reader, target, plan, Some(&mut tries), &mut *on_mark)?;
    let proof = prove::finish(reader, target, tries, on_mark)?;
    Ok((encoded, proof))
}

/// Takes a card of ours back to transport keys and zeros. What was cut short is finished by calling it again.
/// Errors as [`encode`]'s.
pub fn blank(reader: &mut dyn Reader, target: &Target, plan: &BlankPlan, on_mark: OnMark<'_>) -> Result<Encoded, Stop> {
    same_card(target, &plan.uid)?;
    let before = reader.cost();
    let intent = Mark::BlankIntent { uid: plan.uid };
    let trailers = Work::new(reader, target, &plan.goals, plan.resumed, intent, &mut *on_mark).run()?;
    on_mark(Mark::Blank { uid: plan.uid })?;
    Ok(Encoded { cost: since(reader.cost(), before), trailers })
}

fn run(
    reader: &mut dyn Reader,
    target: &Target,
    plan: &EncodePlan,
    tries: Option<&mut Tries<'_>>,
    on_mark: OnMark<'_>,
) -> Result<Encoded, Stop> {
    same_card(target, &plan.uid)?;
    let before = reader.cost();
    let intent = Mark::Intent(Intent {
        uid: plan.uid,
        chip: plan.kind,
        target_hash: plan.target_hash,
        layout: plan.layout,
        key_version: plan.key_version,
        sectors: plan.sectors(),
    });
    let work = Work::new(&mut *reader, target, &plan.goals, plan.resumed, intent, &mut *on_mark);
    let trailers = work.attacking(tries).run()?;
    on_mark(Mark::Locked { uid: plan.uid, target_hash: plan.target_hash })?;
    Ok(Encoded { cost: since(reader.cost(), before), trailers })
}

fn since(now: Cost, before: Cost) -> Cost {
    Cost { exchanges: now.exchanges - before.exchanges, commands: now.commands - before.commands }
}

/// A plan holds the keys of one card; on another it could only do harm.
pub(super) fn same_card(target: &Target, uid: &Uid) -> Result<(), Stop> {
    if target.uid == *uid {
        return Ok(());
    }
    Err(Stop::resumable(Trouble::new("card-swapped").with("uid", uid).with("found", target.uid)))
}
