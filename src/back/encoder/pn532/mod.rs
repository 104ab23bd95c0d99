//! A reader that is a PN532 behind some link: PC/SC pseudo-APDUs of an ACR122U, or libnfc in a child process.
//!
//! All that the two have in common: selecting, exchanges, raw frames, and what the chip's status bytes mean
//! (UM0701-02, 7.1). Knows no key, no plan and no card of ours. Start at [`Link`], then [`Pn532`]; [`line`] keeps questions
//! and answers in step, [`wire`] is their form.

mod air;
mod line;
#[cfg(test)]
pub(super) mod tests;
mod wire;

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use self::line::Line;
use self::wire::{Form, Registers};
use super::{Cost, Feed, Miss, Raw, Reader, Signal, Target};
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;

/// The way to one PN532.
pub(super) trait Link: Send {
    fn name(&self) -> &str;

    /// Waits until a card lies in the field (`present`), or none does. `Ok(false)`: the time is up. Holds nothing exclusively.
    fn wait(&mut self, present: bool, timeout: Duration) -> Result<bool, Trouble>;

    /// One command, code first, without the `D4` before it; the answer without `D5` and code + 1. The first command takes
    /// the reader exclusively; it is given back when the link is dropped. Ends within its own time-out.
    fn command(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost>;

    /// The least time between two commands on this way. A link that is slow by itself spares the reader a pause.
    fn pace(&self) -> Duration {
        Duration::ZERO
    }

    /// As [`Reader::signal`].
    fn signal(&mut self, _signal: Signal) {}
}

/// Why a command brought no answer of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lost {
    /// Nothing came, or it was cut short or garbled.
    Silent,
    /// Something came, and it is whole, but it answers another command (another code behind `D5`). libnfc tells it from a
    /// garbled one by nothing, so that its link says so of a Diagnose only.
    Foreign,
    /// This link speaks to its reader only while a card lies there, and none does. Nothing was sent, and what the reader
    /// was told before may be forgotten.
    NoCard,
    /// The reader is lost, stuck, or in other hands.
    Reader(Trouble),
}

impl From<Lost> for Miss {
    fn from(lost: Lost) -> Miss {
        match lost {
            Lost::Silent | Lost::Foreign | Lost::NoCard => Miss::Silent,
            Lost::Reader(trouble) => Miss::Reader(trouble),
        }
    }
}

/// Without field for at least so long a card has lost its power (ISO/IEC 14443-3, 5.1: five milliseconds, and the capacitors of
/// a card are smaller than that).
const UNPOWERED: Duration = Duration::from_millis(5);

/// Status bytes (UM0701-02, 7.1, table 15).
const GOOD: u8 = 0x00;
const CRC_ERROR: u8 = 0x02;
/// No frame that is expected of this card: a NAK.
const INVALID_FORMAT: u8 = 0x13;
const WRONG_KEY: u8 = 0x14;

/// A reader behind a link.
pub(super) struct Pn532<L: Link> {
    line: Line<L>,
    exchanges: u32,
    /// Told its time-outs and retries since the link was last opened.
    told: bool,
    /// What the registers hold; `None` when that is not known.
    registers: Option<Registers>,
    /// Raw frames go with their CRC checked here.
    by_hand: bool,
    /// The last exchange was refused by the card, which is idle now and answers a plain REQA.
    idle: bool,
    /// Something may have been programmed since the field was last off: it may rule from power-on only.
    written: bool,
}

impl<L: Link> Pn532<L> {
    pub fn new(link: L) -> Pn532<L> {
        let line = Line::new(link);
        Pn532 { line, exchanges: 0, told: false, registers: None, by_hand: false, idle: false, written: false }
    }

    /// In step, and nothing that it does waits for ever.
    fn ready(&mut self) -> Result<(), Lost> {
        // It may have been closed and opened since, whoever was told of it.
        if self.told && !std::mem::take(&mut self.line.away) {
            return Ok(());
        }
        (self.told, self.registers) = (false, None);
        self.line.settle()?;
        for settings in wire::SETTINGS {
            self.line.ask(settings, Form::Exactly(0))?;
        }
        (self.told, self.line.away) = (true, false);
        Ok(())
    }

