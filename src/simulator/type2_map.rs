//! The memory maps of the Type 2 chips: where each keeps its locks, its configuration and its password.
//!
//! MF0ULX1 rev. 3.3, section 8.5 (memory organisation), and NTAG213_215_216 rev. 3.2, section 8.5, checked against both.
//! What the sheets leave open at delivery (user pages from page 4 of Ultralight EV1, from page 5 of NTAG21x) is 00. Figures
//! and contents at delivery only; what a command does with them stands in [`type2`](super::type2), the lock bits in
//! [`type2_locks`](super::type2_locks). Start at [`Map`].

use super::kind::Kind;
/// Bytes of a page, the unit of reading, of writing and of tearing.
pub use super::kind::PAGE;
use super::uid::Uid;

/// Cascade tag, part of BCC0 (ISO/IEC 14443-3, 6.5.4).
const CASCADE_TAG: u8 = 0x88;
/// The second byte of page 2.
const INTERNAL: u8 = 0x48;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Ev1,
    Ntag,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Map {
    pub kind: Kind,
    pub family: Family,
    /// How many pages there are, from page 0.
    pub pages: u8,
    /// A clone's: the UID's pages are written like any other, page 2's first bytes too.
    pub settable: bool,
    /// The dynamic lock bytes; MF0UL11 has none.
    pub dynamic: Option<Dynamic>,
    /// CFG0; CFG1, PWD and PACK follow it.
    pub config: u8,
    /// What GET_VERSION tells.
    pub version: [u8; 8],
    /// Pages 3, 4 and 5 at delivery: the capability container or the one-time page, and the first user pages.
    delivery: [[u8; PAGE]; 3],
}

/// Lock bits for what the static ones do not reach: one for `lock_span` pages from page 16 to `last`, and one that
/// freezes the lock bits of `block_span` pages.
#[derive(Debug, PartialEq, Eq)]
pub struct Dynamic {
    pub page: u8,
    pub last: u8,
    pub lock_span: u8,
    pub block_span: u8,
}

/// The first page that dynamic lock bits reach.
pub const DYNAMIC_FIRST: u8 = 16;
/// What the fourth byte of the dynamic lock page always reads as.
pub const DYNAMIC_FOURTH: u8 = 0xBD;

/// CFG1, byte 1: the virtual card type identifier of Ultralight EV1 (MF0ULX1, table 8). The sheet of NTAG21x says that the
/// byte is reserved and 00 (table 11), but its silicon is delivered with the same (a genuine NTAG216, proxmark3
/// traces/mifare/ntag216-empty.json).
const DELIVERED_VCTID: u8 = 0x05;

const EMPTY: [u8; PAGE] = [0; PAGE];
const EMPTY_NDEF: [u8; PAGE] = [0x03, 0x00, 0xFE, 0x00];

const MF0UL11: Map = Map {
    kind: Kind::UltralightEv1,
    family: Family::Ev1,
    pages: Kind::UltralightEv1.pages(),
    settable: false,
    dynamic: None,
    config: 0x10,
    version: [0x00, 0x04, 0x03, 0x01, 0x01, 0x00, 0x0B, 0x03],
    delivery: [EMPTY; 3],
};

const MF0UL21: Map = Map {
    kind: Kind::UltralightEv1Large,
    family: Family::Ev1,
    pages: Kind::UltralightEv1Large.pages(),
    settable: false,
    dynamic: Some(Dynamic { page: 0x24, last: 35, lock_span: 2, block_span: 4 }),
    config: 0x25,
    version: [0x00, 0x04, 0x03, 0x01, 0x01, 0x00, 0x0E, 0x03],
    delivery: [EMPTY; 3],
};

const NTAG213: Map = Map {
    kind: Kind::Ntag213,
    family: Family::Ntag,
    pages: Kind::Ntag213.pages(),
    settable: false,
    dynamic: Some(Dynamic { page: 0x28, last: 39, lock_span: 2, block_span: 4 }),
    config: 0x29,
    version: [0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x0F, 0x03],
    delivery: [[0xE1, 0x10, 0x12, 0x00], [0x01, 0x03, 0xA0, 0x0C], [0x34, 0x03, 0x00, 0xFE]],
};

