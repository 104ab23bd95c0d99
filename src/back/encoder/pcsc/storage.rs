//! Storage-card readers that are no ACR122U: the commands of PC/SC part 3 (3.2.2.1), which say less. No raw frames, one card, and
//! a single word, 63 00, for a refusal and for everything else that can go wrong.
//!
//! **What counts as refused.** A proof rests on refusals, so that word alone is none. The card is taken off its power and
//! activated anew; it must show the same UID; the whole question is put once more, behind the authentication that the
//! first one stood on, which must go well again; it must be refused by the same word; and after another activation the
//! same card must still be there. A lost frame, a card that is lifted, swapped or flaky does not do this twice with a
//! living card before, between and after. Everything else is [`Miss::Silent`]. A write is put twice by this, with the same
//! content.
//!
//! Start at [`Storage`].

use std::ffi::CString;
use std::time::Duration;

use zeroize::Zeroizing;

use super::error;
use super::lane::{GivenUp, Hands, Lane};
use super::presence;
use crate::back::encoder::pn532::Lost;
use crate::back::encoder::{Cost, Feed, Miss, Reader, Target};
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;

const LIMIT: Duration = Duration::from_secs(5);
/// "No information is given", and "security status not satisfied", with which some readers say the same.
const NOT_DONE: [[u8; 2]; 2] = [[0x63, 0x00], [0x69, 0x82]];
const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];

/// What is asked of the way to the reader.
pub(super) enum Ask {
    /// Takes the card's power and activates it; the answer is its ATR.
    Activate,
    /// The answer is the card's, with its two status bytes.
    Apdu(Zeroizing<Vec<u8>>),
    Release,
}

pub(super) struct Storage<W> {
    name: String,
    way: W,
    waiting: Lane,
    cost: Cost,
    uid: Option<Uid>,
    /// Just activated, and nothing said to it since: a select need not do it again.
    fresh: Option<Target>,
    /// The authentication that stands.
    entered: Option<Zeroizing<Vec<u8>>>,
}

enum Said {
    Done(Vec<u8>),
    NotDone([u8; 2]),
}

/// A reader that pcscd knows.
pub(super) fn open(name: &str, given_up: GivenUp) -> impl Reader + use<> {
    let reader = CString::new(name).unwrap_or_default();
    let (own, mut lane) = (name.to_owned(), Held(Lane::new(given_up.clone())));
    let storage = Storage::new(name, move |ask| {
        let reader = reader.clone();
        match lane.0.call(LIMIT, move |hands| hands.tell(&reader, ask)) {
            Some(answer) => answer.map_err(|error| error::lost(error, &own)),
            None => Err(Lost::Reader(error::silent(&lane.0, &own))),
        }
    });
    Storage { waiting: Lane::new(given_up), ..storage }
}

/// Whoever opens the reader next finds it free.
struct Held(Lane);

impl Drop for Held {
    fn drop(&mut self) {
        if self.0.is_open() {
            self.0.call(LIMIT, Hands::release);
        }
    }
}

impl Hands {
    fn tell(&mut self, reader: &CString, ask: Ask) -> Result<Vec<u8>, pcsc::Error> {
        match ask {
            Ask::Activate => self.activate(reader),
            Ask::Apdu(apdu) => self.transmit(reader, &apdu),
            Ask::Release => {
                self.release();
                Ok(Vec::new())
            }
        }
    }
}

impl<W: FnMut(Ask) -> Result<Vec<u8>, Lost> + Send> Storage<W> {
    pub(super) fn new(name: &str, way: W) -> Storage<W> {
        Storage {
            name: name.to_owned(),
            way,
            waiting: Lane::default(),
            cost: Cost::default(),
            uid: None,
            fresh: None,
            entered: None,
        }
    }

    /// Another lane than that of the cards, which is let go of first.
    fn wait(&mut self, present: bool, timeout: Duration) -> Result<bool, Trouble> {
        (self.fresh, self.entered) = (None, None);
        // What cannot be let go of is found out by the waiting.
        let _ = (self.way)(Ask::Release);
        let reader = CString::new(self.name.as_str()).unwrap_or_default();
        presence::wait(&mut self.waiting, &self.name, &reader, present, timeout)
    }

    fn apdu(&mut self, apdu: &[u8]) -> Result<Said, Lost> {
        self.cost.commands += 1;
        let answer = (self.way)(Ask::Apdu(Zeroizing::new(apdu.to_vec())))?;
        match answer.as_slice() {
            [data @ .., 0x90, 0x00] => Ok(Said::Done(data.to_vec())),
            [a, b] if NOT_DONE.contains(&[*a, *b]) => Ok(Said::NotDone([*a, *b])),
            _ => Err(Lost::Silent),
        }
    }

