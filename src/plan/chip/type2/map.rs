//! Where everything stands on a Type 2 chip, and what its lock bits mean. Start at [`Map::of`]; the bits are [`Locks`].

use crate::plan::chip::ChipKind;

/// Four bytes.
pub type Page = [u8; 4];

/// The access byte of a capability container that says: read-only (NFC Forum Type 2 Tag, section 6.1).
pub const READ_ONLY: u8 = 0x0F;

/// The first user page.
pub const FIRST_USER: u8 = 4;
/// Static lock bytes (its bytes 2 and 3).
pub const STATIC_LOCKS: u8 = 2;
/// The capability container: one-time bits.
pub const CONTAINER: u8 = 3;
/// The first page that the dynamic lock bits reach.
const FIRST_DYNAMIC: u8 = 16;
/// AUTH0 of a chip that asks for no password: beyond every page.
pub const AUTH0_OFF: u8 = 0xFF;
/// AUTH0 of a finished card. From page 4 on would leave the static lock bytes and the one-time page to any phone. Any value
/// is valid (NTAG213/215/216 rev. 3.2, section 8.5.7), and WRITE refuses every page from it on (section 10.4).
pub const AUTH0_ON: u8 = STATIC_LOCKS;

/// A chip's pages (NTAG213/215/216 rev. 3.2, section 8.5; MF0ULX1 rev. 3.3, section 8.5; checked against both).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Map {
    pub kind: ChipKind,
    pub pages: u8,
    pub last_user: u8,
    /// `None` on MF0UL11, whose static bits reach all.
    pub dynamic: Option<Dynamic>,
    /// CFG0: modulation or mirror, AUTH0.
    pub config: u8,
}

/// The dynamic lock page: a lock bit for some pages each, and a block-locking bit for two lock bits each (NTAG213/215/216
/// rev. 3.2, figures 10 to 12; MF0ULX1 rev. 3.3, figure 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dynamic {
    pub page: u8,
    lock_span: u8,
    block_span: u8,
}

impl Map {
    /// The map of a Type 2 chip. A Classic has none, and gets one without pages.
    pub fn of(kind: ChipKind) -> Map {
        let config = kind.pages().saturating_sub(4);
        let spans = match kind {
            ChipKind::UltralightEv1Large | ChipKind::Ntag213 => Some((2, 4)),
            ChipKind::Ntag215 | ChipKind::Ntag216 => Some((16, 32)),
            _ => None,
        };
        let dynamic =
            spans.map(|(lock_span, block_span)| Dynamic { page: config.saturating_sub(1), lock_span, block_span });
        Map { kind, pages: kind.pages(), last_user: FIRST_USER - 1 + kind.user_pages(), dynamic, config }
    }

    /// CFG1: the ACCESS byte.
    pub fn access(&self) -> u8 {
        self.config + 1
    }

    pub fn pwd(&self) -> u8 {
        self.config + 2
    }

    pub fn pack(&self) -> u8 {
        self.config + 3
    }

    pub fn user(&self) -> std::ops::RangeInclusive<u8> {
        FIRST_USER..=self.last_user
    }

    /// The page from which one READ shows the dynamic lock bytes, where there are some, and CFG0 and CFG1.
    pub fn settings(&self) -> u8 {
        self.dynamic.map_or(self.config, |dynamic| dynamic.page)
    }

    /// The capability container of an NFC Forum Type 2 tag (section 6.1): E1, version 1.0, user bytes in eights, access.
    pub fn container(&self) -> Page {
        [0xE1, 0x10, self.container_size(), 0x00]
    }

    /// As NXP writes it into the NTAGs; the EV1 has none, so it is what the standard makes of its memory.
    fn container_size(&self) -> u8 {
        match self.kind {
            // 496 and 872 of the 504 and 888 bytes (NTAG213/215/216 rev. 3.2, section 8.5.4, table 4).
            ChipKind::Ntag215 => 0x3E,
            ChipKind::Ntag216 => 0x6D,
            kind => kind.user_pages() / 2,
        }
    }

