//! The password that an imported member chose: judged by the rules, hashed under a key of this desk, then by argon2id, at most
//! two at once. What was typed wipes itself and goes nowhere else: no draft, no log, no register. Start at [`hashed`].

use std::fmt;

use zeroize::Zeroizing;

use super::{Desk, secret};
use crate::plan::chip::keyed_password;
use crate::plan::member::MemberPassword;
use crate::plan::messages::Trouble;

/// A password as it was typed, twice.
#[derive(Default)]
pub struct TypedPassword {
    pub first: Zeroizing<String>,
    pub again: Zeroizing<String>,
}

impl TypedPassword {
    pub fn new(first: &str, again: &str) -> TypedPassword {
        TypedPassword { first: Zeroizing::new(first.to_owned()), again: Zeroizing::new(again.to_owned()) }
    }
}

impl fmt::Debug for TypedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedPassword(..)")
    }
}

/// What the store keeps of it: a PHC string, and the version of the key under which it was hashed first.
pub(super) fn hashed(desk: &Desk, password: &MemberPassword) -> Result<(String, u8), Trouble> {
    let keys = desk.keys();
    let current = keys.current();
    let phc = secret::hashed(&*keyed_password(current, password))?;
    Ok((phc, current.version))
}
