//! One simulated reader at the tray: the cards that lie on it, kept in memory between exchanges and in their files
//! after each of them.
//!
//! An exchange holds the desk's lock together with other readers, so that no card moves while it is spoken to, and
//! looks whether the desk has changed: one stat, since `desk.json` is replaced at each change and the version read
//! last is held open, which keeps its inode number from being given to another.
//!
//! Images are written in place: one exchange changes one block, so a whole image written over an equal one but for
//! 16 bytes inside one page is at every moment the card before or after that exchange, and costs a microsecond
//! where writing aside costs 118 (ext4), thirty times a card. Readers of our own take the lock besides.
//! Start at [`Station::exchange`].

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;
use std::time::Duration;

use super::antenna::{Antenna, Lying, Search};
use super::field::{Field, Frame, Tear, Timing};
use super::lock::{self, Held, Share};
use super::silicon::{Answer, Hidden, Silicon, Tag, WrongSize};
use super::state::{Desk, Laid, Spot};
use super::tray::{Tray, TrayError};
use super::tray_error::io_error;

#[derive(Debug)]
pub struct Station {
    tray: Tray,
    reader: String,
    timing: Timing,
    lock: Arc<File>,
    /// The version of `desk.json` that `spot` was read from.
    seen: Option<Version>,
    spot: Spot,
    field: Field,
    /// What each card in the field is kept in.
    kept: Vec<Kept>,
    spent: Duration,
}

/// A card's image, and what its other file holds.
#[derive(Debug)]
struct Kept {
    image: File,
    hidden: Option<Hidden>,
}

/// Held open, so that its inode number stays its own.
#[derive(Debug)]
struct Version {
    _file: File,
    inode: (u64, u64),
}

impl Station {
    /// The reader of this name at the tray.
    pub fn open(tray: &Tray, reader: &str, timing: Timing) -> Result<Station, TrayError> {
        if !tray.reader_names().iter().any(|name| name == reader) {
            return Err(TrayError::NoSuchReader(reader.to_owned()));
        }
        Ok(Station {
            lock: tray.lock_file()?,
            tray: tray.clone(),
            reader: reader.to_owned(),
            timing,
            seen: None,
            spot: Spot::default(),
            field: Field::default(),
            kept: Vec::new(),
            spent: Duration::ZERO,
        })
    }

    pub fn tray(&self) -> &Tray {
        &self.tray
    }

    pub fn reader(&self) -> &str {
        &self.reader
    }

    /// What silicon and link have taken so far by the model of `[simulator] timing`.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    /// Field off and on, and what answers then: none, one or two cards.
    pub fn select(&mut self) -> Result<Vec<Tag>, TrayError> {
        self.look(Field::select)
    }

