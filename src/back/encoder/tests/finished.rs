//! What a finished card holds, judged from its raw image alone: nothing of `plan/chip` is used here.

use super::{FOUR, SEVEN, finished_card, image};

/// CRC-8 of AN10787, worked bit by bit.
fn mad_crc(bytes: &[u8]) -> u8 {
    let mut crc: u8 = 0xC7;
    for byte in bytes {
        for bit in (0..8).rev() {
            let high = crc >> 7 ^ (byte >> bit & 1);
            crc <<= 1;
            if high == 1 {
                crc ^= 0x1D;
            }
        }
    }
    crc
}

fn header_crc(bytes: &[u8]) -> u16 {
    let mut crc: u16 = 0xFFFF;
    for byte in bytes {
        for bit in (0..8).rev() {
            let high = (crc >> 15) as u8 ^ (byte >> bit & 1);
            crc <<= 1;
            if high == 1 {
                crc ^= 0x1021;
            }
        }
    }
    crc
}

/// The first thing that is not as it should be on a finished card with this number, locked as `keyed`.
pub fn fault(image: &[u8], number: &str) -> Option<String> {
    fault_under(image, number, [0x78, 0x77, 0x88])
}

/// The same under other access bytes.
pub fn fault_under(image: &[u8], number: &str, access: [u8; 3]) -> Option<String> {
    let large = image.len() == 4096;
    let block = |n: usize| &image[16 * n..16 * n + 16];
    let mad = &image[16..48];
    if mad_crc(&mad[1..]) != mad[0] {
        return Some("the directory's CRC is wrong".to_owned());
    }
    if mad[2..4] != [0xC1, 0x40] || mad[4..].iter().any(|byte| *byte != 0) {
        return Some("the directory does not name sector 1 alone".to_owned());
    }
    if block(4) != [number.as_bytes(), &[0, 0]].concat() {
        return Some("block 4 is not the number".to_owned());
    }
    let header = block(5);
    if header[..14] != [b'I', b'E', 1, 1, 1, 0x12, 0x10, 0x03, 0x20, 0x26, 0x11, 0x24, 0, 0]
        || header_crc(&header[..14]).to_be_bytes() != header[14..]
    {
        return Some("block 5 is not the header".to_owned());
    }
    if block(6) == [0; 16] {
        return Some("there is no seal".to_owned());
    }
    // AN10787: 64 to 66, their own CRC, sectors 17 to 39; none of them is ours.
    if large && (mad_crc(&image[1025..1072]) != image[1024] || image[1026..1072].iter().any(|byte| *byte != 0)) {
        return Some("the second directory is wrong".to_owned());
    }
    let trailers: Vec<usize> = match large {
        false => (0..16).map(|sector| 4 * sector + 3).collect(),
        true => (0..32).map(|sector| 4 * sector + 3).chain((0..8).map(|sector| 128 + 16 * sector + 15)).collect(),
    };
    let mut keys = Vec::new();
    for (sector, trailer) in trailers.iter().map(|place| block(*place)).enumerate() {
        if trailer[6..9] != access {
            return Some(format!("sector {sector} has access bytes {:02X?}", &trailer[6..9]));
        }
        keys.extend([trailer[..6].to_vec(), trailer[10..].to_vec()]);
    }
    const MAD: [u8; 6] = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5];
    let flags = if large { 0xC2 } else { 0xC1 };
    if block(3)[9] != flags || keys[0] != MAD || keys[2] != b"IEUM01" || (large && keys[32] != MAD) {
        return Some("a public key or the directory's flags are wrong".to_owned());
    }
    if keys.iter().any(|key| *key == [0xFF; 6]) {
        return Some("a transport key is left".to_owned());
    }
    let different: std::collections::HashSet<_> = keys.iter().collect();
    // Both directories are read with one key.
    (different.len() + usize::from(large) != keys.len()).then(|| "two keys are the same".to_owned())
}

#[test]
fn an_encoded_card_is_whole() {
    for uid in [FOUR, SEVEN] {
        assert_eq!(fault(&image(&finished_card(uid)), "12100300000001"), None);
    }
}

#[test]
fn the_judge_finds_every_kind_of_fault() {
    let whole = image(&finished_card(FOUR));
    // Directory, number, header, seal, access bytes, read key.
    for place in [20, 64, 84, 55, 16 * 11 + 7, 16 * 7] {
        let mut image = whole.clone();
        image[place] ^= 0x01;
        assert!(fault(&image, "12100300000001").is_some(), "byte {place}");
    }
    let mut image = whole.clone();
    image[96..112].fill(0);
    assert!(fault(&image, "12100300000001").is_some());
    let mut image = whole;
    image[16 * 15 + 10..16 * 16].fill(0xFF);
    assert!(fault(&image, "12100300000001").is_some());
}
