//! The simulated desk: card silicon, one reader's field, and the tray on which the cards lie.
//!
//! Written from the data sheets alone. It names nothing of the house, so that a mistake in what the house
//! believes of a chip cannot hide here; it never helps a caller along, and it never repairs a card.
//! Start at [`silicon::Silicon`]; [`tray::Tray`] keeps cards in files that any process may share.

pub mod access;
pub mod acr122u;
pub mod air;
pub mod antenna;
pub mod classic;
pub mod control;
pub mod faults;
pub mod field;
pub mod hsu;
pub mod ifd;
pub mod kind;
pub mod magic;
pub mod pn532;
pub mod programming;
pub mod pty;
pub mod signature;
pub mod silicon;
pub mod station;
pub mod strange;
pub mod timing;
pub mod tray;
pub mod type2;
pub mod type2_locks;
pub mod type2_map;
pub mod uid;
pub mod vpcd;

mod acr122u_storage;
mod card_files;
mod classic_block;
mod lock;
mod pn532_air;
mod pn532_initiator;
mod state;
mod tray_error;
mod type2_config;
mod type2_mirror;
mod watch;
