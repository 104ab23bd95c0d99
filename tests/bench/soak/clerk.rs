//! The clerks: one a reader, each with hands, issuing cards one after another through the desk's own stations, as the
//! service does it. What happens is told as JSON lines. Start at [`work`], then [`Clerk::card`].

use std::io::BufRead;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use issuer::desk::{self, Actor, Assets, Desk, EnrolForm, Evidence, Feed, IssueForm, JobView, Opening, Phase};
use issuer::plan::job::CardKind;
use issuer::plan::messages::Trouble;
use issuer::simulator::silicon::{Kind, Uid};
use issuer::simulator::tray::Tray;
use serde_json::{Value, json};

use crate::process::{Place, Told};

/// How often a clerk looks at the page.
const LOOK: Duration = Duration::from_millis(25);
/// A clerk reads what is wrong before going on.
const READS: Duration = Duration::from_millis(150);
/// Between lifting one card and laying down another.
const HANDS: Duration = Duration::from_millis(300);
/// So often a job is resumed before the card is laid down anew.
const TRIES: u32 = 3;
/// The longest that one card may take, whatever is done to it.
const LONGEST: Duration = Duration::from_secs(300);

pub fn work(told: &Told) -> ExitCode {
    let tray = Tray::open_all(told.folder.join("var/simulator"), 1).expect("the tray");
    let open = |name: &str| {
        let settings = desk::settings(Some(&told.folder.join(name))).expect("settings");
        let assets = Assets::new(Some(settings.templates()));
        let desk = Arc::new(Desk::open(settings, assets, Opening::Existing).expect("a desk"));
        let watch = desk::watch_readers(&desk);
        (desk, watch)
    };
    let desks = [open("pcsc.toml"), open("libnfc.toml")];
    let door = Arc::new(Door { moves: Mutex::new(Move::Go), changed: Condvar::new(), inside: AtomicUsize::new(0) });
    let clerks = told.places.iter().enumerate().map(|(at, place)| {
        let (desk, _) = &desks[usize::from(place.board)];
        Clerk { at, place: place.clone(), desk: desk.clone(), tray: tray.clone(), door: door.clone() }
    });
    let clerks: Vec<Clerk> = clerks.collect();
    std::thread::scope(|scope| {
        for clerk in &clerks {
            scope.spawn(|| clerk.day());
        }
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match line.as_str() {
                "hold" => door.turn(Move::Hold),
                "go" => door.turn(Move::Go),
                _ => break,
            }
        }
        door.turn(Move::End);
    });
    ExitCode::SUCCESS
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    Go,
    Hold,
    End,
}

/// Where clerks wait between two cards while they are told to.
struct Door {
    moves: Mutex<Move>,
    changed: Condvar,
    inside: AtomicUsize,
}

impl Door {
    fn turn(&self, to: Move) {
        *self.moves.lock().unwrap_or_else(PoisonError::into_inner) = to;
        self.changed.notify_all();
        if to == Move::Hold && self.inside.load(Ordering::SeqCst) == 0 {
            tell(&json!({ "e": "rest" }));
        }
    }

    /// Whether there is another card to be made; waits while holding.
    fn enter(&self) -> bool {
        let moves = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        let moves = self.changed.wait_while(moves, |to| *to == Move::Hold).unwrap_or_else(PoisonError::into_inner);
        self.inside.fetch_add(1, Ordering::SeqCst);
        let go = *moves == Move::Go;
        if !go {
            self.inside.fetch_sub(1, Ordering::SeqCst);
        }
        go
    }

    fn leave(&self) {
        let moves = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        if self.inside.fetch_sub(1, Ordering::SeqCst) == 1 && *moves == Move::Hold {
            tell(&json!({ "e": "rest" }));
        }
    }
}

struct Clerk {
    at: usize,
    place: Place,
    desk: Arc<Desk>,
    tray: Tray,
    door: Arc<Door>,
}

/// One job in a clerk's hands.
struct InHand {
    job: i64,
    blank: Uid,
    kind: Kind,
    /// What was told of it last: the phase's name and the trouble's code.
    seen: (String, String),
    /// How often in a row the job stood still with the right card on the reader.
    stopped: u32,
}

fn tell(value: &Value) {
    println!("{value}");
}

