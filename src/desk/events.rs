//! What is going on right now: one broadcast of ids and states (never names), and the live picture of each job that
//! this process works on. Nothing here is durable; the store is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

use crate::back::encoder::SectorState;
use crate::plan::chip::ChipKind;
use crate::plan::job::Step;
use crate::plan::messages::Trouble;

/// Something changed; who cares asks the desk for the new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Job(i64),
    Reader,
    Printer,
    SessionEnded(i64),
}

/// How a step of a running job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    Wait,
    Now,
    Done,
    Bad,
}

/// What a job's reader waits for or does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// Waits for a first card.
    WaitCard,
    /// Waits for the card that this job began.
    WaitSameCard,
    /// Another card lies there, and nothing was written on it.
    OtherCard(String),
    /// What lies there makes no card, and nothing was written on it; it is waited for that it goes.
    Unfit,
    Working,
    /// Another process or program has the reader.
    ReaderBusy,
    /// The reader is unplugged, or what drives it is down; it is waited for.
    ReaderLost,
    Printing,
}

/// The picture of one job while this process works on it.
#[derive(Debug, Clone)]
pub struct Live {
    pub doing: Doing,
    pub step: Step,
    pub times: Vec<(Step, Duration)>,
    pub sectors: Vec<SectorState>,
    pub uid: Option<String>,
    pub chip: Option<ChipKind>,
    pub trouble: Option<Trouble>,
    pub began: Instant,
    step_began: Instant,
}

impl Live {
    pub fn new(step: Step) -> Live {
        let now = Instant::now();
        Live {
            doing: Doing::Working,
            step,
            times: Vec::new(),
            sectors: Vec::new(),
            uid: None,
            chip: None,
            trouble: None,
            began: now,
            step_began: now,
        }
    }

    /// The step that runs now; the one before it is done and keeps its time.
    pub fn step(&mut self, step: Step) {
        if step != self.step {
            self.times.retain(|(known, _)| *known != self.step);
            self.times.push((self.step, self.step_began.elapsed()));
            self.step = step;
            self.step_began = Instant::now();
        }
    }

    /// Waiting for hands is not work: the clock of the step begins when the card lies there.
    pub fn restart_step(&mut self) {
        self.step_began = Instant::now();
    }

    pub fn step_elapsed(&self) -> Duration {
        self.step_began.elapsed()
    }
}

/// The broadcast and the live pictures, shared by all threads of the process.
pub struct Board {
    sender: broadcast::Sender<Event>,
    live: Mutex<HashMap<i64, Live>>,
}

impl Board {
    pub fn new() -> Arc<Board> {
        Arc::new(Board { sender: broadcast::channel(1024).0, live: Mutex::new(HashMap::new()) })
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }

    /// Nobody listening is fine.
    pub fn tell(&self, event: Event) {
        let _ = self.sender.send(event);
    }

    pub fn live(&self, job: i64) -> Option<Live> {
        self.pictures().get(&job).cloned()
    }

    /// Changes the live picture of a job and tells about it.
    pub fn picture(&self, job: i64, step: Step, change: impl FnOnce(&mut Live)) {
        change(self.pictures().entry(job).or_insert_with(|| Live::new(step)));
        self.tell(Event::Job(job));
    }

    /// The store alone speaks for this job again.
    pub fn forget(&self, job: i64) {
        self.pictures().remove(&job);
        self.tell(Event::Job(job));
    }

    /// No job is what it was.
    pub fn forget_all(&self) {
        let jobs: Vec<i64> = self.pictures().drain().map(|(job, _)| job).collect();
        jobs.into_iter().for_each(|job| self.tell(Event::Job(job)));
    }

    fn pictures(&self) -> MutexGuard<'_, HashMap<i64, Live>> {
        self.live.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
