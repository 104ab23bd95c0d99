//! How long the reader and the air take: a model that can be slept and summed. It sleeps nothing itself.
//!
//! On air by MF1S50YYX_V1, figure 4, and by the command timings of NTAG213_215_216 rev. 3.2 and MF0ULX1 rev. 3.3 (10.1 to
//! 10.11), at 106 kbit/s. That a page takes 4.1 ms to program is NTAG203's figure (rev. 3.0, 8.8.7). Start at [`Timing`].

use std::time::Duration;

use super::silicon::Silicon;

/// USB and firmware of one ACR122U command.
const LINK: Duration = Duration::from_millis(8);
/// One byte on air: eight bits and parity.
const BYTE: u64 = 85;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timing {
    #[default]
    None,
    /// The times on air, and 8 ms a command for USB and firmware.
    Acr122u,
}

impl Timing {
    /// `none` or `acr122u`, as in `[simulator] timing`.
    pub fn parse(text: &str) -> Option<Timing> {
        match text {
            "none" => Some(Timing::None),
            "acr122u" => Some(Timing::Acr122u),
            _ => None,
        }
    }

    /// Of one selection; a second cascade level takes 1 ms more.
    pub fn select(self, card: Option<&Silicon>) -> Duration {
        let double = card.is_some_and(|card| card.uid().bytes().len() == 7);
        self.command(if double { 3500 } else { 2500 })
    }

    /// Of one exchange or raw frame with this card.
    pub fn exchange(self, card: Option<&Silicon>, frame: &[u8]) -> Duration {
        self.command(match card {
            Some(Silicon::Type2(_)) => type2(frame),
            _ => classic(frame),
        })
    }

    fn command(self, air: u64) -> Duration {
        match self {
            Timing::None => Duration::ZERO,
            Timing::Acr122u => Duration::from_micros(air) + LINK,
        }
    }
}

/// Microseconds.
fn classic(frame: &[u8]) -> u64 {
    match frame {
        [0x60 | 0x61, ..] => 2000,
        [0xA0, ..] => 5500,
        [0xB0, ..] => 4500,
        _ => 2500,
    }
}

/// Microseconds: the command, then the answer with its CRC; a write takes 4.1 ms to program.
fn type2(frame: &[u8]) -> u64 {
    let answer = |bytes: u64| 18 + BYTE * (bytes + 2);
    match *frame {
        [0x30, _] => 368 + 1548,
        [0x3A, first, last] => 453 + answer(4 * (u64::from(last.saturating_sub(first)) + 1)),
        [0x1B, ..] => 623 + 359,
        [0xA2, ..] => 708 + 4100 + 57,
        [0xA0, _, _, ..] => 368 + 59 + 1558 + 4100 + 59,
        [0x60] => 283 + answer(8),
        [0x3C, _] => 368 + answer(32),
        _ => 368 + answer(3),
    }
}

#[cfg(test)]
mod tests {
    use super::super::silicon::{Kind, Uid};
    use super::*;

    /// The figures of the sheets: READ 368 + 1548 µs, WRITE 4.9 ms, PWD_AUTH 1.0 ms; Classic READ 2.5 ms.
    #[test]
    fn the_air_takes_what_the_sheets_say() {
        let tag = Silicon::blank(Kind::Ntag213, Uid::double([4, 1, 2, 3, 4, 5, 6]));
        let classic = Silicon::blank(Kind::Classic1k, Uid::single([1, 2, 3, 4]));
        for (card, frame, air) in [
            (&tag, &[0x30, 4][..], 1916),
            (&tag, &[0xA2, 4, 0, 0, 0, 0], 4865),
            (&tag, &[0x1B, 0, 0, 0, 0], 982),
            (&classic, &[0x30, 4], 2500),
        ] {
            let took = Timing::Acr122u.exchange(Some(card), frame);
            assert_eq!(took, Duration::from_micros(air) + LINK, "{frame:02X?}");
            assert_eq!(Timing::None.exchange(Some(card), frame), Duration::ZERO);
        }
        assert_eq!(Timing::Acr122u.select(Some(&tag)), Duration::from_micros(11_500));
    }
}
