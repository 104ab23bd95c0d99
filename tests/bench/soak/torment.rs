//! The tormentor: pulls readers out and puts them back, restarts pcscd, tears and swaps cards, makes links bad and well
//! again, at moments that a seed gives. Writes down what was done to which reader, so that every trouble can be asked for
//! its cause. Start at [`Tormentor::begin`] and [`Torment::explains`].
//!
//! Never two PC/SC readers are out at once, nor is pcscd restarted while one is: pcscd gives the first free number to what
//! comes, so that names would go over to other readers. That is no fault of anybody's, and another test's matter.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use issuer::simulator::control;
use issuer::simulator::field::{Tear, TearOrder};
use issuer::simulator::silicon::Kind;
use issuer::simulator::tray::Tray;
use serde_json::Value;

use crate::process::Place;

/// What was done may show so long after it has ended: a stuck reader is waited for five seconds, a service looks ten
/// times a second, a list of readers takes a second at most.
const ECHO: Duration = Duration::from_secs(20);
/// No hand is quicker. pcscd 1.9.9 takes a second and more to let go of a reader that is in use, and one that comes back
/// before that is a duplicate to it and never listed again.
const HANDS: Duration = Duration::from_millis(1500);
/// A tear waits for its exchange.
const PENDING: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Unplug,
    /// All PC/SC readers at once.
    Pcscd,
    /// `late`, `mutate`, `stuck` or `status-bit7`.
    Link(&'static str),
    Tear(Tear),
    Swap,
}

