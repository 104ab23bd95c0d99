//! A thread on which pcscd is spoken to, so that a call that never returns can be given up: SCardTransmit waits as long
//! as the reader's driver does, and nothing interrupts it. A thread that was given up ends when pcscd answers or dies, and
//! lets go of its reader then. Only so many hang at one time ([`GivenUp`]): while they do, nothing more is asked. Start at [`Lane`].

use std::ffi::CStr;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::error::{self, Meaning, meaning};
use crate::plan::messages::Trouble;
use pcsc::{Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};

/// For another program that looks at the reader for a moment, as our own list does.
const PAUSES: [u64; 4] = [20, 40, 80, 160];

/// The longest message of an ACR122U (dwMaxCCIDMessageLength), longer than any short APDU's answer.
const LONGEST: usize = 271;

/// pcscd greets at once, whatever its readers do.
const SERVICE: Duration = Duration::from_millis(900);

/// Threads of one purpose that may hang at one time.
const HANGING: usize = 2;

type Order = Box<dyn FnOnce(&mut Hands) + Send>;

/// Calls to pcscd, one after the other, each with a limit.
#[derive(Default)]
pub(super) struct Lane {
    thread: Option<Thread>,
    given_up: GivenUp,
}

struct Thread {
    orders: Sender<Order>,
    /// Dead once the thread has ended.
    life: Weak<()>,
}

/// The threads that lanes of one purpose, a reader or the list, have given up and that hang still. pcscd may hang for hours,
/// and is asked twice a second.
#[derive(Clone, Default)]
pub(super) struct GivenUp(Arc<Mutex<Vec<Weak<()>>>>);

impl GivenUp {
    pub fn hanging(&self) -> usize {
        let mut lives = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lives.retain(|life| life.strong_count() > 0);
        lives.len()
    }

    fn add(&self, thread: Thread) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(thread.life);
    }

    /// Whether a lane counts here, or a thread hangs still.
    pub fn is_used(&self) -> bool {
        Arc::strong_count(&self.0) > 1 || self.hanging() > 0
    }
}

/// What the thread holds.
#[derive(Default)]
pub(super) struct Hands {
    context: Option<Context>,
    card: Option<Card>,
}

impl Lane {
    pub fn new(given_up: GivenUp) -> Lane {
        Lane { thread: None, given_up }
    }

    /// What the work brought, or `None` when it took longer: then the next call has a thread and a context of its own. `None`
    /// at once, and nothing done, while too many of them hang.
    pub fn call<T: Send + 'static>(
        &mut self,
        limit: Duration,
        work: impl FnOnce(&mut Hands) -> T + Send + 'static,
    ) -> Option<T> {
        let (done, result) = channel();
        let order: Order = Box::new(move |hands| {
            // Nobody listens any more to what was given up.
            let _ = done.send(work(hands));
        });
        if self.thread.is_none() && self.given_up.hanging() < HANGING {
            self.thread = start();
        }
        let sent = self.thread.as_ref().is_some_and(|thread| thread.orders.send(order).is_ok());
        let result = if sent { result.recv_timeout(limit).ok() } else { None };
        if result.is_none()
            && let Some(thread) = self.thread.take()
        {
            self.given_up.add(thread);
        }
        result
    }

    /// Whether pcscd itself is there and answers, asked on a thread of its own: who is to blame where a reader said nothing.
    ///
    /// # Errors
    /// `pcscd-absent`, `pcscd-hung`.
    pub fn service(&self) -> Result<(), Trouble> {
        match Lane::new(self.given_up.clone()).call(SERVICE, |hands| hands.context().map(drop)) {
            Some(done) => done.map_err(|error| error::trouble(error, "PC/SC")),
            None => Err(error::unanswered()),
        }
    }

    /// Whether a thread is there that may hold something.
    pub fn is_open(&self) -> bool {
        self.thread.is_some()
    }
}

/// A context at pcscd. One that hangs up in the middle of its greeting refuses this account, or has just died: asked again, only
/// the first says the same.
pub(super) fn establish() -> Result<Context, Error> {
    let mut done = Context::establish(Scope::User);
    for pause in PAUSES {
        if !done.as_ref().is_err_and(|error| meaning(*error) == Meaning::Refused) {
            break;
        }
        std::thread::sleep(Duration::from_millis(pause));
        done = Context::establish(Scope::User);
    }
    done
}

fn start() -> Option<Thread> {
    let (orders, waiting) = channel::<Order>();
    let alive = Arc::new(());
    let life = Arc::downgrade(&alive);
    let run = move || {
        let _alive = alive;
        let mut hands = Hands::default();
        while let Ok(order) = waiting.recv() {
            order(&mut hands);
        }
    };
    std::thread::Builder::new().name("pcsc".to_owned()).spawn(run).ok().map(|_| Thread { orders, life })
}

