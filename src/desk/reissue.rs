//! A new card in place of one that the member has: planning it blocks the old one, handing it over ends the old one and its
//! number, cancelling it takes all of that back. Nothing touches a chip here. Start at [`plan_reissue`].

use serde::Serialize;
use serde_json::{Value, json};

use super::block::{is_held, suspend};
use super::chip::lying;
use super::enrol::asked;
use super::fee_rules::{Terms, Wait, is_unshown, rule_today, wait_of};
use super::find::{CardRow, card_row};
use super::issue::{job_open, no_open_job, nothing_against, reserve_beside};
use super::journal::move_card;
use super::libraries::member_number;
use super::planned::{MadeAt, Numbered, Planned, planned_once};
use super::{Act, Actor, Desk, Evidence, Recovered, actor, old_card, recover_card};
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job};
use crate::back::store::members::{self, Member};
use crate::back::store::{Tx, answers, numbers};
use crate::plan::fees::{Basis, ExemptionProof, NumberPolicy, OldCard, Reason, SaidExempt, Settlement, number_policy};
use crate::plan::job::{CardEvent, CardKind, CardState, NumberEvent, NumberState, next_number};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// Whose card is to be replaced.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// The number that the member goes by, as typed.
    Number(String),
    Member(i64),
}

/// What is asked for; `reader` and `printer` by name, or the first one.
#[derive(Debug, Clone, Serialize)]
pub struct ReissueForm {
    pub whom: Whom,
    /// The card that gives way, by the id of its record; else the one of the wanted kind, else the newest.
    pub card: Option<i64>,
    pub evidence: Evidence,
    pub reason: Reason,
    /// Else the kind of the old card.
    pub kind: Option<CardKind>,
    pub settlement: Settlement,
    /// What is said of an exemption.
    pub exempt: SaidExempt,
    /// A manager lets it before its time, or beyond the most of a year.
    pub anyway: bool,
    /// The member was told that what is bound to the old number must be set anew.
    pub told: bool,
    pub reader: Option<String>,
    pub printer: Option<String>,
}

/// A reason of reissue off the command line or a form: `reissue-reason`.
pub fn reissue_reason(text: &str) -> Result<Reason, Trouble> {
    Reason::parse(text.trim()).filter(|reason| reason.is_reissue()).ok_or_else(|| Trouble::new("reissue-reason"))
}

/// Plans a card in place of an old one and answers the job's id: in one transaction the old card is blocked, the charge
/// booked and, where the number changes, a new one reserved. The same key with the same form answers the same job.
///
/// # Errors
/// `card-none`, `job-open`, `card-live`, `member-withdrawn`, `number-unknown`, `number-foreign`, `number-retired`,
/// `told-missing`, `nothing-to-pay`, and what a rule refuses or wants signed: see [`Terms::of_reissue`].
pub fn plan_reissue(desk: &Desk, actor: &Actor, form: &ReissueForm, key: Option<&str>) -> Result<i64, Trouble> {
    actor.may(Act::Reissue)?;
    let now = desk.now().as_millisecond();
    let asked = key.map(|key| asked(desk, key, "reissue", form, actor));
    let made = |tx: &Tx| match &asked {
        Some(asked) => answers::made_before(tx, &asked.as_asked(), now),
        None => Ok(None),
    };
    if let Some(job) = desk.store.look(made)? {
        return Ok(job);
    }
    let (_, card) = desk.store.look(|tx| replaced(desk, tx, form))?;
    let kind = form.kind.unwrap_or(card.kind);
    let made_at = MadeAt::new(desk, kind, form.reader.as_deref(), form.printer.as_deref())?;
    planned_once(desk, actor, asked.as_ref(), |tx, now| {
        let (member, card) = replaced(desk, tx, form)?;
        nothing_against(tx, &member, kind, Some(card.id))?;
        let numbered = numbered(desk, tx, form, &member, now)?;
        let told = numbered.old.is_some();
        let terms = Terms::of_reissue(desk, tx, actor, form, &member, &card)?;
        let suspended = suspend(desk, tx, actor, &card, form.reason.as_str())?;
        let planned = Planned {
            member: member.id,
            detail: merged(
                json!({ "reason": form.reason, "replaces": card.id, "suspended": suspended, "was": card.state, "told": told }),
                terms.marked(form.evidence),
            ),
            terms,
            made_at: &made_at,
            numbered,
            replaces: Some(card.id),
            settlement: &form.settlement,
            evidence: form.evidence,
            purpose: "reissue",
        };
        planned.write(desk, tx, actor, now)
    })
}

