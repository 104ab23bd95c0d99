//! When a person of each session was last noted as active, so that looking costs no write. It writes nothing itself. Start at [`Touches`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When each session's activity was last written down: a request costs no write to the medium unless it is due.
pub struct Touches {
    every: Duration,
    last: Mutex<HashMap<i64, Instant>>,
}

impl Touches {
    /// At most once a minute, and four times before an idle session would end.
    pub fn new(idle_minutes: u32) -> Touches {
        let every = Duration::from_secs((u64::from(idle_minutes) * 15).min(60));
        Touches { every, last: Mutex::default() }
    }

    pub fn due(&self, session: i64) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.retain(|_, at| at.elapsed() < self.every);
        match last.entry(session) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(Instant::now());
                true
            }
        }
    }

    pub fn forget(&self, session: i64) {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_is_written_down_once_in_a_while_and_again_after_a_failure() {
        let touches = Touches::new(10);
        assert!(touches.due(1) && touches.due(2));
        assert!(!touches.due(1));
        touches.forget(1);
        assert!(touches.due(1));
    }
}
