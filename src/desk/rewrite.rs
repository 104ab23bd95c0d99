//! A card of the register is written anew as the register has it: the same number, sequence and date, and mostly newer
//! keys. Locked, verified and proven like a first card; its state stays and nothing is charged. One intent is durable
//! before the first write, one fact with the proof. Start at [`rewrite`] and [`rekey_found`].

use std::cell::Cell;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::chip::{self, Lying, agrees, content_of, profile_of, strange};
use super::hold::lock_job;
use super::journal::{durable, move_card, take_up};
use super::print::spoil;
use super::{Desk, hex};
use crate::back::encoder::{self, Fate, Halt, Identified, Mark, Reader, Stop};
use crate::back::settings::{MagicCards, RekeyWhen};
use crate::back::store::cards::{self, Card};
use crate::back::store::{Tx, jobs};
use crate::plan::chip::{Content, Depth, EncodePlan, Family, Holder, KeySet, Profile, ProofPlan, Protection, Reading};
use crate::plan::job::{CardEvent, CardState};
use crate::plan::messages::Trouble;

/// From which version of the master keys to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rekeyed {
    pub from: u8,
    pub to: u8,
}

/// Why a card is written anew, and so by which marks its journal knows it: before the first write, and with the proof.
#[derive(Debug, Clone, Copy)]
pub(super) struct Why {
    before: &'static str,
    after: &'static str,
}

pub(super) const REKEY: Why = Why { before: "rekey", after: "rekeyed" };
pub(super) const RECOVER: Why = Why { before: "recover", after: "recovered" };

/// What is written on a card, by whose wish.
pub(super) struct Writing<'a> {
    pub record: &'a Card,
    pub content: Content,
    pub profile: Arc<Profile>,
    pub protection: Protection,
    pub why: Why,
    /// An area that answers to nobody is one that we lost, in a visit before this.
    pub cut: bool,
}

impl<'a> Writing<'a> {
    /// As the register has it, by the profile and the protection that the card was made with; with the current keys,
    /// unless it is locked for ever or has newer ones. `profile-missing` when the file of that profile is gone.
    pub fn of(
        desk: &Desk,
        record: &'a Card,
        card: &Identified,
        keys: &KeySet,
        why: Why,
    ) -> Result<Writing<'a>, Trouble> {
        let (profile, protection) = (profile_of(desk, Some(record), card.kind)?, desk.made_by(Some(record))?.1);
        let current = keys.current().version;
        let version = match (protection, record.key_version) {
            (Protection::Permanent, Some(version)) => version,
            // A key file that was put back from a copy is no reason to write old keys on a card.
            (_, version) => current.max(version.unwrap_or(current)),
        };
        Ok(Writing { record, content: content_of(desk, record, version)?, profile, protection, why, cut: false })
    }
}

/// Writes, locks, verifies and proves the card that was identified; `bind` goes into the transaction of the intent. For
/// whoever holds the lock of the card's job. No clone gets a seal of ours. A card that is spoiled by our own writing is booked so, and
/// no other.
/// Errors as [`encoder::encode_and_prove`]'s and [`encoder::screen_again`]'s.
pub(super) fn rewrite(
    desk: &Desk,
    reader: &mut dyn Reader,
    card: &Identified,
    writing: &Writing,
    keys: &KeySet,
    bind: &dyn Fn(&Tx) -> Result<(), Trouble>,
) -> Result<(), Stop> {
    let Writing { record, content, profile, protection, why, cut } = writing;
    let plan = EncodePlan::new(profile, card.kind, &card.uid, content, keys, *protection).map_err(resumable)?;
    let plan = plan.resumed(true);
    if desk.settings.chip.magic_cards == MagicCards::Refuse {
        encoder::screen_again(reader, card, &plan).map_err(resumable)?;
    }
    let proof = ProofPlan::new(&plan, desk.settings.chip.proof).map_err(resumable)?;
    let versions = json!({ "card": record.id, "from": record.key_version, "to": plan.key_version });
    let wrote = Cell::new(false);
    let mut on_mark = |mark: Mark| {
        let now = desk.now().as_millisecond();
        let done = match mark {
            Mark::Intent(_) => {
                wrote.set(true);
                durable(why.before, || {
                    desk.store.change(|tx| {
                        bind(tx)?;
                        jobs::mark(tx, record.job, now, why.before, &versions)
                    })
                })
            }
            Mark::Proven(proof) => durable(why.after, || {
                let counts = json!({
                    "attempts": proof.attempts.len(), "refused": proof.refused(), "let_through": proof.let_through(),
                });
                let detail = json!({
                    "versions": versions, "target": hex(&plan.target_hash), "counts": counts,
                    "back_doors": proof.back_doors, "attempts": proof.attempts,
                });
                desk.store.change(|tx| {
                    if proof.let_through() > 0 {
                        return jobs::mark(tx, record.job, now, "proof-failed", &detail);
                    }
                    cards::rewritten(tx, record.id, plan.key_version, &plan.target_hash)?;
                    jobs::mark(tx, record.job, now, why.after, &detail)
                })
            }),
            _ => Ok(()),
        };
        done.map_err(Halt)
    };
    let done = encoder::encode_and_prove(reader, card, &plan, &proof, &mut on_mark).map(|_| ());
    if let Err(stop) = &done
        && stop.fate == Fate::Spoiled
        && (*cut || wrote.get())
    {
        book_spoiled(desk, record, stop.trouble.code).map_err(resumable)?;
    }
    done
}

