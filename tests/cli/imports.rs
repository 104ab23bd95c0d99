//! `import` and `convert` at the command line, whole: the number that stays, the password that comes by stdin alone, the own
//! card that ends at hand-over.

use serde_json::{Value, json};

use crate::support::{Desk, Output};
use crate::{field, made, ready_desk, words};

const NUMBER: &str = "11131400073925";
const PASSWORD: &str = "739182640517";

/// Everything that is asked for.
fn hong() -> Value {
    json!({ "name": "홍길동", "birth": "1988-03-14", "phone": "010-2345-6789", "identity": "resident-card",
        "consent": "local,national", "password": PASSWORD, "password-again": PASSWORD })
}

fn import(desk: &Desk, number: &str, form: &Value, more: &[&str]) -> Output {
    let line = [&["import", number, "--from", "-", "--json"][..], more].concat();
    desk.run_with(&line, &form.to_string())
}

/// With some fields changed; null takes one away.
fn with(changes: Value) -> Value {
    let mut form = hong();
    for (name, value) in changes.as_object().into_iter().flatten() {
        form[name] = value.clone();
    }
    form
}

#[test]
fn an_imported_member_gets_a_card_with_the_number_they_have() {
    let desk = ready_desk();
    let imported = import(&desk, NUMBER, &hong(), &["--key", "i"]).done().json;
    assert_eq!(imported["member"], 1);
    assert_eq!((field(&imported, "number"), imported["reconciled"].as_bool()), (NUMBER.to_owned(), Some(false)));
    assert_eq!(field(&imported["library"], "name"), "서울도서관");
    assert_eq!(import(&desk, NUMBER, &hong(), &["--key", "i"]).done().json, imported, "asked again under its key");
    import(&desk, NUMBER, &hong(), &[]).refused("member-known");
    let shown = desk.run(&words("member show 1 --json")).done().json;
    assert_eq!((field(&shown, "origin"), shown["reconciled"].is_null()), ("imported".to_owned(), true));
    let job = desk.run(&words("issue 1 --json")).done().json;
    assert_eq!(field(&job, "number"), NUMBER);
    desk.run(&words("hand-over 1 --json")).done();
    let card = desk.run(&words("card read --json")).done().json;
    assert_eq!((field(&card, "number"), field(&card, "status")), (NUMBER.to_owned(), "live".to_owned()));
    assert_eq!(desk.run(&words("card verify --json")).done().json["ok"], true);
    // A job that is cancelled leaves the number where it is.
    desk.run(&words("issue 1 --kind barcode --json")).done();
    assert_eq!(desk.run(&words("job cancel 2 --json")).done().json["number_retired"], false);
    assert_eq!(field(&desk.run(&words("member show 1 --json")).done().json, "number"), NUMBER);
}

