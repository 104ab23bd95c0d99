//! Whose card is this, how does it stand, and what is to be done with it? Judged from a reading and our register.
//! Never "blank" for a card that we merely cannot read. Start at [`judge`].

use serde::{Deserialize, Serialize};

use super::Desk;
use super::chip::{has, holds, is_locked, is_ours};
use super::rewrite::{is_mixed, was_begun};
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs;
use crate::plan::chip::profile::FieldContent;
use crate::plan::chip::{Holder, Protection, Reading};
use crate::plan::job::CardState;
use crate::plan::kebab;
use crate::plan::member::LibraryCode;
use crate::plan::messages::Trouble;

/// The contract's words for a found card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStatus {
    Live,
    Suspended,
    Void,
    Returned,
    InWork,
    Spoiled,
    /// Another library's.
    Foreign,
    /// A card in use, or ready to be, that does not hold what it should.
    Overwritten,
    /// The factory's keys throughout, and nothing on it.
    Blank,
    Unknown,
}

kebab!(CardStatus {
    Live = "live",
    Suspended = "suspended",
    Void = "void",
    Returned = "returned",
    InWork = "in-work",
    Spoiled = "spoiled",
    Foreign = "foreign",
    Overwritten = "overwritten",
    Blank = "blank",
    Unknown = "unknown",
});

/// A library by code, and by name where the directory has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issuer {
    pub code: LibraryCode,
    pub name: Option<String>,
}

/// What to do next: a message of the catalogue, `card-next-…`, and what it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    pub id: String,
    pub args: Vec<(String, String)>,
}

impl Next {
    pub fn new(id: &str) -> Next {
        Next { id: id.to_owned(), args: Vec::new() }
    }

    pub fn with(mut self, name: &str, value: impl ToString) -> Next {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }
}

/// How a found card stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub status: CardStatus,
    /// Of a foreign card.
    pub library: Option<Issuer>,
    /// Of an overwritten one: whether it can be written anew as it was.
    pub recoverable: Option<bool>,
    pub next: Next,
}

impl Standing {
    /// Whether `next` would have it issued: then it must be no clone.
    pub fn is_for_issue(&self) -> bool {
        matches!(self.next.id.as_str(), "card-next-blank" | "card-next-formatted")
    }

    /// Whether `next` would have it written, so that a clone must be told.
    pub fn is_for_writing(&self) -> bool {
        self.is_for_issue() || self.status == CardStatus::Overwritten
    }

    /// The same card, which turned out to be a clone.
    pub fn of_clone() -> Standing {
        let next = Next::new("card-next-clone");
        Standing { status: CardStatus::Unknown, library: None, recoverable: None, next }
    }
}

/// Our record decides, unless the chip shows that somebody wrote over it; without one the chip speaks for itself.
pub(super) fn judge(desk: &Desk, reading: &Reading, record: Option<&Card>) -> Result<Standing, Trouble> {
    if let Some(record) = record.filter(|record| is_other_chip(reading, record)) {
        let wanted = record.chip.as_deref().unwrap_or("–");
        let next = Next::new("card-next-chip-differs").with("wanted", wanted).with("found", reading.kind.code());
        return Ok(Standing { status: CardStatus::Unknown, library: None, recoverable: None, next });
    }
    let status = status(desk, reading, record);
    let library = if status == CardStatus::Foreign { foreign(desk, reading) } else { None };
    let recoverable = (status == CardStatus::Overwritten).then_some(match reading.holder {
        Holder::Other => false,
        // Without a record the card must say itself what it shall hold.
        _ => reading.rewritable && (record.is_some() || speaks_for_itself(desk, reading)),
    });
    let next = match record {
        _ if status == CardStatus::Foreign => {
            let name = |library: &Issuer| library.name.clone().unwrap_or_else(|| library.code.to_string());
            Next::new("card-next-foreign").with("library", library.as_ref().map_or_else(|| "–".to_owned(), name))
        }
        _ if status == CardStatus::Blank => Next::new("card-next-blank"),
        Some(record) if status != CardStatus::Unknown => next_of_ours(desk, reading, record, status, recoverable)?,
        _ => next_unrecorded(reading, recoverable),
    };
    Ok(Standing { status, library, recoverable, next })
}

/// Four-byte UIDs are not unique: another kind of chip is not the card that somebody has.
fn is_other_chip(reading: &Reading, record: &Card) -> bool {
    record.state.is_in_use() && record.chip.as_deref().is_some_and(|chip| chip != reading.kind.code())
}

fn status(desk: &Desk, reading: &Reading, record: Option<&Card>) -> CardStatus {
    let foreign = foreign(desk, reading).is_some();
    let found = |record: &Card| match record.state {
        CardState::Ready | CardState::Live | CardState::Suspended if !holds(desk, reading, record) => {
            Some(CardStatus::Overwritten)
        }
        CardState::Live => Some(CardStatus::Live),
        CardState::Suspended => Some(CardStatus::Suspended),
        CardState::InWork | CardState::Ready => Some(CardStatus::InWork),
        CardState::Spoiled => Some(CardStatus::Spoiled),
        CardState::Void if !foreign => Some(CardStatus::Void),
        CardState::Returned if is_ours(reading) => Some(CardStatus::Returned),
        // The plastic had a life before, and may have another one since.
        CardState::Void | CardState::Returned | CardState::Blank => None,
    };
    if let Some(status) = record.and_then(found) {
        return status;
    }
    match () {
        _ if is_blank(reading) => CardStatus::Blank,
        _ if foreign => CardStatus::Foreign,
        // Ours, and the register does not know it.
        _ if is_ours(reading) && reading.holder != Holder::Transport && !reading.intact => CardStatus::Overwritten,
        _ => CardStatus::Unknown,
    }
}

