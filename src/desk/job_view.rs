//! A job as the issue page shows it: what the store knows, and over it what this process is doing right now.
//! Start at [`job_view`].

use super::after::{After, Compared, Lost, NumberFate, after};
use super::check::{CheckView, check_view};
use super::events::{Doing, Live, StepState};
use super::{Act, Actor, Desk, OldCardSaid, actor, charge, old_card};
use crate::back::encoder::SectorState;
use crate::back::locks;
use crate::back::store::cards::{self, Card};
use crate::back::store::charges;
use crate::back::store::jobs::{self, Job, Proof, Told};
use crate::back::store::members::{self, Member};
use crate::back::store::{Tx, access, ledger};
use crate::plan::chip::profile::FieldContent;
use crate::plan::chip::{ChipKind, Originality};
use crate::plan::fees::ChargeState;
use crate::plan::job::{CardKind, JobState, Step, steps};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// What the page asks of the clerk, or tells to leave alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Lay a blank down.
    WaitCard,
    /// Hands off.
    Working,
    /// The card left in mid-work: lay the same one down again.
    WaitSameCard,
    /// Another card lies there; nothing was written on it.
    Swapped {
        lying: String,
    },
    /// The card is waste; a new blank is wanted.
    Spoiled,
    /// Chip done: put the card into the printer, Enter prints.
    FeedPrinter,
    Printing,
    PrintDoubt,
    /// Out of media or jammed.
    PrinterNeeds,
    /// Lay the card down and scan its print.
    Check,
    HandedOver,
    Cancelled,
    /// Nothing runs; going on is offered, with the reason it stands.
    Stopped,
    /// The reader is away; the job goes on by itself when it is back.
    ReaderLost,
    /// Another process runs it, or has its reader.
    Elsewhere,
}

#[derive(Debug, Clone)]
pub struct StepView {
    pub step: Step,
    pub s: StepState,
    pub millis: Option<u64>,
    /// Sectors done, of how many.
    pub progress: Option<(u32, u32)>,
    pub note: Option<Told>,
}

#[derive(Debug, Clone)]
pub struct JobView {
    pub job: i64,
    pub member: i64,
    /// In full: the card must match a face.
    pub name: String,
    pub member_kind: String,
    pub number: MemberNumber,
    pub kind: CardKind,
    pub reason: String,
    pub state: JobState,
    pub phase: Phase,
    /// It stands still, and goes on by itself once what lies there is taken away.
    pub goes_on: bool,
    pub steps: Vec<StepView>,
    /// By area of the chip: the sectors of a Classic, the rows of four pages of a Type 2 chip.
    pub sectors: Vec<SectorState>,
    /// What the card's profile has in a Classic's sectors, by sector.
    pub uses: Vec<(u8, SectorUse)>,
    pub uid: Option<String>,
    pub chip: Option<ChipKind>,
    /// Where it is done.
    pub reader: Option<String>,
    /// What the maker's signature showed, of chips that carry one.
    pub originality: Option<Originality>,
    pub trouble: Option<Told>,
    /// What becomes of the number when the job is given up.
    pub fate: NumberFate,
    pub charge: Option<JobCharge>,
    pub elapsed_millis: u64,
    pub proof: Option<Proof>,
    pub files: Vec<String>,
    /// The three readings before handing over.
    pub check: CheckView,
    /// Where the rule wants the old card back: what is said of it.
    pub old_card: Option<OldCardSaid>,
    /// Of a job that is over.
    pub after: Option<After>,
}

/// What the job costs, and whether that keeps the card here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobCharge {
    pub charge: i64,
    pub amount: u32,
    pub state: ChargeState,
    /// Unpaid or paid back, and nobody said why the card may go out all the same.
    pub due: bool,
    /// Money came in for it.
    pub paid: bool,
    /// The receipt of that.
    pub receipt: Option<i64>,
    /// The receipt of what went back with the job.
    pub back: Option<i64>,
}

impl JobCharge {
    fn of(tx: &Tx, job: i64) -> Result<Option<JobCharge>, Trouble> {
        let Some(charge) = charges::of_job(tx, job)? else { return Ok(None) };
        let receipts = ledger::of_charge(tx, charge.id)?;
        let newest = receipts.iter().filter_map(|entry| entry.receipt).max();
        Ok(Some(JobCharge {
            charge: charge.id,
            amount: charge.amount,
            state: charge.state,
            due: charge::stands_open(tx, &charge)?,
            paid: charge.paid_by.is_some(),
            receipt: charge.receipt,
            back: newest.filter(|newest| charge.state == ChargeState::Reversed && Some(*newest) > charge.receipt),
        }))
    }
}

/// What a sector of a Classic is there for; the others hold nothing and are locked all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectorUse {
    Directory,
    Field(FieldContent),
}

