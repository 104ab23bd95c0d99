//! One PN532 board by way of its libnfc child. The child lives as long as this link, and the port is open from the first look or command
//! on. While somebody waits for a card, others may have the port between two looks: it stays open, and is not held.
//! Start at [`Board`].

use std::time::{Duration, Instant};

use nfc1_sys as sys;
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::port;
use super::process::{Child, Fault, Program};
use super::wire::{Answer, Question};
use crate::back::encoder::pn532::{Link, Lost};
use crate::plan::messages::Trouble;

/// The longest that one command may take: anticollision of two cards with their RATS is about a tenth of it.
const COMMAND_MILLIS: u16 = 800;
/// Diagnose echoes at once; it is asked several times before a board counts as stuck.
const ECHO_MILLIS: u16 = 300;
/// A child's time for a command: libnfc waits for the acknowledgement and for the answer, and may write registers first.
const COMMAND: Duration = Duration::from_millis(3000);
/// `nfc_open` of a silent board gives up after a second, and closes with one more command.
const OPEN: Duration = Duration::from_millis(4000);
/// How long a port is asked for again that another one just looks at, and the pause between.
const PATIENCE: Duration = Duration::from_millis(1000);
const AGAIN: Duration = Duration::from_millis(40);
/// `nfc_open` of a board that says nothing at all takes longer.
const SILENT: Duration = Duration::from_millis(900);
/// From one look to the next while one waits for a card: what the board's own search leaves of it is another program's.
const QUIET: Duration = Duration::from_millis(150);
/// Every so many looks another kind of card is looked for too.
const OTHERS: u32 = 4;

/// RFConfiguration(5), as [`wire`](super::wire) in pn532 tells it, but with more tries to find a card: the board looks by itself for most of
/// the time between two commands. It answers as soon as it has found one, and within [`COMMAND_MILLIS`] in any case.
const SEARCH: [u8; 5] = [0x32, 0x05, 0x00, 0x01, 0x14];

/// RFConfiguration(1): a search switches the field on again.
const FIELD_OFF: [u8; 3] = [0x32, 0x01, 0x00];
/// Without field for so long a card has lost its power (ISO/IEC 14443-3, 5.1).
const UNPOWERED: Duration = Duration::from_millis(5);

/// One target of type A at 106 kbit/s (UM0701-02, 7.3.5).
const LOOK: [u8; 3] = [0x4A, 0x01, 0x00];
/// One FeliCa at 212 kbit/s, of any system code: no chip of ours, but a card that lies there and is named.
const LOOK_FELICA: [u8; 8] = [0x4A, 0x01, 0x01, 0x00, 0xFF, 0xFF, 0x00, 0x00];
const DIAGNOSE: u8 = 0x00;

/// A board, by libnfc's connection string.
pub(super) struct Board {
    name: String,
    program: Program,
    child: Option<Child>,
    open: bool,
    /// Others may have had the port since the last command.
    lent: bool,
    /// Told [`SEARCH`] since it was opened or last worked with.
    searches: bool,
    /// Looks since then.
    looks: u32,
    /// What is waited for, and when the next look is due.
    due: Option<(bool, Instant)>,
    /// Why no more commands go out: after a loss nothing that the board was told holds any more.
    lost: Option<Trouble>,
}

impl Board {
    pub(super) fn new(name: &str, program: Program) -> Board {
        Board {
            name: name.to_owned(),
            program,
            child: None,
            open: false,
            lent: false,
            searches: false,
            looks: 0,
            due: None,
            lost: None,
        }
    }

    /// Asks the child, which is begun if there is none.
    fn ask(&mut self, question: &Question, within: Duration) -> Result<Answer, Trouble> {
        let asked = match self.child.take() {
            Some(child) => Ok(child),
            None => Child::start(&self.program),
        };
        let answer = asked.and_then(|mut child| {
            let answer = child.ask(question, within)?;
            self.child = Some(child);
            Ok(answer)
        });
        answer.map_err(|fault| self.ended(&fault))
    }

