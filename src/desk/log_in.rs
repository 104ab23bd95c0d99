//! Logging in: a name and a password, and from where they were typed. Start at [`log_in`].

use unicode_normalization::UnicodeNormalization;

use super::secret::{NOBODYS, matches};
use super::{Desk, NewSession, Role, session};
use crate::back::store::staff::{self, Account};
use crate::plan::messages::Trouble;
use crate::plan::staff::password::composed;

/// Where a request came from: the peer's address, and the cookie of a browser in which somebody has logged in before.
#[derive(Debug, Clone, Default)]
pub struct Whence {
    pub address: String,
    pub known_desk: Option<String>,
}

/// A new session of whoever has this name and password.
pub fn log_in(desk: &Desk, name: &str, password: &str, desk_no: &str, whence: &Whence) -> Result<NewSession, Trouble> {
    let account = authenticate(desk, name, password, whence)?;
    let role = Role::parse(&account.role).unwrap_or(Role::Clerk);
    session::begin(desk, account.id, account.name, role, desk_no)
}

/// The active account of this name and password. `log-in-refused` for a wrong name or a wrong password alike, and after the
/// same work.
pub(super) fn authenticate(desk: &Desk, name: &str, password: &str, _whence: &Whence) -> Result<Account, Trouble> {
    let account = desk.store.look(|tx| staff::by_name(tx, &name.trim().nfc().collect::<String>()))?;
    // An unknown name costs the same: the password is compared with a hash that nothing matches.
    let known = account.as_ref().and_then(|account| account.password.as_deref()).unwrap_or(NOBODYS);
    let right = matches(known, composed(password).as_bytes());
    account.filter(|account| right && account.state == "active").ok_or_else(|| Trouble::new("log-in-refused"))
}
