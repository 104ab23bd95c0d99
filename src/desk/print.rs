//! The print of a job. Everything that can be wrong with it is said before a chip is touched; a spool file is whole or
//! not there, so that a print that was interrupted is simply done again.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::events::Doing;
use super::give_up::Leave;
use super::hold::lock_job;
use super::issue::chipless_card;
use super::journal::{advance, move_card, take_up};
use super::{Act, Actor, Desk, actor, devices, hex, once, pictures};
use crate::back::store::jobs::{self, Job};
use crate::back::store::{Tx, members};
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
    let leave = match fate {
        PrintFate::Spoiled => Leave::of(desk, actor, &job)?,
        PrintFate::Out | PrintFate::NotOut => Leave::default(),
    };
    take_up(desk, &mut job)?;
    let member = job.member;
    let settled = |tx: &Tx| {
        leave.use_up(tx)?;
        once::note(desk, tx, actor, key, "job-resume", id, &Some(fate.as_str()))?;
        actor::log(desk, tx, actor, [member], "change", "settle-print")
    };
    settle(desk, &mut job, fate, leave.blanked, settled)
}

/// `not-out` prints the same card again, `spoiled` begins with a new blank; `also` goes into the same commit.
fn settle(
    desk: &Desk,
    job: &mut Job,
    fate: PrintFate,
    blanked: bool,
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
        PrintFate::Spoiled => spoil_also(desk, job, "print-spoiled", blanked, also),
    }
}

/// The job's card is waste: same number, next sequence, a new blank.
pub(super) fn spoil(desk: &Desk, job: &mut Job, why: &str) -> Result<(), Trouble> {
    spoil_also(desk, job, why, false, |_| Ok(()))
}

/// A clerk gives the card up that was begun, under the job's lock, and the job goes on with the next blank; one that is locked only as
/// [`Leave`] lets it. `log` goes into the same commit.
pub(super) fn give_card_up(
    desk: &Desk,
    actor: &Actor,
    job: &mut Job,
    log: impl FnOnce(&Tx) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let leave = Leave::of(desk, actor, job)?;
    take_up(desk, job)?;
    spoil_also(desk, job, "given-up", leave.blanked, |tx| {
        leave.use_up(tx)?;
        log(tx)
    })
}

/// `blanked`: somebody saw that nothing is on it any more.
fn spoil_also(
    desk: &Desk,
    job: &mut Job,
    why: &str,
    blanked: bool,
    also: impl FnOnce(&Tx) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    advance(desk, job, JobEvent::Spoiled, json!({ "why": why, "blanked": blanked }), |tx, job| {
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
