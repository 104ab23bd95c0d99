//! What a card costs its holder: booked with the job, paid, waived or paid back at the desk, reversed when the job is cancelled. The
//! amounts are the settings'; nothing here hands a card over. Start at [`pay_fee`]; [`book`] is where a charge begins.

use serde::Serialize;
use serde_json::json;

use super::approval::{Subject, allowed};
use super::fee_rules::Terms;
use super::ledger::{self, OnCharge};
use super::once::{note, once, was_done};
use super::print_receipt::print_due;
use super::reissue::holder_of;
use super::{Act, Actor, Desk, Event, Evidence, actor};
use crate::back::store::charges::{self, Charge};
use crate::back::store::{Tx, jobs, members};
use crate::plan::fees::{
    self, Account, Against, Basis, ChargeEvent, ChargeState, EntryKind, NoFeeEvidence, PayBy, Reason, Settlement,
    grouped, why,
};
use crate::plan::member::{MemberNumber, refuse_identity_number};
use crate::plan::messages::Trouble;

/// A charge as the contract shows it.
#[derive(Debug, Clone, Serialize)]
pub struct ChargeReport {
    pub charge: i64,
    pub member: i64,
    pub job: Option<i64>,
    pub reason: Reason,
    /// Won.
    pub amount: u32,
    pub state: ChargeState,
    pub paid_by: Option<PayBy>,
    /// Why it is waived, or may stay unpaid.
    pub why: Option<String>,
    /// Whose signature let it go, or its card go out unpaid: `staff:7`, `os:root`.
    pub allowed_by: Option<String>,
    /// RFC 3339 with offset.
    pub created: String,
    /// The number of its payment's receipt.
    pub receipt: Option<i64>,
    /// The id of the rule under which it was charged; its text is [`super::fee_rule`]'s.
    pub rule: Option<String>,
    /// Why the amount is not what the rule names.
    pub basis: Option<Basis>,
    /// What shows that a card that costs nothing is right to.
    pub evidence: Option<NoFeeEvidence>,
    /// Why its card went out before it was settled, and who let it: kept whatever became of the charge since.
    pub unpaid_why: Option<String>,
    pub unpaid_by: Option<String>,
}

/// Whose charge it is; an id alone is no look at a person.
pub fn charge_member(desk: &Desk, charge: i64) -> Result<i64, Trouble> {
    Ok(desk.store.look(|tx| charges::get(tx, charge))?.member)
}

/// Hands out all charges, oldest first, never all of them at once; whose they are is logged. Ids, amounts and states only.
///
/// # Errors
/// What `each` answers.
pub fn show_fees(
    desk: &Desk,
    actor: &Actor,
    each: &mut dyn FnMut(ChargeReport) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    actor.may(Act::ShowFees)?;
    let newest = desk.store.change(|tx| {
        actor::log(desk, tx, actor, charges::members(tx)?, "list", "fees")?;
        charges::newest(tx)
    })?;
    // What came since was not logged.
    desk.store.look(|tx| charges::each(tx, newest, |charge| each(report(desk, charge))))
}

/// The member of an id or a number as typed; `member-unknown`, `number-unknown`, `identity-number`.
pub fn fees_member(desk: &Desk, actor: &Actor, text: &str) -> Result<i64, Trouble> {
    actor.may(Act::ShowFees)?;
    refuse_identity_number(text)?;
    match MemberNumber::parse(text) {
        Ok(number) => Ok(desk.store.look(|tx| holder_of(desk, tx, number))?.0),
        Err(_) => super::id(text, "member-unknown", "member"),
    }
}

/// The charges of a member, oldest first; the look is logged.
pub fn fees_of(desk: &Desk, actor: &Actor, member: i64) -> Result<Vec<ChargeReport>, Trouble> {
    actor.may(Act::ShowFees)?;
    desk.store.change(|tx| {
        members::get(tx, member)?;
        actor::log(desk, tx, actor, [member], "look", "fees")?;
        of_member(desk, tx, member)
    })
}

/// The charges of a member, oldest first.
pub(super) fn of_member(desk: &Desk, tx: &Tx, member: i64) -> Result<Vec<ChargeReport>, Trouble> {
    Ok(charges::of_member(tx, member)?.into_iter().map(|charge| report(desk, charge)).collect())
}

