//! One reader's RF field: the cards that lie in it, selected and spoken to, and torn away in mid-exchange.
//!
//! Entirely in memory: no file, no lock, no clock. Start at [`Field`].

use std::str::FromStr;

use super::antenna::{Lying, Search};
use super::silicon::{Activity, Answer, Exchange, Programming, Silicon, Tag, Uid};
pub use super::timing::Timing;

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

/// A tear that is ordered: it strikes at exchange `after` (from 1), counted for each card on its own. A selection
/// counts.
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

/// A frame on its way to the first card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'f> {
    /// As InDataExchange takes it.
    Exchange(&'f [u8]),
    /// Whole bytes as they go on air, with a CRC (InCommunicateThru).
    Raw(&'f [u8]),
    /// Seven bits without a CRC.
    Short(u8),
    /// Whole bytes without a CRC.
    Bare(&'f [u8]),
}

impl<'f> Frame<'f> {
    pub fn bytes(self) -> &'f [u8] {
        match self {
            Frame::Exchange(bytes) | Frame::Raw(bytes) | Frame::Bare(bytes) => bytes,
            Frame::Short(_) => &[],
        }
    }

    fn to(self, card: &mut Silicon, programming: Programming) -> Exchange {
        match self {
            Frame::Exchange(bytes) => card.exchange(bytes, programming),
            Frame::Raw(bytes) => card.raw(bytes, programming),
            Frame::Short(byte) => card.short(byte),
            Frame::Bare(bytes) => card.bare(bytes),
        }
    }
}

/// The longest answer that a PN532 passes on in one frame of its own: 255 bytes less direction, command and status
/// (UM0701-02, 6.2.1.1). A longer one is lost.
const LONGEST: usize = 252;

/// The cards in one field. Spoken to is the one that was found and turned to last; before that the first one that
/// speaks type A.
#[derive(Debug, Clone, Default)]
pub struct Field {
    cards: Vec<Silicon>,
    /// The visit of each card, and how many there were.
    visits: Vec<u64>,
    laid: u64,
    /// Which cards the last search has found, and which of these is spoken to.
    found: Vec<usize>,
    turned: usize,
}

impl Field {
    pub fn cards(&self) -> &[Silicon] {
        &self.cards
    }

    /// Lays a card in the field beside what lies there. It is not selected yet.
    pub fn lay(&mut self, card: Silicon) {
        self.forget();
        self.cards.push(card);
        self.laid += 1;
        self.visits.push(self.laid);
    }

    /// Takes the cards out, unpowered.
    pub fn lift(&mut self) -> Vec<Silicon> {
        self.off();
        self.stay()
    }

    /// Hands the cards out as they are, powered, for a field that has others beside them from now on.
    pub(super) fn stay(&mut self) -> Vec<Silicon> {
        self.forget();
        self.visits.clear();
        std::mem::take(&mut self.cards)
    }

    fn forget(&mut self) {
        self.found.clear();
        self.turned = 0;
    }

    /// The field goes off: everything volatile in the cards is gone.
    pub fn off(&mut self) {
        self.forget();
        self.cards.iter_mut().for_each(Silicon::unpower);
    }

    /// Field off and on, then one InListPassiveTarget for two targets.
    pub fn select(&mut self) -> Vec<Tag> {
        self.off();
        self.request(Search { most: TARGETS, tries: 1, wanted: None })
    }

    /// One InListPassiveTarget in a field that stays on. The first target found is spoken to; a second one is halted
    /// until it is turned to.
    pub fn find(&mut self, search: Search) -> Vec<Tag> {
        let tags = self.request(search);
        for at in self.found.iter().skip(1) {
            self.cards[*at].halt();
        }
        tags
    }

    /// Each request is heard by all but those found; of those that answer, anticollision leaves one.
    fn request(&mut self, search: Search) -> Vec<Tag> {
        self.forget();
        let (mut tags, mut misses) = (Vec::new(), 0);
        // Nothing changes by a third try.
        while tags.len() < search.most && misses < search.tries.clamp(1, 2) {
            let mut chosen = None;
            for (at, card) in self.cards.iter_mut().enumerate().filter(|(at, _)| !self.found.contains(at)) {
                match card.request() {
                    Some(tag) if chosen.is_none() && search.wanted.is_none_or(|uid| uid == tag.uid) => {
                        chosen = Some((at, tag));
                    }
                    Some(_) => card.rest(),
                    None => {}
                }
            }
            match chosen {
                Some((at, tag)) => {
                    self.found.push(at);
                    tags.push(tag);
                }
                None => misses += 1,
            }
        }
        tags
    }

    /// Speaks to another of the targets found (from 0): halts the one before and wakes it. Whether it answered.
    pub fn turn_to(&mut self, target: usize) -> bool {
        let Some(card) = self.found.get(target).copied() else { return false };
        let Some(silicon) = self.cards.get_mut(card) else { return false };
        if target == self.turned {
            return silicon.activity() != Activity::Halted || silicon.wake().is_some();
        }
        self.halt();
        self.turned = target;
        self.cards[card].wake().is_some()
    }

    /// HLTA to the card that is spoken to.
    pub fn halt(&mut self) {
        if let Some(card) = self.spoken().and_then(|at| self.cards.get_mut(at)) {
            card.halt();
        }
    }

    /// The cards that speak no type A, by name. Looking for them leaves every other one unselected.
    pub fn others(&mut self) -> Vec<&'static str> {
        self.forget();
        self.cards.iter_mut().for_each(Silicon::rest);
        self.cards.iter().filter_map(Silicon::other).collect()
    }

    /// What lies there, whether it answers or not.
    pub fn lying(&self) -> Vec<Lying> {
        let spoken = self.spoken();
        let lying = |(at, (card, visit)): (usize, (&Silicon, &u64))| Lying {
            uid: card.uid(),
            kind: card.kind(),
            visit: *visit,
            spoken: spoken == Some(at),
        };
        self.cards.iter().zip(&self.visits).enumerate().map(lying).collect()
    }

    /// Which card is spoken to.
    pub fn spoken(&self) -> Option<usize> {
        if let Some(card) = self.found.get(self.turned) {
            return Some(*card);
        }
        let type_a = self.cards.iter().position(|card| card.other().is_none());
        type_a.or((!self.cards.is_empty()).then_some(0))
    }

    /// The card that is spoken to.
    pub fn card(&self) -> Option<&Silicon> {
        self.cards.get(self.spoken()?)
    }

    /// One frame to the card that is spoken to.
    pub fn send(&mut self, frame: Frame<'_>) -> Exchange {
        let Some(card) = self.spoken().and_then(|at| self.cards.get_mut(at)) else { return Exchange::silent() };
        let exchange = frame.to(card, Programming::Whole);
        match exchange.answer {
            Answer::Data(data) if data.len() > LONGEST => Exchange { answer: Answer::Silent, ..exchange },
            answer => Exchange { answer, ..exchange },
        }
    }

    pub fn exchange(&mut self, frame: &[u8]) -> Exchange {
        self.send(Frame::Exchange(frame))
    }

    pub fn raw(&mut self, frame: &[u8]) -> Exchange {
        self.send(Frame::Raw(frame))
    }

    pub fn short(&mut self, byte: u8) -> Exchange {
        self.send(Frame::Short(byte))
    }

    /// One exchange in which the card is torn away: what it did is done, nothing is heard, and it is handed out as it
    /// is now. `seed` chooses the bits of a half-programmed block. A tear of programming meets an exchange that
    /// programs nothing as a lost answer. Gives the card, and whether its memory was programmed.
    pub fn torn_exchange(&mut self, frame: Frame<'_>, how: Tear, seed: u32) -> Option<(Silicon, bool)> {
        let at = self.spoken()?;
        let mut card = self.cards.remove(at);
        self.visits.remove(at);
        self.forget();
        let programming = match how {
            Tear::FrameLost => None,
            Tear::AnswerLost => Some(Programming::Whole),
            Tear::HalfProgrammed => Some(Programming::Half(seed)),
            Tear::ErasedTo00 => Some(Programming::Erased(0x00)),
            Tear::ErasedToFf => Some(Programming::Erased(0xFF)),
        };
        let programmed = programming.is_some_and(|programming| frame.to(&mut card, programming).programmed);
        card.unpower();
        Some((card, programmed))
    }
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
