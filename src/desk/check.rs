//! The three readings before a card is handed over, as the page shows them: its chip, its print, and the member whom both
//! must name. They are kept in memory and for show: handing over reads the chip anew, in that very moment.
//! Start at [`check_and_hand_over`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::after::Compared;
use super::hand_over::{check_chip, check_scan, hand_over};
use super::{Act, Actor, Desk, Event, JobView, Phase, StepState, Told, actor, devices, old_card};
use crate::back::encoder::{Feed, ReaderState};
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job};
use crate::plan::job::{CardKind, JobState};
use crate::plan::messages::Trouble;

/// A print that was scanned speaks for so long while its card is being laid down. The scanned card and the one that is
/// laid down must be one: after longer nobody remembers.
const KEPT: Duration = Duration::from_secs(60);
/// A wrong chip is read again after this, where the reader does not say that it was changed.
const AGAIN: Duration = Duration::from_millis(1500);

/// The three readings as lamps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckView {
    /// `None`: a card without a chip has two readings.
    pub chip: Option<StepState>,
    pub print: StepState,
    pub member: StepState,
    /// What is wrong with the newest reading that is.
    pub trouble: Option<Told>,
}

impl CheckView {
    /// Chip and print are this member's: what is left is the clerk's word.
    pub fn agreed(&self) -> bool {
        self.member == StepState::Now
    }

    /// Of a card that was handed over: what was compared is done, and nothing else.
    pub(super) fn compared(kind: CardKind, compared: Compared) -> CheckView {
        let lamp = |done| if done { StepState::Done } else { StepState::Wait };
        let chip = (kind == CardKind::Rfid).then(|| lamp(compared.chip));
        let all = compared.scan && chip.is_none_or(|chip| chip == StepState::Done);
        CheckView { chip, print: lamp(compared.scan), member: lamp(all), trouble: None }
    }

    fn all(kind: CardKind, state: StepState) -> CheckView {
        let chip = (kind == CardKind::Rfid).then_some(state);
        CheckView { chip, print: state, member: state, trouble: None }
    }
}

/// What was read of jobs that are ready to be handed over.
#[derive(Default)]
pub(super) struct Checks {
    read: Mutex<HashMap<i64, Read>>,
    /// One reading of a chip at a time in this process: a page that looks on does not get into the way of handing over.
    turn: Mutex<()>,
}

/// Of one job's card.
#[derive(Debug, Clone)]
struct Read {
    card: i64,
    chip: Option<Saw>,
    print: Option<Saw>,
}

#[derive(Debug, Clone)]
struct Saw {
    wrong: Option<Told>,
    /// What lay there, where the reader says it.
    uid: Option<String>,
    at: Instant,
}

impl Saw {
    fn now(wrong: Option<&Trouble>, uid: Option<String>) -> Saw {
        Saw { wrong: wrong.map(Told::from), uid, at: Instant::now() }
    }

    fn state(&self) -> StepState {
        if self.wrong.is_some() { StepState::Bad } else { StepState::Done }
    }
}

impl Checks {
    fn of(&self, job: i64, card: Option<i64>) -> Option<Read> {
        held(&self.read).get(&job).filter(|read| Some(read.card) == card).cloned()
    }

    fn change(&self, job: i64, card: i64, change: impl FnOnce(&mut Read)) {
        let mut all = held(&self.read);
        let read = all.entry(job).or_insert(Read { card, chip: None, print: None });
        if read.card != card {
            *read = Read { card, chip: None, print: None };
        }
        change(read);
    }

    /// The chip that lies there now. After a wrong one the print speaks no longer: it was another card's.
    fn chip(&self, job: i64, card: i64, saw: Option<Saw>) {
        self.change(job, card, |read| {
            let wrong = |saw: &Option<Saw>| saw.as_ref().is_some_and(|saw| saw.wrong.is_some());
            if wrong(&read.chip) && !wrong(&saw) {
                read.print = None;
            }
            read.chip = saw;
        });
    }

    fn print(&self, job: i64, card: i64, saw: Saw) {
        self.change(job, card, |read| read.print = Some(saw));
    }

    fn forget(&self, job: i64) {
        held(&self.read).remove(&job);
    }
}

/// Whether the page shows this refusal by its lamps.
pub fn is_reading(code: &str) -> bool {
    is_print(code) || is_chip(code)
}

fn is_print(code: &str) -> bool {
    matches!(code, "scan-mismatch" | "scan-unreadable" | "scan-missing")
}

/// Troubles of the card; those of readers, locks and the store are none of them.
fn is_chip(code: &str) -> bool {
    code.starts_with("card-") || code.starts_with("chip-") || matches!(code, "keys-changed" | "profile-missing")
}

