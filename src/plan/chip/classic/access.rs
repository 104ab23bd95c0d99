//! Access conditions of a Classic sector and the three bytes that hold them (MF1S50YYX_V1, section 8.7,
//! tables 6 to 8). A wrong byte kills a sector for good, so bytes are computed, checked and never typed in.
//! Start at [`AccessBytes`].

use crate::plan::chip::keys::Letter;
use crate::plan::messages::Trouble;

/// `C1 C2 C3` of one block, as a number from 0 (000) to 7 (111): C1 is the highest bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Condition(u8);

/// Who may do something to a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    Never,
    A,
    B,
    Both,
}

impl Right {
    fn of(self, letter: Letter) -> bool {
        matches!((self, letter), (Right::Both, _) | (Right::A, Letter::A) | (Right::B, Letter::B))
    }
}

impl Condition {
    /// Data: anyone with either key reads and writes (transport).
    pub const OPEN: Condition = Condition(0b000);
    /// Data: either key reads, only key B writes.
    pub const KEYED: Condition = Condition(0b100);
    /// Data: either key reads, nobody writes.
    pub const READ_ONLY: Condition = Condition(0b010);
    /// Trailer: key B changes the keys and nobody the conditions.
    pub const KEYS_BY_B: Condition = Condition(0b100);
    /// Trailer: either key reads the conditions, nobody changes anything.
    pub const FROZEN: Condition = Condition(0b110);
    /// Trailer: key A rules everything and key B is readable data (transport).
    pub const TRANSPORT: Condition = Condition(0b001);
    /// Trailer: only key B changes keys and conditions; either key reads the conditions.
    pub const TRAILER_BY_B: Condition = Condition(0b011);

    /// Three bits; higher ones are cut off.
    pub fn new(bits: u8) -> Condition {
        Condition(bits & 0b111)
    }

    pub fn bits(self) -> u8 {
        self.0
    }

    /// May this key write the data block (table 8)?
    pub fn data_written_by(self, letter: Letter) -> bool {
        let right = match self.0 {
            0b000 => Right::Both,
            0b100 | 0b110 | 0b011 => Right::B,
            _ => Right::Never,
        };
        right.of(letter)
    }

    /// May this key read the data block (table 8)?
    pub fn data_read_by(self, letter: Letter) -> bool {
        let right = match self.0 {
            0b000 | 0b010 | 0b100 | 0b110 | 0b001 => Right::Both,
            0b011 | 0b101 => Right::B,
            _ => Right::Never,
        };
        right.of(letter)
    }

    /// May this key count the data block down or up (table 8)?
    pub fn data_counted_by(self, letter: Letter) -> bool {
        let right = match self.0 {
            0b000 | 0b110 | 0b001 => Right::Both,
            _ => Right::Never,
        };
        right.of(letter)
    }

    /// May this key change a key or the conditions (table 7)?
    pub fn trailer_written_by(self, letter: Letter) -> bool {
        let right = match self.0 {
            0b000 | 0b001 => Right::A,
            0b011..=0b101 => Right::B,
            _ => Right::Never,
        };
        right.of(letter)
    }

    /// A readable key B is data: it authenticates and grants nothing (table 7, note 1).
    pub fn key_b_readable(self) -> bool {
        matches!(self.0, 0b000..=0b010)
    }
}

/// The conditions of a sector: three data blocks, or on a 4K card's large sectors three groups of five, and the trailer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conditions {
    pub data: [Condition; 3],
    pub trailer: Condition,
}

impl Conditions {
    /// What a sector leaves the factory with: FF 07 80.
    pub const TRANSPORT: Conditions = Conditions { data: [Condition::OPEN; 3], trailer: Condition::TRANSPORT };
    /// Protection `keyed`: read with A or B, written with B alone, trailer by B alone.
    pub const KEYED: Conditions = Conditions { data: [Condition::KEYED; 3], trailer: Condition::TRAILER_BY_B };

    /// Data never written again, keys still changed by key B: 87 8F 07.
    pub const DATA_FROZEN: Conditions = Conditions { data: [Condition::READ_ONLY; 3], trailer: Condition::KEYS_BY_B };
    /// Nothing ever written again: 07 8F 0F.
    pub const ALL_FROZEN: Conditions = Conditions { data: [Condition::READ_ONLY; 3], trailer: Condition::FROZEN };

    /// No key writes any data of the sector, ever.
    pub fn is_frozen(&self) -> bool {
        self.data.iter().all(|data| !data.data_written_by(Letter::B) && !data.data_written_by(Letter::A))
    }

    /// May this key write anything in the sector: data, counters, keys or conditions?
    pub fn anything_written_by(&self, letter: Letter) -> bool {
        if letter == Letter::B && self.trailer.key_b_readable() {
            return false;
        }
        self.trailer.trailer_written_by(letter)
            || self.data.iter().any(|data| data.data_written_by(letter) || data.data_counted_by(letter))
    }
}

