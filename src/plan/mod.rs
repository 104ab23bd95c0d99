//! Pure plans: no I/O, no clock, no randomness except as an argument. Almost all tests live here.
//!
//! Every room may use [`member`] and [`messages`]; `job` uses nothing else.

pub mod audit;
pub mod chip;
pub mod job;
pub mod layout;
pub mod member;
pub mod messages;
