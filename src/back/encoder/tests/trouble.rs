//! What can go wrong while a card lies there, and what the encoder makes of it.

use proptest::prelude::*;

use super::*;
use crate::simulator::field::{Tear, TearOrder};
use crate::simulator::silicon::Kind;

pub fn with_trailer(uid: &str, sector: usize, trailer: &[u8; 16]) -> Silicon {
    let card = blank_card(uid);
    let mut image = card.image().to_vec();
    image[sector * 64 + 48..sector * 64 + 64].copy_from_slice(trailer);
    Silicon::from_image(Kind::Classic1k, card.uid(), &image).unwrap()
}

const FOREIGN: [u8; 16] = [1, 2, 3, 4, 5, 6, 0x78, 0x77, 0x88, 0, 9, 9, 9, 9, 9, 9];

#[test]
fn no_card_two_cards_and_other_chips_are_named() {
    let mut reader = LooseReader::default();
    assert_eq!(identify(&mut reader).unwrap_err().code, "card-removed");
    reader.lay(blank_card(FOUR));
    reader.lay(blank_card(SEVEN));
    assert_eq!(identify(&mut reader).unwrap_err().code, "two-cards");
}

#[test]
fn a_card_with_foreign_keys_is_not_touched() {
    let card = with_trailer(FOUR, 1, &FOREIGN);
    let mut reader = LooseReader::with_card(card.clone());
    let stop = encode_here(&mut reader, false, &mut Vec::new()).unwrap_err();
    assert_eq!((stop.trouble.code, stop.fate), ("unknown-key", Fate::Unusable));
    assert_eq!(image(&reader), card.image());
}

#[test]
fn a_dead_sector_after_our_intent_is_spoiled() {
    let mut reader = LooseReader::with_card(with_trailer(FOUR, 9, &FOREIGN));
    let mut marks = Vec::new();
    let stop = encode_here(&mut reader, true, &mut marks).unwrap_err();
    assert_eq!((stop.trouble.code, stop.fate), ("chip-spoiled", Fate::Spoiled));
    assert_eq!(stop.trouble.args, [("sector", "9".to_owned())]);
    assert_eq!(marks.last(), Some(&Mark::Sector { sector: 9, state: SectorState::Torn }));
}

/// The store is lost, but sectors that answer to our keys say that the card is ours.
#[test]
fn a_half_made_card_with_a_dead_sector_is_spoiled_without_a_journal() {
    let made = image(&finished_card(FOUR));
    let mut torn = blank_card(FOUR).image().to_vec();
    torn[64..128].copy_from_slice(&made[64..128]);
    torn[128 + 48..192].copy_from_slice(&FOREIGN);
    let card = Silicon::from_image(Kind::Classic1k, blank_card(FOUR).uid(), &torn).unwrap();
    let stop = encode_here(&mut LooseReader::with_card(card), false, &mut Vec::new()).unwrap_err();
    assert_eq!(stop.trouble.code, "chip-spoiled");
}

/// As shops sell them: NDEF-formatted, everybody may write, key B is the factory's.
#[test]
fn a_blank_that_was_formatted_for_ndef_is_taken() {
    let mut trailer = [0xFF; 16];
    trailer[..6].copy_from_slice(&[0xD3, 0xF7, 0xD3, 0xF7, 0xD3, 0xF7]);
    trailer[6..10].copy_from_slice(&[0x7F, 0x07, 0x88, 0x40]);
    let mut reader = LooseReader::with_card(with_trailer(FOUR, 1, &trailer));
    encode_here(&mut reader, false, &mut Vec::new()).unwrap();
    assert_eq!(super::finished::fault(&image(&reader), "12100300000001"), None);
}

/// Lays another card down at one exchange.
struct Swapping {
    reader: LooseReader,
    at: u32,
}

impl Reader for Swapping {
    fn name(&self) -> &str {
        "swapping"
    }

