//! Verdicts on computers made of folders, check by check, and that every one of them can speak.

use std::path::Path;

use super::*;
use crate::back::encoder::ReaderState;
use crate::back::store::checkup::Body;

/// What a patient is made of, with nothing wrong about it.
struct Bed {
    folder: tempfile::TempDir,
    assets: Assets,
    desk: Result<Arc<Desk>, Trouble>,
    health: Option<Result<Health, Trouble>>,
    readers: Option<Result<Vec<Seen>, Trouble>>,
    reach: Reach,
    kind: Option<ReaderKind>,
    machine: Machine,
}

impl Bed {
    /// A PC/SC desk of a trial.
    fn new() -> Bed {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine { root: folder.path().to_path_buf(), user: 4242, groups: Vec::new(), pcscd_socket: None };
        Bed {
            folder,
            assets: Assets::new(None),
            desk: Err(Trouble::new("not-initialised").with("file", "")),
            health: Some(Ok(health("trial"))),
            readers: Some(Ok(Vec::new())),
            reach: Reach::Answers,
            kind: Some(ReaderKind::Pcsc),
            machine,
        }
    }

    fn with(self, path: &str, text: &str) -> Bed {
        let at = self.folder.path().join(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, text).unwrap();
        self
    }

    fn plugged(self, port: &str, release: &str) -> Bed {
        let at = |file: &str| format!("sys/bus/usb/devices/{port}/{file}");
        let files =
            [("busnum", "1"), ("devnum", "2"), ("idVendor", "072f"), ("idProduct", "2200"), ("bcdDevice", release)];
        files.iter().fold(self, |bed, (file, text)| bed.with(&at(file), text))
    }

    fn listing(mut self, readers: Vec<Seen>) -> Bed {
        self.readers = Some(Ok(readers));
        self
    }

    /// State and code of one check.
    fn says(&self, check: fn(&Patient) -> Verdict) -> (CheckState, &'static str) {
        let verdict = check(&Patient {
            machine: &self.machine,
            assets: &self.assets,
            desk: &self.desk,
            health: &self.health,
            readers: &self.readers,
            reach: self.reach,
            kind: self.kind,
        });
        let finding = verdict.named("it");
        (finding.state, finding.code().unwrap_or_default())
    }
}

fn health(stamp: &str) -> Health {
    Health { body: Body::Sound, log_bytes: 0, stamp: Some(stamp.to_owned()), newest: None, key_version: None }
}

fn seen(name: &str, port: Option<&str>, firmware: Option<&str>) -> Seen {
    let line = ReaderLine {
        name: name.to_owned(),
        kind: "pcsc",
        state: ReaderState::Empty.as_str(),
        uid: None,
        port: port.map(str::to_owned),
        trouble: None,
    };
    Seen { line, firmware: firmware.map(str::to_owned) }
}

const NAME: &str = "ACS ACR122U PICC Interface 00 00";
use CheckState::{Fail, Ok as Well, Warn};

#[test]
fn a_kernel_module_that_holds_a_reader_is_worse_than_one_that_might() {
    let loaded = Bed::new().with("sys/module/pn533/x", "");
    assert_eq!(loaded.says(readers::kernel_modules), (Warn, "doctor-kernel-loaded"));
    let bound = loaded.with("sys/bus/usb/drivers/pn533_usb/1-1:1.0/x", "");
    assert_eq!(bound.says(readers::kernel_modules), (Fail, "doctor-kernel-bound"));
    assert_eq!(Bed::new().says(readers::kernel_modules), (Warn, "doctor-hidden"));
    // A simulated reader does not mind, and where the settings cannot be read nothing fails by guess.
    assert_eq!(Bed { kind: Some(ReaderKind::Simulated), ..Bed::new() }.says(readers::kernel_modules), (Well, ""));
    assert_eq!(Bed { kind: None, ..bound }.says(readers::kernel_modules), (Warn, "doctor-kernel-bound"));
}

#[test]
fn pcscd_is_judged_by_how_it_met_us() {
    let installed = || Bed::new().with("usr/sbin/pcscd", "");
    for (reach, bed, state, code) in [
        (Reach::Answers, Bed::new(), Well, ""),
        (Reach::Absent, Bed::new(), Fail, "doctor-pcscd-missing"),
        (Reach::Absent, installed(), Fail, "doctor-pcscd-stopped"),
        (Reach::Forbidden, installed(), Fail, "doctor-pcscd-forbidden"),
        (Reach::HungUp, installed(), Fail, "doctor-pcscd-hung-up"),
        (Reach::Silent, installed(), Fail, "doctor-pcscd-silent"),
    ] {
        assert_eq!(Bed { reach, ..bed }.says(readers::pcscd), (state, code), "{reach:?}");
    }
    let libnfc = Bed { kind: Some(ReaderKind::Libnfc), reach: Reach::Absent, ..Bed::new() };
    assert_eq!(libnfc.says(readers::pcscd), (Well, ""));
}

