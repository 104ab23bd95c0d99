//! The PN532 (firmware 1.6) as a command interpreter: what stands after `D4` in, what stands after `D5` out.
//!
//! From the user manual UM0701-02, section by section, and from what libnfc (chips/pn53x.c) and nfcpy (clf/pn53x.py)
//! have learned of the chip. Knows no frame of the host link and no host; sleeps never. Only reader commands are modelled:
//! the chip as a target says that it does not know the command. Start at [`Pn532::command`]; the commands to cards stand
//! in `pn532_initiator`, frames on air in `pn532_air`.

use std::collections::BTreeMap;

use super::antenna::Antenna;
use super::silicon::Tag;
use super::tray_error::TrayError;

/// The longest command after its TFI: 265 bytes with it (6.2.1.2).
pub(super) const LONGEST: usize = 264;

/// Command codes (7.2 and 7.3).
pub(super) mod code {
    pub const DIAGNOSE: u8 = 0x00;
    pub const GET_FIRMWARE_VERSION: u8 = 0x02;
    pub const GET_GENERAL_STATUS: u8 = 0x04;
    pub const READ_REGISTER: u8 = 0x06;
    pub const WRITE_REGISTER: u8 = 0x08;
    pub const READ_GPIO: u8 = 0x0C;
    pub const WRITE_GPIO: u8 = 0x0E;
    pub const SET_SERIAL_BAUD_RATE: u8 = 0x10;
    pub const SET_PARAMETERS: u8 = 0x12;
    pub const SAM_CONFIGURATION: u8 = 0x14;
    pub const POWER_DOWN: u8 = 0x16;
    pub const RF_CONFIGURATION: u8 = 0x32;
    pub const IN_DATA_EXCHANGE: u8 = 0x40;
    pub const IN_COMMUNICATE_THRU: u8 = 0x42;
    pub const IN_DESELECT: u8 = 0x44;
    pub const IN_JUMP_FOR_PSL: u8 = 0x46;
    pub const IN_LIST_PASSIVE_TARGET: u8 = 0x4A;
    pub const IN_RELEASE: u8 = 0x52;
    pub const IN_SELECT: u8 = 0x54;
    pub const IN_JUMP_FOR_DEP: u8 = 0x56;
    pub const IN_AUTO_POLL: u8 = 0x60;
}

/// Status bytes (7.1).
pub(super) mod status {
    pub const OK: u8 = 0x00;
    /// The target has not answered.
    pub const TIMEOUT: u8 = 0x01;
    pub const CRC: u8 = 0x02;
    pub const INVALID_PARAMETER: u8 = 0x10;
    /// Not acceptable in the current context: among others an unknown target number.
    pub const CONTEXT: u8 = 0x27;
}

/// Registers of the contactless interface that rule what goes on air (PN532 data sheet, 8.6.23).
pub(super) mod register {
    pub const TX_MODE: u16 = 0x6302;
    pub const RX_MODE: u16 = 0x6303;
    pub const MANUAL_RCV: u16 = 0x630D;
    pub const CONTROL: u16 = 0x633C;
    pub const BIT_FRAMING: u16 = 0x633D;
    /// In TxMode and RxMode: the CRC is made, or checked and cut off.
    pub const CRC_ENABLE: u8 = 0x80;
    /// In TxMode and RxMode: 0 is ISO/IEC 14443 type A.
    pub const FRAMING: u8 = 0x03;
    /// In ManualRCV: the host makes the parity bits.
    pub const PARITY_DISABLE: u8 = 0x10;
    /// In BitFraming (sent) and Control (received): how many bits of the last byte, 0 for all.
    pub const LAST_BITS: u8 = 0x07;
}

/// SetParameters (7.2.9): RATS is sent by itself to a card of ISO/IEC 14443-4.
pub(super) const AUTOMATIC_RATS: u8 = 0x10;
/// As after reset: automatic ATR_RES and RATS.
const PARAMETERS: u8 = 0x14;
/// MxRtyPassiveActivation: for ever, as after reset.
pub(super) const FOR_EVER: u8 = 0xFF;

/// What the chip answers to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// What stands after `D5`: the command's code and one, then its parameters.
    Response(Vec<u8>),
    /// The error frame 7Fh: no such command, or not in this form.
    SyntaxError,
    /// Nothing until the host aborts, or until the same command, given again, finds what it waits for.
    Nothing,
}

/// One target in the chip's list, of two at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    A {
        tag: Tag,
        /// RATS was answered: ISO/IEC 14443-4 is active.
        wrapped: bool,
    },
    /// FeliCa: the manual's type code 10h.
    F,
}

