//! MIFARE Classic EV1 1K and 4K: sectors of 4 and of 16 blocks, authentication, access conditions, value blocks.
//!
//! From MF1S50YYX_V1 and MF1S70YYX_V1, rev. 3.2, sections 8.2 (states), 8.6 (memory), 8.7 (access), 9 and 12 (commands). The
//! image is the raw memory as libnfc's tools dump it (`.mfd`): the keys stand in the trailers. Where the sheet is
//! silent the chip refuses. The cipher itself is not modelled: who knows the key authenticates. Start at
//! [`Classic::exchange`].

use super::access::{self, Bits, DataRights, Key};
use super::air::{Activity, Exchange, Refusal, Tag};
use super::classic_block::{manufacturer_block, value_block, value_of};
use super::kind::{Kind, WrongSize};
use super::programming::{Programming, xorshift};
use super::uid::Uid;

/// Bytes of one block, the unit of reading, of writing and of tearing.
pub const BLOCK: usize = 16;
pub(super) const BLOCKS_1K: u8 = 64;
/// Key A, access bits, user byte and key B as delivered (8.6.3): the transport configuration.
const TRANSPORT: [u8; BLOCK] =
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x80, 0x69, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

const AUTHENTICATE_A: u8 = 0x60;
const AUTHENTICATE_B: u8 = 0x61;
const READ: u8 = 0x30;
const WRITE: u8 = 0xA0;
const DECREMENT: u8 = 0xC0;
const INCREMENT: u8 = 0xC1;
const RESTORE: u8 = 0xC2;
const TRANSFER: u8 = 0xB0;
const HALT: u8 = 0x50;

#[derive(Debug, Clone)]
pub struct Classic {
    kind: Kind,
    uid: Uid,
    memory: Box<[u8]>,
    state: State,
    /// A clone's: block 0 is written like any other.
    open_block_0: bool,
    nonces: u32,
}

/// 8.2.1, figure 3. Without power, after HALT, a NAK or a failed authentication nothing but a selection is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// After HALT: a request is not heard either.
    Halted,
    Active,
    /// A nonce was given; the encrypted answer to it cannot come from outside.
    Challenged,
    Authenticated(Session),
}

/// What one authentication opened. The conditions were read then and hold until the next one (8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Session {
    sector: u8,
    key: Key,
    conditions: [Bits; 4],
    /// The transfer buffer: volatile, and empty before the first increment, decrement or restore.
    transfer: Option<[u8; BLOCK]>,
}

impl Classic {
    /// As delivered: manufacturer block, data 00, transport configuration.
    pub fn blank(kind: Kind, uid: Uid) -> Classic {
        let mut memory = vec![0; kind.image_size()].into_boxed_slice();
        for block in (0..memory.len() / BLOCK).filter(|block| matches!(place(*block as u8), Place::Trailer)) {
            memory[block * BLOCK..][..BLOCK].copy_from_slice(&TRANSPORT);
        }
        memory[..BLOCK].copy_from_slice(&manufacturer_block(kind, uid));
        Classic::with(kind, uid, memory)
    }

    /// A chip whose memory is this dump. The length of the UID is not in the dump, so it is given.
    pub fn from_image(kind: Kind, uid: Uid, image: &[u8]) -> Result<Classic, WrongSize> {
        let expected = kind.image_size();
        if image.len() != expected {
            return Err(WrongSize { found: image.len(), fitting: vec![expected] });
        }
        Ok(Classic::with(kind, uid, image.into()))
    }

    fn with(kind: Kind, uid: Uid, memory: Box<[u8]>) -> Classic {
        let nonces = uid.bytes().iter().fold(1, |seed: u32, byte| seed.rotate_left(5) ^ u32::from(*byte)) | 1;
        Classic { kind, uid, memory, state: State::Idle, open_block_0: false, nonces }
    }

