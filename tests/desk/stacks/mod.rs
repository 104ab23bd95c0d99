//! Real driver stacks without hardware: the simulated readers of `issuer rig simulate` as Debian's pcscd and libnfc see
//! them. The judges are these and the tools that come with them, never our own readers. A tool that is missing fails
//! the test and names its package. Start at [`rig::Rig`].

mod client;
mod ends;
mod libnfc;
mod pcsc;
pub mod rig;
mod same;
mod several;
mod stand;
mod trouble;
mod vpcd;
