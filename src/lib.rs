//! `issuer`: the card issuance and RFID encoding workstation for 책이음, the national library card of Korea.
//!
//! The map of the house. Data flows one way and the folder list shows it: a request comes in at the
//! [`front`], the [`desk`] decides, pure [`plan`]s are made, the [`back`] rooms carry them out.
//! A floor never names one above it; `tests/house.rs` holds the arrows. The [`simulator`] knows the
//! silicon from the data sheets alone and names nothing of the house.

pub mod back;
pub mod desk;
pub mod front;
pub mod plan;
pub mod simulator;
