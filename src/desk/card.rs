//! The card on the reader: what it holds, whose it is, what is to be done with it, what a phone could still change.
//! Start at [`read_card`].

use serde::Serialize;
use serde_json::{Value, json};

use super::chip::{self, Lying, holds, is_clone, is_ours, lying};
use super::rewrite::{Rekeyed, rekey_found};
use super::standing::{CardStatus, Issuer, Next, Standing, judge, refuse_foreign};
use super::{Act, Actor, Desk, actor};
use crate::back::encoder::Fate;
use crate::back::store::cards::{self, Card};
use crate::plan::chip::{Depth, Holder, KeySet, Lock, Originality, Reading, Seal};
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
/// logged. A card in order that hangs on older keys is answered for and then gets the current ones (`[chip] rekey`);
/// `begins` is called before it is written.
pub fn read_card(desk: &Desk, actor: &Actor, reader: Option<&str>, begins: &dyn Fn()) -> Result<CardReport, Trouble> {
    answer(look(desk, actor, reader, None, Some(begins))?)
}

/// The same, and the card is never written, whatever keys it hangs on.
pub(super) fn read_untouched(desk: &Desk, actor: &Actor, reader: Option<&str>) -> Result<CardReport, Trouble> {
    answer(look(desk, actor, reader, None, None)?)
}

fn answer(look: Look) -> Result<CardReport, Trouble> {
    let Look { lying, reading, standing, rekeyed, mut warnings, .. } = look;
    if standing.status == CardStatus::Live {
        // The content is the member's; what else is open or another's there is told beside.
        warnings.extend(reading.findings.iter().cloned());
    }
    Ok(report(&reading, lying.record.as_ref(), standing, rekeyed, warnings))
}

/// Reads everything and says what is open or wrong. Newer keys as in [`read_card`].
pub fn verify_card(
    desk: &Desk,
    actor: &Actor,
    reader: Option<&str>,
    begins: &dyn Fn(),
) -> Result<CardVerdict, Trouble> {
    let mut look = look(desk, actor, reader, Some(Depth::Whole), Some(begins))?;
    let clone = match look.clone.take() {
        None => is_clone(desk, &mut look.lying)?,
        clone => clone,
    };
    let Look { lying, reading, standing, rekeyed, warnings, .. } = look;
    let open = reading.locks.iter().filter(|(_, lock)| *lock == Lock::Open).map(|(area, _)| *area).collect();
    let mut findings = match refuse_foreign(desk, &reading) {
        // Only its library can judge it.
        Err(foreign) if standing.status == CardStatus::Foreign => vec![foreign],
        _ => findings(desk, &reading, lying.record.as_ref()),
    };
    findings.extend(out_of_use(&reading, lying.record.as_ref(), standing.status));
    if let Some(clone) = clone {
        // Whatever it holds, it is not to be issued.
        findings.retain(|finding| finding.code != "card-blank");
        findings.push(clone);
    }
    let report = report(&reading, lying.record.as_ref(), standing, rekeyed, warnings);
    Ok(CardVerdict { ok: findings.is_empty(), findings, open, report })
}

/// A card of ours that nobody has: by the register, or because that does not know it.
fn out_of_use(reading: &Reading, record: Option<&Card>, status: CardStatus) -> Option<Trouble> {
    match (status, record) {
        (CardStatus::Void | CardStatus::Returned | CardStatus::Spoiled, Some(record)) => {
            Some(Trouble::new("card-not-in-use").with("state", record.state))
        }
        (CardStatus::Unknown | CardStatus::Overwritten, None) if is_ours(reading) => {
            Some(Trouble::new("card-unregistered"))
        }
        _ => None,
    }
}

/// What is not as it should be, of a card that is no other library's.
fn findings(desk: &Desk, reading: &Reading, record: Option<&Card>) -> Vec<Trouble> {
    let kept = record.filter(|record| record.state.is_in_use());
    let mut findings = reading.findings.clone();
    if kept.is_none() && !is_ours(reading) {
        // A stranger's card owes our profile nothing.
        findings.retain(|finding| {
            matches!(
                finding.code,
                "card-blank" | "sector-open" | "sector-unread" | "pages-open" | "pages-unread" | "settings-wrong"
            )
        });
    }
    if kept.is_some() && reading.transport {
        // A member's card is no blank, whatever somebody did to it.
        findings = vec![Trouble::new("card-reset")];
    }
    if reading.holder == Holder::Other && reading.seal != Seal::Foreign {
        findings.push(match kept {
            Some(_) => Trouble::new("keys-changed").with("sector", chip::strange(reading)),
            None => Trouble::new("keys-not-ours"),
        });
    }
    if let Some(record) = kept.filter(|record| record.state != CardState::InWork)
        && findings.is_empty()
        && !holds(desk, reading, record)
    {
        findings.push(Trouble::new("content-differs").with("wanted", record.number.grouped()));
    }
    findings
}

/// What one visit found.
struct Look {
    lying: Lying,
    reading: Reading,
    standing: Standing,
    /// What would have been written, and must not.
    clone: Option<Trouble>,
    rekeyed: Option<Rekeyed>,
    warnings: Vec<Trouble>,
}

fn look(
    desk: &Desk,
    actor: &Actor,
    name: Option<&str>,
    depth: Option<Depth>,
    begins: Option<&dyn Fn()>,
) -> Result<Look, Trouble> {
    actor.may(Act::ReadCard)?;
    let mut lying = lying(desk, name)?;
    let keys = desk.keys();
    let mut reading = read(desk, &mut lying, &keys, depth)?;
    if let Some(record) = &lying.record {
        desk.store.change(|tx| actor::log(desk, tx, actor, [record.member], "look", "card"))?;
    }
    let mut warnings = Vec::new();
    if reading.originality == Some(Originality::Wrong) {
        warnings.push(Trouble::new("originality-wrong"));
    }
    let due = begins.map(|begins| rekey_found(desk, &mut lying, &reading, &keys, begins));
    let rekeyed = match due.unwrap_or(Ok(None)) {
        Ok(rekeyed) => rekeyed,
        // The answer stands; whoever lays the card down again completes it.
        Err(stop) => {
            if stop.fate == Fate::Spoiled {
                // It is booked so. The data may still look right.
                lying.record =
                    lying.record.map(|record| desk.store.look(|tx| cards::get(tx, record.id))).transpose()?;
                reading = read(desk, &mut lying, &keys, Some(Depth::Whole))?;
            }
            warnings.push(stop.trouble);
            None
        }
    };
    if rekeyed.is_some() {
        reading = read(desk, &mut lying, &keys, depth)?;
    }
    let mut standing = judge(desk, &reading, lying.record.as_ref())?;
    let clone = if standing.is_for_writing() { is_clone(desk, &mut lying)? } else { None };
    if let Some(clone) = &clone {
        standing = Standing::of_clone();
        if depth.is_none() {
            warnings.push(clone.clone());
        }
    }
    Ok(Look { lying, reading, standing, clone, rekeyed, warnings })
}

fn read(desk: &Desk, lying: &mut Lying, keys: &KeySet, depth: Option<Depth>) -> Result<Reading, Trouble> {
    match depth {
        Some(depth) => chip::read_lying(desk, lying, keys, depth),
        None => {
            let Lying { reader, card, record, .. } = lying;
            chip::read_as_needed(desk, &mut **reader, card, record.as_ref(), keys)
        }
    }
}

fn report(
    reading: &Reading,
    record: Option<&Card>,
    standing: Standing,
    rekeyed: Option<Rekeyed>,
    warnings: Vec<Trouble>,
) -> CardReport {
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
