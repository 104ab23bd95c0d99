//! The MIFARE application directory (AN10787): which sector belongs to whom, in blocks 1 and 2 and, on a 4K card, in
//! sector 16. Checked against rev. 07. Start at [`mad1`].

/// Blocks 1 and 2 of sector 0. `aids[n]` is the application id of sector n + 1, 0000 for a free one;
/// `publisher` is the sector of the card's publisher, 0 for none (the info byte, section 2.3: never 10h nor beyond 27h).
pub fn mad1(publisher: u8, aids: &[u16; 15]) -> [[u8; 16]; 2] {
    let mut flat = [0u8; 32];
    flat[1] = publisher & 0x3F;
    for (i, aid) in aids.iter().enumerate() {
        flat[2 + 2 * i..4 + 2 * i].copy_from_slice(&aid.to_le_bytes());
    }
    flat[0] = crc8(&flat[1..]);
    let mut blocks = [[0; 16]; 2];
    blocks[0].copy_from_slice(&flat[..16]);
    blocks[1].copy_from_slice(&flat[16..]);
    blocks
}

/// The sector of the second directory, on 4K cards.
pub const SECOND: u8 = 16;

/// Blocks 0 to 2 of sector 16. `aids[n]` is the application id of sector n + 17; the info byte is that of sector 0
/// (AN10787, section 3.6).
pub fn mad2(publisher: u8, aids: &[u16; 23]) -> [[u8; 16]; 3] {
    let mut flat = [0u8; 48];
    flat[1] = publisher & 0x3F;
    for (i, aid) in aids.iter().enumerate() {
        flat[2 + 2 * i..4 + 2 * i].copy_from_slice(&aid.to_le_bytes());
    }
    flat[0] = crc8(&flat[1..]);
    let mut blocks = [[0; 16]; 3];
    for (block, bytes) in blocks.iter_mut().zip(flat.chunks_exact(16)) {
        block.copy_from_slice(bytes);
    }
    blocks
}

/// The application ids of sectors 1 to 15, or `None` when the CRC is wrong.
pub fn read_mad1(blocks: &[[u8; 16]; 2]) -> Option<[u16; 15]> {
    let flat = blocks.concat();
    (crc8(&flat[1..]) == flat[0])
        .then(|| std::array::from_fn(|i| u16::from_le_bytes([flat[2 + 2 * i], flat[3 + 2 * i]])))
}

/// The general purpose byte of sector 0: directory there, several applications, version 1 (AN10787, section 2.4).
pub const GPB: u8 = 0xC1;

/// The same with both directories there: version 2.
pub const GPB_2: u8 = 0xC2;

/// CRC-8 with polynomial 1D and preset C7 (AN10787, section 3.7, which writes the preset mirrored: E3).
fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0xC7, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| if crc & 0x80 != 0 { crc << 1 ^ 0x1D } else { crc << 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The directory of every NDEF-formatted Classic 1K (AN1305): all sectors E103.
    #[test]
    fn the_crc_of_an_ndef_card_is_14() {
        let [one, two] = mad1(1, &[0xE103; 15]);
        assert_eq!(one[..4], [0x14, 0x01, 0x03, 0xE1]);
        assert_eq!(two, [0x03, 0xE1].repeat(8)[..]);
    }

    /// The example of AN10787, section 3.7.
    #[test]
    fn the_crc_of_the_application_note_is_89() {
        let mut bytes = vec![0x01, 0x01, 0x08, 0x01, 0x08, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00];
        bytes.extend([0x03, 0x10, 0x03, 0x10, 0x02, 0x10, 0x02, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x11, 0x30]);
        assert_eq!(crc8(&bytes), 0x89);
    }

    #[test]
    fn a_directory_is_read_back_and_a_torn_one_is_not() {
        let aids = std::array::from_fn(|i| i as u16 * 257);
        let mut blocks = mad1(3, &aids);
        assert_eq!(read_mad1(&blocks), Some(aids));
        blocks[1][7] ^= 0x40;
        assert_eq!(read_mad1(&blocks), None);
    }
}