    fn wait_for_card(&mut self, _: Option<&Uid>, _: Feed, _: Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn wait_until_empty(&mut self, _: Duration) -> Result<bool, Trouble> {
        Ok(false)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        self.count();
        self.reader.select()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.count();
        self.reader.exchange(frame)
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        self.count();
        self.reader.raw(frame)
    }

    fn cost(&self) -> Cost {
        self.reader.cost()
    }
}

impl Swapping {
    fn count(&mut self) {
        self.at = self.at.wrapping_sub(1);
        if self.at == 0 {
            self.reader.lift();
            self.reader.lay(blank_card(SEVEN));
        }
    }
}

/// From the first exchange behind `identify` to the last one of the proof.
#[test]
fn a_swapped_card_is_found_out_and_not_written() {
    for at in 2..=ENCODE_AND_PROVE {
        let mut reader = Swapping { reader: LooseReader::with_card(blank_card(FOUR)), at };
        let target = identify(&mut reader).unwrap();
        let plan = plan_for(&target, &content(1, 1));
        let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
        let stop = encode_and_prove(&mut reader, &target, &plan, &proof, &mut |_| Ok(())).unwrap_err();
        assert_eq!((stop.trouble.code, stop.fate), ("card-swapped", Fate::Resumable), "at {at}");
        assert_eq!(image(&reader.reader), blank_card(SEVEN).image(), "at {at}");
    }
}

#[test]
fn a_plan_is_for_one_card() {
    let mut reader = LooseReader::with_card(blank_card(FOUR));
    let target = identify(&mut reader).unwrap();
    let other = Identified { uid: Uid::parse(SEVEN).unwrap(), ..target };
    let stop = encode(&mut reader, &target, &plan_for(&other, &content(1, 1)), &mut |_| Ok(())).unwrap_err();
    assert_eq!(stop.trouble.code, "card-swapped");
}

#[test]
fn a_halt_ends_the_visit_at_every_mark() {
    let mut whole = Vec::new();
    encode_here(&mut LooseReader::with_card(blank_card(FOUR)), false, &mut whole).unwrap();
    for last in 0..whole.len() {
        let mut reader = LooseReader::with_card(blank_card(FOUR));
        let target = identify(&mut reader).unwrap();
        let mut told = 0;
        let stop = encode(&mut reader, &target, &plan_for(&target, &content(1, 1)), &mut |_| {
            told += 1;
            if told > last { Err(Halt(Trouble::new("store-busy"))) } else { Ok(()) }
        });
        assert_eq!(stop.unwrap_err().trouble.code, "store-busy");
        assert_eq!(told, last + 1);
    }
}

/// No trailer is touched before the intent is on disk.
#[test]
fn a_halted_intent_leaves_every_trailer_as_it_was() {
    let mut reader = LooseReader::with_card(blank_card(FOUR));
    let target = identify(&mut reader).unwrap();
    let stop = encode(&mut reader, &target, &plan_for(&target, &content(1, 1)), &mut |mark| match mark {
        Mark::Intent(_) => Err(Halt(Trouble::new("store-busy"))),
        _ => Ok(()),
    });
    assert_eq!(stop.unwrap_err().fate, Fate::Resumable);
    let (found, blank) = (image(&reader), blank_card(FOUR));
    for sector in 0..16 {
        let trailer = sector * 64 + 48..sector * 64 + 64;
        assert_eq!(found[trailer.clone()], blank.image()[trailer]);
    }
}

/// A card that everybody may write is spoiled, and says where.
#[test]
fn a_card_that_lets_a_write_through_is_spoiled() {
    let made = finished_card(FOUR);
    let mut loose = image(&made);
    loose[64 + 48 + 6..64 + 48 + 9].copy_from_slice(&[0x7F, 0x07, 0x88]);
    let card = Silicon::from_image(Kind::Classic1k, made.cards()[0].uid(), &loose).unwrap();
    let mut reader = LooseReader::with_card(card);
    let target = identify(&mut reader).unwrap();
    let plan = ProofPlan::new(&plan_for(&target, &content(1, 1)), ProofLevel::Used).unwrap();
    let mut proof = None;
    let stop = prove(&mut reader, &target, &plan, &mut |mark| {
        if let Mark::Proven(record) = mark {
            proof = Some(record);
        }
        Ok(())
    });
    let stop = stop.unwrap_err();
    assert_eq!((stop.trouble.code, stop.fate), ("chip-lets-write", Fate::Spoiled));
    assert_eq!(stop.trouble.args, [("sector", "1".to_owned()), ("count", "3".to_owned())]);
    assert_eq!(proof.unwrap().let_through(), 3);
    assert_eq!(image(&reader), loose);
}

#[test]
fn a_card_that_is_not_as_planned_is_not_proven() {
    let mut reader = finished_card(FOUR);
    let target = identify(&mut reader).unwrap();
    let plan = ProofPlan::new(&plan_for(&target, &content(2, 1)), ProofLevel::Used).unwrap();
    let stop = prove(&mut reader, &target, &plan, &mut |_| Ok(())).unwrap_err();
    assert_eq!((stop.trouble.code, stop.fate), ("chip-unverified", Fate::Resumable));
}

/// Answers as it pleases, for ever.
struct Mad(Vec<u8>, usize, Cost);

impl Mad {
    fn next(&mut self) -> u8 {
        self.1 += 1;
        self.2.exchanges += 1;
        self.0[self.1 % self.0.len()]
    }
}

impl Reader for Mad {
    fn name(&self) -> &str {
        "mad"
    }

