//! What to read of a Classic's sectors, with which keys, and what the answers mean. Start at [`ReadGoal`].

use super::access::{AccessBytes, Conditions};
use super::{first_block, trailer_block};
use crate::plan::chip::card::Card;
use crate::plan::chip::found::{Authority, Depth, Fields, Found, Holder, Lock};
use crate::plan::chip::header::{Header, read_bcd_number, read_number_block, seal};
use crate::plan::chip::keys::{Candidate, Letter, SectorKey, TRANSPORT_KEY, WELL_KNOWN, Whose};
use crate::plan::chip::profile::{Encoding, FieldContent, Profile};
use crate::plan::messages::Trouble;

/// What to read of one sector.
#[derive(Debug, Clone)]
pub struct ReadGoal {
    pub sector: u8,
    /// Blocks by their number on the card; the trailer is one of them.
    pub blocks: Vec<u8>,
    /// Keys A in the order of trying.
    pub keys: Vec<Candidate>,
    /// Keys B to try besides, to learn whose the sector is and what everybody can do there.
    pub probes: Vec<Candidate>,
}

/// What a sector gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSector {
    pub sector: u8,
    /// Whose key A opened it; `None`: none of those tried.
    pub opened: Option<Whose>,
    /// By their number on the card; what was refused is missing.
    pub blocks: Vec<(u8, [u8; 16])>,
    /// Whose key B authenticates; `None`: none of those tried, or none was.
    pub ruled: Option<Whose>,
}

/// What to read of each sector; at [`Depth::Data`] only those with data, and sector 0.
pub(in crate::plan::chip) fn goals(card: &Card<'_>, depth: Depth) -> Vec<ReadGoal> {
    let used = |sector: u8| card.is_directory(sector) || card.profile.uses(sector);
    let sectors = (0..card.kind.sectors()).filter(|sector| depth == Depth::Whole || *sector == 0 || used(*sector));
    sectors.map(|sector| goal(card, sector, used(sector), depth)).collect()
}

fn goal(card: &Card<'_>, sector: u8, used: bool, depth: Depth) -> ReadGoal {
    let known = |letter, key, whose| Candidate { letter, key: SectorKey::new(key), whose };
    let with_known = |letter: Letter| {
        let mut keys = card.ours(sector, letter);
        keys.push(known(letter, TRANSPORT_KEY, Whose::Transport));
        if depth == Depth::Whole {
            // What every phone app tries; ours may be one of them.
            let others = WELL_KNOWN.into_iter().filter(|key| *key != TRANSPORT_KEY);
            let others = others.map(|key| known(letter, key, Whose::Everybody)).collect::<Vec<_>>();
            let fresh = others.into_iter().filter(|other| !keys.iter().any(|key| key.key == other.key));
            let fresh: Vec<Candidate> = fresh.collect();
            keys.extend(fresh);
        }
        keys
    };
    let keys = with_known(Letter::A);
    let probes = if depth == Depth::Whole { with_known(Letter::B) } else { Vec::new() };
    let trailer = trailer_block(sector);
    let blocks = (first_block(sector)..=trailer).filter(|block| *block != 0 && (used || *block == trailer)).collect();
    ReadGoal { sector, blocks, keys, probes }
}

