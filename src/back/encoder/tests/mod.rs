//! The encoder on simulated silicon. What a finished card must hold is written down here a second time, from the
//! specification and not from `plan/chip`.

mod chips;
mod finished;
mod garbled;
mod sweep;
mod tears;
mod trouble;
mod type2;
mod type2_meddled;
mod type2_sweep;
mod type2_trouble;
mod words;

use super::simulated::LooseReader;
use super::*;
use crate::plan::chip::{
    BlankPlan, ChipKind, Content, Depth, EncodePlan, KeySet, KeyVersion, MasterKey, Profile, ProofLevel, ProofPlan,
    Protection, ReadPlan,
};
use crate::plan::member::{LibraryCode, MemberNumber};
use crate::simulator::silicon::{Kind, Silicon, Uid as SiliconUid};

pub const FOUR: &str = "047A1C5E";
pub const SEVEN: &str = "047A1C5E318042";

pub const PROFILE: &str = include_str!("../../../../templates/chips/ieum.toml");

pub fn profile() -> Profile {
    Profile::parse(PROFILE, "ieum.toml").unwrap()
}

pub fn keys(current: u8) -> KeySet {
    let version = |version: u8| {
        let key = |purpose: u8| MasterKey::new(std::array::from_fn(|i| purpose ^ version.wrapping_mul(29) ^ i as u8));
        KeyVersion { version, classic: key(0x11), pwd: key(0x22), seal: key(0x44), backup: key(0x88) }
    };
    KeySet::new(vec![version(1), version(2)], current).unwrap()
}

pub fn site() -> LibraryCode {
    LibraryCode::parse("121003").unwrap()
}

pub fn content(serial: u32, key_version: u8) -> Content {
    Content {
        number: MemberNumber::new(site(), serial).unwrap(),
        library: site(),
        sequence: 1,
        date: jiff::civil::date(2026, 11, 24).into(),
        key_version,
    }
}

pub fn blank_card(uid: &str) -> Silicon {
    let uid = crate::plan::chip::Uid::parse(uid).unwrap();
    Silicon::blank(Kind::Classic1k, SiliconUid::new(uid.bytes()).unwrap())
}

pub fn plan_for(target: &Identified, content: &Content) -> EncodePlan {
    let kind = target.kind;
    EncodePlan::new(&profile(), kind, &target.uid, content, &keys(content.key_version), Protection::Keyed).unwrap()
}

pub fn read_plan(target: &Identified, depth: Depth) -> ReadPlan {
    ReadPlan::new(&profile(), target.kind, &target.uid, site(), &keys(1), depth).unwrap()
}

pub fn blank_plan(target: &Identified) -> BlankPlan {
    BlankPlan::new(&profile(), target.kind, &target.uid, site(), &keys(1)).unwrap()
}

pub fn image(reader: &LooseReader) -> Vec<u8> {
    reader.cards()[0].image().to_vec()
}

/// Identifies and encodes what lies there, passing the marks on.
pub fn encode_here(reader: &mut dyn Reader, resumed: bool, marks: &mut Vec<Mark>) -> Result<Encoded, Stop> {
    let target = identify(reader).map_err(Stop::resumable)?;
    let plan = plan_for(&target, &content(1, 1)).resumed(resumed);
    encode(reader, &target, &plan, &mut |mark| {
        marks.push(mark);
        Ok(())
    })
}

/// A finished card on a reader.
pub fn finished_card(uid: &str) -> LooseReader {
    let mut reader = LooseReader::with_card(blank_card(uid));
    encode_here(&mut reader, false, &mut Vec::new()).unwrap();
    reader
}

/// Passes everything on, but for one exchange that goes unheard: lost on the way there or on the way back.
pub struct Deaf {
    pub reader: LooseReader,
    pub at: u32,
    pub answer_lost: bool,
}

impl Reader for Deaf {
    fn name(&self) -> &str {
        "deaf"
    }

    fn wait_for_card(&mut self, wanted: Option<&Uid>, feed: Feed, timeout: Duration) -> Result<bool, Trouble> {
        self.reader.wait_for_card(wanted, feed, timeout)
    }

    fn wait_until_empty(&mut self, timeout: Duration) -> Result<bool, Trouble> {
        self.reader.wait_until_empty(timeout)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        self.at = self.at.wrapping_sub(1);
        let found = self.reader.select();
        if self.at == 0 { Err(Miss::Silent) } else { found }
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.at = self.at.wrapping_sub(1);
        if self.at == 0 && !self.answer_lost {
            return Err(Miss::Silent);
        }
        let answer = self.reader.exchange(frame);
        if self.at == 0 { Err(Miss::Silent) } else { answer }
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        self.at = self.at.wrapping_sub(1);
        if self.at == 0 && !self.answer_lost {
            return Err(Miss::Silent);
        }
        let answer = self.reader.raw(frame);
        if self.at == 0 { Err(Miss::Silent) } else { answer }
    }

    fn cost(&self) -> Cost {
        self.reader.cost()
    }
}

/// An encode of a blank with `ieum`, `identify` included. The specification counts 102: block 2 of the directory is all
/// zeros, as on a blank, so it is neither written nor read back.
pub const ENCODE: u32 = 100;
/// The same and proof `used`: 50 attacks, 50 selects that follow a refusal (the last one to see that the card still lies
/// there), one authentication for each of the five writes that do not share one with the verification, and the back door,
/// asked for and selected after.
pub const ENCODE_AND_PROVE: u32 = ENCODE + 50 + 50 + 5 + 2;

