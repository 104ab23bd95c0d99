//! How a rig ends, and what it refuses: nothing of it is left, whatever ended it.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::rig::{Rig, alive, reader};
use crate::support::Desk;

/// The rig's folder and its pcscd.
fn traces(rig: &Rig) -> (PathBuf, u64) {
    let id = rig.told["pcsc"]["pid"].as_u64().expect("a process id");
    (PathBuf::from(rig.told["folder"].as_str().expect("a folder")), id)
}

#[test]
fn sigterm_ends_everything_that_was_started() {
    let rig = Rig::start(&["--readers", "2", "--pn532", "1"]);
    let (folder, id) = traces(&rig);
    assert_eq!(alive(&folder, id).len(), 1, "its pcscd runs");
    let (ended, _desk) = rig.stop();
    assert_eq!(ended.status, Some(0), "{ended:#?}");
    assert_eq!(alive(&folder, id), [""; 0]);
    assert!(!folder.exists());
}

#[test]
fn a_rig_that_is_killed_takes_its_pcscd_with_it_and_the_next_one_starts() {
    let rig = Rig::start(&["--readers", "2", "--pn532", "1"]);
    let (folder, id) = traces(&rig);
    let Rig { running, desk, .. } = rig;
    let board = folder.join("pn532-0");
    assert!(board.exists());
    running.kill();
    assert!(board.is_symlink() && !board.exists(), "its terminal may be somebody else's by now");
    let began = Instant::now();
    while !alive(&folder, id).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "still there: {:?}", alive(&folder, id));
        std::thread::yield_now();
    }
    let again = desk.start(&["rig", "simulate", "--readers", "1", "--json"]);
    assert!(again.line(Duration::from_secs(30)).contains("PICC Interface 00 00"));
    desk.run(&["rig", "stop", "--json"]).done();
    assert_eq!(again.end(Duration::from_secs(10)).status, Some(0));
    assert!(!folder.exists());
}

#[test]
fn a_taken_folder_and_a_missing_rig_are_said() {
    let rig = Rig::start(&["--readers", "1"]);
    rig.desk.run(&["rig", "simulate", "--json"]).refused("rig-taken");
    rig.desk.run(&["rig", "unplug", "7", "--json"]).refused("rig-device");
    rig.desk.run(&["rig", "fault", "0", "sleepy", "--json"]).refused("rig-fault");
    rig.desk.run(&["rig", "pcscd", "dance", "--json"]).refused("rig-word");
    // Both refusals left it as it was.
    assert_eq!(rig.ask(&["devices"]).as_array().map(Vec::len), Some(1));
    let (_, desk) = rig.stop();
    desk.run(&["rig", "devices", "--json"]).refused("rig-absent");
    desk.run(&["rig", "simulate", "--readers", "17", "--json"]).refused("rig-count");
    desk.run(&["rig", "simulate", "--fault", "0=sleepy", "--json"]).refused("rig-fault");
    desk.run(&["rig", "simulate", "--pn532", "1", "--fault", "2=late", "--json"]).refused("rig-device");
    desk.run(&["rig", "simulate", "--timing", "fast", "--json"]).refused("rig-timing");
    assert!(!desk.path("var/rig").exists());
}

#[test]
fn a_folder_with_something_in_it_is_refused_and_stays_as_it_is() {
    let desk = Desk::new();
    for name in ["mine/build/thesis", "mine/run/thesis", "mine/control"] {
        let path = desk.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, "mine").expect("a file");
    }
    let refused = desk.run(&["rig", "simulate", "--folder", "mine", "--json"]).refused("rig-folder");
    let what = refused.error()["error"]["what"].to_string();
    assert!(what.contains("시험대가 만들지 않은 것이 들어 있음"), "{what}");
    for name in ["mine/build/thesis", "mine/run/thesis", "mine/control"] {
        assert_eq!(std::fs::read(desk.path(name)).expect(name), b"mine");
    }
}

#[test]
fn the_words_of_faults_stand_in_the_help() {
    let desk = Desk::new();
    for command in ["fault", "simulate"] {
        let help = desk.run(&["rig", command, "--help"]).done().stdout;
        for word in ["none", "stuck", "late", "no-escape", "mutate=N:SEED", "status-bit7", "slow=MS"] {
            assert!(help.contains(word), "{word} in {help}");
        }
    }
}