/// As the factory delivers it, and nobody's number or header stands there.
pub(super) fn is_blank(reading: &Reading) -> bool {
    reading.transport && is_bare(reading)
}

fn is_bare(reading: &Reading) -> bool {
    reading.number.is_none() && reading.header.is_none()
}

/// The library whose card this is, when it is another one's: by its header, else by its number.
pub(super) fn foreign(desk: &Desk, reading: &Reading) -> Option<Issuer> {
    let by_number = || reading.number.map(|number| number.library());
    let code = reading.header.map(|header| header.library).or_else(by_number)?;
    let name = || desk.directory.show(code).map(|library| library.name.to_string());
    (!is_ours(reading) && code != desk.settings.library.code).then(|| Issuer { code, name: name() })
}

/// `card-foreign`, when it is another library's.
pub(super) fn refuse_foreign(desk: &Desk, reading: &Reading) -> Result<(), Trouble> {
    match foreign(desk, reading) {
        Some(Issuer { code, name }) => Err(Trouble::new("card-foreign")
            .with("lying", reading.uid)
            .with("code", code)
            .with("library", name.unwrap_or_else(|| "–".to_owned()))),
        None => Ok(()),
    }
}

/// Whether `card blank` takes it.
fn can_be_blanked(reading: &Reading, record: Option<&Card>) -> bool {
    reading.holder != Holder::Other && !is_for_ever(reading, record)
}

/// Locked for ever, by its record or by what was read.
pub(super) fn is_for_ever(reading: &Reading, record: Option<&Card>) -> bool {
    let protection = record.and_then(|record| record.protection.as_deref());
    !reading.rewritable || protection == Some(Protection::Permanent.as_str())
}

fn next_of_ours(
    desk: &Desk,
    reading: &Reading,
    record: &Card,
    status: CardStatus,
    recoverable: Option<bool>,
) -> Result<Next, Trouble> {
    let over = |id| if can_be_blanked(reading, Some(record)) { id } else { "card-next-discard" };
    let writable = reading.rewritable && reading.holder != Holder::Other;
    let open = writable && !is_locked(reading);
    let kept = matches!(record.state, CardState::Ready | CardState::Live | CardState::Suspended);
    let torn = kept && writable && (is_mixed(reading) || was_begun(desk, record)?);
    Ok(match (status, record.state) {
        (CardStatus::Live, _) if open => Next::new("card-next-open"),
        (CardStatus::Live | CardStatus::Suspended | CardStatus::InWork, _) if kept && (open || torn) => {
            Next::new("card-next-unfinished")
        }
        (CardStatus::Live, _) => Next::new("card-next-live"),
        (CardStatus::Suspended, _) => Next::new("card-next-suspended"),
        (CardStatus::Void, _) => Next::new(over("card-next-void")),
        (CardStatus::Returned, _) => Next::new(over("card-next-returned")),
        (CardStatus::InWork, CardState::Ready) => Next::new("card-next-ready").with("job", record.job),
        (CardStatus::InWork, _) => Next::new("card-next-in-work").with("job", record.job),
        (CardStatus::Overwritten, _) if recoverable == Some(true) => Next::new("card-next-recover"),
        (CardStatus::Overwritten, CardState::Ready) => Next::new("card-next-ready-lost").with("job", record.job),
        (CardStatus::Overwritten, _) => Next::new("card-next-overwritten").with("member", record.member),
        _ => next_of_spoiled(desk, record)?,
    })
}

/// Its job goes on with another blank; the member who had it gets a new card, free of charge, unless that is done.
fn next_of_spoiled(desk: &Desk, record: &Card) -> Result<Next, Trouble> {
    desk.store.look(|tx| {
        let other = |card: &Card| card.kind == record.kind && card.state.is_in_use();
        let has_other = cards::of_member(tx, record.member)?.iter().any(other);
        Ok(match jobs::open_of(tx, record.member)? {
            Some(job) if job.id == record.job && job.card.is_none() => {
                Next::new("card-next-spoiled-job").with("job", job.id)
            }
            None if record.live_at.is_some() && !has_other => {
                Next::new("card-next-spoiled-live").with("member", record.member)
            }
            _ => Next::new("card-next-spoiled"),
        })
    })
}

fn next_unrecorded(reading: &Reading, recoverable: Option<bool>) -> Next {
    let free = reading.holder == Holder::Transport;
    Next::new(match () {
        _ if recoverable == Some(true) => "card-next-recover",
        _ if free && !reading.rewritable => "card-next-unknown",
        // Somebody's data on a chip that anyone can write: a phone's, a shop's.
        _ if free && is_bare(reading) => "card-next-formatted",
        _ if free => "card-next-claimed",
        _ if is_ours(reading) && !can_be_blanked(reading, None) => "card-next-unrecorded-lost",
        _ if is_ours(reading) => "card-next-unrecorded",
        _ => "card-next-unknown",
    })
}

/// Whether an unrecorded card of ours says by itself what it shall hold: by its header, or where the profile has none by
/// its number.
pub(super) fn speaks_for_itself(desk: &Desk, reading: &Reading) -> bool {
    let ours = |code: LibraryCode| code == desk.settings.library.code;
    match (reading.number, reading.header) {
        (Some(_), Some(header)) => ours(header.library),
        (Some(number), None) => !has(desk, FieldContent::Header) && ours(number.library()),
        (None, _) => false,
    }
}
