//! The access log, as a manager's hands go through it: open, filter, turn the pages, sign a review, take it as a file; and a log of
//! nothing and of hundreds of pages. Start at the first test.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::browser::{self, Browser, Key};
use super::support::Desk;
use super::{choose, set_up, tab_to, with_member};

/// A desk where one person was enrolled, and looked at this often.
fn looked_at(times: usize) -> Desk {
    let desk = Desk::new();
    with_member(&desk);
    for _ in 0..times {
        desk.run(&["member", "show", "1", "--json"]).done();
    }
    desk
}

/// Waits until a file of this ending lies there whole.
async fn downloaded(browser: &Browser, folder: &Path, ending: &str) -> std::path::PathBuf {
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        let found = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        if let Some(file) = found.into_iter().find(|file| file.extension().is_some_and(|found| found == ending)) {
            return file;
        }
        browser.asks("return ''").await;
    }
    panic!("no .{ending} came")
}

/// Pictures of the page in both languages, both colours and both windows, for whoever asks for pictures.
async fn dressed(browser: &Browser, name: &str) {
    if std::env::var_os("ISSUER_PICTURES").is_none() {
        return;
    }
    for (width, height, colours) in
        [(1366, 768, "light"), (1366, 768, "dark"), (1920, 1080, "light"), (1366, 2400, "light")]
    {
        browser.viewport(width, height).await;
        let colours = json!({ "features": [{ "name": "prefers-color-scheme", "value": colours }] });
        browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", colours.clone()).await.expect("colours");
        browser
            .picture(&format!("{name}-{width}-{height}-{}", colours["features"][0]["value"].as_str().unwrap_or("")))
            .await;
    }
    let light = json!({ "features": [{ "name": "prefers-color-scheme", "value": "light" }] });
    browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", light).await.expect("colours");
    browser.viewport(1366, 768).await;
}

async fn downloads_to(browser: &Browser, folder: &Path) {
    let allowed = json!({ "behavior": "allow", "downloadPath": folder });
    browser.driver.cdp().send_raw("Browser.setDownloadBehavior", allowed).await.expect("a folder for downloads");
}

#[test]
fn a_review_with_filters_and_both_files_by_keyboard_alone() {
    let desk = looked_at(1);
    let service = desk.serve();
    let folder = tempfile::tempdir().expect("a folder");
    browser::drive(&[], async |browser| {
        downloads_to(browser, folder.path()).await;
        set_up(browser, &service).await;
        // Whoever opens the same member again and again stands out.
        for _ in 0..6 {
            browser.go(&format!("{}/members/1", service.url)).await;
        }
        tab_to(browser, "nav-access").await;
        browser.press(Key::Enter).await;
        browser.arrives("/access").await;
        browser.focused("from").await;
        browser.sees("#access-rows", "회원 화면").await;
        browser.sees("#reviewed", "아직").await;
        browser.sees("#flags", "하루에 6번").await;
        browser.picture("access").await;
        dressed(browser, "access").await;
        // Only looks, only of the command line.
        choose(browser, "what", "look").await;
        tab_to(browser, "show").await;
        browser.press(Key::Enter).await;
        browser.arrives("/access/").await;
        browser.sees("#review-filtered", "기간 전체").await;
        let acts = "return [...document.querySelectorAll('#access-rows td b')].map((e) => e.textContent).join()";
        let shown = browser.asks(acts).await;
        assert!(shown.contains("열람") && !shown.contains("가입"), "{shown}");
        let url = browser.asks("return location.pathname + location.search").await;
        assert!(!url.contains("look"), "{url}");
        // What stands out leads to its entries.
        let again = "return [...document.querySelectorAll('#flags li')].find((e) => e.textContent.includes('6번')).querySelector('button').id";
        let again = browser.asks(again).await;
        tab_to(browser, &again).await;
        browser.press(Key::Enter).await;
        browser.sees("#access-rows", "1번 회원").await;
        assert_eq!(browser.asks("return document.getElementById('member').value").await, "1");
        // Back to all of it, which is signed.
        tab_to(browser, "access-all").await;
        browser.press(Key::Enter).await;
        browser.sees("#review-form", "성춘향").await;
        // What cannot be taken stays on the page, with the reason beside it.
        let mark = "const f = document.getElementById('findings'); f.required = false; f.value = ' '; return f.name";
        browser.asks(mark).await;
        tab_to(browser, "review-do").await;
        browser.press(Key::Enter).await;
        browser.sees("#findings-t", "비어").await;
        browser.focused("findings").await;
        browser.keys("여섯 번 본 까닭을 물어봄. 이상 없음").await;
        tab_to(browser, "review-do").await;
        browser.press(Key::Enter).await;
        browser.sees("#signed", "저장했습니다").await;
        browser.sees("#signed", "성춘향").await;
        browser.sees("#flags", "점검함").await;
        browser.sees("#reviewed", "점검했습니다").await;
        browser.sees(".reviews", "이상 없음").await;
        browser.sees(".reviews", "성춘향").await;
        for (format, ending) in [("format-xlsx", "xlsx"), ("format-csv", "csv")] {
            tab_to(browser, "format-xlsx").await;
            if format == "format-csv" {
                browser.press(Key::Right).await;
            }
            tab_to(browser, "why").await;
            browser.keys("월말 보고").await;
            tab_to(browser, "export-do").await;
            browser.press(Key::Enter).await;
            downloaded(browser, folder.path(), ending).await;
            browser.asks("document.getElementById('why').value = ''; return ''").await;
            let ready = "return String(document.getElementById('export-form').dataset.sent === undefined)";
            let end = Instant::now() + Duration::from_secs(10);
            while browser.asks(ready).await != "true" {
                assert!(Instant::now() < end, "a form that brought a file is never sent again");
            }
        }
    });
    let found = |ending: &str| {
        let mut files = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path());
        files.find(|file| file.extension().is_some_and(|found| found == ending)).unwrap()
    };
    let csv = std::fs::read(found("csv")).unwrap();
    let text = String::from_utf8(csv).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("회원 화면") && text.contains("\r\n"), "{text}");
    assert!(!text.contains("홍길동"), "the log names nobody");
    assert!(std::fs::read(found("xlsx")).unwrap().starts_with(b"PK"));
    let name = found("csv").file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with("access-20") && name.ends_with(".csv"), "{name}");
    // The second file tells of the first, and of the review.
    let told = |what: &str| text.lines().filter(|line| line.contains(&format!(",{what},"))).count();
    assert_eq!((told("파일로 받음,월말 보고"), told("점검,1번째 점검")), (1, 1), "{text}");
}

