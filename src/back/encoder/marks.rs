//! What the encoder tells while it works, and how it ends early. It keeps no journal itself: the desk writes
//! its store and feeds the page from these. Start at [`Mark`] and [`Stop`].

use crate::plan::chip::{Attempt, BackDoors, ChipKind, Uid};
use crate::plan::messages::Trouble;

/// The steps of a visit, in the order of the page. [`Step::Card`] (waiting and identifying) is the desk's to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Card,
    Write,
    ReadBack,
    Lock,
    Proof,
}

impl Step {
    /// As in the contract's `step`.
    pub fn code(self) -> &'static str {
        match self {
            Step::Card => "card",
            Step::Write => "write",
            Step::ReadBack => "read-back",
            Step::Lock => "lock",
            Step::Proof => "proof",
        }
    }
}

/// How a sector stands, as the live picture shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectorState {
    Empty,
    /// Its data stand there and were read back.
    Written,
    /// Its trailer is being written.
    Locking,
    Locked,
    /// It withstood every attack.
    Proven,
    /// Its trailer was cut in mid-programming.
    Torn,
}

impl SectorState {
    /// The picture's `data-s`.
    pub fn code(self) -> &'static str {
        match self {
            SectorState::Empty => "empty",
            SectorState::Written => "written",
            SectorState::Locking => "now",
            SectorState::Locked => "locked",
            SectorState::Proven => "proven",
            SectorState::Torn => "torn",
        }
    }
}

/// What is about to happen or has happened. Those called durable must be on disk when `on_mark` returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    Begin(Step),
    End(Step),
    /// An area of the live picture: the sector of a Classic, the row of four pages of a Type 2 chip.
    Sector {
        sector: u8,
        state: SectorState,
    },
    /// Durable, before the first write: the card belongs to this job now, and a sector that answers to no key from
    /// here on is one that we spoiled.
    Intent(Intent),
    /// Durable, after verification: every sector answers to both its new keys and holds what it should.
    Locked {
        uid: Uid,
        target_hash: [u8; 32],
    },
    /// Durable, before the first trailer of a card that is taken back to what the factory delivers.
    BlankIntent {
        uid: Uid,
    },
    /// Durable: it is as the factory delivers it, and was read so.
    Blank {
        uid: Uid,
    },
    /// Durable: the end of a proof, with every attempt.
    Proven(Proof),
}

/// What is meant to be written; no keys in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    pub uid: Uid,
    pub chip: ChipKind,
    pub target_hash: [u8; 32],
    pub layout: u8,
    pub key_version: u8,
    /// Areas of the live picture in the order of writing.
    pub areas: Vec<u8>,
}

/// What was tried on a locked card and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub attempts: Vec<Attempt>,
    pub back_doors: BackDoors,
}

impl Proof {
    pub fn refused(&self) -> usize {
        self.attempts.iter().filter(|attempt| attempt.refused).count()
    }

    pub fn let_through(&self) -> usize {
        self.attempts.len() - self.refused()
    }
}

/// The desk's refusal to go on, given back by `on_mark`: a store that cannot be written, a cancelled job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt(pub Trouble);

/// What an early end means for the card and its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Lay the same card down again and go on: removed, swapped, two cards, unsteady, reader gone, halted.
    Resumable,
    /// Not a card for this job, and nothing says that we made it so: another blank is needed.
    Unusable,
    /// Spoiled for good; it must not get into circulation.
    Spoiled,
}

/// Why a visit ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub fate: Fate,
    pub trouble: Trouble,
}

impl Stop {
    pub(super) fn resumable(trouble: Trouble) -> Stop {
        Stop { fate: Fate::Resumable, trouble }
    }

    pub(super) fn unusable(trouble: Trouble) -> Stop {
        Stop { fate: Fate::Unusable, trouble }
    }

    pub(super) fn spoiled(trouble: Trouble) -> Stop {
        Stop { fate: Fate::Spoiled, trouble }
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Stop {
        Stop::resumable(halt.0)
    }
}

/// Where marks go.
pub type OnMark<'a> = &'a mut dyn FnMut(Mark) -> Result<(), Halt>;
