//! The simulated desk across processes: a folder of card images, and one file that says where the cards lie.
//!
//! `cards/<UID>.mfd`, `.bin` and so on is each card's whole memory; `<UID>.state` beside it, where it differs from a
//! new chip's, what a chip keeps outside of it (counters). `desk.json` says which cards lie on which reader, which
//! were lifted last, and which tears are ordered; it is written aside and renamed, so that reading it needs no lock,
//! and changed only under an exclusive flock on `desk.lock`. A card that lies on no reader is on the tray. No wait is
//! endless, no card is ever deleted but by [`Tray::clear`], and nothing here looks into a card. While
//! `unplugged` is there, no reader is. Start at [`Tray`].

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::card_files::{Cards, card_of, write_aside};
use super::field::{PendingTear, TARGETS, TearOrder};
use super::lock::{self, Share};
use super::silicon::{Hidden, Kind, Uid};
use super::state::{Desk, Spot};
pub use super::tray_error::TrayError;
use super::tray_error::io_error;
use super::watch::Watch;

/// Beside the cards while the readers are unplugged.
const UNPLUGGED: &str = "unplugged";

/// One card, wherever it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardState {
    pub uid: Uid,
    pub kind: Kind,
    /// The reader it lies on; `None`: lifted, on the tray.
    pub reader: Option<String>,
}

/// One reader, and what lies on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderState {
    pub name: String,
    pub cards: Vec<Uid>,
    pub tear: Option<TearOrder>,
}

/// The desk of one folder. Cheap to clone; every process and thread may have its own.
#[derive(Debug, Clone)]
pub struct Tray {
    pub(super) folder: PathBuf,
    pub(super) cards: Cards,
    readers: Vec<String>,
}

impl Tray {
    /// Opens the folder, making it (mode 0700) where it is missing, with readers named as pcscd names real ones.
    pub fn open(folder: impl Into<PathBuf>, readers: usize) -> Result<Tray, TrayError> {
        Tray::open_named(folder, reader_names(readers))
    }

    /// The same with readers of these names.
    pub fn open_named(folder: impl Into<PathBuf>, readers: Vec<String>) -> Result<Tray, TrayError> {
        let folder = folder.into();
        let cards = Cards::new(folder.join("cards"));
        let made = DirBuilder::new().recursive(true).mode(0o700).create(cards.folder());
        made.map_err(|e| io_error(cards.folder(), e))?;
        Ok(Tray { folder, cards, readers })
    }

    /// The same with every reader besides that the folder knows: those on which a card lay, and those of a rig.
    pub fn open_all(folder: impl Into<PathBuf>, readers: usize) -> Result<Tray, TrayError> {
        let mut tray = Tray::open(folder, readers)?;
        let others: Vec<String> =
            tray.desk()?.readers.into_keys().filter(|name| !tray.readers.contains(name)).collect();
        tray.readers.extend(others);
        Ok(tray)
    }

    /// Lets the folder know the readers it was opened with, as a rig does that has more than the settings.
    pub fn furnish(&self) -> Result<(), TrayError> {
        self.change(|desk, tray| {
            for name in &tray.readers {
                desk.readers.entry(name.clone()).or_default();
            }
            Ok(())
        })
    }

    pub fn reader_names(&self) -> &[String] {
        &self.readers
    }

    /// A new blank on the tray, with a random UID that no card here has ever had.
    pub fn new_blank(&self, kind: Kind) -> Result<Uid, TrayError> {
        self.change(|_, tray| tray.cards.make_blank(kind))
    }

    /// A new blank with this UID.
    pub fn new_blank_with(&self, kind: Kind, uid: Uid) -> Result<(), TrayError> {
        let length = uid.bytes().len();
        if !kind.takes_uid_of(length) {
            return Err(TrayError::UidLength { kind, length });
        }
        self.change(|_, tray| match tray.cards.find(uid)? {
            Some(_) => Err(TrayError::UidTaken(uid)),
            None => tray.cards.make(kind, uid),
        })
    }

    /// Gives a chip that lies on no reader a signature that does not fit its UID.
    pub fn forge_signature(&self, uid: Uid) -> Result<(), TrayError> {
        self.change(|_, tray| {
            let (_, kind) = tray.cards.find(uid)?.ok_or(TrayError::NoSuchCard(uid))?;
            if kind.map().is_none() {
                return Err(TrayError::NoSignature { kind });
            }
            let hidden = Hidden { forged_signature: true, ..tray.cards.hidden(uid)? };
            tray.cards.keep_hidden(uid, hidden).map_err(|e| io_error(&tray.cards.hidden_path(uid), e))
        })
    }

    /// Lays a card on an empty reader, from the tray or from another reader. Lying there already is no error.
    pub fn lay(&self, reader: &str, uid: Uid) -> Result<(), TrayError> {
        self.put(reader, uid, 1)
    }

