//! The parent's hold on one libnfc child: begun, asked with a deadline, ended and reaped. Whatever the child does (hang, die,
//! flood, answer out of turn), every call here comes back in its time and leaves no zombie and no descriptor behind. Start at [`Child::ask`].

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::child;
use super::wire::{Answer, Inbox, Question};

/// How long a child may take to give the port back and end when its questions end: closing sends three short commands.
const LAST_WORDS: Duration = Duration::from_millis(1500);
/// A killed process is gone at once but in a driver's uninterruptible sleep; then its reaper waits on alone.
const REAPED: Duration = Duration::from_secs(1);
/// Of what libnfc and the C library write to stderr, the end is kept.
const WORDS_KEPT: usize = 600;

/// What is begun as a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) arguments: Vec<OsString>,
}

impl Program {
    /// This very program. Its file may have been replaced by an update since it was begun: the link names the old one still.
    pub(super) fn ours() -> Program {
        Program::at("/proc/self/exe".into())
    }

    pub(super) fn at(path: PathBuf) -> Program {
        Program { path, arguments: vec![child::WORD.into()] }
    }
}

/// Why a child gave no answer. It is ended then.
#[derive(Debug)]
pub(super) enum Fault {
    NotStarted(std::io::Error),
    /// Not in time; it was killed.
    Hung,
    /// It ended by itself, and what it said last.
    Died(String),
    /// What it said is no answer to the question; it was killed.
    Garbled,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::NotStarted(fault) => write!(f, "{fault}"),
            Fault::Hung => f.write_str("no answer in time"),
            Fault::Died(how) => f.write_str(how),
            Fault::Garbled => f.write_str("not an answer"),
        }
    }
}

/// A child that runs. When this is dropped it ends in good order, or is killed.
pub(super) struct Child {
    process: Option<std::process::Child>,
    questions: Option<ChildStdin>,
    answers: ChildStdout,
    errors: ChildStderr,
    inbox: Inbox,
    words: Vec<u8>,
    /// Its stderr has ended.
    deaf: bool,
    turn: u8,
}

