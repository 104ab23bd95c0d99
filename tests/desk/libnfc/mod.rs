//! Boards by the real libnfc on a pseudo-terminal, which the simulator's PN532 answers: what a card is asked comes through, and
//! whatever the board does ends the reader and not the service. Start at the tests; the board is in `board.rs`.

use std::time::{Duration, Instant};

use issuer::back::encoder::libnfc::Libnfc;
use issuer::back::encoder::{Feed, Miss, Raw, Reader, ReaderState, Readers};
use issuer::plan::messages::Trouble;
use issuer::simulator::silicon::{Kind, Silicon, Uid};

mod board;

use board::{Board, Manner};

const CLASSIC: [u8; 4] = [0x04, 0x7A, 0x1C, 0x5E];
const NTAG: [u8; 7] = [0x04, 1, 2, 3, 4, 5, 6];
/// What the factory delivers.
const KEY: [u8; 6] = [0xFF; 6];

fn card(kind: Kind, uid: &[u8]) -> Silicon {
    Silicon::blank(kind, Uid::new(uid).expect("a UID of four or seven bytes"))
}

fn libnfc(board: &Board) -> Libnfc {
    Libnfc::with_child(vec![board.name()], env!("CARGO_BIN_EXE_issuer").into())
}

fn reader(board: &Board) -> Box<dyn Reader> {
    libnfc(board).open(&board.name()).expect("the board is there")
}

fn authenticate(reader: &mut dyn Reader, block: u8) -> Result<Vec<u8>, Miss> {
    reader.exchange(&[&[0x60, block][..], &KEY, &CLASSIC].concat())
}

