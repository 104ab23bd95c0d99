//! The accounts of those who work at the desk: who they are, what they may do, and the link through which each chooses a
//! password that nobody else knows. Accounts are locked, never deleted; every change is one commit with its entry in the
//! chained log of rights, and the last administrator stays one. Start at [`list_staff`] and [`add_staff`].

use serde::{Deserialize, Serialize};

use super::enrol::{Request, asked};
use super::secret::{hash, random_token};
use super::set_up::{SETUP_MILLIS, staff_name};
use super::{Act, Actor, Desk, Event, Origin, Role, StaffRef, actor, approval, session};
use crate::back::store::members::{self, Search};
use crate::back::store::staff::{self, Account};
use crate::back::store::{Tx, answers};
use crate::plan::member::{MemberNumber, refuse_identity_number};
use crate::plan::messages::Trouble;

/// So far back are signatures counted.
const SIGNED_MILLIS: i64 = 30 * 24 * 60 * 60 * 1000;

/// An account as the contract shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffReport {
    pub staff: i64,
    pub name: String,
    pub role: Role,
    /// `invited`: no password yet; `active`; `locked`.
    pub state: String,
    /// RFC 3339 with offset.
    pub last_seen: Option<String>,
    /// Their own membership, so that nobody serves themselves.
    pub member: Option<i64>,
    /// That stand now.
    pub sessions: u32,
    /// That were given and used in the last thirty days.
    pub approvals: u32,
    /// Until when a set-up link of theirs can be used.
    pub setup_until: Option<String>,
    /// Until when they sign nothing, after a reset; of who may sign at all.
    pub approvals_from: Option<String>,
}

/// What somebody is about to change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffChange {
    Lock,
    Reset,
    Role,
    Member,
}

/// An account that waits for its password, and the token of its link, shown once: only its hash is kept.
pub struct Invited {
    pub staff: StaffReport,
    /// None where the request was done before: at the command line its link was given then, on the page it was used.
    pub token: Option<String>,
    /// The request was done before. On the page, where an answer may be lost on its way, the link is a further one then, and those
    /// before it can still be used.
    pub again: bool,
}

/// All accounts, oldest first.
pub fn list_staff(desk: &Desk, actor: &Actor) -> Result<Vec<StaffReport>, Trouble> {
    actor.may(Act::ShowStaff)?;
    desk.store.look(|tx| staff::list(tx)?.into_iter().map(|account| report(desk, tx, account)).collect())
}

/// One account, for the page that asks before it is changed: what would be refused is refused there.
pub fn staff_to_change(desk: &Desk, actor: &Actor, id: i64, change: StaffChange) -> Result<StaffReport, Trouble> {
    actor.may(Act::ChangeStaff)?;
    desk.store.look(|tx| {
        let account = staff::get(tx, id)?;
        if change != StaffChange::Member || account.member.is_some() {
            nobody_s_own(actor, &account)?;
        }
        match (change, account.state.as_str()) {
            (StaffChange::Lock, "locked") => return Err(Trouble::new("staff-locked")),
            (StaffChange::Reset, "locked") => return Err(Trouble::new("staff-state").with("staff", id)),
            (StaffChange::Lock | StaffChange::Reset, _) => administrator_left(tx, &account)?,
            _ => {}
        }
        report(desk, tx, account)
    })
}

fn report(desk: &Desk, tx: &Tx, account: Account) -> Result<StaffReport, Trouble> {
    let now = desk.now().as_millisecond();
    let (idle, born) = (now - desk.idle_millis(), now - session::LONGEST_MILLIS);
    let around = staff::around(tx, account.id, idle, born, now - SIGNED_MILLIS, now)?;
    let signs_from = account.reset_at.map(|reset| reset.saturating_add(approval::AFTER_RESET));
    let signs_from = signs_from.filter(|from| now < *from && role_of(&account) > Role::Clerk);
    Ok(StaffReport {
        approvals_from: signs_from.map(|from| desk.rfc3339(from)),
        staff: account.id,
        role: role_of(&account),
        last_seen: account.last_seen.max(around.seen).map(|seen| desk.rfc3339(seen)),
        name: account.name,
        sessions: if account.state == "active" { around.sessions } else { 0 },
        setup_until: around.link_until.filter(|_| account.state == "invited").map(|until| desk.rfc3339(until)),
        state: account.state,
        member: account.member,
        approvals: around.approvals,
    })
}

