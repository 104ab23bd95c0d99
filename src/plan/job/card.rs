//! The life of a card: `blank → in-work → ready → live ⇄ suspended → void`, with the side exits `spoiled`
//! and `returned`. It never knows why a card is voided. Start at [`next_card`].

use crate::plan::messages::Trouble;

use super::refused;

/// Where a card stands. A record ends at void, spoiled or returned; the same plastic blanked anew gets a record of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardState {
    Blank,
    InWork,
    Ready,
    Live,
    Suspended,
    Void,
    Spoiled,
    Returned,
}
kebab!(CardState {
    Blank = "blank",
    InWork = "in-work",
    Ready = "ready",
    Live = "live",
    Suspended = "suspended",
    Void = "void",
    Spoiled = "spoiled",
    Returned = "returned",
});

impl CardState {
    /// Somebody has it, or a job is making it: it is nobody's to blank or to write another number on.
    pub fn is_in_use(self) -> bool {
        matches!(self, CardState::InWork | CardState::Ready | CardState::Live | CardState::Suspended)
    }
}

/// What happens to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardEvent {
    /// A job takes it in hand.
    Take,
    /// Encoded, proven, printed.
    Finish,
    /// Handed over.
    GoLive,
    /// Blocked for now: a reissue began, or the clerk blocked it.
    Suspend,
    /// The block is lifted: the reissue was cancelled, or the card was found.
    Release,
    /// Blocked for good: its successor is live, or the carrier of a sticker is lost.
    Void,
    /// Torn beyond repair, misprinted, a dud; a card in use when the re-keying or recovery of it killed its chip.
    Spoil,
    /// Back in the library's hands: a cancelled job's card once blanked, or one the member gave back.
    Return,
}
kebab!(CardEvent {
    Take = "take",
    Finish = "finish",
    GoLive = "go-live",
    Suspend = "suspend",
    Release = "release",
    Void = "void",
    Spoil = "spoil",
    Return = "return",
});

/// The state after `event`, or `card-state` naming the state and the event that may not meet.
pub fn next_card(state: CardState, event: CardEvent) -> Result<CardState, Trouble> {
    TABLE
        .iter()
        .find(|(listed, from, _)| *listed == event && from.contains(&state))
        .map(|(_, _, to)| *to)
        .ok_or_else(|| refused("card-state", state.as_str(), event.as_str()))
}

const TABLE: &[(CardEvent, &[CardState], CardState)] = {
    use CardEvent as E;
    use CardState::*;
    &[
        (E::Take, &[Blank], InWork),
        (E::Finish, &[InWork], Ready),
        (E::GoLive, &[Ready], Live),
        (E::Suspend, &[Live], Suspended),
        (E::Release, &[Suspended], Live),
        (E::Void, &[Live, Suspended], Void),
        (E::Spoil, &[Blank, InWork, Ready, Live, Suspended], Spoiled),
        (E::Return, &[InWork, Ready, Live, Suspended, Void], Returned),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows: states in order; columns: events in order; `None` is refused.
    const EXPECTED: [[Option<CardState>; 8]; 8] = {
        use CardState::*;
        const N: Option<CardState> = None;
        const fn s(state: CardState) -> Option<CardState> {
            Some(state)
        }
        [
            // take, finish, go-live, suspend, release, void, spoil, return
            [s(InWork), N, N, N, N, N, s(Spoiled), N],          // blank
            [N, s(Ready), N, N, N, N, s(Spoiled), s(Returned)], // in-work
            [N, N, s(Live), N, N, N, s(Spoiled), s(Returned)],  // ready
            [N, N, N, s(Suspended), N, s(Void), s(Spoiled), s(Returned)], // live
            [N, N, N, N, s(Live), s(Void), s(Spoiled), s(Returned)], // suspended
            [N, N, N, N, N, N, N, s(Returned)],                 // void
            [N; 8],                                             // spoiled
            [N; 8],                                             // returned
        ]
    };

    #[test]
    fn every_pair_of_state_and_event_is_as_the_table_says() {
        for (state, row) in CardState::ALL.iter().zip(EXPECTED) {
            for (event, expected) in CardEvent::ALL.iter().zip(row) {
                let got = next_card(*state, *event);
                let refusal = Trouble::new("card-state").with("state", state.as_str()).with("event", event.as_str());
                assert_eq!(got, expected.ok_or(refusal), "{state} + {event}");
            }
        }
    }

    #[test]
    fn names_go_both_ways() {
        for state in CardState::ALL {
            assert_eq!(CardState::parse(state.as_str()), Some(*state));
        }
        assert_eq!(CardState::parse("Blank"), None);
    }
}
