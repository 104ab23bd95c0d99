//! Every chip of the contract from blank to hand-over, under both protections and every built-in profile; the images are
//! judged byte by byte from the specification. Then what must not be taken: clones, phones, other standards.

use crate::refusals::refused;
use crate::support::Desk;
use crate::support::chip::{UNFIT, judge};
use crate::{enrol, field, image, made, words};

const TYPE_2: [&str; 5] = ["ultralight-ev1", "ultralight-ev1-128", "ntag213", "ntag215", "ntag216"];

fn desk(chip: &str, protection: &str, profile: &str) -> Desk {
    let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", chip).with("ISSUER__CHIP__PROTECTION", protection);
    made(desk.with("ISSUER__CHIP__PROFILE", profile))
}

/// Issues a card to a new member and hands it over; gives the answer of `issue` and the card's image.
fn issued(desk: &Desk) -> (serde_json::Value, Vec<u8>) {
    let member = enrol(desk, "홍길동");
    let answer = desk.run(&["issue", &member, "--json"]).done().json;
    desk.run(&words("hand-over 1 --json")).done();
    let uid = field(&answer, "uid");
    let file = |end: &str| desk.path(&format!("var/simulator/cards/{uid}.{end}"));
    let image = std::fs::read(file("mfd")).or_else(|_| std::fs::read(file("bin"))).unwrap();
    (answer, image)
}

/// Live, sealed where the profile has a seal, nothing open.
fn is_whole(desk: &Desk, seal: &str) {
    let read = desk.run(&words("card read --json")).done().json;
    assert_eq!((&read["status"], &read["seal"]), (&"live".into(), &seal.into()), "{read}");
    let verified = desk.run(&words("card verify --json")).done().json;
    assert_eq!(
        (&verified["ok"], &verified["locks"]["open"], &verified["locks"]["unknown"]),
        (&true.into(), &0.into(), &0.into())
    );
}

#[test]
fn every_type_2_chip_holds_the_number_and_is_guarded_from_page_2_on() {
    for chip in TYPE_2 {
        for protection in ["keyed", "permanent"] {
            let desk = desk(chip, protection, "ieum");
            let (answer, image) = issued(&desk);
            assert_eq!((&answer["chip"], &answer["protection"]), (&chip.into(), &protection.into()));
            assert_eq!(answer["proof"]["let_through"], 0, "{answer}");
            judge(chip, protection, &image, "12100300000001");
            is_whole(&desk, "valid");
        }
    }
}

#[test]
fn a_classic_4k_is_locked_in_every_sector() {
    for protection in ["keyed", "permanent"] {
        let desk = desk("classic-4k", protection, "ieum");
        let (_, image) = issued(&desk);
        judge("classic-4k", protection, &image, "12100300000001");
        is_whole(&desk, "valid");
    }
}

#[test]
fn number_only_and_uid_only_are_handed_over_and_known_again() {
    for chip in ["classic-1k", "ntag213"] {
        let desk = desk(chip, "keyed", "number-only");
        let (_, image) = issued(&desk);
        let place = if chip == "classic-1k" { 64 } else { 16 };
        assert_eq!(&image[place..place + 16], b"12100300000001\0\0", "{chip}");
        is_whole(&desk, "absent");
        let desk = self::desk(chip, "keyed", "uid-only");
        let (_, image) = issued(&desk);
        assert!(!image.windows(14).any(|bytes| bytes == b"12100300000001"), "{chip}");
        is_whole(&desk, "absent");
    }
}

/// Proof `full` of the largest chips, as a library would set it.
#[test]
fn proof_full_attacks_every_block_and_page() {
    for (chip, attempts) in [("classic-1k", 190), ("ntag213", 43 + 2)] {
        let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", chip).with("ISSUER__CHIP__PROOF", "full");
        let desk = made(desk);
        let (answer, _) = issued(&desk);
        assert_eq!((&answer["proof"]["attempts"], &answer["proof"]["let_through"]), (&attempts.into(), &0.into()));
        assert_eq!(answer["proof"]["back_doors"], if chip == "classic-1k" { "refused" } else { "none" });
    }
}

#[test]
fn clones_phones_and_other_standards_are_refused_by_name_and_left_alone() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    let member = enrol(&desk, "홍길동");
    desk.run(&["issue", &member, "--wait", "0", "--json"]).refused("card-timeout");
    for (kind, code) in UNFIT {
        desk.run(&words("rig card lift --json"));
        let uid = field(&desk.run(&["rig", "card", "new", "--kind", kind, "--lay", "--json"]).done().json, "uid");
        let before = files_of(&desk, &uid);
        refused(&desk, &words("job resume 1"), code);
        assert_eq!(files_of(&desk, &uid), before, "{kind}");
        if code.starts_with("chip") {
            refused(&desk, &["card", "read"], code);
        }
    }
    // The same job goes on with a genuine card.
    desk.run(&words("rig card lift --json"));
    let uid = field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
    desk.run(&words("job resume 1 --json")).done();
    image(&desk, &uid).check("12100300000001");
}

/// Every file of a card: its image and whatever stands beside it.
fn files_of(desk: &Desk, uid: &str) -> Vec<Vec<u8>> {
    let cards = std::fs::read_dir(desk.path("var/simulator/cards")).unwrap().flatten();
    let mut files: Vec<_> = cards.map(|file| file.path()).filter(|file| file.to_string_lossy().contains(uid)).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn a_wrong_signature_of_the_maker_is_a_warning() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    let member = enrol(&desk, "홍길동");
    desk.run(&words("rig card new --kind ntag213 --forged-signature --lay --json")).done();
    let answer = desk.run(&["issue", &member, "--json"]).done().json;
    assert_eq!((&answer["originality"], &answer["state"]), (&"wrong".into(), &"ready".into()));
    let shown = desk.run(&words("job show 1 --json")).done();
    for said in [&answer, &shown.json, &desk.run(&words("job resume 1 --json")).done().json] {
        assert_eq!(said["warnings"][0]["code"], "originality-wrong", "{said}");
    }
    assert_eq!(shown.stderr, "");
    let said = desk.run(&words("job show 1 --lang en")).done().stderr;
    assert!(said.starts_with("warning: The chip maker's signature is wrong") && said.lines().count() == 2, "{said}");
    let read = desk.run(&words("card read --json")).done().json;
    assert_eq!((&read["originality"], &read["warnings"][0]["code"]), (&"wrong".into(), &"originality-wrong".into()));
}

/// Accepted on purpose, a clone is made into a card and its back door stands in the record.
#[test]
fn a_library_may_accept_clones_and_the_record_says_so() {
    let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none").with("ISSUER__CHIP__MAGIC_CARDS", "accept");
    let desk = made(desk);
    let member = enrol(&desk, "홍길동");
    desk.run(&words("rig card new --kind fm11rf08s --lay --json")).done();
    let answer = desk.run(&["issue", &member, "--json"]).done().json;
    assert_eq!((&answer["state"], &answer["proof"]["back_doors"]), (&"ready".into(), &"answered".into()));
}
