//! Several readers at once: each its own card, and one's loss is nobody else's. And readers that pass no raw frames, through
//! the stock vsmartcard-vpcd. Start at the first test.

use issuer::simulator::silicon::Uid;

use super::rig::{Rig, reader};
use super::stand::{LIMIT, Stack, Stand, ask, begin, enrol, field};
use crate::support::{Desk, chip};

/// A desk at the rig's PC/SC readers.
fn desk_at(rig: &Rig) -> Desk {
    let folder = rig.desk.path("var/simulator").to_str().unwrap().to_owned();
    let desk = Desk::new()
        .with("ISSUER__READER__KIND", "pcsc")
        .with("ISSUER__SIMULATOR__FOLDER", &folder)
        .with("ISSUER__SIMULATOR__DISPENSER", "none")
        .with("PCSCLITE_CSOCK_NAME", rig.pcsc_socket());
    desk.run(&["init", "--json"]).done();
    desk
}

/// A rig of four readers, and one desk at it with a member and a blank for each.
fn four(rig: &Rig) -> (Desk, Vec<String>, Vec<Uid>) {
    let desk = desk_at(rig);
    let members = (0..4).map(|_| enrol(&desk)).collect();
    let cards = (0..4).map(|number| rig.lay("classic-1k", &reader(number)).parse().unwrap()).collect();
    (desk, members, cards)
}

fn image(rig: &Rig, uid: Uid) -> Vec<u8> {
    std::fs::read(rig.image(&uid.to_string(), "mfd")).unwrap()
}

#[test]
fn four_jobs_at_once_on_four_readers_and_the_loss_of_one_touches_no_other() {
    let rig = Rig::start(&["--readers", "4", "--timing", "acr122u"]);
    for lost in [None, Some(2)] {
        (0..4).for_each(|number| drop(rig.ask(&["card", "lift", "--reader", &reader(number)])));
        let (desk, members, cards) = four(&rig);
        let start = |number: usize| desk.start(&["issue", &members[number], "--reader", &reader(number), "--json"]);
        let mut jobs: Vec<_> = (0..4).map(start).map(Some).collect();
        if let Some(lost) = lost {
            super::stand::changes(&rig.image(&cards[lost].to_string(), "mfd"), 3);
            rig.ask(&["unplug", &reader(lost)]);
            jobs[lost].take().unwrap().end(LIMIT).refused("reader-gone");
        }
        for (number, job) in jobs.into_iter().enumerate() {
            let Some(job) = job else { continue };
            let answer = job.end(LIMIT).done().json;
            assert_eq!(field(&answer, "uid"), cards[number].to_string(), "reader {number}");
            chip::judge("classic-1k", "keyed", &image(&rig, cards[number]), &field(&answer, "number"));
        }
        if let Some(lost) = lost {
            // The same job goes on when its reader is back.
            let open = ask(&desk, "job list --open").done().json;
            let open = open.as_array().unwrap().iter().find(|job| job["state"] != "ready").unwrap().clone();
            assert_eq!(field(&open, "uid"), cards[lost].to_string());
            let listed = |name: &str| {
                let listed = ask(&desk, "reader list").done().json;
                let all = listed.as_array().unwrap().iter();
                all.filter(|line| line["name"] == name).any(|line| line["state"] == "card")
            };
            while listed(&reader(lost)) {}
            rig.ask(&["plug", &reader(lost)]);
            while !listed(&reader(lost)) {}
            let answer = ask(&desk, &format!("job resume {}", open["job"])).done().json;
            chip::judge("classic-1k", "keyed", &image(&rig, cards[lost]), &field(&answer, "number"));
        }
    }
}

#[test]
fn two_rigs_side_by_side_have_each_their_own_readers() {
    let (one, other) = (Stand::start(Stack::Pcsc), Desk::new());
    // The other is a rig of its own folder without a turn: it is only looked at.
    let rig = other.start(&["rig", "simulate", "--readers", "2", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&rig.line(LIMIT)).unwrap();
    let desk = one.desk();
    let readers = |desk: &Desk| ask(desk, "reader list").done().json.as_array().unwrap().len();
    assert_eq!(readers(&desk), 1);
    let desk = desk.with("PCSCLITE_CSOCK_NAME", told["pcsc"]["socket"].as_str().unwrap());
    assert_eq!(readers(&desk), 2);
    let uid = one.lay_new("ntag213");
    let desk = desk.with("PCSCLITE_CSOCK_NAME", one.rig().pcsc_socket());
    let member = enrol(&desk);
    ask(&desk, &format!("issue {member}")).done();
    chip::judge("ntag213", "keyed", &one.image(uid), "12100300000001");
    assert_eq!(rig.stop().status, Some(0));
}

/// It is named as no ACR122U: FF 82, 86, B0, D6 (PC/SC part 3, 3.2.2.1).
#[test]
fn a_plain_storage_card_reader_makes_a_classic_and_says_what_it_cannot() {
    let rig = Rig::start(&["--readers", "0", "--vpcd-readers", "1", "--vpcd-plain"]);
    let desk = desk_at(&rig);
    let name = field(&ask(&desk, "reader list").done().json[0], "name");
    enrol(&desk);
    assert!(name.starts_with("Virtual PCD"), "{name}");
    let tray = field(&rig.told["pcsc"]["readers"][0], "tray");
    let uid: Uid = rig.lay("classic-1k", &tray).parse().unwrap();
    let began = std::time::Instant::now();
    let answer = begin(&desk, "issue 1").end(LIMIT).done().json;
    println!("{name}: {} exchanges, {} commands, {:?}", answer["exchanges"], answer["commands"], began.elapsed());
    ask(&desk, "hand-over 1").done();
    chip::judge("classic-1k", "keyed", &image(&rig, uid), "12100300000001");
    // vpcd looks every 400 ms only.
    let state = || field(&ask(&desk, "reader list").done().json[0], "state");
    rig.ask(&["card", "lift", "--reader", &tray]);
    while state() == "card" {}
    enrol(&desk);
    let tag = rig.lay("ntag213", &tray);
    while state() != "card" {}
    let before = std::fs::read(rig.image(&tag, "bin")).unwrap();
    ask(&desk, "issue 2").refused("reader-raw");
    assert!(std::fs::read(rig.image(&tag, "bin")).unwrap() == before);
}
