//! Logging in: a name and a password, and from where they were typed. How often somebody may try is the plan's `Delay`; here it is
//! counted, so that no two at once get more tries than one after the other. Nothing that was typed is kept or logged.
//! Start at [`log_in`], and at [`authenticate`] for whoever wants a password for one act.

use std::sync::OnceLock;
use std::time::Duration;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::secret::{NOBODYS, random_token};
use super::{Desk, NewSession, session};
use crate::back::store::Tx;
use crate::back::store::staff::{self, Account};
use crate::back::store::wrong_passwords::{self, Row};
use crate::plan::messages::Trouble;
use crate::plan::staff::password::{LEAST, composed};
use crate::plan::staff::{Counted, Delay, Place};

/// Where a request came from.
#[derive(Debug, Clone, Default)]
pub struct Whence {
    /// The peer's.
    pub address: String,
    /// Every cookie by which the browser says that somebody has logged in there before: what another program of this computer
    /// set beside ours may be among them. One that nobody knows counts for nothing.
    pub known_desks: Vec<String>,
    /// Every cookie of a session that the browser has: a log-in ends them.
    pub sessions: Vec<String>,
}

/// Rows of wrong passwords that are kept at most.
const MOST_ROWS: u32 = 100_000;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// How many may be at the stove or wait for it at once; more are told to come again. Known desks have places that strangers
/// cannot fill.
const STRANGERS: usize = 6;
const EVERYBODY: usize = 12;

/// A new session of whoever has this name and password.
///
/// # Errors
/// `desk-unknown`, whoever it is and before any password is looked at; `log-in-refused`, `log-in-wait`, `log-in-busy`.
pub fn log_in(desk: &Desk, name: &str, password: &str, desk_no: &str, whence: &Whence) -> Result<NewSession, Trouble> {
    session::desk_number(desk_no)?;
    let (account, wrong) = proven(desk, name, password, whence)?;
    session::begin(desk, (account.id, account.password.as_deref().unwrap_or_default()), desk_no, wrong, whence)
}

/// The active account of this name and password. `log-in-refused` for a wrong name, a wrong password and an account that may
/// not log in alike, and after the same work; `log-in-wait` after too many, and then no password is looked at; `log-in-busy`
/// when too many try at once.
pub(super) fn authenticate(desk: &Desk, name: &str, password: &str, whence: &Whence) -> Result<Account, Trouble> {
    Ok(proven(desk, name, password, whence)?.0)
}

/// The same, and how many wrong ones came before it in a row in this kind of place.
fn proven(desk: &Desk, name: &str, password: &str, whence: &Whence) -> Result<(Account, u32), Trouble> {
    let name: String = name.trim().nfc().collect();
    let (account, known) =
        desk.store.look(|tx| Ok((staff::by_name(tx, &name)?, session::known_desk(desk, tx, whence)?)))?;
    let guess = Guess::of(desk, account.as_ref(), &name, known, whence)?;
    // Most knocks of a flood end here, and write nothing.
    guess.may(desk)?;
    let turn = desk.stove.queue(if known.is_some() { EVERYBODY } else { STRANGERS })?;
    // Counted as wrong before it is looked at: whoever comes at the same time finds it counted.
    let now = desk.now().as_millisecond();
    let Some(tried) = desk.store.change(|tx| guess.count(tx, now))? else {
        return Err(guess.may(desk).err().unwrap_or_else(|| wait(Duration::ZERO)));
    };
    // A name that nobody has costs the same: its password is compared with a hash that nothing matches.
    let known = account.as_ref().and_then(|account| account.password.as_deref()).unwrap_or(NOBODYS);
    let right = turn.matches(known, composed(password).as_bytes());
    let account = account.filter(|account| right && account.state == "active");
    let Some(account) = account else {
        let left = desk.store.look(|tx| guess.left(tx, desk.now().as_millisecond()))?;
        return Err(refused(left));
    };
    desk.store.change(|tx| guess.take_back(tx, &tried))?;
    Ok((account, tried.wrong))
}

/// What was typed as a name, for the page that follows: nothing that is as long as a password, for it may be one that was typed
/// into the wrong field, and would stay in sight.
pub fn name_again(typed: &str) -> &str {
    if typed.chars().count() < LEAST { typed } else { "" }
}

/// One try, as it is counted: under its account, and under the browser that is known or else the address.
struct Guess {
    place: Place,
    account: [u8; 32],
    source: [u8; 32],
}

/// A try that was counted.
struct Tried {
    /// Wrong ones of the account before it, in a row and in this kind of place.
    wrong: u32,
    /// How it stood for where it came from, without it and with it.
    source: Delay,
    with: Delay,
}

impl Guess {
    /// What was typed as a name may be a password in the wrong field. Of a name that is nobody's, nothing is stored from which
    /// it could be guessed: its hash is keyed by what only this process knows.
    fn of(
        desk: &Desk,
        account: Option<&Account>,
        name: &str,
        known: Option<&str>,
        whence: &Whence,
    ) -> Result<Guess, Trouble> {
        let salted = |kind: &str, salt: &[u8], value: &str| -> [u8; 32] {
            Sha256::new().chain_update(salt).chain_update(kind).chain_update([0]).chain_update(value).finalize().into()
        };
        let account = match account {
            Some(account) => salted("account", &desk.salt, &account.id.to_string()),
            None => salted("name", of_this_process()?.as_bytes(), name),
        };
        let (place, source) = match known {
            Some(cookie) => (Place::KnownDesk, salted("desk", &desk.salt, cookie)),
            None => (Place::Elsewhere, salted("address", &desk.salt, &whence.address)),
        };
        Ok(Guess { place, account, source })
    }

