//! The 14-digit 책이음 number, the six-digit library code in front of it, and a library's own number.

use std::fmt;

use super::super::messages::Trouble;

/// A library code (도서관부호, the KR part of the ISIL, ISO 15511): six digits `T RR NNN`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LibraryCode([u8; 6]);

impl LibraryCode {
    /// Exactly six ASCII digits; anything else is `library-code`.
    pub fn parse(text: &str) -> Result<LibraryCode, Trouble> {
        digits(text.trim()).map(LibraryCode).ok_or_else(|| Trouble::new("library-code").with("text", text.trim()))
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

    /// 14 digits; the spaces and hyphens of a grouped spelling are passed over. Anything else is `member-number`.
    pub fn parse(text: &str) -> Result<MemberNumber, Trouble> {
        let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
        digits(&bare).map(MemberNumber).ok_or_else(|| {
            Trouble::new("member-number").with("text", text.trim()).with("digits", bare.chars().count())
        })
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
    /// Lower case is raised; anything else outside the alphabet is `own-number`.
    pub fn parse(text: &str) -> Result<OwnNumber, Trouble> {
        let raised = text.trim().to_ascii_uppercase();
        let fits = (1..=14).contains(&raised.len())
            && raised.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(OwnNumber(raised)) } else { Err(Trouble::new("own-number").with("text", text.trim())) }
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
