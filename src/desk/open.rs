//! Opening the desk: everything that can be wrong with settings, keys, profile, layouts, folders and numbers is said here,
//! before anybody stands at it. Start at [`Desk::open`].

use std::sync::OnceLock;

use serde::Serialize;

use super::check::Checks;
use super::events::Board;
use super::station::Stations;
use super::{Assets, Desk, Settings, before, consent, devices, key_file, libraries, pictures, profiles};
use crate::back::keys::KeyFile;
use crate::back::store::house::{self, House};
use crate::back::store::{Store, numbers};
use crate::plan::member::guard_range;
use crate::plan::messages::Trouble;

/// What kind of database this is; kept in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stamp {
    Trial,
    Training,
    Production,
}

impl Stamp {
    pub fn as_str(self) -> &'static str {
        match self {
            Stamp::Trial => "trial",
            Stamp::Training => "training",
            Stamp::Production => "production",
        }
    }

    fn parse(text: &str) -> Option<Stamp> {
        [Stamp::Trial, Stamp::Training, Stamp::Production].into_iter().find(|stamp| stamp.as_str() == text)
    }
}

/// Whether a missing database and key file are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// `init` and `serve`: made when missing, as a trial.
    Make,
    /// `init --production`: made when missing, for real cards.
    Production,
    /// `serve --training`: made when missing, for practice.
    Training,
    /// Everything else: `not-initialised` when missing.
    Existing,
}

impl Desk {
    /// Opens every room, or says what is wrong and what to do.
    pub fn open(settings: Settings, assets: Assets, opening: Opening) -> Result<Desk, Trouble> {
        let messages = assets.messages()?;
        let directory = libraries::directory(&settings, &assets)?;
        let profile = profiles::current(&settings, &assets)?;
        let card_layout = pictures::layout(&assets, &settings, &settings.layout.card)?;
        let barcode_layout = pictures::layout(&assets, &settings, &settings.layout.barcode_card)?;
        let sticker_layout = pictures::layout(&assets, &settings, &settings.layout.sticker)?;
        let receipt_layout = pictures::layout(&assets, &settings, &settings.layout.receipt)?;
        for card in [&card_layout, &barcode_layout, &sticker_layout] {
            card.barcode()?;
        }
        receipt_layout.rows()?;
        let fresh = !settings.store.path.exists();
        if opening == Opening::Production && settings.file.is_none() {
            // The embedded defaults name a library; real cards must not go out under it by oversight.
            return Err(Trouble::new("production-settings"));
        }
        if opening == Opening::Existing && fresh {
            return Err(Trouble::new("not-initialised").with("file", settings.store.path.display()));
        }
        // A database that is gone while its keys are there would give its numbers a second time.
        let orphaned = std::fs::symlink_metadata(&settings.key_file).is_ok();
        if fresh && orphaned {
            return Err(Trouble::new("database-lost").with("file", settings.store.path.display()));
        }
        match opening {
            Opening::Make | Opening::Production | Opening::Training => settings.check_folders()?,
            Opening::Existing => settings.check_store_folders()?,
        }
        consent::check_texts(&assets, settings.library.membership)?;
        let store = Store::open(&settings.store.path)?;
        let house = begun(&store, &settings, opening, orphaned)?;
        let stamp = stamp(&house, opening)?;
        let keys = open_keys(&store, &settings, &house)?;
        guard(&store, &settings)?;
        let desk = Desk {
            messages,
            directory,
            stamp,
            salt: house.salt,
            store,
            keys,
            profile,
            profiles: profiles::Others::default(),
            card_layout,
            barcode_layout,
            sticker_layout,
            receipt_layout,
            fonts: OnceLock::new(),
            assets,
            locks: settings.store.locks.clone(),
            readers: devices::readers_of(&settings)?,
            board: Board::new(),
            stations: Stations::default(),
            checks: Checks::default(),
            presence: super::presence::Presence::default(),
            stove: super::secret::Stove::default(),
            settings,
        };
        before::adopt(&desk)?;
        Ok(desk)
    }
}

