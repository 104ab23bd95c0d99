//! Why a card is made, what that costs and whether the number stays. Pure; amounts are whole won. It books nothing and never
//! knows who pays. Start at [`Reason`]; the rules are in `rules.rs`.

mod clerks;
pub mod close;
mod ledger;
mod report;

pub use clerks::{CERTAINTY, Compared, Deeds, LEAST, MEASURES, Measure, TIMES, compared};
pub use ledger::{Account, Against, ChargeEvent, EntryKind, Posting, Totals, postings, settle};
pub use report::{Adding, By, Line, Money, Period, Sum, Table};

use crate::plan::member::refuse_identity_number;
use crate::plan::messages::Trouble;

mod rules;

pub use rules::{
    Basis, Change, DatedRules, Due, ExemptionProof, Facts, Ground, NoFeeEvidence, OldCard, OutOfOrder, Rule,
    SaidExempt, at_limit, due, rule_sum, waits_until, wants_evidence, wants_evidence_again,
};

/// Why a card is made: the first one, a sticker, or a reason of reissue. Each has its table in `[fees]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    FirstIssue,
    Sticker,
    Lost,
    Stolen,
    Damaged,
    Worn,
    Overwritten,
    Defective,
    Renamed,
    NumberChanged,
    Conversion,
}
kebab!(Reason {
    FirstIssue = "first-issue",
    Sticker = "sticker",
    Lost = "lost",
    Stolen = "stolen",
    Damaged = "damaged",
    Worn = "worn",
    Overwritten = "overwritten",
    Defective = "defective",
    Renamed = "renamed",
    NumberChanged = "number-changed",
    Conversion = "conversion",
});

impl Reason {
    /// Whether a card that the member has gives way to a new one.
    pub fn is_reissue(self) -> bool {
        !matches!(self, Reason::FirstIssue | Reason::Sticker)
    }

    /// Somebody else may hold the old card: it stays blocked even when the reissue is cancelled.
    pub fn is_loss(self) -> bool {
        matches!(self, Reason::Lost | Reason::Stolen)
    }

    /// The library's own machine or stock spoiled the card: never charged.
    pub fn is_own_fault(self) -> bool {
        self == Reason::Defective
    }

    /// The new card has another number, whatever the settings say.
    pub fn changes_number(self) -> bool {
        matches!(self, Reason::NumberChanged | Reason::Conversion)
    }
}

/// Whether a reissued card keeps the member's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberPolicy {
    Keep,
    New,
}
kebab!(NumberPolicy { Keep = "keep", New = "new" });

/// What self-service kiosks look at: the number alone, which the finder of a lost card has, or the card (its UID or seal).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KioskCheck {
    Number,
    Card,
}
kebab!(KioskCheck { Number = "number", Card = "card" });

/// Whether the number changes with this reason. A lost card's number is not kept where a kiosk would lend by it.
pub fn number_policy(rule: &Rule, kiosks: KioskCheck) -> NumberPolicy {
    let reason = rule.reason;
    let forced = reason.changes_number() || (reason.is_loss() && kiosks == KioskCheck::Number);
    if forced { NumberPolicy::New } else { rule.number }
}

/// How an amount was settled, or that it was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeState {
    /// Nothing was asked for.
    Free,
    Unpaid,
    Paid,
    Waived,
    /// Paid, and paid back; the card stays.
    Refunded,
    /// Its job was cancelled: what was paid goes back.
    Reversed,
}
kebab!(ChargeState {
    Free = "free",
    Unpaid = "unpaid",
    Paid = "paid",
    Waived = "waived",
    Refunded = "refunded",
    Reversed = "reversed",
});

/// How money came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayBy {
    Cash,
    Card,
    Transfer,
}
kebab!(PayBy { Cash = "cash", Card = "card", Transfer = "transfer" });

/// What is said of the money when a card is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settlement {
    Paid(PayBy),
    /// Not asked for, and why.
    Waived(String),
    /// Nothing is said: where something is due it stays unpaid.
    #[default]
    Later,
}

impl Settlement {
    /// What was typed: `--pay HOW`, `--waive WHY`, or neither.
    ///
    /// # Errors
    /// `pay-and-waive`, `pay-by`, and those of [`why`].
    pub fn read(pay: Option<&str>, waive: Option<&str>) -> Result<Settlement, Trouble> {
        match (pay, waive) {
            (Some(_), Some(_)) => Err(Trouble::new("pay-and-waive")),
            (Some(by), None) => PayBy::read(by).map(Settlement::Paid),
            (None, Some(text)) => why(text).map(Settlement::Waived),
            (None, None) => Ok(Settlement::Later),
        }
    }

    /// The choice of a form, whose fields stay filled in where nothing is asked for: `later`, `waive`, or how it is paid.
    pub fn choice(amount: u32, pay: &str, text: &str) -> Result<Settlement, Trouble> {
        match (amount, pay) {
            (0, _) | (_, "later") => Ok(Settlement::Later),
            // Nobody's silence is cash.
            (_, "") => Err(Trouble::new("pay-missing").with("amount", grouped(amount))),
            (_, "waive") => why(text).map(Settlement::Waived),
            (_, by) => PayBy::read(by).map(Settlement::Paid),
        }
    }

