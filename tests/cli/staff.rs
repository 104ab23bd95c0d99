//! The staff from the command line: the contract's fields, every refusal, keys, and that no link and nothing typed in the
//! wrong place is kept.

use serde_json::Value;

use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, ready_desk, words};

const ADD: &str = "staff add 이몽룡 --role clerk --json";

fn token(answer: &Value) -> String {
    let link = field(answer, "setup");
    let (start, token) = link.rsplit_once('/').unwrap();
    assert!(start.starts_with("http://") && start.ends_with("/setup"), "{link}");
    assert_eq!((token.len(), token.bytes().all(|b| b.is_ascii_hexdigit())), (64, true), "{link}");
    token.to_owned()
}

/// Writes straight into the store: what only a person at the page could do is not tried here.
fn sql(desk: &Desk, change: &str) {
    rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap().execute_batch(change).unwrap();
}

#[test]
fn an_account_goes_its_way_and_each_answer_has_the_contract_s_fields() {
    let desk = ready_desk();
    assert_eq!(desk.run(&words("staff list --json")).done().json, serde_json::json!([]));
    let added = desk.run(&words(ADD)).done().json;
    let first = token(&added);
    let shows = |answer: &Value, role: &str, state: &str| {
        let shown = [&answer["staff"], &answer["name"], &answer["role"], &answer["state"], &answer["last_seen"]];
        assert_eq!(shown, [&1.into(), &"이몽룡".into(), &role.into(), &state.into(), &Value::Null]);
    };
    shows(&added, "clerk", "invited");
    desk.run(&words("staff add 성춘향 --role administrator --json")).done();
    let list = desk.run(&words("staff list --json")).done().json;
    shows(&list[0], "clerk", "invited");
    assert_eq!((list.as_array().map(Vec::len), &list[1]["name"]), (Some(2), &"성춘향".into()));
    assert!(list[0].get("setup").is_none());
    shows(&desk.run(&words("staff role 1 manager --json")).done().json, "manager", "invited");
    shows(&desk.run(&words("staff lock 1 --json")).done().json, "manager", "locked");
    refused(&desk, &words("staff reset 1"), "staff-state");
    shows(&desk.run(&words("staff unlock 1 --json")).done().json, "manager", "invited");
    let reset = desk.run(&words("staff reset 1 --json")).done().json;
    shows(&reset, "manager", "invited");
    assert_ne!(token(&reset), first);
    let member = enrol(&desk, "홍길동");
    let joined = desk.run(&words(&format!("staff member 1 {member} --json"))).done().json;
    assert_eq!(joined["member"].to_string(), member);
    assert_eq!(desk.run(&words("staff member 1 none --json")).done().json["member"], Value::Null);
    // People read words of the catalogue.
    let said = desk.run(&words("staff list")).done().stdout;
    assert!(said.contains("책임자") && said.contains("비밀번호 정하기 전") && !said.contains("manager"), "{said}");
    let said = desk.run(&words("staff list --lang en")).done().stdout;
    assert!(said.contains("administrator") && said.contains("no password yet"), "{said}");
}

#[test]
fn what_is_wrong_is_refused_by_its_code() {
    let desk = ready_desk();
    desk.run(&words(ADD)).done();
    desk.run(&["staff", "add", "Élodie Kim", "--role", "clerk", "--json"]).done();
    for (arguments, code) in [
        (&["staff", "add", "이몽룡", "--role", "manager"][..], "staff-name-taken"),
        (&["staff", "add", "이 몽룡", "--role", "clerk"], "staff-name-taken"),
        (&["staff", "add", "\u{110b}\u{1175}몽룡", "--role", "clerk"], "staff-name-taken"),
        (&["staff", "add", "élodie KIM", "--role", "clerk"], "staff-name-taken"),
        (&["staff", "add", "", "--role", "clerk"], "staff-name"),
        (&["staff", "add", "os:root", "--role", "clerk"], "staff-name"),
        (&["staff", "add", "이몽룡!", "--role", "clerk"], "staff-name"),
        (&["staff", "add", "880314-1234567", "--role", "clerk"], "identity-number"),
        (&["staff", "add", "변학도", "--role", "chief"], "role-unknown"),
        (&["staff", "add", "변학도", "--role", "880314-1234567"], "identity-number"),
        (&["staff", "add", "변학도", "--role", "clerk", "--member", "9"], "member-unknown"),
        (&["staff", "add", "변학도", "--role", "clerk", "--key", " "], "key-empty"),
        (&["staff", "role", "1", "chief"], "role-unknown"),
        (&["staff", "role", "9", "clerk"], "staff-unknown"),
        (&["staff", "lock", "9"], "staff-unknown"),
        (&["staff", "lock", "이몽룡"], "staff-unknown"),
        (&["staff", "unlock", "-1"], "staff-unknown"),
        (&["staff", "reset", "0"], "staff-unknown"),
        (&["staff", "member", "1", "9"], "member-unknown"),
        (&["staff", "member", "9", "none"], "staff-unknown"),
        (&["staff", "member", "1", "someone"], "member-unknown"),
    ] {
        refused(&desk, arguments, code);
    }
    assert_eq!(desk.run(&words("staff list --json")).done().json.as_array().map(Vec::len), Some(2));
    assert_eq!(desk.run(&words("staff add 변학도")).status, Some(2), "a role has no default");
    assert_eq!(desk.run(&words("staff")).status, Some(2));
}

