//! The PN532's commands to cards that it has listed: InListPassiveTarget, InDataExchange, InDeselect and their like.
//!
//! UM0701-02, 7.3.5 to 7.3.13. Start at [`Pn532::list_passive_target`].

use super::antenna::{Antenna, Search};
use super::field::{Frame, TARGETS};
use super::pn532::{AUTOMATIC_RATS, FOR_EVER, Pn532, Target, Told, register, status};
use super::silicon::{Answer, Kind, Tag, Uid};
use super::tray_error::TrayError;

/// SAK: the card speaks ISO/IEC 14443-4.
pub(super) const SPEAKS_PART_4: u8 = 0x20;
/// The block by which a card of ISO/IEC 14443-4 is asked whether it is there.
const R_NAK: [u8; 1] = [0xB2];
/// Cascade tag: three bytes of a UID follow, and more in the next level (ISO/IEC 14443-3, 6.5.4).
const CASCADE: u8 = 0x88;

/// A card that was selected, and activated where it speaks ISO/IEC 14443-4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Activated {
    pub tag: Tag,
    pub ats: Option<Vec<u8>>,
}

impl<A: Antenna> Pn532<A> {
    /// 7.3.5: `MaxTg BrTy [InitiatorData]`. Switches the field on, forgets what was listed before.
    pub(super) fn list_passive_target(&mut self, parameters: &[u8]) -> Result<Told, TrayError> {
        let [most, kind, data @ ..] = parameters else { return Ok(Told::Unknown) };
        if !(1..=TARGETS).contains(&usize::from(*most)) {
            return Ok(Told::Unknown);
        }
        let found = match (kind, data) {
            (0x00, []) => self.list_type_a(usize::from(*most), None)?,
            (0x00, data) => match uid(data) {
                Some(uid) => self.list_type_a(usize::from(*most), Some(uid))?,
                None => return Ok(Told::Unknown),
            },
            (0x01 | 0x02, [0x00, _, _, request, _]) => self.list_felica(*request == 0x01)?,
            // Type B, and Jewel, which only one target goes with: none lies here.
            (0x03, [_] | [_, _]) | (0x04, []) => self.list_none(),
            _ => return Ok(Told::Unknown),
        };
        if found.is_empty() && self.retries == FOR_EVER {
            return Ok(Told::Nothing);
        }
        let count = found.len() as u8;
        Ok(Told::Parameters([&[count], &found.concat()[..]].concat()))
    }

    fn list_none(&mut self) -> Vec<Vec<u8>> {
        self.field = true;
        self.current = 0;
        self.targets.clear();
        Vec::new()
    }

    /// TgData at 106 kbit/s, type A: Tg, SENS_RES, SEL_RES, NFCID1 with its length, ATS with its length.
    fn list_type_a(&mut self, most: usize, wanted: Option<Uid>) -> Result<Vec<Vec<u8>>, TrayError> {
        self.list_none();
        let tries = usize::from(self.retries).saturating_add(1);
        let tags = self.antenna.find(Search { most, tries, wanted })?;
        // The last frame of a selection is of type A and has a CRC; so the registers are left.
        for mode in [register::TX_MODE, register::RX_MODE].into_iter().filter(|_| !tags.is_empty()) {
            self.set_register(mode, register::CRC_ENABLE, 0xFF);
        }
        let mut found = Vec::new();
        for (number, tag) in (1..).zip(tags) {
            let ats = self.rats(found.len(), tag)?;
            self.targets.push(Target::A { tag, wrapped: ats.is_some() });
            let uid = tag.uid.bytes();
            let mut data = vec![number, tag.atqa[0], tag.atqa[1], tag.sak, uid.len() as u8];
            data.extend(uid);
            data.extend(ats.unwrap_or_default());
            found.push(data);
        }
        if found.len() > 1 {
            self.antenna.turn_to(0)?;
        }
        Ok(found)
    }

    fn rats(&mut self, target: usize, tag: Tag) -> Result<Option<Vec<u8>>, TrayError> {
        if tag.sak & SPEAKS_PART_4 == 0 || self.parameters & AUTOMATIC_RATS == 0 || !self.antenna.turn_to(target)? {
            return Ok(None);
        }
        self.antenna.rats()
    }

    /// TgData at 212 and 424 kbit/s: Tg, length, 01, NFCID2t, PAD, and the system code where it was asked for.
    fn list_felica(&mut self, code: bool) -> Result<Vec<Vec<u8>>, TrayError> {
        self.list_none();
        if self.antenna.others()?.is_empty() {
            return Ok(Vec::new());
        }
        let lying = self.antenna.lying()?;
        let Some(card) = lying.iter().find(|card| card.kind == Kind::Felica) else { return Ok(Vec::new()) };
        self.targets.push(Target::F);
        let mut data = vec![0x01, 18, 0x01, 0x01];
        data.extend(card.uid.seven());
        // PMm: chip and response times.
        data.extend([0x03, 0x01, 0x4B, 0x02, 0x4F, 0x49, 0x93, 0xFF]);
        if code {
            data[1] += 2;
            data.extend([0x88, 0xB4]);
        }
        Ok(vec![data])
    }

