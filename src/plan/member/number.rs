//! The 14-digit 책이음 number, the six-digit library code in front of it, and a library's own number.
//! None of them is looked up here, and no refusal repeats an identity document's number. Start at [`MemberNumber`].

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::identity::{quotable, refuse_identity_number};
use crate::plan::messages::Trouble;

/// A library code (도서관부호, the KR part of the ISIL, ISO 15511): six digits `T RR NNN`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LibraryCode([u8; 6]);

impl LibraryCode {
    /// Exactly six ASCII digits; anything else is `library-code`.
    pub fn parse(text: &str) -> Result<LibraryCode, Trouble> {
        digits(text.trim()).map(LibraryCode).ok_or_else(|| Trouble::new("library-code").with("text", quotable(text)))
    }

    pub fn as_str(&self) -> &str {
        // Only ASCII digits get in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The six digits as three BCD bytes, as the chip's header holds them.
    pub fn bcd(&self) -> [u8; 3] {
        let d = |i: usize| self.0[i] - b'0';
        [d(0) << 4 | d(1), d(2) << 4 | d(3), d(4) << 4 | d(5)]
    }
}

/// A 책이음 member number: library code and an eight-digit serial, 14 ASCII digits. There is no check digit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberNumber([u8; 14]);

impl MemberNumber {
    /// The greatest serial that eight digits hold.
    pub const LAST_SERIAL: u32 = 99_999_999;

    /// 14 digits, full-width ones too; the spaces and hyphens of a grouped spelling are passed over. Anything else is `member-number`,
    /// which tells how many characters there were and repeats none: what is typed here may be another number.
    pub fn parse(text: &str) -> Result<MemberNumber, Trouble> {
        let bare: String = text.nfkc().filter(|c| !matches!(c, ' ' | '-')).collect();
        digits(&bare)
            .map(MemberNumber)
            .ok_or_else(|| Trouble::new("member-number").with("digits", bare.chars().count()))
    }

    /// The number of a library and a serial from 0 to [`Self::LAST_SERIAL`]; a greater one is `number-serial`.
    pub fn new(library: LibraryCode, serial: u32) -> Result<MemberNumber, Trouble> {
        if serial > Self::LAST_SERIAL {
            return Err(Trouble::new("number-serial").with("serial", serial));
        }
        let mut number = [0; 14];
        number[..6].copy_from_slice(&library.0);
        number[6..].copy_from_slice(format!("{serial:08}").as_bytes());
        Ok(MemberNumber(number))
    }

    pub fn library(&self) -> LibraryCode {
        let mut code = [0; 6];
        code.copy_from_slice(&self.0[..6]);
        LibraryCode(code)
    }

    pub fn serial(&self) -> u32 {
        self.0[6..].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    }

    /// 14 digits without spaces, as stored and encoded.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub fn ascii(&self) -> [u8; 14] {
        self.0
    }

    /// `121003 0000 0001`, as printed.
    pub fn grouped(&self) -> String {
        let text = self.as_str();
        format!("{} {} {}", &text[..6], &text[6..10], &text[10..])
    }
}

/// A number of the library's own system: 1 to 14 of A–Z, 0–9 and the hyphen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OwnNumber(String);

impl OwnNumber {
    /// Lower case is raised, full width is made narrow; anything else outside the alphabet is `own-number`. What reads as an identity
    /// document's number is `identity-number`, so no such number can be kept as a library's own.
    pub fn parse(text: &str) -> Result<OwnNumber, Trouble> {
        refuse_identity_number(text)?;
        let raised = text.nfkc().collect::<String>().trim().to_ascii_uppercase();
        let fits = (1..=14).contains(&raised.len())
            && raised.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(OwnNumber(raised)) } else { Err(Trouble::new("own-number").with("text", quotable(text))) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then_some(bytes)
}

macro_rules! shown_as_text {
    ($($kind:ty),*) => {$(
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    )*};
}
shown_as_text!(LibraryCode, MemberNumber, OwnNumber);

impl fmt::Debug for LibraryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LibraryCode({self})")
    }
}

impl fmt::Debug for MemberNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberNumber({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_a_number_as_printed_and_as_stored() {
        for text in [
            "12100300000001",
            "121003 0000 0001",
            "121003-0000-0001",
            " 121003\u{a0}0000\u{a0}0001 ",
            "１２１００３ ００００ ０００１",
        ] {
            let number = MemberNumber::parse(text).unwrap();
            assert_eq!((number.as_str(), number.library().as_str(), number.serial()), ("12100300000001", "121003", 1));
        }
    }

    #[test]
    fn refuses_other_numbers_and_repeats_nothing() {
        for (text, count) in [
            ("", 0),
            ("1210030000000", 13),
            ("121003000000011", 15),
            ("1210030000000a", 14),
            ("１２１００３０００００００", 13),
            ("880314-1234567", 13),
        ] {
            assert_eq!(MemberNumber::parse(text), Err(Trouble::new("member-number").with("digits", count)), "{text}");
        }
    }

    #[test]
    fn refuses_other_library_codes() {
        for text in ["", "12100", "1210030", "12100a", "１２１００３", "12 003"] {
            assert_eq!(LibraryCode::parse(text), Err(Trouble::new("library-code").with("text", text)), "{text}");
        }
        assert_eq!(LibraryCode::parse("880314-1234567"), Err(Trouble::new("library-code").with("text", "…")));
        assert_eq!(LibraryCode::parse("121003").unwrap().bcd(), [0x12, 0x10, 0x03]);
    }

    #[test]
    fn own_numbers() {
        assert_eq!(OwnNumber::parse(" b-2026-001 ").unwrap().as_str(), "B-2026-001");
        for (text, code) in [
            ("", "own-number"),
            ("123456789012345", "own-number"),
            ("가1", "own-number"),
            ("A B", "own-number"),
            ("880314-1234567", "identity-number"),
            ("M12345678", "identity-number"),
        ] {
            assert_eq!(OwnNumber::parse(text).unwrap_err().code, code, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_survives_every_spelling(code in "[0-9]{6}", serial in 0..=MemberNumber::LAST_SERIAL) {
            let library = LibraryCode::parse(&code).unwrap();
            let number = MemberNumber::new(library, serial).unwrap();
            prop_assert_eq!((number.library(), number.serial()), (library, serial));
            prop_assert_eq!(MemberNumber::parse(number.as_str()), Ok(number));
            prop_assert_eq!(MemberNumber::parse(&number.grouped()), Ok(number));
            prop_assert_eq!(&number.ascii(), number.as_str().as_bytes());
        }

        #[test]
        fn a_greater_serial_is_refused(serial in MemberNumber::LAST_SERIAL + 1..) {
            let library = LibraryCode::parse("121003").unwrap();
            prop_assert!(MemberNumber::new(library, serial).is_err());
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = (MemberNumber::parse(&text), LibraryCode::parse(&text), OwnNumber::parse(&text));
        }
    }
}
