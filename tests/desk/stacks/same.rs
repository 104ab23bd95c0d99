//! The same cases over three stacks: the in-process reader, Debian's pcscd and libnfc. What comes out is the same card, in
//! the same exchanges. Judges are those of `support/chip.rs`. Start at the first test.

use std::cell::RefCell;

use issuer::simulator::field::Tear;

use super::stand::{LIMIT, Stack, Stand, ask, begin, each, enrol, field};
use crate::support::Desk;
use crate::support::chip::{self, KINDS};

const NUMBER: &str = "12100300000001";

#[test]
fn every_chip_keyed_is_the_same_card_in_the_same_exchanges() {
    every_chip("keyed");
}

#[test]
fn every_chip_made_permanent_is_the_same_card_in_the_same_exchanges() {
    every_chip("permanent");
}

fn every_chip(protection: &str) {
    let figures: RefCell<Vec<u64>> = RefCell::default();
    each(|stand| {
        let desk = stand.desk().with("ISSUER__CHIP__PROTECTION", protection);
        for (i, kind) in KINDS.into_iter().enumerate() {
            let [exchanges, commands] = issued(stand, &desk, kind, protection);
            println!("{:?} {kind} {protection}: {exchanges} exchanges, {commands} commands", stand.stack);
            match stand.stack {
                Stack::InProcess => figures.borrow_mut().push(exchanges),
                _ => assert_eq!(exchanges, figures.borrow()[i], "{kind}"),
            }
            // What is above one command an exchange is spent once, when the reader is taken: its timings are set.
            assert!(commands <= exchanges + 6, "{kind}: {commands} commands for {exchanges} exchanges");
            assert!(!kind.starts_with("classic") || commands * 5 <= exchanges * 6, "{kind}: over 1.2 an exchange");
        }
    });
}

/// From blank to live; gives exchanges and commands of `issue`.
fn issued(stand: &Stand, desk: &Desk, kind: &str, protection: &str) -> [u64; 2] {
    let member = enrol(desk);
    let uid = stand.lay_new(kind);
    let answer = ask(desk, &format!("issue {member}")).done().json;
    assert_eq!(
        [&answer["uid"], &answer["chip"], &answer["state"], &answer["protection"]],
        [uid.to_string().as_str(), kind, "ready", protection]
    );
    assert_eq!(answer["proof"]["let_through"], 0, "{answer}");
    ask(desk, &format!("hand-over {}", answer["job"])).done();
    chip::judge(kind, protection, &stand.image(uid), &field(&answer, "number"));
    let read = ask(desk, "card read").done().json;
    assert_eq!(
        [&read["status"], &read["seal"], &read["number"]],
        ["live", "valid", answer["number"].as_str().unwrap()]
    );
    let verified = ask(desk, "card verify").done().json;
    assert_eq!((&verified["ok"], &verified["locks"]["open"]), (&true.into(), &0.into()), "{verified}");
    ["exchanges", "commands"].map(|name| answer[name].as_u64().expect("a count"))
}

#[test]
fn torn_at_any_exchange_the_job_ends_on_the_same_card() {
    each(|stand| {
        let desk = stand.desk();
        // In the test for clones, in the first data, in the directory, while it is read back, in the attacks.
        for (kind, places) in [("classic-1k", [4, 30, 77, 110, 190]), ("ntag213", [2, 9, 18, 27, 40])] {
            for (after, how) in places.into_iter().zip(Tear::ALL) {
                let member = enrol(&desk);
                let uid = stand.lay_new(kind);
                stand.tear(after, how);
                let torn = ask(&desk, &format!("issue {member}")).refused("card-removed");
                let job = ask(&desk, "job list --open").done().json[0]["job"].to_string();
                assert_eq!(ask(&desk, "card read").status, Some(1), "nothing lies there after {torn:?}");
                stand.lay(uid);
                let answer = ask(&desk, &format!("job resume {job}")).done().json;
                assert_eq!((field(&answer, "state"), field(&answer, "uid")), ("ready".into(), uid.to_string()));
                chip::judge(kind, "keyed", &stand.image(uid), &field(&answer, "number"));
                ask(&desk, &format!("hand-over {job}")).done();
            }
        }
    });
}

