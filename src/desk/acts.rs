//! What can be done for a member as their file stands: the page shows these buttons and no others. The use cases have the last
//! word. Pure. Start at [`acts`].

use super::find::{CardRow, MemberFile};
use crate::plan::job::{CardKind, CardState};

/// Cards by the id of their record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acts {
    /// The open job: nothing else is begun beside it.
    pub go_on: Option<i64>,
    /// Kinds of which a first card can be made.
    pub issue: Vec<CardKind>,
    /// Cards that a new one can replace, newest first.
    pub reissue: Vec<i64>,
    /// Cards that can be blocked at once.
    pub suspend: Vec<i64>,
    /// Cards whose block can be lifted.
    pub release: Vec<i64>,
    /// An own card can give way to a 책이음 card.
    pub convert: bool,
    pub edit: bool,
    pub withdraw: bool,
}

/// What the file allows. Nothing for one who withdrew.
pub fn acts(member: &MemberFile) -> Acts {
    if member.state != "active" {
        return Acts::default();
    }
    let go_on = member.jobs.iter().find(|job| job.state.is_open()).map(|job| job.job);
    let cards = |wanted: &[CardState]| -> Vec<i64> {
        member.cards.iter().filter(|card| wanted.contains(&card.state)).map(|card| card.card).collect()
    };
    let suspend = cards(&[CardState::Live]);
    let release = cards(&[CardState::Suspended]);
    if go_on.is_some() {
        return Acts { go_on, suspend, ..Acts::default() };
    }
    Acts {
        go_on,
        issue: if member.national && !member.holds_own_card { issuable(&member.cards) } else { Vec::new() },
        reissue: cards(&[CardState::Live, CardState::Suspended]),
        suspend,
        release,
        convert: member.holds_own_card,
        edit: true,
        withdraw: true,
    }
}

/// The kinds of which no card is in use.
fn issuable(cards: &[CardRow]) -> Vec<CardKind> {
    let held = |kind| cards.iter().any(|card| card.kind == kind && card.state.is_in_use());
    CardKind::ALL.iter().copied().filter(|kind| !held(*kind)).collect()
}