fn report(desk: &Desk, charge: Charge) -> ChargeReport {
    ChargeReport {
        charge: charge.id,
        member: charge.member,
        job: charge.job,
        reason: charge.reason,
        amount: charge.amount,
        state: charge.state,
        paid_by: charge.paid_by,
        why: charge.why,
        allowed_by: charge.allowed_by,
        created: desk.rfc3339(charge.created),
        receipt: charge.receipt,
        rule: charge.rule,
        basis: charge.basis,
        evidence: charge.evidence,
        unpaid_why: charge.unpaid_why,
        unpaid_by: charge.unpaid_by,
    }
}

/// Money came in for an unpaid charge. The same key answers the same; `charge-settled` for one that is settled.
pub fn pay_fee(
    desk: &Desk,
    actor: &Actor,
    evidence: Evidence,
    charge: i64,
    by: PayBy,
    key: Option<&str>,
) -> Result<ChargeReport, Trouble> {
    let said = Settlement::Paid(by);
    let deed =
        Deed { act: Act::TakeFee, event: ChargeEvent::Pay(by), why: None, command: "fee-pay", purpose: "pay-fee" };
    settle(desk, actor, evidence, charge, &deed, &said, key)
}

/// An unpaid charge is not asked for, and why; as [`pay_fee`]. Of a clerk it is `approval-needed` until somebody has signed for it.
pub fn waive_fee(
    desk: &Desk,
    actor: &Actor,
    evidence: Evidence,
    charge: i64,
    text: &str,
    key: Option<&str>,
) -> Result<ChargeReport, Trouble> {
    actor.may(Act::WaiveFee)?;
    let why = why(text)?;
    let said = Settlement::Waived(why.clone());
    let deed = Deed {
        act: Act::WaiveFee,
        event: ChargeEvent::Waive,
        why: Some(why),
        command: "fee-waive",
        purpose: "waive-fee",
    };
    settle(desk, actor, evidence, charge, &deed, &said, key)
}

/// What was paid goes back the way it came, and why; the card stays. Of a clerk, and of whoever took the money, it is
/// `approval-needed`; `charge-not-paid` where nothing was paid.
pub fn refund_fee(
    desk: &Desk,
    actor: &Actor,
    evidence: Evidence,
    charge: i64,
    text: &str,
    key: Option<&str>,
) -> Result<ChargeReport, Trouble> {
    actor.may(Act::RefundFee)?;
    let why = why(text)?;
    let said = why.clone();
    let deed = Deed {
        act: Act::RefundFee,
        event: ChargeEvent::Refund,
        why: Some(why),
        command: "fee-refund",
        purpose: "refund-fee",
    };
    settle(desk, actor, evidence, charge, &deed, &said, key)
}

/// Something that is done to a charge that is there.
struct Deed {
    act: Act,
    event: ChargeEvent,
    /// Where it wants a reason.
    why: Option<String>,
    command: &'static str,
    purpose: &'static str,
}

fn settle(
    desk: &Desk,
    actor: &Actor,
    evidence: Evidence,
    id: i64,
    deed: &Deed,
    said: &impl Serialize,
    key: Option<&str>,
) -> Result<ChargeReport, Trouble> {
    actor.may(deed.act)?;
    let charge = once(desk, actor, key, deed.command, id, said, |again| {
        desk.store.change(|tx| {
            let mut charge = charges::get(tx, id)?;
            if again || was_done(desk, tx, actor, key, deed.command, id, said)? {
                actor::log(desk, tx, actor, [charge.member], "look", deed.purpose)?;
                return Ok(charge);
            }
            actor::not_oneself(tx, actor, charge.member)?;
            let known = charge.clone();
            // Judged before anybody is asked to sign.
            entry_of(&known, deed.event)?;
            let by = match &deed.why {
                Some(why) => allowed(desk, tx, actor, deed.act, &subject(&known), why, took(&known))?,
                None => None,
            };
            enter(desk, tx, actor, &mut charge, deed.event, by.as_deref(), deed.why.as_deref())?;
            actor::log(desk, tx, actor, [charge.member], "change", &evidence.purpose(deed.purpose))?;
            note(desk, tx, actor, key, deed.command, id, said)?;
            Ok(charge)
        })
    })?;
    print_due(desk, actor);
    if let Some(job) = charge.job {
        desk.tell(Event::Job(job));
    }
    Ok(report(desk, charge))
}

