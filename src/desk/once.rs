//! Idempotency keys of commands that act on a job: what they do twice is done once by the job's own states; here the
//! key is held to its first request.

use serde::Serialize;

use super::enrol::asked;
use super::{Actor, Desk};
use crate::back::store::{Tx, answers};
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
