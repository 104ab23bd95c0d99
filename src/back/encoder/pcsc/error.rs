//! What pcscd's errors mean for a reader, all of them. Pure. Start at [`meaning`].

use pcsc::Error;

use super::holder;
use super::lane::Lane;
use crate::back::encoder::pn532::Lost;
use crate::plan::messages::Trouble;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// No card, or another one than the connection was made to: connect anew.
    NoCard,
    /// Nothing that could be trusted came back, this time. That it goes on is found out by who asks again: one lost
    /// answer must not end a visit, and a reader that never answers is told from it by a question that needs no card.
    Unheard,
    /// What the reader gave as the card's ATR is none: an answer to something else.
    Foreign,
    Taken,
    Gone,
    /// pcscd is not there: this context is dead for good, also once pcscd is back.
    Absent,
    Refused,
    Stuck,
}

pub(super) fn meaning(error: Error) -> Meaning {
    match error {
        Error::RemovedCard | Error::NoSmartcard | Error::ResetCard | Error::UnsupportedCard | Error::InvalidHandle => {
            Meaning::NoCard
        }
        Error::NotTransacted
        | Error::CommError
        | Error::CommDataLost
        | Error::Timeout
        | Error::InternalError
        | Error::UnknownError
        | Error::InsufficientBuffer
        | Error::PciTooSmall
        | Error::UnpoweredCard
        | Error::UnresponsiveCard => Meaning::Unheard,
        Error::ProtoMismatch => Meaning::Foreign,
        Error::SharingViolation => Meaning::Taken,
        Error::UnknownReader | Error::ReaderUnavailable | Error::NoReadersAvailable | Error::InvalidValue => {
            Meaning::Gone
        }
        Error::NoService | Error::ServiceStopped | Error::Shutdown => Meaning::Absent,
        Error::SecurityViolation | Error::NoAccess => Meaning::Refused,
        _ => Meaning::Stuck,
    }
}

/// Where there is nobody to ask again.
pub(super) fn trouble(error: Error, reader: &str) -> Trouble {
    let code = match meaning(error) {
        Meaning::Taken => {
            return Trouble::new("reader-taken").with("reader", reader).with("holder", holder::likely());
        }
        Meaning::Absent => return Trouble::new("pcscd-absent"),
        Meaning::Gone => "reader-gone",
        Meaning::Refused => "reader-refused",
        Meaning::Foreign => "reader-confused",
        Meaning::NoCard | Meaning::Unheard | Meaning::Stuck => "reader-stuck",
    };
    Trouble::new(code).with("reader", reader)
}

/// Nothing came in time: pcscd's fault where it does not answer at all, else the reader's.
pub(super) fn silent(lane: &Lane, reader: &str) -> Trouble {
    lane.service().err().unwrap_or_else(|| Trouble::new("reader-stuck").with("reader", reader))
}

/// pcscd is there, takes the question and says nothing.
pub(super) fn unanswered() -> Trouble {
    Trouble::new("pcscd-hung")
}

pub(super) fn lost(error: Error, reader: &str) -> Lost {
    match meaning(error) {
        Meaning::NoCard => Lost::NoCard,
        Meaning::Unheard => Lost::Silent,
        Meaning::Foreign => Lost::Foreign,
        _ => Lost::Reader(trouble(error, reader)),
    }
}
