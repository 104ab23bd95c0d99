//! Readers by PC/SC: the ACR122U and other storage-card readers through pcscd.

use super::{Listed, Reader, Readers};
use crate::plan::messages::Trouble;

/// All readers that pcscd knows.
pub struct Pcsc {
    signal: bool,
}

impl Pcsc {
    /// `signal`: whether light and buzzer are used.
    pub fn new(signal: bool) -> Pcsc {
        Pcsc { signal }
    }
}

impl Readers for Pcsc {
    fn list(&self) -> Result<Vec<Listed>, Trouble> {
        todo!("{}", self.signal)
    }

    fn open(&self, _name: &str) -> Result<Box<dyn Reader>, Trouble> {
        todo!()
    }
}
