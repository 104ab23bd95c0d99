//! CFG0 and CFG1 of a Type 2 chip: from which page on it asks for its password, and how. Start at [`Settings`].

use super::map::{Map, Page};

/// ACCESS: reading asks for the password too.
const PROT: u8 = 0x80;
/// ACCESS: CFG0 and CFG1 are read-only for ever.
const CFGLCK: u8 = 0x40;
/// ACCESS: how many wrong passwords the chip bears.
const AUTHLIM: u8 = 0x07;
/// CFG0, byte 0: what of UID and counter is shown in the user memory (NTAG21x).
const MIRROR_CONF: u8 = 0xC0;
/// CFG0, byte 0: strong load modulation.
const STRG_MOD_EN: u8 = 0x04;

/// The configuration as it stands on the chip (NTAG213/215/216 rev. 3.2, section 8.5.7; MF0ULX1 rev. 3.3, section 8.5.6).
/// What is written rules from the next power-on; PWD and PACK at once.
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

    /// Whether reading asks for the password too.
    pub fn hides(&self) -> bool {
        self.cfg1[0] & PROT != 0
    }

    /// Whether the configuration can never be changed again.
    pub fn is_frozen(&self) -> bool {
        self.cfg1[0] & CFGLCK != 0
    }

    /// How many wrong passwords in a row shut the chip for ever; 0: it bears any number.
    pub fn limit(&self) -> u8 {
        self.cfg1[0] & AUTHLIM
    }

    /// Whether reading shows UID or counter in the place of what stands in the user memory.
    pub fn is_mirrored(&self, map: &Map) -> bool {
        map.mirrors() && self.cfg0[0] & MIRROR_CONF != 0
    }

    /// The same chip with this AUTH0, nothing mirrored, reading free and no limit. Of CFG1 only ACCESS is ours.
    pub fn with(&self, map: &Map, auth0: u8) -> Settings {
        let frozen = self.cfg1[0] & CFGLCK;
        let [_, rest @ ..] = self.cfg1;
        let [a, b, c] = rest;
        Settings { cfg0: [self.modulation(map), 0, 0, auth0], cfg1: [frozen, a, b, c] }
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
            (&ntag, [0x04, 0, 0, 0xFF], [0, 5, 0, 0], [0x04, 0, 0, 2], [0, 5, 0, 0]),
            // As some stock comes, with the mirror on.
            (&ntag, [0xC4, 0, 0x0F, 0xFF], [0x97, 0, 0, 0], [0x04, 0, 0, 2], [0, 0, 0, 0]),
            (&ntag, [0, 0, 0, 0], [0x40, 0, 0, 0], [0x04, 0, 0, 2], [0x40, 0, 0, 0]),
            (&ev1, [0, 0, 0, 0xFF], [0, 5, 0, 0], [0, 0, 0, 2], [0, 5, 0, 0]),
            (&ev1, [4, 0, 0, 0xFF], [7, 5, 0, 0], [4, 0, 0, 2], [0, 5, 0, 0]),
            (&ev1, [0xFF; 4], [0, 5, 0, 0], [0, 0, 0, 2], [0, 5, 0, 0]),
        ];
        for (map, cfg0, cfg1, due0, due1) in table {
            let due = Settings { cfg0, cfg1 }.with(map, 2);
            assert_eq!((due.cfg0, due.cfg1), (due0, due1), "{cfg0:02X?} {cfg1:02X?}");
            assert_eq!(due.with(map, 2), due);
        }
    }

    #[test]
    fn bits_are_those_of_the_sheets() {
        let map = Map::of(ChipKind::Ntag213);
        let of = |access, auth0| Settings { cfg0: [0x04, 0, 0, auth0], cfg1: [access, 0, 0, 0] };
        assert!(of(0x80, 0).hides() && of(0x40, 0).is_frozen() && of(0x05, 0).limit() == 5);
        assert!(!of(0x7F, 0).hides() && !of(0xBF, 0).is_frozen() && of(0xF8, 0).limit() == 0);
        assert!(of(0, 0x2C).is_protected(&map) && !of(0, 0x2D).is_protected(&map));
    }
}