    fn find(&mut self) -> Result<Vec<Target>, Lost> {
        let idle = std::mem::take(&mut self.idle);
        self.ready()?;
        self.set(Registers::PLAIN)?;
        // A card that was woken from HALT falls back into it and hears no REQA: then as if it had not been refused.
        if idle && !self.written {
            let found = self.list()?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        self.unpower()?;
        self.list()
    }

    fn unpower(&mut self) -> Result<(), Lost> {
        self.line.ask(wire::FIELD_OFF, Form::Exactly(0))?;
        let off = Instant::now();
        self.written = false;
        let passes = self.line.link.pace();
        if let Some(rest) = UNPOWERED.checked_sub(passes + off.elapsed()).filter(|rest| !rest.is_zero()) {
            std::thread::sleep(rest);
        }
        Ok(())
    }

    fn list(&mut self) -> Result<Vec<Target>, Lost> {
        let answer = self.line.ask(wire::LIST_TYPE_A, Form::Any)?;
        match wire::targets(&answer) {
            Some(targets) => targets,
            None => Err(self.line.garbled()),
        }
    }

    /// Writes those of the registers that hold something else.
    fn set(&mut self, wanted: Registers) -> Result<(), Lost> {
        let Some(command) = wanted.command(self.registers) else { return Ok(()) };
        self.registers = None;
        self.line.ask(&command, Form::Exactly(0))?;
        self.registers = Some(wanted);
        Ok(())
    }

    fn tell(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.ready()?;
        self.set(Registers::PLAIN)?;
        let mut command = Zeroizing::new(Vec::with_capacity(2 + frame.len()));
        command.extend_from_slice(&wire::DATA_EXCHANGE);
        command.extend_from_slice(frame);
        let (authenticates, written) = (air::authenticates(frame), self.written);
        self.written |= air::writes(frame);
        let mut answer = self.line.ask(&command, air::form(frame))?;
        match answer.first() {
            Some(&GOOD) => {
                answer.remove(0);
                Ok(answer)
            }
            // A status that this kind of frame cannot have proves nothing.
            Some(&WRONG_KEY) if authenticates => Err(self.refused(written)),
            Some(&INVALID_FORMAT) if !authenticates => Err(self.refused(written)),
            _ => Err(Miss::Silent),
        }
    }

    fn refused(&mut self, written: bool) -> Miss {
        self.idle = true;
        self.written = written;
        Miss::Refused
    }

    /// A frame of whole bytes. A garbled PACK must not count as a refusal, and the chip says the same of it and of four
    /// bits, which have no CRC: so the count of bits is asked for then.
    fn whole(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.ready()?;
        let written = self.written;
        self.written |= air::writes(frame);
        if self.by_hand || air::asks_for_nonce(frame) {
            return self.whole_by_hand(frame, written);
        }
        self.set(Registers::PLAIN)?;
        match self.through(frame)?.as_slice() {
            [GOOD, data @ ..] if data.len() != 1 => Ok(data.to_vec()),
            [GOOD, _] | [CRC_ERROR] if self.is_nibble()? => Err(self.refused(self.written)),
            [CRC_ERROR] => {
                // A chip that does not count with its CRC on is not asked that way again.
                self.by_hand = true;
                Err(Miss::Silent)
            }
            _ => Err(Miss::Silent),
        }
    }

    /// The same with the CRC checked here, as nfcpy does (`_tt2_send_cmd_recv_rsp`): costs two commands more, and lets a nonce be
    /// heard, which has no CRC.
    fn whole_by_hand(&mut self, frame: &[u8], written: bool) -> Result<Vec<u8>, Miss> {
        self.set(Registers::CRC_BY_HAND)?;
        let mut answer = self.heard(frame)?;
        if let [nibble] = answer[..] {
            return Err(match self.is_nibble()? {
                true if air::is_nak(nibble) => self.refused(written),
                true if nibble == air::ACK => Miss::Refused,
                _ => Miss::Silent,
            });
        }
        if air::asks_for_nonce(frame) && answer.len() == 4 || air::take_crc(&mut answer) {
            return Ok(answer);
        }
        Err(Miss::Silent)
    }

    fn short(&mut self, byte: u8) -> Result<Vec<u8>, Miss> {
        self.ready()?;
        self.set(Registers::SHORT)?;
        let answer = self.heard(&[byte])?;
        match answer[..] {
            [air::ACK] if self.is_nibble()? => Ok(answer),
            // An ATQA.
            [_, _] => Ok(answer),
            _ => Err(Miss::Silent),
        }
    }

    /// Status, and what came back on air.
    fn through(&mut self, frame: &[u8]) -> Result<Vec<u8>, Lost> {
        let mut command = Zeroizing::new(Vec::with_capacity(1 + frame.len()));
        command.push(wire::COMMUNICATE_THRU);
        command.extend_from_slice(frame);
        self.line.ask(&command, Form::StatusAndAny)
    }

    fn heard(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        match self.through(frame)?.as_slice() {
            [GOOD, data @ ..] => Ok(data.to_vec()),
            _ => Err(Miss::Silent),
        }
    }

    /// Whether the last byte received has four valid bits.
    fn is_nibble(&mut self) -> Result<bool, Lost> {
        let control = self.line.ask(wire::READ_CONTROL, Form::Exactly(1))?;
        Ok(control.first().is_some_and(|control| control & 0x07 == 4))
    }

    /// FeliCa, to which this chip can call; a card by ISO 15693 does not hear it.
    fn felica(&mut self) -> Result<bool, Lost> {
        self.ready()?;
        self.set(Registers::PLAIN)?;
        let answer = self.line.ask(wire::LIST_FELICA, Form::Any)?;
        match answer.as_slice() {
            [0] => Ok(false),
            [1, 1, rest @ ..] if rest.first().is_some_and(|length| usize::from(*length) == rest.len()) => Ok(true),
            _ => Err(self.line.garbled()),
        }
    }
}

/// Nothing lies there, which is what was asked.
fn unless_away<T>(found: Result<T, Lost>, away: T) -> Result<T, Miss> {
    match found {
        Err(Lost::NoCard) => Ok(away),
        found => found.map_err(Miss::from),
    }
}

impl<L: Link> Drop for Pn532<L> {
    /// Whoever speaks to the chip next expects its registers as they always are.
    fn drop(&mut self) {
        if self.registers.is_some() && !self.line.away && !self.line.is_doubtful() {
            // Whatever comes of it, the reader is given back.
            let _ = self.set(Registers::PLAIN);
        }
    }
}

impl<L: Link> Reader for Pn532<L> {
    fn name(&self) -> &str {
        self.line.link.name()
    }

