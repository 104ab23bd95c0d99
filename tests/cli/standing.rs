//! How a card of ours stands: by its content and its own profile, the same for whoever reads or verifies, with advice that
//! can be followed to the letter.

use serde_json::Value;

use crate::found::{by_hand, codes, edit, live_card, memory, overwrite, read, ready_card, sql, take_sector, verify};
use crate::recover::{recover, states};
use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, made, words};

#[test]
fn a_foreign_unused_sector_is_a_finding_and_the_card_stays_its_members() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    edit(&desk, &uid, |bytes| take_sector(bytes, 9));
    assert_eq!(field(&read(&desk), "status"), "live");
    let verified = verify(&desk);
    assert_eq!((verified.status, field(&verified.json, "status")), (Some(1), "live".into()));
    let changed = verified.json["findings"].as_array().unwrap().iter().find(|one| one["code"] == "keys-changed");
    assert!(field(changed.unwrap(), "what").contains(" 9구역"), "{:#?}", verified.json);
    let told = desk.run(&words("card recover --lang en")).stderr;
    assert!(told.contains("sector 9 answers") && told.contains("issuer issue 1 --kind barcode"), "{told}");
    desk.run(&words("issue 1 --kind barcode --json")).done();
}

#[test]
fn a_ready_card_that_was_overwritten_is_restored_and_then_handed_over() {
    let desk = by_hand();
    let uid = ready_card(&desk, "홍길동");
    let whole = memory(&desk, &uid);
    edit(&desk, &uid, overwrite);
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("overwritten".into(), &true.into()));
    assert!(field(&found, "next").contains("card recover"), "{found}");
    assert!(field(&recover(&desk), "next").contains("issuer hand-over 1"));
    assert!(memory(&desk, &uid) == whole);
    // Beyond help its job makes another one.
    edit(&desk, &uid, |bytes| take_sector(bytes, 1));
    let next = field(&read(&desk), "next");
    assert!(next.contains("issuer job resume 1 --print spoiled"), "{next}");
    crate::found::new_blank(&desk);
    desk.run(&words("job resume 1 --print spoiled --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
    assert_eq!(states(&desk, 1), ["live", "spoiled"]);
}

#[test]
fn what_recover_says_of_a_whole_card_is_what_read_says() {
    let desk = by_hand();
    live_card(&desk, "홍길동", 1);
    for state in ["suspended", "void", "returned", "spoiled", "ready"] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        let done = recover(&desk);
        assert_eq!((field(&done, "outcome"), field(&done, "next")), ("whole".into(), field(&read(&desk), "next")));
    }
}

#[test]
fn a_card_that_is_locked_for_ever_is_not_recoverable() {
    let desk = by_hand().with("ISSUER__CHIP__PROTECTION", "permanent");
    let uid = live_card(&desk, "홍길동", 1);
    edit(&desk, &uid, overwrite);
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("overwritten".into(), &false.into()));
    refused(&desk, &words("card recover"), "card-unrecoverable");
}

#[test]
fn a_members_card_at_the_factorys_keys_is_no_blank() {
    let desk = by_hand();
    let blank = crate::found::new_blank(&desk);
    let delivered = memory(&desk, &blank);
    let uid = live_card(&desk, "홍길동", 1);
    let whole = memory(&desk, &uid);
    edit(&desk, &uid, |bytes| bytes[16..].copy_from_slice(&delivered[16..]));
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("overwritten".into(), &true.into()));
    assert!(!field(&found, "next").contains("우리 키"), "{found}");
    let verified = verify(&desk);
    assert_eq!((codes(&verified), field(&verified.json, "status")), (vec!["card-reset"], "overwritten".into()));
    recover(&desk);
    assert!(memory(&desk, &uid) == whole);
}

