//! The live regions of the issue page: band, steps, chip, facts, what was refused, and with them tray and strip.
//! The page and its events draw the very same templates. Start at [`parts`].

use askama::Template;
use serde::{Deserialize, Serialize};

use super::clerk::Room;
use super::page::{StripPart, draw};
use super::say::{Say, of_card};
use super::speech::{Speech, spaced};
use super::tray::TrayPart;
use crate::desk::{self, Act, JobView, OldCardSaid, Phase, Proof, Right, SectorState, SectorUse, StepState, StepView};
use crate::plan::chip::{BackDoors, ChipKind, Family, Originality};
use crate::plan::job::{CardKind, CardState, Step};
use crate::plan::messages::Trouble;

/// A region by its id, and its inner markup.
pub type Part = (&'static str, String);

/// A refusal that the clerk was told, in the words of the session's language, and in which phase.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refused {
    pub code: String,
    pub what: String,
    pub help: String,
    pub phase: String,
    /// A reason that was typed, where the refusal leaves it to be sent again.
    #[serde(default)]
    pub why: String,
}

impl Refused {
    /// Still about what stands on the page, and not what the job's own trouble or the lamps say already.
    fn fits(&self, view: &JobView) -> bool {
        let shown = view.phase == Phase::Check && desk::is_reading(&self.code);
        self.phase == phase(view) && !shown && view.trouble.as_ref().is_none_or(|trouble| trouble.code != self.code)
    }
}

/// The name of a phase, without what it carries.
pub fn phase(view: &JobView) -> &'static str {
    match view.phase {
        Phase::WaitCard => "wait-card",
        Phase::Working => "working",
        Phase::WaitSameCard => "wait-same-card",
        Phase::Swapped { .. } => "swapped",
        Phase::Spoiled => "spoiled",
        Phase::FeedPrinter => "feed-printer",
        Phase::Printing => "printing",
        Phase::PrintDoubt => "print-doubt",
        Phase::PrinterNeeds => "printer-needs",
        Phase::Check => "check",
        Phase::HandedOver => "handed-over",
        Phase::Cancelled => "cancelled",
        Phase::Stopped => "stopped",
        Phase::ReaderLost => "reader-lost",
        Phase::Elsewhere => "elsewhere",
    }
}

#[derive(Template)]
#[template(path = "pages/say.html")]
pub struct SayPart<'a> {
    pub s: Speech<'a>,
    pub csrf: &'a str,
    pub job: i64,
    /// For those who watch the page, a test among them.
    pub phase: &'static str,
    /// A card goes out unpaid with another person's signature alone.
    pub signed: bool,
    pub say: Say,
}

#[derive(Template)]
#[template(path = "pages/steps.html")]
pub struct StepsPart<'a> {
    pub s: Speech<'a>,
    pub head: String,
    pub steps: &'a [StepView],
}

#[derive(Template)]
#[template(path = "pages/chip.html")]
pub struct ChipPart<'a> {
    pub s: Speech<'a>,
    pub head: String,
    /// Rows of pages, not sectors with a trailer.
    pub pages: bool,
    pub areas: Vec<Area>,
    pub key: Key,
    /// What the maker's signature showed, of chips that carry one.
    pub originality: Option<Originality>,
}

/// One box of the picture: a sector, or a row of pages.
pub struct Area {
    pub name: String,
    pub state: SectorState,
    /// How many blocks or pages are drawn in it; the last row of a chip may be short.
    pub parts: usize,
}

/// What stands below the chip.
#[derive(Debug, PartialEq, Eq)]
pub enum Key {
    Legend,
    Torn,
    TornOther,
    Open,
    /// The job was cancelled: what became of its chip.
    Gone(&'static str),
    Proof {
        attempts: u32,
        refused: u32,
        back_doors: Option<BackDoors>,
    },
}

#[derive(Template)]
#[template(path = "pages/facts.html")]
pub struct FactsPart<'a> {
    pub s: Speech<'a>,
    pub view: &'a JobView,
    pub done: bool,
    /// It can still be given up.
    pub open: bool,
}

