//! What a library asks for one reason of a card, and from which day on: amount, exemptions, the free first one, waiting days, the
//! most in a year, number and old card. It judges an act by the rule of its day and says why an amount is less; it knows no
//! money that came in, and of an exemption it never tells the ground. Start at [`Rule`] and [`due`].

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::{NumberPolicy, Reason};
use crate::plan::member::BirthDate;
use crate::plan::messages::Trouble;

/// Why somebody pays nothing. Ages come from the birth date; the rest is said by whoever saw the proof, and is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// Until the day before the fourteenth birthday.
    Under14,
    /// From the sixty-fifth birthday on.
    SixtyFiveAndOver,
    Disabled,
    /// Of national merit (국가유공자).
    Veteran,
    /// Receives basic livelihood security (기초생활수급자).
    BasicLivelihood,
}
kebab!(Ground {
    Under14 = "under-14",
    SixtyFiveAndOver = "65-and-over",
    Disabled = "disabled",
    Veteran = "veteran",
    BasicLivelihood = "basic-livelihood",
});

impl Ground {
    /// The records alone show it: nobody needs to say so.
    pub fn by_age(self) -> bool {
        matches!(self, Ground::Under14 | Ground::SixtyFiveAndOver)
    }

    /// Whether the age on that day is one; someone born on 29 February grows older on 1 March (as [`BirthDate::age`]).
    fn fits(self, birth: BirthDate, today: Date) -> bool {
        match self {
            Ground::Under14 => birth.age(today) < 14,
            Ground::SixtyFiveAndOver => birth.age(today) >= 65,
            Ground::Disabled | Ground::Veteran | Ground::BasicLivelihood => false,
        }
    }
}

/// Whether an exemption wants its proof seen, or counts when it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExemptionProof {
    Required,
    Told,
}
kebab!(ExemptionProof { Required = "required", Told = "told" });

/// What becomes of the card that a new one takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldCard {
    /// The member keeps it, dead.
    Void,
    /// The member brings it back, and it goes to the stock.
    Returned,
}
kebab!(OldCard { Void = "void", Returned = "returned" });

/// What the library asks for one reason, from one day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub reason: Reason,
    /// `None`: from before anybody counted.
    pub since: Option<Date>,
    /// Won.
    pub amount: u32,
    pub number: NumberPolicy,
    pub exempt: BTreeSet<Ground>,
    pub proof: ExemptionProof,
    /// The first reissue of a member costs nothing.
    pub first_free: bool,
    /// Days from the report of a loss to the day on which a new card may be made.
    pub wait_days: u32,
    /// The most reissues of a member in a calendar year with which one more for this reason is made; 0: as many as are needed.
    pub per_year: u32,
    pub old_card: OldCard,
}

/// What another rule of the same reason changes; what it does not name stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    pub amount: Option<u32>,
    pub number: Option<NumberPolicy>,
    pub exempt: Option<BTreeSet<Ground>>,
    pub first_free: Option<bool>,
    pub wait_days: Option<u32>,
    pub per_year: Option<u32>,
    pub old_card: Option<OldCard>,
}

/// How the name of a rule with this canonical text ends: `#1a2b3c4d`.
pub fn rule_sum(canonical: &str) -> String {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(canonical));
    format!("#{:08x}", u32::from_be_bytes([a, b, c, d]))
}

impl Rule {
    /// Nothing is asked for, nothing changes.
    pub const fn free(reason: Reason) -> Rule {
        Rule {
            reason,
            since: None,
            amount: 0,
            number: NumberPolicy::Keep,
            exempt: BTreeSet::new(),
            proof: ExemptionProof::Required,
            first_free: false,
            wait_days: 0,
            per_year: 0,
            old_card: OldCard::Void,
        }
    }

    /// What holds before the day on which it begins: no won and no condition; the number and the old card go as they will.
    fn before(&self) -> Option<Rule> {
        self.since?;
        let Rule { reason, number, proof, old_card, .. } = *self;
        Some(Rule { number, proof, old_card, ..Rule::free(reason) })
    }

