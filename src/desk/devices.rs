//! Readers and printers by name and state, and opening them.

use serde::Serialize;

use super::hold::{lock_reader, reader_taken};
use super::{Actor, Desk, Event, Settings, Stamp};
use crate::back::encoder::libnfc::Libnfc;
use crate::back::encoder::pcsc::Pcsc;
use crate::back::encoder::simulated::{self, Simulation};
use crate::back::encoder::{self, Fate, Feed, Identified, Listed, Reader, ReaderState, Readers, Watch};
use crate::back::locks::Lock;
use crate::back::printer::{PrinterState, Spool};
use crate::back::settings::ReaderKind;
use crate::back::store::cards::Card;
use crate::back::store::jobs::{self, Job};
use crate::plan::chip::BlankPlan;
use crate::plan::messages::Trouble;

/// The one printer there is until IPP and raw printing come.
pub(super) const SPOOL: &str = "spool";

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReaderLine {
    pub name: String,
    pub kind: &'static str,
    pub state: ReaderState,
    pub uid: Option<String>,
    /// Where it is plugged in; settings and `--reader` may call it by this.
    pub port: Option<String>,
    /// Why it cannot be used.
    #[serde(skip)]
    pub trouble: Option<Trouble>,
}

impl ReaderLine {
    fn is_called(&self, wanted: &str) -> bool {
        is_called(&self.name, self.port.as_deref(), wanted)
    }
}

pub type PrinterLine = PrinterState;

/// The simulated desk as the settings have it.
pub(super) fn simulation(desk: &Desk) -> Result<Simulation, Trouble> {
    simulation_of(&desk.settings)
}

fn simulation_of(settings: &Settings) -> Result<Simulation, Trouble> {
    let settings = &settings.simulator;
    Ok(Simulation {
        folder: settings.folder.clone(),
        readers: settings.readers as usize,
        dispenser: simulated::dispenser(settings.dispensed())?,
        timing: simulated::timing(settings.timing.as_str()),
    })
}

/// The readers that the settings ask for.
pub(super) fn readers_of(settings: &Settings) -> Result<Box<dyn Readers>, Trouble> {
    Ok(match settings.reader.kind {
        ReaderKind::Simulated => Box::new(simulation_of(settings)?),
        ReaderKind::Pcsc => Box::new(Pcsc::new(settings.reader.signal)),
        ReaderKind::Libnfc => Box::new(Libnfc::new(settings.reader.names.clone())),
    })
}

/// All readers, by `[reader] names` when it lists any: what it names and is not there is `gone`.
pub fn readers(desk: &Desk) -> Result<Vec<ReaderLine>, Trouble> {
    if desk.stamp() == Stamp::Production && desk.settings.reader.kind == ReaderKind::Simulated {
        // A simulated card is no card: production knows no such reader.
        return Ok(Vec::new());
    }
    // One that a job is at and that is not there is missed too, whether or not the settings name it.
    let found = wanted(&*desk.readers, &desk.settings.reader.names, &desk.stations.at_work())?;
    Ok(found.into_iter().map(|reader| line(desk, reader)).collect())
}

/// The same where there is no desk yet: as they list themselves, and what jobs know of them is not known. Makes nothing.
pub fn readers_without_desk(settings: &Settings) -> Result<Vec<ReaderLine>, Trouble> {
    let (kind, names) = (settings.reader.kind, &settings.reader.names);
    let found = match kind {
        // Their tray would be made by the look.
        ReaderKind::Simulated if !settings.simulator.folder.exists() => simulation_of(settings)?.furnished(),
        _ => wanted(&*readers_of(settings)?, names, &[])?,
    };
    Ok(found.into_iter().map(|reader| plain_line(kind.as_str(), reader)).collect())
}

/// What is listed, by the names that the settings have when they have any; of these and of `at_work` what is missing is
/// gone.
fn wanted(readers: &dyn Readers, wanted: &[String], at_work: &[String]) -> Result<Vec<Listed>, Trouble> {
    let mut found = readers.list()?;
    let mut missing: Vec<&String> = wanted.iter().chain(at_work).collect();
    let called = |reader: &Listed, wanted: &str| is_called(&reader.name, reader.port.as_deref(), wanted);
    missing.retain(|wanted| !found.iter().any(|reader| called(reader, wanted)));
    missing.sort();
    missing.dedup();
    let missing: Vec<Listed> = missing.into_iter().map(|name| gone(name)).collect();
    found.retain(|reader| wanted.is_empty() || wanted.iter().any(|wanted| called(reader, wanted)));
    if !missing.is_empty() {
        // A reader keeps its place on the page when it goes.
        found.extend(missing);
        found.sort_by(|one, other| one.name.cmp(&other.name));
    }
    Ok(found)
}

/// A reader goes by its name and by the port it is plugged into, which stays the same.
fn is_called(name: &str, port: Option<&str>, wanted: &str) -> bool {
    name == wanted || port == Some(wanted)
}

fn gone(name: &str) -> Listed {
    let trouble = Trouble::new("reader-gone").with("reader", name);
    Listed { name: name.to_owned(), state: ReaderState::Gone, uid: None, port: None, trouble: Some(trouble) }
}

