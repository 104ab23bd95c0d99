//! A person's or group's name, normalised on entry and masked on lists. Start at [`PersonName`].

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::identity::refuse_identity_number;
use crate::plan::messages::Trouble;

/// A name in NFC: letters, marks, digits, single spaces and `’ ' . - ( ) ·`, at least one letter, at most 60 characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

/// Family names of two syllables; both are shown when a name of four is masked.
const LONG_FAMILY_NAMES: [&str; 12] =
    ["남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방", "망절", "어금", "무본", "황목"];

impl PersonName {
    /// The greatest count of characters.
    pub const LONGEST: usize = 60;

    /// Normalises to NFC and joins runs of spaces. Refused: `name-missing` (nothing, or no letter),
    /// `name-characters` (control, bidi, zero-width and other signs), `name-long`, `identity-number`.
    pub fn parse(text: &str) -> Result<PersonName, Trouble> {
        refuse_identity_number(text)?;
        let name = text.nfc().collect::<String>();
        let name = name.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if let Some(strange) = name.chars().find(|c| !allowed(*c)).or(name.chars().next().filter(|c| is_mark(*c))) {
            return Err(Trouble::new("name-characters").with("sign", format!("U+{:04X}", strange as u32)));
        }
        if !name.chars().any(char::is_alphabetic) {
            return Err(Trouble::new("name-missing"));
        }
        let length = name.chars().count();
        if length > Self::LONGEST {
            return Err(Trouble::new("name-long").with("length", length).with("longest", Self::LONGEST));
        }
        Ok(PersonName(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For comparing: lower case, without spaces. Two spellings of one name have the same key.
    pub fn key(&self) -> String {
        self.0.chars().filter(|c| *c != ' ').flat_map(char::to_lowercase).collect()
    }

    /// As lists show it: 홍*동, 심*, 남궁*영, M***a G****a.
    pub fn masked(&self) -> String {
        let mut masked = String::new();
        let mut word = Vec::new();
        for c in self.0.chars() {
            match c {
                c if is_mark(c) => word.last_mut().map(|letter: &mut String| letter.push(c)).unwrap_or_default(),
                c if c.is_alphanumeric() => word.push(String::from(c)),
                _ => {
                    mask_word(&mut masked, &std::mem::take(&mut word));
                    masked.push(c);
                }
            }
        }
        mask_word(&mut masked, &word);
        // A name of one letter would stand there in full.
        if masked == self.0 {
            masked.chars().map(|c| if c.is_alphanumeric() { '*' } else { c }).collect()
        } else {
            masked
        }
    }
}

fn mask_word(masked: &mut String, word: &[String]) {
    let long_family_name = word.len() == 4 && LONG_FAMILY_NAMES.contains(&word[..2].concat().as_str());
    let first_shown = match word.len() {
        // A letter by itself is shown only as the first one of the name.
        1 => usize::from(masked.is_empty()),
        _ => 1 + usize::from(long_family_name),
    };
    for (place, letter) in word.iter().enumerate() {
        let last_shown = word.len() > 2 && place + 1 == word.len();
        *masked += if place < first_shown || last_shown { letter } else { "*" };
    }
}

fn allowed(c: char) -> bool {
    (c.is_alphabetic()
        || is_mark(c)
        || c.is_ascii_digit()
        || matches!(c, ' ' | '’' | '\'' | '.' | '-' | '(' | ')' | '·'))
        && !invisible(c)
}

fn is_mark(c: char) -> bool {
    is_combining_mark(c)
}

/// Letters and marks that Unicode counts as such but nobody sees (Default_Ignorable_Code_Point).
fn invisible(c: char) -> bool {
    matches!(c, '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Masked: what is logged by accident must not name anybody.
impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    fn refusal(text: &str) -> &'static str {
        PersonName::parse(text).unwrap_err().code
    }

    #[test]
    fn takes_names_as_people_have_them() {
        for text in [
            "홍길동",
            "김 영희",
            "Nguyễn Thị Hoa",
            "O’Brien",
            "D'Angelo",
            "J. R. Kim-Lee",
            "王小明",
            "책사랑(독서회)",
            "가·나 모임 3",
        ] {
            assert_eq!(name(text).as_str(), text);
        }
    }

    #[test]
    fn normalises() {
        assert_eq!(name("\u{1112}\u{1169}\u{11bc}길동").as_str(), "홍길동");
        assert_eq!(name("  홍   길동 ").as_str(), "홍 길동");
        assert_eq!(name("홍 길동").key(), name("홍길동").key());
        assert_eq!(name("Maria Kim").key(), name("MARIA KIM").key());
    }

    #[test]
    fn refuses_what_is_no_name() {
        for (text, code) in [
            ("", "name-missing"),
            ("   ", "name-missing"),
            ("- .", "name-missing"),
            ("010-1234-5678", "name-missing"),
            ("홍\u{200b}길동", "name-characters"),
            ("\u{202e}홍길동", "name-characters"),
            ("홍\t길동", "name-characters"),
            ("홍길동\u{0}", "name-characters"),
            ("홍\u{3164}동", "name-characters"),
            ("홍길동;", "name-characters"),
            ("<b>", "name-characters"),
            ("\u{301}a", "name-characters"),
            ("홍길동 880314-1234567", "identity-number"),
        ] {
            assert_eq!(refusal(text), code, "{text:?}");
        }
        assert_eq!(refusal(&"가".repeat(61)), "name-long");
        assert!(PersonName::parse(&"가".repeat(60)).is_ok());
    }

    #[test]
    fn masks() {
        for (text, masked) in [
            ("홍길동", "홍*동"),
            ("심청", "심*"),
            ("남궁민영", "남궁*영"),
            ("황금독수리", "황***리"),
            ("김", "*"),
            ("홍 길동", "홍 길*"),
            ("A B", "A *"),
            ("Maria Garcia", "M***a G****a"),
            ("O’Brien", "O’B***n"),
            ("Jean-Luc", "J**n-L*c"),
        ] {
            assert_eq!(name(text).masked(), masked, "{text}");
        }
        assert_eq!(format!("{:?}", name("홍길동")), "PersonName(홍*동)");
    }

    proptest! {
        #[test]
        fn any_text_is_a_name_or_a_refusal_and_a_name_stays_one(text in any::<String>()) {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn a_mask_never_shows_the_whole_name(text in "[가-힣A-Za-z]{1,6}( [가-힣A-Za-z]{1,6}){0,2}") {
            let name = name(&text);
            prop_assert!(name.masked().contains('*'));
            prop_assert_eq!(name.masked().chars().count(), name.as_str().chars().count());
        }
    }
}
