//! The threads of the service that drive the readers: one a reader, jobs in turn. A clerk who begins another job, or
//! leaves, lets go of a job that only waits for a card; work on a card is never interrupted.
//! Start at [`Stations::begin`].

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::time::Duration;

use super::events::Doing;
use super::hold::lock_reader;
use super::run::{Until, run};
use super::waiting::Waiting;
use super::{Actor, Desk, Event, devices};
use crate::back::encoder::{Feed, Miss, Reader};
use crate::back::store::jobs;
use crate::plan::job::Step;
use crate::plan::messages::Trouble;

/// Between two looks whether a reader is back.
const LOOK: Duration = Duration::from_millis(100);

/// How long the page waits for hands: as long as an idle session lives.
const PATIENCE: Duration = Duration::from_secs(600);

/// Neither is written on, and which one is meant nobody knows until the other is taken away.
const TWO: &str = "two-cards";

/// What lies there makes no card, and the next one may: its going is waited for, as a clerk's hands would have it.
const UNFIT: [&str; 9] = [
    TWO,
    "card-of-other",
    "card-spoiled",
    "card-of-ours",
    "card-foreign",
    "card-uid-settable",
    "card-back-door",
    "chip-unsupported",
    "chip-phone",
];

/// The reader is away or in other hands, and comes back by itself: it is waited for, and the job goes on then.
const LOST: [&str; 4] = ["reader-gone", "pcscd-absent", "pcscd-hung", "reader-taken"];

/// The reader is there and answers nothing that could be trusted. Only a job finds that out.
const ILL: [&str; 3] = ["reader-stuck", "reader-confused", "reader-crashed"];

/// One order for a reader's thread.
struct Order {
    actor: Actor,
    job: i64,
    feed: Feed,
    until: Until,
    stop: Arc<AtomicBool>,
}

#[derive(Default)]
pub struct Stations {
    by_reader: Mutex<HashMap<String, Station>>,
    /// What the last job found wrong with a reader.
    ill: Mutex<HashMap<String, Trouble>>,
}

struct Station {
    orders: Sender<Order>,
    queue: Arc<Queue>,
}

/// The jobs in one reader's hands, the first of them at work.
#[derive(Default)]
struct Queue {
    jobs: Mutex<Vec<(i64, Arc<AtomicBool>)>>,
    shorter: Condvar,
}

impl Queue {
    fn has(&self, job: i64) -> bool {
        held(&self.jobs).iter().any(|(queued, _)| *queued == job)
    }

    fn remove(&self, stop: &Arc<AtomicBool>) {
        held(&self.jobs).retain(|(_, other)| !Arc::ptr_eq(other, stop));
        self.shorter.notify_all();
    }
}

impl Stations {
    /// Hands a job to its reader's thread and returns at once; what happens comes as events.
    /// A job that only waits for a card on that reader is let go of; its order is not lost, its page offers to go on.
    pub fn begin(
        desk: &Arc<Desk>,
        actor: &Actor,
        job: i64,
        reader: Option<&str>,
        feed: Feed,
        until: Until,
    ) -> Result<(), Trouble> {
        let reader = devices::kept_name(desk, reader)?;
        let mut stations = held(&desk.stations.by_reader);
        let station = stations.entry(reader.clone()).or_insert_with(|| open(Arc::downgrade(desk), &reader));
        let stop = Arc::new(AtomicBool::new(false));
        {
            let mut queue = held(&station.queue.jobs);
            if queue.iter().any(|(queued, stop)| *queued == job && !stop.load(Ordering::Relaxed)) {
                return Ok(());
            }
            queue.iter().for_each(|(_, stop)| stop.store(true, Ordering::Relaxed));
            queue.push((job, stop.clone()));
        }
        station
            .orders
            .send(Order { actor: actor.clone(), job, feed, until, stop })
            .map_err(|_| Trouble::new("reader-thread").with("reader", reader))
    }

