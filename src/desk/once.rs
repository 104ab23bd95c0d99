//! Idempotency keys of commands that act on a job: what they do twice is done once by the job's own states; here the
//! key is held to its first request.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::enrol::{Request, asked};
use super::{Actor, Desk};
use crate::back::store::{Tx, answers};
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;

/// Notes a key in the caller's transaction, for work that must not be done a second time even when the process dies
/// right after its commit; with the arguments that [`once`] is given.
pub(super) fn note(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    key: Option<&str>,
    command: &'static str,
    job: i64,
    arguments: &impl Serialize,
) -> Result<(), Trouble> {
    let Some(key) = key else { return Ok(()) };
    let asked = asked(desk, key, command, &(job, arguments), actor);
    let now = desk.now().as_millisecond();
    match answers::made_before(tx, &asked.as_asked(), now)? {
        Some(_) => Ok(()),
        None => answers::note(tx, &asked.as_asked(), job, now),
    }
}

/// What this request made before, or what `make` makes now; that is noted in the same transaction.
pub(super) fn made_once(
    tx: &Tx,
    asked: Option<&Request>,
    now: i64,
    make: impl FnOnce() -> Result<i64, Trouble>,
) -> Result<i64, Trouble> {
    let Some(asked) = asked else { return make() };
    if let Some(made) = answers::made_before(tx, &asked.as_asked(), now)? {
        return Ok(made);
    }
    let made = make()?;
    answers::note(tx, &asked.as_asked(), made, now)?;
    Ok(made)
}

/// Does `work` under an idempotency key, if one is given: the same key with other arguments is `key-reused`.
/// A refusal notes nothing and is judged anew next time. `work` is told whether this very request succeeded before.
pub fn once<T>(
    desk: &Desk,
    actor: &Actor,
    key: Option<&str>,
    command: &'static str,
    job: i64,
    arguments: &impl Serialize,
    work: impl FnOnce(bool) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let Some(key) = key else { return work(false) };
    let asked = asked(desk, key, command, &(job, arguments), actor);
    let now = desk.now().as_millisecond();
    let known = desk.store.look(|tx| answers::made_before(tx, &asked.as_asked(), now))?;
    let done = work(known.is_some())?;
    if known.is_none() {
        desk.store.change(|tx| note(desk, tx, actor, Some(key), command, job, arguments))?;
    }
    Ok(done)
}

/// Whether this very request was done meanwhile, in the transaction that would do it: another process may have been quicker.
pub(super) fn was_done(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    key: Option<&str>,
    command: &'static str,
    job: i64,
    arguments: &impl Serialize,
) -> Result<bool, Trouble> {
    let Some(key) = key else { return Ok(false) };
    let asked = asked(desk, key, command, &(job, arguments), actor);
    Ok(answers::made_before(tx, &asked.as_asked(), desk.now().as_millisecond())?.is_some())
}

/// A request that acts on whatever card lies there, with or without an idempotency key. The key is held to the card from
/// the first write on: asked again, it must not act on another one.
pub(super) struct CardRequest {
    asked: Option<Request>,
    card: Option<Uid>,
}

impl CardRequest {
    /// `card-swapped` when this request began with another card.
    pub fn must_be(&self, uid: &Uid) -> Result<(), Trouble> {
        match self.card.filter(|card| card != uid) {
            Some(card) => Err(Trouble::new("card-swapped").with("uid", card).with("found", uid)),
            None => Ok(()),
        }
    }

    /// Holds the key to this card, in the caller's transaction.
    pub fn bind(&self, desk: &Desk, tx: &Tx, uid: &Uid) -> Result<(), Trouble> {
        let Some(asked) = &self.asked else { return Ok(()) };
        let now = desk.now().as_millisecond();
        match answers::made_before(tx, &asked.as_asked(), now)? {
            Some(_) => Ok(()),
            None => answers::note(tx, &asked.as_asked(), number_of(uid), now),
        }
    }
}

/// Does `work` under an idempotency key, if one is given; it answers with the card that it acted on. A request that came to its end is answered as it was, whatever
/// lies there now; one that did not goes on, with the same card.
pub(super) fn once_on_card<T: Serialize + DeserializeOwned>(
    desk: &Desk,
    actor: &Actor,
    key: Option<&str>,
    command: &'static str,
    arguments: &impl Serialize,
    work: impl FnOnce(&CardRequest) -> Result<(Uid, T), Trouble>,
) -> Result<T, Trouble> {
    let asked = key.map(|key| asked(desk, key, command, arguments, actor));
    let now = desk.now().as_millisecond();
    let before = match &asked {
        Some(asked) => desk.store.look(|tx| answers::before(tx, &asked.as_asked(), now))?,
        None => None,
    };
    if let Some(said) = before.as_ref().and_then(|made| made.said.as_deref())
        && let Ok(said) = serde_json::from_str(said)
    {
        return Ok(said);
    }
    let request = CardRequest { asked, card: before.and_then(|made| uid_of(made.id)) };
    let (uid, done) = work(&request)?;
    if let Some(asked) = &request.asked {
        let said = serde_json::to_string(&done).unwrap_or_default();
        desk.store.change(|tx| {
            request.bind(desk, tx, &uid)?;
            answers::say(tx, &asked.as_asked(), &said)
        })?;
    }
    Ok(done)
}

/// A UID as the number that the store keeps of a request: seven bytes, and above them whether it has seven.
fn number_of(uid: &Uid) -> i64 {
    let long = i64::from(uid.bytes().len() == 7) << 56;
    uid.bytes().iter().fold(0, |number, byte| number << 8 | i64::from(*byte)) | long
}

fn uid_of(number: i64) -> Option<Uid> {
    let bytes = number.to_be_bytes();
    Uid::new(if bytes[0] == 1 { &bytes[1..] } else { &bytes[4..] }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_goes_into_a_number_and_back() {
        for text in ["00000000", "FFFFFFFF", "047A1C5E", "00000000000000", "FFFFFFFFFFFFFF", "047A1C5E318000"] {
            let uid = Uid::parse(text).unwrap();
            assert_eq!(uid_of(number_of(&uid)), Some(uid), "{text}");
        }
    }
}
