//! What is done with a MIFARE Classic. Start at [`work::Work`].

pub(super) mod prove;
pub(super) mod read;
pub(super) mod visit;
pub(super) mod work;
