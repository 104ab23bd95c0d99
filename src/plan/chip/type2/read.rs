//! What to read of a Type 2 chip and what the answers mean. Start at [`PageRead`].

use super::originality::Originality;
use crate::plan::chip::classic::card::Card;
use crate::plan::chip::profile::Profile;
use crate::plan::chip::reading::{Authority, Depth, Fields, Found, Holder, Seal};
use crate::plan::chip::{ChipKind, Uid};

#[derive(Debug, Clone)]
pub struct PageRead {}

impl PageRead {
    pub(in crate::plan::chip) fn new(_card: &Card<'_>, _depth: Depth) -> PageRead {
        PageRead {}
    }
}

/// What a Type 2 chip gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawPages {}

impl RawPages {
    pub(in crate::plan::chip) fn judge(
        &self,
        _profile: &Profile,
        _kind: ChipKind,
        _authority: &Authority<'_>,
    ) -> Found {
        Found {
            fields: Fields { number: None, header: None, seal: Seal::Absent },
            directory: false,
            transport: false,
            holder: Holder::Other,
            locks: vec![],
            findings: vec![],
        }
    }

    pub(in crate::plan::chip) fn originality(&self, _uid: &Uid, _kind: ChipKind) -> Option<Originality> {
        None
    }
}
