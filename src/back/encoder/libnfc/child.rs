//! The libnfc child: this very program, begun as `issuer libnfc-child` by [`super::process`], so that libnfc's `abort()`
//! and its unchecked buffers end this process and nothing else.
//!
//! It has no settings, no database and no key of its own; card keys only pass through. It may neither be traced nor leave a
//! core file. Questions come on stdin, answers go to stdout (see [`super::wire`]); it ends when stdin does. Start at [`run`].

use std::ffi::{OsString, c_int};
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};
use zeroize::Zeroizing;

use super::native::Libnfc;
use super::wire::{Answer, Inbox, LONGEST, Question};

/// The private first argument; `--help` does not show it.
pub(super) const WORD: &str = "libnfc-child";

const SIGHUP: c_int = 1;
const SIGINT: c_int = 2;
const SIGTERM: c_int = 15;
/// `SIG_IGN` of signal(2).
const IGNORED: usize = 1;

unsafe extern "C" {
    fn alarm(seconds: u32) -> u32;
    fn signal(signal: c_int, handler: usize) -> usize;
    /// glibc 2.34 and newer.
    fn close_range(first: u32, last: u32, flags: c_int) -> c_int;
}

/// Whether these are the arguments of a child: exactly the one private word.
pub fn is_child(mut arguments: impl Iterator<Item = OsString>) -> bool {
    let _program = arguments.next();
    arguments.next().is_some_and(|word| word == WORD) && arguments.next().is_none()
}

/// Whether that process, a folder of `/proc`, is a child of whichever service or command of ours.
pub fn is_at(process: &Path) -> bool {
    let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
    command.split(|byte| *byte == 0).nth(1) == Some(WORD.as_bytes())
}

/// Serves questions until stdin ends.
pub fn run() -> ExitCode {
    if std::io::stdin().is_terminal() {
        eprintln!("`{WORD}` is a part of issuer that issuer starts by itself: nothing to do here.");
        return ExitCode::from(2);
    }
    if let Err(fault) = confine() {
        eprintln!("{fault}");
        return ExitCode::FAILURE;
    }
    match serve(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

/// Leaves this process what it needs and no more. The environment and the folder are the parent's to choose.
fn confine() -> std::io::Result<()> {
    // SAFETY: nothing in this process has opened anything beyond the three yet, so no owner loses its descriptor.
    unsafe { close_range(3, u32::MAX, 0) };
    // SAFETY: `last_seconds` calls nothing but alarm(2), which is async-signal-safe; the others are plain values.
    unsafe {
        signal(SIGHUP, last_seconds as *const () as usize);
        // A service that is told to stop lets its jobs come to their end: its reader must not die under them.
        signal(SIGINT, IGNORED);
        signal(SIGTERM, IGNORED);
    }
    rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    rustix::process::set_parent_process_death_signal(Some(Signal::HUP))?;
    // Begun by a link, it is called `exe` otherwise, which tells nobody whose it is.
    let _ = std::fs::write("/proc/self/comm", "issuer");
    std::env::set_current_dir("/")
}

/// The parent is gone. The end of stdin says so too, and lets libnfc switch the field off and give the port back as it found
/// it; a command that is under way may take two seconds more, then SIGALRM ends it all.
extern "C" fn last_seconds(_signal: c_int) {
    // SAFETY: alarm(2) takes a number and touches no memory of ours.
    unsafe { alarm(2) };
}

fn serve(questions: &mut impl Read, answers: &mut impl Write) -> std::io::Result<()> {
    let mut libnfc = Libnfc::new();
    let mut inbox = Inbox::default();
    let mut bytes = Zeroizing::new([0; 512]);
    loop {
        let frame = loop {
            match inbox.next() {
                Ok(Some(frame)) => break frame,
                Ok(None) => {}
                Err(_) => return Err(std::io::Error::other("no frame of this protocol")),
            }
            match questions.read(&mut *bytes) {
                Ok(0) => return Ok(()),
                Ok(count) => inbox.push(bytes.get(..count).unwrap_or_default()),
                Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {}
                Err(fault) => return Err(fault),
            }
        };
        let (turn, question) =
            Question::read(&frame).map_err(|_| std::io::Error::other("no question of this protocol"))?;
        answers.write_all(&answer(&mut libnfc, question).frame(turn))?;
        answers.flush()?;
    }
}

fn answer(libnfc: &mut Libnfc, question: Question) -> Answer {
    match question {
        Question::List => Answer::Names(fitting(libnfc.list())),
        Question::Open(name) => libnfc.open(&name).map_or_else(Answer::Failed, |()| Answer::Done),
        Question::Command { millis, command } => {
            libnfc.command(&command, millis).map_or_else(Answer::Failed, Answer::Response)
        }
        Question::Lend => {
            libnfc.lend();
            Answer::Done
        }
        Question::Close => {
            libnfc.close();
            Answer::Done
        }
    }
}

/// As many as one frame holds.
fn fitting(names: Vec<String>) -> Vec<String> {
    let mut length = 2;
    names
        .into_iter()
        .take_while(|name| {
            length += name.len() + 1;
            length <= LONGEST
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bare_word_makes_a_child() {
        let is = |arguments: &[&str]| is_child(arguments.iter().map(OsString::from));
        assert!(is(&["issuer", "libnfc-child"]));
        for other in [&["issuer"][..], &["issuer", "issue"], &["libnfc-child"], &["issuer", "libnfc-child", "--help"]] {
            assert!(!is(other), "{other:?}");
        }
    }

    #[test]
    fn it_answers_what_is_asked_and_ends_with_its_questions() {
        let command = Question::Command { millis: 100, command: Zeroizing::new(vec![0x02]) };
        let asked = [Question::Close.frame(7), command.frame(8)].map(|frame| frame.to_vec()).concat();
        let mut said = Vec::new();
        serve(&mut &asked[..], &mut said).unwrap();
        let none_open = Answer::Failed(nfc1_sys::NFC_ENOTSUCHDEV);
        assert_eq!(said, [Answer::Done.frame(7), none_open.frame(8)].map(|frame| frame.to_vec()).concat());
    }

    #[test]
    fn garbage_ends_it() {
        for garbage in [&[0xFF, 0xFF, 1, 2][..], &[2, 0, 1, b'?'], &[2, 0, 1, b'C']] {
            assert!(serve(&mut &garbage[..], &mut Vec::new()).is_err(), "{garbage:?}");
        }
    }
}
