//! Finds out which card lies in the field, before anything is written. Start at [`identify`].

use super::{Miss, Reader, Target};
use crate::plan::chip::ChipKind;
use crate::plan::messages::Trouble;

/// Selects that may find nothing before nobody lies there.
const SELECTS: u32 = 3;

/// The one card in the field, left selected.
///
/// # Errors
/// `card-removed` when there is none, `two-cards`, `chip-unsupported` by the chip's name, or the reader's own.
pub fn identify(reader: &mut dyn Reader) -> Result<Target, Trouble> {
    for _ in 0..SELECTS {
        let mut found = match reader.select() {
            Ok(found) => found,
            Err(Miss::Reader(trouble)) => return Err(trouble),
            Err(Miss::Refused | Miss::Silent | Miss::Unsupported) => continue,
        };
        match (found.pop(), found.is_empty()) {
            (None, _) => continue,
            (Some(target), true) => {
                target.kind()?;
                return Ok(target);
            }
            (Some(_), false) => return Err(Trouble::new("two-cards")),
        }
    }
    Err(Trouble::new("card-removed"))
}

impl Target {
    /// The chip by its SAK; one that this program cannot encode is `chip-unsupported` by name.
    pub fn kind(&self) -> Result<ChipKind, Trouble> {
        ChipKind::recognise(self.atqa, self.sak)
    }
}
