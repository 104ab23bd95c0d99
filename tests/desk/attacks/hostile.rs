//! Real Chromium, a clerk who is logged in, and a page that is none of ours: on another port of this computer, under a name that was bound
//! to it, or with no origin at all. It asks for everything a page can ask for; nothing is changed and nothing can be read.
//!
//! To a browser another port is the same site, and cookies know no ports: the hostile page's requests carry our cookie, and its server
//! sees it. What holds is the origin, the token, and what the browser says of who asks. Start at the first test.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::super::browser::{self, Browser, Key};
use super::super::set_up;
use super::{Visitor, contents, database, ids};
use crate::support::{Desk, Service};

/// Serves these pages under their paths, and keeps what it was asked. Its thread ends with the test's process.
fn hostile(pages: Vec<(&'static str, String)>) -> (u16, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Arc::new(Mutex::new(String::new()));
    let kept = heard.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (pages, kept) = (pages.clone(), kept.clone());
            std::thread::spawn(move || {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
                kept.lock().expect("what was asked").push_str(&(head.join("\n") + "\n\n"));
                let page = pages.iter().find(|(at, _)| *at == path).map(|(_, page)| page.as_str()).unwrap_or_default();
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
                // The browser may have gone.
                let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{page}", page.len());
            });
        }
    });
    (port, heard)
}

fn practice() -> (Desk, Service) {
    let desk = Desk::new().with("ISSUER__NUMBER__FIRST", "70001");
    let service = desk.serve_with(&["serve", "--training"]);
    (desk, service)
}

/// Asks for everything there is to ask for, one thing after the other, and says in `#out` what it got.
const READING: &str = r#"<!doctype html><title>hostile</title><body><pre id=out></pre><script>
const at = 'TARGET', got = [];
const ends = (element, on) => new Promise((told) => {
  element.onload = () => told('loaded'); element.onerror = () => told('error');
  setTimeout(() => told('nothing'), 3000); on(element); document.body.append(element);
});
const what = async (name, work) => { let said; try { said = await work(); } catch (fault) { said = 'refused ' + fault.name; } got.push(name + ': ' + said); };
(async () => {
  for (const path of ['/members/1', '/desk', '/clerk', '/jobs/1/card.png', '/static/desk.css', '/login']) {
    await what('fetch ' + path, async () => (await (await fetch(at + path, { credentials: 'include' })).text()).length);
    await what('no-cors ' + path, async () => (await (await fetch(at + path, { credentials: 'include', mode: 'no-cors' })).text()).length);
  }
  await what('picture', () => ends(new Image(), (image) => { image.src = at + '/jobs/1/card.png'; }));
  await what('script', () => ends(document.createElement('script'), (one) => { one.src = at + '/static/desk.js'; }));
  await what('style', () => ends(document.createElement('link'), (one) => { one.rel = 'stylesheet'; one.href = at + '/static/desk.css'; }));
  await what('frame', async () => {
    const frame = document.createElement('iframe');
    await ends(frame, (one) => { one.src = at + '/desk'; });
    return frame.contentDocument ? 'readable' : 'shut ' + frame.contentWindow.length;
  });
  await what('stream', () => new Promise((told) => {
    const source = new EventSource(at + '/desk/events', { withCredentials: true });
    source.onopen = () => told('open'); source.onerror = () => { source.close(); told('error'); };
  }));
  await what('socket', () => new Promise((told) => {
    const socket = new WebSocket(at.replace('http', 'ws') + '/desk/events');
    socket.onopen = () => told('open'); socket.onerror = () => told('error');
  }));
  await what('window', async () => {
    const other = window.open(at + '/desk');
    await new Promise((on) => setTimeout(on, 1000));
    return other === null ? 'none' : other.closed ? 'let go' : String(other.document.title);
  });
  for (const [path, body] of [['/members/1/seen', 'evidence=document'], ['/logout', ''], ['/training/anew', 'made=1'], ['/lang', 'lang=en'], ['/login', 'id=a&pw=b']]) {
    await what('post ' + path, async () => (await fetch(at + path, { method: 'POST', credentials: 'include', mode: 'no-cors', body: new URLSearchParams(body + '&csrf=guess') })).type);
  }
  document.getElementById('out').textContent = got.join('\n') + '\nend';
})();
</script>"#;

/// A form that sends itself.
const SENDING: &str = r#"<!doctype html><meta charset=utf-8><title>sending</title><form method=post action="TARGET"><input name=csrf value=guess>
<input name=evidence value=document><input name=lang value=en></form><script>document.forms[0].submit()</script>"#;

