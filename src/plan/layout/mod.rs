//! Layouts: a layout file and a person's [`Face`] (a card), or a [`Paper`] of lines (a receipt), become one [`Scene`], and the
//! scene becomes a PDF for the printer and a PNG for the page, so that what is looked at is what is printed.
//!
//! Pure: fonts and layout texts are handed in, nothing is opened here, and nothing is printed that was not
//! pre-checked by [`compose`]. Every length is in tenths of a millimetre from the upper left corner.
//! Start at [`compose`], for receipts at [`compose_paper`]; a layout file's keys are in [`file`], the bar code's rules in [`barcode`].

pub mod barcode;
mod compose;
pub mod file;
mod fit;
pub mod font;
mod mark;
mod paper;
pub mod path;
mod pdf;
mod png;
mod precheck;
mod rows;
pub mod scene;
mod unhint;
mod wrap;

pub use compose::{Face, compose};
pub use file::Layout;
pub use font::{Font, FontSet};
pub use mark::mark;
pub use paper::{Paper, Row, compose_paper};
pub use pdf::pdf;
pub use png::{pixels, png, size};
pub use scene::Scene;

/// Tenths of a millimetre in an inch.
const UNITS_PER_INCH: f32 = 254.0;
/// Points in a tenth of a millimetre.
const POINTS_PER_UNIT: f32 = 72.0 / UNITS_PER_INCH;