    /// What the factory writes into the first user pages (NTAG213/215/216 rev. 3.2, section 8.5.6); zeros elsewhere, as far
    /// as is known: that section and MF0ULX1 rev. 3.3, 8.5.5, leave the content of the others open.
    pub fn delivered(&self, page: u8) -> Page {
        match (self.kind, page) {
            (ChipKind::Ntag213, 4) => [0x01, 0x03, 0xA0, 0x0C],
            (ChipKind::Ntag213, 5) => [0x34, 0x03, 0x00, 0xFE],
            (ChipKind::Ntag215 | ChipKind::Ntag216, 4) => [0x03, 0x00, 0xFE, 0x00],
            _ => [0; 4],
        }
    }

    /// Whether the chip can show UID or counter in its user memory (NTAG21x only; reserved bits elsewhere).
    pub fn mirrors(&self) -> bool {
        matches!(self.kind, ChipKind::Ntag213 | ChipKind::Ntag215 | ChipKind::Ntag216)
    }

    /// The lock bits of all user pages and of page 3, without those that freeze them.
    pub fn all_locked(&self) -> Locks {
        let dynamic = self.dynamic_pages().filter_map(|page| self.dynamic_bit(page));
        Locks { fixed: 0xFFF8, dynamic: dynamic.fold(0, |all, (lock, _)| all | lock), blocks: 0 }
    }

    /// The same and the bits that freeze them.
    pub fn all_frozen(&self) -> Locks {
        let blocks = self.dynamic_pages().filter_map(|page| self.dynamic_bit(page));
        let blocks = blocks.fold(0, |all, (_, block)| all | block);
        Locks { fixed: 0xFFFF, blocks, ..self.all_locked() }
    }

    fn dynamic_pages(&self) -> std::ops::RangeInclusive<u8> {
        FIRST_DYNAMIC..=self.last_user
    }

    /// The lock bit and the block-locking bit of a page that the dynamic lock bytes reach.
    fn dynamic_bit(&self, page: u8) -> Option<(u16, u8)> {
        let dynamic = self.dynamic.filter(|_| self.dynamic_pages().contains(&page))?;
        let offset = page - FIRST_DYNAMIC;
        Some((1 << (offset / dynamic.lock_span), 1 << (offset / dynamic.block_span)))
    }
}

/// The lock bits of a chip, as they stand on it. Bits are only ever set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Locks {
    /// Page 2, bytes 2 and 3, low byte first: bit n locks page n (3 to 15); the bits 0, 1, 2 freeze the lock bits of
    /// page 3, of 4 to 9, of 10 to 15.
    fixed: u16,
    /// The dynamic lock page, bytes 0 and 1, low byte first: from page 16 on.
    dynamic: u16,
    /// Its byte 2: freezes them. The fourth byte is reserved and reads BDh.
    blocks: u8,
}

impl Locks {
    /// As page 2 and the dynamic lock page show them; reserved bits are passed over.
    pub fn read(map: &Map, page_2: Page, dynamic: Page) -> Locks {
        let all = map.all_frozen();
        Locks {
            fixed: u16::from_le_bytes([page_2[2], page_2[3]]),
            dynamic: u16::from_le_bytes([dynamic[0], dynamic[1]]) & all.dynamic,
            blocks: dynamic[2] & all.blocks,
        }
    }

    /// What is written to page 2: its first two bytes are fixed, a WRITE passes over them.
    pub fn page_2(&self) -> Page {
        let [low, high] = self.fixed.to_le_bytes();
        [0, 0, low, high]
    }

    /// What is written to the dynamic lock page; reserved bits are 0.
    pub fn dynamic_page(&self) -> Page {
        let [low, high] = self.dynamic.to_le_bytes();
        [low, high, self.blocks, 0]
    }

    /// Whether this page (3, or a user page) is read-only for ever.
    pub fn locks(&self, map: &Map, page: u8) -> bool {
        match page {
            CONTAINER..FIRST_DYNAMIC => self.fixed >> page & 1 == 1,
            _ => map.dynamic_bit(page).is_some_and(|(lock, _)| self.dynamic & lock != 0),
        }
    }

