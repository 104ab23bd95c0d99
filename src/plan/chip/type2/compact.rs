//! The compact form of a card's content, for chips with less than 64 bytes for us: 23 bytes instead of 48.
//! Start at [`encode`] and [`Compact::decode`].

use crate::plan::chip::Uid;
use crate::plan::chip::header::{Content, Day, Header, SEAL_LABEL, bcd, bcd_number, crc16, read_bcd_number, unbcd};
use crate::plan::chip::keys::MasterKey;
use crate::plan::member::MemberNumber;

/// Number BCD, 7 ‖ format 01 ‖ key version ‖ sequence ‖ date YYMMDD BCD, 3 ‖ CRC-16/CCITT-FALSE over the 13 before, 2 ‖
/// seal, 8.
pub const LENGTH: usize = 23;
/// What the seal seals.
const SEALED: usize = 15;

const FORMAT: u8 = 1;

/// What stands on a compact card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compact {
    pub number: MemberNumber,
    /// The library is the number's own: there is no room for another.
    pub header: Header,
}

/// The 23 bytes of this card.
pub fn encode(content: &Content, uid: &Uid, key: &MasterKey) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    bytes[..7].copy_from_slice(&bcd_number(&content.number)[..7]);
    bytes[7] = FORMAT;
    bytes[8] = content.key_version;
    bytes[9] = content.sequence;
    let date = content.date.date();
    bytes[10] = bcd(date.year().rem_euclid(100) as u8);
    bytes[11] = bcd(date.month() as u8);
    bytes[12] = bcd(date.day() as u8);
    let crc = crc16(&bytes[..13]);
    bytes[13..SEALED].copy_from_slice(&crc.to_be_bytes());
    let seal = seal(key, uid, &bytes[..SEALED]);
    bytes[SEALED..].copy_from_slice(&seal[..LENGTH - SEALED]);
    bytes
}

/// AES-CMAC under the seal key over label ‖ UID length ‖ UID ‖ the 15 bytes before; the card has room for 8.
pub fn seal(key: &MasterKey, uid: &Uid, sealed: &[u8]) -> [u8; 16] {
    key.cmac(&[SEAL_LABEL, &[uid.bytes().len() as u8], uid.bytes(), sealed])
}

/// Parts of the 23 bytes: what is sealed, and the seal.
pub fn parts(bytes: &[u8; LENGTH]) -> (&[u8], &[u8]) {
    bytes.split_at(SEALED)
}

impl Compact {
    /// `None` for anything that [`encode`] did not make; the seal is not looked at.
    pub fn decode(bytes: &[u8; LENGTH]) -> Option<Compact> {
        if bytes[7] != FORMAT || crc16(&bytes[..13]).to_be_bytes() != bytes[13..SEALED] {
            return None;
        }
        let number = read_bcd_number(&bytes[..7])?;
        let [year, month, day] = [bytes[10], bytes[11], bytes[12]].map(unbcd);
        let date = jiff::civil::Date::new(2000 + i16::from(year?), month? as i8, day? as i8).ok()?;
        let (key_version, sequence) = (bytes[8], bytes[9]);
        let header = Header { key_version, sequence, library: number.library(), date: Day::from(date) };
        Some(Compact { number, header })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::chip::header::tests::content;
    use crate::plan::chip::keys::tests::fixed;

    fn uid() -> Uid {
        Uid::parse("047A1C5E318042").unwrap()
    }

    #[test]
    fn the_form_byte_by_byte() {
        let bytes = encode(&content(), &uid(), &fixed(1).seal);
        assert_eq!(bytes[..13], [0x12, 0x10, 0x03, 0, 0, 0, 0x01, 1, 1, 1, 0x26, 0x11, 0x24]);
        assert_eq!(bytes[13..15], crc16(&bytes[..13]).to_be_bytes());
        let whole = fixed(1).seal.cmac(&[b"ieum-seal-1\x07\x04\x7A\x1C\x5E\x31\x80\x42", &bytes[..15]]);
        assert_eq!(bytes[15..], whole[..8]);
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let compact = Compact::decode(&encode(&content(), &uid(), &fixed(1).seal)).unwrap();
        assert_eq!(compact, Compact { number: content().number, header: content().header() });
    }

    proptest! {
        #[test]
        fn any_changed_byte_is_noticed(place in 0usize..SEALED, change in 1u8..) {
            let mut bytes = encode(&content(), &uid(), &fixed(1).seal);
            bytes[place] ^= change;
            prop_assert_eq!(Compact::decode(&bytes), None);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes: [u8; LENGTH]) {
            let _ = Compact::decode(&bytes);
        }
    }
}
