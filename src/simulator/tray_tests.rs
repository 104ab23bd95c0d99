//! The tray by itself and with readers at it, from several threads and processes.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::super::field::{Tear, Timing};
use super::super::silicon::{Answer, Refusal, Silicon};
use super::super::station::Station;
use super::*;

const FIRST: &str = "ACS ACR122U PICC Interface 00 00";
const SECOND: &str = "ACS ACR122U PICC Interface 01 00";
const LONG: Duration = Duration::from_secs(20);

fn tray(folder: &Path) -> Tray {
    Tray::open(folder.join("simulator"), 2).expect("a folder that can be written")
}

fn with_tray(test: impl FnOnce(Tray)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    test(tray(folder.path()));
}

fn blank(tray: &Tray) -> Uid {
    tray.new_blank(Kind::Classic1k).expect("a new blank")
}

fn station(tray: &Tray, reader: &str) -> Station {
    Station::open(tray, reader, Timing::None).expect("a reader")
}

fn authenticate(station: &mut Station, uid: Uid, block: u8) -> Answer {
    station.exchange(&[&[0x60, block], &[0xFF; 6][..], uid.last_four()].concat()).expect("a desk")
}

fn write(station: &mut Station, block: u8, byte: u8) -> Answer {
    station.exchange(&[&[0xA0, block], &[byte; 16][..]].concat()).expect("a desk")
}

fn ack() -> Answer {
    Answer::Ack
}

fn block(tray: &Tray, uid: Uid, block: usize) -> Vec<u8> {
    tray.image(uid).expect("an image")[block * 16..][..16].to_vec()
}

fn lies_on(tray: &Tray, reader: &str) -> Vec<Uid> {
    let readers = tray.readers().expect("a desk");
    readers.into_iter().find(|state| state.name == reader).expect("a reader").cards
}

#[test]
fn a_new_blank_is_on_the_tray_under_its_uid() {
    with_tray(|tray| {
        let uid = blank(&tray);
        assert_eq!(uid.bytes()[0] & 0x0F, 0x0F);
        assert_eq!(tray.list().unwrap(), [CardState { uid, kind: Kind::Classic1k, reader: None }]);
        let file = tray.folder.join(format!("cards/{uid}.mfd"));
        assert_eq!(fs::read(file).unwrap(), Silicon::blank(Kind::Classic1k, uid).image());
    });
}

#[test]
fn cards_lie_where_they_were_laid_for_whoever_opens_the_folder() {
    with_tray(|first| {
        let (a, b) = (blank(&first), blank(&first));
        first.lay(FIRST, a).unwrap();
        let second = Tray::open(&first.folder, 2).unwrap();
        assert_eq!(lies_on(&second, FIRST), [a]);
        second.lay(SECOND, a).unwrap();
        assert_eq!((lies_on(&first, FIRST), lies_on(&first, SECOND)), (vec![], vec![a]));
        assert!(matches!(first.lay(SECOND, b), Err(TrayError::Occupied { card, .. }) if card == a));
        assert_eq!(first.lift(SECOND).unwrap(), [a]);
        assert_eq!(first.lift(SECOND).unwrap(), []);
        let swapped = first.swap(SECOND, Kind::Classic1k).unwrap();
        assert_eq!(lies_on(&second, SECOND), [swapped]);
    });
}

#[test]
fn the_list_begins_with_what_lies_and_was_lifted_last() {
    with_tray(|tray| {
        let cards = [blank(&tray), blank(&tray), blank(&tray)];
        for uid in cards {
            tray.lift(FIRST).unwrap();
            tray.lay(FIRST, uid).unwrap();
        }
        let order: Vec<Uid> = tray.list().unwrap().into_iter().map(|card| card.uid).collect();
        assert_eq!(order, [cards[2], cards[1], cards[0]]);
    });
}

