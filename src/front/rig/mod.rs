//! The rig: for technicians, and for whoever wants the simulated desk's cards by hand. Start at [`Rig`].

use clap::Subcommand;
use serde_json::Value;

use crate::desk::Settings;
use crate::plan::messages::Trouble;

mod card;

#[derive(Subcommand)]
pub enum Rig {
    /// The simulated desk's cards
    #[command(subcommand)]
    Card(card::Card),
}

impl Rig {
    /// Does it and answers the contract's JSON.
    pub fn run(self, settings: &Settings) -> Result<Value, Trouble> {
        let Rig::Card(card) = self;
        card.run(settings)
    }
}
