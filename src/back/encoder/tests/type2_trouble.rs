//! What can go wrong with a Type 2 chip, and what the encoder makes of it.

use proptest::prelude::*;

use super::type2::{IEUM, Job, KINDS, changed, fault, new_card, not_blank};
use super::*;
use crate::plan::chip::Holder;

/// CFG0 by the sheets.
fn config(kind: Kind) -> usize {
    new_card(kind).image().len() / 4 - 4
}

fn refused(card: &Silicon, job: Job) -> (&'static str, Fate) {
    let mut reader = LooseReader::with_card(card.clone());
    let mut marks = Vec::new();
    let stop = job.encode(&mut reader, &mut marks).unwrap_err();
    assert_eq!(image(&reader), card.image(), "written to all the same");
    assert!(!marks.iter().any(|mark| matches!(mark, Mark::Intent(_))));
    (stop.trouble.code, stop.fate)
}

/// Guarded from page 4 on by somebody's password, with this ACCESS byte.
fn guarded(kind: Kind, pwd: [u8; 4], access: u8) -> Silicon {
    let at = 4 * config(kind);
    changed(&new_card(kind), |image| {
        image[at + 3] = 4;
        image[at + 4] = access;
        image[at + 8..at + 12].copy_from_slice(&pwd);
    })
}

#[test]
fn a_foreign_password_is_not_touched() {
    for kind in KINDS {
        let card = guarded(kind, [1, 2, 3, 4], 0);
        assert_eq!(refused(&card, IEUM), ("unknown-key", Fate::Unusable));
        let mut reader = LooseReader::with_card(card);
        let reading = IEUM.read(&mut reader, Depth::Whole);
        assert_eq!((reading.holder, reading.transport), (Holder::Other, false));
        assert_eq!(reading.findings[0].code, "pages-open");
        assert_eq!(reading.findings[0].args, [("pages", "2–3".to_owned())]);
        assert_eq!(IEUM.blank(&mut reader, &mut Vec::new()).unwrap_err().trouble.code, "unknown-key");
        // Reading asks for it too: nothing is known, and nothing tried.
        let hidden = guarded(kind, [1, 2, 3, 4], 0x80);
        assert_eq!(refused(&hidden, IEUM), ("unknown-key", Fate::Unusable));
        let reading = IEUM.read(&mut LooseReader::with_card(hidden), Depth::Whole);
        assert_eq!(reading.findings[0].code, "pages-unread");
    }
}

/// Three wrong passwords would shut it for its owner too: none is tried.
#[test]
fn a_chip_with_a_limit_is_never_asked() {
    for kind in KINDS {
        let card = guarded(kind, [1, 2, 3, 4], 0x01);
        let mut reader = LooseReader::with_card(card.clone());
        assert_eq!(refused(&card, IEUM), ("card-auth-limit", Fate::Unusable));
        let stop = IEUM.encode(&mut reader, &mut Vec::new()).unwrap_err();
        assert_eq!(stop.trouble.code, "card-auth-limit");
        assert_eq!(IEUM.blank(&mut reader, &mut Vec::new()).unwrap_err().trouble.code, "card-auth-limit");
        IEUM.read(&mut reader, Depth::Whole);
        assert_eq!(reader.cards()[0].hidden().unwrap().failed, 0);
    }
}

/// Somebody guarded a blank and left the factory's password: as good as open.
#[test]
fn a_chip_guarded_with_the_factorys_password_is_taken() {
    for kind in KINDS {
        let mut reader = LooseReader::with_card(guarded(kind, [0xFF; 4], 0));
        let reading = IEUM.read(&mut reader, Depth::Whole);
        assert_eq!(reading.findings[0].code, "pages-open");
        IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(fault(&image(&reader), kind, IEUM), None);
    }
}

