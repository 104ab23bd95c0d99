//! What one person did with money and cards against all others together, and what of it stands out. It accuses nobody: a figure that
//! stands out is one to ask about. Pure. Start at [`compared`].
//!
//! The rule: a measure stands out where it happened at least [`LEAST`] times, at more than [`TIMES`] the rate of all others together,
//! and so often by chance in less than [`CERTAINTY`] of all cases (the upper tail of a binomial distribution with the others' rate,
//! to which one more case is added, so that "never" among few is not taken for "cannot be": Laplace's rule of succession). Where
//! nobody else did such work nothing stands out, for there is nothing to compare.

use serde::Serialize;

/// Fewer cases are none to talk of.
pub const LEAST: u64 = 3;
/// So many times the others' rate.
pub const TIMES: f64 = 2.5;
/// By chance less often than this.
pub const CERTAINTY: f64 = 0.01;

/// What is counted of a person, each against the work in which it can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Of payments and waivers.
    Waivers,
    /// Of payments and refunds.
    Refunds,
    /// Money or debts that went back with a job; of charges.
    Reversals,
    /// Of jobs that were begun.
    Cancels,
    /// Of cards of their jobs that went out, whoever handed them over, or were spoiled.
    Spoiled,
    /// Blanks taken out of stock by hand; of these, cards of their jobs that went out, and spoiled ones.
    Taken,
    /// Handed over unpaid; of cards that they handed over.
    Unpaid,
    /// Reissues without a fee; of reissues.
    Free,
    /// Cards that are free for no more than a ticked exemption; of charges.
    Exempt,
    /// First cards without a fee for people who had a card here before, withdrew perhaps and were enrolled anew; of charges.
    Again,
    /// Closes whose count was not what was expected; of closes.
    Differences,
    /// Counts made before the sum was shown that were not what was expected; of such counts.
    FirstCounts,
    /// Days opened again; of closes and these.
    Reopenings,
}
kebab!(Measure {
    Waivers = "waivers",
    Refunds = "refunds",
    Reversals = "reversals",
    Cancels = "cancels",
    Spoiled = "spoiled",
    Taken = "taken",
    Unpaid = "unpaid",
    Free = "free",
    Exempt = "exempt",
    Again = "again",
    Differences = "differences",
    FirstCounts = "first-counts",
    Reopenings = "reopenings",
});

/// In the order in which they are shown.
pub const MEASURES: &[Measure] = Measure::ALL;

/// What somebody did in a period, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Deeds {
    /// With their own hands, whoever began the job.
    pub handed_over: u64,
    /// Cards of jobs that they began which were handed over, by whomever.
    pub made: u64,
    pub charges: u64,
    pub payments: u64,
    pub waivers: u64,
    pub refunds: u64,
    pub reversals: u64,
    pub cancels: u64,
    pub spoiled: u64,
    /// Blanks out of stock by hand.
    pub taken: u64,
    pub unpaid: u64,
    pub reissues: u64,
    pub free: u64,
    pub exempt: u64,
    pub again: u64,
    pub closes: u64,
    pub differences: u64,
    pub counts: u64,
    pub first_counts: u64,
    pub reopenings: u64,
}

impl Deeds {
    /// How often, and of how many.
    pub fn of(&self, measure: Measure) -> (u64, u64) {
        let (n, of) = match measure {
            Measure::Waivers => (self.waivers, self.payments + self.waivers),
            Measure::Refunds => (self.refunds, self.payments + self.refunds),
            Measure::Reversals => (self.reversals, self.charges),
            Measure::Cancels => (self.cancels, self.charges),
            Measure::Spoiled => (self.spoiled, self.made + self.spoiled),
            Measure::Taken => (self.taken, self.made + self.spoiled + self.taken),
            Measure::Unpaid => (self.unpaid, self.handed_over),
            Measure::Free => (self.free, self.reissues),
            Measure::Exempt => (self.exempt, self.charges),
            Measure::Again => (self.again, self.charges),
            Measure::Differences => (self.differences, self.closes),
            Measure::FirstCounts => (self.first_counts, self.counts),
            Measure::Reopenings => (self.reopenings, self.closes + self.reopenings),
        };
        // Whoever cancels what others began did so more often than they began anything.
        (n, of.max(n))
    }

    /// Both together.
    pub fn plus(&self, other: &Deeds) -> Deeds {
        Deeds {
            handed_over: self.handed_over + other.handed_over,
            made: self.made + other.made,
            charges: self.charges + other.charges,
            payments: self.payments + other.payments,
            waivers: self.waivers + other.waivers,
            refunds: self.refunds + other.refunds,
            reversals: self.reversals + other.reversals,
            cancels: self.cancels + other.cancels,
            spoiled: self.spoiled + other.spoiled,
            taken: self.taken + other.taken,
            unpaid: self.unpaid + other.unpaid,
            reissues: self.reissues + other.reissues,
            free: self.free + other.free,
            exempt: self.exempt + other.exempt,
            again: self.again + other.again,
            closes: self.closes + other.closes,
            differences: self.differences + other.differences,
            counts: self.counts + other.counts,
            first_counts: self.first_counts + other.first_counts,
            reopenings: self.reopenings + other.reopenings,
        }
    }
}

/// One measure of a person beside that of all others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Compared {
    pub measure: Measure,
    pub count: u64,
    /// In how many cases it could have happened.
    pub of: u64,
    /// Per cent, to a tenth; none where there was no case.
    pub rate: Option<f64>,
    /// The same of all others together.
    pub others: Option<f64>,
    pub flagged: bool,
    /// It happened as often as is talked of, and nobody else did such work: nothing stands out, since nothing can.
    pub alone: bool,
}

/// A person's measures beside those of all others together.
pub fn compared(own: &Deeds, others: &Deeds) -> Vec<Compared> {
    let compare = |measure: &Measure| {
        let ((count, of), (other_count, other_of)) = (own.of(*measure), others.of(*measure));
        Compared {
            measure: *measure,
            count,
            of,
            rate: per_cent(count, of),
            others: per_cent(other_count, other_of),
            flagged: stands_out((count, of), (other_count, other_of)),
            alone: count >= LEAST && other_of == 0,
        }
    };
    MEASURES.iter().map(compare).collect()
}

fn per_cent(count: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (count as f64 / of as f64 * 1000.0).round() / 10.0)
}

fn stands_out((count, of): (u64, u64), (other_count, other_of): (u64, u64)) -> bool {
    if count < LEAST || other_of == 0 {
        return false;
    }
    // Crosswise, for the others' rate may be nothing.
    let often = count as f64 * other_of as f64 > TIMES * other_count as f64 * of as f64;
    let p = (other_count + 1) as f64 / (other_of + 2) as f64;
    often && count as f64 > of as f64 * p && tail(count, of, p) < CERTAINTY
}

/// How likely so many or more of `of` cases are, each with chance `p`, where so many are more than the most likely number.
fn tail(count: u64, of: u64, p: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    // The logarithm of the first term, so that nothing is rounded to nothing; the rest follows by ratios.
    let choose: f64 = (1..=count).map(|k| ((of - count + k) as f64).ln() - (k as f64).ln()).sum();
    let mut term = (choose + count as f64 * p.ln() + (of - count) as f64 * (1.0 - p).ln()).exp();
    let mut sum = 0.0;
    for k in count..=of {
        sum += term;
        term *= (of - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        if term < sum * 1e-15 && k as f64 > of as f64 * p {
            break;
        }
    }
    sum
}

#[cfg(test)]
#[path = "clerks_tests.rs"]
mod tests;
