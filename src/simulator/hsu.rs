//! The PN532's frames on a serial line: bytes in, commands and acknowledgements out, and answers framed.
//!
//! UM0701-02, 6.2.1: normal and extended information frames, ACK, NACK, error frame. What stands before a start code is
//! idle line, wake-up (55 55 00…) or noise, and skipped. A machine of bytes: no port, no clock. Start at
//! [`Hsu::feed`].

use super::faults::{Faults, Passed};
use super::pn532::Reply;

pub const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
const START: [u8; 2] = [0x00, 0xFF];
const HOST: u8 = 0xD4;
const CHIP: u8 = 0xD5;
/// What stands in the error frame (6.2.1.5) in the place of `D5`.
const SYNTAX_ERROR: u8 = 0x7F;
/// TFI and 264 bytes (6.2.1.2).
const LONGEST: usize = 265;

/// What the host has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A command, code first, without the `D4`; to be acknowledged at once, then answered.
    Command(Vec<u8>),
    /// Whatever is being done is aborted.
    Ack,
    /// The last answer was not understood; see [`Hsu::repeat`].
    Nack,
    /// A start code with what is no frame behind it. The chip says nothing.
    Damaged,
}

/// One end of the line.
#[derive(Debug, Clone, Default)]
pub struct Hsu {
    /// What is no whole frame yet.
    pending: Vec<u8>,
    last: Option<Vec<u8>>,
}

impl Hsu {
    /// What these bytes, behind those before, complete. Frames are found again behind any noise.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.pending.extend(bytes);
        let mut events = Vec::new();
        let mut at = 0;
        loop {
            let rest = self.pending.get(at..).unwrap_or_default();
            let Some(start) = rest.windows(START.len()).position(|window| *window == START) else {
                // The first half of a start code may be all that has come.
                at += rest.len() - usize::from(rest.ends_with(&START[..1]));
                break;
            };
            at += start;
            match parse(&rest[start + START.len()..]) {
                Parsed::More => break,
                // What looked like a frame may hide one.
                Parsed::Broken => {
                    events.push(Event::Damaged);
                    at += START.len();
                }
                Parsed::Whole(event, length) => {
                    events.push(event);
                    at += START.len() + length;
                }
            }
        }
        self.pending.drain(..at);
        events
    }

    /// The line has been quiet for long: a frame that was begun is none.
    pub fn idle(&mut self) {
        self.pending.clear();
    }

    /// The answer as it goes over the line with these faults, sums right, and kept in case that the host wants it again.
    /// `None` for no answer.
    pub fn answer(&mut self, reply: &Reply, faults: &mut Faults) -> Option<Vec<u8>> {
        let answer = match reply {
            Reply::Response(response) => [&[CHIP], &response[..]].concat(),
            Reply::SyntaxError => vec![SYNTAX_ERROR],
            Reply::Nothing => return None,
        };
        let Passed::Now(answer) = faults.pass(answer) else { return None };
        let bytes = frame(&answer);
        self.last = Some(bytes.clone());
        Some(bytes)
    }

    /// The last answer again, after a NACK.
    pub fn repeat(&self) -> Option<&[u8]> {
        self.last.as_deref()
    }
}

enum Parsed {
    More,
    Broken,
    /// With the bytes behind the start code that it took.
    Whole(Event, usize),
}

/// What stands behind a start code.
fn parse(bytes: &[u8]) -> Parsed {
    let (length, header) = match *bytes {
        [0x00, 0xFF, ..] => return Parsed::Whole(Event::Ack, 2),
        [0xFF, 0x00, ..] => return Parsed::Whole(Event::Nack, 2),
        [0xFF, 0xFF, high, low, check, ..] if sum(&[high, low, check]) == 0 => {
            (usize::from(u16::from_be_bytes([high, low])), 5)
        }
        [0xFF, 0xFF, ref rest @ ..] if rest.len() < 3 => return Parsed::More,
        [length, check, ..] if sum(&[length, check]) == 0 => (usize::from(length), 2),
        [_, _, ..] => return Parsed::Broken,
        _ => return Parsed::More,
    };
    if length == 0 || length > LONGEST {
        return Parsed::Broken;
    }
    // Data and its checksum; the postamble is idle line to us.
    let Some(data) = bytes.get(header..header + length + 1) else { return Parsed::More };
    match data {
        [HOST, command @ .., _] if sum(data) == 0 => {
            Parsed::Whole(Event::Command(command.to_vec()), header + length + 1)
        }
        _ => Parsed::Broken,
    }
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

/// An information frame: TFI and data, in the short form where it fits.
pub fn frame(data: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x00, START[0], START[1]];
    match u8::try_from(data.len()) {
        Ok(length) => frame.extend([length, length.wrapping_neg()]),
        Err(_) => {
            let [high, low] = (data.len() as u16).to_be_bytes();
            frame.extend([0xFF, 0xFF, high, low, sum(&[high, low]).wrapping_neg()]);
        }
    }
    frame.extend(data);
    frame.extend([sum(data).wrapping_neg(), 0x00]);
    frame
}

#[cfg(test)]
#[path = "hsu_tests.rs"]
mod tests;
