//! What a job counts as, wherever jobs are counted or listed: one rule for the strip, the desk and the day. Start at [`Work::of`].

use crate::plan::fees::Reason;
use crate::plan::job::CardKind;
use crate::plan::kebab;

/// What a finished job counts as, on the strip, in the day and in every list: one rule for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Issue,
    Reissue,
    Sticker,
    Conversion,
}
kebab!(Work { Issue = "issue", Reissue = "reissue", Sticker = "sticker", Conversion = "conversion" });

impl Work {
    /// A conversion is one, and a reissue is one, whatever is made; else a sticker is a sticker.
    pub fn of(reason: &str, kind: CardKind) -> Work {
        match Reason::parse(reason) {
            Some(Reason::Conversion) => Work::Conversion,
            Some(reason) if reason.is_reissue() => Work::Reissue,
            _ if kind == CardKind::Sticker => Work::Sticker,
            _ => Work::Issue,
        }
    }
}
