//! Secrets: random tokens of which only the SHA-256 is kept, and argon2id, at most two computed at once. It knows no account
//! and no session. Start at [`random_token`], [`hashed`] and [`matches`].

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
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

/// A number that nobody had before and nobody guesses: 62 random bits.
pub(super) fn random_id() -> Result<i64, Trouble> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|fault| Trouble::new("no-randomness").with("reason", fault))?;
    Ok(i64::from_le_bytes(bytes) & (i64::MAX >> 1))
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

/// Those of a desk who want a password looked at: a flood of them must not fill the threads that draw everybody's pages.
#[derive(Default)]
pub struct Stove {
    here: AtomicUsize,
}

/// When to come again, where too many are here.
const AGAIN_SECONDS: u32 = 3;

impl Stove {
    /// A place in the queue, if fewer than so many are at the stove or wait for it; else `log-in-busy`.
    pub(super) fn queue(&self, at_most: usize) -> Result<Queued<'_>, Trouble> {
        let one_more = |here: usize| (here < at_most).then_some(here + 1);
        match self.here.fetch_update(SeqCst, SeqCst, one_more) {
            Ok(_) => Ok(Queued(self)),
            Err(_) => Err(Trouble::new("log-in-busy").with("seconds", AGAIN_SECONDS)),
        }
    }
}

/// A place in the queue, given up when dropped.
pub(super) struct Queued<'a>(&'a Stove);

impl Queued<'_> {
    /// As [`matches`], in its turn.
    pub(super) fn matches(self, phc: &str, secret: &[u8]) -> bool {
        matches(phc, secret)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.here.fetch_sub(1, SeqCst);
    }
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
