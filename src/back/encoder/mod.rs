//! Readers and what is done with a card on one: carry out a chip plan, prove it, read a card.
//!
//! The encoder owns no journal and no keys: keys come as ready candidate lists in the plan, and every
//! step is told through `on_mark`, with which the desk writes its store and feeds the broadcast.
//! Start at [`Reader`].

pub mod libnfc;
pub mod pcsc;
pub mod simulated;
pub mod usb;

mod classic;
mod contact;
mod encode;
mod identify;
mod marks;
mod pn532;
mod progress;
mod readers;
mod screen;
#[cfg(test)]
mod tests;
mod type2;

use std::time::Duration;

pub use encode::{Encoded, blank, encode, encode_and_prove, prove, read};
pub use identify::{Identified, identify, identify_as};
pub use marks::{Fate, Halt, Intent, Mark, OnMark, Proof, SectorState, Step, Stop};
pub use readers::{Listed, ReaderState, Readers, Watch};
pub use screen::{back_doors, originality, screen, screen_again};

use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;

/// One ISO/IEC 14443-3 type A card as the reader's anticollision found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub uid: Uid,
    pub atqa: [u8; 2],
    pub sak: u8,
}

/// Why an exchange brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// The card answered and refused: a wrong key (PN532 status 14h) or a NAK (13h). It is idle now: select again.
    Refused,
    /// No answer that could be trusted (status 01h and everything unclear): torn, flaky, swapped or gone. Proves nothing.
    Silent,
    /// This reader passes no such frame on; nothing was sent.
    Unsupported,
    /// The reader itself is gone or broken; the job on it ends, no other.
    Reader(Trouble),
}

/// A frame that goes on air as it is (InCommunicateThru, UM0701-02, 7.3.9).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Raw<'f> {
    /// Whole bytes; the reader appends the CRC and takes it off the answer.
    Bytes(&'f [u8]),
    /// Seven bits without a CRC, as REQA and the back doors of some clones are.
    Short(u8),
}

/// How cards come to a simulated reader; real readers are fed by hand and pass this over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// Command line and batch: the card wanted is laid back, any other goes to the tray, else a new blank is laid down.
    Dispense,
    /// Nothing moves by itself.
    ByHand,
}

/// What light and sound tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The chip is finished: the card may be lifted.
    Good,
    /// It stopped: look at the screen.
    Bad,
}

/// What one visit has cost so far. A select counts as one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    pub exchanges: u32,
    pub commands: u32,
}

/// A contactless reader. Frames of [`Reader::exchange`] are PN532 InDataExchange payloads (UM0701-02, 7.3.8):
/// `60|61 block key6 uid4` authenticates, `30 block` reads 16 bytes, `A0 block data16` and `A2 page data4` write.
/// Every call ends within its own time-out.
pub trait Reader: Send {
    /// The name by which `--reader` and the lock know it.
    fn name(&self) -> &str;

    /// Waits until a card lies in the field. `wanted` is the card of this job, when it already has one.
    /// `Ok(false)`: none came in time. Holds nothing exclusively while it waits.
    fn wait_for_card(&mut self, wanted: Option<&Uid>, feed: Feed, timeout: Duration) -> Result<bool, Trouble>;

    /// Waits until the field is empty. `Ok(false)`: it still is not.
    fn wait_until_empty(&mut self, timeout: Duration) -> Result<bool, Trouble>;

    /// Re-activates the field and selects: one InListPassiveTarget for up to two targets. Empty: no card.
    fn select(&mut self) -> Result<Vec<Target>, Miss>;

    /// One exchange with the selected card; its answer without status bytes (empty for an acknowledged write).
    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss>;

    /// One frame as it is, for commands that the reader does not know: GET_VERSION, PWD_AUTH, READ_SIG, FAST_READ, back
    /// doors. A four-bit acknowledgement is [`Miss::Refused`] here but for a short frame, whose answer `0A` is data.
    fn raw(&mut self, _frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        Err(Miss::Unsupported)
    }

    /// What else lies there that no type A selection finds, by the standard's name: FeliCa, ISO 15693.
    fn strangers(&mut self) -> Result<Vec<&'static str>, Miss> {
        Ok(Vec::new())
    }

    /// Light and sound for the hands at the reader, under a second. Never needed, and nothing follows from its failing.
    fn signal(&mut self, _signal: Signal) {}

    /// Exchanges and reader commands since the reader was opened.
    fn cost(&self) -> Cost;
}