    /// Lays a card beside the one that lies there: two answer then.
    pub fn lay_beside(&self, reader: &str, uid: Uid) -> Result<(), TrayError> {
        self.put(reader, uid, TARGETS)
    }

    fn put(&self, reader: &str, uid: Uid, room: usize) -> Result<(), TrayError> {
        self.known_reader(reader)?;
        self.change(|desk, tray| {
            tray.cards.find(uid)?.ok_or(TrayError::NoSuchCard(uid))?;
            let there = desk.cards(reader);
            match there.first() {
                _ if there.contains(&uid) => Ok(()),
                Some(card) if there.len() >= room => {
                    Err(TrayError::Occupied { reader: reader.to_owned(), card: *card })
                }
                _ => {
                    desk.lay(reader, uid);
                    Ok(())
                }
            }
        })
    }

    /// Takes what lies on a reader to the tray; empty when nothing did.
    pub fn lift(&self, reader: &str) -> Result<Vec<Uid>, TrayError> {
        self.known_reader(reader)?;
        self.change(|desk, _| Ok(desk.lift_all(reader)))
    }

    /// Takes what lies there to the tray and lays a new blank down, with nothing between.
    pub fn swap(&self, reader: &str, kind: Kind) -> Result<Uid, TrayError> {
        self.known_reader(reader)?;
        self.change(|desk, tray| {
            let uid = tray.cards.make_blank(kind)?;
            desk.lift_all(reader);
            desk.lay(reader, uid);
            Ok(uid)
        })
    }

    /// What a job at the command line is given: the card it wants is laid back; anything else goes to the tray; a job
    /// without a card gets a new blank. A wanted card that this desk does not have moves nothing and is `None`.
    pub fn dispense(&self, reader: &str, wanted: Option<Uid>, kind: Kind) -> Result<Option<Uid>, TrayError> {
        self.known_reader(reader)?;
        self.change(|desk, tray| {
            let uid = match wanted {
                Some(uid) if desk.cards(reader) == [uid] => return Ok(Some(uid)),
                Some(uid) if tray.cards.find(uid)?.is_none() => return Ok(None),
                Some(uid) => uid,
                None => tray.cards.make_blank(kind)?,
            };
            desk.lift_all(reader);
            desk.lay(reader, uid);
            Ok(Some(uid))
        })
    }

    /// Orders a tear on a reader: it strikes the card there at its exchange `order.after` from now (1 is the next
    /// one). On an empty reader, or when another card comes, the counting begins with that card. Replaces an earlier
    /// order.
    pub fn tear_after(&self, reader: &str, order: TearOrder) -> Result<(), TrayError> {
        self.set_tear(reader, Some(PendingTear::new(order)))
    }

    /// Takes a tear order back.
    pub fn forget_tear(&self, reader: &str) -> Result<(), TrayError> {
        self.set_tear(reader, None)
    }

    fn set_tear(&self, reader: &str, tear: Option<PendingTear>) -> Result<(), TrayError> {
        self.known_reader(reader)?;
        self.change(|desk, _| {
            desk.readers.entry(reader.to_owned()).or_default().tear = tear;
            Ok(())
        })
    }

    /// Every card: first what lies on readers, then the lifted ones, the last lifted first, then the rest by UID.
    pub fn list(&self) -> Result<Vec<CardState>, TrayError> {
        let desk = self.desk()?;
        let mut cards = Vec::new();
        let folder = self.cards.folder();
        for entry in fs::read_dir(folder).map_err(|e| io_error(folder, e))? {
            let path = entry.map_err(|e| io_error(folder, e))?.path();
            let Some((uid, kind)) = card_of(&path) else { continue };
            let lies = |(_, spot): &(&String, &Spot)| spot.cards.iter().any(|laid| laid.uid == uid);
            let reader = desk.readers.iter().find(lies).map(|(name, _)| name.clone());
            cards.push(CardState { uid, kind, reader });
        }
        let lifted = |uid: Uid| desk.lifted.iter().position(|l| *l == uid).unwrap_or(usize::MAX);
        cards.sort_by_cached_key(|card| (card.reader.is_none(), card.reader.clone(), lifted(card.uid), card.uid));
        Ok(cards)
    }

    /// Every reader, and what lies on it.
    pub fn readers(&self) -> Result<Vec<ReaderState>, TrayError> {
        let desk = self.desk()?;
        let state = |name: &String| ReaderState {
            name: name.clone(),
            cards: desk.cards(name),
            tear: desk.spot(name).and_then(|spot| spot.tear.as_ref()).map(|tear| tear.order),
        };
        Ok(self.readers.iter().map(state).collect())
    }

    /// Whether anything lies on a reader.
    pub fn has_card(&self, reader: &str) -> Result<bool, TrayError> {
        Ok(!self.desk()?.cards(reader).is_empty())
    }