const NTAG215: Map = Map {
    kind: Kind::Ntag215,
    family: Family::Ntag,
    pages: Kind::Ntag215.pages(),
    settable: false,
    dynamic: Some(Dynamic { page: 0x82, last: 129, lock_span: 16, block_span: 32 }),
    config: 0x83,
    version: [0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x11, 0x03],
    delivery: [[0xE1, 0x10, 0x3E, 0x00], EMPTY_NDEF, EMPTY],
};

const NTAG216: Map = Map {
    kind: Kind::Ntag216,
    family: Family::Ntag,
    pages: Kind::Ntag216.pages(),
    settable: false,
    dynamic: Some(Dynamic { page: 0xE2, last: 225, lock_span: 16, block_span: 32 }),
    config: 0xE3,
    version: [0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x13, 0x03],
    delivery: [[0xE1, 0x10, 0x6D, 0x00], EMPTY_NDEF, EMPTY],
};

/// An NTAG213 to whoever asks (proxmark3 doc/magic_cards_notes.md, "NTAG213 DirectWrite").
const MAGIC_NTAG213: Map = Map { kind: Kind::MagicNtag213, settable: true, ..NTAG213 };

impl Kind {
    /// The memory map of a Type 2 chip.
    pub fn map(self) -> Option<&'static Map> {
        Map::of(self)
    }
}

impl Map {
    pub fn of(kind: Kind) -> Option<&'static Map> {
        let maps: [&'static Map; 6] = [&MF0UL11, &MF0UL21, &NTAG213, &NTAG215, &NTAG216, &MAGIC_NTAG213];
        maps.into_iter().find(|map| map.kind == kind)
    }

    /// The UID that pages 0 to 2 tell in anticollision; `None`: their check bytes do not fit, and no reader hears it.
    pub fn uid_in(pages: [[u8; PAGE]; 3]) -> Option<Uid> {
        let [[a, b, c, first], [d, e, f, g], [second, ..]] = pages;
        let fits = CASCADE_TAG ^ a ^ b ^ c == first && d ^ e ^ f ^ g == second;
        fits.then(|| Uid::double([a, b, c, d, e, f, g]))
    }

    /// CFG1, with the access byte.
    pub fn access(&self) -> u8 {
        self.config + 1
    }

    pub fn password(&self) -> u8 {
        self.config + 2
    }

    pub fn pack(&self) -> u8 {
        self.config + 3
    }

    /// The last page of user memory.
    pub fn last_user(&self) -> u8 {
        self.dynamic.as_ref().map_or(self.config, |dynamic| dynamic.page) - 1
    }

    /// Byte 0 of CFG0 at delivery: NTAG21x with strong load modulation (STRG_MOD_EN).
    fn modulation(&self) -> u8 {
        match self.family {
            Family::Ev1 => 0x00,
            Family::Ntag => 0x04,
        }
    }

    /// The memory of a chip as delivered.
    pub fn blank(&self, uid: Uid) -> Vec<u8> {
        let mut memory = vec![0; usize::from(self.pages) * PAGE];
        let mut put = |page: u8, bytes: [u8; PAGE]| {
            memory[usize::from(page) * PAGE..][..PAGE].copy_from_slice(&bytes);
        };
        let [a, b, c, d, e, f, g] = uid.seven();
        put(0, [a, b, c, CASCADE_TAG ^ a ^ b ^ c]);
        put(1, [d, e, f, g]);
        put(2, [d ^ e ^ f ^ g, INTERNAL, 0x00, 0x00]);
        (3..).zip(self.delivery).for_each(|(page, bytes)| put(page, bytes));
        if let Some(dynamic) = &self.dynamic {
            put(dynamic.page, [0x00, 0x00, 0x00, DYNAMIC_FOURTH]);
        }
        put(self.config, [self.modulation(), 0x00, 0x00, 0xFF]);
        put(self.access(), [0x00, DELIVERED_VCTID, 0x00, 0x00]);
        put(self.password(), [0xFF; PAGE]);
        put(self.pack(), [0x00; PAGE]);
        memory
    }
}
