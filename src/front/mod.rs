//! The fronts: where a request comes in. They parse, ask the desk and show its answer; they hold no rules.

pub mod cli;
pub mod rig;
pub mod web;
