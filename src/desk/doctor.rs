//! What is wrong with this computer, these settings and this database, and how each of it is mended. It works where the
//! desk itself does not open; then that is a finding like the others.
//!
//! Looking changes nothing beyond what every command does (it tries whether a folder can be written to), needs no root and
//! ends in time. What cannot be seen is said and never called well. Start at [`Doctor::examine`] and the table [`CHECKS`].

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;

use super::devices::{self, ReaderLine};
use super::{Act, Actor, Assets, Desk, Opening, Settings, Stamp};
use crate::back::machine::pcscd::Reach;
use crate::back::machine::{Machine, pcscd, within};
use crate::back::settings::ReaderKind;
use crate::back::store::checkup::{self, Health};
use crate::plan::messages::{Lang, Messages, Trouble};

mod house;
mod mend;
mod print;
mod readers;
#[cfg(test)]
mod tests;

pub use mend::Mend;

/// The longest look at the database file, and the longest opening of the desk; both go on side by side. All the longest
/// waits together stay under two seconds.
const OPENING: Duration = Duration::from_millis(700);
/// [`crate::back::encoder::Readers::list`] ends within a second.
const LISTING: Duration = Duration::from_secs(1);
const FIRMWARE: Duration = Duration::from_millis(200);
/// Beside the list of readers.
const PCSCD: Duration = Duration::from_millis(800);

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    Fail,
    Warn,
    Ok,
}

impl CheckState {
    pub fn as_str(self) -> &'static str {
        match self {
            CheckState::Fail => "fail",
            CheckState::Warn => "warn",
            CheckState::Ok => "ok",
        }
    }
}

/// One check and what it found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Stable, in kebab-case.
    pub check: &'static str,
    pub state: CheckState,
    said: Said,
    /// What `--fix` would do about it.
    pub mend: Option<Mend>,
}

#[derive(Debug, Clone)]
enum Said {
    /// The message `doctor-ok-…`, and its arguments.
    Fine(String, Vec<(&'static str, String)>),
    Trouble(Trouble),
}

impl Finding {
    /// What is, in the words of the catalogue.
    pub fn what(&self, messages: &Messages, lang: Lang) -> String {
        open_ended(match &self.said {
            Said::Fine(id, args) => messages.text(lang, id, args),
            Said::Trouble(trouble) => messages.what(lang, trouble),
        })
    }

    /// What to do; empty where all is well. Several commands stand on lines of their own.
    pub fn help(&self, messages: &Messages, lang: Lang) -> String {
        match &self.said {
            Said::Fine(..) => String::new(),
            Said::Trouble(trouble) => open_ended(messages.help(lang, trouble)),
        }
    }

    /// The code of what is wrong.
    pub fn code(&self) -> Option<&'static str> {
        match &self.said {
            Said::Fine(..) => None,
            Said::Trouble(trouble) => Some(trouble.code),
        }
    }
}

/// A list of findings has no full stops at its lines' ends, whichever file a text comes from.
fn open_ended(text: String) -> String {
    match text.strip_suffix('.') {
        Some(open) if !open.ends_with('.') => open.to_owned(),
        _ => text,
    }
}

/// What a check answers, before it has a name.
struct Verdict {
    state: CheckState,
    said: Said,
    mend: Option<Mend>,
}

/// All is well: `doctor-ok-CHECK`, or with a word of its own `doctor-ok-CHECK-WORD`.
fn fine(word: &'static str) -> Verdict {
    Verdict { state: CheckState::Ok, said: Said::Fine(word.to_owned(), Vec::new()), mend: None }
}

fn warn(trouble: Trouble) -> Verdict {
    Verdict { state: CheckState::Warn, said: Said::Trouble(trouble), mend: None }
}

fn fail(trouble: Trouble) -> Verdict {
    Verdict { state: CheckState::Fail, ..warn(trouble) }
}

/// This account may not see it: neither well nor ill.
fn hidden(place: impl std::fmt::Display) -> Verdict {
    warn(Trouble::new("doctor-hidden").with("place", place))
}

impl Verdict {
    fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Verdict {
        match &mut self.said {
            Said::Fine(_, args) => args.push((name, value.to_string())),
            Said::Trouble(trouble) => trouble.args.push((name, value.to_string())),
        }
        self
    }

    /// What `--fix` does about it; its command is there for the words too.
    fn mend(self, mend: Mend) -> Verdict {
        let command = mend.command();
        Verdict { mend: Some(mend), ..self }.with("command", command)
    }

