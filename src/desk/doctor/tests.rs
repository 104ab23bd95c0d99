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

    /// A computer whose processes can be seen.
    fn awake(self) -> Bed {
        self.with("proc/1/cmdline", "/sbin/init\0")
    }

    fn another_pcscd(mut self) -> Bed {
        self.machine.pcscd_socket = Some("/run/user/1/pcscd".into());
        self
    }

    fn found(&self, check: impl Fn(&Patient) -> Verdict) -> Finding {
        let patient = Patient {
            machine: &self.machine,
            assets: &self.assets,
            desk: &self.desk,
            health: &self.health,
            readers: &self.readers,
            reach: self.reach,
            kind: self.kind,
        };
        check(&patient).named("it")
    }

    /// State and code of one check.
    fn says(&self, check: impl Fn(&Patient) -> Verdict) -> (CheckState, &'static str) {
        let finding = self.found(check);
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
        state: ReaderState::Empty,
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
    // A loaded module takes the next reader whatever the blacklist says, so the mend takes it out.
    assert_eq!(bound.found(readers::kernel_modules).mend, Some(Mend::Unload(vec!["pn533"])));
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

fn settings() -> Settings {
    crate::back::settings::load(None, [], Path::new("/nowhere")).unwrap()
}

#[test]
fn what_pcscd_stands_in_the_way_of_is_mended_under_pcscd() {
    let settings = settings();
    let says = |bed: &Bed| bed.says(|patient| readers::readers(patient, &settings));
    let absent = || Some(Err(Trouble::new("pcscd-absent")));
    let shut = Bed { reach: Reach::Absent, readers: absent(), ..Bed::new() };
    assert_eq!(says(&shut), (Fail, "doctor-readers-pcscd"));
    assert_eq!(says(&Bed { reach: Reach::Silent, readers: None, ..Bed::new() }), (Fail, "doctor-readers-pcscd"));
    assert_eq!(says(&Bed { readers: absent(), ..Bed::new() }), (Fail, "pcscd-absent"));
    let libnfc = Bed { kind: Some(ReaderKind::Libnfc), ..shut };
    assert_eq!(says(&libnfc), (Fail, "pcscd-absent"));
}

#[test]
fn serial_ports_are_judged_for_the_account_of_the_desk() {
    let settings = settings();
    let says = |bed: &Bed| bed.says(|patient| readers::serial_access(patient, &settings));
    let bed = |group: u32| {
        let text = format!("dialout:x:{group}:issuer\n");
        let bed = Bed { kind: Some(ReaderKind::Libnfc), ..Bed::new() };
        let mut bed = bed.with("dev/ttyUSB0", "").with("etc/group", &text);
        let node = bed.folder.path().join("dev/ttyUSB0");
        std::fs::set_permissions(node, std::os::unix::fs::PermissionsExt::from_mode(0o660)).unwrap();
        bed.machine.user = 0;
        bed
    };
    let owner = std::os::unix::fs::MetadataExt::gid(&std::fs::metadata(bed(0).folder.path()).unwrap());
    let service = |bed: Bed| bed.with("etc/passwd", "issuer:x:4242:4243::/:/bin/false\n");
    assert_eq!(says(&service(bed(owner))), (Well, ""));
    assert_eq!(says(&service(bed(owner + 1))), (Fail, "doctor-serial"));
}

#[test]
fn what_belongs_to_the_systems_pcscd_is_not_judged_where_another_is_used() {
    let other = |stamp| Bed { health: Some(Ok(health(stamp))), ..Bed::new().awake().another_pcscd() };
    let bed = other("trial").plugged("1-1", "0214").with("etc/reader.conf.d/vpcd", "LIBPATH libifdvpcd.so\n");
    for check in [readers::libccid, readers::escape, readers::missed_readers, readers::pcscd_socket] {
        assert_eq!(bed.says(check), (Well, ""));
    }
    assert_eq!(bed.says(readers::test_drivers), (Well, ""));
    // Which drivers it has, nobody knows.
    assert_eq!(other("production").says(readers::test_drivers), (Warn, "doctor-pcscd-elsewhere"));
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
    // An old one is a finding only where it missed a reader; the option is never needed.
    assert_eq!(plist("1.5.2", "0x0000").says(readers::libccid), (Well, ""));
    assert_eq!(plist("1.5.2", "0x0000").plugged("1-1", "0214").says(readers::libccid), (Warn, "doctor-ccid-old"));
    assert_eq!(plist("1.6.2", "0x0000").plugged("1-1", "0214").says(readers::libccid), (Well, ""));
    for options in ["0x0000", "0x0001"] {
        let finding = plist("1.5.2", options).found(readers::escape);
        assert_eq!((finding.state, finding.mend), (Well, None));
    }
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
    assert_eq!(says(Bed::new().listing(vec![seen(NAME, None, None)])), (Well, ""));
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
        ..Bed::new().awake().with("etc/reader.conf.d/vpcd", "LIBPATH /usr/lib/libifdvpcd.so\n")
    };
    assert_eq!(entry("trial").says(readers::test_drivers), (Warn, "doctor-test-drivers"));
    assert_eq!(entry("production").says(readers::test_drivers), (Fail, "doctor-test-drivers"));
    assert_eq!(Bed::new().awake().says(readers::test_drivers), (Well, ""));
    // Where no process is seen, none is ruled out.
    assert_eq!(Bed::new().says(readers::test_drivers), (Warn, "doctor-hidden"));
}