    /// 7.3.13: `PollNr Period Type…`, at most fifteen types. Answers the first type that is found.
    pub(super) fn auto_poll(&mut self, parameters: &[u8]) -> Result<Told, TrayError> {
        let [rounds, 1..=15, kinds @ ..] = parameters else { return Ok(Told::Unknown) };
        if kinds.is_empty() || kinds.len() > 15 || *rounds == 0 {
            return Ok(Told::Unknown);
        }
        for kind in kinds {
            let found = match kind {
                0x00 | 0x10 | 0x20 => self.list_type_a(1, None)?,
                0x01 | 0x02 | 0x11 | 0x12 => self.list_felica(true)?,
                _ => Vec::new(),
            };
            // 20h is ISO/IEC 14443-4 alone, 10h what is none of it.
            let fits = match self.targets.first() {
                Some(Target::A { wrapped, .. }) => *kind == 0x00 || *wrapped == (*kind == 0x20),
                Some(Target::F) => true,
                None => false,
            };
            if let (true, Some(data)) = (fits, found.first()) {
                return Ok(Told::Parameters([&[1, *kind, data.len() as u8], &data[..]].concat()));
            }
        }
        self.targets.clear();
        Ok(if *rounds == 0xFF { Told::Nothing } else { Told::Parameters(vec![0]) })
    }

    /// 7.3.8: `Tg DataOut…`. MIFARE commands in the form that the manual gives them; any other goes on air as it is.
    pub(super) fn data_exchange(&mut self, parameters: &[u8]) -> Result<Told, TrayError> {
        let [number, data @ ..] = parameters else { return Ok(Told::Unknown) };
        let Some(target) = self.turn_to(number & 0x3F)? else { return Ok(refused(status::CONTEXT)) };
        let frame = match (target, data) {
            (Some(Target::A { wrapped: true, .. }), data) => Frame::Exchange(data),
            (Some(Target::A { .. }), []) => return Ok(refused(status::INVALID_PARAMETER)),
            (Some(Target::A { .. }), [0x60 | 0x61, _, rest @ ..]) if rest.len() == 10 => Frame::Exchange(data),
            (Some(Target::A { .. }), [0x60 | 0x61, ..]) => return Ok(refused(status::INVALID_PARAMETER)),
            (Some(Target::A { .. }), [0x30 | 0xA0 | 0xA2 | 0xB0 | 0xC0 | 0xC1 | 0xC2, ..]) => Frame::Exchange(data),
            (Some(Target::A { .. }), data) => Frame::Raw(data),
            (Some(Target::F) | None, _) => return Ok(refused(status::TIMEOUT)),
        };
        Ok(match self.antenna.send(frame)? {
            Answer::Ack => Told::Status(status::OK, Vec::new()),
            Answer::Data(data) => Told::Status(status::OK, data),
            Answer::Refused(refusal) => refused(refusal.status()),
            Answer::Silent => refused(status::TIMEOUT),
        })
    }

    /// The target of this number: `None` when there is none such, `Some(None)` when it does not answer.
    fn turn_to(&mut self, number: u8) -> Result<Option<Option<Target>>, TrayError> {
        let Some(at) = usize::from(number).checked_sub(1) else { return Ok(None) };
        let Some(target) = self.targets.get(at).copied() else { return Ok(None) };
        let there = self.field && (at == self.current || self.antenna.turn_to(at)?);
        if there {
            self.current = at;
        }
        Ok(Some(there.then_some(target)))
    }

    /// 7.3.10 and 7.3.11: `Tg`, 0 for all. The card is halted; released ones are forgotten.
    pub(super) fn deselect(&mut self, parameters: &[u8], forget: bool) -> Result<Told, TrayError> {
        let [number] = *parameters else { return Ok(Told::Unknown) };
        let count = self.targets.len() as u8;
        if number > count {
            return Ok(refused(status::CONTEXT));
        }
        for number in if number == 0 { 1..=count } else { number..=number } {
            if self.turn_to(number)?.flatten().is_some() {
                self.antenna.halt()?;
            }
        }
        if forget && number == 0 {
            self.targets.clear();
        }
        // The numbers of the others stay: a released second target is the last of the list.
        if forget && usize::from(number) == self.targets.len() {
            self.targets.pop();
        }
        Ok(Told::Status(status::OK, Vec::new()))
    }

    /// 7.3.12: `Tg`, which is woken where it was deselected.
    pub(super) fn select(&mut self, parameters: &[u8]) -> Result<Told, TrayError> {
        let [number] = *parameters else { return Ok(Told::Unknown) };
        let Some(target) = self.turn_to(number)? else { return Ok(refused(status::CONTEXT)) };
        let there = match target {
            Some(Target::A { .. }) => self.antenna.turn_to(self.current)?,
            target => target.is_some(),
        };
        Ok(refused(if there { status::OK } else { status::TIMEOUT }))
    }

    /// 7.2.1, test 06h.
    pub(super) fn attention(&mut self) -> Result<Told, TrayError> {
        let Some(Target::A { wrapped: true, .. }) = self.targets.first() else { return Ok(refused(status::CONTEXT)) };
        Ok(match self.antenna.send(Frame::Raw(&R_NAK))? {
            Answer::Data(_) => Told::Status(status::OK, Vec::new()),
            _ => refused(status::TIMEOUT),
        })
    }

    /// What an ACR122U lets its PN532 do between commands: one card found, or none. Counts for no tear.
    pub(super) fn poll(&mut self) -> Result<Option<Activated>, TrayError> {
        self.list_none();
        let Some(tag) = self.antenna.poll()?.first().copied() else { return Ok(None) };
        let ats = self.rats(0, tag)?;
        self.targets.push(Target::A { tag, wrapped: ats.is_some() });
        Ok(Some(Activated { tag, ats }))
    }
}

fn refused(status: u8) -> Told {
    Told::Status(status, Vec::new())
}

/// InitiatorData of type A: the UID that is looked for, with the cascade tag of its first level.
fn uid(data: &[u8]) -> Option<Uid> {
    match data {
        [CASCADE, rest @ ..] if rest.len() == 7 => Uid::new(rest),
        data if data.len() == 4 => Uid::new(data),
        _ => None,
    }
}
