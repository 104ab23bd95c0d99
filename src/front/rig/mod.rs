//! The rig: for technicians, and for whoever wants the simulated desk's cards by hand, or simulated readers. Start at
//! [`Rig`].

use clap::Subcommand;
use serde_json::Value;

use crate::desk::Settings;
use crate::plan::messages::{Lang, Messages, Trouble};

mod card;
mod client;
mod folder;
mod pcscd;
mod running;
mod simulate;

#[derive(Subcommand)]
pub enum Rig {
    /// The simulated desk's cards
    #[command(subcommand)]
    Card(card::Card),
    /// Simulated readers, as the system's own drivers find real ones, until it is ended
    Simulate(simulate::Simulate),
    #[command(flatten)]
    Ask(client::Ask),
}

/// How a command that goes on running speaks.
pub struct Voice<'a> {
    pub json: bool,
    pub lang: Lang,
    pub messages: &'a Messages,
}

impl Rig {
    /// Does it and answers the contract's JSON, where it has not spoken already.
    pub fn run(self, settings: &Settings, voice: &Voice) -> Result<Option<Value>, Trouble> {
        match self {
            Rig::Card(card) => card.run(settings).map(Some),
            Rig::Simulate(simulate) => simulate.run(settings, voice).map(|()| None),
            Rig::Ask(ask) => ask.run(settings).map(Some),
        }
    }
}
