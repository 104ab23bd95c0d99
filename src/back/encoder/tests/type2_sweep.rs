//! Every exchange of a visit to a Type 2 chip, torn in every way: laid down again, the card ends as if never torn. Nothing
//! is lost: what the password guards is never written while PWD may be half programmed.

use super::tears::{Act, Case, Swept, sweep};
use super::type2::{IEUM, Job, KINDS, PROTECTIONS, changed, fault, new_card, profile_of};
use super::*;
use crate::simulator::field::{Tear, TearOrder};

/// Every way of tearing, with a journal and without; prints what it covered.
fn sweep_all(kind: Kind, profile: &str, protection: Protection, act: Act) {
    let case = Case { kind, uid: SEVEN, profile: profile_of(profile), protection, proof: ProofLevel::Used, act };
    let mut swept = Swept::default();
    for how in Tear::ALL {
        for journal in [true, false] {
            swept = swept.and(sweep(&case, how, journal));
        }
    }
    println!("{} {profile} {protection} {act:?}: {swept:?}", kind.name());
    assert_eq!((swept.spoiled, swept.passes), (0, 2));
}

#[test]
fn a_type_2_chip_torn_anywhere_ends_as_if_never_torn() {
    for kind in KINDS {
        for profile in ["ieum", "number-only", "uid-only"] {
            for protection in PROTECTIONS {
                sweep_all(kind, profile, protection, Act::Make);
                sweep_all(kind, profile, protection, Act::Rekey);
            }
            sweep_all(kind, profile, Protection::Keyed, Act::Blank);
        }
    }
}

/// A card that stays where it is while one exchange goes unheard: the same visit ends right.
#[test]
fn one_unheard_exchange_is_borne_within_the_visit() {
    for kind in [Kind::UltralightEv1, Kind::Ntag216] {
        let job = Job { protection: Protection::Permanent, ..IEUM };
        for answer_lost in [false, true] {
            for at in 1..80 {
                let mut reader = Deaf { reader: LooseReader::with_card(new_card(kind)), at, answer_lost };
                let done = job.encode_and_prove(&mut reader, ProofLevel::Used, &mut Vec::new()).map(drop);
                assert_eq!(done, Ok(()), "{kind:?} at {at}");
                assert_eq!(fault(&image(&reader.reader), kind, job), None, "{kind:?} at {at}");
            }
        }
    }
}

/// Five in a hundred exchanges lost or answered late: every card ends right.
#[test]
fn a_flaky_link_ends_right_or_resumable() {
    for kind in KINDS {
        for seed in 0..60 {
            let job = Job { protection: PROTECTIONS[seed as usize % 2], ..IEUM };
            let mut reader = LooseReader::with_card(new_card(kind));
            reader.flaky(5, seed);
            let mut done = false;
            for _ in 0..10 {
                match job.encode_and_prove(&mut reader, ProofLevel::Used, &mut Vec::new()) {
                    Ok(_) => {
                        done = true;
                        break;
                    }
                    Err(stop) => assert_eq!(stop.fate, Fate::Resumable, "{kind:?} {seed}: {}", stop.trouble),
                }
            }
            assert!(done, "{kind:?} {seed}");
            assert_eq!(fault(&image(&reader), kind, job), None, "{kind:?} {seed}");
        }
    }
}

/// Torn, laid down again and torn again, in every way of programming.
#[test]
fn two_tears_in_a_row_end_right() {
    for kind in [Kind::UltralightEv1, Kind::Ntag213] {
        let job = Job { protection: Protection::Permanent, ..IEUM };
        for how in Tear::ALL {
            for first in 1..=34 {
                for second in 1..=34 {
                    let mut reader = LooseReader::with_card(new_card(kind));
                    for after in [first, second] {
                        reader.lay_back();
                        reader.tear(TearOrder { after, how });
                        let _ = job.encode(&mut reader, &mut Vec::new());
                    }
                    reader.lay_back();
                    // What is left of an order that has not struck yet strikes once more at most.
                    let done = job.encode(&mut reader, &mut Vec::new()).or_else(|_| {
                        reader.lay_back();
                        job.encode(&mut reader, &mut Vec::new())
                    });
                    assert!(done.is_ok(), "{kind:?} {how:?} {first}, {second}: {done:?}");
                    assert_eq!(fault(&image(&reader), kind, job), None, "{kind:?} {how:?} {first}, {second}");
                }
            }
        }
    }
}

/// Chips that are not as the factory delivers them, torn anywhere while they are taken: guarded with a password that everybody
/// knows, and showing their UID in the user memory.
#[test]
fn a_chip_taken_over_and_torn_anywhere_ends_right() {
    for kind in KINDS {
        let at = new_card(kind).image().len() - 16;
        let guarded = |known: u8| {
            changed(&new_card(kind), move |image| {
                image[at + 3] = 4;
                image[at + 8..at + 12].fill(known);
            })
        };
        let mut starts = vec![guarded(0xFF), guarded(0x00)];
        if !matches!(kind, Kind::UltralightEv1 | Kind::UltralightEv1Large) {
            starts.push(changed(&new_card(kind), |image| image[at..at + 3].copy_from_slice(&[0x44, 0, 5])));
        }
        for card in starts {
            for (how, after) in Tear::ALL.into_iter().flat_map(|how| (1..=45).map(move |after| (how, after))) {
                let mut reader = LooseReader::with_card(card.clone());
                reader.tear(TearOrder { after, how });
                let _ = IEUM.encode(&mut reader, &mut Vec::new());
                reader.lay_back();
                // What is left of an order that has not struck yet strikes once more at most.
                let done = IEUM.encode(&mut reader, &mut Vec::new()).or_else(|_| {
                    reader.lay_back();
                    IEUM.encode(&mut reader, &mut Vec::new())
                });
                assert!(done.is_ok(), "{kind:?} {how:?} {after}: {done:?}");
                assert_eq!(fault(&image(&reader), kind, IEUM), None, "{kind:?} {how:?} {after}");
            }
        }
    }
}