#[derive(Debug, Clone)]
pub struct Pn532<A> {
    pub(super) antenna: A,
    pub(super) registers: BTreeMap<u16, u8>,
    pub(super) parameters: u8,
    pub(super) retries: u8,
    pub(super) field: bool,
    pub(super) targets: Vec<Target>,
    /// Which of them the chip speaks to.
    pub(super) current: usize,
    pub(super) last_error: u8,
    commands: u64,
}

impl<A: Antenna> Pn532<A> {
    /// As after reset: field off, no target.
    pub fn new(antenna: A) -> Pn532<A> {
        Pn532 {
            antenna,
            registers: BTreeMap::new(),
            parameters: PARAMETERS,
            retries: FOR_EVER,
            field: false,
            targets: Vec::new(),
            current: 0,
            last_error: status::OK,
            commands: 0,
        }
    }

    pub fn antenna(&self) -> &A {
        &self.antenna
    }

    pub fn antenna_mut(&mut self) -> &mut A {
        &mut self.antenna
    }

    /// How many commands it was given so far.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// One command, code first. An error is the tray's, and none of the chip.
    pub fn command(&mut self, command: &[u8]) -> Result<Reply, TrayError> {
        self.commands += 1;
        let Some((code, parameters)) = command.split_first() else { return Ok(Reply::SyntaxError) };
        if command.len() > LONGEST {
            return Ok(Reply::SyntaxError);
        }
        let answer = match *code {
            code::READ_REGISTER => self.read_registers(parameters).into(),
            code::WRITE_REGISTER => self.write_registers(parameters).into(),
            code::GET_GENERAL_STATUS if parameters.is_empty() => Told::Parameters(self.general_status()),
            code::DIAGNOSE => self.diagnose(parameters)?,
            code::POWER_DOWN => self.power_down(parameters)?,
            code::SET_PARAMETERS => self.set_parameters(parameters).into(),
            code::RF_CONFIGURATION => self.configure(parameters)?.into(),
            code::IN_LIST_PASSIVE_TARGET => self.list_passive_target(parameters)?,
            code::IN_AUTO_POLL => self.auto_poll(parameters)?,
            code::IN_DATA_EXCHANGE => self.data_exchange(parameters)?,
            code::IN_COMMUNICATE_THRU => self.communicate_thru(parameters)?,
            code::IN_DESELECT => self.deselect(parameters, false)?,
            code::IN_RELEASE => self.deselect(parameters, true)?,
            code::IN_SELECT => self.select(parameters)?,
            code => constant(code, parameters),
        };
        Ok(self.reply(*code, answer))
    }

    fn reply(&mut self, code: u8, told: Told) -> Reply {
        let rest = match told {
            Told::Parameters(parameters) => parameters,
            Told::Status(status, data) => {
                self.last_error = status;
                [&[status], &data[..]].concat()
            }
            Told::Unknown => return Reply::SyntaxError,
            Told::Nothing => return Reply::Nothing,
        };
        Reply::Response([&[code.wrapping_add(1)], &rest[..]].concat())
    }

    /// 7.2.1. The communication line test gives back what it got; ROM, RAM and antenna are well; the attention request
    /// (06h) asks a card of ISO/IEC 14443-4 whether it is there.
    fn diagnose(&mut self, parameters: &[u8]) -> Result<Told, TrayError> {
        Ok(match parameters {
            [0x00, ..] => Told::Parameters(parameters.to_vec()),
            [0x01] | [0x02] | [0x07, _] => Told::Parameters(vec![status::OK]),
            [0x06] => self.attention()?,
            _ => Told::Unknown,
        })
    }

    /// 7.2.3: last error, no field of others, the targets with 106 or 212 kbit/s both ways, and the state of the SAM.
    fn general_status(&self) -> Vec<u8> {
        let mut told = vec![self.last_error, 0x00, self.targets.len() as u8];
        for (number, target) in (1..).zip(&self.targets) {
            let (rate, kind) = if matches!(target, Target::F) { (0x01, 0x10) } else { (0x00, 0x00) };
            told.extend([number, rate, rate, kind]);
        }
        told.push(0x80);
        told
    }

    /// 7.2.4: two bytes of address each.
    fn read_registers(&self, parameters: &[u8]) -> Option<Vec<u8>> {
        let (addresses, []) = parameters.as_chunks::<2>() else { return None };
        let read = |address: &[u8; 2]| self.register(u16::from_be_bytes(*address));
        (!addresses.is_empty()).then(|| addresses.iter().map(read).collect())
    }