impl Clerk {
    fn day(&self) {
        let actor = Actor::command_line("soak");
        static SERIAL: AtomicU32 = AtomicU32::new(0);
        while self.door.enter() {
            let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
            let card = std::panic::AssertUnwindSafe(|| self.card(&actor, serial));
            if std::panic::catch_unwind(card).is_err() {
                tell(&json!({ "e": "panic", "reader": self.at }));
            }
            self.door.leave();
        }
    }

    /// From enrolling a member to the card in the member's hand.
    fn card(&self, actor: &Actor, serial: u32) {
        let began = Instant::now();
        let kind = if serial.is_multiple_of(3) { Kind::Ntag213 } else { Kind::Classic1k };
        let member = enrol(&self.desk, actor, serial);
        let Some(job) = self.plan(actor, member) else { return };
        let blank = self.tray.new_blank(kind).expect("a blank");
        let mut hand = InHand { job, blank, kind, seen: Default::default(), stopped: 0 };
        if let Err(trouble) = desk::start(&self.desk, actor, job) {
            self.trouble(&mut hand, "start", &trouble);
        }
        while began.elapsed() < LONGEST {
            match desk::job_view(&self.desk, actor, job, false) {
                Ok(view) if view.phase == Phase::HandedOver => return self.done(actor, &hand, began),
                Ok(view) => self.turn(actor, &mut hand, &view),
                Err(trouble) => {
                    self.trouble(&mut hand, "look", &trouble);
                    std::thread::sleep(READS);
                }
            }
        }
        let view =
            desk::job_view(&self.desk, actor, job, false).map(|view| format!("{:?} {:?}", view.phase, view.trouble));
        tell(&json!({ "e": "never", "reader": self.at, "job": job, "view": format!("{view:?}") }));
        if let Err(trouble) = desk::stop_waiting(&self.desk, actor, job) {
            self.trouble(&mut hand, "stop", &trouble);
        }
        self.lift();
    }

    fn plan(&self, actor: &Actor, member: i64) -> Option<i64> {
        let form = IssueForm {
            member,
            evidence: Evidence::Document,
            kind: CardKind::Rfid,
            reader: Some(self.place.reader.clone()),
            printer: None,
        };
        let began = Instant::now();
        let mut told = false;
        while began.elapsed() < LONGEST {
            match desk::plan_issue(&self.desk, actor, &form, None) {
                Ok(job) => return Some(job),
                Err(trouble) if told => drop(trouble),
                Err(trouble) => {
                    told = true;
                    tell_trouble(self.at, 0, "plan", trouble.code, &format!("{trouble}"));
                }
            }
            std::thread::sleep(READS);
        }
        tell(&json!({ "e": "never", "reader": self.at, "view": "not planned" }));
        None
    }

    /// What the page asks of the clerk, done.
    fn turn(&self, actor: &Actor, hand: &mut InHand, view: &JobView) {
        self.note(hand, view);
        let right = self.right(hand, view);
        match &view.phase {
            Phase::WaitCard | Phase::WaitSameCard => self.put(right),
            Phase::Swapped { .. } => {
                std::thread::sleep(READS);
                self.anew(hand, view);
                self.put(right);
            }
            Phase::Spoiled => self.another(actor, hand, view),
            Phase::FeedPrinter => self.act(hand, "print", |desk| desk::print_on_page(desk, actor, hand.job).map(drop)),
            Phase::Check => {
                self.put(right);
                let number = view.number.to_string();
                let over = |desk: &Desk| {
                    desk::hand_over(desk, actor, hand.job, Some(&number), None, Feed::ByHand, None).map(drop)
                };
                self.act(hand, "check", over);
            }
            Phase::Stopped | Phase::PrintDoubt | Phase::PrinterNeeds => {
                std::thread::sleep(READS);
                self.anew(hand, view);
                self.put(right);
                if let Err(trouble) = desk::resume_on_page(&self.desk, actor, hand.job) {
                    self.trouble(hand, "resume", &trouble);
                }
                std::thread::sleep(LOOK);
            }
            _ => std::thread::sleep(LOOK),
        }
        if matches!(view.phase, Phase::WaitCard | Phase::WaitSameCard) {
            std::thread::sleep(LOOK);
        }
    }

    fn act(&self, hand: &InHand, what: &str, act: impl FnOnce(&Desk) -> Result<(), Trouble>) {
        if let Err(trouble) = act(&self.desk) {
            tell_trouble(self.at, hand.job, what, trouble.code, &format!("{trouble}"));
            std::thread::sleep(READS);
        }
    }

