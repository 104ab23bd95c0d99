//! The ACR122U readers, through Debian's pcscd.

use std::time::{Duration, UNIX_EPOCH};

use super::rig::{Rig, reader};

const FIRMWARE: &str = "FF 00 48 00 00";

#[test]
fn readers_have_their_real_names_at_a_real_pcscd_within_two_seconds() {
    let rig = Rig::start(&["--readers", "4"]);
    assert!(rig.took < Duration::from_secs(2), "{:?}", rig.took);
    let names: Vec<String> = (0..4).map(reader).collect();
    assert_eq!(rig.client().readers(), names);
    for (told, name) in rig.told["pcsc"]["readers"].as_array().expect("readers").iter().zip(&names) {
        assert_eq!(told["name"], name.as_str());
    }
    let scan = rig.tool("pcsc-tools", "pcsc_scan", &["-r"]);
    let scan = String::from_utf8_lossy(&scan.stdout).into_owned();
    assert!(names.iter().all(|name| scan.contains(name)), "{scan}");
}

#[test]
fn a_card_that_is_laid_or_lifted_is_told_at_once_and_only_on_its_reader() {
    let rig = Rig::start(&["--readers", "2"]);
    let (mut client, name) = (rig.client(), reader(1));
    let uid = rig.ask(&["card", "new"])["uid"].as_str().expect("a UID").to_owned();
    for (what, command) in [("card", vec!["card", "lay", &uid]), ("empty", vec!["card", "lift"])] {
        client.begin(&format!("watch {what} {name}"));
        assert_eq!(client.end(), "watching");
        rig.ask(&[command, vec!["--reader", &name]].concat());
        let told: u128 = client.end().parse().expect("a time");
        // The desk's file is replaced when the card moves.
        let moved = std::fs::metadata(rig.desk.path("var/simulator/desk.json")).and_then(|file| file.modified());
        let moved = moved.expect("when").duration_since(UNIX_EPOCH).expect("a clock").as_nanos();
        let took = told.saturating_sub(moved) / 1_000_000;
        println!("{what}: told after {took} ms");
        assert!(took < 100, "{what}: told after {took} ms");
    }
    assert_eq!(client.ask(&format!("connect shared {}", reader(0))), "NoSmartcard");
}

#[test]
fn an_exchange_goes_to_the_card_and_back() {
    let rig = Rig::start(&["--readers", "1"]);
    let (mut client, name) = (rig.client(), reader(0));
    let uid = rig.lay("classic-1k", &name);
    client.begin(&format!("watch card {name}"));
    assert_eq!(client.end(), "watching");
    client.end();
    assert_eq!(client.ask(&format!("connect exclusive {name}")), "ok");
    assert_eq!(client.ask("transmit FF CA 00 00 00"), format!("{uid}9000"));
    let took: u64 = client.ask("time 2000 FF 00 00 00 02 D4 02").parse().expect("microseconds");
    println!("{took} µs an exchange");
    assert!(took < 2000, "{took} µs an exchange");
    // Another program is kept out meanwhile.
    let mut other = rig.client();
    assert_eq!(other.ask(&format!("connect shared {name}")), "SharingViolation");
}

#[test]
fn a_swapped_card_is_told_as_gone_and_come() {
    let rig = Rig::start(&["--readers", "1"]);
    let (mut client, name) = (rig.client(), reader(0));
    rig.lay("classic-1k", &name);
    client.begin(&format!("watch card {name}"));
    assert_eq!(client.end(), "watching");
    client.end();
    assert_eq!(client.ask(&format!("connect shared {name}")), "ok");
    client.begin(&format!("watch empty {name}"));
    assert_eq!(client.end(), "watching");
    let uid = rig.ask(&["card", "swap", "--reader", &name])["uid"].as_str().expect("a UID").to_owned();
    client.end();
    // The connection to the card before is of no use any more.
    let stale = client.ask("transmit FF CA 00 00 00");
    assert!(["RemovedCard", "ResetCard"].contains(&stale.as_str()), "{stale}");
    client.begin(&format!("watch card {name}"));
    assert_eq!(client.end(), "watching");
    client.end();
    assert_eq!(client.ask(&format!("connect shared {name}")), "ok");
    assert_eq!(client.ask("transmit FF CA 00 00 00"), format!("{uid}9000"));
}

