//! The life of a job (what was asked), of a card (what exists) and of a member number, as three tables.
//!
//! A transition is a pure look-up: what a table does not list is refused by name. This room never reads a
//! store, never knows a member and decides nothing about money. Start at [`next`] and its table in `life.rs`;
//! `card.rs` and `number.rs` are the same in small, `graph.rs` draws the job's table for the README.

use crate::plan::messages::Trouble;

mod card;
mod graph;
mod life;
mod number;

pub use card::{CardEvent, CardState, next_card};
pub use graph::graph;
pub use life::{CardKind, JobEvent, JobState, Step, next, step, steps};
pub use number::{NumberEvent, NumberState, next_number};

/// A transition that the table does not list, with where the thing stands and what was asked of it.
fn refused(code: &'static str, state: &'static str, event: &'static str) -> Trouble {
    Trouble::new(code).with("state", state).with("event", event)
}
