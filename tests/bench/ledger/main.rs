//! A ledger of five years, a million entries written by the real chain: how long the reports of a month, a year and all years take,
//! what people did, the walk over all chains, all charges, and a month as a sheet. Each beside its limit, and beside a peer of the same
//! run: SQLite reading the same rows and nothing more, SHA-256 of as many bytes. `cargo bench --bench ledger`. Ends with 1 when a limit
//! is missed. Start at [`main`].

#[allow(dead_code)]
#[path = "../../support/desk.rs"]
mod house;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use house::Desk as House;
use issuer::back::store::charges::{self, Charge};
use issuer::back::store::ledger::{self, Count, Entry};
use issuer::back::store::{Store, Tx};
use issuer::desk::{self, Actor, Assets, By, Desk, Opening, Paper};
use issuer::plan::fees::{Account, ChargeState, EntryKind, PayBy, Reason};
use issuer::plan::messages::{Lang, Trouble};
use issuer::plan::sheet::Format;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use sha2::{Digest, Sha256};

const ENTRIES: u64 = 1_000_000;
const FIRST: Date = date(2021, 1, 1);
const YEARS: i64 = 5;
const STAFF: u64 = 20;
const DESKS: u64 = 5;
const RUNS: usize = 5;
/// Milliseconds.
const MONTH_LIMIT: f64 = 300.0;
const YEAR_LIMIT: f64 = 1_000.0;
const ALL_LIMIT: f64 = 1_000.0;
const VERIFY_LIMIT: f64 = 5_000.0;

