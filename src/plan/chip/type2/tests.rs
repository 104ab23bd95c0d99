//! Tests of the Type 2 plans together: what is laid down is found again, and anything else is noticed.

use proptest::prelude::*;

use super::attack::{PageAttack, PageProof};
use super::goal::PageGoal;
use super::read::RawPages;
use super::*;
use crate::plan::chip::card::Card;
use crate::plan::chip::encode_plan::tests::keys;
use crate::plan::chip::found::{Authority, Depth, Holder, Lock};
use crate::plan::chip::header::tests::content;
use crate::plan::chip::keys::{WELL_KNOWN_PASSWORDS, Whose};
use crate::plan::chip::profile::tests::IEUM;
use crate::plan::chip::{ChipKind, Profile, ProofLevel, Protection, RawCard, ReadPlan, Reading, Seal, Uid};
use crate::plan::member::LibraryCode;
use map::Map;

const KINDS: [ChipKind; 5] =
    [ChipKind::UltralightEv1, ChipKind::UltralightEv1Large, ChipKind::Ntag213, ChipKind::Ntag215, ChipKind::Ntag216];
const BARE: &str = include_str!("../../../../templates/chips/number-only.toml");
const UID_ONLY: &str = include_str!("../../../../templates/chips/uid-only.toml");

fn uid() -> Uid {
    Uid::parse("047A1C5E318042").unwrap()
}

fn profile(text: &str) -> Profile {
    Profile::parse(text, "x.toml").unwrap()
}

fn goal(kind: ChipKind, text: &str, protection: Protection) -> PageGoal {
    let (profile, uid, keys) = (profile(text), uid(), keys());
    let card = Card { profile: &profile, kind, uid: &uid, site: content().library, keys: &keys };
    PageGoal::encode(&card, &content(), keys.current(), protection)
}

/// What a finished card shows.
fn finished(kind: ChipKind, text: &str) -> RawPages {
    let (goal, map) = (goal(kind, text, Protection::Keyed), Map::of(kind));
    let mut pages: Vec<(u8, Page)> = (2..map.pages).map(|page| (page, [0; 4])).collect();
    let mut put = |page: u8, content: Page| pages[usize::from(page) - 2].1 = content;
    goal.pages.iter().for_each(|(page, content)| put(*page, *content));
    goal.container.into_iter().for_each(|content| put(3, content));
    put(map.config, [0, 0, 0, 2]);
    RawPages { pages, opened: Some(Whose::Ours(1)), ..RawPages::default() }
}

fn judge(kind: ChipKind, text: &str, site: &str, raw: RawPages) -> Reading {
    let site = LibraryCode::parse(site).unwrap();
    let plan = ReadPlan::new(&profile(text), kind, &uid(), site, &keys(), Depth::Whole).unwrap();
    plan.judge(&RawCard::Pages(raw))
}

fn change(raw: &mut RawPages, page: u8, change: impl Fn(&mut Page)) {
    raw.pages.iter_mut().filter(|(place, _)| *place == page).for_each(|(_, content)| change(content));
}

#[test]
fn page_4_is_written_last_and_cleared_first() {
    for kind in KINDS {
        for text in [IEUM, BARE] {
            let pages: Vec<u8> = goal(kind, text, Protection::Keyed).pages.iter().map(|(page, _)| *page).collect();
            assert!(pages.is_sorted_by(|one, next| one > next) && pages.last() == Some(&4), "{kind}: {pages:?}");
        }
        let (profile, uid, keys) = (profile(IEUM), uid(), keys());
        let card = Card { profile: &profile, kind, uid: &uid, site: content().library, keys: &keys };
        let blank = PageGoal::blank(&card);
        assert_eq!(blank.pages.first(), Some(&(4, [0; 4])));
        assert_eq!(blank.pages.len(), usize::from(kind.user_pages()));
        assert!(goal(kind, UID_ONLY, Protection::Keyed).pages.is_empty());
    }
}

#[test]
fn what_is_laid_down_is_found_again() {
    for kind in KINDS {
        let reading = judge(kind, IEUM, "121003", finished(kind, IEUM));
        assert_eq!((reading.number, reading.header), (Some(content().number), Some(content().header())));
        assert_eq!((reading.seal, reading.intact, reading.transport), (Seal::Valid, true, false));
        assert_eq!(reading.profile.as_deref(), Some("ieum"));
        assert_eq!(reading.holder, Holder::Ours { versions: vec![1] });
        assert_eq!(reading.lock_counts(), (usize::from(kind.areas()), 0, 0));
        let reading = judge(kind, BARE, "121003", finished(kind, BARE));
        assert_eq!((reading.number, reading.seal, reading.intact), (Some(content().number), Seal::Absent, true));
        let reading = judge(kind, UID_ONLY, "121003", finished(kind, UID_ONLY));
        assert!(reading.intact && !reading.transport && reading.number.is_none());
    }
}

