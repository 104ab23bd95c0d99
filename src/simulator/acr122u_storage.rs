//! The ACR122U's commands for storage cards, which it makes PN532 commands of: UID, keys, authentication, blocks, values.
//!
//! ACS's API V2.04, chapters 4 and 5, after PC/SC part 3, 3.2. What the reader does after a failure is not public: here it does
//! nothing, so that a card that was refused stays so until it is reset. Start at [`Acr122u::storage`].

use super::acr122u::{Acr122u, Card, DONE, FAILED, UNSUPPORTED};
use super::antenna::Antenna;
use super::classic_block::{value_block, value_of};
use super::pn532::{Reply, code};
use super::pn532_initiator::Activated;
use super::tray_error::TrayError;

/// MIFARE commands as InDataExchange takes them (UM0701-02, 7.3.8).
const READ: u8 = 0x30;
const WRITE: u8 = 0xA0;
const WRITE_PAGE: u8 = 0xA2;
const TRANSFER: u8 = 0xB0;
const DECREMENT: u8 = 0xC0;
const INCREMENT: u8 = 0xC1;
const RESTORE: u8 = 0xC2;

impl<A: Antenna> Acr122u<A> {
    /// After FF.
    pub(super) fn storage(&mut self, rest: &[u8]) -> Result<Vec<u8>, TrayError> {
        let data = match *rest {
            // 4.1. UID, or the answer to select.
            [0xCA, 0x00, 0x00] | [0xCA, 0x00, 0x00, _] => return Ok(self.uid(rest.get(3).copied().unwrap_or(0))),
            [0xCA, 0x01, 0x00] | [0xCA, 0x01, 0x00, _] => return Ok(self.ats()),
            // 5.1. Volatile key memory, two places.
            [0x82, 0x00, place @ 0..=1, 0x06, a, b, c, d, e, f] => {
                self.keys[usize::from(place)] = Some([a, b, c, d, e, f]);
                Some(Vec::new())
            }
            // 5.2. Authentication, and its obsolete form.
            [0x86, 0x00, 0x00, 0x05, 0x01, 0x00, block, key @ (0x60 | 0x61), place @ 0..=1]
            | [0x88, 0x00, block, key @ (0x60 | 0x61), place @ 0..=1] => self.authenticate(key, block, place)?,
            // 5.3. Read.
            [0xB0, 0x00, block, length @ 0..=16] => self.read(block, length)?,
            // 5.4. Update: a block of a Classic, a page of a Type 2.
            [0xD6, 0x00, block, 0x10, ref data @ ..] if data.len() == 16 && self.is_classic() => {
                self.ask(&[&[WRITE, block], data].concat())?
            }
            [0xD6, 0x00, page, 0x04, a, b, c, d] if !self.is_classic() => self.ask(&[WRITE_PAGE, page, a, b, c, d])?,
            // 5.5. Values, most significant byte first.
            [0xD7, 0x00, block, 0x05, operation, a, b, c, d] => {
                self.compute(block, operation, i32::from_be_bytes([a, b, c, d]))?
            }
            [0xD7, 0x00, source, 0x02, 0x03, target] => self.restore(source, target)?,
            [0xB1, 0x00, block, 0x04] => self.value(block)?,
            [0x82 | 0x86 | 0x88 | 0xB0 | 0xB1 | 0xD6 | 0xD7, ..] => None,
            _ => return Ok(UNSUPPORTED.to_vec()),
        };
        Ok(data.map_or(FAILED.to_vec(), |data| [&data[..], &DONE].concat()))
    }

    /// An APDU of ISO/IEC 7816-4 goes to a card of ISO/IEC 14443-4 as it is.
    pub(super) fn part_4(&mut self, apdu: &[u8]) -> Result<Vec<u8>, TrayError> {
        match &self.card {
            Some(Card::A(Activated { ats: Some(_), .. })) => Ok(self.ask(apdu)?.unwrap_or(FAILED.to_vec())),
            _ => Ok(UNSUPPORTED.to_vec()),
        }
    }

    /// From the reader's own memory: of the card that automatic polling has found.
    fn uid(&self, length: u8) -> Vec<u8> {
        let uid = match &self.card {
            Some(Card::A(Activated { tag, .. })) => tag.uid.bytes(),
            Some(Card::Felica { id }) => &id[..],
            None => return FAILED.to_vec(),
        };
        let fits = length == 0 || usize::from(length) == uid.len();
        if fits { [uid, &DONE].concat() } else { FAILED.to_vec() }
    }

    fn ats(&self) -> Vec<u8> {
        match &self.card {
            Some(Card::A(Activated { ats: Some(ats), .. })) => [&ats[..], &DONE].concat(),
            Some(_) => UNSUPPORTED.to_vec(),
            None => FAILED.to_vec(),
        }
    }

    fn is_classic(&self) -> bool {
        matches!(self.card, Some(Card::A(Activated { ref tag, .. })) if tag.sak & 0x08 != 0)
    }

    fn authenticate(&mut self, letter: u8, block: u8, place: u8) -> Result<Option<Vec<u8>>, TrayError> {
        let (Some(Card::A(Activated { tag, .. })), Some(Some(key))) = (&self.card, self.keys.get(usize::from(place)))
        else {
            return Ok(None);
        };
        let command = [&[letter, block], &key[..], tag.uid.last_four()].concat();
        self.ask(&command)
    }

    fn read(&mut self, block: u8, length: u8) -> Result<Option<Vec<u8>>, TrayError> {
        let length = if length == 0 { 16 } else { usize::from(length) };
        let data = self.ask(&[READ, block])?;
        Ok(data.and_then(|data| data.get(..length).map(<[u8]>::to_vec)))
    }

    /// Store (0), increment (1), decrement (2); the last two are written back to the same block.
    fn compute(&mut self, block: u8, operation: u8, value: i32) -> Result<Option<Vec<u8>>, TrayError> {
        let command = match operation {
            0x00 => return self.ask(&[&[WRITE, block], &value_block(value, block)[..]].concat()),
            0x01 => INCREMENT,
            0x02 => DECREMENT,
            _ => return Ok(None),
        };
        match self.ask(&[&[command, block], &value.to_le_bytes()[..]].concat())? {
            Some(_) => self.ask(&[TRANSFER, block]),
            None => Ok(None),
        }
    }

    fn restore(&mut self, source: u8, target: u8) -> Result<Option<Vec<u8>>, TrayError> {
        match self.ask(&[RESTORE, source, 0, 0, 0, 0])? {
            Some(_) => self.ask(&[TRANSFER, target]),
            None => Ok(None),
        }
    }

    fn value(&mut self, block: u8) -> Result<Option<Vec<u8>>, TrayError> {
        let Some(data) = self.ask(&[READ, block])? else { return Ok(None) };
        let value = data.as_array::<16>().and_then(value_of);
        Ok(value.map(|(value, _)| value.to_be_bytes().to_vec()))
    }

    /// One InDataExchange; `None` for any status but 00.
    fn ask(&mut self, data: &[u8]) -> Result<Option<Vec<u8>>, TrayError> {
        let reply = self.chip.command(&[&[code::IN_DATA_EXCHANGE, 0x01], data].concat())?;
        let Reply::Response(response) = reply else { return Ok(None) };
        Ok(response.strip_prefix(&[code::IN_DATA_EXCHANGE + 1, 0x00]).map(<[u8]>::to_vec))
    }
}