/// Somebody else's number or card was read.
fn is_others(told: &Told) -> bool {
    matches!(told.code.as_str(), "scan-mismatch" | "card-of-other")
}

/// The lamps of a job as it stands.
pub(super) fn check_view(desk: &Desk, job: &Job, phase: &Phase) -> CheckView {
    match phase {
        Phase::Check => lamps(job.kind, desk.checks.of(job.id, job.card).as_ref()),
        _ => CheckView::all(job.kind, StepState::Wait),
    }
}

fn lamps(kind: CardKind, read: Option<&Read>) -> CheckView {
    let chip = read.and_then(|read| read.chip.as_ref());
    let print = read.and_then(|read| read.print.as_ref());
    let print = print.filter(|saw| saw.wrong.is_some() || saw.at.elapsed() < KEPT);
    let chip_state = (kind == CardKind::Rfid).then(|| chip.map_or(StepState::Now, Saw::state));
    let chip_done = chip_state.is_none_or(|state| state == StepState::Done);
    let print_state = match print {
        Some(saw) => saw.state(),
        None if chip_done => StepState::Now,
        None => StepState::Wait,
    };
    let mut wrong: Vec<&Saw> = [chip, print].into_iter().flatten().filter(|saw| saw.wrong.is_some()).collect();
    wrong.sort_by_key(|saw| saw.at);
    let member = match () {
        () if wrong.iter().any(|saw| saw.wrong.as_ref().is_some_and(is_others)) => StepState::Bad,
        () if chip_done && print_state == StepState::Done => StepState::Now,
        () => StepState::Wait,
    };
    let trouble = wrong.last().and_then(|saw| saw.wrong.clone());
    CheckView { chip: chip_state, print: print_state, member, trouble }
}

/// Compares what was scanned, the chip on the job's reader and the member, and hands over when all three agree. Without a
/// scan the print that was read a moment ago speaks. What disagrees is kept for the lamps and refused. While the fee or the old card
/// is still asked about, a scan fills the lamp of the print and nothing is handed over.
pub fn check_and_hand_over(desk: &Desk, actor: &Actor, id: i64, scan: Option<&str>) -> Result<(), Trouble> {
    actor.may(Act::HandOver)?;
    let _turn = held(&desk.checks.turn);
    let (job, unsaid) = desk.store.look(|tx| {
        let job = jobs::get(tx, id)?;
        let unsaid = old_card::must_be_said(tx, &job).err();
        Ok((job, unsaid))
    })?;
    actor::not_own(desk, actor, job.member)?;
    if let Some(unsaid) = unsaid {
        scan.map_or(Ok(()), |scan| compare_print(desk, actor, &job, scan))?;
        return Err(unsaid);
    }
    let number = job.number.to_string();
    let scan = match scan {
        Some(scan) => scan,
        None if check_view(desk, &job, &Phase::Check).print == StepState::Done => number.as_str(),
        None => return Err(Trouble::new("scan-missing").with("number", job.number.grouped())),
    };
    let done = hand_over(desk, actor, id, Some(scan), None, Feed::ByHand, None);
    let trouble = match done {
        Ok(_) => {
            desk.checks.forget(id);
            return Ok(());
        }
        Err(trouble) => trouble,
    };
    if let Some(card) = job.card.filter(|_| job.state == JobState::Ready) {
        match trouble.code {
            code if is_print(code) => desk.checks.print(id, card, Saw::now(Some(&trouble), None)),
            // Money is asked for after the print was compared.
            "fee-unpaid" => desk.checks.print(id, card, Saw::now(None, None)),
            "card-not-there" => {
                desk.checks.chip(id, card, None);
                desk.checks.print(id, card, Saw::now(None, None));
            }
            code if is_chip(code) => {
                desk.checks.chip(id, card, Some(Saw::now(Some(&trouble), None)));
                desk.checks.print(id, card, Saw::now(None, None));
            }
            _ => {}
        }
        desk.tell(Event::Job(id));
    }
    Err(trouble)
}

/// The lamp of the print, of a card that may not go yet.
fn compare_print(desk: &Desk, actor: &Actor, job: &Job, scan: &str) -> Result<(), Trouble> {
    let wrong = check_scan(desk, actor, job, scan).err();
    match (job.card, wrong) {
        (_, Some(wrong)) if !is_print(wrong.code) => return Err(wrong),
        (Some(card), wrong) => desk.checks.print(job.id, card, Saw::now(wrong.as_ref(), None)),
        (None, _) => {}
    }
    desk.tell(Event::Job(job.id));
    Ok(())
}

