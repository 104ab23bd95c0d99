//! Blocks of a Classic that have a form: the maker's, and value blocks.
//!
//! MF1S50YYX_V1 rev. 3.2, 8.6.1 and 8.6.2.1. Knows no access conditions. Start at [`value_block`].

use super::classic::BLOCK;
use super::kind::Kind;
use super::uid::Uid;

/// Load modulation status at delivery.
const STRONG_MODULATION: u8 = 0x20;

/// 8.6.1: a 4-byte UID is followed by its BCC; then the maker's data, as genuine chips hold it: SAK with bit 7 set, ATQA,
/// and byte 11 with the load modulation, 20h for the strong one (MF1S50YYX_V1 rev. 3.2, table 19; its place by the dumps of
/// proxmark3: traces/mifare/s20-empty.json, doc/cheatsheet.md, doc/magic_cards_notes.md).
pub(super) fn manufacturer_block(kind: Kind, uid: Uid) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let bytes = uid.bytes();
    block[..bytes.len()].copy_from_slice(bytes);
    let (sak, atqa) = if kind == Kind::Classic4k { (0x98, 0x02) } else { (0x88, 0x04) };
    if bytes.len() == 4 {
        block[4] = bytes.iter().fold(0, |bcc, byte| bcc ^ byte);
        block[5..12].copy_from_slice(&[sak, atqa, 0x00, 0xC8, 0x24, 0x00, STRONG_MODULATION]);
    } else {
        block[7..12].copy_from_slice(&[sak, 0x40 | atqa, 0x00, 0xC8, STRONG_MODULATION]);
    }
    block
}

/// 8.6.2.1: value, inverted value, value, then address, inverted, address, inverted. `None`: not a value block.
pub(super) fn value_of(block: &[u8; BLOCK]) -> Option<(i32, u8)> {
    let value = [block[0], block[1], block[2], block[3]];
    let value = i32::from_le_bytes(value);
    (*block == value_block(value, block[12])).then_some((value, block[12]))
}

pub(super) fn value_block(value: i32, address: u8) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..4].copy_from_slice(&value.to_le_bytes());
    block[4..8].copy_from_slice(&(!value).to_le_bytes());
    block[8..12].copy_from_slice(&value.to_le_bytes());
    block[12..].copy_from_slice(&[address, !address, address, !address]);
    block
}
