//! PN532 boards by libnfc, which runs in a child process of this very program: without keys, without the database.

use super::{Listed, Reader, Readers};
use crate::plan::messages::Trouble;

/// The boards by libnfc's connection strings.
pub struct Libnfc {
    names: Vec<String>,
}

impl Libnfc {
    /// `names`: connection strings as `pn532_uart:/dev/ttyUSB0`; none: what libnfc finds by itself.
    pub fn new(names: Vec<String>) -> Libnfc {
        Libnfc { names }
    }
}

impl Readers for Libnfc {
    fn list(&self) -> Result<Vec<Listed>, Trouble> {
        todo!("{}", self.names.len())
    }

    fn open(&self, _name: &str) -> Result<Box<dyn Reader>, Trouble> {
        todo!()
    }
}
