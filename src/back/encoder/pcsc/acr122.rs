//! The ACR122U: PN532 commands in pseudo-APDUs (ACR122U API 2.04, 4.4), as `FF 00 00 00 Lc D4 …`, sent by SCardTransmit, which needs
//! no option of the driver, but a card. Start at [`Acr122`].

use std::ffi::CString;
use std::time::Duration;

use pcsc::{Disposition, Protocols, ShareMode};
use zeroize::Zeroizing;

use super::error;
use super::lane::{GivenUp, Hands, Lane};
use super::presence;
use crate::back::encoder::Signal;
use crate::back::encoder::pn532::{Link, Lost};
use crate::plan::messages::Trouble;

/// libccid gives up after three seconds; a reader whose driver does not is given up here.
const LIMIT: Duration = Duration::from_secs(5);
const SIGNAL_LIMIT: Duration = Duration::from_secs(1);

pub(super) struct Acr122 {
    name: String,
    reader: CString,
    signals: bool,
    lane: Lane,
}

impl Acr122 {
    pub fn new(name: &str, signals: bool, given_up: GivenUp) -> Acr122 {
        // pcscd gives names as C strings, so none has a zero inside.
        let reader = CString::new(name).unwrap_or_default();
        Acr122 { name: name.to_owned(), reader, signals, lane: Lane::new(given_up) }
    }
}

impl Drop for Acr122 {
    /// Whoever opens the reader next finds it free.
    fn drop(&mut self) {
        if self.lane.is_open() {
            self.lane.call(LIMIT, Hands::release);
        }
    }
}

impl Link for Acr122 {
    fn name(&self) -> &str {
        &self.name
    }

    fn wait(&mut self, present: bool, timeout: Duration) -> Result<bool, Trouble> {
        presence::wait(&mut self.lane, &self.name, &self.reader, present, timeout)
    }

    fn command(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        let (code, apdu) = wrapped(command).ok_or(Lost::Silent)?;
        let reader = self.reader.clone();
        match self.lane.call(LIMIT, move |hands| hands.transmit(&reader, &apdu)) {
            Some(Ok(answer)) => answer_of(code, &answer),
            Some(Err(error)) => Err(error::lost(error, &self.name)),
            None => Err(Lost::Reader(error::silent(&self.lane, &self.name))),
        }
    }

    fn signal(&mut self, signal: Signal) {
        if self.signals {
            let reader = self.reader.clone();
            self.lane.call(SIGNAL_LIMIT, move |hands| show(hands, &reader, signal));
        }
    }
}

/// The command's code, and its APDU; `None` for one that no short APDU holds.
pub(super) fn wrapped(command: &[u8]) -> Option<(u8, Zeroizing<Vec<u8>>)> {
    let length = u8::try_from(command.len() + 1).ok()?;
    let mut apdu = Zeroizing::new(Vec::with_capacity(6 + command.len()));
    apdu.extend([0xFF, 0x00, 0x00, 0x00, length, 0xD4]);
    apdu.extend_from_slice(command);
    Some((*command.first()?, apdu))
}

/// `D5`, code + 1, what was asked for, 90 00.
pub(super) fn answer_of(code: u8, answer: &[u8]) -> Result<Vec<u8>, Lost> {
    match answer {
        // The chip's own "no such command" (UM0701-02, 6.2.1.4) belongs to whatever was asked.
        [0xD5, 0x7F, ..] => Err(Lost::Silent),
        [0xD5, own, rest @ .., 0x90, 0x00] if *own == code.wrapping_add(1) => Ok(rest.to_vec()),
        [0xD5, _, .., 0x90, 0x00] => Err(Lost::Foreign),
        _ => Err(Lost::Silent),
    }
}

/// LED and buzzer (ACR122U API 2.04, 6.2): which of the two blinks, how long on and off in tenths of a second, how often, and
/// the buzzer with it. The command lasts as long as it shows: two and four tenths.
fn apdu(signal: Signal) -> [u8; 9] {
    let (light, times) = match signal {
        Signal::Good => (0xA0, 1),
        Signal::Bad => (0x50, 2),
    };
    [0xFF, 0x00, 0x40, light, 0x04, 0x01, 0x01, times, 0x01]
}

/// libccid's number for SCARD_CTL_CODE(1), which it refuses unless told otherwise, and that of ACS's own driver.
const ESCAPES: [pcsc::ffi::DWORD; 2] = [pcsc::ctl_code(1), pcsc::ctl_code(3500)];

/// With a card as any command; without one by an escape, where the driver lets it through.
fn show(hands: &mut Hands, reader: &CString, signal: Signal) {
    if hands.is_connected() {
        let _ = hands.transmit(reader, &apdu(signal));
        return;
    }
    let _ = escape(hands, reader, &apdu(signal));
}

/// "Get firmware version" (ACR122U API 2.04, 6.3): text, without a status word.
const FIRMWARE: [u8; 5] = [0xFF, 0x00, 0x48, 0x00, 0x00];

/// The firmware by its own words, as `ACR122U214`; `None` where the driver lets no escape through, or another program has the
/// reader.
pub(super) fn firmware(hands: &mut Hands, reader: &CString) -> Option<String> {
    let answer = escape(hands, reader, &FIRMWARE)?;
    let text = String::from_utf8(answer).ok()?;
    let text = text.trim_end_matches(['\0', ' ']);
    text.chars().all(|c| c.is_ascii_graphic()).then(|| text.to_owned()).filter(|text| text.starts_with("ACR"))
}

/// One command past any card. Takes the reader for a moment, and not from another program.
fn escape(hands: &mut Hands, reader: &CString, command: &[u8]) -> Option<Vec<u8>> {
    let mut buffer = [0; 64];
    let card = hands.context().ok()?.connect(reader, ShareMode::Direct, Protocols::UNDEFINED).ok()?;
    let answer = ESCAPES.iter().find_map(|code| card.control(*code, command, &mut buffer).ok().map(<[u8]>::to_vec));
    let _ = card.disconnect(Disposition::LeaveCard);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_answer_is_one() {
        let own = |answer: &[u8]| answer_of(0x40, answer);
        assert_eq!(own(&[0xD5, 0x41, 0x00, 0x90, 0x00]), Ok(vec![0]));
        assert_eq!(own(&[0xD5, 0x4B, 0x00, 0x90, 0x00]), Err(Lost::Foreign));
        let silent: [&[u8]; 7] = [
            &[],
            &[0x7F],
            &[0x63, 0x00],
            &[0xD5, 0x41],
            &[0xD5, 0x41, 0x00],
            &[0xD5, 0x41, 0x00, 0x63, 0x00],
            &[0xD5, 0x7F, 0x90, 0x00],
        ];
        for answer in silent {
            assert_eq!(own(answer), Err(Lost::Silent), "{answer:02X?}");
        }
    }

    #[test]
    fn a_signal_lasts_less_than_half_a_second() {
        for signal in [Signal::Good, Signal::Bad] {
            let [_, _, _, _, _, on, off, times, _] = apdu(signal);
            assert!(u32::from(on + off) * u32::from(times) * 100 < 500);
        }
    }
}
