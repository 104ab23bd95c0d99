//! Cards that are no Classic and no Type 2: DESFire, a telephone, FeliCa, ISO 15693. They can be laid down so that
//! whoever finds one has to name it; they keep nothing.
//!
//! From ISO/IEC 14443-3 (ATQA, SAK, random UIDs) and AN10833. What they say inside ISO/IEC 14443-4 is not modelled
//! but for DESFire's version. Start at [`Strange`].

use super::air::{Activity, Exchange, Tag};
use super::kind::Kind;
use super::programming::Programming;
use super::uid::Uid;

/// The first frame of DESFire EV1's version: more follows (AFh), NXP, hardware 1.0, 4 KB, ISO/IEC 14443.
const DESFIRE_VERSION: [u8; 8] = [0xAF, 0x04, 0x01, 0x01, 0x01, 0x00, 0x18, 0x05];
const GET_VERSION: u8 = 0x60;
const RATS: u8 = 0xE0;
/// R(NAK), to which a card of ISO/IEC 14443-4 that is there answers R(ACK) (7.5.5.2).
const R_NAK: u8 = 0xB2;
const R_ACK: u8 = 0xA2;
/// The answers to select: DESFire EV1's (AN10833), and one as telephones give it, without historical bytes but one.
const DESFIRE_ATS: [u8; 6] = [0x06, 0x75, 0x77, 0x81, 0x02, 0x80];
const PHONE_ATS: [u8; 5] = [0x05, 0x78, 0x80, 0x70, 0x02];
/// DESFire's status for a command that it does not have.
const ILLEGAL_COMMAND: u8 = 0x1C;

#[derive(Debug, Clone)]
pub struct Strange {
    kind: Kind,
    uid: Uid,
    powered: bool,
    activity: Activity,
    /// The last random UID, so that the next one is another.
    spoken: [u8; 3],
}

impl Strange {
    pub fn new(kind: Kind, uid: Uid) -> Strange {
        Strange { kind, uid, powered: false, activity: Activity::Idle, spoken: [0; 3] }
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

    /// Power-on reset and selection.
    pub fn select(&mut self) -> Option<Tag> {
        self.unpower();
        self.activate()
    }

    /// SAK 20: ISO/IEC 14443-4. A telephone gives a random UID: 08, then three bytes that are others in every field.
    pub fn activate(&mut self) -> Option<Tag> {
        let fresh = !self.powered;
        self.powered = true;
        let tag = match self.kind {
            Kind::Desfire => Some(Tag { uid: self.uid, atqa: [0x03, 0x44], sak: 0x20 }),
            Kind::Phone => {
                let [a, b, c] = if fresh { self.next_random() } else { self.spoken };
                Some(Tag { uid: Uid::single([0x08, a, b, c]), atqa: [0x00, 0x04], sak: 0x20 })
            }
            _ => None,
        };
        self.activity = if tag.is_some() { Activity::Active } else { Activity::Idle };
        tag
    }

    pub fn unpower(&mut self) {
        self.powered = false;
        self.activity = Activity::Idle;
    }

    pub fn activity(&self) -> Activity {
        self.activity
    }

    /// It has heard what it does not wait for.
    pub fn rest(&mut self) {
        if self.activity != Activity::Halted {
            self.activity = Activity::Idle;
        }
    }

    /// What S(DESELECT) does to a card of ISO/IEC 14443-4.
    pub fn halt(&mut self) {
        self.activity = Activity::Halted;
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
        match (self.activity, self.kind, frame) {
            (Activity::Active, Kind::Desfire, [GET_VERSION]) => Exchange::data(DESFIRE_VERSION.to_vec()),
            (Activity::Active, Kind::Desfire, _) => Exchange::data(vec![ILLEGAL_COMMAND]),
            _ => Exchange::silent(),
        }
    }

    /// A frame that is no block of ISO/IEC 14443-4 is not answered; of these RATS and R(NAK) are.
    pub fn raw(&mut self, frame: &[u8]) -> Exchange {
        match (self.activity, self.kind, frame) {
            (Activity::Active, Kind::Desfire, [RATS, _]) => Exchange::data(DESFIRE_ATS.to_vec()),
            (Activity::Active, Kind::Phone, [RATS, _]) => Exchange::data(PHONE_ATS.to_vec()),
            (Activity::Active, Kind::Desfire | Kind::Phone, [R_NAK]) => Exchange::data(vec![R_ACK]),
            _ => Exchange::silent(),
        }
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
