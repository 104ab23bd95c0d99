//! Who a member is: numbers, library codes, names, masking, kinds of membership, consent.
//!
//! Types here cannot hold a wrong value, and no identity document's number gets into one. This room never
//! asks what day it is and never reads a file. Start at [`MemberNumber`], then [`admit`].

mod admission;
mod allocation;
mod consent;
mod consent_text;
mod directory;
pub mod hangul;
mod identity;
mod name;
mod number;
mod password;
mod person;
mod region;
mod retention;
mod stand_in;

pub use admission::{
    Admission, Applicant, Condition, Guardian, Identity, MemberKind, Membership, admit, condition_met,
    consent_problems, needs_guardian,
};
pub use allocation::{NumberRange, Scheme, guard_range, next_number, numbers_low};
pub use consent::{Consent, ConsentWay, consent_day};
pub use consent_text::{ConsentKind, ConsentText};
pub use directory::{Decoded, DecodedLibrary, Directory, Library};
pub use identity::{identity_number_inside, refuse_identity_number};
pub use name::PersonName;
pub use number::{LibraryCode, MemberNumber, OwnNumber};
pub use password::{About, MemberPassword};
pub use person::{BirthDate, Likeness, Phone, likely_same};
pub use region::{LibraryKind, Region};
pub use retention::Retention;
pub use stand_in::another_stands_in;