    /// Whether this page can never be locked any more: it is not, and its lock bit is frozen.
    fn leaves_open(&self, map: &Map, page: u8) -> bool {
        let frozen = match page {
            CONTAINER => self.fixed & 0b001 != 0,
            4..=9 => self.fixed & 0b010 != 0,
            10..FIRST_DYNAMIC => self.fixed & 0b100 != 0,
            _ => map.dynamic_bit(page).is_some_and(|(_, block)| self.blocks & block != 0),
        };
        frozen && !self.locks(map, page)
    }

    /// The first page that somebody has kept from ever being locked.
    pub fn first_left_open(&self, map: &Map) -> Option<u8> {
        (CONTAINER..=map.last_user).find(|page| self.leaves_open(map, *page))
    }

    /// The first page that is read-only for ever, or whose lock bit is frozen.
    pub fn first_set(&self, map: &Map) -> Option<u8> {
        (CONTAINER..=map.last_user).find(|page| self.locks(map, *page) || self.leaves_open(map, *page))
    }

    /// Whether all of these bits are set.
    pub fn has(&self, due: &Locks) -> bool {
        self.fixed & due.fixed == due.fixed && self.has_dynamic(due)
    }

    /// Whether all of these bits of the dynamic lock page are set.
    pub fn has_dynamic(&self, due: &Locks) -> bool {
        self.dynamic & due.dynamic == due.dynamic && self.blocks & due.blocks == due.blocks
    }

