//! Consents as they are given: to what, how, on which day. Which of them a library needs is the admission's business, and the
//! text that is consented to is its own. Start at [`Consent`].

use jiff::civil::Date;

use super::BirthDate;
use crate::plan::messages::Trouble;

/// What the member agreed to. Each is asked for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Consent {
    /// Membership and use of this library.
    pub local: bool,
    /// Entry in the national register.
    pub national: bool,
}

impl Consent {
    /// `local`, `local,national` in any order, or nothing. Another word is `consent`.
    pub fn parse(text: &str) -> Result<Consent, Trouble> {
        let mut consent = Consent::default();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "local" => consent.local = true,
                "national" => consent.national = true,
                _ => return Err(Trouble::new("consent")),
            }
        }
        Ok(consent)
    }
}

/// How consent was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ConsentWay {
    /// The text was shown, and the clerk ticks what was said.
    #[default]
    AtDesk,
    /// A paper was signed.
    OnPaper,
}
kebab!(ConsentWay { AtDesk = "at-desk", OnPaper = "on-paper" });

impl ConsentWay {
    /// `consent-way`, without the text, when it is none of them.
    pub fn read(text: &str) -> Result<ConsentWay, Trouble> {
        ConsentWay::parse(text.trim()).ok_or_else(|| Trouble::new("consent-way"))
    }

    /// As it is recorded: who spoke for a child is part of the way.
    pub fn recorded(self, by_guardian: bool) -> &'static str {
        match (self, by_guardian) {
            (ConsentWay::AtDesk, false) => "at-desk",
            (ConsentWay::OnPaper, false) => "on-paper",
            (ConsentWay::AtDesk, true) => "by-guardian-at-desk",
            (ConsentWay::OnPaper, true) => "by-guardian-on-paper",
        }
    }
}

/// The day of a consent: today when none is said; one that is no day, or after today, is `consent-on`.
pub fn consent_day(text: Option<&str>, today: Date) -> Result<Date, Trouble> {
    let Some(text) = text else { return Ok(today) };
    BirthDate::parse(text, today).map(BirthDate::date).map_err(|_| Trouble::new("consent-on"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn reads_words_and_refuses_others() {
        assert_eq!(Consent::parse("local"), Ok(Consent { local: true, national: false }));
        assert_eq!(Consent::parse(" national, local"), Ok(Consent { local: true, national: true }));
        assert_eq!(Consent::parse(""), Ok(Consent::default()));
        assert_eq!(Consent::parse("local national"), Err(Trouble::new("consent")));
    }

    #[test]
    fn a_consent_has_its_way_and_its_day() {
        for (text, expected) in [
            (None, Ok(TODAY)),
            (Some("2026-11-24"), Ok(TODAY)),
            (Some("20261120"), Ok(date(2026, 11, 20))),
            (Some("2026-11-25"), Err("consent-on")),
            (Some("어제"), Err("consent-on")),
            (Some("880314-1234567"), Err("consent-on")),
        ] {
            assert_eq!(consent_day(text, TODAY).map_err(|trouble| trouble.code), expected, "{text:?}");
        }
        assert_eq!(ConsentWay::read("on-paper").map(|way| way.recorded(true)), Ok("by-guardian-on-paper"));
        assert_eq!(ConsentWay::read("at-desk").map(|way| way.recorded(false)), Ok("at-desk"));
        assert_eq!(ConsentWay::read("by-guardian-at-desk"), Err(Trouble::new("consent-way")), "it is derived");
    }
}