#[test]
fn a_torn_card_was_lifted_last() {
    with_tray(|tray| {
        let earlier = tray.swap(FIRST, Kind::Classic1k).unwrap();
        let torn = tray.swap(FIRST, Kind::Classic1k).unwrap();
        tray.tear_after(FIRST, TearOrder { after: 1, how: Tear::FrameLost }).unwrap();
        station(&tray, FIRST).select().unwrap();
        let order: Vec<Uid> = tray.list().unwrap().into_iter().map(|card| card.uid).collect();
        assert_eq!(order, [torn, earlier]);
    });
}

#[test]
fn what_is_not_there_is_said_by_name() {
    with_tray(|tray| {
        let uid = blank(&tray);
        let stranger: Uid = "0F000000".parse().unwrap();
        assert!(matches!(tray.lay("ACS 9", uid), Err(TrayError::NoSuchReader(name)) if name == "ACS 9"));
        assert!(matches!(tray.lay(FIRST, stranger), Err(TrayError::NoSuchCard(found)) if found == stranger));
        assert!(matches!(tray.image(stranger), Err(TrayError::NoSuchCard(_))));
        assert!(matches!(tray.new_blank_with(Kind::Classic1k, uid), Err(TrayError::UidTaken(_))));
        fs::write(tray.desk_path(), b"{\"readers\": 7}").unwrap();
        assert!(matches!(tray.lay(FIRST, uid), Err(TrayError::Damaged { .. })));
        assert_eq!(fs::read(tray.desk_path()).unwrap(), b"{\"readers\": 7}");
    });
}

#[test]
fn the_dispenser_lays_the_jobs_own_card_back_and_else_a_new_blank() {
    with_tray(|tray| {
        let first = tray.dispense(FIRST, None, Kind::Classic1k).unwrap().unwrap();
        assert_eq!(lies_on(&tray, FIRST), [first]);
        let second = tray.dispense(FIRST, None, Kind::Classic1k).unwrap().unwrap();
        assert_ne!(first, second, "any other goes to the tray");
        assert_eq!(tray.dispense(FIRST, Some(first), Kind::Classic1k).unwrap(), Some(first));
        assert_eq!(lies_on(&tray, FIRST), [first]);
        let visits = tray.desk().unwrap().visits;
        assert_eq!(tray.dispense(FIRST, Some(first), Kind::Classic1k).unwrap(), Some(first));
        assert_eq!(tray.desk().unwrap().visits, visits, "what lies there is left in peace");
        let stranger = "0F000000".parse().ok();
        assert_eq!(tray.dispense(FIRST, stranger, Kind::Classic1k).unwrap(), None);
        assert_eq!(lies_on(&tray, FIRST), [first]);
    });
}

#[test]
fn the_file_holds_what_the_chip_holds_after_each_exchange() {
    with_tray(|tray| {
        let uid = tray.swap(FIRST, Kind::Classic1k).unwrap();
        let mut station = station(&tray, FIRST);
        assert_eq!(station.select().unwrap().len(), 1);
        assert_eq!(authenticate(&mut station, uid, 4), ack());
        for byte in 0..20 {
            assert_eq!(write(&mut station, 4, byte), ack());
            assert_eq!(block(&tray, uid, 4), [byte; 16]);
        }
        let before = tray.image(uid).unwrap();
        assert_eq!(write(&mut station, 8, 1), Answer::Refused(Refusal::Nak));
        assert_eq!(tray.image(uid).unwrap(), before);
    });
}

#[test]
fn two_cards_answer_and_one_is_left_when_the_other_is_torn_away() {
    with_tray(|tray| {
        let (a, b) = (blank(&tray), blank(&tray));
        tray.lay(FIRST, a).unwrap();
        tray.lay_beside(FIRST, b).unwrap();
        assert!(matches!(tray.lay_beside(FIRST, blank(&tray)), Err(TrayError::Occupied { .. })));
        let mut station = station(&tray, FIRST);
        let found: Vec<Uid> = station.select().unwrap().iter().map(|tag| tag.uid).collect();
        assert_eq!(found, [a, b]);
        tray.tear_after(FIRST, TearOrder { after: 1, how: Tear::AnswerLost }).unwrap();
        assert_eq!(authenticate(&mut station, a, 4), Answer::Silent);
        assert_eq!(lies_on(&tray, FIRST), [b]);
        station.select().unwrap();
        assert_eq!(authenticate(&mut station, b, 4), ack());
    });
}

