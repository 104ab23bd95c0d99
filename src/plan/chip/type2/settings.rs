//! CFG0 and CFG1 of a Type 2 chip: from which page on it asks for its password, and how. Start at [`Settings`].

use super::map::{Map, Page};

/// ACCESS: reading asks for the password too.
const PROT: u8 = 0x80;
/// ACCESS: CFG0 and CFG1 are read-only for ever.
const CFGLCK: u8 = 0x40;
/// ACCESS: reading counts (NFC_CNT_EN), and the count asks for the password (NFC_CNT_PWD_PROT); NTAG21x only, reserved bits
/// elsewhere.
const NFC_COUNTER: u8 = 0x18;
/// ACCESS: how many wrong passwords the chip bears.
const AUTHLIM: u8 = 0x07;
/// CFG0, byte 0: what of UID and counter is shown in the user memory (NTAG21x).
const MIRROR_CONF: u8 = 0xC0;
/// CFG0, byte 0: strong load modulation.
const STRG_MOD_EN: u8 = 0x04;

/// The configuration as it stands on the chip (NTAG213/215/216 rev. 3.2, section 8.5.7; MF0ULX1 rev. 3.3, section 8.5.6).
/// What is written rules from the next power-on; PWD and PACK at once.
///
/// CFG1 is never written by us: torn in mid-programming it may come to hold CFGLCK, and then the chip can never be locked. A
/// chip whose ACCESS is not what a finished card has is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    pub cfg0: Page,
    pub cfg1: Page,
}

impl Settings {
    /// The first page that is written only behind the password.
    pub fn auth0(&self) -> u8 {
        self.cfg0[3]
    }

    /// Whether the password guards any page.
    pub fn is_protected(&self, map: &Map) -> bool {
        self.auth0() < map.pages
    }

    /// Whether ACCESS sets anything that a finished card has not: that can only be undone by writing CFG1, or never.
    pub fn is_foreign(&self, map: &Map) -> bool {
        let counter = if map.mirrors() { NFC_COUNTER } else { 0 };
        self.cfg1[0] & (PROT | CFGLCK | AUTHLIM | counter) != 0
    }

    /// How many wrong passwords in a row shut the chip for ever; 0: it bears any number.
    pub fn limit(&self) -> u8 {
        self.cfg1[0] & AUTHLIM
    }

    /// Whether reading shows UID or counter in the place of what stands in the user memory.
    pub fn is_mirrored(&self, map: &Map) -> bool {
        map.mirrors() && self.cfg0[0] & MIRROR_CONF != 0
    }

    /// CFG0 of the same chip with this AUTH0 and nothing mirrored.
    pub fn cfg0_with(&self, map: &Map, auth0: u8) -> Page {
        [self.modulation(map), 0, 0, auth0]
    }

    /// NTAG21x are delivered with strong modulation. An EV1 keeps what it has, unless the page was torn: reserved bits are 0.
    fn modulation(&self, map: &Map) -> u8 {
        let whole = self.cfg0[0] & !STRG_MOD_EN == 0 && self.cfg0[1..3] == [0, 0];
        match whole {
            _ if map.mirrors() => STRG_MOD_EN,
            true => self.cfg0[0],
            false => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::chip::ChipKind;

    #[test]
    fn what_is_ours_changes_and_the_rest_stays() {
        let (ntag, ev1) = (Map::of(ChipKind::Ntag213), Map::of(ChipKind::UltralightEv1));
        let table = [
            (&ntag, [0x04, 0, 0, 0xFF], [0x04, 0, 0, 2]),
            // As some stock comes, with the mirror on.
            (&ntag, [0xC4, 0, 0x0F, 0xFF], [0x04, 0, 0, 2]),
            (&ntag, [0, 0, 0, 0], [0x04, 0, 0, 2]),
            (&ev1, [0, 0, 0, 0xFF], [0, 0, 0, 2]),
            (&ev1, [4, 0, 0, 0xFF], [4, 0, 0, 2]),
            (&ev1, [0xFF; 4], [0, 0, 0, 2]),
        ];
        for (map, cfg0, due) in table {
            let found = Settings { cfg0, cfg1: [0; 4] };
            assert_eq!(found.cfg0_with(map, 2), due, "{cfg0:02X?}");
            assert_eq!(Settings { cfg0: due, ..found }.cfg0_with(map, 2), due);
        }
    }

    /// ACCESS: PROT, CFGLCK, reserved, NFC_CNT_EN, NFC_CNT_PWD_PROT, AUTHLIM (NTAG213/215/216 rev. 3.2, table 11; MF0ULX1
    /// rev. 3.3, table 10, where the counter's bits are reserved).
    #[test]
    fn bits_are_those_of_the_sheets() {
        let (ntag, ev1) = (Map::of(ChipKind::Ntag213), Map::of(ChipKind::UltralightEv1));
        let of = |access, auth0| Settings { cfg0: [0x04, 0, 0, auth0], cfg1: [access, 0, 0, 0] };
        let foreign = |map| (0..8).map(|bit| of(1 << bit, 0).is_foreign(map)).collect::<Vec<_>>();
        assert_eq!(foreign(&ntag), [true, true, true, true, true, false, true, true]);
        assert_eq!(foreign(&ev1), [true, true, true, false, false, false, true, true]);
        assert!(of(0x05, 0).limit() == 5 && of(0xF8, 0).limit() == 0);
        assert!(of(0, 0x2C).is_protected(&ntag) && !of(0, 0x2D).is_protected(&ntag));
    }
}
