//! The three readings before handing over: what is still wanted, what disagrees, and the fee that comes first. Start at [`check`].

use super::acts::Acts;
use super::{Say, words};
use crate::desk::{CheckView, JobView, OldCardSaid, StepState, Told, grouped};
use crate::front::web::parts::{Refused, step_words};
use crate::front::web::speech::Speech;
use crate::plan::fees::ChargeState;
use crate::plan::job::CardKind;

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
    pub(super) fn all(s: Speech<'_>, view: &JobView) -> Vec<Lamp> {
        let (check, over) = (&view.check, view.after.is_some());
        let lamps = [("chip", check.chip), ("print", Some(check.print)), ("member", Some(check.member))];
        let lamp = |(name, state): (&'static str, Option<StepState>)| {
            let (state, icon) = step_words(state?);
            // What was not compared by the time of handing over never will be.
            let said = if over && state == "wait" { "none" } else { state };
            Some(Lamp { name, state, icon, text: s.of(&format!("web-lamp-{name}"), said) })
        };
        lamps.into_iter().filter_map(lamp).collect()
    }
}

/// The three readings: what is still wanted, or whose it is that was read.
pub(super) fn check(s: Speech<'_>, view: &JobView, told: Option<&Refused>, acts: &Acts<'_>) -> Say {
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
        acts: vec![acts.later(), acts.slip(view), acts.new_card(again)]
            .into_iter()
            .chain(acts.old_card(view))
            .collect(),
        ..Say::default()
    };
    if let Some(charge) = view.charge.filter(|charge| charge.due) {
        let refunded = charge.state == ChargeState::Refunded;
        let say = Say {
            pict: "won",
            what: match refunded {
                true => s.t1("web-say-refunded-what", "amount", grouped(charge.amount)),
                false => s.t("web-say-unpaid-what"),
            },
            loud: match refunded {
                true => s.t("web-say-refunded"),
                false => s.t1("web-say-unpaid", "amount", grouped(charge.amount)),
            },
            then: String::new(),
            refunded,
            scan: false,
            pay: true,
            why: told.map(|told| told.why.clone()).unwrap_or_default(),
            ..say
        };
        // Come back to from the dialogue of a signature nothing is wrong.
        return match told.filter(|told| told.code != "approval-needed") {
            Some(told) => Say { tone: "bad", ..say.helped(told.what.clone(), &told.help) },
            None => beside(s, check, say),
        };
    }
    // Asked before the print is: an Enter alone says nothing of it.
    let asks = view.old_card == Some(OldCardSaid::Unsaid);
    let say = match asks {
        true => Say {
            pict: "returned",
            what: s.t("web-old-card-what"),
            loud: s.t("web-old-card-ask"),
            then: s.t("web-old-card-then"),
            scan: false,
            kept: false,
            old_card: true,
            ..say
        },
        false => say,
    };
    match (&check.trouble, told) {
        _ if asks => beside(s, check, say),
        (_, Some(told)) => Say { tone: "bad", kept: false, ..say.helped(told.what.clone(), &told.help) },
        (Some(wrong), None) => Say { tone: "bad", kept: false, ..disagrees(s, wrong, say) },
        (None, None) => say,
    }
}

/// A question that stands keeps standing when something wrong is read meanwhile: that is said above it.
fn beside(s: Speech<'_>, check: &CheckView, say: Say) -> Say {
    match &check.trouble {
        Some(wrong) => Say { tone: "bad", what: disagrees(s, wrong, say.clone()).what, ..say },
        None => say,
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
