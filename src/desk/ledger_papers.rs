//! Which sheets of the books there are, what they are called and which columns they have. It fills none; `ledger_export` does. Start at
//! [`Paper`].

use crate::plan::fees::By;
use crate::plan::kebab;

/// What of the books is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// Entry by entry, each with what it moves.
    Entries,
    Days,
    Months,
    Years,
    Desks,
    Clerks,
    Reasons,
    /// What each person did beside all others.
    Rates,
    Issues,
    Reissues,
}
kebab!(Paper {
    Entries = "entries",
    Days = "day",
    Months = "month",
    Years = "year",
    Desks = "desk",
    Clerks = "clerk",
    Reasons = "reason",
    Rates = "rates",
    Issues = "issues",
    Reissues = "reissues",
});

/// Every sheet there is.
pub const PAPERS: &[Paper] = Paper::ALL;

impl Paper {
    /// What the rows of a report are of.
    pub(super) fn by(self) -> Option<By> {
        By::parse(self.as_str())
    }

    /// Headings as `reports-col-…`, and how wide they open.
    pub(super) fn columns(self) -> impl Iterator<Item = &'static (&'static str, u16)> {
        let all: &[(&str, u16)] = match self {
            Paper::Entries => &ENTRIES,
            Paper::Rates => &RATES,
            Paper::Issues | Paper::Reissues => &REGISTER,
            _ => &SUMS,
        };
        all.iter().filter(move |(name, _)| self != Paper::Issues || !name.starts_with("old-"))
    }
}

const ENTRIES: [(&str, u16); 27] = [
    ("seq", 8),
    ("day", 12),
    ("time", 20),
    ("entry", 10),
    ("reason", 14),
    ("account", 10),
    ("amount", 12),
    ("charged", 12),
    ("paid", 12),
    ("waived", 12),
    ("refunded", 12),
    ("reversed", 12),
    ("unpaid", 12),
    ("counted", 12),
    ("expected", 12),
    ("charge", 9),
    ("job", 9),
    ("member", 9),
    ("receipt", 9),
    ("by", 14),
    ("allowed", 14),
    ("desk", 7),
    ("rule", 28),
    ("basis", 14),
    ("evidence", 20),
    ("refers", 9),
    ("why", 24),
];

const SUMS: [(&str, u16); 14] = [
    ("key", 20),
    ("entries", 9),
    ("charged", 12),
    ("paid", 12),
    ("waived", 12),
    ("refunded", 12),
    ("reversed", 12),
    ("unpaid", 12),
    ("cash-in", 12),
    ("cash-out", 12),
    ("card-in", 12),
    ("card-out", 12),
    ("transfer-in", 12),
    ("transfer-out", 12),
];

const RATES: [(&str, u16); 8] = [
    ("by", 14),
    ("account-id", 12),
    ("measure", 26),
    ("count", 9),
    ("of", 9),
    ("rate", 9),
    ("others", 14),
    ("flagged", 12),
];

/// A register of all issues is the same without the old card: why a card costs what it costs, and who let it, stands in both.
const REGISTER: [(&str, u16); 18] = [
    ("nth", 7),
    ("issued", 12),
    ("number", 18),
    ("name", 14),
    ("kind", 12),
    ("uid", 18),
    ("reason", 14),
    ("fee", 10),
    ("settled", 18),
    ("receipt", 9),
    ("by", 14),
    ("desk", 7),
    ("old-uid", 18),
    ("old-number", 18),
    ("old-state", 12),
    ("waived-as", 18),
    ("evidence", 20),
    ("allowed", 14),
];

impl Paper {
    /// What its file is called.
    pub(super) fn file(self) -> &'static str {
        match self {
            Paper::Entries => "ledger",
            Paper::Rates => "clerks",
            Paper::Issues => "issues",
            Paper::Reissues => "reissues",
            _ => "report",
        }
    }
}
