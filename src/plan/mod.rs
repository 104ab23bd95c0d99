//! Pure plans: no I/O, no clock, no randomness except as an argument. Almost all tests live here.
//!
//! Every room may use [`member`] and [`messages`]; `job` uses nothing else.

/// Kebab-case names of a field-less enum, both ways: as stored, as in `--json`, and nowhere else.
macro_rules! kebab {
    ($kind:ident { $($name:ident = $text:literal),+ $(,)? }) => {
        impl $kind {
            /// Every value, in the order of life.
            pub const ALL: &'static [$kind] = &[$($kind::$name),+];

            /// The kebab-case name, as stored and in `--json`.
            pub fn as_str(self) -> &'static str {
                match self { $($kind::$name => $text),+ }
            }

            /// The value of exactly this kebab-case name.
            pub fn parse(text: &str) -> Option<$kind> {
                match text { $($text => Some($kind::$name),)+ _ => None }
            }
        }
        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use kebab;

pub mod audit;
pub mod chip;
pub mod fees;
pub mod job;
pub mod layout;
pub mod member;
pub mod messages;
pub mod plot;
pub mod sheet;
pub mod staff;
pub mod stock;
