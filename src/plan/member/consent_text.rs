//! The text that somebody consents to: versioned data (`templates/consents/*.toml`) with the parts that the law asks for
//! (개인정보 보호법 제15조 제2항, 제17조 제2항, 제22조), and the hash of what was shown. It never knows who consented.
//! Start at [`ConsentText::parse`].

use std::fmt::Write;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Membership;
use crate::plan::messages::{Lang, Trouble};

/// What is consented to; each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentKind {
    /// Collection and use by this library.
    Local,
    /// Provision to the national register.
    National,
}
kebab!(ConsentKind { Local = "local", National = "national" });

impl ConsentKind {
    /// The parts without which a text is none.
    fn needed(self) -> &'static [About] {
        match self {
            ConsentKind::Local => &[About::Purpose, About::Items, About::Period, About::Refusal],
            ConsentKind::National => &[About::Recipients, About::Purpose, About::Items, About::Period, About::Refusal],
        }
    }
}

/// What a part of the text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum About {
    Purpose,
    Items,
    Recipients,
    Period,
    Refusal,
}

impl About {
    fn as_str(self) -> &'static str {
        match self {
            About::Purpose => "purpose",
            About::Items => "items",
            About::Recipients => "recipients",
            About::Period => "period",
            About::Refusal => "refusal",
        }
    }
}

/// A text as it is shown in one language of one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentText {
    pub kind: ConsentKind,
    pub version: String,
    pub title: String,
    /// Name and text of each part, in the order of the file.
    pub parts: Vec<(String, String)>,
    /// How long the data are kept, as the parts say it: for the summary beside the tick.
    pub period: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    ko: Words,
    en: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    title: String,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    about: About,
    name: String,
    text: String,
    /// Kinds of membership in which it is shown; all when empty.
    #[serde(default)]
    only: Vec<String>,
}

impl ConsentText {
    /// Reads the file of this kind; `library` is its name, `retention` says when the data are erased. Refused: `consent-text` for what is no such file, `consent-text-part` where a part that
    /// the law asks for is missing in one of the languages.
    pub fn parse(
        source: &str,
        kind: ConsentKind,
        membership: Membership,
        (library, retention): (&str, &str),
        lang: Lang,
    ) -> Result<ConsentText, Trouble> {
        let refused = |why: String| Trouble::new("consent-text").with("kind", kind).with("why", why);
        let file: File = toml::from_str(source).map_err(|fault| refused(fault.message().to_owned()))?;
        let version = file.version.trim().to_owned();
        if version.is_empty() || version.chars().count() > 20 || version.chars().any(char::is_control) {
            return Err(refused("version".to_owned()));
        }
        for words in [&file.ko, &file.en] {
            if let Some(missing) = kind.needed().iter().find(|about| !words.tells(**about, membership)) {
                return Err(Trouble::new("consent-text-part").with("kind", kind).with("part", missing.as_str()));
            }
        }
        let words = match lang {
            Lang::Ko => file.ko,
            Lang::En => file.en,
        };
        let named = |text: &str| text.replace("{library}", library).replace("{retention}", retention);
        let shown = || words.parts.iter().filter(|part| part.is_for(membership));
        let parts = shown().map(|part| (named(&part.name), named(&part.text))).collect();
        let period: Vec<String> =
            shown().filter(|part| part.about == About::Period).map(|part| named(&part.text)).collect();
        Ok(ConsentText { kind, version, title: named(&words.title), parts, period: period.join(" ") })
    }

    /// The first day of the version, where it is named after a year, a month or a day: `2026-11`.
    pub fn since(&self) -> Option<Date> {
        let mut parts = self.version.split('-');
        let year: i16 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
        let mut part = || parts.next().map_or(Some(1), |part| part.parse::<i8>().ok());
        let (month, day) = (part()?, part()?);
        Date::new(year, month, day).ok().filter(|_| parts.next().is_none())
    }

    /// SHA-256 over all that was shown, as UTF-8: kind, version, title and every part, a line each.
    pub fn hash(&self) -> [u8; 32] {
        let mut shown = format!("{}\n{}\n{}\n", self.kind, self.version, self.title);
        for (name, text) in &self.parts {
            let _ = writeln!(shown, "{name}: {text}");
        }
        Sha256::digest(shown.as_bytes()).into()
    }
}

impl Words {
    fn tells(&self, about: About, membership: Membership) -> bool {
        self.parts.iter().any(|part| part.about == about && part.is_for(membership) && !part.text.trim().is_empty())
    }
}

impl Part {
    fn is_for(&self, membership: Membership) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == membership.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: &str = include_str!("../../../templates/consents/local.toml");
    const NATIONAL: &str = include_str!("../../../templates/consents/national.toml");

    fn text(source: &str, kind: ConsentKind, membership: Membership, lang: Lang) -> Result<ConsentText, Trouble> {
        ConsentText::parse(source, kind, membership, ("구포도서관", "2년이 지나면"), lang)
    }

