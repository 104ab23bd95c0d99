//! New keys for old cards: when next on a reader, torn, killed, or only when asked for.

use serde_json::Value;

use crate::found::{by_hand, edit, lay, live_card, memory, new_blank, read, take_sector};
use crate::recover::{hanging, key_version, killed_at, recover, states};
use crate::support::Desk;
use crate::{enrol, field, image, words};

/// Key B of each sector.
fn keys_b(desk: &Desk, uid: &str) -> Vec<Vec<u8>> {
    (0..16).map(|sector| image(desk, uid).block(sector * 4 + 3)[10..].to_vec()).collect()
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
    assert_eq!(found["header"]["key_version"], 2, "what stands there now");
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

/// A sector that somebody took, or a setting that is wrong for a while, costs no card: it is read, told and left alone.
#[test]
fn a_card_that_is_not_all_ours_keeps_its_keys_and_its_member() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    desk.run(&words("key rotate --json")).done();
    let whole = memory(&desk, &uid);
    std::fs::create_dir_all(desk.path("templates/chips")).unwrap();
    let ieum = include_str!("../../templates/chips/ieum.toml");
    let other = desk.path("templates/chips/ieum.toml");
    for what in ["sector", "code", "layout"] {
        let mut command = desk.command();
        match what {
            "sector" => edit(&desk, &uid, |bytes| take_sector(bytes, 7)),
            "code" => drop(command.env("ISSUER__LIBRARY__CODE", "141001")),
            _ => std::fs::write(&other, ieum.replacen("layout = 1", "layout = 9", 1)).unwrap(),
        }
        let before = memory(&desk, &uid);
        let output = command.args(words("card read --json")).output().unwrap();
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&found["rekeyed"], field(&found, "status")), (&Value::Null, "live".into()), "{what}: {found}");
        assert_eq!(found["warnings"][0]["code"], "keys-changed", "{what}: {found}");
        assert!(memory(&desk, &uid) == before, "{what}: something was written");
        assert_eq!(states(&desk, 1), ["live"], "{what}");
        edit(&desk, &uid, |bytes| bytes.copy_from_slice(&whole));
    }
    std::fs::remove_file(other).unwrap();
    assert_eq!(read(&desk)["rekeyed"]["to"], 2);
}

/// Sampled; every exchange is torn in the encoder's own sweep.
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

/// A trailer cut in mid-programming is the one thing that silicon does not save: the card is booked as lost by our own
/// writing, and its member gets another one. Sampled; every exchange is torn in the encoder's own sweep.
#[test]
fn a_trailer_cut_in_mid_programming_is_booked_as_spoiled() {
    let desk = by_hand();
    let mut lost = 0;
    for (i, after) in (64..208).step_by(8).enumerate() {
        let name = format!("홍{}{}", ["가", "나", "다", "라", "마"][i % 5], ["가", "나", "다", "라"][i / 5]);
        let member = (i + 1).to_string();
        enrol(&desk, &name);
        let uid = new_blank(&desk);
        let job = desk.run(&["issue", &member, "--json"]).done().json["job"].to_string();
        desk.run(&["hand-over", &job, "--json"]).done();
        desk.run(&words("key rotate --json")).done();
        let before = memory(&desk, &uid);
        desk.run(&["rig", "card", "tear", "--after", &after.to_string(), "--how", "half-programmed", "--json"]).done();
        desk.run(&words("card read --json"));
        lay(&desk, &uid);
        let torn = memory(&desk, &uid);
        let found = read(&desk);
        if field(&found, "status") == "live" {
            assert_eq!(usize::from(key_version(&desk, &uid)), i + 2, "{after}: {found}");
            continue;
        }
        assert_eq!((field(&found, "status"), &found["recoverable"]), ("spoiled".into(), &Value::Null), "{after}");
        // The last trailer, in the order of writing, that is not as before.
        let changed = |sector: &usize| torn[sector * 64 + 48..][..16] != before[sector * 64 + 48..][..16];
        let sector = (1..16).chain([0]).rfind(changed).unwrap();
        let warning = &found["warnings"][0];
        assert!(
            warning["code"] == "chip-spoiled" && field(warning, "what").starts_with(&format!("{sector}구역")),
            "{found}"
        );
        assert_eq!(states(&desk, member.parse().unwrap()), ["spoiled"]);
        desk.run(&words("card recover --json")).refused("card-spoiled");
        // What it says is to be done can be done, and then is said no more.
        assert!(field(&found, "next").contains(&format!("issuer issue {member}")), "{found}");
        new_blank(&desk);
        desk.run(&["issue", &member, "--json"]).done();
        lay(&desk, &uid);
        assert!(!field(&read(&desk), "next").contains("issuer"));
        lost += 1;
    }
    assert!((1..=9).contains(&lost), "{lost} of 18 tears cost a card");
}

