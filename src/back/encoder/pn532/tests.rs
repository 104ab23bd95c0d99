//! The PN532 reader over the model of the chip: the same jobs as on the reader without a link, and links that lag, garble and
//! fall silent. What was counted as proven is compared with the silicon.

use proptest::prelude::*;

use super::*;
use crate::back::encoder::simulated::LooseReader;
use crate::back::encoder::tests::{content, keys, profile, site};
use crate::back::encoder::{Encoded, Fate, Mark, Proof, Stop, encode_and_prove, identify, read, screen};
use crate::plan::chip::{Depth, EncodePlan, ProofLevel, ProofPlan, Protection, ReadPlan};
use crate::simulator::faults::{Faults, Passed};
use crate::simulator::field::Field;
use crate::simulator::pn532::{Pn532 as Chip, Reply};
use crate::simulator::silicon::{Kind, Silicon};

const PROTECTIONS: [Protection; 2] = [Protection::Keyed, Protection::Permanent];

/// A link that changes answers: the number of the command, and what the chip said from `D5` on.
struct Wire<F> {
    chip: Chip<Field>,
    sent: u32,
    pass: F,
}

impl<F: FnMut(u32, Vec<u8>) -> Option<Vec<u8>> + Send> Link for Wire<F> {
    fn name(&self) -> &str {
        "wire"
    }

    fn wait(&mut self, _present: bool, _timeout: Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn command(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        self.sent += 1;
        let Reply::Response(answer) = self.chip.command(command).unwrap() else { return Err(Lost::Silent) };
        let answer = (self.pass)(self.sent, [&[0xD5], &answer[..]].concat()).ok_or(Lost::Silent)?;
        match answer.as_slice() {
            [0xD5, code, rest @ ..] if *code == command[0] + 1 => Ok(rest.to_vec()),
            [0xD5, _, ..] => Err(Lost::Foreign),
            _ => Err(Lost::Silent),
        }
    }

    /// Nothing here needs the pause.
    fn pace(&self) -> Duration {
        UNPOWERED
    }
}

type Lying<F> = Pn532<Wire<F>>;

fn over<F: FnMut(u32, Vec<u8>) -> Option<Vec<u8>> + Send>(cards: Vec<Silicon>, pass: F) -> Lying<F> {
    let mut field = Field::default();
    cards.into_iter().for_each(|card| field.lay(card));
    Pn532::new(Wire { chip: Chip::new(field), sent: 0, pass })
}

/// What a wire without a state does to an answer.
type Pass = fn(u32, Vec<u8>) -> Option<Vec<u8>>;

fn sound(card: Silicon) -> Lying<Pass> {
    over(vec![card], |_, answer| Some(answer))
}

fn image<F>(reader: &Lying<F>) -> Vec<u8>
where
    F: FnMut(u32, Vec<u8>) -> Option<Vec<u8>> + Send,
{
    reader.line.link.chip.antenna().cards()[0].image().to_vec()
}

fn card<F>(reader: &Lying<F>) -> Silicon
where
    F: FnMut(u32, Vec<u8>) -> Option<Vec<u8>> + Send,
{
    reader.line.link.chip.antenna().cards()[0].clone()
}

pub(in crate::back::encoder) fn blank(kind: Kind) -> Silicon {
    Silicon::blank(kind, "047A1C5E318042".parse().unwrap())
}

/// The whole job, as a desk that resumes it does.
pub(in crate::back::encoder) fn job(reader: &mut dyn Reader, protection: Protection) -> Result<(Encoded, Proof), Stop> {
    let card = identify(reader).map_err(Stop::resumable)?;
    let plan = EncodePlan::new(&profile(), card.kind, &card.uid, &content(1, 1), &keys(1), protection).unwrap();
    let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
    encode_and_prove(reader, &card, &plan.resumed(true), &proof, &mut |_: Mark| Ok(()))
}

/// What the same job makes of the card without any link, and its exchanges.
pub(in crate::back::encoder) fn expected(kind: Kind, protection: Protection) -> (Vec<u8>, u32) {
    let mut reader = LooseReader::with_card(blank(kind));
    job(&mut reader, protection).unwrap();
    (reader.cards()[0].image().to_vec(), reader.cost().exchanges)
}

#[test]
fn every_chip_is_made_proven_and_read_in_the_same_exchanges() {
    for kind in Kind::BLANKS {
        for protection in PROTECTIONS {
            let mut reader = sound(blank(kind));
            let (_, proof) = job(&mut reader, protection).unwrap();
            let (silicon, exchanges) = expected(kind, protection);
            assert!(proof.refused() > 0 && proof.let_through() == 0, "{kind:?}");
            assert_eq!((image(&reader), reader.cost().exchanges), (silicon, exchanges), "{kind:?} {protection:?}");
            // A reader that was opened only now is spoken to five times before: the number, three settings, the registers.
            let commands = reader.cost().commands - 5;
            assert!(commands * 10 <= exchanges * 12, "{kind:?} {protection:?}: {commands} for {exchanges}");
            if kind == Kind::Classic1k && protection == Protection::Keyed {
                assert_eq!((exchanges, commands), (207, 212));
            }

            let card = identify(&mut reader).unwrap();
            let plan = ReadPlan::new(&profile(), card.kind, &card.uid, site(), &keys(1), Depth::Whole).unwrap();
            assert_eq!(read(&mut reader, &card, &plan).unwrap().findings, [], "{kind:?} {protection:?}");
        }
    }
}

/// Speaks only while a card lies there, as an ACR122U does, and keeps what was sent.
struct Away {
    wire: Wire<Pass>,
    away: bool,
    sent: Vec<Vec<u8>>,
}

impl Link for Away {
    fn name(&self) -> &str {
        "away"
    }

