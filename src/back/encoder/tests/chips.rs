//! The Classics under every profile and protection, clones, strangers and flaky links.

use super::finished::{fault, fault_under};
use super::tears::{Act, Case};
use super::trouble::with_trailer;
use super::*;
use crate::plan::chip::BackDoors;

const NUMBER: &str = "12100300000001";

fn silicon(kind: Kind, uid: &str) -> Silicon {
    Silicon::blank(kind, uid.parse().unwrap())
}

fn of_profile(text: &str) -> Profile {
    Profile::parse(text, "x.toml").unwrap()
}

const NUMBER_ONLY: &str = include_str!("../../../../templates/chips/number-only.toml");
const UID_ONLY: &str = include_str!("../../../../templates/chips/uid-only.toml");

/// Makes a card of a profile and proves it; gives the reader and the proof.
fn make(card: Silicon, profile: &Profile, protection: Protection, level: ProofLevel) -> (LooseReader, Proof) {
    let mut reader = LooseReader::with_card(card);
    let target = identify(&mut reader).unwrap();
    let plan = EncodePlan::new(profile, target.kind, &target.uid, &content(1, 1), &keys(1), protection).unwrap();
    let proof = ProofPlan::new(&plan, level).unwrap();
    let (_, proof) = encode_and_prove(&mut reader, &target, &plan, &proof, &mut |_| Ok(())).unwrap();
    (reader, proof)
}

fn read_back(reader: &mut LooseReader, profile: &Profile, depth: Depth) -> crate::plan::chip::Reading {
    let target = identify(reader).unwrap();
    let plan = ReadPlan::new(profile, target.kind, &target.uid, site(), &keys(1), depth).unwrap();
    read(reader, &target, &plan).unwrap()
}

#[test]
fn a_4k_card_is_whole_to_its_last_large_sector() {
    for uid in [FOUR, SEVEN] {
        let (mut reader, proof) = make(silicon(Kind::Classic4k, uid), &profile(), Protection::Keyed, ProofLevel::Full);
        assert_eq!(fault(&image(&reader), NUMBER), None);
        // 255 blocks but the maker's; eight keys a sector, but for two directories read with a well-known one.
        assert_eq!((proof.attempts.len(), proof.let_through()), (255 + 40 * 8 - 2, 0));
        let reading = read_back(&mut reader, &profile(), Depth::Whole);
        assert_eq!((reading.findings.as_slice(), reading.lock_counts()), (&[][..], (40, 0, 0)));
        assert_eq!(reading.holder, crate::plan::chip::Holder::Ours { versions: vec![1] });
    }
}

#[test]
fn permanent_freezes_the_data_and_leaves_the_keys_to_key_b() {
    for kind in [Kind::Classic1k, Kind::Classic4k] {
        let (mut reader, proof) = make(silicon(kind, FOUR), &profile(), Protection::Permanent, ProofLevel::Used);
        assert_eq!(fault_under(&image(&reader), NUMBER, [0x87, 0x8F, 0x07]), None);
        assert_eq!(proof.let_through(), 0);
        assert!(read_back(&mut reader, &profile(), Depth::Whole).findings.is_empty());
    }
}

#[test]
fn permanent_may_freeze_the_keys_too() {
    let profile = of_profile(&PROFILE.replace("\"878F07\"", "\"078F0F\""));
    let (reader, _) = make(silicon(Kind::Classic1k, SEVEN), &profile, Protection::Permanent, ProofLevel::Full);
    assert_eq!(fault_under(&image(&reader), NUMBER, [0x07, 0x8F, 0x0F]), None);
}