    /// The state of a charge of this amount; `nothing-to-pay` where money is spoken of and none is asked for.
    pub fn state(&self, amount: u32) -> Result<ChargeState, Trouble> {
        match (self, amount) {
            (Settlement::Later, 0) => Ok(ChargeState::Free),
            (_, 0) => Err(Trouble::new("nothing-to-pay")),
            (Settlement::Paid(_), _) => Ok(ChargeState::Paid),
            (Settlement::Waived(_), _) => Ok(ChargeState::Waived),
            (Settlement::Later, _) => Ok(ChargeState::Unpaid),
        }
    }
}

impl PayBy {
    /// `cash`, `card` or `transfer`; else `pay-by`.
    pub fn read(text: &str) -> Result<PayBy, Trouble> {
        PayBy::parse(text.trim()).ok_or_else(|| Trouble::new("pay-by"))
    }
}

/// An amount as it is read: `2,000`.
pub fn grouped(amount: impl Into<u64>) -> String {
    let digits = amount.into().to_string();
    let comma = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    digits.chars().enumerate().flat_map(|(at, digit)| comma(at).then_some(',').into_iter().chain([digit])).collect()
}

/// The longest reason, in characters.
const LONGEST_WHY: usize = 200;

/// A reason in somebody's own words, for money that is not asked for: `why-missing`, `why-text`. It is kept, and so an
/// identity number in it is refused.
pub fn why(text: &str) -> Result<String, Trouble> {
    let text = text.trim();
    refuse_identity_number(text)?;
    match text.chars().count() {
        0 => Err(Trouble::new("why-missing")),
        1..=LONGEST_WHY if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err(Trouble::new("why-text").with("most", LONGEST_WHY)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_cards_number_is_kept_only_where_kiosks_check_the_card() {
        let (keep, new) = (NumberPolicy::Keep, NumberPolicy::New);
        for (reason, number, kiosks, expected) in [
            (Reason::Lost, keep, KioskCheck::Number, NumberPolicy::New),
            (Reason::Stolen, keep, KioskCheck::Number, NumberPolicy::New),
            (Reason::Lost, keep, KioskCheck::Card, NumberPolicy::Keep),
            (Reason::Lost, new, KioskCheck::Card, NumberPolicy::New),
            (Reason::Damaged, keep, KioskCheck::Number, NumberPolicy::Keep),
            (Reason::Damaged, new, KioskCheck::Number, NumberPolicy::New),
            (Reason::NumberChanged, keep, KioskCheck::Card, NumberPolicy::New),
            (Reason::Conversion, keep, KioskCheck::Card, NumberPolicy::New),
        ] {
            let rule = Rule { number, ..Rule::free(reason) };
            assert_eq!(number_policy(&rule, kiosks), expected, "{reason} {number} {kiosks}");
        }
    }

    #[test]
    fn an_amount_is_grouped_by_thousands() {
        for (amount, text) in
            [(0_u32, "0"), (500, "500"), (999, "999"), (2_000, "2,000"), (100_000, "100,000"), (1_000_000, "1,000,000")]
        {
            assert_eq!(grouped(amount), text);
        }
    }

    #[test]
    fn what_is_typed_of_money_is_read_or_refused() {
        let long = "가".repeat(201);
        for (pay, waive, expected) in [
            (None, None, Ok(Settlement::Later)),
            (Some("cash"), None, Ok(Settlement::Paid(PayBy::Cash))),
            (Some(" transfer"), None, Ok(Settlement::Paid(PayBy::Transfer))),
            (None, Some(" 기초생활 수급자 "), Ok(Settlement::Waived("기초생활 수급자".to_owned()))),
            (Some("cash"), Some("why"), Err("pay-and-waive")),
            (Some("gold"), None, Err("pay-by")),
            (Some(""), None, Err("pay-by")),
            (None, Some("  "), Err("why-missing")),
            (None, Some("a\nb"), Err("why-text")),
            (None, Some(&*long), Err("why-text")),
            (None, Some("880314-1234567"), Err("identity-number")),
        ] {
            let read = Settlement::read(pay, waive).map_err(|trouble| trouble.code);
            assert_eq!(read, expected, "{pay:?} {waive:?}");
        }
    }

    #[test]
    fn what_a_form_leaves_filled_in_counts_only_where_money_is_due() {
        for (amount, pay, text, expected) in [
            (0, "cash", "", Ok(Settlement::Later)),
            (0, "waive", "", Ok(Settlement::Later)),
            (1, "later", "", Ok(Settlement::Later)),
            (1, "card", "why", Ok(Settlement::Paid(PayBy::Card))),
            (1, "waive", "why", Ok(Settlement::Waived("why".to_owned()))),
            (1, "waive", "", Err("why-missing")),
            (1, "", "", Err("pay-missing")),
        ] {
            let choice = Settlement::choice(amount, pay, text).map_err(|trouble| trouble.code);
            assert_eq!(choice, expected, "{amount} {pay} {text}");
        }
    }

    #[test]
    fn a_charge_begins_as_its_amount_and_what_was_said_of_it() {
        let waived = || Settlement::Waived("why".to_owned());
        for (said, amount, expected) in [
            (Settlement::Later, 0, Ok(ChargeState::Free)),
            (Settlement::Later, 1, Ok(ChargeState::Unpaid)),
            (Settlement::Paid(PayBy::Card), 1, Ok(ChargeState::Paid)),
            (waived(), 1, Ok(ChargeState::Waived)),
            (Settlement::Paid(PayBy::Card), 0, Err("nothing-to-pay")),
            (waived(), 0, Err("nothing-to-pay")),
        ] {
            assert_eq!(said.state(amount).map_err(|trouble| trouble.code), expected, "{said:?} {amount}");
        }
    }
}
