//! A second person's signature: one act, on one subject, for one amount, used once in the transaction of the act. It may be given
//! within ten minutes of being asked for, since a manager has to come, and holds for two minutes from then. What is signed is what
//! the desk itself wrote down when it asked. Where the act fails for another reason after it was signed, the signature holds for
//! the rest of its two minutes: for the very same act, subject, amount and words in the same session, and for nothing else. A
//! signature is never a session: whoever signs is not logged in by it, and the one who asked stays who they are. Start at [`allowed`]: the acts that want one ask it.

use super::block::is_held;
use super::fee_rules::{Wait, rule_today, wait_of};
use super::secret::random_token;
use super::{Act, Actor, Desk, Origin, Right, Role, Session, StaffRef, Whence, actor, find, log_in};
use crate::back::store::approvals::{self, Signature, Signer, Wanted};
use crate::back::store::{Tx, cards, members};
use crate::plan::fees::Reason;
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// How long a signature holds, from the moment that it was given.
const HOLDS: i64 = 2 * 60 * 1000;
/// How long what was asked for waits to be signed.
const WAITS: i64 = 10 * 60 * 1000;
/// After a reset an account signs nothing for so long: whoever reset it could have signed for themselves.
pub(super) const AFTER_RESET: i64 = 24 * 60 * 60 * 1000;
/// What nobody signed is forgotten after this long.
const KEPT: i64 = 24 * 60 * 60 * 1000;

/// On what the act is done: a charge that is there, or one that is made in the very act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    pub member: i64,
    pub job: Option<i64>,
    pub charge: Option<i64>,
    pub reason: Reason,
    /// Won.
    pub amount: u32,
}

/// What somebody is asked to sign, for the dialogue.
pub struct Asked {
    pub id: String,
    pub act: Act,
    pub job: Option<i64>,
    pub charge: Option<i64>,
    /// Masked.
    pub name: String,
    /// The number that the member goes by.
    pub number: Option<MemberNumber>,
    /// Of a reissue before its time: what it does not wait for.
    pub wait: Option<Wait>,
    pub reason: Option<String>,
    /// Won.
    pub amount: Option<u32>,
    /// In the words of whoever asks.
    pub why: Option<String>,
    /// Until when it can be signed, RFC 3339 with offset.
    pub until: String,
}

/// What lets an act be done that wants a signature.
enum Leave {
    /// Of whoever does it alone, since they hold a right that a clerk has not: the command line's own account too. Nobody's where
    /// a clerk needs no one.
    Alone(Option<String>),
    /// The signature of this id, by a manager.
    Signed { id: String, by: String },
}

/// Lets an act be done that wants a signature, in its transaction, and says whose it was: the actor's own where they hold the right
/// and do it alone, or that of the manager whose signature is used up here. `never_alone` is who does not do it
/// alone whatever their role: whoever took the money that goes back.
///
/// # Errors
/// `approval-needed` with everything that is to be signed; `own-member` where it is one's own; `not-allowed` where no signature would help.
pub(super) fn allowed(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    act: Act,
    subject: &Subject,
    why: &str,
    never_alone: Option<&str>,
) -> Result<Option<String>, Trouble> {
    allowed_as(desk, tx, actor, act, &wanted(act, subject, why), never_alone)
}

/// The same for an act on nobody's charge: what is signed is the act, the amount in won and the words, which say what it is on.
pub(super) fn allowed_in_house(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    act: Act,
    amount: u32,
    why: &str,
    never_alone: Option<&str>,
) -> Result<Option<String>, Trouble> {
    let wanted = Wanted {
        act: act.to_string(),
        job: None,
        charge: None,
        member: None,
        reason: None,
        amount: Some(amount),
        why: Some(why.to_owned()),
    };
    allowed_as(desk, tx, actor, act, &wanted, never_alone)
}

fn allowed_as(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    act: Act,
    wanted: &Wanted,
    never_alone: Option<&str>,
) -> Result<Option<String>, Trouble> {
    match leave(desk, tx, actor, act, wanted, never_alone)? {
        Leave::Alone(by) => Ok(by),
        Leave::Signed { id, by } if approvals::use_up(tx, &id, desk.now().as_millisecond())? => Ok(Some(by)),
        Leave::Signed { .. } => Err(needed(wanted)),
    }
}

/// Whether it would be allowed, before anything moves that cannot be taken back; no signature is used up.
pub(super) fn would_be_allowed(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    act: Act,
    subject: &Subject,
    why: &str,
    never_alone: Option<&str>,
) -> Result<(), Trouble> {
    leave(desk, tx, actor, act, &wanted(act, subject, why), never_alone).map(drop)
}

