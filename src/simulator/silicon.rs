//! A card of any kind behind one face: the chip of its kind, and every call passed on to it.
//!
//! A chip knows nothing of readers, files or people, nor of the other chips. Start at [`Silicon`]; the chips are
//! [`Classic`](super::classic::Classic), [`Type2`](super::type2::Type2), [`Magic`](super::magic::Magic) and
//! [`Strange`](super::strange::Strange); what they share stands in [`air`](super::air), [`kind`](super::kind) and
//! [`programming`](super::programming).

pub use super::air::{Activity, Answer, Exchange, Refusal, Tag};
pub use super::kind::{Kind, UnknownKind, WrongSize};
pub use super::programming::Programming;
pub use super::type2::Hidden;
pub use super::uid::{NotAUid, Uid};

use super::classic::Classic;
use super::magic::Magic;
use super::strange::Strange;
use super::type2::Type2;

/// A card of any kind. The variants hold their own memory and state.
#[derive(Debug, Clone)]
pub enum Silicon {
    Classic(Classic),
    Type2(Type2),
    Magic(Magic),
    Strange(Strange),
}

/// The same call to whichever card it is.
macro_rules! each {
    ($silicon:expr, $card:ident => $call:expr) => {
        match $silicon {
            Silicon::Classic($card) => $call,
            Silicon::Type2($card) => $call,
            Silicon::Magic($card) => $call,
            Silicon::Strange($card) => $call,
        }
    };
}

impl Silicon {
    /// As delivered by the maker. A UID whose length this kind cannot have is none of its business.
    pub fn blank(kind: Kind, uid: Uid) -> Silicon {
        match kind {
            Kind::Classic1k | Kind::Classic4k => Silicon::Classic(Classic::blank(kind, uid)),
            Kind::Gen1a | Kind::Gen2 | Kind::Fm11rf08s => Silicon::Magic(Magic::blank(kind, uid)),
            _ => match kind.map() {
                Some(map) => Silicon::Type2(Type2::blank(map, uid)),
                None => Silicon::Strange(Strange::new(kind, uid)),
            },
        }
    }

    pub fn from_image(kind: Kind, uid: Uid, image: &[u8]) -> Result<Silicon, WrongSize> {
        match (kind, kind.map()) {
            (Kind::Classic1k | Kind::Classic4k, _) => Classic::from_image(kind, uid, image).map(Silicon::Classic),
            (Kind::Gen1a | Kind::Gen2 | Kind::Fm11rf08s, _) => Magic::from_image(kind, uid, image).map(Silicon::Magic),
            (_, Some(map)) => Type2::from_image(map, uid, image).map(Silicon::Type2),
            (_, None) if image.is_empty() => Ok(Silicon::Strange(Strange::new(kind, uid))),
            (_, None) => Err(WrongSize { found: image.len(), fitting: vec![0] }),
        }
    }

    pub fn kind(&self) -> Kind {
        each!(self, card => card.kind())
    }

    /// The UID that it was made with, under which it lies on the tray. What it says on air is in [`Tag`].
    pub fn uid(&self) -> Uid {
        each!(self, card => card.uid())
    }

    /// The whole memory, keys and password included.
    pub fn image(&self) -> &[u8] {
        each!(self, card => card.image())
    }

    /// What else it keeps without power; `None` for a card that keeps nothing beside its memory.
    pub fn hidden(&self) -> Option<Hidden> {
        match self {
            Silicon::Type2(chip) => Some(chip.hidden()),
            _ => None,
        }
    }

    pub fn set_hidden(&mut self, hidden: Hidden) {
        if let Silicon::Type2(chip) = self {
            chip.set_hidden(hidden);
        }
    }

    /// The field goes off and on again, the card is selected: everything volatile is gone. `None`: it does not answer,
    /// or speaks no ISO/IEC 14443 type A.
    pub fn select(&mut self) -> Option<Tag> {
        self.unpower();
        self.wake()
    }

    /// A request (REQA) with anticollision and selection, the field staying on: what is latched at power-on stays so.
    /// `None` from one that is halted, that speaks no type A, or that was active: that one is idle now.
    pub fn request(&mut self) -> Option<Tag> {
        match self.activity() {
            Activity::Idle => self.wake(),
            Activity::Halted => None,
            Activity::Active => {
                self.rest();
                None
            }
        }
    }

    /// The same with a wake-up (WUPA) to this one card, which a halted one hears too.
    pub fn wake(&mut self) -> Option<Tag> {
        match self {
            Silicon::Classic(chip) => Some(chip.activate()),
            Silicon::Type2(chip) => chip.activate(),
            Silicon::Magic(chip) => chip.activate(),
            Silicon::Strange(card) => card.activate(),
        }
    }

    pub fn activity(&self) -> Activity {
        each!(self, card => card.activity())
    }

    /// It hears what is none of its business: whoever was selected is idle.
    pub fn rest(&mut self) {
        each!(self, card => card.rest());
    }

    /// HLTA, or S(DESELECT), which only a selected one hears.
    pub fn halt(&mut self) {
        if self.activity() == Activity::Active {
            each!(self, card => card.halt());
        }
    }

    /// The field is off.
    pub fn unpower(&mut self) {
        each!(self, card => card.unpower());
    }

    /// What it is, when it is no type A card.
    pub fn other(&self) -> Option<&'static str> {
        match self {
            Silicon::Strange(card) => card.other(),
            _ => None,
        }
    }

    /// One frame as InDataExchange takes it; `programming` says how far a write gets.
    pub fn exchange(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        each!(self, card => card.exchange(frame, programming))
    }

    /// One frame of whole bytes with its CRC, as it goes on air.
    pub fn raw(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        match self {
            Silicon::Classic(chip) => chip.raw(frame),
            Silicon::Type2(chip) => chip.exchange(frame, programming),
            Silicon::Magic(chip) => chip.raw(frame, programming),
            Silicon::Strange(card) => card.raw(frame),
        }
    }

    /// One frame of seven bits without a CRC. A chip that waits for a command takes it for none and is idle then.
    pub fn short(&mut self, byte: u8) -> Exchange {
        match self {
            Silicon::Magic(chip) => chip.short(byte),
            _ => {
                self.rest();
                Exchange::silent()
            }
        }
    }

    /// Whole bytes without a CRC, which a genuine chip takes for a broken frame.
    pub fn bare(&mut self, frame: &[u8]) -> Exchange {
        match self {
            Silicon::Magic(chip) => chip.bare(frame),
            _ => {
                self.rest();
                Exchange::silent()
            }
        }
    }
}
