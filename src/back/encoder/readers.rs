//! The readers of one kind, whatever drives them: listed by name and state, and opened. Start at [`Readers`].

use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;

use super::Reader;
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;

/// How a reader stands. `reader list` and the page say it in these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReaderState {
    Empty,
    Card,
    /// It is there and can be opened; whether a card lies there is not known without speaking to it.
    Ready,
    /// Another program holds it.
    Taken,
    /// It is there and does not answer.
    Stuck,
    /// It was there, or the settings name it, and it is not.
    Gone,
}

impl ReaderState {
    /// The same word as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ReaderState::Empty => "empty",
            ReaderState::Card => "card",
            ReaderState::Ready => "ready",
            ReaderState::Taken => "taken",
            ReaderState::Stuck => "stuck",
            ReaderState::Gone => "gone",
        }
    }

    /// Whether a job could begin here now: it is there, answers, and is in nobody's hands.
    pub fn is_free(self) -> bool {
        matches!(self, ReaderState::Empty | ReaderState::Card | ReaderState::Ready)
    }

    /// Whether somebody has to see to it.
    pub fn is_lost(self) -> bool {
        matches!(self, ReaderState::Stuck | ReaderState::Gone)
    }
}

/// One reader, as `reader list` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub state: ReaderState,
    /// Of the first card that lies there, where it is known without speaking to the card.
    pub uid: Option<Uid>,
    /// Where it is plugged in (`usb:1-1.2`, `/dev/ttyUSB0`); it stays when the name changes.
    pub port: Option<String>,
    /// Why it cannot be used, and what to do.
    pub trouble: Option<Trouble>,
}

/// All readers of one kind.
pub trait Readers: Send + Sync {
    /// Every reader there is. Touches no card, disturbs no other program, and ends within a second.
    ///
    /// # Errors
    /// What keeps all of them away, as `pcscd-absent` and `pcscd-hung` do.
    fn list(&self) -> Result<Vec<Listed>, Trouble>;

    /// The reader of that name. It is held from the first exchange on, not before, and until it is dropped.
    ///
    /// # Errors
    /// `reader-gone` for one that is not there, here or at its first use, or what keeps all of them away.
    fn open(&self, name: &str) -> Result<Box<dyn Reader>, Trouble>;

    /// The reader that went by this name, or was plugged in at this port, when a list was last had: for whom a list that has to
    /// wait for another reader is not worth waiting for. Asks nobody.
    fn seen(&self, _wanted: &str) -> Option<String> {
        None
    }

    /// What its firmware calls itself, `ACR122U214`, where it can be asked without a card and without disturbing anybody.
    fn firmware(&self, _name: &str) -> Option<String> {
        None
    }

    /// Which program has it, where the list shows that one does and the system tells; `?` where it does not.
    fn holder(&self, _name: &str) -> String {
        "?".to_owned()
    }

    /// Calls `changed` whenever [`Readers::list`] may answer otherwise than before, until the watch is dropped. `None`
    /// where nobody tells: then the list is to be asked again.
    fn watch(&self, _changed: Box<dyn Fn() + Send>) -> Option<Watch> {
        None
    }
}

/// A thread that watches readers; it is told to end when this is dropped, and waited for, a moment.
pub struct Watch {
    /// Wakes the thread, tells it to end and waits for that.
    end: Option<Box<dyn FnOnce() + Send>>,
}

/// A driver that hangs may keep its watcher until it goes on; nobody waits for that.
const MOMENT: Duration = Duration::from_secs(1);

impl Watch {
    pub(super) fn new(thread: JoinHandle<()>, stop: impl FnOnce() + Send + 'static) -> Watch {
        let end = move || {
            stop();
            // A watcher that panicked has nothing more to tell.
            let _ = thread.join();
        };
        Watch { end: Some(Box::new(end)) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(end) = self.end.take() else { return };
        let (done, ended) = channel();
        let run = move || {
            end();
            // Nobody listens any more to one that took too long.
            let _ = done.send(());
        };
        // Without a thread the watcher ends with the process.
        if std::thread::Builder::new().name("watch-end".to_owned()).spawn(run).is_ok() {
            let _ = ended.recv_timeout(MOMENT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_waits_for_its_thread() {
        let (stop, stopped) = channel();
        let (done, ended) = channel();
        let thread = std::thread::spawn(move || {
            stopped.recv().unwrap();
            done.send(()).unwrap();
        });
        drop(Watch::new(thread, move || stop.send(()).unwrap()));
        assert_eq!(ended.try_recv(), Ok(()));
    }

    /// As a pcscd that hangs keeps both the watcher and whoever tells it to end.
    #[test]
    fn a_watch_that_cannot_be_ended_is_given_up() {
        let (held, release) = channel::<()>();
        let thread = std::thread::spawn(|| {});
        let began = std::time::Instant::now();
        drop(Watch::new(thread, move || {
            // Until the test lets it.
            let _ = release.recv();
        }));
        assert!(began.elapsed() >= MOMENT);
        drop(held);
    }
}
