//! The ordered write plan for one card: what it shall hold in the end, and with which keys to look for the ones that rule
//! it. It holds keys, so it is made for one visit and dropped. Start at [`EncodePlan::new`].

use sha2::{Digest, Sha256};

use super::super::member::LibraryCode;
use super::super::messages::Trouble;
use super::card::Card;
use super::classic::goal::{self, SectorGoal};
use super::header::Content;
use super::keys::KeySet;
use super::profile::{Profile, Protection};
use super::type2::goal::PageGoal;
use super::{ChipKind, Family, Uid};

/// What a card shall hold, by the way its chip is organised.
#[derive(Debug, Clone)]
pub enum Goals {
    /// In the order of writing.
    Sectors(Vec<SectorGoal>),
    Pages(PageGoal),
}

/// Everything that is to be done to one card, in order.
#[derive(Debug, Clone)]
pub struct EncodePlan {
    pub uid: Uid,
    pub kind: ChipKind,
    pub profile: String,
    pub layout: u8,
    pub key_version: u8,
    pub protection: Protection,
    pub goals: Goals,
    /// SHA-256 over all that is public of the target; no keys in it.
    pub target_hash: [u8; 32],
    /// The store holds an intent for this UID: a sector that answers to no key was spoiled by us.
    pub resumed: bool,
}

impl EncodePlan {
    /// The plan for this very card. `profile-fit`, `protection-weak` or `key-version`.
    pub fn new(
        profile: &Profile,
        kind: ChipKind,
        uid: &Uid,
        content: &Content,
        keys: &KeySet,
        protection: Protection,
    ) -> Result<EncodePlan, Trouble> {
        profile.fits(kind)?;
        if protection < profile.protection {
            return Err(Trouble::new("protection-weak").with("profile", &profile.name));
        }
        let version = keys.version(content.key_version);
        let version = version.ok_or_else(|| Trouble::new("key-version").with("version", content.key_version))?;
        let card = Card { profile, kind, uid, site: content.library, keys };
        let goals = match kind.family() {
            Family::Classic => Goals::Sectors(goal::encode_goals(&card, content, version, protection)),
            Family::Type2 => Goals::Pages(PageGoal::encode(&card, content, version, protection)),
        };
        let mut plan = EncodePlan {
            uid: *uid,
            kind,
            profile: profile.name.clone(),
            layout: profile.layout,
            key_version: version.version,
            protection,
            goals,
            target_hash: [0; 32],
            resumed: false,
        };
        plan.target_hash = plan.hash();
        Ok(plan)
    }

    /// Tells that the store holds an intent for this card.
    pub fn resumed(mut self, resumed: bool) -> EncodePlan {
        self.resumed = resumed;
        self
    }

    /// The areas of the live picture in the order of writing: sectors, or rows of four pages.
    pub fn areas(&self) -> Vec<u8> {
        match &self.goals {
            Goals::Sectors(goals) => goals.iter().map(|goal| goal.sector).collect(),
            Goals::Pages(_) => (0..self.kind.areas()).rev().collect(),
        }
    }

    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"issuer target 1");
        for part in [self.kind.code().as_bytes(), self.uid.bytes(), self.profile.as_bytes()] {
            hash.update([part.len() as u8]);
            hash.update(part);
        }
        hash.update([self.layout, self.key_version]);
        match &self.goals {
            Goals::Sectors(goals) => goals.iter().for_each(|goal| goal.hash_into(&mut hash)),
            Goals::Pages(goal) => goal.hash_into(&mut hash),
        }
        hash.finalize().into()
    }
}

/// Takes a card of ours back to what the factory delivers: transport keys, transport conditions, zeros.
#[derive(Debug, Clone)]
pub struct BlankPlan {
    pub uid: Uid,
    pub kind: ChipKind,
    pub goals: Goals,
    /// The store holds an intent to blank this UID.
    pub resumed: bool,
}

