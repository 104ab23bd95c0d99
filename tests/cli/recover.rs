//! `card blank`, `card recover`, and new keys for old cards: torn, overwritten and forgotten cards end right or are left alone.

use serde_json::Value;

use crate::found::{
    by_hand, edit, forget_cards, lay, live_card, new_blank, overwrite, read, ready_card, sql, take_sector,
};
use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, image, words};

fn recover(desk: &Desk) -> Value {
    desk.run(&words("card recover --json")).done().json
}

/// The states of a member's cards, newest first.
fn states(desk: &Desk, member: u32) -> Vec<String> {
    let file = desk.run(&["member", "show", &member.to_string(), "--json"]).done().json;
    file["cards"].as_array().unwrap().iter().map(|card| field(card, "state")).collect()
}

/// How many cards hang on a version of the Classic key.
fn hanging(desk: &Desk, version: u32) -> Value {
    let keys = desk.run(&words("key show --json")).done().json;
    let mut all = keys.as_array().unwrap().iter();
    all.find(|key| key["version"] == version && key["purpose"] == "classic").unwrap()["cards"].clone()
}

fn key_version(desk: &Desk, uid: &str) -> u8 {
    image(desk, uid).block(5)[3]
}

/// Key B of each sector.
fn keys_b(desk: &Desk, uid: &str) -> Vec<Vec<u8>> {
    (0..16).map(|sector| image(desk, uid).block(sector * 4 + 3)[10..].to_vec()).collect()
}

#[test]
fn a_card_in_use_is_not_blanked_and_one_that_is_nobodys_is() {
    let desk = by_hand();
    let uid = ready_card(&desk, "홍길동");
    let before = image(&desk, &uid).0;
    for state in ["in-work", "ready", "live", "suspended"] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        refused(&desk, &words("card blank"), "card-in-use");
        let told = desk.run(&words("card blank --lang en")).stderr;
        assert!(told.contains("121003 0000 0001") && told.contains("member 1"), "{told}");
        assert_eq!(image(&desk, &uid).0, before, "{state}");
    }
    for (state, after) in [("void", "returned"), ("returned", "returned"), ("spoiled", "spoiled")] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        edit(&desk, &uid, |bytes| bytes.copy_from_slice(&before));
        let blanked = desk.run(&words("card blank --json")).done().json;
        assert_eq!((field(&blanked, "uid"), field(&blanked, "status")), (uid.clone(), "blank".into()));
        assert_eq!((field(&blanked, "chip"), &blanked["already"]), ("classic-1k".into(), &false.into()));
        assert!(image(&desk, &uid).is_blank(), "{state}");
        assert_eq!(states(&desk, 1), [after], "{state}");
    }
    let again = desk.run(&words("card blank --json")).done().json;
    assert_eq!((field(&again, "status"), &again["already"]), ("blank".into(), &true.into()));
}

#[test]
fn a_returned_card_becomes_another_members() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    sql(&desk, "UPDATE cards SET state = 'void'");
    desk.run(&words("card blank --json")).done();
    assert_eq!(field(&read(&desk), "status"), "blank");
    let member = enrol(&desk, "성춘향");
    let issued = desk.run(&["issue", &member, "--json"]).done().json;
    assert_eq!(field(&issued, "uid"), uid);
    image(&desk, &uid).check("12100300000002");
}

#[test]
fn a_card_that_the_register_lost_is_blanked_and_a_strange_one_is_not_touched() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    forget_cards(&desk);
    desk.run(&words("card blank --json")).done();
    assert!(image(&desk, &uid).is_blank());
    edit(&desk, &uid, |bytes| take_sector(bytes, 15));
    let before = image(&desk, &uid).0;
    refused(&desk, &words("card blank"), "unknown-key");
    assert_eq!(image(&desk, &uid).0, before);
}

#[test]
fn torn_while_blanking_it_is_blanked_by_the_next_who_tries() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let whole = image(&desk, &uid).0;
    for (i, after) in [81, 95, 120, 160, 200].into_iter().enumerate() {
        sql(&desk, "UPDATE cards SET state = 'void'");
        edit(&desk, &uid, |bytes| bytes.copy_from_slice(&whole));
        lay(&desk, &uid);
        desk.run(&["rig", "card", "tear", "--after", &after.to_string(), "--json"]).done();
        desk.run(&words("card blank --json")).refused("card-removed");
        lay(&desk, &uid);
        let status = field(&read(&desk), "status");
        assert!(["void", "blank"].contains(&status.as_str()), "{status} after {after}");
        let by = if i % 2 == 0 { "card blank --json" } else { "card recover --json" };
        let done = desk.run(&words(by)).done().json;
        assert_eq!(field(&done, "status"), "blank", "{after}: {done}");
        assert!(image(&desk, &uid).is_blank(), "{after}");
        assert_eq!(states(&desk, 1), ["returned"]);
    }
}

