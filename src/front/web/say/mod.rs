//! What the band of the issue page says in each phase: the fact, the clerk's next act, what is not lost, and the
//! buttons. A filled band means hands are needed. Start at [`Say::of`].

mod acts;
mod check;
mod over;
mod trouble;

pub use acts::Act;
use acts::Acts;
pub use check::Lamp;
use check::check;
use over::{cancelled, done};
pub use over::{number_after, of_card};
use trouble::{elsewhere, printer_needs, reader_lost, stopped};

use super::parts::Refused;
use super::speech::{Speech, loud, spaced};
use crate::desk::{JobView, Phase, StepState};
use crate::plan::job::Step;

/// One band, ready to be drawn by `say.html`. Its id on the page is `say`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Say {
    /// `act`, `done`, `bad`, or empty: hands off.
    pub tone: &'static str,
    /// Which drawing of `pict.html`.
    pub pict: &'static str,
    pub what: String,
    pub loud: String,
    pub then: String,
    /// The big clock: elapsed seconds.
    pub clock: Option<String>,
    /// The printed number is wanted.
    pub scan: bool,
    /// A fee is to be taken first.
    pub pay: bool,
    /// What was paid went back: nothing can be paid for it any more.
    pub refunded: bool,
    /// Why it may stay unpaid, as it was typed.
    pub why: String,
    /// Whether the old card came back is to be said first.
    pub old_card: bool,
    /// It was read already: Enter alone will do.
    pub kept: bool,
    /// The readings before handing over, in their order.
    pub lamps: Vec<Lamp>,
    pub acts: Vec<Act>,
}

impl Say {
    /// The band of a job as it stands. `told`: a refusal of what the clerk just tried; `other`: a reader to move to.
    pub fn of(s: Speech<'_>, view: &JobView, told: Option<&Refused>, other: Option<&str>) -> Say {
        let say = |tone, pict, phase: &str| Say {
            tone,
            pict,
            what: words(s, view, phase, "-what"),
            loud: words(s, view, phase, ""),
            then: words(s, view, phase, "-then"),
            ..Say::default()
        };
        let acts = Acts { s, other };
        match &view.phase {
            Phase::WaitCard => Say { acts: acts.at_reader(Vec::new()), ..say("act", "place", "wait-card") },
            Phase::Working => working(s, view),
            Phase::Printing => Say { clock: Some(s.seconds(view.elapsed_millis)), ..say("", "printer", "printing") },
            Phase::WaitSameCard => {
                let lifted = view.trouble.as_ref().is_some_and(|trouble| trouble.code == "card-removed");
                let phase = if lifted { "lifted" } else { "same-card" };
                Say { acts: acts.at_reader(vec![acts.new_card("again")]), ..say("bad", "lifted", phase) }
            }
            Phase::Swapped { .. } => Say {
                then: s.t1("web-say-swapped-then", "uid", view.uid.as_deref().map(spaced).unwrap_or_default()),
                acts: vec![acts.new_card("this"), acts.later()],
                ..say("bad", "swapped", "swapped")
            },
            Phase::Spoiled => Say {
                what: view.trouble.as_ref().map_or_else(|| s.t("web-say-spoiled-what"), |trouble| s.told_what(trouble)),
                acts: vec![Act { primary: true, key: "Enter", accesskey: "", ..acts.new_card("spoiled") }],
                ..say("bad", "spoiled", "spoiled")
            },
            Phase::FeedPrinter => {
                Say { acts: vec![acts.primary("print", "web-act-print"), acts.later()], ..say("act", "feed", "feed") }
            }
            Phase::PrinterNeeds => printer_needs(s, view, &acts),
            Phase::PrintDoubt => Say {
                acts: vec![acts.fate("out", true), acts.fate("not-out", false), acts.fate("spoiled", false)],
                ..say("bad", "printer-bad", "doubt")
            },
            Phase::Check => check(s, view, told, &acts),
            Phase::HandedOver => done(s, view, &acts),
            Phase::Cancelled => cancelled(s, view, &acts),
            Phase::Stopped => stopped(s, view, &acts),
            Phase::ReaderLost => reader_lost(s, view, &acts),
            Phase::Elsewhere => elsewhere(s, view, &acts),
        }
    }
}

impl Say {
    /// More than fits the band at full size; it is said smaller, so that the page below does not jump.
    pub fn long(&self) -> bool {
        self.what.chars().count() > 52 || self.loud.chars().count() > 26
    }

    /// Says a trouble: what is wrong, the first thing to do loudly, and the rest in place of the usual reassurance.
    fn helped(mut self, what: String, help: &str) -> Say {
        let (act, rest) = loud(help);
        self.what = what;
        self.loud = act;
        if !rest.is_empty() {
            self.then = rest;
        }
        self
    }
}

fn working(s: Speech<'_>, view: &JobView) -> Say {
    let now = view.steps.iter().find(|step| step.s == StepState::Now);
    let next = view.steps.iter().find(|step| step.s == StepState::Wait);
    let step = now.map_or(Step::Card, |step| step.step);
    let what = match now.and_then(|step| step.progress) {
        Some((done, all)) if matches!(step, Step::Write | Step::Lock | Step::Proof) => {
            s.t2(&format!("web-say-working-{step}-of"), "done", done, "all", all)
        }
        _ => s.of("web-say-working", step),
    };
    Say {
        pict: "now",
        what,
        loud: s.t("web-say-working"),
        then: next.map_or_else(String::new, |next| s.t1("web-say-working-then", "step", s.of("web-step", next.step))),
        clock: Some(s.seconds(view.elapsed_millis)),
        ..Say::default()
    }
}

/// A phase in its words: this kind of card's own, where it has some. `end` is `-what`, `-then` or nothing.
fn words(s: Speech<'_>, view: &JobView, phase: &str, end: &str) -> String {
    let own = s.messages.find(s.lang, &format!("web-say-{phase}-{}{end}", view.kind), &[]);
    own.or_else(|| s.messages.find(s.lang, &format!("web-say-{phase}{end}"), &[])).unwrap_or_default()
}
