//! Every refusal of this path by table: exit code, stable code, and two lines in Korean and in English.

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::Desk;
use crate::{enrol, field, image, made, ready_desk, spooled, words};

/// Runs the refused command three times: as JSON, in Korean, in English. It must change nothing, so that it can.
#[track_caller]
pub(crate) fn refused(desk: &Desk, arguments: &[&str], code: &str) {
    refused_with(desk, arguments, code, 1);
}

#[track_caller]
fn refused_with(desk: &Desk, arguments: &[&str], code: &str, exit: i32) {
    let json = desk.run(&[arguments, &["--json"]].concat());
    assert_eq!(json.status, Some(exit), "{json:#?}");
    assert_eq!((json.error()["error"]["code"].as_str(), json.stdout.as_str()), (Some(code), ""), "{json:#?}");
    assert_eq!(json.stderr.lines().count(), 1, "{json:#?}");
    let told = ["ko", "en"].map(|lang| {
        let output = desk.run(&[arguments, &["--lang", lang]].concat());
        assert_eq!((output.status, output.stdout.as_str()), (Some(exit), ""), "{output:#?}");
        // Progress may stand before the two lines.
        let lines: Vec<&str> = output.stderr.lines().rev().take(2).collect();
        let [help, what] = lines[..] else { panic!("{output:#?}") };
        let (what, help) = (what.strip_prefix("error: "), help.strip_prefix("help: "));
        let (Some(what), Some(help)) = (what, help) else { panic!("{output:#?}") };
        for text in [what, help] {
            let whole = text.chars().count() > 5 && !text.contains(['{', '}', '$']);
            assert!(whole && !text.contains("err-") && !text.contains("rec-"), "{text}");
        }
        (what.to_owned(), help.to_owned())
    });
    let hangul = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    assert!(hangul(&told[0].0) && hangul(&told[0].1), "{told:?}");
    assert!(told[0].0 != told[1].0 && told[0].1 != told[1].1, "{told:?}");
    let error = json.error();
    assert_eq!(
        (&error["error"]["what"], &error["error"]["help"]),
        (&told[0].0.clone().into(), &told[0].1.clone().into())
    );
}

const HONG: &str = "enrol --name 홍길동 --birth 1988-03-14 --identity resident-card --consent local,national";

#[test]
fn what_is_wrong_with_a_person_is_said_by_field() {
    let desk = ready_desk();
    let with = |from: &str, to: &str| HONG.replace(from, to);
    for (line, code) in [
        (with(" --consent local,national", ""), "consent-missing"),
        (with("local,national", "national"), "consent-missing"),
        (with("local,national", "local"), "consent-national-missing"),
        (with("local,national", "all"), "consent"),
        (with(" --identity resident-card", ""), "identity-missing"),
        (with("resident-card", "library-card"), "identity-kind"),
        (with(" --name 홍길동", ""), "name-missing"),
        (with("홍길동", "홍길동\u{200b}"), "name-characters"),
        (with("홍길동", "홍길동<b>"), "name-characters"),
        (with("홍길동", "880314-1234567"), "identity-number"),
        (with("1988-03-14", "1988-02-30"), "birth-date"),
        (with("1988-03-14", "2999-01-01"), "birth-date"),
        (with("1988-03-14", "2020-03-14"), "guardian-missing"),
        (format!("{HONG} --guardian 홍판서"), "guardian-identity-missing"),
        (format!("{HONG} --kind elder"), "member-kind"),
        (format!("{HONG} --phone 12"), "phone"),
        (format!("{HONG} --own-number 123_4"), "own-number"),
        (format!("{HONG} --from people.json"), "from-stdin-only"),
    ] {
        refused(&desk, &words(&line), code);
    }
    assert_eq!(desk.run(&words("member find ㅎㄱㄷ --json")).done().json, serde_json::json!([]), "one was enrolled");
}