/// Who took the money of a charge: they do not give it back alone.
fn took(charge: &Charge) -> Option<&str> {
    charge.settled_by.as_deref().filter(|_| charge.state == ChargeState::Paid)
}

/// The entry that an event makes of this charge, and how it stands after it.
fn entry_of(charge: &Charge, event: ChargeEvent) -> Result<Option<(EntryKind, Account, ChargeState)>, Trouble> {
    let (id, state) = (charge.id, charge.state);
    fees::settle(state, charge.paid_by, event).map_err(|against| match against {
        Against::Settled => Trouble::new("charge-settled").with("charge", id).with("state", state),
        Against::NotPaid => Trouble::new("charge-not-paid").with("charge", id).with("state", state),
    })
}

/// Writes what becomes of a charge into the ledger, and how it stands then into the charge. Nothing where nothing is left to take back.
fn enter(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    charge: &mut Charge,
    event: ChargeEvent,
    allowed_by: Option<&str>,
    why: Option<&str>,
) -> Result<(), Trouble> {
    let Some((kind, account, state)) = entry_of(charge, event)? else { return Ok(()) };
    let posted = ledger::post(desk, tx, actor, &OnCharge { kind, charge, account, allowed_by, why })?;
    charge.state = state;
    charge.settled = Some(desk.now().as_millisecond());
    charge.settled_by = Some(actor.id());
    if let ChargeEvent::Pay(by) = event {
        charge.paid_by = Some(by);
        charge.receipt = posted.receipt;
    }
    charge.allowed_by = allowed_by.map(str::to_owned).or(charge.allowed_by.take());
    charge.why = why.map(str::to_owned).or(charge.why.take());
    charges::update(tx, charge)
}

/// What is signed for when a charge that is there is let go.
fn subject(charge: &Charge) -> Subject {
    let Charge { id, member, job, reason, amount, .. } = *charge;
    Subject { member, job, charge: Some(id), reason, amount }
}

/// Books the charge of a job under its terms, in the transaction that plans it. `nothing-to-pay` where money is spoken of and none is due.
pub(super) fn book(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    (job, member): (i64, i64),
    terms: &Terms,
    said: &Settlement,
) -> Result<(), Trouble> {
    let (reason, amount) = (terms.rule.reason, terms.due.amount);
    said.state(amount)?;
    terms.note(desk, tx, actor, (job, member))?;
    let mut charge = Charge {
        id: 0,
        member,
        job: Some(job),
        reason,
        amount,
        state: Settlement::Later.state(amount)?,
        paid_by: None,
        why: None,
        created: desk.now().as_millisecond(),
        created_by: actor.id(),
        settled: None,
        settled_by: None,
        allowed_by: terms.allowed_by(),
        receipt: None,
        rule: Some(terms.rule.id()),
        basis: terms.due.basis,
        evidence: terms.evidence,
        unpaid_why: None,
        unpaid_by: None,
    };
    charge.id = charges::insert(tx, &charge)?;
    let (kind, account) = (EntryKind::Charge, Account::Receivable);
    let by = charge.allowed_by.as_deref();
    ledger::post(desk, tx, actor, &OnCharge { kind, charge: &charge, account, allowed_by: by, why: None })?;
    match said {
        Settlement::Later => Ok(()),
        Settlement::Paid(by) => enter(desk, tx, actor, &mut charge, ChargeEvent::Pay(*by), None, None),
        Settlement::Waived(text) => {
            // Its job is made in this very act: what is signed is the member, the reason and the amount.
            let subject = Subject { member, job: None, charge: None, reason, amount };
            let by = allowed(desk, tx, actor, Act::WaiveFee, &subject, text, None)?;
            log_let_go(desk, tx, actor, Act::WaiveFee, (job, member))?;
            enter(desk, tx, actor, &mut charge, ChargeEvent::Waive, by.as_deref(), Some(text))
        }
    }
}

/// Whether a job that is not over waits for money, and nobody said why its card may go out all the same. What was paid back is open as
/// if it had never come; that it may stay so is said anew.
pub(super) fn stands_open(tx: &Tx, charge: &Charge) -> Result<bool, Trouble> {
    Ok(match (charge.state, charge.job) {
        (ChargeState::Unpaid, _) => charge.why.is_none(),
        (ChargeState::Refunded, Some(job)) => jobs::last_of(tx, job, &[LEFT_OPEN])?.is_none(),
        _ => false,
    })
}