    /// The cards there that speak no type A, by name. What was selected is so no more.
    pub fn others(&mut self) -> Result<Vec<&'static str>, TrayError> {
        self.look(Field::others)
    }

    /// One frame to the card that was selected.
    pub fn send(&mut self, frame: Frame<'_>) -> Result<Answer, TrayError> {
        self.take(self.timing.exchange(self.field.card(), frame.bytes()));
        let (_held, tear) = self.enter()?;
        if let Some((how, seed)) = tear {
            self.torn(frame, how, seed)?;
            return Ok(Answer::Silent);
        }
        let exchange = self.field.send(frame);
        if let Some(at) = self.field.spoken() {
            self.keep(at, exchange.programmed).map_err(|e| self.lost_image(e))?;
        }
        Ok(exchange.answer)
    }

    /// One InDataExchange with the card that was selected.
    pub fn exchange(&mut self, frame: &[u8]) -> Result<Answer, TrayError> {
        self.send(Frame::Exchange(frame))
    }

    /// What lies on the reader now.
    pub fn lying(&mut self) -> Result<Vec<Lying>, TrayError> {
        self.quietly(|_| ())?;
        // A card has the visit that the desk counts, whatever the field counts.
        let visits = self.spot.cards.iter().map(|laid| laid.visit);
        Ok(self.field.lying().into_iter().zip(visits).map(|(card, visit)| Lying { visit, ..card }).collect())
    }

    /// Something that is no exchange: it takes no time and no tear strikes.
    fn quietly<T>(&mut self, look: impl FnOnce(&mut Field) -> T) -> Result<T, TrayError> {
        let _held = self.hold(Share::Together)?;
        self.catch_up()?;
        Ok(look(&mut self.field))
    }

    fn look<T>(&mut self, look: impl FnOnce(&mut Field) -> Vec<T>) -> Result<Vec<T>, TrayError> {
        self.take(self.timing.select(self.field.card()));
        let (_held, tear) = self.enter()?;
        match tear {
            // Nothing is programmed by looking: in whatever way it is torn, the card is gone.
            Some(_) => self.torn(Frame::Exchange(&[]), Tear::FrameLost, 0).map(|()| Vec::new()),
            None => Ok(look(&mut self.field)),
        }
    }

    /// Takes the lock and catches up with the desk. With the lock held alone and the tear, when it strikes now.
    fn enter(&mut self) -> Result<(Held, Option<(Tear, u32)>), TrayError> {
        let held = self.hold(Share::Together)?;
        self.catch_up()?;
        if self.spot.tear.is_none() || self.field.spoken().is_none() {
            return Ok((held, None));
        }
        // Counting changes the desk.
        drop(held);
        let held = self.hold(Share::Alone)?;
        self.catch_up()?;
        let spoken = self.field.card().map(Silicon::uid);
        let (Some(tear), Some(uid)) = (&mut self.spot.tear, spoken) else { return Ok((held, None)) };
        let strikes = tear.strikes(uid).then_some((tear.order.how, tear.order.after));
        if strikes.is_none() {
            let mut desk = self.tray.desk()?;
            desk.readers.insert(self.reader.clone(), self.spot.clone());
            self.tray.save(&desk)?;
        }
        Ok((held, strikes))
    }

    /// The card is torn away in this exchange. First its image, then the desk: a crash between them loses only the
    /// lift.
    fn torn(&mut self, frame: Frame<'_>, how: Tear, seed: u32) -> Result<(), TrayError> {
        let Some(at) = self.field.spoken() else { return Ok(()) };
        let Some((card, programmed)) = self.field.torn_exchange(frame, how, seed) else { return Ok(()) };
        self.spot.cards.remove(at);
        let mut kept = self.kept.remove(at);
        keep(&self.tray, &mut kept, &card, programmed).map_err(|e| self.lost_image(e))?;
        let mut desk = self.tray.desk()?;
        desk.lift(&self.reader, card.uid());
        if let Some(spot) = desk.readers.get_mut(&self.reader) {
            spot.tear = None;
        }
        self.tray.save(&desk)?;
        self.catch_up()
    }

    fn catch_up(&mut self) -> Result<(), TrayError> {
        if self.is_current()? {
            return Ok(());
        }
        let path = self.tray.desk_path();
        let desk = match File::open(&path) {
            Ok(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).map_err(|e| io_error(&path, e))?;
                let found = file.metadata().map_err(|e| io_error(&path, e))?;
                self.seen = Some(Version { _file: file, inode: (found.dev(), found.ino()) });
                Desk::parse(&bytes).map_err(|why| TrayError::Damaged { path, why })
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Desk::default()),
            Err(e) => Err(io_error(&path, e)),
        };
        let spot = desk.and_then(|desk| {
            let spot = desk.spot(&self.reader).cloned().unwrap_or_default();
            if spot.cards != self.spot.cards {
                self.load(&spot.cards)?;
            }
            Ok(spot)
        });
        match spot {
            Ok(spot) => self.spot = spot,
            Err(error) => {
                // Whatever was half read is not believed next time.
                self.seen = None;
                return Err(error);
            }
        }
        Ok(())
    }

    fn is_current(&self) -> Result<bool, TrayError> {
        let path = self.tray.desk_path();
        let now = match std::fs::metadata(&path) {
            Ok(now) => now,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(io_error(&path, e)),
        };
        Ok(self.seen.as_ref().is_some_and(|seen| seen.inode == (now.dev(), now.ino())))
    }

    /// A card that is still in the visit it was loaded in keeps its power and its session; any other starts from its
    /// image.
    fn load(&mut self, laid: &[Laid]) -> Result<(), TrayError> {
        let before = std::mem::take(&mut self.spot.cards);
        let mut kept: Vec<_> = before.into_iter().zip(self.field.stay().into_iter().zip(self.kept.drain(..))).collect();
        for card in laid {
            let at = kept.iter().position(|(laid, _)| laid == card);
            let (silicon, kept_in) = match at {
                Some(at) => kept.swap_remove(at).1,
                None => self.read_card(card)?,
            };
            self.field.lay(silicon);
            self.kept.push(kept_in);
            self.spot.cards.push(*card);
        }
        Ok(())
    }

    fn read_card(&self, laid: &Laid) -> Result<(Silicon, Kept), TrayError> {
        let (path, kind) = self.tray.cards.find(laid.uid)?.ok_or(TrayError::NoSuchCard(laid.uid))?;
        let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(|e| io_error(&path, e))?;
        let mut bytes = Vec::with_capacity(kind.image_size());
        file.read_to_end(&mut bytes).map_err(|e| io_error(&path, e))?;
        let wrong = |source: WrongSize| TrayError::Image { uid: laid.uid, source };
        let mut card = Silicon::from_image(kind, laid.uid, &bytes).map_err(wrong)?;
        if card.hidden().is_some() {
            card.set_hidden(self.tray.cards.hidden(laid.uid)?);
        }
        let hidden = card.hidden();
        Ok((card, Kept { image: file, hidden }))
    }

    fn hold(&self, share: Share) -> Result<Held, TrayError> {
        lock::hold(&self.lock, share).map_err(|e| self.tray.lock_error(e))
    }

    fn keep(&mut self, at: usize, programmed: bool) -> io::Result<()> {
        match (self.field.cards().get(at), self.kept.get_mut(at)) {
            (Some(card), Some(kept)) => keep(&self.tray, kept, card, programmed),
            _ => Ok(()),
        }
    }

    /// The one sleep here: it is the model of the reader's and the air's time.
    fn take(&mut self, time: Duration) {
        self.spent += time;
        if !time.is_zero() {
            std::thread::sleep(time);
        }
    }

    /// The file does not hold what the chip does: the chip is taken from its file again.
    fn lost_image(&mut self, error: io::Error) -> TrayError {
        self.field.lift();
        self.kept.clear();
        self.spot.cards.clear();
        self.seen = None;
        io_error(self.tray.cards.folder(), error)
    }
}