/// A member's card is over; a card that is still here gives its job another blank.
fn book_spoiled(desk: &Desk, record: &Card, why: &'static str) -> Result<(), Trouble> {
    if matches!(record.state, CardState::Live | CardState::Suspended) {
        let now = desk.now().as_millisecond();
        let detail = json!({ "card": record.id, "why": why });
        return durable("card-spoiled", || {
            desk.store.change(|tx| {
                move_card(desk, tx, record.id, CardEvent::Spoil, Some(why))?;
                jobs::mark(tx, record.job, now, "card-spoiled", &detail)
            })
        });
    }
    let mut job = desk.store.look(|tx| jobs::get(tx, record.job))?;
    take_up(desk, &mut job)?;
    spoil(desk, &mut job, why)
}

fn resumable(trouble: Trouble) -> Stop {
    Stop { fate: Fate::Resumable, trouble }
}

/// Whether a card in use hangs on older keys than the current ones and may have newer ones.
fn is_due(record: &Card, card: &Identified, keys: &KeySet) -> bool {
    let older = record.key_version.is_some_and(|version| version < keys.current().version);
    older
        && matches!(record.state, CardState::Ready | CardState::Live)
        && record.protection.as_deref() == Some(Protection::Keyed.as_str())
        && record.chip.as_deref() == Some(card.kind.code())
}

/// Whether the keys of this card are all ours and not of one version.
pub(super) fn is_mixed(reading: &Reading) -> bool {
    matches!(&reading.holder, Holder::Ours { versions } if versions.len() > 1)
}

/// Whether a writing of this card was begun and not ended, by its journal.
pub(super) fn was_begun(desk: &Desk, record: &Card) -> Result<bool, Trouble> {
    let among = [REKEY.before, RECOVER.before, REKEY.after, RECOVER.after];
    let last = desk.store.look(|tx| jobs::last_of(tx, record.job, &among))?;
    Ok(last.is_some_and(|mark| mark == REKEY.before || mark == RECOVER.before))
}

/// Whether every area but one answers to us: as a tear leaves a card. Under a wrong library code or layout none does.
pub(super) fn is_one_lost(reading: &Reading) -> bool {
    reading.holder == Holder::Other && reading.strange.len() == 1
}

/// A card of ours that answers, in part, to others' keys.
pub(super) fn keys_changed(reading: &Reading) -> Trouble {
    Trouble::new("keys-changed").with("sector", strange(reading))
}

/// Gives a found card of ours the current keys, when it is in order or a re-keying of it was torn; `None` when it has
/// them or must keep its own. `keys-changed`, and nothing is written, when a part of it answers to others. `begins` is called before the first write. A card whose job another process has in hand is
/// left to the next visit.
pub(super) fn rekey_found(
    desk: &Desk,
    lying: &mut Lying,
    reading: &Reading,
    keys: &KeySet,
    begins: &dyn Fn(),
) -> Result<Option<Rekeyed>, Stop> {
    let Some(record) = lying.record.clone() else { return Ok(None) };
    if desk.settings.chip.rekey != RekeyWhen::OnReader || !is_due(&record, &lying.card, keys) {
        return Ok(None);
    }
    let _running = match lock_job(desk, record.job) {
        Err(trouble) if trouble.code == "job-running" => return Ok(None),
        running => running.map_err(resumable)?,
    };
    let begun = was_begun(desk, &record).map_err(resumable)?;
    if !(begun || is_mixed(reading) || agrees(desk, reading, &record)) {
        return Ok(None);
    }
    // The data do not show whose keys rule the rest; half a card must not get new ones.
    let whole = chip::read_lying(desk, lying, keys, Depth::Whole).map_err(resumable)?;
    let cut = begun && is_one_lost(&whole);
    if whole.holder == Holder::Other && !cut {
        return Err(resumable(keys_changed(&whole)));
    }
    let mut writing = Writing::of(desk, &record, &lying.card, keys, REKEY).map_err(resumable)?;
    // No tear costs a Type 2 chip.
    writing.cut = cut && whole.kind.family() == Family::Classic;
    begins();
    rewrite(desk, &mut *lying.reader, &lying.card, &writing, keys, &|_| Ok(()))?;
    Ok(record.key_version.map(|from| Rekeyed { from, to: writing.content.key_version }))
}
