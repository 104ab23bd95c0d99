//! A card of ours that the register does not know, and that the settings' profile does not account for: another profile
//! made it, and by this one it would be blanked, stripped or booked wrongly. Writes nothing. Start at
//! [`refuse_other_profile`].

use super::Desk;
use super::chip::{self, Lying, has};
use super::standing::speaks_for_itself;
use crate::plan::chip::profile::FieldContent;
use crate::plan::chip::{Depth, KeySet, Reading, Seal};
use crate::plan::messages::Trouble;

/// `card-unrecorded`, when the card does not say by the settings' profile what it shall hold and yet shows a number of
/// ours; or when that profile has no seal, and by another one a header or a seal of ours stands there.
pub(super) fn refuse_other_profile(
    desk: &Desk,
    lying: &mut Lying,
    reading: &Reading,
    keys: &KeySet,
) -> Result<(), Trouble> {
    let speaks = speaks_for_itself(desk, reading);
    if speaks && has(desk, FieldContent::Seal) {
        return Ok(());
    }
    let site = desk.settings.library.code;
    let numbered = |reading: &Reading| reading.number.is_some_and(|number| number.library() == site);
    for profile in desk.other_profiles(lying.card.kind)? {
        let found = chip::read_by(desk, &mut *lying.reader, &lying.card, &profile, keys, Depth::Whole)?;
        let sealed = found.seal == Seal::Valid || found.header.is_some_and(|header| header.library == site);
        if sealed || (!speaks && numbered(&found)) {
            return Err(unrecorded(&found, &profile.name));
        }
    }
    if !speaks && numbered(reading) { Err(unrecorded(reading, "none")) } else { Ok(()) }
}

fn unrecorded(reading: &Reading, profile: &str) -> Trouble {
    let number = reading.number.map_or_else(|| "–".to_owned(), |number| number.grouped());
    Trouble::new("card-unrecorded").with("number", number).with("profile", profile)
}
