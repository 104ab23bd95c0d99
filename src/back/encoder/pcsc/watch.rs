//! One thread that tells when the list of readers may have changed: it sleeps in pcscd until something happens, and
//! waits for pcscd to come back when that is gone. Start at [`watch`].

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};

use super::list;
use crate::back::encoder::Watch;

/// Between two looks for a pcscd that is not there; it starts with the first and doubles up to the second.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];
/// Cancelling is said again until the thread has heard it: it may not be waiting yet.
const AGAIN: Duration = Duration::from_millis(20);
/// pcscd before 2.3 counts its readers when the waiting begins: one that came between our list and that is found by the
/// next list.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// A pcscd that was stopped takes no cancelling: then the thread is left to end by itself.
const AGAINS: usize = 50;

pub(super) fn watch(changed: Box<dyn Fn() + Send>) -> Option<Watch> {
    let (stop, stopped) = channel::<()>();
    let (ended, end) = channel::<()>();
    let end = Mutex::new(end);
    let waiting: Waiting = Arc::default();
    let shared = Arc::clone(&waiting);
    let thread = std::thread::Builder::new().name("pcsc-watch".to_owned()).spawn(move || {
        run(changed, &stopped, &shared);
        drop(ended);
    });
    Some(Watch::new(thread.ok()?, move || cancel(stop, end, &waiting)))
}

/// The context that sleeps in pcscd.
type Waiting = Arc<Mutex<Option<Context>>>;

fn cancel(stop: Sender<()>, end: Mutex<Receiver<()>>, waiting: &Waiting) {
    drop(stop);
    let Ok(end) = end.into_inner() else { return };
    for _ in 0..AGAINS {
        let context = waiting.lock().ok().and_then(|context| context.clone());
        if let Some(context) = context {
            let _ = context.cancel();
        }
        if end.recv_timeout(AGAIN) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

fn run(changed: Box<dyn Fn() + Send>, stopped: &Receiver<()>, waiting: &Waiting) {
    let [first, longest] = PAUSES;
    let mut pause = first;
    let is_stopped = || stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Disconnected);
    let mut there = true;
    while !is_stopped() {
        if let Ok(context) = Context::establish(Scope::User) {
            if let Ok(mut waiting) = waiting.lock() {
                *waiting = Some(context.clone());
            }
            pause = first;
            if !std::mem::replace(&mut there, true) {
                changed();
            }
            follow(&context, &changed, &is_stopped);
            if let Ok(mut waiting) = waiting.lock() {
                *waiting = None;
            }
            if is_stopped() {
                return;
            }
        }
        if std::mem::replace(&mut there, false) {
            changed();
        }
        if stopped.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        pause = (pause * 2).min(longest);
    }
}

/// Until pcscd is lost or the watch is stopped.
fn follow(context: &Context, changed: &dyn Fn(), is_stopped: &dyn Fn() -> bool) {
    let mut states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
    let mut before = None;
    while !is_stopped() {
        let Ok(names) = list::names(context) else { return };
        // Readers that went are left out, those that came are new to us, and the others stay as they were seen.
        states.retain(|state| state.name() == PNP_NOTIFICATION() || names.iter().any(|name| **name == *state.name()));
        for name in &names {
            if !states.iter().any(|state| *state.name() == **name) {
                states.push(ReaderState::new(name.clone(), State::UNAWARE));
            }
        }
        if before.is_some_and(|before| before != names) {
            changed();
        }
        before = Some(names);
        match context.get_status_change(LOOK_AGAIN, &mut states) {
            // A reader went while its state was asked for.
            Ok(()) | Err(Error::UnknownReader) => changed(),
            Err(Error::Timeout) => continue,
            Err(_) => return,
        }
        states.iter_mut().for_each(ReaderState::sync_current_state);
    }
}
