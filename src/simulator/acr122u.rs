//! The ACR122U: pseudo-APDUs of a PC/SC reader over its PN532, with light, buzzer, keys and the ATR of what lies on it.
//!
//! From ACS's "ACR122U Application Programming Interface" V2.04, chapter by chapter, and PC/SC part 3 for ATRs. Knows no
//! USB and no pcscd; sleeps never. Start at [`Acr122u::transmit`]; cards without a PN532 command of the host's own stand in
//! `acr122u_storage`.

use std::time::Duration;

use super::antenna::Antenna;
use super::faults::Faults;
use super::pn532::{Pn532, Reply};
use super::pn532_initiator::{Activated, SPEAKS_PART_4};
use super::silicon::Kind;
use super::tray_error::TrayError;

/// The firmware's name, which has no status word behind it (6.2).
pub const FIRMWARE: &[u8] = b"ACR122U214";
/// A CCID message has 271 bytes at most, ten of them header.
pub const LONGEST: usize = 261;

pub(super) const DONE: [u8; 2] = [0x90, 0x00];
pub(super) const FAILED: [u8; 2] = [0x63, 0x00];
/// The PN532 does not answer (6.1).
const NO_ANSWER: [u8; 2] = [0x63, 0x01];
/// The PN532 does not know the command (6.1).
const NO_COMMAND: [u8; 2] = [0x63, 0x7F];
const WRONG_LENGTH: [u8; 2] = [0x67, 0x00];
pub(super) const UNSUPPORTED: [u8; 2] = [0x6A, 0x81];

/// PICC operating parameter (6.5): everything is polled for, by itself.
const PARAMETER: u8 = 0xFF;
const AUTO_POLL: u8 = 0x80;
/// Polls for ISO/IEC 14443 type A (also Topaz), and for FeliCa at 212 and 424 kbit/s.
const POLL_A: u8 = 0x05;
const POLL_FELICA: u8 = 0x18;

/// What the host has last asked of light and buzzer (6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// P2: bits 0 and 1 red and green at the end, 2 and 3 whether they change, 4 and 5 at the beginning of blinking, 6 and 7
    /// whether they blink.
    pub led: u8,
    /// Units of 100 ms.
    pub t1: u8,
    pub t2: u8,
    pub times: u8,
    /// 0 silent, 1 during T1, 2 during T2, 3 both.
    pub buzzer: u8,
}

impl Signal {
    /// How long the reader takes no other command meanwhile.
    pub fn blocks(self) -> Duration {
        let tenths = (u64::from(self.t1) + u64::from(self.t2)) * u64::from(self.times);
        Duration::from_millis(100 * tenths)
    }
}

#[derive(Debug, Clone)]
pub struct Acr122u<A> {
    pub(super) chip: Pn532<A>,
    /// What the link does to answers; here only whether escape commands are refused.
    pub faults: Faults,
    /// What lay there at the last look, by visit; of these the card.
    seen: Vec<u64>,
    visit: Option<u64>,
    pub(super) card: Option<Card>,
    pub(super) keys: [Option<[u8; 6]>; 2],
    parameter: u8,
    led: u8,
    signal: Option<Signal>,
    busy: Duration,
    commands: u64,
}

/// What automatic polling has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Card {
    A(Activated),
    Felica { id: [u8; 8] },
}

impl<A: Antenna> Acr122u<A> {
    pub fn new(antenna: A) -> Acr122u<A> {
        let mut chip = Pn532::new(antenna);
        // The firmware does not wait for ever (what it sets is not public).
        chip.retries = 2;
        Acr122u {
            chip,
            faults: Faults::default(),
            seen: Vec::new(),
            visit: None,
            card: None,
            keys: [None; 2],
            parameter: PARAMETER,
            led: 0,
            signal: None,
            busy: Duration::ZERO,
            commands: 0,
        }
    }

    pub fn antenna(&self) -> &A {
        self.chip.antenna()
    }