#[test]
fn a_card_lifted_or_swapped_by_another_is_gone_at_the_next_exchange() {
    with_tray(|tray| {
        let uid = tray.swap(FIRST, Kind::Classic1k).unwrap();
        let mut station = station(&tray, FIRST);
        let other = Tray::open(&tray.folder, 2).unwrap();
        station.select().unwrap();
        assert_eq!(authenticate(&mut station, uid, 4), ack());
        other.lift(FIRST).unwrap();
        assert_eq!(write(&mut station, 4, 1), Answer::Silent);
        assert_eq!(station.select().unwrap(), []);

        other.lay(FIRST, uid).unwrap();
        station.select().unwrap();
        assert_eq!(authenticate(&mut station, uid, 4), ack());
        other.lift(FIRST).unwrap();
        other.lay(FIRST, uid).unwrap();
        assert_eq!(write(&mut station, 4, 1), Answer::Silent, "laid back at once: without power in between");

        station.select().unwrap();
        assert_eq!(authenticate(&mut station, uid, 4), ack());
        let swapped = other.swap(FIRST, Kind::Classic1k).unwrap();
        assert_eq!(write(&mut station, 4, 1), Answer::Silent);
        assert_eq!(station.select().unwrap()[0].uid, swapped);
        assert_eq!(block(&tray, uid, 4), [0; 16]);
    });
}

#[test]
fn moves_at_another_reader_do_not_disturb_a_session() {
    with_tray(|tray| {
        let uid = tray.swap(FIRST, Kind::Classic1k).unwrap();
        let mut station = station(&tray, FIRST);
        station.select().unwrap();
        assert_eq!(authenticate(&mut station, uid, 4), ack());
        tray.swap(SECOND, Kind::Classic1k).unwrap();
        assert_eq!(write(&mut station, 4, 1), ack());
    });
}

/// Select, authenticate, write; torn at each of them in each way.
#[test]
fn a_tear_strikes_at_its_exchange_and_takes_the_card_away() {
    for after in 1..=3 {
        for how in Tear::ALL {
            with_tray(|tray| {
                let uid = tray.swap(FIRST, Kind::Classic1k).unwrap();
                tray.tear_after(FIRST, TearOrder { after, how }).unwrap();
                let mut station = station(&tray, FIRST);
                let heard = [
                    station.select().unwrap().len() == 1,
                    authenticate(&mut station, uid, 4) == ack(),
                    write(&mut station, 4, 0x5A) == ack(),
                ];
                let expected = [1, 2, 3].map(|exchange| exchange < after);
                assert_eq!(heard, expected, "{after} {}", how.name());
                assert_eq!(lies_on(&tray, FIRST), []);
                let content = block(&tray, uid, 4);
                match (after, how) {
                    (1 | 2, _) | (3, Tear::FrameLost | Tear::ErasedTo00) => assert_eq!(content, [0; 16]),
                    (_, Tear::AnswerLost) => assert_eq!(content, [0x5A; 16]),
                    (_, Tear::ErasedToFf) => assert_eq!(content, [0xFF; 16]),
                    (_, Tear::HalfProgrammed) => {
                        assert!(content.iter().all(|byte| byte & !0x5A == 0));
                        assert!(content != [0; 16] && content != [0x5A; 16]);
                    }
                    _ => {}
                }
                tray.lay(FIRST, uid).unwrap();
                assert_eq!(station.select().unwrap().len(), 1, "the order is used up");
            });
        }
    }
}

