//! Keeps the numbers of identity documents out, whatever field they are typed into. Never repeats one.
//! Start at [`identity_number_inside`].

use unicode_normalization::UnicodeNormalization;

use crate::plan::messages::Trouble;

/// Whether the number of an identity document stands anywhere in the text, in full-width digits too:
/// - a resident or foreigner registration number: `YYMMDD` that is a day, then `[1-8]` and six digits (주민등록법 시행규칙 제2조),
///   with up to three separators between, and one within the day or after the digit of sex. There is no check digit to ask:
///   those given since October 2020 have none;
/// - a driving licence in groups, `11-12-345678-90`, or with a region's name in front;
/// - a Korean or Chinese passport: `M12345678`, `M 12345678`, `M123A4567`, `EA1234567`.
///
/// Birth dates, telephone numbers and 14-digit member numbers are none of these. What it takes for one although it is none:
/// an own number of thirteen digits that begins with a day (`9001011234567`), and one of a passport's shape (`G20260001`, but
/// not `G-20260001`). What it lets pass: a licence as twelve bare digits, for years and serials look the same
/// (`201400012345`), and passports of other countries.
pub fn identity_number_inside(text: &str) -> bool {
    // Full-width digits and letters are the same number.
    let chars: Vec<char> = text.nfkc().map(|c| c.to_ascii_uppercase()).collect();
    (0..chars.len()).any(|at| registration_at(&chars, at) || licence_at(&chars, at) || passport_at(&chars, at))
}

/// `identity-number` when there is one inside; the refusal carries nothing of the text.
pub fn refuse_identity_number(text: &str) -> Result<(), Trouble> {
    if identity_number_inside(text) { Err(Trouble::new("identity-number")) } else { Ok(()) }
}

/// What a refusal may repeat of a text that was typed: its first 40 characters, and nothing if an identity number is inside.
pub(super) fn quotable(text: &str) -> String {
    if identity_number_inside(text) { "…".to_owned() } else { text.trim().chars().take(40).collect() }
}

fn registration_at(chars: &[char], at: usize) -> bool {
    // A plus makes it a telephone number in international form.
    if at > 0 && (chars[at - 1].is_ascii_digit() || chars[at - 1] == '+') {
        return false;
    }
    let month = at + 2 + separators(chars, at + 2, 1);
    let day = month + 2 + separators(chars, month + 2, 1);
    let is_day = digits(chars, at, 2).is_some()
        && digits(chars, month, 2).is_some_and(|month| (1..=12).contains(&month))
        && digits(chars, day, 2).is_some_and(|day| (1..=31).contains(&day));
    let sex = day + 2 + separators(chars, day + 2, 3);
    let rest = sex + 1 + separators(chars, sex + 1, 1);
    is_day
        && digits(chars, sex, 1).is_some_and(|sex| (1..=8).contains(&sex))
        && digits(chars, rest, 6).is_some()
        && ends(chars, rest + 6)
}

/// The part that all licences share: `12-345678-90`.
fn licence_at(chars: &[char], at: usize) -> bool {
    let separated = |i: usize| chars.get(i).is_some_and(|c| separates(*c));
    (at == 0 || !chars[at - 1].is_ascii_digit())
        && digits(chars, at, 2).is_some()
        && separated(at + 2)
        && digits(chars, at + 3, 6).is_some()
        && separated(at + 9)
        && digits(chars, at + 10, 2).is_some()
        && ends(chars, at + 12)
}

fn passport_at(chars: &[char], at: usize) -> bool {
    let starts = at == 0 || !chars[at - 1].is_ascii_alphanumeric();
    // Types of the Korean passport (여권법 시행령), and E of the Chinese one.
    if !starts || !matches!(chars[at], 'M' | 'S' | 'R' | 'G' | 'D' | 'E') {
        return false;
    }
    let letter = |at: usize| chars.get(at).is_some_and(char::is_ascii_uppercase);
    let whole = |first: usize, length: usize| !chars.get(first + length).is_some_and(char::is_ascii_alphanumeric);
    let first = at + 1 + usize::from(chars.get(at + 1) == Some(&' '));
    let old = digits(chars, first, 8).is_some() && whole(first, 8);
    // Since 2021 the fourth place after the letter is a letter.
    let new = digits(chars, first, 3).is_some()
        && letter(first + 3)
        && digits(chars, first + 4, 4).is_some()
        && whole(first, 8);
    let chinese = chars[at] == 'E' && letter(at + 1) && digits(chars, at + 2, 7).is_some() && whole(at + 2, 7);
    old || new || chinese
}