/// Two objects as one.
fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}

/// The member's number, or a new one beside it where the reason wants one and the member was told.
fn numbered(desk: &Desk, tx: &Tx, form: &ReissueForm, member: &Member, now: i64) -> Result<Numbered, Trouble> {
    let old = member.number.ok_or_else(|| Trouble::new("card-none").with("member", member.id))?;
    if policy(desk, form.reason) == NumberPolicy::Keep {
        return Ok(Numbered { number: old, reserved: false, old: None });
    }
    if !form.told {
        return Err(Trouble::new("told-missing").with("number", old.grouped()));
    }
    Ok(Numbered { number: reserve_beside(desk, tx, member, now)?, reserved: true, old: Some(old) })
}

fn policy(desk: &Desk, reason: Reason) -> NumberPolicy {
    number_policy(&rule_today(desk, reason), desk.settings.kiosks)
}

/// Whose number it is or was, and how it stands: `number-foreign` for one that another library gave and nobody here has,
/// `number-unknown` for one of ours.
pub(super) fn holder_of(desk: &Desk, tx: &Tx, number: MemberNumber) -> Result<(i64, NumberState), Trouble> {
    if let Some(holder) = numbers::holder(tx, number)? {
        return Ok(holder);
    }
    if number.library() == desk.settings.library.code {
        return Err(Trouble::new("number-unknown").with("number", number.grouped()));
    }
    let library = desk.directory.decode(number).library;
    let name = library.name.unwrap_or_else(|| library.code.to_string());
    Err(Trouble::new("number-foreign").with("number", number.grouped()).with("library", name))
}

/// The member, and the card that gives way.
fn replaced(desk: &Desk, tx: &Tx, form: &ReissueForm) -> Result<(Member, Card), Trouble> {
    let (member, number) = match &form.whom {
        Whom::Member(member) => (*member, None),
        Whom::Number(typed) => {
            let number = member_number(typed)?;
            (holder_of(desk, tx, number)?.0, Some(number))
        }
    };
    let member = members::get(tx, member)?;
    if member.state != "active" {
        return Err(Trouble::new("member-withdrawn").with("member", member.id));
    }
    if let Some(number) = number.filter(|number| member.number != Some(*number)) {
        return Err(Trouble::new("number-retired").with("number", number.grouped()).with("member", member.id));
    }
    let held: Vec<Card> = cards::of_member(tx, member.id)?.into_iter().filter(|card| is_held(card.state)).collect();
    let wanted = |card: &&Card| match (form.card, form.kind) {
        (Some(id), _) => card.id == id,
        (None, Some(kind)) => card.kind == kind,
        (None, None) => true,
    };
    let found = held.iter().find(wanted).or(held.first().filter(|_| form.card.is_none())).cloned();
    if found.is_none()
        && let Some(open) = jobs::open_of(tx, member.id)?
    {
        return Err(job_open(tx, &open)?);
    }
    let card = found.ok_or_else(|| {
        // The page was drawn for a card that gave way to another one meanwhile.
        let code = if held.is_empty() { "card-none" } else { "card-replaced" };
        Trouble::new(code).with("member", member.id)
    })?;
    Ok((member, card))
}

/// The overwritten card on the reader, which must be this member's, as our keys still let it be: see [`recover_card`].
/// Nothing is charged. `card-not-theirs` before anything is written.
pub fn recover_of(
    desk: &Desk,
    actor: &Actor,
    member: i64,
    reader: Option<&str>,
    key: Option<&str>,
) -> Result<Recovered, Trouble> {
    actor.may(Act::RecoverCard)?;
    let record = lying(desk, reader)?.record;
    if record.is_none_or(|card| card.member != member || !is_held(card.state)) {
        return Err(Trouble::new("card-not-theirs"));
    }
    recover_card(desk, actor, reader, key)
}

/// The new card is handed over: the old one is void, or returned where the rule wants it and it came back, and where the number changed the old number and every other card that
/// bears it go with it. In the transaction that makes the new card live.
pub(super) fn take_effect(desk: &Desk, tx: &Tx, job: &Job) -> Result<(), Trouble> {
    let ends = |card: Card, event: CardEvent, why: &str| match is_held(card.state) {
        true => move_card(desk, tx, card.id, event, Some(why)),
        // It came back, or died, meanwhile.
        false => Ok(()),
    };
    if let Some(card) = job.replaces {
        let back = old_card::is_returned(tx, job)?;
        ends(cards::get(tx, card)?, if back { CardEvent::Return } else { CardEvent::Void }, &job.reason)?;
    }
    let Some(old) = job.old_number else { return Ok(()) };
    if let Some(state) = numbers::state(tx, old)?.filter(|state| *state != NumberState::Retired) {
        numbers::set_state(tx, old, next_number(state, NumberEvent::Retire)?)?;
    }
    members::set_number(tx, job.member, job.number)?;
    cards::of_member(tx, job.member)?
        .into_iter()
        .filter(|card| card.number == old)
        .try_for_each(|card| ends(card, CardEvent::Void, Reason::NumberChanged.as_str()))
}

