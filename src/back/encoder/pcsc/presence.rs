//! Waiting for a card, or for none, by one blocking call to pcscd: nothing polls and nothing is held. Start at [`wait`].

use std::ffi::{CStr, CString};
use std::time::{Duration, Instant};

use pcsc::{Error, ReaderState, State};

use super::error::{self, Meaning};
use super::lane::{self, Lane};
use crate::plan::messages::Trouble;

/// Before pcscd is asked again after it hung up.
const PAUSE: Duration = Duration::from_millis(50);
/// Beyond the time waited for: pcscd itself does not answer. Its greeting may wait as long as another program's card is taken
/// off a reader that is stuck, which libccid gives up after three seconds.
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
    let began = Instant::now();
    loop {
        let (reader, left) = (reader.to_owned(), timeout.saturating_sub(began.elapsed()));
        let waited = lane.call(left.saturating_add(GRACE), move |hands| {
            hands.release();
            watch(reader, present, left)
        });
        match waited {
            Some(Ok(seen)) => return Ok(seen),
            // A pcscd that ends under a call says the same as a reader that is broken. Where another one runs by now, it
            // is asked.
            Some(Err(error)) if matches!(error::meaning(error), Meaning::Unheard) => {
                lane.service()?;
                if left.is_zero() {
                    return Err(error::trouble(error, name));
                }
                std::thread::sleep(PAUSE.min(left));
            }
            Some(Err(error)) => return Err(error::trouble(error, name)),
            None => return Err(error::unanswered()),
        }
    }
}

fn watch(reader: CString, present: bool, timeout: Duration) -> Result<bool, Error> {
    // A context of its own: the one that speaks to the card may be older than pcscd.
    let context = lane::establish()?;
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
