//! The band of a job that is over: the card that is to be given or put away where it ended a moment ago, else what became of
//! it, and no act where there is none. Start at [`done`] and [`cancelled`].

use super::acts::{Act, Acts};
use super::{Lamp, Say, words};
use crate::desk::{After, JobView, grouped};
use crate::front::web::speech::{Speech, sentence};
use crate::plan::fees::ChargeState;
use crate::plan::job::CardState;

/// A card that was handed over.
pub(super) fn done(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say { what: finished(s, view), lamps: Lamp::all(s, view), ..Say::default() };
    match view.after.as_ref() {
        Some(after) if after.in_use() && after.fresh => {
            let own =
                |id: &str| s.messages.find(s.lang, &format!("{id}-{}", view.kind), &[("name", view.name.clone())]);
            let next = Act { link: Some("/desk".to_owned()), ..acts.primary("next", "web-act-next") };
            Say {
                tone: "done",
                pict: "done",
                loud: own("web-say-done").unwrap_or_else(|| s.t1("web-say-done", "name", &view.name)),
                then: then(s, view),
                acts: vec![next, acts.slip(view)],
                ..say
            }
        }
        Some(after) if after.in_use() => {
            let acts = vec![to_member(view, acts), acts.slip(view)];
            Say { pict: "done", loud: s.t("web-since-live"), acts, ..say }
        }
        after => Say {
            pict: "stopped",
            loud: since(s, after),
            then: after.map(|after| of_card(s, after)).unwrap_or_default(),
            acts: vec![to_member(view, acts)],
            ..say
        },
    }
}

/// What is to be given with the card; a member who paid expects a receipt.
fn then(s: Speech<'_>, view: &JobView) -> String {
    let receipt = view.charge.and_then(|charge| charge.receipt).map(|n| s.t1("web-say-receipt", "n", n));
    let card = words(s, view, "done", "-then");
    receipt.into_iter().chain(Some(card).filter(|card| !card.is_empty())).collect::<Vec<_>>().join(" ")
}

/// A job that was given up.
pub(super) fn cancelled(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let refund = view.charge.filter(|charge| charge.paid && charge.state == ChargeState::Reversed);
    let after = view.after.as_ref();
    let left = after.is_some_and(|after| after.left).then(|| s.t("web-say-cancelled-left"));
    let then = [left, Some(number_after(s, view))];
    let card = after.and_then(|after| after.card.as_ref()).map_or("none", |card| card.state.as_str());
    let of_card = match after {
        Some(after) if after.fresh && card != "none" => words(s, view, &format!("cancelled-{card}"), ""),
        _ => s.of("web-gone", card),
    };
    let was = words(s, view, "cancelled", "-what");
    // Money that is to go back is what the clerk must not forget.
    let (what, loud) = match refund {
        Some(charge) => {
            let refund = s.t1("web-say-cancelled-refund", "amount", grouped(charge.amount));
            (format!("{was} {}", sentence(of_card)), refund)
        }
        None => (was, of_card),
    };
    let receipt = refund.and_then(|charge| charge.back);
    let receipt = receipt.map(|n| Act {
        text: s.t1("web-receipt-back", "n", n),
        accesskey: "w",
        ..acts.link("receipt-back", format!("/receipts/{n}"), "web-receipt-back", "Alt W")
    });
    Say {
        pict: "stopped",
        what,
        loud,
        then: then.into_iter().flatten().collect::<Vec<_>>().join(" "),
        acts: [to_member(view, acts)].into_iter().chain(receipt).collect(),
        ..Say::default()
    }
}

/// What becomes of the number of a job that is given up.
pub fn number_after(s: Speech<'_>, view: &JobView) -> String {
    s.t1(&format!("web-cancel-number-{}", view.fate), "number", view.number.grouped())
}

fn to_member(view: &JobView, acts: &Acts<'_>) -> Act {
    let member = acts.link("member", format!("/members/{}", view.member), "web-act-member", "Enter");
    Act { primary: true, ..member }
}

/// That it was made, when, and what was compared: nothing that nobody looked at.
fn finished(s: Speech<'_>, view: &JobView) -> String {
    let Some(after) = view.after.as_ref() else { return s.t("web-finished") };
    let made = if after.fresh { s.t("web-finished") } else { s.t1("web-finished-on", "day", s.date(&after.day)) };
    let compared = after.compared.map(|compared| s.of("web-finished", compared.as_str()));
    [Some(made), compared].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Where the card or its holder stands now, loudly.
fn since(s: Speech<'_>, after: Option<&After>) -> String {
    let card = after.and_then(|after| after.card.as_ref()).map(|card| card.state);
    match after {
        Some(after) if after.withdrawn => s.t("web-since-withdrawn"),
        _ if card == Some(CardState::Suspended) => s.t("web-since-suspended"),
        _ => s.t("web-since-ended"),
    }
}

/// Where the card stands, why, and since when: `무효 · 분실 · 2026. 11. 26.`
pub fn of_card(s: Speech<'_>, after: &After) -> String {
    let Some(card) = after.card.as_ref() else { return String::new() };
    // Notes that have no word of ours are for the journal.
    let why = card.why.as_deref().and_then(|why| s.messages.find(s.lang, &format!("web-ended-{why}"), &[]));
    let parts = [Some(s.of("web-card-state", card.state)), why, card.day.as_deref().map(|day| s.date(day))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