/// So long after a look a page may begin to follow its job without being a look of its own.
const FOLLOWS_MILLIS: i64 = 60_000;

/// A page begins to follow a job's events: it belongs to a look that was just logged, or is one, for whoever opens the stream alone
/// or comes back to it later. No entry, no stream.
pub fn follow_job(desk: &Desk, actor: &Actor, id: i64) -> Result<(), Trouble> {
    actor.may(Act::ShowJob)?;
    let since = desk.now().as_millisecond() - FOLLOWS_MILLIS;
    let (member, looked) = desk.store.look(|tx| {
        let member = jobs::get(tx, id)?.member;
        Ok((member, access::looked_since(tx, &actor.id(), member, since)?))
    })?;
    if looked {
        return Ok(());
    }
    desk.store.change(|tx| actor::log(desk, tx, actor, [member], "look", "job"))
}

/// The picture of a job. The first look by a page is logged (`look`), the ones that follow its events are not.
pub fn job_view(desk: &Desk, actor: &Actor, id: i64, look: bool) -> Result<JobView, Trouble> {
    actor.may(Act::ShowJob)?;
    let gather = |tx: &Tx| {
        let job = jobs::get(tx, id)?;
        let card = job.card.map(|card| cards::get(tx, card)).transpose()?;
        let member = members::get(tx, job.member)?;
        let charge = JobCharge::of(tx, job.id)?;
        let compared = (Compared::of(tx, &job)?, Lost::of(tx, &job)?);
        let old_card = old_card::said(tx, &job)?;
        Ok((job, card, member, (charge, old_card), compared))
    };
    // Asked before the store: whoever has let go of the job by then has written down how it stands.
    let at_work = desk.stations.has(id);
    let (job, card, member, (charge, old_card), compared) = if look {
        desk.store.change(|tx| {
            let found = gather(tx)?;
            actor::log(desk, tx, actor, [found.0.member], "look", "job")?;
            Ok(found)
        })?
    } else {
        desk.store.look(gather)?
    };
    let after = after(desk, &job, card.as_ref(), &member, compared);
    Ok(JobView { charge, old_card, ..view(desk, job, card, member, at_work, after) })
}

fn view(desk: &Desk, job: Job, card: Option<Card>, member: Member, at_work: bool, after: Option<After>) -> JobView {
    let live = desk.board.live(job.id);
    let trouble = live.as_ref().and_then(|live| live.trouble.as_ref().map(Told::from)).or_else(|| job.trouble.clone());
    let phase = phase(desk, &job, at_work, live.as_ref(), trouble.as_ref());
    let chip = live
        .as_ref()
        .and_then(|live| live.chip)
        .or_else(|| card.as_ref().and_then(|card| ChipKind::parse(card.chip.as_deref()?).ok()));
    let sectors = sectors(&job, live.as_ref(), chip);
    let step = live.as_ref().map_or(job.step, |live| live.step);
    let steps = step_views(&job, step, live.as_ref(), &phase, &sectors, trouble.as_ref());
    let compared = after.as_ref().and_then(|after| after.compared);
    let fate = NumberFate::of(&job);
    let check = compared.map_or_else(|| check_view(desk, &job, &phase), |all| CheckView::compared(job.kind, all));
    JobView {
        job: job.id,
        member: job.member,
        name: member.name,
        member_kind: member.kind,
        number: job.number,
        kind: job.kind,
        reason: job.reason,
        state: job.state,
        elapsed_millis: steps.iter().filter_map(|step| step.millis).sum(),
        goes_on: at_work && phase == Phase::Stopped,
        phase,
        steps,
        sectors,
        uses: uses(desk, card.as_ref()),
        originality: card.as_ref().and_then(|card| card.originality),
        uid: live.and_then(|live| live.uid).or_else(|| card.and_then(|card| card.uid)),
        chip,
        trouble,
        fate,
        charge: None,
        reader: job.reader,
        proof: job.proof,
        files: job.files,
        check,
        old_card: None,
        after,
    }
}