    /// The card of this job: the one that it began, else the blank.
    fn right(&self, hand: &InHand, view: &JobView) -> Uid {
        view.uid.as_deref().and_then(|uid| uid.parse().ok()).unwrap_or(hand.blank)
    }

    /// A card that can never be finished is given up for a new blank.
    fn another(&self, actor: &Actor, hand: &mut InHand, view: &JobView) {
        let code = view.trouble.as_ref().map(|told| told.code.clone());
        tell(&json!({ "e": "spoiled", "reader": self.at, "job": hand.job, "uid": view.uid, "code": code,
            "args": view.trouble.as_ref().map(|told| format!("{:?}", told.args)) }));
        std::thread::sleep(READS);
        hand.blank = self.tray.new_blank(hand.kind).expect("a blank");
        self.put(hand.blank);
        if let Err(trouble) = desk::new_card(&self.desk, actor, hand.job) {
            self.trouble(hand, "new-card", &trouble);
        }
        std::thread::sleep(LOOK);
    }

    /// Has just this card lie there.
    fn put(&self, card: Uid) {
        let lying = self.tray.readers().ok().and_then(|all| all.into_iter().find(|r| r.name == self.place.tray));
        let lying = lying.map(|reader| reader.cards).unwrap_or_default();
        if lying == [card] {
            return;
        }
        if !lying.is_empty() {
            self.lift();
            std::thread::sleep(HANDS);
        }
        // The tormentor may have been quicker; the next look sees it.
        let _ = self.tray.lay(&self.place.tray, card);
    }

    /// What was answered garbled when the card came is kept by pcscd until it comes again, and a card that was taken for one
    /// of no use is waited for that it goes: after some tries in vain a clerk lifts the card and lays it down once more.
    fn anew(&self, hand: &mut InHand, view: &JobView) {
        hand.stopped += 1;
        if hand.stopped > TRIES {
            hand.stopped = 0;
            let stood = format!("{:?} {:?}", view.phase, view.trouble);
            tell(&json!({ "e": "anew", "reader": self.at, "job": hand.job, "stood": stood }));
            self.lift();
            std::thread::sleep(HANDS);
        }
    }

    fn lift(&self) {
        let _ = self.tray.lift(&self.place.tray);
    }

    fn done(&self, actor: &Actor, hand: &InHand, began: Instant) {
        self.lift();
        let report = desk::show_job(&self.desk, actor, hand.job).expect("the job");
        tell(&json!({
            "e": "card", "reader": self.at, "job": hand.job, "number": report.number, "uid": report.uid, "chip": report.chip,
            "ms": began.elapsed().as_millis() as u64, "exchanges": report.exchanges, "commands": report.commands,
        }));
    }

    /// Tells the page's trouble once for each time that it comes.
    fn note(&self, hand: &mut InHand, view: &JobView) {
        let code = view.trouble.as_ref().map(|told| told.code.clone()).unwrap_or_default();
        let now = (format!("{:?}", view.phase), code);
        if now != hand.seen {
            if let Some(told) = view.trouble.as_ref().filter(|told| told.code != hand.seen.1) {
                tell_trouble(self.at, hand.job, &now.0, &told.code, &format!("{:?}", told.args));
            }
            hand.seen = now;
        }
    }

    fn trouble(&self, hand: &mut InHand, doing: &str, trouble: &Trouble) {
        if hand.seen.1 != trouble.code {
            tell_trouble(self.at, hand.job, doing, trouble.code, &format!("{trouble}"));
            hand.seen.1 = trouble.code.to_owned();
        }
    }
}

fn tell_trouble(reader: usize, job: i64, doing: &str, code: &str, args: &str) {
    tell(&json!({ "e": "trouble", "reader": reader, "job": job, "doing": doing, "code": code, "args": args }));
}

fn enrol(desk: &Desk, actor: &Actor, at: u32) -> i64 {
    let given: Vec<char> = "민서준지우하윤도은".chars().collect();
    let syllable = |at: u32| given[at as usize % given.len()];
    let form = EnrolForm {
        name: format!("홍{}{}", syllable(at), syllable(at / given.len() as u32)),
        birth: format!("19{:02}-{:02}-{:02}", 50 + at % 50, 1 + at % 12, 1 + at % 28),
        identity: Some("resident-card".to_owned()),
        consent: Some("local,national".to_owned()),
        anyway: true,
        ..EnrolForm::default()
    };
    desk::enrol(desk, actor, &form, None).expect("a member").member
}
