//! The rules of fees at the command line: exemptions, waiting days, the most of a year, the old card, and settings that cannot be.

use serde_json::{Value, json};

use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, words};

/// A desk with these settings, and a member with a bar code card in hand.
fn holder(settings: &[(&str, &str)]) -> Desk {
    let desk = settings.iter().fold(Desk::new(), |desk, (name, value)| desk.with(name, value));
    desk.run(&words("init --json")).done();
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --kind barcode --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
    desk
}

fn answer(desk: &Desk, line: &str) -> Value {
    desk.run(&words(&format!("{line} --json"))).done().json
}

#[test]
fn an_exemption_is_seen_or_there_is_none() {
    let desk = holder(&[("ISSUER__FEES__LOST__EXEMPT", "disabled"), ("ISSUER__FEES__LOST__NUMBER", "new")]);
    for (line, code) in [
        ("reissue 12100300000001 --reason lost --exempt disabled", "exempt-said"),
        ("reissue 12100300000001 --reason lost --exempt told", "exempt-proof-missing"),
        ("reissue 12100300000001 --reason damaged --exempt seen", "exempt-not-here"),
        ("reissue 12100300000001 --reason lost --exempt seen --pay cash", "nothing-to-pay"),
        ("issue 1 --exempt no", "exempt-said"),
    ] {
        refused(&desk, &words(line), code);
    }
    let made = answer(&desk, "reissue 12100300000001 --reason lost --exempt seen");
    let fee = &made["fee"];
    assert_eq!((&fee["amount"], &fee["state"], &fee["basis"]), (&0.into(), &"free".into(), &"exempt-seen".into()));
    assert!(field(fee, "rule").starts_with("lost@base#"), "{fee}");
    let told = desk.run(&words("job show 2 --lang en")).stdout;
    assert!(told.contains("exempt, proof seen"), "{told}");
    let handed = answer(&desk, "hand-over 2");
    assert_eq!((&handed["old_card"], &handed["replaces"]), (&"void".into(), &1.into()));
}

#[test]
fn what_waits_is_refused_and_let_by_name() {
    let desk = holder(&[
        ("ISSUER__FEES__LOST__WAIT_DAYS", "3"),
        ("ISSUER__FEES__DAMAGED__PER_YEAR", "1"),
        ("ISSUER__FEES__DAMAGED__OLD_CARD", "returned"),
    ]);
    refused(&desk, &words("reissue 12100300000001 --reason lost"), "reissue-wait");
    assert_eq!(answer(&desk, "member show 1")["cards"][0]["state"], "live", "a refusal blocks nothing");
    answer(&desk, "reissue 12100300000001 --reason damaged --pay cash");
    let handed = answer(&desk, "hand-over 2 --old-returned");
    assert_eq!(handed["old_card"], "returned");
    assert_eq!(answer(&desk, "hand-over 2 --old-returned")["old_card"], "returned");
    refused(&desk, &words("reissue 12100300000001 --reason damaged"), "reissue-limit");
    let let_go = answer(&desk, "reissue 12100300000001 --reason damaged --anyway --pay cash");
    assert_eq!(let_go["state"], "ready");
    assert_eq!(answer(&desk, "hand-over 3")["old_card"], "void", "it did not come back");
    refused(&desk, &words("hand-over 3 --old-returned"), "old-card-late");
}

#[test]
fn the_rule_of_a_charge_is_read_by_its_id() {
    let desk = holder(&[]);
    let made = answer(&desk, "reissue 12100300000001 --reason damaged --pay cash");
    assert_eq!(made["fee"]["receipt"], 1);
    let charges = answer(&desk, "fee show --member 12100300000001");
    assert_eq!(charges, answer(&desk, "fee show --member 1"));
    let paid = &charges[1];
    assert_eq!((&paid["rule"], &paid["basis"], &paid["evidence"]), (&made["fee"]["rule"], &Value::Null, &Value::Null));
    let rule = field(paid, "rule");
    let shown = desk.run(&["fee", "rule", &rule, "--json"]).done().json;
    assert!(shown["rule"] == rule && field(&shown, "text").contains("amount = 2000\n"), "{shown}");
    assert!(desk.run(&["fee", "rule", &rule]).done().stdout.contains("reason = damaged\n"));
    refused(&desk, &words("fee rule lost@base#00000000"), "fee-rule-unknown");
}

#[test]
fn a_free_reason_names_the_account_that_answers_for_it() {
    let desk = holder(&[]);
    let worn = answer(&desk, "reissue 12100300000001 --reason worn");
    assert_eq!(worn["fee"]["state"], "free");
    let charges = answer(&desk, "fee show");
    let by = field(&charges[1], "allowed_by");
    assert!(by.starts_with("os:"), "{charges}");
    let lines = answer(&desk, "access show");
    assert!(lines.to_string().contains("reissue-free, job 2"), "{lines}");
}

#[test]
fn a_fee_that_cannot_be_is_refused_at_the_start() {
    for (name, value, code) in [
        ("ISSUER__FEES__DEFECTIVE__AMOUNT", "1000", "settings-fee-own-fault"),
        ("ISSUER__FEES__LOST__SINCE", "tomorrow", "settings-fee-day"),
        ("ISSUER__FEES__LOST__EXEMPT", "friends", "settings-value"),
        ("ISSUER__FEES__LOST__CHANGE", "[{ amount = 1 }]", "settings-fee-since-missing"),
    ] {
        let desk = Desk::new().with(name, value);
        refused(&desk, &words("fee show"), code);
    }
    // From a day that has come the change rules, and a rule's id says since when.
    let change = "[{ since = \"2020-01-01\", amount = 2500 }, { since = \"2999-01-01\", amount = 9000 }]";
    let desk = holder(&[("ISSUER__FEES__LOST__CHANGE", change)]);
    let fee = answer(&desk, "reissue 12100300000001 --reason lost")["fee"].clone();
    assert_eq!(fee["amount"], json!(2500));
    assert!(field(&fee, "rule").starts_with("lost@2020-01-01#"), "{fee}");
}

#[test]
fn charges_are_listed_one_after_the_other_as_text_and_as_json() {
    let desk = Desk::new();
    desk.run(&words("init --json")).done();
    assert_eq!(answer(&desk, "fee show"), json!([]));
    assert_eq!(desk.run(&words("fee show --lang en")).done().stdout.lines().count(), 1, "nobody owes anything");
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --kind barcode --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
    desk.run(&words("reissue 12100300000001 --reason lost --json")).done();
    desk.run(&words("fee pay 2 --by cash --json")).done();
    let charges = answer(&desk, "fee show");
    assert_eq!(charges.as_array().map(Vec::len), Some(2));
    assert_eq!((&charges[1]["charge"], &charges[1]["paid_by"]), (&json!(2), &json!("cash")));
    assert_eq!(charges, answer(&desk, "fee show --member 1"));
    let shown = desk.run(&words("fee show --lang en")).done().stdout;
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("Charge"), "{shown}");
    assert!(lines[2].starts_with("2 ") && lines[2].contains("2,000") && lines[2].contains("cash"), "{shown}");
    let year = &field(&charges[1], "created")[..10];
    assert!(lines[2].contains(year) && !shown.contains("+09:00"), "{shown}");
}
