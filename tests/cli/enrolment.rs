//! Every kind of person by the command line: enrolled, put right, withdrawn; and no number of an identity document in any file
//! of the desk, whichever field it was typed into.

use serde_json::{Value, json};

use crate::support::{Desk, Output};
use crate::{field, made, ready_desk, words};

/// Enrols what is said over an adult whom nothing stands against.
fn enrol(desk: &Desk, over: Value) -> Output {
    let mut form =
        json!({ "name": "홍길동", "birth": "1988-03-14", "identity": "mobile", "consent": "local,national" });
    for (name, value) in over.as_object().expect("an object") {
        form[name] = value.clone();
    }
    form.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    desk.run_with(&["enrol", "--from", "-", "--json"], &form.to_string())
}

fn code(output: &Output) -> String {
    let line = output.stderr.lines().last().unwrap_or_default();
    serde_json::from_str::<Value>(line).map_or_else(|_| "done".to_owned(), |told| field(&told["error"], "code"))
}

#[test]
fn every_kind_of_person_is_enrolled_with_who_stands_in_and_how_they_consented() {
    let desk = made(Desk::new().with("ISSUER__LIBRARY__CONDITIONS", r#"["home", "school"]"#));
    let guardian = json!({ "name": "홍아이", "birth": "2019-05-05", "kind": "child", "condition": "school", "guardian": "홍판서", "guardian-identity": "passport", "consent-way": "on-paper", "consent-on": "2026-11-02" });
    let group = json!({ "name": "책사랑", "birth": "2020-01-01", "kind": "group", "identity": null, "condition": "home", "representative": "심청", "representative-identity": "driver-licence" });
    for (over, kind, who, identity, way, on) in [
        (json!({ "condition": "home" }), "adult", None, "mobile", "at-desk", None),
        (guardian, "child", Some("홍판서"), "mobile", "by-guardian-on-paper", Some("2026-11-02")),
        (group, "group", Some("심청"), "driver-licence", "at-desk", None),
        (
            json!({ "name": "Anna Smith", "kind": "foreigner", "condition": "home", "identity": "alien-card" }),
            "foreigner",
            None,
            "alien-card",
            "at-desk",
            None,
        ),
        (
            json!({ "name": "성춘향", "birth": "2010-05-05", "condition": "school" }),
            "teen",
            None,
            "mobile",
            "at-desk",
            None,
        ),
    ] {
        let member = enrol(&desk, over.clone()).done().json["member"].to_string();
        let shown = desk.run(&["member", "show", &member, "--json"]).done().json;
        assert_eq!((field(&shown, "kind"), shown["guardian"].as_str()), (kind.to_owned(), who), "{shown}");
        assert_eq!((field(&shown, "identity"), &shown["condition"]), (identity.to_owned(), &over["condition"]));
        let consents = shown["consents"].as_array().expect("consents").clone();
        assert_eq!(consents.len(), 2, "{shown}");
        for consent in consents {
            assert_eq!((field(&consent, "version"), field(&consent, "way")), ("2026-11".to_owned(), way.to_owned()));
            assert_eq!(field(&consent, "hash").len(), 64);
            assert!(on.is_none_or(|on| consent["given_on"] == on), "{consent}");
        }
        // The same in words, and each of ours has one.
        let said = desk.run(&["member", "show", &member]).done().stdout;
        assert!(said.contains("2026-11") && !said.contains(way), "{said}");
    }
    for (over, refused) in [
        (json!({ "name": "이몽룡" }), "condition-missing"),
        (json!({ "name": "이몽룡", "condition": "work" }), "condition"),
        (json!({ "name": "이몽룡", "condition": "home", "kind": "group" }), "representative-missing"),
        (json!({ "name": "이몽룡", "condition": "home", "birth": "2019-05-05" }), "guardian-missing"),
        (json!({ "name": "이몽룡", "condition": "home", "consent-on": "2999-01-01" }), "consent-on"),
        (json!({ "name": "이몽룡", "condition": "home", "consent-way": "by-guardian-at-desk" }), "consent-way"),
        (json!({ "name": "이몽룡", "condition": "home", "lang": "en" }), "from-option"),
    ] {
        assert_eq!(code(&enrol(&desk, over.clone())), refused, "{over}");
    }
}

#[test]
fn a_member_is_put_right_and_leaves_and_the_card_with_them() {
    let desk = ready_desk();
    enrol(&desk, json!({})).done();
    desk.run(&words("issue 1 --kind barcode --json")).done();
    assert_eq!(code(&desk.run(&words("member edit 1 --phone 010-1111-2222 --json"))), "job-open");
    assert_eq!(code(&desk.run(&words("member withdraw 1 --json"))), "job-open");
    desk.run(&words("hand-over 1 --json")).done();
    let edited = desk.run(&words("member edit 1 --name 홍길순 --phone 010-1111-2222 --key e --json")).done().json;
    assert_eq!(edited, json!({ "member": 1, "changed": ["name", "phone"], "renamed": true, "old_name_on": [1] }));
    let from = desk.run_with(&words("member edit 1 --from - --json"), r#"{"phone": ""}"#).done().json;
    assert_eq!(from["changed"], json!(["phone"]));
    assert_eq!(
        code(&desk.run_with(&words("member edit 1 --from - --json"), r#"{"identity": "mobile"}"#)),
        "from-option"
    );
    assert_eq!(code(&desk.run(&words("member edit 1 --birth 1988 --json"))), "birth-date");
    assert_eq!(code(&desk.run(&words("member edit 9 --phone 010-1111-2222 --json"))), "member-unknown");
    let left = desk.run(&words("member withdraw 1 --why 이사 --key w --json")).done().json;
    let wanted = json!({ "member": 1, "state": "withdrawn", "cards_ended": 1, "number_retired": "12100300000001" });
    assert_eq!(left, wanted);
    assert_eq!(desk.run(&words("member withdraw 1 --why 이사 --key w --json")).done().json, wanted);
    assert_eq!(code(&desk.run(&words("member withdraw 1 --json"))), "member-withdrawn");
    let shown = desk.run(&words("member show 1 --json")).done().json;
    assert_eq!((field(&shown, "state"), field(&shown, "withdrawn_why")), ("withdrawn".to_owned(), "이사".to_owned()));
    assert_eq!(
        (field(&shown["cards"][0], "state"), &shown["consents"][0]["withdrawn"]),
        ("void".to_owned(), &json!(true))
    );
    assert_eq!(code(&desk.run(&words("issue 1 --kind barcode --json"))), "member-withdrawn");
    let said = desk.run(&words("member show 1")).done().stdout;
    assert!(said.contains("탈퇴") && !said.contains("withdrawn"), "{said}");
}

/// Whatever number of a document, whatever field, by argument or on stdin: refused, said nowhere, and in no byte of the
/// database or of its log afterwards.
#[test]
fn the_number_of_a_document_is_in_no_byte_of_the_database() {
    const PLANTED: [&str; 8] = [
        "900314-1234567",
        "9003145234567",
        "M87654321",
        "M876Z4321",
        "11-22-876543-21",
        "112287654321",
        "PM8765432",
        "9 0 0 3 1 4 1 2 3 4 5 6 7",
    ];
    let desk = ready_desk();
    enrol(&desk, json!({})).done();
    let fields = [
        "name",
        "birth",
        "phone",
        "kind",
        "identity",
        "condition",
        "consent",
        "consent-way",
        "consent-on",
        "guardian",
        "guardian-identity",
        "representative",
        "representative-identity",
        "own-number",
        "key",
    ];
    let mut answers = Vec::new();
    for planted in PLANTED {
        for field in fields {
            answers.push((field, enrol(&desk, json!({ "name": "성춘향", field: planted }))));
            if !field.starts_with("consent") && field != "identity" {
                let form = json!({ field: format!("가 {planted}") }).to_string();
                answers.push((field, desk.run_with(&words("member edit 1 --from - --json"), &form)));
                let option = format!("--{field}");
                answers.push((field, desk.run(&["member", "edit", "1", &option, planted, "--json"])));
            }
        }
        answers.push(("why", desk.run(&["member", "withdraw", "1", "--why", planted, "--json"])));
        answers.push(("find", desk.run(&["member", "find", planted, "--json"])));
    }
    for (field, answer) in &answers {
        assert_eq!((answer.status, code(answer).as_str()), (Some(1), "identity-number"), "{field}: {answer:#?}");
        assert!(PLANTED.iter().all(|planted| !answer.stderr.contains(planted)), "{field}: {answer:#?}");
    }
    let mut read = 0;
    for file in ["var/issuer.db", "var/issuer.db-wal"] {
        let Ok(bytes) = std::fs::read(desk.path(file)) else { continue };
        read += bytes.len();
        for planted in PLANTED {
            let bare: String = planted.chars().filter(char::is_ascii_alphanumeric).collect();
            for text in [planted, bare.as_str()] {
                assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{text} lies in {file}");
            }
        }
    }
    assert!(read > 10_000, "the judge read the database");
    assert_eq!(desk.run(&words("member show 1 --json")).done().json["state"], "active");
}

#[test]
fn a_name_of_hyphens_is_refused_and_no_usage_error() {
    let desk = ready_desk();
    let refused = desk.run(&["enrol", "--name", "- -", "--birth", "1988-03-14", "--json"]);
    assert_eq!((refused.status, code(&refused).as_str()), (Some(1), "name-missing"), "{refused:#?}");
}
