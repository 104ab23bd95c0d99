//! Every exchange of an encode and of a blanking, torn in every way: laid down again, the card ends as if never torn.
//! The one thing that silicon does not save is a trailer cut in mid-programming.

use super::finished::fault;
use super::tears::{Act, Case, Swept, sweep};
use super::*;
use crate::simulator::field::{Tear, TearOrder};

/// Every way of tearing, with a journal and without.
fn sweep_all(case: &Case) -> Swept {
    let mut swept = Swept::default();
    for how in Tear::ALL {
        for journal in [true, false] {
            swept = swept.and(sweep(case, how, journal));
        }
    }
    println!("{} {} {:?}: {swept:?}", case.kind.name(), case.protection, case.act);
    swept
}

fn classic(kind: Kind, uid: &'static str, protection: Protection, act: Act) -> Case {
    Case { kind, uid, profile: profile(), protection, proof: ProofLevel::Used, act }
}

/// One point a sector and pass for each kind of damage, with the journal and without; in a second pass each sector has one more.
fn most_spoiled(sectors: u32, passes: u32) -> u32 {
    sectors * passes * 3 * 2
}

#[test]
fn a_classic_1k_torn_anywhere_ends_as_if_never_torn() {
    for uid in [FOUR, SEVEN] {
        sweep_acts(Kind::Classic1k, uid, 16);
    }
}

#[test]
fn a_classic_4k_torn_anywhere_ends_as_if_never_torn() {
    sweep_acts(Kind::Classic4k, SEVEN, 40);
}

fn sweep_acts(kind: Kind, uid: &'static str, sectors: u32) {
    for act in Act::ALL {
        for protection in [Protection::Keyed, Protection::Permanent] {
            let case = classic(kind, uid, protection, act);
            if case.is_possible() {
                let passes = if protection == Protection::Keyed { 1 } else { 2 };
                let swept = sweep_all(&case);
                assert!(swept.passes <= 2 && swept.spoiled <= most_spoiled(sectors, passes), "{swept:?}");
            }
        }
    }
}

fn prove_visit(reader: &mut dyn Reader, resumed: bool, marks: &mut Vec<Mark>) -> Result<(), Stop> {
    let target = identify(reader).map_err(Stop::resumable)?;
    let plan = plan_for(&target, &content(1, 1)).resumed(resumed);
    let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
    let mut mark = |mark| {
        marks.push(mark);
        Ok(())
    };
    encode_and_prove(reader, &target, &plan, &proof, &mut mark).map(drop)
}

/// A card that stays where it is while one exchange goes unheard: the same visit ends right.
#[test]
fn one_unheard_exchange_is_borne_within_the_visit() {
    for answer_lost in [false, true] {
        for at in 1..=ENCODE_AND_PROVE {
            let mut reader = Deaf { reader: LooseReader::with_card(blank_card(FOUR)), at, answer_lost };
            let visit = prove_visit(&mut reader, false, &mut Vec::new());
            assert_eq!(visit, Ok(()), "at {at}");
            assert_eq!(fault(&image(&reader.reader), "12100300000001"), None, "at {at}");
        }
    }
}

/// Torn, laid down again and torn again, with the answer lost: every pair.
#[test]
fn two_tears_in_a_row_end_right() {
    for first in 1..=ENCODE {
        for second in 1..=ENCODE {
            let mut reader = LooseReader::with_card(blank_card(SEVEN));
            let mut marks = Vec::new();
            for after in [first, second] {
                reader.lay_back();
                reader.tear(TearOrder { after, how: Tear::AnswerLost });
                let _ = encode_here(&mut reader, !marks.is_empty(), &mut marks);
            }
            reader.lay_back();
            // What is left of an order that has not struck yet strikes once more at most.
            let done = encode_here(&mut reader, true, &mut marks).or_else(|_| {
                reader.lay_back();
                encode_here(&mut reader, true, &mut marks)
            });
            assert!(done.is_ok(), "{first}, {second}: {done:?}");
            assert_eq!(fault(&image(&reader), "12100300000001"), None, "{first}, {second}");
        }
    }
}
