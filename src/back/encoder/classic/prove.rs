//! Attacks the sectors of a locked Classic as a phone app would and records what they did. Start at [`Tries`].

use super::visit::{Door, Visit, Written};
use crate::back::encoder::Raw;
use crate::back::encoder::marks::{Mark, OnMark, SectorState, Stop};
use crate::plan::chip::attempt::AttemptKind;
use crate::plan::chip::classic::attack::{Attack, BACK_DOOR, SectorProof};
use crate::plan::chip::{Attempt, BackDoors, Letter, SectorKey};
use crate::plan::messages::Trouble;

/// A proof on its way.
pub(in crate::back::encoder) struct Tries<'p> {
    sectors: &'p [SectorProof],
    pub attempts: Vec<Attempt>,
    /// How many attacks of each sector are done.
    done: Vec<usize>,
}

impl<'p> Tries<'p> {
    pub fn new(sectors: &'p [SectorProof]) -> Tries<'p> {
        let attacks = sectors.iter().map(|sector| sector.attacks.len()).sum();
        Tries { sectors, attempts: Vec::with_capacity(attacks), done: vec![0; sectors.len()] }
    }

    /// Every reading key must find what it should: `chip-unverified`.
    pub fn read_all(&self, visit: &mut Visit<'_>) -> Result<(), Stop> {
        (0..self.sectors.len()).try_for_each(|place| self.reads(visit, place))
    }

    /// All attacks that are not yet tried.
    pub fn finish(&mut self, visit: &mut Visit<'_>, on_mark: OnMark<'_>) -> Result<BackDoors, Stop> {
        visit.leave();
        for (place, proof) in self.sectors.iter().enumerate() {
            while self.next(visit, place)? {}
            let sector = proof.sector;
            if self.attempts.iter().all(|attempt| attempt.area != sector || attempt.refused) {
                on_mark(Mark::Sector { sector, state: SectorState::Proven })?;
            }
        }
        let back_doors = visit.raw(Raw::Bytes(&BACK_DOOR))?;
        // A refusal says nothing of who refused: the last ones count only with the same card still lying there.
        visit.select()?;
        Ok(back_doors)
    }

    /// The first attack on a sector, unless it was tried already.
    pub fn first(&mut self, visit: &mut Visit<'_>, sector: u8) -> Result<(), Stop> {
        let place = self.sectors.iter().position(|proof| proof.sector == sector);
        match place {
            Some(place) if self.done[place] == 0 => self.next(visit, place).map(drop),
            _ => Ok(()),
        }
    }

    /// The next attack on a sector; false when there is none left.
    fn next(&mut self, visit: &mut Visit<'_>, place: usize) -> Result<bool, Stop> {
        let sector = &self.sectors[place];
        let Some(attack) = sector.attacks.get(self.done[place]) else { return Ok(false) };
        let attempt = match attack {
            Attack::Key { letter, key } => Attempt {
                kind: AttemptKind::Key,
                area: sector.sector,
                block: None,
                letter: Some(*letter),
                key: key.iter().map(|byte| format!("{byte:02X}")).collect(),
                refused: !opens(visit, sector, *letter, key)?,
            },
            Attack::Write { block, content } => Attempt {
                kind: AttemptKind::Write,
                area: sector.sector,
                block: Some(*block),
                letter: Some(Letter::A),
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
        let sector = &self.sectors[place];
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
