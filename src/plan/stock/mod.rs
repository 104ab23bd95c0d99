//! Blank cards as stock: what is moved, how a lot and a day balance, and from which lot the next blank is taken. It counts what
//! it is told and keeps nothing; that our jobs are the count is the desk's business.
//!
//! Always, of a lot and of a day: received + found + returned = issued + spoiled + test + missing + left. `left` is every card
//! that is still in the house, also those in a job's hands and those that a member gave back and that nobody blanked yet.
//! Start at [`Tally`]; `which.rs` chooses a lot, `quality.rs` judges one.

use serde::Serialize;

use super::member::refuse_identity_number;
use super::messages::Trouble;

mod quality;
mod which;

pub use quality::{Quality, suspicious};
pub use which::{LotLeft, which};

/// The most cards of one movement.
pub const MOST: u32 = 100_000;
/// Characters of a lot's name.
const LONGEST_LOT: usize = 40;

/// What a blank is: a card with a chip of some kind, by the codes that chips have everywhere, a card without one, or a sticker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StockType {
    Classic1k,
    Classic4k,
    UltralightEv1,
    UltralightEv1Large,
    Ntag213,
    Ntag215,
    Ntag216,
    BarcodeCard,
    Sticker,
}
kebab!(StockType {
    Classic1k = "classic-1k",
    Classic4k = "classic-4k",
    UltralightEv1 = "ultralight-ev1",
    UltralightEv1Large = "ultralight-ev1-128",
    Ntag213 = "ntag213",
    Ntag215 = "ntag215",
    Ntag216 = "ntag216",
    BarcodeCard = "barcode-card",
    Sticker = "sticker",
});

impl StockType {
    /// The code of its chip; `None` for one without.
    pub fn chip(self) -> Option<&'static str> {
        Some(self.as_str()).filter(|_| !matches!(self, StockType::BarcodeCard | StockType::Sticker))
    }
}

/// What is written down of a lot. Issued and returned cards are not among them: the cards themselves say that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoveKind {
    Received,
    /// Used up for trying a printer or a reader.
    Test,
    /// Found broken by hand, in no job.
    Spoiled,
    /// So many were there when somebody counted, those in jobs left out.
    Counted,
    /// This lot is to be used before the older ones.
    Opened,
    /// The maker was told that it is faulty.
    Fault,
}
kebab!(MoveKind {
    Received = "received",
    Test = "test",
    Spoiled = "spoiled",
    Counted = "counted",
    Opened = "opened",
    Fault = "fault",
});

/// What a clerk may take by hand, as `stock take --as` has it.
pub const TAKEN_AS: [MoveKind; 3] = [MoveKind::Test, MoveKind::Spoiled, MoveKind::Counted];

/// What happens to the cards of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    Received(u32),
    Test(u32),
    Spoiled(u32),
    /// So many lie there, those in work left out.
    Counted(u32),
    /// A job takes a blank in hand.
    Taken,
    /// The job's card is handed over.
    Issued,
    /// The job's card is waste.
    Wasted,
    /// The job is cancelled and its card a blank again.
    PutBack,
    /// A member gives a card back that was handed over.
    Returned,
    /// One that was given back is a blank again.
    Blanked,
}

/// The sums of a lot, a type or a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub received: u32,
    /// Handed over.
    pub issued: u32,
    pub spoiled: u32,
    pub test: u32,
    /// Given back after they had been handed over.
    pub returned: u32,
    /// More than the books said when somebody counted.
    pub found: u32,
    /// Fewer than the books said.
    pub missing: u32,
    /// Of those left: in the hands of a job.
    pub in_work: u32,
    /// Of those left: given back, and no blank yet.
    pub to_blank: u32,
}

impl Tally {
    /// Every card that is still in the house.
    pub fn left(&self) -> u32 {
        let come = [self.received, self.returned, self.found].into_iter().map(u64::from).sum::<u64>();
        let gone = [self.issued, self.spoiled, self.test, self.missing].into_iter().map(u64::from).sum::<u64>();
        u32::try_from(come.saturating_sub(gone)).unwrap_or(u32::MAX)
    }

    /// What can be laid down for the next job.
    pub fn usable(&self) -> u32 {
        self.left().saturating_sub(self.in_work).saturating_sub(self.to_blank)
    }

    /// What lies in the box, whatever it is good for: what a count counts.
    pub fn on_hand(&self) -> u32 {
        self.left().saturating_sub(self.in_work)
    }