fn main() -> ExitCode {
    let house = House::new();
    house.run(&["init"]).done();
    house.run(&PERSON).done();
    let database = house.path("var/issuer.db");
    let began = Instant::now();
    let written = fill(&database);
    println!("{written} entries in {YEARS} years, written in {:.1} s", began.elapsed().as_secs_f64());
    let file = house.path("issuer.toml");
    std::fs::write(&file, "").expect("a settings file");
    let settings = desk::settings(Some(&file)).expect("the embedded settings");
    let assets = Assets::new(Some(settings.templates()));
    let desk = Desk::open(settings, assets, Opening::Existing).expect("a desk");
    let actor = Actor::command_line("bench");
    let mut kept = true;
    for (name, span, limit) in
        [("month", "2025-06", MONTH_LIMIT), ("year", "2025", YEAR_LIMIT), ("all years", "", ALL_LIMIT)]
    {
        let period = desk::money_period(span, span).expect("a period");
        let read = middle(|| plain(&database, span));
        for by in [By::Day, By::Desk, By::Clerk, By::Reason] {
            let took = middle(|| drop(desk::money_report(&desk, &actor, period, by).expect("a report")));
            kept &= told(&format!("{name} by {by}"), took, limit, "SQLite reads the rows", read);
        }
        let took = middle(|| drop(desk::clerk_report(&desk, &actor, period).expect("a report")));
        kept &= told(&format!("{name}, people beside the others"), took, limit, "SQLite reads the rows", read);
    }
    let period = desk::money_period("2025-06", "2025-06").expect("a period");
    for format in [Format::Xlsx, Format::Csv, Format::CsvCp949] {
        let mut length = 0;
        let took = middle(|| {
            let mut made =
                desk::ledger_sheet(&desk, &actor, Paper::Entries, period, "bench", format, Lang::Ko).expect("a sheet");
            length = std::io::copy(&mut made.sheet.file, &mut std::io::sink()).expect("its bytes");
        });
        let read = middle(|| plain(&database, "2025-06"));
        println!(
            "month as {format:<12} {took:>8.1} ms  {:>6.1} times SQLite reads the rows  {length} bytes",
            took / read
        );
    }
    let (mut charges, began) = (0u64, Instant::now());
    desk::show_fees(&desk, &actor, &mut |_| {
        charges += 1;
        Ok(())
    })
    .expect("the charges");
    println!("all charges, one after the other  {:>8.1} ms  {charges} of them", milliseconds(began));
    let hashed = middle(|| hash(&database));
    let began = Instant::now();
    let found = desk::verify_audit(&desk, &actor, None).expect("a walk");
    let took = milliseconds(began);
    assert!(found.ok, "{found:?}");
    kept &= told("audit verify, every chain", took, VERIFY_LIMIT, "SHA-256 of the rows read", hashed);
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

const PERSON: [&str; 9] = [
    "enrol",
    "--name",
    "홍길동",
    "--birth",
    "1988-03-14",
    "--identity",
    "resident-card",
    "--consent",
    "local,national",
];

/// Prints a figure beside its limit and its peer; whether the limit was kept.
fn told(what: &str, took: f64, limit: f64, peer: &str, read: f64) -> bool {
    println!(
        "{what:<32} {took:>8.1} ms  {:.2} of the limit of {limit} ms  {:.1} times {peer} ({read:.1} ms)",
        took / limit,
        took / read
    );
    took <= limit
}

/// The middle one of a few runs, in milliseconds.
fn middle(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            work();
            milliseconds(began)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

fn milliseconds(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1000.0
}

/// SQLite alone over the rows of a period, by the same index.
fn plain(database: &Path, span: &str) {
    let store = rusqlite::Connection::open(database).expect("the database");
    let sql =
        "SELECT count(*), sum(amount), sum(length(staff)) FROM ledger_entries WHERE day >= ?1 AND day <= ?1 || '~'";
    let found: (i64, i64, i64) =
        store.query_row(sql, [span], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    assert!(found.0 > 10_000, "{found:?}");
}

/// SHA-256 of the texts and numbers of all rows, each read once.
fn hash(database: &Path) {
    let store = rusqlite::Connection::open(database).expect("the database");
    let mut rows = store.prepare("SELECT time, day, desk, kind, charge, member, reason, amount, staff, hash FROM ledger_entries ORDER BY seq").expect("rows");
    let mut rows = rows.query([]).expect("rows");
    let mut head = [0u8; 32];
    while let Some(row) = rows.next().expect("a row") {
        let mut bytes = Sha256::new();
        bytes.update(head);
        for at in 0..10 {
            match row.get_ref(at).expect("a value") {
                rusqlite::types::ValueRef::Integer(number) => bytes.update(number.to_be_bytes()),
                rusqlite::types::ValueRef::Text(text) | rusqlite::types::ValueRef::Blob(text) => bytes.update(text),
                _ => {}
            }
        }
        head = bytes.finalize().into();
    }
    assert_ne!(head, [0; 32]);
}

/// The days of five years, closed on Mondays; each desk closes its day.
fn fill(database: &Path) -> u64 {
    let store = Store::open(database).expect("the database");
    let open: Vec<Date> =
        (0..YEARS * 365).map(|day| FIRST + day.days()).filter(|day| day.weekday() != Weekday::Monday).collect();
    let (mut written, mut next) = (0, mixed());
    for (at, day) in open.iter().enumerate() {
        let most = (ENTRIES - written) / (open.len() - at) as u64;
        written += store.change(|tx| one_day(tx, *day, most, &mut next)).expect("a day");
    }
    written
}

/// The same numbers in every run.
fn mixed() -> impl FnMut(u64) -> u64 {
    let mut state = 1u64;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

fn one_day(tx: &Tx, day: Date, most: u64, next: &mut impl FnMut(u64) -> u64) -> Result<u64, Trouble> {
    let mut written = 0;
    let midnight = jiff::tz::offset(9).to_timestamp(day.at(9, 0, 0, 0)).expect("a time").as_millisecond();
    let (name, month) = (day.to_string(), day.strftime("%Y-%m").to_string());
    while written + DESKS < most {
        let at = Entry {
            time: midnight + (written * 20_000).cast_signed(),
            day: name.clone(),
            desk: (1 + next(DESKS)).to_string(),
            ..Entry::of(EntryKind::Charge, &format!("staff:{}", 1 + next(STAFF)))
        };
        written += one_charge(tx, &month, at, next)?;
    }
    for desk in 1..=DESKS {
        // As the program writes it: the newest entry that was counted.
        let newest = ledger::ENTRIES.newest(tx)?;
        let close = Entry {
            time: midnight + 32_400_000,
            day: name.clone(),
            desk: desk.to_string(),
            amount: 100_000,
            expected: Some(100_000),
            refers: Some(newest),
            receipt: Some(ledger::next_receipt(tx)?),
            ..Entry::of(EntryKind::Close, "staff:1")
        };
        let (time, staff) = (close.time, close.staff.clone());
        let (day, desk, entry) = (name.clone(), close.desk.clone(), newest);
        let count = Count { seq: 0, time, day, desk, staff, counted: 100_000, pieces: String::new(), entry };
        ledger::append_count(tx, &month, &count)?;
        ledger::append(tx, &month, &close)?;
        written += 1;
    }
    Ok(written)
}

/// A charge and what became of it: mostly paid, sometimes waived, paid back, or left open.
fn one_charge(tx: &Tx, month: &str, at: Entry, next: &mut impl FnMut(u64) -> u64) -> Result<u64, Trouble> {
    let reason = Reason::ALL[next(Reason::ALL.len() as u64) as usize];
    let fate = next(20);
    let by = [PayBy::Cash, PayBy::Card, PayBy::Transfer][next(3) as usize];
    let paid = fate > 2;
    let state = match fate {
        0 => ChargeState::Unpaid,
        1 | 2 => ChargeState::Waived,
        3 => ChargeState::Refunded,
        _ => ChargeState::Paid,
    };
    let receipt = paid.then(|| ledger::next_receipt(tx)).transpose()?;
    let charge = Charge {
        id: 0,
        member: 1,
        job: None,
        reason,
        amount: 2_000,
        state,
        paid_by: paid.then_some(by),
        why: None,
        created: at.time,
        created_by: at.staff.clone(),
        settled: (fate > 0).then_some(at.time),
        settled_by: (fate > 0).then(|| at.staff.clone()),
        allowed_by: None,
        unpaid_why: None,
        unpaid_by: None,
        receipt,
        rule: None,
        basis: None,
        evidence: None,
    };
    let id = charges::insert(tx, &charge)?;
    let of = Entry { charge: Some(id), member: Some(1), reason: Some(reason), amount: 2_000, ..at };
    let entry = |kind, account, receipt| Entry { kind, account: Some(account), receipt, ..of.clone() };
    ledger::append(tx, month, &entry(EntryKind::Charge, Account::Receivable, None))?;
    let mut written = 1;
    if paid {
        ledger::append(tx, month, &entry(EntryKind::Payment, by.into(), receipt))?;
        written += 1;
    }
    if state == ChargeState::Waived {
        ledger::append(tx, month, &entry(EntryKind::Waiver, Account::Waived, None))?;
        written += 1;
    }
    if state == ChargeState::Refunded {
        let receipt = ledger::next_receipt(tx)?;
        ledger::append(tx, month, &entry(EntryKind::Refund, by.into(), Some(receipt)))?;
        written += 1;
    }
    Ok(written)
}
