//! The password that a member of another library chooses when they are taken in: digits alone, and none that somebody who
//! knows them would try first. It is never printed, and no refusal repeats a part of it. Start at [`MemberPassword::parse`].

use std::fmt;

use zeroize::Zeroizing;

use super::{BirthDate, MemberNumber, Phone, refuse_identity_number};
use crate::plan::messages::Trouble;

/// What is known of the member and must not be their password.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    pub birth: BirthDate,
    pub phone: Option<&'a Phone>,
    pub number: MemberNumber,
}

/// A password that the rules let pass; it wipes itself.
pub struct MemberPassword(Zeroizing<String>);

impl MemberPassword {
    /// Fewest digits.
    pub const LEAST: usize = 6;
    /// Most digits.
    pub const MOST: usize = 32;

    /// The password as it was entered twice, by the first rule that it breaks: `member-password-missing`, `-digits`, `-short`,
    /// `-again`, `identity-number`, `-same`, `-run`, `-birth`, `-phone`, `-number`.
    pub fn parse(text: &str, again: &str, about: &About) -> Result<MemberPassword, Trouble> {
        if text.is_empty() {
            return Err(Trouble::new("member-password-missing"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Trouble::new("member-password-digits"));
        }
        if !(MemberPassword::LEAST..=MemberPassword::MOST).contains(&text.len()) {
            let (least, most) = (MemberPassword::LEAST, MemberPassword::MOST);
            return Err(Trouble::new("member-password-short").with("least", least).with("most", most));
        }
        if text != again {
            return Err(Trouble::new("member-password-again"));
        }
        refuse_identity_number(text)?;
        not_guessable(text, about)?;
        Ok(MemberPassword(Zeroizing::new(text.to_owned())))
    }

    /// For the keyed hash, and nowhere else.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for MemberPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemberPassword(..)")
    }
}

fn not_guessable(text: &str, about: &About) -> Result<(), Trouble> {
    let digits = text.as_bytes();
    let steps = |step: u8| digits.windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0');
    if steps(0) {
        return Err(Trouble::new("member-password-same"));
    }
    // Upwards or downwards, over the 9 too: 890123, 210987.
    if steps(1) || steps(9) {
        return Err(Trouble::new("member-password-run"));
    }
    if birth_dates(about.birth).iter().any(|date| text.contains(date.as_str()) || date.contains(text)) {
        return Err(Trouble::new("member-password-birth"));
    }
    if about.phone.is_some_and(|phone| is_of_phone(text, phone)) {
        return Err(Trouble::new("member-password-phone"));
    }
    let number = about.number.as_str();
    if number.contains(text) || text.contains(number) {
        return Err(Trouble::new("member-password-number"));
    }
    Ok(())
}

/// A day of birth as people write it in digits: year first or last, with and without the century, day before month too, and
/// the day alone twice.
fn birth_dates(birth: BirthDate) -> [String; 9] {
    let date = birth.date();
    let (year, month, day) = (format!("{:04}", date.year()), date.month(), date.day());
    let short = &year[2..];
    [
        format!("{year}{month:02}{day:02}"),
        format!("{short}{month:02}{day:02}"),
        format!("{month:02}{day:02}{year}"),
        format!("{month:02}{day:02}{short}"),
        format!("{day:02}{month:02}{year}"),
        format!("{day:02}{month:02}{short}"),
        format!("{year}{month}{day}"),
        format!("{short}{day:02}{month:02}"),
        format!("{month:02}{day:02}{month:02}{day:02}"),
    ]
}

/// The whole number, a part of it, or one that holds what comes after the 010.
fn is_of_phone(text: &str, phone: &Phone) -> bool {
    let digits = phone.as_str().trim_start_matches('+');
    let last = digits.get(digits.len().saturating_sub(8)..).unwrap_or(digits);
    digits.contains(text) || text.contains(last)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn judged(text: &str, again: &str) -> &'static str {
        let birth = BirthDate::new(date(1988, 3, 14), date(2026, 11, 26)).unwrap();
        let phone = Phone::parse("010-2345-6789").unwrap();
        let number = MemberNumber::parse("11131400073925").unwrap();
        let about = About { birth, phone: Some(&phone), number };
        MemberPassword::parse(text, again, &about).err().map_or("good", |refused| refused.code)
    }

    #[test]
    fn what_somebody_who_knows_the_member_would_try_is_refused() {
        for (text, expected) in [
            ("", "member-password-missing"),
            ("73918", "member-password-short"),
            ("739182739182739182739182739182739", "member-password-short"),
            ("73918a", "member-password-digits"),
            ("739 182", "member-password-digits"),
            ("７３９１８２", "member-password-digits"),
            ("비밀번호입니다", "member-password-digits"),
            ("777777", "member-password-same"),
            ("123456", "member-password-run"),
            ("654321", "member-password-run"),
            ("890123", "member-password-run"),
            ("21098765", "member-password-run"),
            ("880314", "member-password-birth"),
            ("19880314", "member-password-birth"),
            ("031488", "member-password-birth"),
            ("03141988", "member-password-birth"),
            ("140388", "member-password-birth"),
            ("14031988", "member-password-birth"),
            ("1988314", "member-password-birth"),
            ("881403", "member-password-birth"),
            ("03140314", "member-password-birth"),
            ("198803", "member-password-birth"),
            ("00880314", "member-password-birth"),
            ("01023456789", "member-password-phone"),
            ("23456789", "member-password-run"),
            ("023456", "member-password-phone"),
            ("102345", "member-password-phone"),
            ("821023456789", "member-password-phone"),
            ("11131400073925", "member-password-number"),
            ("073925", "member-password-number"),
            ("111314", "member-password-number"),
            ("9003141234567", "identity-number"),
            ("739182", "good"),
            ("112233", "good"),
            ("739182640517", "good"),
        ] {
            assert_eq!(judged(text, text), expected, "{text}");
        }
    }

    #[test]
    fn the_second_time_must_be_the_same() {
        for again in ["", "739183", "7391820", " 739182"] {
            assert_eq!(judged("739182", again), "member-password-again", "{again}");
        }
    }

    #[test]
    fn without_a_phone_the_rest_still_holds() {
        let birth = BirthDate::new(date(2001, 12, 1), date(2026, 11, 26)).unwrap();
        let about = About { birth, phone: None, number: MemberNumber::parse("11131400073925").unwrap() };
        let judged = |text: &str| MemberPassword::parse(text, text, &about).err().map(|refused| refused.code);
        assert_eq!(judged("011201"), Some("member-password-birth"));
        assert_eq!(judged("023456"), None);
    }

    #[test]
    fn it_is_printed_nowhere() {
        let birth = BirthDate::new(date(2001, 12, 1), date(2026, 11, 26)).unwrap();
        let about = About { birth, phone: None, number: MemberNumber::parse("11131400073925").unwrap() };
        let good = MemberPassword::parse("739182", "739182", &about).unwrap();
        assert_eq!(format!("{good:?}"), "MemberPassword(..)");
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_repeated_nowhere(text in any::<String>(), digits in "[0-9]{4,15}") {
            for text in [text, digits] {
                let birth = BirthDate::new(date(1988, 3, 14), date(2026, 11, 26)).unwrap();
                let about = About { birth, phone: None, number: MemberNumber::parse("11131400073925").unwrap() };
                if let Err(refused) = MemberPassword::parse(&text, &text, &about) {
                    prop_assert!(text.len() < 3 || !refused.to_string().contains(&text), "{}", refused);
                }
            }
        }
    }
}
