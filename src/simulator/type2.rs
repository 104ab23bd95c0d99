//! The Type 2 chips: MIFARE Ultralight EV1 and NTAG213, 215, 216: commands, password, configuration, counters.
//!
//! From MF0ULX1 rev. 3.3 (memory 8.5, password verification 8.6, counters 8.7, commands 10) and NTAG213_215_216 rev. 3.2
//! (memory 8.5, counter 8.6, password verification 8.8, commands 10), checked against both texts. The image is all pages;
//! PWD and PACK stand in it in clear, as in the silicon, and no command reads them. Where a sheet is silent the chip
//! refuses. Memory maps are in [`type2_map`](super::type2_map), lock bits in [`type2_locks`](super::type2_locks). Start at
//! [`Type2::exchange`].
//!
//! A clone with a settable UID is the same chip, but for its first pages: they are written like any other, and on air it says
//! what stands there, right or wrong check bytes included (proxmark3 doc/magic_cards_notes.md: "play blindly the block0 BCC0
//! and block2 BCC1 bytes"). What else such clones answer, an ATS, is not modelled.

use super::air::{Activity, Exchange, Refusal, Tag};
use super::kind::{Kind, WrongSize};
use super::programming::Programming;
use super::signature;
use super::type2_config::Config;
use super::type2_locks as locks;
use super::type2_map::{DYNAMIC_FOURTH, Family, Map, PAGE};
use super::type2_mirror;
use super::uid::Uid;

const GET_VERSION: u8 = 0x60;
const READ: u8 = 0x30;
const FAST_READ: u8 = 0x3A;
const WRITE: u8 = 0xA2;
const COMPATIBILITY_WRITE: u8 = 0xA0;
const PWD_AUTH: u8 = 0x1B;
const READ_SIG: u8 = 0x3C;
const READ_CNT: u8 = 0x39;
const INCR_CNT: u8 = 0xA5;
const CHECK_TEARING_EVENT: u8 = 0x3E;
const VCSL: u8 = 0x4B;
const HALT: u8 = 0x50;

/// Counters have 24 bits.
const COUNTER_END: u32 = 0x00FF_FFFF;
/// The address of the NFC counter of NTAG21x.
const NFC_COUNTER: u8 = 0x02;
/// What CHECK_TEARING_EVENT answers when nothing was torn: the counters are safe from that.
const COUNTER_VALID: u8 = 0xBD;

#[derive(Debug, Clone)]
pub struct Type2 {
    map: &'static Map,
    uid: Uid,
    memory: Vec<u8>,
    hidden: Hidden,
    state: State,
    /// It has had power since its configuration was read last.
    powered: bool,
    config: Config,
    /// The page of a COMPATIBILITY_WRITE whose second part is due.
    pending: Option<u8>,
    /// The NFC counter has counted since power-on.
    counted: bool,
}

/// After HALT and after every NAK nothing but a selection is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// After HALT: a request is not heard either.
    Halted,
    Active,
    Authenticated,
}

/// Non-volatile state of a Type 2 chip that stands in none of its pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Hidden {
    /// Failed password verifications since the last that went well, counted while AUTHLIM sets a limit.
    pub failed: u8,
    /// The one-way counters of Ultralight EV1.
    pub counters: [u32; 3],
    /// The NFC counter of NTAG21x.
    pub nfc: u32,
    /// READ_SIG gives a signature that does not fit the UID.
    pub forged_signature: bool,
}

impl Type2 {
    pub fn blank(map: &'static Map, uid: Uid) -> Type2 {
        Type2::with(map, uid, map.blank(uid))
    }

    /// A chip whose memory is this dump: all pages.
    pub fn from_image(map: &'static Map, uid: Uid, image: &[u8]) -> Result<Type2, WrongSize> {
        let expected = usize::from(map.pages) * PAGE;
        if image.len() != expected {
            return Err(WrongSize { found: image.len(), fitting: vec![expected] });
        }
        Ok(Type2::with(map, uid, image.to_vec()))
    }

