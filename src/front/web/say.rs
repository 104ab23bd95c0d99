//! What the band of the issue page says in each phase: the fact, the clerk's next act, what is not lost, and the
//! buttons. A filled band means hands are needed. Start at [`Say::of`].

use super::parts::{Refused, step_words};
use super::speech::{Speech, loud, reader_label, spaced};
use crate::desk::{JobView, Phase, StepState, Told, grouped};
use crate::plan::fees::ChargeState;
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
    /// A fee is to be taken first.
    pub pay: bool,
    /// It was read already: Enter alone will do.
    pub kept: bool,
    /// The readings before handing over, in their order.
    pub lamps: Vec<Lamp>,
    pub acts: Vec<Act>,
}

/// One reading before handing over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lamp {
    pub name: &'static str,
    /// The value of `data-s`, and the icon.
    pub state: &'static str,
    pub icon: &'static str,
    /// What it shows, or the act that fills it.
    pub text: String,
}

impl Lamp {
    /// Those of this job: three, or two where there is no chip.
    fn all(s: Speech<'_>, view: &JobView) -> Vec<Lamp> {
        let check = &view.check;
        let lamps = [("chip", check.chip), ("print", Some(check.print)), ("member", Some(check.member))];
        let lamp = |(name, state): (&'static str, Option<StepState>)| {
            let (state, icon) = step_words(state?);
            Some(Lamp { name, state, icon, text: s.of(&format!("web-lamp-{name}"), state) })
        };
        lamps.into_iter().filter_map(lamp).collect()
    }
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
            Phase::Cancelled => {
                let member = acts.link("member", format!("/members/{}", view.member), "web-act-member", "Enter");
                let kept = if view.reserved { "web-say-cancelled-then" } else { "web-say-cancelled-keep" };
                let refund = view.charge.filter(|charge| charge.paid && charge.state == ChargeState::Reversed);
                let refund = refund.map(|charge| s.t1("web-say-cancelled-refund", "amount", grouped(charge.amount)));
                let then = [refund, Some(s.t1(kept, "number", view.number.grouped()))];
                Say {
                    then: then.into_iter().flatten().collect::<Vec<_>>().join(" "),
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
        then: words(s, view, "printer", "-then"),
        acts: vec![acts.primary("print", "web-act-print-again"), acts.later()],
        ..Say::default()
    };
    match view.trouble.as_ref().map(|trouble| (trouble.code.as_str(), trouble)) {
        Some(("printer-media-jam", _)) => {
            let then = words(s, view, "jam", "-then");
            Say { what: words(s, view, "jam", "-what"), loud: words(s, view, "jam", ""), then, ..say }
        }
        Some(("printer-ribbon-out", _)) => Say { what: s.t("web-say-ribbon-what"), loud: s.t("web-say-ribbon"), ..say },
        None | Some(("printer-media-empty", _)) => {
            Say { what: words(s, view, "empty", "-what"), loud: words(s, view, "empty", ""), ..say }
        }
        Some((_, trouble)) => say.helped(s.told_what(trouble), &s.told_help(trouble)),
    }
}

/// The three readings: what is still wanted, or whose it is that was read.
fn check(s: Speech<'_>, view: &JobView, told: Option<&Refused>, acts: &Acts<'_>) -> Say {
    let check = &view.check;
    let phase = match (check.chip, check.print) {
        _ if check.agreed() => "check-agreed",
        (Some(StepState::Now), StepState::Done) => "check-print",
        (Some(StepState::Done), _) => "check-chip",
        _ => "check",
    };
    let (what, then) = (words(s, view, phase, "-what"), words(s, view, phase, "-then"));
    let again = if view.kind == CardKind::Sticker { "label" } else { "again" };
    let say = Say {
        tone: "act",
        pict: "scan",
        what,
        loud: words(s, view, phase, ""),
        then,
        scan: true,
        kept: check.agreed(),
        lamps: Lamp::all(s, view),
        acts: vec![acts.later(), acts.slip(view), acts.new_card(again)],
        ..Say::default()
    };
    if let Some(charge) = view.charge.filter(|charge| charge.due) {
        let say = Say {
            what: s.t1("web-say-unpaid-what", "amount", grouped(charge.amount)),
            loud: s.t("web-say-unpaid"),
            then: String::new(),
            scan: false,
            pay: true,
            ..say
        };
        return match told {
            Some(told) => Say { tone: "bad", ..say.helped(told.what.clone(), &told.help) },
            None => say,
        };
    }
    match (&check.trouble, told) {
        (_, Some(told)) => Say { tone: "bad", kept: false, ..say.helped(told.what.clone(), &told.help) },
        (Some(wrong), None) => Say { tone: "bad", kept: false, ..disagrees(s, wrong, say) },
        (None, None) => say,
    }
}

/// Whose it is that was read, in as few words as fit beside the lamps.
fn disagrees(s: Speech<'_>, wrong: &Told, say: Say) -> Say {
    let arg = |name: &str| wrong.args.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let named = |id: &str| (s.t(&format!("web-say-{id}")), s.t(&format!("web-say-{id}-then")));
    match wrong.code.as_str() {
        "card-of-other" => {
            let (loud, then) = named("other-chip");
            let what = match arg("whose") {
                "–" | "" => s.t("web-say-unknown-chip-what"),
                whose => s.t1("web-say-other-chip-what", "whose", whose),
            };
            Say { what, loud, then, ..say }
        }
        "chip-mismatch" => {
            let (loud, then) = named("chip-mismatch");
            Say { what: s.t("web-say-chip-mismatch-what"), loud, then, ..say }
        }
        "scan-mismatch" => Say {
            what: s.t2("web-say-scan-mismatch-what", "scanned", arg("scanned"), "whose", arg("whose")),
            loud: s.t("web-say-scan-mismatch"),
            // A number is not broken over two lines.
            then: s.t1("web-say-scan-mismatch-then", "wanted", arg("wanted").replace(' ', "\u{a0}")),
            ..say
        },
        _ => say.helped(s.told_what(wrong), &s.told_help(wrong)),
    }
}

fn done(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let own = |id: &str| s.messages.find(s.lang, &format!("{id}-{}", view.kind), &[("name", view.name.clone())]);
    Say {
        tone: "done",
        pict: "done",
        what: words(s, view, "done", "-what"),
        loud: own("web-say-done").unwrap_or_else(|| s.t1("web-say-done", "name", &view.name)),
        then: words(s, view, "done", "-then"),
        lamps: Lamp::all(s, view),
        acts: vec![
            Act {
                id: "next",
                link: Some("/desk".to_owned()),
                text: s.t("web-act-next"),
                key: "Enter",
                primary: true,
                ..Act::default()
            },
            acts.slip(view),
        ],
        ..Say::default()
    }
}

/// A phase in its words: this kind of card's own, where it has some. `end` is `-what`, `-then` or nothing.
fn words(s: Speech<'_>, view: &JobView, phase: &str, end: &str) -> String {
    let own = s.messages.find(s.lang, &format!("web-say-{phase}-{}{end}", view.kind), &[]);
    own.or_else(|| s.messages.find(s.lang, &format!("web-say-{phase}{end}"), &[])).unwrap_or_default()
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
        // Nobody waits for it any more: that it goes on by itself would not be true.
        Some(trouble) if matches!(&*trouble.code, "reader-taken" | "reader-gone" | "pcscd-absent" | "pcscd-hung") => {
            Say {
                acts: acts.at_reader(vec![acts.primary("resume", "web-act-resume")]),
                ..Say { then: s.t("web-say-stopped-enter"), ..say.helped(s.told_what(trouble), &s.told_help(trouble)) }
            }
        }
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

    fn slip(&self, view: &JobView) -> Act {
        let link = format!("/jobs/{}/slip", view.job);
        Act { accesskey: "p", ..self.link("slip", link, "web-act-slip", "Alt P") }
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
