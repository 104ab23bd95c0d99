//! The harness tried on things that are known: a shell in place of the program, a PDF written by hand, a page from a
//! server of twenty lines. Without it a harness that never fails would pass every test. Included by `tests/desk.rs`
//! alone, so that it runs once.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::browser::{self, Key};
use crate::support::{Desk, judge};

#[test]
fn a_command_is_run_to_its_end_in_a_clean_place() {
    let desk = Desk::of("/bin/sh").with("ISSUER__LIBRARY__CODE", "121003");
    let output =
        desk.run(&["-c", "printf '{\"code\":\"%s\"}' \"$ISSUER__LIBRARY__CODE\"; pwd >&2; echo $HOME >&2"]).done();
    assert_eq!(output.json["code"], "121003");
    let folder = desk.path("");
    assert_eq!(output.stderr.lines().collect::<Vec<_>>(), [folder.to_str().unwrap().trim_end_matches('/'); 2]);
    assert_eq!(desk.run_with(&["-c", "cat"], "[1]").json[0], 1);
}

#[test]
fn a_refusal_needs_its_code_and_both_lines() {
    let desk = Desk::of("/bin/sh");
    let refusal = |json: &str| desk.run(&["-c", &format!("echo '{json}' >&2; exit 1")]);
    refusal(r#"{"error":{"code":"uid","what":"w","help":"h"}}"#).refused("uid");
    for wrong in [
        r#"{"error":{"code":"other","what":"w","help":"h"}}"#,
        r#"{"error":{"code":"uid","what":"w","help":""}}"#,
        "error: w",
    ] {
        let output = refusal(wrong);
        assert!(std::panic::catch_unwind(|| output.refused("uid")).is_err(), "{wrong}");
    }
}

#[test]
fn a_command_that_hangs_is_ended_and_named() {
    let running = Desk::of("/bin/sh").start(&["-c", "echo begun; exec sleep 600"]);
    assert_eq!(running.line(Duration::from_secs(10)), "begun");
    assert!(std::panic::catch_unwind(move || running.end(Duration::from_millis(50))).is_err());
    let killed = Desk::of("/bin/sh").start(&["-c", "exec sleep 600"]).kill();
    assert_eq!(killed.status, None);
    let desk = Desk::of("/bin/sh");
    let running = desk.start(&["-c", "trap 'exit 3' TERM; echo up; while :; do read -r x || :; done"]);
    running.line(Duration::from_secs(10));
    assert_eq!(running.stop().status, Some(3));
}

#[test]
fn a_service_gives_its_address_and_its_link() {
    let desk = Desk::of("/bin/sh");
    let service = desk.serve_with(&[
        "-c",
        "echo listening on http://127.0.0.1:9/; echo set up: http://127.0.0.1:9/setup/x; exec sleep 600",
    ]);
    assert_eq!(service.url, "http://127.0.0.1:9");
    assert_eq!(service.setup_link(), "http://127.0.0.1:9/setup/x");
}

#[test]
fn the_judges_read_a_card_written_by_hand() {
    let desk = Desk::of("/bin/sh");
    let pdf = desk.path("card.pdf");
    std::fs::write(&pdf, card_pdf("12100300000001")).unwrap();
    judge::check_pdf(&pdf);
    assert!(judge::pdf_text(&pdf).contains("Hong Gildong"));
    assert!(judge::pdf_fonts(&pdf).contains("Helvetica"));
    let picture = judge::rasterise(&pdf, 300);
    assert_eq!(judge::bar_codes(&picture), [("CODE-128".to_owned(), "12100300000001".to_owned())]);
    assert!(std::panic::catch_unwind(|| judge::check_pdf(&picture)).is_err());
}

/// A card of ID-1 size with a line of text and a Code 128 C of modules two dots wide at 300 dpi.
fn card_pdf(number: &str) -> Vec<u8> {
    let bars = barcoders::sym::code128::Code128::new(format!("\u{0106}{number}")).unwrap().encode();
    let module = 2.0 * 72.0 / 300.0;
    let mut drawing = String::from("BT /F 10 Tf 20 100 Td (Hong Gildong) Tj ET 0 g\n");
    for (at, bar) in bars.iter().enumerate().filter(|(_, bar)| **bar == 1) {
        drawing.push_str(&format!("{:.3} 20 {:.3} 40 re f\n", 20.0 + at as f64 * module, f64::from(*bar) * module));
    }
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 243 153]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{drawing}endstream\n", drawing.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut table = String::from("xref\n0 6\n0000000000 65535 f \n");
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj{object}endobj\n", at + 1));
    }
    let start = pdf.len();
    pdf.push_str(&format!("{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"));
    pdf.into_bytes()
}