#[test]
fn a_page_on_another_port_changes_nothing_and_reads_nothing() {
    let (desk, service) = practice();
    let send = |path: &str| SENDING.replace("TARGET", &format!("{}{path}", service.url));
    let (port, heard) = hostile(vec![
        ("/read", READING.replace("TARGET", &service.url)),
        ("/seen", send("/members/1/seen")),
        ("/logout", send("/logout")),
        ("/lang", send("/lang")),
    ]);
    browser::drive_and_tell(&[], async |browser| {
        set_up(browser, &service).await;
        let store = database(&desk);
        let (before, newest) = (contents(&store), "SELECT max(seq) FROM access_entries WHERE what <> 'list'");
        let looks = ids(&store, newest);
        browser.go(&format!("http://127.0.0.1:{port}/read")).await;
        browser.sees("#out", "\nend").await;
        let got = browser.asks("return document.getElementById('out').textContent").await;
        let fine = |line: &str| {
            let said = line.split(": ").nth(1).unwrap_or_default();
            // An answer that is opaque is empty to whoever asked.
            ["refused TypeError", "refused SecurityError", "error", "let go", "none", "0", "shut 0", "opaque"]
                .contains(&said)
                || line == "end"
        };
        let wrong: Vec<&str> = got.lines().filter(|line| !fine(line)).collect();
        assert!(wrong.is_empty() && got.lines().count() > 20, "{got}");
        for path in ["/seen", "/logout", "/lang"] {
            browser.go(&format!("http://127.0.0.1:{port}{path}")).await;
            browser.sees("body", "다른 사이트").await;
        }
        assert_eq!(contents(&store), before, "something was changed");
        assert_eq!(ids(&store, newest), looks, "somebody was looked at");
        browser.go(&format!("{}/account", service.url)).await;
        browser.sees("body", "성춘향").await;
    });
    // What holds nothing back: the browser gave the cookie to the other port's server. Whoever may listen on this computer has it.
    let heard = heard.lock().expect("what was asked").clone();
    let name = Visitor::new(&service.url).session().0;
    assert!(heard.contains(&format!("{name}=")), "browsers tell ports apart now; say so in the notes: {heard}");
}

#[test]
fn a_name_that_was_bound_to_this_computer_is_refused() {
    let (desk, service) = practice();
    let port = service.url.rsplit(':').next().expect("a port").to_owned();
    browser::drive_and_tell(&["--host-resolver-rules=MAP evil.example 127.0.0.1"], async |browser| {
        set_up(browser, &service).await;
        let before = contents(&database(&desk));
        for path in ["/desk", "/members/1", "/login"] {
            browser.go(&format!("http://evil.example:{port}{path}")).await;
            browser.sees("body", "이 주소로는 창구를 열 수 없습니다").await;
            let page = browser.asks("return document.documentElement.innerHTML").await;
            assert!(
                !page.contains("csrf\" value=\"") || page.contains("csrf\" value=\"\""),
                "{path} has a token: {page}"
            );
        }
        // Of one origin with the page that was refused, and still nothing.
        let asks = "return fetch('/members/1').then((answer) => answer.status)";
        assert_eq!(browser.asks(asks).await, "403");
        assert_eq!(contents(&database(&desk)), before);
    });
}

#[test]
fn a_page_of_no_origin_changes_nothing() {
    let (desk, service) = practice();
    let form = SENDING.replace("TARGET", &format!("{}/members/1/seen", service.url)).replace('\n', " ");
    let framed = form.replace('&', "&amp;").replace('"', "&quot;").replace("<form", "<form target=_top");
    let sandbox = format!(
        "<!doctype html><iframe sandbox='allow-scripts allow-forms allow-top-navigation' srcdoc=\"{framed}\"></iframe>"
    );
    let (port, _) = hostile(vec![("/sandbox", sandbox)]);
    let file = desk.path("page.html");
    std::fs::write(&file, &form).expect("a file");
    browser::drive_and_tell(&[], async |browser| {
        set_up(browser, &service).await;
        let before = contents(&database(&desk));
        let data: String = form.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for from in [
            format!("http://127.0.0.1:{port}/sandbox"),
            format!("data:text/html,{data}"),
            format!("file://{}", file.display()),
        ] {
            browser.go(&from).await;
            browser.sees("body", "다른 사이트").await;
        }
        assert_eq!(contents(&database(&desk)), before);
        is_still_in(browser, &service).await;
    });
}

async fn is_still_in(browser: &Browser, service: &Service) {
    browser.go(&format!("{}/desk", service.url)).await;
    browser.sees("#nav-desk", "").await;
    browser.press(Key::Tab).await;
}
