//! One-use links through which somebody becomes one of the staff: only their hash is kept, looking at one does not use it up,
//! and it ends after a day. Start at [`new_setup`] and [`set_up`].

use super::secret::{hash, hashed, random_token};
use super::{Actor, Desk, NewSession, Origin, Role, StaffRef, Whence, actor, session};
use crate::back::store::Tx;
use crate::back::store::staff::{self as accounts, Setup};
use crate::plan::member::PersonName;
use crate::plan::messages::Trouble;
use crate::plan::staff::password;

/// A set-up link can be used for a day.
pub(super) const SETUP_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The longest name of a member of staff.
const LONGEST_NAME: usize = 40;

/// The name of a member of staff, as members' names: NFC, no invisible signs, no identity number, at most forty characters.
/// `staff-name` says which of these it is not, and of what was typed no more than one sign.
pub fn staff_name(text: &str) -> Result<String, Trouble> {
    let refused = |wrong: &str, sign: String| Err(Trouble::new("staff-name").with("wrong", wrong).with("sign", sign));
    match PersonName::parse(text) {
        Ok(name) if name.as_str().chars().count() <= LONGEST_NAME => Ok(name.as_str().to_owned()),
        Ok(_) => refused("long", String::new()),
        Err(trouble) => match trouble.code {
            "identity-number" => Err(trouble),
            "name-long" => refused("long", String::new()),
            "name-characters" => {
                let sign = trouble.args.into_iter().find(|(name, _)| *name == "sign");
                refused("sign", sign.map(|(_, sign)| seen(sign)).unwrap_or_default())
            }
            _ if text.trim().is_empty() => refused("empty", String::new()),
            _ => refused("letters", String::new()),
        },
    }
}

/// A sign of the keyboard as it is, `U+202E` of another one: it may be one that nobody sees.
fn seen(sign: String) -> String {
    let code = sign.strip_prefix("U+").and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
    code.filter(char::is_ascii_graphic).map_or(sign, String::from)
}

/// Makes a new one-use link for the first administrator, which ends the link before it; `None` when there is an
/// administrator already. `staff-name-taken` for the name of an account that there is.
pub fn new_setup(desk: &Desk, name: Option<&str>) -> Result<Option<String>, Trouble> {
    let name = name.map(staff_name).transpose()?;
    let token = random_token()?;
    let until = desk.now().as_millisecond() + SETUP_MILLIS;
    desk.store.change(|tx| {
        if accounts::has_administrator(tx)? {
            return Ok(None);
        }
        if let Some(name) = &name {
            accounts::free(tx, name)?;
        }
        accounts::new_setup(tx, &hash(&token), name.as_deref(), until)?;
        Ok(Some(token))
    })
}

/// Whether nobody can administer yet.
pub fn wants_set_up(desk: &Desk) -> Result<bool, Trouble> {
    Ok(!desk.store.look(accounts::has_administrator)?)
}

/// Whom a set-up link is for.
pub struct SetUp {
    /// The name of the account that waits, or the one that the first administrator's link was made for.
    pub name: Option<String>,
    /// Of an account that waits for its password: its name stays.
    pub invited: bool,
}

/// Whom a set-up link is for while it can be used; else `setup-link`. Looking does not use it up.
pub fn set_up_open(desk: &Desk, token: &str) -> Result<SetUp, Trouble> {
    let now = desk.now().as_millisecond();
    let found = desk.store.look(|tx| open(tx, token, now))?;
    Ok(SetUp { invited: found.staff.is_some(), name: found.name })
}

/// A link that can still be used. One that was used, is too old, or whose account is locked says alike what to do: whoever
/// administers makes a new one, and where nobody does, whoever has the computer.
fn open(tx: &Tx, token: &str, now: i64) -> Result<Setup, Trouble> {
    if let Some(found) = accounts::setup(tx, &hash(token), now)? {
        return Ok(found);
    }
    let ask = if accounts::has_administrator(tx)? { "administrator" } else { "nobody" };
    Err(Trouble::new("setup-link").with("ask", ask))
}

/// Somebody chooses their password through their one-use link, and is logged in at once: the first administrator under the
/// name that they type, whoever was invited under the one that their account has.
pub fn set_up(
    desk: &Desk,
    token: &str,
    name: &str,
    typed: &str,
    desk_no: &str,
    whence: &Whence,
) -> Result<NewSession, Trouble> {
    let link = set_up_open(desk, token)?;
    let name = match link.name.filter(|_| link.invited) {
        Some(name) => name,
        None => staff_name(name)?,
    };
    password::check(&name, typed)?;
    let secret = hashed(password::composed(typed).as_bytes())?;
    let now = desk.now().as_millisecond();
    let id = desk.store.change(|tx| {
        // Whoever was first has used it.
        let (id, role) = match open(tx, token, now)?.staff {
            Some(id) => {
                accounts::drop_setups_of(tx, id)?;
                accounts::activate(tx, id, &secret)?;
                (id, Role::stored(&accounts::get(tx, id)?.role))
            }
            None => {
                accounts::drop_setups(tx)?;
                let role = Role::Administrator;
                (accounts::insert(tx, &name, role.as_str(), &secret, now)?, role)
            }
        };
        let themselves = Actor {
            staff: StaffRef::Account { id, name: name.clone() },
            role,
            desk: session::desk_number(desk_no)?,
            origin: Origin::Page,
            session: None,
        };
        actor::log_right(desk, tx, &themselves, id, "set-up", role.as_str())?;
        Ok(id)
    })?;
    session::begin(desk, (id, &secret), desk_no, 0, whence)
}
