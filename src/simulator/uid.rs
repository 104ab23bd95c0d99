//! A card's UID as anticollision finds it. Holds nothing else and knows no chip. Start at [`Uid`].

use std::fmt;
use std::str::FromStr;

/// A UID of one or two cascade levels: 4 or 7 bytes (ISO/IEC 14443-3, 6.5.4). Shown as upper-case hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid {
    bytes: [u8; 7],
    length: u8,
}

impl Uid {
    /// `None` for any length but 4 and 7.
    pub fn new(bytes: &[u8]) -> Option<Uid> {
        if bytes.len() != 4 && bytes.len() != 7 {
            return None;
        }
        let mut uid = Uid { bytes: [0; 7], length: bytes.len() as u8 };
        uid.bytes[..bytes.len()].copy_from_slice(bytes);
        Some(uid)
    }

    /// A UID of one cascade level.
    pub const fn single(bytes: [u8; 4]) -> Uid {
        let [a, b, c, d] = bytes;
        Uid { bytes: [a, b, c, d, 0, 0, 0], length: 4 }
    }

    /// A UID of two cascade levels.
    pub const fn double(bytes: [u8; 7]) -> Uid {
        Uid { bytes, length: 7 }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// All seven bytes, those that a single UID does not have as 00.
    pub fn seven(&self) -> [u8; 7] {
        self.bytes
    }

    /// The four bytes that Crypto-1 takes: the UID itself, or the second cascade level's (AN10927, 3.2.5).
    pub fn last_four(&self) -> &[u8] {
        &self.bytes()[self.bytes().len() - 4..]
    }
}

/// Hex of exactly 4 or 7 bytes without separators, as in file names.
impl FromStr for Uid {
    type Err = NotAUid;

    fn from_str(text: &str) -> Result<Uid, NotAUid> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
        let digits = digits.filter(|d| d.len() % 2 == 0).ok_or_else(|| NotAUid(text.to_owned()))?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        Uid::new(&bytes).ok_or_else(|| NotAUid(text.to_owned()))
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uid({self})")
    }
}

impl serde::Serialize for Uid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Uid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Uid, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that is not the hex of 4 or 7 bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a UID of 4 or 7 bytes in hex")]
pub struct NotAUid(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_four_or_seven_bytes() {
        assert_eq!("04a1b2c3d4e5f6".parse::<Uid>().unwrap().to_string(), "04A1B2C3D4E5F6");
        for text in ["", "04", "04A1B2C", "04A1B2C3D4", "04A1B2CG", "가나다라"] {
            assert!(text.parse::<Uid>().is_err(), "{text}");
        }
    }
}