impl What {
    pub fn name(self) -> &'static str {
        match self {
            What::Unplug => "unplugged",
            What::Pcscd => "pcscd restarted",
            What::Link(word) => word,
            What::Tear(_) => "torn",
            What::Swap => "swapped",
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Torment {
    pub device: usize,
    pub what: What,
    pub from: Instant,
    pub until: Instant,
}

impl Torment {
    /// Whether this can be why the reader's job stopped with such a code at that moment.
    pub fn explains(&self, device: usize, board: bool, code: &str, at: Instant) -> bool {
        let here = match self.what {
            What::Pcscd => !board,
            _ => self.device == device,
        };
        let reader = code.starts_with("reader-") || code == "no-reader";
        let card = code.starts_with("card-") || code.starts_with("chip-");
        let fits = match self.what {
            What::Pcscd => reader || card || code.starts_with("pcscd-"),
            What::Unplug | What::Link(_) => reader || card,
            What::Tear(_) | What::Swap => card,
        };
        here && fits && at >= self.from && at <= self.until + ECHO
    }

    /// Whether a block was cut in the middle of being programmed: the only thing that may spoil a card.
    pub fn cuts(&self, device: usize, at: Instant) -> bool {
        let cut = matches!(self.what, What::Tear(Tear::HalfProgrammed | Tear::ErasedTo00 | Tear::ErasedToFf));
        cut && self.device == device && at >= self.from && at <= self.until + ECHO
    }
}

struct Shared {
    control: PathBuf,
    tray: Tray,
    places: Vec<Place>,
    log: Mutex<Vec<Torment>>,
    calm: AtomicBool,
    ended: AtomicBool,
    /// Shared by those at work, alone by whoever wants all of it to be over.
    work: RwLock<()>,
}

pub struct Tormentor {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// One kind of mischief: what it does once, and the longest pause before the next.
type Mischief = (fn(&Shared, &mut Dice), u64);

impl Tormentor {
    pub fn begin(rig: &Value, tray: &Path, places: Vec<Place>, seed: u64) -> Tormentor {
        let shared = Arc::new(Shared {
            control: rig["control"].as_str().expect("the control socket").into(),
            tray: Tray::open_all(tray, 1).expect("the tray"),
            places,
            log: Mutex::default(),
            calm: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            work: RwLock::new(()),
        });
        let mischiefs: [Mischief; 3] = [(Shared::pull, 4000), (Shared::spoil_link, 5000), (Shared::move_card, 3000)];
        let begin = |(number, (mischief, pause)): (u64, Mischief)| {
            let (shared, mut dice) = (shared.clone(), Dice::new(seed * 16 + number));
            std::thread::spawn(move || shared.torment(&mut dice, mischief, pause))
        };
        let threads = (0..).zip(mischiefs).map(begin).collect();
        Tormentor { shared, threads }
    }

    /// Stops, and makes everything well: all readers in, all links good, no tear ordered.
    pub fn calm(&self) {
        self.shared.calm.store(true, Ordering::SeqCst);
        let _all = self.shared.work.write().unwrap_or_else(PoisonError::into_inner);
        for device in 0..self.shared.places.len() {
            self.shared.ask(&format!("fault {device} none"));
            self.shared.ask(&format!("plug {device}"));
            let _ = self.shared.tray.forget_tear(&self.shared.places[device].tray);
        }
    }

    pub fn go_on(&self) {
        self.shared.calm.store(false, Ordering::SeqCst);
    }

    /// What was done so far.
    pub fn torments(&self) -> Vec<Torment> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn end(self) -> Vec<Torment> {
        self.shared.ended.store(true, Ordering::SeqCst);
        let log = self.torments();
        for thread in self.threads {
            thread.join().expect("a tormentor");
        }
        log
    }
}

impl Shared {
    fn torment(&self, dice: &mut Dice, mischief: fn(&Shared, &mut Dice), pause: u64) {
        while !self.ended.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(200 + dice.below(pause)));
            let _one = self.work.read().unwrap_or_else(PoisonError::into_inner);
            if !self.calm.load(Ordering::SeqCst) {
                mischief(self, dice);
            }
        }
    }

    /// One reader out for a while, and in again; or pcscd down and up.
    fn pull(&self, dice: &mut Dice) {
        let device = dice.below(self.places.len() as u64) as usize;
        let pcsc = self.places.iter().any(|place| !place.board);
        if pcsc && dice.below(10) == 0 {
            let entry = self.begin(device, What::Pcscd);
            let words: &[&str] = [&["restart"][..], &["kill", "start"], &["stop", "start"]][dice.below(3) as usize];
            for word in words {
                self.ask(&format!("pcscd {word}"));
            }
            self.close(entry);
            return;
        }
        let entry = self.begin(device, What::Unplug);
        self.ask(&format!("unplug {device}"));
        std::thread::sleep(HANDS + Duration::from_millis(dice.below(3000)));
        self.ask(&format!("plug {device}"));
        self.close(entry);
    }

    fn spoil_link(&self, dice: &mut Dice) {
        let device = dice.below(self.places.len() as u64) as usize;
        let (word, words) = match dice.below(4) {
            0 => ("late", "late".to_owned()),
            1 => ("mutate", format!("mutate={}:{}", 10 + dice.below(200), dice.below(1000))),
            2 => ("stuck", "stuck".to_owned()),
            _ => ("status-bit7", "status-bit7".to_owned()),
        };
        let entry = self.begin(device, What::Link(word));
        self.ask(&format!("fault {device} {words}"));
        std::thread::sleep(Duration::from_millis(50 + dice.below(2000)));
        self.ask(&format!("fault {device} none"));
        self.close(entry);
    }

    fn move_card(&self, dice: &mut Dice) {
        let device = dice.below(self.places.len() as u64) as usize;
        let place = &self.places[device].tray;
        if dice.below(4) == 0 {
            let entry = self.begin(device, What::Swap);
            self.tray.swap(place, Kind::Classic1k).expect("another blank");
            self.close(entry);
            return;
        }
        let how = Tear::ALL[dice.below(Tear::ALL.len() as u64) as usize];
        let entry = self.begin(device, What::Tear(how));
        self.tray.tear_after(place, TearOrder { after: 1 + dice.below(150) as u32, how }).expect("a tear");
        self.until(entry, Instant::now() + PENDING);
    }

    fn begin(&self, device: usize, what: What) -> usize {
        let now = Instant::now();
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        // Open until it is closed.
        log.push(Torment { device, what, from: now, until: now + PENDING });
        log.len() - 1
    }

    fn close(&self, entry: usize) {
        self.until(entry, Instant::now());
    }

    fn until(&self, entry: usize, until: Instant) {
        if let Some(torment) = self.log.lock().unwrap_or_else(PoisonError::into_inner).get_mut(entry) {
            torment.until = until;
        }
    }

    fn ask(&self, line: &str) {
        let answer = control::ask(&self.control, line).unwrap_or_else(|fault| panic!("the rig: {line}: {fault}"));
        assert!(answer.starts_with("ok"), "the rig: {line}: {answer}");
    }
}

/// Marsaglia's xorshift: the same moments for the same seed.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, many: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % many.max(1)
    }
}
