//! A running rig in a desk of its own. Start at [`Rig::start`].

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::SemaphorePermit;

use super::client::Client;
use crate::browser::TURNS;
use crate::support::{Desk, Output, Running};

/// The name of reader K, as libccid and pcscd make it for a real ACR122U.
pub fn reader(number: usize) -> String {
    format!("ACS ACR122U PICC Interface {number:02X} 00")
}

pub struct Rig {
    pub desk: Desk,
    pub running: Running,
    /// Its first line.
    pub told: Value,
    /// From the start to that line.
    pub took: Duration,
    _turn: SemaphorePermit<'static>,
}

impl Rig {
    /// `issuer rig simulate --json` with these options, ready.
    #[track_caller]
    pub fn start(options: &[&str]) -> Rig {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let turn = runtime.block_on(TURNS.acquire()).expect("the semaphore is never closed");
        let desk = Desk::new();
        let began = Instant::now();
        let running = desk.start(&[&["rig", "simulate", "--json"], options].concat());
        let line = running.line(Duration::from_secs(30));
        let took = began.elapsed();
        let told = serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
        Rig { desk, running, told, took, _turn: turn }
    }

    /// Ends it by SIGTERM and gives what it said, with its desk.
    pub fn stop(self) -> (Output, Desk) {
        (self.running.stop(), self.desk)
    }

    /// One command of `issuer rig`.
    #[track_caller]
    pub fn ask(&self, arguments: &[&str]) -> Value {
        self.desk.run(&[&["rig"], arguments, &["--json"]].concat()).done().json
    }

    /// A new card of this kind on the reader; gives its UID.
    #[track_caller]
    pub fn lay(&self, kind: &str, reader: &str) -> String {
        let card = self.ask(&["card", "new", "--kind", kind, "--lay", "--reader", reader]);
        card["uid"].as_str().expect("a UID").to_owned()
    }

    /// The file that a card is.
    pub fn image(&self, uid: &str, extension: &str) -> PathBuf {
        self.desk.path(&format!("var/simulator/cards/{uid}.{extension}"))
    }

    pub fn pcsc_socket(&self) -> &str {
        self.told["pcsc"]["socket"].as_str().expect("a socket")
    }

    /// A PC/SC program at this rig's pcscd.
    pub fn client(&self) -> Client {
        Client::start(self.pcsc_socket())
    }

    /// What the tray says of board K, and how libnfc opens it.
    pub fn board(&self, number: usize) -> (String, String) {
        let board = &self.told["pn532"][number];
        let text = |name: &str| board[name].as_str().unwrap_or_else(|| panic!("{name}: {}", self.told)).to_owned();
        (text("tray"), text("connstring"))
    }

    /// Runs one of the system's tools against this rig to its end.
    #[track_caller]
    pub fn tool(&self, package: &str, name: &str, arguments: &[&str]) -> std::process::Output {
        let mut command = Command::new(name);
        command.args(arguments).current_dir(self.desk.path("tmp")).stdin(std::process::Stdio::null());
        if let Some(socket) = self.told["pcsc"]["socket"].as_str() {
            command.env("PCSCLITE_CSOCK_NAME", socket);
        }
        if let Some(connstring) = self.told["pn532"][0]["connstring"].as_str() {
            command.env("LIBNFC_DEVICE", connstring).env("LIBNFC_AUTO_SCAN", "false");
        }
        command.output().unwrap_or_else(|fault| {
            panic!("{name}: {fault} (install it: apt-get install {package}, or hardware/setup.sh --test)")
        })
    }
}

/// The processes that name this path in their command line or are `id`, the dead ones left out that nobody has waited
/// for yet.
pub fn alive(path: &Path, id: u64) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let same = entry.file_name().to_string_lossy() == id.to_string();
        // A dead one has no command line any more.
        if !line.is_empty() && (same || line.contains(&*path.to_string_lossy())) {
            found.push(line);
        }
    }
    found
}