#[test]
fn test_drivers_are_taken_away_line_by_line_and_no_process_is_killed() {
    let rig = Bed::new().awake().with("proc/42/cmdline", "issuer\0rig\0simulate\0");
    let rig = rig
        .with("etc/reader.conf.d/vpcd", "LIBPATH libifdvpcd.so\n")
        .with("var/lib/dpkg/status", "Package: vsmartcard-vpcd\nStatus: install ok installed\nVersion: 0.9-2\n");
    let messages = Assets::new(None).messages().unwrap();
    let finding = rig.found(readers::test_drivers);
    for lang in [Lang::Ko, Lang::En] {
        let (what, help) = (finding.what(&messages, lang), finding.help(&messages, lang));
        assert!(what.contains("issuer rig simulate") && !what.contains("42"), "{what}");
        let lines: Vec<&str> = help.lines().collect();
        assert_eq!(lines[1..3], ["rm -f /etc/reader.conf.d/vpcd", "apt-get remove vsmartcard-vpcd"], "{help}");
        assert!(lines[3].contains("Ctrl+C") && !help.contains("kill") && !help.contains("&&"), "{help}");
    }
}

#[test]
fn letters_beyond_hangul_and_ascii_are_told_and_no_finding() {
    let state = |lacks: &[char]| print::judged(lacks).state;
    for (lacks, wanted) in [(&[][..], Well), (&['Ä', '·'], Well), (&['Ä', '가'], Fail), (&['Q'], Fail)] {
        assert_eq!(state(lacks), wanted, "{lacks:?}");
    }
}

#[test]
fn findings_end_without_a_full_stop_whichever_file_they_come_from() {
    let messages = Assets::new(None).messages().unwrap();
    let finding = fail(Trouble::new("pcscd-absent").with("reason", "x")).named("readers");
    let finding_of_another_file = fail(Trouble::new("no-reader")).named("readers");
    for (finding, lang) in [(&finding, Lang::Ko), (&finding_of_another_file, Lang::En)] {
        for text in [finding.what(&messages, lang), finding.help(&messages, lang)] {
            assert!(!text.ends_with('.') && !text.is_empty(), "{text}");
        }
    }
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
    let elsewhere = ["libccid", "escape", "missed-readers", "test-drivers"];
    for id in elsewhere.iter().map(|name| format!("doctor-ok-{name}-elsewhere")) {
        assert!([Lang::Ko, Lang::En].iter().all(|lang| messages.find(*lang, &id, &[]).is_some()), "{id}");
    }
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
