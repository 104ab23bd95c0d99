//! The simulated readers behind the [`Reader`] trait.
//!
//! Nothing here knows what should stand on a card: frames go to the silicon as they come and answers come back as
//! they are. Start at [`SimulatedReader`], which stands at the tray that all processes share; [`LooseReader`] holds its
//! cards in memory, for sweeps and benches.

mod loose;

use std::path::PathBuf;
use std::time::Duration;

pub use loose::LooseReader;

use super::{Cost, Feed, Miss, Reader, Target};
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;
use crate::simulator::field::{Tear, TearOrder, Timing};
use crate::simulator::silicon::{self, Answer, Kind, Tag};
use crate::simulator::station::Station;
use crate::simulator::tray::{CardState, ReaderState, Tray, TrayError};

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

    /// One reader by its name.
    pub fn open(&self, reader: &str) -> Result<SimulatedReader, Trouble> {
        let station = Station::open(&self.tray()?, reader, self.timing).map_err(trouble)?;
        Ok(SimulatedReader { station, dispenser: self.dispenser, cost: Cost::default() })
    }

    /// Every reader, with what lies on it.
    pub fn readers(&self) -> Result<Vec<ListedReader>, Trouble> {
        let states = self.tray()?.readers().map_err(trouble)?;
        states.into_iter().map(listed).collect()
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
        };
        done.map_err(trouble)
    }
}

/// The kinds of chip that are simulated.
pub fn kinds() -> Vec<&'static str> {
    Kind::ALL.map(Kind::name).to_vec()
}

/// The text of `[simulator] dispenser`; `simulator-kind` for a chip that is not simulated.
pub fn dispenser(text: &str) -> Result<Option<Kind>, Trouble> {
    if text == "none" { Ok(None) } else { kind(text).map(Some) }
}

/// The text of `[simulator] timing`, which the settings have checked.
pub fn timing(text: &str) -> Timing {
    Timing::parse(text).unwrap_or_default()
}

/// A kind of chip by its name; `simulator-kind` for one that is not simulated.
pub fn kind(text: &str) -> Result<Kind, Trouble> {
    text.parse().map_err(|unknown| trouble(TrayError::Kind(unknown)))
}

/// A reader of the simulated desk, for `reader list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedReader {
    pub name: String,
    pub cards: Vec<Uid>,
}

fn listed(state: ReaderState) -> Result<ListedReader, Trouble> {
    let cards: Result<Vec<Uid>, Trouble> = state.cards.iter().map(|card| Uid::new(card.bytes())).collect();
    Ok(ListedReader { name: state.name, cards: cards? })
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

    /// With [`Feed::Dispense`] and a dispenser the card is there at once, but a wanted one that this desk does not have.
    fn wait_for_card(&mut self, wanted: Option<&Uid>, feed: Feed, timeout: Duration) -> Result<bool, Trouble> {
        let (tray, name) = (self.station.tray(), self.station.reader());
        if let (Feed::Dispense, Some(kind)) = (feed, self.dispenser) {
            // Both hold 4 or 7 bytes.
            let wanted = wanted.and_then(|uid| silicon::Uid::new(uid.bytes()));
            tray.dispense(name, wanted, kind).map_err(trouble)?;
        }
        tray.wait(name, true, timeout).map_err(trouble)
    }

    fn wait_until_empty(&mut self, timeout: Duration) -> Result<bool, Trouble> {
        self.station.tray().wait(self.station.reader(), false, timeout).map_err(trouble)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        count(&mut self.cost);
        let tags = self.station.select().map_err(|e| Miss::Reader(trouble(e)))?;
        tags.into_iter().map(target).collect()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        count(&mut self.cost);
        heard(self.station.exchange(frame).map_err(|e| Miss::Reader(trouble(e)))?)
    }

    fn cost(&self) -> Cost {
        self.cost
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
        TrayError::Kind(unknown) => {
            let kinds = Kind::ALL.map(Kind::name).join(", ");
            Trouble::new("simulator-kind").with("kind", unknown.0).with("kinds", kinds)
        }
        TrayError::Image { uid, source } => {
            let (found, expected) = (source.found, source.expected);
            Trouble::new("simulator-image").with("uid", uid).with("found", found).with("expected", expected)
        }
        TrayError::NoRandom(reason) => Trouble::new("simulator-random").with("reason", reason),
    }
}

/// One InListPassiveTarget or InDataExchange: one command, one exchange.
fn count(cost: &mut Cost) {
    cost.exchanges += 1;
    cost.commands += 1;
}

/// What a PN532 would report of the answer.
fn heard(answer: Answer) -> Result<Vec<u8>, Miss> {
    match answer {
        Answer::Data(data) => Ok(data),
        Answer::Refused(_) => Err(Miss::Refused),
        Answer::Silent => Err(Miss::Silent),
    }
}

