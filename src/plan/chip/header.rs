//! What a card says about itself: the 16-byte header and the seal that ties it to one chip and one number.
//! Start at [`Content`].

use super::super::member::{LibraryCode, MemberNumber};
use super::Uid;
use super::keys::MasterKey;

/// A day of the calendar, as the header holds it. The desk makes it from its clock and time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(jiff::civil::Date);

impl From<jiff::civil::Date> for Day {
    fn from(date: jiff::civil::Date) -> Day {
        Day(date)
    }
}

impl Day {
    pub fn date(self) -> jiff::civil::Date {
        self.0
    }

    /// YYYYMMDD in four BCD bytes.
    fn bcd(self) -> [u8; 4] {
        let year = self.0.year().clamp(0, 9999) as u16;
        [bcd((year / 100) as u8), bcd((year % 100) as u8), bcd(self.0.month() as u8), bcd(self.0.day() as u8)]
    }

    fn from_bcd(bytes: [u8; 4]) -> Option<Day> {
        let [century, year, month, day] = bytes.map(unbcd);
        let year = i16::from(century?) * 100 + i16::from(year?);
        jiff::civil::Date::new(year, month? as i8, day? as i8).ok().map(Day)
    }
}

pub(super) fn bcd(number: u8) -> u8 {
    ((number / 10) << 4) | (number % 10)
}

pub(super) fn unbcd(byte: u8) -> Option<u8> {
    let (high, low) = (byte >> 4, byte & 0xF);
    (high < 10 && low < 10).then_some(high * 10 + low)
}

/// What a card is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub number: MemberNumber,
    /// The library that issues, and the site id of its keys.
    pub library: LibraryCode,
    /// How many cards this member has had, this one counted; 255 stands for 255 and more.
    pub sequence: u8,
    pub date: Day,
    /// The version of the master keys; normally the key set's current one.
    pub key_version: u8,
}

impl Content {
    pub fn header(&self) -> Header {
        Header { key_version: self.key_version, sequence: self.sequence, library: self.library, date: self.date }
    }
}

/// The header, 16 bytes: magic "IE" ‖ format 01 ‖ key version ‖ sequence ‖ library BCD, 3 ‖ date BCD, 4 ‖ 00 00 ‖
/// CRC-16/CCITT-FALSE over bytes 0 to 13, high byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub key_version: u8,
    pub sequence: u8,
    pub library: LibraryCode,
    pub date: Day,
}

const MAGIC: [u8; 2] = *b"IE";
const FORMAT: u8 = 1;

impl Header {
    pub fn encode(&self) -> [u8; 16] {
        let mut block = [0; 16];
        block[..2].copy_from_slice(&MAGIC);
        block[2] = FORMAT;
        block[3] = self.key_version;
        block[4] = self.sequence;
        block[5..8].copy_from_slice(&self.library.bcd());
        block[8..12].copy_from_slice(&self.date.bcd());
        let crc = crc16(&block[..14]);
        block[14..].copy_from_slice(&crc.to_be_bytes());
        block
    }

    /// `None` for anything that [`Header::encode`] did not make.
    pub fn decode(block: &[u8; 16]) -> Option<Header> {
        if block[..2] != MAGIC || block[2] != FORMAT || block[12..14] != [0, 0] {
            return None;
        }
        if crc16(&block[..14]).to_be_bytes() != block[14..] {
            return None;
        }
        let digits: String = block[5..8].iter().map(|byte| format!("{byte:02X}")).collect();
        Some(Header {
            key_version: block[3],
            sequence: block[4],
            library: LibraryCode::parse(&digits).ok()?,
            date: Day::from_bcd([block[8], block[9], block[10], block[11]])?,
        })
    }
}

/// CRC-16/CCITT-FALSE: polynomial 1021, preset FFFF, not reflected; "123456789" gives 29B1.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(*byte) << 8,
            |crc: u16, _| if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 },
        )
    })
}

/// 14 ASCII digits and two zeros.
pub fn number_block(number: &MemberNumber) -> [u8; 16] {
    let mut block = [0; 16];
    block[..14].copy_from_slice(&number.ascii());
    block
}

