//! Card stock from the command line: the contract's fields, whole numbers that are never below nothing, every refusal, keys, and
//! the words that people read.

use serde_json::Value;

use crate::refusals::refused;
use crate::{enrol, ready_desk, words};

/// The line of a lot, which balances.
fn line(lines: &Value, lot: &str) -> Value {
    let found = lines.as_array().unwrap().iter().find(|line| line["lot"] == lot).unwrap().clone();
    let n = |name: &str| found[name].as_u64().unwrap_or_else(|| panic!("{name} of {found}"));
    let come = n("received") + n("returned") + n("found");
    assert_eq!(come, n("issued") + n("spoiled") + n("test") + n("missing") + n("left"), "{found}");
    found
}

fn counts(line: &Value) -> [u64; 6] {
    ["received", "issued", "spoiled", "test", "returned", "left"].map(|name| line[name].as_u64().unwrap())
}

#[test]
fn stock_goes_its_way_and_each_answer_has_the_contract_s_fields() {
    let desk = ready_desk();
    assert_eq!(desk.run(&words("stock show --json")).done().json, serde_json::json!([]));
    let lines = desk.run(&words("stock receive --type classic-1k --lot A-1 --count 30 --json")).done().json;
    let first = line(&lines, "A-1");
    assert_eq!((&first["type"], counts(&first)), (&"classic-1k".into(), [30, 0, 0, 0, 0, 30]));
    let member = enrol(&desk, "홍길동");
    desk.run(&["issue", &member, "--json"]).done();
    desk.run(&words("hand-over 1 --json")).done();
    let shown = || desk.run(&words("stock show --json")).done().json;
    assert_eq!(counts(&line(&shown(), "A-1")), [30, 1, 0, 0, 0, 29]);
    desk.run(&words("stock take --type classic-1k --lot A-1 --count 2 --as test --why 시험 --json")).done();
    desk.run(&words("stock take --type classic-1k --lot A-1 --count 26 --as counted --why 실사 --json")).done();
    assert_eq!(line(&shown(), "A-1")["test"], 2);
    desk.run(&words("stock receive --type sticker --lot -7 --count 5 --json")).done();
    desk.run(&words("stock open --type sticker --lot -7 --json")).done();
    let faulty = desk.run(&words("stock fault --type sticker --lot -7 --why 떨어짐 --json")).done().json;
    assert_eq!((&line(&faulty, "-7")["faulty"], &line(&faulty, "A-1")["faulty"]), (&true.into(), &false.into()));
    let day = desk.run(&words("stock day --json")).done().json;
    assert_eq!((&day["balanced"], &day["jobs"], &day["issued"]), (&true.into(), &1.into(), &1.into()), "{day}");
    assert_eq!((&day["types"][0]["type"], &day["types"][0]["received"]), (&"classic-1k".into(), &30.into()));
    let said = desk.run(&words("stock show")).done().stdout;
    assert!(said.contains("입고") && said.contains("A-1") && !said.contains("발급일"), "{said}");
    let said = desk.run(&words("stock day --lang en")).done().stdout;
    assert!(said.contains("Jobs handed over") && said.contains("Opened with"), "{said}");
}

#[test]
fn a_card_given_back_is_booked_to_stock_and_a_blanked_one_is_used_again() {
    let desk = ready_desk();
    desk.run(&words("stock receive --type classic-1k --lot A --count 30 --json")).done();
    let member = enrol(&desk, "홍길동");
    desk.run(&["issue", &member, "--json"]).done();
    desk.run(&words("hand-over 1 --json")).done();
    desk.run(&words("card return --number 12100300000001 --json")).done();
    let now = || line(&desk.run(&words("stock show --json")).done().json, "A");
    assert_eq!((counts(&now()), &now()["to_blank"]), ([30, 1, 0, 0, 1, 30], &1.into()));
    desk.run(&words("card blank --json")).done();
    assert_eq!((counts(&now()), &now()["to_blank"]), ([30, 1, 0, 0, 1, 30], &0.into()));
    assert_eq!(desk.run(&words("stock day --json")).done().json["balanced"], true);
}

#[test]
fn what_is_wrong_is_refused_by_its_code() {
    let desk = ready_desk();
    desk.run(&words("stock receive --type ntag213 --lot A --count 5 --json")).done();
    for (line, code) in [
        ("stock receive --type rfid --lot A --count 5", "stock-type"),
        ("stock receive --type 880314-1234567 --lot A --count 5", "identity-number"),
        ("stock receive --type ntag213 --lot 880314-1234567 --count 5", "identity-number"),
        ("stock receive --type ntag213 --lot A --count 0", "stock-count"),
        ("stock receive --type ntag213 --lot A --count -5", "stock-count"),
        ("stock receive --type ntag213 --lot A --count 100001", "stock-count"),
        ("stock receive --type ntag213 --lot A --count many", "stock-count"),
        ("stock take --type ntag213 --lot A --count 6 --as test --why x", "stock-short"),
        ("stock take --type ntag213 --lot A --count 1 --as issued --why x", "stock-as"),
        ("stock take --type ntag215 --lot A --count 1 --as test --why x", "stock-lot-unknown"),
        ("stock fault --type ntag213 --lot B --why x", "stock-lot-unknown"),
        ("stock open --type ntag213 --lot B", "stock-lot-unknown"),
        ("stock day --date 2026-13-01", "day"),
        ("stock day --date 2999-01-01", "stock-day-ahead"),
    ] {
        refused(&desk, &words(line), code);
    }
    refused(&desk, &["stock", "receive", "--type", "ntag213", "--lot", " ", "--count", "5"], "stock-lot");
    refused(&desk, &["stock", "fault", "--type", "ntag213", "--lot", "A", "--why", " "], "why-missing");
    refused(&desk, &["stock", "receive", "--type", "ntag213", "--lot", "A", "--count", "5", "--key", " "], "key-empty");
    assert_eq!(desk.run(&words("stock receive --type ntag213 --lot A")).status, Some(2), "a count has no default");
    assert_eq!(counts(&line(&desk.run(&words("stock show --json")).done().json, "A")), [5, 0, 0, 0, 0, 5]);
}

#[test]
fn a_key_books_once_and_few_blanks_are_warned_of() {
    let desk = ready_desk();
    let receive = words("stock receive --type ntag213 --lot A --count 5 --key k --json");
    desk.run(&receive).done();
    assert_eq!(desk.run(&receive).done().json[0]["received"], 5);
    refused(&desk, &words("stock receive --type ntag213 --lot A --count 6 --key k"), "key-reused");
    assert_eq!(desk.run(&words("stock show")).done().stderr, "", "no command is held up by it");
    let found = desk.run(&words("doctor --json")).json;
    let stock = found.as_array().unwrap().iter().find(|line| line["check"] == "stock").unwrap().clone();
    assert_eq!(stock["state"], "warn", "{stock}");
}
