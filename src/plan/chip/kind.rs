//! Which chip lies in the field, and how it is organised. Says what a select (AN10833) and GET_VERSION tell and never
//! guesses further. Start at [`ChipKind::recognise`].

use std::fmt;

use super::super::messages::Trouble;

/// The chips of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChipKind {
    Classic1k,
    Classic4k,
    UltralightEv1,
    UltralightEv1Large,
    Ntag213,
    Ntag215,
    Ntag216,
}

impl ChipKind {
    pub const ALL: [ChipKind; 7] = [
        ChipKind::Classic1k,
        ChipKind::Classic4k,
        ChipKind::UltralightEv1,
        ChipKind::UltralightEv1Large,
        ChipKind::Ntag213,
        ChipKind::Ntag215,
        ChipKind::Ntag216,
    ];

    /// As in settings, `--json` and the store.
    pub fn code(self) -> &'static str {
        match self {
            ChipKind::Classic1k => "classic-1k",
            ChipKind::Classic4k => "classic-4k",
            ChipKind::UltralightEv1 => "ultralight-ev1",
            ChipKind::UltralightEv1Large => "ultralight-ev1-128",
            ChipKind::Ntag213 => "ntag213",
            ChipKind::Ntag215 => "ntag215",
            ChipKind::Ntag216 => "ntag216",
        }
    }

    /// The maker's name, as a clerk reads it on the box.
    pub fn name(self) -> &'static str {
        match self {
            ChipKind::Classic1k => "MIFARE Classic 1K",
            ChipKind::Classic4k => "MIFARE Classic 4K",
            ChipKind::UltralightEv1 => "MIFARE Ultralight EV1 (48)",
            ChipKind::UltralightEv1Large => "MIFARE Ultralight EV1 (128)",
            ChipKind::Ntag213 => "NTAG213",
            ChipKind::Ntag215 => "NTAG215",
            ChipKind::Ntag216 => "NTAG216",
        }
    }

    /// The kind of a code; any other text is `chip-kind`.
    pub fn parse(code: &str) -> Result<ChipKind, Trouble> {
        let known = ChipKind::ALL.into_iter().find(|kind| kind.code() == code);
        known.ok_or_else(|| Trouble::new("chip-kind").with("text", code))
    }

    /// What a select shows; a chip that this program cannot encode is `chip-unsupported` by name.
    ///
    /// SAK decides (AN10833 rev. 3.6, section 3.2: ATQA is for anticollision and may be anything once two cards
    /// answered). ATQA only tells the bytes of the unknown ones apart in the message.
    pub fn recognise(atqa: [u8; 2], sak: u8) -> Result<Selected, Trouble> {
        // Infineon's 88h and 98h are the same Classic 1K and 4K.
        let name = match sak {
            0x08 | 0x88 => return Ok(Selected::Kind(ChipKind::Classic1k)),
            0x18 | 0x98 => return Ok(Selected::Kind(ChipKind::Classic4k)),
            0x00 => return Ok(Selected::AskVersion),
            0x09 => "MIFARE Mini".to_owned(),
            0x10 | 0x11 => "MIFARE Plus (SL2)".to_owned(),
            sak if sak & 0x20 != 0 && atqa == [0x03, 0x44] => "MIFARE DESFire".to_owned(),
            sak if sak & 0x20 != 0 => "ISO 14443-4".to_owned(),
            sak => format!("ATQA {:02X}{:02X} SAK {sak:02X}", atqa[0], atqa[1]),
        };
        Err(Trouble::new("chip-unsupported").with("chip", name))
    }

    /// The Type 2 chip that answers GET_VERSION so (NTAG213/215/216 rev. 3.2, section 10.1; MF0ULX1 rev. 3.3,
    /// section 10.1): 00, vendor, type, subtype, version 2, storage size, protocol. Others are `chip-unsupported`.
    ///
    /// Subtype and version are part of the name: NTAG I2C 1K, NTAG213F, 216F and 213 TT have the storage size of an NTAG213 or
    /// 216 and another memory (nfcpy tag/tt2_nxp.py, proxmark3 cmdhfmfu.c).
    pub fn of_version(answer: &[u8]) -> Result<ChipKind, Trouble> {
        match answer {
            // Subtype: 17 or 50 pF of input capacitance (MF0UL, MF0ULH).
            [0x00, 0x04, 0x03, 0x01 | 0x02, 0x01, 0x00, 0x0B, 0x03] => Ok(ChipKind::UltralightEv1),
            [0x00, 0x04, 0x03, 0x01 | 0x02, 0x01, 0x00, 0x0E, 0x03] => Ok(ChipKind::UltralightEv1Large),
            [0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x0F, 0x03] => Ok(ChipKind::Ntag213),
            [0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x11, 0x03] => Ok(ChipKind::Ntag215),
            [0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x13, 0x03] => Ok(ChipKind::Ntag216),
            _ => Err(Trouble::new("chip-unsupported").with("chip", "MIFARE Ultralight / NTAG")),
        }
    }

    pub fn family(self) -> Family {
        match self {
            ChipKind::Classic1k | ChipKind::Classic4k => Family::Classic,
            _ => Family::Type2,
        }
    }

    /// Sectors of a Classic; 0 for the page-organised kinds.
    pub fn sectors(self) -> u8 {
        match self {
            ChipKind::Classic1k => 16,
            ChipKind::Classic4k => 40,
            _ => 0,
        }
    }

    /// Pages of four bytes of a Type 2 chip; 0 for a Classic.
    pub fn pages(self) -> u8 {
        match self {
            ChipKind::Classic1k | ChipKind::Classic4k => 0,
            ChipKind::UltralightEv1 => 20,
            ChipKind::UltralightEv1Large => 41,
            ChipKind::Ntag213 => 45,
            ChipKind::Ntag215 => 135,
            ChipKind::Ntag216 => 231,
        }
    }

    /// User pages of a Type 2 chip, the first of them page 4; 0 for a Classic.
    pub fn user_pages(self) -> u8 {
        match self {
            ChipKind::Classic1k | ChipKind::Classic4k => 0,
            ChipKind::UltralightEv1 => 12,
            ChipKind::UltralightEv1Large => 32,
            ChipKind::Ntag213 => 36,
            ChipKind::Ntag215 => 126,
            ChipKind::Ntag216 => 222,
        }
    }

    /// Less than 64 bytes for us: the compact form of the content.
    pub fn is_compact(self) -> bool {
        self.family() == Family::Type2 && self.user_pages() < 16
    }

    /// Areas of the live picture and of a reading: the sectors of a Classic, the rows of four pages of a Type 2 chip.
    pub fn areas(self) -> u8 {
        match self.family() {
            Family::Classic => self.sectors(),
            Family::Type2 => self.pages().div_ceil(4),
        }
    }
}