#[test]
fn a_request_is_held_to_its_card_and_answered_the_same_again() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    sql(&desk, "UPDATE cards SET state = 'void'");
    let first = desk.run(&words("card blank --key a --json")).done().json;
    // Another card lies there now, and it is void as well.
    let other = live_card(&desk, "성춘향", 2);
    sql(&desk, "UPDATE cards SET state = 'void' WHERE state = 'live'");
    let before = image(&desk, &other).0;
    assert_eq!(desk.run(&words("card blank --key a --json")).done().json, first);
    desk.run(&words("card recover --key a --json")).refused("key-reused");
    // One that was torn goes on with its own card only.
    desk.run(&words("rig card tear --after 120 --json")).done();
    desk.run(&words("card blank --key b --json")).refused("card-removed");
    lay(&desk, &uid);
    desk.run(&words("card blank --key b --json")).refused("card-swapped");
    lay(&desk, &other);
    assert_ne!(image(&desk, &other).0, before);
    assert_eq!(field(&desk.run(&words("card blank --key b --json")).done().json, "uid"), other);
    assert!(image(&desk, &other).is_blank());
}

#[test]
fn a_torn_card_is_completed_and_its_job_goes_on() {
    let desk = by_hand();
    let tears = ["frame-lost", "answer-lost", "erased-00"];
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
    assert_eq!(field(&recover(&desk), "outcome"), "whole");
    // The seal is gone; number and header say what to seal.
    edit(&desk, &uid, |bytes| bytes[6 * 16..7 * 16].fill(0));
    let done = recover(&desk);
    assert_eq!((field(&done, "outcome"), field(&done, "number")), ("completed".into(), "12100300000001".into()));
    assert_eq!(image(&desk, &uid).0, whole);
    // Nothing says whose it is.
    edit(&desk, &uid, overwrite);
    let done = recover(&desk);
    assert_eq!((field(&done, "outcome"), field(&done, "status")), ("blanked".into(), "blank".into()));
    assert!(image(&desk, &uid).is_blank());
}

#[test]
fn an_old_card_gets_the_new_keys_when_it_next_lies_there() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let before = keys_b(&desk, &uid);
    desk.run(&words("key rotate --json")).done();
    assert_eq!((hanging(&desk, 1), hanging(&desk, 2)), (1.into(), 0.into()));
    let found = read(&desk);
    assert_eq!((field(&found, "status"), field(&found, "seal")), ("live".into(), "valid".into()));
    assert_eq!(found["rekeyed"], serde_json::json!({ "from": 1, "to": 2 }));
    image(&desk, &uid).check("12100300000001");
    assert_eq!((key_version(&desk, &uid), image(&desk, &uid).sequence()), (2, 1));
    assert!(keys_b(&desk, &uid).iter().zip(&before).all(|(new, old)| new != old), "a sector has its old key");
    assert_eq!((hanging(&desk, 1), hanging(&desk, 2)), (0.into(), 1.into()));
    let again = desk.run(&words("card verify --json")).done().json;
    assert!(again["rekeyed"].is_null() && again["status"] == "live", "{again}");
    assert_eq!(states(&desk, 1), ["live"]);
}

#[test]
fn with_the_setting_reading_writes_nothing_and_recover_rekeys() {
    let desk = by_hand().with("ISSUER__CHIP__REKEY", "on-recover");
    let uid = live_card(&desk, "홍길동", 1);
    let before = image(&desk, &uid).0;
    desk.run(&words("key rotate --json")).done();
    for line in ["card read --json", "card verify --json"] {
        let found = desk.run(&words(line)).done().json;
        assert!(found["rekeyed"].is_null() && found["status"] == "live", "{found}");
    }
    assert_eq!(image(&desk, &uid).0, before);
    let done = recover(&desk);
    assert_eq!((field(&done, "outcome"), field(&done, "status")), ("rekeyed".into(), "live".into()));
    assert_eq!((key_version(&desk, &uid), hanging(&desk, 2)), (2, 1.into()));
}

#[test]
fn torn_while_it_gets_new_keys_the_next_visit_completes_it() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let mut struck = 0;
    for (i, after) in (4..230).step_by(19).enumerate() {
        let version = u8::try_from(i + 2).unwrap();
        desk.run(&words("key rotate --json")).done();
        lay(&desk, &uid);
        let how = ["frame-lost", "answer-lost"][i % 2];
        desk.run(&["rig", "card", "tear", "--after", &after.to_string(), "--how", how, "--json"]).done();
        let torn = desk.run(&words("card read --json"));
        // Cut off while it was read it is an error, while it was rekeyed a warning.
        match torn.status {
            Some(0) => {
                assert_eq!(torn.json["status"], "live", "{torn:#?}");
                struck += usize::from(torn.json["warnings"][0]["code"] == "card-removed");
            }
            _ => drop(torn.refused("card-removed")),
        }
        desk.run(&words("rig card tear --never --json")).done();
        lay(&desk, &uid);
        let line = ["card read --json", "card verify --json", "card recover --json"][i % 3];
        let done = desk.run(&words(line)).done().json;
        assert_eq!(field(&done, "status"), "live", "{after} {line}: {done}");
        assert_eq!(key_version(&desk, &uid), version, "{after}");
        image(&desk, &uid).check("12100300000001");
        assert_eq!(hanging(&desk, version.into()), 1, "{after}");
    }
    assert!(struck >= 8, "{struck} tears struck while it was rekeyed");
}

