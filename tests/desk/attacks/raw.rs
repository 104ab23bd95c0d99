//! Crooked requests: names that are not ours, lengths that contradict each other, heads without an end, and connections that only sit
//! there. Start at the first test.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::super::support::web::{Answer, host, read, send};
use super::{Visitor, contents, database, practice};

/// The answer to these lines, with the host and the cookie in their places.
fn told(visitor: &Visitor, lines: &[&str], body: &str) -> Option<Answer> {
    let (here, cookies) = (host(&visitor.url), visitor.cookies());
    let text: String = lines
        .iter()
        .map(|line| line.replace("HERE", here).replace("JAR", &cookies).replace("OURS", &visitor.url) + "\r\n")
        .collect();
    send(&visitor.url, format!("{text}\r\n{body}").as_bytes())
}

#[test]
fn names_that_are_not_ours_and_origins_that_are_nobodys_are_refused() {
    let (desk, _service, visitor) = practice();
    let store = database(&desk);
    let before = contents(&store);
    let form = format!("csrf={}&evidence=document", visitor.csrf);
    let length = format!("Content-Length: {}", form.len());
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let post = ["POST /members/1/seen HTTP/1.1", "Cookie: JAR", "Connection: close", kind, &length];
    let get = ["GET /members/1 HTTP/1.1", "Cookie: JAR", "Connection: close"];
    let refused = |lines: &[&str], more: &[&str], body: &str| {
        let lines: Vec<&str> = lines.iter().chain(more).copied().collect();
        let answer = told(&visitor, &lines, body);
        let status = answer.as_ref().map(|answer| answer.status);
        // 400 where the request is no request; or it is not answered at all.
        assert!(matches!(status, None | Some(400 | 403)), "{lines:?}: {status:?}");
        assert!(!answer.is_some_and(|answer| answer.text().contains("김가온")), "{lines:?}");
    };
    let port = host(&visitor.url).split(':').nth(1).expect("a port");
    for name in ["evil.example", "127.1", "[::1]", "2130706433", "localhost.", "127.0.0.1.nip.example"] {
        refused(&get, &[&format!("Host: {name}:{port}")], "");
        refused(&post, &[&format!("Host: {name}:{port}"), "Origin: OURS"], &form);
    }
    refused(&get, &["Host: HERE", "Host: evil.example"], "");
    refused(&get, &["Host: evil.example", "Host: HERE"], "");
    refused(&get, &["Host: HERE", "Host: HERE"], "");
    refused(&get, &[], "");
    refused(&["GET http://evil.example/members/1 HTTP/1.1", "Cookie: JAR", "Connection: close"], &["Host: HERE"], "");
    let with = |origin: &str| refused(&post, &["Host: HERE", origin], &form);
    for origin in
        ["Origin: null", "Origin: http://evil.example", "Origin: http://HERE.evil.example", "Origin: ", "X: y"]
    {
        with(origin);
    }
    for other in [
        format!("http://127.0.0.1:{}", port.parse::<u16>().expect("a port") ^ 1),
        format!("http://localhost:{port}"),
        "file://".into(),
    ] {
        with(&format!("Origin: {other}"));
    }
    refused(&post, &["Host: HERE", "Referer: OURS/members/1"], &form);
    // A page of another port that only looks.
    refused(&get, &["Host: HERE", "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"], "");
    refused(
        &get,
        &["Host: HERE", "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"],
        "",
    );
    assert_eq!(contents(&store), before, "something was changed");
    // And all of it is taken as it should be.
    let taken = told(&visitor, &[&post[..], &["Host: HERE", "Origin: OURS"]].concat(), &form);
    assert_eq!(taken.map(|answer| answer.status), Some(303));
    // Also under the name that the settings give the desk.
    let named = told(&visitor, &[&get[..], &[&format!("Host: desk.local:{port}")]].concat(), "");
    assert!(named.is_some_and(|answer| answer.status == 200 && answer.text().contains("김가온")));
}