/// A visit to a card that is locked for ever already: it holds what it should, or it is not for this job.
#[test]
fn a_permanent_card_is_left_as_it_is_and_takes_nothing_else() {
    let (mut reader, _) = make(silicon(Kind::Classic1k, FOUR), &profile(), Protection::Permanent, ProofLevel::Used);
    let before = image(&reader);
    let target = identify(&mut reader).unwrap();
    let plan = |content| {
        EncodePlan::new(&profile(), target.kind, &target.uid, &content, &keys(1), Protection::Permanent).unwrap()
    };
    let again = encode(&mut reader, &target, &plan(content(1, 1)), &mut |_| Ok(())).unwrap();
    assert_eq!(again.locks, 0);
    let other = encode(&mut reader, &target, &plan(content(2, 1)), &mut |_| Ok(())).unwrap_err();
    assert_eq!((other.trouble.code, other.fate), ("card-permanent", Fate::Unusable));
    let blanked = blank(&mut reader, &target, &blank_plan(&target), &mut |_| Ok(())).unwrap_err();
    assert_eq!((blanked.trouble.code, blanked.fate), ("card-permanent", Fate::Unusable));
    assert_eq!(image(&reader), before);
}

#[test]
fn number_only_writes_one_block_and_locks_every_sector() {
    let profile = of_profile(NUMBER_ONLY);
    let (mut reader, proof) = make(silicon(Kind::Classic1k, FOUR), &profile, Protection::Keyed, ProofLevel::Used);
    let image = image(&reader);
    let blank = silicon(Kind::Classic1k, FOUR);
    assert_eq!(&image[64..80], b"12100300000001\0\0");
    for block in (0..64).filter(|block| block % 4 != 3 && *block != 4) {
        assert_eq!(image[block * 16..][..16], blank.image()[block * 16..][..16], "block {block}");
    }
    assert!((0..16).all(|sector| image[sector * 64 + 54..][..3] == [0x78, 0x77, 0x88]));
    assert_ne!(image[48..54], [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5], "no directory is announced");
    assert_eq!(proof.let_through(), 0);
    let reading = read_back(&mut reader, &profile, Depth::Whole);
    assert_eq!((reading.intact, reading.number.unwrap().as_str()), (true, NUMBER));
    assert_eq!((reading.seal, reading.findings), (crate::plan::chip::Seal::Absent, vec![]));
}

#[test]
fn uid_only_writes_nothing_and_locks_every_sector() {
    let profile = of_profile(UID_ONLY);
    let (mut reader, _) = make(silicon(Kind::Classic1k, SEVEN), &profile, Protection::Keyed, ProofLevel::Full);
    let (image, blank) = (image(&reader), silicon(Kind::Classic1k, SEVEN));
    for block in (0..64).filter(|block| block % 4 != 3) {
        assert_eq!(image[block * 16..][..16], blank.image()[block * 16..][..16], "block {block}");
    }
    assert!((0..16).all(|sector| image[sector * 64 + 54..][..3] == [0x78, 0x77, 0x88]));
    let reading = read_back(&mut reader, &profile, Depth::Data);
    assert!(reading.intact && !reading.transport && reading.number.is_none() && reading.findings.is_empty());
    let blank = read_back(&mut LooseReader::with_card(blank), &profile, Depth::Data);
    assert!(blank.transport && !blank.intact);
}

#[test]
fn a_reading_tells_whose_keys_rule() {
    use crate::plan::chip::Holder;
    let (mut ours, _) = make(silicon(Kind::Classic1k, FOUR), &profile(), Protection::Keyed, ProofLevel::Used);
    assert_eq!(read_back(&mut ours, &profile(), Depth::Whole).holder, Holder::Ours { versions: vec![1] });
    let mut blank = LooseReader::with_card(silicon(Kind::Classic1k, FOUR));
    assert_eq!(read_back(&mut blank, &profile(), Depth::Whole).holder, Holder::Transport);
    // Somebody put a key of theirs into sector 5.
    let mut image = image(&ours);
    image[5 * 64 + 58..6 * 64].fill(0x5A);
    let changed = Silicon::from_image(Kind::Classic1k, FOUR.parse().unwrap(), &image).unwrap();
    assert_eq!(read_back(&mut LooseReader::with_card(changed), &profile(), Depth::Whole).holder, Holder::Other);
}