    /// A clone that writes block 0 by the conditions of its bits.
    pub(super) fn with_open_block_0(self) -> Classic {
        Classic { open_block_0: true, ..self }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn uid(&self) -> Uid {
        self.uid
    }

    pub fn image(&self) -> &[u8] {
        &self.memory
    }

    /// Power-on reset and selection.
    pub fn select(&mut self) -> Tag {
        self.unpower();
        self.activate()
    }

    /// Selection: ATQA 0004, 0002 (4K), 0044 or 0042 (7-byte UID), SAK 08 or 18 (MF1S50YYX_V1 and
    /// MF1S70YYX_V1, rev. 3.2, tables 11 and 12).
    pub fn activate(&mut self) -> Tag {
        self.state = State::Active;
        let (low, sak) = if self.kind == Kind::Classic4k { (0x02, 0x18) } else { (0x04, 0x08) };
        let double = if self.uid.bytes().len() == 7 { 0x40 } else { 0x00 };
        Tag { uid: self.uid, atqa: [0x00, double | low], sak }
    }

    /// The field is off.
    pub fn unpower(&mut self) {
        self.state = State::Idle;
    }

    pub fn activity(&self) -> Activity {
        match self.state {
            State::Idle => Activity::Idle,
            State::Halted => Activity::Halted,
            State::Active | State::Challenged | State::Authenticated(_) => Activity::Active,
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

    pub(super) fn end_session(&mut self) {
        self.state = State::Active;
    }

    /// A clone says what stands in its block 0.
    pub(super) fn speak_as(&mut self, uid: Uid) {
        self.uid = uid;
    }

    /// One frame as it goes on air. An authentication is answered with a nonce; what would have to follow is
    /// encrypted, so nothing more comes of it.
    pub fn raw(&mut self, frame: &[u8]) -> Exchange {
        match (self.state, frame) {
            (State::Active, [AUTHENTICATE_A | AUTHENTICATE_B, block]) if self.has(*block) => self.nonce(),
            (State::Idle | State::Halted, _) => Exchange::silent(),
            (State::Challenged, _) => {
                self.state = State::Idle;
                Exchange::silent()
            }
            (_, [HALT, 0x00]) => {
                self.state = State::Halted;
                Exchange::silent()
            }
            _ => {
                self.state = State::Idle;
                Exchange::refused(Refusal::Nak)
            }
        }
    }

    /// The first step of an authentication (12.1): four bytes.
    pub(super) fn nonce(&mut self) -> Exchange {
        if self.activity() != Activity::Active {
            return Exchange::silent();
        }
        self.state = State::Challenged;
        Exchange::data(xorshift(&mut self.nonces).to_be_bytes().to_vec())
    }

    /// One command in the form that a PN532 takes it: `60|61 block key6 uid4`, `30 block`, `A0 block data16`,
    /// `C0|C1|C2 block value4`, `B0 block`, `50 00`. A refusal leaves the chip idle until it is selected again.
    pub fn exchange(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        match (self.state, frame) {
            (State::Active | State::Authenticated(_), [HALT, 0x00]) => {
                self.state = State::Halted;
                return Exchange::silent();
            }
            (State::Idle | State::Halted | State::Challenged, _) | (_, [HALT, ..]) => {
                self.rest();
                return Exchange::silent();
            }
            _ => {}
        }
        let outcome = match *frame {
            [AUTHENTICATE_A, block, ref rest @ ..] => self.authenticate(Key::A, block, rest).map(|()| Exchange::ack()),
            [AUTHENTICATE_B, block, ref rest @ ..] => self.authenticate(Key::B, block, rest).map(|()| Exchange::ack()),
            [READ, block] => self.read(block).map(Exchange::data),
            [WRITE, block, ref data @ ..] => self.write(block, data, programming),
            [command @ (DECREMENT | INCREMENT | RESTORE), block, ref operand @ ..] => {
                self.compute(command, block, operand)
            }
            [TRANSFER, block] => self.transfer(block, programming),
            _ => Err(Refusal::Nak),
        };
        outcome.unwrap_or_else(|refusal| {
            self.state = State::Idle;
            Exchange::refused(refusal)
        })
    }

    /// 12.1. `rest` is the key and the four UID bytes that the reader feeds into the cipher.
    /// A readable key B authenticates here and opens nothing (table 8, note 1).
    fn authenticate(&mut self, key: Key, block: u8, rest: &[u8]) -> Result<(), Refusal> {
        self.state = State::Active;
        granted(self.has(block))?;
        let sector = sector_of(block);
        let trailer = self.block(trailer_of(sector));
        let conditions = access::bits(&trailer).ok_or(Refusal::WrongKey)?;
        let stored = match key {
            Key::A => &trailer[..6],
            Key::B => &trailer[10..],
        };
        if rest.len() != 10 || rest[..6] != *stored || rest[6..] != *self.uid.last_four() {
            return Err(Refusal::WrongKey);
        }
        self.state = State::Authenticated(Session { sector, key, conditions, transfer: None });
        Ok(())
    }

    /// 12.2. In a trailer the keys read as 00, but a readable key B.
    fn read(&self, block: u8) -> Result<Vec<u8>, Refusal> {
        let session = self.session(block)?;
        let mut data = self.block(block);
        match place(block) {
            Place::Trailer => {
                let rights = access::trailer_rights(session.conditions[3]);
                granted(rights.read_access.allows(session.key))?;
                data[..6].fill(0);
                if !rights.read_key_b.allows(session.key) {
                    data[10..].fill(0);
                }
            }
            Place::Manufacturer | Place::Data => granted(data_rights(&session, block).read.allows(session.key))?,
        }
        Ok(data.to_vec())
    }

    /// 12.3. In a trailer the fields that this key may not write keep what they hold; one that may write none is
    /// refused.
    fn write(&mut self, block: u8, data: &[u8], programming: Programming) -> Result<Exchange, Refusal> {
        let session = self.session(block)?;
        let data: [u8; BLOCK] = data.try_into().map_err(|_| Refusal::Nak)?;
        let mut new = self.block(block);
        match place(block) {
            Place::Manufacturer if !self.open_block_0 => return Err(Refusal::Nak),
            Place::Manufacturer | Place::Data => {
                granted(data_rights(&session, block).write.allows(session.key))?;
                new = data;
            }
            Place::Trailer => {
                let rights = access::trailer_rights(session.conditions[3]);
                let fields = [(rights.write_key_a, 0..6), (rights.write_access, 6..10), (rights.write_key_b, 10..16)];
                granted(fields.iter().any(|(grant, _)| grant.allows(session.key)))?;
                for (_, bytes) in fields.into_iter().filter(|(grant, _)| grant.allows(session.key)) {
                    new[bytes.clone()].copy_from_slice(&data[bytes]);
                }
            }
        }
        self.program(block, new, programming);
        Ok(Exchange::programmed())
    }

    /// 12.4. The result goes into the transfer buffer; memory is not touched.
    fn compute(&mut self, command: u8, block: u8, operand: &[u8]) -> Result<Exchange, Refusal> {
        let session = self.session(block)?;
        granted(matches!(place(block), Place::Data))?;
        let rights = data_rights(&session, block);
        let grant = if command == INCREMENT { rights.increment } else { rights.decrement };
        granted(grant.allows(session.key))?;
        let operand: [u8; 4] = operand.try_into().map_err(|_| Refusal::Nak)?;
        let operand = i32::from_le_bytes(operand);
        let (value, address) = value_of(&self.block(block)).ok_or(Refusal::Nak)?;
        let result = match command {
            INCREMENT => value.checked_add(operand),
            DECREMENT => value.checked_sub(operand),
            _ => Some(value),
        };
        let result = result.ok_or(Refusal::Nak)?;
        self.state = State::Authenticated(Session { transfer: Some(value_block(result, address)), ..session });
        Ok(Exchange::ack())
    }

    /// 12.5. The buffer stays valid after it.
    fn transfer(&mut self, block: u8, programming: Programming) -> Result<Exchange, Refusal> {
        let session = self.session(block)?;
        granted(matches!(place(block), Place::Data))?;
        granted(data_rights(&session, block).decrement.allows(session.key))?;
        let buffer = session.transfer.ok_or(Refusal::Nak)?;
        self.program(block, buffer, programming);
        Ok(Exchange::programmed())
    }

    /// The session, if it may touch this block at all: right sector, format intact at *this* access (8.7.1), and
    /// not opened by a key B that can be read.
    fn session(&self, block: u8) -> Result<Session, Refusal> {
        let State::Authenticated(session) = self.state else { return Err(Refusal::Nak) };
        granted(self.has(block) && sector_of(block) == session.sector)?;
        granted(access::bits(&self.block(trailer_of(session.sector))).is_some())?;
        let readable_b = access::trailer_rights(session.conditions[3]).read_key_b != access::Grant::Never;
        granted(session.key == Key::A || !readable_b)?;
        Ok(session)
    }

    fn has(&self, block: u8) -> bool {
        usize::from(block) * BLOCK < self.memory.len()
    }

    /// What stands in a block that this chip has; any other is all 00.
    pub(super) fn block(&self, block: u8) -> [u8; BLOCK] {
        let bytes = self.memory.get(usize::from(block) * BLOCK..).and_then(|rest| rest.first_chunk());
        bytes.copied().unwrap_or_default()
    }

    pub(super) fn program(&mut self, block: u8, new: [u8; BLOCK], programming: Programming) {
        let outcome = programming.outcome(self.block(block), new);
        if let Some(bytes) = self.memory.get_mut(usize::from(block) * BLOCK..).and_then(|rest| rest.first_chunk_mut()) {
            *bytes = outcome;
        }
    }
}

enum Place {
    /// Block 0: read-only whatever the access bits say (8.7.3).
    Manufacturer,
    Data,
    Trailer,
}

/// Whether a block of this number is a sector trailer.
pub fn is_trailer(block: usize) -> bool {
    u8::try_from(block).is_ok_and(|block| matches!(place(block), Place::Trailer))
}

fn place(block: u8) -> Place {
    match block {
        0 => Place::Manufacturer,
        _ if block == trailer_of(sector_of(block)) => Place::Trailer,
        _ => Place::Data,
    }
}

/// 8.6: 32 sectors of 4 blocks, then (4K) 8 of 16.
fn sector_of(block: u8) -> u8 {
    if block < 128 { block / 4 } else { 32 + (block - 128) / 16 }
}

fn trailer_of(sector: u8) -> u8 {
    if sector < 32 { sector * 4 + 3 } else { 128 + (sector - 32) * 16 + 15 }
}

/// Which of the four conditions rules a block: each block its own, in a large sector five data blocks together (MF1S703x
/// rev. 3.0, 8.7.1, table 5).
fn group_of(block: u8) -> usize {
    usize::from(if block < 128 { block % 4 } else { (block - 128) % 16 / 5 })
}

fn data_rights(session: &Session, block: u8) -> DataRights {
    access::data_rights(session.conditions[group_of(block)])
}

fn granted(allowed: bool) -> Result<(), Refusal> {
    if allowed { Ok(()) } else { Err(Refusal::Nak) }
}

#[cfg(test)]
#[path = "classic_tests.rs"]
mod tests;
