//! Reader troubles as the clerk meets them: the page in Chromium, by keyboard alone, over the readers of `issuer rig
//! simulate` behind the real pcscd and libnfc. Each is a clear state, and goes on without a restart. Start at [`Counter`].

mod board;
mod lost;
mod several;
mod two;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::browser::{Browser, Key};
use crate::stacks::rig::reader;
use crate::support::{Desk, Running, Service};
use crate::{enrol, print_and_hand_over, set_up, tab_to};

/// A rig and the service on its readers.
pub struct Counter {
    desk: Desk,
    pub service: Service,
    _rig: Running,
    /// The tray's name of the reader that the service uses.
    tray: String,
    /// The rig's pcscd as it was begun.
    pcscd: Option<Pid>,
}

impl Counter {
    /// Two readers at a pcscd of their own.
    pub fn pcsc() -> Counter {
        Counter::start(&["--readers", "2"], |told| {
            let socket = told["pcsc"]["socket"].as_str().expect("a socket").to_owned();
            vec![("ISSUER__READER__KIND", "pcsc".to_owned()), ("PCSCLITE_CSOCK_NAME", socket)]
        })
    }

    /// One PN532 board.
    pub fn libnfc() -> Counter {
        Counter::start(&["--readers", "0", "--pn532", "1"], |told| {
            let names = serde_json::json!([told["pn532"][0]["connstring"]]).to_string();
            vec![("ISSUER__READER__KIND", "libnfc".to_owned()), ("ISSUER__READER__NAMES", names)]
        })
    }

    #[track_caller]
    fn start(devices: &[&str], settings: impl Fn(&Value) -> Vec<(&'static str, String)>) -> Counter {
        let mut desk = Desk::new();
        // As slow as a real reader: there is a middle of the work.
        let rig = desk.start(&[&["rig", "simulate", "--json", "--timing", "acr122u"], devices].concat());
        let line = rig.line(std::time::Duration::from_secs(30));
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
        for (name, value) in settings(&told) {
            desk = desk.with(name, &value);
        }
        let tray = told["pn532"][0]["tray"].as_str().map_or_else(|| reader(0), str::to_owned);
        let pcscd = told["pcsc"]["pid"].as_i64().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let service = desk.serve();
        Counter { desk, service, _rig: rig, tray, pcscd }
    }

    /// The rig's pcscd as it is, halted or going on: `STOP`, `CONT`.
    #[track_caller]
    pub fn signal_pcscd(&self, signal: Signal) {
        kill_process(self.pcscd.expect("pcscd"), signal).expect("to signal it");
    }

    /// One command of `issuer rig`.
    #[track_caller]
    pub fn rig(&self, arguments: &[&str]) -> Value {
        self.desk.run(&[&["rig"], arguments, &["--json"]].concat()).done().json
    }

    #[track_caller]
    pub fn lay(&self) {
        self.rig(&["card", "new", "--lay", "--reader", &self.tray]);
    }

    /// A new desk with a job that waits for its card.
    pub async fn begin(&self, browser: &Browser) {
        set_up(browser, &self.service).await;
        enrol(browser).await;
        browser.sees("#say-loud", "빈 카드를 올려놓으세요").await;
    }

    /// A job whose card is being locked this moment.
    pub async fn begin_and_lay(&self, browser: &Browser) {
        self.begin(browser).await;
        self.lay();
        browser.sees("#say-what", "구역을 잠갔습니다").await;
    }

    /// To the handing over; it is one card that was laid, and no other.
    pub async fn hand_over(&self, browser: &Browser) {
        print_and_hand_over(browser).await;
        let jobs = self.desk.run(&["job", "list", "--json"]).done().json;
        assert_eq!(
            (jobs[0]["state"].as_str(), jobs.as_array().map(Vec::len)),
            (Some("handed-over"), Some(1)),
            "{jobs}"
        );
        let cards = self.rig(&["card", "list"]);
        assert_eq!(cards.as_array().map(Vec::len), Some(1), "{cards}");
        assert_eq!(cards[0]["uid"], jobs[0]["uid"], "the card that was begun");
    }
}
