//! The clerks' process: what it is told at its beginning, what it tells, and its end. It is begun anew because libpcsclite
//! reads the address of its pcscd once a process. Start at [`Clerks::start`].

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::house::Desk as House;
use crate::meter::Meter;

const TOLD: &str = "ISSUER_SOAK";

/// One device of the rig, numbered as the rig's control socket does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Place {
    /// What the desk calls it.
    pub reader: String,
    /// What the tray calls it.
    pub tray: String,
    pub board: bool,
}

#[derive(Serialize, Deserialize)]
pub struct Told {
    pub folder: PathBuf,
    pub places: Vec<Place>,
}

/// What this process is to do, if it is the clerks'.
pub fn told() -> Option<Told> {
    serde_json::from_str(&std::env::var(TOLD).ok()?).ok()
}

/// All devices by the rig's first line.
pub fn places(rig: &Value) -> Vec<Place> {
    let text = |device: &Value, name: &str| device[name].as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let place =
        |device: &Value, name: &str, board| Place { reader: text(device, name), tray: text(device, "tray"), board };
    let readers = list(&rig["pcsc"]["readers"]);
    let boards = list(&rig["pn532"]);
    let readers = readers.iter().map(|device| place(device, "name", false));
    readers.chain(boards.iter().map(|device| place(device, "connstring", true))).collect()
}

/// Two desks over one database and one tray: the readers of a desk are of one kind.
pub fn write_settings(house: &House, rig: &Value) {
    let boards: Vec<&str> =
        rig["pn532"].as_array().into_iter().flatten().filter_map(|b| b["connstring"].as_str()).collect();
    let common = "[printer]\nkeep_days = 0\n[simulator]\ndispenser = \"none\"\n";
    let write = |name: &str, reader: String| {
        std::fs::write(house.path(name), format!("[reader]\n{reader}\n{common}")).expect("a settings file");
    };
    write("pcsc.toml", "kind = \"pcsc\"".to_owned());
    write("libnfc.toml", format!("kind = \"libnfc\"\nnames = {}", serde_json::json!(boards)));
}

pub struct Clerks {
    child: Mutex<Child>,
    id: u32,
    heard: Receiver<(Instant, Value)>,
}

impl Clerks {
    pub fn start(house: &House, rig: &Value, places: &[Place]) -> Clerks {
        let told = Told { folder: house.path(""), places: places.to_vec() };
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command
            .current_dir(house.path(""))
            .env(TOLD, serde_json::json!(told).to_string())
            .env("TMPDIR", house.path("tmp"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(house.path("clerks.log")).expect("a log"));
        if let Some(socket) = rig["pcsc"]["socket"].as_str() {
            command.env("PCSCLITE_CSOCK_NAME", socket);
        }
        let mut child = command.spawn().expect("this program again");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Ok(value) = serde_json::from_str(&line)
                    && tell.send((Instant::now(), value)).is_err()
                {
                    return;
                }
            }
        });
        Clerks { id: child.id(), child: Mutex::new(child), heard }
    }

    /// What they tell next; `Err` when they are gone.
    pub fn next(&self, longest: Duration) -> Result<Option<(Instant, Value)>, ()> {
        use std::sync::mpsc::RecvTimeoutError;
        match self.heard.recv_timeout(longest) {
            Ok(told) => Ok(Some(told)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(()),
        }
    }

    /// `hold`, `go` or `end`.
    pub fn say(&self, word: &str) {
        if let Ok(mut child) = self.child.lock()
            && let Some(stdin) = child.stdin.as_mut()
        {
            // Gone clerks are seen by what they no longer tell.
            let _ = writeln!(stdin, "{word}").and_then(|()| stdin.flush());
        }
    }

    pub fn meter(&self) -> Meter {
        Meter::of(self.id)
    }

    /// Sends them home; whether they went well and in time.
    pub fn end(&self) -> bool {
        self.say("end");
        let began = Instant::now();
        let Ok(mut child) = self.child.lock() else { return false };
        while began.elapsed() < Duration::from_secs(20) {
            if let Ok(Some(status)) = child.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Clerks {
    fn drop(&mut self) {
        if let Ok(child) = self.child.get_mut() {
            // Both fail where it is gone already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
