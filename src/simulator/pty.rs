//! A PN532 board on a serial line: a pseudo-terminal whose other end any program may open, under a name that stays.
//!
//! The other end is never held open here, so that what a program leaves in the line's settings goes with it (libnfc
//! marks the line as taken there). The name leads through this process's own folder of descriptors, so that it leads
//! nowhere once the process has ended, however it did: the terminal of that number may be somebody else's next. While nobody has it open the thread sleeps until somebody opens it. What does not
//! fit into the line is lost, as on a wire. Start at [`Board::plug`].

use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::{CWD, Mode, OFlags, fcntl_getfl, fcntl_setfl, inotify, openat};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::faults::Faults;
use super::hsu::{ACK, Event, Hsu};
use super::pn532::{Pn532, Reply};
use super::station::Station;

/// How often a chip that waits for a card looks for one.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// What stays of a board while it is unplugged.
pub type Chip = Arc<Mutex<Model>>;

/// The chip, and what its line does to answers.
pub struct Model {
    chip: Pn532<Station>,
    hsu: Hsu,
    pub faults: Faults,
    /// A command that waits for a card.
    pending: Option<Vec<u8>>,
    /// What lay there when it was tried last, by visit.
    seen: Vec<u64>,
}

impl Model {
    pub fn new(station: Station, faults: Faults) -> Model {
        Model { chip: Pn532::new(station), hsu: Hsu::default(), faults, pending: None, seen: Vec::new() }
    }

    /// How many commands the chip was given so far.
    pub fn commands(&self) -> u64 {
        self.chip.commands()
    }

    /// What the line says to these bytes, piece by piece as it is said.
    fn receive(&mut self, bytes: &[u8], send: &mut impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        for event in self.hsu.feed(bytes) {
            match event {
                Event::Command(command) => {
                    send(&ACK)?;
                    self.carry_out(command, send)?;
                }
                Event::Ack => self.pending = None,
                Event::Nack => send(self.hsu.repeat().unwrap_or_default())?,
                Event::Damaged => {}
            }
        }
        Ok(())
    }

    /// Tries a command that waits for a card again, when other cards lie there than before.
    fn look(&mut self, send: &mut impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let lying = self.lying();
        match self.pending.take() {
            Some(command) if lying != self.seen => self.carry_out(command, send),
            waiting => {
                self.pending = waiting;
                Ok(())
            }
        }
    }

    fn lying(&mut self) -> Vec<u64> {
        let lying = self.chip.antenna_mut().lying().unwrap_or_default();
        lying.iter().map(|card| card.visit).collect()
    }

    fn carry_out(&mut self, command: Vec<u8>, send: &mut impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        self.seen = self.lying();
        let reply = self.chip.command(&command).map_err(io::Error::other)?;
        if reply == Reply::Nothing {
            self.pending = Some(command);
            return Ok(());
        }
        let answer = self.hsu.answer(&reply, &mut self.faults);
        thread::sleep(self.faults.slow);
        answer.map_or(Ok(()), |answer| send(&answer))
    }
}