    #[test]
    fn our_own_texts_tell_all_that_the_law_asks_for_in_every_kind_of_library() {
        for (source, kind, parts) in [(LOCAL, ConsentKind::Local, 4), (NATIONAL, ConsentKind::National, 5)] {
            for (membership, lang) in Membership::ALL.iter().flat_map(|m| [(m, Lang::Ko), (m, Lang::En)]) {
                let text = text(source, kind, *membership, lang).unwrap();
                assert_eq!(
                    (text.version.as_str(), text.parts.len()),
                    ("2026-11", parts),
                    "{kind} {membership} {lang:?}"
                );
                let mut shown = [&text.title].into_iter().chain(text.parts.iter().map(|(_, text)| text));
                assert!(shown.all(|shown| !shown.contains('{')), "{kind} {membership} {lang:?}");
            }
        }
        let local = text(LOCAL, ConsentKind::Local, Membership::Integrated, Lang::Ko).unwrap();
        assert!(local.title.contains("구포도서관"), "{}", local.title);
    }

    #[test]
    fn refusing_has_another_end_where_there_is_an_own_card() {
        let refusal = |membership| {
            let text = text(NATIONAL, ConsentKind::National, membership, Lang::Ko).unwrap();
            text.parts.last().cloned().unwrap().1
        };
        assert!(refusal(Membership::Integrated).contains("받을 수 없습니다"));
        assert!(refusal(Membership::OwnCard).contains("자관 회원증으로"));
        assert_eq!(refusal(Membership::OnRequest), refusal(Membership::OwnCard));
    }

    #[test]
    fn a_version_named_after_a_day_has_been_since_then() {
        let base = text(LOCAL, ConsentKind::Local, Membership::OnRequest, Lang::Ko).unwrap();
        let since = |version: &str| ConsentText { version: version.into(), ..base.clone() }.since();
        for (version, expected) in [
            ("2026-11", Some(Date::constant(2026, 11, 1))),
            ("2026-11-24", Some(Date::constant(2026, 11, 24))),
            ("2026", Some(Date::constant(2026, 1, 1))),
            ("2026-13", None),
            ("2026-11-24-2", None),
            ("v3", None),
            ("3", None),
        ] {
            assert_eq!(since(version), expected, "{version}");
        }
    }

    #[test]
    fn the_hash_is_of_every_word_that_was_shown() {
        let base = text(LOCAL, ConsentKind::Local, Membership::Integrated, Lang::Ko).unwrap();
        assert_eq!(base.hash(), base.clone().hash());
        let other_library = |name: &str, retention: &str| {
            let named = (name, retention);
            ConsentText::parse(LOCAL, ConsentKind::Local, Membership::Integrated, named, Lang::Ko).unwrap()
        };
        let mut others = vec![
            text(LOCAL, ConsentKind::Local, Membership::Integrated, Lang::En).unwrap(),
            other_library("상동도서관", "2년이 지나면"),
            other_library("구포도서관", "3년이 지나면"),
            ConsentText { version: "2026-12".into(), ..base.clone() },
            ConsentText { kind: ConsentKind::National, ..base.clone() },
        ];
        let mut shorter = base.clone();
        shorter.parts.pop();
        others.push(shorter);
        for other in others {
            assert_ne!(other.hash(), base.hash(), "{other:?}");
        }
    }

    #[test]
    fn the_summary_says_of_the_period_what_the_text_says() {
        for (kind, source) in [(ConsentKind::Local, LOCAL), (ConsentKind::National, NATIONAL)] {
            for lang in [Lang::Ko, Lang::En] {
                let text = text(source, kind, Membership::Integrated, lang).unwrap();
                let parts: Vec<&str> = text.parts.iter().map(|(_, part)| part.as_str()).collect();
                assert!(!text.period.is_empty() && parts.contains(&text.period.as_str()), "{text:?}");
            }
        }
        let named = ("구포도서관", "3년이 지나면");
        let text = ConsentText::parse(LOCAL, ConsentKind::Local, Membership::Integrated, named, Lang::Ko).unwrap();
        assert_eq!(text.period, "회원으로 있는 동안. 탈퇴하면 바로 쓰기를 멈추고, 3년이 지나면 지웁니다.");
    }

    #[test]
    fn a_text_that_leaves_a_part_out_is_refused() {
        let code = |source: &str, kind, membership| {
            text(source, kind, membership, Lang::Ko).err().map_or("done", |trouble| trouble.code)
        };
        let any = Membership::Integrated;
        assert_eq!(code(LOCAL, ConsentKind::National, any), "consent-text-part", "it names no recipients");
        let without = |about: &str| NATIONAL.replacen(&format!("about = \"{about}\""), "about = \"purpose\"", 1);
        for about in ["items", "period", "recipients"] {
            assert_eq!(code(&without(about), ConsentKind::National, any), "consent-text-part", "{about}");
        }
        let only = NATIONAL.replace("only = [\"on-request\", \"own-card\"]", "only = [\"on-request\"]");
        assert_eq!(code(&only, ConsentKind::National, Membership::OwnCard), "consent-text-part");
        for broken in ["", "version = \"\"", &LOCAL.replace("2026-11", " "), &LOCAL.replace("about", "abuot")] {
            assert_eq!(code(broken, ConsentKind::Local, any), "consent-text");
        }
    }
}
