//! The chip's part of a job: wait for the card, see that it may be written, encode, lock, verify, prove.
//! One intent is durable before the first write that cannot be undone, one fact after verification, one with the proof.
//! Start at [`encode`].

use serde_json::json;

use super::admit::admit;
use super::events::{Doing, Live};
use super::journal::{advance, move_card};
use super::print::spoil;
use super::signalling::Signalling;
use super::waiting::Waiting;
use super::{Desk, devices, hex, issue, stock};
use crate::back::encoder::{self, Fate, Halt, Identified, Mark, Reader, SectorState, Signal, Stop};
use crate::back::locks::Lock;
use crate::back::store::Tx;
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job, Proof};
use crate::plan::chip::{Content, EncodePlan, Originality, ProofPlan, Uid};
use crate::plan::job::{CardEvent, JobEvent, JobState, Step};
use crate::plan::messages::Trouble;
use crate::plan::stock::StockType;

/// Takes the job from `planned`, `encoding` or `locked` to `proven`. The reader is held until what is answered is dropped.
pub(super) fn encode(desk: &Desk, job: &mut Job, waiting: &Waiting) -> Result<Signalling, Trouble> {
    let card = desk.store.look(|tx| job.card.map(|id| cards::get(tx, id)).transpose())?;
    let wanted = card.as_ref().and_then(|card| card.uid.as_deref()).map(Uid::parse).transpose()?;
    let mut reader = devices::open_for(desk, job)?;
    let held = wait_for_card(desk, job, &mut *reader, wanted.as_ref(), waiting)?;
    desk.board.picture(job.id, job.step, |live| {
        live.doing = Doing::Working;
        live.trouble = None;
        live.restart_step();
    });
    let target = encoder::identify_as(&mut *reader, wanted.as_ref())?;
    let keys = desk.keys();
    let originality = admit(desk, job, card.as_ref(), &mut *reader, &target, &keys)?;
    let content = content(desk, job, card.as_ref(), keys.current().version)?;
    let kind = target.kind;
    let (profile, protection) = desk.made_by(card.as_ref())?;
    let plan = EncodePlan::new(&profile, kind, &target.uid, &content, &keys, protection)?.resumed(card.is_some());
    let proof = ProofPlan::new(&plan, desk.settings.chip.proof)?;
    desk.board.picture(job.id, job.step, |live| {
        let other = live.uid.as_deref() != Some(&target.uid.to_string());
        live.uid = Some(target.uid.to_string());
        live.chip = Some(kind);
        if other || live.sectors.is_empty() {
            live.sectors = vec![SectorState::Empty; usize::from(kind.areas())];
        }
    });
    let proof_only = job.state == JobState::Locked;
    let (exchanges, commands) = (job.exchanges, job.commands);
    let start = reader.cost();
    let mut book = Book { desk, job, content, originality, plan: &plan, reader: reader.name().to_owned() };
    let mut on_mark = |mark| book.note(mark);
    let outcome = match proof_only {
        true => prove_or_anew(&mut *reader, &target, &plan, &proof, &mut on_mark),
        false => encoder::encode_and_prove(&mut *reader, &target, &plan, &proof, &mut on_mark).map(|_| ()),
    };
    let cost = reader.cost();
    // What it cost is known only now, and goes with the next commit.
    job.exchanges = exchanges + cost.exchanges - start.exchanges;
    job.commands = commands + cost.commands - start.commands;
    let signalling = Signalling::begin(reader, held, if outcome.is_ok() { Signal::Good } else { Signal::Bad });
    outcome.or_else(|stop| stopped(desk, job, stop)).map(|()| signalling)
}

/// A locked card is proven; one that does not hold what it should is written anew first.
fn prove_or_anew(
    reader: &mut dyn Reader,
    target: &Identified,
    plan: &EncodePlan,
    proof: &ProofPlan,
    on_mark: encoder::OnMark<'_>,
) -> Result<(), Stop> {
    match encoder::prove(&mut *reader, target, proof, &mut *on_mark) {
        Err(stop) if stop.trouble.code == "chip-unverified" => {
            encoder::encode_and_prove(reader, target, plan, proof, on_mark).map(|_| ())
        }
        proven => proven.map(|_| ()),
    }
}

fn wait_for_card(
    desk: &Desk,
    job: &Job,
    reader: &mut dyn Reader,
    wanted: Option<&Uid>,
    waiting: &Waiting,
) -> Result<Lock, Trouble> {
    desk.board.picture(job.id, job.step, |live: &mut Live| {
        live.doing = if wanted.is_some() { Doing::WaitSameCard } else { Doing::WaitCard };
    });
    let came = devices::card_on(desk, reader, waiting.feed, |reader| {
        waiting.until(|slice| reader.wait_for_card(wanted, waiting.feed, slice))
    })?;
    came.ok_or_else(|| {
        Trouble::new("card-timeout").with("seconds", waiting.longest.as_secs_f64()).with("reader", reader.name())
    })
}

/// What the chip shall hold. A card that was begun keeps the sequence, date and key version of its intent.
fn content(desk: &Desk, job: &Job, card: Option<&Card>, current: u8) -> Result<Content, Trouble> {
    let (sequence, date, key_version) = match card {
        Some(card) => {
            let date =
                card.issued_on.parse().map_err(|_| Trouble::new("database-newer").with("file", "cards.issued_on"))?;
            (card.sequence, date, card.key_version)
        }
        None => (desk.store.look(|tx| issue::next_sequence(tx, job.member))?, desk.today(), None),
    };
    Ok(Content {
        number: job.number,
        library: desk.settings.library.code,
        sequence,
        date: date.into(),
        key_version: key_version.unwrap_or(current),
    })
}

