//! Light and sound at the reader, beside what the desk does next: they last longer than a print takes to be handed over.

use std::thread::JoinHandle;

use crate::back::encoder::{Reader, Signal};
use crate::back::locks::Lock;

/// A signal that is being shown; waited for when dropped, for the reader stays held until then.
pub(super) struct Signalling(Option<JoinHandle<()>>);

impl Signalling {
    /// Takes the reader and what holds it, and gives both back when the signal is over.
    pub fn begin(mut reader: Box<dyn Reader>, held: Lock, signal: Signal) -> Signalling {
        let show = move || {
            reader.signal(signal);
            drop(reader);
            drop(held);
        };
        // Without a thread there is no signal; the reader is free at once.
        Signalling(std::thread::Builder::new().name("signal".to_owned()).spawn(show).ok())
    }
}

impl Drop for Signalling {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // Nothing follows from a signal that failed.
            let _ = thread.join();
        }
    }
}
