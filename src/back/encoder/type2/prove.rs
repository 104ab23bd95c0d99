//! Attacks a locked Type 2 chip as a phone app would. Start at [`attack`].

use crate::back::encoder::marks::{OnMark, Stop};
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::Attempt;
use crate::plan::chip::type2::attack::PageProof;

/// The pages must show what they should: `chip-unverified`.
pub fn read(_reader: &mut dyn Reader, _card: &Identified, _plan: &PageProof) -> Result<(), Stop> {
    Ok(())
}

/// Every attack, and what the chip did.
pub fn attack(
    _reader: &mut dyn Reader,
    _card: &Identified,
    _plan: &PageProof,
    _on_mark: OnMark<'_>,
) -> Result<Vec<Attempt>, Stop> {
    Ok(Vec::new())
}