/// A board that is plugged in; dropping it pulls it out.
pub struct Board {
    link: PathBuf,
    /// Written to, it ends the thread.
    end: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl Board {
    /// Puts a new pseudo-terminal under the name `link`, in place of what is there.
    ///
    /// # Errors
    /// No further pseudo-terminal, or no room or right for the link.
    pub fn plug(link: &Path, chip: Chip) -> io::Result<Board> {
        let line = Line::open()?;
        let fresh = link.with_extension("new");
        // One of a rig that was killed may lie there.
        let _ = fs::remove_file(&fresh);
        symlink(line.while_it_lasts()?, &fresh)?;
        fs::rename(&fresh, link)?;
        let end = Arc::new(eventfd(0, EventfdFlags::CLOEXEC)?);
        let ended = end.clone();
        let run = move || {
            // A line that breaks is a board that answers no more.
            let _ = line.run(&ended, &chip);
        };
        let thread = thread::Builder::new().name("pn532".into()).spawn(run)?;
        Ok(Board { link: link.to_owned(), end, thread: Some(thread) })
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.link);
        let _ = rustix::io::write(&*self.end, &1u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Line {
    master: OwnedFd,
    device: PathBuf,
    /// The folder of the device. The device itself, opened even so, would be taken for held by a program.
    folder: OwnedFd,
    /// Tells when somebody opens the other end.
    opened: OwnedFd,
}

impl Line {
    fn open() -> io::Result<Line> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let mut settings = tcgetattr(&master)?;
        settings.make_raw();
        tcsetattr(&master, OptionalActions::Now, &settings)?;
        fcntl_setfl(&master, fcntl_getfl(&master)? | OFlags::NONBLOCK)?;
        let device = PathBuf::from(ptsname(&master, Vec::new())?.to_string_lossy().into_owned());
        let opened = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
        inotify::add_watch(&opened, &device, inotify::WatchFlags::OPEN)?;
        let devices = device.parent().unwrap_or(Path::new("/"));
        let folder = openat(CWD, devices, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        Ok(Line { master, device, folder, opened })
    }

    /// A path of the other end that ends with this process, or with the line.
    fn while_it_lasts(&self) -> io::Result<PathBuf> {
        // The way leads past what the system keeps of this process, which is shut where it writes no core. It holds no secrets.
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::Dumpable)?;
        let name = self.device.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let ours = format!("/proc/{}/fd/{}", std::process::id(), self.folder.as_raw_fd());
        Ok(Path::new(&ours).join(name))
    }

    /// Answers until it is told to end.
    fn run(&self, end: &OwnedFd, chip: &Chip) -> io::Result<()> {
        let mut somebody = true;
        let mut send = |bytes: &[u8]| self.send(bytes);
        loop {
            let watched = if somebody { self.master.as_fd() } else { self.opened.as_fd() };
            let mut wait = [PollFd::from_borrowed_fd(watched, PollFlags::IN), PollFd::new(end, PollFlags::IN)];
            let waiting = chip.lock().unwrap_or_else(PoisonError::into_inner).pending.is_some();
            match poll(&mut wait, waiting.then_some(&LOOK)) {
                Ok(0) => chip.lock().unwrap_or_else(PoisonError::into_inner).look(&mut send)?,
                Ok(_) | Err(Errno::INTR) => {}
                Err(other) => return Err(other.into()),
            }
            if !wait[1].revents().is_empty() {
                return Ok(());
            }
            if !somebody {
                self.forget_openings();
                somebody = true;
            }
            let mut bytes = [0; 512];
            match rustix::io::read(&self.master, &mut bytes) {
                Ok(count) => {
                    chip.lock().unwrap_or_else(PoisonError::into_inner).receive(&bytes[..count], &mut send)?;
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                // Nobody has the other end open, and nobody waits for a card.
                Err(Errno::IO) => {
                    somebody = false;
                    chip.lock().unwrap_or_else(PoisonError::into_inner).pending = None;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }

    fn forget_openings(&self) {
        let mut buffer = [MaybeUninit::uninit(); 512];
        let mut events = inotify::Reader::new(&self.opened, &mut buffer);
        while events.next().is_ok() {}
    }

    fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match rustix::io::write(&self.master, bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN | Errno::IO) => return Ok(()),
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};

    use super::super::field::Timing;
    use super::super::tray::Tray;
    use super::*;

    fn plugged(folder: &Path) -> (Chip, Board, PathBuf) {
        let tray = Tray::open(folder, 1).unwrap();
        let station = Station::open(&tray, &tray.reader_names()[0], Timing::None).unwrap();
        let (chip, link) = (Arc::new(Mutex::new(Model::new(station, Faults::default()))), folder.join("pn532-0"));
        (chip.clone(), Board::plug(&link, chip).unwrap(), link)
    }

    fn open(link: &Path) -> File {
        let line = File::options().read(true).write(true).open(link).unwrap();
        // A line that nobody had open has forgotten all its settings.
        let mut settings = tcgetattr(&line).unwrap();
        settings.make_raw();
        tcsetattr(&line, OptionalActions::Now, &settings).unwrap();
        line
    }

    /// GetFirmwareVersion, as UM0701-02 frames it, and that it is a PN532 which answers.
    fn ask(line: &mut File) {
        line.write_all(&[0x55, 0x55, 0, 0, 0, 0, 0, 0xFF, 0x02, 0xFE, 0xD4, 0x02, 0x2A, 0x00]).unwrap();
        let mut said = [0; 19];
        line.read_exact(&mut said).unwrap();
        assert_eq!(said[..6], ACK);
        assert_eq!(said[6..14], [0x00, 0x00, 0xFF, 0x06, 0xFA, 0xD5, 0x03, 0x32]);
    }

    #[test]
    fn programs_come_and_go_and_the_board_answers_each() {
        let folder = tempfile::tempdir().unwrap();
        let (_chip, _board, link) = plugged(folder.path());
        for _ in 0..3 {
            ask(&mut open(&link));
        }
    }

    #[test]
    fn a_board_that_is_pulled_out_is_gone_and_comes_back_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let (chip, board, link) = plugged(folder.path());
        let mut line = open(&link);
        ask(&mut line);
        drop(board);
        assert!(!link.exists());
        assert!(!matches!(line.read(&mut [0; 8]), Ok(1..)), "the other end has gone");
        let _again = Board::plug(&link, chip).unwrap();
        ask(&mut open(&link));
    }

    /// What the name says once this process is no more.
    #[test]
    fn the_name_of_a_board_leads_through_this_process() {
        let folder = tempfile::tempdir().unwrap();
        let (_chip, _board, link) = plugged(folder.path());
        let says = fs::read_link(&link).unwrap();
        assert!(says.starts_with(format!("/proc/{}/fd", std::process::id())), "{says:?}");
        assert!(link.canonicalize().unwrap().starts_with("/dev/pts"));
    }

    /// InListPassiveTarget, as often as it takes: the chip says nothing until a card comes.
    #[test]
    fn a_chip_that_waits_for_a_card_answers_when_one_is_laid() {
        let folder = tempfile::tempdir().unwrap();
        let (_chip, _board, link) = plugged(folder.path());
        let tray = Tray::open(folder.path(), 1).unwrap();
        let mut line = open(&link);
        line.write_all(&[0x00, 0x00, 0xFF, 0x04, 0xFC, 0xD4, 0x4A, 0x01, 0x00, 0xE1, 0x00]).unwrap();
        let mut said = [0; 6];
        line.read_exact(&mut said).unwrap();
        assert_eq!(said, ACK);
        tray.swap(&tray.reader_names()[0], super::super::kind::Kind::Classic1k).unwrap();
        let mut said = [0; 8];
        line.read_exact(&mut said).unwrap();
        assert_eq!(said[5..], [0xD5, 0x4B, 0x01]);
    }
}