/// Raised by a library that moves its fields: the cards that are out keep their keys, and are written anew with the next ones.
#[test]
fn a_card_of_an_older_layout_stays_ours() {
    use crate::plan::chip::Holder;
    let (mut reader, _) = make(silicon(Kind::Classic1k, FOUR), &profile(), Protection::Keyed, ProofLevel::Used);
    let newer = of_profile(&PROFILE.replace("layout = 1", "layout = 3"));
    let reading = read_back(&mut reader, &newer, Depth::Whole);
    assert_eq!((reading.holder, reading.intact), (Holder::Ours { versions: vec![1] }, true));
    let target = identify(&mut reader).unwrap();
    let plan = EncodePlan::new(&newer, target.kind, &target.uid, &content(1, 1), &keys(1), Protection::Keyed).unwrap();
    assert_eq!(encode(&mut reader, &target, &plan, &mut |_| Ok(())).unwrap().locks, 16);
    assert!(read_back(&mut reader, &newer, Depth::Whole).findings.is_empty());
}

/// What a phone app tries opens it and may write there.
#[test]
fn a_sector_under_any_known_key_is_open() {
    let mut image = silicon(Kind::Classic1k, FOUR).image().to_vec();
    for sector in 1..16 {
        image[sector * 64 + 48..sector * 64 + 54].copy_from_slice(&[0xD3, 0xF7, 0xD3, 0xF7, 0xD3, 0xF7]);
        image[sector * 64 + 54..sector * 64 + 58].copy_from_slice(&[0x7F, 0x07, 0x88, 0x40]);
        image[sector * 64 + 58..sector * 64 + 64].copy_from_slice(&[0xD3, 0xF7, 0xD3, 0xF7, 0xD3, 0xF7]);
    }
    let card = Silicon::from_image(Kind::Classic1k, FOUR.parse().unwrap(), &image).unwrap();
    let reading = read_back(&mut LooseReader::with_card(card), &profile(), Depth::Whole);
    assert_eq!((reading.lock_counts(), reading.transport), ((0, 16, 0), false));
}

/// A sector is somebody else's: what was taken of the card before is given back, and nothing of ours stays on it.
#[test]
fn a_blank_with_a_foreign_sector_is_left_as_it_was() {
    for sector in [0, 2, 9, 15] {
        let mut trailer = [0x5A; 16];
        trailer[6..10].copy_from_slice(&[0x78, 0x77, 0x88, 0x00]);
        let card = with_trailer(FOUR, sector, &trailer);
        let mut reader = LooseReader::with_card(card.clone());
        let stop = encode_here(&mut reader, false, &mut Vec::new()).unwrap_err();
        assert_eq!((stop.trouble.code, stop.fate), ("unknown-key", Fate::Unusable), "{sector}");
        assert_eq!(image(&reader), card.image(), "{sector}");
    }
}

/// By name, before anything is written.
#[test]
fn clones_are_found_before_anything_is_written() {
    let table = [
        ("gen1a", FOUR, "card-uid-settable"),
        ("gen2", FOUR, "card-uid-settable"),
        ("fm11rf08s", FOUR, "card-back-door"),
        ("magic-ntag213", SEVEN, "card-uid-settable"),
    ];
    for (kind, uid, code) in table {
        let card = silicon(kind.parse().unwrap(), uid);
        let mut reader = LooseReader::with_card(card.clone());
        let target = identify(&mut reader).unwrap();
        assert_eq!(screen(&mut reader, &target).unwrap_err().code, code, "{kind}");
        assert_eq!(image(&reader), card.image(), "{kind}");
    }
}

/// With a live card's whole content, our keys too: block 0 gives it away under the key that rules there.
#[test]
fn a_clone_that_holds_our_card_is_found() {
    let (genuine, _) = make(silicon(Kind::Classic1k, FOUR), &profile(), Protection::Keyed, ProofLevel::Used);
    let clone = Silicon::from_image("gen2".parse().unwrap(), FOUR.parse().unwrap(), &image(&genuine)).unwrap();
    for (card, found) in [(genuine.cards()[0].clone(), None), (clone, Some("card-uid-settable"))] {
        let mut reader = LooseReader::with_card(card);
        let target = identify(&mut reader).unwrap();
        let plan = plan_for(&target, &content(1, 1));
        assert_eq!(screen_again(&mut reader, &target, &plan).err().map(|refused| refused.code), found);
        assert_eq!(image(&reader), image(&genuine));
    }
}

