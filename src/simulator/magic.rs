//! Clones of MIFARE Classic 1K that let more through than the chip they pose as: "gen1a", "gen2", and FM11RF08S.
//!
//! No data sheet of theirs is public. Gen1a and gen2 as the tools that write them speak to them (proxmark3
//! doc/magic_cards_notes.md and armsrc/mifarecmd.c, libnfc examples/nfc-mfsetuid.c). FM11RF08S by eprint 2024/1275, rev. 1.2:
//! one key, one authentication, and every block but the keys can be read (proxmark3 pyscripts/mf_backdoor_dump.py). Its
//! commands 64h and 65h are those of proxmark3 and flipperzero-firmware; 66h and 67h are from knowledge of the paper, not
//! checked against its text. In all else they are the [`Classic`] that stands inside. The UID on air is the one in block
//! 0. Start at [`Magic`].

use super::air::{Activity, Exchange, Refusal, Tag};
use super::classic::{BLOCKS_1K, Classic};
use super::kind::{Kind, WrongSize};
use super::programming::Programming;
use super::uid::Uid;

/// FM11RF08S: the key that opens every sector for reading (proxmark3 pyscripts/fm11rf08s_recovery.py).
const BACK_DOOR: [u8; 6] = [0xA3, 0x96, 0xEF, 0xA4, 0xE2, 0x4F];
const UNLOCK: u8 = 0x40;
const UNLOCK_ALL: u8 = 0x43;
const READ: u8 = 0x30;
const WRITE: u8 = 0xA0;
const BLOCK: usize = super::classic::BLOCK;

#[derive(Debug, Clone)]
pub struct Magic {
    kind: Kind,
    /// As it lies on the tray; on air it says what stands in block 0.
    uid: Uid,
    chip: Classic,
    door: Door,
}

/// What stands open beside the lawful way. Selection, HALT and a refusal close it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Closed,
    /// Gen1a has heard 40h.
    Knocked,
    /// Gen1a has heard 43h too: everything may be read and written.
    Open,
    /// The first part of a write to this block was acknowledged.
    Writing(u8),
    /// FM11RF08S: the back-door key was given.
    Back,
}

impl Magic {
    pub fn blank(kind: Kind, uid: Uid) -> Magic {
        Magic::with(kind, uid, Classic::blank(Kind::Classic1k, uid))
    }

    pub fn from_image(kind: Kind, uid: Uid, image: &[u8]) -> Result<Magic, WrongSize> {
        Classic::from_image(Kind::Classic1k, uid, image).map(|chip| Magic::with(kind, uid, chip))
    }

