//! Asking for a card: who gets it, whether anything stands against it, and the number, reserved in the very transaction
//! that makes the job. Nothing touches a chip here. Start at [`plan_issue`].

use serde_json::json;

use super::convert::holds_own_card;
use super::enrol::asked;
use super::fee_rules::Terms;
use super::planned::{MadeAt, Numbered, Planned, planned_once};
use super::{Act, Actor, Desk, Evidence, stock};
use crate::back::store::Tx;
use crate::back::store::cards;
use crate::back::store::jobs::{self, Job};
use crate::back::store::members::{self, Member};
use crate::back::store::numbers::{self, Origin};
use crate::back::store::staff;
use crate::plan::fees::{Reason, SaidExempt, Settlement};
use crate::plan::job::{CardKind, CardState, NumberState};
use crate::plan::member::{self, MemberNumber, guard_range};
use crate::plan::messages::Trouble;
use crate::plan::stock::StockType;

/// A card for a member; `reader` and `printer` by name, or the first one.
#[derive(Debug, Clone, serde::Serialize)]
pub struct IssueForm {
    pub member: i64,
    /// What speaks for the person who asks being this member.
    pub evidence: Evidence,
    pub kind: CardKind,
    pub reader: Option<String>,
    pub printer: Option<String>,
}

/// Plans a first card and answers the job's id. The same key with the same form answers the same job.
/// A member with an open job: `job-open`; with a card of that kind in use: `card-live`; with the library's own card in hand:
/// `own-card-held`, which is converted.
/// Where a fee is due it stays unpaid; see [`plan_issue_paid`].
pub fn plan_issue(desk: &Desk, actor: &Actor, form: &IssueForm, key: Option<&str>) -> Result<i64, Trouble> {
    plan_issue_paid(desk, actor, form, &Settlement::Later, SaidExempt::No, key)
}

/// The same with what is said of the money and of an exemption: `nothing-to-pay` where none is asked for, and the refusals of an
/// exemption.
pub fn plan_issue_paid(
    desk: &Desk,
    actor: &Actor,
    form: &IssueForm,
    said: &Settlement,
    exempt: SaidExempt,
    key: Option<&str>,
) -> Result<i64, Trouble> {
    actor.may(Act::Issue)?;
    let made_at = MadeAt::new(desk, form.kind, form.reader.as_deref(), form.printer.as_deref())?;
    let reason = if form.kind == CardKind::Sticker { Reason::Sticker } else { Reason::FirstIssue };
    let asked = key.map(|key| match (said, exempt) {
        (Settlement::Later, SaidExempt::No) => asked(desk, key, "issue", form, actor),
        (said, SaidExempt::No) => asked(desk, key, "issue", &(form, said), actor),
        (said, exempt) => asked(desk, key, "issue", &(form, said, exempt), actor),
    });
    planned_once(desk, actor, asked.as_ref(), |tx, now| {
        let member = members::get(tx, form.member)?;
        nothing_against(tx, &member, form.kind, None)?;
        // A card beside the own one would leave that one in use, and pass over the conversion's fee and notice.
        if holds_own_card(desk, &member) {
            return Err(Trouble::new("own-card-held").with("member", member.id));
        }
        let (number, reserved) = match member.number {
            Some(number) => (number, false),
            None => (reserve(desk, tx, &member, now)?, true),
        };
        let planned = Planned {
            member: member.id,
            terms: Terms::of_first(desk, tx, actor, &member, (reason, exempt, form.evidence))?,
            made_at: &made_at,
            numbered: Numbered { number, reserved, old: None },
            replaces: None,
            settlement: said,
            evidence: form.evidence,
            purpose: "issue",
            detail: json!({}),
        };
        planned.write(desk, tx, actor, now)
    })
}