    fn changed(&self, since: Date, change: Change) -> Rule {
        Rule {
            reason: self.reason,
            since: Some(since),
            amount: change.amount.unwrap_or(self.amount),
            number: change.number.unwrap_or(self.number),
            exempt: change.exempt.unwrap_or_else(|| self.exempt.clone()),
            proof: self.proof,
            first_free: change.first_free.unwrap_or(self.first_free),
            wait_days: change.wait_days.unwrap_or(self.wait_days),
            per_year: change.per_year.unwrap_or(self.per_year),
            old_card: change.old_card.unwrap_or(self.old_card),
        }
    }

    /// The whole rule as a text that never changes: a line for each thing in a fixed order, whatever the file left out.
    pub fn canonical(&self) -> String {
        let grounds: Vec<&str> = self.exempt.iter().map(|ground| ground.as_str()).collect();
        format!(
            "reason = {}\nsince = {}\namount = {}\nnumber = {}\nexempt = {}\nproof = {}\nfirst_free = {}\nwait_days = {}\nper_year = {}\nold_card = {}\n",
            self.reason,
            self.since(),
            self.amount,
            self.number,
            grounds.join(", "),
            self.proof,
            self.first_free,
            self.wait_days,
            self.per_year,
            self.old_card
        )
    }

    /// What an entry is made under: `lost@2026-01-01#1a2b3c4d`, of the reason, the day from which it holds (`lost@base#…` for the
    /// one without) and the first eight digits of the SHA-256 of [`Rule::canonical`].
    pub fn id(&self) -> String {
        format!("{}@{}{}", self.reason, self.since(), rule_sum(&self.canonical()))
    }

    fn since(&self) -> String {
        self.since.map_or_else(|| "base".to_owned(), |day| day.to_string())
    }

    /// Whether somebody who says that they are exempt could be.
    pub fn asks_for_exemption(&self) -> bool {
        self.amount > 0 && self.exempt.iter().any(|ground| !ground.by_age())
    }
}

/// Why a rule cannot follow another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfOrder {
    SameDay,
    Earlier,
}

/// The rules of one reason, from the one that holds first to the last that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedRules {
    /// What holds until the first one begins, where it has a day of its own: nothing is asked.
    before: Option<Rule>,
    first: Rule,
    changes: Vec<Rule>,
}

impl DatedRules {
    pub fn new(first: Rule) -> DatedRules {
        DatedRules { before: first.before(), first, changes: Vec::new() }
    }

    /// Adds what holds from a later day on.
    pub fn change(&mut self, since: Date, change: Change) -> Result<(), OutOfOrder> {
        let last = self.last();
        match last.since {
            Some(day) if day == since => return Err(OutOfOrder::SameDay),
            Some(day) if day > since => return Err(OutOfOrder::Earlier),
            _ => {}
        }
        let rule = last.changed(since, change);
        self.changes.push(rule);
        Ok(())
    }

    /// The rule of that day. Before the first one begins nothing is asked.
    pub fn rule_on(&self, day: Date) -> &Rule {
        let begun = |rule: &&Rule| rule.since.is_none_or(|since| since <= day);
        let first = self.before.as_ref().filter(|_| !begun(&&self.first)).unwrap_or(&self.first);
        self.changes.iter().rev().find(begun).unwrap_or(first)
    }

    /// The one that nothing changes any more.
    pub fn last(&self) -> &Rule {
        self.changes.last().unwrap_or(&self.first)
    }
}

/// What is said of an exemption; on what ground is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SaidExempt {
    #[default]
    No,
    Told,
    /// The proof was looked at.
    Seen,
}
kebab!(SaidExempt { No = "no", Told = "told", Seen = "seen" });

impl SaidExempt {
    /// Off the command line, `seen` or `told`, or nothing: `exempt-said`.
    pub fn read(text: Option<&str>) -> Result<SaidExempt, Trouble> {
        let Some(text) = text else { return Ok(SaidExempt::No) };
        SaidExempt::parse(text.trim()).filter(|said| *said != SaidExempt::No).ok_or_else(|| Trouble::new("exempt-said"))
    }

    /// The two boxes of a form: exempt, and the proof was seen.
    pub fn ticked(exempt: bool, seen: bool) -> SaidExempt {
        match (exempt, seen) {
            (false, _) => SaidExempt::No,
            (true, false) => SaidExempt::Told,
            (true, true) => SaidExempt::Seen,
        }
    }
}