#[test]
fn an_encode_takes_100_exchanges() {
    for uid in [FOUR, SEVEN] {
        let mut reader = LooseReader::with_card(blank_card(uid));
        let encoded = encode_here(&mut reader, false, &mut Vec::new()).unwrap();
        assert_eq!(encoded.locks, 16);
        assert_eq!(reader.cost().exchanges, ENCODE);
        assert!(reader.cost().commands * 10 <= reader.cost().exchanges * 12);
    }
}

#[test]
fn encode_and_proof_take_207_exchanges() {
    let mut reader = LooseReader::with_card(blank_card(FOUR));
    let target = identify(&mut reader).unwrap();
    let plan = plan_for(&target, &content(1, 1));
    let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
    let (_, proof) = encode_and_prove(&mut reader, &target, &plan, &proof, &mut |_| Ok(())).unwrap();
    assert_eq!((proof.attempts.len(), proof.refused(), proof.let_through()), (50, 50, 0));
    assert_eq!(reader.cost().exchanges, ENCODE_AND_PROVE);
}

#[test]
fn a_proof_alone_reads_and_attacks() {
    for (level, attempts) in [(ProofLevel::Used, 50), (ProofLevel::Full, 190)] {
        let mut reader = finished_card(SEVEN);
        let before = image(&reader);
        let target = identify(&mut reader).unwrap();
        let plan = plan_for(&target, &content(1, 1));
        let plan = ProofPlan::new(&plan, level).unwrap();
        let proof = prove(&mut reader, &target, &plan, &mut |_| Ok(())).unwrap();
        assert_eq!((proof.attempts.len(), proof.let_through()), (attempts, 0));
        assert_eq!(image(&reader), before);
    }
}

#[test]
fn marks_come_in_order_and_the_durable_ones_once() {
    let mut reader = LooseReader::with_card(blank_card(FOUR));
    let target = identify(&mut reader).unwrap();
    let plan = plan_for(&target, &content(1, 1));
    let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
    let mut told = Vec::new();
    encode_and_prove(&mut reader, &target, &plan, &proof, &mut |mark| {
        match mark {
            Mark::Begin(step) => told.push(format!("+{}", step.code())),
            Mark::End(step) => told.push(format!("-{}", step.code())),
            Mark::Sector { sector, state } => told.push(format!("{sector} {}", state.code())),
            Mark::Intent(intent) => told.push(format!("intent {}", intent.areas.len())),
            Mark::Locked { .. } => told.push("locked".to_owned()),
            Mark::Proven(proof) => told.push(format!("proven {}", proof.refused())),
            other => panic!("{other:?}"),
        }
        Ok(())
    })
    .unwrap();
    let start =
        ["+write", "intent 16", "-write", "+read-back", "1 written", "-read-back", "+lock", "1 now", "1 locked"];
    assert_eq!(told[..9], start);
    assert_eq!(told[9..11], ["2 now", "2 locked"]);
    let end = ["0 written", "0 now", "0 locked", "-lock", "locked", "+proof", "1 proven"];
    let last = told.iter().position(|mark| mark == "0 written").unwrap();
    assert_eq!(told[last..last + 7], end);
    assert_eq!(told[told.len() - 3..], ["0 proven", "-proof", "proven 50"]);
    assert_eq!(told.iter().filter(|mark| mark.starts_with("intent")).count(), 1);
}

#[test]
fn a_finished_card_is_left_as_it_is() {
    let mut reader = finished_card(FOUR);
    let before = image(&reader);
    let mut marks = Vec::new();
    let encoded = encode_here(&mut reader, false, &mut marks).unwrap();
    assert_eq!((encoded.locks, image(&reader)), (0, before));
    assert_eq!(marks.iter().filter(|mark| matches!(mark, Mark::Intent(_))).count(), 1, "what is locked was intended");
}

#[test]
fn a_card_of_ours_takes_another_number_and_newer_keys() {
    let mut reader = finished_card(FOUR);
    let target = identify(&mut reader).unwrap();
    let encoded = encode(&mut reader, &target, &plan_for(&target, &content(2, 2)), &mut |_| Ok(())).unwrap();
    assert_eq!(encoded.locks, 16);
    assert_eq!(&image(&reader)[64..78], b"12100300000002");
    let reading = read(&mut reader, &target, &read_plan(&target, Depth::Whole)).unwrap();
    assert_eq!(reading.header.unwrap().key_version, 2);
    assert_eq!(reading.findings, []);
}

#[test]
fn blank_gives_back_what_the_factory_delivers() {
    for uid in [FOUR, SEVEN] {
        let mut reader = finished_card(uid);
        let target = identify(&mut reader).unwrap();
        blank(&mut reader, &target, &blank_plan(&target), &mut |_| Ok(())).unwrap();
        assert_eq!(image(&reader), blank_card(uid).image());
        encode_here(&mut reader, false, &mut Vec::new()).unwrap();
    }
}

#[test]
fn a_reading_tells_a_finished_card_from_a_blank() {
    let mut reader = finished_card(SEVEN);
    let target = identify(&mut reader).unwrap();
    let before = reader.cost().exchanges;
    let reading = read(&mut reader, &target, &read_plan(&target, Depth::Data)).unwrap();
    assert_eq!(reading.number.unwrap().as_str(), "12100300000001");
    assert_eq!((reading.seal, reading.transport), (crate::plan::chip::Seal::Valid, false));
    // Two sectors: authenticate, three blocks of each, and sector 1's fourth.
    assert_eq!(reader.cost().exchanges - before, 9);

    let mut reader = LooseReader::with_card(blank_card(FOUR));
    let target = identify(&mut reader).unwrap();
    let reading = read(&mut reader, &target, &read_plan(&target, Depth::Data)).unwrap();
    assert!(reading.transport && reading.number.is_none());
}
