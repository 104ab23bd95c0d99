//! Type 2 chips on simulated silicon. What a finished card must hold is written down here a second time, from the
//! specification and the data sheets and not from `plan/chip`.

use super::*;
use crate::plan::chip::{Holder, Originality, Seal};

pub const KINDS: [Kind; 5] =
    [Kind::UltralightEv1, Kind::UltralightEv1Large, Kind::Ntag213, Kind::Ntag215, Kind::Ntag216];
pub const PROTECTIONS: [Protection; 2] = [Protection::Keyed, Protection::Permanent];
pub const NUMBER: &str = "12100300000001";

pub fn new_card(kind: Kind) -> Silicon {
    let uid = crate::plan::chip::Uid::parse(SEVEN).unwrap();
    Silicon::blank(kind, SiliconUid::new(uid.bytes()).unwrap())
}

/// The same chip with something else in its memory.
pub fn changed(card: &Silicon, change: impl Fn(&mut [u8])) -> Silicon {
    let mut image = card.image().to_vec();
    change(&mut image);
    Silicon::from_image(card.kind(), card.uid(), &image).unwrap()
}

pub fn profile_of(name: &str) -> Profile {
    let text = match name {
        "number-only" => include_str!("../../../../templates/chips/number-only.toml"),
        "uid-only" => include_str!("../../../../templates/chips/uid-only.toml"),
        _ => include_str!("../../../../templates/chips/ieum.toml"),
    };
    Profile::parse(text, name).unwrap()
}

/// What is to be made of a card.
#[derive(Clone, Copy)]
pub struct Job {
    pub profile: &'static str,
    pub protection: Protection,
    pub version: u8,
}

pub const IEUM: Job = Job { profile: "ieum", protection: Protection::Keyed, version: 1 };

impl Job {
    pub fn plan(&self, card: &Identified) -> EncodePlan {
        let (profile, content) = (profile_of(self.profile), content(1, self.version));
        EncodePlan::new(&profile, card.kind, &card.uid, &content, &keys(self.version), self.protection).unwrap()
    }

    pub fn encode(&self, reader: &mut dyn Reader, marks: &mut Vec<Mark>) -> Result<Encoded, Stop> {
        let card = identify(reader).map_err(Stop::resumable)?;
        encode(reader, &card, &self.plan(&card), &mut |mark| {
            marks.push(mark);
            Ok(())
        })
    }

    pub fn encode_and_prove(
        &self,
        reader: &mut dyn Reader,
        level: ProofLevel,
        marks: &mut Vec<Mark>,
    ) -> Result<(Encoded, Proof), Stop> {
        let card = identify(reader).map_err(Stop::resumable)?;
        let plan = self.plan(&card);
        let proof = ProofPlan::new(&plan, level).unwrap();
        encode_and_prove(reader, &card, &plan, &proof, &mut |mark| {
            marks.push(mark);
            Ok(())
        })
    }

    pub fn blank(&self, reader: &mut dyn Reader, marks: &mut Vec<Mark>) -> Result<Encoded, Stop> {
        let card = identify(reader).map_err(Stop::resumable)?;
        let plan =
            BlankPlan::new(&profile_of(self.profile), card.kind, &card.uid, site(), &keys(self.version)).unwrap();
        blank(reader, &card, &plan, &mut |mark| {
            marks.push(mark);
            Ok(())
        })
    }

    pub fn read(&self, reader: &mut dyn Reader, depth: Depth) -> crate::plan::chip::Reading {
        let card = identify(reader).unwrap();
        let plan =
            ReadPlan::new(&profile_of(self.profile), card.kind, &card.uid, site(), &keys(self.version), depth).unwrap();
        read(reader, &card, &plan).unwrap()
    }

    pub fn finished(&self, kind: Kind) -> LooseReader {
        let mut reader = LooseReader::with_card(new_card(kind));
        self.encode(&mut reader, &mut Vec::new()).unwrap();
        reader
    }
}

/// Last user page, dynamic lock page, CFG0; page 3; dynamic lock bytes of a permanent card (both sheets, 8.5).
fn sheet(kind: Kind) -> (usize, Option<usize>, usize, [u8; 3], [u8; 3]) {
    match kind {
        Kind::UltralightEv1 => (15, None, 16, [0xE1, 0x10, 0x06], [0; 3]),
        Kind::UltralightEv1Large => (35, Some(36), 37, [0xE1, 0x10, 0x10], [0xFF, 0x03, 0x1F]),
        Kind::Ntag213 => (39, Some(40), 41, [0xE1, 0x10, 0x12], [0xFF, 0x0F, 0x3F]),
        Kind::Ntag215 => (129, Some(130), 131, [0xE1, 0x10, 0x3E], [0xFF, 0x00, 0x0F]),
        Kind::Ntag216 => (225, Some(226), 227, [0xE1, 0x10, 0x6D], [0xFF, 0x3F, 0x7F]),
        other => panic!("{other:?} is no Type 2 chip"),
    }
}