/// Why an amount is not what its rule names; never more than this is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The proof was seen, or the records show the age.
    ExemptSeen,
    ExemptTold,
    FirstFree,
    /// The library's own machine or stock spoiled the card.
    OwnFault,
}
kebab!(Basis {
    ExemptSeen = "exempt-seen",
    ExemptTold = "exempt-told",
    FirstFree = "first-free",
    OwnFault = "own-fault",
});

/// What a rule is applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The day of the act.
    pub today: Date,
    /// `None` for what has no age: a group.
    pub birth: Option<BirthDate>,
    pub said_exempt: SaidExempt,
    /// Reissues handed over to this member before; those for the library's own faults are not among them.
    pub reissues_before: u32,
}

/// What is asked for, in won, and why it is not what the rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub amount: u32,
    pub basis: Option<Basis>,
}

/// What the rule asks for in this case. What the library itself spoiled is never charged, and what the books show (age, first
/// one) goes before what is said.
///
/// # Errors
/// `exempt-proof-missing` where it is only told and must be seen, `exempt-not-here` where this rule exempts nobody who says so.
pub fn due(rule: &Rule, facts: &Facts) -> Result<Due, Trouble> {
    let free = |basis| Ok(Due { amount: 0, basis });
    let by_age = |birth| rule.exempt.iter().any(|ground| ground.fits(birth, facts.today));
    if rule.reason.is_own_fault() {
        return free(Some(Basis::OwnFault));
    }
    if rule.amount == 0 {
        return free(None);
    }
    if facts.birth.is_some_and(by_age) {
        return free(Some(Basis::ExemptSeen));
    }
    if rule.first_free && rule.reason.is_reissue() && facts.reissues_before == 0 {
        return free(Some(Basis::FirstFree));
    }
    match (facts.said_exempt, rule.proof) {
        (SaidExempt::No, _) => Ok(Due { amount: rule.amount, basis: None }),
        _ if !rule.asks_for_exemption() => Err(Trouble::new("exempt-not-here").with("reason", rule.reason)),
        (SaidExempt::Seen, _) => free(Some(Basis::ExemptSeen)),
        (SaidExempt::Told, ExemptionProof::Told) => free(Some(Basis::ExemptTold)),
        (SaidExempt::Told, ExemptionProof::Required) => Err(Trouble::new("exempt-proof-missing")),
    }
}

/// The first day on which a card that was reported lost may be replaced; `None` where that is so today. `reported` is the day of
/// the report, `None` when it is only now reported.
pub fn waits_until(rule: &Rule, reported: Option<Date>, today: Date) -> Option<Date> {
    if !rule.reason.is_loss() {
        return None;
    }
    let first = reported.unwrap_or(today).saturating_add(Span::new().days(rule.wait_days));
    (today < first).then_some(first)
}

/// Whether a member who had so many reissues in this calendar year has had the most that the rule allows. Every reason counts but
/// the library's own faults, and what was cancelled does not.
pub fn at_limit(rule: &Rule, had_this_year: u32) -> bool {
    rule.per_year > 0 && !rule.reason.is_own_fault() && had_this_year >= rule.per_year
}

/// What shows that a reissue is rightly free of charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFeeEvidence {
    /// The old card was read in this session.
    CardRead,
    /// A job of this member failed or spoiled its card, as the books show.
    FailedJob,
    /// The records were changed since the card was issued, or the number changes by force.
    RecordChanged,
    /// A manager signed.
    Signed,
    /// The blanks of its lot were reported faulty.
    Lot,
    /// Nothing but that somebody ticked an exemption.
    Ticked,
}
kebab!(NoFeeEvidence {
    CardRead = "card-read",
    FailedJob = "failed-job",
    RecordChanged = "record-changed",
    Signed = "signed",
    Lot = "lot",
    Ticked = "ticked",
});

/// Whether a reissue is free for its reason's sake while a lost card would cost something: then a dishonest clerk would name this
/// reason. What an exemption or a first free one makes free is a matter of its own.
pub fn wants_evidence(rule: &Rule, lost: &Rule) -> bool {
    rule.reason.is_reissue() && rule.amount == 0 && lost.amount > 0
}

/// The same of a further first card for somebody who had one here before: free, while a lost one would cost something.
pub fn wants_evidence_again(rule: &Rule, lost: &Rule) -> bool {
    !rule.reason.is_reissue() && rule.amount == 0 && lost.amount > 0
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
