//! Which chip lies in the field. Says what a select tells (AN10833) and never guesses further.
//! Start at [`ChipKind::recognise`].

use std::fmt;

use super::super::messages::Trouble;

/// The chips of the contract. Only [`ChipKind::Classic1k`] is built so far; the others are known by name.
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

    /// The kind that a select shows, when this program can encode it; any other is `chip-unsupported` by name.
    ///
    /// SAK decides (AN10833 rev. 3.6, section 3.2: ATQA is for anticollision and may be anything once two cards
    /// answered). ATQA only tells the bytes of the unknown ones apart in the message.
    pub fn recognise(atqa: [u8; 2], sak: u8) -> Result<ChipKind, Trouble> {
        // The UID-incomplete bit (04h) and Infineon's 88h are the same Classic 1K.
        let name = match sak {
            0x08 | 0x88 => return Ok(ChipKind::Classic1k),
            0x18 | 0x98 => ChipKind::Classic4k.name().to_owned(),
            0x09 => "MIFARE Mini".to_owned(),
            0x10 | 0x11 => "MIFARE Plus (SL2)".to_owned(),
            0x00 => "MIFARE Ultralight / NTAG".to_owned(),
            sak if sak & 0x20 != 0 => "ISO 14443-4 (DESFire, …)".to_owned(),
            sak => format!("ATQA {:02X}{:02X} SAK {sak:02X}", atqa[0], atqa[1]),
        };
        Err(Trouble::new("chip-unsupported").with("chip", name))
    }

    /// Sectors of a Classic; 0 for the page-organised kinds.
    pub fn sectors(self) -> u8 {
        match self {
            ChipKind::Classic1k => 16,
            ChipKind::Classic4k => 40,
            _ => 0,
        }
    }
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
        assert_eq!(ChipKind::recognise([0, 4], 0x08), Ok(ChipKind::Classic1k));
        assert_eq!(ChipKind::recognise([0, 0x44], 0x08), Ok(ChipKind::Classic1k));
        assert_eq!(name(0x18), "MIFARE Classic 4K");
        assert_eq!(name(0x00), "MIFARE Ultralight / NTAG");
        assert_eq!(name(0x20), "ISO 14443-4 (DESFire, …)");
        assert_eq!(name(0x42), "ATQA 0004 SAK 42");
    }

    #[test]
    fn codes_are_read_back() {
        for kind in ChipKind::ALL {
            assert_eq!(ChipKind::parse(kind.code()), Ok(kind));
        }
        assert_eq!(ChipKind::parse("desfire").unwrap_err().code, "chip-kind");
    }
}
