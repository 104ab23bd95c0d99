//! What `desk.json` says: which cards lie on which reader, what was lifted last, which tears are ordered.
//!
//! Values only: no file, no lock. Unknown readers in it are kept, so that a desk opened with fewer loses nothing.
//! Start at [`Desk`].

use std::collections::BTreeMap;

use super::field::PendingTear;
use super::silicon::Uid;

/// How many lifted cards are remembered in their order.
const LIFTED: usize = 100;

/// `desk.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Desk {
    /// Counts every laying down, so that a card lifted and laid back is known to have lost its power.
    pub visits: u64,
    pub readers: BTreeMap<String, Spot>,
    /// The last one first.
    pub lifted: Vec<Uid>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Spot {
    pub cards: Vec<Laid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tear: Option<PendingTear>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Laid {
    pub uid: Uid,
    pub visit: u64,
}

impl Desk {
    /// The error says what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Desk, String> {
        serde_json::from_slice(bytes).map_err(|e| e.to_string())
    }

    pub fn spot(&self, reader: &str) -> Option<&Spot> {
        self.readers.get(reader)
    }

    pub fn cards(&self, reader: &str) -> Vec<Uid> {
        self.spot(reader).map(|spot| spot.cards.iter().map(|laid| laid.uid).collect()).unwrap_or_default()
    }

    /// Lays a card down, from wherever it was.
    pub fn lay(&mut self, reader: &str, uid: Uid) {
        self.lifted.retain(|card| *card != uid);
        for spot in self.readers.values_mut() {
            spot.cards.retain(|laid| laid.uid != uid);
        }
        self.visits += 1;
        let laid = Laid { uid, visit: self.visits };
        self.readers.entry(reader.to_owned()).or_default().cards.push(laid);
    }

    pub fn lift_all(&mut self, reader: &str) -> Vec<Uid> {
        let cards = self.cards(reader);
        cards.iter().for_each(|uid| self.lift(reader, *uid));
        cards
    }

    pub fn lift(&mut self, reader: &str, uid: Uid) {
        if let Some(spot) = self.readers.get_mut(reader) {
            spot.cards.retain(|laid| laid.uid != uid);
        }
        self.lifted.retain(|card| *card != uid);
        self.lifted.insert(0, uid);
        self.lifted.truncate(LIFTED);
    }
}
