//! Those who work at the desk, as rules: which password will do, and how long somebody who typed a wrong one waits. It knows
//! no account, no clock and no hash; rights stand in the desk, beside the actor. Start at [`password::check`] and [`Delay`].

mod delay;
pub mod password;

pub use delay::{Counted, Delay, Place};
