//! Who a member is: numbers, library codes, names, masking, kinds of membership, consent.
//! Start at [`MemberNumber`]; types here cannot hold a wrong value.

pub mod number;

pub use number::{LibraryCode, MemberNumber, OwnNumber};
