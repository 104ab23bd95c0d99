//! Handing over, the only thing that counts as issued: the chip's number, the scanned print and the member of the job
//! agree, and in one commit the card, the number and the job become what they say. Start at [`hand_over`].

use std::io::Read;

use serde::Serialize;
use serde_json::json;

use super::chip::{agrees, read_as_needed, read_recorded};
use super::hold::lock_job;
use super::journal::{advance, move_card};
use super::print::checksum;
use super::quoted::quoted;
use super::{Act, Actor, Desk, actor, charge, convert, devices, reissue, whose};
use crate::back::encoder;
use crate::back::encoder::Feed;
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job};
use crate::back::store::numbers;
use crate::plan::chip::{Depth, Family, Holder, Uid};
use crate::plan::fees::why;
use crate::plan::job::{CardEvent, CardKind, CardState, JobEvent, JobState, NumberEvent, NumberState, next_number};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// No print of ours is longer, in bytes: a card's PDF has some ten thousand.
const LONGEST_PRINT: u64 = 16 * 1024 * 1024;

#[derive(Debug, Serialize)]
pub struct HandedOver {
    pub job: i64,
    pub state: JobState,
    pub number: MemberNumber,
    pub uid: Option<String>,
    /// The card that this one took the place of.
    pub replaces: Option<i64>,
    /// What became of that card: `returned` where it came back, else `void`.
    pub old_card: Option<CardState>,
    /// The number that is out of use now.
    pub old_number: Option<MemberNumber>,
}

/// Checks chip, print and member together and hands the card over. `scan`: the number that the scanner read off the
/// print (or that was typed); `unpaid`: why a card whose fee is not paid goes out all the same; without a scan only a spooled print can speak for itself (see [`print_speaks`]).
/// On a job that is handed over already this changes nothing and answers the same; a wrong scan is refused there too.
pub fn hand_over(
    desk: &Desk,
    actor: &Actor,
    id: i64,
    scan: Option<&str>,
    reader: Option<&str>,
    feed: Feed,
    unpaid: Option<&str>,
) -> Result<HandedOver, Trouble> {
    actor.may(Act::HandOver)?;
    if unpaid.is_some() {
        actor.may(Act::HandOverUnpaid)?;
    }
    let unpaid = unpaid.map(why).transpose()?;
    let _running = lock_job(desk, id)?;
    let (mut job, card) = desk.store.look(|tx| {
        let job = jobs::get(tx, id)?;
        let card = job.card.map(|card| cards::get(tx, card)).transpose()?;
        Ok((job, card))
    })?;
    actor::not_own(desk, actor, job.member)?;
    let handed_over = |job: &Job, card: Option<&Card>| {
        let old = job.replaces.map(|old| desk.store.look(|tx| cards::get(tx, old))).transpose()?;
        Ok(HandedOver {
            job: job.id,
            state: job.state,
            number: job.number,
            uid: card.and_then(|card| card.uid.clone()),
            replaces: job.replaces,
            old_card: old.map(|old| old.state),
            old_number: job.old_number,
        })
    };
    if !matches!(job.state, JobState::Ready | JobState::HandedOver) {
        return Err(Trouble::new("not-ready").with("job", id).with("state", job.state));
    }
    let scanned = scan.map(|scan| check_scan(desk, actor, &job, scan)).transpose()?;
    if job.state == JobState::HandedOver {
        desk.store.change(|tx| actor::log(desk, tx, actor, [job.member], "look", "hand-over"))?;
        return handed_over(&job, card.as_ref());
    }
    let card = card.ok_or_else(|| Trouble::new("not-ready").with("job", id).with("state", job.state))?;
    // Said before a card is asked for, and judged again in the commit.
    if unpaid.is_none() {
        desk.store.look(|tx| charge::must_be_settled(desk, tx, actor, id, None))?;
    }
    let printed = match scanned {
        Some(()) => "scan",
        None => print_speaks(desk, &job).map(|()| "spool")?,
    };
    let chip = job.kind == CardKind::Rfid;
    if chip {
        check_chip(desk, actor, &job, &card, reader, feed)?;
    }
    // What was compared, and no more, is what the job says ever after.
    let compared = json!({ "chip": chip, "print": printed, "unpaid": unpaid });
    advance(desk, &mut job, JobEvent::HandOver, compared, |tx, job| {
        charge::must_be_settled(desk, tx, actor, job.id, unpaid.as_deref())?;
        move_card(desk, tx, card.id, CardEvent::GoLive, None)?;
        if numbers::state(tx, job.number)? == Some(NumberState::Reserved) {
            numbers::set_state(tx, job.number, next_number(NumberState::Reserved, NumberEvent::GoLive)?)?;
        }
        reissue::take_effect(desk, tx, job)?;
        convert::complete(desk, tx, job)?;
        jobs::handed_over_by(tx, job.id, &actor.id())?;
        actor::log(desk, tx, actor, [job.member], "change", "hand-over")
    })?;
    desk.board.forget(id);
    // What a printed card leaves in the spool is personal and goes after `[printer] keep_days`; the card is handed over
    // even if that fails.
    if let Err(trouble) = sweep_spool(desk) {
        tracing::warn!(%trouble, "old spool files could not be removed");
    }
    handed_over(&job, Some(&card))
}

