//! Cards that are no Classic and no Type 2: DESFire, a telephone, FeliCa, ISO 15693. They can be laid down so that
//! whoever finds one has to name it; they keep nothing.
//!
//! From ISO/IEC 14443-3 (ATQA, SAK, random UIDs) and AN10833. What they say inside ISO/IEC 14443-4 is not modelled
//! but for DESFire's version. Start at [`Strange`].

use super::air::{Exchange, Tag};
use super::kind::Kind;
use super::programming::Programming;
use super::uid::Uid;

/// The first frame of DESFire EV1's version: more follows (AFh), NXP, hardware 1.0, 4 KB, ISO/IEC 14443.
const DESFIRE_VERSION: [u8; 8] = [0xAF, 0x04, 0x01, 0x01, 0x01, 0x00, 0x18, 0x05];
const GET_VERSION: u8 = 0x60;
/// DESFire's status for a command that it does not have.
const ILLEGAL_COMMAND: u8 = 0x1C;

#[derive(Debug, Clone)]
pub struct Strange {
    kind: Kind,
    uid: Uid,
    powered: bool,
    /// The last random UID, so that the next one is another.
    spoken: [u8; 3],
}

impl Strange {
    pub fn new(kind: Kind, uid: Uid) -> Strange {
        Strange { kind, uid, powered: false, spoken: [0; 3] }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn uid(&self) -> Uid {
        self.uid
    }

    pub fn image(&self) -> &[u8] {
        &[]
    }

    /// SAK 20: ISO/IEC 14443-4. A telephone gives a random UID: 08, then three bytes that are others in every field.
    pub fn select(&mut self) -> Option<Tag> {
        self.powered = true;
        match self.kind {
            Kind::Desfire => Some(Tag { uid: self.uid, atqa: [0x03, 0x44], sak: 0x20 }),
            Kind::Phone => {
                let [a, b, c] = self.next_random();
                Some(Tag { uid: Uid::single([0x08, a, b, c]), atqa: [0x00, 0x04], sak: 0x20 })
            }
            _ => None,
        }
    }

    pub fn unpower(&mut self) {
        self.powered = false;
    }

    pub fn other(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Felica => Some("FeliCa"),
            Kind::Iso15693 => Some("ISO 15693"),
            _ => None,
        }
    }

    /// A PN532 has activated ISO/IEC 14443-4 by itself and wraps the frame.
    pub fn exchange(&mut self, frame: &[u8], _programming: Programming) -> Exchange {
        match (self.powered, self.kind, frame) {
            (true, Kind::Desfire, [GET_VERSION]) => Exchange::data(DESFIRE_VERSION.to_vec()),
            (true, Kind::Desfire, _) => Exchange::data(vec![ILLEGAL_COMMAND]),
            _ => Exchange::silent(),
        }
    }

    /// A frame that is no block of ISO/IEC 14443-4 is not answered.
    pub fn raw(&mut self) -> Exchange {
        Exchange::silent()
    }

    fn next_random(&mut self) -> [u8; 3] {
        let last = self.spoken;
        let mut bytes = last;
        // Without a source of random numbers the next UID still is another.
        if getrandom::fill(&mut bytes).is_err() || bytes == last {
            bytes[2] = last[2].wrapping_add(1);
        }
        self.spoken = bytes;
        bytes
    }
}
