//! The whole path: a member is enrolled, gets a card, and the card is judged by others' tools before it is handed over.

use std::os::unix::fs::PermissionsExt;

use crate::support::{Desk, judge};
use crate::{enrol, field, image, made, ready_desk, spooled, words};

#[test]
fn a_chip_card_from_init_to_hand_over() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    let issued = desk.run(&["issue", &member, "--json"]).done();
    assert_eq!(issued.stderr, "", "no progress under --json");
    let job = &issued.json;
    assert_eq!((&job["state"], &job["step"], &job["kind"]), (&"ready".into(), &"check".into(), &"rfid".into()));
    assert_eq!(
        (&job["chip"], &job["profile"], &job["protection"]),
        (&"classic-1k".into(), &"ieum".into(), &"keyed".into())
    );
    assert_eq!(job["proof"]["let_through"], 0);
    assert_eq!(job["proof"]["attempts"], job["proof"]["refused"]);
    assert!(job["proof"]["attempts"].as_u64() > Some(0));
    // The chip's specification: at most 210 exchanges with proof "used", 1.2 commands each.
    let (exchanges, commands) = (job["exchanges"].as_u64().unwrap(), job["commands"].as_u64().unwrap());
    assert!((100..=210).contains(&exchanges) && commands * 10 <= exchanges * 12, "{exchanges} {commands}");
    assert_eq!(job["fee"]["amount"], 0);
    let (number, uid) = (field(job, "number"), field(job, "uid"));
    assert_eq!(number, "12100300000001");
    image(&desk, &uid).check(&number);
    assert_eq!(image(&desk, &uid).sequence(), 1);
    printed(&desk, &issued.json, &number);
    let handed = desk.run(&["hand-over", "1", "--scan", "121003 0000 0001", "--json"]).done();
    assert_eq!((&handed.json["job"], &handed.json["state"]), (&1.into(), &"handed-over".into()));
    let read = desk.run(&["card", "read", "--json"]).done().json;
    assert_eq!((field(&read, "number"), field(&read, "uid")), (number, uid));
    assert_eq!(
        (field(&read, "status"), field(&read, "seal"), field(&read, "profile")),
        ("live".into(), "valid".into(), "ieum".into())
    );
    assert_eq!(read["member"].to_string(), member);
    let verified = desk.run(&["card", "verify", "--json"]).done().json;
    assert_eq!((&verified["ok"], &verified["findings"]), (&true.into(), &serde_json::json!([])));
}

#[test]
fn a_bar_code_card_needs_no_reader() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    let member = enrol(&desk, "홍길동");
    let job = desk.run(&["issue", &member, "--kind", "barcode", "--json"]).done().json;
    assert!(job["uid"].is_null() && job["chip"].is_null() && job["proof"].is_null(), "{job}");
    assert_eq!((&job["exchanges"], &job["state"]), (&0.into(), &"ready".into()));
    printed(&desk, &job, "12100300000001");
    desk.run(&["hand-over", "1", "--json"]).done();
    assert_eq!(desk.run(&["job", "show", "1", "--json"]).done().json["state"], "handed-over");
    let found = desk.run(&["member", "find", "12100300000001", "--json"]).done().json;
    assert_eq!(found[0]["card"], serde_json::json!({ "kind": "barcode", "state": "live" }));
}

/// One PDF, whole, in which Debian's tools find the number as a bar code and the name as text.
fn printed(desk: &Desk, job: &serde_json::Value, number: &str) {
    assert_eq!(spooled(desk), ["1-front.pdf"]);
    let pdf = desk.path("var/spool/1-front.pdf");
    assert_eq!(job["print"]["files"], serde_json::json!([pdf.to_str().unwrap()]));
    judge::check_pdf(&pdf);
    assert!(judge::pdf_text(&pdf).contains("홍길동"));
    let picture = judge::rasterise(&pdf, 300);
    assert_eq!(judge::bar_codes(&picture), [("CODE-128".to_owned(), number.to_owned())]);
    std::fs::remove_file(picture).unwrap();
}

#[test]
fn what_is_private_is_for_this_account_alone() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&["issue", "1", "--json"]).done();
    let mode = |path: &str| std::fs::metadata(desk.path(path)).unwrap().permissions().mode() & 0o777;
    for (path, wanted) in [
        ("var", 0o700),
        ("var/issuer.db", 0o600),
        ("var/keys.toml", 0o600),
        ("var/spool", 0o700),
        ("var/spool/1-front.pdf", 0o600),
        ("var/locks", 0o700),
        ("var/simulator", 0o700),
    ] {
        assert_eq!(format!("{:o}", mode(path)), format!("{wanted:o}"), "{path}");
    }
}

