//! `ledger show|close|reopen` by the contract's words: a day is closed with its anchor, every refusal, and a process that dies at any
//! step of a close.

use serde_json::{Value, json};

use crate::found::{past_guards, sql};
use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, made, words};

/// A desk on which somebody paid 2,000 won in cash.
fn paid() -> Desk {
    let desk = made(Desk::new().with("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000"));
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --kind barcode --json")).done();
    desk.run(&words("fee pay 1 --by cash --json")).done();
    desk
}

fn answer(desk: &Desk, line: &str) -> Value {
    desk.run(&words(&format!("{line} --json"))).done().json
}

/// How many entries of a kind there are, and rows of counts.
fn rows(desk: &Desk, what: &str) -> i64 {
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    let sql = match what {
        "counts" => "SELECT count(*) FROM ledger_counts".to_owned(),
        kind => format!("SELECT count(*) FROM ledger_entries WHERE kind = '{kind}'"),
    };
    store.query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_day_is_shown_closed_and_proven_by_its_anchor() {
    let desk = paid();
    let shown = answer(&desk, "ledger show");
    let totals = json!({ "charged": 2000, "paid": 2000, "waived": 0, "refunded": 0, "reversed": 0, "unpaid": 0 });
    assert_eq!(shown["totals"], totals);
    let entries = shown["entries"].as_array().unwrap();
    let kinds: Vec<String> = entries.iter().map(|entry| field(entry, "kind")).collect();
    assert_eq!(kinds, ["charge", "payment"]);
    for name in ["seq", "time", "kind", "charge", "job", "amount", "by", "allowed_by", "desk", "rule"] {
        assert!(entries.iter().all(|entry| entry.get(name).is_some()), "{name} in {shown}");
    }
    assert_eq!(
        (&entries[1]["amount"], &entries[1]["charge"], &entries[1]["job"]),
        (&2000.into(), &1.into(), &1.into())
    );
    let closed = answer(&desk, "ledger close --counted 2000 --key k");
    assert_eq!(closed["day"].as_str().unwrap(), &entries[0]["day"]);
    for (name, value) in
        [("counted", 2000), ("expected", 2000), ("difference", 0), ("receipt", 2), ("first_counted", 2000)]
    {
        assert_eq!(closed[name], value, "{name} in {closed}");
    }
    assert_eq!(
        (closed["desk"].as_str(), &closed["highest_receipt"], &closed["highest_serial"]),
        (Some(""), &1.into(), &1.into())
    );
    assert_eq!((&closed["anchor"]["chain"], &closed["anchor"]["sequence"]), (&"ledger_entries".into(), &3.into()));
    assert_eq!(field(&closed["anchor"], "head").len(), 64);
    assert_eq!(answer(&desk, "ledger close --counted 2,000 --key k"), closed, "a comma is no other request");
    // The answer as it is, and its anchor alone, are anchors.
    for (file, text) in [("whole.json", closed.to_string()), ("anchor.json", closed["anchor"].to_string())] {
        std::fs::write(desk.path(file), text).unwrap();
        let found = answer(&desk, &format!("audit verify --anchors {file}"));
        assert_eq!((&found["ok"], &found["proven"]), (&true.into(), &"anchored".into()), "{found}");
    }
    // The prints of the first receipt stay.
    past_guards(&desk, "DELETE FROM ledger_entries WHERE seq = 3; DELETE FROM receipt_prints WHERE receipt = 2");
    // The ends that are kept beside the chains say it, and so does the anchor.
    for against in ["", " --anchors anchor.json"] {
        let found = desk.run(&words(&format!("audit verify{against} --json")));
        assert_eq!(
            (found.status, &found.json["first_broken"], &found.json["chain"]),
            (Some(1), &3.into(), &"ledger_entries".into())
        );
    }
    for lang in ["ko", "en"] {
        let text = desk.run(&words(&format!("ledger show --lang {lang}")));
        assert!(text.stdout.contains("2,000") && !text.stdout.contains("ledger-"), "{}", text.stdout);
    }
}

#[test]
fn what_is_wrong_with_a_close_is_refused_by_its_code() {
    let desk = paid();
    for (line, code) in [
        ("ledger close --counted -1", "counted"),
        ("ledger close --counted x", "counted"),
        ("ledger close --counted 1.5", "counted"),
        ("ledger close --counted 0 --day 2999-01-01", "day-ahead"),
        ("ledger close --counted 0 --day 어제", "day"),
        ("ledger close --counted 0 --desk x", "drawer-unknown"),
        ("ledger close --counted 0 --why 880314-1234560", "identity-number"),
        ("ledger reopen --day 2020-01-01 --why 왜", "day-open"),
        ("ledger show --from 2020-01-02 --to 2020-01-01", "ledger-period"),
        ("ledger show --from x", "day"),
    ] {
        refused(&desk, &words(line), code);
    }
    // What was counted is kept.
    desk.run(&words("ledger close --counted 1500 --json")).refused("difference-unexplained");
    assert_eq!(rows(&desk, "counts"), 1);
    let closed = answer(&desk, "ledger close --counted 1500 --why 모자람");
    assert_eq!((&closed["difference"], &closed["first_counted"]), (&(-500).into(), &1500.into()));
    refused(&desk, &words("ledger close --counted 2000"), "day-closed");
    let day = field(&closed, "day");
    let opened = answer(&desk, &format!("ledger reopen --day {day} --why 다시셈 --key o"));
    assert_eq!(
        (&opened["refers"], field(&opened, "allowed_by").starts_with("os:")),
        (&closed["anchor"]["sequence"], true)
    );
    assert_eq!(answer(&desk, &format!("ledger reopen --day {day} --why 다시셈 --key o")), opened);
    let again = answer(&desk, "ledger close --counted 2000");
    assert_eq!((&again["difference"], &again["receipt"]), (&0.into(), &3.into()));
    // A desk without a won, of another number.
    let other = answer(&desk, "ledger close --counted 0 --desk 2");
    assert_eq!((field(&other, "desk"), &other["expected"]), ("2".into(), &0.into()));
    assert_eq!(answer(&desk, "audit verify")["ok"], true);
    let totals = &answer(&desk, "ledger show")["totals"];
    assert_eq!((&totals["charged"], &totals["paid"]), (&2000.into(), &2000.into()), "closes move no won");
}

#[test]
fn a_guard_that_was_taken_away_is_named_and_put_back_when_that_is_asked_for() {
    let desk = paid();
    sql(&desk, "DROP TRIGGER receipt_prints_no_update");
    let found = desk.run(&words("audit verify --json"));
    let guard = json!([{ "table": "receipt_prints", "guard": "receipt_prints_no_update", "changed": "missing" }]);
    assert_eq!((found.status, &found.json["ok"], &found.json["guards"]), (Some(1), &false.into(), &guard));
    assert_eq!((&found.json["first_broken"], &found.json["proven"]), (&Value::Null, &"consistent-in-itself".into()));
    for (lang, word) in [("ko", "보호 장치"), ("en", "guard receipt_prints_no_update is missing")] {
        let said = desk.run(&words(&format!("audit verify --lang {lang}")));
        assert!(said.stderr.contains(word) && said.stderr.contains("issuer audit verify --guards"), "{said:?}");
        assert!(
            !said.stdout.contains("guards") && !said.stdout.contains("notes"),
            "a word that nobody wrote: {said:?}"
        );
    }
    let back = answer(&desk, "audit verify --guards");
    assert_eq!((&back["ok"], &back["guards"]), (&true.into(), &json!([])), "{back}");
    assert_eq!(answer(&desk, "audit verify")["ok"], true);
    assert_eq!(desk.run(&words("audit verify --guards --recount")).status, Some(2));
}

/// Whatever step a close dies at: asked again it is closed once, with one receipt, and the books are whole.
#[cfg(debug_assertions)]
#[test]
fn killed_at_every_step_of_a_close_it_is_closed_once() {
    for mark in ["before:count", "after:count", "before:close-day", "after:close-day"] {
        let desk = paid();
        let line = "ledger close --counted 1500 --why 모자람 --key k --json";
        let output = desk.command().env("ISSUER_KILL", mark).args(words(line)).output().unwrap();
        assert_eq!(output.status.code(), None, "{mark} never came: {output:?}");
        let (closes, counts) = (rows(&desk, "close"), rows(&desk, "counts"));
        assert_eq!(closes, i64::from(mark == "after:close-day"), "{mark}");
        assert_eq!(counts, i64::from(mark != "before:count"), "{mark}");
        assert_eq!(answer(&desk, "audit verify")["ok"], true, "{mark}");
        let closed = desk.run(&words(line)).done().json;
        assert_eq!(
            (&closed["receipt"], &closed["difference"], &closed["first_counted"]),
            (&2.into(), &(-500).into(), &1500.into())
        );
        assert_eq!(desk.run(&words(line)).done().json, closed, "{mark}");
        assert_eq!(rows(&desk, "close"), 1, "{mark}");
        assert_eq!(answer(&desk, "audit verify")["ok"], true, "{mark}");
        let day = field(&closed, "day");
        let line = format!("ledger reopen --day {day} --why 다시셈 --key o --json");
        let mark = mark.replace("count", "reopen-day").replace("close-day", "reopen-day");
        let output = desk.command().env("ISSUER_KILL", &mark).args(words(&line)).output().unwrap();
        assert_eq!(output.status.code(), None, "{mark} never came: {output:?}");
        assert_eq!(rows(&desk, "reopen"), i64::from(mark.starts_with("after")), "{mark}");
        assert_eq!(desk.run(&words(&line)).done().json["refers"], closed["anchor"]["sequence"], "{mark}");
        assert_eq!(rows(&desk, "reopen"), 1, "{mark}");
        assert_eq!(answer(&desk, "audit verify")["ok"], true, "{mark}");
    }
}
