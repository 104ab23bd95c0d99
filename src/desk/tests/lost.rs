//! A reader that goes away while the page's job is at it, in every way there is, and comes back: the job waits, says so, and
//! goes on by itself with the same card.

use std::sync::{Arc, Mutex};

use super::*;
use crate::back::encoder::simulated::LooseReader;
use crate::back::encoder::{Cost, Listed, Miss, Raw, Reader, ReaderState, Readers, Target};
use crate::plan::chip::Uid;
use crate::plan::job::JobState;
use crate::simulator::silicon::{Kind, Silicon};

const NAME: &str = "ACS ACR122U PICC Interface 00 00";

/// One reader that is lost at a given exchange and stays away for a few looks.
#[derive(Clone)]
struct Loose(Arc<Mutex<Story>>);

struct Story {
    reader: LooseReader,
    /// Exchanges until it is lost; then `None`.
    lost_in: Option<u32>,
    how: &'static str,
    /// Looks at the list until it is back.
    away: u32,
}

impl Loose {
    fn with<T>(&self, act: impl FnOnce(&mut Story) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// The exchange, unless the reader is lost in it. A lost reader's field goes off.
    fn unless_lost<T>(&self, act: impl FnOnce(&mut LooseReader) -> Result<T, Miss>) -> Result<T, Miss> {
        self.with(|story| match story.lost_in.map(|left| left - 1) {
            Some(0) => {
                story.lost_in = None;
                story.away = 1;
                let cards = story.reader.lift();
                cards.into_iter().for_each(|card| story.reader.lay(card));
                Err(Miss::Reader(story.trouble()))
            }
            left => {
                story.lost_in = left;
                act(&mut story.reader)
            }
        })
    }
}

impl Story {
    fn trouble(&self) -> Trouble {
        match self.how {
            "pcscd-absent" => Trouble::new("pcscd-absent"),
            "pcscd-hung" => Trouble::new("pcscd-hung"),
            "reader-taken" => Trouble::new("reader-taken").with("reader", NAME).with("holder", "other"),
            _ => Trouble::new("reader-gone").with("reader", NAME),
        }
    }
}

impl Readers for Loose {
    fn list(&self) -> Result<Vec<Listed>, Trouble> {
        self.with(|story| {
            let mut listed =
                Listed { name: NAME.to_owned(), state: ReaderState::Card, uid: None, port: None, trouble: None };
            if story.away == 0 {
                return Ok(vec![listed]);
            }
            story.away -= 1;
            match story.how {
                "pcscd-absent" | "pcscd-hung" => Err(story.trouble()),
                "reader-taken" => {
                    listed.state = ReaderState::Taken;
                    Ok(vec![listed])
                }
                _ => Ok(Vec::new()),
            }
        })
    }

    fn open(&self, _name: &str) -> Result<Box<dyn Reader>, Trouble> {
        Ok(Box::new(self.clone()))
    }
}

impl Reader for Loose {
    fn name(&self) -> &str {
        NAME
    }

    fn wait_for_card(&mut self, _: Option<&Uid>, _: Feed, _: std::time::Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn wait_until_empty(&mut self, _: std::time::Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        self.unless_lost(|reader| reader.select())
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.unless_lost(|reader| reader.exchange(frame))
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        self.unless_lost(|reader| reader.raw(frame))
    }

    fn cost(&self) -> Cost {
        self.with(|story| story.reader.cost())
    }
}

/// Runs one job on the page with a reader that is lost at exchange `at`; gives the phases that its page went through.
fn phases(how: &'static str, at: u32) -> Vec<Phase> {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = open(folder.path(), &[("ISSUER__READER__KIND", "pcsc")]).unwrap();
    let reader = LooseReader::with_card(Silicon::blank(Kind::Classic1k, "0F112233".parse().unwrap()));
    desk.readers = Box::new(Loose(Arc::new(Mutex::new(Story { reader, lost_in: Some(at), how, away: 0 }))));
    let desk = Arc::new(desk);
    let member = enrol(&desk, &actor(), &hong(), None).unwrap().member;
    let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Rfid, reader: None, printer: None };
    let job = plan_issue(&desk, &actor(), &form, None).unwrap();
    let mut events = desk.subscribe();
    start(&desk, &actor(), job).unwrap();
    let mut seen = Vec::new();
    loop {
        let view = job_view(&desk, &actor(), job, false).unwrap();
        if seen.last() != Some(&view.phase) {
            seen.push(view.phase.clone());
        }
        // A story with another end is found here, not after a time-out of the test's runner.
        if matches!(view.phase, Phase::FeedPrinter | Phase::Stopped | Phase::Spoiled) {
            assert_eq!(view.state, JobState::Proven, "{how} at exchange {at}: {:?}", view.trouble);
            return seen;
        }
        events.blocking_recv().unwrap();
    }
}

#[test]
fn a_reader_lost_at_any_exchange_is_waited_for_and_the_same_card_is_finished() {
    for how in ["reader-gone", "pcscd-absent", "pcscd-hung"] {
        for at in (1..220).step_by(17) {
            let seen = phases(how, at);
            assert!(seen.contains(&Phase::ReaderLost), "{how} at exchange {at}: {seen:?}");
        }
    }
}

/// Another program takes the reader between two exchanges: that is said, and its end waited for.
#[test]
fn a_reader_taken_by_another_program_is_waited_for() {
    assert!(phases("reader-taken", 30).contains(&Phase::Elsewhere));
}
