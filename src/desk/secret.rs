//! Secrets: random tokens of which only the SHA-256 is kept, and argon2id, at most two computed at once. It knows no account
//! and no session. Start at [`random_token`], [`hashed`] and [`matches`].

use std::sync::{Condvar, Mutex};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};

use super::hex;
use crate::plan::messages::Trouble;

/// 256 random bits as 64 hex digits.
pub(super) fn random_token() -> Result<String, Trouble> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|fault| Trouble::new("no-randomness").with("reason", fault))?;
    Ok(hex(&bytes))
}

pub(super) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Of a password that nobody has: it was random and is forgotten.
pub(super) const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// argon2id of a secret, as a PHC string.
pub(super) fn hashed(secret: &[u8]) -> Result<String, Trouble> {
    let _turn = Turn::take();
    let hash = Argon2::default().hash_password(secret);
    hash.map(|hash| hash.to_string()).map_err(|fault| Trouble::new("no-randomness").with("reason", fault))
}

/// Whether a PHC string is of this secret.
pub(super) fn matches(phc: &str, secret: &[u8]) -> bool {
    let _turn = Turn::take();
    PasswordHash::new(phc).is_ok_and(|known| Argon2::default().verify_password(secret, &known).is_ok())
}

/// One of two places at the stove: each hash takes 19 MiB, and a flood of log-ins must not take the machine.
struct Turn;

static COOKING: (Mutex<u8>, Condvar) = (Mutex::new(0), Condvar::new());

impl Turn {
    fn take() -> Turn {
        let (count, freed) = &COOKING;
        let count = count.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut count = freed.wait_while(count, |count| *count >= 2).unwrap_or_else(std::sync::PoisonError::into_inner);
        *count += 1;
        Turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (count, freed) = &COOKING;
        *count.lock().unwrap_or_else(std::sync::PoisonError::into_inner) -= 1;
        freed.notify_one();
    }
}