    /// 7.2.5: address and value each.
    fn write_registers(&mut self, parameters: &[u8]) -> Option<Vec<u8>> {
        let (writes, []) = parameters.as_chunks::<3>() else { return None };
        if writes.is_empty() {
            return None;
        }
        for [high, low, value] in writes {
            let address = u16::from_be_bytes([*high, *low]);
            let fixed = if address == register::CONTROL { register::LAST_BITS } else { 0x00 };
            self.set_register(address, *value, !fixed);
        }
        Some(Vec::new())
    }

    pub(super) fn register(&self, address: u16) -> u8 {
        let reset = match address {
            register::TX_MODE | register::RX_MODE => register::CRC_ENABLE,
            register::CONTROL => 0x10,
            _ => 0x00,
        };
        self.registers.get(&address).copied().unwrap_or(reset)
    }

    pub(super) fn set_register(&mut self, address: u16, value: u8, mask: u8) {
        let value = value & mask | self.register(address) & !mask;
        self.registers.insert(address, value);
    }

    /// 7.2.9.
    fn set_parameters(&mut self, parameters: &[u8]) -> Option<Vec<u8>> {
        let [flags] = parameters else { return None };
        self.parameters = *flags;
        Some(Vec::new())
    }

    /// 7.2.11. What comes over the host link wakes it again.
    fn power_down(&mut self, parameters: &[u8]) -> Result<Told, TrayError> {
        let ([_] | [_, 0 | 1]) = parameters else { return Ok(Told::Unknown) };
        self.field_off()?;
        self.targets.clear();
        Ok(Told::Status(status::OK, Vec::new()))
    }

    /// 7.3.1: the field, timings, retries, and the analogue settings, which change nothing here.
    fn configure(&mut self, parameters: &[u8]) -> Result<Option<Vec<u8>>, TrayError> {
        let Some((item, data)) = parameters.split_first() else { return Ok(None) };
        match (item, data) {
            (0x01, [flags]) if flags & 1 == 0 => self.field_off()?,
            (0x01, [_]) => self.field = true,
            (0x05, [_, _, passive]) => self.retries = *passive,
            (0x02, [_, _, _]) | (0x04, [_]) | (0x0C, [_, _, _]) => {}
            (0x0A, data) if data.len() == 11 => {}
            (0x0B, data) if data.len() == 8 => {}
            (0x0D, data) if data.len() == 9 => {}
            _ => return Ok(None),
        }
        Ok(Some(Vec::new()))
    }

    pub(super) fn field_off(&mut self) -> Result<(), TrayError> {
        self.field = false;
        self.antenna.off()
    }
}

/// What the commands say that neither look at a card nor change the chip.
fn constant(code: u8, parameters: &[u8]) -> Told {
    match (code, parameters) {
        // 7.2.2: PN532, 1.6, ISO/IEC 18092 and 14443 types A and B.
        (code::GET_FIRMWARE_VERSION, []) => Told::Parameters(vec![0x32, 0x01, 0x06, 0x07]),
        // 7.2.6: P3, P7, and the lines that choose the host link, here the serial one.
        (code::READ_GPIO, []) => Told::Parameters(vec![0x3F, 0x06, 0x00]),
        (code::WRITE_GPIO, [_, _]) | (code::SET_SERIAL_BAUD_RATE, [0..=8]) => Told::Parameters(Vec::new()),
        // 7.2.10: normal, virtual card, wired card, dual card; time-out; use of the interrupt line.
        (code::SAM_CONFIGURATION, [1..=4] | [1..=4, _] | [1..=4, _, 0 | 1]) => Told::Parameters(Vec::new()),
        // 7.3.3, 7.3.4: nobody here speaks ISO/IEC 18092.
        (code::IN_JUMP_FOR_DEP | code::IN_JUMP_FOR_PSL, [0 | 1, 0..=2, ..]) => {
            Told::Status(status::TIMEOUT, Vec::new())
        }
        _ => Told::Unknown,
    }
}

/// An answer before its code is put before it.
#[derive(Debug)]
pub(super) enum Told {
    Parameters(Vec<u8>),
    Status(u8, Vec<u8>),
    Unknown,
    Nothing,
}

impl From<Option<Vec<u8>>> for Told {
    fn from(parameters: Option<Vec<u8>>) -> Told {
        parameters.map_or(Told::Unknown, Told::Parameters)
    }
}

#[cfg(test)]
#[path = "pn532_tests.rs"]
mod tests;