fn phase(desk: &Desk, job: &Job, at_work: bool, live: Option<&Live>, trouble: Option<&Told>) -> Phase {
    if at_work && let Some(live) = live {
        return match &live.doing {
            Doing::WaitCard => Phase::WaitCard,
            Doing::WaitSameCard => Phase::WaitSameCard,
            Doing::OtherCard(lying) => Phase::Swapped { lying: lying.clone() },
            Doing::Working => Phase::Working,
            Doing::ReaderBusy => Phase::Elsewhere,
            Doing::ReaderLost => Phase::ReaderLost,
            Doing::Printing => Phase::Printing,
            Doing::Unfit => Phase::Stopped,
        };
    }
    if at_work {
        return Phase::Working;
    }
    let running_elsewhere = || matches!(locks::holder(&desk.locks, &format!("job-{}", job.id)), Ok(Some(_)));
    match (job.state, trouble.map(|told| told.code.as_str())) {
        (JobState::HandedOver, _) => Phase::HandedOver,
        (JobState::Cancelled, _) => Phase::Cancelled,
        (_, _) if running_elsewhere() => Phase::Elsewhere,
        (JobState::Ready, _) => Phase::Check,
        (JobState::PrintInDoubt, _) => Phase::PrintDoubt,
        (_, Some("printer-media-empty" | "printer-media-jam" | "printer-ribbon-out")) => Phase::PrinterNeeds,
        (_, Some("chip-spoiled" | "chip-defective" | "chip-lets-write")) => Phase::Spoiled,
        (JobState::Proven, None) => Phase::FeedPrinter,
        (JobState::Planned, None) if job.kind != CardKind::Rfid => Phase::FeedPrinter,
        _ => Phase::Stopped,
    }
}

/// By the profile of the card's record; of one whose file is gone nothing is said.
fn uses(desk: &Desk, card: Option<&Card>) -> Vec<(u8, SectorUse)> {
    let Ok((profile, _)) = desk.made_by(card) else { return Vec::new() };
    let directory = profile.aid.map(|_| (0, SectorUse::Directory));
    // The first of several fields in a sector names it, the number before all.
    let fields = FieldContent::ALL.iter().filter_map(|content| {
        let sector = profile.field(*content)?.block?.sector;
        Some((sector, SectorUse::Field(*content)))
    });
    directory.into_iter().chain(fields).collect()
}

/// Live pictures are exact; without one the state says what must be true of every sector.
fn sectors(job: &Job, live: Option<&Live>, chip: Option<ChipKind>) -> Vec<SectorState> {
    if let Some(live) = live
        && !live.sectors.is_empty()
    {
        return live.sectors.clone();
    }
    let stood = job.failed_from.unwrap_or(job.state);
    let all = match stood {
        JobState::Planned | JobState::Encoding | JobState::Cancelled | JobState::Failed => SectorState::Empty,
        JobState::Locked => SectorState::Locked,
        _ => SectorState::Proven,
    };
    match job.kind {
        CardKind::Rfid => vec![all; usize::from(chip.unwrap_or(ChipKind::Classic1k).areas())],
        CardKind::Barcode | CardKind::Sticker => Vec::new(),
    }
}

fn step_views(
    job: &Job,
    current: Step,
    live: Option<&Live>,
    phase: &Phase,
    sectors: &[SectorState],
    trouble: Option<&Told>,
) -> Vec<StepView> {
    let order = steps(job.kind);
    let at = order.iter().position(|step| *step == current).unwrap_or(0);
    let stopped = matches!(
        phase,
        Phase::WaitSameCard
            | Phase::Swapped { .. }
            | Phase::Spoiled
            | Phase::Stopped
            | Phase::ReaderLost
            | Phase::PrinterNeeds
            | Phase::PrintDoubt
    ) && trouble.is_some_and(|told| told.code != "let-go");
    let millis = |step: Step| {
        let live_time = live.and_then(|live| live.times.iter().find(|(known, _)| *known == step));
        let kept = job.times.iter().find(|(known, _)| *known == step);
        live_time.map(|(_, time)| time.as_millis() as u64).or(kept.map(|(_, millis)| *millis))
    };
    order
        .iter()
        .enumerate()
        .map(|(i, step)| {
            let s = match i.cmp(&at) {
                _ if *phase == Phase::HandedOver => StepState::Done,
                // Nothing of what was done stands any more.
                _ if *phase == Phase::Cancelled => StepState::Wait,
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal if stopped => StepState::Bad,
                std::cmp::Ordering::Equal => StepState::Now,
                std::cmp::Ordering::Greater => StepState::Wait,
            };
            let working = s == StepState::Now && *phase == Phase::Working;
            let now = working.then(|| live.map(|live| live.step_elapsed().as_millis() as u64)).flatten();
            StepView {
                step: *step,
                s,
                millis: if s == StepState::Wait { None } else { now.or_else(|| millis(*step)) },
                progress: if working { progress(*step, sectors) } else { None },
                note: if s == StepState::Bad { trouble.cloned() } else { None },
            }
        })
        .collect()
}

fn progress(step: Step, sectors: &[SectorState]) -> Option<(u32, u32)> {
    let done = match step {
        Step::Write => |s: &SectorState| *s != SectorState::Empty,
        Step::Lock => |s: &SectorState| matches!(s, SectorState::Locked | SectorState::Proven),
        Step::Proof => |s: &SectorState| *s == SectorState::Proven,
        _ => return None,
    };
    Some((sectors.iter().filter(|sector| done(sector)).count() as u32, sectors.len() as u32))
}