/// Nothing keeps the member from a card of this kind; `but` is the one that it takes the place of.
pub(super) fn nothing_against(tx: &Tx, member: &Member, kind: CardKind, but: Option<i64>) -> Result<(), Trouble> {
    if member.state != "active" {
        return Err(Trouble::new("member-withdrawn").with("member", member.id));
    }
    if !member.national {
        return Err(Trouble::new("own-card-only").with("member", member.id));
    }
    no_open_job(tx, member)?;
    let in_use = |state| matches!(state, CardState::Live | CardState::Suspended | CardState::Ready);
    if cards::of_member(tx, member.id)?
        .iter()
        .any(|card| card.kind == kind && Some(card.id) != but && in_use(card.state))
    {
        return Err(Trouble::new("card-live").with("member", member.id).with("kind", kind));
    }
    Ok(())
}

/// `job-open` beside a job that is not finished.
pub(super) fn no_open_job(tx: &Tx, member: &Member) -> Result<(), Trouble> {
    match jobs::open_of(tx, member.id)? {
        Some(open) => Err(job_open(tx, &open)?),
        None => Ok(()),
    }
}

/// `job-open`: who asks at another desk is told whom to ask.
pub(super) fn job_open(tx: &Tx, open: &Job) -> Result<Trouble, Trouble> {
    let by = staff::name_of(tx, &open.created_by)?;
    let open = Trouble::new("job-open").with("job", open.id).with("member", open.member).with("state", open.state);
    Ok(open.with("by", by))
}

/// The next number of this desk's range, now reserved for the member.
pub(super) fn reserve(desk: &Desk, tx: &Tx, member: &Member, now: i64) -> Result<MemberNumber, Trouble> {
    let number = reserve_beside(desk, tx, member, now)?;
    members::set_number(tx, member.id, number)?;
    Ok(number)
}

/// The same beside the number that the member goes by until the new card is handed over.
pub(super) fn reserve_beside(desk: &Desk, tx: &Tx, member: &Member, now: i64) -> Result<MemberNumber, Trouble> {
    let number = next(desk, tx)?;
    numbers::insert(tx, number, Origin::Range, NumberState::Reserved, member.id, now)?;
    Ok(number)
}

/// The number that would be given next; nothing is reserved.
pub(super) fn next_number(desk: &Desk) -> Result<MemberNumber, Trouble> {
    desk.store.look(|tx| next(desk, tx))
}

fn next(desk: &Desk, tx: &Tx) -> Result<MemberNumber, Trouble> {
    let (range, year) = (desk.number_range(), desk.today().year());
    let (low, high) = range.serials(year);
    let last = numbers::last_reserved(tx, range.library, low, high)?;
    let number = member::next_number(&range, last, year)?;
    guard_range(&range, last, numbers::first_adopted(tx, range.library, number.serial(), high)?, year)?;
    Ok(number)
}

/// A warning from nine tenths of the range on.
pub(super) fn numbers_low(desk: &Desk) -> Result<Option<Trouble>, Trouble> {
    let (range, year) = (desk.number_range(), desk.today().year());
    let (low, high) = range.serials(year);
    let last = desk.store.look(|tx| numbers::last_reserved(tx, range.library, low, high))?;
    Ok(member::numbers_low(&range, last, year))
}

/// Books the card of a chipless job, or the next one after a spoiled print.
pub(super) fn chipless_card(desk: &Desk, tx: &Tx, job: &mut Job) -> Result<(), Trouble> {
    if job.card.is_none() {
        let sequence = next_sequence(tx, job.member)?;
        let begun = cards::Card::begun(job, sequence, desk.today().to_string(), desk.now().as_millisecond());
        let lot = match job.kind {
            CardKind::Rfid => None,
            CardKind::Barcode => stock::lot_for(desk, tx, StockType::BarcodeCard, None)?,
            CardKind::Sticker => stock::lot_for(desk, tx, StockType::Sticker, None)?,
        };
        job.card = Some(cards::insert(tx, &cards::Card { lot, ..begun })?);
    }
    Ok(())
}

/// How many cards the member will have had with the next one; the chip's header has one byte for it.
pub(super) fn next_sequence(tx: &Tx, member: i64) -> Result<u8, Trouble> {
    let had = cards::count_of(tx, member)?;
    u8::try_from(had + 1).map_err(|_| Trouble::new("too-many-cards").with("member", member).with("cards", had))
}
