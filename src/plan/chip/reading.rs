//! What a card says when it is read, and what a phone could still change on it. The blocks come from the
//! encoder; judging them needs no card. Start at [`ReadPlan::new`] and [`ReadPlan::judge`].

use super::super::member::{LibraryCode, MemberNumber};
use super::super::messages::Trouble;
use super::access::{AccessBytes, Conditions};
use super::card::Card;
use super::encode_plan::{Candidate, Whose};
use super::header::{Header, read_number_block, seal};
use super::keys::{KeySet, Letter, MasterKey, SectorKey, TRANSPORT_KEY};
use super::profile::{Encoding, FieldContent, Profile};
use super::{ChipKind, Uid};

/// How much of the card is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The sectors with data: enough to know whose card it is.
    Data,
    /// Every sector, and whether the transport key still opens one.
    Whole,
}

/// What to read of one sector.
#[derive(Debug, Clone)]
pub struct ReadGoal {
    pub sector: u8,
    /// Blocks by their number on the card; the trailer is one of them.
    pub blocks: Vec<u8>,
    /// Keys A in the order of trying.
    pub keys: Vec<Candidate>,
    /// Try the transport key as key B as well.
    pub probe_b: bool,
}

/// What a sector gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSector {
    pub sector: u8,
    /// Whose key A opened it; `None`: none of those tried.
    pub opened: Option<Whose>,
    /// By their number on the card; what was refused is missing.
    pub blocks: Vec<(u8, [u8; 16])>,
    /// Whether the transport key authenticates as key B; `None`: not tried.
    pub transport_b: Option<bool>,
}

/// What a card gave.
pub type RawCard = Vec<RawSector>;

/// What the seal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Seal {
    /// This number was written to this chip with our seal key.
    Valid,
    /// Another library's: only it can tell.
    Foreign,
    Invalid,
    Absent,
}

/// What is known of a sector's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// The key that reads it writes nothing.
    Locked,
    /// A key that everybody knows, or the one that reads, may write.
    Open,
    /// None of the keys tried opens it.
    Unknown,
}

/// A card, read and judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub uid: Uid,
    pub kind: ChipKind,
    /// The profile's name, when its directory and its number stand there.
    pub profile: Option<String>,
    pub number: Option<MemberNumber>,
    pub header: Option<Header>,
    pub seal: Seal,
    /// The sectors that were read.
    pub locks: Vec<(u8, Lock)>,
    /// Every sector read opens with the factory's key.
    pub transport: bool,
    /// What is not as it should be on a finished card; empty when all is well.
    pub findings: Vec<Trouble>,
}

impl Reading {
    /// How many of the sectors read are locked, open, unknown.
    pub fn lock_counts(&self) -> (usize, usize, usize) {
        let count = |lock| self.locks.iter().filter(|(_, found)| *found == lock).count();
        (count(Lock::Locked), count(Lock::Open), count(Lock::Unknown))
    }
}

/// What to read of a card and with which keys; and what its judge must know.
#[derive(Debug, Clone)]
pub struct ReadPlan {
    pub uid: Uid,
    pub kind: ChipKind,
    pub goals: Vec<ReadGoal>,
    profile: Profile,
    directory: [[u8; 16]; 2],
    site: LibraryCode,
    seal_keys: Vec<MasterKey>,
}

impl ReadPlan {
    /// `chip-unsupported` or `profile-fit`.
    pub fn new(
        profile: &Profile,
        kind: ChipKind,
        uid: &Uid,
        site: LibraryCode,
        keys: &KeySet,
        depth: Depth,
    ) -> Result<ReadPlan, Trouble> {
        if kind != ChipKind::Classic1k {
            return Err(Trouble::new("chip-unsupported").with("chip", kind.name()));
        }
        profile.fits(kind)?;
        let card = Card { profile, uid, site, keys };
        let used = |sector: u8| sector == 0 || profile.uses(sector);
        let sectors = (0..kind.sectors()).filter(|sector| depth == Depth::Whole || used(*sector));
        let goals = sectors.map(|sector| goal(&card, sector, used(sector), depth)).collect();
        Ok(ReadPlan {
            uid: *uid,
            kind,
            goals,
            profile: profile.clone(),
            directory: card.directory(),
            site,
            seal_keys: keys.newest_first().map(|version| version.seal.clone()).collect(),
        })
    }

