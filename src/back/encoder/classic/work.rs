//! Lays a plan's sectors down and verifies them. What stands already is left alone, so the same work completes a
//! torn card, renews an old one and changes nothing on a finished one. A sector is frozen only in a second pass, once the
//! whole card is verified. Start at [`Work::run`].

use super::prove::Tries;
use super::visit::{Door, Visit, Written};
use crate::back::encoder::marks::{Fate, SectorState, Step, Stop};
use crate::back::encoder::progress::Progress;
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::classic::access::AccessBytes;
use crate::plan::chip::classic::goal::{SectorGoal, Trailer};
use crate::plan::chip::keys::Candidate;
use crate::plan::chip::{Letter, Whose};
use crate::plan::messages::Trouble;

/// Rounds of laying and verifying before the card counts as defective.
const ROUNDS: u32 = 3;
/// Searches through all candidates for the key that rules a sector, before it counts as dead.
const SEARCHES: u32 = 4;
/// Writes of one block that does not come to hold what it should.
const WRITES: u32 = 3;

pub(in crate::back::encoder) struct Work<'w, 'p> {
    visit: Visit<'w>,
    goals: &'w [SectorGoal],
    progress: Progress<'w>,
    /// An earlier visit, or a sector of this card, says that it is one of ours.
    ours: bool,
    tries: Option<&'w mut Tries<'p>>,
    /// The candidate that ruled the sector before: most likely this one's too.
    ruler: usize,
    trailers: u32,
    /// Sectors that were the factory's before this visit.
    taken: Vec<&'w SectorGoal>,
}

/// What a sector's trailer must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Locked by keys; frozen already is as good.
    Keyed,
    Frozen,
}

/// How far one candidate got.
enum Laid {
    Done,
    /// It does not open the sector, or opens it and may not write.
    Powerless,
    /// The trailer's write was not answered: search anew.
    Unsure,
}

impl<'w, 'p> Work<'w, 'p> {
    pub fn new(
        reader: &'w mut dyn Reader,
        card: &Identified,
        goals: &'w [SectorGoal],
        resumed: bool,
        progress: Progress<'w>,
    ) -> Work<'w, 'p> {
        Work {
            visit: Visit::new(reader, card),
            goals,
            progress,
            ours: resumed,
            tries: None,
            ruler: 0,
            trailers: 0,
            taken: Vec::new(),
        }
    }

    /// Tries the first attack of each sector while it is verified.
    pub fn attacking(mut self, tries: Option<&'w mut Tries<'p>>) -> Work<'w, 'p> {
        self.tries = tries;
        self
    }

    /// Lays everything down and verifies it; gives the number of trailers written.
    pub fn run(mut self) -> Result<u32, Stop> {
        self.progress.begin()?;
        let freezing = self.goals.iter().any(|goal| goal.frozen.is_some());
        self.rounds(Pass::Keyed, !freezing, |work, goal, again| work.take(goal, again))?;
        if freezing {
            self.rounds(Pass::Frozen, true, |work, goal, _| work.freeze(goal))?;
        }
        self.progress.end()?;
        Ok(self.trailers)
    }