/// A role as somebody typed it; `role-unknown` for anything else.
pub fn staff_role(text: &str) -> Result<Role, Trouble> {
    refuse_identity_number(text)?;
    Role::parse(text.trim()).ok_or_else(|| Trouble::new("role-unknown"))
}

/// The member of a number as somebody typed it on the page, none where nothing was typed. `staff-member-unknown` where
/// nobody has it; nothing of the member is shown.
pub fn own_membership(desk: &Desk, actor: &Actor, typed: &str) -> Result<Option<i64>, Trouble> {
    actor.may(Act::ChangeStaff)?;
    if typed.trim().is_empty() {
        return Ok(None);
    }
    refuse_identity_number(typed)?;
    let number = MemberNumber::parse(typed.trim())?;
    let found = desk.store.look(|tx| members::search(tx, &Search::Number(number), 1))?;
    found.first().map(|member| Some(member.id)).ok_or_else(|| Trouble::new("staff-member-unknown"))
}

/// A new account, which waits for its password. `staff-name-taken`, also where the names differ in capitals or spaces alone.
/// Asked again under its key, it answers as the first time, without the link: that is shown once. On the page it is a further link to
/// the same account; one use ends them all.
pub fn add_staff(
    desk: &Desk,
    actor: &Actor,
    name: &str,
    role: Role,
    member: Option<i64>,
    key: Option<&str>,
) -> Result<Invited, Trouble> {
    actor.may(Act::ChangeStaff)?;
    let name = staff_name(name)?;
    let asked = key.map(|key| asked(desk, key, "staff-add", &(&name, role, member), actor));
    let (now, token) = (desk.now().as_millisecond(), random_token()?);
    desk.store.change(|tx| {
        if let Some(before) = answered(desk, tx, asked.as_ref())? {
            return invited_again(desk, tx, actor, before, token);
        }
        let id = staff::invite(tx, &name, role.as_str(), now)?;
        actor::log_right(desk, tx, actor, id, "invited", role.as_str())?;
        if member.is_some() {
            join(desk, tx, actor, id, member)?;
        }
        let made = invited(desk, tx, id, token, false)?;
        answer(desk, tx, asked.as_ref(), &made.staff)?;
        Ok(made)
    })
}

/// Takes password and sessions from an account and makes it a new link, which ends its older ones; it signs nothing for a
/// day. `staff-state` where it is locked: unlock it first.
pub fn reset_staff(desk: &Desk, actor: &Actor, id: i64, key: Option<&str>) -> Result<Invited, Trouble> {
    let token = random_token()?;
    let work = |tx: &Tx, account: &Account| {
        nobody_s_own(actor, account)?;
        if account.state == "locked" {
            return Err(Trouble::new("staff-state").with("staff", id));
        }
        administrator_left(tx, account)?;
        staff::keep_seen(tx, id)?;
        staff::drop_setups_of(tx, id)?;
        staff::reset(tx, id, desk.now().as_millisecond())?;
        actor::log_right(desk, tx, actor, id, "reset", "")?;
        add_link(desk, tx, id, &token)?;
        session::end_all(desk, tx, id)
    };
    let (staff, again) = change(desk, actor, (id, "staff-reset", key), &(), work)?;
    match again {
        false => Ok(Invited { staff, token: Some(token), again }),
        true => desk.store.change(|tx| invited_again(desk, tx, actor, (id, Some(staff)), token)),
    }
}

/// What a request that was done before answers.
fn invited_again(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    (id, said): (i64, Option<StaffReport>),
    token: String,
) -> Result<Invited, Trouble> {
    match said.filter(|_| actor.origin == Origin::CommandLine) {
        Some(staff) => Ok(Invited { staff, token: None, again: true }),
        None => invited(desk, tx, id, token, true),
    }
}

