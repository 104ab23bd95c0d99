//! What a card costs on the real stacks (pcscd and libnfc) at simulated readers: exchanges, reader commands and time, with
//! the times of silicon and link and without any, beside what others need on the same silicon: Debian's `nfc-mfclassic`
//! reading a Classic 1K, and a plain issuer that goes block by block ([`plain`]). And what waiting, listing and plugging
//! in cost. `cargo bench --bench readers`; some two minutes. Ends with 1 when a limit is missed. Start at [`main`].

#[allow(dead_code)]
#[path = "../../support/desk.rs"]
mod house;
mod plain;
mod work;

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use house::{Desk as House, Running};
use issuer::simulator::control;
use serde_json::Value;
use work::Told;

/// Reader commands an exchange.
const COMMANDS: f64 = 1.2;
/// Our time for a card encoded and proven, beside the plain issuer's for one written and read again.
const TIME: f64 = 1.0;
/// Processor time while waiting, of the time waited.
const IDLE: f64 = 0.01;
/// From plugging in to the list, and from laying down to the first exchange, in milliseconds.
const PLUG: f64 = 1000.0;
const LAY: f64 = 200.0;
const IDLE_SECONDS: u64 = 30;

struct Rig {
    house: House,
    running: Running,
    told: Value,
}

fn main() -> ExitCode {
    // The desk begins this very program as its libnfc child.
    if issuer::back::encoder::libnfc::is_child(std::env::args_os()) {
        return issuer::back::encoder::libnfc::run_child();
    }
    if let Some(told) = work::told() {
        return work::work(told);
    }
    let mut fine = true;
    for timing in ["acr122u", "none"] {
        let rig = Rig::start(timing);
        println!("times of silicon and link: {timing}");
        let idle = if timing == "none" { IDLE_SECONDS } else { 0 };
        let (pcsc, libnfc) = rig.both(idle);
        fine &= tell("PC/SC", &pcsc) & tell("libnfc", &libnfc);
        fine &= beside_plain(timing, &pcsc);
        rig.nfc_mfclassic(&libnfc);
        if timing == "none" {
            rig.reader_list();
        }
        rig.running.stop();
    }
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Rig {
    fn start(timing: &str) -> Rig {
        let house = House::new();
        house.run(&["init"]).done();
        let running = house.start(&["rig", "simulate", "--json", "--readers", "1", "--pn532", "1", "--timing", timing]);
        let line = running.line(Duration::from_secs(30));
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
        let board = told["pn532"][0]["connstring"].as_str().expect("a board");
        for (name, reader) in [
            ("pcsc.toml", "kind = \"pcsc\"".to_owned()),
            ("libnfc.toml", format!("kind = \"libnfc\"\nnames = [\"{board}\"]")),
        ] {
            // Light and sound are for hands; they would make the reader deaf for two tenths of a second.
            let text = format!("[reader]\n{reader}\nsignal = false\n[simulator]\ndispenser = \"none\"\n");
            std::fs::write(house.path(name), text).expect("a settings file");
        }
        Rig { house, running, told }
    }

    /// One stack after the other where time is taken; the long waits of both at once.
    fn both(&self, idle: u64) -> (Value, Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let told = |boards: bool| {
            let device = if boards { &self.told["pn532"][0] } else { &self.told["pcsc"]["readers"][0] };
            Told {
                folder: self.house.path(""),
                settings: if boards { "libnfc.toml" } else { "pcsc.toml" }.to_owned(),
                reader: text(if boards { &device["connstring"] } else { &device["name"] }),
                tray: text(&device["tray"]),
                device: usize::from(boards),
                control: text(&self.told["control"]).into(),
                boards,
                cards: 7,
                idle_seconds: idle,
            }
        };
        (self.run(&told(false)), self.run(&told(true)))
    }

    fn run(&self, told: &Told) -> Value {
        let (name, value) = work::variable(told);
        let output = Command::new(std::env::current_exe().expect("this program"))
            .current_dir(self.house.path(""))
            .env(name, value)
            .env("TMPDIR", self.house.path("tmp"))
            .env("PCSCLITE_CSOCK_NAME", self.told["pcsc"]["socket"].as_str().unwrap_or_default())
            .stdin(Stdio::null())
            .output()
            .expect("this program again");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        serde_json::from_str(said.trim())
            .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
    }

    fn count(&self) -> u64 {
        let socket = self.told["control"].as_str().expect("the control socket");
        let answer = control::ask(std::path::Path::new(socket), "count 1").expect("the rig");
        answer.strip_prefix("ok ").and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{answer}"))
    }

    /// Debian's tool reads a blank of the same kind on the same board; it writes but a part (its own fault), so that only
    /// its reading can be compared.
    fn nfc_mfclassic(&self, libnfc: &Value) {
        let tray = self.told["pn532"][0]["tray"].as_str().expect("the tray's name");
        let ask = |words: &[&str]| {
            self.house.run(&[&["rig", "card"], words, &["--reader", tray, "--json"]].concat()).done().json
        };
        let uid = ask(&["new", "--kind", "classic-1k", "--lay"])["uid"].as_str().expect("a UID").to_owned();
        let image = self.house.path(&format!("var/simulator/cards/{uid}.mfd"));
        let (before, began) = (self.count(), Instant::now());
        let ran = Command::new("nfc-mfclassic")
            .args(["r", "a", "u", "dump.mfd"])
            .arg(&image)
            .arg("f")
            .current_dir(self.house.path("tmp"))
            .env("LIBNFC_DEVICE", self.told["pn532"][0]["connstring"].as_str().unwrap_or_default())
            .env("LIBNFC_AUTO_SCAN", "false")
            .stdin(Stdio::null())
            .output();
        let took = began.elapsed().as_secs_f64() * 1e3;
        let output = match ran {
            Ok(output) => output,
            Err(fault) => {
                println!("  nfc-mfclassic     not compared: {fault} (apt-get install libnfc-bin)");
                ask(&["lift"]);
                return;
            }
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("64 of 64 blocks read"), "{said}");
        ask(&["lift"]);
        let commands = self.count() - before;
        let ours = &libnfc["classic"];
        println!(
            "  nfc-mfclassic     reads a Classic 1K in {took:.0} ms with {commands} PN532 commands; ours writes, locks, reads \
             and proves one in {:.2} of that time with {:.2} of the commands",
            number(&ours["ms"]) / took,
            number(&ours["all"]) / commands as f64
        );
    }

    /// As a script sees it: a whole process.
    fn reader_list(&self) {
        let socket = self.told["pcsc"]["socket"].as_str().unwrap_or_default();
        for settings in ["pcsc.toml", "libnfc.toml"] {
            let times = (0..10).map(|_| {
                let mut command = self.house.command();
                let file = self.house.path(settings);
                command.env("PCSCLITE_CSOCK_NAME", socket).args(["reader", "list", "--json", "--config"]).arg(file);
                let began = Instant::now();
                assert!(command.output().expect("the built binary").status.success());
                began.elapsed().as_secs_f64() * 1e3
            });
            println!("  issuer reader list, {settings:<12} {:.1} ms, the whole process", work::middle(times));
        }
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// One stack's figures, each with its limit; whether none is missed.
fn tell(stack: &str, found: &Value) -> bool {
    let mut fine = true;
    for (chip, name) in [("Classic 1K", "classic"), ("NTAG213", "ntag")] {
        let card = &found[name];
        let ratio = number(&card["commands"]) / number(&card["exchanges"]);
        println!(
            "  {stack:<7} {chip:<11} {:>7.1} ms to proven ({:.1} to {:.1}), {} exchanges, {} commands: {ratio:.3} an exchange \
             (limit {COMMANDS}); {} commands with identifying and screening",
            number(&card["ms"]),
            number(&card["fastest"]),
            number(&card["slowest"]),
            card["exchanges"],
            card["commands"],
            card["all"]
        );
        fine &= ratio <= COMMANDS;
    }
    let (lay, plug) = (number(&found["lay"]), number(&found["plug"]));
    println!(
        "  {stack:<7} laid down to first exchange {lay:.1} ms (limit {LAY}); plugged in to listed {plug:.1} ms (limit {PLUG}); the \
         desk's list {:.2} ms",
        number(&found["list"])
    );
    fine &= plug <= PLUG && lay <= LAY;
    if found["idle"].is_object() {
        let (busy, waited) = (number(&found["idle"]["ms"]), IDLE_SECONDS as f64 * 1e3);
        println!(
            "  {stack:<7} waiting {IDLE_SECONDS} s for a card: {busy:.0} ms of processor time, {:.4} (limit {IDLE}), {} commands to \
             the reader",
            busy / waited,
            found["idle"]["commands"]
        );
        fine &= busy / waited <= IDLE;
    }
    fine
}

fn beside_plain(timing: &str, pcsc: &Value) -> bool {
    let (plain, ours) = (&pcsc["plain"], &pcsc["classic"]);
    let time = number(&ours["ms"]) / number(&plain["ms"]);
    println!(
        "  plain issuer      {:.1} ms, {} commands, without its last reading {:.1} ms, {} commands",
        number(&plain["ms"]),
        plain["commands"],
        number(&plain["written_ms"]),
        plain["writing"]
    );
    println!(
        "  ours ÷ plain      time {time:.3} (limit {TIME} with times), commands {:.3}; ours with proof ÷ plain without its last \
         reading: time {:.3}, commands {:.3}",
        number(&ours["all"]) / number(&plain["commands"]),
        number(&ours["ms"]) / number(&plain["written_ms"]),
        number(&ours["all"]) / number(&plain["writing"])
    );
    // Without times the database and its fsyncs are all there is to compare.
    timing == "none" || time <= TIME
}