impl Hands {
    /// The context, made anew after pcscd was lost: an old one stays dead when pcscd is back, and says that it is well.
    pub fn context(&mut self) -> Result<&Context, Error> {
        if self.context.is_none() {
            self.context = Some(establish()?);
        }
        self.context.as_ref().ok_or(Error::NoService)
    }

    /// Lets go of everything, so that what is asked next finds a pcscd that came meanwhile.
    pub fn forget(&mut self) {
        self.release();
        self.context = None;
    }

    /// One APDU to the card, connected exclusively if it is not.
    pub fn transmit(&mut self, reader: &CStr, apdu: &[u8]) -> Result<Vec<u8>, Error> {
        let mut buffer = [0; LONGEST];
        let sent = self
            .card(reader)
            .and_then(|card| card.transmit(apdu, &mut buffer).map(<[u8]>::to_vec).map_err(of_another_card));
        self.keep_unless(sent)
    }

    /// Takes the card's power and activates it: its ATR.
    pub fn activate(&mut self, reader: &CStr) -> Result<Vec<u8>, Error> {
        let activated = self.card(reader).and_then(|card| {
            card.reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::UnpowerCard)?;
            Ok(card.status2_owned()?.atr().to_vec())
        });
        self.keep_unless(activated)
    }

    /// Lets go of what an error has made useless.
    fn keep_unless<T>(&mut self, done: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &done {
            match meaning(*error) {
                _ if *error == Error::UnpoweredCard => self.release(),
                Meaning::NoCard | Meaning::Gone => self.release(),
                Meaning::Absent => (self.card, self.context) = (None, None),
                _ => {}
            }
        }
        done
    }

    fn card(&mut self, reader: &CStr) -> Result<&mut Card, Error> {
        if self.card.is_none() {
            self.card = Some(self.connect(reader)?);
        }
        self.card.as_mut().ok_or(Error::InvalidHandle)
    }

    pub fn is_connected(&self) -> bool {
        self.card.is_some()
    }

    fn connect(&mut self, reader: &CStr) -> Result<Card, Error> {
        let context = self.context()?;
        let mut done = exclusively(context, reader);
        for pause in PAUSES {
            if done.as_ref().err() != Some(&Error::SharingViolation) {
                break;
            }
            std::thread::sleep(Duration::from_millis(pause));
            done = exclusively(context, reader);
        }
        match done {
            Err(Error::ProtoMismatch) => powered_anew(context, reader),
            // A card that was just torn away says as little as a reader that does not answer.
            Err(Error::UnpoweredCard | Error::UnresponsiveCard) if is_empty(context, reader)? => {
                Err(Error::NoSmartcard)
            }
            done => done,
        }
    }

    /// Lets go of the card without its power, so that the next program finds one that has just come.
    pub fn release(&mut self) {
        if let Some(card) = self.card.take() {
            // One that is gone has nothing to be released.
            let _ = card.disconnect(Disposition::UnpowerCard);
        }
    }
}

/// pcscd 1.9.9 powers a card that came in the place of another, and forgets the protocol agreed on by who connected a moment
/// before: to them it says that protocols differ, for ever. It is another card's connection, which pcscd calls reset.
fn of_another_card(error: Error) -> Error {
    if error == Error::ProtoMismatch { Error::ResetCard } else { error }
}

/// pcsc-lite from 2.0.2 on connects with none but the protocols that are offered here.
fn exclusively(context: &Context, reader: &CStr) -> Result<Card, Error> {
    context.connect(reader, ShareMode::Exclusive, Protocols::ANY)
}

/// pcscd keeps what a card said when it came. Where that was no ATR at all, as after a late answer, no protocol fits until
/// the card is powered anew, which a connection that asks for none can do.
fn powered_anew(context: &Context, reader: &CStr) -> Result<Card, Error> {
    let mut card = context.connect(reader, ShareMode::Direct, Protocols::UNDEFINED)?;
    match card.reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::UnpowerCard) {
        Ok(()) => Ok(card),
        Err(error) => {
            let _ = card.disconnect(Disposition::LeaveCard);
            Err(error)
        }
    }
}

fn is_empty(context: &Context, reader: &CStr) -> Result<bool, Error> {
    let mut states = [ReaderState::new(reader, State::UNAWARE)];
    context.get_status_change(Duration::ZERO, &mut states)?;
    Ok(states[0].event_state().contains(State::EMPTY))
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.release();
    }
}