/// The account with a link that it can be set up with, where it waits for one.
fn invited(desk: &Desk, tx: &Tx, id: i64, token: String, again: bool) -> Result<Invited, Trouble> {
    let waits = staff::get(tx, id)?.state == "invited";
    if waits {
        add_link(desk, tx, id, &token)?;
    }
    Ok(Invited { staff: report(desk, tx, staff::get(tx, id)?)?, token: waits.then_some(token), again })
}

fn add_link(desk: &Desk, tx: &Tx, id: i64, token: &str) -> Result<(), Trouble> {
    let now = desk.now().as_millisecond();
    staff::add_setup(tx, &hash(token), id, now + SETUP_MILLIS, now)
}

/// The account works no more: its sessions end, and a link of it is void. What is locked stays so.
pub fn lock_staff(desk: &Desk, actor: &Actor, id: i64, key: Option<&str>) -> Result<StaffReport, Trouble> {
    let work = |tx: &Tx, account: &Account| {
        nobody_s_own(actor, account)?;
        if account.state == "locked" {
            return Ok(Vec::new());
        }
        administrator_left(tx, account)?;
        staff::keep_seen(tx, id)?;
        staff::drop_setups_of(tx, id)?;
        staff::set_state(tx, id, "locked")?;
        actor::log_right(desk, tx, actor, id, "locked", "")?;
        session::end_all(desk, tx, id)
    };
    Ok(change(desk, actor, (id, "staff-lock", key), &(), work)?.0)
}

/// The account works again with the password that it had; one that had none waits for a new link. What is active stays so;
/// `staff-invited` where nothing is locked but a password is missing.
pub fn unlock_staff(desk: &Desk, actor: &Actor, id: i64, key: Option<&str>) -> Result<StaffReport, Trouble> {
    let work = |tx: &Tx, account: &Account| {
        if account.state == "invited" {
            return Err(Trouble::new("staff-invited").with("name", &account.name).with("staff", id));
        }
        if account.state == "locked" {
            staff::set_state(tx, id, if account.password.is_some() { "active" } else { "invited" })?;
            actor::log_right(desk, tx, actor, id, "unlocked", "")?;
        }
        Ok(Vec::new())
    };
    Ok(change(desk, actor, (id, "staff-unlock", key), &(), work)?.0)
}

/// Another role, at once: the account's sessions end, so that nobody works on with rights that they had.
pub fn set_role(desk: &Desk, actor: &Actor, id: i64, role: Role, key: Option<&str>) -> Result<StaffReport, Trouble> {
    let work = |tx: &Tx, account: &Account| {
        nobody_s_own(actor, account)?;
        let before = role_of(account);
        if before == role {
            return Ok(Vec::new());
        }
        if role < Role::Administrator {
            administrator_left(tx, account)?;
        }
        staff::keep_seen(tx, id)?;
        staff::set_role(tx, id, role.as_str())?;
        let detail = format!("{} -> {}", before.as_str(), role.as_str());
        actor::log_right(desk, tx, actor, id, "role", &detail)?;
        session::end_all(desk, tx, id)
    };
    Ok(change(desk, actor, (id, "staff-role", key), &role, work)?.0)
}

/// Which member the account's person is, or that it is not known. Nobody takes back on the page what stands against
/// themselves.
pub fn set_own_membership(
    desk: &Desk,
    actor: &Actor,
    id: i64,
    member: Option<i64>,
    key: Option<&str>,
) -> Result<StaffReport, Trouble> {
    let work = |tx: &Tx, account: &Account| {
        if account.member != member {
            if account.member.is_some() {
                nobody_s_own(actor, account)?;
            }
            join(desk, tx, actor, id, member)?;
        }
        Ok(Vec::new())
    };
    Ok(change(desk, actor, (id, "staff-member", key), &member, work)?.0)
}

