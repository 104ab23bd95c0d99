//! Waiting for hands: how cards come, how long to wait, and who may say that it is enough.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::back::encoder::Feed;
use crate::plan::messages::Trouble;

/// How a job waits for its card.
pub struct Waiting<'a> {
    /// How cards come to a simulated reader.
    pub feed: Feed,
    pub longest: Duration,
    /// Told to let go.
    pub stop: &'a AtomicBool,
}

impl Waiting<'_> {
    /// Calls `look` with slices of the time until it says yes; `Ok(false)` when the time is up, `let-go` when told to stop.
    pub fn until(&self, mut look: impl FnMut(Duration) -> Result<bool, Trouble>) -> Result<bool, Trouble> {
        let began = Instant::now();
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Trouble::new("let-go"));
            }
            let left = self.longest.saturating_sub(began.elapsed());
            if look(left.min(Duration::from_millis(400)))? {
                return Ok(true);
            }
            if left.is_zero() {
                return Ok(false);
            }
        }
    }
}
