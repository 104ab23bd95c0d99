//! What the room of a chip finds in a card's answers, in words that are the same for every chip. Start at [`Found`].

use super::Uid;
use super::header::Header;
use super::keys::MasterKey;
use crate::plan::member::{LibraryCode, MemberNumber};
use crate::plan::messages::Trouble;

/// How much of the card is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What holds data: enough to know whose card it is.
    Data,
    /// Everything, whose keys rule it, and whether those that everybody knows open any of it.
    Whole,
}

/// What the seal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Seal {
    /// This number was written to this chip with our seal key.
    Valid,
    /// Another library's: only it can tell.
    Foreign,
    Invalid,
    Absent,
}

/// What is known of an area's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Whoever reads it writes nothing.
    Locked,
    /// Anyone, with a key that everybody knows, the one that reads, or none, may write.
    Open,
    /// Nothing that was tried shows it.
    Unknown,
}

/// Whose keys rule a card. Fully known at [`Depth::Whole`] only; at [`Depth::Data`] ours are not tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Ours, perhaps beside the factory's, of these versions, newest first.
    Ours { versions: Vec<u8> },
    /// The factory's throughout.
    Transport,
    /// Somebody's, at least in part, or not known.
    Other,
}

/// The fields as they stand on the card, whatever the chip.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub number: Option<MemberNumber>,
    pub header: Option<Header>,
    pub seal: Seal,
}

/// Who can say whether a seal is right.
pub(super) struct Authority<'a> {
    pub keys: &'a [MasterKey],
    pub uid: &'a Uid,
    pub site: LibraryCode,
}

impl Authority<'_> {
    /// What a stored seal shows, cut or not. `library`: who issued the card, by what stands beside it; `None`: nothing
    /// stands there that could have been sealed.
    pub fn judge(&self, stored: &[u8], library: Option<LibraryCode>, seal: impl Fn(&MasterKey) -> [u8; 16]) -> Seal {
        if stored.iter().all(|byte| *byte == 0) {
            return Seal::Absent;
        }
        let Some(library) = library else { return Seal::Invalid };
        match self.keys.iter().any(|key| seal(key).starts_with(stored)) {
            true => Seal::Valid,
            false if library != self.site => Seal::Foreign,
            false => Seal::Invalid,
        }
    }
}

/// What the chip's own room finds in the answers.
pub(super) struct Found {
    pub fields: Fields,
    /// What announces the fields is there and right.
    pub directory: bool,
    /// As the factory delivers it, as far as it was read.
    pub transport: bool,
    pub holder: Holder,
    /// The areas whose ruling key was not found.
    pub strange: Vec<u8>,
    /// Nothing that the profile's fields need is locked for ever, as far as it was read.
    pub rewritable: bool,
    pub locks: Vec<(u8, Lock)>,
    /// What is open, and what could not be read.
    pub findings: Vec<Trouble>,
}
