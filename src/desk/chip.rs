//! The card that lies on a reader: taking hold of it, reading it as far as needed, and what our register wants on it.
//! Writes nothing. Start at [`lying`].

use std::sync::Arc;
use std::time::Duration;

use super::hold::lock_reader;
use super::{Desk, devices};
use crate::back::encoder::{self, Feed, Identified, Reader};
use crate::back::locks::Lock;
use crate::back::settings::MagicCards;
use crate::back::store::cards::{self, Card};
use crate::plan::chip::Lock as AreaLock;
use crate::plan::chip::profile::FieldContent;
use crate::plan::chip::{ChipKind, Content, Depth, Family, Holder, KeySet, Profile, ReadPlan, Reading, Seal};
use crate::plan::job::CardState;
use crate::plan::messages::Trouble;

/// A card on a reader, held until this is dropped.
pub(super) struct Lying {
    pub reader: Box<dyn Reader>,
    pub card: Identified,
    /// The newest record of this chip; older ones are over.
    pub record: Option<Card>,
    _held: Lock,
}

/// Takes hold of what lies there; nothing is laid down for it. `card-not-there`, `reader-taken`, or what
/// [`encoder::identify`] refuses.
pub(super) fn lying(desk: &Desk, reader: Option<&str>) -> Result<Lying, Trouble> {
    let mut reader = devices::open_reader(desk, reader)?;
    if !reader.wait_for_card(None, Feed::ByHand, Duration::ZERO)? {
        return Err(Trouble::new("card-not-there"));
    }
    let held = lock_reader(desk, reader.name())?;
    let card = encoder::identify(&mut *reader)?;
    let uid = card.uid.to_string();
    let record = desk.store.look(|tx| Ok(cards::of_uid(tx, &uid)?.into_iter().next()))?;
    Ok(Lying { reader, card, record, _held: held })
}

/// The profile by which a card is read and written: its record's, whatever the settings say now.
///
/// # Errors
/// `profile-missing` names the profile of a card whose file is gone; where nothing hangs on it any more, the settings' own
/// serves as well.
pub(super) fn profile_of(desk: &Desk, record: Option<&Card>, kind: ChipKind) -> Result<Arc<Profile>, Trouble> {
    // Four-byte UIDs are not unique: a chip of another kind is not the one that was recorded.
    let record = record.filter(|record| record.chip.as_deref() == Some(kind.code()));
    match desk.made_by(record) {
        Ok((profile, _)) => Ok(profile),
        Err(_) if record.is_some_and(|record| is_waste(record.state)) => Ok(desk.profile.clone()),
        Err(trouble) => Err(trouble),
    }
}

fn is_waste(state: CardState) -> bool {
    matches!(state, CardState::Returned | CardState::Spoiled)
}

/// One visit's reading of a card that the register does not know.
pub(super) fn read(
    desk: &Desk,
    reader: &mut dyn Reader,
    card: &Identified,
    keys: &KeySet,
    depth: Depth,
) -> Result<Reading, Trouble> {
    read_recorded(desk, reader, card, None, keys, depth)
}

/// The same of a card that was taken hold of.
pub(super) fn read_lying(desk: &Desk, lying: &mut Lying, keys: &KeySet, depth: Depth) -> Result<Reading, Trouble> {
    let Lying { reader, card, record, .. } = lying;
    read_recorded(desk, &mut **reader, card, record.as_ref(), keys, depth)
}

/// One visit's reading, by the profile of the card's record.
pub(super) fn read_recorded(
    desk: &Desk,
    reader: &mut dyn Reader,
    card: &Identified,
    record: Option<&Card>,
    keys: &KeySet,
    depth: Depth,
) -> Result<Reading, Trouble> {
    let profile = profile_of(desk, record, card.kind)?;
    read_by(desk, reader, card, &profile, keys, depth)
}