/// Reads the chip that lies on the reader of a job that is to be checked, if it was not read yet: its lamp fills by itself.
/// Gives whether the lamps may have changed. Never waits: while the reader is busy, it is for the next look.
pub fn look_at_chip(desk: &Desk, actor: &Actor, view: &JobView) -> Result<bool, Trouble> {
    actor.may(Act::HandOver)?;
    if view.phase != Phase::Check || view.kind != CardKind::Rfid {
        return Ok(false);
    }
    let Ok(_turn) = desk.checks.turn.try_lock() else { return Ok(false) };
    let readers = devices::readers(desk)?;
    let reader = match view.reader.as_deref() {
        Some(name) => readers.iter().find(|reader| reader.name == name),
        None => readers.first(),
    };
    let (job, card) = desk.store.look(|tx| {
        let job = jobs::get(tx, view.job)?;
        let card = job.card.map(|card| cards::get(tx, card)).transpose()?;
        Ok((job, card))
    })?;
    let (Some(reader), Some(card), JobState::Ready) = (reader, card, job.state) else { return Ok(false) };
    let known = desk.checks.of(job.id, Some(card.id)).and_then(|read| read.chip);
    match reader.state {
        ReaderState::Empty if known.is_some() => {
            desk.checks.chip(job.id, card.id, None);
            Ok(true)
        }
        ReaderState::Card if is_due(known.as_ref(), reader.uid.as_deref(), &card) => {
            Ok(read(desk, actor, &job, &card, reader.uid.clone()))
        }
        _ => Ok(false),
    }
}

/// Whether what lies there is to be read: it was not, or it may be another card by now.
fn is_due(known: Option<&Saw>, uid: Option<&str>, card: &Card) -> bool {
    match known {
        None => true,
        Some(saw) if saw.wrong.is_none() => uid.is_some() && uid != card.uid.as_deref(),
        Some(saw) if uid.is_some() && saw.uid.is_some() => uid != saw.uid.as_deref(),
        Some(saw) => saw.at.elapsed() >= AGAIN,
    }
}

fn read(desk: &Desk, actor: &Actor, job: &Job, card: &Card, uid: Option<String>) -> bool {
    let saw = match check_chip(desk, actor, job, card, None, Feed::ByHand) {
        Ok(()) => Some(Saw::now(None, uid)),
        Err(trouble) if trouble.code == "card-not-there" => None,
        Err(trouble) if is_chip(trouble.code) => Some(Saw::now(Some(&trouble), uid)),
        Err(_) => return false,
    };
    desk.checks.chip(job.id, card.id, saw);
    true
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use StepState::{Bad, Done, Now, Wait};

    use super::*;

    fn saw(wrong: Option<&'static str>) -> Option<Saw> {
        Some(Saw::now(wrong.map(Trouble::new).as_ref(), None))
    }

    #[test]
    fn lamps_fill_one_by_one_and_say_whose_it_is() {
        for (chip, print, wanted) in [
            (None, None, (Now, Wait, Wait)),
            (saw(None), None, (Done, Now, Wait)),
            (None, saw(None), (Now, Done, Wait)),
            (saw(None), saw(None), (Done, Done, Now)),
            (saw(Some("card-of-other")), None, (Bad, Wait, Bad)),
            (saw(Some("card-of-other")), saw(None), (Bad, Done, Bad)),
            (saw(Some("chip-mismatch")), None, (Bad, Wait, Wait)),
            (saw(None), saw(Some("scan-mismatch")), (Done, Bad, Bad)),
            (saw(None), saw(Some("scan-unreadable")), (Done, Bad, Wait)),
        ] {
            let view = lamps(CardKind::Rfid, Some(&Read { card: 1, chip: chip.clone(), print: print.clone() }));
            assert_eq!(
                (view.chip, view.print, view.member),
                (Some(wanted.0), wanted.1, wanted.2),
                "{chip:?} {print:?}"
            );
        }
        let none = lamps(CardKind::Sticker, None);
        assert_eq!((none.chip, none.print, none.member), (None, Now, Wait));
    }

    #[test]
    fn a_print_that_was_scanned_long_ago_or_before_a_wrong_chip_speaks_no_more() {
        let mut old = saw(None);
        if let Some(saw) = &mut old {
            saw.at = saw.at.checked_sub(KEPT).unwrap();
        }
        assert_eq!(lamps(CardKind::Rfid, Some(&Read { card: 1, chip: saw(None), print: old })).print, Now);
        let checks = Checks::default();
        checks.print(7, 1, Saw::now(None, None));
        checks.chip(7, 1, None);
        assert!(checks.of(7, Some(1)).unwrap().print.is_some());
        checks.chip(7, 1, saw(Some("card-of-other")));
        checks.chip(7, 1, None);
        assert!(checks.of(7, Some(1)).unwrap().print.is_none());
        assert!(checks.of(7, Some(2)).is_none(), "another card of the job");
    }
}
