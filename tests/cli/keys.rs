//! Idempotency keys: the same request twice is one thing done.

use crate::support::Desk;
use crate::{enrol, field, made, ready_desk, words};

const HONG: &str = "enrol --name 홍길동 --birth 1988-03-14 --identity resident-card --consent local,national --json";

#[test]
fn a_finished_request_answers_the_same_again() {
    let desk = ready_desk();
    let twice = |line: &str| {
        let first = desk.run(&words(line)).done().json;
        assert_eq!(desk.run(&words(line)).done().json, first, "{line}");
        first
    };
    assert_eq!(twice(&format!("{HONG} --key a"))["member"], 1);
    assert_eq!(twice("issue 1 --key b --json")["job"], 1);
    assert_eq!(twice("hand-over 1 --key c --json")["state"], "handed-over");
    assert_eq!(desk.run(&words("job list --json")).json.as_array().unwrap().len(), 1);
    // The job is done: the key of its issue still answers.
    assert_eq!(twice("issue 1 --key b --json")["state"], "handed-over");
}

#[test]
fn a_key_belongs_to_its_first_request() {
    let desk = ready_desk();
    enrol(&desk, "성춘향");
    desk.run(&words(&format!("{HONG} --key a"))).done();
    desk.run(&words("issue 1 --kind barcode --key b --json")).done();
    desk.run(&words("issue 2 --kind barcode --json")).done();
    for line in [
        "enrol --name 이몽룡 --birth 1990-01-01 --identity passport --consent local,national --key a --json",
        "issue 1 --kind rfid --key b --json",
        "issue 2 --kind barcode --key b --json",
        "issue 1 --kind barcode --key a --json",
        "hand-over 1 --key b --json",
        "job cancel 1 --key b --json",
        "job resume 1 --key b --json",
    ] {
        desk.run(&words(line)).refused("key-reused");
    }
    desk.run(&words("hand-over 1 --key c --json")).done();
    desk.run(&words("hand-over 2 --key c --json")).refused("key-reused");
    assert_eq!(desk.run(&words("job show 2 --json")).json["state"], "ready");
}

#[test]
fn a_failed_job_goes_on_under_its_key_and_a_refusal_is_judged_anew() {
    let desk = ready_desk();
    desk.run(&words("issue 1 --key a --json")).refused("member-unknown");
    enrol(&desk, "홍길동");
    desk.run(&words("rig card tear --after 90 --json")).done();
    desk.run(&words("issue 1 --key a --json")).refused("card-removed");
    let torn = desk.run(&words("job show 1 --json")).json;
    let done = desk.run(&words("issue 1 --key a --json")).done().json;
    assert_eq!((&done["job"], &done["number"], &done["uid"]), (&1.into(), &torn["number"], &torn["uid"]));
    assert_eq!(done["state"], "ready");
}

#[test]
fn a_print_is_booked_as_spoiled_once_whatever_comes_after() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    enrol(&desk, "홍길동");
    desk.run(&words("rig card new --lay --json")).done();
    let first = field(&desk.run(&words("issue 1 --json")).done().json, "uid");
    desk.run(&words("rig card lift --json")).done();
    // The spoiled card is booked, and then no blank comes.
    let spoil = "job resume 1 --print spoiled --key a --wait 0.1 --json";
    desk.run(&words(spoil)).refused("card-timeout");
    let blank = field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
    let second = desk.run(&words(spoil)).done().json;
    assert_eq!((field(&second, "uid"), field(&second, "number")), (blank, "12100300000001".into()));
    assert_eq!(desk.run(&words(spoil)).done().json, second, "spoiled twice");
    let cards = desk.run(&words("member show 1 --json")).done().json["cards"].clone();
    let states: Vec<String> = cards.as_array().unwrap().iter().map(|card| field(card, "state")).collect();
    assert_eq!(states, ["ready", "spoiled"]);
    assert_ne!(first, field(&second, "uid"));
    // That a finished job's card came out is nothing new.
    assert_eq!(desk.run(&words("job resume 1 --print out --json")).done().json, second);
}

#[test]
fn a_key_may_come_on_standard_input() {
    let desk = ready_desk();
    let person = r#"{"name":"홍길동","birth":"1988-03-14","identity":"mobile","consent":"local,national","key":"a"}"#;
    let first = desk.run_with(&words("enrol --from - --json"), person).done().json;
    assert_eq!(desk.run_with(&words("enrol --from - --json"), person).done().json, first);
    desk.run_with(&words("enrol --from - --json"), person.replace("\"a\"", "\"b\"").as_str())
        .refused("member-duplicate");
    let anyway = person.replace("\"a\"", "\"b\",\"anyway\":true");
    assert_eq!(desk.run_with(&words("enrol --from - --json"), &anyway).done().json["member"], 2);
    for (wrong, code) in [
        ("", "from-json"),
        ("[1]", "from-json"),
        ("{\"name\":", "from-json"),
        ("{\"names\":\"홍길동\"}", "from-option"),
        ("{\"name\":[\"홍길동\"]}", "from-value"),
        ("{\"key\":\"\"}", "key-empty"),
        ("{\"key\":\"900314-1234567\"}", "identity-number"),
    ] {
        let told = desk.run_with(&words("enrol --from - --json"), wrong).refused(code);
        assert!(!told.stderr.contains("홍길동"), "{told:?}");
    }
}