/// What a select alone can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selected {
    Kind(ChipKind),
    /// SAK 00: Ultralight and NTAG look alike until GET_VERSION.
    AskVersion,
}

/// How a chip is organised and locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Sectors with keys and access conditions.
    Classic,
    /// NFC Forum Type 2: pages of four bytes, a password, lock bits.
    Type2,
}

impl fmt::Display for ChipKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_select_names_the_chip_or_refuses_it_by_name() {
        let name = |sak| ChipKind::recognise([0, 4], sak).unwrap_err().args[0].1.clone();
        assert_eq!(ChipKind::recognise([0, 4], 0x08), Ok(Selected::Kind(ChipKind::Classic1k)));
        assert_eq!(ChipKind::recognise([0, 0x44], 0x88), Ok(Selected::Kind(ChipKind::Classic1k)));
        assert_eq!(ChipKind::recognise([0, 2], 0x18), Ok(Selected::Kind(ChipKind::Classic4k)));
        assert_eq!(ChipKind::recognise([0, 0x44], 0x00), Ok(Selected::AskVersion));
        assert_eq!(name(0x20), "ISO 14443-4");
        assert_eq!(ChipKind::recognise([3, 0x44], 0x20).unwrap_err().args[0].1, "MIFARE DESFire");
        assert_eq!(name(0x42), "ATQA 0004 SAK 42");
    }

    #[test]
    fn a_version_names_the_type_2_chip() {
        for (storage, product, kind) in [
            (0x0B, 3, ChipKind::UltralightEv1),
            (0x0E, 3, ChipKind::UltralightEv1Large),
            (0x0F, 4, ChipKind::Ntag213),
            (0x11, 4, ChipKind::Ntag215),
            (0x13, 4, ChipKind::Ntag216),
        ] {
            assert_eq!(ChipKind::of_version(&[0, 4, product, 2, 1, 0, storage, 3]), Ok(kind));
        }
        for answer in [
            // Another vendor.
            &[0, 5, 4, 2, 1, 0, 0x0F, 3][..],
            // NTAG210, NTAG I2C 1K, NTAG I2C plus 1K, NTAG213F, NTAG216F, NTAG213 TT.
            &[0, 4, 4, 1, 1, 0, 0x0B, 3],
            &[0, 4, 4, 5, 2, 1, 0x13, 3],
            &[0, 4, 4, 5, 2, 2, 0x13, 3],
            &[0, 4, 4, 4, 1, 0, 0x0F, 3],
            &[0, 4, 4, 4, 1, 0, 0x13, 3],
            &[0, 4, 4, 2, 3, 0, 0x0F, 3],
            // Cut short.
            &[0, 4, 4],
        ] {
            assert_eq!(ChipKind::of_version(answer).unwrap_err().code, "chip-unsupported");
        }
    }

    #[test]
    fn codes_are_read_back() {
        for kind in ChipKind::ALL {
            assert_eq!(ChipKind::parse(kind.code()), Ok(kind));
        }
        assert_eq!(ChipKind::parse("desfire").unwrap_err().code, "chip-kind");
    }
}
