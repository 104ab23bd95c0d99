//! What a card says when it is read, and what a phone could still change on it. What lies on it comes from the
//! encoder; judging it needs no card. Start at [`ReadPlan::new`] and [`ReadPlan::judge`].

use super::super::member::{LibraryCode, MemberNumber};
use super::super::messages::Trouble;
use super::card::Card;
use super::classic::read::{self, RawSector, ReadGoal};
use super::found::{Authority, Depth, Fields, Holder, Lock, Seal};
use super::header::Header;
use super::keys::{KeySet, MasterKey};
use super::profile::{FieldContent, Profile};
use super::type2::originality::Originality;
use super::type2::read::{PageRead, RawPages};
use super::{ChipKind, Family, Uid};

/// What to read, by the way the chip is organised.
#[derive(Debug, Clone)]
pub enum Reads {
    Sectors(Vec<ReadGoal>),
    Pages(PageRead),
}

/// What a card gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawCard {
    Sectors(Vec<RawSector>),
    Pages(RawPages),
}

/// A card, read and judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub uid: Uid,
    pub kind: ChipKind,
    /// The profile's name, when what it demands stands there: its directory, its number.
    pub profile: Option<String>,
    pub number: Option<MemberNumber>,
    pub header: Option<Header>,
    pub seal: Seal,
    /// By area: sector, or row of four pages.
    pub locks: Vec<(u8, Lock)>,
    /// As the factory delivers it, as far as it was read.
    pub transport: bool,
    /// Everything that the profile demands is there and right, the seal too where it has one.
    pub intact: bool,
    pub holder: Holder,
    /// The areas whose ruling key was not found, of a card that was read as a whole.
    pub strange: Vec<u8>,
    /// Whoever holds the keys may write the card anew: nothing that it needs is locked for ever, as far as it was read.
    pub rewritable: bool,
    /// Of chips that carry their maker's signature, when it was read.
    pub originality: Option<Originality>,
    /// What is not as it should be on a finished card; empty when all is well.
    pub findings: Vec<Trouble>,
}

impl Reading {
    /// How many of the areas read are locked, open, unknown.
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
    pub depth: Depth,
    pub reads: Reads,
    profile: Profile,
    directory: Vec<(u8, [u8; 16])>,
    site: LibraryCode,
    seal_keys: Vec<MasterKey>,
}

impl ReadPlan {
    /// `profile-fit`.
    pub fn new(
        profile: &Profile,
        kind: ChipKind,
        uid: &Uid,
        site: LibraryCode,
        keys: &KeySet,
        depth: Depth,
    ) -> Result<ReadPlan, Trouble> {
        profile.fits(kind)?;
        let card = Card { profile, kind, uid, site, keys };
        let reads = match kind.family() {
            Family::Classic => Reads::Sectors(read::goals(&card, depth)),
            Family::Type2 => Reads::Pages(PageRead::new(&card, depth)),
        };
        Ok(ReadPlan {
            uid: *uid,
            kind,
            depth,
            reads,
            profile: profile.clone(),
            directory: (0..kind.sectors()).flat_map(|sector| card.directory(sector)).collect(),
            site,
            seal_keys: keys.newest_first().map(|version| version.seal.clone()).collect(),
        })
    }

    /// What the answers mean.
    pub fn judge(&self, raw: &RawCard) -> Reading {
        let authority = Authority { keys: &self.seal_keys, uid: &self.uid, site: self.site };
        let (found, originality) = match raw {
            RawCard::Sectors(raw) => (read::judge(&self.profile, &self.directory, raw, &authority), None),
            RawCard::Pages(raw) => {
                (raw.judge(&self.profile, self.kind, &authority), raw.originality(&self.uid, self.kind))
            }
        };
        let Fields { number, header, seal } = found.fields;
        let whole = found.directory && (number.is_some() || self.profile.field(FieldContent::Number).is_none());
        let mut reading = Reading {
            uid: self.uid,
            kind: self.kind,
            profile: (whole && !found.transport).then(|| self.profile.name.clone()),
            number,
            header,
            seal,
            locks: found.locks,
            transport: found.transport,
            intact: false,
            holder: found.holder,
            strange: found.strange,
            rewritable: found.rewritable,
            originality,
            findings: Vec::new(),
        };
        let wrong = self.wrong(&reading, found.directory);
        reading.intact = wrong.is_empty() && !reading.transport;
        reading.findings = match reading.transport {
            true => vec![Trouble::new("card-blank")],
            false => found.findings.into_iter().chain(wrong).collect(),
        };
        reading
    }

