//! The print of a job. Everything that can be wrong with it is said before a chip is touched; a spool file is whole or
//! not there, so that a print that was interrupted is simply done again.

use serde_json::json;

use super::events::Doing;
use super::issue::chipless_card;
use super::journal::{advance, move_card, take_up};
use super::run::lock_job;
use super::{Actor, Desk, actor, devices, pictures};
use crate::back::store::jobs::{self, Job};
use crate::back::store::members;
use crate::plan::job::{CardEvent, CardKind, JobEvent, JobState, Step};
use crate::plan::layout;
use crate::plan::messages::Trouble;

/// The printer can take the card, and the card can be drawn: name, glyphs and bar code fit.
pub(super) fn check_ready(desk: &Desk, job: &Job) -> Result<(), Trouble> {
    devices::printer(desk).ready()?;
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
    desk.board.picture(job.id, Step::Print, |live| live.step(Step::Check));
    let times = desk.board.live(job.id).map(|live| live.times).unwrap_or_default();
    advance(desk, job, JobEvent::Printed, json!({ "files": files.len() }), |tx, job| {
        job.files = files.iter().map(|file| file.display().to_string()).collect();
        job.keep_times(&times);
        let card = job.card.ok_or_else(|| Trouble::new("card-unknown").with("card", "–"))?;
        move_card(desk, tx, card, CardEvent::Finish, None)
    })
}

/// What the clerk says of a print whose fate is not known, or of a card that came out spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintFate {
    Out,
    NotOut,
    Spoiled,
}

impl PrintFate {
    /// `out`, `not-out` or `spoiled`, as `job resume --print` has it.
    pub fn parse(text: &str) -> Option<PrintFate> {
        match text {
            "out" => Some(PrintFate::Out),
            "not-out" => Some(PrintFate::NotOut),
            "spoiled" => Some(PrintFate::Spoiled),
            _ => None,
        }
    }
}

/// Books the clerk's word on a print, under the job's lock.
pub fn settle_print(desk: &Desk, actor: &Actor, id: i64, fate: PrintFate) -> Result<(), Trouble> {
    let _running = lock_job(desk, id)?;
    let mut job = desk.store.look(|tx| jobs::get(tx, id))?;
    take_up(desk, &mut job)?;
    desk.store.change(|tx| actor::log(desk, tx, actor, [job.member], "change", "settle-print"))?;
    settle(desk, &mut job, fate)
}

/// Books the clerk's word on the print; `not-out` prints the same card again, `spoiled` begins with a new blank.
fn settle(desk: &Desk, job: &mut Job, fate: PrintFate) -> Result<(), Trouble> {
    let detail = json!({ "said": format!("{fate:?}") });
    match fate {
        PrintFate::Out => advance(desk, job, JobEvent::Out, detail, |tx, job| match job.card {
            Some(card) => move_card(desk, tx, card, CardEvent::Finish, None),
            None => Ok(()),
        }),
        PrintFate::NotOut => advance(desk, job, JobEvent::NotOut, detail, |_, _| Ok(())),
        PrintFate::Spoiled => spoil(desk, job, "print-spoiled"),
    }
}

/// The job's card is waste: same number, next sequence, a new blank.
pub(super) fn spoil(desk: &Desk, job: &mut Job, why: &str) -> Result<(), Trouble> {
    advance(desk, job, JobEvent::Spoiled, json!({ "why": why }), |tx, job| {
        if let Some(card) = job.card.take() {
            move_card(desk, tx, card, CardEvent::Spoil, Some(why))?;
        }
        job.proof = None;
        job.files.clear();
        Ok(())
    })?;
    devices::printer(desk).remove(job.id)
}
