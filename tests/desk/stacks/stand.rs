//! One driver stack with cards to lay on it: the same case is run over the in-process reader, PC/SC and libnfc. A fresh
//! desk a case, whose cards lie where the stack's reader looks for them. Start at [`each`] and [`Stand`].

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use issuer::simulator::field::{Tear, TearOrder};
use issuer::simulator::silicon::{Kind, Uid};
use issuer::simulator::tray::Tray;
use serde_json::Value;

use super::rig::{Rig, reader};
use crate::support::{Desk, Output, Running};

/// Every command must end within this, whatever the reader does.
pub const LIMIT: Duration = Duration::from_secs(30);
/// Between two looks at a card's file, so that the looking does not take a core.
const BETWEEN: Duration = Duration::from_millis(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    /// The reference: no driver at all.
    InProcess,
    Pcsc,
    Libnfc,
}

/// Runs a case over every stack, the reference first. A failure names the stack.
#[track_caller]
pub fn each(case: impl Fn(&Stand)) {
    for stack in [Stack::InProcess, Stack::Pcsc, Stack::Libnfc] {
        case(&Stand::start(stack));
    }
}

/// The same over the two that have a driver.
#[track_caller]
pub fn each_driver(case: impl Fn(&Stand)) {
    for stack in [Stack::Pcsc, Stack::Libnfc] {
        case(&Stand::start(stack));
    }
}

pub struct Stand {
    pub stack: Stack,
    rig: Option<Rig>,
    /// Whose folder holds the cards where there is no rig.
    alone: Option<Desk>,
    /// The reader, as the tray calls it.
    pub reader: String,
    /// The reader, as the desk calls it.
    pub name: String,
}

impl Drop for Stand {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("this was over {:?}", self.stack);
        }
    }
}

impl Stand {
    pub fn start(stack: Stack) -> Stand {
        Stand::with(stack, &[])
    }

    /// With further options of `rig simulate`.
    pub fn with(stack: Stack, options: &[&str]) -> Stand {
        let devices: &[&str] = match stack {
            Stack::InProcess => {
                let alone = Some(Desk::new());
                return Stand { stack, rig: None, alone, reader: reader(0), name: reader(0) };
            }
            Stack::Pcsc => &["--readers", "1"],
            Stack::Libnfc => &["--readers", "0", "--pn532", "1"],
        };
        let rig = Rig::start(&[devices, options].concat());
        let (reader, name) = if stack == Stack::Pcsc { (reader(0), reader(0)) } else { rig.board(0) };
        Stand { stack, rig: Some(rig), alone: None, reader, name }
    }

    pub fn rig(&self) -> &Rig {
        self.rig.as_ref().expect("a stack with a driver")
    }

    /// A fresh desk at this stack's readers, fed by hand.
    pub fn desk(&self) -> Desk {
        let desk = self.bare_desk();
        desk.run(&["init", "--json"]).done();
        desk
    }

    /// The same before `init`.
    pub fn bare_desk(&self) -> Desk {
        let kind = ["simulated", "pcsc", "libnfc"][self.stack as usize];
        let folder = self.folder().to_str().expect("a path in UTF-8").to_owned();
        let desk = Desk::new()
            .with("ISSUER__READER__KIND", kind)
            .with("ISSUER__SIMULATOR__FOLDER", &folder)
            .with("ISSUER__SIMULATOR__DISPENSER", "none");
        match self.stack {
            Stack::InProcess => desk,
            Stack::Pcsc => desk.with("PCSCLITE_CSOCK_NAME", self.rig().pcsc_socket()),
            Stack::Libnfc => desk.with("ISSUER__READER__NAMES", &format!("[\"{}\"]", self.name)),
        }
    }

    fn folder(&self) -> PathBuf {
        let desk = self.alone.as_ref().unwrap_or_else(|| &self.rig().desk);
        desk.path("var/simulator")
    }

    pub fn tray(&self) -> Tray {
        Tray::open_all(self.folder(), 1).expect("the tray")
    }

