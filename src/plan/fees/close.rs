//! The close of a desk's day: notes and coins and their sum, what the drawer should hold, which day may be closed. Pure; amounts are
//! whole won, and the clock is told. It books nothing. Start at [`Pieces`], [`cash`] and [`judge`].

use std::fmt;

use jiff::civil::Date;

use super::{Account, EntryKind, postings};
use crate::plan::messages::Trouble;

/// The notes and coins of Korea in won, the greatest first (Bank of Korea).
pub const PIECES: [u32; 8] = [50_000, 10_000, 5_000, 1_000, 500, 100, 50, 10];
/// Of one piece nobody counts more: what is typed beyond it is a slip.
const MOST_OF_ONE: u32 = 9_999;
/// Nor more won in one drawer.
pub const MOST_COUNTED: i64 = 1_000_000_000;

/// How many of each note and coin lie in a drawer, in the order of [`PIECES`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pieces([u32; PIECES.len()]);

impl Pieces {
    /// As they were typed, field by field; an empty field is none of it. `count-piece` for what is no number of them.
    pub fn typed<'t>(typed: impl Fn(u32) -> &'t str) -> Result<Pieces, Trouble> {
        if PIECES.iter().all(|piece| typed(*piece).trim().is_empty()) {
            return Err(Trouble::new("count-empty"));
        }
        let mut pieces = Pieces::default();
        for (held, piece) in pieces.0.iter_mut().zip(PIECES) {
            let text = typed(piece).trim();
            let wrong = || Trouble::new("count-piece").with("piece", super::grouped(piece)).with("most", MOST_OF_ONE);
            *held = if text.is_empty() { 0 } else { few(text).ok_or_else(wrong)? };
        }
        Ok(pieces)
    }

    /// Won.
    pub fn sum(&self) -> i64 {
        self.each().map(|(piece, n)| i64::from(piece) * i64::from(n)).sum()
    }

    /// Each note and coin and how many there are of it, none too.
    pub fn each(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        PIECES.into_iter().zip(self.0)
    }

    /// Back from the canonical text; `None` for any other.
    pub fn parse(text: &str) -> Option<Pieces> {
        let mut pieces = Pieces::default();
        for part in text.split(' ').filter(|_| !text.is_empty()) {
            let (piece, n) = part.split_once('x')?;
            let place = PIECES.iter().position(|known| known.to_string() == piece)?;
            *pieces.0.get_mut(place)? = few(n)?;
        }
        (pieces.to_string() == text).then_some(pieces)
    }
}

/// `10000x3 500x2`: the greatest first, what there is none of is left out.
impl fmt::Display for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let there = self.each().filter(|(_, n)| *n > 0).map(|(piece, n)| format!("{piece}x{n}"));
        f.write_str(&there.collect::<Vec<_>>().join(" "))
    }
}

fn few(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| digits && *n <= MOST_OF_ONE)
}

/// A sum as typed, `12000` or `12,000`, in won: `counted` for what is none.
pub fn won_typed(text: &str) -> Result<i64, Trouble> {
    let wrong = || Trouble::new("counted").with("most", super::grouped(MOST_COUNTED.unsigned_abs()));
    let text = text.trim();
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let amount: i64 = digits.parse().ok().filter(|_| plain).ok_or_else(wrong)?;
    // Commas stand where they belong, or nowhere: 12,00 may be a thousand two hundred or twelve hundred.
    let grouped = !text.contains(',') || super::grouped(amount.unsigned_abs()) == text;
    (grouped && amount <= MOST_COUNTED).then_some(amount).ok_or_else(wrong)
}

/// `+1,000`, `-1,000`, `0`: a difference as it is read.
pub fn signed(won: i64) -> String {
    let sign = match won {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    format!("{sign}{}", super::grouped(won.unsigned_abs()))
}

/// What so many won of entries of a kind do to the drawer: positive where cash came in.
pub fn cash(kind: EntryKind, account: Account, amount: i64) -> i64 {
    match postings(kind, account) {
        Some(posting) if posting.debit == Account::Cash => amount,
        Some(posting) if posting.credit == Account::Cash => -amount,
        _ => 0,
    }
}

/// What stands against closing a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// Through this day the desk is closed, and nothing came since that would count for it.
    Closed(Date),
    /// It has yet to come.
    Ahead,
}

/// Whether a desk that is closed through `last` can close `day`, on the day that the clock says. A clock that was set back opens no
/// closed day.
pub fn judge(last: Option<Date>, day: Date, today: Date) -> Result<(), NotNow> {
    match last.filter(|last| day <= *last) {
        Some(last) => Err(NotNow::Closed(last)),
        None if day > today => Err(NotNow::Ahead),
        None => Ok(()),
    }
}

/// The days that a close can be of, the one that is offered first in front: the newest forgotten one, of those that have entries and
/// are not closed, and then today.
pub fn offered(last: Option<Date>, with_entries: &[Date], today: Date) -> Vec<Date> {
    let open = |day: &Date| judge(last, *day, today).is_ok();
    let forgotten = with_entries.iter().copied().filter(|day| *day < today).filter(open).max();
    forgotten.into_iter().chain(Some(today).filter(open)).collect()
}

#[cfg(test)]
#[path = "close_tests.rs"]
mod tests;