    fn with(map: &'static Map, uid: Uid, memory: Vec<u8>) -> Type2 {
        let (hidden, config) = (Hidden::default(), Config::default());
        Type2 { map, uid, memory, hidden, state: State::Idle, powered: false, config, pending: None, counted: false }
    }

    pub fn kind(&self) -> Kind {
        self.map.kind
    }

    pub fn uid(&self) -> Uid {
        self.uid
    }

    pub fn image(&self) -> &[u8] {
        &self.memory
    }

    pub fn hidden(&self) -> Hidden {
        self.hidden
    }

    pub fn set_hidden(&mut self, hidden: Hidden) {
        let counters = hidden.counters.map(|count| count.min(COUNTER_END));
        self.hidden = Hidden { counters, nfc: hidden.nfc.min(COUNTER_END), ..hidden };
    }

    /// Power-on reset and selection.
    pub fn select(&mut self) -> Option<Tag> {
        self.unpower();
        self.activate()
    }

    /// Selection: ATQA 0044, SAK 00; the password has to be given anew. The configuration is read only where the power was
    /// away (NTAG213_215_216, 8.5.7). `None`: a clone whose check bytes do not fit its UID.
    pub fn activate(&mut self) -> Option<Tag> {
        if !self.powered {
            self.config = Config::new(self.page(self.map.config), self.page(self.map.access()));
            self.counted = false;
            self.powered = true;
        }
        self.state = State::Idle;
        self.pending = None;
        let uid = self.spoken()?;
        self.state = State::Active;
        Some(Tag { uid, atqa: [0x00, 0x44], sak: 0x00 })
    }

    fn spoken(&self) -> Option<Uid> {
        if self.map.settable { Map::uid_in([0, 1, 2].map(|page| self.page(page))) } else { Some(self.uid) }
    }

    /// The field is off.
    pub fn unpower(&mut self) {
        self.state = State::Idle;
        self.powered = false;
    }

    pub fn activity(&self) -> Activity {
        match self.state {
            State::Idle => Activity::Idle,
            State::Halted => Activity::Halted,
            State::Active | State::Authenticated => Activity::Active,
        }
    }

    /// It has heard what it does not wait for.
    pub fn rest(&mut self) {
        if self.state != State::Halted {
            self.state = State::Idle;
        }
    }

    pub fn halt(&mut self) {
        self.state = State::Halted;
    }

    /// One command without its CRC. `A0 page data16` is what a PN532 makes of the two parts of COMPATIBILITY_WRITE; the
    /// parts are heard one by one too. A refusal leaves the chip idle until it is selected again.
    pub fn exchange(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        if self.activity() != Activity::Active {
            return Exchange::silent();
        }
        let outcome = match (self.pending.take(), frame) {
            (Some(page), [a, b, c, d, rest @ ..]) if rest.len() == 12 => {
                self.write(page, [*a, *b, *c, *d], programming)
            }
            (Some(_), _) => Err(Refusal::Nak),
            (None, [HALT, 0x00]) => {
                self.state = State::Halted;
                return Exchange::silent();
            }
            (None, frame) => self.command(frame, programming),
        };
        outcome.unwrap_or_else(|refusal| {
            self.state = State::Idle;
            Exchange::refused(refusal)
        })
    }

