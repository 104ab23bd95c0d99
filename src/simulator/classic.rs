//! MIFARE Classic EV1 1K: 16 sectors of 4 blocks, Crypto-1 authentication, access conditions, value blocks.
//!
//! From MF1S50YYX_V1, sections 8.2 (states), 8.6 (memory), 8.7 (access), 9 and 10 (commands). The image is the raw
//! memory as libnfc's tools dump it (`.mfd`): the keys stand in the trailers. Where the sheet is silent the
//! chip refuses. The cipher itself is not modelled: who knows the key authenticates. Start at [`Classic::exchange`].

use super::access::{self, Bits, DataRights, Key};
use super::silicon::{Answer, BLOCK, Exchange, Programming, Refusal, Tag, Uid, WrongSize};

/// Bytes of EEPROM.
pub const MEMORY: usize = 1024;
const BLOCKS: u8 = 64;
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
    uid: Uid,
    memory: Box<[u8; MEMORY]>,
    state: State,
}

/// 8.2.1, figure 3. Without power, after HALT, a NAK or a failed authentication nothing but a selection is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Active,
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
    pub fn blank(uid: Uid) -> Classic {
        let mut memory = Box::new([0; MEMORY]);
        for trailer in memory.chunks_exact_mut(4 * BLOCK) {
            trailer[3 * BLOCK..].copy_from_slice(&TRANSPORT);
        }
        memory[..BLOCK].copy_from_slice(&manufacturer_block(uid));
        Classic { uid, memory, state: State::Idle }
    }

    /// A chip whose memory is this dump. The length of the UID is not in the dump, so it is given.
    pub fn from_image(uid: Uid, image: &[u8]) -> Result<Classic, WrongSize> {
        let memory = image.try_into().map_err(|_| WrongSize { found: image.len(), expected: MEMORY })?;
        Ok(Classic { uid, memory: Box::new(memory), state: State::Idle })
    }

    pub fn uid(&self) -> Uid {
        self.uid
    }

    pub fn image(&self) -> &[u8] {
        &self.memory[..]
    }

    /// Power-on reset and selection: ATQA 0004 or 0044, SAK 08 (AN10833, tables 5 and 6).
    pub fn select(&mut self) -> Tag {
        self.state = State::Active;
        let atqa = if self.uid.bytes().len() == 7 { [0x00, 0x44] } else { [0x00, 0x04] };
        Tag { uid: self.uid, atqa, sak: 0x08 }
    }

    /// One command in the form that a PN532 takes it: `60|61 block key6 uid4`, `30 block`, `A0 block data16`,
    /// `C0|C1|C2 block value4`, `B0 block`, `50 00`. A refusal leaves the chip idle until it is selected again.
    pub fn exchange(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        let silent = Exchange { answer: Answer::Silent, programmed: false };
        if self.state == State::Idle {
            return silent;
        }
        let outcome = match *frame {
            [HALT, ..] => {
                self.state = State::Idle;
                return silent;
            }
            [AUTHENTICATE_A, block, ref rest @ ..] => self.authenticate(Key::A, block, rest).map(|()| Done::ack()),
            [AUTHENTICATE_B, block, ref rest @ ..] => self.authenticate(Key::B, block, rest).map(|()| Done::ack()),
            [READ, block] => self.read(block).map(Done::data),
            [WRITE, block, ref data @ ..] => self.write(block, data, programming),
            [command @ (DECREMENT | INCREMENT | RESTORE), block, ref operand @ ..] => {
                self.compute(command, block, operand)
            }
            [TRANSFER, block] => self.transfer(block, programming),
            _ => Err(Refusal::Nak),
        };
        match outcome {
            Ok(done) => Exchange { answer: Answer::Data(done.data), programmed: done.programmed },
            Err(refusal) => {
                self.state = State::Idle;
                Exchange { answer: Answer::Refused(refusal), programmed: false }
            }
        }
    }

    /// 10.1. `rest` is the key and the four UID bytes that the reader feeds into the cipher.
    /// A readable key B authenticates here and opens nothing (table 8, note 1).
    fn authenticate(&mut self, key: Key, block: u8, rest: &[u8]) -> Result<(), Refusal> {
        self.state = State::Active;
        if block >= BLOCKS {
            return Err(Refusal::Nak);
        }
        let sector = block / 4;
        let trailer = self.block(sector * 4 + 3);
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

    /// 10.2. In a trailer the keys read as 00, but a readable key B.
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

    /// 10.3. In a trailer the fields that this key may not write keep what they hold; one that may write none is refused.
    fn write(&mut self, block: u8, data: &[u8], programming: Programming) -> Result<Done, Refusal> {
        let session = self.session(block)?;
        let data: [u8; BLOCK] = data.try_into().map_err(|_| Refusal::Nak)?;
        let mut new = self.block(block);
        match place(block) {
            Place::Manufacturer => return Err(Refusal::Nak),
            Place::Data => {
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
        Ok(Done::programmed())
    }

    /// 10.4. The result goes into the transfer buffer; memory is not touched.
    fn compute(&mut self, command: u8, block: u8, operand: &[u8]) -> Result<Done, Refusal> {
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
        Ok(Done::ack())
    }

    /// 10.5. The buffer stays valid after it.
    fn transfer(&mut self, block: u8, programming: Programming) -> Result<Done, Refusal> {
        let session = self.session(block)?;
        granted(matches!(place(block), Place::Data))?;
        granted(data_rights(&session, block).decrement.allows(session.key))?;
        let buffer = session.transfer.ok_or(Refusal::Nak)?;
        self.program(block, buffer, programming);
        Ok(Done::programmed())
    }

    /// The session, if it may touch this block at all: right sector, format intact at *this* access (8.7.1), and
    /// not opened by a key B that can be read.
    fn session(&self, block: u8) -> Result<Session, Refusal> {
        let State::Authenticated(session) = self.state else { return Err(Refusal::Nak) };
        granted(block < BLOCKS && block / 4 == session.sector)?;
        granted(access::bits(&self.block(session.sector * 4 + 3)).is_some())?;
        let readable_b = access::trailer_rights(session.conditions[3]).read_key_b != access::Grant::Never;
        granted(session.key == Key::A || !readable_b)?;
        Ok(session)
    }

    fn block(&self, block: u8) -> [u8; BLOCK] {
        let start = usize::from(block % BLOCKS) * BLOCK;
        let mut bytes = [0; BLOCK];
        bytes.copy_from_slice(&self.memory[start..start + BLOCK]);
        bytes
    }

    fn program(&mut self, block: u8, new: [u8; BLOCK], programming: Programming) {
        let outcome = programming.outcome(self.block(block), new);
        let start = usize::from(block % BLOCKS) * BLOCK;
        self.memory[start..start + BLOCK].copy_from_slice(&outcome);
    }
}

struct Done {
    data: Vec<u8>,
    programmed: bool,
}

impl Done {
    fn ack() -> Done {
        Done { data: Vec::new(), programmed: false }
    }

    fn data(data: Vec<u8>) -> Done {
        Done { data, programmed: false }
    }

    fn programmed() -> Done {
        Done { data: Vec::new(), programmed: true }
    }
}

enum Place {
    /// Block 0: read-only whatever the access bits say (8.7.3).
    Manufacturer,
    Data,
    Trailer,
}

fn place(block: u8) -> Place {
    match block {
        0 => Place::Manufacturer,
        _ if block % 4 == 3 => Place::Trailer,
        _ => Place::Data,
    }
}

fn data_rights(session: &Session, block: u8) -> DataRights {
    access::data_rights(session.conditions[usize::from(block % 4)])
}

fn granted(allowed: bool) -> Result<(), Refusal> {
    if allowed { Ok(()) } else { Err(Refusal::Nak) }
}

/// 8.6.1, figures 7 and 8: a 4-byte UID is followed by its BCC; then SAK, ATQA and the maker's data.
fn manufacturer_block(uid: Uid) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let bytes = uid.bytes();
    block[..bytes.len()].copy_from_slice(bytes);
    if bytes.len() == 4 {
        block[4] = bytes.iter().fold(0, |bcc, byte| bcc ^ byte);
        block[5..10].copy_from_slice(&[0x88, 0x04, 0x00, 0xC8, 0x24]);
    } else {
        block[7..12].copy_from_slice(&[0x88, 0x44, 0x00, 0xC8, 0x24]);
    }
    block
}

/// 8.6.2.1: value, inverted value, value, then address, inverted, address, inverted. `None`: not a value block.
fn value_of(block: &[u8; BLOCK]) -> Option<(i32, u8)> {
    let value = [block[0], block[1], block[2], block[3]];
    let value = i32::from_le_bytes(value);
    (*block == value_block(value, block[12])).then_some((value, block[12]))
}

fn value_block(value: i32, address: u8) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..4].copy_from_slice(&value.to_le_bytes());
    block[4..8].copy_from_slice(&(!value).to_le_bytes());
    block[8..12].copy_from_slice(&value.to_le_bytes());
    block[12..].copy_from_slice(&[address, !address, address, !address]);
    block
}

#[cfg(test)]
#[path = "classic_tests.rs"]
mod tests;