/// One visit's reading, by a profile.
pub(super) fn read_by(
    desk: &Desk,
    reader: &mut dyn Reader,
    card: &Identified,
    profile: &Profile,
    keys: &KeySet,
    depth: Depth,
) -> Result<Reading, Trouble> {
    let plan = ReadPlan::new(profile, card.kind, &card.uid, desk.settings.library.code, keys, depth)?;
    encoder::read(reader, card, &plan).map_err(|stop| stop.trouble)
}

/// Reads the data, and the rest only when that does not say all is well: whose keys rule a card is a costly question. Of a
/// card that is over it is the one that matters.
pub(super) fn read_as_needed(
    desk: &Desk,
    reader: &mut dyn Reader,
    card: &Identified,
    record: Option<&Card>,
    keys: &KeySet,
) -> Result<Reading, Trouble> {
    // Of a Type 2 chip that is to be handed over the whole costs little, and shows whether our password rules it.
    let data_will_do = |record: &Card| match record.state {
        CardState::Void | CardState::Returned | CardState::Spoiled => false,
        CardState::Ready | CardState::Suspended => card.kind.family() == Family::Classic,
        _ => true,
    };
    if let Some(record) = record.filter(|record| data_will_do(record))
        && profile_of(desk, Some(record), card.kind)?.field(FieldContent::Seal).is_some()
    {
        let reading = read_recorded(desk, reader, card, Some(record), keys, Depth::Data)?;
        if agrees(desk, &reading, record) {
            return Ok(reading);
        }
    }
    read_recorded(desk, reader, card, record, keys, Depth::Whole)
}

/// Whether the chip holds, locked, what our register says of it.
pub(super) fn agrees(desk: &Desk, reading: &Reading, record: &Card) -> bool {
    holds(desk, reading, record) && is_locked(reading)
}

/// Whether the chip holds what our register says of it. Where the profile has no seal, only the keys show that the card is
/// ours, so that a reading of the whole card is wanted.
pub(super) fn holds(desk: &Desk, reading: &Reading, record: &Card) -> bool {
    let Ok(profile) = profile_of(desk, Some(record), reading.kind) else { return false };
    let number = profile.field(FieldContent::Number).is_none() || reading.number == Some(record.number);
    let sequence = reading.header.is_none_or(|header| header.sequence == record.sequence);
    let chip = record.chip.as_deref().is_none_or(|chip| chip == reading.kind.code());
    reading.intact && number && sequence && chip && is_ours(reading)
}

/// By our seal or by our keys.
pub(super) fn is_ours(reading: &Reading) -> bool {
    reading.seal == Seal::Valid || matches!(reading.holder, Holder::Ours { .. })
}

/// Nothing that was read can be written by others.
pub(super) fn is_locked(reading: &Reading) -> bool {
    reading.locks.iter().all(|(_, lock)| *lock == AreaLock::Locked)
}

/// Whether the desk's profile has this field.
pub(super) fn has(desk: &Desk, content: FieldContent) -> bool {
    desk.profile.field(content).is_some()
}

/// What a clone answers that no genuine card does, where clones are refused; nothing is written for it.
pub(super) fn is_clone(desk: &Desk, lying: &mut Lying) -> Result<Option<Trouble>, Trouble> {
    match desk.settings.chip.magic_cards {
        MagicCards::Refuse => encoder::back_doors(&mut *lying.reader, &lying.card),
        MagicCards::Accept => Ok(None),
    }
}

/// The areas that our keys do not rule, as a clerk is told them.
pub(super) fn strange(reading: &Reading) -> String {
    let areas: Vec<String> = reading.strange.iter().map(u8::to_string).collect();
    if areas.is_empty() { "–".to_owned() } else { areas.join(", ") }
}

/// What the register wants on a chip, under keys of this version.
pub(super) fn content_of(desk: &Desk, record: &Card, key_version: u8) -> Result<Content, Trouble> {
    let date: jiff::civil::Date =
        record.issued_on.parse().map_err(|_| Trouble::new("database-newer").with("file", "cards.issued_on"))?;
    Ok(Content {
        number: record.number,
        library: desk.settings.library.code,
        sequence: record.sequence,
        date: date.into(),
        key_version,
    })
}
