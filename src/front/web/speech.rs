//! How a page speaks: words from the catalogue, times, numbers, icons. It holds no words of its own.
//! Start at [`Speech`].

use std::fmt;

use askama::filters::HtmlSafe;

use crate::desk::{Desk, Hit, Stamp, Told, grouped, signed};
use crate::plan::member::{Decoded, LibraryKind, Phone, Region};
use crate::plan::messages::{Lang, Messages, Trouble};

/// The catalogue in the language of one session.
#[derive(Clone, Copy)]
pub struct Speech<'a> {
    pub messages: &'a Messages,
    pub lang: Lang,
    /// At a practice desk: every page says so.
    pub training: bool,
}

impl<'a> Speech<'a> {
    pub fn of_desk(desk: &'a Desk, lang: Lang) -> Speech<'a> {
        Speech { messages: &desk.messages, lang, training: desk.stamp() == Stamp::Training }
    }
}

/// One step of a path of pages.
pub struct PathStep {
    pub n: usize,
    pub done: bool,
    pub now: bool,
    pub text: String,
}

/// Markup of our own that needs no escaping.
pub struct Raw(pub String);

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl HtmlSafe for Raw {}

impl Speech<'_> {
    /// A message without arguments.
    pub fn t(&self, id: &str) -> String {
        self.messages.text(self.lang, id, &[])
    }

    /// A message with one argument.
    pub fn t1(&self, id: &str, name: &'static str, value: impl fmt::Display) -> String {
        self.messages.text(self.lang, id, &[(name, value.to_string())])
    }

    /// A message with two arguments.
    pub fn t2(
        &self,
        id: &str,
        one: &'static str,
        first: impl fmt::Display,
        two: &'static str,
        second: impl fmt::Display,
    ) -> String {
        self.messages.text(self.lang, id, &[(one, first.to_string()), (two, second.to_string())])
    }

    /// The word for one value of a family: `of("web-kind", "adult")` is the message `web-kind-adult`.
    /// A value nobody foresaw shows as it is.
    pub fn of(&self, family: &str, value: impl fmt::Display) -> String {
        let value = value.to_string();
        self.messages.find(self.lang, &format!("{family}-{value}"), &[]).unwrap_or(value)
    }