/// The mark of a job whose card may go out although its money went back.
const LEFT_OPEN: &str = "left-open";

/// Nothing stands open for this job, or somebody said why it may: else `fee-unpaid`. `unpaid` is said now, and kept with
/// the charge, which stays unpaid or paid back; where that wants a signature it is used up here.
pub(super) fn must_be_settled(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    job: i64,
    unpaid: Option<&str>,
) -> Result<(), Trouble> {
    let open = |charge: &Charge| matches!(charge.state, ChargeState::Unpaid | ChargeState::Refunded);
    let Some(mut charge) = charges::of_job(tx, job)?.filter(open) else { return Ok(()) };
    let stands = stands_open(tx, &charge)?;
    match unpaid {
        Some(text) => {
            let text = why(text)?;
            // Said and signed already: pressed twice, it is not asked for twice.
            if !stands && charge.unpaid_why.as_ref() == Some(&text) {
                return Ok(());
            }
            let by = allowed(desk, tx, actor, Act::HandOverUnpaid, &subject(&charge), &text, None)?;
            // Whoever waives it later says why in their own words: these stay beside them.
            (charge.unpaid_why, charge.unpaid_by) = (Some(text.clone()), by.clone());
            // The words of a refund stay those of its entry.
            let refunded = charge.state == ChargeState::Refunded;
            if !refunded {
                (charge.why, charge.allowed_by) = (Some(text), by);
            }
            charges::update(tx, &charge)?;
            if refunded {
                jobs::mark(tx, job, desk.now().as_millisecond(), LEFT_OPEN, &json!({ "charge": charge.id }))?;
            }
            log_let_go(desk, tx, actor, Act::HandOverUnpaid, (job, charge.member))
        }
        None if !stands => Ok(()),
        None => Err(Trouble::new("fee-unpaid")
            .with("job", job)
            .with("charge", charge.id)
            .with("amount", grouped(charge.amount))),
    }
}

/// Money that is let go with a job has a line of its own for its member, whoever did it and whether or not it was signed for: the
/// act and the job's id, so that history and review find it.
fn log_let_go(desk: &Desk, tx: &Tx, actor: &Actor, act: Act, (job, member): (i64, i64)) -> Result<(), Trouble> {
    actor::log(desk, tx, actor, [member], "change", &format!("{act}, job {job}"))
}

/// A clerk says why the card of this job may be handed over while its charge stays unpaid.
pub fn leave_unpaid(desk: &Desk, actor: &Actor, job: i64, text: &str) -> Result<(), Trouble> {
    actor.may(Act::HandOverUnpaid)?;
    let text = why(text)?;
    desk.store.change(|tx| {
        actor::not_oneself(tx, actor, jobs::get(tx, job)?.member)?;
        must_be_settled(desk, tx, actor, job, Some(&text))
    })?;
    desk.tell(Event::Job(job));
    Ok(())
}

/// The job is cancelled: nothing is asked for it any more, and what was paid goes back the way it came. Whether it may be was judged
/// by [`super::cancel`], with `allowed_by`'s signature where it wanted one.
pub(super) fn reverse(desk: &Desk, tx: &Tx, actor: &Actor, job: i64, allowed_by: Option<&str>) -> Result<(), Trouble> {
    let Some(mut charge) = charges::of_job(tx, job)? else { return Ok(()) };
    enter(desk, tx, actor, &mut charge, ChargeEvent::Reverse, allowed_by, None)
}

/// Who took the money that goes back with a job, if any did; and what is signed for that.
pub(super) fn going_back(tx: &Tx, job: &jobs::Job) -> Result<(Subject, Option<String>), Trouble> {
    let charge = charges::of_job(tx, job.id)?;
    let took = charge.as_ref().and_then(took).map(str::to_owned);
    let reason = Reason::parse(&job.reason).unwrap_or(Reason::FirstIssue);
    let unbooked = Subject { member: job.member, job: Some(job.id), charge: None, reason, amount: 0 };
    Ok((charge.as_ref().map_or(unbooked, subject), took))
}
