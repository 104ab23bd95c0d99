//! A browser without a window: plain requests over a socket, with a jar of cookies and the forms' own token, so that a test can send
//! what no browser would. Knows HTTP and nothing of the program but where a form keeps its token. Start at [`Visitor`].
//!
//! Every read has an end; of a stream, which has none of its own, the first piece is read.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The longest wait for one page; a debug build on a busy machine is slow.
const WAIT: Duration = Duration::from_secs(30);

/// What came back, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The first header of this name; empty where there is none.
    pub fn header(&self, name: &str) -> String {
        self.headers(name).into_iter().next().unwrap_or_default()
    }

    pub fn headers(&self, name: &str) -> Vec<String> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).collect()
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> Option<String> {
        let text = self.text();
        let rest = text.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    }
}

/// Sends these bytes to a service and reads what it says until it closes; `None` where it closes without a word.
pub fn send(url: &str, request: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(host(url)).expect("the service listens");
    // It may refuse and close before it has read everything.
    let _ = stream.write_all(request);
    read(&mut stream, WAIT, false)
}

pub fn host(url: &str) -> &str {
    url.trim_start_matches("http://")
}

/// Reads an answer to its end, or of a stream the first piece, or for so long.
pub fn read(stream: &mut TcpStream, limit: Duration, first: bool) -> Option<Answer> {
    let end = Instant::now() + limit;
    let mut all = Vec::new();
    let mut piece = [0; 8192];
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        stream.set_read_timeout(Some(left)).expect("a time-out");
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => all.extend_from_slice(&piece[..count]),
            Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
        if first && has_first_chunk(&all) {
            break;
        }
    }
    let at = all.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&all[..at]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok())?;
    let body = all.split_off(at + 4);
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    Some(Answer { status, head, bytes: if chunked { unchunked(&body) } else { body } })
}

/// Whether the head and the first piece of a body that comes in pieces are there.
fn has_first_chunk(all: &[u8]) -> bool {
    let after = |text: &[u8], mark: &[u8]| text.windows(mark.len()).position(|part| part == mark);
    let Some(body) = after(all, b"\r\n\r\n").map(|at| &all[at + 4..]) else { return false };
    let Some(at) = after(body, b"\r\n") else { return false };
    let size = std::str::from_utf8(&body[..at]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
    size.is_some_and(|size| body.len() >= at + 4 + size)
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(at) = body.windows(2).position(|part| part == b"\r\n") {
        let size = std::str::from_utf8(&body[..at]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let (Some(size), rest) = (size, &body[at + 2..]) else { break };
        whole.extend_from_slice(&rest[..size.min(rest.len())]);
        let Some(next) = rest.get(size + 2..).filter(|_| size > 0) else { break };
        body = next;
    }
    whole
}

/// Somebody at a browser: a service, the cookies that it set, and the token of the session's forms.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub url: String,
    pub jar: Vec<(String, String)>,
    pub csrf: String,
}

impl Visitor {
    pub fn new(url: &str) -> Visitor {
        Visitor { url: url.to_owned(), jar: Vec::new(), csrf: String::new() }
    }

    pub fn cookies(&self) -> String {
        self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The session's own cookie, name and value.
    pub fn session(&self) -> (String, String) {
        let port = self.url.rsplit(':').next().unwrap_or_default();
        let name = format!("issuer-{port}");
        let value = self.jar.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        (name, value.unwrap_or_default())
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[], "")
    }

    /// The first of a stream.
    pub fn listen(&self, path: &str) -> Option<Answer> {
        let mut stream = TcpStream::connect(host(&self.url)).expect("the service listens");
        stream.write_all(self.request("GET", path, &[], "").as_bytes()).expect("a request");
        read(&mut stream, WAIT, true)
    }

    /// A form with the session's token in it.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let all: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post_bare(path, &all)
    }

    /// A form as it stands.
    pub fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask("POST", path, &[("Origin", &self.url.clone())], &form(fields))
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let answer = send(&self.url, self.request(method, path, headers, body).as_bytes());
        let answer = answer.unwrap_or_else(|| panic!("{method} {path}: no answer"));
        for cookie in answer.headers("set-cookie") {
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            self.jar.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.jar.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", host(&self.url));
        if !self.jar.is_empty() {
            text.push_str(&format!("Cookie: {}\r\n", self.cookies()));
        }
        headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        if method != "GET" {
            text.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text + "\r\n" + body
    }

    /// Makes the first administrator through the link that `serve` printed, and is logged in.
    #[track_caller]
    pub fn set_up(&mut self, link: &str, name: &str, password: &str) -> &mut Visitor {
        let path = link.strip_prefix(&self.url).expect("a link of this service").to_owned();
        let fields = [("id", name), ("pw", password), ("pw2", password), ("desk", "1"), ("lang", "ko")];
        let made = self.post_bare(&path, &fields);
        assert_eq!(made.status, 303, "{}", made.text());
        self.learn();
        self
    }

    /// Logs in; what the service answered.
    pub fn log_in(&mut self, name: &str, password: &str) -> Answer {
        let answer = self.post_bare("/login", &[("id", name), ("pw", password), ("desk", "1"), ("lang", "ko")]);
        if answer.status == 303 {
            self.learn();
        }
        answer
    }

    /// Reads the token of this session's forms off a page that shows nobody.
    #[track_caller]
    pub fn learn(&mut self) {
        let page = self.get("/codes");
        self.csrf = page.field("csrf").unwrap_or_else(|| panic!("no token: {} {}", page.status, page.text()));
    }

    /// Whether the session stands.
    pub fn is_in(&self) -> bool {
        self.clone().get("/codes").status == 200
    }
}

/// Fields as a form sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}