/// One in our own hands is taken, whatever else is known of it; in others' hands it is said whose. One that a job found to be
/// ill looks well to the system, and counts as ill until it was unplugged or a job went well there.
fn line(desk: &Desk, reader: Listed) -> ReaderLine {
    let plain = plain_line(desk.settings.reader.kind.as_str(), reader);
    if reader_taken(desk, &plain.name) {
        return ReaderLine { state: ReaderState::Taken, trouble: None, ..plain };
    }
    match plain.state {
        ReaderState::Taken if plain.trouble.is_none() => {
            let holder = desk.readers.holder(&plain.name);
            let trouble = Trouble::new("reader-taken").with("reader", &plain.name).with("holder", holder);
            ReaderLine { trouble: Some(trouble), ..plain }
        }
        ReaderState::Gone => {
            desk.stations.is_well(&plain.name);
            plain
        }
        state if state.is_free() => match desk.stations.illness(&plain.name) {
            Some(trouble) => ReaderLine { state: ReaderState::Stuck, trouble: Some(trouble), ..plain },
            None => plain,
        },
        _ => plain,
    }
}

/// A reader as it lists itself, without a desk that could hold it.
pub(super) fn plain_line(kind: &'static str, reader: Listed) -> ReaderLine {
    let uid = reader.uid.map(|uid| uid.to_string());
    ReaderLine { name: reader.name, kind, state: reader.state, uid, port: reader.port, trouble: reader.trouble }
}

/// The reader of that name or port, or the first one at which a job could begin now, or that is there at all; `reader-unknown`, or
/// `no-reader` when there is none (`no-board` where a board is found by its name only).
pub(super) fn reader_name(desk: &Desk, wanted: Option<&str>) -> Result<String, Trouble> {
    match readers(desk) {
        Ok(readers) => pick(desk, &readers, wanted),
        // Another reader keeps pcscd from answering. One that was there a moment ago is nobody's trouble but that one's.
        Err(trouble) if trouble.code == "pcscd-hung" => wanted.and_then(|name| desk.readers.seen(name)).ok_or(trouble),
        Err(trouble) => Err(trouble),
    }
}

fn pick(desk: &Desk, readers: &[ReaderLine], wanted: Option<&str>) -> Result<String, Trouble> {
    let there = |reader: &&ReaderLine| reader.state != ReaderState::Gone;
    match wanted {
        Some(wanted) => {
            let found = readers.iter().find(|reader| reader.is_called(wanted));
            let names = || readers.iter().map(|reader| reader.name.as_str()).collect::<Vec<_>>().join(", ");
            let unknown = || Trouble::new("reader-unknown").with("reader", wanted).with("readers", names());
            found.map(|reader| reader.name.clone()).ok_or_else(unknown)
        }
        None if readers.is_empty()
            && desk.stamp() == Stamp::Production
            && desk.settings.reader.kind == ReaderKind::Simulated =>
        {
            Err(Trouble::new("simulated-in-production"))
        }
        None => {
            let first =
                readers.iter().find(|reader| reader.state.is_free()).or(readers.iter().find(there)).or(readers.first());
            first.map(|reader| reader.name.clone()).ok_or_else(|| none_there(desk))
        }
    }
}

/// libnfc finds boards on USB by itself; those on a serial port must be named.
fn none_there(desk: &Desk) -> Trouble {
    match desk.settings.reader.kind {
        ReaderKind::Libnfc if desk.settings.reader.names.is_empty() => Trouble::new("no-board"),
        _ => Trouble::new("no-reader"),
    }
}

/// Whether a job could begin at this reader now: it is there, answers, and is in nobody's hands.
pub(super) fn is_usable(desk: &Desk, wanted: Option<&str>) -> bool {
    let called = |reader: &ReaderLine| wanted.is_none_or(|wanted| reader.is_called(wanted));
    readers(desk).is_ok_and(|readers| readers.iter().any(|reader| called(reader) && reader.state.is_free()))
}

/// Those of the readers at which a job could begin now.
pub fn usable_readers(mut readers: Vec<ReaderLine>) -> Vec<ReaderLine> {
    readers.retain(|reader| reader.state.is_free());
    readers
}

/// The usable reader that this person's last job was done at, else the first one.
pub fn usual_reader(desk: &Desk, actor: &Actor, usable: &[ReaderLine]) -> Result<Option<String>, Trouble> {
    let last = desk.store.look(|tx| jobs::last_reader(tx, &actor.id()))?;
    let usual = usable.iter().find(|reader| Some(&reader.name) == last.as_ref()).or(usable.first());
    Ok(usual.map(|reader| reader.name.clone()))
}

/// The next reader after this one, in the order of the list and round it, at which a job could begin now.
pub fn next_reader(readers: &[ReaderLine], at: Option<&str>) -> Option<String> {
    let here = readers.iter().position(|reader| Some(reader.name.as_str()) == at);
    let start = here.map_or(0, |here| here + 1);
    let mut round = (start..readers.len()).chain(0..start).filter_map(|i| readers.get(i));
    round.find(|reader| reader.state.is_free() && Some(reader.name.as_str()) != at).map(|reader| reader.name.clone())
}

