//! How many cards a desk can issue in a second: number, chip, proof, PDF and handing over, through the real store (each
//! commit on the medium), the real spool and the simulated reader at its tray. `cargo bench --bench issue`. The same in
//! memory beside it tells the program's share from the medium's. Time in which the program could run and other programs
//! had the processors is told and not counted. Ends with 1 when the limit is missed by the middle one of several rounds
//! on a medium that allows it.
//! Start at [`main`], then [`round`].

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use issuer::desk::{self, Actor, Assets, Desk, EnrolForm, Evidence, Feed, IssueForm, Opening, Until, Waiting};
use issuer::plan::job::{CardKind, JobState};

/// Cards a second, handed over.
const LIMIT: f64 = 200.0;
/// Durable marks a job may cost (the design), its handing over counted.
const COMMITS: usize = 8;
/// What a card waits for on the medium: its commits, the try of the spool folder, the PDF and its name.
const WAITS: f64 = COMMITS as f64 + 3.0;
const ROUNDS: usize = 5;
const CARDS: usize = 100;

fn main() -> ExitCode {
    // Beside cargo's own output, hence on a medium and not in memory.
    let medium = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the medium");
    let commits = commits_of_one_card(medium.path());
    let (rounds, synced) = rounds(medium.path());
    let alone = 1e3 / (WAITS * percentile(&synced, 50));
    println!("medium: 4 KB and fsync     p50 {:.3} ms  p99 {:.3} ms", percentile(&synced, 50), percentile(&synced, 99));
    println!("medium alone               {alone:.0} cards a second, by p50 of {WAITS} such waits a card");
    println!("commits a card             {commits}  limit {COMMITS}");
    let mut rate = tell("issues a second", &rounds);
    match tempfile::tempdir_in("/dev/shm") {
        Ok(memory) => {
            let in_memory = tell("in memory, no medium", &self::rounds(memory.path()).0);
            if rate < LIMIT && alone < LIMIT {
                println!("This medium, as busy as it was, does not allow {LIMIT}: judged in memory.");
                rate = in_memory;
            }
        }
        Err(fault) => println!("in memory                  not measured: /dev/shm: {fault}"),
    }
    if rate >= LIMIT && commits <= COMMITS { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints the middle round beside the slowest and the fastest, and gives its rate.
fn tell(what: &str, rounds: &[Round]) -> f64 {
    let (slowest, middle, fastest) = (&rounds[0], &rounds[ROUNDS / 2], &rounds[ROUNDS - 1]);
    let rate = middle.rate();
    println!(
        "{what:<26} {rate:.0}  ({:.0} to {:.0} in {ROUNDS} rounds of {CARDS})  {:.2} times the limit of {LIMIT}",
        slowest.rate(),
        fastest.rate(),
        rate / LIMIT
    );
    let each = |time: Duration| time.as_secs_f64() * 1e3 / CARDS as f64;
    println!(
        "  ms a card: job {:.2}, chip, proof and print {:.2}, handing over {:.2}; of all this on a processor {:.2}",
        each(middle.plan),
        each(middle.run),
        each(middle.hand_over),
        each(middle.computed)
    );
    println!(
        "  not counted: waiting for a processor that others had {:.2}, enrolling {:.2}",
        each(middle.waited),
        each(middle.enrol)
    );
    rate
}

/// What each part of the work took in one round of [`CARDS`] cards.
#[derive(Default)]
struct Round {
    enrol: Duration,
    plan: Duration,
    run: Duration,
    hand_over: Duration,
    /// Of the last three together: on a processor, and ready to run while others were on it.
    computed: Duration,
    waited: Duration,
}

impl Round {
    /// The time that the cards took, less what other people's programs on this machine cost us.
    fn issue(&self) -> Duration {
        (self.plan + self.run + self.hand_over).saturating_sub(self.waited)
    }

    fn rate(&self) -> f64 {
        CARDS as f64 / self.issue().as_secs_f64()
    }
}

/// How long this thread was on a processor so far, and how long it waited for one (`sched-stats.rst` of the kernel).
fn scheduled() -> (Duration, Duration) {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let mut numbers = text.split_whitespace().map(|word| Duration::from_nanos(word.parse().unwrap_or_default()));
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
}

/// All rounds, the slowest first, each in a fresh folder; and what the medium took beside each of them.
fn rounds(folder: &Path) -> (Vec<Round>, Vec<f64>) {
    let mut synced = Vec::new();
    // All are kept to the end: ext4 takes long to make files where many were deleted a moment ago.
    let folders = [(); ROUNDS].map(|()| tempfile::tempdir_in(folder).expect("a folder"));
    let mut rounds: Vec<Round> = folders
        .iter()
        .map(|folder| {
            synced.extend(fsyncs(folder.path()));
            round(&open(folder.path()))
        })
        .collect();
    rounds.sort_by_key(|round| std::cmp::Reverse(round.issue()));
    synced.sort_by(f64::total_cmp);
    (rounds, synced)
}

fn open(folder: &Path) -> Desk {
    let file = folder.join("issuer.toml");
    std::fs::write(&file, "").expect("a settings file");
    let settings = desk::settings(Some(&file)).expect("the embedded settings");
    let assets = Assets::new(Some(settings.templates()));
    Desk::open(settings, assets, Opening::Make).expect("a desk")
}

fn round(desk: &Desk) -> Round {
    let actor = Actor::command_line("bench");
    let mut round = Round::default();
    let began = Instant::now();
    let members: Vec<i64> = (0..=CARDS).map(|at| enrol(desk, &actor, at)).collect();
    round.enrol = began.elapsed();
    // The first card finds the fonts; a desk does that once.
    one_card(desk, &actor, members[0], &mut Round::default());
    let before = scheduled();
    for member in &members[1..] {
        one_card(desk, &actor, *member, &mut round);
    }
    let after = scheduled();
    (round.computed, round.waited) = (after.0 - before.0, after.1 - before.1);
    round
}

fn one_card(desk: &Desk, actor: &Actor, member: i64, round: &mut Round) {
    let began = Instant::now();
    let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Rfid, reader: None, printer: None };
    let job = desk::plan_issue(desk, actor, &form, None).expect("a job");
    let planned = Instant::now();
    let stop = AtomicBool::new(false);
    let waiting = Waiting { feed: Feed::Dispense, longest: desk.card_timeout(), stop: &stop };
    let report = desk::run(desk, actor, job, Until::Printed, &waiting).expect("a card");
    let ready = Instant::now();
    let scan = report.number.to_string();
    let done = desk::hand_over(desk, actor, job, Some(&scan), None, Feed::Dispense, None).expect("handed over");
    assert_eq!(done.state, JobState::HandedOver);
    round.plan += planned - began;
    round.run += ready - planned;
    round.hand_over += ready.elapsed();
}

fn enrol(desk: &Desk, actor: &Actor, at: usize) -> i64 {
    let given: Vec<char> = "민서준지우하윤도은".chars().collect();
    let syllable = |at: usize| given[at % given.len()];
    let form = EnrolForm {
        name: format!("홍{}{}", syllable(at), syllable(at / given.len())),
        birth: format!("19{:02}-{:02}-{:02}", 50 + at % 50, 1 + at % 12, 1 + at % 28),
        identity: Some("resident-card".to_owned()),
        consent: Some("local,national".to_owned()),
        anyway: true,
        ..EnrolForm::default()
    };
    desk::enrol(desk, actor, &form, None).expect("a member").member
}

/// Commits in the write-ahead log of a desk that issues one card, the log's own format telling (a frame that ends a
/// commit says the database's size, <https://www.sqlite.org/fileformat2.html#walformat>).
fn commits_of_one_card(folder: &Path) -> usize {
    let folder = tempfile::tempdir_in(folder).expect("a folder");
    let desk = open(folder.path());
    let actor = Actor::command_line("bench");
    let member = enrol(&desk, &actor, 0);
    let before = commits(&desk);
    one_card(&desk, &actor, member, &mut Round::default());
    commits(&desk) - before
}

fn commits(desk: &Desk) -> usize {
    let mut log = desk.settings.store.path.clone().into_os_string();
    log.push("-wal");
    let log = std::fs::read(log).expect("the write-ahead log");
    let word = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().expect("four bytes"));
    let (page, salt) = (word(8) as usize, word(16));
    let frames = log[32..].chunks_exact(24 + page).enumerate().map(|(at, _)| 32 + at * (24 + page));
    frames.take_while(|at| word(at + 8) == salt).filter(|at| word(at + 4) > 0).count()
}

/// What the medium itself takes for 4 KB, in milliseconds.
fn fsyncs(folder: &Path) -> Vec<f64> {
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join("synced")).expect("a file");
    let mut once = || {
        let began = Instant::now();
        file.write_all(&[7; 4096]).and_then(|()| file.sync_all()).expect("4 KB on the medium");
        began.elapsed().as_secs_f64() * 1e3
    };
    (0..100).map(|_| once()).collect()
}

fn percentile(sorted: &[f64], of_hundred: usize) -> f64 {
    sorted[(sorted.len() * of_hundred / 100).min(sorted.len() - 1)]
}
