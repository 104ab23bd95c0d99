//! What the band of the issue page says in each phase: the fact, the clerk's next act, what is not lost, and the
//! buttons. A filled band means hands are needed. Start at [`Say::of`].

use super::parts::Refused;
use super::speech::{Speech, loud, reader_label, spaced};
use crate::desk::{JobView, Phase, StepState};
use crate::plan::job::{CardKind, Step};

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
    pub acts: Vec<Act>,
}

/// A button of the band.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Act {
    /// The element's id, and for a form the last part of its path: `/jobs/N/ID`.
    pub id: &'static str,
    /// A plain link instead of a form.
    pub link: Option<String>,
    pub text: String,
    /// The key shown on it.
    pub key: &'static str,
    /// The letter of Alt.
    pub accesskey: &'static str,
    pub primary: bool,
    /// The page's way out.
    pub esc: bool,
    /// Sent with the form.
    pub value: &'static str,
}

impl Say {
    /// The band of a job as it stands. `told`: a refusal of what the clerk just tried; `other`: a reader to move to.
    pub fn of(s: Speech<'_>, view: &JobView, told: Option<&Refused>, other: Option<&str>) -> Say {
        let say = |tone, pict, phase: &str| Say {
            tone,
            pict,
            what: s.t(&format!("web-say-{phase}-what")),
            loud: s.t(&format!("web-say-{phase}")),
            then: s.t(&format!("web-say-{phase}-then")),
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
                let phase = if view.kind == CardKind::Rfid { "feed" } else { "feed-barcode" };
                Say { acts: vec![acts.primary("print", "web-act-print"), acts.later()], ..say("act", "feed", phase) }
            }
            Phase::PrinterNeeds => printer_needs(s, view, &acts),
            Phase::PrintDoubt => Say {
                acts: vec![acts.fate("out", true), acts.fate("not-out", false), acts.fate("spoiled", false)],
                ..say("bad", "printer-bad", "doubt")
            },
            Phase::Check => check(s, view, told, &acts),
            Phase::HandedOver => done(s, view),
            Phase::Cancelled => {
                let member = acts.link("member", format!("/members/{}", view.member), "web-act-member", "Enter");
                Say {
                    then: s.t1("web-say-cancelled-then", "number", view.number.grouped()),
                    acts: vec![Act { primary: true, ..member }],
                    ..say("", "stopped", "cancelled")
                }
            }
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

fn printer_needs(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say {
        tone: "bad",
        pict: "printer-bad",
        then: s.t("web-say-printer-then"),
        acts: vec![acts.primary("print", "web-act-print-again"), acts.later()],
        ..Say::default()
    };
    match view.trouble.as_ref().map(|trouble| (trouble.code.as_str(), trouble)) {
        Some(("printer-media-jam", _)) => {
            Say { what: s.t("web-say-jam-what"), loud: s.t("web-say-jam"), then: s.t("web-say-jam-then"), ..say }
        }
        Some(("printer-ribbon-out", _)) => Say { what: s.t("web-say-ribbon-what"), loud: s.t("web-say-ribbon"), ..say },
        None | Some(("printer-media-empty", _)) => {
            Say { what: s.t("web-say-empty-what"), loud: s.t("web-say-empty"), ..say }
        }
        Some((_, trouble)) => say.helped(s.told_what(trouble), &s.told_help(trouble)),
    }
}

fn check(s: Speech<'_>, view: &JobView, told: Option<&Refused>, acts: &Acts<'_>) -> Say {
    let phase = if view.kind == CardKind::Rfid { "web-say-check" } else { "web-say-check-barcode" };
    let say = Say {
        tone: "act",
        pict: "scan",
        what: s.t("web-say-check-what"),
        loud: s.t(phase),
        then: s.t("web-say-check-then"),
        scan: true,
        acts: vec![acts.later()],
        ..Say::default()
    };
    match told {
        Some(told) => Say { tone: "bad", ..say.helped(told.what.clone(), &told.help) },
        None => say,
    }
}

fn done(s: Speech<'_>, view: &JobView) -> Say {
    let what = if view.kind == CardKind::Rfid { "web-say-done-what" } else { "web-say-done-barcode-what" };
    Say {
        tone: "done",
        pict: "done",
        what: s.t(what),
        loud: s.t1("web-say-done", "name", &view.name),
        then: s.t("web-say-done-then"),
        acts: vec![Act {
            id: "next",
            link: Some("/desk".to_owned()),
            text: s.t("web-act-next"),
            key: "Enter",
            primary: true,
            ..Act::default()
        }],
        ..Say::default()
    }
}

fn stopped(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say {
        tone: "bad",
        pict: "stopped",
        what: s.t("web-say-stopped-what"),
        loud: s.t("web-say-stopped"),
        then: s.t("web-say-stopped-then"),
        acts: vec![acts.primary("resume", "web-act-resume"), acts.later()],
        ..Say::default()
    };
    match &view.trouble {
        Some(trouble) if trouble.code.starts_with("reader-") => {
            let acts = acts.at_reader(vec![acts.primary("resume", "web-act-resume")]);
            Say { acts, ..say.helped(s.told_what(trouble), &s.told_help(trouble)) }
        }
        Some(trouble) => say.helped(s.told_what(trouble), &s.told_help(trouble)),
        None => say,
    }
}

/// Nothing has to be pressed: the job goes on when the reader is there again.
fn reader_lost(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say {
        tone: "bad",
        pict: "stopped",
        then: s.t("web-say-reader-lost-then"),
        acts: acts.at_reader(Vec::new()),
        ..Say::default()
    };
    match &view.trouble {
        Some(trouble) => {
            let mut say = Say { then: say.then.clone(), ..say.helped(s.told_what(trouble), &s.told_help(trouble)) };
            if trouble.code.starts_with("pcscd-") {
                say.acts.insert(0, acts.link("doctor", "/doctor".to_owned(), "doctor-link", ""));
            }
            say
        }
        None => say,
    }
}

/// Another desk or command, or another program at the reader: that one is named.
fn elsewhere(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say {
        pict: "stopped",
        what: s.t("web-say-elsewhere-what"),
        loud: s.t("web-say-elsewhere"),
        then: s.t("web-say-elsewhere-then"),
        acts: vec![acts.later()],
        ..Say::default()
    };
    match view.trouble.as_ref().filter(|trouble| trouble.code == "reader-taken") {
        Some(trouble) => Say {
            then: say.then.clone(),
            acts: acts.at_reader(Vec::new()),
            ..say.helped(s.told_what(trouble), &s.told_help(trouble))
        },
        None => say,
    }
}

/// Makes the buttons of one job.
struct Acts<'a> {
    s: Speech<'a>,
    /// A reader at which the job could go on.
    other: Option<&'a str>,
}

impl Acts<'_> {
    fn primary(&self, id: &'static str, text: &str) -> Act {
        Act { id, text: self.s.t(text), key: "Enter", primary: true, ..Act::default() }
    }

    /// These, moving to another reader where there is one, and leaving.
    fn at_reader(&self, mut acts: Vec<Act>) -> Vec<Act> {
        acts.extend(self.other.map(|name| Act {
            id: "other-reader",
            text: self.s.t1("web-act-other-reader", "reader", reader_label(name)),
            key: "Alt O",
            accesskey: "o",
            ..Act::default()
        }));
        acts.push(self.later());
        acts
    }

    fn later(&self) -> Act {
        Act { id: "leave", text: self.s.t("web-act-later"), key: "Esc", esc: true, ..Act::default() }
    }

    fn new_card(&self, how: &str) -> Act {
        Act {
            id: "new-card",
            text: self.s.t(&format!("web-act-new-card-{how}")),
            key: "Alt C",
            accesskey: "c",
            ..Act::default()
        }
    }

    fn fate(&self, value: &'static str, primary: bool) -> Act {
        let key = if primary { "Enter" } else { "" };
        Act { id: "fate", value, text: self.s.t(&format!("web-act-fate-{value}")), key, primary, ..Act::default() }
    }

    fn link(&self, id: &'static str, to: String, text: &str, key: &'static str) -> Act {
        Act { id, link: Some(to), text: self.s.t(text), key, ..Act::default() }
    }
}
