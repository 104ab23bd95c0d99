//! What a bad reader, cable or driver does to answers: none, late ones, garbled ones. On request, and the same for the same seed.
//!
//! A value that a link takes its answers through; it sleeps never and changes nothing in a card. Its words go over a control
//! socket. Start at [`Faults::pass`].

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The seed of `mutate` where none is given.
const SEED: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// `stuck`: no answer any more.
    pub stuck: bool,
    /// `late`: every answer is the one to the command before.
    pub late: bool,
    /// `no-escape`: the driver lets no escape command through.
    pub escape_refused: bool,
    /// `mutate=N` or `mutate=N:SEED`: N answers of a thousand have a byte flipped, are cut or lengthened.
    pub mutate: Option<Mutate>,
    /// `status-bit7`: bit 7 is set in the status byte of PN53x answers; libnfc aborts its process then.
    pub status_bit7: bool,
    /// `slow=MS`: the link waits so long before each answer.
    pub slow: Duration,
    /// The answer to the command before.
    held: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mutate {
    pub per_mille: u16,
    pub seed: u32,
    state: u32,
}

impl Mutate {
    pub fn new(per_mille: u16, seed: u32) -> Mutate {
        // Neighbouring seeds give other sequences, and none is stuck at 0.
        let state = seed.wrapping_mul(0x9E37_79B9) ^ 0x5851_F42D;
        Mutate { per_mille: per_mille.min(1000), seed, state: if state == 0 { 1 } else { state } }
    }

    /// Marsaglia's 32-bit xorshift.
    fn next(&mut self) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        self.state as usize
    }

    fn strike(&mut self, answer: &mut Vec<u8>) {
        if self.next() % 1000 >= usize::from(self.per_mille) {
            return;
        }
        let draw = self.next();
        match draw % 3 {
            0 if !answer.is_empty() => {
                let (at, bit) = (self.next() % answer.len(), self.next() % 8);
                answer[at] ^= 1 << bit;
            }
            1 if !answer.is_empty() => answer.truncate(self.next() % answer.len()),
            _ => answer.extend((0..=draw / 3 % 4).map(|_| self.next() as u8)),
        }
    }
}

/// What becomes of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed {
    /// It is sent, after [`Faults::slow`].
    Now(Vec<u8>),
    /// The host waits in vain.
    Never,
}

impl Faults {
    /// The answer to one command, on its way to the host: an APDU's, or a PN532's from `D5` on, before it is framed.
    pub fn pass(&mut self, mut answer: Vec<u8>) -> Passed {
        if self.status_bit7 {
            set_status_bit7(&mut answer);
        }
        if let Some(mutate) = &mut self.mutate {
            mutate.strike(&mut answer);
        }
        let before = self.held.replace(answer.clone());
        match (self.stuck, self.late, before) {
            (true, _, _) | (_, true, None) => Passed::Never,
            (_, true, Some(before)) => Passed::Now(before),
            (_, false, _) => Passed::Now(answer),
        }
    }

    /// Whether a device of this kind can have them: a board has no driver that could refuse escapes.
    pub fn fit(&self, board: bool) -> bool {
        !(board && self.escape_refused)
    }

    /// Takes other faults on; what was answered last is remembered.
    pub fn replace(&mut self, faults: Faults) {
        let held = self.held.take();
        *self = Faults { held, ..faults };
    }
}

/// The answers that begin with a status byte (UM0701-02, 7.1 and the commands of 7.3), but those of InListPassiveTarget and
/// their like.
fn set_status_bit7(answer: &mut [u8]) {
    if let [0xD5, 0x17 | 0x41 | 0x43 | 0x45 | 0x47 | 0x4F | 0x51 | 0x53 | 0x55 | 0x57, status, ..] = answer {
        *status |= 0x80;
    }
}

/// Words with spaces between; `none`, or nothing at all, for a sound link.
impl FromStr for Faults {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Faults, UnknownFault> {
        let mut faults = Faults::default();
        for word in text.split_whitespace() {
            let unknown = || UnknownFault(word.to_owned());
            match word.split_once('=') {
                None if word == "none" => {}
                None if word == "stuck" => faults.stuck = true,
                None if word == "late" => faults.late = true,
                None if word == "no-escape" => faults.escape_refused = true,
                None if word == "status-bit7" => faults.status_bit7 = true,
                Some(("mutate", value)) => faults.mutate = Some(mutate(value).ok_or_else(unknown)?),
                Some(("slow", value)) => {
                    let milliseconds: u32 = value.parse().map_err(|_| unknown())?;
                    faults.slow = Duration::from_millis(milliseconds.into());
                }
                _ => return Err(unknown()),
            }
        }
        Ok(faults)
    }
}

fn mutate(value: &str) -> Option<Mutate> {
    let (per_mille, seed) = match value.split_once(':') {
        Some((per_mille, seed)) => (per_mille, seed.parse().ok()?),
        None => (value, SEED),
    };
    let per_mille = per_mille.parse().ok().filter(|n| *n <= 1000)?;
    Some(Mutate::new(per_mille, seed))
}

/// As it is parsed.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = [
            (self.stuck, "stuck"),
            (self.late, "late"),
            (self.escape_refused, "no-escape"),
            (self.status_bit7, "status-bit7"),
        ];
        let mut words: Vec<String> = flags.iter().filter(|(set, _)| *set).map(|(_, word)| (*word).to_owned()).collect();
        words.extend(self.mutate.map(|mutate| format!("mutate={}:{}", mutate.per_mille, mutate.seed)));
        if !self.slow.is_zero() {
            words.push(format!("slow={}", self.slow.as_millis()));
        }
        f.write_str(if words.is_empty() { "none" } else { "" })?;
        f.write_str(&words.join(" "))
    }
}

/// A word that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no fault is called {0}; there is: none, stuck, late, no-escape, mutate=N, mutate=N:SEED, status-bit7, slow=MS"
)]
pub struct UnknownFault(pub String);

#[cfg(test)]
#[path = "faults_tests.rs"]
mod tests;
