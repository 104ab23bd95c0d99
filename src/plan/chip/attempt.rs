//! What is tried on a finished card and what it did, whatever the chip. Start at [`Attempt`].

use super::keys::Letter;

/// How much is attacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProofLevel {
    /// All blocks and all well-known keys in the sectors with data; one write and the transport key in the others.
    Used,
    /// All blocks and all well-known keys in every sector.
    Full,
}

kebab!(ProofLevel { Used = "used", Full = "full" });

/// Whether the chip answers to the published back-door authentications of clones (eprint 2024/1275).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BackDoors {
    Refused,
    Answered,
    /// The reader passes no raw frames.
    NotTested,
    /// There are none for this chip.
    None,
}

kebab!(BackDoors { Refused = "refused", Answered = "answered", NotTested = "not-tested", None = "none" });

/// What was tried and what the card did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Attempt {
    pub kind: AttemptKind,
    /// The area of the live picture: the sector, or the row of four pages.
    pub area: u8,
    /// A write's block or page, by its number on the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u8>,
    /// Of a Classic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
    /// A key or password that everybody knows, in hex; `read` for the card's own reading key, `none` for a write without, `own` for
    /// one behind the card's own password.
    pub key: String,
    pub refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AttemptKind {
    Key,
    Write,
}