    /// Lets go of a job that waits for a card.
    pub fn let_go(&self, job: i64) {
        for station in held(&self.by_reader).values() {
            held(&station.queue.jobs).iter().filter(|(queued, _)| *queued == job).for_each(|(_, stop)| {
                stop.store(true, Ordering::Relaxed);
            });
        }
    }

    /// Waits until no thread has the job in hand, `longest` at most.
    pub fn wait_until_free(&self, job: i64, longest: Duration) {
        let queues: Vec<Arc<Queue>> = held(&self.by_reader).values().map(|station| station.queue.clone()).collect();
        for queue in queues {
            let busy = |jobs: &mut Vec<(i64, Arc<AtomicBool>)>| jobs.iter().any(|(queued, _)| *queued == job);
            // Who asks goes on in any case: the job's lock tells whether it is really free.
            let _ = queue.shorter.wait_timeout_while(held(&queue.jobs), longest, busy);
        }
    }

    /// Lets go of every job and waits until no reader has one in hand, `longest` at most; whether it came to that.
    pub fn let_go_of_all(&self, longest: Duration) -> bool {
        let queues: Vec<Arc<Queue>> = held(&self.by_reader).values().map(|station| station.queue.clone()).collect();
        queues.iter().all(|queue| {
            held(&queue.jobs).iter().for_each(|(_, stop)| stop.store(true, Ordering::Relaxed));
            let waited = queue.shorter.wait_timeout_while(held(&queue.jobs), longest, |jobs| !jobs.is_empty());
            waited.is_ok_and(|(jobs, _)| jobs.is_empty())
        })
    }

    /// The readers that have a job in hand.
    pub fn at_work(&self) -> Vec<String> {
        let stations = held(&self.by_reader);
        let busy = stations.iter().filter(|(_, station)| !held(&station.queue.jobs).is_empty());
        busy.map(|(reader, _)| reader.clone()).collect()
    }

    /// What the last job at this reader found wrong with it.
    pub fn illness(&self, reader: &str) -> Option<Trouble> {
        held(&self.ill).get(reader).cloned()
    }

    /// It was unplugged, or a job went well there.
    pub fn is_well(&self, reader: &str) {
        held(&self.ill).remove(reader);
    }

    pub(super) fn note(&self, reader: &str, trouble: Option<&Trouble>) {
        match trouble {
            Some(trouble) if ILL.contains(&trouble.code) => {
                held(&self.ill).insert(reader.to_owned(), trouble.clone());
            }
            _ => self.is_well(reader),
        }
    }

    /// Whether a thread of this process has the job in hand.
    pub fn has(&self, job: i64) -> bool {
        held(&self.by_reader).values().any(|station| station.queue.has(job))
    }
}

/// The thread ends when the desk is gone: its sender drops and the queue runs dry.
fn open(desk: Weak<Desk>, reader: &str) -> Station {
    let (orders, inbox) = channel();
    let queue = Arc::new(Queue::default());
    let shared = queue.clone();
    let (name, own) = (format!("reader {reader}"), reader.to_owned());
    let thread = std::thread::Builder::new().name(name.clone()).spawn(move || work(desk, &own, inbox, shared));
    if let Err(fault) = thread {
        // The sender's other end is gone then, and `begin` says so.
        tracing::error!(thread = name, %fault, "cannot start a reader's thread");
    }
    Station { orders, queue }
}

fn work(desk: Weak<Desk>, reader: &str, inbox: Receiver<Order>, queue: Arc<Queue>) {
    while let Ok(order) = inbox.recv() {
        let Some(desk) = desk.upgrade() else { return };
        let work = std::panic::AssertUnwindSafe(|| fulfil(&desk, reader, &order));
        let done = std::panic::catch_unwind(work);
        if done.is_err() {
            // The job stays where its last durable mark put it, and can be resumed; the next job is not harmed.
            tracing::error!(job = order.job, "a job's run ended in a panic");
        }
        // Whatever lies there now was laid down for it.
        desk.presence.is_work(reader);
        queue.remove(&order.stop);
        match done {
            // The picture of a card that was stopped at is looked at until the job goes on.
            Ok(Fulfilled::Stopped) => desk.board.tell(Event::Job(order.job)),
            _ => desk.board.forget(order.job),
        }
    }
}

