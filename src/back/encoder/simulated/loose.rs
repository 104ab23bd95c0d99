//! A reader that holds its cards in memory, for sweeps and benches: no tray, no files, nothing that waits.
//! Start at [`LooseReader`].

use std::time::Duration;

use super::{count, heard, target};
use crate::back::encoder::{Cost, Feed, Miss, Reader, Target};
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;
use crate::simulator::field::{Field, PendingTear, Tear, TearOrder};
use crate::simulator::silicon::Silicon;

/// A reader without a tray: its cards are laid down by code, and nothing is written anywhere. Waiting ends at once,
/// since nobody else can lay a card.
#[derive(Debug, Clone, Default)]
pub struct LooseReader {
    field: Field,
    lifted: Vec<Silicon>,
    tear: Option<PendingTear>,
    cost: Cost,
}

impl LooseReader {
    /// With one card in its field.
    pub fn with_card(card: Silicon) -> LooseReader {
        let mut reader = LooseReader::default();
        reader.lay(card);
        reader
    }

    pub fn lay(&mut self, card: Silicon) {
        self.field.lay(card);
    }

    /// The cards in the field.
    pub fn cards(&self) -> &[Silicon] {
        self.field.cards()
    }

    /// Takes the cards out of the field and gives them away.
    pub fn lift(&mut self) -> Vec<Silicon> {
        self.field.lift()
    }

    /// Lays back what a tear has taken out.
    pub fn lay_back(&mut self) {
        for card in self.lifted.drain(..) {
            self.field.lay(card);
        }
    }

    /// Tears the card away at exchange `order.after` from now, a selection counted as one.
    pub fn tear(&mut self, order: TearOrder) {
        self.tear = Some(PendingTear::new(order));
    }

    /// The order, when the card that is spoken to is torn away in this very exchange.
    fn strikes(&mut self) -> Option<PendingTear> {
        let card = self.field.cards().first()?.uid();
        if self.tear.as_mut()?.strikes(card) { self.tear.take() } else { None }
    }
}

impl Reader for LooseReader {
    fn name(&self) -> &str {
        "loose"
    }

    /// With [`Feed::Dispense`] the card that was torn out is laid back.
    fn wait_for_card(&mut self, _wanted: Option<&Uid>, feed: Feed, _timeout: Duration) -> Result<bool, Trouble> {
        if feed == Feed::Dispense {
            self.lay_back();
        }
        Ok(!self.field.cards().is_empty())
    }

    fn wait_until_empty(&mut self, _timeout: Duration) -> Result<bool, Trouble> {
        Ok(self.field.cards().is_empty())
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        count(&mut self.cost);
        if self.strikes().is_some() {
            let torn = self.field.torn_exchange(&[], Tear::FrameLost, 0);
            self.lifted.extend(torn.map(|(card, _)| card));
            return Ok(Vec::new());
        }
        self.field.select().into_iter().map(target).collect()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        count(&mut self.cost);
        if let Some(tear) = self.strikes() {
            let torn = self.field.torn_exchange(frame, tear.order.how, tear.order.after);
            self.lifted.extend(torn.map(|(card, _)| card));
            return Err(Miss::Silent);
        }
        heard(self.field.exchange(frame).answer)
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}