    /// Whether all of these bits of page 2 are set.
    pub fn has_fixed(&self, due: &Locks) -> bool {
        self.fixed & due.fixed == due.fixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [ChipKind; 5] = [
        ChipKind::UltralightEv1,
        ChipKind::UltralightEv1Large,
        ChipKind::Ntag213,
        ChipKind::Ntag215,
        ChipKind::Ntag216,
    ];

    /// Memory organisation (section 8.5 of both sheets): last user page, dynamic lock page, CFG0, CFG1, PWD, PACK.
    #[test]
    fn pages_are_those_of_the_sheets() {
        let table = [
            (0x0F, None, 0x10, 0x11, 0x12, 0x13, [0xE1, 0x10, 0x06, 0x00]),
            (0x23, Some(0x24), 0x25, 0x26, 0x27, 0x28, [0xE1, 0x10, 0x10, 0x00]),
            (0x27, Some(0x28), 0x29, 0x2A, 0x2B, 0x2C, [0xE1, 0x10, 0x12, 0x00]),
            (0x81, Some(0x82), 0x83, 0x84, 0x85, 0x86, [0xE1, 0x10, 0x3E, 0x00]),
            (0xE1, Some(0xE2), 0xE3, 0xE4, 0xE5, 0xE6, [0xE1, 0x10, 0x6D, 0x00]),
        ];
        for (kind, (last, dynamic, cfg0, cfg1, pwd, pack, container)) in KINDS.into_iter().zip(table) {
            let map = Map::of(kind);
            assert_eq!((map.last_user, map.dynamic.map(|dynamic| dynamic.page)), (last, dynamic), "{kind}");
            assert_eq!((map.config, map.access(), map.pwd(), map.pack()), (cfg0, cfg1, pwd, pack), "{kind}");
            assert_eq!((map.pages, map.container()), (pack + 1, container), "{kind}");
        }
    }

    /// Lock bytes (sections 8.5.2 and 8.5.3): all lock bits, and all with their block-locking bits; reserved bits are 0.
    #[test]
    fn locking_everything_sets_no_reserved_bit() {
        let table = [
            ([0x00, 0x00, 0x00], 0x00),
            ([0xFF, 0x03, 0x00], 0x1F),
            ([0xFF, 0x0F, 0x00], 0x3F),
            ([0xFF, 0x00, 0x00], 0x0F),
            ([0xFF, 0x3F, 0x00], 0x7F),
        ];
        for (kind, ([low, high, none], blocks)) in KINDS.into_iter().zip(table) {
            let map = Map::of(kind);
            assert_eq!(map.all_locked().page_2(), [0, 0, 0xF8, 0xFF], "{kind}");
            assert_eq!(map.all_frozen().page_2(), [0, 0, 0xFF, 0xFF], "{kind}");
            assert_eq!(map.all_locked().dynamic_page(), [low, high, none, 0], "{kind}");
            assert_eq!(map.all_frozen().dynamic_page(), [low, high, blocks, 0], "{kind}");
        }
    }

    /// One bit at a time: which pages it locks (figures "Dynamic lock bytes" of both sheets).
    #[test]
    fn every_dynamic_bit_locks_its_pages() {
        let table: [(ChipKind, u32, std::ops::RangeInclusive<u8>); 10] = [
            (ChipKind::UltralightEv1Large, 0, 16..=17),
            (ChipKind::UltralightEv1Large, 9, 34..=35),
            (ChipKind::Ntag213, 7, 30..=31),
            (ChipKind::Ntag213, 11, 38..=39),
            (ChipKind::Ntag215, 0, 16..=31),
            (ChipKind::Ntag215, 7, 128..=129),
            (ChipKind::Ntag216, 7, 128..=143),
            (ChipKind::Ntag216, 8, 144..=159),
            (ChipKind::Ntag216, 12, 208..=223),
            (ChipKind::Ntag216, 13, 224..=225),
        ];
        for (kind, bit, pages) in table {
            let map = Map::of(kind);
            let [low, high] = (1u16 << bit).to_le_bytes();
            let locks = Locks::read(&map, [0; 4], [low, high, 0, 0xBD]);
            let locked: Vec<u8> = (0..map.pages).filter(|page| locks.locks(&map, *page)).collect();
            assert_eq!(locked, pages.collect::<Vec<_>>(), "{kind} {bit}");
        }
    }

    /// One block-locking bit at a time: which pages it keeps open for ever.
    #[test]
    fn every_block_locking_bit_freezes_its_pages() {
        let table: [(ChipKind, u8, std::ops::RangeInclusive<u8>); 8] = [
            (ChipKind::UltralightEv1Large, 4, 32..=35),
            (ChipKind::Ntag213, 0, 16..=19),
            (ChipKind::Ntag213, 5, 36..=39),
            (ChipKind::Ntag215, 0, 16..=47),
            (ChipKind::Ntag215, 3, 112..=129),
            (ChipKind::Ntag216, 3, 112..=143),
            (ChipKind::Ntag216, 4, 144..=175),
            (ChipKind::Ntag216, 6, 208..=225),
        ];
        for (kind, bit, pages) in table {
            let map = Map::of(kind);
            let locks = Locks::read(&map, [0; 4], [0, 0, 1 << bit, 0xBD]);
            let open: Vec<u8> = (3..=map.last_user).filter(|page| locks.leaves_open(&map, *page)).collect();
            assert_eq!(open, pages.collect::<Vec<_>>(), "{kind} {bit}");
        }
    }

    #[test]
    fn static_bits_lock_and_freeze_their_pages() {
        let map = Map::of(ChipKind::UltralightEv1);
        for page in 3..=15u8 {
            let [low, high] = (1u16 << page).to_le_bytes();
            let locks = Locks::read(&map, [0xAA, 0x48, low, high], [0; 4]);
            assert_eq!((0..20).filter(|page| locks.locks(&map, *page)).collect::<Vec<u8>>(), [page]);
        }
        for (bit, first, last) in [(0, 3, 3), (1, 4, 9), (2, 10, 15)] {
            let locks = Locks::read(&map, [0, 0, 1 << bit, 0], [0; 4]);
            assert_eq!((locks.first_set(&map), locks.first_left_open(&map)), (Some(first), Some(first)));
            assert!(locks.leaves_open(&map, last));
        }
    }

    /// MF0UL11 has no such page: whatever is read in its place is none.
    #[test]
    fn reserved_bits_are_no_locks() {
        let map = Map::of(ChipKind::UltralightEv1);
        assert_eq!(Locks::read(&map, [0; 4], [0xFF; 4]), Locks::default());
        let map = Map::of(ChipKind::Ntag213);
        assert_eq!(Locks::read(&map, [0; 4], [0, 0xF0, 0xC0, 0xBD]), Locks::default());
    }
}
