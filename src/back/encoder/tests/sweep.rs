//! Every exchange of an encode and of a blanking, torn in every way: laid down again, the card ends as if never torn.
//! The one thing that silicon does not save is a trailer cut in mid-programming.

use super::finished::fault;
use super::*;
use crate::simulator::field::{Tear, TearOrder};

/// More visits than this and the card does not converge.
const MOST_PASSES: u32 = 4;

#[derive(Default, Debug, PartialEq, Eq)]
pub struct Swept {
    pub points: u32,
    pub spoiled: u32,
    pub passes: u32,
}

/// What the frame of the torn exchange was: the last one that the reader was given.
struct Watched {
    reader: LooseReader,
    last: Vec<u8>,
}

impl Reader for Watched {
    fn name(&self) -> &str {
        "watched"
    }

    fn wait_for_card(&mut self, wanted: Option<&Uid>, feed: Feed, timeout: Duration) -> Result<bool, Trouble> {
        self.reader.wait_for_card(wanted, feed, timeout)
    }

    fn wait_until_empty(&mut self, timeout: Duration) -> Result<bool, Trouble> {
        self.reader.wait_until_empty(timeout)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        let found = self.reader.select()?;
        if !found.is_empty() {
            self.last.clear();
        }
        Ok(found)
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        if !self.reader.cards().is_empty() {
            self.last = frame.to_vec();
        }
        self.reader.exchange(frame)
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        if !self.reader.cards().is_empty() {
            self.last.clear();
        }
        self.reader.raw(frame)
    }

    fn cost(&self) -> Cost {
        self.reader.cost()
    }
}

pub type Visit<'v> = &'v dyn Fn(&mut dyn Reader, bool, &mut Vec<Mark>) -> Result<(), Stop>;

/// A trailer of a Classic: the one write that silicon does not save.
fn is_trailer(frame: &[u8]) -> bool {
    matches!(frame, [0xA0, block, ..] if block % 4 == 3)
}

/// Tears a visit on `card` at every exchange it has and repeats it until it ends; `judge` then looks at the image. Only a
/// write of this kind, cut in mid-programming, may spoil the card.
pub fn sweep_but(
    card: &Silicon,
    how: Tear,
    visit: Visit<'_>,
    judge: &dyn Fn(&[u8]) -> Option<String>,
    may_spoil: fn(&[u8]) -> bool,
) -> Swept {
    let mut whole = LooseReader::with_card(card.clone());
    visit(&mut whole, false, &mut Vec::new()).unwrap();
    let exchanges = whole.cost().exchanges;
    let mut swept = Swept::default();
    for after in 1..=exchanges {
        swept.points += 1;
        let mut reader = Watched { reader: LooseReader::with_card(card.clone()), last: Vec::new() };
        reader.reader.tear(TearOrder { after, how });
        let mut marks = Vec::new();
        let torn = visit(&mut reader, false, &mut marks).unwrap_err();
        assert_eq!((torn.trouble.code, torn.fate), ("card-removed", Fate::Resumable), "{how:?} at {after}");
        let trailer_cut = may_spoil(&reader.last);
        let mut passes = 1;
        loop {
            passes += 1;
            assert!(passes <= MOST_PASSES, "{how:?} at {after} does not converge");
            reader.reader.lay_back();
            let intended = marks.iter().any(|mark| matches!(mark, Mark::Intent(_) | Mark::BlankIntent { .. }));
            match visit(&mut reader, intended, &mut marks) {
                Ok(()) => {
                    assert_eq!(judge(&image(&reader.reader)), None, "{how:?} at {after}");
                    break;
                }
                Err(stop) if stop.fate == Fate::Spoiled => {
                    assert_eq!(stop.trouble.code, "chip-spoiled");
                    let cut = matches!(how, Tear::HalfProgrammed | Tear::ErasedTo00 | Tear::ErasedToFf);
                    assert!(cut && trailer_cut, "{how:?} at {after} spoiled a card that could be saved");
                    swept.spoiled += 1;
                    break;
                }
                Err(stop) => assert_eq!(stop.fate, Fate::Resumable, "{how:?} at {after}: {}", stop.trouble),
            }
        }
        swept.passes = swept.passes.max(passes);
    }
    swept
}

fn sweep(card: &Silicon, how: Tear, visit: Visit<'_>, judge: &dyn Fn(&[u8]) -> Option<String>) -> Swept {
    sweep_but(card, how, visit, judge, is_trailer)
}

fn encode_visit(reader: &mut dyn Reader, resumed: bool, marks: &mut Vec<Mark>) -> Result<(), Stop> {
    encode_here(reader, resumed, marks).map(drop)
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

fn blank_visit(reader: &mut dyn Reader, resumed: bool, marks: &mut Vec<Mark>) -> Result<(), Stop> {
    let target = identify(reader).map_err(Stop::resumable)?;
    let mut mark = |mark| {
        marks.push(mark);
        Ok(())
    };
    blank(reader, &target, &blank_plan(&target).resumed(resumed), &mut mark).map(drop)
}

#[test]
fn an_encode_torn_anywhere_ends_as_if_never_torn() {
    for uid in [FOUR, SEVEN] {
        for how in Tear::ALL {
            let swept = sweep(&blank_card(uid), how, &encode_visit, &|image| fault(image, "12100300000001"));
            println!("encode, {} byte UID, {how:?}: {swept:?}", uid.len() / 2);
            assert_eq!(swept.points, ENCODE);
            assert!(swept.passes <= 2);
            let lost = if matches!(how, Tear::FrameLost | Tear::AnswerLost) { 0 } else { 16 };
            assert!(swept.spoiled <= lost);
        }
    }
}

#[test]
fn a_proof_torn_anywhere_harms_nothing() {
    for how in Tear::ALL {
        let swept = sweep(&blank_card(FOUR), how, &prove_visit, &|image| fault(image, "12100300000001"));
        println!("encode and proof, {how:?}: {swept:?}");
        assert_eq!(swept.points, ENCODE_AND_PROVE);
        assert!(swept.spoiled <= 16 && swept.passes <= 2);
    }
}

#[test]
fn a_blanking_torn_anywhere_ends_blank() {
    let card = finished_card(FOUR).cards()[0].clone();
    for how in Tear::ALL {
        let blank = blank_card(FOUR);
        let judge = |image: &[u8]| (image != blank.image()).then(|| "not as delivered".to_owned());
        let swept = sweep(&card, how, &blank_visit, &judge);
        println!("blank, {how:?}: {swept:?}");
        assert!(swept.spoiled <= 16 && swept.passes <= 2);
    }
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

/// Torn, laid down again and torn again: every pair that matters, with the answer lost.
#[test]
fn two_tears_in_a_row_end_right() {
    for first in 1..=ENCODE {
        for second in (1..=ENCODE).step_by(7) {
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