    fn named(self, check: &'static str) -> Finding {
        let said = match self.said {
            Said::Fine(word, args) if word.is_empty() => Said::Fine(format!("doctor-ok-{check}"), args),
            Said::Fine(word, args) => Said::Fine(format!("doctor-ok-{check}-{word}"), args),
            trouble => trouble,
        };
        Finding { check, state: self.state, said, mend: self.mend }
    }
}

/// What every check may look at. Whatever takes time was looked at once, before.
struct Patient<'p> {
    machine: &'p Machine,
    assets: &'p Assets,
    desk: &'p Result<Arc<Desk>, Trouble>,
    /// `None`: there is no database file.
    health: &'p Option<Result<Health, Trouble>>,
    /// `None`: no answer in time.
    readers: &'p Option<Result<Vec<Seen>, Trouble>>,
    reach: Reach,
    /// `None` while the settings cannot be read.
    kind: Option<ReaderKind>,
}

/// A reader and its firmware's own name.
#[derive(Debug, Clone)]
struct Seen {
    line: ReaderLine,
    firmware: Option<String>,
}

impl Patient<'_> {
    /// Whether readers of this kind are asked for. Not knowing, we look.
    fn uses(&self, kind: ReaderKind) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind)
    }

    fn simulated(&self) -> bool {
        self.kind == Some(ReaderKind::Simulated)
    }

    fn production(&self) -> bool {
        let stamp = self.health.as_ref().and_then(|health| health.as_ref().ok()?.stamp.as_deref());
        stamp == Some(Stamp::Production.as_str())
    }
}

/// What a check needs before it can look.
enum Check {
    /// Of this computer.
    Machine(fn(&Patient) -> Verdict),
    /// Of what the settings say; not looked at while they cannot be read.
    Settings(fn(&Patient, &Settings) -> Verdict),
}

/// Every check, in the order of the report. Names are public and stay.
const CHECKS: [(&str, Check); 32] = [
    ("desk", Check::Settings(house::desk)),
    ("database", Check::Settings(house::database)),
    ("write-ahead-log", Check::Settings(house::write_ahead_log)),
    ("key-file", Check::Settings(house::key_file)),
    ("folders", Check::Settings(house::folders)),
    ("disk", Check::Settings(house::disk)),
    ("locks", Check::Settings(house::locks)),
    ("web-listen", Check::Settings(house::web_listen)),
    ("clock", Check::Settings(house::clock)),
    ("access-log", Check::Settings(house::access_log)),
    ("access-review", Check::Settings(house::access_review)),
    ("access-keep", Check::Settings(house::access_keep)),
    ("stock", Check::Settings(house::stock)),
    ("ledger", Check::Settings(house::ledger)),
    ("ledger-close", Check::Settings(house::ledger_close)),
    ("time-sync", Check::Machine(house::time_sync)),
    ("fonts", Check::Settings(print::fonts)),
    ("font-coverage", Check::Settings(print::font_coverage)),
    ("printers", Check::Settings(print::printers)),
    ("spool-leftovers", Check::Settings(print::spool_leftovers)),
    ("readers", Check::Settings(readers::readers)),
    ("kernel-modules", Check::Machine(readers::kernel_modules)),
    ("kernel-blacklist", Check::Machine(readers::kernel_blacklist)),
    ("pcscd", Check::Machine(readers::pcscd)),
    ("pcscd-socket", Check::Machine(readers::pcscd_socket)),
    ("polkit", Check::Machine(readers::polkit)),
    ("libccid", Check::Machine(readers::libccid)),
    ("escape", Check::Machine(readers::escape)),
    ("reader-firmware", Check::Machine(readers::reader_firmware)),
    ("missed-readers", Check::Machine(readers::missed_readers)),
    ("serial-access", Check::Settings(readers::serial_access)),
    ("test-drivers", Check::Machine(readers::test_drivers)),
];

/// The doctor of one desk: its settings, or why they cannot be read, and its computer.
pub struct Doctor {
    pub settings: Result<Settings, Trouble>,
    pub machine: Machine,
}

impl Doctor {
    /// For the settings as they were loaded, on this computer.
    pub fn here(settings: Result<Settings, Trouble>) -> Doctor {
        Doctor { settings, machine: Machine::here() }
    }

    /// Every check once, in the order of the table.
    pub fn examine(&self) -> Vec<Finding> {
        let health = self.look_at_database();
        let settings = match &self.settings {
            Ok(settings) => settings,
            Err(trouble) => return self.examine_with(&Err(trouble.clone()), &Assets::new(None), health),
        };
        let (own, templates) = (settings.clone(), settings.templates());
        let open = move || Desk::open(own, Assets::new(Some(templates)), Opening::Existing).map(Arc::new);
        let late = || Trouble::new("doctor-desk-late").with("seconds", OPENING.as_secs_f32());
        let desk = within(OPENING, open).unwrap_or_else(|| Err(late()));
        self.examine_with(&desk, &Assets::new(Some(settings.templates())), health)
    }

