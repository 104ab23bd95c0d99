//! `card blank`: what nobody has any more becomes a blank, and nothing else does.

use crate::found::{by_hand, edit, forget_cards, lay, live_card, read, ready_card, sql, take_sector};
use crate::recover::{killed_at, states};
use crate::refusals::refused;
use crate::{enrol, field, image, words};

#[test]
fn a_card_in_use_is_not_blanked_and_one_that_is_nobodys_is() {
    let desk = by_hand();
    let uid = ready_card(&desk, "홍길동");
    let before = image(&desk, &uid).0;
    for state in ["in-work", "ready", "live", "suspended"] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        refused(&desk, &words("card blank"), "card-in-use");
        let told = desk.run(&words("card blank --lang en")).stderr;
        assert!(told.contains("121003 0000 0001") && told.contains("member 1"), "{told}");
        assert_eq!(image(&desk, &uid).0, before, "{state}");
    }
    let told = desk.run(&words("card blank --lang en")).stderr;
    assert!(!told.contains("issuer"), "no command ends a suspension yet: {told}");
    for (state, after) in [("void", "returned"), ("returned", "returned"), ("spoiled", "spoiled")] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        edit(&desk, &uid, |bytes| bytes.copy_from_slice(&before));
        let blanked = desk.run(&words("card blank --json")).done().json;
        let said = if state == "spoiled" { "spoiled" } else { "blank" };
        assert_eq!((field(&blanked, "uid"), field(&blanked, "status")), (uid.clone(), said.into()));
        assert_eq!(field(&blanked, "next").contains("폐기"), state == "spoiled", "{blanked}");
        assert_eq!((field(&blanked, "chip"), &blanked["already"]), ("classic-1k".into(), &false.into()));
        assert!(image(&desk, &uid).is_blank(), "{state}");
        assert_eq!(states(&desk, 1), [after], "{state}");
    }
    let again = desk.run(&words("card blank --json")).done().json;
    assert_eq!((field(&again, "status"), &again["already"]), ("spoiled".into(), &true.into()));
}

#[test]
fn a_returned_card_becomes_another_members() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    sql(&desk, "UPDATE cards SET state = 'void'");
    desk.run(&words("card blank --json")).done();
    assert_eq!(field(&read(&desk), "status"), "blank");
    let member = enrol(&desk, "성춘향");
    let issued = desk.run(&["issue", &member, "--json"]).done().json;
    assert_eq!(field(&issued, "uid"), uid);
    image(&desk, &uid).check("12100300000002");
}

#[test]
fn a_card_that_the_register_lost_is_blanked_and_a_strange_one_is_not_touched() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    forget_cards(&desk);
    desk.run(&words("card blank --json")).done();
    assert!(image(&desk, &uid).is_blank());
    edit(&desk, &uid, |bytes| take_sector(bytes, 15));
    let before = image(&desk, &uid).0;
    refused(&desk, &words("card blank"), "unknown-key");
    assert_eq!(image(&desk, &uid).0, before);
}

/// Sampled; every exchange is torn in the encoder's own sweep.
#[test]
fn torn_while_blanking_it_is_blanked_by_the_next_who_tries() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let whole = image(&desk, &uid).0;
    for (i, after) in [81, 95, 120, 160, 200].into_iter().enumerate() {
        sql(&desk, "UPDATE cards SET state = 'void'");
        edit(&desk, &uid, |bytes| bytes.copy_from_slice(&whole));
        lay(&desk, &uid);
        desk.run(&["rig", "card", "tear", "--after", &after.to_string(), "--json"]).done();
        desk.run(&words("card blank --json")).refused("card-removed");
        lay(&desk, &uid);
        let status = field(&read(&desk), "status");
        assert!(["void", "blank"].contains(&status.as_str()), "{status} after {after}");
        let by = if i % 2 == 0 { "card blank --json" } else { "card recover --json" };
        let done = desk.run(&words(by)).done().json;
        assert_eq!(field(&done, "status"), "blank", "{after}: {done}");
        assert!(image(&desk, &uid).is_blank(), "{after}");
        assert_eq!(states(&desk, 1), ["returned"]);
    }
}

#[test]
fn a_request_is_held_to_its_card_and_answered_the_same_again() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    sql(&desk, "UPDATE cards SET state = 'void'");
    let first = desk.run(&words("card blank --key a --json")).done().json;
    // Another card lies there now, and it is void as well.
    let other = live_card(&desk, "성춘향", 2);
    sql(&desk, "UPDATE cards SET state = 'void' WHERE state = 'live'");
    let before = image(&desk, &other).0;
    assert_eq!(desk.run(&words("card blank --key a --json")).done().json, first);
    desk.run(&words("card recover --key a --json")).refused("key-reused");
    // One that was torn goes on with its own card only.
    desk.run(&words("rig card tear --after 120 --json")).done();
    desk.run(&words("card blank --key b --json")).refused("card-removed");
    lay(&desk, &uid);
    desk.run(&words("card blank --key b --json")).refused("card-swapped");
    lay(&desk, &other);
    assert_ne!(image(&desk, &other).0, before);
    assert_eq!(field(&desk.run(&words("card blank --key b --json")).done().json, "uid"), other);
    assert!(image(&desk, &other).is_blank());
}

#[cfg(debug_assertions)]
#[test]
fn around_blanking_the_same_request_ends_right() {
    for mark in ["blank-intent", "blanked"] {
        for when in ["before", "after"] {
            let desk = by_hand();
            let uid = live_card(&desk, "홍길동", 1);
            sql(&desk, "UPDATE cards SET state = 'void'");
            killed_at(&desk, when, mark, "card blank --key a --json");
            let done = desk.run(&words("card blank --key a --json")).done().json;
            assert_eq!((field(&done, "status"), states(&desk, 1)), ("blank".into(), vec!["returned".to_owned()]));
            assert!(image(&desk, &uid).is_blank(), "{when} {mark}");
        }
    }
}