#[test]
fn genuine_chips_pass_the_screen_unchanged_and_selected() {
    let kinds = [Kind::Classic1k, Kind::Classic4k, Kind::UltralightEv1, Kind::UltralightEv1Large, Kind::Ntag213];
    for kind in kinds.into_iter().chain([Kind::Ntag215, Kind::Ntag216]) {
        let card = silicon(kind, SEVEN);
        let mut reader = LooseReader::with_card(card.clone());
        let target = identify(&mut reader).unwrap();
        screen(&mut reader, &target).unwrap();
        println!("{}: the test for clones takes {} exchanges", kind.name(), reader.cost().exchanges);
        assert_eq!(image(&reader), card.image());
        assert!(reader.exchange(&[0x30, 4]).is_ok() == (target.kind.sectors() == 0), "selected, not authenticated");
    }
}

/// A clone that is accepted all the same has its back door on record.
#[test]
fn the_proof_tells_of_an_answering_back_door() {
    let (_, proof) = make(silicon("fm11rf08s".parse().unwrap(), FOUR), &profile(), Protection::Keyed, ProofLevel::Used);
    assert_eq!(proof.back_doors, BackDoors::Answered);
    let (_, proof) = make(silicon(Kind::Classic1k, FOUR), &profile(), Protection::Keyed, ProofLevel::Used);
    assert_eq!(proof.back_doors, BackDoors::Refused);
}

#[test]
fn other_cards_and_phones_are_named() {
    let named = |kind: &str, uid| {
        let refused = identify(&mut LooseReader::with_card(silicon(kind.parse().unwrap(), uid))).unwrap_err();
        (refused.code, refused.args.first().map(|(_, name)| name.clone()).unwrap_or_default())
    };
    assert_eq!(named("desfire", SEVEN), ("chip-unsupported", "MIFARE DESFire".to_owned()));
    assert_eq!(named("felica", SEVEN), ("chip-unsupported", "FeliCa".to_owned()));
    assert_eq!(named("iso15693", SEVEN), ("chip-unsupported", "ISO 15693".to_owned()));
    assert_eq!(named("phone", FOUR).0, "chip-phone");
}

/// One in twenty exchanges is lost or answered late: every card ends right, none is wrongly called done, and none is given up.
#[test]
fn a_flaky_link_never_makes_a_wrong_card() {
    for kind in [Kind::Classic1k, Kind::Classic4k] {
        for act in Act::ALL {
            for protection in [Protection::Keyed, Protection::Permanent] {
                // The longest visits there are: a link of this kind may wear out no visit for its length.
                let proof = if kind == Kind::Classic1k { ProofLevel::Used } else { ProofLevel::Full };
                let case = Case { kind, uid: SEVEN, profile: profile(), protection, proof, act };
                if case.is_possible() {
                    let visits = (0..8).map(|seed| flaky(&case, seed)).sum::<u32>();
                    println!("{} {protection} {act:?}: 8 cards at 5 % done in {visits} visits", kind.name());
                }
            }
        }
    }
}

/// Visits until the card is done.
fn flaky(case: &Case, seed: u32) -> u32 {
    let wanted = case.wanted().0;
    let mut reader = LooseReader::with_card(case.start());
    reader.flaky(5, seed);
    let mut marks = Vec::new();
    for visit in 1..=40 {
        let resumed = marks.iter().any(|mark| matches!(mark, Mark::Intent(_) | Mark::BlankIntent { .. }));
        match case.visit(&mut reader, case.act, resumed, &mut marks) {
            Ok(()) => {
                assert!(image(&reader) == wanted, "{case:?} {seed} ends otherwise");
                return visit;
            }
            Err(stop) => assert_eq!(stop.fate, Fate::Resumable, "{case:?} {seed}: {}", stop.trouble),
        }
    }
    panic!("{case:?} {seed} never ends");
}