/// Writes the durable marks into the store as they come, and the others into the live picture.
struct Book<'a> {
    desk: &'a Desk,
    job: &'a mut Job,
    content: Content,
    originality: Option<Originality>,
    plan: &'a EncodePlan,
    reader: String,
}

impl Book<'_> {
    fn note(&mut self, mark: Mark) -> Result<(), Halt> {
        let done = match mark {
            Mark::Begin(step) => {
                let step = as_job_step(step);
                self.job.step = step;
                self.picture(|live| live.step(step));
                Ok(())
            }
            Mark::Sector { sector, state } => {
                self.picture(|live| {
                    if let Some(place) = live.sectors.get_mut(usize::from(sector)) {
                        *place = state;
                    }
                });
                Ok(())
            }
            Mark::Intent(_) => self.intent(),
            Mark::Locked { .. } => self.locked(),
            Mark::Proven(proof) => self.proven(&proof),
            Mark::End(_) | Mark::BlankIntent { .. } | Mark::Blank { .. } => Ok(()),
        };
        done.map_err(Halt)
    }

    fn picture(&self, change: impl FnOnce(&mut Live)) {
        self.desk.board.picture(self.job.id, self.job.step, change);
    }

    fn intent(&mut self) -> Result<(), Trouble> {
        let (desk, plan, content, reader) = (self.desk, self.plan, &self.content, &self.reader);
        let originality = self.originality;
        let detail = json!({
            "uid": plan.uid.to_string(), "chip": plan.kind.code(), "profile": plan.profile, "layout": plan.layout,
            "key_version": plan.key_version, "target": hex(&plan.target_hash), "areas": plan.areas(),
        });
        let step = self.job.step;
        advance(desk, self.job, JobEvent::Intent, detail, |tx, job| {
            job.step = step;
            job.reader = Some(reader.clone());
            job.reader_kind = Some(desk.settings.reader.kind.as_str().to_owned());
            if job.card.is_none() {
                job.card = Some(book_card(desk, tx, job, plan, content, originality)?);
            }
            Ok(())
        })
    }

    fn locked(&mut self) -> Result<(), Trouble> {
        self.picture(|live| live.step(Step::Proof));
        let times = self.desk.board.live(self.job.id).map(|live| live.times).unwrap_or_default();
        advance(self.desk, self.job, JobEvent::Locked, json!({ "uid": self.plan.uid.to_string() }), |_, job| {
            job.keep_times(&times);
            Ok(())
        })
    }

    /// The result of every attempt is kept; a card that let one through never becomes `proven`.
    fn proven(&mut self, proof: &encoder::Proof) -> Result<(), Trouble> {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let counts = Proof {
            attempts: count(proof.attempts.len()),
            refused: count(proof.refused()),
            let_through: count(proof.let_through()),
            back_doors: proof.back_doors,
        };
        let detail = json!({ "counts": counts, "attempts": proof.attempts });
        if counts.let_through > 0 {
            self.job.proof = Some(counts);
            let now = self.desk.now().as_millisecond();
            return self.desk.store.change(|tx| jobs::mark(tx, self.job.id, now, "proof-failed", &detail));
        }
        self.picture(|live| live.step(Step::Print));
        let times = self.desk.board.live(self.job.id).map(|live| live.times).unwrap_or_default();
        advance(self.desk, self.job, JobEvent::Proven, detail, |_, job| {
            job.proof = Some(counts);
            job.keep_times(&times);
            Ok(())
        })
    }
}

fn book_card(
    desk: &Desk,
    tx: &Tx,
    job: &Job,
    plan: &EncodePlan,
    content: &Content,
    originality: Option<Originality>,
) -> Result<i64, Trouble> {
    let begun = Card::begun(job, content.sequence, content.date.date().to_string(), desk.now().as_millisecond());
    let uid = plan.uid.to_string();
    let kind = StockType::parse(plan.kind.code());
    let lot = kind.map_or(Ok(None), |kind| stock::lot_for(desk, tx, kind, Some(&uid)))?;
    let card = Card {
        uid: Some(uid),
        lot,
        chip: Some(plan.kind.code().to_owned()),
        profile: Some(plan.profile.clone()),
        protection: Some(plan.protection.as_str().to_owned()),
        key_version: Some(plan.key_version),
        originality,
        target: Some(plan.target_hash.to_vec()),
        ..begun
    };
    cards::insert(tx, &card)
}

/// A card that can never be finished is waste at once; any other can be laid down again.
fn stopped(desk: &Desk, job: &mut Job, stop: Stop) -> Result<(), Trouble> {
    if stop.fate == Fate::Spoiled && job.card.is_some() {
        let torn = stop.trouble.args.iter().find(|(name, _)| *name == "sector").and_then(|(_, text)| text.parse().ok());
        desk.board.picture(job.id, job.step, |live| {
            if let Some(place) = torn.and_then(|sector: usize| live.sectors.get_mut(sector)) {
                *place = SectorState::Torn;
            }
        });
        spoil(desk, job, stop.trouble.code)?;
    } else if stop.fate == Fate::Unusable
        && let Some(card) = job.card
    {
        // Begun, and yet not ours: nothing was locked, so the next blank takes its place.
        desk.store.change(|tx| move_card(desk, tx, card, CardEvent::Spoil, Some(stop.trouble.code)))?;
        job.card = None;
    }
    Err(stop.trouble)
}

fn as_job_step(step: encoder::Step) -> Step {
    match step {
        encoder::Step::Card => Step::Card,
        encoder::Step::Write => Step::Write,
        encoder::Step::ReadBack => Step::ReadBack,
        encoder::Step::Lock => Step::Lock,
        encoder::Step::Proof => Step::Proof,
    }
}
