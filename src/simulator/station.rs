//! One simulated reader at the tray: the cards that lie on it, kept in memory between exchanges and in their files after
//! each of them.
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

use super::field::{Field, Tear, Timing};
use super::lock::{self, Held, Share};
use super::silicon::{Answer, Silicon, Tag, WrongSize};
use super::state::{Desk, Laid, Spot};
use super::tray::{Tray, TrayError, io_error};

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
    /// The image of each card in the field.
    images: Vec<File>,
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
            images: Vec::new(),
        })
    }

    pub fn tray(&self) -> &Tray {
        &self.tray
    }

    pub fn reader(&self) -> &str {
        &self.reader
    }

    /// Field off and on, and what answers then: none, one or two cards.
    pub fn select(&mut self) -> Result<Vec<Tag>, TrayError> {
        take(self.timing.select());
        let (_held, tear) = self.enter()?;
        match tear {
            // Nothing is programmed by a selection: in whatever way it is torn, the card is gone.
            Some(_) => self.torn(&[], Tear::FrameLost, 0).map(|_| Vec::new()),
            None => Ok(self.field.select()),
        }
    }

    /// One InDataExchange with the card that was selected.
    pub fn exchange(&mut self, frame: &[u8]) -> Result<Answer, TrayError> {
        take(self.timing.exchange(frame));
        let (_held, tear) = self.enter()?;
        if let Some((how, seed)) = tear {
            self.torn(frame, how, seed)?;
            return Ok(Answer::Silent);
        }
        let exchange = self.field.exchange(frame);
        if let (true, Some(card), Some(image)) = (exchange.programmed, self.field.cards().first(), self.images.first())
        {
            let written = write_image(image, card);
            written.map_err(|e| self.lost_image(e))?;
        }
        Ok(exchange.answer)
    }

    /// Takes the lock and catches up with the desk. With the lock held alone and the tear, when it strikes now.
    fn enter(&mut self) -> Result<(Held, Option<(Tear, u32)>), TrayError> {
        let held = self.hold(Share::Together)?;
        self.catch_up()?;
        if self.spot.tear.is_none() || self.spot.cards.is_empty() {
            return Ok((held, None));
        }
        // Counting changes the desk.
        drop(held);
        let held = self.hold(Share::Alone)?;
        self.catch_up()?;
        let (Some(tear), Some(laid)) = (&mut self.spot.tear, self.spot.cards.first()) else { return Ok((held, None)) };
        let strikes = tear.strikes(laid.uid).then_some((tear.order.how, tear.order.after));
        if strikes.is_none() {
            let mut desk = self.tray.desk()?;
            desk.readers.insert(self.reader.clone(), self.spot.clone());
            self.tray.save(&desk)?;
        }
        Ok((held, strikes))
    }

    /// The card is torn away in this exchange. First its image, then the desk: a crash between them loses only the lift.
    fn torn(&mut self, frame: &[u8], how: Tear, seed: u32) -> Result<(), TrayError> {
        let Some((card, programmed)) = self.field.torn_exchange(frame, how, seed) else { return Ok(()) };
        self.spot.cards.remove(0);
        let image = self.images.remove(0);
        if programmed {
            write_image(&image, &card).map_err(|e| self.lost_image(e))?;
        }
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

    /// A card that is still in the visit it was loaded in keeps its power and its session; any other starts from its image.
    fn load(&mut self, laid: &[Laid]) -> Result<(), TrayError> {
        let before = std::mem::take(&mut self.spot.cards);
        let mut kept: Vec<_> =
            before.into_iter().zip(self.field.lift().into_iter().zip(self.images.drain(..))).collect();
        for card in laid {
            let at = kept.iter().position(|(laid, _)| laid == card);
            let (silicon, image) = match at {
                Some(at) => kept.swap_remove(at).1,
                None => self.read_card(card)?,
            };
            self.field.lay(silicon);
            self.images.push(image);
            self.spot.cards.push(*card);
        }
        Ok(())
    }

    fn read_card(&self, laid: &Laid) -> Result<(Silicon, File), TrayError> {
        let (path, kind) = self.tray.find(laid.uid)?.ok_or(TrayError::NoSuchCard(laid.uid))?;
        let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(|e| io_error(&path, e))?;
        let mut bytes = Vec::with_capacity(kind.image_size());
        file.read_to_end(&mut bytes).map_err(|e| io_error(&path, e))?;
        let wrong = |source: WrongSize| TrayError::Image { uid: laid.uid, source };
        Ok((Silicon::from_image(kind, laid.uid, &bytes).map_err(wrong)?, file))
    }

    fn hold(&self, share: Share) -> Result<Held, TrayError> {
        lock::hold(&self.lock, share).map_err(|e| self.tray.lock_error(e))
    }

    /// The file does not hold what the chip does: the chip is taken from its file again.
    fn lost_image(&mut self, error: io::Error) -> TrayError {
        self.field.lift();
        self.images.clear();
        self.spot.cards.clear();
        self.seen = None;
        io_error(&self.tray.cards_folder(), error)
    }
}

fn write_image(image: &File, card: &Silicon) -> io::Result<()> {
    image.write_all_at(card.image(), 0)
}

/// The one sleep here: it is the model of the reader's and the air's time.
fn take(time: Duration) {
    if !time.is_zero() {
        std::thread::sleep(time);
    }
}
