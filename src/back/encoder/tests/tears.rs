//! Every exchange of a card's visit, torn in every way: laid down again, the card ends as if never torn. The one thing that
//! silicon does not save is a Classic's trailer cut in mid-programming. Also the bench's, over all profiles; so it
//! names public things alone. Start at [`sweep`].

use std::time::Duration;

use crate::back::encoder::simulated::LooseReader;
use crate::back::encoder::{
    Cost, Fate, Feed, Mark, Miss, Raw, Reader, Stop, Target, blank, encode_and_prove, identify, prove,
};
use crate::plan::chip::{
    BlankPlan, Content, EncodePlan, KeySet, KeyVersion, MasterKey, Profile, ProofLevel, ProofPlan, Protection, Uid,
};
use crate::plan::member::{LibraryCode, MemberNumber};
use crate::plan::messages::Trouble;
use crate::simulator::field::{Tear, TearOrder};
use crate::simulator::silicon::{Kind, Silicon};

/// More visits than this and the card does not converge.
const MOST_PASSES: u32 = 4;

/// What is done with which card.
#[derive(Debug, Clone)]
pub struct Case {
    pub kind: Kind,
    pub uid: &'static str,
    pub profile: Profile,
    pub protection: Protection,
    pub proof: ProofLevel,
    pub act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Encode, lock, verify and prove a blank.
    Make,
    /// Take a finished card back to what the factory delivers.
    Blank,
    /// Encode a finished card anew under the next key version.
    Rekey,
    /// Encode a finished card whose content somebody wrote over, its keys being ours.
    Restore,
    /// Encode a card that was formatted for NDEF: its sectors are ruled by the factory's key B.
    Formatted,
    /// Prove a finished card, as a job that stands at `locked` does.
    Prove,
}

impl Act {
    pub const ALL: [Act; 6] = [Act::Make, Act::Blank, Act::Rekey, Act::Restore, Act::Formatted, Act::Prove];
}

/// What a sweep covered.
#[derive(Default, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    pub exchanges: u32,
    pub points: u32,
    pub spoiled: u32,
    pub passes: u32,
}

impl Swept {
    pub fn and(self, other: Swept) -> Swept {
        Swept {
            exchanges: self.exchanges.max(other.exchanges),
            points: self.points + other.points,
            spoiled: self.spoiled + other.spoiled,
            passes: self.passes.max(other.passes),
        }
    }
}

fn keys(current: u8) -> KeySet {
    let version = |version: u8| {
        let key = |purpose: u8| MasterKey::new(std::array::from_fn(|i| purpose ^ version.wrapping_mul(29) ^ i as u8));
        KeyVersion { version, classic: key(0x11), pwd: key(0x22), seal: key(0x44), backup: key(0x88) }
    };
    KeySet::new(vec![version(1), version(2)], current).expect("two versions")
}

impl Case {
    /// One visit; `resumed` as a journal would say it.
    pub fn visit(&self, reader: &mut dyn Reader, act: Act, resumed: bool, marks: &mut Vec<Mark>) -> Result<(), Stop> {
        let resumable = |trouble| Stop { fate: Fate::Resumable, trouble };
        let card = identify(reader).map_err(resumable)?;
        let version = if act == Act::Rekey { 2 } else { 1 };
        let keys = keys(version);
        let library = LibraryCode::parse("121003").map_err(resumable)?;
        let mut on_mark = |mark| {
            marks.push(mark);
            Ok(())
        };
        if act == Act::Blank {
            let plan = BlankPlan::new(&self.profile, card.kind, &card.uid, library, &keys).map_err(resumable)?;
            return blank(reader, &card, &plan.resumed(resumed), &mut on_mark).map(drop);
        }
        let content = Content {
            number: MemberNumber::new(library, 1).map_err(resumable)?,
            library,
            sequence: 1,
            date: jiff::civil::date(2026, 11, 24).into(),
            key_version: version,
        };
        let plan = EncodePlan::new(&self.profile, card.kind, &card.uid, &content, &keys, self.protection)
            .map_err(resumable)?
            .resumed(resumed);
        let proof = ProofPlan::new(&plan, self.proof).map_err(resumable)?;
        if act == Act::Prove {
            return prove(reader, &card, &proof, &mut on_mark).map(drop);
        }
        encode_and_prove(reader, &card, &plan, &proof, &mut on_mark).map(drop)
    }

    /// Whether there is such a card: blanking knows no protection, and no Type 2 chip is formatted by keys.
    pub fn is_possible(&self) -> bool {
        match self.act {
            Act::Make | Act::Prove | Act::Rekey | Act::Restore => true,
            Act::Formatted => self.kind.name().starts_with("classic"),
            Act::Blank => self.protection == Protection::Keyed,
        }
    }

    /// The card that the act begins with.
    pub fn start(&self) -> Silicon {
        let blank = Silicon::blank(self.kind, self.uid.parse().expect("a UID"));
        match self.act {
            Act::Make => blank,
            Act::Prove => self.made(blank),
            // A permanent card takes no other keys and is never blank again.
            Act::Blank | Act::Rekey => self.keyed().made(blank),
            Act::Restore => self.edited(&self.keyed().made(blank), |image| {
                // The fields of every profile here: sector 1, or the pages from 4 on.
                let fields = if self.kind.name().starts_with("classic") { 64..112 } else { 16..40 };
                image[fields].fill(0xA5);
            }),
            Act::Formatted => self.edited(&blank, format_for_ndef),
        }
    }