    /// One pass over the card, repeated for the sectors that do not verify. `last`: attacks may begin.
    fn rounds(
        &mut self,
        pass: Pass,
        last: bool,
        mut step: impl FnMut(&mut Self, &'w SectorGoal, bool) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut due: Vec<&'w SectorGoal> = self.goals.iter().collect();
        for round in 0..ROUNDS {
            for goal in &due {
                step(self, goal, round > 0)?;
            }
            self.progress.reach(Step::Lock)?;
            due = self.verify(pass, last)?;
            if due.is_empty() {
                return Ok(());
            }
        }
        let sectors: Vec<String> = due.iter().map(|goal| goal.sector.to_string()).collect();
        Err(Stop::spoiled(Trouble::new("chip-defective").with("sectors", sectors.join(", "))))
    }

    /// [`Work::lay`], and when the card turns out not to be for us, what was taken of it is given back.
    fn take(&mut self, goal: &'w SectorGoal, again: bool) -> Result<(), Stop> {
        let laid = self.lay(goal, again);
        match &laid {
            Ok(whose) => self.taken.extend((*whose == Whose::Transport).then_some(goal)),
            Err(stop) if stop.fate == Fate::Unusable => {
                while let Some(goal) = self.taken.pop() {
                    // Whether it succeeds or not, the card is not used: the reason stays the first one.
                    if self.lay(&goal.undone(), false).is_err() {
                        break;
                    }
                }
            }
            Err(_) => {}
        }
        laid.map(drop)
    }

    /// Finds the key that rules the sector and brings it to its goal; tells whose it was. `again`: it was laid and did not verify,
    /// so its trailer is written though it looks right.
    fn lay(&mut self, goal: &SectorGoal, again: bool) -> Result<Whose, Stop> {
        let mut touched = again;
        for _ in 0..SEARCHES {
            let count = goal.ruling.len();
            let likely = std::iter::once(self.ruler).chain((0..count).filter(|place| *place != self.ruler));
            for place in likely.collect::<Vec<_>>() {
                let Some(candidate) = goal.ruling.get(place) else { continue };
                match self.lay_with(goal, candidate, again, touched)? {
                    Laid::Done => {
                        self.ruler = place;
                        return Ok(candidate.whose);
                    }
                    Laid::Powerless => {}
                    Laid::Unsure => {
                        touched = true;
                        break;
                    }
                }
            }
        }
        // No key answers, several times over, with the right card lying there.
        if touched || self.ours {
            self.progress.area(goal.sector, SectorState::Torn)?;
            return Err(Stop::spoiled(Trouble::new("chip-spoiled").with("sector", goal.sector)));
        }
        Err(Stop::unusable(Trouble::new("unknown-key").with("sector", goal.sector)))
    }

    fn lay_with(&mut self, goal: &SectorGoal, key: &Candidate, again: bool, touched: bool) -> Result<Laid, Stop> {
        let door = Door::new(goal.sector, key.letter, &key.key);
        if !self.visit.authenticate(door)? {
            return Ok(Laid::Powerless);
        }
        let (mut stands, mut frozen) = (false, false);
        // A key B that can be read authenticates and grants nothing, so it must show what it can. The factory's
        // key A needs no such proof, and the trailer that it rules is not ours, unless the goal is the factory's.
        if key.letter == Letter::B || goal.is_own(key) {
            match self.visit.read(door, goal.trailer_block())? {
                Some(trailer) => {
                    stands = goal.is_own(key) && looks_right(goal, &trailer, Pass::Keyed);
                    frozen = is_frozen(&trailer);
                }
                None => return Ok(Laid::Powerless),
            }
        }
        if frozen && !(stands && self.holds(goal, door)?) {
            return Err(Stop::unusable(Trouble::new("card-permanent").with("sector", goal.sector)));
        }
        self.ours |= !touched && matches!(key.whose, Whose::Ours(_));
        if !self.write_data(goal, door)? {
            return Ok(Laid::Powerless);
        }
        self.progress.reach(Step::Lock)?;
        if stands && !again {
            self.progress.area(goal.sector, SectorState::Locked)?;
            return Ok(Laid::Done);
        }
        self.write_trailer(goal, &goal.trailer, door)
    }

    /// Writes the blocks that differ and reads them back. False: this key may not.
    fn write_data(&mut self, goal: &SectorGoal, door: Door<'_>) -> Result<bool, Stop> {
        let mut due = Vec::new();
        for (block, content) in &goal.data {
            match self.visit.read(door, *block)? {
                Some(found) if found == *content => {}
                Some(_) => due.push((*block, *content)),
                None => return Ok(false),
            }
        }
        for _ in 0..WRITES {
            if !due.is_empty() {
                self.progress.intend()?;
            }
            for (block, content) in &due {
                if self.visit.write(door, *block, content)? == Written::Refused {
                    return Ok(false);
                }
            }
            if !due.is_empty() {
                self.progress.reach(Step::ReadBack)?;
            }
            let mut left = Vec::new();
            for (block, content) in due {
                match self.visit.read(door, block)? {
                    Some(found) if found == content => {}
                    Some(_) => left.push((block, content)),
                    None => return Ok(false),
                }
            }
            due = left;
            if due.is_empty() {
                if !goal.data.is_empty() {
                    self.progress.area(goal.sector, SectorState::Written)?;
                }
                return Ok(true);
            }
        }
        Err(Stop::spoiled(Trouble::new("chip-defective").with("sectors", goal.sector)))
    }

    /// Freezes a sector that is verified and whose key B still may; one that is frozen is left alone.
    fn freeze(&mut self, goal: &SectorGoal) -> Result<(), Stop> {
        let Some(trailer) = goal.frozen_trailer() else { return Ok(()) };
        let door = Door::new(goal.sector, Letter::B, &goal.trailer.b);
        for _ in 0..SEARCHES {
            let found = self.visit.read(door, goal.trailer_block())?;
            match found {
                Some(found) if looks_right(goal, &found, Pass::Frozen) => {
                    return self.progress.area(goal.sector, SectorState::Locked);
                }
                Some(_) => match self.write_trailer(goal, &trailer, door)? {
                    Laid::Done => return Ok(()),
                    Laid::Powerless | Laid::Unsure => {}
                },
                None => {}
            }
        }
        self.progress.area(goal.sector, SectorState::Torn)?;
        Err(Stop::spoiled(Trouble::new("chip-spoiled").with("sector", goal.sector)))
    }

    /// The complete trailer, once and last, behind the durable intent.
    fn write_trailer(&mut self, goal: &SectorGoal, trailer: &Trailer, door: Door<'_>) -> Result<Laid, Stop> {
        let bytes = trailer.bytes().map_err(Stop::resumable)?;
        self.progress.intend()?;
        self.progress.area(goal.sector, SectorState::Locking)?;
        match self.visit.write(door, goal.trailer_block(), &bytes)? {
            Written::Acknowledged => {
                self.trailers += 1;
                self.progress.area(goal.sector, SectorState::Locked)?;
                Ok(Laid::Done)
            }
            Written::Refused => Ok(Laid::Powerless),
            Written::Unsure => Ok(Laid::Unsure),
        }
    }

    /// Re-activates the card, since a sector follows its new conditions from the next authentication on, and gives
    /// the sectors that are not as they should be.
    fn verify(&mut self, pass: Pass, last: bool) -> Result<Vec<&'w SectorGoal>, Stop> {
        self.visit.leave();
        let mut wrong = Vec::new();
        let mut right = Vec::new();
        for goal in self.goals {
            // Once more before it counts: a refusal may be a flaw of the air.
            let rules = self.rules(goal, pass)? || self.rules(goal, pass)?;
            if rules { right.push(goal) } else { wrong.push(goal) }
        }
        for goal in right {
            if !self.reads(goal)? && !self.reads(goal)? {
                wrong.push(goal);
            } else if let Some(tries) = self.tries.as_mut().filter(|_| last) {
                tries.first(&mut self.visit, goal.sector)?;
            }
        }
        Ok(wrong)
    }