impl FactsPart<'_> {
    /// What was compared at the handing over, as words are chosen by it.
    fn compared(&self) -> Option<&'static str> {
        Some(self.view.after.as_ref()?.compared?.as_str())
    }

    /// Every reading there was to make was made.
    fn all_compared(&self) -> bool {
        self.view.check.member == StepState::Done
    }

    /// What was said of an old card that the rule wants back.
    fn old_card(&self) -> Option<String> {
        match self.view.old_card? {
            OldCardSaid::Unsaid => None,
            OldCardSaid::Returned => Some(self.s.t("web-old-card-yes")),
            OldCardSaid::Kept => Some(self.s.t("web-old-card-no")),
        }
    }

    /// What became of the card since.
    fn since(&self) -> String {
        let Some(after) = self.view.after.as_ref() else { return String::new() };
        let card = of_card(self.s, after);
        if after.withdrawn { format!("{card} · {}", self.s.t("web-member-withdrawn")) } else { card }
    }
}

#[derive(Template)]
#[template(path = "pages/told.html")]
pub struct ToldPart<'a> {
    pub s: Speech<'a>,
    pub refused: Option<&'a Refused>,
}

/// What the tab says. A browser keeps titles in its history, so a sentence that may hold a name is not for it.
fn title(s: Speech<'_>, view: &JobView, say: &Say) -> String {
    match view.phase {
        Phase::HandedOver => s.t("web-title-done"),
        Phase::Check | Phase::Stopped => s.t("web-issue"),
        _ => say.loud.clone(),
    }
}

/// All regions of the issue page as they stand.
pub fn parts(room: &Room, view: &JobView, told: Option<&Refused>, here: &str) -> Result<Vec<Part>, Trouble> {
    let s = room.speech();
    let told = told.filter(|told| told.fits(view));
    let in_band = matches!(view.phase, Phase::Check);
    let readers = desk::readers(&room.desk);
    let at = view.reader.as_deref().filter(|_| view.kind == CardKind::Rfid);
    let other = readers.as_ref().ok().filter(|_| at.is_some()).and_then(|readers| desk::next_reader(readers, at));
    let say = Say::of(s, view, told, other.as_deref());
    let signed = room.actor().right(Act::HandOverUnpaid) == Right::WithApproval;
    let mut parts = vec![
        ("title", format!("{} · {}", escape(&title(s, view, &say)), s.t("web-product"))),
        ("told", draw(&ToldPart { s, refused: told.filter(|_| !in_band) })),
        ("say", draw(&SayPart { s, csrf: &room.session.csrf, job: view.job, phase: phase(view), signed, say })),
        ("steps", draw(&StepsPart { s, head: steps_head(s, view), steps: &view.steps })),
        ("facts", draw(&FactsPart { s, view, done: view.phase == Phase::HandedOver, open: can_cancel(view) })),
        ("strip", draw(&StripPart::of(room, &readers, at.filter(|_| uses_reader(view))))),
    ];
    if view.kind == CardKind::Rfid {
        parts.push(("chip", draw(&chip(s, view))));
    }
    if let Some(tray) = TrayPart::of(room, here)? {
        parts.push(("tray", draw(&tray)));
    }
    Ok(parts)
}

/// The strip shows the job's reader as long as it is of use to it.
fn uses_reader(view: &JobView) -> bool {
    !matches!(view.phase, Phase::HandedOver | Phase::Cancelled)
}

/// Nobody gives up a job that is being worked on this moment; the desk has the last word.
fn can_cancel(view: &JobView) -> bool {
    !matches!(view.phase, Phase::Working | Phase::Printing | Phase::HandedOver | Phase::Cancelled | Phase::Elsewhere)
}

fn steps_head(s: Speech<'_>, view: &JobView) -> String {
    let time = s.seconds(view.elapsed_millis);
    let bad = view.steps.iter().any(|step| step.s == StepState::Bad);
    match view.phase {
        Phase::Working | Phase::Printing => s.t1("web-steps-running", "time", time),
        Phase::HandedOver => s.t1("web-steps-all", "time", time),
        _ if bad && view.elapsed_millis > 0 => s.t1("web-steps-stopped", "time", time),
        _ => String::new(),
    }
}

