//! A job as the contract shows it: what `issue`, `resume`, `job show` and `job list` answer.

use std::collections::BTreeSet;

use serde::Serialize;

use super::after::Compared;
use super::{Act, Actor, Desk, actor};
use crate::back::store::Tx;
use crate::back::store::cards::{self, Card};
use crate::back::store::charges::{self, Charge};
use crate::back::store::jobs::{self, Job, Proof, Told};
use crate::plan::chip::Originality;
use crate::plan::fees::{Basis, ChargeState};
use crate::plan::job::{CardKind, JobState, Step};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

#[derive(Debug, Clone, Serialize)]
pub struct JobReport {
    pub job: i64,
    pub member: i64,
    pub number: MemberNumber,
    pub kind: CardKind,
    pub uid: Option<String>,
    pub chip: Option<String>,
    pub profile: Option<String>,
    pub protection: Option<String>,
    /// What the maker's signature showed, of chips that carry one.
    pub originality: Option<Originality>,
    pub proof: Option<Proof>,
    pub exchanges: u32,
    pub commands: u32,
    pub print: Option<PrintReport>,
    pub state: JobState,
    pub step: Step,
    pub fee: Fee,
    /// The card that gives way to this job's, by the id of its record.
    pub replaces: Option<i64>,
    /// The number that goes out of use with it.
    pub old_number: Option<MemberNumber>,
    pub batch: Option<i64>,
    /// Why it stands still, when it does.
    pub trouble: Option<Told>,
    /// What was compared when the card was handed over; null before.
    pub compared: Option<Compared>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PrintReport {
    pub printer: String,
    /// The printer's name of the job; the spool knows it by ours.
    pub job: i64,
    /// Absolute paths; none any more some time after handing over.
    pub files: Vec<String>,
}

/// What the job costs the member.
#[derive(Debug, Clone, Serialize)]
pub struct Fee {
    pub charge: Option<i64>,
    pub amount: u32,
    pub state: ChargeState,
    /// The id of the rule under which it was charged.
    pub rule: Option<String>,
    /// Why the amount is not what the rule names.
    pub basis: Option<Basis>,
    /// The number of its payment's receipt.
    pub receipt: Option<i64>,
}

impl JobReport {
    /// What is odd about the card and stops nobody.
    pub fn warnings(&self) -> Vec<Trouble> {
        let wrong = self.originality == Some(Originality::Wrong);
        wrong.then(|| Trouble::new("originality-wrong")).into_iter().collect()
    }
}

/// One job; the look is logged.
pub fn show_job(desk: &Desk, actor: &Actor, id: i64) -> Result<JobReport, Trouble> {
    actor.may(Act::ShowJob)?;
    desk.store.change(|tx| {
        let job = jobs::get(tx, id)?;
        actor::log(desk, tx, actor, [job.member], "look", "job")?;
        report_of(tx, job)
    })
}

/// Whether a job is neither handed over nor cancelled; a state alone is no look at a person.
pub fn is_open(desk: &Desk, id: i64) -> Result<bool, Trouble> {
    Ok(desk.store.look(|tx| jobs::get(tx, id))?.state.is_open())
}

/// All jobs, oldest first. Ids, numbers and states only; whose they are is logged.
pub fn list_jobs(desk: &Desk, actor: &Actor, open: bool) -> Result<Vec<JobReport>, Trouble> {
    actor.may(Act::ShowJob)?;
    let found = desk.store.look(|tx| {
        let found = jobs::list(tx, open)?.into_iter();
        found.map(|job| Ok((job.member, report_of(tx, job)?))).collect::<Result<Vec<_>, Trouble>>()
    })?;
    let members: BTreeSet<i64> = found.iter().map(|(member, _)| *member).collect();
    // A list of nobody writes nothing, and waits for nobody who does.
    if !members.is_empty() {
        desk.store.change(|tx| actor::log(desk, tx, actor, members, "list", "jobs"))?;
    }
    Ok(found.into_iter().map(|(_, report)| report).collect())
}

/// A job with its card and its charge.
pub(super) fn report_of(tx: &Tx, job: Job) -> Result<JobReport, Trouble> {
    let card = job.card.map(|card| cards::get(tx, card)).transpose()?;
    let charge = charges::of_job(tx, job.id)?;
    let compared = Compared::of(tx, &job)?;
    Ok(JobReport { compared, ..report(job, card, charge) })
}

fn report(job: Job, card: Option<Card>, charge: Option<Charge>) -> JobReport {
    let printed = !job.files.is_empty() || job.state == JobState::HandedOver;
    let print = printed.then(|| PrintReport {
        printer: job.printer.clone().unwrap_or_default(),
        job: job.id,
        files: job.files.clone(),
    });
    let (mut uid, mut chip, mut profile, mut protection, mut originality) = (None, None, None, None, None);
    if let Some(card) = card {
        (uid, chip, profile, protection) = (card.uid, card.chip, card.profile, card.protection);
        originality = card.originality;
    }
    JobReport {
        job: job.id,
        member: job.member,
        number: job.number,
        kind: job.kind,
        uid,
        chip,
        profile,
        protection,
        originality,
        proof: job.proof,
        exchanges: job.exchanges,
        commands: job.commands,
        print,
        state: job.state,
        step: job.step,
        fee: charge.map_or(
            Fee { charge: None, amount: 0, state: ChargeState::Free, rule: None, basis: None, receipt: None },
            |charge| Fee {
                charge: Some(charge.id),
                amount: charge.amount,
                state: charge.state,
                rule: charge.rule,
                basis: charge.basis,
                receipt: charge.receipt,
            },
        ),
        replaces: job.replaces,
        old_number: job.old_number,
        batch: None,
        trouble: job.trouble,
        compared: None,
    }
}
