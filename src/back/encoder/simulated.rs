//! The simulated readers behind the [`Reader`] trait.
//!
//! Nothing here knows what should stand on a card: frames go to the silicon as they come and answers come back as
//! they are. Start at [`SimulatedReader`], which stands at the tray that all processes share; [`LooseReader`] holds its
//! cards in memory, for sweeps and benches.

mod flaky;
mod loose;

use std::path::PathBuf;
use std::time::Duration;

pub use loose::LooseReader;

use super::{Cost, Feed, Listed, Miss, Raw, Reader, ReaderState, Readers, Target};
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;
use crate::simulator::field::{Frame, Tear, TearOrder, Timing};
use crate::simulator::silicon::{self, Answer, Kind, Tag};
use crate::simulator::station::Station;
use crate::simulator::tray::{self, CardState, Tray, TrayError};

/// The settings of `[simulator]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    pub folder: PathBuf,
    pub readers: usize,
    /// The kind of blank that is laid down by itself; `None`: nothing is.
    pub dispenser: Option<Kind>,
    pub timing: Timing,
}

impl Simulation {
    /// The desk's cards and readers, for `rig card` and the page's tray.
    pub fn tray(&self) -> Result<Tray, Trouble> {
        Tray::open(&self.folder, self.readers).map_err(trouble)
    }

    /// The readers as they would stand there, by the settings alone: the folder is neither made nor looked into.
    pub fn furnished(&self) -> Vec<Listed> {
        let empty = |name| Listed { name, state: ReaderState::Empty, uid: None, port: None, trouble: None };
        tray::reader_names(self.readers).into_iter().map(empty).collect()
    }

    /// One reader by its name.
    pub fn reader(&self, name: &str) -> Result<SimulatedReader, Trouble> {
        let station = Station::open(&self.tray()?, name, self.timing).map_err(trouble)?;
        Ok(SimulatedReader { station, dispenser: self.dispenser, cost: Cost::default() })
    }
}

impl Readers for Simulation {
    fn list(&self) -> Result<Vec<Listed>, Trouble> {
        let tray = self.tray()?;
        if !tray.plugged() {
            return Ok(tray.reader_names().iter().map(|name| unplugged(name)).collect());
        }
        tray.readers().map_err(trouble)?.into_iter().map(listed).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Reader>, Trouble> {
        let reader = self.reader(name)?;
        reader.there()?;
        Ok(Box::new(reader))
    }
}

/// A card of the simulated desk, as the page's tray shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayCard {
    /// Upper-case hex.
    pub uid: String,
    pub kind: &'static str,
}

impl From<&CardState> for TrayCard {
    fn from(card: &CardState) -> TrayCard {
        TrayCard { uid: card.uid.to_string(), kind: card.kind.name() }
    }
}

/// What lies on the first reader, what was lifted (the last one first), and whether a tear is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayPicture {
    pub lying: Option<TrayCard>,
    pub lifted: Vec<TrayCard>,
    /// Exchanges until the card is torn away.
    pub tear_after: Option<u32>,
    /// The readers are there.
    pub plugged: bool,
}

/// What hands can do at the first reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hands {
    /// A new blank of this kind.
    LayNew(String),
    Lift,
    /// A lifted card.
    Lay(Uid),
    /// Another blank in the place of what lies there.
    Swap,
    /// Torn away at the n-th exchange from now.
    TearAfter(u32),
    /// Pull the readers' plug, or put it back.
    Unplug,
    Plug,
}

impl Simulation {
    pub fn picture(&self) -> Result<TrayPicture, Trouble> {
        let tray = self.tray()?;
        let (cards, readers) = (tray.list().map_err(trouble)?, tray.readers().map_err(trouble)?);
        let (lying, lifted): (Vec<_>, Vec<_>) = cards.iter().partition(|card| card.reader.is_some());
        Ok(TrayPicture {
            lying: lying.first().map(|card| TrayCard::from(*card)),
            lifted: lifted.into_iter().map(TrayCard::from).collect(),
            tear_after: readers.first().and_then(|reader| reader.tear).map(|tear| tear.after),
            plugged: tray.plugged(),
        })
    }

