//! An entry of the access log in words, for its page and its sheet: what was done, and what of, with days and persons as a reader
//! knows them. What was typed stays as it is. It reads nothing. Start at [`entry_words`].

use super::history::told_entry;
use crate::plan::messages::{Lang, Messages};

/// What was done, and the rest.
pub fn entry_words(messages: &Messages, lang: Lang, what: &str, purpose: &str) -> (String, String) {
    let (act, family, rest) = told_entry(what, purpose);
    let word = |family: &str, value: &str| messages.find(lang, &format!("{family}-{value}"), &[]);
    let done = word("web-history", &act).unwrap_or_else(|| act.clone());
    let rest = match (act.as_str(), what) {
        ("review", _) => messages.text(lang, "access-detail-review", &[("n", rest)]),
        ("access" | "access-show" | "exposure", "look") => {
            rest.split(", ").filter(|part| !part.is_empty()).map(|part| asked(messages, lang, part)).collect::<Vec<_>>().join(" · ")
        }
        _ if rest.is_empty() => rest,
        _ => word(family, &rest).unwrap_or(rest),
    };
    (done, rest)
}

/// A part of what the log was asked for: a period, a person, a member, a kind of act.
fn asked(messages: &Messages, lang: Lang, part: &str) -> String {
    let number = |text: &str, id: &str| messages.text(lang, id, &[("n", text.to_owned())]);
    if let Some(id) = part.strip_prefix("staff:") {
        return number(id, "access-detail-staff");
    }
    if let Some(id) = part.strip_prefix("member ") {
        return number(id, "access-number");
    }
    if let Some((from, to)) = part.split_once(' ') {
        return format!("{} – {}", day(lang, from), day(lang, to));
    }
    match part {
        "look" | "list" | "change" => messages.text(lang, &format!("access-kind-{part}"), &[]),
        "house" => messages.text(lang, "access-house", &[]),
        other => other.to_owned(),
    }
}

/// `2026. 3. 4.` or `2026-03-04`.
fn day(lang: Lang, text: &str) -> String {
    match (lang, text.splitn(3, '-').collect::<Vec<_>>().as_slice()) {
        (Lang::Ko, [year, month, day]) => {
            format!("{year}. {}. {}.", month.trim_start_matches('0'), day.trim_start_matches('0'))
        }
        _ => text.to_owned(),
    }
}
