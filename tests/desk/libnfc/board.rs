//! A PN532 board on a pseudo-terminal, for as long as a [`Board`] lives. It answers with the simulator's chip, or as badly as it
//! is told to. Its other end is never held open here: libnfc would find it in use.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use issuer::simulator::faults::Faults;
use issuer::simulator::field::Field;
use issuer::simulator::hsu::{ACK, Event, Hsu};
use issuer::simulator::pn532::{Pn532, Reply};
use issuer::simulator::silicon::Silicon;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Well,
    /// Not a byte, not even an acknowledgement.
    Silent,
    /// Bit 7 in the status of InDataExchange.
    CorruptStatus,
    /// The checksums of so many answers are wrong.
    Garbles(u32),
}

struct Inside {
    hsu: Hsu,
    chip: Pn532<Field>,
    manner: Manner,
    /// The codes of all commands that came.
    commands: Vec<u8>,
}

pub struct Board {
    inside: Arc<Mutex<Inside>>,
    device: String,
    end: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl Board {
    pub fn plug() -> Board {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let mut modes = tcgetattr(&master).unwrap();
        modes.make_raw();
        tcsetattr(&master, OptionalActions::Now, &modes).unwrap();
        let device = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let chip = Pn532::new(Field::default());
        let inside =
            Arc::new(Mutex::new(Inside { hsu: Hsu::default(), chip, manner: Manner::Well, commands: Vec::new() }));
        let end = Arc::new(eventfd(0, EventfdFlags::CLOEXEC).unwrap());
        let (theirs, ended) = (inside.clone(), end.clone());
        let thread = Some(std::thread::spawn(move || serve(&master, &ended, &theirs)));
        Board { inside, device, end, thread }
    }

    pub fn name(&self) -> String {
        format!("pn532_uart:{}", self.device)
    }

    pub fn lay(&self, card: Silicon) {
        self.inside().chip.antenna_mut().lay(card);
    }

    pub fn behave(&self, manner: Manner) {
        self.inside().manner = manner;
    }

    /// How many commands of that code have come, if one is given.
    pub fn commands(&self, code: Option<u8>) -> usize {
        self.inside().commands.iter().filter(|command| code.is_none_or(|code| **command == code)).count()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        let _ = rustix::io::write(&*self.end, &1u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(master: &OwnedFd, end: &OwnedFd, inside: &Mutex<Inside>) {
    let mut bytes = [0; 512];
    loop {
        let mut both = [PollFd::new(end, PollFlags::IN), PollFd::new(master, PollFlags::IN)];
        let _ = poll(&mut both, None);
        let (ended, line) = (!both[0].revents().is_empty(), both[1].revents());
        if ended {
            return;
        }
        if !line.contains(PollFlags::IN) {
            // Nobody has it open, and the system says so again and again: waited for, for a moment each.
            let moment = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };
            let _ = poll(&mut [PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN)], Some(&moment));
            continue;
        }
        let Ok(count) = rustix::io::read(master, &mut bytes) else { continue };
        let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
        for event in inside.hsu.feed(&bytes[..count]) {
            if let Event::Command(command) = event {
                let _ = rustix::io::write(master, &inside.answer(&command));
            }
        }
    }
}

impl Inside {
    fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        self.commands.extend(command.first());
        let mut reply = self.chip.command(command).unwrap_or(Reply::Nothing);
        match (&mut self.manner, &mut reply) {
            (Manner::Silent, _) => return Vec::new(),
            (Manner::CorruptStatus, Reply::Response(response)) if command[0] == 0x40 => response[1] |= 0x80,
            _ => {}
        }
        let mut frame = self.hsu.answer(&reply, &mut Faults::default()).unwrap_or_default();
        if let Manner::Garbles(left @ 1..) = &mut self.manner {
            *left -= 1;
            if let Some(checksum) = frame.iter_mut().rev().nth(1) {
                *checksum ^= 0x55;
            }
        }
        [&ACK[..], &frame].concat()
    }
}