    fn command(&mut self, frame: &[u8], programming: Programming) -> Result<Exchange, Refusal> {
        match *frame {
            [READ, page] => self.read(page),
            [FAST_READ, first, last] => self.fast_read(first, last),
            [WRITE, page, a, b, c, d] => self.write(page, [a, b, c, d], programming),
            [COMPATIBILITY_WRITE, page] => {
                self.may_write(page)?;
                self.pending = Some(page);
                Ok(Exchange::ack())
            }
            [COMPATIBILITY_WRITE, page, a, b, c, d, ref rest @ ..] if rest.len() == 12 => {
                self.write(page, [a, b, c, d], programming)
            }
            [PWD_AUTH, a, b, c, d] => self.verify([a, b, c, d], programming),
            [GET_VERSION] => Ok(Exchange::data(self.map.version.to_vec())),
            [READ_SIG, 0x00] => Ok(Exchange::data(self.signature().to_vec())),
            [READ_CNT, address] => self.read_counter(address),
            [INCR_CNT, address, low, middle, high, _] if self.map.family == Family::Ev1 => {
                self.increment(address, u32::from_le_bytes([low, middle, high, 0]), programming)
            }
            [CHECK_TEARING_EVENT, address] => self.check_tearing(address),
            // Installation identifier and reader capabilities; answered with VCTID.
            [VCSL, ref rest @ ..] if self.map.family == Family::Ev1 && rest.len() == 20 => {
                Ok(Exchange::data(vec![self.page(self.map.access())[1]]))
            }
            // The key and UID that a PN532 takes along are not on air: an authentication of another family.
            [0x60 | 0x61, _, ref rest @ ..] if rest.len() == 10 => Err(Refusal::WrongKey),
            _ => Err(Refusal::Nak),
        }
    }

    /// Where reading ends: at AUTH0 when reading is protected too and the password was not given, else at the last
    /// page.
    fn readable(&self) -> u8 {
        let protected = self.config.prot() && self.state != State::Authenticated;
        if protected { self.config.auth0.min(self.map.pages) } else { self.map.pages }
    }

    /// Four pages, going on at page 0 after the last one that may be read.
    fn read(&mut self, page: u8) -> Result<Exchange, Refusal> {
        let end = self.readable();
        granted(page < end)?;
        self.count_reading();
        let pages = (0..4).map(|i| ((u16::from(page) + i) % u16::from(end)) as u8);
        Ok(Exchange::data(pages.flat_map(|page| self.shown(page)).collect()))
    }

    fn fast_read(&mut self, first: u8, last: u8) -> Result<Exchange, Refusal> {
        granted(first <= last && last < self.readable())?;
        self.count_reading();
        Ok(Exchange::data((first..=last).flat_map(|page| self.shown(page)).collect()))
    }

    /// A page as reading shows it: PWD and PACK as 00, the ASCII mirror where it is switched on.
    fn shown(&self, page: u8) -> [u8; PAGE] {
        if page == self.map.password() || page == self.map.pack() {
            return [0; PAGE];
        }
        let mut bytes = self.page(page);
        if self.map.dynamic.as_ref().is_some_and(|dynamic| dynamic.page == page) {
            bytes[3] = DYNAMIC_FOURTH;
        }
        if self.map.family == Family::Ntag {
            let open = self.state == State::Authenticated || !self.config.counter_protected();
            let count = (self.config.counter_enabled() && open).then_some(self.hidden.nfc);
            type2_mirror::mirror(self.map, self.config, self.uid, count, page, &mut bytes);
        }
        bytes
    }

    /// The first reading after power-on counts, where that is enabled.
    fn count_reading(&mut self) {
        let counts = self.map.family == Family::Ntag && self.config.counter_enabled() && !self.counted;
        if counts {
            self.counted = true;
            self.hidden.nfc = (self.hidden.nfc + 1).min(COUNTER_END);
        }
    }

    /// AUTH0, the lock bits, CFGLCK, and that pages 0 and 1 are fixed.
    fn may_write(&self, page: u8) -> Result<(), Refusal> {
        let first = if self.map.settable { 0 } else { 2 };
        granted((first..self.map.pages).contains(&page))?;
        granted(self.state == State::Authenticated || page < self.config.auth0)?;
        let dynamic = self.map.dynamic.as_ref().map(|dynamic| (dynamic, self.page(dynamic.page)));
        granted(!locks::locked(page, self.page(2), dynamic))?;
        let configuration = page == self.map.config || page == self.map.access();
        granted(!(configuration && self.config.locked()))
    }

