//! The print of a job. Everything that can be wrong with it is said before a chip is touched; a spool file is whole or
//! not there, so that a print that was interrupted is simply done again.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::events::Doing;
use super::give_up::{GivingUp, blanked};
use super::hold::lock_job;
use super::issue::chipless_card;
use super::journal::{advance, move_card, take_up};
use super::{Act, Actor, Desk, Feed, Origin, actor, devices, hex, once, pictures};
use crate::back::store::jobs::{self, Job};
use crate::back::store::{Tx, cards, members};
use crate::plan::job::{CardEvent, CardKind, JobEvent, JobState, Step};
use crate::plan::layout;
use crate::plan::messages::Trouble;

/// The printer can take the card, and the card can be drawn: name, glyphs and bar code fit.
pub(super) fn check_ready(desk: &Desk, job: &Job) -> Result<(), Trouble> {
    let printer = devices::printer(desk);
    printer.ready()?;
    printer.check_media()?;
    let member = desk.store.look(|tx| members::get(tx, job.member))?;
    pictures::compose(desk, &member.name, job.number, job.kind)?;
    Ok(())
}

/// Takes the job from `proven` (chipless: `planned`) through `printing` to `ready`.
pub(super) fn print(desk: &Desk, job: &mut Job) -> Result<(), Trouble> {
    let printer = devices::printer(desk);
    // Trying to write was for `check_ready`, while the chip was untouched; a file that fails now is simply spooled again.
    printer.has_room()?;
    printer.check_media()?;
    let member = desk.store.look(|tx| members::get(tx, job.member))?;
    let face = pictures::compose(desk, &member.name, job.number, job.kind)?;
    let front = layout::pdf(&face)?;
    desk.board.picture(job.id, Step::Print, |live| {
        live.doing = Doing::Printing;
        live.step(Step::Print);
    });
    if job.state != JobState::Printing {
        advance(
            desk,
            job,
            JobEvent::Print,
            json!({ "printer": devices::SPOOL, "kind": devices::SPOOL }),
            |tx, job| {
                job.printer = Some(devices::SPOOL.to_owned());
                job.printer_kind = Some(devices::SPOOL.to_owned());
                if job.kind != CardKind::Rfid { chipless_card(desk, tx, job) } else { Ok(()) }
            },
        )?;
    }
    let files = printer.print(job.id, &front, None)?;
    let sums = vec![checksum(&front)];
    desk.board.picture(job.id, Step::Print, |live| live.step(Step::Check));
    let times = desk.board.live(job.id).map(|live| live.times).unwrap_or_default();
    advance(desk, job, JobEvent::Printed, json!({ "files": files.len(), "sha256": sums }), |tx, job| {
        job.files = files.iter().map(|file| file.display().to_string()).collect();
        job.keep_times(&times);
        let card = job.card.ok_or_else(|| Trouble::new("card-unknown").with("card", "–"))?;
        move_card(desk, tx, card, CardEvent::Finish, None)
    })
}

/// SHA-256 of a spooled file in hex: what the journal keeps of a print, and what handing over holds the spool to.
pub(super) fn checksum(pdf: &[u8]) -> String {
    hex(&Sha256::digest(pdf))
}

/// What the clerk says of a print whose fate is not known, or of a card that came out spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintFate {
    Out,
    NotOut,
    Spoiled,
}

impl PrintFate {
    pub fn as_str(self) -> &'static str {
        match self {
            PrintFate::Out => "out",
            PrintFate::NotOut => "not-out",
            PrintFate::Spoiled => "spoiled",
        }
    }

    /// `out`, `not-out` or `spoiled`, as `job resume --print` has it.
    pub fn parse(text: &str) -> Option<PrintFate> {
        [PrintFate::Out, PrintFate::NotOut, PrintFate::Spoiled].into_iter().find(|fate| fate.as_str() == text)
    }
}