fn target(tag: Tag) -> Result<Target, Miss> {
    let uid = Uid::new(tag.uid.bytes()).map_err(Miss::Reader)?;
    Ok(Target { uid, atqa: tag.atqa, sak: tag.sak })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::messages::{Lang, Messages};
    use crate::simulator::silicon::Silicon;

    const FIRST: &str = "ACS ACR122U PICC Interface 00 00";
    const SOON: Duration = Duration::from_millis(5);

    fn simulation(test: impl FnOnce(Simulation)) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder_path = folder.path().join("simulator");
        let classic = Some(Kind::Classic1k);
        test(Simulation { folder: folder_path, readers: 2, dispenser: classic, timing: Timing::None });
    }

    #[test]
    fn a_job_is_dispensed_a_blank_and_its_own_card_again() {
        simulation(|desk| {
            let mut reader = desk.open(FIRST).unwrap();
            assert_eq!(reader.wait_for_card(None, Feed::Dispense, SOON), Ok(true));
            let first = reader.select().unwrap()[0].uid;
            assert_eq!(reader.wait_for_card(None, Feed::Dispense, SOON), Ok(true));
            assert_ne!(reader.select().unwrap()[0].uid, first);
            assert_eq!(reader.wait_for_card(Some(&first), Feed::Dispense, SOON), Ok(true));
            assert_eq!(reader.select().unwrap()[0].uid, first);
            assert_eq!(desk.readers().unwrap()[0], ListedReader { name: FIRST.into(), cards: vec![first] });
        });
    }

    #[test]
    fn by_hand_or_without_a_dispenser_nothing_moves_by_itself() {
        simulation(|desk| {
            assert_eq!(desk.open(FIRST).unwrap().wait_for_card(None, Feed::ByHand, SOON), Ok(false));
            let none = Simulation { dispenser: None, ..desk };
            assert_eq!(none.open(FIRST).unwrap().wait_for_card(None, Feed::Dispense, SOON), Ok(false));
            assert_eq!(none.tray().unwrap().list().unwrap(), []);
        });
    }

    #[test]
    fn a_selection_counts_as_one_exchange_and_one_command() {
        simulation(|desk| {
            let mut reader = desk.open(FIRST).unwrap();
            reader.wait_for_card(None, Feed::Dispense, SOON).unwrap();
            let uid = reader.select().unwrap()[0].uid;
            let wrong = [&[0x60, 4], &[0; 6][..], &uid.for_authentication()].concat();
            assert_eq!(reader.exchange(&wrong), Err(Miss::Refused));
            assert_eq!(reader.exchange(&[0x30, 4]), Err(Miss::Silent));
            assert_eq!(reader.cost(), Cost { exchanges: 3, commands: 3 });
        });
    }

    #[test]
    fn a_loose_reader_tears_its_card_out_and_lays_it_back() {
        let uid = "0F112233".parse().unwrap();
        let mut reader = LooseReader::with_card(Silicon::blank(Kind::Classic1k, uid));
        reader.tear(TearOrder { after: 2, how: Tear::FrameLost });
        assert_eq!(reader.select().unwrap().len(), 1);
        assert_eq!(reader.exchange(&[0x30, 4]), Err(Miss::Silent));
        assert_eq!(reader.select().unwrap(), []);
        assert_eq!(reader.wait_for_card(None, Feed::ByHand, SOON), Ok(false));
        assert_eq!(reader.wait_for_card(None, Feed::Dispense, SOON), Ok(true));
        assert_eq!(reader.select().unwrap().len(), 1);
    }

    #[test]
    fn a_chip_that_is_not_simulated_is_refused_by_name() {
        assert_eq!(dispenser("none"), Ok(None));
        assert_eq!(dispenser("classic-1k"), Ok(Some(Kind::Classic1k)));
        let refused = dispenser("ntag213").unwrap_err();
        assert_eq!((refused.code, refused.args[0].1.as_str()), ("simulator-kind", "ntag213"));
    }

    /// No placeholder is left open and no id stands for a missing text.
    #[test]
    fn every_refusal_is_a_pair_in_both_languages() {
        let ko = include_str!("../../../templates/messages/ko/simulator.ftl");
        let en = include_str!("../../../templates/messages/en/simulator.ftl");
        let messages = Messages::new([ko], [en]).unwrap();
        let uid: silicon::Uid = "0F112233".parse().unwrap();
        let path = || PathBuf::from("/somewhere");
        let source = std::io::Error::other("full");
        let wrong = silicon::WrongSize { found: 3, expected: 1024 };
        for error in [
            TrayError::Io { path: path(), source },
            TrayError::Damaged { path: path(), why: "cut".into() },
            TrayError::Busy { path: path() },
            TrayError::NoSuchReader("ACS".into()),
            TrayError::NoSuchCard(uid),
            TrayError::Occupied { reader: "ACS".into(), card: uid },
            TrayError::UidTaken(uid),
            TrayError::Kind(silicon::UnknownKind("ntag213".into())),
            TrayError::Image { uid, source: wrong },
            TrayError::NoRandom(getrandom::Error::UNSUPPORTED),
        ] {
            let trouble = trouble(error);
            for lang in [Lang::Ko, Lang::En] {
                for text in [messages.what(lang, &trouble), messages.help(lang, &trouble)] {
                    let whole = !text.contains(['{', '$']) && !text.starts_with("err-") && !text.starts_with("rec-");
                    assert!(whole, "{text}");
                }
            }
        }
    }
}
