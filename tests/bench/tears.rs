//! Every exchange of every chip under every profile and protection with proof `full`, torn in every way, with a journal
//! and without: laid down again, the card ends as if never torn. What a single test run has no time for; a third of it,
//! `ieum` with proof `used`, is in `cargo test`. Prints what it covered. Some minutes.

use std::sync::Mutex;
use std::time::Instant;

// The sweep is the tests' own; it names the house from its root.
use issuer::{back, plan, simulator};

#[path = "../../src/back/encoder/tests/tears.rs"]
mod tears;

use issuer::plan::chip::{Profile, ProofLevel, Protection};
use issuer::simulator::field::Tear;
use issuer::simulator::silicon::Kind;
use tears::{Act, Case, Swept, sweep};

const SEVEN: &str = "047A1C5E318042";
const FOUR: &str = "047A1C5E";

fn main() {
    let begun = Instant::now();
    let cases = Mutex::new(cases());
    let total = Mutex::new(Swept::default());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.lock().ok().and_then(|mut cases| cases.pop()) {
                    let swept = cover(&case);
                    if let Ok(mut total) = total.lock() {
                        *total = total.and(swept);
                    }
                }
            });
        }
    });
    let total = total.into_inner().unwrap_or_default();
    println!(
        "{} points torn, worst card done in {} passes, {} trailers cut in mid-programming reported as spoiled, nothing else \
         lost; {:.0?}",
        total.points,
        total.passes,
        total.spoiled,
        begun.elapsed()
    );
}

fn cover(case: &Case) -> Swept {
    let mut swept = Swept::default();
    for how in Tear::ALL {
        for journal in [true, false] {
            swept = swept.and(sweep(case, how, journal));
        }
    }
    let name = format!("{} {} {} {}", case.kind.name(), case.uid.len() / 2, case.profile.name, case.protection);
    println!(
        "{name:<44} {:?}: {} exchanges, {} points, {} passes, {} spoiled",
        case.act, swept.exchanges, swept.points, swept.passes, swept.spoiled
    );
    swept
}

/// All chips, UIDs, profiles, read keys, protections and acts; the longest are taken first, from the end.
fn cases() -> Vec<Case> {
    let ieum = include_str!("../../templates/chips/ieum.toml");
    let texts = [
        ieum.to_owned(),
        ieum.replace("4945554D3031", "site"),
        ieum.replace("4945554D3031", "diversified"),
        ieum.replace("878F07", "078F0F"),
        include_str!("../../templates/chips/number-only.toml").to_owned(),
        include_str!("../../templates/chips/uid-only.toml").to_owned(),
    ];
    let profiles = texts.map(|text| Profile::parse(&text, "bench").expect("a profile"));
    let mut cases = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| issuer::plan::chip::ChipKind::parse(kind.name()).is_ok()) {
        let classic = kind.name().starts_with("classic");
        for uid in if classic { vec![FOUR, SEVEN] } else { vec![SEVEN] } {
            for profile in &profiles {
                for act in Act::ALL {
                    for protection in [Protection::Keyed, Protection::Permanent] {
                        let (profile, proof) = (profile.clone(), ProofLevel::Full);
                        cases.push(Case { kind, uid, profile, protection, proof, act });
                    }
                }
            }
        }
    }
    cases.retain(Case::is_possible);
    cases.sort_by_key(|case| (case.kind.image_size(), case.act == Act::Make, case.protection));
    cases
}