#[test]
fn a_likely_duplicate_is_named_and_can_be_gone_over() {
    let desk = ready_desk();
    desk.run(&words(&format!("{HONG} --phone 010-2345-6789 --json"))).done();
    refused(&desk, &words(HONG), "member-duplicate");
    let by_phone = HONG.replace("1988-03-14", "1988-03-15");
    refused(&desk, &words(&format!("{by_phone} --phone 01023456789")), "member-duplicate");
    let told = desk.run(&words(HONG));
    assert!(told.stderr.contains('1') && !told.stderr.contains("홍길동"), "{told:?}");
    assert_eq!(desk.run(&words(&format!("{by_phone} --json"))).done().json["member"], 2);
    assert_eq!(desk.run(&words(&format!("{HONG} --anyway --json"))).done().json["member"], 3);
}

#[test]
fn what_is_unknown_is_refused_by_name() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    for (line, code) in [
        ("issue 99", "member-unknown"),
        ("issue 홍길동", "member-unknown"),
        ("member show 0", "member-unknown"),
        ("job show 7", "job-unknown"),
        ("job resume 7", "job-unknown"),
        ("job cancel -1", "job-unknown"),
        ("job resume -1", "job-unknown"),
        ("job show -1", "job-unknown"),
        ("hand-over -1", "job-unknown"),
        ("issue -1", "member-unknown"),
        ("member show -1", "member-unknown"),
        ("issue 1 --wait -1", "seconds"),
        ("job resume 1 --wait -1", "seconds"),
        ("number decode -1", "member-number"),
        ("library show -12100", "library-code"),
        ("rig card tear --after -1", "tear-after"),
        ("hand-over 7", "job-unknown"),
        ("issue 1 --kind gold", "card-kind"),
        ("issue 1 --reader X", "reader-unknown"),
        ("issue 1 --printer X", "printer-unknown"),
        ("card read --reader X", "reader-unknown"),
        ("issue 1 --wait soon", "seconds"),
        ("issue 1 --pay cash", "nothing-to-pay"),
        ("job resume 1 --print perhaps", "print-fate"),
        ("card read", "card-not-there"),
        ("card verify", "card-not-there"),
        ("number decode 1210030000001", "member-number"),
        ("number decode 8803141234567", "identity-number"),
        ("library show 12100", "library-code"),
        ("library show 199999", "library-unknown"),
        ("preview 1210030000001 --out x.png", "member-number"),
        ("preview 12100300000001 --out nowhere/x.png", "file-unwritable"),
        ("preview 12100300000001 --out x.png --side top", "side"),
        ("preview 12100300000001 --out x.png --side back", "side-missing"),
        ("preview 12100300000001 --out x.png --layout none", "layout-missing"),
        ("rig card lay 0F112233", "simulator-card"),
        ("rig card new --kind ntag999", "simulator-kind"),
        ("rig card new --lay --reader X", "simulator-reader"),
        ("rig card tear --after 0", "tear-after"),
        ("rig card tear --how gently", "tear-how"),
        ("rig card dump 12", "uid"),
    ] {
        refused(&desk, &words(line), code);
    }
    assert_eq!(member, "1");
    assert_eq!(desk.run(&words("job list --json")).done().json, serde_json::json!([]), "a job was made");
}

#[test]
fn an_id_is_repeated_whole_or_says_that_it_goes_on() {
    let desk = ready_desk();
    let told = |id: &str| desk.run(&["job", "show", id]).stderr;
    assert!(told("1234567890123456789012").contains("1234567890123456789012"));
    let long = told(&"9".repeat(60));
    assert!(long.contains(&("9".repeat(40) + "…")) && !long.contains(&"9".repeat(41)), "{long}");
}

#[test]
fn an_idempotency_key_is_a_text_of_some_length() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let long = "k".repeat(201);
    for line in
        [HONG, "issue 1", "hand-over 1", "job resume 1", "job cancel 1", "key rotate", "card blank", "card recover"]
    {
        for (key, code) in [("", "key-empty"), ("  ", "key-empty"), (long.as_str(), "key-long")] {
            refused(&desk, &[&words(line)[..], &["--key", key]].concat(), code);
        }
    }
    desk.run(&["issue", "1", "--kind", "barcode", "--json", "--key", &long[1..]]).done();
}

