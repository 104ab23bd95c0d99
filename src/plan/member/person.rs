//! Birth dates and telephone numbers, and who is likely the same person. Start at [`BirthDate`].

use std::fmt;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::PersonName;
use super::identity::identity_number_inside;
use crate::plan::messages::Trouble;

/// A day of birth: not after today and not more than 130 years back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BirthDate(Date);

impl BirthDate {
    /// `1988-03-14`, `1988. 3. 14.`, `1988/3/14`, `1988 3 14`, `1988년 3월 14일` or `19880314`, in full-width digits too.
    /// Anything else is `birth-date`, without the text; its `fault` says which sentence fits: `missing`, `unread`,
    /// `short-year` (two digits may be either century: only a search tries both), `no-such-day`, `future`, `past`.
    pub fn parse(text: &str, today: Date) -> Result<BirthDate, Trouble> {
        BirthDate::read(text, today).map_err(|fault| wrong(fault, "person"))
    }

    /// The day on which a group was founded, which stands for its birth date: the group is the member, and its
    /// representative may change. Read and refused as a person's; the refusal says what day is meant.
    pub fn founded(text: &str, today: Date) -> Result<BirthDate, Trouble> {
        BirthDate::read(text, today).map_err(|fault| wrong(fault, "group"))
    }

    /// `birth-date` when it lies after today or more than 130 years back.
    pub fn new(date: Date, today: Date) -> Result<BirthDate, Trouble> {
        BirthDate::within(date, today).map_err(|fault| wrong(fault, "person"))
    }

    /// Every birth date that a search may mean: as [`BirthDate::parse`], and with two digits of the year in either century, the
    /// later one first.
    pub fn meant(text: &str, today: Date) -> Vec<BirthDate> {
        let Some(written) = Written::read(text) else { return Vec::new() };
        let years =
            if written.short_year { vec![2000 + written.year, 1900 + written.year] } else { vec![written.year] };
        let day = |year: &i16| Date::new(*year, written.month, written.day).ok();
        years.iter().filter_map(|year| BirthDate::within(day(year)?, today).ok()).collect()
    }

    fn read(text: &str, today: Date) -> Result<BirthDate, &'static str> {
        if text.trim().is_empty() {
            return Err("missing");
        }
        let written = Written::read(text).ok_or("unread")?;
        if written.short_year {
            return Err("short-year");
        }
        let date = Date::new(written.year, written.month, written.day).map_err(|_| "no-such-day")?;
        BirthDate::within(date, today)
    }

    fn within(date: Date, today: Date) -> Result<BirthDate, &'static str> {
        match BirthDate(date) {
            _ if date > today => Err("future"),
            birth if birth.age(today) > 130 => Err("past"),
            birth => Ok(birth),
        }
    }

    pub fn date(self) -> Date {
        self.0
    }

    /// Whole years on that day (만 나이); someone born on 29 February grows older on 1 March.
    pub fn age(self, today: Date) -> i16 {
        let had_birthday = (today.month(), today.day()) >= (self.0.month(), self.0.day());
        today.year() - self.0.year() - i16::from(!had_birthday)
    }

    /// `1988. 3. 14.`
    pub fn shown(self) -> String {
        format!("{}. {}. {}.", self.0.year(), self.0.month(), self.0.day())
    }

    /// `1988. 3. **`
    pub fn masked(self) -> String {
        format!("{}. {}. **", self.0.year(), self.0.month())
    }
}

fn wrong(fault: &'static str, of: &'static str) -> Trouble {
    Trouble::new("birth-date").with("fault", fault).with("of", of)
}

/// Year, month and day as they were written, be there such a day or not.
struct Written {
    year: i16,
    /// Two digits only.
    short_year: bool,
    month: i8,
    day: i8,
}

impl Written {
    fn read(text: &str) -> Option<Written> {
        let plain = text.nfkc().collect::<String>().replace(['년', '월'], ".").replace('일', "");
        let plain = plain.trim();
        let parts: Vec<&str> = plain.split(['-', '.', '/', ' ']).filter(|part| !part.is_empty()).collect();
        let number = |part: &str, lengths: &[usize]| -> Option<i16> {
            let plain = lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            if plain { part.parse().ok() } else { None }
        };
        let (year, month, day) = match parts[..] {
            // What begins with a sign is no date.
            [year, month, day] if plain.starts_with(year) => (year, month, day),
            [bare] if plain.starts_with(bare) && bare.is_ascii() && matches!(bare.len(), 6 | 8) => {
                let (year, rest) = bare.split_at(bare.len() - 4);
                let (month, day) = rest.split_at(2);
                (year, month, day)
            }
            _ => return None,
        };
        let short_year = year.len() == 2;
        let (month, day) = (number(month, &[1, 2])?, number(day, &[1, 2])?);
        Some(Written { year: number(year, &[2, 4])?, short_year, month: month as i8, day: day as i8 })
    }
}

/// `1988-03-14`, as stored and in `--json`.
impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BirthDate({})", self.masked())
    }
}

