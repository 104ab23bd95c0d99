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
    wanted.extend(births(text, today).into_iter().map(|birth| Wanted::Birth(birth.to_string())));
    wanted.extend(PersonName::parse(text).ok().map(|name| Wanted::Name(name.as_str().to_owned())));
    wanted
}

/// `19880314`, `1988-3-14`, `1988. 3. 14.`, `1988년 3월 14일`, `1988 3 14`; with two digits of the year in either century, the later
/// one first.
fn births(text: &str, today: Date) -> Vec<BirthDate> {
    let plain = text.trim().replace(['년', '월'], ".").replace('일', "");
    let parts: Vec<&str> = plain.split(['-', '.', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let (year, rest) = match parts[..] {
        [year, month, day] => (year, format!("{month}-{day}")),
        [bare] if digits(bare, 6) || digits(bare, 8) => {
            let (year, rest) = bare.split_at(bare.len() - 4);
            (year, format!("{}-{}", &rest[..2], &rest[2..]))
        }
        _ => return Vec::new(),
    };
    let years = if digits(year, 2) { vec![format!("20{year}"), format!("19{year}")] } else { vec![year.to_owned()] };
    years.iter().filter_map(|year| BirthDate::parse(&format!("{year}-{rest}"), today).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birth_date_is_read_in_every_usual_form() {
        let today = Date::new(2026, 11, 24).unwrap();
        let read = |text| births(text, today).iter().map(BirthDate::to_string).collect::<Vec<_>>();
        for text in [
            "19880314",
            "880314",
            "1988-03-14",
            "1988-3-14",
            "1988.3.14",
            "1988. 3. 14.",
            "1988/3/14",
            "88.3.14",
            "88-03-14",
            "1988년 3월 14일",
            "1988년3월14일",
            "88년 3월 14일",
            " 1988 3 14 ",
        ] {
            assert_eq!(read(text), ["1988-03-14"], "{text}");
        }
        assert_eq!(read("110314"), ["2011-03-14", "1911-03-14"], "either century");
        for text in [
            "",
            "1988",
            "881314",
            "198803",
            "홍길동",
            "12100300000001",
            "8803140",
            "1988-3",
            "1-2-3-4",
            "일",
            "20270101",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

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
        assert_eq!(kinds("P0012345"), ["own", "name"]);
        for name in ["홍길동", "ㅎㄱㄷ", "홍ㄱㄷ", "길동"] {
            assert_eq!(kinds(name), ["name"], "{name}");
        }
        assert!(kinds("").is_empty());
    }
}
