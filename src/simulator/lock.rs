//! The desk's file lock: shared for one exchange, alone for moving cards. Never waits for ever.
//!
//! flock holds for an open file, not for a process: threads lock each other out as processes do. Start at [`hold`].

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

/// A holder that takes longer than this is stopped or dead-locked: an exchange holds it for microseconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// flock has no time-out of its own, so a held lock is tried again after this.
const INTERVAL: Duration = Duration::from_micros(200);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Cards are spoken to and stay where they are; several readers at once.
    Together,
    /// Cards are moved.
    Alone,
}

/// Given back when dropped.
#[derive(Debug)]
pub struct Held(Arc<File>);

impl Drop for Held {
    fn drop(&mut self) {
        // The kernel gives it back in any case when the file is closed.
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}

/// `ErrorKind::TimedOut` when it is not to be had.
pub fn hold(file: &Arc<File>, share: Share) -> io::Result<Held> {
    let operation = match share {
        Share::Together => FlockOperation::NonBlockingLockShared,
        Share::Alone => FlockOperation::NonBlockingLockExclusive,
    };
    let mut since = None;
    loop {
        match flock(file, operation) {
            Ok(()) => return Ok(Held(file.clone())),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => {}
            Err(other) => return Err(other.into()),
        }
        if since.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(INTERVAL);
    }
}
