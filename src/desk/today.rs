//! What lies on the desk: work that was begun and not ended, and what was done today.

use serde::Serialize;

use super::did::Work;
use super::{Act, Actor, Desk, actor, find};
use crate::back::store::jobs::{self, Job, Told};
use crate::back::store::members;
use crate::plan::job::{CardKind, JobState, Step};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// How many finished jobs the idle page lists: as many as a window of 1366×768 shows without scrolling.
const RECENT: u32 = 8;
/// How many open ones; the page of what is not finished has the rest.
const OPEN: u32 = 20;

#[derive(Debug, Clone, Serialize)]
pub struct Today {
    /// The newest open jobs, newest first.
    pub open: Vec<TodoRow>,
    /// How many there are, shown or not.
    pub open_in_all: u32,
    /// Handed over today, newest first.
    pub recent: Vec<RecentRow>,
    /// How many cards were handed over today.
    pub issued: u32,
}

#[derive(Debug, Clone, Serialize)]
pub struct TodoRow {
    pub job: i64,
    pub member: i64,
    /// Masked.
    pub name: String,
    pub number: MemberNumber,
    pub kind: CardKind,
    pub state: JobState,
    pub step: Step,
    pub why: Option<Told>,
    pub minutes_ago: i64,
}

#[derive(Debug, Clone, Serialize)]
pub struct RecentRow {
    pub job: i64,
    pub member: i64,
    /// `HH:MM`, local.
    pub time: String,
    pub reason: String,
    /// As the strip counts it.
    pub did: Work,
    pub kind: CardKind,
    /// Masked.
    pub name: String,
    /// The membership ended since.
    pub withdrawn: bool,
    pub number: MemberNumber,
}

/// The right column and the idle page. The ids shown are logged.
pub fn today(desk: &Desk, actor: &Actor) -> Result<Today, Trouble> {
    actor.may(Act::ShowDay)?;
    let now = desk.now();
    let midnight = desk.midnight().as_millisecond();
    let counts = super::counts_today(desk)?;
    let (open, recent, open_in_all) = desk.store.look(|tx| {
        let of = |job: Job| Ok((members::get(tx, job.member)?, job));
        let open = jobs::open_newest(tx, OPEN)?.into_iter().map(of).collect::<Result<Vec<_>, Trouble>>()?;
        let recent = jobs::handed_over(tx, midnight, RECENT)?.into_iter().map(of).collect::<Result<Vec<_>, _>>()?;
        Ok((open, recent, jobs::open_count(tx)?))
    })?;
    let shown: Vec<i64> = open.iter().chain(&recent).map(|(_, job)| job.member).collect();
    if !shown.is_empty() {
        desk.store.change(|tx| actor::log(desk, tx, actor, shown, "list", "desk"))?;
    }
    Ok(Today {
        open: open
            .into_iter()
            .map(|(member, job)| todo_row(find::masked_name(&member.name), job, now.as_millisecond()))
            .collect(),
        recent: recent
            .into_iter()
            .map(|(member, job)| RecentRow {
                job: job.id,
                member: job.member,
                time: desk.local(job.updated).strftime("%H:%M").to_string(),
                did: Work::of(&job.reason, job.kind),
                reason: job.reason,
                kind: job.kind,
                name: find::masked_name(&member.name),
                withdrawn: find::has_withdrawn(&member),
                number: job.number,
            })
            .collect(),
        open_in_all,
        issued: counts.cards(),
    })
}

pub(super) fn todo_row(name: String, job: Job, now: i64) -> TodoRow {
    TodoRow {
        job: job.id,
        member: job.member,
        name,
        number: job.number,
        kind: job.kind,
        state: job.state,
        step: job.step,
        why: job.trouble,
        minutes_ago: (now - job.updated).max(0) / 60_000,
    }
}
