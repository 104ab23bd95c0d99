//! What a job that is over says when somebody opens it: what was compared when its card was handed over, and what became of
//! that card since. Nothing is claimed that nobody checked, and no card that is dead is handed to anybody. It changes nothing.
//! Start at [`after`].

use serde::Serialize;

use super::Desk;
use super::find::has_withdrawn;
use crate::back::store::Tx;
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job};
use crate::back::store::members::Member;
use crate::plan::fees::Reason;
use crate::plan::job::{CardKind, CardState, JobState};
use crate::plan::kebab;
use crate::plan::messages::Trouble;

/// For so long after the end of a job the clerk still has its card in hand.
const FRESH_MILLIS: i64 = 10 * 60 * 1000;

/// What was compared with the member in the moment of handing over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// The chip was read.
    pub chip: bool,
    /// The printed bar code was scanned, or its number typed.
    pub scan: bool,
}

impl Compared {
    /// As words are chosen by it: `both`, `chip`, `scan`, `none`.
    pub fn as_str(self) -> &'static str {
        match (self.chip, self.scan) {
            (true, true) => "both",
            (true, false) => "chip",
            (false, true) => "scan",
            (false, false) => "none",
        }
    }

    /// What the mark of the handing over keeps; nothing of a job whose card was not handed over.
    pub(super) fn of(tx: &Tx, job: &Job) -> Result<Option<Compared>, Trouble> {
        if job.state != JobState::HandedOver {
            return Ok(None);
        }
        let mark = jobs::handed_over_mark(tx, job.id)?;
        // Before it was noted, no card with a chip was handed over unread.
        let chip = mark["chip"].as_bool().unwrap_or(job.kind == CardKind::Rfid);
        Ok(Some(Compared { chip, scan: mark["print"] == "scan" }))
    }
}

/// What is so of a job that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// `None`: it was cancelled.
    pub compared: Option<Compared>,
    /// `YYYY-MM-DD` on which it ended.
    pub day: String,
    /// It ended a moment ago: its card is still to be given, or put away.
    pub fresh: bool,
    /// `None`: no card was begun.
    pub card: Option<CardSince>,
    /// A card of a cancelled job was given up after it was locked, and nobody saw it blanked.
    pub left: bool,
    /// The membership ended since.
    pub withdrawn: bool,
}

/// What becomes of the job's number when it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFate {
    /// It is the member's, before and after.
    Kept,
    /// It was this job's own and is never given again.
    Retired,
    /// The same; the member keeps the one that they have.
    RetiredBeside,
    /// The same of a conversion: the own card goes on.
    RetiredOwn,
    /// A conversion had adopted the own number, which is nothing but that again.
    OwnAgain,
}
kebab!(NumberFate {
    Kept = "kept",
    Retired = "retired",
    RetiredBeside = "retired-beside",
    RetiredOwn = "retired-own",
    OwnAgain = "own-again",
});

impl NumberFate {
    pub(super) fn of(job: &Job) -> NumberFate {
        let converts = job.reason == Reason::Conversion.as_str() && job.replaces.is_none();
        match (job.reserved, converts) {
            (true, true) => NumberFate::RetiredOwn,
            (false, true) => NumberFate::OwnAgain,
            (true, false) if job.old_number.is_some() => NumberFate::RetiredBeside,
            (true, false) => NumberFate::Retired,
            (false, false) => NumberFate::Kept,
        }
    }
}

/// Where its card stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSince {
    pub state: CardState,
    /// Why it is blocked, or ended.
    pub why: Option<String>,
    /// `YYYY-MM-DD` since when.
    pub day: Option<String>,
}

impl After {
    /// The card is in its holder's use.
    pub fn in_use(&self) -> bool {
        !self.withdrawn && self.card.as_ref().is_some_and(|card| card.state == CardState::Live)
    }
}

/// What cards a cancelled job had before it ended.
pub(super) struct Lost {
    last: Option<Card>,
    left: bool,
}

impl Lost {
    pub(super) fn of(tx: &Tx, job: &Job) -> Result<Option<Lost>, Trouble> {
        if job.state != JobState::Cancelled {
            return Ok(None);
        }
        let last = cards::of_member(tx, job.member)?.into_iter().find(|card| card.job == job.id);
        Ok(Some(Lost { last, left: jobs::left_locked(tx, job.id)? }))
    }
}

/// Of a job that is handed over or cancelled.
pub(super) fn after(
    desk: &Desk,
    job: &Job,
    card: Option<&Card>,
    member: &Member,
    (compared, lost): (Option<Compared>, Option<Lost>),
) -> Option<After> {
    if job.state.is_open() {
        return None;
    }
    let day = |millis: i64| desk.day_of(millis);
    let card = card.or(lost.as_ref().and_then(|lost| lost.last.as_ref())).map(|card| {
        let blocked = card.suspended.as_ref().filter(|_| card.state == CardState::Suspended);
        CardSince {
            state: card.state,
            why: blocked.map(|block| block.why.clone()).or_else(|| card.ended_why.clone()),
            day: blocked.map(|block| block.at).or(card.ended_at).map(day),
        }
    });
    Some(After {
        compared,
        day: day(job.updated),
        fresh: desk.now().as_millisecond() - job.updated < FRESH_MILLIS,
        card,
        left: lost.is_some_and(|lost| lost.left),
        withdrawn: has_withdrawn(member),
    })
}