impl BlankPlan {
    /// `profile-fit`.
    pub fn new(
        profile: &Profile,
        kind: ChipKind,
        uid: &Uid,
        site: LibraryCode,
        keys: &KeySet,
    ) -> Result<BlankPlan, Trouble> {
        profile.fits(kind)?;
        let card = Card { profile, kind, uid, site, keys };
        let goals = match kind.family() {
            Family::Classic => Goals::Sectors(goal::blank_goals(&card)),
            Family::Type2 => Goals::Pages(PageGoal::blank(&card)),
        };
        Ok(BlankPlan { uid: *uid, kind, goals, resumed: false })
    }

    /// Tells that the store holds an intent for this card.
    pub fn resumed(mut self, resumed: bool) -> BlankPlan {
        self.resumed = resumed;
        self
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::header::tests::content;
    use super::super::keys::tests::fixed;
    use super::super::keys::{MAD_KEY, WELL_KNOWN};
    use super::super::profile::tests::ieum;
    use super::*;

    pub fn keys() -> KeySet {
        KeySet::new(vec![fixed(1), fixed(2)], 1).unwrap()
    }

    pub fn plan(uid: &str) -> EncodePlan {
        let uid = Uid::parse(uid).unwrap();
        EncodePlan::new(&ieum(), ChipKind::Classic1k, &uid, &content(), &keys(), Protection::Keyed).unwrap()
    }

    pub fn sectors(plan: &EncodePlan) -> &[SectorGoal] {
        match &plan.goals {
            Goals::Sectors(goals) => goals,
            Goals::Pages(_) => panic!("a Classic has sectors"),
        }
    }

    #[test]
    fn the_number_comes_first_and_the_directory_last() {
        let plan = plan("047A1C5E");
        assert_eq!(plan.areas(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0]);
        assert_eq!(&sectors(&plan)[0].data[0].1[..14], b"12100300000001");
        let blocks: Vec<u8> =
            sectors(&plan).iter().flat_map(|goal| goal.data.iter().map(|(block, _)| *block)).collect();
        assert_eq!(blocks, [4, 5, 6, 1, 2]);
    }

    #[test]
    fn every_trailer_says_787788_and_keeps_no_known_key_but_the_public_ones() {
        for goal in sectors(&plan("047A1C5E318000")) {
            let bytes = goal.trailer.bytes().unwrap();
            assert_eq!(bytes[6..9], [0x78, 0x77, 0x88]);
            let public = match goal.sector {
                0 => MAD_KEY,
                1 => *b"IEUM01",
                _ => *goal.trailer.a.bytes(),
            };
            assert_eq!(bytes[..6], public);
            assert!(!WELL_KNOWN.iter().any(|key| bytes[10..] == *key));
        }
    }

    #[test]
    fn the_hash_follows_what_is_written_and_the_card() {
        assert_eq!(plan("047A1C5E").target_hash, plan("047A1C5E").target_hash);
        assert_ne!(plan("047A1C5E").target_hash, plan("047A1C5F").target_hash);
        let uid = Uid::parse("047A1C5E").unwrap();
        let other = Content { sequence: 2, ..content() };
        let other = EncodePlan::new(&ieum(), ChipKind::Classic1k, &uid, &other, &keys(), Protection::Keyed).unwrap();
        assert_ne!(plan("047A1C5E").target_hash, other.target_hash);
    }

    #[test]
    fn refusals() {
        let uid = Uid::parse("047A1C5E").unwrap();
        let made = |kind, content: Content, protection| {
            EncodePlan::new(&ieum(), kind, &uid, &content, &keys(), protection).map(drop).map_err(|t| t.code)
        };
        assert_eq!(made(ChipKind::Classic1k, content(), Protection::Permanent), Ok(()));
        let lost = Content { key_version: 9, ..content() };
        assert_eq!(made(ChipKind::Classic1k, lost, Protection::Keyed), Err("key-version"));
    }

    #[test]
    fn no_plan_prints_a_key() {
        let plan = plan("047A1C5E");
        let text = format!("{plan:?}");
        let key = sectors(&plan)[3].trailer.b.bytes();
        assert!(!text.contains(&format!("{key:?}")) && text.contains("Key(..)"));
    }
}
