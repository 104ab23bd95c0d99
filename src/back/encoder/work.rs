//! Lays a plan's sectors down and verifies them. What stands already is left alone, so the same work completes a
//! torn card, renews an old one and changes nothing on a finished one. Start at [`Work::run`].

use super::marks::{Mark, OnMark, SectorState, Step, Stop};
use super::prove::Tries;
use super::visit::{Door, Visit, Written};
use super::{Reader, Target};
use crate::plan::chip::Letter;
use crate::plan::chip::encode_plan::{Candidate, SectorGoal, Whose};
use crate::plan::messages::Trouble;

/// Rounds of laying and verifying before the card counts as defective.
const ROUNDS: u32 = 3;
/// Searches through all candidates for the key that rules a sector, before it counts as dead.
const SEARCHES: u32 = 4;
/// Writes of one block that does not come to hold what it should.
const WRITES: u32 = 3;

const STEPS: [Step; 3] = [Step::Write, Step::ReadBack, Step::Lock];

pub(super) struct Work<'w, 'p> {
    visit: Visit<'w>,
    goals: &'w [SectorGoal],
    on_mark: OnMark<'w>,
    /// Told once, before the first trailer.
    intent: Option<Mark>,
    /// An earlier visit, or a sector of this card, says that it is one of ours.
    ours: bool,
    tries: Option<&'w mut Tries<'p>>,
    /// The place in [`STEPS`].
    step: usize,
    /// The candidate that ruled the sector before: most likely this one's too.
    ruler: usize,
    trailers: u32,
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
        target: &Target,
        goals: &'w [SectorGoal],
        resumed: bool,
        intent: Mark,
        on_mark: OnMark<'w>,
    ) -> Work<'w, 'p> {
        let (visit, intent) = (Visit::new(reader, target), Some(intent));
        Work { visit, goals, on_mark, intent, ours: resumed, tries: None, step: 0, ruler: 0, trailers: 0 }
    }

    /// Tries the first attack of each sector while it is verified.
    pub fn attacking(mut self, tries: Option<&'w mut Tries<'p>>) -> Work<'w, 'p> {
        self.tries = tries;
        self
    }

    /// Lays everything down and verifies it; gives the number of trailers written.
    pub fn run(mut self) -> Result<u32, Stop> {
        (self.on_mark)(Mark::Begin(Step::Write))?;
        let mut due: Vec<&SectorGoal> = self.goals.iter().collect();
        for round in 0..ROUNDS {
            for goal in &due {
                self.lay(goal, round > 0)?;
            }
            self.reach(Step::Lock)?;
            due = self.verify()?;
            if due.is_empty() {
                (self.on_mark)(Mark::End(Step::Lock))?;
                return Ok(self.trailers);
            }
        }
        let sectors: Vec<String> = due.iter().map(|goal| goal.sector.to_string()).collect();
        Err(Stop::spoiled(Trouble::new("chip-defective").with("sectors", sectors.join(", "))))
    }

    /// Finds the key that rules the sector and brings it to its goal. `again`: it was laid and did not verify,
    /// so its trailer is written though it looks right.
    fn lay(&mut self, goal: &SectorGoal, again: bool) -> Result<(), Stop> {
        let mut touched = again;
        for _ in 0..SEARCHES {
            let count = goal.ruling.len();
            let likely = std::iter::once(self.ruler).chain((0..count).filter(|place| *place != self.ruler));
            for place in likely.collect::<Vec<_>>() {
                let Some(candidate) = goal.ruling.get(place) else { continue };
                match self.lay_with(goal, candidate, again, touched)? {
                    Laid::Done => {
                        self.ruler = place;
                        return Ok(());
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
            self.mark(goal, SectorState::Torn)?;
            return Err(Stop::spoiled(Trouble::new("chip-spoiled").with("sector", goal.sector)));
        }
        Err(Stop::unusable(Trouble::new("unknown-key").with("sector", goal.sector)))
    }

    fn lay_with(&mut self, goal: &SectorGoal, key: &Candidate, again: bool, touched: bool) -> Result<Laid, Stop> {
        let door = Door::new(goal.sector, key.letter, &key.key);
        if !self.visit.authenticate(door)? {
            return Ok(Laid::Powerless);
        }
        let mut stands = false;
        // A key B that can be read authenticates and grants nothing, so it must show what it can. The factory's
        // key A needs no such proof, and the trailer that it rules is not ours, unless the goal is the factory's.
        if key.letter == Letter::B || goal.is_own(key) {
            match self.visit.read(door, goal.trailer_block())? {
                Some(trailer) => stands = goal.is_own(key) && looks_right(goal, &trailer),
                None => return Ok(Laid::Powerless),
            }
        }
        self.ours |= !touched && matches!(key.whose, Whose::Ours(_));
        if !self.write_data(goal, door)? {
            return Ok(Laid::Powerless);
        }
        self.reach(Step::Lock)?;
        if stands && !again {
            self.mark(goal, SectorState::Locked)?;
            return Ok(Laid::Done);
        }
        self.write_trailer(goal, door)
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
                self.intend()?;
            }
            for (block, content) in &due {
                if self.visit.write(door, *block, content)? == Written::Refused {
                    return Ok(false);
                }
            }
            if !due.is_empty() {
                self.reach(Step::ReadBack)?;
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
                    self.mark(goal, SectorState::Written)?;
                }
                return Ok(true);
            }
        }
        Err(Stop::spoiled(Trouble::new("chip-defective").with("sectors", goal.sector)))
    }

    /// The durable intent, once, before the first write of any kind: a card that was begun belongs to its job, so that
    /// none with somebody's number on it is left lying about, still open.
    fn intend(&mut self) -> Result<(), Stop> {
        match self.intent.take() {
            Some(intent) => Ok((self.on_mark)(intent)?),
            None => Ok(()),
        }
    }

    /// The complete trailer, once and last, behind the durable intent.
    fn write_trailer(&mut self, goal: &SectorGoal, door: Door<'_>) -> Result<Laid, Stop> {
        let trailer = goal.trailer.bytes().map_err(Stop::resumable)?;
        self.intend()?;
        self.mark(goal, SectorState::Locking)?;
        match self.visit.write(door, goal.trailer_block(), &trailer)? {
            Written::Acknowledged => {
                self.trailers += 1;
                self.mark(goal, SectorState::Locked)?;
                Ok(Laid::Done)
            }
            Written::Refused => Ok(Laid::Powerless),
            Written::Unsure => Ok(Laid::Unsure),
        }
    }

    /// Re-activates the card, since a sector follows its new conditions from the next authentication on, and gives
    /// the sectors that are not as they should be.
    fn verify(&mut self) -> Result<Vec<&'w SectorGoal>, Stop> {
        self.visit.leave();
        let mut wrong = Vec::new();
        let mut right = Vec::new();
        for goal in self.goals {
            // Once more before it counts: a refusal may be a flaw of the air.
            let rules = self.rules(goal)? || self.rules(goal)?;
            if rules { right.push(goal) } else { wrong.push(goal) }
        }
        for goal in right {
            if !self.reads(goal)? && !self.reads(goal)? {
                wrong.push(goal);
            } else if let Some(tries) = &mut self.tries {
                tries.first(&mut self.visit, goal.sector)?;
            }
        }
        Ok(wrong)
    }

    /// The key that may write answers and shows the conditions.
    fn rules(&mut self, goal: &SectorGoal) -> Result<bool, Stop> {
        let Some(letter) = goal.working().first() else { return Ok(true) };
        let door = Door::new(goal.sector, *letter, goal.trailer.key(*letter));
        if !self.visit.authenticate(door)? {
            return Ok(false);
        }
        let trailer = self.visit.read(door, goal.trailer_block())?;
        Ok(trailer.is_some_and(|trailer| looks_right(goal, &trailer)))
    }

    /// The key that reads answers and finds what it should.
    fn reads(&mut self, goal: &SectorGoal) -> Result<bool, Stop> {
        let door = Door::new(goal.sector, Letter::A, &goal.trailer.a);
        if !self.visit.authenticate(door)? {
            return Ok(false);
        }
        for (block, content) in &goal.data {
            if self.visit.read(door, *block)? != Some(*content) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn mark(&mut self, goal: &SectorGoal, state: SectorState) -> Result<(), Stop> {
        Ok((self.on_mark)(Mark::Sector { sector: goal.sector, state })?)
    }

    /// Ends and begins steps up to this one; steps never go back, though each sector runs through them all.
    fn reach(&mut self, step: Step) -> Result<(), Stop> {
        while self.step + 1 < STEPS.len() && STEPS[self.step] < step {
            (self.on_mark)(Mark::End(STEPS[self.step]))?;
            self.step += 1;
            (self.on_mark)(Mark::Begin(STEPS[self.step]))?;
        }
        Ok(())
    }
}

/// Conditions and general purpose byte, and the key B where the conditions show it.
fn looks_right(goal: &SectorGoal, trailer: &[u8; 16]) -> bool {
    let shown = goal.trailer.conditions.trailer.key_b_readable();
    trailer[6..10] == goal.trailer.visible() && (!shown || trailer[10..] == goal.trailer.b.bytes()[..])
}
