//! The library's rules at the desk: which one rules a charge of today, what it asks of a member, and what must be shown where a
//! reason costs nothing. It books no charge. Start at [`Terms`].

use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use super::approval::{Subject, allowed};
use super::block::is_held;
use super::quoted::quoted;
use super::{Act, Actor, Desk, Evidence, ReissueForm, actor, stock};
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job};
use crate::back::store::members::Member;
use crate::back::store::{Tx, fee_rules, members};
use crate::plan::fees::{
    Due, Facts, NoFeeEvidence, Reason, Rule, SaidExempt, at_limit, due, waits_until, wants_evidence,
    wants_evidence_again,
};
use crate::plan::job::{CardKind, CardState, JobState};
use crate::plan::member::{BirthDate, MemberKind, refuse_identity_number};
use crate::plan::messages::Trouble;

/// For so long a spoiled card of ours speaks for a member who says that theirs is defective.
const RECENT: i64 = 7 * 24 * 60 * 60 * 1000;

/// Under what a charge is made.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub rule: Rule,
    pub due: Due,
    /// What shows that its reason is rightly free of charge, where that is asked.
    pub evidence: Option<NoFeeEvidence>,
    /// What was let in spite of the rule, and by whom, where that was somebody else.
    pub signed: Vec<(Act, Option<String>)>,
}

impl Terms {
    /// Of a card for this reason, today.
    pub fn new(
        desk: &Desk,
        tx: &Tx,
        member: &Member,
        reason: Reason,
        said_exempt: SaidExempt,
    ) -> Result<Terms, Trouble> {
        let rule = rule_today(desk, reason);
        let facts = facts(desk, tx, member, said_exempt)?;
        let terms = Terms { due: due(&rule, &facts)?, rule, evidence: None, signed: Vec::new() };
        // Free for no more than a word: it is counted with whoever says it.
        let without = due(&terms.rule, &Facts { said_exempt: SaidExempt::No, ..facts })?;
        let ticked = terms.due.amount == 0 && without.amount > 0;
        Ok(Terms { evidence: ticked.then_some(NoFeeEvidence::Ticked), ..terms })
    }

    /// Of a first card. Whoever had one before gets a further one free of charge only as a reissue would be: shown or signed for. Who
    /// withdrew, or is enrolled twice, had one before under another record: the same name and birth date, while those are known. A
    /// sticker beside a card in use is none. A card that is blocked as lost is replaced by a reissue, with its fee and its new number.
    ///
    /// # Errors
    /// `lost-is-reissued`, `approval-needed`, and those of [`Terms::new`].
    pub(super) fn of_first(
        desk: &Desk,
        tx: &Tx,
        actor: &Actor,
        member: &Member,
        (reason, said_exempt, evidence): (Reason, SaidExempt, Evidence),
    ) -> Result<Terms, Trouble> {
        let mut terms = Terms::new(desk, tx, member, reason, said_exempt)?;
        let had = cards::of_member(tx, member.id)?;
        let is_lost = |card: &Card| {
            let why = card.suspended.as_ref().and_then(|block| Reason::parse(&block.why));
            card.state == CardState::Suspended && why.is_some_and(Reason::is_loss)
        };
        if had.iter().any(is_lost) {
            return Err(Trouble::new("lost-is-reissued").with("member", member.id));
        }
        if !wants_evidence_again(&terms.rule, &rule_today(desk, Reason::Lost)) {
            return Ok(terms);
        }
        let mut all = had.clone();
        for other in members::same_person(tx, member)? {
            all.extend(cards::of_member(tx, other)?);
        }
        let beside = |card: &Card| reason == Reason::Sticker && card.kind != CardKind::Sticker && is_held(card.state);
        // One that the library's own machine spoiled never reached them.
        if all.iter().any(|card| card.live_at.is_some() && !beside(card)) {
            let newest = had.iter().find(|card| card.live_at.is_some());
            let shown = match newest.map(|card| card.state) {
                _ if evidence == Evidence::Card => Some(NoFeeEvidence::CardRead),
                Some(CardState::Spoiled) => Some(NoFeeEvidence::FailedJob),
                _ => None,
            };
            terms.shown_or_signed(desk, tx, actor, member.id, shown)?;
        }
        Ok(terms)
    }

    /// What shows that it is rightly free, else a manager's signature.
    fn shown_or_signed(
        &mut self,
        desk: &Desk,
        tx: &Tx,
        actor: &Actor,
        member: i64,
        shown: Option<NoFeeEvidence>,
    ) -> Result<(), Trouble> {
        self.evidence = shown;
        if shown.is_none() {
            let (reason, amount) = (self.rule.reason, self.due.amount);
            let subject = Subject { member, job: None, charge: None, reason, amount };
            self.signed.push((Act::ReissueFree, allowed(desk, tx, actor, Act::ReissueFree, &subject, "", None)?));
            self.evidence = Some(NoFeeEvidence::Signed);
        }
        Ok(())
    }