/// In the TLV the fields follow the profile's order; a number in BCD takes eight bytes.
#[test]
fn the_tlv_follows_the_profile() {
    let text = IEUM.replace("encoding = \"ascii\"", "encoding = \"bcd\"");
    let goal = goal(ChipKind::Ntag213, &text, Protection::Keyed);
    let bytes: Vec<u8> = goal.pages.iter().rev().flat_map(|(_, page)| *page).collect();
    assert_eq!(bytes[..10], [0xFD, 40, 0x12, 0x10, 0x03, 0, 0, 0, 0x01, 0]);
    assert_eq!((&bytes[10..12], bytes[42], bytes.len()), (&b"IE"[..], 0xFE, 44));
    let reading = judge(ChipKind::Ntag213, &text, "121003", finished(ChipKind::Ntag213, &text));
    assert_eq!((reading.seal, reading.number), (Seal::Valid, Some(content().number)));
}

#[test]
fn a_seal_of_another_chip_or_site_is_told() {
    for kind in KINDS {
        let foreign = judge(kind, IEUM, "121004", finished(kind, IEUM));
        // A compact card has no room for a seal of ours and the library: the number tells it.
        assert_eq!(foreign.seal, Seal::Valid, "the keys are the same");
        let raw = RawCard::Pages(finished(kind, IEUM));
        let other = Uid::parse("047A1C5E318043").unwrap();
        for (site, seal) in [("121003", Seal::Invalid), ("121004", Seal::Foreign)] {
            let site = LibraryCode::parse(site).unwrap();
            let plan = ReadPlan::new(&profile(IEUM), kind, &other, site, &keys(), Depth::Data).unwrap();
            assert_eq!(plan.judge(&raw).seal, seal, "{kind}");
        }
    }
}

#[test]
fn what_a_phone_could_change_is_found() {
    let open = |raw: RawPages| {
        let reading = judge(ChipKind::Ntag213, IEUM, "121003", raw);
        reading.findings.iter().map(|finding| (finding.code, finding.args.clone())).collect::<Vec<_>>()
    };
    let pages = |text: &str| vec![("pages-open", vec![("pages", text.to_owned())])];
    let mut raw = finished(ChipKind::Ntag213, IEUM);
    change(&mut raw, 0x29, |cfg0| cfg0[3] = 4);
    assert_eq!(open(raw.clone()), pages("2–3"));
    // Locked for ever: 3 to 15; and 16 to 17 by the dynamic ones.
    change(&mut raw, 0x29, |cfg0| cfg0[3] = 0xFF);
    change(&mut raw, 2, |page| page[2..].copy_from_slice(&[0xF8, 0xFF]));
    change(&mut raw, 0x28, |page| page[0] = 0x01);
    assert_eq!(open(raw.clone()), pages("2, 18–44"));
    let reading = judge(ChipKind::Ntag213, IEUM, "121003", raw);
    let locked: Vec<u8> = reading.locks.iter().filter(|(_, lock)| *lock == Lock::Locked).map(|(row, _)| *row).collect();
    assert_eq!(locked, [1, 2, 3]);
    // A password that everybody knows guards nothing.
    let known = RawPages { opened: Some(Whose::Transport), ..finished(ChipKind::Ntag213, IEUM) };
    assert_eq!(open(known), pages("2–44"));
}

#[test]
fn a_chip_is_blank_only_as_delivered_or_zeroed() {
    for kind in KINDS {
        let map = Map::of(kind);
        let empty = |delivered: bool| {
            let content = |page| if delivered { map.delivered(page) } else { [0; 4] };
            let pages = (2..map.pages).map(|page| (page, content(page))).collect();
            let mut raw = RawPages { pages, ..RawPages::default() };
            change(&mut raw, map.config, |cfg0| cfg0[3] = 0xFF);
            raw
        };
        let blank = |raw: RawPages| judge(kind, IEUM, "121003", raw).transport;
        assert!(blank(empty(true)) && blank(empty(false)));
        for (page, place) in [(map.last_user, 0), (2, 2), (map.access(), 0)] {
            let mut raw = empty(false);
            change(&mut raw, page, |content| content[place] = 0x90);
            assert!(!blank(raw), "{kind} {page}");
        }
        let mut raw = empty(false);
        change(&mut raw, map.config, |cfg0| cfg0[3] = map.pages - 1);
        assert!(!blank(raw));
    }
}

