//! PN532 commands and the form of their answers (UM0701-02, chapter 7), code first, without the `D4` and `D5` around them.
//! Pure. Start at [`targets`] and [`Registers`].

use super::Lost;
use crate::back::encoder::Target;
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;

pub(super) const DATA_EXCHANGE: [u8; 2] = [0x40, 0x01];
pub(super) const COMMUNICATE_THRU: u8 = 0x42;
/// Two targets of type A at 106 kbit/s.
pub(super) const LIST_TYPE_A: &[u8] = &[0x4A, 0x02, 0x00];
/// One FeliCa at 212 kbit/s, of any system code, in one time slot.
pub(super) const LIST_FELICA: &[u8] = &[0x4A, 0x01, 0x01, 0x00, 0xFF, 0xFF, 0x00, 0x00];
pub(super) const FIELD_OFF: &[u8] = &[0x32, 0x01, 0x00];
/// CIU_Control, whose lowest three bits count the valid bits of the last byte received.
pub(super) const READ_CONTROL: &[u8] = &[0x06, 0x63, 0x3C];

/// Told once: time-outs (ATR_RES 102 ms; a frame 25.6 ms, more than twice what any of these chips programs for), no second
/// sending of a frame, since a write is repeated by those who have read, and a bounded number of tries to find a card.
pub(super) const SETTINGS: [&[u8]; 3] =
    [&[0x32, 0x02, 0x00, 0x0B, 0x09], &[0x32, 0x04, 0x00], &[0x32, 0x05, 0x00, 0x01, 0x02]];

/// Diagnose, communication line test (7.2.1): the answer is all behind the code, as it was sent.
pub(super) fn echo(number: u32) -> [u8; 6] {
    let [a, b, c, d] = number.to_be_bytes();
    [0x00, 0x00, a, b, c, d]
}

/// What an answer to a command must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Judged by who asked.
    Any,
    Exactly(usize),
    /// A good status and so many bytes, or another status alone.
    StatusAnd(usize),
    /// A good status and whatever there is, or another status alone.
    StatusAndAny,
}

impl Form {
    pub fn fits(self, answer: &[u8]) -> bool {
        match (self, answer) {
            (Form::Any, _) | (Form::StatusAndAny, [0x00, ..]) => true,
            (Form::Exactly(length), answer) => answer.len() == length,
            (Form::StatusAnd(length), [0x00, rest @ ..]) => rest.len() == length,
            (Form::StatusAnd(_) | Form::StatusAndAny, [_]) => true,
            _ => false,
        }
    }

    /// Whether it is a whole answer, but to another question of the same code: no data to a READ, a block to a WRITE.
    pub fn is_of_another(self, answer: &[u8]) -> bool {
        match (self, answer) {
            (Form::StatusAnd(0), [0x00, rest @ ..]) => rest.len() == 16,
            (Form::StatusAnd(_), [0x00]) => true,
            _ => false,
        }
    }
}

/// Registers of the contactless interface that are changed for raw frames (UM0701-02, 7.2.5; PN512 data sheet, 9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Registers {
    tx_mode: u8,
    rx_mode: u8,
    bit_framing: u8,
}

/// 106 kbit/s type A with the CRC made, or checked, by the chip.
const CRC: u8 = 0x80;
const NO_CRC: u8 = 0x00;

impl Registers {
    /// As every other command expects them.
    pub const PLAIN: Registers = Registers { tx_mode: CRC, rx_mode: CRC, bit_framing: 0 };
    /// The answer comes with its CRC, or with four bits.
    pub const CRC_BY_HAND: Registers = Registers { tx_mode: CRC, rx_mode: NO_CRC, bit_framing: 0 };
    /// Seven bits go out, and no CRC either way.
    pub const SHORT: Registers = Registers { tx_mode: NO_CRC, rx_mode: NO_CRC, bit_framing: 7 };

    /// The WriteRegister that brings them about, or `None` where they stand.
    pub fn command(self, now: Option<Registers>) -> Option<Vec<u8>> {
        let mut command = vec![0x08];
        let mut write = |register: u8, value: u8, stands: Option<u8>| {
            if stands != Some(value) {
                command.extend([0x63, register, value]);
            }
        };
        write(0x02, self.tx_mode, now.map(|now| now.tx_mode));
        write(0x03, self.rx_mode, now.map(|now| now.rx_mode));
        write(0x3D, self.bit_framing, now.map(|now| now.bit_framing));
        (command.len() > 1).then_some(command)
    }
}

