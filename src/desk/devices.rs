//! Readers and printers by name and state, and opening them.

use serde::Serialize;

use super::hold::{lock_reader, reader_taken};
use super::{Desk, Stamp};
use crate::back::encoder::simulated::{self, Simulation};
use crate::back::encoder::{self, Fate, Feed, Identified, Reader};
use crate::back::locks::Lock;
use crate::back::printer::{PrinterState, Spool};
use crate::back::settings::ReaderKind;
use crate::back::store::cards::Card;
use crate::plan::chip::BlankPlan;
use crate::plan::messages::Trouble;

/// The one printer there is until IPP and raw printing come.
pub(super) const SPOOL: &str = "spool";

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReaderLine {
    pub name: String,
    pub kind: &'static str,
    /// `empty`, `card` or `taken`.
    pub state: &'static str,
    pub uid: Option<String>,
}

pub type PrinterLine = PrinterState;

/// The simulated desk as the settings have it.
pub(super) fn simulation(desk: &Desk) -> Result<Simulation, Trouble> {
    let settings = &desk.settings.simulator;
    Ok(Simulation {
        folder: settings.folder.clone(),
        readers: settings.readers as usize,
        dispenser: simulated::dispenser(settings.dispensed())?,
        timing: simulated::timing(settings.timing.as_str()),
    })
}

/// All readers, by `[reader] names` when it lists any.
pub fn readers(desk: &Desk) -> Result<Vec<ReaderLine>, Trouble> {
    if desk.stamp() == Stamp::Production && desk.settings.reader.kind == ReaderKind::Simulated {
        // A simulated card is no card: production knows no such reader.
        return Ok(Vec::new());
    }
    let wanted = &desk.settings.reader.names;
    let found = simulation(desk)?.readers()?;
    Ok(found
        .into_iter()
        .filter(|reader| wanted.is_empty() || wanted.contains(&reader.name))
        .map(|reader| {
            let taken = reader_taken(desk, &reader.name);
            let state = match reader.cards.first() {
                _ if taken => "taken",
                Some(_) => "card",
                None => "empty",
            };
            let uid = reader.cards.first().map(ToString::to_string);
            ReaderLine { name: reader.name, kind: desk.settings.reader.kind.as_str(), state, uid }
        })
        .collect())
}

/// The reader of that name, or the first one; `reader-unknown`, or `no-reader` when there is none at all.
pub(super) fn reader_name(desk: &Desk, wanted: Option<&str>) -> Result<String, Trouble> {
    let names: Vec<String> = readers(desk)?.into_iter().map(|reader| reader.name).collect();
    match wanted {
        Some(wanted) if names.iter().any(|name| name == wanted) => Ok(wanted.to_owned()),
        Some(wanted) => Err(Trouble::new("reader-unknown").with("reader", wanted).with("readers", names.join(", "))),
        None if names.is_empty() && desk.stamp() == Stamp::Production => Err(Trouble::new("simulated-in-production")),
        None => names.into_iter().next().ok_or_else(|| Trouble::new("no-reader")),
    }
}

pub(super) fn open_reader(desk: &Desk, wanted: Option<&str>) -> Result<Box<dyn Reader>, Trouble> {
    let name = reader_name(desk, wanted)?;
    Ok(Box::new(simulation(desk)?.open(&name)?))
}

/// Waits until a card lies there and holds the reader then. What the dispenser lays down goes onto a reader that is held
/// already: it lifts what lies there, which may be another job's card in mid-work. `Ok(None)` when the time is up.
pub(super) fn card_on(
    desk: &Desk,
    reader: &mut dyn Reader,
    feed: Feed,
    wait: impl FnOnce(&mut dyn Reader) -> Result<bool, Trouble>,
) -> Result<Option<Lock>, Trouble> {
    let dispensed = feed == Feed::Dispense && desk.settings.simulator.dispenser.is_some();
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
    Spool::new(desk.settings.printer.folder.clone(), &desk.settings.simulator.folder)
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