    pub fn act(&self, hands: &Hands) -> Result<(), Trouble> {
        let tray = self.tray()?;
        let reader = tray.reader_names().first().cloned().ok_or_else(|| Trouble::new("no-reader"))?;
        let done = match hands {
            Hands::LayNew(name) => {
                let kind = kind(name)?;
                tray.new_blank(kind).and_then(|uid| tray.lay(&reader, uid))
            }
            Hands::Lift => tray.lift(&reader).map(|_| ()),
            Hands::Lay(uid) => {
                let uid = silicon::Uid::new(uid.bytes())
                    .ok_or_else(|| Trouble::new("uid").with("length", uid.bytes().len()))?;
                tray.lay(&reader, uid)
            }
            Hands::Swap => tray.swap(&reader, self.dispenser.unwrap_or(Kind::Classic1k)).map(|_| ()),
            Hands::TearAfter(after) => tray.tear_after(&reader, TearOrder { after: *after, how: Tear::FrameLost }),
            Hands::Unplug => tray.set_plugged(false),
            Hands::Plug => tray.set_plugged(true),
        };
        done.map_err(trouble)
    }

    /// Throws every card of this desk away.
    pub fn clear(&self) -> Result<(), Trouble> {
        self.tray()?.clear().map_err(trouble)
    }

    /// Somebody wrote something else on this card, for practice: on a Classic where directory and number stand.
    pub fn overwrite(&self, uid: &Uid) -> Result<(), Trouble> {
        let tray = self.tray()?;
        let uid =
            silicon::Uid::new(uid.bytes()).ok_or_else(|| Trouble::new("uid").with("length", uid.bytes().len()))?;
        let mut image = tray.image(uid).map_err(trouble)?;
        for block in [1, 2, 4, 5, 6] {
            if let Some(bytes) = image.get_mut(block * 16..block * 16 + 16) {
                bytes.fill(0xA5);
            }
        }
        tray.put_image(uid, &image).map_err(trouble)
    }
}

/// What can be laid down from the page's tray: blanks, and what must not be taken for one.
pub fn kinds() -> Vec<&'static str> {
    Kind::ALL.map(Kind::name).to_vec()
}

/// The text of `[simulator] dispenser`; `simulator-kind` for what is no blank of these.
pub fn dispenser(text: &str) -> Result<Option<Kind>, Trouble> {
    if text == "none" {
        return Ok(None);
    }
    let blank = kind(text).ok().filter(|kind| Kind::BLANKS.contains(kind));
    blank.map(Some).ok_or_else(|| no_kind(text, &Kind::BLANKS))
}

/// The text of `[simulator] timing`, which the settings have checked.
pub fn timing(text: &str) -> Timing {
    Timing::parse(text).unwrap_or_default()
}

/// A kind of chip by its name; `simulator-kind` for one that is not simulated.
pub fn kind(text: &str) -> Result<Kind, Trouble> {
    text.parse().map_err(|unknown| trouble(TrayError::Kind(unknown)))
}

fn listed(there: tray::ReaderState) -> Result<Listed, Trouble> {
    let uid = there.cards.first().map(|card| Uid::new(card.bytes())).transpose()?;
    let state = if uid.is_some() { ReaderState::Card } else { ReaderState::Empty };
    Ok(Listed { name: there.name, state, uid, port: None, trouble: None })
}

fn unplugged(name: &str) -> Listed {
    Listed { name: name.to_owned(), state: ReaderState::Gone, uid: None, port: None, trouble: Some(gone(name)) }
}

fn gone(name: &str) -> Trouble {
    Trouble::new("reader-gone").with("reader", name)
}

/// A reader at the tray.
#[derive(Debug)]
pub struct SimulatedReader {
    station: Station,
    dispenser: Option<Kind>,
    cost: Cost,
}

impl Reader for SimulatedReader {
    fn name(&self) -> &str {
        self.station.reader()
    }

    /// With [`Feed::Dispense`] and a dispenser the card is there at once, but a wanted one that this desk does not
    /// have.
    fn wait_for_card(&mut self, wanted: Option<&Uid>, feed: Feed, timeout: Duration) -> Result<bool, Trouble> {
        self.there()?;
        let (tray, name) = (self.station.tray(), self.station.reader());
        if let (Feed::Dispense, Some(kind)) = (feed, self.dispenser) {
            // Both hold 4 or 7 bytes.
            let wanted = wanted.and_then(|uid| silicon::Uid::new(uid.bytes()));
            tray.dispense(name, wanted, kind).map_err(trouble)?;
        }
        tray.wait(name, true, timeout).map_err(trouble)
    }

