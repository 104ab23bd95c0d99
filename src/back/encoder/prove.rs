//! Attacks a locked card as a phone app would and records what it did. Every write carries what the card should
//! hold. Start at [`prove`].

use super::encode::same_card;
use super::marks::{Mark, OnMark, Proof, SectorState, Step, Stop};
use super::visit::{Door, Visit, Written};
use super::{Reader, Target};
use crate::plan::chip::proof::{Attack, AttemptKind, SectorProof};
use crate::plan::chip::{Attempt, Letter, ProofPlan, SectorKey};
use crate::plan::messages::Trouble;

/// Reads with the reading key and attacks. For a job that stands at `locked`; in one visit with the encoding,
/// [`super::encode_and_prove`] is cheaper.
///
/// # Errors
/// `chip-lets-write`: an attack was let through, the card is spoiled; [`Mark::Proven`] has the record.
/// `chip-unverified`: a sector does not show what it should, encode it anew. Else as [`super::encode`].
pub fn prove(reader: &mut dyn Reader, target: &Target, plan: &ProofPlan, on_mark: OnMark<'_>) -> Result<Proof, Stop> {
    same_card(target, &plan.uid)?;
    let tries = Tries::new(plan);
    let mut visit = Visit::new(&mut *reader, target);
    for place in 0..plan.sectors.len() {
        tries.reads(&mut visit, place)?;
    }
    finish(reader, target, tries, on_mark)
}

/// All attacks that are not yet tried.
pub(super) fn finish(
    reader: &mut dyn Reader,
    target: &Target,
    mut tries: Tries<'_>,
    on_mark: OnMark<'_>,
) -> Result<Proof, Stop> {
    on_mark(Mark::Begin(Step::Proof))?;
    let mut visit = Visit::new(reader, target);
    visit.leave();
    for place in 0..tries.plan.sectors.len() {
        while tries.next(&mut visit, place)? {}
        let sector = tries.plan.sectors[place].sector;
        if tries.attempts.iter().all(|attempt| attempt.sector != sector || attempt.refused) {
            on_mark(Mark::Sector { sector, state: SectorState::Proven })?;
        }
    }
    // A refusal says nothing of who refused: the last ones count only with the same card still lying there.
    visit.select()?;
    on_mark(Mark::End(Step::Proof))?;
    let proof = Proof { attempts: tries.attempts };
    on_mark(Mark::Proven(proof.clone()))?;
    match proof.attempts.iter().find(|attempt| !attempt.refused) {
        None => Ok(proof),
        Some(first) => {
            let trouble = Trouble::new("chip-lets-write").with("sector", first.sector);
            Err(Stop::spoiled(trouble.with("count", proof.let_through())))
        }
    }
}

/// A proof on its way.
pub(super) struct Tries<'p> {
    plan: &'p ProofPlan,
    attempts: Vec<Attempt>,
    /// How many attacks of each sector are done.
    done: Vec<usize>,
}

impl<'p> Tries<'p> {
    pub fn new(plan: &'p ProofPlan) -> Tries<'p> {
        Tries { plan, attempts: Vec::with_capacity(plan.attacks()), done: vec![0; plan.sectors.len()] }
    }

    /// The first attack on a sector, unless it was tried already.
    pub fn first(&mut self, visit: &mut Visit<'_>, sector: u8) -> Result<(), Stop> {
        let place = self.plan.sectors.iter().position(|proof| proof.sector == sector);
        match place {
            Some(place) if self.done[place] == 0 => self.next(visit, place).map(drop),
            _ => Ok(()),
        }
    }

    /// The next attack on a sector; false when there is none left.
    fn next(&mut self, visit: &mut Visit<'_>, place: usize) -> Result<bool, Stop> {
        let sector = &self.plan.sectors[place];
        let Some(attack) = sector.attacks.get(self.done[place]) else { return Ok(false) };
        let attempt = match attack {
            Attack::Key { letter, key } => Attempt {
                kind: AttemptKind::Key,
                sector: sector.sector,
                block: None,
                letter: *letter,
                key: key.iter().map(|byte| format!("{byte:02X}")).collect(),
                refused: !opens(visit, sector, *letter, key)?,
            },
            Attack::Write { block, content } => Attempt {
                kind: AttemptKind::Write,
                sector: sector.sector,
                block: Some(*block),
                letter: Letter::A,
                key: "read".to_owned(),
                refused: refuses(visit, sector, *block, content.as_deref())?,
            },
        };
        self.attempts.push(attempt);
        self.done[place] += 1;
        Ok(true)
    }

    /// The reading key must find what it should.
    fn reads(&self, visit: &mut Visit<'_>, place: usize) -> Result<(), Stop> {
        let sector = &self.plan.sectors[place];
        for (block, content) in &sector.data {
            if visit.read(door(sector), *block)? != Some(*content) {
                return Err(unverified(sector));
            }
        }
        Ok(())
    }
}

fn door(sector: &SectorProof) -> Door<'_> {
    Door::new(sector.sector, Letter::A, &sector.read_key)
}

fn unverified(sector: &SectorProof) -> Stop {
    Stop::resumable(Trouble::new("chip-unverified").with("sector", sector.sector))
}

/// Whether a key that everybody knows opens the sector.
fn opens(visit: &mut Visit<'_>, sector: &SectorProof, letter: Letter, key: &[u8; 6]) -> Result<bool, Stop> {
    let key = SectorKey::new(*key);
    let opened = visit.authenticate(Door::new(sector.sector, letter, &key))?;
    // Whatever stands open now is not what the next attack expects.
    if opened {
        visit.leave();
    }
    Ok(opened)
}

/// Whether the card refuses a write with the reading key. Unanswered ones are tried again, as often as the visit bears.
fn refuses(visit: &mut Visit<'_>, sector: &SectorProof, block: u8, content: Option<&[u8; 16]>) -> Result<bool, Stop> {
    loop {
        let door = door(sector);
        // A write behind a failed authentication would be refused whatever the conditions say.
        if !visit.enter(door)? && !visit.enter(door)? {
            return Err(unverified(sector));
        }
        let found;
        let content = match content {
            Some(content) => content,
            None => {
                found = visit.read(door, block)?.ok_or_else(|| unverified(sector))?;
                &found
            }
        };
        match visit.write_entered(block, content)? {
            Written::Acknowledged => return Ok(false),
            Written::Refused => return Ok(true),
            Written::Unsure => {}
        }
    }
}
