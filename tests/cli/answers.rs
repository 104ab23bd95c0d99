//! What each command answers under `--json`, field by field as the contract names them, and where its settings come from.

use serde_json::{Value, json};

use crate::support::{Desk, judge};
use crate::{enrol, field, made, ready_desk, words};

/// Every field that the contract names is there (null or not).
#[track_caller]
fn has(value: &Value, names: &str) {
    for name in words(names) {
        assert!(value.get(name).is_some(), "{name} is missing in {value}");
    }
}

#[test]
fn jobs_and_members_answer_with_the_contracts_fields() {
    let desk = ready_desk();
    let enrolled = desk
        .run(&words("enrol --name 홍길동 --birth 2015-03-14 --identity other --consent local,national --guardian 홍판서 --guardian-identity passport --json"))
        .done()
        .json;
    assert_eq!(enrolled, json!({ "member": 1, "kind": "child", "national": true, "own_number": null }));
    let issued = desk.run(&words("issue 1 --json")).done().json;
    has(&issued, "job member number kind uid chip profile protection proof exchanges commands print state step fee");
    has(&issued["proof"], "attempts refused let_through");
    has(&issued["print"], "printer job files");
    has(&issued["fee"], "charge amount state");
    let listed = desk.run(&words("job list --json")).done().json;
    has(&listed[0], "job member number kind uid state step batch");
    assert_eq!(desk.run(&words("job show 1 --json")).done().json["number"], issued["number"]);
    let found = desk.run(&words("member find ㅎㄱㄷ --json")).done().json;
    has(&found[0], "member name number");
    assert_eq!(field(&found[0], "birth"), "2015-03-**");
    assert_eq!((field(&found[0], "name"), &found[0]["number"]), ("홍*동".into(), &issued["number"]));
    let shown = desk.run(&words("member show 1 --json")).done().json;
    assert_eq!((field(&shown, "name"), field(&shown, "birth")), ("홍길동".into(), "2015-03-14".into()));
    let time = field(&shown, "enrolled");
    assert!(time.len() == 25 && time.ends_with("+09:00"), "{time}");
    let read = desk.run(&words("card read --json")).done().json;
    has(&read, "uid chip profile number header seal locks member status");
    assert_eq!(field(&read, "status"), "in-work");
    let uid = field(&read, "uid");
    assert!(uid.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()), "{uid}");
}

#[test]
fn members_are_found_by_all_that_is_known_of_them() {
    let desk = made(Desk::new().with("ISSUER__LIBRARY__MEMBERSHIP", "on-request"));
    let line =
        "enrol --name 홍길동 --birth 1988-03-14 --identity passport --consent local,national --own-number GP-77 --json";
    desk.run(&words(line)).done();
    desk.run(&words("issue 1 --kind barcode --json")).done();
    for text in
        ["홍길동", "길동", "ㅎㄱㄷ", "ㄱㄷ", "1988-03-14", "19880314", "gp-77", "12100300000001", "121003 0000 0001"]
    {
        let found = desk.run(&["member", "find", text, "--json"]).done().json;
        assert_eq!((found.as_array().unwrap().len(), &found[0]["member"]), (1, &1.into()), "{text}");
    }
    for text in ["성춘향", "ㅅㅊㅎ", "1988-03-15", "GP-7", "12100300000002", ""] {
        assert_eq!(desk.run(&["member", "find", text, "--json"]).done().json, json!([]), "{text}");
    }
    desk.run(&words("member find 880314-1234567 --json")).refused("identity-number");
}