    fn ended(&mut self, fault: &Fault) -> Trouble {
        self.open = false;
        tracing::warn!(reader = self.name, %fault, "the libnfc process ended");
        match fault {
            _ if self.is_gone() => trouble("reader-gone", &self.name),
            Fault::Hung => trouble("reader-stuck", &self.name),
            Fault::NotStarted(_) | Fault::Died(_) | Fault::Garbled => {
                trouble("reader-crashed", &self.name).with("reason", fault)
            }
        }
    }

    /// Opens the port, waiting a moment for one that another only looks at; and once more for one that did answer, but
    /// not as libnfc has it: a single garbled answer makes `nfc_open` fail.
    fn open(&mut self) -> Result<(), Trouble> {
        let began = Instant::now();
        let (mut again, mut searched) = (true, self.open);
        loop {
            // Once for an opening: it costs a look into every process.
            let free = if searched { Ok(()) } else { port::search(&self.name) };
            searched = free.is_ok();
            match free.and_then(|()| self.open_once()) {
                Err(trouble) if trouble.code == "reader-taken" && began.elapsed() < PATIENCE => {
                    std::thread::sleep(AGAIN)
                }
                Err(trouble) if trouble.code == "reader-confused" && again => again = false,
                Err(trouble) if trouble.code == "reader-stuck" && began.elapsed() < SILENT && again => again = false,
                opened => return opened,
            }
        }
    }

    fn open_once(&mut self) -> Result<(), Trouble> {
        if self.open {
            return Ok(());
        }
        port::look(&self.name)?;
        match self.ask(&Question::Open(self.name.clone()), OPEN)? {
            Answer::Done => {
                (self.open, self.lent, self.searches, self.looks) = (true, false, false, 0);
                Ok(())
            }
            Answer::Failed(code) => Err(self.refused(code)),
            _ => Err(trouble("reader-crashed", &self.name).with("reason", Fault::Garbled)),
        }
    }

    /// Why it could not be opened: the system's own number, or libnfc's, which tells nothing more.
    fn refused(&self, code: i32) -> Trouble {
        let errno = (code > 0).then(|| Errno::from_raw_os_error(code));
        match errno {
            Some(Errno::WOULDBLOCK | Errno::BUSY) => port::refused(&self.name),
            Some(Errno::ACCESS | Errno::PERM) => trouble("reader-refused", &self.name),
            Some(_) => trouble("reader-gone", &self.name),
            None if self.is_gone() => trouble("reader-gone", &self.name),
            // Something came, more than once, and it was no answer to what was asked: one answer late, or garbled.
            None if code == sys::NFC_EIO => trouble("reader-confused", &self.name),
            None => trouble("reader-stuck", &self.name),
        }
    }

    /// Field off, board asleep, port given back; the child stays.
    fn rest(&mut self) {
        if std::mem::take(&mut self.open) {
            // A child that fails here is begun anew for the next look.
            let _ = self.ask(&Question::Close, COMMAND);
        }
    }

    fn tell(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        let millis = if command.first() == Some(&DIAGNOSE) { ECHO_MILLIS } else { COMMAND_MILLIS };
        let question = Question::Command { millis, command: Zeroizing::new(command.to_vec()) };
        match self.ask(&question, COMMAND).map_err(Lost::Reader)? {
            Answer::Response(answer) => Ok(answer.to_vec()),
            Answer::Failed(sys::NFC_EIO | sys::NFC_ENOTSUCHDEV) if self.is_gone() => {
                Err(Lost::Reader(trouble("reader-gone", &self.name)))
            }
            Answer::Failed(code) if code > 0 => Err(Lost::Reader(self.refused(code))),
            // Something came, and libnfc does not tell what (NFC_EIO): garbled, or of another command. To a Diagnose it matters only
            // that the board speaks.
            Answer::Failed(sys::NFC_EIO) if command.first() == Some(&DIAGNOSE) => Err(Lost::Foreign),
            _ => Err(Lost::Silent),
        }
    }