enum Fulfilled {
    Done,
    Stopped,
}

/// Runs the job; a card that left, was changed or is of no use is waited for again, everything else is the page's to show.
fn fulfil(desk: &Desk, reader: &str, order: &Order) -> Fulfilled {
    let mut waiting = Waiting { feed: order.feed, longest: PATIENCE, stop: &order.stop };
    loop {
        let done = run(desk, &order.actor, order.job, order.until, &waiting);
        desk.stations.note(reader, done.as_ref().err());
        let trouble = match done {
            Ok(_) => return Fulfilled::Done,
            Err(trouble) => trouble,
        };
        if LOST.contains(&trouble.code) && wait_for_reader(desk, &trouble, order, &waiting) {
            continue;
        }
        waiting.feed = Feed::ByHand;
        let found = || trouble.args.iter().find(|(name, _)| *name == "found").map(|(_, uid)| uid.clone());
        let doing = match trouble.code {
            "card-removed" => Doing::WaitSameCard,
            "card-swapped" => Doing::OtherCard(found().unwrap_or_default()),
            code if UNFIT.contains(&code) => Doing::Unfit,
            _ => return Fulfilled::Stopped,
        };
        let step = desk.board.live(order.job).map_or(Step::Card, |live| live.step);
        desk.board.picture(order.job, step, |live| live.doing = doing.clone());
        if doing == Doing::WaitSameCard {
            continue;
        }
        match wait_until_gone(desk, order.job, trouble.code, &waiting) {
            // What was said of it is over.
            Ok(true) => desk.board.picture(order.job, step, |live| live.trouble = None),
            // The reader went, and what lay on it with it.
            Err(lost) if LOST.contains(&lost.code) && wait_for_reader(desk, &lost, order, &waiting) => {}
            _ => return Fulfilled::Stopped,
        }
    }
}

/// The reader is unplugged, its driver is down, or somebody else works at it: what ends that is waited for, and nothing is
/// lost. The picture says which.
fn wait_for_reader(desk: &Desk, trouble: &Trouble, order: &Order, waiting: &Waiting) -> bool {
    let Ok(job) = desk.store.look(|tx| jobs::get(tx, order.job)) else { return false };
    let step = desk.board.live(order.job).map_or(Step::Card, |live| live.step);
    let doing = if trouble.code == "reader-taken" { Doing::ReaderBusy } else { Doing::ReaderLost };
    desk.board.picture(order.job, step, |live| {
        live.doing = doing;
        live.trouble = Some(trouble.clone());
    });
    let back = waiting.until(|slice| {
        if devices::is_usable(desk, job.reader.as_deref()) {
            return Ok(true);
        }
        std::thread::park_timeout(slice.min(LOOK));
        Ok(false)
    });
    matches!(back, Ok(true))
}

/// Another card lies there: nothing is written on it, and it must be gone before the right one can be waited for. Of two
/// cards one must be.
fn wait_until_gone(desk: &Desk, job: i64, code: &str, waiting: &Waiting) -> Result<bool, Trouble> {
    let job = desk.store.look(|tx| jobs::get(tx, job))?;
    let mut reader = devices::open_for(desk, &job)?;
    // Of two no reader tells by itself that one has gone: they are selected again and again.
    let held = (code == TWO).then(|| lock_reader(desk, reader.name())).transpose()?;
    waiting.until(|slice| match reader.wait_until_empty(slice)? {
        false if held.is_some() => is_alone(&mut *reader),
        gone => Ok(gone),
    })
}

/// Whether one card is left of two. What is not clear is no answer: the next look has one.
fn is_alone(reader: &mut dyn Reader) -> Result<bool, Trouble> {
    match reader.select() {
        Ok(found) => Ok(found.len() == 1),
        Err(Miss::Reader(trouble)) => Err(trouble),
        Err(_) => Ok(false),
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