fn leave(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    act: Act,
    wanted: &Wanted,
    never_alone: Option<&str>,
) -> Result<Leave, Trouble> {
    actor.may(act)?;
    wanted.member.map_or(Ok(()), |member| actor::not_oneself(tx, actor, member))?;
    if actor.origin == Origin::CommandLine {
        return Ok(Leave::Alone(Some(actor.id())));
    }
    if actor.right(act) == Right::Yes && never_alone != Some(&actor.id()) {
        let beyond_a_clerk = act.right_of(Role::Clerk) != Right::Yes;
        return Ok(Leave::Alone(beyond_a_clerk.then(|| actor.id())));
    }
    let now = desk.now().as_millisecond();
    let asked = match actor.session {
        Some(session) => approvals::unused(tx, session, &actor.id(), wanted)?,
        None => Vec::new(),
    };
    for signature in asked {
        let Some(by) = signature.allowed_by.as_deref().filter(|_| holds(&signature, now)) else { continue };
        if signs(tx, by, act, wanted.member, now)?.is_ok() {
            return Ok(Leave::Signed { by: by.to_owned(), id: signature.id });
        }
    }
    Err(needed(wanted))
}

fn wanted(act: Act, subject: &Subject, why: &str) -> Wanted {
    Wanted {
        act: act.to_string(),
        job: subject.job,
        charge: subject.charge,
        member: Some(subject.member),
        reason: Some(subject.reason.to_string()),
        amount: Some(subject.amount),
        why: Some(why.to_owned()).filter(|why| !why.is_empty()),
    }
}

/// Signed, and not longer ago than two minutes. One from a time that has yet to come is none: the clock was set back.
fn holds(signature: &Signature, now: i64) -> bool {
    let until = signature.until;
    signature.signed.is_some_and(|signed| (signed..until.min(signed.saturating_add(HOLDS))).contains(&now))
}

/// Whether an account's signature counts for this act, now.
fn signs(tx: &Tx, by: &str, act: Act, member: Option<i64>, now: i64) -> Result<Result<(), Trouble>, Trouble> {
    let id = by.strip_prefix("staff:").and_then(|id| id.parse().ok());
    let signer = id.map(|id| approvals::signer(tx, id)).transpose()?.flatten();
    Ok(signer.map_or_else(|| Err(Trouble::new("log-in-refused")), |signer| judged(&signer, act, member, now)))
}

fn judged(signer: &Signer, act: Act, member: Option<i64>, now: i64) -> Result<(), Trouble> {
    if signer.state != "active" {
        return Err(Trouble::new("log-in-refused"));
    }
    let role = Role::stored(&signer.role);
    if [act, Act::Approve].iter().any(|act| act.right_of(role) != Right::Yes) {
        return Err(Trouble::new("approval-role"));
    }
    if signer.member.is_some() && signer.member == member {
        return Err(Trouble::new("approval-self"));
    }
    match signer.reset_at {
        // A reset from a time that has yet to come is no older.
        Some(reset) if now < reset.saturating_add(AFTER_RESET) => Err(Trouble::new("approval-reset")),
        _ => Ok(()),
    }
}

/// What is to be signed, for the page that asks for it.
fn needed(wanted: &Wanted) -> Trouble {
    let given = |name: &'static str, value: Option<String>| value.map(|value| (name, value));
    let args = [
        Some(("act", wanted.act.clone())),
        given("job", wanted.job.map(|id| id.to_string())),
        given("charge", wanted.charge.map(|id| id.to_string())),
        given("member", wanted.member.map(|id| id.to_string())),
        given("reason", wanted.reason.clone()),
        given("amount", wanted.amount.map(|won| won.to_string())),
        given("why", wanted.why.clone()),
    ];
    Trouble { args: args.into_iter().flatten().collect(), ..Trouble::new("approval-needed") }
}

/// Back from [`needed`].
fn named_in(needed: &Trouble) -> Wanted {
    let text = |wanted: &str| needed.args.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
    let id = |name: &str| text(name).and_then(|id| id.parse().ok());
    Wanted {
        act: text("act").unwrap_or_default(),
        job: id("job"),
        charge: id("charge"),
        member: id("member"),
        reason: text("reason"),
        amount: text("amount").and_then(|won| won.parse().ok()),
        why: text("why"),
    }
}

/// Writes down what an act of this session was refused for (`approval-needed`), to be signed, and says under which id. Asked again,
/// it is the same one.
pub fn ask_approval(desk: &Desk, session: &Session, needed: &Trouble) -> Result<String, Trouble> {
    let wanted = named_in(needed);
    let act = Act::parse(&wanted.act).ok_or_else(|| Trouble::new("approval-gone"))?;
    session.actor.may(act)?;
    let (now, fresh) = (desk.now().as_millisecond(), random_token()?[..32].to_owned());
    let by = session.actor.id();
    desk.store.change(|tx| {
        approvals::sweep(tx, now - KEPT, now)?;
        wanted.member.map_or(Ok(()), |member| actor::not_oneself(tx, &session.actor, member))?;
        let open = approvals::unused(tx, session.id, &by, &wanted)?.into_iter().find(|open| waits(open, now));
        if let Some(open) = open {
            return Ok(open.id);
        }
        approvals::insert(tx, &fresh, session.id, &by, &wanted, now, now + WAITS)?;
        Ok(fresh)
    })
}

