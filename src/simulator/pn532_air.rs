//! InCommunicateThru: a frame as the registers of the contactless interface make it, and what they let be heard of the answer.
//!
//! UM0701-02, 7.3.9, with TxMode, RxMode, BitFraming and Control of the data sheet, 8.6.23. A card is modelled
//! by whole frames, so what would be a broken one is sent as such and not bit by bit. Start at [`Pn532::communicate_thru`].

use super::antenna::Antenna;
use super::field::Frame;
use super::pn532::{Pn532, Told, register, status};
use super::silicon::Answer;
use super::tray_error::TrayError;

const ACK: u8 = 0x0A;
/// Of the four NAK codes the one for an invalid argument (NTAG213_215_216, table 23; MF1S50YYX_V1, table 10).
const NAK: u8 = 0x00;

impl<A: Antenna> Pn532<A> {
    /// 7.3.9: `DataOut…`. No target number is needed, only a field.
    pub(super) fn communicate_thru(&mut self, frame: &[u8]) -> Result<Told, TrayError> {
        let answer = match self.on_air(frame) {
            Some(frame) => self.antenna.send(frame)?,
            None => Answer::Silent,
        };
        let (data, bits) = match answer {
            Answer::Silent => return Ok(Told::Status(status::TIMEOUT, Vec::new())),
            Answer::Data(data) => (data, 0),
            Answer::Ack => (vec![ACK], 4),
            Answer::Refused(_) => (vec![NAK], 4),
        };
        self.set_register(register::CONTROL, bits, register::LAST_BITS);
        Ok(match (self.register(register::RX_MODE) & register::CRC_ENABLE != 0, bits) {
            (true, 0) => Told::Status(status::OK, data),
            // Four bits have no CRC that could be right.
            (true, _) => Told::Status(status::CRC, Vec::new()),
            (false, 0) => Told::Status(status::OK, with_crc(&data)),
            (false, _) => Told::Status(status::OK, data),
        })
    }

    /// What of it a type A card could hear; `None` for what is no frame to it.
    fn on_air<'f>(&self, frame: &'f [u8]) -> Option<Frame<'f>> {
        let mode = self.register(register::TX_MODE);
        let parity = self.register(register::MANUAL_RCV) & register::PARITY_DISABLE;
        if !self.field || frame.is_empty() || mode & register::FRAMING != 0 || parity != 0 {
            return None;
        }
        let bits = self.register(register::BIT_FRAMING) & register::LAST_BITS;
        Some(match (mode & register::CRC_ENABLE != 0, bits, frame) {
            (true, 0, frame) => Frame::Raw(frame),
            (false, 0, frame) => match frame.split_last_chunk::<2>() {
                Some((body, crc)) if !body.is_empty() && *crc == crc_a(body) => Frame::Raw(body),
                _ => Frame::Bare(frame),
            },
            (false, 7, [byte]) => Frame::Short(byte & 0x7F),
            // Some bits and a CRC, or a broken last byte: nothing that any card takes for a frame.
            _ => Frame::Bare(&[]),
        })
    }
}

fn with_crc(data: &[u8]) -> Vec<u8> {
    [data, &crc_a(data)].concat()
}

/// CRC_A as it goes on air, low byte first (ISO/IEC 14443-3, annex B).
pub(super) fn crc_a(data: &[u8]) -> [u8; 2] {
    let crc = data.iter().fold(0x6363_u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 })
    });
    crc.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO/IEC 14443-3, annex B: 00 00 gives A0 1E, 12 34 gives 26 CF; HLTA is 50 00 57 CD.
    #[test]
    fn the_crc_is_that_of_the_standard() {
        assert_eq!(crc_a(&[0x00, 0x00]), [0xA0, 0x1E]);
        assert_eq!(crc_a(&[0x12, 0x34]), [0x26, 0xCF]);
        assert_eq!(crc_a(&[0x50, 0x00]), [0x57, 0xCD]);
    }
}