    fn is_gone(&self) -> bool {
        port::node(&self.name).is_some_and(|node| !node.exists())
    }

    /// Whether a card lies there; `None`: that could not be seen. `closely`: of whatever kind.
    fn look(&mut self, closely: bool) -> Result<Option<bool>, Trouble> {
        self.open()?;
        if !self.searches {
            // Whoever used the board last may have left the card halted in a field that is still on: it hears no REQA then.
            self.sees(&FIELD_OFF)?;
            std::thread::sleep(UNPOWERED);
            self.sees(&SEARCH)?;
            self.searches = self.open;
        }
        Ok(match self.sees(&LOOK)? {
            Some(false) if closely => self.sees(&LOOK_FELICA)?,
            seen => seen,
        })
    }

    /// A board that was not heard, or that another has by now, is closed: opening it finds out why.
    fn sees(&mut self, look: &[u8]) -> Result<Option<bool>, Trouble> {
        if !self.open {
            return Ok(None);
        }
        match self.tell(look) {
            Ok(found) => {
                self.lent = false;
                return Ok(Some(found.first().is_some_and(|count| *count > 0)));
            }
            Err(Lost::Reader(trouble)) if trouble.code != "reader-taken" => return Err(trouble),
            Err(_) => self.rest(),
        }
        Ok(None)
    }

    /// A card is seen by one look, an empty field only by two in a row: a tag at the edge of the field misses one.
    fn is(&mut self, present: bool) -> Result<bool, Trouble> {
        let closely = !present || self.looks.is_multiple_of(OTHERS);
        let seen = self.look(closely)?;
        self.looks = self.looks.wrapping_add(1);
        Ok(seen == Some(present) && (present || self.look(true)? == Some(false)))
    }

    /// Until the next look is due, or the time is up; whether it is due.
    fn pause(&mut self, due: Instant, until: Instant) -> bool {
        std::thread::sleep(due.min(until).saturating_duration_since(Instant::now()));
        due <= until
    }

    fn lend(&mut self) {
        if self.open && !std::mem::replace(&mut self.lent, true) {
            // A child that fails here is begun anew for the next look.
            let _ = self.ask(&Question::Lend, COMMAND);
        }
    }
}

fn trouble(code: &'static str, name: &str) -> Trouble {
    Trouble::new(code).with("reader", name)
}

impl Link for Board {
    fn name(&self) -> &str {
        &self.name
    }

    fn wait(&mut self, present: bool, timeout: Duration) -> Result<bool, Trouble> {
        let until = Instant::now() + timeout;
        if self.lost.take().is_some() {
            self.rest();
        }
        // Whoever waits on, slice by slice, does not look more often by that; who has no time looks now.
        if let Some((_, due)) = self.due.take().filter(|(before, _)| *before == present && !timeout.is_zero())
            && !self.pause(due, until)
        {
            self.due = Some((present, due));
            return Ok(false);
        }
        loop {
            let began = Instant::now();
            // After a card was found the port is held for the job that waited.
            if self.is(present)? {
                return Ok(true);
            }
            self.lend();
            let due = began + QUIET;
            if !self.pause(due, until) {
                self.due = Some((present, due));
                return Ok(false);
            }
        }
    }

    fn command(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        if let Some(trouble) = &self.lost {
            return Err(Lost::Reader(trouble.clone()));
        }
        // Another one may have put the board to sleep; opening wakes it.
        if self.lent {
            self.rest();
        }
        self.searches = false;
        let answer = self.open().map_err(Lost::Reader).and_then(|()| self.tell(command));
        if let Err(Lost::Reader(trouble)) = &answer {
            self.lost = Some(trouble.clone());
        }
        answer
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