/// Page 3 keeps what was once written there: a blank is one that can take our capability container, if the profile has one.
#[test]
fn a_chip_that_can_never_be_announced_is_no_blank() {
    for kind in KINDS {
        let map = Map::of(kind);
        let [a, b, size, access] = map.container();
        for (page_3, able) in [
            ([0; 4], true),
            ([a, b, size, access], true),
            ([a, b, size, 0x0F], true),
            ([a, b, 0x3F, 0x0F], size == 0x3F),
            ([0xF1, b, size, access], false),
        ] {
            let mut raw =
                RawPages { pages: (2..map.pages).map(|page| (page, [0; 4])).collect(), ..RawPages::default() };
            change(&mut raw, map.config, |cfg0| cfg0[3] = 0xFF);
            change(&mut raw, 3, |page| *page = page_3);
            let found = judge(kind, IEUM, "121003", raw.clone());
            assert_eq!((found.transport, found.rewritable), (able, able), "{kind} {page_3:02X?}");
            for text in [BARE, UID_ONLY] {
                let found = judge(kind, text, "121003", raw.clone());
                assert!(found.transport && found.rewritable, "{kind} {page_3:02X?}");
            }
        }
    }
}

#[test]
fn a_card_is_rewritable_unless_what_it_needs_is_locked_for_ever() {
    let of = |kind, text, page: u8, place: usize, bits: u8| {
        let mut raw = finished(kind, text);
        change(&mut raw, page, |content| content[place] |= bits);
        judge(kind, text, "121003", raw).rewritable
    };
    for kind in KINDS {
        let map = Map::of(kind);
        for text in [IEUM, BARE, UID_ONLY] {
            assert!(of(kind, text, 2, 2, 0), "{kind}");
            assert!(!of(kind, text, map.access(), 0, 0x40) && !of(kind, text, map.access(), 0, 0x01), "{kind}");
        }
        // L_CC, page 4, page 15.
        assert!(!of(kind, IEUM, 2, 2, 0x08) && of(kind, BARE, 2, 2, 0x08) && of(kind, UID_ONLY, 2, 2, 0x08));
        assert!(!of(kind, IEUM, 2, 2, 0x10) && !of(kind, BARE, 2, 2, 0x10) && of(kind, UID_ONLY, 2, 2, 0x10));
        assert_eq!(of(kind, IEUM, 2, 3, 0x80), kind == ChipKind::UltralightEv1);
        assert!(of(kind, BARE, 2, 3, 0x80));
        // Pages 16 to 17 or 31: ours reach page 16 on all but MF0UL11.
        if let Some(dynamic) = map.dynamic {
            assert!(!of(kind, IEUM, dynamic.page, 0, 0x01) && of(kind, IEUM, dynamic.page, 0, 0x02), "{kind}");
            assert!(of(kind, BARE, dynamic.page, 0, 0x01), "{kind}");
        }
        // Reading asks for a password.
        assert!(!judge(kind, IEUM, "121003", RawPages::default()).rewritable);
    }
}

/// They stop nobody from reading the card: it is intact, and it is told.
#[test]
fn settings_that_no_finished_card_has_are_told() {
    let told = |raw: RawPages| {
        let reading = judge(ChipKind::Ntag213, IEUM, "121003", raw);
        assert!(reading.intact);
        reading.findings.iter().map(|found| (found.code, found.args[0].1.clone())).collect::<Vec<_>>()
    };
    let of = |page: u8, bits: u8| {
        let mut raw = finished(ChipKind::Ntag213, IEUM);
        change(&mut raw, page, |content| content[0] |= bits);
        told(raw)
    };
    let wrong = |what: &str| vec![("settings-wrong", what.to_owned())];
    for bits in [0x80, 0x40, 0x10, 0x08, 0x03] {
        assert_eq!(of(0x2A, bits), wrong("ACCESS"), "{bits:02X}");
    }
    assert_eq!(of(0x29, 0x40), wrong("MIRROR"));
    let mut raw = RawPages { wrong_pack: true, ..finished(ChipKind::Ntag213, IEUM) };
    assert_eq!(told(raw.clone()), wrong("PACK"));
    change(&mut raw, 0x2A, |access| access[0] = 0x40);
    assert_eq!(told(raw), wrong("PACK, ACCESS"));
}

