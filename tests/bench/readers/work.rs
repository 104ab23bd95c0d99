//! The measured process: a desk at one stack's reader (or a program that is no desk at all), told what to do by the
//! bench and telling figures as one JSON line. A process of its own because libpcsclite reads the address of its pcscd
//! once a process, and so that its processor time is its own. Start at [`work`].

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use issuer::desk::{
    self, Actor, Assets, Desk, EnrolForm, Evidence, Feed, IssueForm, Opening, ReaderState, Until, Waiting,
};
use issuer::plan::job::{CardKind, JobState};
use issuer::simulator::control;
use issuer::simulator::silicon::{Kind, Uid};
use issuer::simulator::tray::Tray;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::plain;

const TOLD: &str = "ISSUER_BENCH_READERS";

/// What the process is told.
#[derive(Serialize, Deserialize, Clone)]
pub struct Told {
    pub folder: PathBuf,
    /// The settings file in it.
    pub settings: String,
    /// What the desk calls the reader, and what the tray calls it.
    pub reader: String,
    pub tray: String,
    /// Its number at the rig's control socket.
    pub device: usize,
    pub control: PathBuf,
    pub boards: bool,
    pub cards: usize,
    /// How long to wait in vain; not at all on a rig with times.
    pub idle_seconds: u64,
}

pub fn told() -> Option<Told> {
    serde_json::from_str(&std::env::var(TOLD).ok()?).ok()
}

pub fn variable(told: &Told) -> (&'static str, String) {
    (TOLD, json!(told).to_string())
}

struct Bench {
    told: Told,
    tray: Tray,
    desk: Arc<Desk>,
    actor: Actor,
    serial: AtomicU32,
}

pub fn work(told: Told) -> ExitCode {
    let settings = desk::settings(Some(&told.folder.join(&told.settings))).expect("settings");
    let assets = Assets::new(Some(settings.templates()));
    let desk = Arc::new(Desk::open(settings, assets, Opening::Existing).expect("a desk"));
    let tray = Tray::open_all(told.folder.join("var/simulator"), 1).expect("the tray");
    let serial = AtomicU32::new(u32::from(told.boards) * 1000);
    let bench = Bench { told, tray, desk, actor: Actor::command_line("bench"), serial };
    // The first card finds the fonts and the threads; a desk does that once.
    bench.card(Kind::Classic1k);
    let mut found = json!({
        "classic": bench.cards(Kind::Classic1k),
        "ntag": bench.cards(Kind::Ntag213),
        "lay": bench.laid(),
        "list": bench.list(),
        "plug": bench.plug(),
    });
    if !bench.told.boards {
        found["plain"] = bench.plain();
    }
    if bench.told.idle_seconds > 0 {
        found["idle"] = bench.idle();
    }
    println!("{found}");
    ExitCode::SUCCESS
}

impl Bench {
    fn ask(&self, line: &str) -> String {
        let answer = control::ask(&self.told.control, &format!("{line} {}", self.told.device)).expect("the rig");
        answer.strip_prefix("ok").unwrap_or_else(|| panic!("{line}: {answer}")).trim().to_owned()
    }

    /// Commands that the reader was given so far.
    fn count(&self) -> u64 {
        self.ask("count").parse().expect("a count")
    }

    fn lay(&self, kind: Kind) -> Uid {
        let uid = self.tray.new_blank(kind).expect("a blank");
        self.tray.lay(&self.told.tray, uid).expect("an empty reader");
        uid
    }

    fn lift(&self) {
        self.tray.lift(&self.told.tray).expect("the tray");
    }

    fn plan(&self) -> i64 {
        let at = self.serial.fetch_add(1, Ordering::Relaxed);
        let form = EnrolForm {
            name: "홍길동".to_owned(),
            birth: format!("19{:02}-{:02}-{:02}", 50 + at % 50, 1 + at % 12, 1 + at % 28),
            identity: Some("resident-card".to_owned()),
            consent: Some("local,national".to_owned()),
            anyway: true,
            ..EnrolForm::default()
        };
        let member = desk::enrol(&self.desk, &self.actor, &form, None).expect("a member").member;
        let form = IssueForm {
            member,
            evidence: Evidence::Document,
            kind: CardKind::Rfid,
            reader: Some(self.told.reader.clone()),
            printer: None,
        };
        desk::plan_issue(&self.desk, &self.actor, &form, None).expect("a job")
    }

    /// A blank that lies there, to proven: milliseconds, exchanges and commands of the visit, and all commands that the
    /// reader was given.
    fn card(&self, kind: Kind) -> (f64, u32, u32, u64) {
        let job = self.plan();
        self.lay(kind);
        let stop = AtomicBool::new(false);
        let waiting = Waiting { feed: Feed::ByHand, longest: Duration::from_secs(20), stop: &stop };
        let (before, began) = (self.count(), Instant::now());
        let report = desk::run(&self.desk, &self.actor, job, Until::Proven, &waiting).expect("a proven card");
        let took = began.elapsed();
        assert_eq!(report.state, JobState::Proven);
        let commands = self.count() - before;
        self.lift();
        (took.as_secs_f64() * 1e3, report.exchanges, report.commands, commands)
    }

