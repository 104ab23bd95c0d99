//! A rig that runs, and what its control socket answers: one line asked, one answered.
//!
//! `list` · `tray` · `unplug K` · `plug K` · `fault K WORDS…|none` · `signal K` · `count K` · `pcscd start|stop|restart|kill` · `quit`.
//! Device K is reader K of the rig's tray. An answer is `ok`, `ok TEXT` (JSON after `list` and `tray`) or `no CODE TEXT`; CODE is the
//! one of a trouble. Start at [`Rig::answer`].

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::pcscd::{FRIENDLY_NAME, Pcscd, VpcdReader};
use crate::plan::messages::Trouble;
use crate::simulator::faults::Faults;
use crate::simulator::ifd::Bus;
use crate::simulator::pty::{Board, Chip};
use crate::simulator::tray::Tray;

/// After `pcscd start`; at the rig's own start as well.
const PATIENCE: Duration = Duration::from_secs(10);

/// One PN532 board on its line.
pub(super) struct Line {
    /// The tray's name for it.
    pub tray: String,
    pub link: PathBuf,
    pub chip: Chip,
    /// `None` while it is unplugged.
    pub board: Mutex<Option<Board>>,
}

/// Everything that is simulated. Its parts end in this order when it is dropped.
pub(super) struct Rig {
    pub pcscd: Option<Mutex<Pcscd>>,
    pub bus: Bus,
    pub boards: Vec<Line>,
    /// The tray's name for each reader of vpcd's.
    pub vpcd: Vec<(String, VpcdReader)>,
    pub tray: Tray,
    pub quit: Mutex<Sender<()>>,
}

