//! A link that loses frames, loses answers, or gives them one exchange late, as bad cables and some firmware do.
//!
//! Which exchanges it strikes comes from a seed and nothing else. It never changes what a card does with a frame that
//! reaches it. Start at [`Flaky`].

use crate::back::encoder::Miss;

/// What the reader was told to do: a late answer is given to the next question of its own kind, and dropped by any
/// other, whose answers begin otherwise (D5, then the command's code and one).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Exchange,
    Raw,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Flaky {
    percent: u32,
    state: u32,
    /// The answer that is on its way still.
    late: Option<(Asked, Result<Vec<u8>, Miss>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    FrameLost,
    AnswerLost,
    Late,
}

impl Flaky {
    pub(super) fn new(percent: u32, seed: u32) -> Flaky {
        // Neighbouring seeds give other sequences, and none is stuck at 0.
        let state = seed.wrapping_mul(0x9E37_79B9) ^ 0x5851_F42D;
        Flaky { percent, state: if state == 0 { 1 } else { state }, late: None }
    }

    /// One exchange; `card` is asked only when the frame reaches it. Where an answer comes late, every next one of the
    /// same kind is the one before, until something else is asked.
    pub(super) fn send(&mut self, asked: Asked, card: impl FnOnce() -> Result<Vec<u8>, Miss>) -> Result<Vec<u8>, Miss> {
        let fault = self.fault();
        let late = self.late.take().filter(|(kind, _)| *kind == asked).map(|(_, answer)| answer);
        let answer = match fault {
            Some(Fault::FrameLost) => return late.unwrap_or(Err(Miss::Silent)),
            _ => card(),
        };
        match (fault, late) {
            (Some(Fault::AnswerLost), late) => late.unwrap_or(Err(Miss::Silent)),
            (Some(_), None) => {
                self.late = Some((asked, answer));
                Err(Miss::Silent)
            }
            (_, Some(late)) => {
                self.late = Some((asked, answer));
                late
            }
            (None, None) => answer,
        }
    }

    /// A selection or a look for strangers. Lost: nothing was found. Late: nothing is known, and the answer is dropped.
    pub(super) fn look<T>(&mut self, field: impl FnOnce() -> Vec<T>) -> Result<Vec<T>, Miss> {
        self.late = None;
        match self.fault() {
            Some(Fault::FrameLost) => Ok(Vec::new()),
            Some(Fault::AnswerLost) => {
                field();
                Ok(Vec::new())
            }
            Some(Fault::Late) => {
                field();
                Err(Miss::Silent)
            }
            None => Ok(field()),
        }
    }

    fn fault(&mut self) -> Option<Fault> {
        if self.percent == 0 {
            return None;
        }
        let draw = self.next();
        let faults = [Fault::FrameLost, Fault::AnswerLost, Fault::Late];
        (draw % 100 < self.percent).then(|| faults[(draw / 100 % 3) as usize])
    }

    /// Marsaglia's 32-bit xorshift.
    fn next(&mut self) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(link: &mut Flaky, byte: u8) -> Result<Vec<u8>, Miss> {
        link.send(Asked::Exchange, || Ok(vec![byte]))
    }

    #[test]
    fn a_sound_link_changes_nothing() {
        let mut link = Flaky::default();
        assert!((0..=255).all(|byte| told(&mut link, byte) == Ok(vec![byte])));
    }

    #[test]
    fn about_the_given_share_is_struck_and_the_same_seed_strikes_the_same() {
        let struck = |seed| {
            let mut link = Flaky::new(5, seed);
            (0..10_000).map(|_| link.fault()).collect::<Vec<_>>()
        };
        let faults = struck(7);
        let count = |fault| faults.iter().filter(|found| **found == Some(fault)).count();
        for fault in [Fault::FrameLost, Fault::AnswerLost, Fault::Late] {
            assert!((100..250).contains(&count(fault)), "{fault:?}: {}", count(fault));
        }
        assert_eq!(faults, struck(7));
        assert_ne!(faults, struck(8));
    }

    #[test]
    fn a_late_answer_comes_to_the_next_of_its_kind_and_is_dropped_by_any_other() {
        for (asked, second) in [(Asked::Exchange, Ok(vec![1])), (Asked::Raw, Ok(vec![2]))] {
            let mut link = Flaky { late: Some((Asked::Exchange, Ok(vec![1]))), ..Flaky::default() };
            assert_eq!(link.send(asked, || Ok(vec![2])), second, "{asked:?}");
        }
        let mut link = Flaky { late: Some((Asked::Exchange, Ok(vec![1]))), ..Flaky::default() };
        assert_eq!(link.look(|| vec![9]), Ok(vec![9]));
        assert_eq!(told(&mut link, 3), Ok(vec![3]));
    }

    #[test]
    fn answers_stay_one_behind_until_something_else_is_asked() {
        let mut link = Flaky { late: Some((Asked::Exchange, Ok(vec![1]))), ..Flaky::default() };
        assert_eq!([2, 3, 4].map(|byte| told(&mut link, byte)), [1, 2, 3].map(|byte| Ok(vec![byte])));
    }
}