/// The row that says what this database is; made on the way in when nobody has begun it yet.
fn begun(store: &Store, settings: &Settings, opening: Opening, orphaned: bool) -> Result<House, Trouble> {
    let file = settings.store.path.display();
    match store.look(house::get)? {
        Some(house) => return Ok(house),
        None if orphaned => return Err(Trouble::new("database-lost").with("file", file)),
        None if opening == Opening::Existing => return Err(Trouble::new("not-initialised").with("file", file)),
        None => {}
    }
    let stamp = match opening {
        Opening::Production => Stamp::Production,
        Opening::Training => Stamp::Training,
        Opening::Make | Opening::Existing => Stamp::Trial,
    };
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|fault| Trouble::new("no-randomness").with("reason", fault))?;
    let now = jiff::Timestamp::now().as_millisecond();
    let house = store.change(|tx| {
        if house::get(tx)?.is_none() {
            house::begin(tx, stamp.as_str(), &salt, now)?;
        }
        house::get(tx)
    })?;
    house.ok_or_else(|| Trouble::new("not-initialised").with("file", settings.store.path.display()))
}

/// The stamp is given when the database is made and never changed: a trial's cards are no real ones.
fn stamp(house: &House, opening: Opening) -> Result<Stamp, Trouble> {
    let text = &house.stamp;
    let stamp = Stamp::parse(text)
        .ok_or_else(|| Trouble::new("database-newer").with("file", format!("house.stamp = {text}")))?;
    if opening == Opening::Production && stamp != Stamp::Production {
        return Err(Trouble::new("stamp-differs").with("stamp", stamp.as_str()));
    }
    // Practice touches no real person's data, and a real desk shows no made-up ones.
    match (opening, stamp) {
        (Opening::Training, Stamp::Training) => {}
        (Opening::Training, _) => return Err(Trouble::new("training-elsewhere").with("stamp", stamp.as_str())),
        (_, Stamp::Training) => return Err(Trouble::new("stamp-training")),
        _ => {}
    }
    Ok(stamp)
}

/// Keys are made once, with their database; a making that was cut short goes on. Later they must be there: cards that
/// are out want the keys that they were made with, all of them (`key-file-old`), and no others under the same versions
/// (`key-file-foreign`).
fn open_keys(store: &Store, settings: &Settings, house: &House) -> Result<KeyFile, Trouble> {
    let known = key_file::known(store)?;
    let file = match house.ready {
        true => KeyFile::open(&settings.key_file)?,
        false => KeyFile::open_or_create(&settings.key_file)?,
    };
    let keys = file.read();
    key_file::belongs(&known, &settings.key_file, &keys)?;
    key_file::note(store, &keys)?;
    if !house.ready {
        store.change(house::set_ready)?;
    }
    Ok(file)
}

/// The range guard: no number of our own code that this range did not give may lie where it will still give.
fn guard(store: &Store, settings: &Settings) -> Result<(), Trouble> {
    let range = settings.number;
    let year = jiff::Timestamp::now().to_zoned_datetime(settings.library.time_zone.clone()).year();
    let (low, high) = range.serials(year);
    store.look(|tx| {
        let last = numbers::last_reserved(tx, range.library, low, high)?;
        let next = last.map_or(low, |last| last.saturating_add(1));
        guard_range(&range, last, numbers::first_adopted(tx, range.library, next, high)?, year)
    })
}

/// A warning when others on this computer may look into the database's folder; it may be a folder that others need, so
/// nobody's rights are changed here.
pub(super) fn loose_folder(desk: &Desk) -> Option<Trouble> {
    use std::os::unix::fs::PermissionsExt;
    let folder = desk.settings.store.path.parent()?;
    let mode = std::fs::metadata(folder).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| Trouble::new("folder-loose").with("folder", folder.display()))
}