    fn wait_for_card(&mut self, _: Option<&Uid>, _: Feed, _: Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn wait_until_empty(&mut self, _: Duration) -> Result<bool, Trouble> {
        Ok(false)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        let one = Target { uid: Uid::parse(FOUR).unwrap(), atqa: [0, 4], sak: [0x00, 0x08, 0x18, 0x20][self.1 % 4] };
        match self.next() % 16 {
            0 => Ok(vec![]),
            1 => Err(Miss::Silent),
            2 => Err(Miss::Refused),
            _ => Ok(vec![one]),
        }
    }

    fn exchange(&mut self, _: &[u8]) -> Result<Vec<u8>, Miss> {
        let byte = self.next();
        match byte % 8 {
            0 => Err(Miss::Silent),
            1 => Err(Miss::Refused),
            2 => Ok(vec![byte; usize::from(byte % 20)]),
            3 | 4 => Ok(vec![]),
            5 => Ok(vec![0; 16]),
            _ => Ok((0..16).map(|i| byte ^ i).collect()),
        }
    }

    fn raw(&mut self, _: Raw<'_>) -> Result<Vec<u8>, Miss> {
        let byte = self.next();
        match byte % 8 {
            0 => Err(Miss::Silent),
            1 => Err(Miss::Refused),
            2 => Err(Miss::Unsupported),
            3 => Ok(vec![0, 4, 4, 2, 1, 0, byte, 3]),
            4 => Ok(vec![byte; 2]),
            _ => Ok((0..byte).collect()),
        }
    }

    fn strangers(&mut self) -> Result<Vec<&'static str>, Miss> {
        if self.next().is_multiple_of(2) { Err(Miss::Silent) } else { Ok(vec!["FeliCa"]) }
    }

