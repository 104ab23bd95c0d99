//! What cards cost: `[fees.REASON]`, each with the dated `[[fees.REASON.change]]` that follow it, and `[exemptions]`. It knows which
//! keys a reason takes and what is refused; what a rule means is the plan's. Start at [`rules`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::source::{Given, Source, Table};
use crate::plan::fees::{Change, DatedRules, ExemptionProof, Ground, NumberPolicy, OldCard, OutOfOrder, Reason, Rule};
use crate::plan::messages::Trouble;

/// No card costs more, in won.
const MOST: u32 = 1_000_000;
/// No loss waits longer, in days.
const LONGEST_WAIT: u32 = 365;
/// As good as no limit: a member has had 255 cards at most.
const MOST_A_YEAR: u32 = 99;

/// `fees.lost.amount` and the like: for each reason its keys.
macro_rules! keys {
    ($($reason:literal: $($key:literal)+;)+) => { &[$($(concat!("fees.", $reason, ".", $key)),+),+] };
}

/// All keys of `[fees]` and `[exemptions]`. A number that is forced, and a wait where nothing was lost, have none.
pub(super) const KEYS: &[&str] = keys! {
    "first-issue": "since" "amount" "exempt" "change";
    "sticker": "since" "amount" "exempt" "change";
    "lost": "since" "amount" "number" "exempt" "first_free" "wait_days" "per_year" "old_card" "change";
    "stolen": "since" "amount" "number" "exempt" "first_free" "wait_days" "per_year" "old_card" "change";
    "damaged": "since" "amount" "number" "exempt" "first_free" "per_year" "old_card" "change";
    "worn": "since" "amount" "number" "exempt" "first_free" "per_year" "old_card" "change";
    "overwritten": "since" "amount" "number" "exempt" "first_free" "per_year" "old_card" "change";
    "defective": "since" "amount" "number" "old_card" "change";
    "renamed": "since" "amount" "number" "exempt" "first_free" "per_year" "old_card" "change";
    "number-changed": "since" "amount" "exempt" "first_free" "per_year" "old_card" "change";
    "conversion": "since" "amount" "exempt" "first_free" "per_year" "old_card" "change";
};

/// The rules of every reason.
pub(super) fn rules(source: &Source) -> Result<BTreeMap<Reason, DatedRules>, Trouble> {
    let proof = source.needed("exemptions", "proof")?.choice(ExemptionProof::ALL, ExemptionProof::as_str)?;
    Reason::ALL.iter().map(|reason| Ok((*reason, of_reason(source, *reason, proof)?))).collect()
}

fn of_reason(source: &Source, reason: Reason, proof: ExemptionProof) -> Result<DatedRules, Trouble> {
    let section = format!("fees.{reason}");
    source.needed(&section, "amount")?;
    if reason.is_reissue() && !reason.changes_number() {
        source.needed(&section, "number")?;
    }
    let base = change(reason, |key| source.given(&section, key))?;
    let mut rules = DatedRules::new(Rule {
        since: source.given(&section, "since").map(|since| day(&since)).transpose()?,
        amount: base.amount.unwrap_or(0),
        number: base.number.unwrap_or(if reason.changes_number() { NumberPolicy::New } else { NumberPolicy::Keep }),
        exempt: base.exempt.unwrap_or_default(),
        proof,
        first_free: base.first_free.unwrap_or(false),
        wait_days: base.wait_days.unwrap_or(0),
        per_year: base.per_year.unwrap_or(0),
        old_card: base.old_card.unwrap_or(OldCard::Void),
        ..Rule::free(reason)
    });
    let Some(changes) = source.given(&section, "change") else { return Ok(rules) };
    let above = format!("{section}.");
    let may: Vec<&str> =
        KEYS.iter().copied().filter(|key| key.starts_with(&above) && !key.ends_with(".change")).collect();
    let wrong = || Trouble::new("settings-fee-changes").with("place", changes.place()).with("section", &section);
    for table in changes.tables().ok_or_else(wrong)? {
        table.all_known(&may, &above)?;
        follow(&mut rules, &table, reason, &section)?;
    }
    Ok(rules)
}

/// Adds one `[[fees.REASON.change]]`, which comes after all that stand above it.
fn follow(rules: &mut DatedRules, table: &Table, reason: Reason, section: &str) -> Result<(), Trouble> {
    let missing = || Trouble::new("settings-fee-since-missing").with("place", table.place()).with("section", section);
    let given = table.given("since").ok_or_else(missing)?;
    let since = day(&given)?;
    let change = change(reason, |key| table.given(key))?;
    rules.change(since, change).map_err(|fault| {
        let before = rules.last().since.map(|day| day.to_string()).unwrap_or_default();
        let code = match fault {
            OutOfOrder::SameDay => "settings-fee-same-day",
            OutOfOrder::Earlier => "settings-fee-order",
        };
        Trouble::new(code).with("place", given.place()).with("since", since).with("before", before)
    })
}

/// What one table names of a rule.
fn change<'s>(reason: Reason, given: impl Fn(&str) -> Option<Given<'s>>) -> Result<Change, Trouble> {
    let number = |key: &str, most: u32| given(key).map(|given| given.number(0..=most)).transpose();
    let own_fault = |amount: &Given| match reason.is_own_fault() {
        true if amount.number(0..=MOST)? > 0 => {
            Err(Trouble::new("settings-fee-own-fault").with("place", amount.place()).with("reason", reason))
        }
        _ => Ok(()),
    };
    given("amount").map_or(Ok(()), |amount| own_fault(&amount))?;
    Ok(Change {
        amount: number("amount", MOST)?,
        number: given("number").map(|given| given.choice(NumberPolicy::ALL, NumberPolicy::as_str)).transpose()?,
        exempt: given("exempt").map(|given| grounds(&given)).transpose()?,
        first_free: given("first_free").map(|given| given.flag()).transpose()?,
        wait_days: number("wait_days", LONGEST_WAIT)?,
        per_year: number("per_year", MOST_A_YEAR)?,
        old_card: given("old_card").map(|given| given.choice(OldCard::ALL, OldCard::as_str)).transpose()?,
    })
}

fn grounds(given: &Given) -> Result<BTreeSet<Ground>, Trouble> {
    Ok(given.choices(Ground::ALL, Ground::as_str)?.into_iter().collect())
}

/// A day as `"2027-01-01"`, or as TOML itself writes one.
fn day(given: &Given) -> Result<Date, Trouble> {
    let wrong = || Trouble::new("settings-fee-day").with("place", given.place());
    given.day().ok_or_else(wrong)
}