#[test]
fn polkit_wants_a_rule_unless_pcscd_let_us_in_all_the_same() {
    let asks = || Bed::new().with("usr/sbin/pcscd", "org.debian.pcsc-lite.access_pcsc");
    assert_eq!(Bed::new().says(readers::polkit), (Well, ""));
    assert_eq!(asks().says(readers::polkit), (Well, ""));
    let refused = Bed { reach: Reach::HungUp, ..asks() };
    assert_eq!(refused.says(readers::polkit), (Fail, "doctor-polkit"));
    // That we come in says nothing of the service's account.
    let service = asks().with("etc/systemd/system/issuer.service", "[Service]\nUser=issuer\n");
    assert_eq!(service.says(readers::polkit), (Fail, "doctor-polkit"));
    let rule = include_str!("../../../hardware/polkit/50-issuer.rules");
    assert_eq!(service.with("etc/polkit-1/rules.d/50-issuer.rules", rule).says(readers::polkit), (Well, ""));
}

#[test]
fn libccid_is_judged_by_version_and_option() {
    let plist = |version: &str, options: &str| {
        let text = format!(
            "<key>CFBundleShortVersionString</key><string>{version}</string><key>ifdDriverOptions</key><string>{options}</string>"
        );
        Bed::new().with("usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist", &text)
    };
    assert_eq!(Bed::new().says(readers::libccid), (Fail, "doctor-ccid-missing"));
    assert_eq!(plist("1.5.2", "0x0000").says(readers::libccid), (Warn, "doctor-ccid-old"));
    assert_eq!(plist("1.6.2", "0x0000").says(readers::libccid), (Well, ""));
    assert_eq!(plist("1.5.2", "0x0000").says(readers::escape), (Warn, "doctor-escape"));
    assert_eq!(plist("1.5.2", "0x0001").says(readers::escape), (Well, ""));
}

#[test]
fn firmware_is_known_from_the_reader_or_from_usb() {
    let says = |bed: Bed| bed.says(readers::reader_firmware);
    assert_eq!(says(Bed::new()), (Well, ""));
    assert_eq!(says(Bed::new().plugged("1-1", "0214")), (Well, ""));
    assert_eq!(says(Bed::new().plugged("1-1", "0204")), (Fail, "doctor-firmware-old"));
    assert_eq!(says(Bed::new().plugged("1-1", "0216")), (Warn, "doctor-firmware-late"));
    let asked = |firmware| Bed::new().listing(vec![seen(NAME, None, Some(firmware))]);
    assert_eq!(says(asked("ACR122U207")), (Well, ""));
    assert_eq!(says(asked("ACR122U215")), (Warn, "doctor-firmware-late"));
    assert_eq!(says(asked("ACR122U105")), (Fail, "doctor-firmware-old"));
    assert_eq!(says(Bed::new().listing(vec![seen(NAME, None, None)])), (Warn, "doctor-firmware-unknown"));
    for odd in ["ACR122U", "ACR122Uxyz", "PN532 1.6", "ACR122U2가"] {
        assert_eq!(readers::release(odd), None, "{odd}");
    }
}

#[test]
fn a_reader_on_usb_that_nobody_lists_is_missed() {
    let says = |bed: Bed| bed.says(readers::missed_readers);
    let two = || Bed::new().plugged("1-1", "0214").plugged("1-2", "0214");
    let at = |port: &'static str| seen(NAME, Some(port), None);
    assert_eq!(says(two()), (Fail, "doctor-reader-missed"));
    assert_eq!(says(two().listing(vec![at("usb:1-1")])), (Fail, "doctor-reader-missed"));
    assert_eq!(says(two().listing(vec![at("usb:1-1"), at("usb:1-2")])), (Well, ""));
    assert_eq!(says(two().listing(vec![seen(NAME, None, None), seen(NAME, None, None)])), (Well, ""));
    assert_eq!(says(Bed { readers: None, ..two() }), (Warn, "doctor-hidden"));
}