    fn cost(&self) -> Cost {
        self.2
    }
}

proptest! {
    /// Whatever a reader says, nothing panics and every visit ends within a bound.
    #[test]
    fn every_visit_ends_whatever_the_reader_answers(
        answers in proptest::collection::vec(any::<u8>(), 1..400),
        kind in proptest::sample::select(ChipKind::ALL.to_vec()),
    ) {
        let target = Identified { uid: Uid::parse(FOUR).unwrap(), kind };
        let plan = plan_for(&target, &content(1, 1));
        let proof = ProofPlan::new(&plan, ProofLevel::Full).unwrap();
        let mut reader = Mad(answers, 0, Cost::default());
        let _ = identify(&mut reader);
        let _ = encode_and_prove(&mut reader, &target, &plan, &proof, &mut |_| Ok(()));
        let _ = prove(&mut reader, &target, &proof, &mut |_| Ok(()));
        let _ = read(&mut reader, &target, &read_plan(&target, Depth::Whole));
        let _ = blank(&mut reader, &target, &blank_plan(&target), &mut |_| Ok(()));
        prop_assert!(reader.2.exchanges < 20_000);
    }
}

/// Meddles with every write to one block.
struct Meddling {
    reader: LooseReader,
    block: u8,
    how: Meddle,
}

enum Meddle {
    /// Acknowledged and not done.
    Forgotten,
    /// Cut in mid-programming, and the card lies there again at once.
    Cut,
}

impl Reader for Meddling {
    fn name(&self) -> &str {
        "meddling"
    }

    fn wait_for_card(&mut self, _: Option<&Uid>, _: Feed, _: Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn wait_until_empty(&mut self, _: Duration) -> Result<bool, Trouble> {
        Ok(false)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        self.reader.select()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        if !matches!(frame, [0xA0, block, ..] if *block == self.block) {
            return self.reader.exchange(frame);
        }
        match self.how {
            Meddle::Forgotten => Ok(vec![]),
            Meddle::Cut => {
                self.reader.tear(TearOrder { after: 1, how: Tear::ErasedTo00 });
                let answer = self.reader.exchange(frame);
                self.reader.lay_back();
                answer
            }
        }
    }

    fn cost(&self) -> Cost {
        self.reader.cost()
    }
}

/// Acknowledged is not written: such a chip is found out before any lock.
#[test]
fn a_chip_that_forgets_is_defective() {
    let reader = LooseReader::with_card(blank_card(FOUR));
    let mut reader = Meddling { reader, block: 5, how: Meddle::Forgotten };
    let stop = encode_here(&mut reader, false, &mut Vec::new()).unwrap_err();
    assert_eq!((stop.trouble.code, stop.fate), ("chip-defective", Fate::Spoiled));
    let (found, blank) = (image(&reader.reader), blank_card(FOUR));
    assert_eq!(found[64 + 48..128], blank.image()[64 + 48..128]);
}

/// The very first trailer, nothing in the store yet: this visit itself knows who spoiled the sector.
#[test]
fn a_trailer_cut_under_our_hands_is_spoiled() {
    let reader = LooseReader::with_card(blank_card(FOUR));
    let mut reader = Meddling { reader, block: 7, how: Meddle::Cut };
    let stop = encode_here(&mut reader, false, &mut Vec::new()).unwrap_err();
    assert_eq!((stop.trouble.code, stop.fate), ("chip-spoiled", Fate::Spoiled));
}

fn finished_but(change: impl Fn(&mut [u8])) -> LooseReader {
    let made = finished_card(FOUR);
    let mut other = image(&made);
    change(&mut other);
    LooseReader::with_card(Silicon::from_image(Kind::Classic1k, made.cards()[0].uid(), &other).unwrap())
}

#[test]
fn a_sector_of_ours_under_looser_conditions_is_locked_again() {
    let mut reader = finished_but(|image| image[3 * 64 + 54..3 * 64 + 57].copy_from_slice(&[0x7F, 0x07, 0x88]));
    let encoded = encode_here(&mut reader, false, &mut Vec::new()).unwrap();
    assert_eq!(encoded.locks, 1);
    assert_eq!(super::finished::fault(&image(&reader), "12100300000001"), None);
}

#[test]
fn a_reading_finds_the_factorys_key_b() {
    let mut reader = finished_but(|image| image[5 * 64 + 58..6 * 64].fill(0xFF));
    let target = identify(&mut reader).unwrap();
    let reading = read(&mut reader, &target, &read_plan(&target, Depth::Whole)).unwrap();
    assert_eq!(reading.findings, [Trouble::new("sector-open").with("sectors", 5)]);
}