#[test]
fn a_wrong_command_is_a_usage_error() {
    let desk = Desk::new();
    for line in ["", "reissues 1", "issue", "issue 1 2", "issue 1 --colour red", "job list --open=yes", "enrol --name"]
    {
        let code = if line.is_empty() { "usage-command" } else { "usage" };
        refused_with(&desk, &words(line), code, 2);
    }
    let told = desk.run(&words("--lang en issue"));
    assert!(told.stderr.contains("<MEMBER>"), "what is missing is not said: {told:?}");
    let told = desk.run(&words("issue 1 880314-1234567"));
    assert!(!told.stderr.contains("880314"), "{told:?}");
    assert_eq!(desk.run(&words("init --lang fr --json")).status, Some(2));
    assert_eq!(desk.run(&["--help"]).status, Some(0));
    assert!(!desk.path("var").exists(), "a usage error touched the disk");
}

#[test]
fn without_a_database_only_init_and_serve_make_one() {
    let desk = Desk::new();
    refused(&desk, &["job", "list"], "not-initialised");
    refused(&desk, &words(HONG), "not-initialised");
    assert!(!desk.path("var/issuer.db").exists());
}

#[test]
fn a_member_with_an_open_job_or_a_live_card_gets_no_second() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    desk.run(&["issue", &member, "--json"]).done();
    refused(&desk, &["issue", &member], "job-open");
    refused(&desk, &["issue", &member, "--kind", "barcode"], "job-open");
    desk.run(&words("hand-over 1 --json")).done();
    refused(&desk, &["issue", &member], "card-live");
    refused(&desk, &words("job cancel 1"), "job-state");
    // A card of another kind is another matter, and the number stays.
    let second = desk.run(&["issue", &member, "--kind", "barcode", "--json"]).done().json;
    assert_eq!(field(&second, "number"), "12100300000001");
}

#[test]
fn files_that_others_can_read_are_refused() {
    for (file, mode, link) in
        [("keys.toml", "key-file-mode", "key-file-symlink"), ("issuer.db", "database-mode", "database-symlink")]
    {
        let desk = ready_desk();
        let path = desk.path("var").join(file);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        refused(&desk, &["job", "list"], mode);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        desk.run(&["job", "list"]).done();
        std::fs::rename(&path, desk.path("var/elsewhere")).unwrap();
        symlink(desk.path("var/elsewhere"), &path).unwrap();
        refused(&desk, &["job", "list"], link);
    }
}

#[test]
fn a_lost_key_file_is_not_replaced() {
    let desk = ready_desk();
    std::fs::remove_file(desk.path("var/keys.toml")).unwrap();
    refused(&desk, &["init"], "key-file-missing");
    // Where there is a database, init makes no keys: nobody is sent there.
    let told = ["ko", "en"].map(|lang| desk.run(&["init", "--lang", lang]).stderr);
    assert!(told.iter().all(|told| !told.contains("issuer init")), "{told:?}");
    assert!(!desk.path("var/keys.toml").exists());
}

#[test]
fn no_card_in_time_leaves_a_job_that_goes_on_when_one_lies_there() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    let member = enrol(&desk, "홍길동");
    desk.run(&["issue", &member, "--wait", "0.1", "--json"]).refused("card-timeout");
    refused(&desk, &words("job resume 1 --wait 0.1"), "card-timeout");
    let blank = desk.run(&words("rig card new --lay --json")).done().json;
    let done = desk.run(&words("job resume 1 --wait 0.1 --json")).done().json;
    assert_eq!((&done["uid"], &done["state"]), (&blank["uid"], &"ready".into()));
}

