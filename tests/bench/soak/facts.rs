//! What came of it, as it comes: cards, troubles, cards that were spoiled, and what nobody may see. Start at [`Facts::take_in`].

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::meter::Meter;
use crate::process::Clerks;
use crate::torment::{Torment, Tormentor};

pub struct Card {
    pub job: i64,
    pub number: String,
    pub uid: String,
    pub chip: String,
    pub milliseconds: u64,
    pub exchanges: u64,
    pub commands: u64,
}

pub struct Event {
    pub at: Instant,
    pub device: usize,
    pub code: String,
    pub line: String,
}

#[derive(Default)]
pub struct Facts {
    pub cards: Vec<Card>,
    pub by_device: Vec<usize>,
    pub troubles: Vec<Event>,
    pub spoiled: Vec<Event>,
    /// Panics, and jobs that came to no end.
    pub never: Vec<String>,
    /// How often a card had to be lifted and laid again before its reader worked with it.
    pub anew: usize,
    pub at_rest: bool,
    pub rested: bool,
    pub ended: bool,
    pub gone: bool,
    pub first: Option<Meter>,
    pub last: Option<Meter>,
    pub torments: Vec<Torment>,
    minutes: u64,
    verbose: bool,
}

impl Facts {
    pub fn new(devices: usize, verbose: bool) -> Facts {
        Facts { by_device: vec![0; devices], verbose, ..Facts::default() }
    }

    /// The next thing that the clerks tell; false when they are gone.
    pub fn take_in(&mut self, clerks: &Clerks, longest: Duration) -> bool {
        match clerks.next(longest) {
            Ok(Some((at, told))) => {
                if self.verbose {
                    println!("{told}");
                }
                self.note(at, &told);
                true
            }
            Ok(None) => true,
            Err(()) => {
                self.gone = true;
                false
            }
        }
    }

    fn note(&mut self, at: Instant, told: &Value) {
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        let count = |name: &str| told[name].as_u64().unwrap_or_default();
        let device = count("reader") as usize;
        let event = || Event { at, device, code: text("code"), line: told.to_string() };
        match told["e"].as_str().unwrap_or_default() {
            "rest" => self.at_rest = true,
            "anew" => self.anew += 1,
            "trouble" => self.troubles.push(event()),
            "spoiled" => self.spoiled.push(event()),
            "card" => {
                if let Some(made) = self.by_device.get_mut(device) {
                    *made += 1;
                }
                self.cards.push(Card {
                    job: told["job"].as_i64().unwrap_or_default(),
                    number: text("number"),
                    uid: text("uid"),
                    chip: text("chip"),
                    milliseconds: count("ms"),
                    exchanges: count("exchanges"),
                    commands: count("commands"),
                });
            }
            _ => self.never.push(told.to_string()),
        }
    }

    /// How often each code was told.
    pub fn codes(&self) -> BTreeMap<&str, usize> {
        let mut codes = BTreeMap::new();
        for event in &self.troubles {
            *codes.entry(event.code.as_str()).or_insert(0) += 1;
        }
        codes
    }

    pub fn tell_minute(&mut self, began: Instant, clerks: &Clerks, tormentor: &Tormentor) {
        let minutes = began.elapsed().as_secs() / 60;
        if minutes <= self.minutes {
            return;
        }
        self.minutes = minutes;
        let done = by_name(&tormentor.torments());
        let codes: Vec<String> = self.codes().iter().map(|(code, times)| format!("{code} {times}")).collect();
        println!(
            "{minutes:>4} min  {} cards; {done}; {} spoiled; troubles: {}; {}",
            self.cards.len(),
            self.spoiled.len(),
            codes.join(", "),
            clerks.meter()
        );
    }
}

/// `12 unplugged, 3 torn`.
pub fn by_name(torments: &[Torment]) -> String {
    let mut counts = BTreeMap::new();
    for torment in torments {
        *counts.entry(torment.what.name()).or_insert(0) += 1;
    }
    counts.iter().map(|(name, times)| format!("{times} {name}")).collect::<Vec<_>>().join(", ")
}
