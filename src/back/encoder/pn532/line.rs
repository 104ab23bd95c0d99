//! Keeps questions and answers in step, so that no answer is ever taken for that of another question.
//!
//! Some readers give their answers one exchange late (nfcpy issues 105 and 200), and an answer that was given up on may
//! still come. The code behind `D5` tells commands apart, but every InDataExchange has the same one, so a late answer to
//! READ looks like an answer to this READ. What is relied on, then:
//!
//! 1. The first thing asked, and the first after anything doubtful (no answer, a garbled one, one of another question), is
//!    to give back a number that was never asked before (Diagnose, which touches no card). Once it comes back in its
//!    turn, nothing else is under way: no reader that lags, by however much, can know it. See [`Line::settle`].
//! 2. An answer in the middle of a visit that belongs to another code or, with the same code, to a question of another
//!    form (a block to a WRITE, none to a READ) says that the line slipped at some time since the last change of form. If only
//!    one question of this form was answered since, its answer stood between two forms and was its own: the line is
//!    settled, and the question counts as unheard. If it was two or more, one of their answers may have been the other's, and
//!    somebody has relied on it: the visit ends with `reader-confused`. The job is resumed from the card, which knows.
//! 3. A refusal is followed by a select, whose answer has another code. So no refusal is ever a late one: it would have been
//!    given to that select.
//!
//! A link over libnfc hears no answer of another code: that is an error of the line there, and counts as silence, after which
//! rule 1 finds out. So a board that is late from the start is `reader-confused` by its numbers, or already when it is opened.
//!
//! Start at [`Line::ask`].

use std::time::{Duration, Instant};

use super::wire::{self, Form};
use super::{Link, Lost};
use crate::plan::messages::Trouble;

/// Numbers asked back before a reader that is out of step counts as confused, or as stuck when it says nothing at all.
const NUMBERS: u32 = 6;
/// No further number is asked for after this time: a driver waits for seconds itself.
const SILENCE: Duration = Duration::from_secs(3);
/// Slips that are borne, and good answers that make one of them forgotten.
const SLIPS: u32 = 3;
const HEALING: u32 = 64;

pub(super) struct Line<L> {
    pub link: L,
    /// Sent so far, of every kind.
    pub commands: u32,
    /// A card was away since this was last taken back: whatever the reader was told may be forgotten.
    pub away: bool,
    doubtful: bool,
    /// Asked back last.
    number: u32,
    /// Code and form of the last answered questions, and how many of them came in a row.
    last: Option<(u8, Form)>,
    run: u32,
    slips: u32,
    answered: u32,
}

impl<L: Link> Line<L> {
    pub fn new(link: L) -> Line<L> {
        // Another one in each visit: what an earlier one left under way must not be taken for an answer. Without
        // randomness the counting still tells the answers of one visit apart.
        let number = getrandom::u32().unwrap_or_default();
        Line { link, commands: 0, away: false, doubtful: true, number, last: None, run: 0, slips: 0, answered: 0 }
    }

    /// One command and its own answer.
    pub fn ask(&mut self, command: &[u8], form: Form) -> Result<Vec<u8>, Lost> {
        if self.doubtful {
            self.settle()?;
        }
        let lost = match self.send(command) {
            Ok(answer) if form.fits(&answer) => {
                self.count(command, form);
                return Ok(answer);
            }
            Ok(answer) if form.is_of_another(&answer) => Lost::Foreign,
            Ok(_) => Lost::Silent,
            Err(lost) => lost,
        };
        self.doubtful = true;
        if lost == Lost::Foreign {
            self.slips += 1;
            if self.run > 1 || self.slips >= SLIPS {
                return Err(self.lost(Trouble::new("reader-confused")));
            }
        }
        Err(lost)
    }

    pub fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// The answer to the last question was not of its form after all.
    pub fn garbled(&mut self) -> Lost {
        self.doubtful = true;
        Lost::Silent
    }

    /// Makes sure that the next answer is that of the next question.
    ///
    /// # Errors
    /// `reader-confused` for one that stays out of step, `reader-stuck` for one that says nothing.
    pub fn settle(&mut self) -> Result<(), Lost> {
        self.doubtful = true;
        let mut spoke = false;
        let begun = Instant::now();
        for _ in 0..NUMBERS {
            if begun.elapsed() >= SILENCE {
                break;
            }
            self.number = self.number.wrapping_add(1);
            let question = wire::echo(self.number);
            match self.send(&question) {
                Ok(answer) if answer == question[1..] => {
                    self.doubtful = false;
                    self.last = None;
                    self.run = 0;
                    return Ok(());
                }
                Ok(_) | Err(Lost::Foreign) => spoke = true,
                Err(Lost::Silent) => {}
                Err(lost) => return Err(lost),
            }
        }
        Err(self.lost(Trouble::new(if spoke { "reader-confused" } else { "reader-stuck" })))
    }

    fn send(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        self.commands += 1;
        let answer = self.link.command(command);
        self.away |= answer == Err(Lost::NoCard);
        answer
    }

    fn count(&mut self, command: &[u8], form: Form) {
        let asked = command.first().map(|code| (*code, form));
        self.run = if self.last == asked { self.run + 1 } else { 1 };
        self.last = asked;
        self.answered += 1;
        if self.answered >= HEALING {
            self.answered = 0;
            self.slips = self.slips.saturating_sub(1);
        }
    }

    fn lost(&self, trouble: Trouble) -> Lost {
        Lost::Reader(trouble.with("reader", self.link.name()))
    }
}