/// `member-unknown` where there is no such member, `staff-member-taken` where another account is theirs; that they were asked
/// for is logged with them.
fn join(desk: &Desk, tx: &Tx, actor: &Actor, id: i64, member: Option<i64>) -> Result<(), Trouble> {
    if let Some(member) = member {
        members::get(tx, member)?;
        if let Some(other) = staff::of_member(tx, member, id)? {
            return Err(Trouble::new("staff-member-taken").with("name", other.name).with("staff", other.id));
        }
        actor::log(desk, tx, actor, [member], "look", "staff")?;
    }
    staff::set_member(tx, id, member)?;
    let detail = member.map_or_else(|| "none".to_owned(), |member| format!("member:{member}"));
    actor::log_right(desk, tx, actor, id, "member", &detail)
}

/// One change of one account, once under its key, with its answer in one commit; then whoever looks on at a session that
/// `work` ended is told. Whether it was done before, too: then it answers as it did, whatever became of the account since.
fn change(
    desk: &Desk,
    actor: &Actor,
    (id, command, key): (i64, &'static str, Option<&str>),
    arguments: &impl Serialize,
    work: impl FnOnce(&Tx, &Account) -> Result<Vec<i64>, Trouble>,
) -> Result<(StaffReport, bool), Trouble> {
    actor.may(Act::ChangeStaff)?;
    let asked = key.map(|key| asked(desk, key, command, &(id, arguments), actor));
    let mut ended = Vec::new();
    let done = desk.store.change(|tx| {
        if let Some((_, said)) = answered(desk, tx, asked.as_ref())? {
            return Ok((said.map_or_else(|| report(desk, tx, staff::get(tx, id)?), Ok)?, true));
        }
        ended = work(tx, &staff::get(tx, id)?)?;
        let now = report(desk, tx, staff::get(tx, id)?)?;
        answer(desk, tx, asked.as_ref(), &now)?;
        Ok((now, false))
    })?;
    for session in ended {
        desk.tell(Event::SessionEnded(session));
    }
    Ok(done)
}

/// The account of a request that was done before, and what was answered, where that was kept.
fn answered(desk: &Desk, tx: &Tx, asked: Option<&Request>) -> Result<Option<(i64, Option<StaffReport>)>, Trouble> {
    let Some(asked) = asked else { return Ok(None) };
    let before = answers::before(tx, &asked.as_asked(), desk.now().as_millisecond())?;
    Ok(before.map(|made| (made.id, made.said.and_then(|said| serde_json::from_str(&said).ok()))))
}

/// Keeps what a request is answered, so that it is answered so again.
fn answer(desk: &Desk, tx: &Tx, asked: Option<&Request>, staff: &StaffReport) -> Result<(), Trouble> {
    let Some(asked) = asked else { return Ok(()) };
    answers::note(tx, &asked.as_asked(), staff.staff, desk.now().as_millisecond())?;
    answers::say(tx, &asked.as_asked(), &serde_json::to_string(staff).unwrap_or_default())
}

fn role_of(account: &Account) -> Role {
    Role::stored(&account.role)
}

/// `staff-self` where somebody on the page would change their own account. At the command line nobody has one.
fn nobody_s_own(actor: &Actor, account: &Account) -> Result<(), Trouble> {
    match &actor.staff {
        StaffRef::Account { id, .. } if *id == account.id => Err(Trouble::new("staff-self")),
        _ => Ok(()),
    }
}

/// `staff-last-administrator` where nobody could administer without this account; it names who else could.
fn administrator_left(tx: &Tx, account: &Account) -> Result<(), Trouble> {
    let administers = |account: &Account| account.state == "active" && role_of(account) == Role::Administrator;
    if !administers(account) {
        return Ok(());
    }
    let all = staff::list(tx)?;
    if all.iter().any(|other| other.id != account.id && administers(other)) {
        return Ok(());
    }
    let others = all.iter().filter(|other| other.id != account.id && other.state == "active");
    let others: Vec<String> = others.map(|other| format!("{} ({})", other.name, other.id)).collect();
    let whom = if others.is_empty() { "nobody" } else { "somebody" };
    Err(Trouble::new("staff-last-administrator").with("whom", whom).with("others", others.join(", ")))
}