#[test]
fn handing_over_renews_the_keys_first_and_a_torn_card_does_not_go_out() {
    let desk = by_hand();
    let uid = ready_card(&desk, "홍길동");
    desk.run(&words("key rotate --json")).done();
    desk.run(&words("rig card tear --after 60 --json")).done();
    desk.run(&words("hand-over 1 --json")).refused("card-removed");
    assert_eq!(desk.run(&words("job show 1 --json")).done().json["state"], "ready");
    lay(&desk, &uid);
    desk.run(&words("hand-over 1 --json")).done();
    assert_eq!((key_version(&desk, &uid), states(&desk, 1)), (2, vec!["live".to_owned()]));
    image(&desk, &uid).check("12100300000001");
}

/// A job that was begun before the rotation keeps the version of its intent, and both stay known.
#[test]
fn a_card_begun_before_a_rotation_is_finished_with_its_own_version() {
    let desk = by_hand();
    enrol(&desk, "홍길동");
    let uid = new_blank(&desk);
    desk.run(&words("rig card tear --after 90 --json")).done();
    desk.run(&words("issue 1 --json")).refused("card-removed");
    desk.run(&words("key rotate --json")).done();
    lay(&desk, &uid);
    desk.run(&words("job resume 1 --wait 0.1 --json")).done();
    assert_eq!(key_version(&desk, &uid), 1);
    image(&desk, &uid).check("12100300000001");
}

/// A trailer cut in mid-programming is the one thing that silicon does not save: the card is told as lost, and as nothing else.
#[test]
fn a_trailer_cut_in_mid_programming_is_told_as_lost() {
    let desk = by_hand();
    let mut lost = 0;
    for (i, after) in (6..78).step_by(4).enumerate() {
        let name = format!("홍{}{}", ["가", "나", "다", "라", "마"][i % 5], ["가", "나", "다", "라"][i / 5]);
        let uid = live_card(&desk, &name, u32::try_from(i).unwrap() + 1);
        desk.run(&words("key rotate --json")).done();
        desk.run(&["rig", "card", "tear", "--after", &after.to_string(), "--how", "half-programmed", "--json"]).done();
        desk.run(&words("card read --json"));
        lay(&desk, &uid);
        let found = read(&desk);
        match field(&found, "status").as_str() {
            "live" => assert_eq!(usize::from(key_version(&desk, &uid)), i + 2, "{after}: {found}"),
            status => {
                assert_eq!((status, &found["recoverable"]), ("overwritten", &false.into()), "{after}: {found}");
                assert_eq!(found["warnings"][0]["code"], "chip-spoiled", "{found}");
                desk.run(&words("card recover --json")).refused("card-unrecoverable");
                lost += 1;
            }
        }
    }
    assert!((1..=9).contains(&lost), "{lost} of 18 tears cost a card");
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
mod killed {
    use super::*;

    /// Runs a command that kills itself at the mark.
    fn killed_at(desk: &Desk, when: &str, mark: &str, line: &str) {
        let at = format!("{when}:{mark}");
        let output = desk.command().env("ISSUER_KILL", &at).args(words(line)).output().unwrap();
        assert_eq!(output.status.code(), None, "{at} never came: {output:?}");
    }

    #[test]
    fn around_new_keys_the_next_visit_ends_right() {
        for mark in ["rekey", "rekeyed"] {
            for when in ["before", "after"] {
                let desk = by_hand();
                let uid = live_card(&desk, "홍길동", 1);
                desk.run(&words("key rotate --json")).done();
                killed_at(&desk, when, mark, "card read --json");
                assert_eq!(field(&read(&desk), "status"), "live", "{when} {mark}");
                assert_eq!((key_version(&desk, &uid), hanging(&desk, 2)), (2, 1.into()), "{when} {mark}");
                image(&desk, &uid).check("12100300000001");
            }
        }
    }

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
            }
        }
    }

    #[test]
    fn around_blanking_the_same_request_ends_right() {
        for mark in ["blank-intent", "blanked"] {
            for when in ["before", "after"] {
                let desk = by_hand();
                let uid = live_card(&desk, "홍길동", 1);
                sql(&desk, "UPDATE cards SET state = 'void'");
                killed_at(&desk, when, mark, "card blank --key a --json");
                let done = desk.run(&words("card blank --key a --json")).done().json;
                assert_eq!((field(&done, "status"), states(&desk, 1)), ("blank".into(), vec!["returned".to_owned()]));
                assert!(image(&desk, &uid).is_blank(), "{when} {mark}");
            }
        }
    }
}