#[test]
fn a_fault_of_another_kind_of_device_is_refused() {
    let desk = Desk::new();
    let line = ["rig", "simulate", "--readers", "1", "--pn532", "1", "--fault", "1=no-escape", "--json"];
    desk.run(&line).refused("rig-fault-kind");
    desk.run(&["rig", "simulate", "--readers", "0", "--json"]).refused("rig-count");
}

#[test]
fn what_is_missing_is_named_with_its_package() {
    let desk = Desk::new();
    let mut command = desk.command();
    command.env("PATH", desk.path("tmp")).args(["rig", "simulate", "--json"]);
    let output = command.output().expect("the program");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("rig-needs") && said.contains("apt-get install pkg-config"), "{said}");
    assert!(!desk.path("var/rig").exists());
}

#[test]
fn a_rig_stands_in_a_folder_whose_name_has_spaces_but_not_in_one_with_a_colon() {
    let folder = "var/모의 판독기's";
    let rig = Rig::start(&["--readers", "1", "--pn532", "1", "--vpcd-readers", "1", "--folder", folder]);
    let mut client = rig.client();
    assert_eq!(client.sees(3).len(), 3, "vpcd has two slots");
    let uid = rig.lay("classic-1k", &reader(0));
    client.begin(&format!("watch card {}", reader(0)));
    assert_eq!(client.end(), "watching");
    client.end();
    assert_eq!(client.ask(&format!("connect shared {}", reader(0))), "ok");
    assert_eq!(client.ask("transmit FF CA 00 00 00"), format!("{uid}9000"));
    let listed = rig.tool("libnfc-bin", "nfc-list", &[]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("NFC device"), "{listed:?}");
    let (_, desk) = rig.stop();
    assert!(!desk.path(folder).exists());
    desk.run(&["rig", "simulate", "--folder", "var/a:b", "--json"]).refused("rig-folder");
}

/// As a shell takes them.
#[test]
fn every_board_stands_among_the_names_to_export() {
    let desk = Desk::new();
    let running = desk.start(&["rig", "simulate", "--readers", "0", "--pn532", "2", "--folder", "two boards"]);
    let began = Instant::now();
    let line = loop {
        let said = running.line(Duration::from_secs(30));
        assert!(began.elapsed() < Duration::from_secs(60), "{}", running.said());
        if said.contains("ISSUER__READER__NAMES") {
            break said;
        }
    };
    let shell = Command::new("sh").args(["-c", &format!("{line}\nprintf %s \"$ISSUER__READER__NAMES\"")]).output();
    let names: Vec<String> = serde_json::from_slice(&shell.expect("sh").stdout).expect("a list");
    let folder = desk.path("two boards").canonicalize().expect("the folder");
    assert_eq!(names, [0, 1].map(|board| format!("pn532_uart:{}/pn532-{board}", folder.display())));
    assert_eq!(running.stop().status, Some(0));
}

/// The bus takes the connection and says nothing, as a stopped process does.
#[test]
fn a_halted_simulator_is_not_waited_for_without_end() {
    let desk = Desk::new();
    let _halted = UnixListener::bind(desk.path("usb")).expect("a socket");
    let main = "void *udev_enumerate_new(void *);\nint udev_enumerate_scan_devices(void *);\n\
                int main(void) { return udev_enumerate_scan_devices(udev_enumerate_new(0)); }\n";
    std::fs::write(desk.path("main.c"), main).expect("a file");
    let udev = concat!(env!("CARGO_MANIFEST_DIR"), "/hardware/simulated/udev.c");
    let made = Command::new("cc").current_dir(desk.path("")).args(["-o", "asks", "main.c", udev]).status();
    assert!(made.expect("cc").success());
    let began = Instant::now();
    let said = Command::new(desk.path("asks")).env("ISSUER_RIG", desk.path("")).output().expect("it runs");
    assert_eq!(said.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&said.stderr).contains("does not answer"), "{said:?}");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}
