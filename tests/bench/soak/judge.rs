//! The facts, one by one, each with what was found: what was handed over, what stopped and why, what the process holds at
//! rest, and the database. Start at [`judge`].

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::Duration;

use issuer::back::store::access;
use issuer::plan::messages::Trouble;
use rusqlite::{Connection, OpenFlags};

use crate::chip::Image;
use crate::facts::{Card, Facts, by_name};
use crate::house::Desk as House;
use crate::meter::Meter;
use crate::process::Place;

/// What a process may hold more than after the warm-up. An allocator does not give everything back at once.
const RESIDENT_KB: u64 = 8 * 1024;
const THREADS: usize = 2;
const DESCRIPTORS: usize = 4;
/// So many cases of a fact that does not hold are shown.
const SHOWN: usize = 5;

struct Verdict(bool);

impl Verdict {
    /// One line; what does not hold is listed beneath.
    fn fact(&mut self, name: &str, found: &str, wrong: &[String]) {
        let word = if wrong.is_empty() { "holds" } else { "MISSED" };
        println!("{word:<7} {name:<52} {found}");
        wrong.iter().take(SHOWN).for_each(|case| println!("          {case}"));
        if wrong.len() > SHOWN {
            println!("          and {} more", wrong.len() - SHOWN);
        }
        self.0 &= wrong.is_empty();
    }
}

/// Whether every fact holds.
pub fn judge(house: &House, places: &[Place], facts: &Facts, took: Duration) -> bool {
    let mut verdict = Verdict(true);
    tell(places, facts, took);
    ends(house, facts, &mut verdict);
    cards(house, facts, &mut verdict);
    causes(places, facts, &mut verdict);
    holds(facts, &mut verdict);
    database(&house.path("var/issuer.db"), &mut verdict);
    verdict.0
}

fn tell(places: &[Place], facts: &Facts, took: Duration) {
    println!(
        "\n{} cards handed over in {:.1} minutes; {}",
        facts.cards.len(),
        took.as_secs_f64() / 60.0,
        by_name(&facts.torments)
    );
    for (place, made) in places.iter().zip(&facts.by_device) {
        println!("  {:<40} {made} cards", place.reader.rsplit('/').next().unwrap_or_default());
    }
    for chip in ["classic-1k", "ntag213"] {
        let mut times: Vec<u64> = facts.cards.iter().filter(|card| card.chip == chip).map(|c| c.milliseconds).collect();
        times.sort_unstable();
        let of = |hundredth: usize| times.get(times.len() * hundredth / 100).copied().unwrap_or_default();
        println!("  {chip:<12} {} cards, ms from member to hand p50 {} p99 {}", times.len(), of(50), of(99));
    }
    let total = |count: fn(&Card) -> u64| facts.cards.iter().map(count).sum::<u64>() as f64;
    let ratio = total(|card| card.commands) / total(|card| card.exchanges).max(1.0);
    println!(
        "  last visits: {ratio:.2} commands an exchange; {} times a card was laid down anew after tries in vain",
        facts.anew
    );
    for (code, times) in facts.codes() {
        println!("  {code:<28} {times}");
    }
}

fn ends(house: &House, facts: &Facts, verdict: &mut Verdict) {
    let mut wrong = facts.never.clone();
    if !facts.rested {
        wrong.push("jobs were still in hand when all was well again".to_owned());
    }
    if facts.gone || !facts.ended {
        let log = std::fs::read_to_string(house.path("clerks.log")).unwrap_or_default();
        wrong.push(format!("the clerks' process did not end well: {}", log.trim()));
    }
    let open = house.run(&["job", "list", "--open", "--json"]).done().json;
    let open = open.as_array().cloned().unwrap_or_default();
    wrong.extend(open.iter().map(|job| format!("still open: {job}")));
    verdict.fact("every job ends handed over", &format!("{} cards", facts.cards.len()), &wrong);
    let none = if facts.by_device.contains(&0) { vec![format!("{:?}", facts.by_device)] } else { Vec::new() };
    verdict.fact("every reader made cards", "", &none);
    let known = known_codes();
    let unknown: Vec<String> =
        facts.troubles.iter().filter(|event| !known.contains(&event.code)).map(|event| event.line.clone()).collect();
    verdict.fact(
        "every trouble has a code with words of its own",
        &format!("{} troubles", facts.troubles.len()),
        &unknown,
    );
}

fn known_codes() -> HashSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/messages/ko");
    let files = std::fs::read_dir(folder).expect("the messages").flatten();
    let texts = files.map(|file| std::fs::read_to_string(file.path()).expect("messages"));
    let codes = |text: String| -> Vec<String> {
        let ids = text.lines().filter_map(|line| line.strip_prefix("err-")?.split_once(" ="));
        ids.map(|(code, _)| code.to_owned()).collect()
    };
    texts.flat_map(codes).collect()
}

