//! Every exchange of a card's visit, torn in every way: laid down again, the card ends as if never torn. The one thing that
//! silicon does not save is a Classic's trailer cut in mid-programming. Also the bench's, over all profiles; so it
//! names public things alone. Start at [`sweep`].

use std::time::Duration;

use crate::back::encoder::simulated::LooseReader;
use crate::back::encoder::{
    Cost, Fate, Feed, Mark, Miss, Raw, Reader, Stop, Target, blank, encode_and_prove, identify,
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
    fn visit(&self, reader: &mut dyn Reader, act: Act, resumed: bool, marks: &mut Vec<Mark>) -> Result<(), Stop> {
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
        encode_and_prove(reader, &card, &plan, &proof, &mut on_mark).map(drop)
    }

    /// The card that the act begins with.
    fn start(&self) -> Silicon {
        let silicon = Silicon::blank(self.kind, self.uid.parse().expect("a UID"));
        if self.act == Act::Make {
            return silicon;
        }
        let mut reader = LooseReader::with_card(silicon);
        // A permanent card takes no other keys and is never blank again.
        let first = Case { protection: Protection::Keyed, ..self.clone() };
        first.visit(&mut reader, Act::Make, false, &mut Vec::new()).expect("a card is made");
        reader.lift().remove(0)
    }
}

/// Tears the act at every exchange it has and repeats it until it ends. `journal`: later visits know of the intent.
/// Panics where a card ends otherwise than never torn, or is given up though it could be saved.
pub fn sweep(case: &Case, how: Tear, journal: bool) -> Swept {
    let start = case.start();
    let mut whole = LooseReader::with_card(start.clone());
    case.visit(&mut whole, case.act, false, &mut Vec::new()).expect("the act succeeds when nothing is torn");
    let wanted = whole.cards()[0].image().to_vec();
    let exchanges = whole.cost().exchanges;
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