/// Of a card that is still at the desk the job goes on with another blank.
#[test]
fn a_ready_card_that_is_cut_off_gives_its_job_another_blank() {
    let desk = by_hand();
    let mut lost = false;
    for (i, after) in (60..240).step_by(5).enumerate() {
        let job = (i + 1).to_string();
        let name =
            format!("홍{}{}", ["가", "나", "다", "라", "마", "바"][i % 6], ["가", "나", "다", "라", "마", "바"][i / 6]);
        let uid = crate::found::ready_card(&desk, &name);
        desk.run(&words("key rotate --json")).done();
        desk.run(&["rig", "card", "tear", "--after", &after.to_string(), "--how", "half-programmed", "--json"]).done();
        desk.run(&words("card read --json"));
        desk.run(&words("rig card tear --never --json")).done();
        lay(&desk, &uid);
        let found = read(&desk);
        if field(&found, "status") == "spoiled" {
            assert!(field(&found, "next").contains(&format!("issuer job resume {job}")), "{found}");
            assert_eq!(desk.run(&["job", "show", &job, "--json"]).done().json["state"], "planned");
            new_blank(&desk);
            desk.run(&["job", "resume", &job, "--json"]).done();
            lost = true;
            break;
        }
    }
    assert!(lost, "no tear struck a trailer");
}

#[test]
fn whoever_reads_is_told_to_leave_the_card_lying() {
    let desk = by_hand();
    live_card(&desk, "홍길동", 1);
    desk.run(&words("key rotate --json")).done();
    let said = desk.run(&words("card read --lang en")).done();
    assert!(said.stderr.contains("Leave it lying"), "{said:#?}");
    assert!(!desk.run(&words("card read --lang en")).done().stderr.contains("lying"));
}

#[cfg(debug_assertions)]
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

/// Sampled; every exchange is torn in the encoder's own sweep. On a Type 2 chip no tear costs a card: whatever is cut, the next visit completes it.
#[test]
fn torn_at_every_third_exchange_a_type_2_chip_gets_its_new_keys_in_the_next_visit() {
    for chip in ["ntag213", "ultralight-ev1"] {
        let desk = by_hand();
        enrol(&desk, "홍길동");
        let uid = field(&desk.run(&["rig", "card", "new", "--kind", chip, "--lay", "--json"]).done().json, "uid");
        desk.run(&words("issue 1 --json")).done();
        desk.run(&words("hand-over 1 --json")).done();
        let mut struck = 0;
        let hows = ["frame-lost", "answer-lost", "half-programmed", "erased-00", "erased-ff"];
        for (i, after) in (1..76).step_by(3).enumerate() {
            desk.run(&words("key rotate --json")).done();
            let how = hows[i % hows.len()];
            desk.run(&["rig", "card", "tear", "--after", &after.to_string(), "--how", how, "--json"]).done();
            let torn = desk.run(&words("card read --json"));
            struck += usize::from(torn.json["warnings"][0]["code"] == "card-removed");
            desk.run(&words("rig card tear --never --json")).done();
            lay(&desk, &uid);
            let done = read(&desk);
            assert_eq!(field(&done, "status"), "live", "{chip} {after} {how}: {done}");
            let verified = desk.run(&words("card verify --json")).done().json;
            assert_eq!((&verified["ok"], &verified["rekeyed"]), (&true.into(), &Value::Null), "{chip} {after} {how}");
        }
        assert!(struck >= 8, "{struck} tears struck on {chip}");
    }
}
