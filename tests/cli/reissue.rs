//! `reissue`, `fee`, `card suspend|release|return` and what they do to `issue` and `hand-over`, by the contract's words:
//! the whole path of a lost card with its chip, every refusal, and a process that dies in the middle.

use serde_json::{Value, json};

use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, image, made, ready_desk, words};

/// A member with a chip card in hand.
fn holder(desk: &Desk) -> Value {
    enrol(desk, "홍길동");
    let issued = desk.run(&words("issue 1 --json")).done().json;
    desk.run(&words("hand-over 1 --json")).done();
    issued
}

fn answer(desk: &Desk, line: &str) -> Value {
    desk.run(&words(&format!("{line} --json"))).done().json
}

#[test]
fn a_lost_card_is_blocked_by_phone_replaced_and_void_at_hand_over() {
    let desk = ready_desk();
    let first = holder(&desk);
    let rule = first["fee"]["rule"].as_str().unwrap();
    assert!(rule.starts_with("first-issue@base#"), "{rule}");
    let free = json!({ "charge": 1, "amount": 0, "state": "free", "rule": rule, "basis": null, "receipt": null });
    assert_eq!(first["fee"], free);
    let blocked = answer(&desk, "card suspend --number 12100300000001 --why lost");
    let suspended = json!({ "card": 1, "member": 1, "number": "12100300000001", "kind": "rfid", "state": "suspended", "why": "lost" });
    assert_eq!(blocked, suspended);
    assert_eq!(answer(&desk, "card suspend --number 12100300000001 --why lost"), suspended);
    assert_eq!(field(&answer(&desk, "card read"), "status"), "suspended");
    // The finder's card is taken off the reader; a new one is laid down by the job.
    let old_uid = field(&first, "uid");
    let new = answer(&desk, "reissue 12100300000001 --reason lost --key r");
    assert_eq!((field(&new, "number"), &new["replaces"]), ("12100300000002".into(), &1.into()));
    assert_eq!((&new["state"], &new["kind"], &new["old_number"]), (&"ready".into(), &"rfid".into(), &first["number"]));
    let rule = new["fee"]["rule"].as_str().unwrap();
    assert!(rule.starts_with("lost@base#"), "{rule}");
    let due = json!({ "charge": 2, "amount": 2000, "state": "unpaid", "rule": rule, "basis": null, "receipt": null });
    assert_eq!(new["fee"], due);
    let uid = field(&new, "uid");
    image(&desk, &uid).check("12100300000002");
    assert_eq!((image(&desk, &uid).sequence(), uid != old_uid), (2, true));
    assert_eq!(answer(&desk, "reissue 12100300000001 --reason lost --key r"), new);
    // Unpaid it stays here.
    refused(&desk, &words("hand-over 2"), "fee-unpaid");
    let told = desk.run(&words("hand-over 2 --lang ko")).stderr;
    assert!(told.contains("2,000원") && told.contains("issuer fee pay 2"), "{told}");
    let paid = answer(&desk, "fee pay 2 --by cash --key p");
    let charge = json!({
        "charge": 2, "member": 1, "job": 2, "reason": "lost", "amount": 2000, "state": "paid", "receipt": 1,
    });
    for (name, value) in charge.as_object().unwrap() {
        assert_eq!(&paid[name], value, "{name} in {paid}");
    }
    assert_eq!(answer(&desk, "fee pay 2 --by cash --key p"), paid);
    refused(&desk, &words("fee pay 2 --by card"), "charge-settled");
    let handed = answer(&desk, "hand-over 2");
    assert_eq!((&handed["state"], &handed["replaces"]), (&"handed-over".into(), &1.into()));
    let shown = answer(&desk, "member show 1");
    let states: Vec<_> = shown["cards"].as_array().unwrap().iter().map(|card| field(card, "state")).collect();
    assert_eq!(
        (field(&shown, "number"), states),
        ("12100300000002".into(), vec!["live".to_owned(), "void".to_owned()])
    );
    assert_eq!(shown["cards"][1]["ended_why"], "lost");
    let listed = answer(&desk, "fee show");
    let states: Vec<_> = listed.as_array().unwrap().iter().map(|charge| field(charge, "state")).collect();
    assert_eq!(states, ["free", "paid"]);
    assert_eq!(answer(&desk, "fee show --member 1"), listed);
    // The old card, found at last: void, and no longer anybody's to block.
    desk.run(&["rig", "card", "lift", "--json"]).done();
    desk.run(&["rig", "card", "lay", &old_uid, "--json"]).done();
    assert_eq!(field(&answer(&desk, "card read"), "status"), "void");
    refused(&desk, &words("card suspend --why found"), "card-state");
    refused(&desk, &words("reissue 12100300000001 --reason lost"), "number-retired");
    // The log says it all, and the words of the clerk are not in it.
    let purposes = ["card-suspend, clerk's word", "reissue, clerk's word", "pay-fee, clerk's word"];
    let log = std::fs::read(desk.path("var/issuer.db")).unwrap();
    let wal = std::fs::read(desk.path("var/issuer.db-wal")).unwrap_or_default();
    for purpose in purposes {
        let stands = |bytes: &[u8]| bytes.windows(purpose.len()).any(|part| part == purpose.as_bytes());
        assert!(stands(&log) || stands(&wal), "{purpose}");
    }
}

