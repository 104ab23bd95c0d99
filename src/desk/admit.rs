//! Whether a job may write on the card that lies there: the card that it began, or one that nobody uses, by the register
//! and by what stands on the card. Looks at the chip before the first write and changes nothing. Start at [`admit`].

use super::{Desk, chip, whose};
use crate::back::encoder::{self, Identified, Reader};
use crate::back::settings::MagicCards;
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::Job;
use crate::plan::chip::{Depth, KeySet, Originality, Reading, Uid};
use crate::plan::job::CardState;
use crate::plan::messages::Trouble;

/// Takes the card that this job began, or a fresh one; gives what the maker's signature shows, of chips that carry one.
///
/// # Errors
/// `card-swapped`, `card-of-other`, `card-spoiled`, [`encoder::screen`]'s, `card-of-ours` (ours, and the register does not
/// know it), `card-foreign` (another library's number or header stands there). Nothing was written.
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
    let reading = chip::read(desk, reader, lying, keys, Depth::Data)?;
    nobodys(desk, job, &reading, known)?;
    encoder::originality(reader, lying)
}

/// By the register: no card in use, in work or spoiled. Whether it knows the chip at all.
fn nobody_uses(desk: &Desk, job: &Job, lying: &Identified) -> Result<bool, Trouble> {
    let known = desk.store.look(|tx| cards::of_uid(tx, &lying.uid.to_string()))?;
    let in_use = |card: &&Card| {
        matches!(card.state, CardState::InWork | CardState::Ready | CardState::Live | CardState::Suspended)
    };
    if known.iter().filter(|card| card.job != job.id).any(|card| in_use(&card)) {
        let whose = whose::of_uid(desk, &lying.uid)?;
        return Err(Trouble::new("card-of-other").with("lying", lying.uid).with("whose", whose));
    }
    if known.iter().any(|card| card.state == CardState::Spoiled) {
        return Err(Trouble::new("card-spoiled").with("lying", lying.uid));
    }
    Ok(!known.is_empty())
}

/// By what stands on it, whoever could write over it: nothing of a library, or ours of a record that is over.
fn nobodys(desk: &Desk, job: &Job, reading: &Reading, known: bool) -> Result<(), Trouble> {
    let issuer = reading.header.map(|header| header.library).or(reading.number.map(|number| number.library()));
    let Some(code) = issuer else { return Ok(()) };
    if chip::is_ours(reading) || code == desk.settings.library.code {
        if known || reading.number == Some(job.number) {
            return Ok(());
        }
        let number = reading.number.map_or_else(|| "–".to_owned(), |number| number.grouped());
        return Err(Trouble::new("card-of-ours").with("lying", reading.uid).with("number", number));
    }
    let name = desk.directory.show(code).map_or_else(|| "–".to_owned(), |library| library.name.to_string());
    Err(Trouble::new("card-foreign").with("lying", reading.uid).with("code", code).with("library", name))
}
