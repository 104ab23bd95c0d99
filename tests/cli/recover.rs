//! `card recover`: torn, overwritten and forgotten cards end right or are left alone, at whatever exchange or mark.

use serde_json::Value;

use crate::found::{
    by_hand, edit, forget_cards, lay, live_card, memory, new_blank, overwrite, read, ready_card, take_sector,
};
use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, image, words};

pub(crate) fn recover(desk: &Desk) -> Value {
    desk.run(&words("card recover --json")).done().json
}

/// The states of a member's cards, newest first.
pub(crate) fn states(desk: &Desk, member: u32) -> Vec<String> {
    let file = desk.run(&["member", "show", &member.to_string(), "--json"]).done().json;
    file["cards"].as_array().unwrap().iter().map(|card| field(card, "state")).collect()
}

/// How many cards hang on a version of the Classic key.
pub(crate) fn hanging(desk: &Desk, version: u32) -> Value {
    let keys = desk.run(&words("key show --json")).done().json;
    let mut all = keys.as_array().unwrap().iter();
    all.find(|key| key["version"] == version && key["purpose"] == "classic").unwrap()["cards"].clone()
}

pub(crate) fn key_version(desk: &Desk, uid: &str) -> u8 {
    image(desk, uid).block(5)[3]
}

/// Runs a command that kills itself at the mark.
#[cfg(debug_assertions)]
pub(crate) fn killed_at(desk: &Desk, when: &str, mark: &str, line: &str) {
    let at = format!("{when}:{mark}");
    let output = desk.command().env("ISSUER_KILL", &at).args(words(line)).output().unwrap();
    assert_eq!(output.status.code(), None, "{at} never came: {output:?}");
}

/// Sampled; every exchange is torn in the encoder's own sweep.
#[test]
fn a_torn_card_is_completed_and_its_job_goes_on() {
    let desk = by_hand();
    let tears = ["frame-lost", "answer-lost"];
    let mut completed = 0;
    for (i, after) in [14, 31, 58, 77, 103, 130, 171].into_iter().enumerate() {
        let job = (i + 1).to_string();
        let member = enrol(&desk, &format!("홍길{}", ["가", "나", "다", "라", "마", "바", "사"][i]));
        let uid = new_blank(&desk);
        let tear = ["rig", "card", "tear", "--after", &after.to_string(), "--how", tears[i % 2], "--json"];
        desk.run(&tear).done();
        desk.run(&["issue", &member, "--json"]).refused("card-removed");
        lay(&desk, &uid);
        let torn = desk.run(&["job", "show", &job, "--json"]).done().json;
        if torn["uid"].is_null() {
            // Nothing was written yet: a blank.
            assert_eq!(field(&recover(&desk), "outcome"), "whole", "{after}");
        } else {
            assert_eq!(field(&read(&desk), "status"), "in-work");
            let done = recover(&desk);
            assert_eq!((field(&done, "outcome"), &done["job"]), ("completed".into(), &(i + 1).into()), "{after}");
            image(&desk, &uid).check(&field(&torn, "number"));
            assert_eq!(desk.run(&["job", "show", &job, "--json"]).done().json["state"], "proven", "{after}");
            completed += 1;
        }
        let resumed = desk.run(&["job", "resume", &job, "--wait", "0.1", "--json"]).done().json;
        assert_eq!((field(&resumed, "state"), field(&resumed, "uid")), ("ready".into(), uid.clone()), "{after}");
        assert_eq!(image(&desk, &uid).sequence(), 1);
        desk.run(&["hand-over", &job, "--json"]).done();
    }
    assert!(completed >= 5, "{completed}");
}

#[test]
fn a_job_in_other_hands_is_left_alone() {
    let desk = by_hand();
    enrol(&desk, "홍길동");
    let uid = new_blank(&desk);
    desk.run(&words("rig card tear --after 90 --json")).done();
    desk.run(&words("issue 1 --json")).refused("card-removed");
    lay(&desk, &uid);
    let before = image(&desk, &uid).0;
    let other = crate::side_by_side::held(&desk, "job-1");
    desk.run(&words("card recover --json")).refused("job-running");
    assert_eq!(image(&desk, &uid).0, before);
    drop(other);
    assert_eq!(field(&recover(&desk), "outcome"), "completed");
}

#[test]
fn an_overwritten_card_is_restored_from_the_register_free_of_charge() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let whole = image(&desk, &uid).0;
    let job = desk.run(&words("job show 1 --json")).done().json;
    for (what, damage) in [
        ("content", overwrite as fn(&mut [u8])),
        ("directory", |bytes| bytes[16] ^= 1),
        ("an open sector", |bytes| {
            bytes[9 * 64 + 48..10 * 64]
                .copy_from_slice(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x07\x80\x69\xFF\xFF\xFF\xFF\xFF\xFF");
        }),
    ] {
        edit(&desk, &uid, damage);
        let done = recover(&desk);
        assert_eq!((field(&done, "outcome"), field(&done, "status")), ("completed".into(), "live".into()), "{what}");
        assert_eq!((field(&done, "number"), &done["job"]), ("12100300000001".into(), &Value::Null));
        assert_eq!(image(&desk, &uid).0, whole, "{what}");
        desk.run(&words("card verify --json")).done();
    }
    let again = recover(&desk);
    assert_eq!((field(&again, "outcome"), image(&desk, &uid).0), ("whole".into(), whole));
    assert_eq!(states(&desk, 1), ["live"]);
    assert_eq!(desk.run(&words("job show 1 --json")).done().json, job, "the job is another one's business");
}