    /// Looks the database file through while other things are done. `None`: there is no file.
    fn look_at_database(&self) -> JoinHandle<Option<Result<Health, Trouble>>> {
        let path = self.settings.as_ref().ok().map(|settings| settings.store.path.clone());
        std::thread::spawn(move || {
            let path = path.filter(|path| path.symlink_metadata().is_ok())?;
            Some(checkup::check(&path, OPENING))
        })
    }

    fn examine_with(
        &self,
        desk: &Result<Arc<Desk>, Trouble>,
        assets: &Assets,
        health: JoinHandle<Option<Result<Health, Trouble>>>,
    ) -> Vec<Finding> {
        let settings = self.settings.as_ref().ok();
        let (machine, kind) = (self.machine.clone(), settings.map(|settings| settings.reader.kind));
        let pcsc = kind.is_none_or(|kind| kind == ReaderKind::Pcsc);
        // Both may have to wait for the same pcscd.
        let reach = std::thread::spawn(move || if pcsc { pcscd::reach(&machine, PCSCD) } else { Reach::Absent });
        let readers = seen(desk, settings);
        let reach = reach.join().unwrap_or(Reach::Silent);
        let panicked = || Some(Err(Trouble::new("database-damaged")));
        let health = health.join().unwrap_or_else(|_| panicked());
        let (machine, health, readers) = (&self.machine, &health, &readers);
        let patient = Patient { machine, assets, desk, health, readers, reach, kind };
        let look = |check: &Check| match (check, settings) {
            (Check::Machine(look), _) => look(&patient),
            (Check::Settings(look), Some(settings)) => look(&patient, settings),
            (Check::Settings(_), None) => warn(Trouble::new("doctor-needs-settings")),
        };
        let first = house::settings(&self.settings).named("settings");
        let mut found: Vec<Finding> =
            std::iter::once(first).chain(CHECKS.iter().map(|(name, check)| look(check).named(name))).collect();
        house::say_once(&mut found);
        found
    }

    /// Does what a finding's mend says. Whoever calls has asked.
    ///
    /// # Errors
    /// `doctor-mend` with what stood in the way.
    pub fn mend(&self, mend: &Mend) -> Result<(), Trouble> {
        mend::act(self, mend)
    }

    /// Whether this account cannot do it and root could.
    pub fn wants_root(&self, mend: &Mend) -> bool {
        mend.wants_root(&self.machine)
    }
}

/// The same for a desk that is open, as the page shows it.
pub fn examine(desk: &Arc<Desk>, actor: &Actor) -> Result<Vec<Finding>, Trouble> {
    actor.may(Act::Examine)?;
    let doctor = Doctor::here(Ok(desk.settings.clone()));
    Ok(doctor.examine_with(&Ok(desk.clone()), &desk.assets, doctor.look_at_database()))
}

/// The readers as the settings want them, each with its firmware where it says so in time. A desk that does not open does
/// not keep them from being looked at. `None`: no list in time.
fn seen(desk: &Result<Arc<Desk>, Trouble>, settings: Option<&Settings>) -> Option<Result<Vec<Seen>, Trouble>> {
    let plain =
        |lines: Vec<ReaderLine>| lines.into_iter().map(|line| Seen { line, firmware: None }).collect::<Vec<_>>();
    let Ok(desk) = desk else {
        let settings = settings.cloned();
        return within(LISTING, move || listed_without_desk(settings)).map(|lines| lines.map(plain));
    };
    let own = desk.clone();
    let mut found = match within(LISTING, move || devices::readers(&own).map(plain))? {
        Ok(found) => found,
        Err(trouble) => return Some(Err(trouble)),
    };
    let (own, names) = (desk.clone(), found.iter().map(|seen| seen.line.name.clone()).collect::<Vec<_>>());
    let asked = within(FIRMWARE, move || names.iter().map(|name| own.readers.firmware(name)).collect::<Vec<_>>());
    for (seen, firmware) in found.iter_mut().zip(asked.unwrap_or_default()) {
        seen.firmware = firmware;
    }
    Some(Ok(found))
}

fn listed_without_desk(settings: Option<Settings>) -> Result<Vec<ReaderLine>, Trouble> {
    let settings = settings.ok_or_else(|| Trouble::new("doctor-needs-settings"))?;
    let kind = settings.reader.kind;
    if kind == ReaderKind::Simulated {
        // Its tray would be made by the look.
        return Ok(Vec::new());
    }
    let listed = devices::readers_of(&settings)?.list()?;
    Ok(listed.into_iter().map(|reader| devices::plain_line(kind.as_str(), reader)).collect())
}