    fn wait_until_empty(&mut self, timeout: Duration) -> Result<bool, Trouble> {
        self.there()?;
        self.station.tray().wait(self.station.reader(), false, timeout).map_err(trouble)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        self.there().map_err(Miss::Reader)?;
        count(&mut self.cost);
        let tags = self.station.select().map_err(|e| Miss::Reader(trouble(e)))?;
        tags.into_iter().map(target).collect()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.send(Frame::Exchange(frame))
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        self.send(on_air(frame))
    }

    fn strangers(&mut self) -> Result<Vec<&'static str>, Miss> {
        count(&mut self.cost);
        self.station.others().map_err(|e| Miss::Reader(trouble(e)))
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}

impl SimulatedReader {
    /// What silicon and link have taken by the model of `[simulator] timing`.
    pub fn spent(&self) -> Duration {
        self.station.spent()
    }

    /// `reader-gone` while its plug is pulled.
    fn there(&self) -> Result<(), Trouble> {
        if self.station.tray().plugged() { Ok(()) } else { Err(gone(self.station.reader())) }
    }

    fn send(&mut self, frame: Frame<'_>) -> Result<Vec<u8>, Miss> {
        self.there().map_err(Miss::Reader)?;
        count(&mut self.cost);
        heard(frame, self.station.send(frame).map_err(|e| Miss::Reader(trouble(e)))?)
    }
}

fn on_air(frame: Raw<'_>) -> Frame<'_> {
    match frame {
        Raw::Bytes(bytes) => Frame::Raw(bytes),
        Raw::Short(byte) => Frame::Short(byte),
    }
}

/// What the desk of simulated cards refuses, in the house's words.
pub fn trouble(error: TrayError) -> Trouble {
    match error {
        TrayError::Io { path, source } => {
            Trouble::new("simulator-folder").with("path", path.display()).with("reason", source)
        }
        TrayError::Damaged { path, why } => {
            Trouble::new("simulator-damaged").with("path", path.display()).with("reason", why)
        }
        TrayError::Busy { path } => Trouble::new("simulator-busy").with("path", path.display()),
        TrayError::NoSuchReader(reader) => Trouble::new("simulator-reader").with("reader", reader),
        TrayError::NoSuchCard(uid) => Trouble::new("simulator-card").with("uid", uid),
        TrayError::Occupied { reader, card } => {
            Trouble::new("simulator-occupied").with("reader", reader).with("uid", card)
        }
        TrayError::UidTaken(uid) => Trouble::new("simulator-uid-taken").with("uid", uid),
        TrayError::UidLength { kind, length } => {
            Trouble::new("simulator-uid-length").with("kind", kind.name()).with("length", length)
        }
        TrayError::NoSignature { kind } => Trouble::new("simulator-signature").with("kind", kind.name()),
        TrayError::Kind(unknown) => no_kind(&unknown.0, &Kind::ALL),
        TrayError::Image { uid, source } => {
            let (found, sizes) = (source.found, source.sizes());
            Trouble::new("simulator-image").with("uid", uid).with("found", found).with("expected", sizes)
        }
        TrayError::NoRandom(reason) => Trouble::new("simulator-random").with("reason", reason),
    }
}

fn no_kind(text: &str, kinds: &[Kind]) -> Trouble {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    Trouble::new("simulator-kind").with("kind", text).with("kinds", kinds.join(", "))
}

/// One InListPassiveTarget, InDataExchange or InCommunicateThru: one command, one exchange.
fn count(cost: &mut Cost) {
    cost.exchanges += 1;
    cost.commands += 1;
}

/// What a PN532 would report of the answer. It takes an acknowledgement for a good end of its own exchange, for data
/// after a short frame, and for no frame at all where it was told to check a CRC.
fn heard(frame: Frame<'_>, answer: Answer) -> Result<Vec<u8>, Miss> {
    match (answer, frame) {
        (Answer::Data(data), _) => Ok(data),
        (Answer::Ack, Frame::Exchange(_)) => Ok(Vec::new()),
        (Answer::Ack, Frame::Short(_) | Frame::Bare(_)) => Ok(vec![0x0A]),
        (Answer::Ack, Frame::Raw(_)) | (Answer::Refused(_), _) => Err(Miss::Refused),
        (Answer::Silent, _) => Err(Miss::Silent),
    }
}

fn target(tag: Tag) -> Result<Target, Miss> {
    let uid = Uid::new(tag.uid.bytes()).map_err(Miss::Reader)?;
    Ok(Target { uid, atqa: tag.atqa, sak: tag.sak })
}

#[cfg(test)]
#[path = "simulated/tests.rs"]
mod tests;
