//! How long a library keeps the data of those who withdrew, as its settings say it and as its consent text names it. Pure; it
//! erases nothing. Start at [`Retention::parse`].

/// Counted from the withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// The library has made it known elsewhere; its text names no number.
    Announced,
    Years(u32),
    Months(u32),
    Days(u32),
}

impl Retention {
    /// `announced`, `2 years`, `6 months`, `30 days`; a number from 1 to 999.
    pub fn parse(text: &str) -> Option<Retention> {
        let text = text.trim();
        if text == "announced" {
            return Some(Retention::Announced);
        }
        let (number, unit) = text.split_once(' ')?;
        let digits = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        let number = number.parse().ok().filter(|number| digits && *number > 0)?;
        match unit.trim().trim_end_matches('s') {
            "year" => Some(Retention::Years(number)),
            "month" => Some(Retention::Months(number)),
            "day" => Some(Retention::Days(number)),
            _ => None,
        }
    }

    /// The unit as the catalogue's words end, and how many.
    pub fn words(self) -> (&'static str, u32) {
        match self {
            Retention::Announced => ("announced", 0),
            Retention::Years(n) => ("years", n),
            Retention::Months(n) => ("months", n),
            Retention::Days(n) => ("days", n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_number_of_days_months_or_years() {
        for (text, read) in [
            ("announced", Some(Retention::Announced)),
            ("2 years", Some(Retention::Years(2))),
            ("1 year", Some(Retention::Years(1))),
            (" 6 months ", Some(Retention::Months(6))),
            ("30 days", Some(Retention::Days(30))),
            ("", None),
            ("2", None),
            ("0 years", None),
            ("-1 years", None),
            ("+1 years", None),
            ("1000 days", None),
            ("2 weeks", None),
            ("years 2", None),
            ("forever", None),
        ] {
            assert_eq!(Retention::parse(text), read, "{text}");
        }
    }
}