    /// A new blank in the place of whatever lies there.
    pub fn lay_new(&self, kind: &str) -> Uid {
        let uid = self.tray().new_blank(kind.parse::<Kind>().expect("a kind")).expect("a blank");
        self.lay(uid);
        uid
    }

    /// This card in the place of whatever lies there.
    pub fn lay(&self, uid: Uid) {
        self.lift();
        self.tray().lay(&self.reader, uid).expect("an empty reader");
    }

    pub fn lift(&self) {
        self.tray().lift(&self.reader).expect("a reader");
    }

    pub fn tear(&self, after: u32, how: Tear) {
        self.tray().tear_after(&self.reader, TearOrder { after, how }).expect("a reader");
    }

    /// By the rig's control socket and no process, so that it comes where it is meant to.
    #[track_caller]
    fn control(&self, line: &str) {
        let socket = self.rig().desk.path("var/rig/control");
        let said = issuer::simulator::control::ask(&socket, line).expect("the rig listens");
        assert!(said.starts_with("ok"), "{line}: {said}");
    }

    /// So slow that a card lasts almost two seconds and has a middle, until [`Stand::fault`] says otherwise.
    pub fn slow(&self) {
        if self.rig.is_some() {
            self.fault("slow=8");
        }
    }

    /// A link fault, from the next command on.
    pub fn fault(&self, words: &str) {
        self.control(&format!("fault 0 {words}"));
    }

    pub fn unplug(&self) {
        self.control("unplug 0");
    }

    pub fn plug(&self) {
        self.control("plug 0");
    }

    /// What the card holds.
    pub fn image(&self, uid: Uid) -> Vec<u8> {
        self.tray().image(uid).expect("the card's image")
    }

    /// Changes a card's memory while it is away: a reader that has a card in its field knows what is in it.
    pub fn edit(&self, uid: Uid, change: impl FnOnce(&mut [u8])) {
        let file = ["mfd", "bin"].map(|end| self.folder().join(format!("cards/{uid}.{end}")));
        let file = file.iter().find(|file| file.exists()).expect("the card's file");
        self.lift();
        let mut bytes = std::fs::read(file).expect("the card");
        change(&mut bytes);
        std::fs::write(file, bytes).expect("the card");
        self.lay(uid);
    }

    /// Every file of a card: its image and whatever stands beside it.
    pub fn files(&self, uid: Uid) -> Vec<Vec<u8>> {
        let cards = std::fs::read_dir(self.folder().join("cards")).expect("the cards").flatten();
        let of_card = |file: &Path| file.to_string_lossy().contains(&uid.to_string());
        let mut files: Vec<_> = cards.map(|file| file.path()).filter(|file| of_card(file)).collect();
        files.sort();
        files.into_iter().map(|file| std::fs::read(file).expect("a card's file")).collect()
    }

    /// Waits until the card has changed so many times.
    #[track_caller]
    pub fn changes(&self, uid: Uid, count: usize) {
        changes(&self.folder().join(format!("cards/{uid}.mfd")), count);
    }
}

/// Waits until a file has changed so many times.
#[track_caller]
pub fn changes(file: &Path, count: usize) {
    let read = || std::fs::read(file).expect("a card");
    let (began, mut last, mut seen) = (Instant::now(), read(), 0);
    while seen < count {
        assert!(began.elapsed() < LIMIT, "the card changed {seen} times of {count}");
        std::thread::sleep(BETWEEN);
        let now = read();
        if now != last {
            (last, seen) = (now, seen + 1);
        }
    }
}

/// Enrols an adult; gives the member's id.
#[track_caller]
pub fn enrol(desk: &Desk) -> String {
    let line =
        "enrol --name 홍길동 --birth 1988-03-14 --identity resident-card --consent local,national --anyway --json";
    desk.run(&line.split(' ').collect::<Vec<_>>()).done().json["member"].to_string()
}

/// A line of words, with `--json`.
pub fn ask(desk: &Desk, line: &str) -> Output {
    begin(desk, line).end(LIMIT)
}

/// The same, begun.
pub fn begin(desk: &Desk, line: &str) -> Running {
    desk.start(&line.split_whitespace().chain(["--json"]).collect::<Vec<_>>())
}

#[track_caller]
pub fn field(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}