#[test]
fn numbers_and_libraries_are_read_in_both_directions() {
    let desk = Desk::new();
    let known = desk.run(&["number", "decode", "121003 0000 0042", "--json"]).done().json;
    assert_eq!(
        (field(&known, "number"), field(&known, "grouped")),
        ("12100300000042".into(), "121003 0000 0042".into())
    );
    has(&known["library"], "code name kind region");
    assert_eq!((field(&known["library"], "name"), &known["serial"]), ("부산광역시립구포도서관".into(), &42.into()));
    let unknown = desk.run(&words("number decode 12199900000001 --json")).done().json;
    assert!(unknown["library"]["name"].is_null(), "{unknown}");
    assert_eq!(unknown["library"]["region"], known["library"]["region"]);
    assert_eq!(
        (field(&unknown["library"], "kind"), field(&known["library"], "kind")),
        ("public".into(), "public".into())
    );
    for (number, kind) in [("74899900000001", "small"), ("99999900000001", "unknown")] {
        let decoded = desk.run(&["number", "decode", number, "--json"]).done().json;
        assert_eq!(field(&decoded["library"], "kind"), kind);
    }
    assert!(desk.run(&words("number decode 12100300000042")).done().stdout.contains("공공도서관"));
    for text in ["구포", "ㄱㅍㄷㅅㄱ", "121003"] {
        let found = desk.run(&["library", "find", text, "--json"]).done().json;
        let row = found.as_array().unwrap().iter().find(|row| row["code"] == "121003");
        has(row.unwrap_or_else(|| panic!("{text}: {found}")), "code name kind region address");
        assert_eq!(found[0]["kind"], "public");
    }
    assert_eq!(desk.run(&words("library show 121003 --json")).done().json[0]["code"], "121003");
    assert_eq!(desk.run(&words("library find 없는도서관이름 --json")).done().json, json!([]));
    assert!(!desk.path("var").exists(), "the directory alone needs no database");
}

/// They are looked for before anything is set up.
#[test]
fn readers_are_listed_without_a_database_and_nothing_is_made() {
    let desk = Desk::new();
    let readers = desk.run(&words("reader list --json")).done().json;
    assert_eq!(readers.as_array().map(Vec::len), Some(1), "{readers}");
    assert_eq!((field(&readers[0], "kind"), field(&readers[0], "state")), ("simulated".into(), "empty".into()));
    assert!(readers[0]["trouble"].is_null(), "{readers}");
    assert!(desk.run(&words("reader list")).done().stdout.contains("ACR122U"));
    assert!(!desk.path("var").exists(), "a look at the readers touched the disk");
    let board = Desk::new()
        .with("ISSUER__READER__KIND", "libnfc")
        .with("ISSUER__READER__NAMES", "[\"pn532_uart:/dev/none-such\"]");
    let gone = board.run(&words("reader list --json")).done().json;
    assert_eq!((field(&gone[0], "state"), field(&gone[0]["trouble"], "code")), ("gone".into(), "reader-gone".into()));
    assert!(!board.path("var").exists());
}

#[test]
fn devices_say_their_state() {
    let desk = ready_desk();
    let readers = desk.run(&words("reader list --json")).done().json;
    has(&readers[0], "name kind state");
    assert_eq!((field(&readers[0], "kind"), field(&readers[0], "state")), ("simulated".into(), "empty".into()));
    let printer = || desk.run(&words("printer list --json")).done().json[0].clone();
    has(&printer(), "name kind state");
    assert_eq!((field(&printer(), "kind"), field(&printer(), "state")), ("spool".into(), "ready".into()));
    std::fs::write(desk.path("var/simulator/printer"), "media-jam").unwrap();
    assert_eq!(field(&printer(), "state"), "media-jam");
}

#[test]
fn a_preview_is_the_card_as_it_will_be_printed() {
    let desk = ready_desk();
    let out = desk.path("card.png");
    let line = ["preview", "12100300000042", "--out", out.to_str().unwrap(), "--json"];
    let told = desk.run(&line).done().json;
    // ID-1 at 300 dpi.
    assert_eq!((&told["width"], &told["height"]), (&1012.into(), &638.into()));
    assert_eq!(judge::bar_codes(&out), [("CODE-128".to_owned(), "12100300000042".to_owned())]);
    desk.run(&[&line[..], &["--layout", "barcode-card", "--side", "front"]].concat()).done();
    assert_eq!(judge::bar_codes(&out).len(), 1);
}

#[test]
fn flags_stand_before_or_after_and_settings_come_by_rank() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("one")).unwrap();
    std::fs::write(desk.path("one/issuer.toml"), "[library]\ncode = \"111006\"\n").unwrap();
    std::fs::write(desk.path("issuer.toml"), "[library]\ncode = \"130023\"\n").unwrap();
    let number = |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = desk.command().envs(environment.iter().copied()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    // Paths in a settings file start at its folder.
    let first = number(&["--json", "--config", "one/issuer.toml", "init"], &[]);
    assert_eq!(field(&first, "database"), desk.path("one/var/issuer.db").display().to_string());
    assert_eq!(number(&["init", "--json", "--config", "one/issuer.toml"], &[])["database"], first["database"]);
    assert_eq!(number(&["init", "--json"], &[("ISSUER_CONFIG", "one/issuer.toml")])["database"], first["database"]);
    assert_eq!(number(&["init", "--json"], &[])["database"], desk.path("var/issuer.db").display().to_string());
    let person = "enrol --name 홍길동 --birth 1988-03-14 --identity passport --consent local,national --json";
    for (config, code) in [("one/issuer.toml", "111006"), ("issuer.toml", "130023")] {
        number(&[&["--config", config][..], &words(person)].concat(), &[]);
        let issued = number(&["issue", "1", "--kind", "barcode", "--json", "--config", config], &[]);
        assert_eq!(field(&issued, "number"), format!("{code}00000001"));
    }
    number(&words("job cancel 1 --json"), &[]);
    let issued = number(&words("issue 1 --kind barcode --json"), &[("ISSUER__LIBRARY__CODE", "121003")]);
    assert_eq!(field(&issued, "number"), "12100300000001");
}

