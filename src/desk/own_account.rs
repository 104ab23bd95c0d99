//! One's own account: what is mine, my password, my sessions. It never touches another's; those are the staff's room.
//! Start at [`own_account`].

use super::log_in::authenticate;
use super::secret::hashed;
use super::session::{end_one, end_others, listed};
use super::{Act, Desk, Event, Role, Session, StaffRef, Whence, actor};
use crate::back::store::staff as accounts;
use crate::plan::messages::Trouble;
use crate::plan::staff::password;

/// What is mine.
pub struct OwnAccount {
    pub name: String,
    pub role: Role,
    /// The desk's number of this session.
    pub desk: String,
    /// The day on which the account was made, `2026-11-24`.
    pub since: String,
    /// The newest first; this one is among them.
    pub sessions: Vec<SessionLine>,
}

/// One of my sessions that stand.
pub struct SessionLine {
    pub id: i64,
    pub desk: String,
    /// The one that asks.
    pub this: bool,
    /// Begun at the address at which this one is.
    pub here: bool,
    /// `2026-11-24T09:12`, as the clock on the wall showed it.
    pub began: String,
    pub seen: String,
}

/// Whose session this is. The command line has no account.
fn mine(session: &Session) -> Result<(i64, &str), Trouble> {
    session.actor.may(Act::OwnAccount)?;
    match &session.actor.staff {
        StaffRef::Account { id, name } => Ok((*id, name)),
        StaffRef::Os(_) => Err(Trouble::new("session-unknown")),
    }
}

pub fn own_account(desk: &Desk, session: &Session) -> Result<OwnAccount, Trouble> {
    let (staff, name) = mine(session)?;
    let (since, sessions) = desk.store.look(|tx| Ok((accounts::created(tx, staff)?, listed(desk, tx, staff)?)))?;
    let time = |millis: i64| desk.local(millis).strftime("%Y-%m-%dT%H:%M").to_string();
    let here = sessions.iter().find(|row| row.id == session.id).map(|row| row.address.clone());
    let line = |row: crate::back::store::sessions::Listed| SessionLine {
        this: row.id == session.id,
        here: Some(&row.address) == here.as_ref(),
        began: time(row.created),
        seen: time(row.seen),
        id: row.id,
        desk: row.desk,
    };
    Ok(OwnAccount {
        name: name.to_owned(),
        role: session.actor.role,
        desk: session.actor.desk.clone(),
        since: desk.day_of(since),
        sessions: sessions.into_iter().map(line).collect(),
    })
}

/// A new password of my own. The old one counts as at a log-in, and every other session of mine ends.
///
/// # Errors
/// `password-old`, `web-password-twice`, `password-same`, what [`password::check`] refuses, `log-in-wait`, `log-in-busy`.
pub fn change_password(
    desk: &Desk,
    session: &Session,
    old: &str,
    new: &str,
    again: &str,
    whence: &Whence,
) -> Result<(), Trouble> {
    let (staff, name) = mine(session)?;
    let composed = password::composed(new);
    if composed != password::composed(again) {
        return Err(Trouble::new("web-password-twice"));
    }
    password::check(name, new)?;
    let account = authenticate(desk, name, old, whence).map_err(|trouble| match trouble.code {
        "log-in-refused" => Trouble { code: "password-old", ..trouble },
        _ => trouble,
    })?;
    // An account of that name that is another one's by now.
    let proven = account.password.filter(|_| account.id == staff).ok_or_else(|| Trouble::new("password-old"))?;
    if composed == password::composed(old) {
        return Err(Trouble::new("password-same"));
    }
    let secret = hashed(composed.as_bytes())?;
    let ended = desk.store.change(|tx| {
        // A reset that came between the two is not undone.
        accounts::replace_password(tx, staff, &proven, &secret)?
            .then_some(())
            .ok_or_else(|| Trouble::new("password-old"))?;
        actor::log_right(desk, tx, &session.actor, staff, "password", "")?;
        end_others(desk, tx, staff, session.id)
    })?;
    ended.into_iter().for_each(|id| desk.tell(Event::SessionEnded(id)));
    Ok(())
}

/// Ends one of my sessions, be it this one; its streams end at once. `session-unknown` when none of mine has this id.
pub fn end_session(desk: &Desk, session: &Session, id: i64) -> Result<(), Trouble> {
    let (staff, _) = mine(session)?;
    desk.store.change(|tx| {
        end_one(desk, tx, staff, id)?;
        actor::log_right(desk, tx, &session.actor, staff, "session-ended", "")
    })?;
    desk.tell(Event::SessionEnded(id));
    Ok(())
}

/// Ends all my sessions but this one; how many that were.
pub fn end_other_sessions(desk: &Desk, session: &Session) -> Result<usize, Trouble> {
    let (staff, _) = mine(session)?;
    let ended = desk.store.change(|tx| {
        let ended = end_others(desk, tx, staff, session.id)?;
        for _ in &ended {
            actor::log_right(desk, tx, &session.actor, staff, "session-ended", "")?;
        }
        Ok(ended)
    })?;
    ended.iter().for_each(|id| desk.tell(Event::SessionEnded(*id)));
    Ok(ended.len())
}
