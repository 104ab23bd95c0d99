//! Carries out a write plan so that a card torn away at any exchange is completed when it lies there again: the card
//! decides what is still to be done, not a journal. Then attacks it as a phone app would. What is particular to a chip
//! stands in the rooms [`classic`] and [`type2`]. Start at [`encode_and_prove`].

use super::classic::prove::Tries;
use super::classic::visit::Visit;
use super::classic::work::Work;
use super::marks::{Intent, Mark, OnMark, Proof, Step, Stop};
use super::progress::Progress;
use super::{Cost, Identified, Reader, classic, type2};
use crate::plan::chip::encode_plan::Goals;
use crate::plan::chip::proof::Attacks;
use crate::plan::chip::reading::Reads;
use crate::plan::chip::{Attempt, BackDoors, BlankPlan, EncodePlan, ProofPlan, RawCard, ReadPlan, Reading, Uid};
use crate::plan::messages::Trouble;

/// A card that is written, locked and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What it took since `identify`.
    pub cost: Cost,
    /// Locks written in this visit: sector trailers, or configuration and lock pages; 0 when all stood already.
    pub locks: u32,
}

/// Writes, reads back, locks and verifies the card that [`super::identify`] found.
///
/// # Errors
/// `card-removed`, `card-swapped`, `two-cards`, `card-unsteady`, the reader's own, or the [`super::Halt`] of
/// `on_mark`: resumable. `unknown-key`, `card-permanent`, `card-auth-limit`, `card-configured`: not a card for us. `chip-spoiled`, `chip-defective`: out of
/// circulation.
pub fn encode(
    reader: &mut dyn Reader,
    card: &Identified,
    plan: &EncodePlan,
    on_mark: OnMark<'_>,
) -> Result<Encoded, Stop> {
    run(reader, card, plan, None, on_mark)
}

/// [`encode`] and [`prove`] in one visit. The first write that each sector must refuse is tried while its
/// reading key is being verified, which saves an authentication a sector.
pub fn encode_and_prove(
    reader: &mut dyn Reader,
    card: &Identified,
    plan: &EncodePlan,
    proof: &ProofPlan,
    on_mark: OnMark<'_>,
) -> Result<(Encoded, Proof), Stop> {
    same_card(card, &proof.uid)?;
    let mut tries = match &proof.attacks {
        Attacks::Sectors(sectors) => Some(Tries::new(sectors)),
        Attacks::Pages(_) => None,
    };
    let encoded = run(&mut *reader, card, plan, tries.as_mut(), &mut *on_mark)?;
    let proof = attack(reader, card, proof, tries, on_mark)?;
    Ok((encoded, proof))
}

/// Takes a card of ours back to transport keys and zeros. What was cut short is finished by calling it again.
/// Errors as [`encode`]'s.
pub fn blank(
    reader: &mut dyn Reader,
    card: &Identified,
    plan: &BlankPlan,
    on_mark: OnMark<'_>,
) -> Result<Encoded, Stop> {
    same_card(card, &plan.uid)?;
    let before = reader.cost();
    let progress = Progress::new(Mark::BlankIntent { uid: plan.uid }, &mut *on_mark);
    let locks = match &plan.goals {
        Goals::Sectors(goals) => Work::new(reader, card, goals, plan.resumed, progress).run()?,
        Goals::Pages(goal) => type2::work::run(reader, card, goal, progress)?,
    };
    on_mark(Mark::Blank { uid: plan.uid })?;
    Ok(Encoded { cost: since(reader.cost(), before), locks })
}

fn run(
    reader: &mut dyn Reader,
    card: &Identified,
    plan: &EncodePlan,
    tries: Option<&mut Tries<'_>>,
    on_mark: OnMark<'_>,
) -> Result<Encoded, Stop> {
    same_card(card, &plan.uid)?;
    let before = reader.cost();
    let intent = Mark::Intent(Intent {
        uid: plan.uid,
        chip: plan.kind,
        target_hash: plan.target_hash,
        layout: plan.layout,
        key_version: plan.key_version,
        areas: plan.areas(),
    });
    let progress = Progress::new(intent, &mut *on_mark);
    let locks = match &plan.goals {
        Goals::Sectors(goals) => Work::new(&mut *reader, card, goals, plan.resumed, progress).attacking(tries).run()?,
        Goals::Pages(goal) => type2::work::run(&mut *reader, card, goal, progress)?,
    };
    on_mark(Mark::Locked { uid: plan.uid, target_hash: plan.target_hash })?;
    Ok(Encoded { cost: since(reader.cost(), before), locks })
}

