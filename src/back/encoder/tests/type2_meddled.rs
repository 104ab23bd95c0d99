//! Type 2 chips that forget or answer anything, and cards that are swapped in mid-visit.

use proptest::prelude::*;

use super::type2::{IEUM, Job, KINDS, new_card};
use super::*;

/// CFG0 by the sheets.
fn config(kind: Kind) -> usize {
    new_card(kind).image().len() / 4 - 4
}

/// A reader that does something of its own with some exchanges.
struct Meddling<F> {
    reader: LooseReader,
    /// The frame (empty for a selection), and how many came before; what is answered in the card's place.
    meddle: F,
    count: u32,
}

type Meddled = Option<Result<Vec<u8>, Miss>>;

impl<F: FnMut(&mut LooseReader, &[u8], u32) -> Meddled + Send> Meddling<F> {
    fn on(card: Silicon, meddle: F) -> Meddling<F> {
        Meddling { reader: LooseReader::with_card(card), meddle, count: 0 }
    }

    fn meddled(&mut self, frame: &[u8]) -> Meddled {
        self.count += 1;
        (self.meddle)(&mut self.reader, frame, self.count)
    }
}

impl<F: FnMut(&mut LooseReader, &[u8], u32) -> Meddled + Send> Reader for Meddling<F> {
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
        self.meddled(&[]);
        self.reader.select()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.meddled(frame).unwrap_or_else(|| self.reader.exchange(frame))
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        let Raw::Bytes(bytes) = frame else { return Err(Miss::Silent) };
        self.meddled(bytes).unwrap_or_else(|| self.reader.raw(frame))
    }

    fn cost(&self) -> Cost {
        self.reader.cost()
    }
}

/// Acknowledged is not written: whichever page it is, the chip is found out, and never guarded by a password that it does
/// not have.
#[test]
fn a_chip_that_forgets_is_defective() {
    for kind in KINDS {
        let at = config(kind) as u8;
        let job = Job { protection: Protection::Permanent, ..IEUM };
        for page in [2, 4, 10, at, at + 2, at + 3] {
            let mut reader = Meddling::on(new_card(kind), |_, frame, _| {
                matches!(frame, [0xA2, written, ..] if *written == page).then(|| Ok(vec![]))
            });
            let stop = job.encode(&mut reader, &mut Vec::new()).unwrap_err();
            assert_eq!((stop.trouble.code, stop.fate), ("chip-defective", Fate::Spoiled), "{kind:?} page {page}");
            let auth0 = image(&reader.reader)[4 * usize::from(at) + 3];
            assert_eq!(auth0, if page == 2 { 2 } else { 0xFF }, "{kind:?} page {page}");
        }
    }
}

/// From the first exchange behind `identify` to the last one of the proof: another card is found out and not written.
#[test]
fn a_swapped_card_is_found_out_and_not_written() {
    for kind in [Kind::UltralightEv1, Kind::Ntag216] {
        let other = Silicon::blank(kind, "047A1C5E318043".parse().unwrap());
        let job = Job { protection: Protection::Permanent, ..IEUM };
        let mut whole = LooseReader::with_card(new_card(kind));
        job.encode_and_prove(&mut whole, ProofLevel::Used, &mut Vec::new()).unwrap();
        for at in 3..=whole.cost().exchanges {
            let mut reader = Meddling::on(new_card(kind), |reader: &mut LooseReader, _, count| {
                if count == at {
                    reader.lift();
                    reader.lay(other.clone());
                }
                None
            });
            let stop = job.encode_and_prove(&mut reader, ProofLevel::Used, &mut Vec::new()).unwrap_err();
            assert_eq!((stop.trouble.code, stop.fate), ("card-swapped", Fate::Resumable), "{kind:?} at {at}");
            assert_eq!(image(&reader.reader), other.image());
        }
    }
}

proptest! {
    /// Answers of the right form and any content: nothing panics and every visit ends.
    #[test]
    fn every_visit_ends_whatever_the_chip_answers(
        bytes in proptest::collection::vec(any::<u8>(), 1..300),
        kind in 0usize..5,
        permanent: bool,
    ) {
        let protection = if permanent { Protection::Permanent } else { Protection::Keyed };
        let job = Job { protection, ..IEUM };
        let mut place = 0;
        let mut reader = Meddling::on(new_card(KINDS[kind]), move |_: &mut LooseReader, frame: &[u8], _| {
            let mut next = || {
                place += 1;
                bytes[place % bytes.len()]
            };
            let length = match *frame {
                [] | [0x60] => return None,
                [0x30, _] => 16,
                [0x3A, first, last] => 4 * (usize::from(last - first) + 1),
                [0x1B, ..] => 2,
                [0x3C, _] => 32,
                _ => 0,
            };
            Some(match next() % 8 {
                0 => Err(Miss::Silent),
                1 => Err(Miss::Refused),
                _ => Ok((0..length).map(|_| next()).collect()),
            })
        });
        let _ = job.encode_and_prove(&mut reader, ProofLevel::Full, &mut Vec::new());
        let _ = job.blank(&mut reader, &mut Vec::new());
        let card = identify(&mut reader).unwrap();
        let proof = ProofPlan::new(&job.plan(&card), ProofLevel::Full).unwrap();
        let _ = prove(&mut reader, &card, &proof, &mut |_| Ok(()));
        prop_assert!(reader.count < 20_000);
    }
}