    fn activate(&mut self) -> Result<Target, Lost> {
        (self.fresh, self.entered) = (None, None);
        self.cost.commands += 1;
        let atr = (self.way)(Ask::Activate)?;
        let Said::Done(uid) = self.apdu(&GET_UID)? else { return Err(Lost::Silent) };
        let (4 | 7) = uid.len() else { return Err(Lost::Silent) };
        let uid = Uid::new(&uid).map_err(Lost::Reader)?;
        self.uid = Some(uid);
        let (atqa, sak) = chip(&atr)?;
        Ok(Target { uid, atqa, sak })
    }

    /// The same card as before, activated anew.
    fn again(&mut self) -> Result<Target, Lost> {
        let before = self.uid;
        let target = self.activate()?;
        if Some(target.uid) == before { Ok(target) } else { Err(Lost::Silent) }
    }

    fn put(&mut self, frame: &[u8]) -> Result<Said, Lost> {
        match frame {
            [letter @ (0x60 | 0x61), block, key @ ..] if key.len() == 10 => {
                self.entered = None;
                let mut load = Zeroizing::new(vec![0xFF, 0x82, 0x00, 0x00, 0x06]);
                load.extend_from_slice(&key[..6]);
                // The reader takes a key whatever the card thinks of it.
                let Said::Done(_) = self.apdu(&load)? else { return Err(Lost::Silent) };
                let said = self.apdu(&[0xFF, 0x86, 0x00, 0x00, 0x05, 0x01, 0x00, *block, *letter, 0x00])?;
                match said {
                    Said::Done(data) if !data.is_empty() => Err(Lost::Silent),
                    Said::Done(data) => {
                        self.entered = Some(Zeroizing::new(frame.to_vec()));
                        Ok(Said::Done(data))
                    }
                    said => Ok(said),
                }
            }
            [0x30, block] => self.apdu(&[0xFF, 0xB0, 0x00, *block, 0x10]),
            [0xA0, block, content @ ..] if content.len() == 16 => {
                let mut update = Zeroizing::new(vec![0xFF, 0xD6, 0x00, *block, 0x10]);
                update.extend_from_slice(content);
                match self.apdu(&update)? {
                    Said::Done(data) if !data.is_empty() => Err(Lost::Silent),
                    said => Ok(said),
                }
            }
            _ => Err(Lost::Silent),
        }
    }

    /// Whether the card, and nothing else, said no: see the top of this file.
    fn refuses(&mut self, frame: &[u8], word: [u8; 2]) -> Result<bool, Lost> {
        let door = self.entered.take();
        self.again()?;
        if let Some(door) = door {
            let Said::Done(_) = self.put(&door)? else { return Ok(false) };
        }
        match self.put(frame)? {
            Said::NotDone(again) if again == word => {}
            _ => return Ok(false),
        }
        self.fresh = Some(self.again()?);
        Ok(true)
    }
}

impl<W: FnMut(Ask) -> Result<Vec<u8>, Lost> + Send> Reader for Storage<W> {
    fn name(&self) -> &str {
        &self.name
    }

    fn wait_for_card(&mut self, _wanted: Option<&Uid>, _feed: Feed, timeout: Duration) -> Result<bool, Trouble> {
        self.wait(true, timeout)
    }

    fn wait_until_empty(&mut self, timeout: Duration) -> Result<bool, Trouble> {
        self.wait(false, timeout)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        self.cost.exchanges += 1;
        if let Some(target) = self.fresh.take() {
            return Ok(vec![target]);
        }
        match self.activate() {
            Ok(target) => Ok(vec![target]),
            Err(Lost::NoCard) => Ok(Vec::new()),
            Err(lost) => Err(lost.into()),
        }
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.cost.exchanges += 1;
        self.fresh = None;
        match self.put(frame)? {
            Said::Done(data) => Ok(data),
            Said::NotDone(word) if self.refuses(frame, word)? => Err(Miss::Refused),
            Said::NotDone(_) => Err(Miss::Silent),
        }
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}

/// ATQA and SAK of the card that an ATR names (PC/SC part 3, 3.1.3.2.3.2: RID, standard 03h for type A, name).
///
/// # Errors
/// `chip-unsupported` with the ATR for any other.
fn chip(atr: &[u8]) -> Result<([u8; 2], u8), Lost> {
    let name = atr.windows(8).find_map(|part| match part {
        [0xA0, 0x00, 0x00, 0x03, 0x06, 0x03, a, b] => Some([*a, *b]),
        _ => None,
    });
    match name {
        Some([0x00, 0x01]) => Ok(([0x00, 0x04], 0x08)),
        Some([0x00, 0x02]) => Ok(([0x00, 0x02], 0x18)),
        Some([0x00, 0x03]) => Ok(([0x00, 0x44], 0x00)),
        _ => {
            let atr: String = atr.iter().map(|byte| format!("{byte:02X}")).collect();
            Err(Lost::Reader(Trouble::new("chip-unsupported").with("chip", format!("ATR {atr}"))))
        }
    }
}