#[test]
fn a_mismatch_of_print_or_chip_hands_nothing_over() {
    let desk = ready_desk();
    for name in ["홍길동", "성춘향"] {
        let member = enrol(&desk, name);
        desk.run(&["issue", &member, "--json"]).done();
    }
    desk.run(&words("hand-over 1 --scan 12100300000002 --json")).refused("scan-mismatch");
    desk.run(&words("hand-over 1 --scan 1210030000001 --json")).refused("scan-unreadable");
    let by_hand = |line: &str| {
        let mut command = desk.command();
        command.env("ISSUER__SIMULATOR__DISPENSER", "none").env("ISSUER__READER__CARD_TIMEOUT", "1").args(words(line));
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    // The second member's card lies there.
    let (status, told) = by_hand("hand-over 1 --json");
    assert!(status == Some(1) && told.contains("\"card-of-other\""), "{told}");
    desk.run(&words("rig card lift --json")).done();
    let (status, told) = by_hand("hand-over 1 --json");
    assert!(status == Some(1) && told.contains("\"card-not-there\""), "{told}");
    std::fs::remove_file(desk.path("var/spool/1-front.pdf")).unwrap();
    desk.run(&words("hand-over 1 --json")).refused("scan-missing");
    assert_eq!(desk.run(&words("job show 1 --json")).json["state"], "ready");
    desk.run(&words("hand-over 1 --scan 12100300000001 --json")).done();
}

/// What a printed card leaves in the spool is personal, and goes `[printer] keep_days` after handing over.
#[test]
fn spool_files_of_cards_handed_over_go_after_their_days() {
    for (days, kept) in [("1", true), ("0", false)] {
        let desk = made(Desk::new().with("ISSUER__PRINTER__KEEP_DAYS", days));
        for name in ["홍길동", "성춘향"] {
            let member = enrol(&desk, name);
            desk.run(&["issue", &member, "--kind", "barcode", "--json"]).done();
        }
        let first = desk.run(&words("hand-over 1 --json")).done().json;
        // The next hand-over sweeps up after the first.
        desk.run(&words("hand-over 2 --json")).done();
        assert_eq!(desk.path("var/spool/1-front.pdf").exists(), kept, "{days}");
        assert_eq!(desk.run(&words("hand-over 1 --json")).done().json, first);
        assert!(desk.run(&words("job show 1 --json")).done().json["print"]["files"].is_array());
    }
}

#[test]
fn a_second_init_changes_nothing_but_the_link() {
    let desk = Desk::new();
    let first = desk.run(&["init", "--admin", "김관리", "--json"]).done().json;
    let again = desk.run(&["init", "--json"]).done().json;
    assert_eq!(first["keys"], again["keys"]);
    assert_eq!((&first["stamp"], &first["database"]), (&"trial".into(), &again["database"]));
    assert!(field(&first, "setup").starts_with("http://127.0.0.1:"));
    let shown = desk.run(&["key", "show", "--json"]).done().json;
    let names: Vec<_> = shown.as_array().unwrap().iter().map(|key| field(key, "purpose")).collect();
    assert_eq!(names, ["classic", "pwd", "seal", "backup"]);
    assert!(shown.as_array().unwrap().iter().all(|key| field(key, "check_value").len() == 6 && key["version"] == 1));
}

#[test]
fn production_wants_its_own_settings_and_no_simulated_reader() {
    let desk = Desk::new();
    desk.run(&["init", "--production", "--json"]).refused("production-settings");
    std::fs::write(desk.path("issuer.toml"), "[library]\ncode = \"111314\"\n").unwrap();
    assert_eq!(desk.run(&["init", "--production", "--json"]).done().json["stamp"], "production");
    enrol(&desk, "홍길동");
    desk.run(&["issue", "1", "--json"]).refused("simulated-in-production");
    assert_eq!(desk.run(&["reader", "list", "--json"]).done().json, serde_json::json!([]));
    let trial = Desk::new();
    std::fs::write(trial.path("issuer.toml"), "").unwrap();
    trial.run(&["init", "--json"]).done();
    trial.run(&["init", "--production", "--json"]).refused("stamp-differs");
}

/// A new database beside old keys would give the numbers of cards that are out a second time.
#[test]
fn a_lost_database_is_not_made_anew_beside_its_keys() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    for name in ["issuer.db", "issuer.db-wal", "issuer.db-shm"] {
        let _ = std::fs::remove_file(desk.path("var").join(name));
    }
    desk.run(&["init", "--json"]).refused("database-lost");
    std::fs::write(desk.path("var/issuer.db"), "").unwrap();
    std::fs::set_permissions(desk.path("var/issuer.db"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    desk.run(&["init", "--json"]).refused("database-lost");
    desk.run(&["key", "show", "--json"]).refused("database-lost");
    std::fs::rename(desk.path("var/keys.toml"), desk.path("old-keys.toml")).unwrap();
    desk.run(&["init", "--json"]).done();
}

#[test]
fn a_name_that_no_card_can_show_gets_no_number() {
    let desk = ready_desk();
    let line = "enrol --name 𠮷野家 --birth 1988-03-14 --identity mobile --consent local,national --json";
    desk.run(&line.split(' ').collect::<Vec<_>>()).refused("glyph-missing");
}