impl Child {
    pub(super) fn start(program: &Program) -> Result<Child, Fault> {
        let mut command = Command::new(&program.path);
        command
            .arg0("issuer")
            .args(&program.arguments)
            .env_clear()
            // No frame, which may hold a key, is ever written to stderr; no serial port is written to in search of a reader.
            .env("LIBNFC_LOG_LEVEL", "0")
            .env("LIBNFC_INTRUSIVE_SCAN", "false")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = spawn(command).map_err(Fault::NotStarted)?;
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(questions), Some(answers), Some(errors)) = pipes else {
            kill(process);
            return Err(Fault::NotStarted(ErrorKind::BrokenPipe.into()));
        };
        let (process, questions) = (Some(process), Some(questions));
        let child = Child {
            process,
            questions,
            answers,
            errors,
            inbox: Inbox::default(),
            words: Vec::new(),
            deaf: false,
            turn: 0,
        };
        child.never_block().map_err(Fault::NotStarted)?;
        Ok(child)
    }

    fn never_block(&self) -> std::io::Result<()> {
        let questions = self.questions.as_ref().map(AsFd::as_fd);
        for pipe in [questions, Some(self.answers.as_fd()), Some(self.errors.as_fd())].into_iter().flatten() {
            fcntl_setfl(pipe, fcntl_getfl(pipe)? | OFlags::NONBLOCK)?;
        }
        Ok(())
    }

    /// The answer to that question, within that time. After a fault the child is gone, and this value of no more use.
    pub(super) fn ask(&mut self, question: &Question, within: Duration) -> Result<Answer, Fault> {
        let until = Instant::now() + within;
        self.turn = self.turn.wrapping_add(1);
        let asked = self.write(&question.frame(self.turn), until).and_then(|()| self.answered(until));
        asked.map_err(|fault| self.ended(fault))
    }

    fn write(&mut self, mut frame: &[u8], until: Instant) -> Result<(), Fault> {
        while !frame.is_empty() {
            let Some(questions) = &mut self.questions else { return Err(Fault::Died(String::new())) };
            match questions.write(frame) {
                Ok(count) => frame = frame.get(count..).unwrap_or_default(),
                Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => {
                    let mut full = [PollFd::new(questions, PollFlags::OUT)];
                    poll(&mut full, until)?;
                }
                Err(_) => return Err(Fault::Died(String::new())),
            }
        }
        Ok(())
    }

    fn answered(&mut self, until: Instant) -> Result<Answer, Fault> {
        loop {
            if let Some(frame) = self.inbox.next().map_err(|_| Fault::Garbled)? {
                return match Answer::read(&frame) {
                    Ok((turn, answer)) if turn == self.turn => Ok(answer),
                    _ => Err(Fault::Garbled),
                };
            }
            let mut pipes = vec![PollFd::new(&self.answers, PollFlags::IN)];
            if !self.deaf && self.words.len() < WORDS_KEPT * 2 {
                pipes.push(PollFd::new(&self.errors, PollFlags::IN));
            }
            poll(&mut pipes, until)?;
            let said = pipes.first().is_some_and(|pipe| !pipe.revents().is_empty());
            let moaned = pipes.get(1).is_some_and(|pipe| !pipe.revents().is_empty());
            if moaned {
                self.listen();
            }
            let mut bytes = zeroize::Zeroizing::new([0; 1024]);
            match if said { self.answers.read(&mut *bytes) } else { continue } {
                Ok(0) => return Err(Fault::Died(String::new())),
                Ok(count) => self.inbox.push(bytes.get(..count).unwrap_or_default()),
                Err(fault) if matches!(fault.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(_) => return Err(Fault::Died(String::new())),
            }
        }
    }

    /// Takes in what it wrote to stderr, once. One that ended or floods it is not listened to again: nothing spins on it.
    fn listen(&mut self) {
        let mut bytes = [0; WORDS_KEPT];
        match self.errors.read(&mut bytes) {
            Ok(0) => self.deaf = true,
            Ok(count) => self.words.extend_from_slice(bytes.get(..count).unwrap_or_default()),
            Err(_) => {}
        }
    }

    /// Ends it after a fault and says how it ended.
    fn ended(&mut self, fault: Fault) -> Fault {
        self.questions = None;
        let Some(process) = self.process.take() else { return fault };
        // One whose pipe has closed is about to be dead by its own doing, which the status shall tell.
        let status = match fault {
            Fault::Died(_) => {
                let mut ends = [PollFd::new(&self.errors, PollFlags::IN)];
                let until = Instant::now() + Duration::from_millis(100);
                if poll(&mut ends, until).is_ok() {
                    self.listen();
                }
                reap(process)
            }
            _ => kill(process),
        };
        match fault {
            Fault::Died(_) => Fault::Died(how(status, &self.words)),
            other => other,
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let Some(process) = self.process.take() else { return };
        // The end of its questions is its sign to close the port and end.
        self.questions = None;
        let until = Instant::now() + LAST_WORDS;
        let mut bytes = [0; 1024];
        loop {
            let mut pipe = [PollFd::new(&self.answers, PollFlags::IN)];
            if poll(&mut pipe, until).is_err() {
                kill(process);
                return;
            }
            match self.answers.read(&mut bytes) {
                Ok(0) => break,
                Ok(_) => {}
                Err(fault) if matches!(fault.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(_) => break,
            }
        }
        reap(process);
    }
}

/// Waits for one of them; `Hung` when the time is up.
fn poll(pipes: &mut [PollFd<'_>], until: Instant) -> Result<(), Fault> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let time = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        match rustix::event::poll(pipes, Some(&time)) {
            Ok(0) => return Err(Fault::Hung),
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(fault) => return Err(Fault::NotStarted(fault.into())),
        }
    }
}

/// Begins it from a thread that never ends: the signal that tells a child of its parent's death (PR_SET_PDEATHSIG) comes
/// when the *thread* ends that made it (prctl(2)), and a job's thread ends while its reader lives on elsewhere.
fn spawn(command: Command) -> std::io::Result<std::process::Child> {
    type Order = (Command, mpsc::Sender<std::io::Result<std::process::Child>>);
    static SPAWNER: OnceLock<Option<mpsc::Sender<Order>>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (orders, taken) = mpsc::channel::<Order>();
        let work = move || {
            for (mut command, reply) in taken {
                if let Err(mpsc::SendError(Ok(unwanted))) = reply.send(command.spawn()) {
                    kill(unwanted);
                }
            }
        };
        std::thread::Builder::new().name("libnfc-spawner".into()).spawn(work).ok().map(|_| orders)
    });
    let broken = || std::io::Error::from(ErrorKind::BrokenPipe);
    let (reply, spawned) = mpsc::channel();
    spawner.as_ref().ok_or_else(broken)?.send((command, reply)).map_err(|_| broken())?;
    spawned.recv().map_err(|_| broken())?
}

fn kill(mut process: std::process::Child) -> Option<ExitStatus> {
    // It may have ended by itself meanwhile.
    let _ = process.kill();
    reap(process)
}

/// How it ended. One that the kernel does not let go yet is waited for by its own thread.
fn reap(mut process: std::process::Child) -> Option<ExitStatus> {
    if let Ok(Some(status)) = process.try_wait() {
        return Some(status);
    }
    let (told, heard) = mpsc::channel();
    let id = process.id();
    let wait = move || {
        let _ = told.send(process.wait());
    };
    std::thread::Builder::new().name("libnfc-reaper".into()).spawn(wait).ok()?;
    match heard.recv_timeout(REAPED) {
        Ok(status) => status.ok(),
        Err(_) => {
            // It closed its pipe but lives on: now its reaper's wait comes to an end.
            let _ = rustix::process::Pid::from_raw(id as i32)
                .map(|pid| rustix::process::kill_process(pid, rustix::process::Signal::KILL));
            heard.recv_timeout(REAPED).ok().and_then(Result::ok)
        }
    }
}

fn how(status: Option<ExitStatus>, words: &[u8]) -> String {
    let end = match status.map(|status| (status.signal(), status.code())) {
        Some((Some(signal), _)) => format!("signal {signal}"),
        Some((None, Some(code))) => format!("exit {code}"),
        _ => "?".to_owned(),
    };
    let words = String::from_utf8_lossy(words.get(words.len().saturating_sub(WORDS_KEPT)..).unwrap_or(words));
    let words: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { end } else { format!("{end}: {words}") }
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
