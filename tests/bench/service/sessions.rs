//! Fifty clerks at once, each opening one page a second, over all members. What the service takes is told apart from what this
//! client itself takes: connecting, and waking later than it should. Start at [`pages`].

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::house::Service;
use crate::page::{NAME, PASSWORD, ask, header, value};

/// Of 99 pages in a hundred, in milliseconds.
pub const LIMIT: f64 = 50.0;
const SESSIONS: usize = 50;
const SECONDS: usize = 20;

/// One page that was opened: which, what the service took and what the client took besides, in milliseconds.
struct Opened {
    what: &'static str,
    service: f64,
    client: f64,
}

/// Opens the pages, prints how long they took, and gives the p99 of all.
pub fn pages(service: &Service, crowd: &Crowd) -> f64 {
    let form = format!("id={NAME}&pw={PASSWORD}&desk=1&lang=ko");
    let cookie = |_| header(&ask(service, "POST", "/login", "", &form), "set-cookie");
    let cookies: Vec<String> = (0..SESSIONS).map(cookie).collect();
    let session = |cookie: &String| {
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let csrf = value(&ask(service, "GET", "/desk", &cookie, ""), "csrf");
        (cookie, csrf)
    };
    let clerks: Vec<(String, String)> = cookies.iter().map(session).collect();
    let url = service.url.as_str();
    let day = knows_day(service, &cookies[0]);
    let opened: Vec<Opened> = thread::scope(|scope| {
        let clerks: Vec<_> = clerks
            .iter()
            .enumerate()
            .map(|(clerk, session)| scope.spawn(move || work(url, crowd, clerk, session, day)))
            .collect();
        clerks.into_iter().flat_map(|clerk| clerk.join().expect("a clerk's pages")).collect()
    });
    println!("{SESSIONS} sessions, one page a second each, {SECONDS} s:");
    let mut kinds: Vec<&str> = opened.iter().map(|page| page.what).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let times = crate::sorted(opened.iter().filter(|page| page.what == kind).map(|page| page.service));
        println!("  {kind:<24} {}  {} pages", crate::spread(&times), times.len());
    }
    let all = crate::sorted(opened.iter().map(|page| page.service));
    let client = crate::sorted(opened.iter().map(|page| page.client));
    println!("  the client's own time    {}", crate::spread(&client));
    let p99 = all[all.len() * 99 / 100];
    println!("page of a crowd            {}  {:.2} of the limit of {LIMIT} ms", crate::spread(&all), p99 / LIMIT);
    p99
}

/// One clerk's round: the desk, a search, the member found, their job, the codes, the devices, the day.
fn work(url: &str, crowd: &Crowd, clerk: usize, session: &(String, String), day: bool) -> Vec<Opened> {
    let (cookie, csrf) = session;
    // Spread over the second, as fifty people are.
    let began = Instant::now() + Duration::from_millis(20 * clerk as u64);
    let turns = if day { 7 } else { 6 };
    (0..SECONDS)
        .map(|second| {
            let due = began + Duration::from_secs(second as u64);
            while let Some(left) = due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                thread::park_timeout(left);
            }
            let late = due.elapsed();
            let who = (clerk * 1_987 + second * 313) % crowd.numbers.len();
            let get = |what: &'static str, path: String| timed(url, what, "GET", &path, cookie, "", late);
            match (clerk + second) % turns {
                0 => get("desk", "/desk".to_owned()).0,
                1 => {
                    let name: String = crowd.names[who].bytes().map(|b| format!("%{b:02X}")).collect();
                    let form = format!("csrf={csrf}&q={name}");
                    let (asked, to) = timed(url, "search", "POST", "/find", cookie, &form, late);
                    let (found, _) = timed(url, "search", "GET", &to, cookie, "", Duration::ZERO);
                    let (service, client) = (asked.service + found.service, asked.client + found.client);
                    Opened { what: "search", service, client }
                }
                2 => get("member", format!("/members/{}", who + 1)).0,
                3 => get("job", format!("/jobs/{}", who + 1)).0,
                4 => get("codes", "/codes".to_owned()).0,
                5 => get("devices", "/devices".to_owned()).0,
                _ => get("day", "/day".to_owned()).0,
            }
        })
        .collect()
}

/// One request and where its answer leads. The service's time begins when the request is sent and ends with its last byte.
fn timed(
    url: &str,
    what: &'static str,
    method: &str,
    path: &str,
    cookie: &str,
    body: &str,
    late: Duration,
) -> (Opened, String) {
    let host = url.trim_start_matches("http://");
    let began = Instant::now();
    let mut stream = TcpStream::connect(host).expect("the service listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        url,
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let sent = Instant::now();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let took = sent.elapsed();
    let answer = String::from_utf8_lossy(&answer);
    let wanted = if method == "POST" { "HTTP/1.1 303" } else { "HTTP/1.1 200" };
    assert!(answer.starts_with(wanted), "{method} {path}: {}", answer.lines().next().unwrap_or_default());
    let to = if method == "POST" { header(&answer, "location") } else { String::new() };
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let client = millis(late) + millis(began.elapsed()) - millis(took);
    (Opened { what, service: millis(took), client }, to)
}

/// Whether this version has a day view.
fn knows_day(service: &Service, cookie: &str) -> bool {
    let host = service.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the service listens");
    let cookie = cookie.split(';').next().unwrap_or_default();
    write!(stream, "GET /day HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n")
        .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}
