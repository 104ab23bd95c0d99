//! Waiting for a card, or for none, by one blocking call to pcscd: nothing polls and nothing is held. Start at [`wait`].

use std::ffi::{CStr, CString};
use std::time::{Duration, Instant};

use pcsc::{Context, Error, ReaderState, Scope, State};

use super::error;
use super::lane::Lane;
use crate::plan::messages::Trouble;

/// Beyond the time waited for: pcscd itself does not answer.
const GRACE: Duration = Duration::from_secs(5);

/// `Ok(false)`: the time is up.
///
/// # Errors
/// `reader-gone`, `pcscd-absent`, `pcscd-hung` and whatever else keeps the reader away.
pub(super) fn wait(
    lane: &mut Lane,
    name: &str,
    reader: &CStr,
    present: bool,
    timeout: Duration,
) -> Result<bool, Trouble> {
    let reader = reader.to_owned();
    let waited = lane.call(timeout.saturating_add(GRACE), move |hands| {
        hands.release();
        watch(reader, present, timeout)
    });
    match waited {
        Some(seen) => seen.map_err(|error| error::trouble(error, name)),
        None => Err(error::unanswered()),
    }
}

fn watch(reader: CString, present: bool, timeout: Duration) -> Result<bool, Error> {
    // A context of its own: the one that speaks to the card may be older than pcscd.
    let context = Context::establish(Scope::User)?;
    let started = Instant::now();
    let mut states = [ReaderState::new(reader, State::UNAWARE)];
    // pcscd counts comings and goings: a card taken off and another laid between two looks was a moment of none.
    let mut counted = None;
    loop {
        let left = timeout.saturating_sub(started.elapsed());
        match context.get_status_change(left, &mut states) {
            Err(Error::Timeout) => return Ok(false),
            done => done?,
        }
        let state = states[0].event_state();
        if state.intersects(State::UNKNOWN | State::UNAVAILABLE) {
            return Err(Error::ReaderUnavailable);
        }
        let count = states[0].event_count();
        let came_and_went = *counted.get_or_insert(count) != count;
        if state.contains(if present { State::PRESENT } else { State::EMPTY }) || (!present && came_and_went) {
            return Ok(true);
        }
        if left.is_zero() {
            return Ok(false);
        }
        states[0].sync_current_state();
    }
}