/// How many separators stand there, at most so many.
fn separators(chars: &[char], at: usize, most: usize) -> usize {
    chars.iter().skip(at).take(most).take_while(|c| separates(**c)).count()
}

fn digits(chars: &[char], at: usize, count: usize) -> Option<u32> {
    chars.get(at..at + count)?.iter().try_fold(0, |sum, c| Some(sum * 10 + c.to_digit(10)?))
}

fn ends(chars: &[char], at: usize) -> bool {
    !chars.get(at).is_some_and(char::is_ascii_digit)
}

fn separates(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '·' | '(' | ')' | '/' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::member::{LibraryCode, MemberNumber};

    #[test]
    fn finds_them_wherever_they_are_typed() {
        for text in [
            "880314-1234567",
            "8803141234567",
            "880314 1234567",
            "880314 - 1234567",
            "880314–1234567",
            "８８０３１４－１２３４５６７",
            "주민번호 880314-2234567 확인함",
            "홍길동(010203-4234567)",
            "외국인 900101-5234567",
            "900101-8234567",
            "11-12-345678-90",
            "서울 12-345678-90",
            "면허 11 12 345678 90",
            "여권M12345678",
            "m12345678",
            "M123A4567",
            "(S98765432)",
            "E12345678",
            "EA1234567",
            "여권 M 12345678",
            "m123a4567 입니다",
            "８８０３１４－１２３４５６７",
            "Ｍ１２３４５６７８",
            "88-03-14-1234567",
            "88.03.14 1 234567",
            "880314-1 234567",
            "11-22-333333-44",
            "１１－２２－３３３３３３－４４",
            "전화 010-1234-5678, 900101-1234567",
        ] {
            assert!(identity_number_inside(text), "{text}");
            assert_eq!(refuse_identity_number(text), Err(Trouble::new("identity-number")), "{text}");
        }
    }

    #[test]
    fn leaves_other_numbers_alone() {
        for text in [
            "",
            "홍길동",
            "1988-03-14",
            "19880314",
            "1988. 3. 14.",
            "880314",
            "010-1234-5678",
            "01012345678",
            "+82 10-1234-5678",
            "+8801312345678",
            "02-1234-5678",
            "121003 0000 0001",
            "12100300000001",
            "121003-00000001",
            "12100326000001",
            "121003 2600 0001",
            "9788936434267",
            "2026-11-24 13:05",
            "M2026-0001",
            "KM12345678",
            "M123456789",
            "201400012345",
            "880314-9234567 0",
            "G-20260001",
            "P0012345",
            "GP-77",
            "EB-1234567",
            "1988-03-14 010-1234-5678",
            "0502-1234-5678",
            "12-03-31 12345",
            "자료 900101-1",
        ] {
            assert!(!identity_number_inside(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_registration_number_is_found(
            y in 0u32..100, m in 1u32..13, d in 1u32..32, back in 1_000_000u32..9_000_000,
            sep in "[- ]?", before in "[가-힣 (]{0,4}", after in "[가-힣 )]{0,4}",
        ) {
            let text = format!("{before}{y:02}{m:02}{d:02}{sep}{back}{after}");
            prop_assert!(identity_number_inside(&text), "{}", text);
        }

        #[test]
        fn no_member_number_is_taken_for_one(code in "[0-9]{6}", serial in 0u32..=99_999_999) {
            let number = MemberNumber::new(LibraryCode::parse(&code).unwrap(), serial).unwrap();
            prop_assert!(!identity_number_inside(number.as_str()));
            prop_assert!(!identity_number_inside(&number.grouped()));
        }

        #[test]
        fn no_date_and_no_telephone_number_is_taken_for_one(
            y in 1900u32..2100, m in 1u32..13, d in 1u32..32, a in 0u32..10_000, b in 0u32..10_000, sep in "[- ]?",
        ) {
            let (date, phone) = (format!("{y}{sep}{m:02}{sep}{d:02}"), format!("010{sep}{a:04}{sep}{b:04}"));
            prop_assert!(!identity_number_inside(&date));
            prop_assert!(!identity_number_inside(&phone));
        }

        #[test]
        fn any_text_may_be_asked(text in any::<String>()) {
            identity_number_inside(&text);
        }
    }
}
