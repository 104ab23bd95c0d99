//! Lays the pages of a plan down, locks and verifies them. Start at [`run`].

use crate::back::encoder::marks::Stop;
use crate::back::encoder::progress::Progress;
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::type2::goal::PageGoal;
use crate::plan::messages::Trouble;

/// Lays everything down and verifies it; gives the number of lock and configuration pages written.
pub fn run(
    _reader: &mut dyn Reader,
    card: &Identified,
    _goal: &PageGoal,
    _resumed: bool,
    _progress: Progress<'_>,
) -> Result<u32, Stop> {
    Err(Stop::unusable(Trouble::new("chip-unsupported").with("chip", card.kind.name())))
}
