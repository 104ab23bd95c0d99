//! One card to be made or read: what its keys and contents follow from. What that means for sectors or pages stands in the
//! rooms of the chips. Start at [`Card`].

use super::header::{Content, bcd_number, number_block, seal};
use super::keys::{KeySet, KeyVersion};
use super::profile::{Encoding, Field, FieldContent, Profile};
use super::{ChipKind, Uid};
use crate::plan::member::LibraryCode;

/// What the keys and contents of one card follow from.
pub(super) struct Card<'a> {
    pub profile: &'a Profile,
    pub kind: ChipKind,
    pub uid: &'a Uid,
    pub site: LibraryCode,
    pub keys: &'a KeySet,
}

/// Cards of this many layouts, the profile's and those before it, are still found by their keys.
const LAYOUTS: u8 = 4;

impl Card<'_> {
    /// The layouts whose keys may rule a card in circulation, the profile's first.
    pub fn layouts(&self) -> impl Iterator<Item = u8> + use<> {
        let newest = self.profile.layout;
        (newest.saturating_sub(LAYOUTS - 1).max(1)..=newest).rev()
    }

    /// What a field shall hold, in the first [`Field::bytes`] of these 16.
    pub fn block(&self, field: &Field, content: &Content, version: &KeyVersion) -> [u8; 16] {
        match (field.content, field.encoding) {
            (FieldContent::Number, Encoding::Bcd) => bcd_number(&content.number),
            (FieldContent::Number, _) => number_block(&content.number),
            (FieldContent::Header, _) => content.header().encode(),
            (FieldContent::Seal, _) => seal(&version.seal, self.uid, &content.number, &content.header().encode()),
        }
    }
}