    fn both(&self) -> [(Counted, &[u8; 32]); 2] {
        [(Counted::Account, &self.account), (Counted::Source, &self.source)]
    }

    fn delay(&self, tx: &Tx, counted: Counted, who: &[u8; 32]) -> Result<Delay, Trouble> {
        let row = wrong_passwords::get(tx, who, self.place.as_str())?.unwrap_or(Row { wrong: 0, last: 0 });
        Ok(Delay { place: self.place, counted, wrong: row.wrong, last: row.last })
    }

    /// How long it is until the next one is looked at, for the longer of the two.
    fn left(&self, tx: &Tx, now: i64) -> Result<Duration, Trouble> {
        let [one, other] = self.both().map(|(counted, who)| self.delay(tx, counted, who));
        Ok(one?.left(now).max(other?.left(now)))
    }

    /// `log-in-wait` while a wait runs, with the seconds that are left of it.
    fn may(&self, desk: &Desk) -> Result<(), Trouble> {
        let now = desk.now().as_millisecond();
        let left = desk.store.look(|tx| self.left(tx, now))?;
        if left.is_zero() {
            return Ok(());
        }
        if desk.store.look(|tx| self.is_to_come(tx, now))? {
            desk.store.change(|tx| self.begin_now(tx, now))?;
        }
        Err(wait(left))
    }

    /// Whether a count is of a time that is yet to come, as after a clock was set back.
    fn is_to_come(&self, tx: &Tx, now: i64) -> Result<bool, Trouble> {
        let [one, other] = self.both().map(|(counted, who)| self.delay(tx, counted, who));
        Ok(one?.last.max(other?.last) > now)
    }

    /// Lets such a wait begin now: else it would begin anew each time until then.
    fn begin_now(&self, tx: &Tx, now: i64) -> Result<(), Trouble> {
        for (counted, who) in self.both() {
            let delay = self.delay(tx, counted, who)?;
            if delay.last > now {
                self.put(tx, who, Delay { last: now, ..delay })?;
            }
        }
        Ok(())
    }

    /// Counts one more under both, if no wait runs.
    fn count(&self, tx: &Tx, now: i64) -> Result<Option<Tried>, Trouble> {
        if !self.left(tx, now)?.is_zero() {
            return Ok(None);
        }
        let account = self.delay(tx, Counted::Account, &self.account)?.more(now);
        self.put(tx, &self.account, account)?;
        let source = self.delay(tx, Counted::Source, &self.source)?;
        self.put(tx, &self.source, source.more(now))?;
        Ok(Some(Tried { wrong: account.wrong.saturating_sub(1), source, with: source.more(now) }))
    }

    /// It was right: nothing is held against the account in this place any more, and this one not against where it came from.
    fn take_back(&self, tx: &Tx, tried: &Tried) -> Result<(), Trouble> {
        wrong_passwords::clear(tx, &self.account, self.place.as_str())?;
        let now = self.delay(tx, Counted::Source, &self.source)?;
        let left = if now == tried.with { tried.source } else { Delay { wrong: now.wrong.saturating_sub(1), ..now } };
        match left.wrong {
            0 => wrong_passwords::clear(tx, &self.source, self.place.as_str()),
            _ => self.put(tx, &self.source, left),
        }
    }

    fn put(&self, tx: &Tx, who: &[u8; 32], delay: Delay) -> Result<(), Trouble> {
        wrong_passwords::put(tx, who, self.place.as_str(), Row { wrong: delay.wrong, last: delay.last })
    }
}

fn wait(left: Duration) -> Trouble {
    Trouble::new("log-in-wait").with("seconds", left.as_millis().div_ceil(1000).max(1))
}

/// It was wrong; and the wait that begins with it is said at once.
fn refused(left: Duration) -> Trouble {
    let refused = Trouble::new("log-in-refused");
    match left.is_zero() {
        true => refused.with("wait", "none"),
        false => refused.with("wait", "some").with("seconds", left.as_millis().div_ceil(1000)),
    }
}

/// What names of nobody are hashed with: it is never written down, and another one after a restart.
fn of_this_process() -> Result<&'static str, Trouble> {
    static SECRET: OnceLock<String> = OnceLock::new();
    if let Some(secret) = SECRET.get() {
        return Ok(secret);
    }
    let drawn = random_token()?;
    Ok(SECRET.get_or_init(|| drawn))
}

/// Forgets wrong passwords after a day.
pub(super) fn sweep(desk: &Desk) -> Result<(), Trouble> {
    let now = desk.now().as_millisecond();
    desk.store.change(|tx| wrong_passwords::sweep(tx, now - DAY_MILLIS, now + DAY_MILLIS, MOST_ROWS))
}
