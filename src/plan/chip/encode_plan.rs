//! The ordered write plan for one card: what every sector shall hold, and with which keys to look for the one
//! that rules it. It holds keys, so it is made for one visit and dropped. Start at [`EncodePlan::new`].

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::member::LibraryCode;
use super::super::messages::Trouble;
use super::access::{AccessBytes, Conditions};
use super::card::Card;
use super::header::Content;
use super::keys::{KeySet, Letter, SectorKey, TRANSPORT_KEY};
use super::profile::{Profile, Protection};
use super::{ChipKind, Uid};

/// A sector trailer that is still to be written.
#[derive(Debug, Clone)]
pub struct Trailer {
    pub a: SectorKey,
    pub conditions: Conditions,
    /// The general purpose byte (byte 9): the directory's flags in sector 0.
    pub gpb: u8,
    pub b: SectorKey,
}

impl Trailer {
    /// The 16 bytes, their access bytes computed, assembled and checked once more: a wrong one bricks the sector.
    pub fn bytes(&self) -> Result<Zeroizing<[u8; 16]>, Trouble> {
        let mut block = Zeroizing::new([0; 16]);
        block[..6].copy_from_slice(self.a.bytes());
        block[6..10].copy_from_slice(&self.visible());
        block[10..].copy_from_slice(self.b.bytes());
        let found = AccessBytes([block[6], block[7], block[8]]).check()?;
        if found != self.conditions {
            return Err(Trouble::new("access-bytes").with("bytes", format!("{:02X?}", &block[6..9])));
        }
        Ok(block)
    }

    /// Bytes 6 to 9: what a reading shows of it to either key.
    pub fn visible(&self) -> [u8; 4] {
        let [six, seven, eight] = AccessBytes::of(&self.conditions).0;
        [six, seven, eight, self.gpb]
    }

    pub fn key(&self, letter: Letter) -> &SectorKey {
        match letter {
            Letter::A => &self.a,
            Letter::B => &self.b,
        }
    }
}

/// Whose key answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The factory's.
    Transport,
    /// Ours, of this master key version.
    Ours(u8),
}

/// A key that may rule a sector.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub letter: Letter,
    pub key: SectorKey,
    pub whose: Whose,
}

/// What one sector shall hold in the end.
#[derive(Debug, Clone)]
pub struct SectorGoal {
    pub sector: u8,
    /// Blocks by their number on the card, and what they shall hold. Others are left alone.
    pub data: Vec<(u8, [u8; 16])>,
    pub trailer: Trailer,
    /// In the order of trying.
    pub ruling: Vec<Candidate>,
}

impl SectorGoal {
    /// The trailer's block number on the card.
    pub fn trailer_block(&self) -> u8 {
        self.sector * 4 + 3
    }

    /// Whether this candidate is one of the goal's own keys: a sector that it rules may be finished already.
    pub fn is_own(&self, candidate: &Candidate) -> bool {
        self.trailer.key(candidate.letter) == &candidate.key
    }

    /// The keys that must authenticate in the end. A readable key B is data and proves nothing.
    pub fn working(&self) -> &'static [Letter] {
        if self.trailer.conditions.trailer.key_b_readable() { &[Letter::A] } else { &[Letter::B, Letter::A] }
    }
}

/// Everything that is to be done to one card, in order: sector 1 first, then 2 to 15, sector 0 with the
/// directory last, so that a half-made card is never announced.
#[derive(Debug, Clone)]
pub struct EncodePlan {
    pub uid: Uid,
    pub kind: ChipKind,
    pub profile: String,
    pub layout: u8,
    pub key_version: u8,
    pub protection: Protection,
    pub goals: Vec<SectorGoal>,
    /// SHA-256 over all that is public of the target; no keys in it.
    pub target_hash: [u8; 32],
    /// The store holds an intent for this UID: a sector that answers to no key was spoiled by us.
    pub resumed: bool,
}