fn chip<'a>(s: Speech<'a>, view: &JobView) -> ChipPart<'a> {
    let torn = view.sectors.contains(&SectorState::Torn);
    let gone = view.after.as_ref().filter(|after| after.compared.is_none());
    let gone = gone.map(|after| after.card.as_ref().map(|card| card.state));
    let proof_done = view.steps.iter().any(|step| step.step == Step::Proof && step.s == StepState::Done);
    let key = match (&view.phase, view.proof) {
        // What was proven of it is so no more.
        (Phase::Cancelled, _) => match gone.flatten() {
            None => Key::Gone("no-card"),
            Some(CardState::Returned) => Key::Gone("blanked"),
            Some(_) => Key::Gone("given-up"),
        },
        (Phase::Swapped { .. }, _) => Key::TornOther,
        (Phase::Spoiled, _) => Key::Open,
        _ if torn => Key::Torn,
        (_, Some(Proof { attempts, refused, back_doors, .. })) if proof_done => {
            Key::Proof { attempts, refused, back_doors: Some(back_doors).filter(|found| *found != BackDoors::None) }
        }
        _ => Key::Legend,
    };
    let head = match (&view.uid, &view.chip) {
        (Some(uid), Some(chip)) => format!("{} · UID {}", s.of("web-chip", chip.code()), spaced(uid)),
        (Some(uid), None) => format!("UID {}", spaced(uid)),
        _ => s.t("web-chip-waiting"),
    };
    // Before a card lies there the chip is drawn empty, so that nothing jumps when it does.
    let sectors = if view.sectors.is_empty() { vec![SectorState::Empty; 16] } else { view.sectors.clone() };
    let chip = view.chip.unwrap_or(ChipKind::Classic1k);
    let area = |(area, state)| Area { name: area_name(s, view, chip, area), state, parts: rows(chip, area).len() };
    let areas = sectors.into_iter().enumerate().map(area).collect();
    ChipPart { s, head, pages: chip.family() == Family::Type2, areas, key, originality: view.originality }
}

/// More areas than these are drawn small, and named as shortly.
const LARGE: u8 = 16;

/// The blocks of a sector that are drawn, or the pages of a row.
fn rows(chip: ChipKind, area: usize) -> std::ops::Range<usize> {
    let end = area * 4 + 4;
    match chip.family() {
        Family::Classic => area * 4..end,
        Family::Type2 => area * 4..end.min(usize::from(chip.pages())),
    }
}

/// A sector's number and what the card's profile has there, or the pages of a row as the data sheets write them.
fn area_name(s: Speech<'_>, view: &JobView, chip: ChipKind, area: usize) -> String {
    let small = chip.areas() > LARGE;
    if chip.family() == Family::Classic {
        let used = view.uses.iter().find(|(sector, _)| !small && usize::from(*sector) == area);
        return match used {
            Some((_, SectorUse::Directory)) => s.t1("web-sector-directory", "n", area),
            Some((_, SectorUse::Field(content))) => s.t1(&format!("web-sector-{content}"), "n", area),
            None => area.to_string(),
        };
    }
    let pages = rows(chip, area);
    match pages.len() {
        _ if small => format!("{:02X}", pages.start),
        1 => format!("{:02X}", pages.start),
        _ => format!("{:02X}–{:02X}", pages.start, pages.end - 1),
    }
}

impl StepsPart<'_> {
    /// The value of `data-s`, and the icon.
    fn state(&self, s: &StepState) -> (&'static str, &'static str) {
        step_words(*s)
    }
}

/// The value of `data-s` of a step or a reading, and its icon.
pub fn step_words(state: StepState) -> (&'static str, &'static str) {
    match state {
        StepState::Wait => ("wait", "wait"),
        StepState::Now => ("now", "now"),
        StepState::Done => ("done", "done"),
        StepState::Bad => ("bad", "fail"),
    }
}

impl ChipPart<'_> {
    /// The value of `data-s`, and the icon of the sector's corner.
    fn state(&self, s: &SectorState) -> (&'static str, &'static str) {
        match s {
            SectorState::Empty => ("empty", "lock"),
            SectorState::Written => ("written", "lock"),
            SectorState::Locking => ("now", "unlock"),
            SectorState::Locked => ("locked", "lock"),
            SectorState::Proven => ("proven", "shield"),
            SectorState::Torn => ("torn", "x"),
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
