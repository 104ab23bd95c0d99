//! The library's rules at the desk: which one rules a charge of today, what it asks of a member, and what must be shown where a
//! reason costs nothing. It books no charge. Start at [`rule_today`].

use super::Desk;
use crate::plan::fees::{Reason, Rule};

/// The rule of today for a reason.
pub(super) fn rule_today(desk: &Desk, reason: Reason) -> Rule {
    let rules = desk.settings.fees.get(&reason);
    rules.map_or_else(|| Rule::free(reason), |rules| rules.rule_on(desk.today()).clone())
}