#[test]
fn a_reader_that_is_unplugged_goes_from_the_list_and_comes_back() {
    let rig = Rig::start(&["--readers", "3"]);
    let (mut client, mut holder, name) = (rig.client(), rig.client(), reader(1));
    assert_eq!(client.readers().len(), 3);
    assert_eq!(holder.ask(&format!("connect direct {name}")), "ok");
    let channel = holder.ask("channel");
    rig.ask(&["unplug", "1"]);
    assert_eq!(client.sees(2), [reader(0), reader(2)]);
    let gone = holder.ask(&format!("control 1 {FIRMWARE}"));
    assert!(["ReaderUnavailable", "InvalidHandle", "InvalidValue"].contains(&gone.as_str()), "{gone}");
    assert_eq!(client.ask(&format!("connect shared {name}")), "UnknownReader");
    rig.ask(&["plug", &name]);
    assert_eq!(client.sees(3).len(), 3);
    assert!(client.readers().contains(&name));
    // It has a new address on the bus, as a real one has.
    assert_eq!(holder.ask(&format!("connect direct {name}")), "ok");
    assert_ne!(holder.ask("channel"), channel);
}

#[test]
fn escape_commands_are_answered_without_a_card_or_refused_as_libccid_does() {
    let rig = Rig::start(&["--readers", "2", "--fault", "1=no-escape"]);
    let mut client = rig.client();
    assert_eq!(client.ask(&format!("connect direct {}", reader(0))), "ok");
    for code in [1, 3500] {
        let firmware = client.ask(&format!("control {code} {FIRMWARE}"));
        assert!(firmware.starts_with("41435231323255"), "ACR122U…, not {firmware}");
    }
    assert_eq!(client.ask(&format!("connect direct {}", reader(1))), "ok");
    assert_eq!(client.ask(&format!("control 1 {FIRMWARE}")), "NotTransacted");
    assert_eq!(client.ask(&format!("control 3500 {FIRMWARE}")), "UnsupportedFeature");
    rig.ask(&["fault", "1", "none"]);
    assert!(client.ask(&format!("control 1 {FIRMWARE}")).starts_with("41435231323255"));
    // The light's last command is known to the rig.
    client.ask("control 1 FF 00 40 0E 04 01 01 02 01");
    assert_eq!(rig.ask(&["signal", "1"])["signal"], "FF00400E0401010201");
}

#[test]
fn a_stuck_reader_is_given_up_after_the_drivers_time_and_answers_again_later() {
    let rig = Rig::start(&["--readers", "2"]);
    let (mut client, mut other) = (rig.client(), rig.client());
    assert_eq!(client.ask(&format!("connect direct {}", reader(0))), "ok");
    assert_eq!(other.ask(&format!("connect direct {}", reader(1))), "ok");
    rig.ask(&["fault", "0", "stuck"]);
    client.begin(&format!("control 1 {FIRMWARE}"));
    // Nobody else waits for it.
    assert!(other.ask(&format!("control 1 {FIRMWARE}")).starts_with("41435231323255"));
    assert_eq!(client.end(), "NotTransacted");
    rig.ask(&["fault", "0", "none"]);
    assert!(client.ask(&format!("control 1 {FIRMWARE}")).starts_with("41435231323255"));
}

#[test]
fn a_reader_pulled_out_in_mid_exchange_ends_that_exchange_and_no_other() {
    let rig = Rig::start(&["--readers", "2"]);
    let (mut client, mut other) = (rig.client(), rig.client());
    assert_eq!(client.ask(&format!("connect direct {}", reader(0))), "ok");
    assert_eq!(other.ask(&format!("connect direct {}", reader(1))), "ok");
    rig.ask(&["fault", "0", "slow=60000"]);
    client.begin(&format!("control 1 {FIRMWARE}"));
    rig.ask(&["unplug", "0"]);
    let ended = client.end();
    assert!(["ReaderUnavailable", "InvalidHandle", "InvalidValue"].contains(&ended.as_str()), "{ended}");
    assert!(other.ask(&format!("control 1 {FIRMWARE}")).starts_with("41435231323255"));
}

#[test]
fn pcscd_is_stopped_and_started_and_a_new_context_finds_the_readers_again() {
    let rig = Rig::start(&["--readers", "2"]);
    let mut client = rig.client();
    assert_eq!(client.readers().len(), 2);
    for stop in ["stop", "kill"] {
        rig.ask(&["pcscd", stop]);
        assert_eq!(client.ask("establish"), "NoService");
        rig.ask(&["pcscd", "start"]);
        assert_eq!(client.ask("establish"), "ok");
        assert_eq!(client.readers(), [reader(0), reader(1)]);
    }
}