/// What the blocks hold and how they are locked.
pub(in crate::plan::chip) fn judge(
    profile: &Profile,
    directory: &[(u8, [u8; 16])],
    raw: &[RawSector],
    authority: &Authority<'_>,
) -> Found {
    let field = |content| profile.field(content).and_then(|field| block(raw, field.block?.address()));
    let number = field(FieldContent::Number).and_then(|found| {
        let bcd = profile.field(FieldContent::Number).is_some_and(|field| field.encoding == Encoding::Bcd);
        if bcd { read_bcd_number(&found) } else { read_number_block(&found) }
    });
    let head = field(FieldContent::Header).unwrap_or_default();
    let header = Header::decode(&head);
    let sealed = number.zip(header).map(|(number, header)| (number, header.library));
    let stored = field(FieldContent::Seal).unwrap_or_default();
    let seal = authority.judge(&stored, sealed.map(|(_, library)| library), |key| {
        sealed.map_or([0; 16], |(number, _)| seal(key, authority.uid, &number, &head))
    });
    let locks: Vec<(u8, Lock)> = raw.iter().map(|sector| (sector.sector, lock(sector))).collect();
    Found {
        fields: Fields { number, header, seal },
        directory: directory.iter().all(|(address, content)| block(raw, *address) == Some(*content)),
        // Opened with the factory's key and still free to everybody: a key that merely reads makes no blank.
        transport: !raw.is_empty()
            && raw.iter().all(|sector| sector.opened == Some(Whose::Transport) && lock(sector) == Lock::Open),
        holder: holder(raw),
        strange: raw.iter().filter(|one| !is_free(one) && !is_ours(one)).map(|one| one.sector).collect(),
        rewritable: raw.iter().all(|sector| conditions(sector).is_none_or(|found| !found.is_frozen())),
        findings: findings(&locks),
        locks,
    }
}

/// By the keys B where they were tried, else by keys A that are secret enough to tell.
fn holder(raw: &[RawSector]) -> Holder {
    let mut versions: Vec<u8> = raw
        .iter()
        .filter_map(|sector| match sector.ruled {
            Some(Whose::Ours(version)) => Some(version),
            _ => None,
        })
        .collect();
    versions.sort_unstable_by(|one, other| other.cmp(one));
    versions.dedup();
    match () {
        _ if !raw.is_empty() && raw.iter().all(is_free) => Holder::Transport,
        // A card torn while it was made has both.
        _ if !versions.is_empty() && raw.iter().all(|sector| is_ours(sector) || is_free(sector)) => {
            Holder::Ours { versions }
        }
        _ => Holder::Other,
    }
}

/// Ruled by a key of the factory: A, or B alone, as a card that was formatted for NDEF has it (AN1305).
fn is_free(sector: &RawSector) -> bool {
    [sector.opened, sector.ruled].contains(&Some(Whose::Transport))
}

fn is_ours(sector: &RawSector) -> bool {
    matches!(sector.ruled, Some(Whose::Ours(_)))
}

fn findings(locks: &[(u8, Lock)]) -> Vec<Trouble> {
    let mut found = Vec::new();
    for (lock, code) in [(Lock::Open, "sector-open"), (Lock::Unknown, "sector-unread")] {
        let sectors: Vec<String> =
            locks.iter().filter(|(_, is)| *is == lock).map(|(sector, _)| sector.to_string()).collect();
        if !sectors.is_empty() {
            found.push(Trouble::new(code).with("sectors", sectors.join(", ")));
        }
    }
    found
}

fn block(raw: &[RawSector], address: u8) -> Option<[u8; 16]> {
    raw.iter().flat_map(|sector| &sector.blocks).find(|(block, _)| *block == address).map(|(_, content)| *content)
}

/// What the sector's trailer says, when it was shown and is sound.
fn conditions(sector: &RawSector) -> Option<Conditions> {
    let bytes = block(std::slice::from_ref(sector), trailer_block(sector.sector))?;
    AccessBytes([bytes[6], bytes[7], bytes[8]]).check().ok()
}

fn lock(sector: &RawSector) -> Lock {
    let conditions = conditions(sector);
    let known_b_writes = matches!(sector.ruled, Some(Whose::Transport | Whose::Everybody))
        && conditions.as_ref().is_none_or(|conditions| conditions.anything_written_by(Letter::B));
    match (sector.opened, conditions) {
        _ if known_b_writes => Lock::Open,
        (Some(_), Some(conditions)) if !conditions.anything_written_by(Letter::A) => Lock::Locked,
        (Some(_), Some(_)) => Lock::Open,
        _ => Lock::Unknown,
    }
}
