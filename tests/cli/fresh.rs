//! What is taken for a new card, and what is not: whatever a library wrote stays, locked or not. A card that was begun is
//! ended as it was begun, whatever the settings say by then.

use crate::found::{by_hand, edit, forget_cards, live_card, memory, new_blank, sql};
use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, made, words};

const FOREIGN: &[u8] = b"14100100000077\0\0";

fn blank_of(desk: &Desk, kind: &str) -> String {
    desk.run(&words("rig card lift --json"));
    field(&desk.run(&["rig", "card", "new", "--kind", kind, "--lay", "--json"]).done().json, "uid")
}

#[test]
fn another_librarys_number_is_not_written_over_however_open_the_chip_is() {
    let desk = by_hand();
    let member = enrol(&desk, "홍길동");
    desk.run(&["issue", &member, "--wait", "0", "--json"]).refused("card-timeout");
    for kind in ["classic-1k", "classic-4k", "ntag213", "ultralight-ev1-128"] {
        let uid = blank_of(&desk, kind);
        edit(&desk, &uid, |bytes| match kind.starts_with("classic") {
            true => bytes[64..80].copy_from_slice(FOREIGN),
            false => {
                bytes[16..18].copy_from_slice(&[0xFD, 48]);
                bytes[18..34].copy_from_slice(FOREIGN);
                bytes[66] = 0xFE;
            }
        });
        let before = memory(&desk, &uid);
        refused(&desk, &words("job resume 1"), "card-foreign");
        let told = desk.run(&words("job resume 1 --lang en")).stderr;
        assert!(told.contains("141001") && told.contains(&uid), "{told}");
        assert_eq!(memory(&desk, &uid), before, "{kind}");
    }
    new_blank(&desk);
    let done = desk.run(&words("job resume 1 --json")).done().json;
    assert_eq!((&done["state"], &done["number"]), (&"ready".into(), &"12100300000001".into()));
}

#[test]
fn a_card_of_ours_that_the_register_lost_is_nobodys_to_write_over() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    forget_cards(&desk);
    let before = memory(&desk, &uid);
    let member = enrol(&desk, "성춘향");
    desk.run(&["issue", &member, "--json"]).refused("card-of-ours");
    refused(&desk, &words("job resume 2"), "card-of-ours");
    assert_eq!(memory(&desk, &uid), before);
}

/// A number-only chip says nothing where `ieum` looks, and a uid-only one bears nothing but our keys.
#[test]
fn a_card_of_another_profile_is_known_when_the_register_lost_it() {
    for (profile, kind, number) in [
        ("number-only", "ntag213", "1210 0300 0000 01"),
        ("number-only", "ultralight-ev1", "1210 0300 0000 01"),
        ("uid-only", "ntag213", "–"),
        ("uid-only", "classic-1k", "–"),
    ] {
        let desk = by_hand().with("ISSUER__CHIP__PROFILE", profile);
        enrol(&desk, "홍길동");
        enrol(&desk, "성춘향");
        let uid = blank_of(&desk, kind);
        desk.run(&words("issue 1 --json")).done();
        forget_cards(&desk);
        let before = memory(&desk, &uid);
        let desk = desk.with("ISSUER__CHIP__PROFILE", "ieum");
        desk.run(&words("issue 2 --json")).refused("card-of-ours");
        let told = desk.run(&words("job resume 2 --lang en")).stderr.replace([' ', '-'], "");
        assert!(told.contains(&number.replace(' ', "")), "{profile} on {kind}: {told}");
        assert_eq!(memory(&desk, &uid), before, "{profile} on {kind}");
    }
}

#[test]
fn another_librarys_bare_number_is_seen_under_every_profile() {
    for (profile, sealed) in [("ieum", false), ("uid-only", false), ("uid-only", true), ("number-only", true)] {
        let desk = by_hand().with("ISSUER__CHIP__PROFILE", profile);
        enrol(&desk, "홍길동");
        let uid = blank_of(&desk, "ntag213");
        edit(&desk, &uid, |bytes| match sealed {
            false => bytes[16..32].copy_from_slice(FOREIGN),
            true => {
                bytes[16..18].copy_from_slice(&[0xFD, 48]);
                bytes[18..34].copy_from_slice(FOREIGN);
                bytes[66] = 0xFE;
            }
        });
        let before = memory(&desk, &uid);
        desk.run(&words("issue 1 --json")).refused("card-foreign");
        assert_eq!(memory(&desk, &uid), before, "{profile}");
    }
}

