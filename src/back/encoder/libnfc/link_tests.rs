//! A board whose child is a script: what is said for each way in which it can fail. The real libnfc is in `tests/libnfc.rs`.

use std::ffi::OsString;

use super::*;

/// A board whose device is a file that nobody has open.
struct Bench {
    board: Board,
    _device: tempfile::TempPath,
}

fn bench(program: Program) -> Bench {
    let device = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    Bench { board: Board::new(&format!("pn532_uart:{}", device.display()), program), _device: device }
}

fn scripted(script: &str) -> Bench {
    let arguments = ["-c", script].map(OsString::from).to_vec();
    bench(Program { path: "/bin/sh".into(), arguments })
}

fn lost(script: &str) -> (Bench, Lost) {
    let mut bench = scripted(script);
    let lost = bench.board.command(&[0x02]).unwrap_err();
    (bench, lost)
}

/// Takes a question off stdin, answers that the port is open, and takes the next one.
const OPENED: &str = r"dd bs=4096 count=1 of=/dev/null 2>/dev/null; printf '\002\000\001d'; dd bs=4096 count=1 of=/dev/null 2>/dev/null;";

#[test]
fn a_response_is_handed_on() {
    let mut bench = scripted(&format!(r"{OPENED} printf '\006\000\002r\062\001\006\007'; exec cat >/dev/null"));
    assert_eq!(bench.board.command(&[0x02]), Ok(vec![0x32, 1, 6, 7]));
}

#[test]
fn a_driver_that_aborts_is_told_once_and_stays_told() {
    let (mut bench, lost) = lost(&format!("{OPENED} kill -ABRT $$"));
    let Lost::Reader(trouble) = &lost else { panic!("{lost:?}") };
    assert_eq!(trouble.code, "reader-crashed");
    assert!(trouble.args.contains(&("reason", "signal 6".to_owned())), "{trouble:?}");
    assert_eq!(
        bench.board.command(&[0x02]),
        Err(lost),
        "what the board was told holds no more: a new reader is opened"
    );
}

#[test]
fn an_answer_out_of_turn_ends_the_reader() {
    let (_, lost) = lost(&format!(r"{OPENED} printf '\002\000\001r'; exec cat >/dev/null"));
    assert!(matches!(lost, Lost::Reader(trouble) if trouble.code == "reader-crashed"));
}

#[test]
fn an_error_of_the_line_is_silence() {
    for code in [sys::NFC_EIO, sys::NFC_ETIMEOUT, sys::NFC_ECHIP] {
        let bytes: String = code.to_le_bytes().iter().map(|byte| format!("\\{byte:03o}")).collect();
        let (_, lost) = lost(&format!(r"{OPENED} printf '\006\000\002f{bytes}'; exec cat >/dev/null"));
        assert_eq!(lost, Lost::Silent, "{code}");
    }
}

/// Takes a question off stdin and answers that libnfc could not open it (`NFC_ENOTSUCHDEV`).
fn refused(turn: u8) -> String {
    format!(r"dd bs=4096 count=1 of=/dev/null 2>/dev/null; printf '\006\000\{turn:03o}f\374\377\377\377';")
}

#[test]
fn a_board_that_libnfc_twice_cannot_open_is_stuck() {
    let (_, lost) = lost(&format!("{} {} exec cat >/dev/null", refused(1), refused(2)));
    assert!(matches!(lost, Lost::Reader(trouble) if trouble.code == "reader-stuck"));
}

/// `NFC_EIO`: libnfc heard something.
#[test]
fn a_board_that_twice_answers_something_else_while_it_is_opened_is_confused() {
    let heard = |turn| refused(turn).replace(r"\374", r"\377");
    let (_, lost) = lost(&format!("{} {} exec cat >/dev/null", heard(1), heard(2)));
    assert!(matches!(lost, Lost::Reader(trouble) if trouble.code == "reader-confused"));
}

/// For a Diagnose it matters that the board speaks at all.
#[test]
fn something_heard_is_told_from_silence_where_a_number_is_asked_back() {
    for (code, expected) in [(sys::NFC_EIO, Lost::Foreign), (sys::NFC_ETIMEOUT, Lost::Silent)] {
        let bytes: String = code.to_le_bytes().iter().map(|byte| format!("\\{byte:03o}")).collect();
        let mut bench = scripted(&format!(r"{OPENED} printf '\006\000\002f{bytes}'; exec cat >/dev/null"));
        assert_eq!(bench.board.command(&[DIAGNOSE, 0, 1, 2, 3, 4]), Err(expected));
    }
}

#[test]
fn one_garbled_answer_does_not_keep_a_board_closed() {
    let opened = r"dd bs=4096 count=1 of=/dev/null 2>/dev/null; printf '\002\000\002d';";
    let response = r"dd bs=4096 count=1 of=/dev/null 2>/dev/null; printf '\003\000\003r\062';";
    let mut bench = scripted(&format!("{} {opened} {response} exec cat >/dev/null", refused(1)));
    assert_eq!(bench.board.command(&[0x02]), Ok(vec![0x32]));
}

#[test]
fn a_program_that_cannot_be_begun_is_told_as_the_drivers_end() {
    let mut bench = bench(Program::at("/nowhere/issuer".into()));
    let trouble = bench.board.wait(true, Duration::ZERO).unwrap_err();
    assert_eq!(trouble.code, "reader-crashed");
}