    /// What the blocks mean.
    pub fn judge(&self, raw: &RawCard) -> Reading {
        let number = self.number(raw);
        let header_block = self.field_block(raw, FieldContent::Header);
        let header = header_block.as_ref().and_then(Header::decode);
        let directory_right = (block(raw, 1), block(raw, 2)) == (Some(self.directory[0]), Some(self.directory[1]));
        let locks: Vec<(u8, Lock)> = raw.iter().map(|sector| (sector.sector, lock(sector))).collect();
        let transport = !raw.is_empty() && raw.iter().all(|sector| sector.opened == Some(Whose::Transport));
        let mut reading = Reading {
            uid: self.uid,
            kind: self.kind,
            profile: (directory_right && number.is_some()).then(|| self.profile.name.clone()),
            number,
            header,
            seal: self.seal(raw, number.as_ref(), header_block.as_ref(), header.as_ref()),
            locks,
            transport,
            findings: Vec::new(),
        };
        reading.findings = self.findings(&reading, directory_right);
        reading
    }

    fn number(&self, raw: &RawCard) -> Option<MemberNumber> {
        let block = self.field_block(raw, FieldContent::Number)?;
        match self.profile.field(FieldContent::Number)?.encoding {
            Encoding::Bcd if block[7..] == [0; 9] => {
                let digits: String = block[..7].iter().map(|byte| format!("{byte:02X}")).collect();
                MemberNumber::parse(&digits).ok()
            }
            Encoding::Bcd => None,
            _ => read_number_block(&block),
        }
    }

    fn seal(
        &self,
        raw: &RawCard,
        number: Option<&MemberNumber>,
        header_block: Option<&[u8; 16]>,
        header: Option<&Header>,
    ) -> Seal {
        let found = match self.field_block(raw, FieldContent::Seal) {
            Some(found) if found != [0; 16] => found,
            _ => return Seal::Absent,
        };
        let (Some(number), Some(block), Some(header)) = (number, header_block, header) else { return Seal::Invalid };
        if header.library != self.site {
            return Seal::Foreign;
        }
        let ours = self.seal_keys.iter().any(|key| seal(key, &self.uid, number, block) == found);
        if ours { Seal::Valid } else { Seal::Invalid }
    }

    fn field_block(&self, raw: &RawCard, content: FieldContent) -> Option<[u8; 16]> {
        block(raw, self.profile.field(content)?.address())
    }

    fn findings(&self, reading: &Reading, directory_right: bool) -> Vec<Trouble> {
        if reading.transport {
            return vec![Trouble::new("card-blank")];
        }
        let mut found = Vec::new();
        for (lock, code) in [(Lock::Open, "sector-open"), (Lock::Unknown, "sector-unread")] {
            let sectors: Vec<String> =
                reading.locks.iter().filter(|(_, is)| *is == lock).map(|(sector, _)| sector.to_string()).collect();
            if !sectors.is_empty() {
                found.push(Trouble::new(code).with("sectors", sectors.join(", ")));
            }
        }
        let has = |content| self.profile.field(content).is_some();
        let wrong = [
            (!directory_right, "directory-wrong"),
            (has(FieldContent::Number) && reading.number.is_none(), "number-missing"),
            (has(FieldContent::Header) && reading.header.is_none(), "header-wrong"),
            (reading.seal == Seal::Foreign, "seal-foreign"),
            (reading.seal == Seal::Invalid, "seal-invalid"),
            (has(FieldContent::Seal) && reading.seal == Seal::Absent, "seal-absent"),
        ];
        found.extend(wrong.into_iter().filter(|(is, _)| *is).map(|(_, code)| Trouble::new(code)));
        found
    }
}

fn goal(card: &Card<'_>, sector: u8, used: bool, depth: Depth) -> ReadGoal {
    let mut keys: Vec<Candidate> = Vec::new();
    for version in card.keys.newest_first() {
        let key = card.key_a(sector, version);
        // A public key is the same in every version: one try is enough.
        if !keys.iter().any(|known| known.key == key) {
            keys.push(Candidate { letter: Letter::A, key, whose: Whose::Ours(version.version) });
        }
    }
    keys.push(Candidate { letter: Letter::A, key: SectorKey::new(TRANSPORT_KEY), whose: Whose::Transport });
    let first = sector * 4;
    let blocks = (first..first + 4).filter(|block| *block != 0 && (used || block % 4 == 3)).collect();
    ReadGoal { sector, blocks, keys, probe_b: depth == Depth::Whole }
}

fn block(raw: &RawCard, address: u8) -> Option<[u8; 16]> {
    raw.iter().flat_map(|sector| &sector.blocks).find(|(block, _)| *block == address).map(|(_, content)| *content)
}