/// One key every five milliseconds by the events' own clock, then Enter, into the field that has the focus.
fn fast(text: &str) -> String {
    format!(
        "const el = document.activeElement; let at = performance.now();
        const down = (key) => {{
            const e = new KeyboardEvent('keydown', {{ key, bubbles: true, cancelable: true }});
            Object.defineProperty(e, 'timeStamp', {{ value: at += 5 }});
            return el.dispatchEvent(e);
        }};
        for (const key of '{text}') {{ down(key); el.value += key; }}
        if (down('Enter')) el.form?.requestSubmit();
        return document.activeElement.id + ' ' + document.activeElement.value"
    )
}

#[test]
fn fast_typing_and_scans_lose_nothing_and_the_records_of_rights_are_words() {
    let desk = looked_at(1);
    desk.run(&["issue", "1", "--kind", "barcode", "--json"]).done();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.go(&format!("{}/access", service.url)).await;
        // A date that is typed fast is no scan.
        browser.focused("from").await;
        browser.asks("document.activeElement.value = ''; return ''").await;
        browser.asks(&fast("20260102")).await;
        browser.arrives("/access/").await;
        browser.sees("#access-period", "2026. 1. 2.").await;
        // A scan while something is written goes into the member's field, and what was written stays.
        tab_to(browser, "findings").await;
        browser.keys("다 봄").await;
        browser.press(Key::End).await;
        assert_eq!(browser.asks(&fast("12100300000001")).await, "member 12100300000001");
        assert_eq!(browser.asks("return document.getElementById('findings').value").await, "다 봄");
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.sees("#access-parts", "열어 봄").await;
        assert_eq!(browser.asks("return document.getElementById('member').value").await, "1");
        // Nobody has this one: that is said, and the other filters stay.
        choose(browser, "what", "look").await;
        tab_to(browser, "member").await;
        browser.asks("document.activeElement.value = ''; return ''").await;
        browser.keys("12100300000999").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "등록부에 없습니다").await;
        browser.focused("member").await;
        let typed = "return ['from', 'member', 'what'].map((id) => document.getElementById(id).value).join()";
        let typed = browser.asks(typed).await;
        assert!(typed.contains(",12100300000999,look") && typed.starts_with("2026"), "{typed}");
        tab_to(browser, "rights").await;
        browser.press(Key::Enter).await;
        browser.focused("staff").await;
        browser.sees("#rights-rows", "비밀번호 정함").await;
        browser.sees("#rights-rows", "관리자").await;
        browser.picture("access-rights").await;
        browser.press(Key::Escape).await;
        browser.arrives("/access").await;
    });
}

#[test]
fn a_log_of_many_pages_turns_by_keyboard_and_an_empty_one_says_so() {
    let desk = looked_at(60);
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.go(&format!("{}/access", service.url)).await;
        browser.sees("#access-page", "1 / 2쪽").await;
        tab_to(browser, "older").await;
        browser.press(Key::Enter).await;
        browser.sees("#access-page", "2 / 2쪽").await;
        tab_to(browser, "newer").await;
        browser.press(Key::Enter).await;
        browser.sees("#access-page", "1 / 2쪽").await;
        // Years ago nobody did anything.
        browser.focused("from").await;
        for (field, date) in [("from", "2020-01-01"), ("to", "2020-01-31")] {
            tab_to(browser, field).await;
            browser.asks("document.activeElement.value = ''; return ''").await;
            browser.keys(date).await;
        }
        tab_to(browser, "show").await;
        browser.press(Key::Enter).await;
        browser.sees("#access-none", "없습니다").await;
        browser.sees("#flags", "없습니다").await;
        browser.picture("access-none").await;
        // What is no date is said, and the usual period stands.
        browser.focused("from").await;
        browser.asks("document.activeElement.value = ''; return ''").await;
        browser.keys("어제쯤").await;
        tab_to(browser, "show").await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "어제쯤").await;
        browser.sees("#access-rows", "회원 화면").await;
        browser.asks("document.querySelector('#lang button').click(); return ''").await;
        browser.sees("#nav-access", "Access log").await;
        browser.go(&format!("{}/access", service.url)).await;
        browser.sees("#reviewed", "Not reviewed").await;
        dressed(browser, "access-en").await;
        browser.press(Key::Escape).await;
        browser.arrives("/desk").await;
    });
}