/// Books the clerk's word on a print, under the job's lock.
pub fn settle_print(desk: &Desk, actor: &Actor, id: i64, fate: PrintFate) -> Result<(), Trouble> {
    settle_print_once(desk, actor, id, fate, None)
}

/// The same with the idempotency key of `job resume` in the same commit, so that a card is booked as spoiled once.
/// That the card of a finished job came out is known already.
pub fn settle_print_once(
    desk: &Desk,
    actor: &Actor,
    id: i64,
    fate: PrintFate,
    key: Option<&str>,
) -> Result<(), Trouble> {
    actor.may(Act::WorkOnJob)?;
    let _running = lock_job(desk, id)?;
    let mut job = desk.store.look(|tx| jobs::get(tx, id))?;
    actor::not_own(desk, actor, job.member)?;
    if fate == PrintFate::Out && matches!(job.state, JobState::Ready | JobState::HandedOver) {
        return Ok(());
    }
    let leave = spoil_leave(desk, actor, &job, fate)?;
    take_up(desk, &mut job)?;
    let member = job.member;
    let settled = |tx: &Tx| {
        if let Some(giving_up) = &leave {
            giving_up.allowed(tx)?;
        }
        once::note(desk, tx, actor, key, "job-resume", id, &Some(fate.as_str()))?;
        actor::log(desk, tx, actor, [member], "change", "settle-print")
    };
    settle(desk, &mut job, fate, settled)
}

/// What has to be allowed before this job's card is called spoiled: a locked one that does not lie here to be blanked now. No money
/// goes back with it. `approval-needed` while nobody has signed.
fn spoil_leave<'a>(
    desk: &'a Desk,
    actor: &'a Actor,
    job: &Job,
    fate: PrintFate,
) -> Result<Option<GivingUp<'a>>, Trouble> {
    if fate != PrintFate::Spoiled {
        return Ok(None);
    }
    let mut giving_up = GivingUp::of(desk, actor, job)?;
    if !giving_up.is_locked() {
        return Ok(None);
    }
    let card = desk.store.look(|tx| job.card.map(|card| cards::get(tx, card)).transpose())?;
    if actor.origin == Origin::Page
        && let Some(card) = card
        && blanked(desk, &card, job.reader.as_deref(), Feed::ByHand)?
    {
        return Ok(None);
    }
    giving_up.out_of_sight()?;
    Ok(Some(giving_up))
}

/// `not-out` prints the same card again, `spoiled` begins with a new blank; `also` goes into the same commit.
fn settle(
    desk: &Desk,
    job: &mut Job,
    fate: PrintFate,
    also: impl FnOnce(&Tx) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let detail = json!({ "said": fate.as_str() });
    match fate {
        PrintFate::Out => advance(desk, job, JobEvent::Out, detail, |tx, job| {
            also(tx)?;
            match job.card {
                Some(card) => move_card(desk, tx, card, CardEvent::Finish, None),
                None => Ok(()),
            }
        }),
        PrintFate::NotOut => advance(desk, job, JobEvent::NotOut, detail, |tx, _| also(tx)),
        PrintFate::Spoiled => spoil_also(desk, job, "print-spoiled", also),
    }
}

/// The job's card is waste: same number, next sequence, a new blank.
pub(super) fn spoil(desk: &Desk, job: &mut Job, why: &str) -> Result<(), Trouble> {
    spoil_also(desk, job, why, |_| Ok(()))
}

fn spoil_also(
    desk: &Desk,
    job: &mut Job,
    why: &str,
    also: impl FnOnce(&Tx) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    advance(desk, job, JobEvent::Spoiled, json!({ "why": why }), |tx, job| {
        also(tx)?;
        if let Some(card) = job.card.take() {
            move_card(desk, tx, card, CardEvent::Spoil, Some(why))?;
        }
        job.proof = None;
        job.files.clear();
        Ok(())
    })?;
    devices::printer(desk).remove(job.id)
}