#[test]
fn the_card_can_be_made_at_once() {
    let desk = ready_desk();
    let made = import(&desk, NUMBER, &hong(), &["--card", "barcode", "--key", "k"]).done().json;
    assert_eq!((made["member"].as_i64(), made["job"].as_i64()), (Some(1), Some(1)));
    assert_eq!((field(&made, "state"), field(&made, "number")), ("ready".to_owned(), NUMBER.to_owned()));
    let again = import(&desk, NUMBER, &hong(), &["--card", "barcode", "--key", "k"]).done().json;
    assert_eq!(again["job"], 1, "the same request is the same job");
    let chosen = with(json!({ "name": "성춘향", "card": "rfid" }));
    let made = import(&desk, "11131400000002", &chosen, &[]).done().json;
    assert_eq!((field(&made, "kind"), field(&made, "state")), ("rfid".to_owned(), "ready".to_owned()));
    import(&desk, "11131400000003", &with(json!({ "card": "paper" })), &[]).refused("import-card");
    let text = desk.run_with(&words("import 11199900000004 --from - --name 이몽룡"), &hong().to_string()).done().stdout;
    assert!(text.contains("111999 0000 0004") && text.contains("공공") && !text.contains("이몽룡"), "{text}");
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    let desk = made(Desk::new().with("ISSUER__LIBRARY__CONDITIONS", r#"["home"]"#));
    let condition = ["--condition", "home"];
    for (number, changes, code) in [
        ("1113140007392", json!({}), "member-number"),
        ("12100300000001", json!({}), "number-own"),
        (NUMBER, json!({ "name": "" }), "name-missing"),
        (NUMBER, json!({ "identity": null }), "identity-missing"),
        (NUMBER, json!({ "consent": "local" }), "import-national-missing"),
        (NUMBER, json!({ "consent": "" }), "consent-missing"),
        (NUMBER, json!({ "password": null }), "member-password-missing"),
        (NUMBER, json!({ "password-again": null }), "member-password-again"),
        (NUMBER, json!({ "password": "19880314", "password-again": "19880314" }), "member-password-birth"),
        (NUMBER, json!({ "password": "123456", "password-again": "123456" }), "member-password-run"),
        (NUMBER, json!({ "password": 739_182 }), "from-value"),
        (NUMBER, json!({ "own-number": "GP-1" }), "from-option"),
        (NUMBER, json!({ "condition": "moon" }), "condition"),
    ] {
        let more = if changes.get("condition").is_some() { &[][..] } else { &condition };
        import(&desk, number, &with(changes.clone()), more).refused(code);
    }
    import(&desk, NUMBER, &hong(), &[]).refused("condition-missing");
    desk.run_with(&words("import 11131400073925 --from - --json"), "{ \"password\": \"739").refused("from-json");
    desk.run(&words("import 11131400073925 --from file.json --json")).refused("from-stdin-only");
    for line in ["--password 739182", "--password=739182", "--password"] {
        let line = format!("import 11131400073925 {line} --json");
        let refused = desk.run(&words(&line)).refused("password-argument");
        assert!(!refused.stderr.contains("739182"), "{}", refused.stderr);
    }
    let found = desk.run(&words("member find 홍길동 --json")).done().json;
    assert_eq!(found.as_array().map(Vec::len), Some(0), "{found}");
    import(&desk, NUMBER, &hong(), &condition).done();
}

#[test]
fn the_password_and_an_identity_number_are_said_and_kept_nowhere() {
    let desk = ready_desk();
    const PLANTED: &str = "900314-1234567";
    let mut said = String::new();
    let mut run = |output: Output| {
        said.push_str(&output.stdout);
        said.push_str(&output.stderr);
    };
    run(import(&desk, NUMBER, &with(json!({ "password-again": "739182640518" })), &[]).refused("member-password-again"));
    for name in
        ["name", "birth", "phone", "kind", "identity", "consent", "guardian", "condition", "card", "password", "key"]
    {
        let mut changes = json!({ "guardian-identity": "passport" });
        changes[name] = PLANTED.into();
        if name == "password" {
            changes["password-again"] = PLANTED.into();
        }
        let output = import(&desk, NUMBER, &with(changes), &[]);
        // A condition is nothing to a library that asks for none.
        assert!(name == "condition" || output.status == Some(1), "{name}: {output:#?}");
        run(output);
    }
    let _ = import(&desk, "11131400000009", &with(json!({ "name": "성춘향" })), &["--card", "rfid"]).done();
    run(desk.run(&words("member show 1")));
    run(desk.run(&words("hand-over 1")));
    for text in [PASSWORD, "739182640518", PLANTED, "9003141234567"] {
        assert!(!said.contains(text), "{text} was said: {said}");
        let mut folders = vec![desk.path("var")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).unwrap();
                    assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{text} lies in {path:?}");
                }
            }
        }
    }
}

