//! Cards issued one after another on every reader of a rig, by real pcscd and libnfc, for as long as is asked, while
//! readers are pulled out, pcscd is restarted, cards are torn and swapped and links are made bad; and what must hold all
//! the same. `cargo bench --bench soak -- [--minutes 60] [--readers 4] [--boards 2] [--seed 1] [--timing acr122u] [--verbose]`.
//! A line a minute, a table at the end; ends with 1 when a fact does not hold.
//!
//! Three processes: the rig (`issuer rig simulate`), the clerks (this program again, the desk and nothing else in it, so
//! that what it holds at the end can be counted), and this one, which torments, counts and judges. Start at [`main`],
//! then [`clerk`] and [`torment`].

#[allow(dead_code)]
#[path = "../../support/chip.rs"]
mod chip;
mod clerk;
mod facts;
#[allow(dead_code)]
#[path = "../../support/desk.rs"]
mod house;
mod judge;
mod meter;
mod options;
mod process;
mod torment;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use facts::Facts;
use house::{Desk as House, Running};
use options::Options;
use process::Clerks;
use serde_json::Value;
use torment::Tormentor;

/// Until every job in hand is handed over, once nobody torments any more.
const LAST_JOBS: Duration = Duration::from_secs(180);

fn main() -> ExitCode {
    // The desk begins this very program as its libnfc child.
    if issuer::back::encoder::libnfc::is_child(std::env::args_os()) {
        return issuer::back::encoder::libnfc::run_child();
    }
    if let Some(told) = process::told() {
        return clerk::work(&told);
    }
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::from(2);
        }
    };
    if soak(&options) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn soak(options: &Options) -> bool {
    println!("{options}");
    let house = House::new();
    house.run(&["init"]).done();
    let (rig, told) = start_rig(&house, options);
    let places = process::places(&told);
    process::write_settings(&house, &told);
    let clerks = Clerks::start(&house, &told, &places);
    let tormentor = Tormentor::begin(&told, &house.path("var/simulator"), places.clone(), options.seed);
    let mut facts = Facts::new(places.len(), options.verbose);
    let began = Instant::now();
    // What a process makes once and keeps is no leak: threads of readers, fonts, connections.
    let warm = rest_after(options.warm_up(), &clerks, &tormentor, &mut facts, began);
    facts.first = Some(clerks.meter());
    println!("at rest after {:.0} s: {}", began.elapsed().as_secs_f64(), clerks.meter());
    tormentor.go_on();
    clerks.say("go");
    let rested = warm && rest_after(options.time(), &clerks, &tormentor, &mut facts, began);
    facts.last = Some(clerks.meter());
    facts.rested = rested;
    facts.ended = clerks.end();
    facts.torments = tormentor.end();
    let fine = judge::judge(&house, &places, &facts, began.elapsed());
    rig.stop();
    fine
}

/// Takes in what the clerks tell until so long after the beginning, a line a minute; then has everything made well and
/// waits until every job in hand has ended.
fn rest_after(time: Duration, clerks: &Clerks, tormentor: &Tormentor, facts: &mut Facts, began: Instant) -> bool {
    while began.elapsed() < time && facts.take_in(clerks, Duration::from_millis(200)) {
        facts.tell_minute(began, clerks, tormentor);
    }
    tormentor.calm();
    clerks.say("hold");
    let calm = Instant::now();
    facts.at_rest = false;
    while !facts.at_rest && calm.elapsed() < LAST_JOBS && facts.take_in(clerks, Duration::from_millis(200)) {}
    facts.at_rest
}

fn start_rig(house: &House, options: &Options) -> (Running, Value) {
    let (readers, boards) = (options.readers.to_string(), options.boards.to_string());
    let arguments =
        ["rig", "simulate", "--json", "--readers", &readers, "--pn532", &boards, "--timing", &options.timing];
    let rig = house.start(&arguments);
    let line = rig.line(Duration::from_secs(30));
    let told = serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
    (rig, told)
}
