//! The card that lies on a reader: taking hold of it, reading it as far as needed, and what our register wants on it.
//! Writes nothing. Start at [`lying`].

use std::time::Duration;

use super::hold::lock_reader;
use super::{Desk, devices};
use crate::back::encoder::{self, Feed, Identified, Reader};
use crate::back::locks::Lock;
use crate::back::store::cards::{self, Card};
use crate::plan::chip::Lock as AreaLock;
use crate::plan::chip::profile::FieldContent;
use crate::plan::chip::{Content, Depth, Holder, KeySet, ReadPlan, Reading, Seal};
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

/// One visit's reading.
pub(super) fn read(
    desk: &Desk,
    reader: &mut dyn Reader,
    card: &Identified,
    keys: &KeySet,
    depth: Depth,
) -> Result<Reading, Trouble> {
    let plan = ReadPlan::new(&desk.profile, card.kind, &card.uid, desk.settings.library.code, keys, depth)?;
    encoder::read(reader, card, &plan).map_err(|stop| stop.trouble)
}

/// Reads the data, and the rest only when that does not say all is well: whose keys rule a card is a costly question.
pub(super) fn read_as_needed(
    desk: &Desk,
    reader: &mut dyn Reader,
    card: &Identified,
    record: Option<&Card>,
    keys: &KeySet,
) -> Result<Reading, Trouble> {
    if has(desk, FieldContent::Seal) {
        let reading = read(desk, reader, card, keys, Depth::Data)?;
        let closed = record.is_none_or(|record| record.state != CardState::Returned);
        if closed && record.is_some_and(|record| agrees(desk, &reading, record)) {
            return Ok(reading);
        }
    }
    read(desk, reader, card, keys, Depth::Whole)
}

/// Whether the chip holds, locked, what our register says of it. Where the profile has no seal, only the keys show that
/// the card is ours, so that a reading of the whole card is wanted.
pub(super) fn agrees(desk: &Desk, reading: &Reading, record: &Card) -> bool {
    let number = !has(desk, FieldContent::Number) || reading.number == Some(record.number);
    let sequence = reading.header.is_none_or(|header| header.sequence == record.sequence);
    let chip = record.chip.as_deref().is_none_or(|chip| chip == reading.kind.code());
    reading.intact && number && sequence && chip && is_ours(reading) && is_locked(reading)
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

/// The areas that our keys do not open, as a clerk is told them.
pub(super) fn unread(reading: &Reading) -> String {
    let areas: Vec<String> =
        reading.locks.iter().filter(|(_, lock)| *lock == AreaLock::Unknown).map(|(area, _)| area.to_string()).collect();
    // A password that is not ours locks a Type 2 chip as a whole; it stands in the last row.
    let last = || reading.locks.last().map_or_else(|| "–".to_owned(), |(area, _)| area.to_string());
    if areas.is_empty() { last() } else { areas.join(", ") }
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
