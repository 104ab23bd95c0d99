//! One reader's RF field: the cards that lie in it, selected and spoken to, and torn away in mid-exchange.
//!
//! Entirely in memory: no file, no lock, no clock. Start at [`Field`].

use std::str::FromStr;
use std::time::Duration;

use super::silicon::{Answer, Exchange, Programming, Silicon, Tag, Uid};

/// InListPassiveTarget takes two targets at most (UM0701-02, 7.3.5).
pub const TARGETS: usize = 2;

/// How a card is torn out of the field at one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tear {
    /// The card was gone before the frame reached it.
    FrameLost,
    /// The card did it; its answer was not heard any more.
    AnswerLost,
    /// Power went while a block was being programmed: some bits have changed.
    HalfProgrammed,
    /// Power went between erase and write: the block is all 00.
    #[serde(rename = "erased-00")]
    ErasedTo00,
    /// The same for cells that erase to FF.
    #[serde(rename = "erased-ff")]
    ErasedToFf,
}

impl Tear {
    pub const ALL: [Tear; 5] =
        [Tear::FrameLost, Tear::AnswerLost, Tear::HalfProgrammed, Tear::ErasedTo00, Tear::ErasedToFf];

    pub fn name(self) -> &'static str {
        match self {
            Tear::FrameLost => "frame-lost",
            Tear::AnswerLost => "answer-lost",
            Tear::HalfProgrammed => "half-programmed",
            Tear::ErasedTo00 => "erased-00",
            Tear::ErasedToFf => "erased-ff",
        }
    }
}

impl FromStr for Tear {
    type Err = UnknownTear;

    fn from_str(text: &str) -> Result<Tear, UnknownTear> {
        Tear::ALL.into_iter().find(|tear| tear.name() == text).ok_or_else(|| UnknownTear(text.to_owned()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no tear is called {0}; there is: {list}", list = Tear::ALL.map(Tear::name).join(", "))]
pub struct UnknownTear(pub String);

/// A tear that is ordered: it strikes at exchange `after` (from 1), counted for each card on its own. A selection counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TearOrder {
    pub after: u32,
    pub how: Tear,
}

/// A tear order on a reader, and how far it has counted. It goes on counting while the same card comes and goes, and
/// begins anew with another card.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PendingTear {
    #[serde(flatten)]
    pub order: TearOrder,
    pub card: Option<Uid>,
    pub done: u32,
}

impl PendingTear {
    pub fn new(order: TearOrder) -> PendingTear {
        PendingTear { order, card: None, done: 0 }
    }

    /// Counts one exchange with this card; true when it is the one in which the card is torn away.
    pub fn strikes(&mut self, card: Uid) -> bool {
        if self.card != Some(card) {
            self.card = Some(card);
            self.done = 0;
        }
        self.done = self.done.saturating_add(1);
        self.done >= self.order.after
    }
}

/// How long the reader and the air take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timing {
    #[default]
    None,
    /// On air by MF1S50 figure 4 at 106 kbit/s, and 8 ms a command for USB and firmware.
    Acr122u,
}

impl Timing {
    /// `none` or `acr122u`, as in `[simulator] timing`.
    pub fn parse(text: &str) -> Option<Timing> {
        match text {
            "none" => Some(Timing::None),
            "acr122u" => Some(Timing::Acr122u),
            _ => None,
        }
    }

    /// Of one selection.
    pub fn select(self) -> Duration {
        self.command(Duration::from_micros(2500))
    }

    /// Of one exchange, by its command byte.
    pub fn exchange(self, frame: &[u8]) -> Duration {
        self.command(Duration::from_micros(match frame.first() {
            Some(0x60 | 0x61) => 2000,
            Some(0xA0 | 0xA2) => 5500,
            Some(0xB0) => 4500,
            _ => 2500,
        }))
    }

    fn command(self, air: Duration) -> Duration {
        match self {
            Timing::None => Duration::ZERO,
            Timing::Acr122u => air + Duration::from_millis(8),
        }
    }
}

/// The cards in one field, the first of them the one that is spoken to.
#[derive(Debug, Clone, Default)]
pub struct Field {
    cards: Vec<Silicon>,
}

impl Field {
    pub fn cards(&self) -> &[Silicon] {
        &self.cards
    }

    /// Lays a card in the field beside what lies there. It is not selected yet.
    pub fn lay(&mut self, card: Silicon) {
        self.cards.push(card);
    }

    /// Takes the cards out, unpowered.
    pub fn lift(&mut self) -> Vec<Silicon> {
        std::mem::take(&mut self.cards)
    }

    /// Field off and on, then one InListPassiveTarget for two targets.
    pub fn select(&mut self) -> Vec<Tag> {
        self.cards.iter_mut().take(TARGETS).map(Silicon::select).collect()
    }

    /// One InDataExchange with the first target.
    pub fn exchange(&mut self, frame: &[u8]) -> Exchange {
        match self.cards.first_mut() {
            Some(card) => card.exchange(frame, Programming::Whole),
            None => Exchange { answer: Answer::Silent, programmed: false },
        }
    }

    /// One exchange in which the first card is torn away: what it did is done, nothing is heard, and it is handed out
    /// as it is now. `seed` chooses the bits of a half-programmed block. A tear of programming meets an exchange that programs
    /// nothing as a lost answer. Gives the card, and whether its memory was programmed.
    pub fn torn_exchange(&mut self, frame: &[u8], how: Tear, seed: u32) -> Option<(Silicon, bool)> {
        let mut card = (!self.cards.is_empty()).then(|| self.cards.remove(0))?;
        let programming = match how {
            Tear::FrameLost => return Some((card, false)),
            Tear::AnswerLost => Programming::Whole,
            Tear::HalfProgrammed => Programming::Half(seed),
            Tear::ErasedTo00 => Programming::Erased(0x00),
            Tear::ErasedToFf => Programming::Erased(0xFF),
        };
        let programmed = card.exchange(frame, programming).programmed;
        Some((card, programmed))
    }
}
