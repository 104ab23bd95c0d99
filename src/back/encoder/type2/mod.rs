//! What is done with a Type 2 chip: MIFARE Ultralight EV1 and NTAG21x. Start at [`work::run`].

pub(super) mod prove;
pub(super) mod read;
pub(super) mod visit;
pub(super) mod work;
