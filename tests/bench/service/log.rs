//! The access log of two years: a million entries of twenty people in their working hours, written through the store; and how long its
//! page takes for the usual period, a month and all of it. Start at [`fill`] and [`reviews`].

use std::path::Path;
use std::time::Instant;

use issuer::back::store::Store;
use issuer::back::store::access::{self, Entry, Moment};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, tz};

use crate::house::{Desk as House, Service};
use crate::page::{NAME, PASSWORD, ask, header, value};
use crate::{milliseconds, sorted, spread};

/// Of the log's page, in milliseconds.
pub const LIMIT: f64 = 300.0;
pub const ENTRIES: usize = 1_000_000;
const STAFF: usize = 20;
const DAYS: usize = 731;
const OPENED: usize = 20;

/// What is done, and to how many at once.
const ACTS: [(&str, &str, usize); 6] = [
    ("look", "member", 1),
    ("list", "find", 5),
    ("look", "job", 1),
    ("change", "issue, clerk's word", 1),
    ("look", "member", 1),
    ("list", "desk", 8),
];

/// Writes the entries up to yesterday, a transaction a day; prints how long it took.
pub fn fill(database: &Path, members: u32) {
    let store = Store::open(database).expect("the database");
    let began = Instant::now();
    let people = store.change(|tx| {
        for at in 0..STAFF {
            tx.execute(
                "INSERT INTO staff (id, name, role, state, created) VALUES (?1, ?2, 'clerk', 'active', 0)",
                (100 + at as i64, format!("직원{at:02}")),
            )?;
        }
        Ok(())
    });
    people.expect("the staff");
    let today = today();
    let mut mixed = 1u64;
    let mut next = |below: u64| {
        mixed = mixed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (mixed >> 33) % below
    };
    let mut written = 0;
    for day in 0..DAYS {
        let date = today - ((DAYS - day) as i64).days();
        // Closed on Mondays, as public libraries are.
        let open = date.weekday() != Weekday::Monday;
        let most = if open { (ENTRIES - written) / ((DAYS - day) * 6 / 7).max(1) } else { 0 };
        let done = store.change(|tx| {
            let mut count = 0;
            while count < most {
                let minute = 9 * 60 + count * 9 * 60 / most;
                let when = Moment {
                    time: midnight(date) + minute as i64 * 60_000,
                    day: date.strftime("%Y-%m-%d").to_string(),
                    hour: (minute / 60) as i8,
                };
                let (what, purpose, many) = ACTS[next(ACTS.len() as u64) as usize];
                let staff = format!("staff:{}", 100 + next(STAFF as u64));
                let entry =
                    Entry { when: &when, staff: &staff, role: "clerk", desk: "1", origin: "page", what, purpose };
                let shown: Vec<_> = (0..many).map(|_| Some(1 + next(u64::from(members)) as i64)).collect();
                access::append(tx, &entry, shown)?;
                count += many;
            }
            Ok(count)
        });
        written += done.expect("a day's entries");
    }
    println!("{written} entries of the log in {DAYS} days, written in {:.1} s", began.elapsed().as_secs_f64());
}

/// Opens the log's page; prints how long it took, and gives the slowest.
pub fn reviews(service: &Service) -> f64 {
    let form = format!("id={NAME}&pw={PASSWORD}&desk=1&lang=ko");
    let cookie = header(&ask(service, "POST", "/login", "", &form), "set-cookie");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let csrf = value(&ask(service, "GET", "/codes", &cookie, ""), "csrf");
    let today = today();
    let day = |back: i64| (today - back.days()).strftime("%Y-%m-%d").to_string();
    let asked = |from: i64, more: &str| {
        let form = format!("csrf={csrf}&from={}&to={}{more}", day(from), day(0));
        header(&ask(service, "POST", "/access", &cookie, &form), "location")
    };
    let pages = [
        ("usual period", "/access".to_owned()),
        ("a month", asked(30, "")),
        ("two years", asked(731, "")),
        ("two years, one person", asked(731, "&staff=staff:107")),
        ("two years, one member", asked(731, "&member=4711")),
        ("two years, page 100", asked(731, "") + "?page=100"),
    ];
    let mut slowest: f64 = 0.0;
    for (what, path) in pages {
        let times = sorted((0..OPENED).map(|_| {
            let began = Instant::now();
            ask(service, "GET", &path, &cookie, "");
            milliseconds(began)
        }));
        let p99 = times[OPENED - 1];
        println!("  access log, {what:<22} {}  {:.2} of the limit of {LIMIT} ms", spread(&times), p99 / LIMIT);
        slowest = slowest.max(p99);
    }
    slowest
}

/// The chain walked from end to end, in this process and by the command.
pub fn verified(house: &House) {
    let store = Store::open(&house.path("var/issuer.db")).expect("the database");
    let began = Instant::now();
    let walked = store.look(|tx| access::ENTRIES.verify(tx)).expect("a chain");
    let took = began.elapsed().as_secs_f64();
    assert_eq!(walked.first_broken, None);
    println!("chain of {} entries, walked {took:.2} s  {:.0} entries/s", walked.entries, walked.entries as f64 / took);
    for arguments in [&["audit", "verify", "--json"][..], &["access", "show", "--member", "4711", "--json"]] {
        let began = Instant::now();
        let output = house.run(arguments);
        // A version without the command says so.
        let said = if output.status == Some(0) {
            format!("{:.2} s", began.elapsed().as_secs_f64())
        } else {
            format!("ended with {:?}", output.status)
        };
        println!("issuer {:<40} {said}", arguments.join(" "));
    }
}

/// Where the library is.
fn today() -> Date {
    tz::offset(9).to_datetime(Timestamp::now()).date()
}

fn midnight(date: Date) -> i64 {
    tz::offset(9).to_timestamp(date.at(0, 0, 0, 0)).expect("a time").as_millisecond()
}