/// The targets of an InListPassiveTarget at 106 kbit/s type A (7.3.5), or `None` for anything that is not exactly that.
/// Each: number, SENS_RES with its most significant byte first, SEL_RES, length and NFCID1, and behind SEL_RES bit 5 an ATS
/// that counts itself.
///
/// # Errors
/// `chip-unsupported` for a UID of ten bytes, which no chip of ours has.
pub(super) fn targets(answer: &[u8]) -> Option<Result<Vec<Target>, Lost>> {
    let (count, mut rest) = answer.split_first()?;
    if *count > 2 {
        return None;
    }
    let mut found = Vec::new();
    for number in 1..=*count {
        let [tg, atqa_high, atqa_low, sak, length, behind @ ..] = rest else { return None };
        let (tg, sak, length) = (*tg, *sak, usize::from(*length));
        let uid = behind.get(..length)?;
        rest = behind.get(length..)?;
        if sak & 0x20 != 0 {
            let ats = usize::from(*rest.first()?);
            rest = rest.get(ats.max(1)..)?;
        }
        if tg != number {
            return None;
        }
        found.push(match length {
            4 | 7 => Uid::new(uid).map(|uid| Target { uid, atqa: [*atqa_high, *atqa_low], sak }).map_err(Lost::Reader),
            10 => Err(Lost::Reader(Trouble::new("chip-unsupported").with("chip", "UID 10"))),
            _ => return None,
        });
    }
    rest.is_empty().then(|| found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UM0701-02, 7.3.5, and the ATS of a DESFire.
    #[test]
    fn targets_are_read_as_the_manual_writes_them() {
        let four = [1, 1, 0x00, 0x04, 0x08, 4, 0x04, 0x7A, 0x1C, 0x5E];
        let found = targets(&four).unwrap().unwrap();
        assert_eq!((found[0].atqa, found[0].sak, found[0].uid.bytes()), ([0, 4], 8, &four[6..]));
        let two = [
            2, 1, 0x00, 0x04, 0x08, 4, 1, 2, 3, 4, 2, 0x03, 0x44, 0x20, 7, 4, 2, 3, 4, 5, 6, 7, 6, 0x75, 0x77, 0x81, 2,
            0x80,
        ];
        assert_eq!(targets(&two).unwrap().unwrap().len(), 2);
        assert_eq!(targets(&[0]), Some(Ok(vec![])));
    }

    #[test]
    fn what_is_cut_or_has_too_much_is_no_list_of_targets() {
        let whole = [1, 1, 0x00, 0x04, 0x08, 4, 0x04, 0x7A, 0x1C, 0x5E];
        for length in 0..whole.len() {
            assert_eq!(targets(&whole[..length]), None, "{length}");
        }
        for (place, byte) in [(0, 0), (0, 2), (0, 3), (1, 2), (4, 0x20), (5, 3), (5, 5)] {
            let mut wrong = whole;
            wrong[place] = byte;
            assert_eq!(targets(&wrong), None, "{place}: {byte}");
        }
        assert_eq!(targets(&[&whole[..], &[0]].concat()), None);
    }

    #[test]
    fn ten_bytes_of_uid_are_refused_by_name() {
        let answer = [&[1, 1, 0, 4, 8, 10][..], &[1; 10]].concat();
        let Some(Err(Lost::Reader(trouble))) = targets(&answer) else { panic!() };
        assert_eq!(trouble.code, "chip-unsupported");
    }

    #[test]
    fn only_registers_that_differ_are_written() {
        let (plain, by_hand, short) = (Registers::PLAIN, Registers::CRC_BY_HAND, Registers::SHORT);
        assert_eq!(plain.command(Some(plain)), None);
        assert_eq!(by_hand.command(Some(plain)), Some(vec![8, 0x63, 3, 0]));
        assert_eq!(short.command(Some(by_hand)), Some(vec![8, 0x63, 2, 0, 0x63, 0x3D, 7]));
        assert_eq!(plain.command(None), Some(vec![8, 0x63, 2, 0x80, 0x63, 3, 0x80, 0x63, 0x3D, 0]));
    }
}