    fn wait(&mut self, _present: bool, _timeout: Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn command(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        if self.away {
            return Err(Lost::NoCard);
        }
        self.sent.push(command.to_vec());
        self.wire.command(command)
    }

    fn pace(&self) -> Duration {
        UNPOWERED
    }
}

/// Whoever speaks to it meanwhile, or pcscd itself, may leave it otherwise.
#[test]
fn a_reader_whose_card_was_away_is_told_everything_anew() {
    const READ: &[u8] = &[0x30, 4];
    let lost: [fn(&mut Pn532<Away>) -> bool; 3] = [
        |reader| reader.exchange(READ) == Err(Miss::Silent),
        |reader| reader.raw(Raw::Short(0x40)) == Err(Miss::Silent),
        |reader| reader.raw(Raw::Bytes(&[0x60])) == Err(Miss::Silent),
    ];
    for lose in lost {
        let mut field = Field::default();
        field.lay(blank(Kind::Ntag213));
        let pass: Pass = |_, answer| Some(answer);
        let wire = Wire { chip: Chip::new(field), sent: 0, pass };
        let mut reader = Pn532::new(Away { wire, away: false, sent: Vec::new() });
        reader.select().unwrap();
        let _ = reader.raw(Raw::Short(0x40));
        reader.line.link.away = true;
        assert!(lose(&mut reader));
        reader.line.link.away = false;
        reader.line.link.sent.clear();
        let _ = reader.exchange(READ);
        let sent = &reader.line.link.sent;
        assert_eq!(sent[0][0], 0, "a number is asked back");
        assert_eq!(sent[1..4], wire::SETTINGS.map(<[u8]>::to_vec));
        assert_eq!(Some(&sent[4]), Registers::PLAIN.command(None).as_ref());
    }
}

#[test]
fn two_cards_are_two() {
    let other = Silicon::blank(Kind::Ntag213, "047A1C5E318043".parse().unwrap());
    let mut reader = over(vec![blank(Kind::Classic1k), other], |_, answer| Some(answer));
    assert_eq!(identify(&mut reader).unwrap_err().code, "two-cards");
}

#[test]
fn clones_and_strangers_are_known_by_name() {
    let mut reader = sound(blank(Kind::Gen1a));
    let found = identify(&mut reader).unwrap();
    assert_eq!(screen(&mut reader, &found).unwrap_err().code, "card-uid-settable");
    let mut reader = sound(blank(Kind::Classic1k));
    let found = identify(&mut reader).unwrap();
    screen(&mut reader, &found).unwrap();
    for (kind, code, chip) in [
        (Kind::Felica, "chip-unsupported", "FeliCa"),
        (Kind::Iso15693, "card-removed", ""),
        (Kind::Desfire, "chip-unsupported", "MIFARE DESFire"),
    ] {
        let trouble = identify(&mut sound(blank(kind))).unwrap_err();
        let named = trouble.args.iter().find(|(name, _)| *name == "chip").map_or("", |(_, chip)| chip);
        assert_eq!((trouble.code, named), (code, chip), "{kind:?}");
    }
}

/// Four bits are a refusal, whatever is garbled is none: with the CRC checked by the chip, and by hand from then on.
#[test]
fn a_garbled_answer_is_no_refusal() {
    const WRONG_RANGE: Raw<'_> = Raw::Bytes(&[0x3A, 8, 4]);
    const PAGE: Raw<'_> = Raw::Bytes(&[0x3A, 4, 4]);
    let mut reader = sound(blank(Kind::Ntag213));
    reader.select().unwrap();
    assert_eq!(reader.raw(WRONG_RANGE), Err(Miss::Refused));
    reader.select().unwrap();
    reader.line.link.pass = garble;
    assert_eq!(reader.raw(PAGE), Err(Miss::Silent));
    assert!(reader.by_hand);
    reader.select().unwrap();
    assert_eq!(reader.raw(PAGE), Err(Miss::Silent));
    reader.line.link.pass = |_, answer| Some(answer);
    reader.select().unwrap();
    assert_eq!(reader.raw(PAGE).map(|page| page.len()), Ok(4));
    assert_eq!(reader.raw(WRONG_RANGE), Err(Miss::Refused));
}

/// What a chip says of a garbled frame whose CRC it checks, and the frame where it does not.
fn garble(_: u32, mut answer: Vec<u8>) -> Option<Vec<u8>> {
    match answer[..] {
        [0xD5, 0x43, 0x00, _, _, _, _] => return Some(vec![0xD5, 0x43, CRC_ERROR]),
        [0xD5, 0x43, 0x00, ..] => answer[4] ^= 0x10,
        _ => {}
    }
    Some(answer)
}

/// From its first answer on, or from any in mid-work, the reader answers late; the first late answer is the one before
/// once more. Never is anything taken for proven that is not, and once the reader is well the card is completed.
#[test]
fn a_reader_that_lags_is_found_out_wherever_it_begins() {
    for kind in [Kind::Classic1k, Kind::Ntag213, Kind::Ntag216] {
        let silicon = expected(kind, Protection::Keyed).0;
        let mut whole = sound(blank(kind));
        job(&mut whole, Protection::Keyed).unwrap();
        for from in 1..=whole.cost().commands {
            let mut held = Vec::new();
            let mut reader = over(vec![blank(kind)], |sent, answer| {
                let before = std::mem::replace(&mut held, answer.clone());
                Some(if sent >= from { before } else { answer })
            });
            let stop = job(&mut reader, Protection::Keyed).unwrap_err();
            assert_eq!((stop.trouble.code, stop.fate), ("reader-confused", Fate::Resumable), "{kind:?} from {from}");
            let mut reader = sound(card(&reader));
            job(&mut reader, Protection::Keyed).unwrap();
            assert_eq!(image(&reader), silicon, "{kind:?} from {from}");
        }
    }
}

/// A single answer that came too late to be waited for, and then first of all.
#[test]
fn one_late_answer_is_drained_and_the_work_goes_on() {
    for kind in [Kind::Classic1k, Kind::Ntag213] {
        let silicon = expected(kind, Protection::Keyed).0;
        for late in (1..200).step_by(7) {
            let mut queue = std::collections::VecDeque::new();
            let mut reader = over(vec![blank(kind)], |sent, answer| {
                queue.push_back(answer);
                match sent == late {
                    true => None,
                    // What lay there and what came: the last one is the own one when both are taken.
                    false if queue.len() > 1 && sent > late + 1 => queue.drain(..).next_back(),
                    false => queue.pop_front(),
                }
            });
            job(&mut reader, Protection::Keyed).unwrap();
            assert_eq!(image(&reader), silicon, "{kind:?} at {late}");
        }
    }
}

#[test]
fn a_reader_that_falls_silent_is_stuck() {
    for from in [1, 2, 5, 20, 100] {
        let mut reader = over(vec![blank(Kind::Classic1k)], |sent, answer| (sent < from).then_some(answer));
        let stop = job(&mut reader, Protection::Keyed).unwrap_err();
        assert_eq!((stop.trouble.code, stop.fate), ("reader-stuck", Fate::Resumable), "from {from}");
    }
}

/// One answer in a hundred, or in ten, is not what the chip said.
#[test]
fn nothing_is_proven_by_garbled_answers() {
    let mut proven = 0;
    for (kind, per_mille, seed) in Kind::BLANKS
        .into_iter()
        .flat_map(|kind| [10, 100].into_iter().flat_map(move |rate| (1..=6).map(move |seed| (kind, rate, seed))))
    {
        let mut faults: Faults = format!("mutate={per_mille}:{seed}").parse().unwrap();
        let mut reader = over(vec![blank(kind)], |_, answer| match faults.pass(answer) {
            Passed::Now(answer) => Some(answer),
            Passed::Never => None,
        });
        if job(&mut reader, Protection::Keyed).is_ok() {
            proven += 1;
            assert_eq!(image(&reader), expected(kind, Protection::Keyed).0, "{kind:?} {per_mille} {seed}");
        }
    }
    assert!(proven > 0, "garbled now and then is borne");
}

proptest! {
    /// Any answers whatsoever, some of them with the right code: nothing panics, every visit ends, and none of them proves a
    /// card that is blank.
    #[test]
    fn no_answers_prove_a_blank_card(
        answers in proptest::collection::vec((0u8..8, proptest::collection::vec(any::<u8>(), 0..40)), 1..60),
        kind in 0usize..7,
    ) {
        let mut reader = over(vec![blank(Kind::BLANKS[kind])], |sent, answer| {
            let (how, bytes) = &answers[sent as usize % answers.len()];
            Some(match how {
                0 => bytes.clone(),
                1 => [&answer[..2], &bytes[..]].concat(),
                2 => [&answer[..answer.len().min(3)], &bytes[..]].concat(),
                _ => answer,
            })
        });
        let done = job(&mut reader, Protection::Keyed);
        let finished = image(&reader) == expected(Kind::BLANKS[kind], Protection::Keyed).0;
        prop_assert!(done.is_err() || finished);
    }
}