    /// The key that may write answers and shows the conditions.
    fn rules(&mut self, goal: &SectorGoal, pass: Pass) -> Result<bool, Stop> {
        let Some(letter) = goal.working().first() else { return Ok(true) };
        let door = Door::new(goal.sector, *letter, goal.trailer.key(*letter));
        if !self.visit.authenticate(door)? {
            return Ok(false);
        }
        let trailer = self.visit.read(door, goal.trailer_block())?;
        Ok(trailer.is_some_and(|trailer| looks_right(goal, &trailer, pass)))
    }

    /// The key that reads answers and finds what it should.
    fn reads(&mut self, goal: &SectorGoal) -> Result<bool, Stop> {
        let door = Door::new(goal.sector, Letter::A, &goal.trailer.a);
        Ok(self.visit.authenticate(door)? && self.holds(goal, door)?)
    }

    /// Whether the blocks hold what they should.
    fn holds(&mut self, goal: &SectorGoal, door: Door<'_>) -> Result<bool, Stop> {
        for (block, content) in &goal.data {
            if self.visit.read(door, *block)? != Some(*content) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Conditions and general purpose byte, and the key B where the conditions show it.
fn looks_right(goal: &SectorGoal, trailer: &[u8; 16], pass: Pass) -> bool {
    let frozen = goal.frozen_trailer().is_some_and(|wanted| trailer[6..10] == wanted.visible());
    let shown = goal.trailer.conditions.trailer.key_b_readable();
    let keyed = trailer[6..10] == goal.trailer.visible() && (!shown || trailer[10..] == goal.trailer.b.bytes()[..]);
    match pass {
        Pass::Keyed => keyed || frozen,
        Pass::Frozen => frozen,
    }
}

/// Whether no key writes any data of the sector.
fn is_frozen(trailer: &[u8; 16]) -> bool {
    AccessBytes([trailer[6], trailer[7], trailer[8]]).check().is_ok_and(|conditions| conditions.is_frozen())
}
