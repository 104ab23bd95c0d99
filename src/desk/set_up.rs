//! One-use links through which somebody becomes one of the staff: only their hash is kept, looking at one does not use it up,
//! and it ends after a day. Start at [`new_setup`] and [`set_up`].

use super::secret::{hash, hashed, random_token};
use super::{Desk, NewSession, Role, Whence, session};
use crate::back::store::staff as accounts;
use crate::plan::member::PersonName;
use crate::plan::messages::Trouble;
use crate::plan::staff::password;

/// A set-up link can be used for a day.
pub(super) const SETUP_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The name of a member of staff, as members' names: NFC, no invisible signs, no identity number, at most forty characters.
pub fn staff_name(text: &str) -> Result<String, Trouble> {
    match PersonName::parse(text) {
        Ok(name) if name.as_str().chars().count() <= 40 => Ok(name.as_str().to_owned()),
        Err(trouble) if trouble.code == "identity-number" => Err(trouble),
        _ => Err(Trouble::new("staff-name")),
    }
}

/// Makes a new one-use link for the first administrator, which ends the link before it; `None` when there is an
/// administrator already.
pub fn new_setup(desk: &Desk, name: Option<&str>) -> Result<Option<String>, Trouble> {
    let name = name.map(staff_name).transpose()?;
    let token = random_token()?;
    let until = desk.now().as_millisecond() + SETUP_MILLIS;
    desk.store.change(|tx| {
        if accounts::has_administrator(tx)? {
            return Ok(None);
        }
        accounts::new_setup(tx, &hash(&token), name.as_deref(), until)?;
        Ok(Some(token))
    })
}

/// Whether nobody can administer yet.
pub fn wants_set_up(desk: &Desk) -> Result<bool, Trouble> {
    Ok(!desk.store.look(accounts::has_administrator)?)
}

/// Whether a set-up link can still be used, and the name it was made for; else `setup-link`.
pub fn set_up_open(desk: &Desk, token: &str) -> Result<Option<String>, Trouble> {
    let now = desk.now().as_millisecond();
    desk.store.look(|tx| accounts::setup(tx, &hash(token), now))?.ok_or_else(|| Trouble::new("setup-link"))
}

/// The first administrator, made through the one-use link, logged in at once.
pub fn set_up(
    desk: &Desk,
    token: &str,
    name: &str,
    typed: &str,
    desk_no: &str,
    whence: &Whence,
) -> Result<NewSession, Trouble> {
    set_up_open(desk, token)?;
    let name = staff_name(name)?;
    password::check(&name, typed)?;
    let secret = hashed(password::composed(typed).as_bytes())?;
    let now = desk.now().as_millisecond();
    let id = desk.store.change(|tx| {
        accounts::setup(tx, &hash(token), now)?.ok_or_else(|| Trouble::new("setup-link"))?;
        accounts::drop_setups(tx)?;
        accounts::insert(tx, &name, Role::Administrator.as_str(), &secret, now)
    })?;
    session::begin(desk, id, &secret, desk_no, whence)
}
