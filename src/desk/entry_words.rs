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
        ("log-in", _) => {
            let (address, wrong) = rest.split_once(", ").unwrap_or((&rest, ""));
            match wrong.strip_suffix(" wrong") {
                Some(n) => messages.text(
                    lang,
                    "access-detail-log-in-wrong",
                    &[("address", address.to_owned()), ("n", n.to_owned())],
                ),
                None => address.to_owned(),
            }
        }
        ("review", _) => messages.text(lang, "access-detail-review", &[("n", rest)]),
        ("access" | "access-show" | "exposure", "look") => rest
            .split(", ")
            .filter(|part| !part.is_empty())
            .map(|part| asked(messages, lang, part))
            .collect::<Vec<_>>()
            .join(" · "),
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

/// A record of rights: what became of an account, and from what to what.
pub fn rights_words(messages: &Messages, lang: Lang, what: &str, detail: &str) -> (String, String) {
    let word = |family: &str, value: &str| messages.find(lang, &format!("{family}-{value}"), &[]);
    let said = |part: &str| match part.strip_prefix("member:") {
        Some(id) => messages.text(lang, "access-number", &[("n", id.to_owned())]),
        None if part == "none" => messages.text(lang, "rights-no-member", &[]),
        None => word("web-role", part).unwrap_or_else(|| part.to_owned()),
    };
    let detail = detail.split(" -> ").map(said).collect::<Vec<_>>().join(" → ");
    (word("rights-what", what).unwrap_or_else(|| what.to_owned()), detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::back::assets::Assets;

    #[test]
    fn entries_and_records_are_words() {
        let messages = Assets::new(None).messages().unwrap();
        for (what, purpose, done, rest) in [
            ("look", "access", "열람", "접속기록 화면"),
            ("look", "access-show", "열람", "접속기록 전체"),
            (
                "look",
                "access, 2026-10-27 2026-11-06, staff:2, member 7, list",
                "접속기록 봄",
                "2026. 10. 27. – 2026. 11. 6. · 2번 계정 · 7번 회원 · 목록",
            ),
            ("review", "review 3, 0a1b", "점검", "3번째 점검"),
            ("export", "export: 상반기, 보고", "파일로 받음", "상반기, 보고"),
            ("look", "member", "열람", "회원 화면"),
            ("log-in", "log-in: 10.0.0.7", "로그인", "10.0.0.7"),
            ("log-in", "log-in: ::1, 3 wrong", "로그인", "::1 · 그 전에 틀린 비밀번호 3번"),
        ] {
            assert_eq!(
                entry_words(&messages, Lang::Ko, what, purpose),
                (done.to_owned(), rest.to_owned()),
                "{purpose}"
            );
        }
        for (what, detail, words) in [
            ("role", "clerk -> manager", ("역할 바꿈", "사서 → 책임자")),
            ("member", "member:7", ("본인 회원 정보", "7번 회원")),
            ("locked", "", ("잠금", "")),
        ] {
            assert_eq!(
                rights_words(&messages, Lang::Ko, what, detail),
                (words.0.to_owned(), words.1.to_owned()),
                "{what}"
            );
        }
    }
}