#[test]
fn the_last_active_administrator_stays_and_who_else_could_be_is_named() {
    let desk = ready_desk();
    desk.run(&words("staff add 성춘향 --role administrator --json")).done();
    sql(&desk, "UPDATE staff SET state = 'active', password = 'x'");
    let told = |what: &str, lang: &str| desk.run(&[&words(what)[..], &["--lang", lang]].concat()).stderr;
    for line in ["staff lock 1", "staff reset 1", "staff role 1 clerk"] {
        refused(&desk, &words(line), "staff-last-administrator");
        assert!(told(line, "ko").contains("staff add"), "nobody else is there");
    }
    desk.run(&words(ADD)).done();
    refused(&desk, &words("staff lock 1"), "staff-last-administrator");
    assert!(!told("staff lock 1", "en").contains("이몽룡"), "one who has no password yet could not");
    sql(&desk, "UPDATE staff SET state = 'active', password = 'x'");
    for lang in ["ko", "en"] {
        assert!(told("staff lock 1", lang).contains("이몽룡 (2)"));
    }
    desk.run(&words("staff role 1 administrator --json")).done();
    desk.run(&words("staff role 2 administrator --json")).done();
    desk.run(&words("staff lock 1 --json")).done();
    refused(&desk, &words("staff role 2 manager"), "staff-last-administrator");
}

#[test]
fn a_key_makes_one_account_and_resets_it_once() {
    let desk = ready_desk();
    let add = [&words(ADD)[..], &["--key", "k"]].concat();
    let (one, two) = (desk.run(&add).done().json, desk.run(&add).done().json);
    assert_eq!((&one["staff"], &one["state"]), (&two["staff"], &two["state"]));
    token(&one);
    // The link is given once; asked again, the answer says where a new one comes from.
    assert_eq!(two["setup"], Value::Null);
    assert!(two["note"].as_str().is_some_and(|note| note.contains("issuer staff reset 1")), "{two}");
    assert!(one.get("note").is_none());
    desk.run(&words("staff add 이몽룡 --role manager --key k --json")).refused("key-reused");
    desk.run(&words("staff lock 1 --key k --json")).refused("key-reused");
    assert_eq!(desk.run(&words("staff list --json")).done().json.as_array().map(Vec::len), Some(1));
    let reset = words("staff reset 1 --key r --json");
    token(&desk.run(&reset).done().json);
    let again = desk.run(&reset).done().json;
    assert_eq!((&again["state"], &again["setup"]), (&"invited".into(), &Value::Null), "it takes no second password");
    refused(&desk, &words("staff unlock 1"), "staff-invited");
    sql(&desk, "UPDATE staff SET state = 'active', password = 'x'; DELETE FROM setups");
    desk.run(&words("staff lock 1 --key l --json")).done();
    desk.run(&words("staff unlock 1 --key u --json")).done();
    assert_eq!(desk.run(&words("staff lock 1 --key l --json")).done().json["state"], "locked", "as it was answered");
    assert_eq!(desk.run(&words("staff list --json")).done().json[0]["state"], "active", "and is not done again");
}

#[test]
fn no_link_and_no_password_that_was_typed_as_a_name_is_kept_or_said() {
    let desk = ready_desk();
    let secret = "살구나무/아래서=2026";
    let mut said = String::new();
    for arguments in [
        &["staff", "add", secret, "--role", "clerk", "--key", "a", "--json"][..],
        &["staff", "add", secret, "--role", "clerk"],
        &["staff", "add", "이몽룡", "--role", secret],
        &["staff", "lock", "1", "--json"],
    ] {
        let output = desk.run(arguments);
        said.push_str(&output.stdout);
        said.push_str(&output.stderr);
        assert_eq!(output.status, Some(1), "{output:?}");
    }
    assert!(!said.contains(secret), "{said}");
    let tokens =
        [token(&desk.run(&words(ADD)).done().json), token(&desk.run(&words("staff reset 1 --json")).done().json)];
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(desk.path("var")).unwrap().flatten().filter(|file| file.path().is_file()) {
        bytes.extend(std::fs::read(file.path()).unwrap());
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("이몽룡"), "the database is read");
    assert!(!holds(secret) && !tokens.iter().any(|token| holds(token)));
}