    /// The access key of a way to pay: nothing is chosen before somebody chooses, and that costs one key.
    pub fn pay_key(&self, pay: &str) -> &'static str {
        match pay {
            "cash" => "h",
            "card" => "j",
            "transfer" => "t",
            "later" => "l",
            _ => "z",
        }
    }

    /// Who did it; the samples of a practice database were made by nobody.
    pub fn by(&self, by: &str) -> String {
        if by == "os:training" { self.t("web-history-by-training") } else { by.to_owned() }
    }

    /// What is wrong, as a sentence; `page-err-CODE` where the command line's is for whoever looks after the computer.
    pub fn what(&self, trouble: &Trouble) -> String {
        self.told_what(&Told::from(trouble))
    }

    /// What to do, as it is said loudly: without a full stop. Where the catalogue's advice is for a command line,
    /// `page-rec-CODE` is what a clerk can do.
    pub fn help(&self, trouble: &Trouble) -> String {
        self.told_help(&Told::from(trouble))
    }

    /// What is wrong and what to do, as two sentences beside a field.
    pub fn pair(&self, trouble: &Trouble) -> String {
        format!("{} {}", sentence(self.what(trouble)), sentence(self.help(trouble)))
    }

    /// What is wrong, of a trouble that was stored with its job. One the catalogue does not know says `web-trouble`.
    pub fn told_what(&self, told: &Told) -> String {
        sentence(self.told("err", told))
    }

    /// What to do about it.
    pub fn told_help(&self, told: &Told) -> String {
        self.told("rec", told)
    }

    /// What is wrong, for a list that masks names: nothing where the sentence would repeat one in full.
    pub fn told_masked(&self, told: &Told) -> Option<String> {
        let personal = told.args.iter().any(|(name, _)| matches!(name.as_str(), "text" | "name"));
        (!personal).then(|| self.told_what(told))
    }

    /// The command line's two lines begin small; on a page a sentence begins large.
    /// A text of the command line as a page says it: begun and closed like a sentence.
    pub fn whole(&self, text: String) -> String {
        sentence(self.begun(text))
    }

    /// A text that may end in a command: begun like a sentence, and not closed.
    pub fn begun(&self, text: String) -> String {
        match (self.lang, text.chars().next()) {
            (Lang::En, Some(first)) if first.is_ascii_lowercase() => {
                format!("{}{}", first.to_ascii_uppercase(), &text[1..])
            }
            _ => text,
        }
    }

    fn told(&self, half: &str, told: &Told) -> String {
        let short = |(name, value): &(String, String)| match name.as_str() {
            "reader" => (name.clone(), reader_label(value)),
            "first" if told.code == "reissue-wait" => (name.clone(), self.date(value)),
            _ => (name.clone(), value.clone()),
        };
        let args: Vec<(String, String)> = told.args.iter().map(short).collect();
        let find = |page: &str| self.messages.find_told(self.lang, &format!("{page}{half}-{}", told.code), &args);
        let text = find("page-").or_else(|| find(""));
        text.map_or_else(|| self.t(&format!("{half}-web-trouble")), |text| self.begun(text))
    }

    /// `3.8초` for the big clock, one place.
    pub fn seconds(&self, millis: u64) -> String {
        self.t1("web-seconds", "s", format!("{:.1}", millis as f64 / 1000.0))
    }

    /// `0.21초` beside a step, two places.
    pub fn fine_seconds(&self, millis: &u64) -> String {
        self.t1("web-seconds", "s", format!("{:.2}", *millis as f64 / 1000.0))
    }

    /// `2,000원`.
    pub fn won(&self, amount: impl std::borrow::Borrow<u32>) -> String {
        let amount: &u32 = amount.borrow();
        self.t1("web-won", "amount", grouped(*amount))
    }

    /// `-2,000원`, `-₩2,000` of a sum that may be less than nothing.
    pub fn balance(&self, won: &i64) -> String {
        self.difference(won).trim_start_matches('+').to_owned()
    }

    /// `+2,000원`, `-₩2,000`, `0원`: how much more or less. The sign stands before whatever the amount begins with.
    pub fn difference(&self, won: &i64) -> String {
        let said = signed(*won);
        let digits = said.trim_start_matches(['+', '-']);
        format!("{}{}", &said[..said.len() - digits.len()], self.t1("web-won", "amount", digits))
    }

    /// `50,000`.
    pub fn grouped_won(&self, won: &u32) -> String {
        grouped(*won)
    }

    /// `12,345`.
    pub fn grouped(&self, n: &u64) -> String {
        grouped(*n)
    }

    /// `1988. 3. 14.` or `1988-03-14`, from `YYYY-MM-DD`, `YYYYMMDD` or a longer time; anything else as it is.
    pub fn date(&self, text: &str) -> String {
        let digits: String = text.chars().filter(char::is_ascii_digit).take(8).collect();
        if digits.len() < 8 || !text.is_ascii() {
            return text.to_owned();
        }
        let (year, month, day) = (&digits[..4], &digits[4..6], &digits[6..]);
        match self.lang {
            Lang::Ko => format!("{year}. {}. {}.", month.trim_start_matches('0'), day.trim_start_matches('0')),
            Lang::En => format!("{year}-{month}-{day}"),
        }
    }

    /// `010-1234-5678` of a telephone number as typed; what is none stays.
    pub fn phone(&self, typed: &str) -> String {
        Phone::parse(typed).map_or_else(|_| typed.to_owned(), |phone| phone.grouped())
    }

    /// `10:41` of an RFC 3339 time.
    pub fn clock(&self, time: &str) -> String {
        time.split_once('T').and_then(|(_, clock)| clock.get(..5)).unwrap_or(time).to_owned()
    }

    pub fn reader(&self, name: &str) -> String {
        reader_label(name)
    }

    pub fn spaced(&self, uid: &str) -> String {
        spaced(uid)
    }

    /// The number a list shows for a person: the 책이음 number, else the library's own.
    pub fn shown_number(&self, hit: &Hit) -> String {
        hit.number.map(|number| number.grouped()).or_else(|| hit.own_number.clone()).unwrap_or_default()
    }

    /// The name of the library that gave a number.
    pub fn library_name(&self, number: &Decoded) -> String {
        number.library.name.clone().unwrap_or_else(|| self.t("web-unlisted"))
    }

    /// 공공, public: short, as the parts of a number have room for.
    pub fn kind_word(&self, kind: &LibraryKind) -> String {
        self.of("web-library", kind)
    }

    pub fn region_word(&self, region: &Option<Region>) -> String {
        region.map_or_else(|| self.t("web-unknown"), |region| region.word(self.lang).to_owned())
    }

    /// The three steps of an enrolment, seen from step `at`.
    pub fn path(&self, at: &usize) -> Vec<PathStep> {
        let names = ["person", "consent", "card"];
        let step =
            |(i, name)| PathStep { n: i + 1, done: i + 1 < *at, now: i + 1 == *at, text: self.of("web-path", name) };
        names.iter().enumerate().map(step).collect()
    }

    /// A line icon; the drawings stand once in every page (`icons.html`).
    pub fn icon(&self, name: &str) -> Raw {
        Raw(format!(r##"<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{name}"/></svg>"##))
    }
}

/// The loud line of a help text and what follows it: the first sentence without its full stop, and the rest.
pub fn loud(help: &str) -> (String, String) {
    let (first, rest) = help.trim().split_once(". ").unwrap_or((help.trim(), ""));
    (first.trim_end_matches('.').to_owned(), rest.trim().to_owned())
}

/// Closes a text that was written without its full stop; the command line's two lines have none.
pub fn sentence(mut text: String) -> String {
    if text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '’' | '"')) {
        text.push('.');
    }
    text
}