    fn write(&mut self, page: u8, data: [u8; PAGE], programming: Programming) -> Result<Exchange, Refusal> {
        self.may_write(page)?;
        let old = self.page(page);
        let new = match (page, &self.map.dynamic) {
            (2, _) => {
                let [a, b, low, high] = locks::write_static(old, data);
                if self.map.settable { [data[0], data[1], low, high] } else { [a, b, low, high] }
            }
            (3, _) => locks::write_once(old, data),
            (_, Some(dynamic)) if dynamic.page == page => locks::write_dynamic(dynamic, old, data),
            _ => data,
        };
        let safe = page == 2 || page == 3 || self.map.dynamic.as_ref().is_some_and(|dynamic| dynamic.page == page);
        let left = match (safe, programming.lasts()) {
            (true, true) => new,
            (true, false) => old,
            (false, _) => programming.outcome(old, new),
        };
        self.memory[usize::from(page) * PAGE..][..PAGE].copy_from_slice(&left);
        Ok(Exchange::programmed())
    }

    /// PWD_AUTH. With a limit every failure is counted where power cannot be cut; once there were as many nothing opens any
    /// more (MF0ULX1, 8.6.2; NTAG213_215_216, 8.8.2).
    fn verify(&mut self, password: [u8; PAGE], programming: Programming) -> Result<Exchange, Refusal> {
        let limit = self.config.limit();
        let over = limit != 0 && self.hidden.failed >= limit;
        if over || password != self.page(self.map.password()) {
            if limit != 0 && !over && programming.lasts() {
                self.hidden.failed += 1;
            }
            return Err(Refusal::Nak);
        }
        if programming.lasts() {
            self.hidden.failed = 0;
        }
        self.state = State::Authenticated;
        Ok(Exchange::data(self.page(self.map.pack())[..2].to_vec()))
    }

    fn read_counter(&self, address: u8) -> Result<Exchange, Refusal> {
        let value = match self.map.family {
            Family::Ev1 => *self.hidden.counters.get(usize::from(address)).ok_or(Refusal::Nak)?,
            Family::Ntag => {
                let open = self.state == State::Authenticated || !self.config.counter_protected();
                granted(address == NFC_COUNTER && self.config.counter_enabled() && open)?;
                self.hidden.nfc
            }
        };
        Ok(Exchange::data(value.to_le_bytes()[..3].to_vec()))
    }

    /// The sheet of NTAG21x does not name this command, but its silicon answers for its one counter (a genuine NTAG216,
    /// proxmark3 traces/mifare/ntag216-empty.json; flipperzero-firmware emulates it so).
    fn check_tearing(&self, address: u8) -> Result<Exchange, Refusal> {
        let counters = if self.map.family == Family::Ev1 { 0..=2 } else { NFC_COUNTER..=NFC_COUNTER };
        granted(counters.contains(&address))?;
        Ok(Exchange::data(vec![COUNTER_VALID]))
    }

    fn increment(&mut self, address: u8, by: u32, programming: Programming) -> Result<Exchange, Refusal> {
        let counter = self.hidden.counters.get_mut(usize::from(address)).ok_or(Refusal::Nak)?;
        let sum = *counter + by;
        granted(sum <= COUNTER_END)?;
        if programming.lasts() {
            *counter = sum;
        }
        Ok(Exchange::ack())
    }

    /// A forged one is of the right form and fits another UID.
    fn signature(&self) -> [u8; 32] {
        let mut signed = self.uid.seven();
        if self.hidden.forged_signature {
            signed[6] ^= 1;
        }
        signature::sign(&signed)
    }

    fn page(&self, page: u8) -> [u8; PAGE] {
        std::array::from_fn(|i| self.memory[usize::from(page) * PAGE + i])
    }
}

fn granted(allowed: bool) -> Result<(), Refusal> {
    if allowed { Ok(()) } else { Err(Refusal::Nak) }
}

#[cfg(test)]
#[path = "type2_tests.rs"]
mod tests;
