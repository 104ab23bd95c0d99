//! The two fields behind one face: the same frames get the same answers, and the tray's counts its tears.

use super::super::acr122u::Acr122u;
use super::super::field::{Tear, TearOrder, Timing};
use super::super::pn532::{Pn532, Reply};
use super::super::silicon::Silicon;
use super::super::station::Station;
use super::super::tray::Tray;
use super::*;

const SINGLE: Uid = Uid::single([0x0F, 1, 2, 3]);
const DOUBLE: Uid = Uid::double([0x04, 1, 2, 3, 4, 5, 6]);
const ANY: Search = Search { most: 2, tries: 2, wanted: None };

fn field() -> Field {
    let mut field = Field::default();
    field.lay(Silicon::blank(Kind::Classic1k, SINGLE));
    field.lay(Silicon::blank(Kind::Ntag213, DOUBLE));
    field
}

/// A tray with the same two cards on its one reader.
struct Bench {
    tray: Tray,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(uids: &[Uid]) -> Bench {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let tray = Tray::open(folder.path(), 1).expect("a folder that can be written");
        let bench = Bench { tray, _folder: folder };
        for uid in uids {
            let kind = if uid.bytes().len() == 4 { Kind::Classic1k } else { Kind::Ntag213 };
            bench.tray.new_blank_with(kind, *uid).expect("a new blank");
            bench.tray.lay_beside(bench.reader(), *uid).expect("room");
        }
        bench
    }

    fn reader(&self) -> &str {
        &self.tray.reader_names()[0]
    }

    fn station(&self) -> Station {
        Station::open(&self.tray, self.reader(), Timing::None).expect("a reader")
    }

    fn tear(&self, after: u32) {
        self.tray.tear_after(self.reader(), TearOrder { after, how: Tear::AnswerLost }).expect("a desk");
    }

    fn is_empty(&self) -> bool {
        self.tray.readers().expect("a desk")[0].cards.is_empty()
    }
}

fn told<A: Antenna>(chip: &mut Pn532<A>, command: &[u8]) -> Vec<u8> {
    match chip.command(command).expect("a desk") {
        Reply::Response(response) => response,
        other => panic!("{command:02X?}: {other:?}"),
    }
}

/// What a session with two cards hears.
fn session(antenna: &mut dyn Antenna) -> Vec<Answer> {
    let mut heard = Vec::new();
    assert_eq!(antenna.find(ANY).unwrap().iter().map(|tag| tag.uid).collect::<Vec<_>>(), [SINGLE, DOUBLE]);
    assert!(antenna.turn_to(1).unwrap());
    heard.push(antenna.send(Frame::Exchange(&[0xA2, 4, 1, 2, 3, 4])).unwrap());
    antenna.halt().unwrap();
    heard.push(antenna.send(Frame::Exchange(&[0x30, 4])).unwrap());
    assert_eq!(antenna.find(ANY).unwrap(), [], "both are halted");
    assert_eq!(antenna.poll().unwrap().len(), 1);
    heard.push(antenna.send(Frame::Exchange(&[0x30, 4])).unwrap());
    antenna.off().unwrap();
    assert_eq!(antenna.find(Search { wanted: Some(DOUBLE), most: 1, ..ANY }).unwrap().len(), 1);
    heard.push(antenna.send(Frame::Exchange(&[0x30, 4])).unwrap());
    assert_eq!(antenna.rats().unwrap(), None);
    assert_eq!(antenna.others().unwrap(), [""; 0]);
    assert!(!antenna.turn_to(0).unwrap());
    heard
}

#[test]
fn in_memory_and_on_the_tray_the_same_is_heard() {
    let heard = session(&mut field());
    let bench = Bench::new(&[SINGLE, DOUBLE]);
    assert_eq!(session(&mut bench.station()), heard);
    assert!(matches!(&heard[..], [Answer::Ack, Answer::Silent, Answer::Refused(_), Answer::Data(_)]), "{heard:?}");
    assert_eq!(bench.tray.image(DOUBLE).unwrap()[16..20], [1, 2, 3, 4], "the file has it");
}

#[test]
fn what_lies_there_has_a_visit_of_its_own_each_time() {
    let bench = Bench::new(&[SINGLE]);
    let mut station = bench.station();
    let first = station.lying().unwrap();
    assert_eq!((first[0].uid, first[0].kind), (SINGLE, Kind::Classic1k));
    assert_eq!(station.lying().unwrap(), first);
    bench.tray.lift(bench.reader()).unwrap();
    bench.tray.lay(bench.reader(), SINGLE).unwrap();
    assert_ne!(station.lying().unwrap()[0].visit, first[0].visit);
    let mut field = field();
    let cards = field.lift();
    cards.into_iter().for_each(|card| field.lay(card));
    assert_eq!(field.lying().iter().map(|card| card.visit).collect::<Vec<_>>(), [3, 4]);
}

/// InListPassiveTarget and each frame to a card count one; the field's switching, deselection and registers none.
#[test]
fn tears_count_what_goes_to_the_card() {
    let bench = Bench::new(&[DOUBLE]);
    let mut chip = Pn532::new(bench.station());
    bench.tear(4);
    told(&mut chip, &[0x32, 0x01, 0x00]);
    assert_eq!(told(&mut chip, &[0x4A, 1, 0])[1], 1);
    told(&mut chip, &[0x06, 0x63, 0x02]);
    assert_eq!(told(&mut chip, &[0x42, 0x60])[..2], [0x43, 0x00]);
    told(&mut chip, &[0x52, 0x00]);
    told(&mut chip, &[0x32, 0x01, 0x00]);
    assert_eq!(told(&mut chip, &[0x4A, 1, 0])[1], 1);
    assert!(!bench.is_empty());
    assert_eq!(told(&mut chip, &[0x40, 1, 0xA2, 4, 1, 2, 3, 4]), [0x41, 0x01]);
    assert!(bench.is_empty());
    assert_eq!(bench.tray.image(DOUBLE).unwrap()[16..20], [1, 2, 3, 4], "the answer alone was lost");
}

#[test]
fn automatic_polling_counts_for_no_tear() {
    let bench = Bench::new(&[DOUBLE]);
    let mut reader = Acr122u::new(bench.station());
    bench.tear(1);
    assert!(reader.atr().unwrap().is_some());
    assert!(!bench.is_empty());
    assert_eq!(reader.transmit(&[0xFF, 0xB0, 0x00, 0x04, 0x04]).unwrap(), [0x63, 0x00]);
    assert!(bench.is_empty());
    assert_eq!([reader.atr().unwrap(), reader.atr().unwrap()], [None, None]);
    bench.tray.lay(bench.reader(), DOUBLE).unwrap();
    assert!(reader.atr().unwrap().is_some());
}