/// As some stock comes: UID mirror switched on, NFC counter on, a limit set, PROT without AUTH0.
#[test]
fn an_open_chip_with_other_settings_is_taken() {
    for kind in KINDS {
        let (at, ntag) = (4 * config(kind), !matches!(kind, Kind::UltralightEv1 | Kind::UltralightEv1Large));
        let card = changed(&new_card(kind), |image| {
            if ntag {
                image[at] = 0x44;
                image[at + 2] = 0x05;
            }
            image[at + 4] = 0x93;
        });
        let mut reader = LooseReader::with_card(card);
        IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(fault(&image(&reader), kind, IEUM), None, "{kind:?}");
    }
}

#[test]
fn locked_pages_are_found_before_anything_is_written() {
    for kind in KINDS {
        let at = 4 * config(kind);
        let permanent = Job { protection: Protection::Permanent, ..IEUM };
        // Page 7 locked; the lock bits of pages 10 to 15 frozen; page 3 says something else; the settings are fixed.
        let locked = changed(&new_card(kind), |image| image[10] = 0x80);
        let frozen = changed(&new_card(kind), |image| image[10] = 0x04);
        let other = changed(&new_card(kind), |image| image[12..16].copy_from_slice(&[0xF1, 0x10, 0xFF, 0xEE]));
        let fixed = changed(&new_card(kind), |image| image[at + 4] = 0x40);
        for (card, job) in [(&locked, IEUM), (&frozen, permanent), (&other, IEUM), (&fixed, IEUM)] {
            assert_eq!(refused(card, job), ("card-permanent", Fate::Unusable), "{kind:?}");
        }
        // Nothing that we must write is locked there.
        let mut reader = LooseReader::with_card(frozen);
        IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
    }
}

#[test]
fn a_permanent_card_takes_nothing_else_and_is_never_blank() {
    for kind in KINDS {
        for profile in ["ieum", "uid-only"] {
            let job = Job { protection: Protection::Permanent, profile, ..IEUM };
            let card = job.finished(kind).cards()[0].clone();
            let mut reader = LooseReader::with_card(card.clone());
            let stop = job.blank(&mut reader, &mut Vec::new()).unwrap_err();
            assert_eq!((stop.trouble.code, stop.fate), ("card-permanent", Fate::Unusable));
            assert_eq!(image(&reader), card.image());
        }
        let job = Job { protection: Protection::Permanent, ..IEUM };
        let card = job.finished(kind).cards()[0].clone();
        assert_eq!(refused(&card, Job { version: 2, ..job }), ("card-permanent", Fate::Unusable));
    }
}

#[test]
fn a_keyed_card_becomes_permanent() {
    for kind in KINDS {
        let mut reader = IEUM.finished(kind);
        let job = Job { protection: Protection::Permanent, ..IEUM };
        job.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(fault(&image(&reader), kind, job), None, "{kind:?}");
        // And is as good as keyed to whoever asks for that.
        let encoded = IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(encoded.locks, 0);
    }
}