fn crc(bytes: &[u8]) -> [u8; 2] {
    let mut crc: u16 = 0xFFFF;
    for byte in bytes {
        for bit in (0..8).rev() {
            let high = (crc >> 15) as u8 ^ (byte >> bit & 1);
            crc <<= 1;
            if high == 1 {
                crc ^= 0x1021;
            }
        }
    }
    crc.to_be_bytes()
}

/// AES-CMAC with the crate alone, under the seal key of the tests' version.
fn cmac(version: u8, parts: &[&[u8]]) -> [u8; 16] {
    use cmac::Mac;
    let key: [u8; 16] = std::array::from_fn(|i| 0x44 ^ version.wrapping_mul(29) ^ i as u8);
    let mut mac = <cmac::Cmac<aes::Aes128> as aes::cipher::KeyInit>::new(&key.into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// The user memory from page 4 on, of card 1 made with this profile and key version.
fn expected_content(kind: Kind, job: Job) -> Vec<u8> {
    const UID: [u8; 8] = [7, 0x04, 0x7A, 0x1C, 0x5E, 0x31, 0x80, 0x42];
    let version = job.version;
    let number = [NUMBER.as_bytes(), &[0, 0]].concat();
    match (job.profile, kind) {
        ("uid-only", _) => vec![],
        ("number-only", _) => number,
        (_, Kind::UltralightEv1) => {
            let mut bytes = vec![0xFD, 23, 0x12, 0x10, 0x03, 0, 0, 0, 0x01, 1, version, 1, 0x26, 0x11, 0x24];
            bytes.extend(crc(&bytes[2..]));
            let seal = cmac(version, &[b"ieum-seal-1", &UID, &bytes[2..]]);
            bytes.extend(&seal[..8]);
            bytes.extend([0xFE, 0, 0]);
            bytes
        }
        _ => {
            let mut header = vec![b'I', b'E', 1, version, 1, 0x12, 0x10, 0x03, 0x20, 0x26, 0x11, 0x24, 0, 0];
            header.extend(crc(&header));
            let seal = cmac(version, &[b"ieum-seal-1", &UID, NUMBER.as_bytes(), &header]);
            [&[0xFD, 48][..], &number, &header, &seal, &[0xFE, 0]].concat()
        }
    }
}

/// The first thing that is not as it should be on a finished card.
pub fn fault(image: &[u8], kind: Kind, job: Job) -> Option<String> {
    let (last, dynamic, config, container, locks) = sheet(kind);
    let blank = new_card(kind);
    let page = |number: usize| &image[4 * number..4 * number + 4];
    let content = expected_content(kind, job);
    let wrong = |what: &str| Some(what.to_owned());
    if image[16..16 + content.len()] != content {
        return wrong("content");
    }
    if image[16 + content.len()..4 * (last + 1)] != blank.image()[16 + content.len()..4 * (last + 1)] {
        return wrong("the rest of the user memory");
    }
    let permanent = job.protection == Protection::Permanent;
    let announced = job.profile == "ieum";
    let nibble = if permanent && announced { 0x0F } else { 0 };
    let due = [container[0], container[1], container[2], nibble];
    if announced && page(3) != due || !announced && page(3) != &blank.image()[12..16] {
        return wrong("page 3");
    }
    if page(2)[2..] != if permanent { [0xFF, 0xFF] } else { [0, 0] } {
        return wrong("static lock bytes");
    }
    if let Some(dynamic) = dynamic
        && page(dynamic)[..3] != if permanent { locks } else { [0; 3] }
    {
        return wrong("dynamic lock bytes");
    }
    let (cfg0, cfg1) = (&blank.image()[4 * config..4 * config + 3], &blank.image()[4 * config + 4..4 * config + 8]);
    if page(config)[..3] != *cfg0 || page(config)[3] != 2 || page(config + 1) != cfg1 {
        return wrong("configuration");
    }
    let (pwd, pack) = (page(config + 2), page(config + 3));
    if [[0xFF; 4], [0; 4]].iter().any(|known| pwd == known) || pack[..2] == [0, 0] || pack[2..] != [0, 0] {
        return wrong("a password that everybody knows");
    }
    None
}

/// Whether it is as the factory delivers it, but for page 3 and with zeros in the user memory.
pub fn not_blank(image: &[u8], kind: Kind) -> Option<String> {
    let (last, ..) = sheet(kind);
    let mut delivered = new_card(kind).image().to_vec();
    delivered[16..4 * (last + 1)].fill(0);
    let mut found = image.to_vec();
    found[12..16].copy_from_slice(&delivered[12..16]);
    let page = (0..found.len() / 4).find(|page| found[4 * page..4 * page + 4] != delivered[4 * page..4 * page + 4]);
    page.map(|page| format!("page {page} is {:02X?}", &found[4 * page..4 * page + 4]))
}

#[test]
fn an_encoded_card_is_whole_whatever_the_chip_and_profile() {
    for kind in KINDS {
        for protection in PROTECTIONS {
            for profile in ["ieum", "number-only", "uid-only"] {
                let job = Job { profile, protection, version: 1 };
                let mut reader = LooseReader::with_card(new_card(kind));
                let mut marks = Vec::new();
                let encoded = job.encode(&mut reader, &mut marks).unwrap();
                assert_eq!(fault(&image(&reader), kind, job), None, "{kind:?} {protection} {profile}");
                let permanent = if protection == Protection::Permanent { 2 } else { 0 };
                let dynamic = if kind == Kind::UltralightEv1 { 1 } else { 2 };
                assert_eq!(encoded.locks, 3 + permanent * dynamic);
                assert_eq!(marks.iter().filter(|mark| matches!(mark, Mark::Intent(_))).count(), 1);
                assert!(matches!(marks.last(), Some(Mark::Locked { .. })));
                println!("{} {profile} {protection}: {} exchanges", kind.name(), reader.cost().exchanges);
            }
        }
    }
}

/// Select, GET_VERSION. One FAST_READ shows all of a small chip, the large ones take one more for their settings. Then the
/// pages, page 3 of an EV1, one reading back, PWD, PACK, PWD_AUTH, CFG0; re-activation, the same reading, PWD_AUTH.
#[test]
fn an_encode_takes_no_more_exchanges_than_the_chip_needs() {
    for (kind, look, pages, keyed, permanent) in [
        (Kind::UltralightEv1, 1, 7 + 1, 19, 19 + 7),
        (Kind::UltralightEv1Large, 1, 13 + 1, 25, 25 + 9),
        (Kind::Ntag213, 1, 13, 24, 24 + 9),
        (Kind::Ntag215, 2, 13, 26, 26 + 11),
        (Kind::Ntag216, 2, 13, 26, 26 + 11),
    ] {
        assert_eq!(keyed, 2 + look + pages + 1 + 4 + 1 + look + 1);
        for (protection, due) in PROTECTIONS.into_iter().zip([keyed, permanent]) {
            let reader = Job { protection, ..IEUM }.finished(kind);
            assert_eq!(reader.cost().exchanges, due, "{kind:?} {protection}");
            assert_eq!(reader.cost().commands, due);
        }
    }
}

/// One selection, one READ of what is written back, and each attack with the selection behind it.
#[test]
fn a_proof_attacks_every_kind_of_page_and_changes_nothing() {
    for kind in KINDS {
        for protection in PROTECTIONS {
            let (last, dynamic, config, ..) = sheet(kind);
            for level in [ProofLevel::Used, ProofLevel::Full] {
                let job = Job { protection, ..IEUM };
                let mut reader = LooseReader::with_card(new_card(kind));
                let (encoded, proof) = job.encode_and_prove(&mut reader, level, &mut Vec::new()).unwrap();
                assert_eq!(fault(&image(&reader), kind, job), None);
                let mut due: Vec<usize> = match level {
                    ProofLevel::Used => [2, 3, 4, last].into_iter().chain(dynamic).chain(config..config + 4).collect(),
                    ProofLevel::Full => (2..config + 4).collect(),
                };
                due.extend((protection == Protection::Permanent).then_some(4));
                let pages = proof.attempts.iter().filter_map(|attempt| attempt.block.map(usize::from));
                assert_eq!(pages.collect::<Vec<_>>(), due, "{kind:?}");
                assert_eq!((proof.attempts.len(), proof.let_through()), (due.len() + 2, 0));
                let tries = reader.cost().exchanges - 2 - encoded.cost.exchanges;
                println!(
                    "{} {protection} {level}: {} attacks, {} exchanges in all, {tries} of them the proof",
                    kind.name(),
                    proof.attempts.len(),
                    reader.cost().exchanges
                );
                assert!(tries as usize <= 2 * proof.attempts.len() + 7);
            }
        }
    }
}

#[test]
fn a_proof_alone_reads_and_attacks() {
    for kind in KINDS {
        let mut reader = IEUM.finished(kind);
        let before = image(&reader);
        let card = identify(&mut reader).unwrap();
        let plan = ProofPlan::new(&IEUM.plan(&card), ProofLevel::Used).unwrap();
        let proof = prove(&mut reader, &card, &plan, &mut |_| Ok(())).unwrap();
        assert_eq!((proof.let_through(), image(&reader)), (0, before));
    }
}

#[test]
fn a_finished_card_is_left_as_it_is() {
    for kind in KINDS {
        for protection in PROTECTIONS {
            let job = Job { protection, ..IEUM };
            let mut reader = job.finished(kind);
            let (before, mut marks) = (image(&reader), Vec::new());
            let encoded = job.encode(&mut reader, &mut marks).unwrap();
            assert_eq!((encoded.locks, image(&reader)), (0, before));
            assert_eq!(marks.iter().filter(|mark| matches!(mark, Mark::Intent(_))).count(), 1);
        }
    }
}

#[test]
fn blank_gives_back_what_the_factory_delivers() {
    for kind in KINDS {
        for profile in ["ieum", "number-only", "uid-only"] {
            let job = Job { profile, ..IEUM };
            let mut reader = job.finished(kind);
            job.blank(&mut reader, &mut Vec::new()).unwrap();
            assert_eq!(not_blank(&image(&reader), kind), None);
            let before = image(&reader);
            assert_eq!(job.blank(&mut reader, &mut Vec::new()).unwrap().locks, 0);
            assert_eq!(image(&reader), before);
            assert!(job.read(&mut reader, Depth::Whole).transport);
            job.encode(&mut reader, &mut Vec::new()).unwrap();
        }
    }
}

/// The judge itself: every byte that we answer for is looked at.
#[test]
fn the_judge_finds_every_changed_byte() {
    for kind in KINDS {
        let whole = image(&IEUM.finished(kind));
        let (last, dynamic, config, ..) = sheet(kind);
        assert_eq!(fault(&whole, kind, IEUM), None);
        let ours = (10..4 * (last + 1)).chain(dynamic.into_iter().flat_map(|page| 4 * page..4 * page + 3));
        for place in ours.chain(4 * config..4 * config + 8) {
            let mut image = whole.clone();
            image[place] ^= 0x20;
            assert!(fault(&image, kind, IEUM).is_some(), "{kind:?} byte {place}");
        }
        let mut image = whole.clone();
        image[4 * config + 8..4 * config + 12].fill(0xFF);
        assert!(fault(&image, kind, IEUM).is_some() && not_blank(&whole, kind).is_some());
    }
}

#[test]
fn a_card_of_ours_takes_newer_keys() {
    for kind in KINDS {
        for profile in ["ieum", "uid-only"] {
            let (old, new) = (Job { profile, ..IEUM }, Job { profile, version: 2, ..IEUM });
            let mut reader = old.finished(kind);
            new.encode(&mut reader, &mut Vec::new()).unwrap();
            assert_eq!(fault(&image(&reader), kind, new), None, "{kind:?}");
            assert_eq!(new.read(&mut reader, Depth::Whole).holder, Holder::Ours { versions: vec![2] });
        }
    }
}

#[test]
fn a_reading_tells_a_finished_card_from_a_blank() {
    for kind in KINDS {
        for protection in PROTECTIONS {
            let job = Job { protection, ..IEUM };
            let mut reader = job.finished(kind);
            let before = reader.cost().exchanges;
            for depth in [Depth::Data, Depth::Whole] {
                let reading = job.read(&mut reader, depth);
                assert_eq!(reading.number.unwrap().as_str(), NUMBER);
                assert_eq!((reading.seal, reading.transport, reading.intact), (Seal::Valid, false, true));
                assert_eq!(reading.header.unwrap().library, site());
                assert_eq!(reading.originality, Some(Originality::Simulated));
                assert_eq!((reading.findings.len(), reading.lock_counts().1), (0, 0));
                assert_eq!(reading.rewritable, protection == Protection::Keyed, "{kind:?}");
            }
            let large = matches!(kind, Kind::Ntag215 | Kind::Ntag216);
            // Selected, named, read, signed; and once more with the password.
            assert!(reader.cost().exchanges - before <= if large { 14 } else { 9 }, "{kind:?}");
        }
        let mut reader = LooseReader::with_card(new_card(kind));
        for depth in [Depth::Data, Depth::Whole] {
            let reading = IEUM.read(&mut reader, depth);
            assert!(reading.transport && reading.number.is_none() && !reading.intact);
            assert_eq!(reading.holder, Holder::Transport);
        }
    }
}