#[test]
fn a_tear_counts_for_each_card_on_its_own_and_goes_on_when_the_reader_is_opened_again() {
    with_tray(|tray| {
        tray.tear_after(FIRST, TearOrder { after: 3, how: Tear::FrameLost }).unwrap();
        tray.swap(FIRST, Kind::Classic1k).unwrap();
        let selected = || station(&tray, FIRST).select().unwrap().len() == 1;
        assert_eq!([selected(), selected()], [true, true]);
        tray.swap(FIRST, Kind::Classic1k).unwrap();
        assert_eq!([selected(), selected(), selected()], [true, true, false]);

        tray.swap(FIRST, Kind::Classic1k).unwrap();
        tray.tear_after(FIRST, TearOrder { after: 1, how: Tear::FrameLost }).unwrap();
        tray.forget_tear(FIRST).unwrap();
        assert!(selected());
    });
}

#[test]
fn waiting_ends_with_the_fact_or_with_the_time() {
    with_tray(|tray| {
        assert!(!tray.wait(FIRST, true, Duration::ZERO).unwrap());
        assert!(!tray.wait(FIRST, true, Duration::from_millis(5)).unwrap());
        assert!(tray.wait(FIRST, false, Duration::ZERO).unwrap());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| tray.wait(FIRST, true, LONG));
            tray.swap(SECOND, Kind::Classic1k).unwrap();
            tray.swap(FIRST, Kind::Classic1k).unwrap();
            assert!(waiting.join().unwrap().unwrap());
            let waiting = scope.spawn(|| tray.wait(FIRST, false, LONG));
            tray.lift(FIRST).unwrap();
            assert!(waiting.join().unwrap().unwrap());
        });
    });
}

/// One clerk: at each round a blank of the own reader is laid, written to, and lifted. Gives the cards.
fn work(tray: &Tray, reader: &str, rounds: u8) -> Vec<Uid> {
    let mut station = station(tray, reader);
    let round = |byte| {
        let uid = tray.swap(reader, Kind::Classic1k).unwrap();
        assert_eq!(station.select().unwrap()[0].uid, uid);
        for block in [4, 8, 12] {
            assert_eq!(authenticate(&mut station, uid, block), ack());
            assert_eq!(write(&mut station, block, byte), ack());
        }
        assert_eq!(tray.lift(reader).unwrap(), [uid]);
        uid
    };
    (1..=rounds).map(round).collect()
}

fn assert_worked(tray: &Tray, cards: &[Uid]) {
    for (round, uid) in (1..).zip(cards) {
        for at in [4, 8, 12] {
            assert_eq!(block(tray, *uid, at), [round; 16]);
        }
    }
}

#[test]
fn eight_threads_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let tray = Tray::open(folder.path(), 8).unwrap();
    let cards: Vec<Vec<Uid>> = std::thread::scope(|scope| {
        let clerks: Vec<_> = tray.readers.iter().map(|reader| scope.spawn(|| work(&tray, reader, 20))).collect();
        clerks.into_iter().map(|clerk| clerk.join().unwrap()).collect()
    });
    cards.iter().for_each(|cards| assert_worked(&tray, cards));
    let different: BTreeSet<Uid> = cards.concat().into_iter().collect();
    assert_eq!(different.len(), 160);
    assert_eq!(tray.list().unwrap().len(), 160);
    assert_eq!(tray.desk().unwrap().visits, 160);
}

/// The test starts itself a second time as the other process, which works at the second reader.
#[test]
fn two_processes_lose_nothing() {
    const NAME: &str = "simulator::tray::tests::two_processes_lose_nothing";
    if let Some(folder) = std::env::var_os("ISSUER_TEST_TRAY") {
        work(&Tray::open(folder, 2).unwrap(), SECOND, 30);
        return;
    }
    with_tray(|tray| {
        let mut other = std::process::Command::new(std::env::current_exe().unwrap());
        other.args(["--exact", NAME]).env("ISSUER_TEST_TRAY", &tray.folder).stdout(std::process::Stdio::null());
        let mut other = other.spawn().unwrap();
        let own = work(&tray, FIRST, 30);
        assert!(other.wait().unwrap().success());
        assert_worked(&tray, &own);
        assert_eq!(tray.list().unwrap().len(), 60);
        assert_eq!(tray.desk().unwrap().visits, 60);
    });
}

#[path = "card_files_tests.rs"]
mod files;