/// Somebody's NDEF message on an open chip: not as delivered, but free for us.
#[test]
fn an_open_chip_with_data_is_no_blank_and_may_be_taken() {
    for kind in KINDS {
        let card = changed(&new_card(kind), |image| image[16..24].copy_from_slice(b"\x03\x03\xD0\x00\x00\xFE\0\0"));
        let mut reader = LooseReader::with_card(card);
        for depth in [Depth::Data, Depth::Whole] {
            let reading = IEUM.read(&mut reader, depth);
            assert_eq!((reading.transport, reading.holder), (false, Holder::Transport));
        }
        IEUM.blank(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(not_blank(&image(&reader), kind), None);
        assert!(IEUM.read(&mut reader, Depth::Whole).transport);
    }
}

/// A card whose keys are ours and whose content somebody destroyed before they were set, or through a hole.
#[test]
fn a_damaged_card_of_ours_is_told_and_mended() {
    for kind in KINDS {
        let card = IEUM.finished(kind).cards()[0].clone();
        let card = changed(&card, |image| image[16..28].fill(0));
        let mut reader = LooseReader::with_card(card);
        let reading = IEUM.read(&mut reader, Depth::Whole);
        assert_eq!((reading.holder, reading.intact), (Holder::Ours { versions: vec![1] }, false));
        assert!(reading.findings.iter().any(|finding| finding.code == "directory-wrong"));
        IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(fault(&image(&reader), kind, IEUM), None);
    }
}

/// The lock was taken off again: the proof finds it, and leaves the card as it was.
#[test]
fn a_hole_in_the_lock_is_found() {
    for kind in KINDS {
        let at = 4 * config(kind);
        for (auth0, let_through) in [(4, vec![2, 3]), (3, vec![2])] {
            let card = changed(&IEUM.finished(kind).cards()[0], |image| image[at + 3] = auth0);
            let mut reader = LooseReader::with_card(card.clone());
            let target = identify(&mut reader).unwrap();
            let plan = ProofPlan::new(&IEUM.plan(&target), ProofLevel::Used).unwrap();
            let mut proof = None;
            let stop = prove(&mut reader, &target, &plan, &mut |mark| {
                if let Mark::Proven(told) = mark {
                    proof = Some(told);
                }
                Ok(())
            })
            .unwrap_err();
            assert_eq!((stop.trouble.code, stop.fate), ("chip-lets-write", Fate::Spoiled));
            let through = proof.unwrap().attempts.into_iter().filter(|attempt| !attempt.refused);
            assert_eq!(through.filter_map(|attempt| attempt.block).collect::<Vec<_>>(), let_through, "{kind:?}");
            assert_eq!(image(&reader), card.image());
        }
    }
}

#[test]
fn a_forged_signature_is_told() {
    let mut card = IEUM.finished(Kind::Ntag213).cards()[0].clone();
    card.set_hidden(crate::simulator::silicon::Hidden { forged_signature: true, ..card.hidden().unwrap() });
    let reading = IEUM.read(&mut LooseReader::with_card(card), Depth::Data);
    assert_eq!(reading.originality, Some(crate::plan::chip::Originality::Wrong));
    assert!(reading.intact);
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

/// Torn, laid down again and torn again, in every way of programming.
#[test]
fn two_tears_in_a_row_end_right() {
    use crate::simulator::field::{Tear, TearOrder};
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

#[test]
fn marks_come_in_order_and_the_intent_before_the_first_write() {
    let told = std::cell::RefCell::new(Vec::new());
    let mut reader = LooseReader::with_card(new_card(Kind::UltralightEv1));
    let card = identify(&mut reader).unwrap();
    let plan = IEUM.plan(&card);
    let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
    encode_and_prove(&mut reader, &card, &plan, &proof, &mut |mark| {
        told.borrow_mut().push(match mark {
            Mark::Begin(step) => format!("+{}", step.code()),
            Mark::End(step) => format!("-{}", step.code()),
            Mark::Sector { sector, state } => format!("{sector} {}", state.code()),
            Mark::Intent(intent) => format!("intent {:?}", intent.areas),
            Mark::Locked { .. } => "locked".to_owned(),
            Mark::Proven(proof) => format!("proven {}", proof.refused()),
            other => panic!("{other:?}"),
        });
        Ok(())
    })
    .unwrap();
    let due = [
        "+write",
        "intent [4, 3, 2, 1, 0]",
        "-write",
        "+read-back",
        "2 written",
        "1 written",
        "0 written",
        "-read-back",
        "+lock",
        "4 now",
        "0 locked",
        "1 locked",
        "2 locked",
        "3 locked",
        "4 locked",
        "-lock",
        "locked",
        "+proof",
        "0 proven",
        "1 proven",
        "3 proven",
        "4 proven",
        "-proof",
        "proven 10",
    ];
    assert_eq!(told.into_inner(), due);
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