#[test]
fn chromium_types_waits_looks_and_leaves_traces() {
    let url = page_server();
    let (traces, wrong) = browser::drive_and_tell(&[], async |browser| {
        browser.go(&url).await;
        browser.focused("name").await;
        browser.keys("홍길동").await;
        browser.press(Key::Tab).await;
        browser.focused("birth").await;
        browser.keys("19880314").await;
        browser.press(Key::F2).await;
        browser.focused("name").await;
        browser.press(Key::Enter).await;
        browser.arrives("/done").await;
        browser.sees("#said", "홍길동 19880314").await;
        let size = browser.driver.execute("return innerWidth + 'x' + innerHeight", Vec::new()).await.unwrap();
        assert_eq!(size.convert::<String>().unwrap(), "1366x768");
        let folder = tempfile::tempdir().unwrap();
        browser.screenshot(&folder.path().join("page.png")).await;
        let picture = image::open(folder.path().join("page.png")).unwrap();
        assert_eq!((picture.width(), picture.height()), (1366, 768));
    });
    // This page sends its form by GET: exactly what ours may not do, and what the search for traces must find.
    assert!(traces.of("홍길동").iter().any(|file| file.ends_with("Default/History")), "{:?}", traces.of("홍길동"));
    assert_eq!(traces.of("성춘향"), Vec::<std::path::PathBuf>::new());
    for (text, place) in [("홍길동", "stands in http://"), ("19880314", "stands in the history")] {
        assert!(wrong.iter().any(|wrong| wrong.contains(text) && wrong.contains(place)), "{wrong:?}");
    }
}

#[test]
fn a_script_error_and_a_request_elsewhere_are_noticed() {
    let url = page_server();
    let (_, wrong) = browser::drive_and_tell(&[], async |browser| {
        browser.go(&url).await;
        let planted =
            "setTimeout(() => { throw new Error('planted') }); new Image().src = 'https://elsewhere.example/x'";
        browser.asks(planted).await;
        browser.asks("document.title = 'noticed'").await;
    });
    for what in ["planted", "a request to https://elsewhere.example/x"] {
        assert!(wrong.iter().any(|wrong| wrong.contains(what)), "{wrong:?}");
    }
}

#[test]
fn a_failing_visit_fails_the_test_and_ends_the_browser() {
    let began = Instant::now();
    let visit = || browser::drive(&[], async |_| panic!("planted"));
    let panic = std::panic::catch_unwind(visit).err().expect("a panic");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"planted"));
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

/// Serves one page with a form, and what the form sent. The thread ends with the test's process.
fn page_server() -> String {
    const FORM: &str = "<!doctype html><meta charset=utf-8><title>form</title><form action=done>\
        <input id=name name=n autofocus><input id=birth name=b><button>go</button></form>\
        <script>addEventListener('keydown', e => { if (e.key === 'F2') document.getElementById('name').focus() })</script>";
    const DONE: &str = "<!doctype html><meta charset=utf-8><title>done</title><p id=said></p>\
        <script>setTimeout(() => { const q = new URLSearchParams(location.search);\
        document.getElementById('said').textContent = q.get('n') + ' ' + q.get('b') }, 200)</script>";
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // Chromium opens a connection ahead of need and sends nothing on it: each has its own thread.
            std::thread::spawn(move || {
                let mut first = String::new();
                if BufReader::new(&stream).read_line(&mut first).is_ok_and(|count| count > 0) {
                    let body = if first.starts_with("GET /done") { DONE } else { FORM };
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length:";
                    // The browser may have gone; the test says so elsewhere.
                    let _ = write!(stream, "{head} {}\r\n\r\n{body}", body.len());
                }
            });
        }
    });
    url
}