/// 14 digits in seven bytes, zeros behind.
pub fn bcd_number(number: &MemberNumber) -> [u8; 16] {
    let digits = number.ascii();
    let mut block = [0; 16];
    for (byte, pair) in block.iter_mut().zip(digits.chunks(2)) {
        *byte = pair.iter().fold(0, |byte, digit| byte << 4 | (digit - b'0'));
    }
    block
}

/// `None` for anything that [`bcd_number`] did not make.
pub fn read_bcd_number(block: &[u8]) -> Option<MemberNumber> {
    let (digits, rest) = block.split_at_checked(7)?;
    let text: String = digits.iter().map(|byte| format!("{byte:02X}")).collect();
    rest.iter().all(|byte| *byte == 0).then(|| MemberNumber::parse(&text).ok())?
}

/// `None` for anything that [`number_block`] did not make.
pub fn read_number_block(block: &[u8; 16]) -> Option<MemberNumber> {
    if block[14..] != [0, 0] || !block[..14].iter().all(u8::is_ascii_digit) {
        return None;
    }
    MemberNumber::parse(std::str::from_utf8(&block[..14]).ok()?).ok()
}

pub(super) const SEAL_LABEL: &[u8] = b"ieum-seal-1";

/// AES-CMAC under the seal key over label ‖ UID length ‖ UID ‖ the 14 digits ‖ header: this number was written
/// to this very chip by this library. Anyone who copies the UID too can copy the seal with it.
pub fn seal(key: &MasterKey, uid: &Uid, number: &MemberNumber, header: &[u8; 16]) -> [u8; 16] {
    key.cmac(&[SEAL_LABEL, &[uid.bytes().len() as u8], uid.bytes(), &number.ascii(), header])
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub fn content() -> Content {
        Content {
            number: MemberNumber::parse("12100300000001").unwrap(),
            library: LibraryCode::parse("121003").unwrap(),
            sequence: 1,
            date: jiff::civil::date(2026, 11, 24).into(),
            key_version: 1,
        }
    }

    #[test]
    fn crc16_check_value() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
    }

    #[test]
    fn the_header_byte_by_byte() {
        let block = content().header().encode();
        assert_eq!(block[..14], [b'I', b'E', 1, 1, 1, 0x12, 0x10, 0x03, 0x20, 0x26, 0x11, 0x24, 0, 0]);
        assert_eq!(block[14..], crc16(&block[..14]).to_be_bytes());
    }

    #[test]
    fn a_bcd_number_takes_seven_bytes() {
        let block = bcd_number(&content().number);
        assert_eq!(block, [0x12, 0x10, 0x03, 0, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(read_bcd_number(&block), Some(content().number));
        assert_eq!(read_bcd_number(&[0xA2; 16]), None);
    }

    #[test]
    fn a_seal_belongs_to_one_chip_number_header_and_key() {
        let (key, other) = (MasterKey::new([1; 16]), MasterKey::new([2; 16]));
        let (four, seven) = (Uid::parse("047A1C5E").unwrap(), Uid::parse("047A1C5E318000").unwrap());
        let one = content();
        let mut two = content();
        two.sequence = 2;
        let next = MemberNumber::parse("12100300000002").unwrap();
        let base = seal(&key, &four, &one.number, &one.header().encode());
        assert_ne!(base, seal(&other, &four, &one.number, &one.header().encode()));
        assert_ne!(base, seal(&key, &seven, &one.number, &one.header().encode()));
        assert_ne!(base, seal(&key, &four, &next, &one.header().encode()));
        assert_ne!(base, seal(&key, &four, &one.number, &two.header().encode()));
    }

    proptest! {
        #[test]
        fn headers_come_back(version: u8, sequence: u8, code in 0u32..1_000_000, days in 0i32..3_600_000) {
            let library = LibraryCode::parse(&format!("{code:06}")).unwrap();
            let date = jiff::civil::date(0, 1, 1).checked_add(jiff::Span::new().days(days));
            let header = Header { key_version: version, sequence, library, date: date.unwrap().into() };
            prop_assert_eq!(Header::decode(&header.encode()), Some(header));
        }

        #[test]
        fn any_changed_byte_is_refused(place in 0usize..16, change in 1u8..) {
            let mut block = content().header().encode();
            block[place] ^= change;
            prop_assert_eq!(Header::decode(&block), None);
        }

        #[test]
        fn arbitrary_blocks_never_panic(block: [u8; 16]) {
            let _ = (Header::decode(&block), read_number_block(&block));
        }
    }
}
