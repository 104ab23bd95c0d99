//! A reader that is a PN532 behind some link: PC/SC pseudo-APDUs of an ACR122U, or libnfc in a child process.
//!
//! All that the two have in common: selecting, exchanges, raw frames, and what the chip's status bytes mean
//! (UM0701-02, 7.1). Start at [`Link`], then [`Pn532`].

use std::time::Duration;

use super::Miss;
use crate::plan::messages::Trouble;

/// The way to one PN532.
pub(super) trait Link: Send {
    fn name(&self) -> &str;

    /// Waits until a card lies in the field (`present`), or none does. `Ok(false)`: the time is up. Holds nothing exclusively.
    fn wait(&mut self, present: bool, timeout: Duration) -> Result<bool, Trouble>;

    /// One command, code first, without the `D4` before it; the answer without `D5` and code + 1. The first command takes
    /// the reader exclusively; it is given back when the link is dropped.
    ///
    /// # Errors
    /// [`Miss::Silent`] for an answer that is none of this command (late, cut, garbled), [`Miss::Reader`] for a reader that is lost,
    /// stuck or in other hands.
    fn command(&mut self, command: &[u8]) -> Result<Vec<u8>, Miss>;
}