    fn with(kind: Kind, uid: Uid, chip: Classic) -> Magic {
        let chip = if kind == Kind::Gen2 { chip.with_open_block_0() } else { chip };
        Magic { kind, uid, chip, door: Door::Closed }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn uid(&self) -> Uid {
        self.uid
    }

    pub fn image(&self) -> &[u8] {
        self.chip.image()
    }

    /// Power-on reset and selection.
    pub fn select(&mut self) -> Option<Tag> {
        self.unpower();
        self.activate()
    }

    /// With a check byte in block 0 that does not fit, a single UID never comes through anticollision.
    pub fn activate(&mut self) -> Option<Tag> {
        self.door = Door::Closed;
        let [a, b, c, d, check, f, g, ..] = self.chip.block(0);
        let spoken = if self.uid.bytes().len() == 7 {
            Uid::double([a, b, c, d, check, f, g])
        } else if a ^ b ^ c ^ d == check {
            Uid::single([a, b, c, d])
        } else {
            self.chip.rest();
            return None;
        };
        self.chip.speak_as(spoken);
        Some(self.chip.activate())
    }

    pub fn unpower(&mut self) {
        self.door = Door::Closed;
        self.chip.unpower();
    }

    pub fn activity(&self) -> Activity {
        self.chip.activity()
    }

    /// It has heard what it does not wait for.
    pub fn rest(&mut self) {
        self.door = Door::Closed;
        self.chip.rest();
    }

    pub fn halt(&mut self) {
        self.door = Door::Closed;
        self.chip.halt();
    }

    /// As a PN532 takes it; `64..67 block key6 uid4` stands for an authentication by these commands.
    pub fn exchange(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        match (self.door, frame) {
            (Door::Open, [WRITE, block, data @ ..]) if data.len() == BLOCK => self.write(*block, data, programming),
            (Door::Open | Door::Writing(_), _) => self.raw(frame, programming),
            (Door::Back, [READ, block]) if *block < BLOCKS_1K => self.read(*block),
            (_, [0x64..=0x67, block, rest @ ..]) if self.kind == Kind::Fm11rf08s => self.open_back(*block, rest),
            (Door::Back, [0x60 | 0x61, ..]) => {
                self.door = Door::Closed;
                self.chip.exchange(frame, programming)
            }
            (Door::Back, _) => self.refuse(Refusal::Nak),
            _ => {
                self.door = Door::Closed;
                self.chip.exchange(frame, programming)
            }
        }
    }

    /// As it goes on air: a write in two parts.
    pub fn raw(&mut self, frame: &[u8], programming: Programming) -> Exchange {
        match (self.door, frame) {
            (Door::Open, [READ, block]) if *block < BLOCKS_1K => Exchange::data(self.chip.block(*block).to_vec()),
            (Door::Open, [WRITE, block]) if *block < BLOCKS_1K => {
                self.door = Door::Writing(*block);
                Exchange::ack()
            }
            (Door::Writing(block), data) if data.len() == BLOCK => self.write(block, data, programming),
            (Door::Open, [0x50, 0x00]) => {
                self.halt();
                Exchange::silent()
            }
            (Door::Open | Door::Writing(_) | Door::Back, _) => self.refuse(Refusal::Nak),
            (_, [0x64..=0x67, block]) if self.kind == Kind::Fm11rf08s && *block < BLOCKS_1K => self.chip.nonce(),
            _ => {
                self.door = Door::Closed;
                self.chip.raw(frame)
            }
        }
    }

    /// Gen1a: 40h with seven bits when it is idle or halted, then 43h. That one has eight bits and no CRC on air (libnfc,
    /// proxmark3), see [`Magic::bare`]; a reader that has no such frame may send it short.
    pub fn short(&mut self, byte: u8) -> Exchange {
        match (self.kind, self.door, byte) {
            (Kind::Gen1a, Door::Closed, UNLOCK) if self.chip.activity() != Activity::Active => {
                self.door = Door::Knocked;
            }
            (Kind::Gen1a, Door::Knocked, UNLOCK_ALL) => self.door = Door::Open,
            _ => {
                self.rest();
                return Exchange::silent();
            }
        }
        Exchange::ack()
    }

    /// Whole bytes without a CRC: gen1a's 43h.
    pub fn bare(&mut self, frame: &[u8]) -> Exchange {
        match (self.kind, self.door, frame) {
            (Kind::Gen1a, Door::Knocked, [UNLOCK_ALL]) => self.short(UNLOCK_ALL),
            _ => {
                self.rest();
                Exchange::silent()
            }
        }
    }

    fn write(&mut self, block: u8, data: &[u8], programming: Programming) -> Exchange {
        match data.try_into() {
            Ok(data) if block < BLOCKS_1K => {
                self.door = Door::Open;
                self.chip.program(block, data, programming);
                Exchange::programmed()
            }
            _ => self.refuse(Refusal::Nak),
        }
    }

    /// Any block; keys read as 00.
    fn read(&self, block: u8) -> Exchange {
        let mut data = self.chip.block(block);
        if block % 4 == 3 {
            data[..6].fill(0);
            data[10..].fill(0);
        }
        Exchange::data(data.to_vec())
    }

    fn open_back(&mut self, block: u8, rest: &[u8]) -> Exchange {
        if self.chip.activity() != Activity::Active {
            return Exchange::silent();
        }
        let known = rest.len() == 10 && rest[..6] == BACK_DOOR && rest[6..] == *self.chip.uid().last_four();
        if !known || block >= BLOCKS_1K {
            return self.refuse(Refusal::WrongKey);
        }
        self.chip.end_session();
        self.door = Door::Back;
        Exchange::ack()
    }

    fn refuse(&mut self, refusal: Refusal) -> Exchange {
        self.rest();
        Exchange::refused(refusal)
    }
}

#[cfg(test)]
#[path = "magic_tests.rs"]
mod tests;
