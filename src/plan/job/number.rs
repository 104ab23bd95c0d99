//! The life of a member number: `reserved → live → retired`, never reused. Start at [`next_number`].

use crate::plan::messages::Trouble;

use super::refused;

/// Where a member number stands. A retired one is never given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberState {
    /// Reserved in the transaction that made its job.
    Reserved,
    /// Its first card was handed over.
    Live,
    Retired,
}
kebab!(NumberState { Reserved = "reserved", Live = "live", Retired = "retired" });

/// What happens to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberEvent {
    GoLive,
    /// The job that reserved it was cancelled, or the member got another number or left.
    Retire,
}
kebab!(NumberEvent { GoLive = "go-live", Retire = "retire" });

/// The state after `event`, or `number-state` naming the state and the event that may not meet.
pub fn next_number(state: NumberState, event: NumberEvent) -> Result<NumberState, Trouble> {
    match (state, event) {
        (NumberState::Reserved, NumberEvent::GoLive) => Ok(NumberState::Live),
        (NumberState::Reserved | NumberState::Live, NumberEvent::Retire) => Ok(NumberState::Retired),
        _ => Err(refused("number-state", state.as_str(), event.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_state_and_event() {
        use NumberState::*;
        let expected = [
            (Reserved, NumberEvent::GoLive, Some(Live)),
            (Reserved, NumberEvent::Retire, Some(Retired)),
            (Live, NumberEvent::GoLive, None),
            (Live, NumberEvent::Retire, Some(Retired)),
            (Retired, NumberEvent::GoLive, None),
            (Retired, NumberEvent::Retire, None),
        ];
        assert_eq!(expected.len(), NumberState::ALL.len() * NumberEvent::ALL.len());
        for (state, event, to) in expected {
            let refusal = Trouble::new("number-state").with("state", state.as_str()).with("event", event.as_str());
            assert_eq!(next_number(state, event), to.ok_or(refusal));
        }
    }
}