#[test]
fn another_card_than_the_one_begun_is_not_written() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    let member = enrol(&desk, "홍길동");
    let mine = field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
    desk.run(&words("rig card tear --after 60 --json")).done();
    desk.run(&["issue", &member, "--json"]).refused("card-removed");
    let other = field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
    refused(&desk, &words("job resume 1 --wait 0.1"), "card-swapped");
    assert!(image(&desk, &other).is_blank());
    desk.run(&words("rig card lift --json")).done();
    desk.run(&["rig", "card", "lay", &mine, "--json"]).done();
    let done = desk.run(&words("job resume 1 --wait 0.1 --json")).done().json;
    assert_eq!(field(&done, "uid"), mine);
    image(&desk, &mine).check(&field(&done, "number"));
}

#[test]
fn a_card_that_is_somebodys_or_locked_by_others_is_left_as_it_is() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let theirs = field(&desk.run(&words("issue 1 --json")).done().json, "uid");
    desk.run(&words("hand-over 1 --json")).done();
    let desk = desk.with("ISSUER__SIMULATOR__DISPENSER", "none");
    enrol(&desk, "성춘향");
    let before = image(&desk, &theirs).0;
    desk.run(&words("issue 2 --wait 0.1 --json")).refused("card-of-other");
    refused(&desk, &words("job resume 2 --wait 0.1"), "card-of-other");
    // The clerk is told whose it is, masked; what is kept with the job names the number alone.
    assert!(desk.run(&words("job resume 2 --wait 0.1")).stderr.contains("홍*동"));
    let kept = desk.run(&words("job list --json")).stdout;
    assert!(kept.contains("121003 0000 0001") && !kept.contains("홍*동"), "{kept}");
    assert_eq!(image(&desk, &theirs).0, before);
    desk.run(&words("rig card lift --json")).done();

    // Somebody's own keys, and the usual conditions, in a sector: the first that is to be written, and a later one.
    let foreign = |sector: usize| {
        let uid = field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
        let file = desk.path(&format!("var/simulator/cards/{uid}.mfd"));
        let mut bytes = std::fs::read(&file).unwrap();
        let trailer = b"\x11\x22\x33\x44\x55\x66\x78\x77\x88\x00\xAA\xBB\xCC\xDD\xEE\xFF";
        bytes[sector * 64 + 48..sector * 64 + 64].copy_from_slice(trailer);
        std::fs::write(&file, &bytes).unwrap();
        (uid, file, bytes)
    };
    let (_, file, bytes) = foreign(1);
    refused(&desk, &words("job resume 2 --wait 0.1"), "unknown-key");
    assert_eq!(std::fs::read(&file).unwrap(), bytes, "something was written");
    assert_eq!(field(&desk.run(&words("card read --json")).done().json, "status"), "unknown");
    desk.run(&words("rig card lift --json")).done();

    let (uid, file, bytes) = foreign(5);
    desk.run(&words("job resume 2 --wait 0.1 --json")).refused("unknown-key");
    assert_eq!(std::fs::read(&file).unwrap()[5 * 64..], bytes[5 * 64..], "written from the foreign sector on");
    refused(&desk, &words("job resume 2 --wait 0.1"), "card-spoiled");
    desk.run(&words("rig card lift --json")).done();
    desk.run(&words("rig card new --lay --json")).done();
    let done = desk.run(&words("job resume 2 --wait 0.1 --json")).done().json;
    assert_ne!(field(&done, "uid"), uid);
    assert_eq!(image(&desk, &field(&done, "uid")).sequence(), 2, "the spoiled one counts, the one left alone does not");
}

#[test]
fn two_cards_at_once_are_told_and_not_written() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    enrol(&desk, "홍길동");
    let first = field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
    let second = field(&desk.run(&words("rig card new --json")).done().json, "uid");
    desk.run(&["rig", "card", "lay", &second, "--beside", "--json"]).done();
    desk.run(&words("issue 1 --wait 0.1 --json")).refused("two-cards");
    refused(&desk, &words("job resume 1 --wait 0.1"), "two-cards");
    assert!(image(&desk, &first).is_blank() && image(&desk, &second).is_blank());
}

