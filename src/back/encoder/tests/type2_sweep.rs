//! Every exchange of a visit to a Type 2 chip, torn in every way: laid down again, the card ends as if never torn. Nothing
//! is lost: what the password guards is never written while PWD may be half programmed.

use super::sweep::sweep_but;
use super::type2::{IEUM, Job, KINDS, PROTECTIONS, fault, new_card, not_blank};
use super::*;
use crate::simulator::field::Tear;

/// Sweeps with every tear; no write may spoil the card. Prints points and the worst passes.
fn all(name: &str, card: &Silicon, visit: super::sweep::Visit<'_>, judge: &dyn Fn(&[u8]) -> Option<String>) {
    let (mut points, mut passes) = (0, 0);
    for how in Tear::ALL {
        let swept = sweep_but(card, how, visit, judge, |_| false);
        points += swept.points;
        passes = passes.max(swept.passes);
    }
    println!("{} {name}: {points} points, worst {passes} passes", card.kind().name());
    assert!(passes <= 3);
}

#[test]
fn an_encode_and_its_proof_torn_anywhere_end_as_if_never_torn() {
    for kind in KINDS {
        for protection in PROTECTIONS {
            let job = Job { protection, ..IEUM };
            let visit = |reader: &mut dyn Reader, _: bool, marks: &mut Vec<Mark>| {
                job.encode_and_prove(reader, ProofLevel::Used, marks).map(drop)
            };
            let name = format!("encode and proof, {protection}");
            all(&name, &new_card(kind), &visit, &|image| fault(image, kind, job));
        }
    }
}

#[test]
fn a_blanking_torn_anywhere_ends_blank() {
    for kind in KINDS {
        let card = IEUM.finished(kind).cards()[0].clone();
        let visit = |reader: &mut dyn Reader, _: bool, marks: &mut Vec<Mark>| IEUM.blank(reader, marks).map(drop);
        all("blank", &card, &visit, &|image| not_blank(image, kind));
    }
}

#[test]
fn a_renewal_torn_anywhere_ends_with_the_newer_keys() {
    for kind in KINDS {
        for protection in PROTECTIONS {
            let card = IEUM.finished(kind).cards()[0].clone();
            let job = Job { version: 2, protection, ..IEUM };
            let visit = |reader: &mut dyn Reader, _: bool, marks: &mut Vec<Mark>| job.encode(reader, marks).map(drop);
            all(&format!("renewal, {protection}"), &card, &visit, &|image| fault(image, kind, job));
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
