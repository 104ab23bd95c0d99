//! A reader that holds its cards in memory, for sweeps and benches: no tray, no files, nothing that waits.
//! Start at [`LooseReader`].

use std::time::Duration;

use super::flaky::{Asked, Flaky};
use super::{count, heard, on_air, target};
use crate::back::encoder::{Cost, Feed, Miss, Raw, Reader, Target};
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;
use crate::simulator::field::{Field, Frame, PendingTear, Tear, TearOrder, Timing};
use crate::simulator::silicon::Silicon;

/// A reader without a tray: its cards are laid down by code, and nothing is written anywhere. Waiting ends at once,
/// since nobody else can lay a card.
#[derive(Debug, Clone, Default)]
pub struct LooseReader {
    field: Field,
    lifted: Vec<Silicon>,
    tear: Option<PendingTear>,
    cost: Cost,
    timing: Timing,
    spent: Duration,
    link: Flaky,
}

impl LooseReader {
    /// With one card in its field.
    pub fn with_card(card: Silicon) -> LooseReader {
        let mut reader = LooseReader::default();
        reader.lay(card);
        reader
    }

    /// Loses this share of all exchanges (one hundred: all), or answers them late; the same seed gives the same
    /// losses. Order no tears beside it.
    pub fn flaky(&mut self, percent: u32, seed: u32) {
        self.link = Flaky::new(percent, seed);
    }

    /// Takes the time that silicon and link would take.
    pub fn timed(self, timing: Timing) -> LooseReader {
        LooseReader { timing, ..self }
    }

    /// What silicon and link have taken by that model.
    pub fn spent(&self) -> Duration {
        self.spent
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
        let card = self.field.card()?.uid();
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
        self.begin(self.timing.select(self.field.card()));
        if self.torn_by_looking() {
            return Ok(Vec::new());
        }
        let field = &mut self.field;
        let found = self.link.look(|| field.select())?;
        found.into_iter().map(target).collect()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.send(Frame::Exchange(frame))
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        self.send(on_air(frame))
    }

    fn strangers(&mut self) -> Result<Vec<&'static str>, Miss> {
        self.begin(self.timing.select(self.field.card()));
        if self.torn_by_looking() {
            return Ok(Vec::new());
        }
        let field = &mut self.field;
        self.link.look(|| field.others())
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}

impl LooseReader {
    fn begin(&mut self, time: Duration) {
        count(&mut self.cost);
        self.spent += time;
        if !time.is_zero() {
            std::thread::sleep(time);
        }
    }

    fn send(&mut self, frame: Frame<'_>) -> Result<Vec<u8>, Miss> {
        self.begin(self.timing.exchange(self.field.card(), frame.bytes()));
        if let Some(tear) = self.strikes() {
            let torn = self.field.torn_exchange(frame, tear.order.how, tear.order.after);
            self.lifted.extend(torn.map(|(card, _)| card));
            return Err(Miss::Silent);
        }
        let asked = if matches!(frame, Frame::Exchange(_)) { Asked::Exchange } else { Asked::Raw };
        let field = &mut self.field;
        self.link.send(asked, || heard(frame, field.send(frame).answer))
    }

    /// Nothing is programmed by looking: in whatever way the card is torn away then, it is gone.
    fn torn_by_looking(&mut self) -> bool {
        let strikes = self.strikes().is_some();
        if strikes {
            let torn = self.field.torn_exchange(Frame::Exchange(&[]), Tear::FrameLost, 0);
            self.lifted.extend(torn.map(|(card, _)| card));
        }
        strikes
    }
}