fn lock(sector: &RawSector) -> Lock {
    let trailer = sector.blocks.iter().find(|(block, _)| *block == sector.sector * 4 + 3).map(|(_, content)| content);
    let conditions: Option<Conditions> =
        trailer.and_then(|bytes| AccessBytes([bytes[6], bytes[7], bytes[8]]).check().ok());
    let known_b_writes = sector.transport_b == Some(true)
        && conditions.as_ref().is_none_or(|conditions| conditions.anything_written_by(Letter::B));
    match (sector.opened, conditions) {
        _ if known_b_writes => Lock::Open,
        (Some(_), Some(conditions)) if !conditions.anything_written_by(Letter::A) => Lock::Locked,
        (Some(_), Some(_)) => Lock::Open,
        _ => Lock::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::encode_plan::tests::{keys, plan};
    use super::super::header::tests::content;
    use super::super::profile::tests::ieum;
    use super::*;

    const UID: &str = "047A1C5E";

    fn read_plan(uid: &str, site: &str) -> ReadPlan {
        let (uid, site) = (Uid::parse(uid).unwrap(), LibraryCode::parse(site).unwrap());
        ReadPlan::new(&ieum(), ChipKind::Classic1k, &uid, site, &keys(), Depth::Whole).unwrap()
    }

    /// What a card made by the plan gives: keys read as zeros.
    fn finished() -> RawCard {
        let mut raw: RawCard = Vec::new();
        for goal in plan(UID).goals {
            let mut blocks = goal.data.clone();
            let mut trailer = [0; 16];
            trailer[6..10].copy_from_slice(&goal.trailer.visible());
            blocks.push((goal.trailer_block(), trailer));
            let opened = Some(Whose::Ours(1));
            raw.push(RawSector { sector: goal.sector, opened, blocks, transport_b: Some(false) });
        }
        raw
    }

    fn codes(reading: &Reading) -> Vec<&'static str> {
        reading.findings.iter().map(|finding| finding.code).collect()
    }

    fn change(raw: &mut RawCard, address: u8, change: impl Fn(&mut [u8; 16])) {
        let blocks = raw.iter_mut().flat_map(|sector| &mut sector.blocks);
        blocks.filter(|(block, _)| *block == address).for_each(|(_, content)| change(content));
    }

    #[test]
    fn a_finished_card_has_no_findings() {
        let reading = read_plan(UID, "121003").judge(&finished());
        assert_eq!(reading.profile.as_deref(), Some("ieum"));
        assert_eq!(reading.number, Some(content().number));
        assert_eq!(reading.header, Some(content().header()));
        assert_eq!(reading.seal, Seal::Valid);
        assert_eq!(reading.lock_counts(), (16, 0, 0));
        assert_eq!(codes(&reading), [""; 0]);
    }

    #[test]
    fn a_seal_of_another_chip_or_site_is_told() {
        let copied = read_plan("047A1C5F", "121003").judge(&finished());
        assert_eq!((copied.seal, codes(&copied)), (Seal::Invalid, vec!["seal-invalid"]));
        let foreign = read_plan(UID, "121004").judge(&finished());
        assert_eq!((foreign.seal, codes(&foreign)), (Seal::Foreign, vec!["seal-foreign"]));
    }

    #[test]
    fn what_a_phone_could_change_is_found() {
        let mut raw = finished();
        change(&mut raw, 7, |trailer| trailer[6..9].copy_from_slice(&[0x7F, 0x07, 0x88]));
        raw[4].transport_b = Some(true);
        let reading = read_plan(UID, "121003").judge(&raw);
        assert_eq!(codes(&reading), ["sector-open"]);
        assert_eq!(reading.findings[0].args, [("sectors", "1, 5".to_owned())]);
    }

    #[test]
    fn each_damaged_block_has_its_finding() {
        for (address, code) in [(1, "directory-wrong"), (4, "number-missing"), (5, "header-wrong"), (6, "seal-invalid")]
        {
            let mut raw = finished();
            change(&mut raw, address, |content| content[3] ^= 0x40);
            assert!(codes(&read_plan(UID, "121003").judge(&raw)).contains(&code), "{code}");
        }
        let mut raw = finished();
        change(&mut raw, 6, |content| *content = [0; 16]);
        assert_eq!(codes(&read_plan(UID, "121003").judge(&raw)), ["seal-absent"]);
        let mut raw = finished();
        raw[2] = RawSector { sector: 3, opened: None, blocks: vec![], transport_b: Some(false) };
        assert_eq!(codes(&read_plan(UID, "121003").judge(&raw)), ["sector-unread"]);
    }

    #[test]
    fn a_blank_is_called_blank() {
        let trailer = *plan(UID).goals[0].trailer.bytes().unwrap();
        let sector = |sector| RawSector {
            sector,
            opened: Some(Whose::Transport),
            blocks: vec![(sector * 4 + 3, trailer)],
            transport_b: None,
        };
        let reading = read_plan(UID, "121003").judge(&(0..16).map(sector).collect());
        assert!(reading.transport);
        assert_eq!(codes(&reading), ["card-blank"]);
    }

    proptest! {
        #[test]
        fn any_answers_can_be_judged(answers in proptest::collection::vec((0u8..64, any::<[u8; 16]>()), 0..20)) {
            let mut raw = finished();
            for (address, content) in answers {
                change(&mut raw, address, |block| *block = content);
            }
            let _ = read_plan(UID, "121003").judge(&raw);
        }
    }
}
