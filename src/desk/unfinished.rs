//! Everything that waits for somebody, in one place: it cannot be overlooked and blocks nothing. Jobs to go on with, prints in doubt, blocks
//! that last, spoiled cards of today, charges that stand open, imports that no register has confirmed. Start at [`unfinished`].

use super::today::{TodoRow, todo_row};
use super::{Act, Actor, Desk, actor, find};
use crate::back::store::cards::{self, Card};
use crate::back::store::charges::{self, Charge};
use crate::back::store::{Tx, jobs, members};
use crate::plan::fees::Reason;
use crate::plan::job::CardKind;
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// A block that lasts this long was forgotten, or wants a new card.
pub const LONG_BLOCKED_DAYS: i64 = 14;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// More rows than this are read by nobody.
const SHOWN: u32 = 50;

#[derive(Debug, Clone)]
pub struct Unfinished {
    /// Open jobs, those whose print is in doubt first, then the newest.
    pub open: Vec<TodoRow>,
    /// Charges that nobody paid or waived, the newest first, also those of open jobs.
    pub unpaid: Vec<UnpaidRow>,
    /// Of which the list shows the newest.
    pub unpaid_in_all: u32,
    /// Of which no open job asks for any more.
    pub unpaid_for_good: u32,
    pub spoiled: Vec<CardLineRow>,
    pub suspended: Vec<CardLineRow>,
    pub imports: Vec<ImportRow>,
    /// Of which the list shows the newest.
    pub imports_in_all: u32,
}

impl Unfinished {
    /// What the strip counts: what the clerk themselves can end now.
    pub fn count(&self) -> usize {
        self.open.len() + self.unpaid_for_good as usize
    }
}

#[derive(Debug, Clone)]
pub struct UnpaidRow {
    pub charge: i64,
    pub member: i64,
    /// Masked.
    pub name: String,
    pub number: Option<MemberNumber>,
    pub reason: Reason,
    /// Won.
    pub amount: u32,
    /// The job that still makes the card.
    pub open_job: Option<i64>,
    /// `YYYY-MM-DD`.
    pub day: String,
}

#[derive(Debug, Clone)]
pub struct CardLineRow {
    pub job: i64,
    pub member: i64,
    /// Masked.
    pub name: String,
    pub number: MemberNumber,
    pub kind: CardKind,
    pub uid: Option<String>,
    /// Why it ended or is blocked.
    pub why: Option<String>,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Whole days since then.
    pub days: i64,
}

#[derive(Debug, Clone)]
pub struct ImportRow {
    pub member: i64,
    /// Masked.
    pub name: String,
    pub number: Option<MemberNumber>,
    /// `YYYY-MM-DD`.
    pub day: String,
}

/// All of it. The ids shown are logged.
pub fn unfinished(desk: &Desk, actor: &Actor) -> Result<Unfinished, Trouble> {
    actor.may(Act::ShowDay)?;
    let now = desk.now().as_millisecond();
    let found = desk.store.look(|tx| {
        let mut open = jobs::list(tx, true)?;
        open.sort_by_key(|job| (job.state != crate::plan::job::JobState::PrintInDoubt, std::cmp::Reverse(job.id)));
        let open = open
            .into_iter()
            .map(|job| Ok(todo_row(masked(tx, job.member)?, job, now)))
            .collect::<Result<_, Trouble>>()?;
        let card = |(card, at): (Card, Option<i64>)| card_row(desk, tx, card, at, now);
        let spoiled = cards::spoiled(tx, desk.midnight().as_millisecond(), i64::MAX)?;
        let suspended = cards::suspended_before(tx, now - LONG_BLOCKED_DAYS * DAY)?;
        let (imports, imports_in_all) = members::unreconciled(tx, SHOWN)?;
        let (unpaid, unpaid_in_all) = charges::unpaid(tx, SHOWN)?;
        Ok(Unfinished {
            open,
            unpaid: unpaid.into_iter().map(|charge| unpaid_row(desk, tx, &charge)).collect::<Result<_, _>>()?,
            unpaid_in_all,
            unpaid_for_good: charges::unpaid_for_good(tx)?,
            spoiled: spoiled.into_iter().map(|one| (one.clone(), one.ended_at)).map(card).collect::<Result<_, _>>()?,
            suspended: suspended
                .into_iter()
                .map(|one| {
                    let at = one.suspended.as_ref().map(|block| block.at);
                    (one, at)
                })
                .map(card)
                .collect::<Result<_, _>>()?,
            imports: imports
                .into_iter()
                .map(|member| ImportRow {
                    member: member.id,
                    name: find::masked_name(&member.name),
                    number: member.number,
                    day: desk.day_of(member.created),
                })
                .collect(),
            imports_in_all,
        })
    })?;
    let ids = found.open.iter().map(|row| row.member);
    let ids = ids.chain(found.unpaid.iter().map(|row| row.member));
    let ids = ids.chain(found.spoiled.iter().chain(&found.suspended).map(|row| row.member));
    let mut ids: Vec<i64> = ids.chain(found.imports.iter().map(|row| row.member)).collect();
    ids.sort_unstable();
    ids.dedup();
    if !ids.is_empty() {
        desk.store.change(|tx| actor::log(desk, tx, actor, ids, "list", "unfinished"))?;
    }
    Ok(found)
}

/// What the strip counts. It names nobody, so no look is logged.
pub fn unfinished_count(desk: &Desk) -> Result<u32, Trouble> {
    desk.store.look(|tx| Ok(jobs::open_count(tx)? + charges::unpaid_for_good(tx)?))
}

fn masked(tx: &Tx, member: i64) -> Result<String, Trouble> {
    Ok(find::masked_name(&members::get(tx, member)?.name))
}

fn unpaid_row(desk: &Desk, tx: &Tx, charge: &Charge) -> Result<UnpaidRow, Trouble> {
    let member = members::get(tx, charge.member)?;
    let job = charge.job.map(|job| jobs::get(tx, job)).transpose()?;
    Ok(UnpaidRow {
        charge: charge.id,
        member: member.id,
        name: find::masked_name(&member.name),
        number: job.as_ref().map(|job| job.number).or(member.number),
        reason: charge.reason,
        amount: charge.amount,
        open_job: job.filter(|job| job.state.is_open()).map(|job| job.id),
        day: desk.day_of(charge.created),
    })
}

fn card_row(desk: &Desk, tx: &Tx, card: Card, at: Option<i64>, now: i64) -> Result<CardLineRow, Trouble> {
    let at = at.unwrap_or(card.created);
    Ok(CardLineRow {
        name: masked(tx, card.member)?,
        job: card.job,
        member: card.member,
        number: card.number,
        kind: card.kind,
        uid: card.uid,
        why: card.suspended.map(|block| block.why).or(card.ended_why),
        day: desk.day_of(at),
        days: (now - at).max(0) / DAY,
    })
}