    /// What the profile demands and the card does not have.
    fn wrong(&self, reading: &Reading, directory: bool) -> Vec<Trouble> {
        let has = |content| self.profile.field(content).is_some();
        let wrong = [
            (!directory, "directory-wrong"),
            (has(FieldContent::Number) && reading.number.is_none(), "number-missing"),
            (has(FieldContent::Header) && reading.header.is_none(), "header-wrong"),
            (reading.seal == Seal::Foreign, "seal-foreign"),
            (reading.seal == Seal::Invalid, "seal-invalid"),
            (has(FieldContent::Seal) && reading.seal == Seal::Absent, "seal-absent"),
        ];
        wrong.into_iter().filter(|(is, _)| *is).map(|(_, code)| Trouble::new(code)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::encode_plan::tests::{keys, plan, sectors as goals};
    use super::super::header::tests::content;
    use super::super::keys::Whose;
    use super::super::keys::tests::fixed;
    use super::super::profile::tests::ieum;
    use super::*;

    const UID: &str = "047A1C5E";

    fn read_plan(uid: &str, site: &str) -> ReadPlan {
        let (uid, site) = (Uid::parse(uid).unwrap(), LibraryCode::parse(site).unwrap());
        ReadPlan::new(&ieum(), ChipKind::Classic1k, &uid, site, &keys(), Depth::Whole).unwrap()
    }

    /// What a card made by the plan gives: keys read as zeros.
    fn finished() -> RawCard {
        let mut raw = Vec::new();
        for goal in goals(&plan(UID)) {
            let mut blocks = goal.data.clone();
            let mut trailer = [0; 16];
            trailer[6..10].copy_from_slice(&goal.trailer.visible());
            blocks.push((goal.trailer_block(), trailer));
            let opened = Some(Whose::Ours(1));
            raw.push(RawSector { sector: goal.sector, opened, blocks, ruled: opened });
        }
        RawCard::Sectors(raw)
    }

    fn codes(reading: &Reading) -> Vec<&'static str> {
        reading.findings.iter().map(|finding| finding.code).collect()
    }

    fn sectors(raw: &mut RawCard) -> &mut Vec<RawSector> {
        match raw {
            RawCard::Sectors(sectors) => sectors,
            RawCard::Pages(_) => panic!("a Classic has sectors"),
        }
    }

    fn change(raw: &mut RawCard, address: u8, change: impl Fn(&mut [u8; 16])) {
        let blocks = sectors(raw).iter_mut().flat_map(|sector| &mut sector.blocks);
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
        // Another library has other keys; with ours we can tell, whatever the header says.
        let mut plan = read_plan(UID, "121004");
        assert_eq!(plan.judge(&finished()).seal, Seal::Valid);
        plan.seal_keys = vec![fixed(9).seal];
        let foreign = plan.judge(&finished());
        assert_eq!((foreign.seal, codes(&foreign)), (Seal::Foreign, vec!["seal-foreign"]));
    }

    #[test]
    fn what_a_phone_could_change_is_found() {
        let mut raw = finished();
        change(&mut raw, 7, |trailer| trailer[6..9].copy_from_slice(&[0x7F, 0x07, 0x88]));
        sectors(&mut raw)[4].ruled = Some(Whose::Transport);
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
        sectors(&mut raw)[2] = RawSector { sector: 3, opened: None, blocks: vec![], ruled: None };
        assert_eq!(codes(&read_plan(UID, "121003").judge(&raw)), ["sector-unread"]);
    }

    #[test]
    fn a_blank_is_called_blank() {
        let opened = |access: [u8; 3]| {
            let trailer = [&[0; 6][..], &access, &[0x69], &[0xFF; 6]].concat().try_into().unwrap_or([0; 16]);
            let sector = |sector| RawSector {
                sector,
                opened: Some(Whose::Transport),
                blocks: vec![(sector * 4 + 3, trailer)],
                ruled: None,
            };
            read_plan(UID, "121003").judge(&RawCard::Sectors((0..16).map(sector).collect()))
        };
        let blank = opened([0xFF, 0x07, 0x80]);
        assert!(blank.transport);
        assert_eq!(codes(&blank), ["card-blank"]);
        // The factory's key may no longer write: somebody's, and no blank.
        assert!(!opened([0x78, 0x77, 0x88]).transport);
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