#[test]
fn a_void_card_that_is_locked_for_ever_is_refused_before_it_is_begun() {
    let desk = by_hand().with("ISSUER__CHIP__PROTECTION", "permanent");
    live_card(&desk, "홍길동", 1);
    sql(&desk, "UPDATE cards SET state = 'void'");
    let member = enrol(&desk, "성춘향");
    desk.run(&["issue", &member, "--json"]).refused("card-permanent");
    let job = desk.run(&words("job show 2 --json")).done().json;
    assert_eq!((&job["state"], &job["step"]), (&"planned".into(), &"card".into()));
    new_blank(&desk);
    desk.run(&words("job resume 2 --json")).done();
}

#[test]
fn a_card_of_ours_that_is_void_makes_a_new_one() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    sql(&desk, "UPDATE cards SET state = 'void'");
    let member = enrol(&desk, "성춘향");
    let issued = desk.run(&["issue", &member, "--json"]).done().json;
    assert_eq!((field(&issued, "uid"), &issued["number"]), (uid, &"12100300000002".into()));
}

/// Begun under one setting, torn, and gone on with under another: what the card and the answer say is one thing.
#[test]
fn a_card_that_was_begun_keeps_its_protection_and_its_profile() {
    for (setting, first, then, name) in [
        ("ISSUER__CHIP__PROTECTION", "permanent", "keyed", "protection"),
        ("ISSUER__CHIP__PROTECTION", "keyed", "permanent", "protection"),
        ("ISSUER__CHIP__PROFILE", "number-only", "ieum", "profile"),
    ] {
        let desk = made(Desk::new().with(setting, first));
        let member = enrol(&desk, "홍길동");
        desk.run(&words("rig card tear --after 60 --json")).done();
        desk.run(&["issue", &member, "--json"]).refused("card-removed");
        let desk = desk.with(setting, then);
        let done = desk.run(&words("job resume 1 --json")).done().json;
        assert_eq!((&done["state"], &done[name]), (&"ready".into(), &first.into()), "{done}");
        let image = memory(&desk, &field(&done, "uid"));
        let access = if first == "permanent" { [0x87, 0x8F, 0x07] } else { [0x78, 0x77, 0x88] };
        for sector in 1..16 {
            assert_eq!(image[sector * 64 + 54..sector * 64 + 57], access, "{first}, then {then}: sector {sector}");
        }
        assert_eq!(image[80..112].iter().all(|byte| *byte == 0), first == "number-only", "{first}, then {then}");
    }
}

#[test]
fn a_profile_whose_file_is_gone_is_named() {
    let desk = Desk::new().with("ISSUER__CHIP__PROFILE", "ours");
    std::fs::create_dir_all(desk.path("templates/chips")).unwrap();
    let ieum = include_str!("../../templates/chips/ieum.toml").replacen("name = \"ieum\"", "name = \"ours\"", 1);
    std::fs::write(desk.path("templates/chips/ours.toml"), ieum).unwrap();
    let desk = made(desk);
    let member = enrol(&desk, "홍길동");
    desk.run(&words("rig card tear --after 60 --json")).done();
    desk.run(&["issue", &member, "--json"]).refused("card-removed");
    std::fs::remove_file(desk.path("templates/chips/ours.toml")).unwrap();
    let desk = desk.with("ISSUER__CHIP__PROFILE", "ieum");
    refused(&desk, &words("job resume 1"), "profile-missing");
    assert!(desk.run(&words("job resume 1 --lang en")).stderr.contains("\"ours\""));
}

/// A password that somebody set back to the factory's opens the card to everybody: it does not leave the desk.
#[test]
fn a_ready_chip_whose_password_was_taken_is_not_handed_over() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "ntag213"));
    let member = enrol(&desk, "홍길동");
    let uid = field(&desk.run(&["issue", &member, "--json"]).done().json, "uid");
    let before = memory(&desk, &uid);
    edit(&desk, &uid, |bytes| bytes[0x2B * 4..0x2B * 4 + 4].fill(0xFF));
    refused(&desk, &words("hand-over 1"), "chip-mismatch");
    edit(&desk, &uid, |bytes| bytes.copy_from_slice(&before));
    desk.run(&words("hand-over 1 --json")).done();
}
