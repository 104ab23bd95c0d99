//! Frames between reader and card, as far as the reader must know them to judge an answer. Pure.

use super::wire::Form;

/// Four bits (ISO/IEC 14443-3 type A cards of the MIFARE and NTAG families: MF1S50YYX 10.4, NTAG213 9.3).
pub(super) const ACK: u8 = 0x0A;
const NAKS: [u8; 4] = [0x00, 0x01, 0x04, 0x05];

pub(super) fn is_nak(nibble: u8) -> bool {
    NAKS.contains(&nibble)
}

/// Authentication with key A or B.
pub(super) fn authenticates(frame: &[u8]) -> bool {
    matches!(frame.first(), Some(0x60 | 0x61))
}

/// An authentication as it goes on air, the published back doors too: answered by four bytes without a CRC (MF1S50YYX 9.1).
pub(super) fn asks_for_nonce(frame: &[u8]) -> bool {
    matches!(frame, [0x60..=0x6F, _])
}

/// WRITE of a Classic or of a Type 2 chip.
pub(super) fn writes(frame: &[u8]) -> bool {
    matches!(frame.first(), Some(0xA0 | 0xA2))
}

/// What a good answer to a frame of InDataExchange looks like.
pub(super) fn form(frame: &[u8]) -> Form {
    match frame.first() {
        Some(0x60 | 0x61 | 0xA0 | 0xA2) => Form::StatusAnd(0),
        Some(0x30) => Form::StatusAnd(16),
        _ => Form::StatusAndAny,
    }
}

/// Takes the CRC off; false when it is wrong, or when there is nothing before it.
pub(super) fn take_crc(answer: &mut Vec<u8>) -> bool {
    let Some(length) = answer.len().checked_sub(2).filter(|length| *length > 0) else { return false };
    let (data, sent) = answer.split_at(length);
    let right = crc_a(data) == *sent;
    answer.truncate(length);
    right
}

/// CRC_A, low byte first (ISO/IEC 14443-3, annex B: start 6363h, polynomial 8408h reflected).
pub(super) fn crc_a(data: &[u8]) -> [u8; 2] {
    let crc = data.iter().fold(0x6363u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 })
    });
    crc.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard's two examples, and HLTA.
    #[test]
    fn crc_a_is_the_standards() {
        for (data, crc) in
            [(&[0x00, 0x00][..], [0xA0, 0x1E]), (&[0x12, 0x34], [0x26, 0xCF]), (&[0x50, 0x00], [0x57, 0xCD])]
        {
            assert_eq!(crc_a(data), crc, "{data:02X?}");
        }
    }

    #[test]
    fn only_what_carries_its_own_crc_is_an_answer() {
        let mut pack = vec![0x80, 0x80];
        pack.extend(crc_a(&[0x80, 0x80]));
        let mut garbled = pack.clone();
        garbled[1] ^= 1;
        assert!(take_crc(&mut pack) && pack == [0x80, 0x80]);
        for mut answer in [garbled, vec![], vec![0x0A], crc_a(&[]).to_vec()] {
            assert!(!take_crc(&mut answer), "{answer:02X?}");
        }
    }
}