    fn keyed(&self) -> Case {
        Case { protection: Protection::Keyed, ..self.clone() }
    }

    fn made(&self, blank: Silicon) -> Silicon {
        let mut reader = LooseReader::with_card(blank);
        self.visit(&mut reader, Act::Make, false, &mut Vec::new()).expect("a card is made");
        reader.lift().remove(0)
    }

    fn edited(&self, card: &Silicon, edit: impl FnOnce(&mut [u8])) -> Silicon {
        let mut image = card.image().to_vec();
        edit(&mut image);
        Silicon::from_image(self.kind, card.uid(), &image).expect("an image of the same size")
    }

    /// The image that the act ends with when nothing goes wrong, and its exchanges.
    pub fn wanted(&self) -> (Vec<u8>, u32) {
        let mut reader = LooseReader::with_card(self.start());
        self.visit(&mut reader, self.act, false, &mut Vec::new()).expect("the act succeeds when nothing is torn");
        (reader.cards()[0].image().to_vec(), reader.cost().exchanges)
    }
}

/// AN1305: the directory under its public key A, the others under D3F7D3F7D3F7, every key B the factory's.
fn format_for_ndef(image: &mut [u8]) {
    let trailers: Vec<usize> = (0..32).map(|sector| sector * 4 + 3).chain((0..8).map(|s| 128 + s * 16 + 15)).collect();
    let blocks = image.len() / 16;
    for block in trailers.into_iter().filter(|block| *block < blocks) {
        let key = if block == 3 { [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5] } else { [0xD3, 0xF7, 0xD3, 0xF7, 0xD3, 0xF7] };
        let access = if block == 3 { [0x78, 0x77, 0x88, 0xC1] } else { [0x7F, 0x07, 0x88, 0x40] };
        image[block * 16..block * 16 + 6].copy_from_slice(&key);
        image[block * 16 + 6..block * 16 + 10].copy_from_slice(&access);
    }
}

/// Tears the act at every exchange it has and repeats it until it ends. `journal`: later visits know of the intent.
/// Panics where a card ends otherwise than never torn, or is given up though it could be saved.
pub fn sweep(case: &Case, how: Tear, journal: bool) -> Swept {
    let (start, (wanted, exchanges)) = (case.start(), case.wanted());
    let mut swept = Swept { exchanges, points: exchanges, ..Swept::default() };
    for after in 1..=exchanges {
        let place = || format!("{} {:?} {:?} {how:?} at {after}", case.kind.name(), case.protection, case.act);
        let mut reader = Watched { reader: LooseReader::with_card(start.clone()), last: Vec::new() };
        reader.reader.tear(TearOrder { after, how });
        let mut marks = Vec::new();
        let torn = case.visit(&mut reader, case.act, false, &mut marks);
        let torn = torn.expect_err(&place());
        assert_eq!((torn.trouble.code, torn.fate), ("card-removed", Fate::Resumable), "{}", place());
        let cut = matches!(how, Tear::HalfProgrammed | Tear::ErasedTo00 | Tear::ErasedToFf) && reader.at_trailer();
        let mut passes = 1;
        loop {
            passes += 1;
            assert!(passes <= MOST_PASSES, "{} does not converge", place());
            reader.reader.lay_back();
            let intended = marks.iter().any(|mark| matches!(mark, Mark::Intent(_) | Mark::BlankIntent { .. }));
            match case.visit(&mut reader, case.act, journal && intended, &mut marks) {
                Ok(()) => {
                    assert!(reader.reader.cards()[0].image() == wanted, "{} ends otherwise", place());
                    break;
                }
                Err(stop) if stop.fate == Fate::Resumable => {
                    assert_eq!(stop.trouble.code, "card-removed", "{}", place());
                }
                Err(stop) => {
                    // Without a journal the first trailer of a blank, cut, looks like somebody else's.
                    let known = stop.trouble.code == "chip-spoiled" || (!journal && stop.trouble.code == "unknown-key");
                    assert!(known && cut, "{} gives up a card that could be saved: {}", place(), stop.trouble);
                    swept.spoiled += 1;
                    break;
                }
            }
        }
        swept.passes = swept.passes.max(passes);
    }
    swept
}

/// Remembers the frame of the torn exchange: the last one that a card was given.
struct Watched {
    reader: LooseReader,
    last: Vec<u8>,
}

impl Watched {
    fn at_trailer(&self) -> bool {
        match self.last[..] {
            [0xA0, block, ..] if self.last.len() == 18 => {
                block % if block < 128 { 4 } else { 16 } == if block < 128 { 3 } else { 15 }
            }
            _ => false,
        }
    }

    fn watch(&mut self, frame: &[u8]) {
        if !self.reader.cards().is_empty() {
            self.last = frame.to_vec();
        }
    }
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
        self.watch(&[]);
        self.reader.select()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.watch(frame);
        self.reader.exchange(frame)
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        self.watch(&[]);
        self.reader.raw(frame)
    }

    fn strangers(&mut self) -> Result<Vec<&'static str>, Miss> {
        self.reader.strangers()
    }

    fn cost(&self) -> Cost {
        self.reader.cost()
    }
}