/// Bytes 6 to 8 of a trailer: every condition bit once straight and once inverted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessBytes(pub [u8; 3]);

impl AccessBytes {
    /// Table 6: byte 6 = ¬C2 ¬C1, byte 7 = C1 ¬C3, byte 8 = C3 C2; in each nibble bit n is block n.
    pub fn of(conditions: &Conditions) -> AccessBytes {
        let [x, y, z] = conditions.data;
        let blocks = [x, y, z, conditions.trailer];
        let nibble = |bit: u8| blocks.iter().rev().fold(0u8, |n, c| n << 1 | (c.0 >> bit & 1));
        let (c1, c2, c3) = (nibble(2), nibble(1), nibble(0));
        AccessBytes([(!c2 & 0xF) << 4 | (!c1 & 0xF), c1 << 4 | (!c3 & 0xF), c3 << 4 | c2])
    }

    /// The conditions in the bytes. Copies that disagree are `access-bytes`: the chip would block the sector
    /// irreversibly (section 8.7.1), so nothing of the kind is ever written.
    pub fn check(self) -> Result<Conditions, Trouble> {
        let [six, seven, eight] = self.0;
        let (c1, c2, c3) = (seven >> 4, eight & 0xF, eight >> 4);
        if six & 0xF != !c1 & 0xF || six >> 4 != !c2 & 0xF || seven & 0xF != !c3 & 0xF {
            return Err(Trouble::new("access-bytes").with("bytes", format!("{six:02X} {seven:02X} {eight:02X}")));
        }
        let block = |n: u8| Condition((c1 >> n & 1) << 2 | (c2 >> n & 1) << 1 | (c3 >> n & 1));
        Ok(Conditions { data: [block(0), block(1), block(2)], trailer: block(3) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(data: u8, trailer: u8) -> [u8; 3] {
        AccessBytes::of(&Conditions { data: [Condition::new(data); 3], trailer: Condition::new(trailer) }).0
    }

    /// The values that MF1S50 and AN1305 print.
    #[test]
    fn the_published_bytes_come_out() {
        assert_eq!(bytes(0b000, 0b001), [0xFF, 0x07, 0x80]);
        assert_eq!(bytes(0b100, 0b011), [0x78, 0x77, 0x88]);
        assert_eq!(bytes(0b010, 0b011), [0x0F, 0x07, 0x8F]);
        assert_eq!(bytes(0b000, 0b011), [0x7F, 0x07, 0x88]);
        assert_eq!(bytes(0b010, 0b100), [0x87, 0x8F, 0x07]);
        assert_eq!(bytes(0b010, 0b110), [0x07, 0x8F, 0x0F]);
        assert_eq!(bytes(0b110, 0b011), [0x08, 0x77, 0x8F]);
    }

    #[test]
    fn every_condition_comes_back() {
        for all in 0..4096u16 {
            let c = |n: u16| Condition::new((all >> (3 * n)) as u8);
            let conditions = Conditions { data: [c(0), c(1), c(2)], trailer: c(3) };
            assert_eq!(AccessBytes::of(&conditions).check(), Ok(conditions));
        }
    }

    /// Of all 2^24 values 4096 are sound; one flipped bit is never.
    #[test]
    fn one_flipped_bit_is_refused() {
        for all in 0..4096u16 {
            let c = |n: u16| Condition::new((all >> (3 * n)) as u8);
            let sound = AccessBytes::of(&Conditions { data: [c(0), c(1), c(2)], trailer: c(3) });
            for bit in 0..24 {
                let mut torn = sound;
                torn.0[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(torn.check().unwrap_err().code, "access-bytes");
            }
        }
    }

    /// Tables 7 and 8 in one: condition → (A writes data, B writes data, A writes trailer, B writes trailer, B readable).
    #[test]
    fn rights_follow_the_data_sheet() {
        let table = [
            (0b000, true, true, true, false, true),
            (0b010, false, false, false, false, true),
            (0b100, false, true, false, true, false),
            (0b110, false, true, false, false, false),
            (0b001, false, false, true, false, true),
            (0b011, false, true, false, true, false),
            (0b101, false, false, false, true, false),
            (0b111, false, false, false, false, false),
        ];
        for (bits, a_data, b_data, a_trailer, b_trailer, readable) in table {
            let c = Condition::new(bits);
            let found = (c.data_written_by(Letter::A), c.data_written_by(Letter::B));
            assert_eq!(found, (a_data, b_data), "{bits:03b}");
            let found = (c.trailer_written_by(Letter::A), c.trailer_written_by(Letter::B));
            assert_eq!(found, (a_trailer, b_trailer), "{bits:03b}");
            assert_eq!(c.key_b_readable(), readable, "{bits:03b}");
        }
    }

    #[test]
    fn keyed_leaves_key_a_nothing_to_write() {
        assert!(!Conditions::KEYED.anything_written_by(Letter::A));
        assert!(Conditions::KEYED.anything_written_by(Letter::B));
        assert!(Conditions::TRANSPORT.anything_written_by(Letter::A));
    }
}
