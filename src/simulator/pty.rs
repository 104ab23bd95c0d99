//! A PN532 board on a serial line: a pseudo-terminal whose other end any program may open, under a name that stays.
//!
//! The other end is never held open here, so that what a program leaves in the line's settings goes with it (libnfc
//! marks the line as taken there). While nobody has it open the thread sleeps until somebody opens it. What does not
//! fit into the line is lost, as on a wire. Start at [`Board::plug`].

use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl, inotify};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::hsu::Hsu;
use super::pn532::Pn532;
use super::station::Station;

/// What stays of a board while it is unplugged.
pub type Chip = Arc<Mutex<Hsu<Pn532<Station>>>>;

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
        symlink(&line.device, &fresh)?;
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
        Ok(Line { master, device, opened })
    }

    /// Answers until it is told to end.
    fn run(&self, end: &OwnedFd, chip: &Chip) -> io::Result<()> {
        let mut somebody = true;
        loop {
            let watched = if somebody { self.master.as_fd() } else { self.opened.as_fd() };
            let mut wait = [PollFd::from_borrowed_fd(watched, PollFlags::IN), PollFd::new(end, PollFlags::IN)];
            match poll(&mut wait, None) {
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
                    let mut chip = chip.lock().unwrap_or_else(PoisonError::into_inner);
                    self.send(&chip.receive(&bytes[..count]))?;
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                // Nobody has the other end open.
                Err(Errno::IO) => somebody = false,
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