    /// A card's whole memory, keys included, between two exchanges.
    pub fn image(&self, uid: Uid) -> Result<Vec<u8>, TrayError> {
        let _lock = self.hold(Share::Alone)?;
        let (path, _) = self.cards.find(uid)?.ok_or(TrayError::NoSuchCard(uid))?;
        fs::read(&path).map_err(|e| io_error(&path, e))
    }

    /// Puts another memory in a card's place, as somebody did who wrote on it elsewhere.
    pub fn put_image(&self, uid: Uid, bytes: &[u8]) -> Result<(), TrayError> {
        self.change(|_, tray| {
            let (path, _) = tray.cards.find(uid)?.ok_or(TrayError::NoSuchCard(uid))?;
            write_aside(&path, bytes)
        })
    }

    /// Throws every card away and forgets every order.
    pub fn clear(&self) -> Result<(), TrayError> {
        self.change(|desk, tray| {
            *desk = Desk::default();
            let folder = tray.cards.folder();
            for entry in fs::read_dir(folder).map_err(|e| io_error(folder, e))? {
                let path = entry.map_err(|e| io_error(folder, e))?.path();
                fs::remove_file(&path).map_err(|e| io_error(&path, e))?;
            }
            Ok(())
        })?;
        self.set_plugged(true)
    }

    /// Whether the readers are there.
    pub fn plugged(&self) -> bool {
        !self.folder.join(UNPLUGGED).exists()
    }

    /// Pulls the readers' plug, or puts it back.
    pub fn set_plugged(&self, plugged: bool) -> Result<(), TrayError> {
        let path = self.folder.join(UNPLUGGED);
        let done = if plugged { fs::remove_file(&path) } else { fs::write(&path, "") };
        match done {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(io_error(&path, e)),
            _ => Ok(()),
        }
    }

    /// Waits until a card lies on a reader, or until none does. `false`: the time is over.
    pub fn wait(&self, reader: &str, present: bool, timeout: Duration) -> Result<bool, TrayError> {
        self.known_reader(reader)?;
        let start = Instant::now();
        let there = || Ok::<_, TrayError>(self.desk()?.cards(reader).is_empty() != present);
        // Mostly it is so already. Taking a watch away again waits for the kernel, some 5 to 10 ms.
        if there()? {
            return Ok(true);
        }
        // Watched before the next look, so that nothing that happens in between is missed.
        let watch = Watch::on(&self.folder);
        loop {
            if there()? {
                return Ok(true);
            }
            match timeout.checked_sub(start.elapsed()) {
                None | Some(Duration::ZERO) => return Ok(false),
                Some(left) => watch.wait(left),
            }
        }
    }

    /// Changes the desk, or nothing when `change` fails.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut Desk, &Tray) -> Result<T, TrayError>,
    ) -> Result<T, TrayError> {
        let _lock = self.hold(Share::Alone)?;
        let mut desk = self.desk()?;
        let before = desk.clone();
        let result = change(&mut desk, self)?;
        if desk != before {
            self.save(&desk)?;
        }
        Ok(result)
    }

    fn hold(&self, share: Share) -> Result<lock::Held, TrayError> {
        lock::hold(&self.lock_file()?, share).map_err(|e| self.lock_error(e))
    }

    pub(super) fn lock_file(&self) -> Result<std::sync::Arc<File>, TrayError> {
        let path = self.folder.join("desk.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        Ok(std::sync::Arc::new(file.map_err(|e| io_error(&path, e))?))
    }

    pub(super) fn lock_error(&self, error: io::Error) -> TrayError {
        let path = self.folder.join("desk.lock");
        if error.kind() == io::ErrorKind::TimedOut { TrayError::Busy { path } } else { io_error(&path, error) }
    }

    pub(super) fn desk_path(&self) -> PathBuf {
        self.folder.join("desk.json")
    }

    pub(super) fn desk(&self) -> Result<Desk, TrayError> {
        let path = self.desk_path();
        match fs::read(&path) {
            Ok(bytes) => Desk::parse(&bytes).map_err(|why| TrayError::Damaged { path, why }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Desk::default()),
            Err(e) => Err(io_error(&path, e)),
        }
    }

    /// Only with the lock held alone: the name it is written under is shared.
    pub(super) fn save(&self, desk: &Desk) -> Result<(), TrayError> {
        let path = self.desk_path();
        let json =
            serde_json::to_vec(desk).map_err(|e| TrayError::Damaged { path: path.clone(), why: e.to_string() })?;
        write_aside(&path, &json)
    }

    fn known_reader(&self, reader: &str) -> Result<(), TrayError> {
        let known = self.readers.iter().any(|name| name == reader);
        if known { Ok(()) } else { Err(TrayError::NoSuchReader(reader.to_owned())) }
    }
}

/// pcscd's own way of naming: the driver's name, the reader's number in hex, its slot.
pub fn reader_names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("ACS ACR122U PICC Interface {number:02X} 00")).collect()
}

#[cfg(test)]
#[path = "tray_tests.rs"]
mod tests;