    pub fn antenna_mut(&mut self) -> &mut A {
        self.chip.antenna_mut()
    }

    /// The last command to light and buzzer.
    pub fn signal(&self) -> Option<Signal> {
        self.signal
    }

    /// How many commands the host has given it so far, APDUs and escape commands.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// How long light and buzzer have made the reader deaf since this was asked last.
    pub fn take_busy(&mut self) -> Duration {
        std::mem::take(&mut self.busy)
    }

    /// The ATR of what lies there; `None`: nothing that this reader finds. Looks as the automatic polling does, disturbs no card
    /// that it knows already, and says `None` once when another card has come in the place of the one before.
    pub fn atr(&mut self) -> Result<Option<Vec<u8>>, TrayError> {
        self.look()?;
        Ok(self.card.as_ref().map(atr))
    }

    /// IccPowerOn after IccPowerOff: the card loses its power and is found anew. Gives the ATR.
    pub fn reset(&mut self) -> Result<Option<Vec<u8>>, TrayError> {
        self.seen.clear();
        self.card = None;
        self.atr()
    }

    /// An APDU by SCardTransmit. Always answers: with data and status word, or 48h's text without one.
    pub fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, TrayError> {
        self.commands += 1;
        if self.seen.is_empty() {
            self.look()?;
        }
        if apdu.len() < 4 || apdu.len() > LONGEST {
            return Ok(WRONG_LENGTH.to_vec());
        }
        match apdu {
            [0xFF, 0x00, rest @ ..] => self.control(rest),
            [0xFF, rest @ ..] => self.storage(rest),
            _ => self.part_4(apdu),
        }
    }

