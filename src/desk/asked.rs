//! What a typed or scanned text may be: a number, an own number, a birth date in any usual form, part of a name. It only reads the text;
//! who that is, is for the store to say. Start at [`readings`].

use jiff::civil::Date;

use crate::back::store::members::Search;
use crate::plan::member::{BirthDate, MemberNumber, OwnNumber, PersonName};

/// One reading of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    Number(MemberNumber),
    Own(String),
    Birth(String),
    /// Consonants in it stand for syllables.
    Name(String),
}

impl Wanted {
    pub fn as_search(&self) -> Search<'_> {
        match self {
            Wanted::Number(number) => Search::Number(*number),
            Wanted::Own(own) => Search::OwnNumber(own),
            Wanted::Birth(birth) => Search::Birth(birth),
            Wanted::Name(name) => Search::Name(name),
        }
    }
}

/// What the text may be, most telling first.
pub(super) fn readings(text: &str, today: Date) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    wanted.extend(MemberNumber::parse(text).ok().map(Wanted::Number));
    wanted.extend(OwnNumber::parse(text).ok().map(|own| Wanted::Own(own.as_str().to_owned())));
    wanted.extend(BirthDate::meant(text, today).into_iter().map(|birth| Wanted::Birth(birth.to_string())));
    wanted.extend(PersonName::parse(text).ok().map(|name| Wanted::Name(name.as_str().to_owned())));
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_every_way_that_it_may_be_meant() {
        let today = Date::new(2026, 11, 24).unwrap();
        let kinds = |text| {
            let name = |wanted: &Wanted| match wanted {
                Wanted::Number(_) => "number",
                Wanted::Own(_) => "own",
                Wanted::Birth(_) => "birth",
                Wanted::Name(_) => "name",
            };
            readings(text, today).iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(kinds("12100300000001"), ["number", "own"]);
        assert_eq!(kinds("121003 0000 0001")[0], "number");
        assert_eq!(kinds("19880314"), ["own", "birth"]);
        assert_eq!(kinds("110314"), ["own", "birth", "birth"], "either century");
        assert_eq!(kinds("１２１００３００００００１１")[0], "number");
        assert_eq!(kinds("P0012345"), ["own", "name"]);
        for name in ["홍길동", "ㅎㄱㄷ", "홍ㄱㄷ", "길동"] {
            assert_eq!(kinds(name), ["name"], "{name}");
        }
        assert!(kinds("").is_empty());
    }
}
