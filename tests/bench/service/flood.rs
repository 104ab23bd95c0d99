//! Ten thousand wrong passwords: what a page takes beside them, what memory they take, and whether the right one is still let in: at a
//! known desk at once, elsewhere when its wait is over. Start at [`withstood`].

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::house::Service;
use crate::page::{NAME, PASSWORD, ask};
use crate::{memory, milliseconds, spread};

const TRIES: usize = 10_000;
const AT_ONCE: usize = 16;
/// A page beside the flood, p99, in milliseconds: the limit of a page among fifty clerks.
const PAGE_LIMIT: f64 = 50.0;
/// More than before, in MiB: two hashes of 19 MiB each, and what goes with them.
const ROOM: f64 = 64.0;

/// Whether all of it held.
pub fn withstood(service: &Service, database: &Path) -> bool {
    let form = format!("id={NAME}&pw={PASSWORD}&desk=1&lang=ko");
    let answer = ask(service, "POST", "/login", "", &form);
    let cookies =
        answer.lines().filter_map(|line| line.strip_prefix("set-cookie: ").or(line.strip_prefix("Set-Cookie: ")));
    let jar: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
    let jar = jar.join("; ");
    let page = || {
        let began = Instant::now();
        ask(service, "GET", "/members/7", &jar, "");
        milliseconds(began)
    };
    let url = service.url.as_str();
    let quiet = crate::sorted((0..200).map(|_| page()));
    let before = memory(service.running.id(), "VmRSS").expect("a living service");
    let (began, sent, refused) = (Instant::now(), AtomicUsize::new(0), AtomicUsize::new(0));
    let over = AtomicBool::new(false);
    let beside = thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(at) = Some(sent.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < TRIES) {
                    let name = if at % 4 == 0 { format!("nobody{at}") } else { NAME.to_owned() };
                    let status = log_in(url, "", &format!("id={name}&pw=wrong{at}&desk=1&lang=ko"));
                    assert!([422, 429].contains(&status), "{status}");
                    refused.fetch_add(usize::from(status == 429), Ordering::Relaxed);
                }
                over.store(true, Ordering::Relaxed);
            });
        }
        let mut times = Vec::new();
        while !over.load(Ordering::Relaxed) {
            times.push(page());
            // A clerk reads what they opened.
            thread::park_timeout(Duration::from_millis(20));
        }
        times
    });
    let took = began.elapsed().as_secs_f64();
    let beside = crate::sorted(beside.into_iter());
    let peak = memory(service.running.id(), "VmHWM").expect("a living service");
    let refused = refused.into_inner();
    println!("{TRIES} wrong passwords in {took:.1} s, {refused} of them not looked at");
    let p99 = beside[beside.len() * 99 / 100];
    println!("  a page alone             {}", spread(&quiet));
    println!("  a page beside them       {}  {:.2} of the limit of {PAGE_LIMIT} ms", spread(&beside), p99 / PAGE_LIMIT);
    println!(
        "  memory                   {before:.1} MiB before, {peak:.1} MiB at most  {:.2} of the room of {ROOM} MiB",
        (peak - before) / ROOM
    );
    let known = log_in(url, &jar, &form);
    let early = log_in(url, "", &form);
    let store = rusqlite::Connection::open(database).expect("the database");
    store.busy_timeout(Duration::from_secs(10)).expect("patience");
    store.execute("UPDATE wrong_passwords SET last = last - 15 * 60000", []).expect("the delays");
    let late = log_in(url, "", &form);
    println!(
        "  the right one            {known} at a known desk at once, {early} elsewhere at once, {late} after a quarter of an hour"
    );
    p99 <= PAGE_LIMIT && peak - before <= ROOM && (known, late) == (303, 303)
}

/// The status that a log-in is answered with.
fn log_in(url: &str, cookies: &str, form: &str) -> u16 {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the service listens");
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: {cookies}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        url,
        form.len()
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}