#[test]
fn clones_phones_and_other_standards_are_named_and_nothing_is_written() {
    each(|stand| {
        let desk = stand.desk();
        let member = enrol(&desk);
        stand.lift();
        ask(&desk, &format!("issue {member} --wait 0")).refused("card-timeout");
        for (kind, code) in chip::UNFIT {
            let uid = stand.lay_new(kind);
            let before = stand.files(uid);
            // A PN532 hears no ISO 15693 at all.
            let deaf = kind == "iso15693" && stand.stack != Stack::InProcess;
            ask(&desk, "job resume 1 --wait 0.5").refused(if deaf { "card-timeout" } else { code });
            assert!(stand.files(uid) == before, "{kind} was written to");
        }
        let uid = stand.lay_new("classic-1k");
        ask(&desk, "job resume 1").done();
        chip::judge("classic-1k", "keyed", &stand.image(uid), NUMBER);
    });
}

#[test]
fn two_cards_at_once_are_two_and_neither_is_written() {
    each(|stand| {
        let desk = stand.desk();
        let member = enrol(&desk);
        let first = stand.lay_new("classic-1k");
        let second = stand.tray().new_blank("classic-1k".parse().unwrap()).unwrap();
        stand.tray().lay_beside(&stand.reader, second).unwrap();
        let before = [stand.files(first), stand.files(second)];
        ask(&desk, &format!("issue {member}")).refused("two-cards");
        assert!([stand.files(first), stand.files(second)] == before);
        ask(&desk, "card read").refused("two-cards");
        stand.lay(second);
        ask(&desk, "job resume 1").done();
        chip::judge("classic-1k", "keyed", &stand.image(second), NUMBER);
        assert!(stand.files(first) == before[0]);
    });
}

#[test]
fn proof_full_recover_and_blank_come_to_the_same() {
    each(|stand| {
        let desk = stand.desk().with("ISSUER__CHIP__PROOF", "full");
        for (kind, attempts) in [("classic-1k", 190), ("ntag213", 45)] {
            let member = enrol(&desk);
            let uid = stand.lay_new(kind);
            let blank = stand.image(uid);
            let answer = ask(&desk, &format!("issue {member}")).done().json;
            assert_eq!((&answer["proof"]["attempts"], &answer["proof"]["let_through"]), (&attempts.into(), &0.into()));
            ask(&desk, &format!("hand-over {}", answer["job"])).done();
            let whole = stand.image(uid);
            // What a phone app that knew our keys would do.
            stand.edit(uid, |bytes| bytes[if kind == "ntag213" { 20..36 } else { 64..80 }].fill(0xA5));
            assert_eq!(field(&ask(&desk, "card read").done().json, "status"), "overwritten");
            let done = ask(&desk, "card recover").done().json;
            assert_eq!((field(&done, "outcome"), field(&done, "status")), ("completed".into(), "live".into()));
            assert!(stand.image(uid) == whole, "{kind}");
            ask(&desk, "card blank").refused("card-in-use");
            let register = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
            register.execute_batch("UPDATE cards SET state = 'void'").unwrap();
            assert_eq!(field(&ask(&desk, "card blank").done().json, "status"), "blank");
            if kind == "classic-1k" {
                assert!(stand.image(uid) == blank, "{kind}");
            }
            assert_eq!(field(&ask(&desk, "card read").done().json, "status"), "blank");
        }
    });
}

/// The fresh UID is what tells, on every stack: on PC/SC the reader says besides that a card left, a board and the tray say nothing.
#[test]
fn a_card_swapped_in_mid_work_without_a_gap_is_not_written_and_the_first_one_is_finished() {
    each(|stand| {
        let desk = stand.desk().with("ISSUER__SIMULATOR__TIMING", "acr122u");
        let member = enrol(&desk);
        let uid = stand.lay_new("classic-1k");
        stand.slow();
        let running = begin(&desk, &format!("issue {member}"));
        stand.changes(uid, 3);
        let other = stand.tray().swap(&stand.reader, "classic-1k".parse().unwrap()).unwrap();
        let before = stand.files(other);
        running.end(LIMIT).refused("card-swapped");
        ask(&desk, "job resume 1").refused("card-swapped");
        assert!(stand.files(other) == before);
        stand.lay(uid);
        let answer = ask(&desk, "job resume 1").done().json;
        assert_eq!(field(&answer, "uid"), uid.to_string());
        chip::judge("classic-1k", "keyed", &stand.image(uid), NUMBER);
        assert!(stand.files(other) == before);
    });
}
