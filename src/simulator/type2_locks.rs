//! Lock bits, block-locking bits and one-time bits of the Type 2 chips: what may still be written, and what a write
//! to them leaves.
//!
//! MF0ULX1 rev. 3.3 and NTAG213_215_216 rev. 3.2, section 8.5: static lock bytes (page 2), dynamic lock bytes, one-time
//! page (figures 8 to 10 and 9 to 13). Checked against both. Bits are only ever set here, never taken back. Start at
//! [`locked`].

use super::type2_map::{DYNAMIC_FIRST, DYNAMIC_FOURTH, Dynamic, PAGE};

type Page = [u8; PAGE];

/// Whether the lock bits keep this page from being written. `dynamic` is the map of the dynamic ones and what stands
/// there.
pub fn locked(page: u8, static_page: Page, dynamic: Option<(&Dynamic, Page)>) -> bool {
    match page {
        // Lock byte 0: L3 (OTP, CC) to L7 in the bits 3 to 7; lock byte 1: L8 to L15.
        3..=15 => u16::from_le_bytes([static_page[2], static_page[3]]) >> page & 1 == 1,
        _ => dynamic.is_some_and(|(map, bytes)| {
            (DYNAMIC_FIRST..=map.last).contains(&page) && {
                let lock = (page - DYNAMIC_FIRST) / map.lock_span;
                u16::from_le_bytes([bytes[0], bytes[1]]) >> lock & 1 == 1
            }
        }),
    }
}

/// Page 2 after a write: the first two bytes are fixed, lock and block-locking bits are OR-ed, and a lock bit whose
/// block-locking bit was set before stays as it was.
pub fn write_static(old: Page, new: Page) -> Page {
    let held = u16::from_le_bytes([old[2], old[3]]);
    // Lock byte 0: BL_CC, BL9-4, BL15-10 are the bits 0, 1, 2; they freeze L3, L4 to L9, L10 to L15.
    let areas = [0x0008, 0x03F0, 0xFC00];
    let frozen = (0..).zip(areas).filter(|(bl, _)| held >> bl & 1 == 1).fold(0, |all, (_, area)| all | area);
    let [low, high] = (held | u16::from_le_bytes([new[2], new[3]]) & !frozen).to_le_bytes();
    [old[0], old[1], low, high]
}

/// The dynamic lock page after a write, in the same way. Bits without a meaning stay 0, the fourth byte is fixed.
pub fn write_dynamic(map: &Dynamic, old: Page, new: Page) -> Page {
    let pages = map.last - DYNAMIC_FIRST + 1;
    let (locks, blocks) = (pages.div_ceil(map.lock_span), pages.div_ceil(map.block_span));
    let per_block = map.block_span / map.lock_span;
    let held = u16::from_le_bytes([old[0], old[1]]);
    let open = (0..locks).filter(|lock| old[2] >> (lock / per_block) & 1 == 0).fold(0u16, |all, lock| all | 1 << lock);
    let [low, high] = (held | u16::from_le_bytes([new[0], new[1]]) & open).to_le_bytes();
    let meaning = (0..blocks).fold(0u8, |all, block| all | 1 << block);
    [low, high, old[2] | new[2] & meaning, DYNAMIC_FOURTH]
}

/// The one-time page after a write: OR-ed.
pub fn write_once(old: Page, new: Page) -> Page {
    std::array::from_fn(|i| old[i] | new[i])
}