/// Every card is judged by its image alone.
fn cards(house: &House, facts: &Facts, verdict: &mut Verdict) {
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let bad = |card: &Card| {
        let judged = std::panic::catch_unwind(|| image(house, card));
        judged.err().map(|why| {
            let why = why.downcast_ref::<String>().cloned().or(why.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            format!("job {} {} {}: {}", card.job, card.chip, card.uid, why.unwrap_or_default())
        })
    };
    let wrong: Vec<String> = facts.cards.iter().filter_map(bad).collect();
    std::panic::set_hook(quiet);
    verdict.fact("every card is what it should be, by its image", &format!("{} images", facts.cards.len()), &wrong);
    let mut seen = BTreeMap::new();
    for card in &facts.cards {
        seen.entry(&card.number).or_insert_with(Vec::new).push(card.job);
    }
    let twice = seen.iter().filter(|(_, jobs)| jobs.len() > 1).map(|(number, jobs)| format!("{number}: jobs {jobs:?}"));
    let twice: Vec<String> = twice.collect();
    verdict.fact("no number is given twice", &format!("{} numbers", seen.len()), &twice);
}

fn image(house: &House, card: &Card) {
    let extension = if card.chip == "ntag213" { "bin" } else { "mfd" };
    let file = house.path(&format!("var/simulator/cards/{}.{extension}", card.uid));
    if card.chip != "ntag213" {
        return Image::read(&file).check(&card.number);
    }
    // NTAG213: the number stands in the user pages (4 to 39); AUTH0 (page 41) protects them from the first or from before it;
    // the password (page 43) is not the factory's.
    let image = std::fs::read(&file).expect("the image");
    let user = &image[4 * 4..40 * 4];
    assert!(user.windows(14).any(|bytes| bytes == card.number.as_bytes()), "no number in the user pages");
    assert!((2..=4).contains(&image[41 * 4 + 3]), "AUTH0 is {:02X}", image[41 * 4 + 3]);
    assert_ne!(image[43 * 4..44 * 4], [0xFF; 4], "the factory's password");
}

/// Every trouble has its cause in what was done to that very reader, and what was spoiled was cut in mid-programming.
fn causes(places: &[Place], facts: &Facts, verdict: &mut Verdict) {
    let caused = |event: &&crate::facts::Event| {
        let board = places.get(event.device).is_some_and(|place| place.board);
        !facts.torments.iter().any(|torment| torment.explains(event.device, board, &event.code, event.at))
    };
    let wrong: Vec<String> = facts.troubles.iter().filter(caused).map(|event| event.line.clone()).collect();
    verdict.fact("no job is disturbed by another reader's loss", &format!("{} troubles", facts.troubles.len()), &wrong);
    let cut = |event: &&crate::facts::Event| !facts.torments.iter().any(|torment| torment.cuts(event.device, event.at));
    let wrong: Vec<String> = facts.spoiled.iter().filter(cut).map(|event| event.line.clone()).collect();
    let found = format!("{} spoiled", facts.spoiled.len());
    verdict.fact("no card is spoiled but by a tear in mid-programming", &found, &wrong);
}

fn holds(facts: &Facts, verdict: &mut Verdict) {
    let (Some(first), Some(last)) = (facts.first, facts.last) else { return };
    let mut grown = Vec::new();
    if last.resident_kb > first.resident_kb + RESIDENT_KB {
        grown.push(format!("{} KB more resident", last.resident_kb - first.resident_kb));
    }
    if last.threads > first.threads + THREADS {
        grown.push(format!("{} threads more", last.threads - first.threads));
    }
    if last.descriptors > first.descriptors + DESCRIPTORS {
        grown.push(format!("{} descriptors more", last.descriptors - first.descriptors));
    }
    println!("        after the warm-up {first}\n        at the end        {last}");
    verdict.fact("nothing grows", "", &grown);
    let Meter { children, zombies, .. } = last;
    let left = if children > 0 { vec![format!("{children}, {zombies} of them dead")] } else { Vec::new() };
    verdict.fact("no libnfc child and no zombie is left", "", &left);
}

fn database(file: &Path, verdict: &mut Verdict) {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("the database");
    let told: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    verdict.fact("PRAGMA integrity_check", "", &if told == "ok" { Vec::new() } else { vec![told] });
    let orphans: i64 =
        db.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).expect("a check");
    verdict.fact("no orphan rows", "", &if orphans == 0 { Vec::new() } else { vec![orphans.to_string()] });
    let (rows, broken) = chain(&db).expect("the access log");
    verdict.fact("the access log is one chain", &format!("{rows} entries"), &broken);
}

/// Every hash of the access log, made anew.
fn chain(db: &Connection) -> Result<(u64, Vec<String>), Trouble> {
    let walked = access::ENTRIES.verify(db)?;
    Ok((walked.entries, walked.first_broken.map(|seq| format!("broken at entry {seq}")).into_iter().collect()))
}