/// A telephone number: 9 to 15 digits, a plus in front of a foreign one; a Korean one always begins with 0.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Digits, hyphens, spaces and a leading plus; `+82 10` becomes `010`. Anything else is `phone`, without the
    /// text; thirteen digits that read as a registration number are `identity-number`.
    pub fn parse(text: &str) -> Result<Phone, Trouble> {
        let text = text.trim();
        let bare = text.strip_prefix('+').unwrap_or(text);
        let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
        if bare.chars().any(|c| !c.is_ascii_digit() && c != '-' && c != ' ') || !(9..=15).contains(&digits.len()) {
            return Err(Trouble::new("phone"));
        }
        if identity_number_inside(text) {
            return Err(Trouble::new("identity-number"));
        }
        match digits.strip_prefix("82") {
            Some(rest) if bare.len() < text.len() && rest.len() >= 8 => {
                Ok(Phone(format!("0{}", rest.trim_start_matches('0'))))
            }
            _ if bare.len() < text.len() => Ok(Phone(format!("+{digits}"))),
            _ => Ok(Phone(digits)),
        }
    }

    /// As stored: digits, with a plus in front of a foreign number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `010-1234-5678`, `02-123-4567`; a foreign number as it is.
    pub fn grouped(&self) -> String {
        self.groups().join("-")
    }

    /// `010-****-5678`; of an ungrouped number the first and last three digits.
    pub fn masked(&self) -> String {
        let stars = |text: &str| "*".repeat(text.len());
        match self.groups()[..] {
            [first, middle, last] => format!("{first}-{}-{last}", stars(middle)),
            _ => {
                // Nine digits at least, all ASCII.
                let (first, rest) = self.0.split_at(3);
                let (middle, last) = rest.split_at(rest.len().saturating_sub(3));
                format!("{first}{}{last}", stars(middle))
            }
        }
    }

    /// Korean numbers in three groups (전기통신번호관리세칙): 02 has two digits in front, 050x four, the others three.
    fn groups(&self) -> Vec<&str> {
        let text = self.0.as_str();
        let front = match text.len() {
            9 | 10 if text.starts_with("02") => 2,
            12 if text.starts_with("050") => 4,
            10 | 11 if text.starts_with('0') => 3,
            _ => return vec![text],
        };
        let (first, rest) = text.split_at(front);
        let (middle, last) = rest.split_at(rest.len() - 4);
        vec![first, middle, last]
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

/// What two people are compared by.
#[derive(Debug, Clone, Copy)]
pub struct Likeness<'a> {
    pub name: &'a PersonName,
    pub birth: BirthDate,
    pub phone: Option<&'a Phone>,
}