#[test]
fn an_own_card_is_converted_and_ends_when_the_new_one_is_handed_over() {
    let desk = made(Desk::new().with("ISSUER__LIBRARY__MEMBERSHIP", "on-request"));
    let enrol =
        "enrol --name 홍길동 --birth 1988-03-14 --identity resident-card --consent local --own-number GP-77 --json";
    desk.run(&words(enrol)).done();
    desk.run(&words("convert 1 --told --json")).refused("convert-consent-missing");
    desk.run(&words("convert 1 --consent national --json")).refused("convert-told-missing");
    desk.run(&words("convert 2 --consent national --told --json")).refused("member-unknown");
    desk.run(&words("convert 1 --kind paper --consent national --told --json")).refused("card-kind");
    desk.run(&words("convert 1 --consent national --told --pay cash --json")).refused("nothing-to-pay");
    desk.run(&words("convert 1 --consent national --told --consent-way by-phone --json")).refused("consent-way");
    let line = "convert 1 --consent national --consent-way on-paper --consent-on 2026-11-02 --told --key c --json";
    let line = words(line);
    let job = desk.run(&line).done().json;
    assert_eq!((field(&job, "number"), field(&job, "state")), ("12100300000001".to_owned(), "ready".to_owned()));
    assert_eq!(desk.run(&line).done().json["job"], job["job"]);
    let own_ended = || desk.run(&words("member show 1 --json")).done().json["own_ended"].clone();
    assert!(own_ended().is_null());
    desk.run(&words("hand-over 1 --json")).done();
    assert!(own_ended().is_string());
    let national = desk.run(&words("member show 1 --json")).done().json["consents"][1].clone();
    assert_eq!((field(&national, "way"), field(&national, "given_on")), ("on-paper".into(), "2026-11-02".into()));
    desk.run(&words("convert 1 --consent national --told --json")).refused("nothing-to-convert");
}

#[test]
fn a_conversion_is_paid_for_before_its_card_is_handed_over() {
    let desk = Desk::new().with("ISSUER__LIBRARY__MEMBERSHIP", "on-request");
    let desk = made(desk.with("ISSUER__FEES__CONVERSION__AMOUNT", "1000"));
    for (name, own) in [("홍길동", "GP-77"), ("성춘향", "GP-78")] {
        let enrol = format!(
            "enrol --name {name} --birth 1988-03-14 --identity resident-card --consent local --own-number {own} --json"
        );
        desk.run(&words(&enrol)).done();
    }
    let fees = |member: &str| desk.run(&words(&format!("fee show --member {member} --json"))).done().json;
    desk.run(&words("convert 1 --consent national --told --kind sticker --json")).done();
    assert_eq!(field(&fees("1")[0], "state"), "unpaid");
    desk.run(&words("hand-over 1 --json")).refused("fee-unpaid");
    desk.run(&words("fee pay 1 --by cash --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
    desk.run(&words("convert 2 --consent national --told --pay card --waive why --json")).refused("pay-and-waive");
    desk.run(&words("convert 2 --consent national --told --kind barcode --waive 감면 --json")).done();
    let waived = fees("2");
    assert_eq!((field(&waived[0], "state"), field(&waived[0], "why")), ("waived".to_owned(), "감면".to_owned()));
}

#[test]
fn a_group_and_a_consent_on_paper_are_taken_at_the_command_line() {
    let desk = ready_desk();
    let group = with(json!({ "name": "독서모임", "kind": "group", "identity": null }));
    import(&desk, NUMBER, &group, &[]).refused("representative-missing");
    let more = ["--representative", "성춘향", "--representative-identity", "passport"];
    let on_paper = ["--consent-way", "on-paper", "--consent-on", "2026-11-02"];
    import(&desk, NUMBER, &group, &[&more[..], &["--consent-way", "by-phone"]].concat()).refused("consent-way");
    import(&desk, NUMBER, &group, &[&more[..], &["--consent-on", "2999-01-01"]].concat()).refused("consent-on");
    import(&desk, NUMBER, &group, &[&more[..], &on_paper].concat()).done();
    let shown = desk.run(&words("member show 1 --json")).done().json;
    assert_eq!(field(&shown, "guardian"), "성춘향");
    assert_eq!(field(&shown["consents"][1], "way"), "on-paper");
    assert_eq!(field(&shown["consents"][1], "given_on"), "2026-11-02");
}
