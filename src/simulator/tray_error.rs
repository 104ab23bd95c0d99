//! What the desk of simulated cards refuses, by name and place. Start at [`TrayError`].

use std::io;
use std::path::{Path, PathBuf};

use super::silicon::{Kind, Uid, UnknownKind, WrongSize};

#[derive(Debug, thiserror::Error)]
pub enum TrayError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} does not say where the cards lie: {why}")]
    Damaged { path: PathBuf, why: String },
    #[error("another process holds {path} for too long")]
    Busy { path: PathBuf },
    #[error("no simulated reader is called {0}")]
    NoSuchReader(String),
    #[error("there is no card {0}")]
    NoSuchCard(Uid),
    #[error("card {card} lies on {reader}")]
    Occupied { reader: String, card: Uid },
    #[error("there is a card {0} already")]
    UidTaken(Uid),
    #[error("a {kind} has no UID of {length} bytes", kind = .kind.name())]
    UidLength { kind: Kind, length: usize },
    #[error("a {kind} signs nothing", kind = .kind.name())]
    NoSignature { kind: Kind },
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    #[error("card {uid}: {source}")]
    Image { uid: Uid, source: WrongSize },
    #[error("no random UID: {0}")]
    NoRandom(getrandom::Error),
}

pub(super) fn io_error(path: &Path, source: io::Error) -> TrayError {
    TrayError::Io { path: path.to_owned(), source }
}