#[test]
fn test_drivers_fail_in_production_alone() {
    let entry = |stamp| Bed {
        health: Some(Ok(health(stamp))),
        ..Bed::new().with("etc/reader.conf.d/vpcd", "LIBPATH /usr/lib/libifdvpcd.so\n")
    };
    assert_eq!(entry("trial").says(readers::test_drivers), (Warn, "doctor-test-drivers"));
    assert_eq!(entry("production").says(readers::test_drivers), (Fail, "doctor-test-drivers"));
    assert_eq!(Bed::new().says(readers::test_drivers), (Well, ""));
}

#[test]
fn the_mends_of_the_system_work_below_the_machines_root() {
    let bed = Bed::new().with("etc/reader.conf.d/vpcd", "x").with("etc/modprobe.d/other.conf", "");
    let doctor = Doctor { settings: Err(Trouble::new("doctor-needs-settings")), machine: bed.machine.clone() };
    doctor.mend(&Mend::TestDrivers(vec!["/etc/reader.conf.d/vpcd".into()])).unwrap();
    doctor.mend(&Mend::Blacklist).unwrap();
    assert!(!bed.machine.at("/etc/reader.conf.d/vpcd").exists());
    assert_eq!(bed.says(readers::kernel_blacklist), (Well, ""));
}

#[test]
fn room_on_the_disk_runs_out_in_two_steps() {
    let mega = 1024 * 1024;
    for (free, state) in [
        (0, Some(Fail)),
        (100 * mega - 1, Some(Fail)),
        (100 * mega, Some(Warn)),
        (1024 * mega - 1, Some(Warn)),
        (1024 * mega, None),
    ] {
        assert_eq!(house::room(free), state, "{free}");
    }
}

#[test]
fn a_clock_before_the_programs_own_making_is_wrong() {
    let at = |seconds| jiff::Timestamp::from_second(seconds).unwrap();
    let written = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    assert!(house::before(at(900_000_000), written));
    // Files carry the time of the computer that made them.
    assert!(!house::before(at(1_000_000_000 - 3600), written) && !house::before(at(1_000_000_001), written));
}

#[test]
fn a_font_without_hangul_lacks_every_syllable_and_nothing_lacks_none() {
    assert_eq!(print::lacking(&[]).len(), print::wanted().count());
    assert_eq!(print::wanted().filter(|letter| ('가'..='힣').contains(letter)).count(), 11_172);
    let assets = Assets::new(None);
    let set = assets.fonts(&["NanumGothic".to_owned()]).unwrap();
    let lacks = print::lacking(&[&set.fonts["NanumGothic"]]);
    assert!(!lacks.iter().any(|letter| ('가'..='힣').contains(letter) || letter.is_ascii()), "{lacks:?}");
}

#[test]
fn what_keeps_the_desk_shut_is_said_once() {
    let made = |check, code: &'static str| Verdict { ..fail(Trouble { code, args: Vec::new() }) }.named(check);
    let mut found = vec![made("desk", "key-file-mode"), made("key-file", "key-file-mode")];
    house::say_once(&mut found);
    assert_eq!(
        found.iter().map(|finding| finding.code().unwrap()).collect::<Vec<_>>(),
        ["doctor-desk-shut", "key-file-mode"]
    );
    let mut alone = vec![made("desk", "layout-missing"), made("key-file", "key-file-mode")];
    house::say_once(&mut alone);
    assert_eq!(alone[0].code(), Some("layout-missing"));
}

/// A check's function has its name, and `fine("word")` in it the message `doctor-ok-CHECK-word`.
#[test]
fn every_check_and_every_good_word_can_speak() {
    let messages = Assets::new(None).messages().unwrap();
    let names: Vec<&str> = std::iter::once("settings").chain(CHECKS.iter().map(|(name, _)| *name)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/desk/doctor");
    let mut words = 0;
    for file in ["house.rs", "print.rs", "readers.rs"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for function in text.split("pub(super) fn ").skip(1) {
            let name = function.split('(').next().unwrap().replace('_', "-");
            if !names.contains(&name.as_str()) {
                continue;
            }
            for word in function.split("fine(\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let id = format!("doctor-ok-{name}-{word}");
                let id = id.trim_end_matches('-');
                for lang in [Lang::Ko, Lang::En] {
                    assert!(messages.find(lang, id, &[]).is_some(), "{id} is missing in {lang:?}");
                }
                words += 1;
            }
        }
    }
    assert!(words > 40, "the sources were not read: {words}");
    for id in names
        .iter()
        .map(|name| format!("doctor-check-{name}"))
        .chain(["fail", "warn", "ok"].map(|s| format!("doctor-state-{s}")))
    {
        for lang in [Lang::Ko, Lang::En] {
            assert!(messages.find(lang, &id, &[]).is_some(), "{id}");
        }
    }
}