#[test]
fn a_found_card_is_released_and_one_given_back_returned_on_the_reader() {
    let desk = ready_desk();
    holder(&desk);
    assert_eq!(field(&answer(&desk, "card suspend --why found"), "state"), "suspended");
    refused(&desk, &words("issue 1"), "card-live");
    for _ in 0..2 {
        let released = answer(&desk, "card release");
        assert_eq!((field(&released, "state"), &released["why"]), ("live".into(), &Value::Null));
    }
    assert_eq!(field(&answer(&desk, "card read"), "status"), "live");
    for _ in 0..2 {
        assert_eq!(field(&answer(&desk, "card return --key b"), "state"), "returned");
    }
    refused(&desk, &words("card release"), "card-state");
    refused(&desk, &words("reissue 12100300000001 --reason worn"), "card-none");
    // Who gave the card back may have another, under the same number.
    assert_eq!(field(&answer(&desk, "issue 1"), "number"), "12100300000001");
}

#[test]
fn what_cannot_be_done_is_refused_in_both_languages() {
    let desk = ready_desk();
    holder(&desk);
    for (line, code) in [
        ("reissue 12100300000001 --reason eaten", "reissue-reason"),
        ("reissue 12100300000001 --reason first-issue", "reissue-reason"),
        ("reissue 1210030000001 --reason lost", "member-number"),
        ("reissue -1 --reason lost", "member-number"),
        ("reissue 12100300000009 --reason lost", "number-unknown"),
        ("reissue 11131400000001 --reason lost", "number-foreign"),
        ("reissue 12100300000001 --reason lost --pay cash --waive no", "pay-and-waive"),
        ("reissue 12100300000001 --reason lost --pay gold", "pay-by"),
        ("reissue 12100300000001 --reason worn --pay cash", "nothing-to-pay"),
        ("reissue 12100300000001 --reason worn --waive kind", "nothing-to-pay"),
        ("reissue 12100300000001 --reason lost --kind gold", "card-kind"),
        ("reissue 12100300000001 --reason lost --reader X", "reader-unknown"),
        ("reissue 12100300000001 --reason lost --wait soon", "seconds"),
        ("issue 1 --kind barcode --pay cash", "nothing-to-pay"),
        ("fee show --member 9", "member-unknown"),
        ("fee pay 9 --by cash", "charge-unknown"),
        ("fee pay -1 --by cash", "charge-unknown"),
        ("fee pay 1 --by gold", "pay-by"),
        ("fee pay 1 --by cash", "charge-settled"),
        ("fee waive 1 --why x", "charge-settled"),
        ("card suspend --number 12100300000001 --why because", "suspend-why"),
        ("card suspend --number 12100300000009 --why lost", "number-unknown"),
        ("card suspend --number 11131400000001 --why lost", "number-foreign"),
        ("card release --number 121003", "member-number"),
        ("card suspend --reader X --why lost", "reader-unknown"),
    ] {
        refused(&desk, &words(line), code);
    }
    for empty in
        [&["reissue", "12100300000001", "--reason", "lost", "--waive", " "][..], &["fee", "waive", "1", "--why", ""]]
    {
        refused(&desk, empty, "why-missing");
    }
    desk.run(&words("rig card lift --json")).done();
    refused(&desk, &words("card suspend --why lost"), "card-not-there");
    let shown = answer(&desk, "member show 1");
    assert_eq!((&shown["cards"][0]["state"], shown["jobs"].as_array().map(Vec::len)), (&"live".into(), Some(1)));
}

