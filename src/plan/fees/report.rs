//! Reports of money: periods, and the sums of entries as the rows of a table, each of which balances. Pure; amounts are whole won. It
//! reads no entries and knows no names. Start at [`Adding`].

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{Account, EntryKind, Posting, Reason, Totals, postings};
use crate::plan::messages::Trouble;

/// Business days, both ends included; an open end has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

impl Period {
    /// `period-backwards` where the end lies before the beginning.
    pub fn between(from: Option<Date>, to: Option<Date>) -> Result<Period, Trouble> {
        match (from, to) {
            (Some(from), Some(to)) if from > to => {
                Err(Trouble::new("period-backwards").with("from", from).with("to", to))
            }
            _ => Ok(Period { from, to }),
        }
    }

    /// The month that this day is of.
    pub fn month_of(day: Date) -> Period {
        Period { from: Some(day.first_of_month()), to: Some(day.last_of_month()) }
    }

    /// The year that this day is of.
    pub fn year_of(day: Date) -> Period {
        Period { from: Some(day.first_of_year()), to: Some(day.last_of_year()) }
    }

    /// `2026`, `2026-11`, `2026. 11.`; `None` for whatever is neither, a single day too.
    pub fn named(text: &str) -> Option<Period> {
        let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        let year = |text: &str| (text.len() == 4).then(|| text.parse().ok()).flatten();
        match parts[..] {
            [alone] => Date::new(year(alone)?, 1, 1).ok().map(Period::year_of),
            [first, month] => Date::new(year(first)?, month.parse().ok()?, 1).ok().map(Period::month_of),
            _ => None,
        }
    }

    /// What its time is divided into in a plot: days up to two months, else months, else years.
    pub fn unit(&self) -> By {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from.until(to).is_ok_and(|span| span.get_days() <= 62) => By::Day,
            (Some(from), Some(to)) if to.year() - from.year() <= 3 => By::Month,
            _ => By::Year,
        }
    }
}

/// What the rows of a report are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Day,
    Month,
    Year,
    Desk,
    Clerk,
    Reason,
}
kebab!(By {
    Day = "day",
    Month = "month",
    Year = "year",
    Desk = "desk",
    Clerk = "clerk",
    Reason = "reason",
});

/// Entries of one day and kind added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum<'a> {
    /// `YYYY-MM-DD`.
    pub day: &'a str,
    /// The desk or the person; empty where nobody asks for either.
    pub of: &'a str,
    pub reason: Option<Reason>,
    pub kind: EntryKind,
    pub account: Option<Account>,
    pub entries: u64,
    /// Won.
    pub amount: i64,
}

/// Money that came in and went back, by the way it took, in won.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Money {
    pub cash_in: i64,
    pub cash_out: i64,
    pub card_in: i64,
    pub card_out: i64,
    pub transfer_in: i64,
    pub transfer_out: i64,
}

impl Money {
    fn add(&mut self, Posting { debit, credit }: Posting, amount: i64) {
        match debit {
            Account::Cash => self.cash_in += amount,
            Account::Card => self.card_in += amount,
            Account::Transfer => self.transfer_in += amount,
            _ => {}
        }
        match credit {
            Account::Cash => self.cash_out += amount,
            Account::Card => self.card_out += amount,
            Account::Transfer => self.transfer_out += amount,
            _ => {}
        }
    }
}

/// A row of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    /// `2026-11-26`, `2026-11`, `2026`, a desk (empty at the command line), `staff:7` or a reason.
    pub key: String,
    /// Entries that moved something or said why nothing is asked for; closes are none.
    pub entries: u64,
    #[serde(flatten)]
    pub totals: Totals,
    #[serde(flatten)]
    pub money: Money,
}

impl Line {
    fn add(&mut self, sum: &Sum) {
        let Some((account, posting)) = sum.account.and_then(|at| Some((at, postings(sum.kind, at)?))) else { return };
        self.entries += sum.entries;
        self.totals.add(sum.kind, account, sum.amount);
        self.money.add(posting, sum.amount);
    }
}

/// A report: its rows in order, and all of them together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    pub rows: Vec<Line>,
    pub totals: Line,
}

/// A report while it is added up, one sum after the other, however many there are.
#[derive(Debug, Clone)]
pub struct Adding {
    by: By,
    rows: Vec<Line>,
    /// Where the row of a key stands.
    places: BTreeMap<String, usize>,
    /// The row of the last sum: sums that come in the order of days are mostly of one row.
    last: usize,
    totals: Line,
}

impl Adding {
    pub fn new(by: By) -> Adding {
        Adding { by, rows: Vec::new(), places: BTreeMap::new(), last: 0, totals: Line::default() }
    }

    pub fn add(&mut self, sum: &Sum) {
        let key = match self.by {
            By::Day => Some(sum.day),
            By::Month => sum.day.get(..7),
            By::Year => sum.day.get(..4),
            By::Desk | By::Clerk => Some(sum.of),
            By::Reason => sum.reason.map(Reason::as_str),
        };
        let Some(key) = key else { return };
        self.totals.add(sum);
        if self.rows.get(self.last).is_none_or(|row| row.key != key) {
            self.last = self.places.get(key).copied().unwrap_or(self.rows.len());
        }
        if self.last == self.rows.len() {
            self.places.insert(key.to_owned(), self.last);
            self.rows.push(Line { key: key.to_owned(), ..Line::default() });
        }
        if let Some(row) = self.rows.get_mut(self.last) {
            row.add(sum);
        }
    }

    /// By reason in the order of reasons, else by their keys; a row of which no entry says anything is none.
    pub fn table(mut self) -> Table {
        self.rows.retain(|row| row.entries > 0);
        match self.by {
            By::Reason => {
                self.rows.sort_by_key(|row| Reason::ALL.iter().position(|reason| reason.as_str() == row.key));
            }
            _ => self.rows.sort_by(|one, other| one.key.cmp(&other.key)),
        }
        Table { rows: self.rows, totals: self.totals }
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