/// Sampled; every exchange is torn in the encoder's own sweep.
#[test]
fn torn_while_it_is_restored_it_is_restored_by_the_next_who_tries() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let whole = image(&desk, &uid).0;
    for after in [95, 101, 140, 180, 260] {
        lay(&desk, &uid);
        edit(&desk, &uid, overwrite);
        desk.run(&["rig", "card", "tear", "--after", &after.to_string(), "--json"]).done();
        desk.run(&words("card recover --json")).refused("card-removed");
        lay(&desk, &uid);
        recover(&desk);
        assert_eq!(image(&desk, &uid).0, whole, "{after}");
    }
}

#[test]
fn a_forgotten_card_is_completed_by_what_it_says_itself_or_blanked() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let whole = image(&desk, &uid).0;
    forget_cards(&desk);
    assert_eq!((field(&recover(&desk), "outcome"), states(&desk, 1)), ("whole".into(), vec!["live".to_owned()]));
    assert_eq!(field(&read(&desk), "status"), "live", "it is booked again");
    forget_cards(&desk);
    // The seal is gone; number and header say what to seal.
    edit(&desk, &uid, |bytes| bytes[6 * 16..7 * 16].fill(0));
    let done = recover(&desk);
    assert_eq!((field(&done, "outcome"), field(&done, "number")), ("completed".into(), "12100300000001".into()));
    assert_eq!(image(&desk, &uid).0, whole);
    assert_eq!(field(&read(&desk), "status"), "live");
    forget_cards(&desk);
    // Nothing says whose it is.
    edit(&desk, &uid, overwrite);
    let done = recover(&desk);
    assert_eq!((field(&done, "outcome"), field(&done, "status")), ("blanked".into(), "blank".into()));
    assert!(image(&desk, &uid).is_blank());
}

/// Each of the two profiles takes the other's card for a damaged or a plain one; neither blanks, strips or books it.
#[test]
fn a_forgotten_card_of_another_profile_is_left_as_it_is() {
    for (made_by, now) in [("number-only", "ieum"), ("ieum", "number-only")] {
        let desk = by_hand().with("ISSUER__CHIP__PROFILE", made_by);
        let uid = live_card(&desk, "홍길동", 1);
        forget_cards(&desk);
        let before = memory(&desk, &uid);
        let desk = desk.with("ISSUER__CHIP__PROFILE", now);
        assert_ne!(read(&desk)["recoverable"], true, "{made_by}");
        refused(&desk, &words("card recover"), "card-unrecorded");
        let told = desk.run(&words("card recover --lang en")).stderr;
        assert!(told.contains(&format!("profile to \"{made_by}\"")) && told.contains("issuer card blank"), "{told}");
        assert!(memory(&desk, &uid) == before && states(&desk, 1).is_empty(), "{made_by}");
        let desk = desk.with("ISSUER__CHIP__PROFILE", made_by);
        let done = recover(&desk);
        assert_eq!((field(&done, "outcome"), states(&desk, 1)), ("whole".into(), vec!["live".to_owned()]));
        assert!(field(&done, "next").contains("등록부에 다시 적었습니다"), "{done}");
        let desk = desk.with("ISSUER__CHIP__PROFILE", now);
        assert_eq!(field(&read(&desk), "status"), "live", "{made_by}: booked by another profile");
    }
}

#[test]
fn a_ready_card_that_is_lost_gives_its_job_another_blank() {
    let desk = by_hand();
    let uid = ready_card(&desk, "홍길동");
    edit(&desk, &uid, |bytes| take_sector(bytes, 9));
    desk.run(&words("card recover --json")).refused("chip-spoiled");
    assert_eq!(desk.run(&words("job show 1 --json")).done().json["state"], "planned");
    assert_eq!(states(&desk, 1), ["spoiled"]);
    new_blank(&desk);
    let done = desk.run(&words("job resume 1 --wait 0.1 --json")).done().json;
    assert_ne!(field(&done, "uid"), uid);
    image(&desk, &field(&done, "uid")).check("12100300000001");
}

#[cfg(debug_assertions)]
#[test]
fn around_a_recovery_the_same_request_ends_right() {
    for mark in ["recover", "recovered"] {
        for when in ["before", "after"] {
            let desk = by_hand();
            let uid = live_card(&desk, "홍길동", 1);
            let whole = image(&desk, &uid).0;
            edit(&desk, &uid, overwrite);
            killed_at(&desk, when, mark, "card recover --key a --json");
            let done = desk.run(&words("card recover --key a --json")).done().json;
            assert_eq!((field(&done, "status"), image(&desk, &uid).0), ("live".into(), whole), "{when} {mark}");
            assert!(!field(&read(&desk), "next").contains("card recover"), "{when} {mark}");
        }
    }
}