fn trouble<T: std::fmt::Debug>(result: Result<T, Miss>) -> Trouble {
    match result {
        Err(Miss::Reader(trouble)) => trouble,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_classic_card_is_waited_for_selected_read_and_written() {
    let board = Board::plug();
    board.lay(card(Kind::Classic1k, &CLASSIC));
    let mut reader = reader(&board);
    assert_eq!(reader.wait_for_card(None, Feed::ByHand, Duration::from_secs(1)), Ok(true));
    let found = reader.select().expect("a card");
    assert_eq!(found.iter().map(|target| target.uid.bytes()).collect::<Vec<_>>(), [CLASSIC]);
    assert_eq!(authenticate(&mut *reader, 4), Ok(vec![]));
    let written: Vec<u8> = (0..16).collect();
    assert_eq!(reader.exchange(&[&[0xA0, 4][..], &written].concat()), Ok(vec![]));
    assert_eq!(reader.exchange(&[0x30, 4]), Ok(written));
}

#[test]
fn a_wrong_key_is_a_refusal_and_the_card_is_found_again() {
    let board = Board::plug();
    board.lay(card(Kind::Classic1k, &CLASSIC));
    let mut reader = reader(&board);
    reader.select().expect("a card");
    assert_eq!(reader.exchange(&[&[0x60, 4, 1, 2, 3, 4, 5, 6][..], &CLASSIC].concat()), Err(Miss::Refused));
    assert_eq!(reader.select().map(|found| found.len()), Ok(1));
    assert_eq!(authenticate(&mut *reader, 4), Ok(vec![]));
}

#[test]
fn raw_frames_of_an_ntag_come_through() {
    let board = Board::plug();
    board.lay(card(Kind::Ntag213, &NTAG));
    let mut reader = reader(&board);
    reader.select().expect("a card");
    assert_eq!(reader.raw(Raw::Bytes(&[0x60])), Ok(vec![0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x0F, 0x03]));
    assert_eq!(reader.raw(Raw::Bytes(&[0x1B, 0xFF, 0xFF, 0xFF, 0xFF])), Ok(vec![0, 0]), "the factory's PACK");
    reader.select().expect("a card");
    assert_eq!(reader.raw(Raw::Bytes(&[0x1B, 1, 2, 3, 4])), Err(Miss::Refused));
}

#[test]
fn an_empty_field_is_waited_for_and_told_from_one_with_a_card() {
    let board = Board::plug();
    let mut reader = reader(&board);
    assert_eq!(reader.wait_for_card(None, Feed::ByHand, Duration::ZERO), Ok(false));
    assert_eq!(reader.wait_until_empty(Duration::ZERO), Ok(true));
    board.lay(card(Kind::Classic1k, &CLASSIC));
    assert_eq!(reader.wait_until_empty(Duration::ZERO), Ok(false));
    assert_eq!(reader.wait_for_card(None, Feed::ByHand, Duration::ZERO), Ok(true));
}

#[test]
fn while_one_waits_another_may_use_the_board() {
    let board = Board::plug();
    let libnfc = libnfc(&board);
    let mut waits = libnfc.open(&board.name()).expect("the board is there");
    assert_eq!(waits.wait_for_card(None, Feed::ByHand, Duration::ZERO), Ok(false));
    assert_eq!(reader(&board).select(), Ok(vec![]));
    assert_eq!(waits.wait_for_card(None, Feed::ByHand, Duration::ZERO), Ok(false));
}

/// As a job waits, in slices.
#[test]
fn waiting_opens_the_port_once_and_sends_nine_commands_a_second_at_most() {
    let board = Board::plug();
    let mut reader = reader(&board);
    assert_eq!(reader.wait_for_card(None, Feed::ByHand, Duration::ZERO), Ok(false));
    let (before, openings, began) = (board.commands(None), board.commands(Some(0x02)), Instant::now());
    for _ in 0..4 {
        assert_eq!(reader.wait_for_card(None, Feed::ByHand, Duration::from_millis(400)), Ok(false));
    }
    let most = 2 + began.elapsed().as_millis() * 9 / 1000;
    assert!((board.commands(None) - before) as u128 <= most, "{} of {most}", board.commands(None) - before);
    assert_eq!(board.commands(Some(0x02)), openings, "GetFirmwareVersion goes with an opening");
}

#[test]
fn a_board_that_falls_silent_while_one_waits_is_stuck() {
    let board = Board::plug();
    let mut reader = reader(&board);
    assert_eq!(reader.wait_for_card(None, Feed::ByHand, Duration::ZERO), Ok(false));
    board.behave(Manner::Silent);
    let waited = reader.wait_for_card(None, Feed::ByHand, Duration::from_secs(8));
    assert_eq!(waited.map_err(|trouble| trouble.code), Err("reader-stuck"));
}

#[test]
fn a_board_whose_card_is_not_known_of_is_ready_and_one_that_a_program_locks_is_taken() {
    let board = Board::plug();
    board.lay(card(Kind::Classic1k, &CLASSIC));
    let state = || libnfc(&board).list().map(|list| list[0].state);
    assert_eq!(state(), Ok(ReaderState::Ready));
    let device = board.name().split_once(':').map(|(_, device)| device.to_owned()).expect("a device");
    let file = std::fs::OpenOptions::new().read(true).write(true).open(device).expect("the device");
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).expect("a lock");
    assert_eq!(state(), Ok(ReaderState::Taken));
    // A process that another test begins at this moment has the file too, until it is another program.
    rustix::fs::flock(&file, rustix::fs::FlockOperation::Unlock).expect("no lock");
    drop(file);
    assert_eq!(state(), Ok(ReaderState::Ready));
}

#[test]
fn a_board_that_works_is_held_until_its_reader_is_dropped() {
    let board = Board::plug();
    let mut works = reader(&board);
    assert_eq!(works.select(), Ok(vec![]));
    assert_eq!(trouble(reader(&board).select()).code, "reader-taken");
    drop(works);
    assert_eq!(reader(&board).select(), Ok(vec![]));
}

/// libnfc 1.8 calls abort() for bit 7 of a status byte.
#[test]
fn a_corrupt_status_byte_ends_the_child_and_the_next_reader_works() {
    let board = Board::plug();
    board.lay(card(Kind::Classic1k, &CLASSIC));
    let mut reader = reader(&board);
    reader.select().expect("a card");
    board.behave(Manner::CorruptStatus);
    let trouble = trouble(authenticate(&mut *reader, 4));
    assert_eq!(trouble.code, "reader-crashed");
    assert!(trouble.args.iter().any(|(name, reason)| *name == "reason" && reason.starts_with("signal 6")), "{trouble}");
    board.behave(Manner::Well);
    let mut next = self::reader(&board);
    assert_eq!(next.select().map(|found| found.len()), Ok(1));
    assert_eq!(authenticate(&mut *next, 4), Ok(vec![]));
}

#[test]
fn garbled_answers_are_silence_and_the_board_is_asked_again() {
    let board = Board::plug();
    board.lay(card(Kind::Classic1k, &CLASSIC));
    let mut reader = reader(&board);
    reader.select().expect("a card");
    board.behave(Manner::Garbles(1));
    assert_eq!(authenticate(&mut *reader, 4), Err(Miss::Silent));
    assert_eq!(reader.select().map(|found| found.len()), Ok(1));
}

#[test]
fn a_board_that_falls_silent_is_stuck_and_its_return_is_noticed() {
    let board = Board::plug();
    let mut reader = reader(&board);
    assert_eq!(reader.select(), Ok(vec![]));
    board.behave(Manner::Silent);
    let began = Instant::now();
    let ends = [trouble_of(reader.select()), trouble_of(reader.select())];
    assert!(ends.contains(&Some("reader-stuck")), "{ends:?}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    drop(reader);
    assert_eq!(trouble(self::reader(&board).select()).code, "reader-stuck");
    board.behave(Manner::Well);
    assert_eq!(self::reader(&board).select(), Ok(vec![]));
}

fn trouble_of<T>(result: Result<T, Miss>) -> Option<&'static str> {
    match result {
        Err(Miss::Reader(trouble)) => Some(trouble.code),
        _ => None,
    }
}

#[test]
fn a_board_that_is_pulled_out_is_gone() {
    let board = Board::plug();
    let libnfc = libnfc(&board);
    let mut reader = reader(&board);
    assert_eq!(reader.select(), Ok(vec![]));
    let name = board.name();
    drop(board);
    assert_eq!(trouble(reader.select()).code, "reader-gone");
    assert_eq!(libnfc.list().map(|list| list.iter().map(|board| board.state).collect()), Ok(vec![ReaderState::Gone]));
    assert_eq!(libnfc.open(&name).err().map(|trouble| trouble.code), Some("reader-gone"));
}

#[test]
fn libnfcs_own_scan_goes_through_the_child() {
    let found = Libnfc::with_child(Vec::new(), env!("CARGO_BIN_EXE_issuer").into()).list();
    assert!(found.is_ok_and(|found| found.iter().all(|board| !board.name.starts_with("acr122"))));
}
