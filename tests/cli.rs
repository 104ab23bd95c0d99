//! The command line in fresh folders, driven as scripts and outside checks drive it: by the contract's words alone.
//! One member, one card, end to end; every refusal; cards torn away; processes killed; processes side by side.
//! Start at `whole.rs`.

mod support;

#[path = "cli/access.rs"]
mod access;
#[path = "cli/answers.rs"]
mod answers;
#[path = "cli/blank.rs"]
mod blank;
#[path = "cli/chips.rs"]
mod chips;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/enrolment.rs"]
mod enrolment;
#[path = "cli/fees.rs"]
mod fees;
#[path = "cli/found.rs"]
mod found;
#[path = "cli/fresh.rs"]
mod fresh;
#[path = "cli/hardware.rs"]
mod hardware;
#[path = "cli/imports.rs"]
mod imports;
#[path = "cli/keys.rs"]
mod keys;
#[path = "cli/kills.rs"]
mod kills;
#[path = "cli/ledger.rs"]
mod ledger;
#[path = "cli/private.rs"]
mod private;
#[path = "cli/recover.rs"]
mod recover;
#[path = "cli/refusals.rs"]
mod refusals;
#[path = "cli/reissue.rs"]
mod reissue;
#[path = "cli/rekey.rs"]
mod rekey;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/rotate.rs"]
mod rotate;
#[path = "cli/scan.rs"]
mod scan;
#[path = "cli/settings.rs"]
mod settings;
#[path = "cli/side_by_side.rs"]
mod side_by_side;
#[path = "cli/staff.rs"]
mod staff;
#[path = "cli/standing.rs"]
mod standing;
#[path = "cli/sticker.rs"]
mod sticker;
#[path = "cli/stock.rs"]
mod stock;
#[path = "cli/strange.rs"]
mod strange;
#[path = "cli/torn.rs"]
mod torn;
#[path = "cli/traces.rs"]
mod traces;
#[path = "cli/whole.rs"]
mod whole;

use serde_json::Value;
use support::{Desk, Image};

/// A desk after `init`.
fn ready_desk() -> Desk {
    made(Desk::new())
}

/// The same after settings were given to it.
fn made(desk: Desk) -> Desk {
    desk.run(&["init", "--json"]).done();
    desk
}

/// Enrols an adult of this name, who consents to everything; gives the member's id.
fn enrol(desk: &Desk, name: &str) -> String {
    let line =
        format!("enrol --name {name} --birth 1988-03-14 --identity resident-card --consent local,national --json");
    let line: Vec<&str> = line.split(' ').collect();
    desk.run(&line).done().json["member"].to_string()
}

/// One line of words without quotes, as a script would write it.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

fn field(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

/// The image of a simulated card.
#[track_caller]
fn image(desk: &Desk, uid: &str) -> Image {
    Image::read(&desk.path(&format!("var/simulator/cards/{uid}.mfd")))
}

/// How many card images hold this number.
fn images_with(desk: &Desk, number: &str) -> usize {
    let cards = std::fs::read_dir(desk.path("var/simulator/cards")).into_iter().flatten().flatten();
    // A process that is killed may leave one that it was writing, under another ending.
    let images = cards.map(|card| card.path()).filter(|path| path.extension().is_some_and(|ending| ending == "mfd"));
    images.filter(|path| Image::read(path).number() == Some(number)).count()
}

/// What lies in the spool under final names.
fn spooled(desk: &Desk) -> Vec<String> {
    let files = std::fs::read_dir(desk.path("var/spool")).into_iter().flatten().flatten();
    let mut names: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}