/// MF0UL11 takes the compact form for all fields together; fewer stand there as on the other chips.
#[test]
fn the_smallest_chip_holds_fewer_fields_plainly() {
    let cut = |fields: usize| {
        let starts: Vec<usize> = IEUM.match_indices("[[field]]").map(|(at, _)| at).collect();
        IEUM[..starts[fields]].to_owned()
    };
    for (text, length) in [(cut(1), 16), (cut(2), 32)] {
        for kind in KINDS {
            assert_eq!(profile(&text).fits(kind), Ok(()));
            let bytes: Vec<u8> =
                goal(kind, &text, Protection::Keyed).pages.iter().rev().flat_map(|(_, page)| *page).collect();
            assert_eq!((bytes[0], bytes[1], bytes[length + 2]), (0xFD, length as u8, 0xFE), "{kind}");
            assert_eq!(&bytes[2..16], b"12100300000001");
            let reading = judge(kind, &text, "121003", finished(kind, &text));
            assert_eq!((reading.number, reading.seal, reading.intact), (Some(content().number), Seal::Absent, true));
            assert_eq!(reading.header, (length == 32).then(|| content().header()));
        }
    }
}

/// Pages that the plan knows carry their content; PWD and PACK the true ones; one-time bits nothing.
#[test]
fn every_attack_carries_what_the_page_should_hold() {
    for kind in KINDS {
        let goal = goal(kind, IEUM, Protection::Permanent);
        let proof = PageProof::new(&goal, ProofLevel::Full);
        let map = Map::of(kind);
        let mut attacked = Vec::new();
        for attack in &proof.attacks {
            let PageAttack::Write { page, content } = attack else { continue };
            attacked.push(*page);
            let due = goal.pages.iter().find(|(place, _)| place == page).map(|(_, content)| *content);
            let content = content.as_deref().copied();
            match *page {
                2 | 3 => assert_eq!(content, Some([0; 4])),
                page if map.dynamic.is_some_and(|dynamic| dynamic.page == page) => assert_eq!(content, Some([0; 4])),
                page if page == map.pwd() => assert_eq!(content, Some(*goal.password.pwd())),
                page if page == map.pack() => assert_eq!(content.unwrap()[..2], *goal.password.pack()),
                _ => assert_eq!(content, due),
            }
        }
        assert_eq!(attacked, (2..map.pages).collect::<Vec<u8>>());
        let text = format!("{proof:?} {goal:?}");
        assert!(!text.contains(format!("{:?}", goal.password.pwd()).trim_matches(['[', ']'])));
        assert!(!WELL_KNOWN_PASSWORDS.contains(goal.password.pwd()));
    }
}

/// The four bits of CC's write access differ between a keyed and a permanent card.
#[test]
fn page_3_takes_what_its_bits_allow() {
    let goal = goal(ChipKind::UltralightEv1, IEUM, Protection::Keyed);
    for (found, stands, possible) in [
        ([0; 4], false, true),
        ([0xE1, 0x10, 0x06, 0x00], true, true),
        ([0xE1, 0x10, 0x06, 0x0F], true, true),
        ([0x60, 0x10, 0x04, 0x00], false, true),
        ([0xE1, 0x11, 0x06, 0x00], false, false),
        ([0, 0, 0, 0x01], false, false),
    ] {
        assert_eq!((goal.container_stands(found), goal.container_possible(found)), (stands, possible), "{found:02X?}");
    }
}

proptest! {
    /// Any byte of page 3 or of our pages, changed: not intact, or the seal says so.
    #[test]
    fn any_changed_byte_is_noticed(kind in 0usize..5, place in 0usize..56, change_by in 1u8..) {
        let kind = KINDS[kind];
        let mut raw = finished(kind, IEUM);
        let last = content::filled(&profile(IEUM), kind).max().unwrap();
        let page = 3 + (place / 4) as u8;
        prop_assume!(page <= last && (page, place % 4, change_by) != (3, 3, 0x0F));
        change(&mut raw, page, |content| content[place % 4] ^= change_by);
        prop_assert!(!judge(kind, IEUM, "121003", raw).intact);
    }

    #[test]
    fn whatever_was_read_can_be_judged(
        kind in 0usize..5,
        pages in proptest::collection::vec((any::<u8>(), any::<[u8; 4]>()), 0..60),
        text in 0usize..3,
    ) {
        let raw = RawPages { pages, ..RawPages::default() };
        let text = [IEUM, BARE, UID_ONLY][text];
        let keys = keys();
        let masters: Vec<_> = keys.newest_first().map(|version| version.seal.clone()).collect();
        let (uid, site) = (uid(), content().library);
        let authority = Authority { keys: &masters, uid: &uid, site };
        let _ = raw.judge(&profile(text), KINDS[kind], &authority);
        let _ = judge(KINDS[kind], text, "121003", raw);
    }

    #[test]
    fn any_signature_can_be_judged(signature: [u8; 32]) {
        prop_assert_eq!(originality::verify(&signature, &uid(), ChipKind::Ntag213), originality::Originality::Wrong);
    }
}
