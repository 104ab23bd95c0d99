//! NFC Forum Type 2 chips: MIFARE Ultralight EV1 and NTAG213/215/216 (MF0ULX1, NTAG213_215_216 data sheets). What their
//! pages shall hold, how they are locked, attacked and judged. Start at [`goal::PageGoal`].

pub mod attack;
pub mod compact;
mod content;
mod curve;
pub mod goal;
pub mod map;
pub mod originality;
pub mod read;
mod settings;
#[cfg(test)]
mod tests;

pub use map::{Locks, Page};
pub use settings::Settings;