/// Why a line was refused: a code and what goes with it.
type No = (&'static str, String);

impl Rig {
    /// Starts pcscd where there is one, and waits until it has found all its readers.
    ///
    /// # Errors
    /// `rig-pcscd` with the place of its log when it has not found them in time.
    pub fn start_pcscd(&self) -> Result<(), Trouble> {
        let Some(pcscd) = &self.pcscd else { return Ok(()) };
        let mut pcscd = lock(pcscd);
        pcscd.start()?;
        if self.bus.wait_opened(PATIENCE) && pcscd.id().is_some() {
            return Ok(());
        }
        let log = std::fs::read_to_string(pcscd.log()).unwrap_or_default();
        let last = log.lines().last().unwrap_or("–").to_owned();
        pcscd.kill();
        Err(Trouble::new("rig-pcscd").with("reason", last))
    }

    /// Ends pcscd and pulls everything out.
    pub fn end(&self) {
        if let Some(pcscd) = &self.pcscd {
            lock(pcscd).stop();
        }
        for line in &self.boards {
            lock(&line.board).take();
        }
        for number in 0..self.readers() {
            self.bus.unplug(number);
        }
    }

    /// What there is, as `--json` tells it.
    pub fn shown(&self, folder: &Path) -> Value {
        let pcsc = self.pcscd.as_ref().map(|pcscd| {
            let mut pcscd = lock(pcscd);
            let names = self.tray.reader_names().iter().enumerate().take(self.readers());
            let ours = names.map(|(n, tray)| json!({ "name": format!("{FRIENDLY_NAME} {n:02X} 00"), "tray": tray }));
            let stock = self.vpcd.iter().map(|(tray, reader)| (format!("{} 00 00", reader.name), tray));
            let stock = stock.map(|(name, tray)| json!({ "name": name, "tray": tray }));
            // One port a slot.
            let ports = self.vpcd.iter().flat_map(|(_, reader)| [reader.port, reader.port + 1]);
            json!({
                "socket": pcscd.socket(),
                "pid": pcscd.id(),
                "readers": ours.chain(stock).collect::<Value>(),
                "vpcd_ports": ports.collect::<Value>(),
            })
        });
        let board = |line: &Line| json!({ "path": line.link, "connstring": connstring(line), "tray": line.tray });
        json!({
            "folder": folder,
            "pcsc": pcsc,
            "pn532": self.boards.iter().map(board).collect::<Value>(),
            "control": folder.join("control"),
        })
    }

    /// Answers one line of the control socket.
    pub fn answer(&self, line: &str) -> String {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let done = match verb {
            "list" => Ok(self.list().to_string()),
            "tray" => Ok(json!(self.tray.reader_names()).to_string()),
            "unplug" => self.unplug(rest).map(|()| String::new()),
            "plug" => self.plug(rest).map(|()| String::new()),
            "fault" => self.fault(rest).map(|()| String::new()),
            "signal" => self.signal(rest),
            "count" => self.count(rest),
            "pcscd" => self.move_pcscd(rest).map(|()| String::new()),
            "quit" => {
                // Whoever listened has ended already, then.
                let _ = lock(&self.quit).send(());
                Ok(String::new())
            }
            other => Err(("rig-word", other.to_owned())),
        };
        match done {
            Ok(text) if text.is_empty() => "ok".to_owned(),
            Ok(text) => format!("ok {text}"),
            Err((code, text)) => format!("no {code} {text}"),
        }
    }

    fn readers(&self) -> usize {
        self.bus.len()
    }

    /// Device K as the tray counts: first the bus, then the boards.
    fn device(&self, word: &str) -> Result<usize, No> {
        let known = |number: &usize| *number < self.readers() + self.boards.len();
        word.trim().parse().ok().filter(known).ok_or_else(|| ("rig-device", word.trim().to_owned()))
    }

    fn board(&self, number: usize) -> Option<&Line> {
        self.boards.get(number.checked_sub(self.readers())?)
    }

    fn list(&self) -> Value {
        let names = self.tray.reader_names();
        let device = |number: usize| {
            let (kind, name, plugged, faults) = match self.board(number) {
                Some(line) => {
                    let chip = line.chip.lock().unwrap_or_else(PoisonError::into_inner);
                    let name = line.link.file_name().map(|name| name.to_string_lossy().into_owned());
                    ("pn532", name.unwrap_or_default(), lock(&line.board).is_some(), chip.faults.to_string())
                }
                None => {
                    let faults = self.bus.reader(number, |reader| reader.faults.to_string());
                    let name = format!("{FRIENDLY_NAME} {number:02X} 00");
                    ("acr122u", name, self.bus.is_plugged(number), faults.unwrap_or_default())
                }
            };
            json!({ "device": number, "kind": kind, "name": name, "tray": names.get(number), "plugged": plugged, "fault": faults })
        };
        (0..self.readers() + self.boards.len()).map(device).collect()
    }

    fn unplug(&self, word: &str) -> Result<(), No> {
        let number = self.device(word)?;
        match self.board(number) {
            Some(line) => drop(lock(&line.board).take()),
            None => self.bus.unplug(number),
        }
        Ok(())
    }

    fn plug(&self, word: &str) -> Result<(), No> {
        let number = self.device(word)?;
        // Without power a device forgets what it was stuck in.
        let Some(line) = self.board(number) else {
            self.bus.reader(number, |reader| reader.faults.stuck = false);
            self.bus.plug(number);
            return Ok(());
        };
        let mut board = lock(&line.board);
        if board.is_none() {
            line.chip.lock().unwrap_or_else(PoisonError::into_inner).faults.stuck = false;
            *board = Some(Board::plug(&line.link, line.chip.clone()).map_err(|e| ("rig-plug", e.to_string()))?);
        }
        Ok(())
    }

    fn fault(&self, rest: &str) -> Result<(), No> {
        let (word, words) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
        let number = self.device(word)?;
        let faults: Faults = words.parse().map_err(|_| ("rig-fault", words.to_owned()))?;
        if !faults.fit(self.board(number).is_some()) {
            return Err(("rig-fault-kind", words.to_owned()));
        }
        match self.board(number) {
            Some(line) => line.chip.lock().unwrap_or_else(PoisonError::into_inner).faults.replace(faults),
            None => drop(self.bus.reader(number, |reader| reader.faults.replace(faults))),
        }
        Ok(())
    }

    /// A PN532 board has neither LED nor buzzer.
    fn signal(&self, word: &str) -> Result<String, No> {
        let number = self.device(word)?;
        let signal = self.bus.reader(number, |reader| reader.signal()).flatten();
        let bytes = signal.map(|s| [0xFF, 0x00, 0x40, s.led, 0x04, s.t1, s.t2, s.times, s.buzzer]);
        Ok(bytes.into_iter().flatten().map(|byte| format!("{byte:02X}")).collect())
    }

    /// Commands of the host so far: APDUs of a reader, PN532 commands of a board.
    fn count(&self, word: &str) -> Result<String, No> {
        let number = self.device(word)?;
        let commands = match self.board(number) {
            Some(line) => line.chip.lock().unwrap_or_else(PoisonError::into_inner).commands(),
            None => self.bus.reader(number, |reader| reader.commands()).unwrap_or_default(),
        };
        Ok(commands.to_string())
    }

    fn move_pcscd(&self, word: &str) -> Result<(), No> {
        let Some(pcscd) = &self.pcscd else { return Err(("rig-no-pcscd", String::new())) };
        let end = |how: fn(&mut Pcscd)| {
            how(&mut lock(pcscd));
            self.bus.cut();
        };
        let word = word.trim();
        match word {
            "start" => {}
            "stop" | "restart" => end(Pcscd::stop),
            "kill" => end(Pcscd::kill),
            other => return Err(("rig-word", other.to_owned())),
        }
        if matches!(word, "stop" | "kill") {
            return Ok(());
        }
        self.start_pcscd().map_err(|trouble| {
            let reason = trouble.args.first().map(|(_, value)| value.clone()).unwrap_or_default();
            ("rig-pcscd", reason)
        })
    }
}

/// As libnfc opens it.
pub(super) fn connstring(line: &Line) -> String {
    format!("pn532_uart:{}", line.link.display())
}

/// What a thread that panicked held is still whole: a process and its id, a line.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