    /// Of a reissue of this card: after a loss it waits, of a year there are so many, and what costs nothing is shown. Where it is
    /// not as the rule wants it, a manager may let it.
    ///
    /// # Errors
    /// `reissue-wait`, `reissue-limit`, unless the form says that a manager lets it; then, and where nothing shows that it is free,
    /// `approval-needed`.
    pub(super) fn of_reissue(
        desk: &Desk,
        tx: &Tx,
        actor: &Actor,
        form: &ReissueForm,
        member: &Member,
        card: &Card,
    ) -> Result<Terms, Trouble> {
        let mut terms = Terms::new(desk, tx, member, form.reason, form.exempt)?;
        let amount = terms.due.amount;
        let subject = Subject { member: member.id, job: None, charge: None, reason: form.reason, amount };
        for (act, refusal) in held_back(desk, tx, &terms.rule, member, card)? {
            if !form.anyway {
                return Err(refusal);
            }
            terms.signed.push((act, allowed(desk, tx, actor, act, &subject, "", None)?));
        }
        if wants_evidence(&terms.rule, &rule_today(desk, Reason::Lost)) {
            let shown = match form.evidence {
                Evidence::Card => Some(NoFeeEvidence::CardRead),
                _ => in_the_books(desk, tx, member.id, card, form.reason)?,
            };
            terms.shown_or_signed(desk, tx, actor, member.id, shown)?;
        }
        Ok(terms)
    }

    /// Whose signature let it, for the charge.
    pub fn allowed_by(&self) -> Option<String> {
        self.signed.iter().find_map(|(_, by)| by.clone())
    }

    /// Keeps the text of the rule, and gives everything that was let a line of its own in the log.
    pub(super) fn note(&self, desk: &Desk, tx: &Tx, actor: &Actor, (job, member): (i64, i64)) -> Result<(), Trouble> {
        fee_rules::keep(tx, &self.rule.id(), &self.rule.canonical())?;
        let line = |act: &Act| actor::log(desk, tx, actor, [member], "change", &format!("{act}, job {job}"));
        self.signed.iter().try_for_each(|(act, _)| line(act))
    }

    /// What the journal says of them: who let what, and what becomes of the old card.
    pub fn marked(&self, evidence: Evidence) -> serde_json::Value {
        let signed = self.signed.iter().map(|(act, by)| (act.to_string(), json!(by)));
        let signed: serde_json::Map<String, serde_json::Value> = signed.collect();
        json!({ "let": signed, "old_card": self.rule.old_card, "card_read": evidence == Evidence::Card })
    }
}

/// The rule of today for a reason.
pub(super) fn rule_today(desk: &Desk, reason: Reason) -> Rule {
    let rules = desk.settings.fees.get(&reason);
    rules.map_or_else(|| Rule::free(reason), |rules| rules.rule_on(desk.today()).clone())
}

/// What a card for this reason would cost this member today, and why it is not what the rule names.
///
/// # Errors
/// `exempt-proof-missing`, `exempt-not-here`, `member-unknown`.
pub fn fee_due(desk: &Desk, actor: &Actor, member: i64, reason: Reason, said: SaidExempt) -> Result<Due, Trouble> {
    actor.may(if reason.is_reissue() { Act::Reissue } else { Act::Issue })?;
    desk.store.look(|tx| Ok(Terms::new(desk, tx, &members::get(tx, member)?, reason, said)?.due))
}

/// A rule under which something was charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleText {
    pub rule: String,
    /// A line for each thing that it says, as it was when the first charge was made under it.
    pub text: String,
}

/// The text of a rule by the id that entries bear. `fee-rule-unknown` where nothing was ever charged under it.
pub fn fee_rule(desk: &Desk, actor: &Actor, id: &str) -> Result<RuleText, Trouble> {
    actor.may(Act::ShowFees)?;
    refuse_identity_number(id)?;
    let rule = id.trim().to_owned();
    let found = desk.store.look(|tx| fee_rules::text(tx, &rule))?;
    match found {
        Some(text) => Ok(RuleText { rule, text }),
        None => Err(Trouble::new("fee-rule-unknown").with("rule", quoted(&rule))),
    }
}

/// What the rule of today asks for a first card, in won, and whether somebody who says so could be exempt.
pub fn first_fee(desk: &Desk) -> (u32, bool) {
    let rule = rule_today(desk, Reason::FirstIssue);
    (rule.amount, rule.asks_for_exemption())
}

