//! Who acts, and the access log that knows it. Every use case takes an [`Actor`]; rights and log entries are made
//! in the desk, so that a new front inherits them.

use super::{Desk, log_time};
use crate::back::store::{Tx, access, staff};
use crate::plan::messages::Trouble;

/// What a person of the staff may do; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Clerk,
    Manager,
    Administrator,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Manager => "manager",
            Role::Administrator => "administrator",
        }
    }

    pub fn parse(text: &str) -> Option<Role> {
        [Role::Clerk, Role::Manager, Role::Administrator].into_iter().find(|role| role.as_str() == text)
    }

    /// The role of an account as it is stored; one that this program does not know has the fewest rights.
    pub(super) fn stored(text: &str) -> Role {
        Role::parse(text).unwrap_or(Role::Clerk)
    }
}

/// An account of the desk, or the account of the operating system at the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffRef {
    Account { id: i64, name: String },
    Os(String),
}

/// Where a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Page,
    CommandLine,
}

impl Origin {
    /// As the log has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Page => "page",
            Origin::CommandLine => "command-line",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Actor {
    pub staff: StaffRef,
    pub role: Role,
    /// The desk's number on the page; empty at the command line.
    pub desk: String,
    pub origin: Origin,
    /// The session that acts; none at the command line. A signature is for one session.
    pub session: Option<i64>,
}

impl Actor {
    /// The command line's actor: its hands are the machine owner's, so it holds an administrator's rights and is named `os:<account>`.
    pub fn command_line(account: &str) -> Actor {
        Actor {
            staff: StaffRef::Os(account.to_owned()),
            role: Role::Administrator,
            desk: String::new(),
            origin: Origin::CommandLine,
            session: None,
        }
    }

    /// The id that chained rows hold: `staff:3` or `os:root`. Never a person's name.
    pub fn id(&self) -> String {
        match &self.staff {
            StaffRef::Account { id, .. } => format!("staff:{id}"),
            StaffRef::Os(account) => format!("os:{account}"),
        }
    }
}

/// Nobody serves themselves: `own-member` for an act of an account on the membership that is joined to it. Asked beside
/// [`Actor::may`] by every use case that changes something of a member; looking at oneself is allowed, logged and told in review.
/// Whoever is at the command line has no membership.
pub(super) fn not_oneself(tx: &Tx, actor: &Actor, member: i64) -> Result<(), Trouble> {
    match &actor.staff {
        StaffRef::Account { id, .. } if staff::member_of(tx, *id)? == Some(member) => Err(Trouble::new("own-member")),
        _ => Ok(()),
    }
}

/// The same outside a transaction, before anything moves.
pub(super) fn not_own(desk: &Desk, actor: &Actor, member: i64) -> Result<(), Trouble> {
    desk.store.look(|tx| not_oneself(tx, actor, member))
}

/// Logs that these members were looked at or changed, in the caller's transaction: no entry, no answer.
pub(super) fn log(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    members: impl IntoIterator<Item = i64>,
    what: &str,
    purpose: &str,
) -> Result<(), Trouble> {
    append(desk, tx, actor, members.into_iter().map(Some), what, purpose)
}

/// Logs an act that concerns the house and no member.
pub(super) fn log_house(desk: &Desk, tx: &Tx, actor: &Actor, what: &str, purpose: &str) -> Result<(), Trouble> {
    append(desk, tx, actor, [None], what, purpose)
}

/// Logs what became of an account or of its rights: `invited`, `role`, `locked` …. `detail` holds no name.
pub(super) fn log_right(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    whose: i64,
    what: &str,
    detail: &str,
) -> Result<(), Trouble> {
    let entry = access::RightsEntry {
        when: &log_time::moment(desk, tx)?,
        staff: &actor.id(),
        desk: &actor.desk,
        origin: actor.origin.as_str(),
        whose: &format!("staff:{whose}"),
        what,
        detail,
    };
    access::append_right(tx, &entry)
}

fn append(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    members: impl IntoIterator<Item = Option<i64>>,
    what: &str,
    purpose: &str,
) -> Result<(), Trouble> {
    let entry = access::Entry {
        when: &log_time::moment(desk, tx)?,
        staff: &actor.id(),
        role: actor.role.as_str(),
        desk: &actor.desk,
        origin: actor.origin.as_str(),
        what,
        purpose,
    };
    access::append(tx, &entry, members)
}