#[test]
fn numbers_by_year_begin_with_it() {
    let desk = made(Desk::new().with("ISSUER__NUMBER__SCHEME", "year-serial"));
    enrol(&desk, "홍길동");
    let number = field(&desk.run(&words("issue 1 --kind barcode --json")).done().json, "number");
    let year = field(&desk.run(&words("member show 1 --json")).json, "enrolled")[2..4].to_owned();
    assert_eq!(number, format!("121003{year}000001"));
}

#[test]
fn words_of_the_catalogue_beside_the_settings_are_used() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("templates/messages/ko")).unwrap();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/messages/ko/desk.ftl")).unwrap();
    let own = text.replace("err-not-initialised = ", "err-not-initialised = 구포도서관의 ");
    std::fs::write(desk.path("templates/messages/ko/desk.ftl"), own).unwrap();
    let told = desk.run(&words("job list"));
    assert!(told.stderr.starts_with("error: 구포도서관의 "), "{told:?}");
}

#[test]
fn progress_is_said_step_by_step_on_stderr() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let issued = desk.run(&words("issue 1 --lang en")).done();
    let steps: Vec<&str> = issued.stderr.lines().collect();
    // A step that is over in no time may go unsaid; the order never changes.
    let all = ["Card", "Write", "Read back", "Lock", "Proof", "Print", "Check"];
    let mut at = all.iter();
    assert!(!steps.is_empty() && steps.iter().all(|step| at.any(|known| known == step)), "{steps:?}");
    assert!(issued.stdout.contains("121003 0000 0001"), "{issued:?}");
}

#[test]
fn text_speaks_the_asked_language() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --kind barcode --json")).done();
    let said = |line: &str| desk.run(&words(line)).done().stdout;
    assert!(said("job show 1").contains("대조 남음"), "{}", said("job show 1"));
    assert!(said("member show 1 --lang en").contains("bar code"), "{}", said("member show 1 --lang en"));
    assert_eq!(said("library find 없는도서관이름"), "없습니다.\n");
    assert_eq!(said("library find 없는도서관이름 --lang en"), "Nothing.\n");
}

#[test]
fn lists_have_heads_and_no_word_of_ours_is_left_raw() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --wait 0.1 --json")).refused("card-timeout");
    let said = |line: &str| desk.run(&words(line)).done().stdout;
    for (line, head) in [
        ("job list", "작업  회원번호"),
        ("key show", "용도"),
        ("member find 홍길동", "회원  이름"),
        ("reader list", "이름"),
        ("printer list", "이름"),
        ("library find 구포", "부호"),
    ] {
        let text = said(line);
        assert!(text.starts_with(head) && text.lines().count() >= 2, "{line}: {text}");
    }
    for line in ["job list", "job show 1", "member show 1"] {
        let text = said(line);
        assert!(text.contains("카드가 놓이지 않았습니다"), "{line}: {text}");
        for raw in ["card-timeout", "rfid", "planned", "seconds", "trouble"] {
            assert!(!text.contains(raw), "{raw} in {line}: {text}");
        }
    }
    let told = desk.run(&words("issue 1")).stderr;
    assert!(told.contains("(준비)") && !told.contains("planned"), "{told}");
    let told = desk.run(&words("hand-over 1")).stderr;
    assert!(told.contains("(준비)") && !told.contains("planned"), "{told}");
    desk.run(&words("job cancel 1")).done();
    desk.run(&words("issue 1 --kind barcode")).done();
    desk.run(&words("hand-over 2")).done();
    let told = desk.run(&words("issue 1 --kind barcode")).stderr;
    assert!(told.contains("바코드") && !told.contains("barcode"), "{told}");
}