    fn wait_for_card(&mut self, _wanted: Option<&Uid>, _feed: Feed, timeout: Duration) -> Result<bool, Trouble> {
        // A link may let go of its reader while it waits.
        self.told = false;
        self.line.link.wait(true, timeout)
    }

    fn wait_until_empty(&mut self, timeout: Duration) -> Result<bool, Trouble> {
        self.told = false;
        self.line.link.wait(false, timeout)
    }

    /// The field is switched off in between, so that everything volatile in the card is gone; but for a card that has
    /// just refused, which is idle.
    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        self.exchanges += 1;
        unless_away(self.find(), Vec::new())
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.exchanges += 1;
        self.idle = false;
        self.tell(frame)
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        self.exchanges += 1;
        self.idle = false;
        match frame {
            Raw::Bytes(bytes) => self.whole(bytes),
            Raw::Short(byte) => self.short(byte),
        }
    }

    fn strangers(&mut self) -> Result<Vec<&'static str>, Miss> {
        self.exchanges += 1;
        self.idle = false;
        let found = self.felica().map(|found| if found { vec!["FeliCa"] } else { Vec::new() });
        unless_away(found, Vec::new())
    }

    fn signal(&mut self, signal: Signal) {
        self.line.link.signal(signal);
    }

    fn cost(&self) -> Cost {
        Cost { exchanges: self.exchanges, commands: self.line.commands }
    }
}
