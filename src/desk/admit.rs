//! Whether a job may write on the card that lies there: the card that it began, or one that nobody uses, by the register
//! and by what stands on the card. Looks at the chip before the first write and changes nothing. Start at [`admit`].

use super::{Desk, chip, whose};
use crate::back::encoder::{self, Identified, Reader};
use crate::back::settings::MagicCards;
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::Job;
use crate::plan::chip::{Depth, KeySet, Originality, Profile, Protection, Reading, Uid};
use crate::plan::job::CardState;
use crate::plan::member::LibraryCode;
use crate::plan::messages::Trouble;

/// Takes the card that this job began, or a fresh one; gives what the maker's signature shows, of chips that carry one.
///
/// # Errors
/// `card-swapped`, `card-of-other`, `card-spoiled`, `card-permanent`, [`encoder::screen`]'s, `card-of-ours` (ours, and the
/// register does not know it), `card-foreign` (another library's number or header stands there). Nothing was written.
pub(super) fn admit(
    desk: &Desk,
    job: &Job,
    begun: Option<&Card>,
    reader: &mut dyn Reader,
    lying: &Identified,
    keys: &KeySet,
) -> Result<Option<Originality>, Trouble> {
    if let Some(card) = begun {
        let wanted = card.uid.as_deref().map(Uid::parse).transpose()?;
        if let Some(wanted) = wanted.filter(|wanted| *wanted != lying.uid) {
            return Err(Trouble::new("card-swapped").with("uid", wanted).with("found", lying.uid));
        }
        // It was looked at when it was begun; a finished one no longer shows whether it is a clone.
        return Ok(card.originality);
    }
    let known = nobody_uses(desk, job, lying)?;
    if desk.settings.chip.magic_cards == MagicCards::Refuse {
        encoder::screen(reader, lying)?;
    }
    nobodys(desk, job, &mut Look { reader, lying, keys }, known)?;
    encoder::originality(reader, lying)
}

/// By the register: no card in use, in work, spoiled or locked for ever. Whether it knows the chip at all.
fn nobody_uses(desk: &Desk, job: &Job, lying: &Identified) -> Result<bool, Trouble> {
    let known = desk.store.look(|tx| cards::of_uid(tx, &lying.uid.to_string()))?;
    if known.iter().any(|card| card.job != job.id && card.state.is_in_use()) {
        let whose = whose::of_uid(desk, None, &lying.uid)?;
        return Err(Trouble::new("card-of-other").with("lying", lying.uid).with("whose", whose));
    }
    if known.iter().any(|card| card.state == CardState::Spoiled) {
        return Err(Trouble::new("card-spoiled").with("lying", lying.uid));
    }
    if known.first().is_some_and(|newest| is_for_ever(newest, lying)) {
        return Err(Trouble::new("card-permanent").with("sector", "all"));
    }
    Ok(!known.is_empty())
}

/// One that was returned was seen blank: it had not come to be locked. Four-byte UIDs are not unique, so that a chip of
/// another kind is not the one that was recorded.
fn is_for_ever(card: &Card, lying: &Identified) -> bool {
    card.state == CardState::Void
        && card.chip.as_deref() == Some(lying.kind.code())
        && card.protection.as_deref() == Some(Protection::Permanent.as_str())
}

/// What is needed to read the card that lies there.
struct Look<'a> {
    reader: &'a mut dyn Reader,
    lying: &'a Identified,
    keys: &'a KeySet,
}

impl Look<'_> {
    fn read(&mut self, desk: &Desk, depth: Depth) -> Result<Reading, Trouble> {
        chip::read(desk, &mut *self.reader, self.lying, self.keys, depth)
    }

    /// As if a card of another profile than the settings' lay there.
    fn read_as(&mut self, desk: &Desk, profile: &Profile) -> Result<Reading, Trouble> {
        chip::read_by(desk, &mut *self.reader, self.lying, profile, self.keys, Depth::Data)
    }
}

/// By what stands on it, whoever could write over it: nothing of a library, or ours of a record that is over. A plain blank
/// costs one reading; anything else is also looked at as other profiles would have made it, and for our keys.
fn nobodys(desk: &Desk, job: &Job, look: &mut Look<'_>, known: bool) -> Result<(), Trouble> {
    let first = look.read(desk, Depth::Data)?;
    if let Some(code) = issuer(&first) {
        return judge(desk, job, &first, code, known);
    }
    if first.transport {
        return Ok(());
    }
    for profile in desk.other_profiles(look.lying.kind)? {
        let reading = look.read_as(desk, &profile)?;
        if let Some(code) = issuer(&reading) {
            return judge(desk, job, &reading, code, known);
        }
    }
    // Without a number only the keys show whose it is.
    if !known && chip::is_ours(&look.read(desk, Depth::Whole)?) {
        return Err(of_ours(&first));
    }
    Ok(())
}

/// The library that a number or header names.
fn issuer(reading: &Reading) -> Option<LibraryCode> {
    reading.header.map(|header| header.library).or(reading.number.map(|number| number.library()))
}

/// Of a card that names a library.
fn judge(desk: &Desk, job: &Job, reading: &Reading, code: LibraryCode, known: bool) -> Result<(), Trouble> {
    if chip::is_ours(reading) || code == desk.settings.library.code {
        return if known || reading.number == Some(job.number) { Ok(()) } else { Err(of_ours(reading)) };
    }
    let name = desk.directory.show(code).map_or_else(|| "–".to_owned(), |library| library.name.to_string());
    Err(Trouble::new("card-foreign").with("lying", reading.uid).with("code", code).with("library", name))
}

fn of_ours(reading: &Reading) -> Trouble {
    let number = reading.number.map_or_else(|| "–".to_owned(), |number| number.grouped());
    Trouble::new("card-of-ours").with("lying", reading.uid).with("number", number)
}