#[test]
fn a_first_card_may_cost_and_is_paid_waived_or_left_unpaid() {
    let desk = made(Desk::new().with("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "1000"));
    for (name, options, state) in
        [("홍길동", "--pay card", "paid"), ("성춘향", "--waive 수급자", "waived"), ("이몽룡", "", "unpaid")]
    {
        let member = enrol(&desk, name);
        let job = answer(&desk, &format!("issue {member} --kind barcode {options}"));
        assert_eq!((&job["fee"]["amount"], field(&job["fee"], "state")), (&1000.into(), state.into()));
        assert_eq!(answer(&desk, &format!("job show {member}"))["fee"], job["fee"]);
    }
    refused(&desk, &words("hand-over 3"), "fee-unpaid");
    refused(&desk, &["hand-over", "3", "--unpaid", " "], "why-missing");
    answer(&desk, "hand-over 3 --unpaid 지갑을-두고-옴");
    let left = answer(&desk, "fee show --member 3");
    assert_eq!((field(&left[0], "state"), field(&left[0], "why")), ("unpaid".into(), "지갑을-두고-옴".into()));
    assert_eq!(field(&answer(&desk, "fee waive 3 --why 화재"), "state"), "waived");
    for job in ["1", "2"] {
        answer(&desk, &format!("hand-over {job}"));
    }
}

#[test]
fn a_cancelled_reissue_leaves_the_member_the_card_and_the_number() {
    let desk = ready_desk();
    holder(&desk);
    let new = answer(&desk, "reissue 12100300000001 --reason number-changed");
    assert_eq!(field(&new, "number"), "12100300000002");
    refused(&desk, &words("issue 1 --kind barcode"), "job-open");
    refused(&desk, &words("reissue 12100300000001 --reason worn"), "job-open");
    refused(&desk, &words("card release --number 12100300000001"), "job-open");
    let cancelled = answer(&desk, "job cancel 2");
    assert_eq!((&cancelled["card"], &cancelled["number_retired"]), (&"returned".into(), &true.into()));
    let shown = answer(&desk, "member show 1");
    assert_eq!((field(&shown, "number"), &shown["cards"][1]["state"]), ("12100300000001".into(), &"live".into()));
    assert_eq!(field(&answer(&desk, "job show 2")["fee"], "state"), "reversed");
    // The next number is a fresh one; the cancelled one is never given again.
    assert_eq!(field(&answer(&desk, "reissue 12100300000001 --reason number-changed"), "number"), "12100300000003");
}

/// Before and after each durable mark the reissue goes on where it stood: one new card, one charge, one number.
#[cfg(debug_assertions)]
#[test]
fn killed_at_a_mark_it_goes_on_and_charges_once() {
    for at in ["before:intent", "after:locked", "after:printed"] {
        let desk = ready_desk();
        holder(&desk);
        let line = "reissue 12100300000001 --reason lost --pay cash --key r --json";
        let killed = desk.command().env("ISSUER_KILL", at).args(words(line)).output().unwrap();
        assert_eq!(killed.status.code(), None, "{at} never came: {killed:?}");
        let done = desk.run(&words(line)).done().json;
        assert_eq!((&done["job"], &done["state"]), (&2.into(), &"ready".into()), "{at}");
        assert_eq!(answer(&desk, "fee show").as_array().map(Vec::len), Some(2), "{at}");
        for when in ["before:hand-over", "after:hand-over"] {
            let killed = desk.command().env("ISSUER_KILL", when).args(words("hand-over 2 --json")).output().unwrap();
            let shown = answer(&desk, "member show 1");
            let states =
                (field(&shown["cards"][0], "state"), field(&shown["cards"][1], "state"), field(&shown, "number"));
            let expected = match when {
                "before:hand-over" => ("ready".into(), "suspended".into(), "12100300000001".into()),
                _ => ("live".into(), "void".into(), "12100300000002".into()),
            };
            assert_eq!(states, expected, "{at} {when} {killed:?}");
        }
        assert_eq!(field(&answer(&desk, "hand-over 2"), "number"), "12100300000002", "{at}");
    }
}