/// Why no job can be planned that needs one of these readers.
pub fn reader_at_hand(desk: &Desk, readers: &Result<Vec<ReaderLine>, Trouble>) -> Result<(), Trouble> {
    let readers = readers.as_ref().map_err(Trouble::clone)?;
    pick(desk, readers, None).map(drop)
}

/// The reader that a job is done at. One that was there when it was planned and is not now is `reader-gone`.
pub(super) fn open_for(desk: &Desk, job: &Job) -> Result<Box<dyn Reader>, Trouble> {
    desk.readers.open(&kept_name(desk, job.reader.as_deref())?)
}

/// A job keeps its reader by name, also one that is not there now: it is waited for. Without a list, which may have to wait
/// for another reader, and that one's trouble is none of this job's.
pub(super) fn kept_name(desk: &Desk, kept: Option<&str>) -> Result<String, Trouble> {
    match kept {
        Some(name) if desk.settings.reader.kind != ReaderKind::Simulated => Ok(name.to_owned()),
        kept => reader_name(desk, kept),
    }
}

/// Tells every page when a reader comes, goes or gets a card, as long as the watch is kept. `None`: nobody tells, and pages
/// look by themselves.
pub fn watch_readers(desk: &Desk) -> Option<Watch> {
    let board = desk.board.clone();
    desk.readers.watch(Box::new(move || board.tell(Event::Reader)))
}

pub(super) fn open_reader(desk: &Desk, wanted: Option<&str>) -> Result<Box<dyn Reader>, Trouble> {
    let name = reader_name(desk, wanted)?;
    desk.readers.open(&name)
}

/// Waits until a card lies there and holds the reader then. What the dispenser lays down goes onto a reader that is held
/// already: it lifts what lies there, which may be another job's card in mid-work. `Ok(None)` when the time is up.
pub(super) fn card_on(
    desk: &Desk,
    reader: &mut dyn Reader,
    feed: Feed,
    wait: impl FnOnce(&mut dyn Reader) -> Result<bool, Trouble>,
) -> Result<Option<Lock>, Trouble> {
    let simulated = desk.settings.reader.kind == ReaderKind::Simulated;
    let dispensed = simulated && feed == Feed::Dispense && desk.settings.simulator.dispenser.is_some();
    let held = if dispensed { Some(lock_reader(desk, reader.name())?) } else { None };
    if !wait(reader)? {
        return Ok(None);
    }
    match held {
        Some(held) => Ok(Some(held)),
        None => lock_reader(desk, reader.name()).map(Some),
    }
}

pub(super) fn printer(desk: &Desk) -> Spool {
    spool(&desk.settings)
}

pub(super) fn spool(settings: &Settings) -> Spool {
    Spool::new(settings.printer.folder.clone(), &settings.simulator.folder)
}

/// All printers with their state.
pub fn printers(desk: &Desk) -> Vec<PrinterLine> {
    vec![printer(desk).state()]
}

/// The printer of that name, or the first one; else `printer-unknown`.
pub(super) fn printer_name(wanted: Option<&str>) -> Result<String, Trouble> {
    match wanted {
        None | Some(SPOOL) => Ok(SPOOL.to_owned()),
        Some(other) => Err(Trouble::new("printer-unknown").with("printer", other).with("printers", SPOOL)),
    }
}

/// Takes a card of ours, made as its record says, back to what the factory delivers; `Ok(false)` when it does not let us.
/// One that went away meanwhile has lost nothing: that is the error, and the same card laid back is finished.
pub(super) fn blank_chip(
    desk: &Desk,
    reader: &mut dyn Reader,
    target: &Identified,
    record: &Card,
) -> Result<bool, Trouble> {
    let (profile, _) = desk.made_by(Some(record))?;
    let plan = BlankPlan::new(&profile, target.kind, &target.uid, desk.settings.library.code, &desk.keys())?;
    match encoder::blank(reader, target, &plan.resumed(true), &mut |_| Ok(())) {
        Ok(_) => Ok(true),
        Err(stop) if stop.fate == Fate::Resumable => Err(stop.trouble),
        Err(_) => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use ReaderState::{Card, Empty, Gone, Taken};

    use super::*;

    #[test]
    fn the_next_reader_is_the_next_free_one_round_the_list() {
        let line = |(name, state): (&str, ReaderState)| ReaderLine {
            name: name.to_owned(),
            kind: "pcsc",
            state,
            uid: None,
            port: None,
            trouble: None,
        };
        let readers: Vec<ReaderLine> =
            [("a", Empty), ("b", Taken), ("c", Card), ("d", Gone)].into_iter().map(line).collect();
        for (at, next) in [(Some("a"), Some("c")), (Some("c"), Some("a")), (Some("d"), Some("a")), (None, Some("a"))] {
            assert_eq!(next_reader(&readers, at).as_deref(), next, "{at:?}");
        }
        assert_eq!(next_reader(&readers[..2], Some("a")), None);
    }
}
