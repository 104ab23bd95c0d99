//! Whose card is this, how does it stand, and what is to be done with it? Judged from a reading and our register.
//! Never "blank" for a card that we merely cannot read. Start at [`judge`].

use serde::Serialize;

use super::Desk;
use super::chip::{agrees, has, is_ours};
use crate::back::store::cards::Card;
use crate::plan::chip::profile::FieldContent;
use crate::plan::chip::{Holder, Reading};
use crate::plan::job::CardState;
use crate::plan::kebab;
use crate::plan::member::LibraryCode;

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
    /// A card in use that does not hold what it should.
    Overwritten,
    /// The factory's keys throughout.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    pub id: &'static str,
    pub args: Vec<(&'static str, String)>,
}

impl Next {
    pub fn new(id: &'static str) -> Next {
        Next { id, args: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Next {
        self.args.push((name, value.to_string()));
        self
    }
}

/// How a found card stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub status: CardStatus,
    /// Of a foreign card.
    pub library: Option<Issuer>,
    /// Of an overwritten one: whether our keys still rule it.
    pub recoverable: Option<bool>,
    pub next: Next,
}

/// Our record decides, unless the chip shows that somebody wrote over it; without one the chip speaks for itself.
pub(super) fn judge(desk: &Desk, reading: &Reading, record: Option<&Card>) -> Standing {
    let status = status(desk, reading, record);
    let library = (status == CardStatus::Foreign).then(|| issuer(desk, reading)).flatten();
    let recoverable = (status == CardStatus::Overwritten).then(|| match reading.holder {
        Holder::Ours { .. } => true,
        // Nothing keeps us from writing it anew, as long as the register says what it shall hold.
        Holder::Transport => record.is_some(),
        Holder::Other => false,
    });
    let next = next(status, record, library.as_ref(), recoverable, is_ours(reading));
    Standing { status, library, recoverable, next }
}

fn status(desk: &Desk, reading: &Reading, record: Option<&Card>) -> CardStatus {
    let found = |record: &Card| match record.state {
        CardState::Live | CardState::Suspended if !agrees(desk, reading, record) => Some(CardStatus::Overwritten),
        CardState::Live => Some(CardStatus::Live),
        CardState::Suspended => Some(CardStatus::Suspended),
        CardState::Void => Some(CardStatus::Void),
        CardState::InWork | CardState::Ready => Some(CardStatus::InWork),
        CardState::Spoiled => Some(CardStatus::Spoiled),
        CardState::Returned if is_ours(reading) => Some(CardStatus::Returned),
        // The plastic had a life before, and may have another one since.
        CardState::Returned | CardState::Blank => None,
    };
    if let Some(status) = record.and_then(found) {
        return status;
    }
    let foreign = !is_ours(reading) && issuer_code(reading).is_some_and(|code| code != desk.settings.library.code);
    match () {
        _ if is_blank(reading) => CardStatus::Blank,
        _ if foreign => CardStatus::Foreign,
        // Ours, and the register does not know it.
        _ if is_ours(reading) && !reading.intact => CardStatus::Overwritten,
        _ => CardStatus::Unknown,
    }
}

/// The factory's keys throughout, and nothing that looks like a card's content; what else stands on it, anyone may have
/// written and anyone may write over.
pub(super) fn is_blank(reading: &Reading) -> bool {
    let bare = reading.number.is_none() && reading.header.is_none();
    reading.transport || (reading.holder == Holder::Transport && bare)
}

/// By its header, else by its number.
fn issuer_code(reading: &Reading) -> Option<LibraryCode> {
    let by_number = || reading.number.map(|number| number.library());
    reading.header.map(|header| header.library).or_else(by_number)
}

fn issuer(desk: &Desk, reading: &Reading) -> Option<Issuer> {
    let code = issuer_code(reading)?;
    Some(Issuer { code, name: desk.directory.show(code).map(|library| library.name.to_string()) })
}

fn next(
    status: CardStatus,
    record: Option<&Card>,
    library: Option<&Issuer>,
    recoverable: Option<bool>,
    ours: bool,
) -> Next {
    let job = || record.map_or_else(|| "–".to_owned(), |record| record.job.to_string());
    match status {
        CardStatus::Live => Next::new("card-next-live"),
        CardStatus::Suspended => Next::new("card-next-suspended"),
        CardStatus::Void => Next::new("card-next-void"),
        CardStatus::Returned => Next::new("card-next-returned"),
        CardStatus::InWork if record.is_some_and(|record| record.state == CardState::Ready) => {
            Next::new("card-next-ready").with("job", job())
        }
        CardStatus::InWork => Next::new("card-next-in-work").with("job", job()),
        CardStatus::Spoiled => Next::new("card-next-spoiled"),
        CardStatus::Foreign => {
            let name = |library: &Issuer| library.name.clone().unwrap_or_else(|| library.code.to_string());
            Next::new("card-next-foreign").with("library", library.map_or_else(|| "–".to_owned(), name))
        }
        CardStatus::Overwritten if recoverable == Some(true) => Next::new("card-next-recover"),
        CardStatus::Overwritten => Next::new("card-next-overwritten"),
        CardStatus::Blank => Next::new("card-next-blank"),
        CardStatus::Unknown if ours => Next::new("card-next-unrecorded"),
        CardStatus::Unknown => Next::new("card-next-unknown"),
    }
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