/// Reads with the reading key and attacks. For a job that stands at `locked`; in one visit with the encoding,
/// [`encode_and_prove`] is cheaper. Every write carries what the card should hold.
///
/// # Errors
/// `chip-lets-write`: an attack was let through, the card is spoiled; [`Mark::Proven`] has the record.
/// `chip-unverified`: a sector does not show what it should, encode it anew. Else as [`encode`].
pub fn prove(reader: &mut dyn Reader, card: &Identified, plan: &ProofPlan, on_mark: OnMark<'_>) -> Result<Proof, Stop> {
    same_card(card, &plan.uid)?;
    let tries = match &plan.attacks {
        Attacks::Sectors(sectors) => {
            let tries = Tries::new(sectors);
            tries.read_all(&mut Visit::new(&mut *reader, card))?;
            Some(tries)
        }
        Attacks::Pages(pages) => {
            type2::prove::read(&mut *reader, card, pages)?;
            None
        }
    };
    attack(reader, card, plan, tries, on_mark)
}

/// All attacks that are not yet tried.
fn attack(
    reader: &mut dyn Reader,
    card: &Identified,
    plan: &ProofPlan,
    tries: Option<Tries<'_>>,
    on_mark: OnMark<'_>,
) -> Result<Proof, Stop> {
    on_mark(Mark::Begin(Step::Proof))?;
    let (attempts, back_doors): (Vec<Attempt>, BackDoors) = match (&plan.attacks, tries) {
        (Attacks::Sectors(sectors), tries) => {
            let mut tries = tries.unwrap_or_else(|| Tries::new(sectors));
            let back_doors = tries.finish(&mut Visit::new(reader, card), &mut *on_mark)?;
            (tries.attempts, back_doors)
        }
        (Attacks::Pages(pages), _) => (type2::prove::attack(reader, card, pages, &mut *on_mark)?, BackDoors::None),
    };
    on_mark(Mark::End(Step::Proof))?;
    let proof = Proof { attempts, back_doors };
    on_mark(Mark::Proven(proof.clone()))?;
    match proof.attempts.iter().find(|attempt| !attempt.refused) {
        None => Ok(proof),
        Some(first) => {
            let trouble = Trouble::new("chip-lets-write").with("sector", first.area);
            Err(Stop::spoiled(trouble.with("count", proof.let_through())))
        }
    }
}

/// Reads what the plan names and judges it: whose card it is, whether its seal is ours, what a phone could still change.
/// Writes nothing. Areas that nothing opens are part of the answer, not an error.
///
/// # Errors
/// `card-removed`, `card-swapped`, `two-cards`, `card-unsteady` or the reader's own.
pub fn read(reader: &mut dyn Reader, card: &Identified, plan: &ReadPlan) -> Result<Reading, Stop> {
    same_card(card, &plan.uid)?;
    let raw = match &plan.reads {
        Reads::Sectors(goals) => RawCard::Sectors(classic::read::read(reader, card, goals)?),
        Reads::Pages(pages) => RawCard::Pages(type2::read::read(reader, card, pages)?),
    };
    Ok(plan.judge(&raw))
}

fn since(now: Cost, before: Cost) -> Cost {
    Cost { exchanges: now.exchanges - before.exchanges, commands: now.commands - before.commands }
}

/// A plan holds the keys of one card; on another it could only do harm. Nothing is selected here: who identified the card has
/// seen it twice if it is not the one that was wanted ([`super::identify_as`]).
fn same_card(card: &Identified, uid: &Uid) -> Result<(), Stop> {
    if card.uid == *uid {
        return Ok(());
    }
    Err(Stop::resumable(Trouble::new("card-swapped").with("uid", uid).with("found", card.uid)))
}