#[test]
fn a_spool_that_is_gone_or_a_printer_without_media_is_told_before_the_chip() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    std::fs::remove_dir(desk.path("var/spool")).unwrap();
    std::fs::write(desk.path("var/spool"), "").unwrap();
    desk.run(&words("issue 1 --json")).refused("spool-unwritable");
    refused(&desk, &words("job resume 1"), "spool-unwritable");
    // What only reads goes on.
    for line in ["member find ㅎㄱㄷ", "member show 1", "job show 1", "job list", "key show", "reader list"] {
        desk.run(&words(line)).done();
    }
    assert_eq!(field(&desk.run(&words("printer list --json")).done().json[0], "state"), "unwritable");
    refused(&desk, &["init"], "folder-unwritable");
    assert!(!desk.path("var/simulator/cards").exists() || crate::images_with(&desk, "12100300000001") == 0);
    std::fs::remove_file(desk.path("var/spool")).unwrap();
    std::fs::write(desk.path("var/simulator/printer"), "media-empty").unwrap();
    refused(&desk, &words("job resume 1"), "printer-media-empty");
    let cards = std::fs::read_dir(desk.path("var/simulator/cards")).map(|cards| cards.count()).unwrap_or(0);
    assert_eq!(cards, 0, "a card was taken in hand");
    std::fs::write(desk.path("var/simulator/printer"), "ok").unwrap();
    desk.run(&words("job resume 1 --json")).done();
    assert_eq!(spooled(&desk), ["1-front.pdf"]);
}

#[test]
fn a_locked_database_is_told_after_a_wait_that_ends() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let other = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.run(&words("issue 1 --json")).refused("database-locked");
    // Looking needs no writer.
    assert_eq!(desk.run(&words("job list --json")).done().json, serde_json::json!([]));
    other.execute_batch("ROLLBACK").unwrap();
    desk.run(&words("issue 1 --json")).done();
}

#[test]
fn a_clock_behind_the_newest_entry_warns_and_stops_nobody() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    // As if the last look had been at a time that is yet to come.
    store
        .execute_batch(
            "INSERT INTO access_entries SELECT seq + 1, time + 7200000, staff, role, desk, origin, member, what, purpose,
             hash FROM access_entries ORDER BY seq DESC LIMIT 1",
        )
        .unwrap();
    drop(store);
    let issued = desk.run(&words("issue 1 --lang en")).done();
    let lines: Vec<&str> = issued.stderr.lines().take(2).collect();
    assert!(
        lines[0].starts_with("warning: ") && lines[0].contains("behind") && lines[1].starts_with("help: "),
        "{lines:?}"
    );
    assert_eq!(desk.run(&words("hand-over 1 --json")).done().stderr, "");
}

#[test]
fn a_number_that_this_range_did_not_give_stops_the_start() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let adopted = HONG.replace("홍길동", "성춘향");
    refused(&desk, &words(&format!("{adopted} --own-number 12100300000009")), "number-range-guard");
    let elsewhere = Desk::new().with("ISSUER__NUMBER__LAST", "00000005");
    elsewhere.run(&["init", "--json"]).done();
    elsewhere.run(&words(&format!("{adopted} --own-number 12100300000009 --json"))).done();
    let widened = elsewhere.with("ISSUER__NUMBER__LAST", "00000020");
    refused(&widened, &["job", "list"], "number-range-guard");
}

#[test]
fn numbers_that_are_used_up_are_told() {
    let desk = made(Desk::new().with("ISSUER__NUMBER__FIRST", "00000007").with("ISSUER__NUMBER__LAST", "00000007"));
    enrol(&desk, "홍길동");
    enrol(&desk, "성춘향");
    let first = desk.run(&words("issue 1 --kind barcode --json")).done().json;
    assert_eq!(field(&first, "number"), "12100300000007");
    refused(&desk, &words("issue 2 --kind barcode"), "numbers-used-up");
}