    /// The same by SCardControl, without a card: only what begins with FF 00. `None`: the driver refuses it.
    pub fn escape(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, TrayError> {
        self.commands += 1;
        if self.faults.escape_refused {
            return Ok(None);
        }
        Ok(Some(match bytes {
            [0xFF, 0x00, _, _, ..] if bytes.len() <= LONGEST => self.control(&bytes[2..])?,
            _ => UNSUPPORTED.to_vec(),
        }))
    }

    fn look(&mut self) -> Result<(), TrayError> {
        if self.parameter & AUTO_POLL == 0 {
            self.card = None;
            self.seen.clear();
            return Ok(());
        }
        let lying = self.chip.antenna_mut().lying()?;
        let visits: Vec<u64> = lying.iter().map(|card| card.visit).collect();
        if visits == self.seen {
            return Ok(());
        }
        // One that was found goes before another comes; what is laid or lifted beside it changes nothing.
        if self.card.is_some() {
            let stays = self.visit.is_some_and(|visit| visits.contains(&visit));
            self.seen = if stays { visits } else { Vec::new() };
            if !stays {
                self.card = None;
            }
            return Ok(());
        }
        self.seen = visits;
        self.poll()
    }

    fn poll(&mut self) -> Result<(), TrayError> {
        if self.parameter & POLL_A != 0 {
            self.card = self.chip.poll()?.map(Card::A);
        }
        let lying = self.chip.antenna_mut().lying()?;
        let felica = lying.iter().find(|card| card.kind == Kind::Felica);
        if let (None, Some(card)) = (&self.card, felica.filter(|_| self.parameter & POLL_FELICA != 0)) {
            let [a, b, c, d, e, f, g] = card.uid.seven();
            self.card = Some(Card::Felica { id: [0x01, a, b, c, d, e, f, g] });
            self.visit = Some(card.visit);
        } else {
            self.visit = lying.iter().find(|card| card.spoken).map(|card| card.visit);
        }
        Ok(())
    }

    /// Chapter 6, after FF 00.
    fn control(&mut self, rest: &[u8]) -> Result<Vec<u8>, TrayError> {
        Ok(match rest {
            // 6.1. Direct transmit.
            [0x00, 0x00, length, data @ ..] => {
                // A trailing Le is none of the command.
                match data.get(..usize::from(*length)) {
                    Some(command) if data.len() <= command.len() + 1 => self.direct(command)?,
                    _ => WRONG_LENGTH.to_vec(),
                }
            }
            // 6.3. Light and buzzer.
            [0x40, led, 0x04, t1, t2, times, buzzer @ 0..=3] => {
                self.shine(Signal { led: *led, t1: *t1, t2: *t2, times: *times, buzzer: *buzzer })
            }
            [0x40, ..] => FAILED.to_vec(),
            // 6.2. Firmware.
            [0x48, 0x00] | [0x48, 0x00, _] => FIRMWARE.to_vec(),
            // 6.4, 6.5. PICC operating parameter.
            [0x50, 0x00] | [0x50, 0x00, 0x00] => vec![DONE[0], self.parameter],
            [0x51, parameter] | [0x51, parameter, 0x00] => {
                self.parameter = *parameter;
                vec![DONE[0], self.parameter]
            }
            // 6.6, 6.7. Time-out, and the buzzer when a card is found.
            [0x41, _] | [0x41, _, 0x00] | [0x52, 0x00 | 0xFF] | [0x52, 0x00 | 0xFF, 0x00] => DONE.to_vec(),
            _ => UNSUPPORTED.to_vec(),
        })
    }

    fn direct(&mut self, command: &[u8]) -> Result<Vec<u8>, TrayError> {
        let [0xD4, command @ ..] = command else { return Ok(NO_COMMAND.to_vec()) };
        Ok(match self.chip.command(command)? {
            Reply::Response(response) => [&[0xD5], &response[..], &DONE].concat(),
            Reply::SyntaxError => NO_COMMAND.to_vec(),
            Reply::Nothing => NO_ANSWER.to_vec(),
        })
    }

    fn shine(&mut self, signal: Signal) -> Vec<u8> {
        let changes = signal.led >> 2 & 0x03;
        self.led = signal.led & changes | self.led & !changes;
        self.signal = Some(signal);
        self.busy += signal.blocks();
        vec![DONE[0], self.led]
    }
}

/// 3.1, after PC/SC part 3, 3.1.3.2.3: the historical bytes of a storage card name its standard and the card, those of ISO/IEC
/// 14443-4 are the ones of its answer to select. T=1, check byte at the end.
fn atr(card: &Card) -> Vec<u8> {
    let historical = match card {
        Card::A(Activated { tag, ats: Some(ats) }) if tag.sak & SPEAKS_PART_4 != 0 => historical(ats).to_vec(),
        Card::A(Activated { tag, .. }) => storage(match tag.sak {
            0x08 => [0x00, 0x01],
            0x18 => [0x00, 0x02],
            0x00 => [0x00, 0x03],
            sak => [0xFF, sak],
        }),
        Card::Felica { .. } => storage([0xF0, 0x11]),
    };
    let mut atr = vec![0x3B, 0x80 | historical.len() as u8 & 0x0F, 0x80, 0x01];
    atr.extend(historical);
    atr.push(atr.iter().skip(1).fold(0, |check, byte| check ^ byte));
    atr
}

/// RID of the PC/SC workgroup, standard 03 (ISO/IEC 14443 A, part 3), the card's name.
fn storage([high, low]: [u8; 2]) -> Vec<u8> {
    let mut bytes = vec![0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x03, high, low];
    bytes.extend([0; 4]);
    bytes
}

/// What stands in an answer to select behind TL, T0 and the interface bytes that T0 announces (ISO/IEC 14443-4, 5.2).
fn historical(ats: &[u8]) -> &[u8] {
    let interface = ats.get(1).map_or(0, |format| (format & 0x70).count_ones() as usize);
    ats.get(2 + interface..).unwrap_or_default()
}

#[cfg(test)]
#[path = "acr122u_tests.rs"]
mod tests;