    /// The middle one.
    fn cards(&self, kind: Kind) -> Value {
        let mut cards: Vec<_> = (0..self.told.cards).map(|_| self.card(kind)).collect();
        cards.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (ms, exchanges, commands, all) = cards[cards.len() / 2];
        json!({ "ms": ms, "exchanges": exchanges, "commands": commands, "all": all, "fastest": cards[0].0, "slowest": cards[cards.len() - 1].0 })
    }

    /// From a card that is laid on the reader to the beginning of work on it, of which the next thing is the first exchange.
    fn laid(&self) -> f64 {
        let times = (0..5).map(|_| {
            let job = self.plan();
            let stop = AtomicBool::new(false);
            std::thread::scope(|scope| {
                let waiting = Waiting { feed: Feed::ByHand, longest: Duration::from_secs(20), stop: &stop };
                let run = scope.spawn(move || desk::run(&self.desk, &self.actor, job, Until::Proven, &waiting));
                // It waits by now, whatever it needs for that.
                std::thread::sleep(Duration::from_millis(600));
                let began = Instant::now();
                self.lay(Kind::Classic1k);
                let works = |live: desk::Live| format!("{:?}", live.doing) == "Working";
                while !self.desk.live(job).is_some_and(works) && began.elapsed().as_secs() < 10 {
                    std::thread::yield_now();
                }
                let took = began.elapsed();
                run.join().expect("the run").expect("a proven card");
                self.lift();
                took
            })
        });
        middle(times.map(|time| time.as_secs_f64() * 1e3))
    }

    /// The desk's own list, without a process around it.
    fn list(&self) -> f64 {
        middle((0..20).map(|_| {
            let began = Instant::now();
            desk::readers(&self.desk).expect("a list");
            began.elapsed().as_secs_f64() * 1e3
        }))
    }

    /// From plugging in to a list that has it.
    fn plug(&self) -> f64 {
        let there = |wanted: bool| {
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(10) {
                let readers = desk::readers(&self.desk).expect("a list");
                let found = readers.iter().any(|line| line.name == self.told.reader && line.state != ReaderState::Gone);
                if found == wanted {
                    break;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        middle((0..5).map(|_| {
            self.ask("unplug");
            there(false);
            // As a hand would; what pcscd has in hand is over by then.
            std::thread::sleep(Duration::from_millis(500));
            let began = Instant::now();
            self.ask("plug");
            there(true);
            began.elapsed().as_secs_f64() * 1e3
        }))
    }

    /// The program that most write, at the same reader and silicon.
    fn plain(&self) -> Value {
        let mut times: Vec<(f64, f64, u32, u32, u64)> = (0..self.told.cards)
            .map(|_| {
                // It has no way of its own to wait for a card: pcscd has seen this one come before the program begins.
                std::thread::sleep(Duration::from_millis(300));
                self.lay(Kind::Classic1k);
                std::thread::sleep(Duration::from_millis(300));
                let before = self.count();
                let done = plain::issue(&self.told.reader);
                let all = self.count() - before;
                self.lift();
                (done.whole.as_secs_f64() * 1e3, done.written.as_secs_f64() * 1e3, done.commands, done.writing, all)
            })
            .collect();
        times.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (whole, written, commands, writing, all) = times[times.len() / 2];
        json!({ "ms": whole, "written_ms": written, "commands": commands, "writing": writing, "all": all })
    }

    /// Processor time of this process and of its children while a job waits for a card that does not come.
    fn idle(&self) -> Value {
        let (job, stop) = (self.plan(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let longest = Duration::from_secs(self.told.idle_seconds + 5);
            let waiting = Waiting { feed: Feed::ByHand, longest, stop: &stop };
            let run = scope.spawn(move || desk::run(&self.desk, &self.actor, job, Until::Proven, &waiting));
            std::thread::sleep(Duration::from_secs(1));
            let (before, asked) = (processor_time(), self.count());
            std::thread::sleep(Duration::from_secs(self.told.idle_seconds));
            let (after, commands) = (processor_time(), self.count() - asked);
            stop.store(true, Ordering::Relaxed);
            let _ = run.join();
            json!({ "ms": after - before, "commands": commands })
        })
    }
}

/// Milliseconds that this process and its living children have had (`/proc/PID/stat`, fields 14 and 15, in hundredths).
fn processor_time() -> f64 {
    let own = std::process::id();
    let mut ticks = 0;
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((head, rest)) = stat.rsplit_once(')') else { continue };
        let words: Vec<&str> = rest.split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<u64>().ok()).unwrap_or_default();
        if head.split(' ').next() == Some(&own.to_string()) || number(1) == u64::from(own) {
            ticks += number(11) + number(12);
        }
    }
    ticks as f64 * 10.0
}

pub fn middle(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