#[test]
fn a_card_is_read_and_restored_by_the_profile_that_it_was_made_by() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let whole = memory(&desk, &uid);
    let desk = desk.with("ISSUER__CHIP__PROFILE", "number-only");
    assert_eq!(field(&read(&desk), "status"), "live");
    assert_eq!(verify(&desk).done().json["seal"], "valid");
    edit(&desk, &uid, overwrite);
    assert_eq!(read(&desk)["recoverable"], true);
    recover(&desk);
    assert!(memory(&desk, &uid) == whole, "not as it was made");
    desk.run(&words("key rotate --json")).done();
    assert_eq!(read(&desk)["rekeyed"]["to"], 2);
    sql(&desk, "UPDATE cards SET state = 'void'");
    desk.run(&words("card blank --json")).done();
    assert_eq!((field(&read(&desk), "status"), &read(&desk)["member"]), ("blank".into(), &Value::Null));
}

#[test]
fn a_card_whose_profile_is_gone_is_told_by_its_name() {
    let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none").with("ISSUER__CHIP__PROFILE", "ours");
    std::fs::create_dir_all(desk.path("templates/chips")).unwrap();
    let ours = include_str!("../../templates/chips/ieum.toml").replacen("name = \"ieum\"", "name = \"ours\"", 1);
    std::fs::write(desk.path("templates/chips/ours.toml"), ours).unwrap();
    let desk = made(desk);
    live_card(&desk, "홍길동", 1);
    std::fs::remove_file(desk.path("templates/chips/ours.toml")).unwrap();
    let desk = desk.with("ISSUER__CHIP__PROFILE", "ieum");
    for line in ["card read", "card verify", "card recover"] {
        refused(&desk, &words(line), "profile-missing");
    }
    assert!(desk.run(&words("card read --lang en")).stderr.contains("\"ours\""));
}

/// What hand-over would refuse, nobody is told to hand over.
#[test]
fn a_ready_or_suspended_chip_that_is_open_is_closed_first() {
    let desk = by_hand();
    enrol(&desk, "홍길동");
    let uid = field(&desk.run(&words("rig card new --kind ntag213 --lay --json")).done().json, "uid");
    desk.run(&words("issue 1 --json")).done();
    let whole = memory(&desk, &uid);
    for state in ["suspended", "ready"] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        // AUTH0: from no page on.
        edit(&desk, &uid, |bytes| bytes[41 * 4 + 3] = 0xFF);
        let next = field(&read(&desk), "next");
        assert!(next.contains("issuer card recover"), "{state}: {next}");
        if state == "ready" {
            refused(&desk, &words("hand-over 1"), "chip-mismatch");
            let told = desk.run(&words("hand-over 1 --lang en")).stderr;
            assert!(told.contains("issuer card recover"), "{told}");
        }
        assert!(!field(&recover(&desk), "next").contains("card recover"), "{state}");
        assert!(memory(&desk, &uid) == whole, "{state}");
    }
    desk.run(&words("hand-over 1 --json")).done();
}

/// Four-byte UIDs are not unique.
#[test]
fn another_kind_of_chip_with_the_uid_of_a_members_card_is_not_that_card() {
    let desk = by_hand();
    live_card(&desk, "홍길동", 1);
    sql(&desk, "UPDATE cards SET chip = 'classic-4k'");
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("unknown".into(), &Value::Null));
    assert!(found["member"].is_null() && field(&found, "next").contains("classic-4k"), "{found}");
    refused(&desk, &words("card recover"), "chip-differs");
}

#[test]
fn a_card_that_nobody_has_is_not_verified() {
    let desk = by_hand();
    live_card(&desk, "홍길동", 1);
    for state in ["void", "returned", "spoiled"] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        let verified = verify(&desk);
        assert_eq!((verified.status, codes(&verified)), (Some(1), vec!["card-not-in-use"]), "{state}");
    }
    crate::found::forget_cards(&desk);
    assert_eq!(codes(&verify(&desk)), ["card-unregistered"]);
}