/// Likely one person: the same name and the same birth date or telephone number (`member-duplicate`).
pub fn likely_same(a: &Likeness, b: &Likeness) -> bool {
    a.name.key() == b.name.key() && (a.birth == b.birth || (a.phone.is_some() && a.phone == b.phone))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn reads_a_birth_date_in_the_ways_it_is_written() {
        for text in [
            "1988-03-14",
            "1988-3-14",
            "19880314",
            "1988. 3. 14.",
            "1988.3.14",
            "1988/03/14",
            " 1988-03-14 ",
            "1988 3 14",
            "1988년 3월 14일",
            "1988년3월14일",
            "１９８８０３１４",
            "１９８８－０３－１４",
        ] {
            let birth = BirthDate::parse(text, TODAY).unwrap();
            assert_eq!(birth.to_string(), "1988-03-14", "{text}");
            assert_eq!(BirthDate::founded(text, TODAY).unwrap(), birth, "{text}");
            assert_eq!(BirthDate::meant(text, TODAY), [birth], "what is taken is found: {text}");
        }
        assert!(BirthDate::parse("2026-11-24", TODAY).is_ok());
        assert!(BirthDate::parse("2024-02-29", TODAY).is_ok());
    }

    #[test]
    fn a_short_year_is_only_for_searching() {
        for text in ["880314", "88.3.14", "88-03-14", "88년 3월 14일", "８８０３１４"] {
            let found: Vec<String> = BirthDate::meant(text, TODAY).iter().map(BirthDate::to_string).collect();
            assert_eq!(found, ["1988-03-14"], "{text}");
        }
        let either: Vec<String> = BirthDate::meant("110314", TODAY).iter().map(BirthDate::to_string).collect();
        assert_eq!(either, ["2011-03-14", "1911-03-14"]);
        for text in
            ["", "1988", "881314", "198803", "홍길동", "8803140", "1988-3", "1-2-3-4", "일", "20270101", "-1988-3-14"]
        {
            assert!(BirthDate::meant(text, TODAY).is_empty(), "{text}");
        }
    }

    #[test]
    fn refuses_other_dates_says_why_and_repeats_nothing() {
        for (text, fault) in [
            ("", "missing"),
            ("  ", "missing"),
            ("2026-11-25", "future"),
            ("29991231", "future"),
            ("1890-01-01", "past"),
            ("0001-01-01", "past"),
            ("1988-02-30", "no-such-day"),
            ("1990-02-29", "no-such-day"),
            ("1990년 2월 29일", "no-such-day"),
            ("1988-13-01", "no-such-day"),
            ("19880001", "no-such-day"),
            ("880314", "short-year"),
            ("88-03-14", "short-year"),
            ("1988-03", "unread"),
            ("1988-03-14-1", "unread"),
            ("+988-03-14", "unread"),
            ("-1988-03-14", "unread"),
            ("-19880314", "unread"),
            ("198-03-14", "unread"),
            ("880314-1234567", "unread"),
            ("가나다라마바", "unread"),
            ("일구팔팔", "unread"),
        ] {
            for (read, of) in [(BirthDate::parse(text, TODAY), "person"), (BirthDate::founded(text, TODAY), "group")] {
                let wanted = Trouble::new("birth-date").with("fault", fault).with("of", of);
                assert_eq!(read, Err(wanted), "{text}");
            }
        }
    }

    #[test]
    fn counts_whole_years() {
        for (birth, today, age) in [
            (date(2012, 11, 24), TODAY, 14),
            (date(2012, 11, 25), TODAY, 13),
            (date(2012, 2, 29), date(2026, 2, 28), 13),
            (date(2012, 2, 29), date(2026, 3, 1), 14),
            (TODAY, TODAY, 0),
        ] {
            assert_eq!(BirthDate(birth).age(today), age, "{birth} on {today}");
        }
    }

    #[test]
    fn shows_and_masks_a_birth_date() {
        let birth = BirthDate(date(1988, 3, 14));
        assert_eq!((birth.shown(), birth.masked()), ("1988. 3. 14.".to_owned(), "1988. 3. **".to_owned()));
        assert!(!format!("{birth:?}").contains("14"));
    }

    #[test]
    fn reads_groups_and_masks_a_telephone_number() {
        for (text, stored, grouped, masked) in [
            ("010-1234-5678", "01012345678", "010-1234-5678", "010-****-5678"),
            ("010 1234 5678", "01012345678", "010-1234-5678", "010-****-5678"),
            ("+82 10-1234-5678", "01012345678", "010-1234-5678", "010-****-5678"),
            ("+82-2-123-4567", "021234567", "02-123-4567", "02-***-4567"),
            ("0212345678", "0212345678", "02-1234-5678", "02-****-5678"),
            ("051-330-6300", "0513306300", "051-330-6300", "051-***-6300"),
            ("0502-1234-5678", "050212345678", "0502-1234-5678", "0502-****-5678"),
            ("+1 202-555-0123", "+12025550123", "+12025550123", "+12******123"),
            ("+8801312345678", "+8801312345678", "+8801312345678", "+88********678"),
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!((phone.as_str(), phone.grouped().as_str(), phone.masked().as_str()), (stored, grouped, masked));
        }
    }

    #[test]
    fn refuses_other_telephone_numbers_and_repeats_nothing() {
        for (text, code) in [
            ("", "phone"),
            ("12345678", "phone"),
            ("1234567890123456", "phone"),
            ("010-1234-567a", "phone"),
            ("010+12345678", "phone"),
            ("공일공", "phone"),
            ("880314-1234567", "identity-number"),
            ("8803141234567", "identity-number"),
        ] {
            assert_eq!(Phone::parse(text), Err(Trouble::new(code)), "{text}");
        }
    }

    #[test]
    fn same_name_and_one_of_the_two_is_likely_one_person() {
        let (hong, hong_spaced, sim) = ("홍길동", "홍 길동", "심청");
        let (a, b) = (date(1988, 3, 14), date(1990, 1, 1));
        for (name, birth, phone, expected) in [
            (hong, a, Some("010-9999-9999"), true),
            (hong_spaced, a, None, true),
            (hong, b, Some("+82 10 1234 5678"), true),
            (hong, b, None, false),
            (hong, b, Some("010-9999-9999"), false),
            (sim, a, Some("010-1234-5678"), false),
        ] {
            let (mine, other) = (PersonName::parse(hong).unwrap(), PersonName::parse(name).unwrap());
            let (my_phone, phone) = (Phone::parse("010-1234-5678").unwrap(), phone.map(|p| Phone::parse(p).unwrap()));
            let one = Likeness { name: &mine, birth: BirthDate(a), phone: Some(&my_phone) };
            let two = Likeness { name: &other, birth: BirthDate(birth), phone: phone.as_ref() };
            assert_eq!(likely_same(&one, &two), expected, "{other:?} {birth}");
            assert_eq!(likely_same(&two, &one), expected);
        }
        let name = PersonName::parse(hong).unwrap();
        let bare = |day| Likeness { name: &name, birth: BirthDate(day), phone: None };
        assert!(!likely_same(&bare(a), &bare(b)), "no telephone number is not the same one");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = (BirthDate::parse(&text, TODAY), BirthDate::meant(&text, TODAY));
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert!(phone.masked().contains('*'));
                prop_assert_eq!(Phone::parse(&phone.grouped()), Ok(phone));
            }
        }

        #[test]
        fn a_telephone_number_survives_grouping(text in "0[1-9][0-9]{7,10}|\\+[1-9][0-9]{8,14}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(&phone.grouped()), Ok(phone));
            }
        }
    }
}