fn facts(desk: &Desk, tx: &Tx, member: &Member, said_exempt: SaidExempt) -> Result<Facts, Trouble> {
    let today = desk.today();
    // A group is as old as its founding, and exempt by no age.
    let person = MemberKind::parse(&member.kind) != Some(MemberKind::Group);
    let birth = BirthDate::parse(&member.birth, today).ok().filter(|_| person);
    let before = reissues(tx, member.id)?.into_iter().filter(|job| job.state == JobState::HandedOver).count();
    Ok(Facts { today, birth, said_exempt, reissues_before: u32::try_from(before).unwrap_or(u32::MAX) })
}

/// The member's reissues that are theirs to answer for: none for the library's own faults, none that was cancelled.
fn reissues(tx: &Tx, member: i64) -> Result<Vec<Job>, Trouble> {
    let counts = |reason: Reason| reason.is_reissue() && !reason.is_own_fault();
    let cancelled = |job: &Job| !job.state.is_open() && job.state != JobState::HandedOver;
    let found = jobs::of_member(tx, member)?.into_iter();
    Ok(found.filter(|job| Reason::parse(&job.reason).is_some_and(counts) && !cancelled(job)).collect())
}

/// What a rule makes a member wait for after a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// On which the loss was reported; `None`: it was not yet.
    pub reported: Option<Date>,
    /// From which on it may be replaced.
    pub first: Date,
    pub days: u32,
}

/// How long a lost card is still waited for; nothing where the wait is over, or there is none.
pub(super) fn wait_of(desk: &Desk, rule: &Rule, card: Option<&Card>) -> Option<Wait> {
    let loss = |why: &str| Reason::parse(why).is_some_and(Reason::is_loss);
    let blocked = card.filter(|card| card.state == CardState::Suspended).and_then(|card| card.suspended.as_ref());
    let reported = blocked.filter(|block| loss(&block.why)).map(|block| desk.date_of(block.at));
    let first = waits_until(rule, reported, desk.today())?;
    Some(Wait { reported, first, days: rule.wait_days })
}

/// What the rule holds against a reissue today, and the act by which a manager lets it all the same.
fn held_back(desk: &Desk, tx: &Tx, rule: &Rule, member: &Member, card: &Card) -> Result<Vec<(Act, Trouble)>, Trouble> {
    let (today, mut found) = (desk.today(), Vec::new());
    if let Some(Wait { first, days, .. }) = wait_of(desk, rule, Some(card)) {
        found.push((Act::ReissueEarly, Trouble::new("reissue-wait").with("first", first).with("days", days)));
    }
    let this_year = |job: &Job| desk.date_of(job.created).year() == today.year();
    let had = reissues(tx, member.id)?.into_iter().filter(this_year).count();
    if at_limit(rule, u32::try_from(had).unwrap_or(u32::MAX)) {
        found.push((Act::ReissueBeyond, Trouble::new("reissue-limit").with("most", rule.per_year).with("had", had)));
    }
    Ok(found)
}

/// What the records show of a reissue for this reason.
pub(super) fn in_the_books(
    desk: &Desk,
    tx: &Tx,
    member: i64,
    card: &Card,
    reason: Reason,
) -> Result<Option<NoFeeEvidence>, Trouble> {
    let since = desk.now().as_millisecond() - RECENT;
    // One that a clerk cancelled is no sign of a fault.
    let failed = |card: &Card| {
        card.state == CardState::Spoiled
            && card.ended_at.is_some_and(|at| at >= since)
            && card.ended_why.as_deref() != Some("cancelled")
    };
    Ok(match reason {
        // Of the two whose number changes by force a conversion is borne out by the own card; the other costs nothing but for a word.
        Reason::Conversion => {
            let own = members::get(tx, member)?;
            (own.own_number.is_some() && own.own_ended.is_none()).then_some(NoFeeEvidence::RecordChanged)
        }
        Reason::Renamed => {
            let renamed = fee_rules::renamed(tx, member)?.is_some_and(|at| at > card.created);
            renamed.then_some(NoFeeEvidence::RecordChanged)
        }
        Reason::Defective if stock::lot_is_faulty(tx, card)? => Some(NoFeeEvidence::Lot),
        Reason::Defective if cards::of_member(tx, member)?.iter().any(failed) => Some(NoFeeEvidence::FailedJob),
        _ => None,
    })
}

/// Whether a reissue of this card for this reason would want a signature for want of anything that shows it.
pub(super) fn is_unshown(desk: &Desk, tx: &Tx, member: i64, card: &Card, reason: Reason) -> Result<bool, Trouble> {
    let wanted = wants_evidence(&rule_today(desk, reason), &rule_today(desk, Reason::Lost));
    Ok(wanted && in_the_books(desk, tx, member, card, reason)?.is_none())
}
