//! What the pages of a Type 2 chip shall hold in the end. Start at [`PageGoal`].

use sha2::Sha256;

use crate::plan::chip::classic::card::Card;
use crate::plan::chip::header::Content;
use crate::plan::chip::keys::KeyVersion;
use crate::plan::chip::profile::Protection;

#[derive(Debug, Clone)]
pub struct PageGoal {}

impl PageGoal {
    pub(in crate::plan::chip) fn encode(
        _card: &Card<'_>,
        _content: &Content,
        _version: &KeyVersion,
        _protection: Protection,
    ) -> PageGoal {
        PageGoal {}
    }

    pub(in crate::plan::chip) fn blank(_card: &Card<'_>) -> PageGoal {
        PageGoal {}
    }

    /// All that is public of the goal.
    pub(in crate::plan::chip) fn hash_into(&self, _hash: &mut Sha256) {}
}