/// The print must be of this job's number; another one says whose it is, which is logged. An identity number is not repeated.
pub(super) fn check_scan(desk: &Desk, actor: &Actor, job: &Job, scan: &str) -> Result<(), Trouble> {
    let (scanned, whose) = match MemberNumber::parse(scan) {
        Ok(scanned) if scanned == job.number => return Ok(()),
        Ok(scanned) => (scanned.grouped(), whose::of_number(desk, actor, scanned)?),
        // The member's older card, or another's, may bear the library's own number.
        Err(_) => match whose::of_own_number(desk, actor, scan)? {
            Some((own, whose)) => (own, whose),
            None => return Err(Trouble::new("scan-unreadable").with("text", quoted(scan))),
        },
    };
    let mismatch = Trouble::new("scan-mismatch").with("scanned", scanned);
    Err(mismatch.with("wanted", job.number.grouped()).with("whose", whose))
}

/// A spooled file is the print itself, checked bar code and all before it was written. Where it still lies there as it
/// was written it can speak for itself; a card out of a printer cannot, nor can a file that is gone, empty or altered.
fn print_speaks(desk: &Desk, job: &Job) -> Result<(), Trouble> {
    let missing = || Trouble::new("scan-missing").with("number", job.number.grouped());
    let sums = desk.store.look(|tx| jobs::printed_sums(tx, job.id))?;
    let spooled = job.printer_kind.as_deref() == Some("spool") && !sums.is_empty();
    if !spooled || sums.len() != job.files.len() {
        return Err(missing());
    }
    let whole = |(file, sum): (&String, &String)| bytes_of(file).is_ok_and(|bytes| checksum(&bytes) == *sum);
    if job.files.iter().zip(&sums).all(whole) { Ok(()) } else { Err(missing()) }
}

/// What lies in the spool under that name; no further than a print of ours goes, and never waiting for a pipe.
fn bytes_of(file: &str) -> std::io::Result<Vec<u8>> {
    if !std::fs::metadata(file)?.is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(LONGEST_PRINT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The chip on the reader must be this job's card and hold, under our seal or our keys, what this job wrote.
pub(super) fn check_chip(
    desk: &Desk,
    actor: &Actor,
    job: &Job,
    card: &Card,
    reader: Option<&str>,
    feed: Feed,
) -> Result<(), Trouble> {
    let wanted = card.uid.as_deref().map(Uid::parse).transpose()?;
    let mut reader = match reader {
        Some(named) => devices::open_reader(desk, Some(named))?,
        None => devices::open_for(desk, job)?,
    };
    // What lies there was laid down for this, and opens nobody's page when it is done.
    desk.presence.is_work(reader.name());
    let patience = match feed {
        Feed::Dispense => desk.card_timeout(),
        Feed::ByHand => std::time::Duration::ZERO,
    };
    let lies =
        devices::card_on(desk, &mut *reader, feed, |reader| reader.wait_for_card(wanted.as_ref(), feed, patience))?;
    let _held = lies.ok_or_else(|| Trouble::new("card-not-there"))?;
    let target = encoder::identify_as(&mut *reader, wanted.as_ref())?;
    if Some(target.uid) != wanted {
        let whose = whose::of_uid(desk, Some(actor), &target.uid)?;
        return Err(Trouble::new("card-of-other").with("lying", target.uid).with("whose", whose));
    }
    let keys = desk.keys();
    // Whether a Type 2 chip still hangs on our password costs a few exchanges; the sectors of a Classic cost too many.
    let reading = match target.kind.family() {
        Family::Classic => read_as_needed(desk, &mut *reader, &target, Some(card), &keys)?,
        Family::Type2 => read_recorded(desk, &mut *reader, &target, Some(card), &keys, Depth::Whole)?,
    };
    let kept = target.kind.family() == Family::Classic || matches!(reading.holder, Holder::Ours { .. });
    if !kept || !agrees(desk, &reading, card) {
        return Err(Trouble::new("chip-mismatch").with("uid", target.uid).with("wanted", card.number.grouped()));
    }
    Ok(())
}

/// Removes the spool files of cards handed over, and receipts spooled, more than `[printer] keep_days` ago.
pub fn sweep_spool(desk: &Desk) -> Result<(), Trouble> {
    let kept = i64::from(desk.settings.printer.keep_days) * 24 * 60 * 60 * 1000;
    let until = desk.now().as_millisecond() - kept;
    let printer = devices::printer(desk);
    for job in desk.store.look(|tx| jobs::spooled_before(tx, until))? {
        printer.remove(job)?;
        desk.store.change(|tx| jobs::forget_files(tx, job))?;
    }
    printer.remove_receipts(until)
}
