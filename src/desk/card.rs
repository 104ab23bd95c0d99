//! The card on the reader: what it holds, whose it is, what is to be done with it, what a phone could still change.
//! Start at [`read_card`].

use serde::Serialize;
use serde_json::{Value, json};

use super::chip::{self, Lying, agrees, lying};
use super::rewrite::{Rekeyed, rekey_found};
use super::standing::{CardStatus, Issuer, Next, judge};
use super::{Actor, Desk, Role, actor};
use crate::back::encoder::Fate;
use crate::back::store::cards::Card;
use crate::plan::chip::Lock;
use crate::plan::chip::{Depth, Holder, KeySet, Originality, Reading, Seal};
use crate::plan::job::CardState;
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// What `card read` shows.
#[derive(Debug, Clone, Serialize)]
pub struct CardReport {
    pub uid: String,
    pub chip: &'static str,
    pub profile: Option<String>,
    pub number: Option<MemberNumber>,
    /// Format, key version, sequence, library and date of issue.
    pub header: Option<Value>,
    pub seal: Seal,
    /// How many areas are locked, open, or not known.
    pub locks: Value,
    /// Whose it is, when it is one of our members'.
    pub member: Option<i64>,
    pub status: CardStatus,
    /// Whose it is, when it is another library's.
    pub library: Option<Issuer>,
    /// Of an overwritten card: whether `card recover` can restore it.
    pub recoverable: Option<bool>,
    /// The maker's signature, of chips that carry one.
    pub originality: Option<Originality>,
    /// The card got newer keys in this visit.
    pub rekeyed: Option<Rekeyed>,
    #[serde(skip)]
    pub next: Next,
    /// What is odd and changes nothing of the answer.
    #[serde(skip)]
    pub warnings: Vec<Trouble>,
}

/// What `card verify` shows: all well, or what a phone could change and what is not as it should be.
pub struct CardVerdict {
    pub ok: bool,
    pub findings: Vec<Trouble>,
    /// The areas that anyone can still write.
    pub open: Vec<u8>,
    pub report: CardReport,
}

/// Reads the card that lies there as far as needed to say how it stands. A member's card is a look at that member and
/// logged. A card in order that hangs on older keys is answered for and then gets the current ones (`[chip] rekey`).
pub fn read_card(desk: &Desk, actor: &Actor, reader: Option<&str>) -> Result<CardReport, Trouble> {
    Ok(look(desk, actor, reader, None)?.1)
}

/// Reads everything and says what is open or wrong. Newer keys as in [`read_card`].
pub fn verify_card(desk: &Desk, actor: &Actor, reader: Option<&str>) -> Result<CardVerdict, Trouble> {
    let (reading, report, record) = look(desk, actor, reader, Some(Depth::Whole))?;
    let open = reading.locks.iter().filter(|(_, lock)| *lock == Lock::Open).map(|(area, _)| *area).collect();
    let mut findings = reading.findings;
    if reading.holder == Holder::Other && report.seal != Seal::Foreign {
        findings.push(Trouble::new("keys-not-ours"));
    }
    if let Some(record) = record
        && reading.number.is_some_and(|number| number != record.number)
        && matches!(record.state, CardState::Ready | CardState::Live | CardState::Suspended)
    {
        findings.push(Trouble::new("chip-mismatch").with("uid", &report.uid).with("wanted", record.number.grouped()));
    }
    Ok(CardVerdict { ok: findings.is_empty(), findings, open, report })
}

fn look(
    desk: &Desk,
    actor: &Actor,
    name: Option<&str>,
    depth: Option<Depth>,
) -> Result<(Reading, CardReport, Option<Card>), Trouble> {
    actor.must_be(Role::Clerk)?;
    let mut lying = lying(desk, name)?;
    let keys = desk.keys();
    let mut reading = read(desk, &mut lying, &keys, depth)?;
    if let Some(record) = &lying.record {
        desk.store.change(|tx| actor::log(desk, tx, actor, [record.member], "look", "card"))?;
    }
    let whole = lying.record.as_ref().is_some_and(|record| agrees(desk, &reading, record));
    let mut warnings = Vec::new();
    if reading.originality == Some(Originality::Wrong) {
        warnings.push(Trouble::new("originality-wrong"));
    }
    let rekeyed = match rekey_found(desk, &mut lying, &reading, &keys) {
        Ok(rekeyed) => rekeyed,
        // The answer stands; whoever lays the card down again completes it.
        Err(stop) => {
            if stop.fate == Fate::Spoiled {
                // The data may still look right.
                reading = read(desk, &mut lying, &keys, Some(Depth::Whole))?;
            }
            warnings.push(stop.trouble);
            None
        }
    };
    if rekeyed.is_some() && !whole {
        // What was torn before is complete now.
        reading = read(desk, &mut lying, &keys, depth)?;
    }
    let report = report(desk, &reading, lying.record.as_ref(), rekeyed, warnings);
    Ok((reading, report, lying.record))
}

fn read(desk: &Desk, lying: &mut Lying, keys: &KeySet, depth: Option<Depth>) -> Result<Reading, Trouble> {
    let Lying { reader, card, record, .. } = lying;
    match depth {
        Some(depth) => chip::read(desk, &mut **reader, card, keys, depth),
        None => chip::read_as_needed(desk, &mut **reader, card, record.as_ref(), keys),
    }
}

fn report(
    desk: &Desk,
    reading: &Reading,
    record: Option<&Card>,
    rekeyed: Option<Rekeyed>,
    warnings: Vec<Trouble>,
) -> CardReport {
    let standing = judge(desk, reading, record);
    let (locked, open, unknown) = reading.lock_counts();
    // A blank is nobody's, whoever had it before.
    let theirs = !matches!(standing.status, CardStatus::Blank | CardStatus::Foreign | CardStatus::Unknown);
    CardReport {
        uid: reading.uid.to_string(),
        chip: reading.kind.code(),
        profile: reading.profile.clone(),
        number: reading.number,
        header: reading.header.as_ref().map(|header| {
            json!({
                "format": 1, "key_version": header.key_version, "sequence": header.sequence, "library": header.library,
                "date": header.date.date().to_string(),
            })
        }),
        seal: reading.seal,
        locks: json!({ "locked": locked, "open": open, "unknown": unknown }),
        member: record.filter(|_| theirs).map(|record| record.member),
        status: standing.status,
        library: standing.library,
        recoverable: standing.recoverable,
        originality: reading.originality,
        rekeyed,
        next: standing.next,
        warnings,
    }
}