/// The job is cancelled: the card that it blocked is free again, unless somebody else may have it, or it was blocked for
/// another reason. In the transaction that cancels the job.
pub(super) fn undo(desk: &Desk, tx: &Tx, job: &Job) -> Result<(), Trouble> {
    let Some(card) = job.replaces.map(|card| cards::get(tx, card)).transpose()? else { return Ok(()) };
    let loss = Reason::parse(&job.reason).is_some_and(Reason::is_loss);
    let by_job = card.suspended.as_ref().is_some_and(|block| block.at >= job.created && block.why == job.reason);
    if loss || card.state != CardState::Suspended || !by_job {
        return Ok(());
    }
    move_card(desk, tx, card.id, CardEvent::Release, None)
}

/// What the reissue page shows before anything is chosen.
pub struct ReissueView {
    pub member: i64,
    pub name: String,
    pub number: MemberNumber,
    /// The cards that can give way, newest first.
    pub cards: Vec<CardRow>,
    pub options: Vec<ReissueOption>,
    /// Which card of the member the new one will be.
    pub nth: u32,
}

/// One reason, and what the library's rules make of it.
#[derive(Debug, Clone, Copy)]
pub struct ReissueOption {
    pub reason: Reason,
    /// What it costs this member, where they say nothing of an exemption.
    pub amount: u32,
    pub basis: Option<Basis>,
    pub number: NumberPolicy,
    /// What somebody who says that they are exempt must show; `None` where nobody could be.
    pub exempts: Option<ExemptionProof>,
    /// It is free, and nothing in the books shows that it should be: the old card, or a manager.
    pub unshown: bool,
    /// The days that a lost card is still waited for.
    pub wait: Option<Wait>,
    /// The old card is to be handed in.
    pub takes_back: bool,
}

/// The choice of the page; the look is logged. `card-none`, `member-withdrawn` and `job-open` as [`plan_reissue`].
pub fn reissue_view(desk: &Desk, actor: &Actor, member: i64) -> Result<ReissueView, Trouble> {
    actor.may(Act::Reissue)?;
    desk.store.change(|tx| {
        let found = members::get(tx, member)?;
        actor::log(desk, tx, actor, [member], "look", "reissue")?;
        if found.state != "active" {
            return Err(Trouble::new("member-withdrawn").with("member", member));
        }
        no_open_job(tx, &found)?;
        let held: Vec<Card> = cards::of_member(tx, member)?.into_iter().filter(|card| is_held(card.state)).collect();
        let none = || Trouble::new("card-none").with("member", member);
        let number = found.number.filter(|_| !held.is_empty()).ok_or_else(none)?;
        // An own card is converted on a page of its own.
        let reasons = Reason::ALL.iter().copied().filter(|reason| reason.is_reissue() && *reason != Reason::Conversion);
        let option = |reason| option(desk, tx, &found, held.first(), reason);
        let options = reasons.map(option).collect::<Result<Vec<_>, Trouble>>()?;
        Ok(ReissueView {
            member,
            name: found.name,
            number,
            cards: held.into_iter().map(card_row).collect(),
            options,
            nth: cards::count_of(tx, member)? + 1,
        })
    })
}

fn option(
    desk: &Desk,
    tx: &Tx,
    member: &Member,
    card: Option<&Card>,
    reason: Reason,
) -> Result<ReissueOption, Trouble> {
    let terms = Terms::new(desk, tx, member, reason, SaidExempt::No)?;
    Ok(ReissueOption {
        reason,
        amount: terms.due.amount,
        basis: terms.due.basis,
        number: policy(desk, reason),
        exempts: (terms.due.amount > 0 && terms.rule.asks_for_exemption()).then_some(terms.rule.proof),
        unshown: card.map_or(Ok(false), |card| is_unshown(desk, tx, member.id, card, reason))?,
        wait: wait_of(desk, &terms.rule, card),
        takes_back: terms.rule.old_card == OldCard::Returned && !reason.is_loss(),
    })
}