/// What this session asked for under `id`, while it waits to be signed. The look at the member, masked, is logged.
pub fn show_approval(desk: &Desk, session: &Session, id: &str) -> Result<Option<Asked>, Trouble> {
    let now = desk.now().as_millisecond();
    let found = desk.store.look(|tx| approvals::of_session(tx, id, session.id))?;
    let Some(found) = found.filter(|found| waits(found, now)) else { return Ok(None) };
    let Wanted { act, job, charge, member, reason, amount, why } = found.wanted;
    let act = Act::parse(&act).ok_or_else(|| Trouble::new("approval-gone"))?;
    session.actor.may(act)?;
    let for_loss = reason.as_deref().and_then(Reason::parse).filter(|_| act == Act::ReissueEarly);
    let (whose, wait) = desk.store.change(|tx| {
        let whose = member.map(|member| members::get(tx, member)).transpose()?;
        actor::log(desk, tx, &session.actor, member, "list", "approval")?;
        let held = member.map(|member| cards::of_member(tx, member)).transpose()?.unwrap_or_default();
        let lost =
            held.iter().filter(|card| card.suspended.is_some() && is_held(card.state)).max_by_key(|card| card.id);
        Ok((whose, for_loss.and_then(|reason| wait_of(desk, &rule_today(desk, reason), lost))))
    })?;
    let name = whose.as_ref().map(|member| find::masked_name(&member.name)).unwrap_or_default();
    let number = whose.and_then(|member| member.number);
    let until = desk.rfc3339(found.until);
    let why = why.filter(|why| !why.is_empty());
    Ok(Some(Asked { id: found.id, act, job, charge, name, number, wait, reason, amount, why, until }))
}

/// Not signed, and not asked for too long ago.
fn waits(signature: &Signature, now: i64) -> bool {
    signature.signed.is_none() && (signature.asked..signature.until).contains(&now)
}

/// Signs what this session asked for under `id`, with the name and the password of somebody who may: from now on it holds for two
/// minutes, for that act alone. One that is signed already stays as it is. The signature is logged as an act of whoever signs.
///
/// # Errors
/// `approval-gone` for one that this session did not ask for, `approval-late`, those of the log-in, `approval-self`, `approval-role`,
/// `approval-reset`.
pub fn sign_approval(
    desk: &Desk,
    session: &Session,
    id: &str,
    name: &str,
    password: &str,
    whence: &Whence,
) -> Result<(), Trouble> {
    let gone = || Trouble::new("approval-gone");
    let asked = desk.store.look(|tx| approvals::of_session(tx, id, session.id))?.ok_or_else(gone)?;
    if asked.signed.is_some() {
        return Ok(());
    }
    if !waits(&asked, desk.now().as_millisecond()) {
        return Err(Trouble::new("approval-late"));
    }
    let act = Act::parse(&asked.wanted.act).ok_or_else(gone)?;
    session.actor.may(act)?;
    let account = log_in::authenticate(desk, name, password, whence)?;
    let manager = Actor {
        staff: StaffRef::Account { id: account.id, name: account.name },
        role: Role::stored(&account.role),
        desk: session.actor.desk.clone(),
        origin: Origin::Page,
        session: None,
    };
    let by = manager.id();
    if by == asked.asked_by {
        return Err(Trouble::new("approval-self"));
    }
    // After the password, which takes its time.
    let now = desk.now().as_millisecond();
    desk.store.change(|tx| {
        signs(tx, &by, act, asked.wanted.member, now)??;
        if approvals::sign(tx, id, &by, now, now + HOLDS)? {
            actor::log(desk, tx, &manager, asked.wanted.member, "approve", &purpose(&asked.wanted))?;
        }
        Ok(())
    })
}

/// What the log says was signed: the act, and ids alone.
fn purpose(wanted: &Wanted) -> String {
    match (wanted.job, wanted.charge, &wanted.reason) {
        (Some(job), ..) => format!("{}, job {job}", wanted.act),
        (_, Some(charge), _) => format!("{}, charge {charge}", wanted.act),
        (.., Some(reason)) => format!("{}, {reason}", wanted.act),
        _ => wanted.act.clone(),
    }
}

/// Forgets what nobody signed within a day; what was signed is kept.
pub(super) fn sweep(desk: &Desk) -> Result<(), Trouble> {
    let now = desk.now().as_millisecond();
    desk.store.change(|tx| approvals::sweep(tx, now - KEPT, now))
}
