//! Tells the marks of a visit in their order: steps that never go back though every area runs through them all, and the one
//! durable intent before the first write. Decides nothing. Start at [`Progress`].

use super::marks::{Mark, OnMark, SectorState, Step, Stop};

const STEPS: [Step; 3] = [Step::Write, Step::ReadBack, Step::Lock];

pub(super) struct Progress<'w> {
    on_mark: OnMark<'w>,
    /// Told once, before the first write.
    intent: Option<Mark>,
    /// The place in [`STEPS`].
    step: usize,
}

impl<'w> Progress<'w> {
    pub fn new(intent: Mark, on_mark: OnMark<'w>) -> Progress<'w> {
        Progress { on_mark, intent: Some(intent), step: 0 }
    }

    pub fn begin(&mut self) -> Result<(), Stop> {
        Ok((self.on_mark)(Mark::Begin(STEPS[0]))?)
    }

    /// Ends and begins steps up to this one.
    pub fn reach(&mut self, step: Step) -> Result<(), Stop> {
        while self.step + 1 < STEPS.len() && STEPS[self.step] < step {
            (self.on_mark)(Mark::End(STEPS[self.step]))?;
            self.step += 1;
            (self.on_mark)(Mark::Begin(STEPS[self.step]))?;
        }
        Ok(())
    }

    /// What is said to be locked was intended, even where nothing had to be written.
    pub fn end(&mut self) -> Result<(), Stop> {
        self.intend()?;
        self.reach(Step::Lock)?;
        Ok((self.on_mark)(Mark::End(Step::Lock))?)
    }

    /// The durable intent, once, before the first write of any kind: a card that was begun belongs to its job, so that
    /// none with somebody's number on it is left lying about, still open.
    pub fn intend(&mut self) -> Result<(), Stop> {
        match self.intent.take() {
            Some(intent) => Ok((self.on_mark)(intent)?),
            None => Ok(()),
        }
    }

    pub fn area(&mut self, area: u8, state: SectorState) -> Result<(), Stop> {
        Ok((self.on_mark)(Mark::Sector { sector: area, state })?)
    }
}