    /// The sums after one more movement. `stock-short` where so many are not there.
    pub fn after(mut self, movement: Movement) -> Result<Tally, Trouble> {
        let short = |wanted: u32, there: u32| match wanted > there {
            true => Err(Trouble::new("stock-short").with("n", wanted).with("left", there)),
            false => Ok(()),
        };
        match movement {
            Movement::Received(n) => self.received = self.received.saturating_add(n),
            Movement::Test(n) => {
                short(n, self.on_hand())?;
                self.test += n;
            }
            Movement::Spoiled(n) => {
                short(n, self.on_hand())?;
                self.spoiled += n;
            }
            Movement::Counted(n) => {
                let expected = self.on_hand();
                self.found = self.found.saturating_add(n.saturating_sub(expected));
                self.missing += expected.saturating_sub(n);
            }
            Movement::Taken => {
                short(1, self.usable())?;
                self.in_work += 1;
            }
            Movement::Issued => {
                short(1, self.in_work)?;
                (self.in_work, self.issued) = (self.in_work - 1, self.issued + 1);
            }
            Movement::Wasted => {
                short(1, self.in_work)?;
                (self.in_work, self.spoiled) = (self.in_work - 1, self.spoiled + 1);
            }
            Movement::PutBack => {
                short(1, self.in_work)?;
                self.in_work -= 1;
            }
            Movement::Returned => {
                short(self.returned.saturating_add(1), self.issued)?;
                (self.returned, self.to_blank) = (self.returned + 1, self.to_blank + 1);
            }
            Movement::Blanked => {
                short(1, self.to_blank)?;
                self.to_blank -= 1;
            }
        }
        Ok(self)
    }

    /// Both together.
    pub fn and(&self, other: &Tally) -> Tally {
        Tally {
            received: self.received.saturating_add(other.received),
            issued: self.issued.saturating_add(other.issued),
            spoiled: self.spoiled.saturating_add(other.spoiled),
            test: self.test.saturating_add(other.test),
            returned: self.returned.saturating_add(other.returned),
            found: self.found.saturating_add(other.found),
            missing: self.missing.saturating_add(other.missing),
            in_work: self.in_work.saturating_add(other.in_work),
            to_blank: self.to_blank.saturating_add(other.to_blank),
        }
    }
}

/// A day of one type: what there was when it began, what it brought, and what there is at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayBalance {
    pub opened: u32,
    pub received: u32,
    pub returned: u32,
    pub found: u32,
    pub issued: u32,
    pub spoiled: u32,
    pub test: u32,
    pub missing: u32,
    pub left: u32,
    /// Both sides are the same. Where they are not, somebody wrote into the database by hand.
    pub balanced: bool,
}

impl DayBalance {
    /// Of what was left before the day, what the day brought, and what was left after it, each counted for itself.
    pub fn of(before: &Tally, day: &Tally, after: &Tally) -> DayBalance {
        let (opened, left) = (before.left(), after.left());
        let come = [opened, day.received, day.returned, day.found].into_iter().map(u64::from).sum::<u64>();
        let gone = [day.issued, day.spoiled, day.test, day.missing, left].into_iter().map(u64::from).sum::<u64>();
        let Tally { received, returned, found, issued, spoiled, test, missing, .. } = *day;
        let balanced = come == gone;
        DayBalance { opened, received, returned, found, issued, spoiled, test, missing, left, balanced }
    }
}

/// A lot's name as its maker printed it on the box: up to forty characters, no control characters; `stock-lot`, and
/// `identity-number` for one that somebody typed into the wrong field.
pub fn lot_name(text: &str) -> Result<String, Trouble> {
    let text = text.trim();
    refuse_identity_number(text)?;
    let sound = (1..=LONGEST_LOT).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if sound { Ok(text.to_owned()) } else { Err(Trouble::new("stock-lot").with("most", LONGEST_LOT)) }
}

/// How many: whole, from `least` to [`MOST`]; `stock-count`.
pub fn count(text: &str, least: u32) -> Result<u32, Trouble> {
    let digits: String = text.trim().chars().filter(|c| *c != ',').collect();
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let n = digits.parse().ok().filter(|n| plain && (least..=MOST).contains(n));
    n.ok_or_else(|| Trouble::new("stock-count").with("least", least).with("most", MOST))
}

#[cfg(test)]
mod tests;