impl Antenna for Station {
    fn off(&mut self) -> Result<(), TrayError> {
        self.quietly(Field::off)
    }

    fn find(&mut self, search: Search) -> Result<Vec<Tag>, TrayError> {
        self.look(|field| field.find(search))
    }

    fn poll(&mut self) -> Result<Vec<Tag>, TrayError> {
        self.quietly(Antenna::poll)?
    }

    fn turn_to(&mut self, target: usize) -> Result<bool, TrayError> {
        self.quietly(|field| field.turn_to(target))
    }

    fn halt(&mut self) -> Result<(), TrayError> {
        self.quietly(Field::halt)
    }

    fn rats(&mut self) -> Result<Option<Vec<u8>>, TrayError> {
        self.quietly(Antenna::rats)?
    }

    fn others(&mut self) -> Result<Vec<&'static str>, TrayError> {
        Station::others(self)
    }

    fn send(&mut self, frame: Frame<'_>) -> Result<Answer, TrayError> {
        Station::send(self, frame)
    }

    fn lying(&mut self) -> Result<Vec<Lying>, TrayError> {
        Station::lying(self)
    }
}

/// Writes what the exchange has changed: the image, and what the card keeps beside it.
fn keep(tray: &Tray, kept: &mut Kept, card: &Silicon, programmed: bool) -> io::Result<()> {
    if programmed {
        kept.image.write_all_at(card.image(), 0)?;
    }
    let hidden = card.hidden();
    if hidden != kept.hidden {
        tray.cards.keep_hidden(card.uid(), hidden.unwrap_or_default())?;
        kept.hidden = hidden;
    }
    Ok(())
}
