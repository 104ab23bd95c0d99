//! The access conditions of MIFARE Classic: three bits a block, kept twice in the sector trailer.
//!
//! MF1S50YYX_V1 rev. 3.2, section 8.7.1 (format), table 7 (sector trailer), table 8 (data blocks), checked row by row
//! against the text (table 7 in rev. 3.0 of MF1S50YYX, both in MF1S703x rev. 3.0, tables 6 and 7). This file says only
//! what the sheet says; what a session does with it stands in [`classic`](super::classic).

/// The key that a session was authenticated with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    A,
    B,
}

/// Who may do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    Never,
    A,
    B,
    Either,
}

impl Grant {
    pub fn allows(self, key: Key) -> bool {
        match self {
            Grant::Never => false,
            Grant::A => key == Key::A,
            Grant::B => key == Key::B,
            Grant::Either => true,
        }
    }
}

/// C1 C2 C3 of one block, as the number `C1·4 + C2·2 + C3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bits(pub u8);

/// The bits of the blocks 0 to 3 of a sector, or `None` when the inverted copies do not fit: a format violation.
pub fn bits(trailer: &[u8; 16]) -> Option<[Bits; 4]> {
    let (b6, b7, b8) = (trailer[6], trailer[7], trailer[8]);
    let (c1, c2, c3) = (b7 >> 4, b8 & 0x0F, b8 >> 4);
    let (not_c1, not_c2, not_c3) = (b6 & 0x0F, b6 >> 4, b7 & 0x0F);
    if c1 ^ not_c1 != 0x0F || c2 ^ not_c2 != 0x0F || c3 ^ not_c3 != 0x0F {
        return None;
    }
    Some([0, 1, 2, 3].map(|block| {
        let bit = |c: u8| c >> block & 1;
        Bits(bit(c1) << 2 | bit(c2) << 1 | bit(c3))
    }))
}

/// Table 8. `decrement` stands for decrement, transfer and restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataRights {
    pub read: Grant,
    pub write: Grant,
    pub increment: Grant,
    pub decrement: Grant,
}

pub fn data_rights(bits: Bits) -> DataRights {
    use Grant::*;
    let (read, write, increment, decrement) = match bits.0 {
        0b000 => (Either, Either, Either, Either),
        0b010 => (Either, Never, Never, Never),
        0b100 => (Either, B, Never, Never),
        0b110 => (Either, B, B, Either),
        0b001 => (Either, Never, Never, Either),
        0b011 => (B, B, Never, Never),
        0b101 => (B, Never, Never, Never),
        _ => (Never, Never, Never, Never),
    };
    DataRights { read, write, increment, decrement }
}

/// Table 7. Key A can never be read, so it has no such field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailerRights {
    pub write_key_a: Grant,
    /// Bytes 6 to 9: the user byte has the rights of the access bits (8.6.3).
    pub read_access: Grant,
    pub write_access: Grant,
    pub read_key_b: Grant,
    pub write_key_b: Grant,
}

pub fn trailer_rights(bits: Bits) -> TrailerRights {
    use Grant::*;
    let (write_key_a, read_access, write_access, read_key_b, write_key_b) = match bits.0 {
        0b000 => (A, A, Never, A, A),
        0b010 => (Never, A, Never, A, Never),
        0b100 => (B, Either, Never, Never, B),
        0b110 => (Never, Either, Never, Never, Never),
        0b001 => (A, A, A, A, A),
        0b011 => (B, Either, B, Never, B),
        0b101 => (Never, Either, B, Never, Never),
        _ => (Never, Either, Never, Never, Never),
    };
    TrailerRights { write_key_a, read_access, write_access, read_key_b, write_key_b }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Access bytes that are published with their meaning, each read back to C1C2C3 of the blocks 0 1 2 3.
    #[test]
    fn published_access_bytes() {
        for (bytes, expected) in [
            ([0xFF, 0x07, 0x80], [0b000, 0b000, 0b000, 0b001]),
            ([0x78, 0x77, 0x88], [0b100, 0b100, 0b100, 0b011]),
            ([0x7F, 0x07, 0x88], [0b000, 0b000, 0b000, 0b011]),
            ([0x07, 0x8F, 0x0F], [0b010, 0b010, 0b010, 0b110]),
        ] {
            let mut trailer = [0; 16];
            trailer[6..9].copy_from_slice(&bytes);
            let found = bits(&trailer).map(|four| four.map(|b| b.0));
            assert_eq!(found, Some(expected), "{bytes:02X?}");
        }
    }

    #[test]
    fn any_single_flipped_bit_is_a_format_violation() {
        let mut trailer = [0; 16];
        trailer[6..9].copy_from_slice(&[0x78, 0x77, 0x88]);
        for bit in 0..24 {
            let mut torn = trailer;
            torn[6 + bit / 8] ^= 1 << (bit % 8);
            assert_eq!(bits(&torn), None, "bit {bit}");
        }
    }
}