/// What another program would take for two requests is none, or one.
#[test]
fn no_request_is_smuggled_inside_another() {
    let (_desk, _service, visitor) = practice();
    let inner = "GET /members/1 HTTP/1.1\r\nHost: HERE\r\nCookie: JAR\r\nConnection: close\r\n\r\n";
    let inner = inner.replace("HERE", host(&visitor.url)).replace("JAR", &visitor.cookies());
    let head =
        ["POST /login HTTP/1.1", "Host: HERE", "Origin: OURS", "Content-Type: application/x-www-form-urlencoded"];
    let length = format!("Content-Length: {}", inner.len() + 5);
    let chunked = format!("0\r\n\r\n{inner}");
    let cases: [(&[&str], &str); 8] = [
        (&["Content-Length: 5", "Transfer-Encoding: chunked"], &chunked),
        (&["Transfer-Encoding: chunked", &length], &chunked),
        (&["Content-Length: 0", "Content-Length: 5"], &inner),
        (&["Content-Length: 0, 5"], &inner),
        (&["Content-Length: +0"], &inner),
        (&["Content-Length: -1"], &inner),
        (&["Transfer-Encoding: xchunked"], &chunked),
        (&["Transfer-Encoding : chunked"], &chunked),
    ];
    for (lengths, body) in cases {
        let lines: Vec<&str> = head.iter().chain(lengths).copied().collect();
        let Some(answer) = told(&visitor, &lines, body) else { continue };
        let all = format!("{}{}", answer.head, answer.text());
        assert!(!all.contains("김가온"), "{lengths:?}: the inner request was answered");
        assert_eq!(all.matches("HTTP/1.1 2").count(), 0, "{lengths:?}: {all}");
    }
}

#[test]
fn what_is_too_long_is_refused_and_takes_no_memory() {
    let (_desk, service, mut visitor) = practice();
    let before = super::memory(service.running.id(), "VmRSS");
    let long = "가".repeat(40_000);
    let answer = visitor.post("/find", &[("q", &long)]);
    assert!(answer.status == 413 && answer.text().contains("refusal-help"), "{}", answer.status);
    let line = "a".repeat(1 << 20);
    for request in [
        format!("GET /{line} HTTP/1.1\r\nHost: {}\r\n\r\n", host(&visitor.url)),
        format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Long: {line}\r\n\r\n", host(&visitor.url)),
        format!("GET / HTTP/1.1\r\nHost: {}\r\n{}\r\n", host(&visitor.url), "X-Many: 1\r\n".repeat(20_000)),
        format!(
            "POST /find HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000000000\r\n\r\n{line}",
            host(&visitor.url),
            visitor.cookies()
        ),
    ] {
        let status = send(&visitor.url, request.as_bytes()).map(|answer| answer.status);
        assert!(matches!(status, None | Some(400 | 413 | 414 | 431)), "{} …: {status:?}", &request[..20]);
    }
    assert!(visitor.is_in(), "others go on");
    let after = super::memory(service.running.id(), "VmRSS");
    assert!(after - before < 16.0, "{before:.1} MiB before, {after:.1} after");
}

/// Two hundred who send a byte and then nothing: each is sent away, and a clerk beside them notices nothing.
#[test]
fn whoever_sends_slowly_is_sent_away_and_harms_nobody() {
    let (_desk, _service, mut visitor) = practice();
    let began = Instant::now();
    let mut slow: Vec<TcpStream> = (0..200)
        .map(|at| {
            let mut stream = TcpStream::connect(host(&visitor.url)).expect("a connection");
            let part = if at % 2 == 0 { "G" } else { "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le" };
            stream.write_all(part.as_bytes()).expect("a beginning");
            stream
        })
        .collect();
    let mut longest = Duration::ZERO;
    for _ in 0..30 {
        let asked = Instant::now();
        assert_eq!(visitor.get("/members/1").status, 200);
        longest = longest.max(asked.elapsed());
    }
    assert!(longest < Duration::from_secs(2), "{longest:?} for a page beside them");
    // Five seconds is what the head of a request may take.
    let (mut first, mut last) = (slow.swap_remove(0), slow.swap_remove(1));
    for stream in [&mut first, &mut last] {
        let answer = read(stream, Duration::from_secs(9), false).map(|answer| answer.status);
        assert!(matches!(answer, None | Some(408 | 400)), "{answer:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(9), "never sent away: {:?}", began.elapsed());
}
