//! One card issued on the page, by plain requests as a browser sends them: set-up, issue, print, scan, handed over.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::house::Service;

/// The first administrator, as a form sends it.
pub const NAME: &str = "Bench";
pub const PASSWORD: &str = "%EC%82%B4%EA%B5%AC%EB%82%98%EB%AC%B4+%EA%B7%B8%EB%8A%98+1937";

/// Makes the first administrator and issues the member's card; the answer to every step is checked.
pub fn issue(service: &Service, member: i64) {
    let link = service.setup_link();
    let path = link.strip_prefix(service.url.as_str()).expect("a path");
    let made = ask(service, "POST", path, "", &format!("id={NAME}&pw={PASSWORD}&pw2={PASSWORD}&desk=1&lang=ko"));
    let cookie = header(&made, "set-cookie").split(';').next().unwrap_or_default().to_owned();
    let file = format!("/members/{member}");
    let csrf = value(&ask(service, "GET", &file, &cookie, ""), "csrf");
    ask(service, "POST", &format!("{file}/seen"), &cookie, &format!("csrf={csrf}&evidence=document"));
    let once = value(&ask(service, "GET", &file, &cookie, ""), "once");
    let begun = ask(
        service,
        "POST",
        &format!("/members/{member}/issue"),
        &cookie,
        &format!("csrf={csrf}&once={once}&kind=rfid"),
    );
    let job = header(&begun, "location");
    wait_for(service, &job, &cookie, "feed-printer");
    ask(service, "POST", &format!("{job}/print"), &cookie, &format!("csrf={csrf}"));
    let page = wait_for(service, &job, &cookie, "check");
    let number: String = page
        .split("<title")
        .nth(1)
        .and_then(|rest| rest.split("alt=\"").nth(1))
        .and_then(|alt| alt.split('"').next())
        .map(|alt| alt.chars().filter(char::is_ascii_digit).collect())
        .expect("the card's picture names its number");
    ask(service, "POST", &format!("{job}/scan"), &cookie, &format!("csrf={csrf}&scan={number}"));
    wait_for(service, &job, &cookie, "handed-over");
}

/// Looks at the job's page until it is in this phase.
fn wait_for(service: &Service, job: &str, cookie: &str, phase: &str) -> String {
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        let page = ask(service, "GET", job, cookie, "");
        if page.contains(&format!("data-phase=\"{phase}\"")) {
            return page;
        }
    }
    panic!("{job} never came to {phase}");
}

pub fn ask(service: &Service, method: &str, path: &str, cookie: &str, body: &str) -> String {
    let host = service.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the service listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        service.url,
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let fine = answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 303");
    assert!(fine, "{method} {path}: {}", answer.lines().next().unwrap_or_default());
    answer
}

pub fn header(answer: &str, name: &str) -> String {
    let found = answer.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    });
    found.unwrap_or_else(|| panic!("no {name} in the answer"))
}

/// The value of a hidden field.
pub fn value(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).expect(name);
    rest.split('"').next().unwrap_or_default().to_owned()
}
