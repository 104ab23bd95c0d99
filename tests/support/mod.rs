//! What the integration tests share: a desk in a fresh folder that drives the built binary ([`desk`]), and judges from
//! outside that know nothing of our code ([`judge`] for print, [`chip`] for card images), and a browser without a window ([`web`]). Never names a module of the program. Chromium stands apart in
//! `browser.rs`, so that a test binary without pages does not link it:
//!
//!     mod support;
//!     #[path = "support/browser.rs"]
//!     mod browser;
//!
//! Every wait here has an end, and none is a sleep.

// Each test binary compiles this folder for itself and uses its own part of it.
#![allow(dead_code, unused_imports)]

pub mod chip;
pub mod desk;
pub mod judge;
pub mod web;

pub use chip::Image;
pub use desk::{Desk, Output, Running, Service};
pub use web::Visitor;