impl EncodePlan {
    /// The plan for this very card. `chip-unsupported`, `profile-fit`, `protection-unsupported`,
    /// `protection-weak` or `key-version`.
    pub fn new(
        profile: &Profile,
        kind: ChipKind,
        uid: &Uid,
        content: &Content,
        keys: &KeySet,
        protection: Protection,
    ) -> Result<EncodePlan, Trouble> {
        if kind != ChipKind::Classic1k {
            return Err(Trouble::new("chip-unsupported").with("chip", kind.name()));
        }
        profile.fits(kind)?;
        if protection == Protection::Permanent {
            return Err(Trouble::new("protection-unsupported").with("protection", protection));
        }
        if protection < profile.protection {
            return Err(Trouble::new("protection-weak").with("profile", &profile.name));
        }
        let version = keys.version(content.key_version);
        let version = version.ok_or_else(|| Trouble::new("key-version").with("version", content.key_version))?;
        let card = Card { profile, uid, site: content.library, keys };
        let goals: Vec<SectorGoal> =
            in_order(kind).map(|sector| card.goal(sector, content, version)).collect::<Result<_, _>>()?;
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

    pub fn sectors(&self) -> Vec<u8> {
        self.goals.iter().map(|goal| goal.sector).collect()
    }

    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"issuer target 1");
        for part in [self.kind.code().as_bytes(), self.uid.bytes(), self.profile.as_bytes()] {
            hash.update([part.len() as u8]);
            hash.update(part);
        }
        hash.update([self.layout, self.key_version]);
        for goal in &self.goals {
            hash.update([goal.sector, goal.data.len() as u8]);
            for (block, content) in &goal.data {
                hash.update([*block]);
                hash.update(content);
            }
            hash.update(goal.trailer.visible());
        }
        hash.finalize().into()
    }
}

/// Takes a card of ours back to what the factory delivers: transport keys, transport conditions, zeros.
#[derive(Debug, Clone)]
pub struct BlankPlan {
    pub uid: Uid,
    /// The directory goes first, so that a half-cleared card is not announced.
    pub goals: Vec<SectorGoal>,
    /// The store holds an intent to blank this UID.
    pub resumed: bool,
}

impl BlankPlan {
    /// `chip-unsupported` or `profile-fit`.
    pub fn new(
        profile: &Profile,
        kind: ChipKind,
        uid: &Uid,
        site: LibraryCode,
        keys: &KeySet,
    ) -> Result<BlankPlan, Trouble> {
        if kind != ChipKind::Classic1k {
            return Err(Trouble::new("chip-unsupported").with("chip", kind.name()));
        }
        profile.fits(kind)?;
        let card = Card { profile, uid, site, keys };
        let key = || SectorKey::new(TRANSPORT_KEY);
        let goals = (0..kind.sectors()).map(|sector| SectorGoal {
            sector,
            data: (sector * 4..sector * 4 + 3).filter(|block| *block != 0).map(|block| (block, [0; 16])).collect(),
            trailer: Trailer { a: key(), conditions: Conditions::TRANSPORT, gpb: 0x69, b: key() },
            ruling: card.candidates(sector),
        });
        Ok(BlankPlan { uid: *uid, goals: goals.collect(), resumed: false })
    }

    /// Tells that the store holds an intent for this card.
    pub fn resumed(mut self, resumed: bool) -> BlankPlan {
        self.resumed = resumed;
        self
    }
}

fn in_order(kind: ChipKind) -> impl Iterator<Item = u8> {
    (1..kind.sectors()).chain(std::iter::once(0))
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

    #[test]
    fn the_number_comes_first_and_the_directory_last() {
        let plan = plan("047A1C5E");
        assert_eq!(plan.sectors(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0]);
        assert_eq!(&plan.goals[0].data[0].1[..14], b"12100300000001");
        let blocks: Vec<u8> = plan.goals.iter().flat_map(|goal| goal.data.iter().map(|(block, _)| *block)).collect();
        assert_eq!(blocks, [4, 5, 6, 1, 2]);
    }

    #[test]
    fn every_trailer_says_787788_and_keeps_no_known_key_but_the_public_ones() {
        for goal in plan("047A1C5E318000").goals {
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
        assert_eq!(made(ChipKind::Ntag213, content(), Protection::Keyed), Err("chip-unsupported"));
        assert_eq!(made(ChipKind::Classic1k, content(), Protection::Permanent), Err("protection-unsupported"));
        let lost = Content { key_version: 9, ..content() };
        assert_eq!(made(ChipKind::Classic1k, lost, Protection::Keyed), Err("key-version"));
    }

    #[test]
    fn no_plan_prints_a_key() {
        let plan = plan("047A1C5E");
        let text = format!("{plan:?}");
        let key = plan.goals[3].trailer.b.bytes();
        assert!(!text.contains(&format!("{key:?}")) && text.contains("Key(..)"));
    }
}