/// A reader as it is called at the desk: `ACR122U 01` of pcscd's `ACS ACR122U PICC Interface 01 00`, whose last number is
/// a slot; `PN532 ttyUSB0` of libnfc's `pn532_uart:/dev/ttyUSB0`. Any other name stays.
pub fn reader_label(name: &str) -> String {
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some((driver, place)) = name.split_once(':')
        && driver.starts_with("pn53")
    {
        let chip = driver.split('_').next().unwrap_or(driver).to_uppercase();
        let place = place.rsplit('/').next().unwrap_or(place);
        // A serial line's speed is no part of its name; on USB both numbers are.
        let place = if name.contains('/') { place.split(':').next().unwrap_or(place) } else { place };
        return format!("{chip} {place}");
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    match &words[..] {
        [maker @ .., number, slot] if digits(number) && digits(slot) => {
            let model: Vec<&str> =
                maker.iter().copied().filter(|w| !["ACS", "PICC", "Interface"].contains(w)).collect();
            format!("{} {number}", model.join(" "))
        }
        _ => name.to_owned(),
    }
}

/// `04 7A 1C 5E`: a UID in pairs, as it is read aloud.
pub fn spaced(uid: &str) -> String {
    let pairs: Vec<String> = uid.chars().collect::<Vec<_>>().chunks(2).map(|pair| pair.iter().collect()).collect();
    pairs.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_stands_as_its_language_writes_it() {
        let messages = Messages::empty();
        let date = |lang, text| Speech { messages: &messages, lang, training: false }.date(text);
        assert_eq!(date(Lang::Ko, "1988-03-14"), "1988. 3. 14.");
        assert_eq!(date(Lang::Ko, "20261010"), "2026. 10. 10.");
        assert_eq!(date(Lang::En, "1988-03-14T10:41:00+09:00"), "1988-03-14");
        assert_eq!(date(Lang::En, "19880"), "19880");
    }

    #[test]
    fn the_loud_line_is_one_act() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(loud("다시 찍으세요. 전달하지 않았습니다."), pair("다시 찍으세요", "전달하지 않았습니다."));
        assert_eq!(loud("다시 찍으세요"), pair("다시 찍으세요", ""));
        assert_eq!(loud(""), pair("", ""));
    }

    #[test]
    fn a_sentence_ends_once() {
        assert_eq!(sentence("동의가 없습니다".into()), "동의가 없습니다.");
        assert_eq!(sentence("동의가 없습니다.".into()), "동의가 없습니다.");
        assert_eq!(sentence(String::new()), "");
    }

    #[test]
    fn a_reader_has_a_short_name() {
        for (name, label) in [
            ("ACS ACR122U PICC Interface 01 00", "ACR122U 01"),
            ("ACS ACR122U 00 00", "ACR122U 00"),
            ("pn532_uart:/dev/ttyUSB0:115200", "PN532 ttyUSB0"),
            ("pn53x_usb:001:004", "PN53X 001:004"),
            ("simulated-0", "simulated-0"),
            ("", ""),
        ] {
            assert_eq!(reader_label(name), label);
        }
    }

    #[test]
    fn a_uid_stands_in_pairs() {
        assert_eq!(spaced("047A1C5E"), "04 7A 1C 5E");
    }
}
