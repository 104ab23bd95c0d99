//! Practice: a clerk does everything that can go wrong, and not a byte of the real desk changes.

use std::collections::BTreeMap;
use std::path::Path;

use super::browser::{self, Browser, Key};
use super::support::{Desk, judge};
use super::{set_up, tab_to};

#[test]
fn everything_is_practised_and_the_real_desk_stays_byte_for_byte() {
    let desk = Desk::new();
    desk.run(&["init", "--json"]).done();
    let real = ["enrol", "--name", "홍길동", "--birth", "1988-03-14", "--identity", "resident-card"];
    desk.run(&[&real[..], &["--consent", "local,national", "--json"]].concat()).done();
    desk.run(&["issue", "1", "--json"]).done();
    let before = bytes(&desk.path("var"));
    assert!(before.len() >= 5, "{:?}", before.keys());
    let service = desk.serve_with(&["serve", "--training"]);
    browser::drive(&[], async |browser| {
        let link = service.setup_link();
        browser.hears(service.running.hearing());
        browser.go(&link).await;
        browser.sees("#practice", "연습").await;
        browser.focused("id").await;
        for text in ["성춘향", super::PASSWORD, super::PASSWORD] {
            browser.keys(text).await;
            browser.press(Key::Tab).await;
        }
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
        browser.sees("#practice", "지어낸 것").await;
        // Nobody of the real desk is here.
        browser.keys("홍길동").await;
        browser.press(Key::Enter).await;
        browser.arrives("/found/").await;
        assert_eq!(browser.asks("return document.querySelectorAll('.hit').length").await, "0");
        browser.go(&format!("{}/training", service.url)).await;
        browser.sees("#people", "안새벽").await;
        browser.picture("training").await;
        practise(browser, &service.url).await;
        // Begun anew, the member has no card once more.
        let pdf = desk.path("var/training/spool/16-front.pdf");
        assert!(judge::pdf_text(&pdf).contains("연습") && judge::pdf_text(&pdf).contains("안새벽"));
        assert_eq!(judge::bar_codes(&judge::rasterise(&pdf, 300)).len(), 1, "the bars are read through the mark");
        browser.go(&format!("{}/training", service.url)).await;
        tab_to(browser, "anew-button").await;
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
        assert!(!pdf.exists());
        browser.go(&format!("{}/jobs/16", service.url)).await;
        browser.sees("#practice", "연습").await;
        browser.sees("#refusal-what", "16").await;
    });
    service.running.stop();
    assert_eq!(bytes(&desk.path("var")), before, "practice touched the real desk");
    assert_eq!(desk.run(&["job", "list", "--json"]).done().json.as_array().map(Vec::len), Some(1));
}

/// Every fault that the tray has, on the way to one card of 안새벽.
async fn practise(browser: &Browser, url: &str) {
    browser.go(&format!("{url}/members/17")).await;
    browser.focused("seen-document").await;
    browser.press(Key::Enter).await;
    browser.focused("issue-rfid").await;
    browser.press(Key::Enter).await;
    browser.arrives("/jobs/16").await;
    browser.sees("#say-loud", "빈 카드를 올려놓으세요").await;
    browser.picture("training-issue").await;
    browser.enter_on("tray-tear").await;
    browser.sees("#tray-tear-set", "30").await;
    browser.enter_on("tray-lay-new").await;
    browser.sees("#say-loud", "같은 카드를 다시 올려놓으세요").await;
    browser.sees("#tray-lying", "비어 있음").await;
    browser.enter_on("tray-lay").await;
    browser.sees("#say-what", "구역을 잠갔습니다").await;
    browser.enter_on("tray-swap").await;
    browser.sees("#say-loud", "처음 카드를 다시 올려놓으세요").await;
    browser.enter_on("tray-lift").await;
    browser.sees("#tray-lying", "비어 있음").await;
    // The wrong card was lifted last; the one that was begun is below it.
    browser.says("return document.getElementById('lifted').options.length > 1", "true").await;
    browser.asks("const l = document.getElementById('lifted'); l.selectedIndex = 1; return l.value").await;
    browser.enter_on("tray-unplug").await;
    browser.sees("#strip-reader", "연결 끊김").await;
    browser.enter_on("tray-plug").await;
    browser.sees("#strip-reader", "카드 없음").await;
    browser.asks("const l = document.getElementById('lifted'); l.selectedIndex = 1; return l.value").await;
    browser.enter_on("tray-lay").await;
    browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
    for (fault, said) in [
        ("ribbon-out", "리본을 갈아 끼우세요"),
        ("media-jam", "걸린 카드를 빼내세요"),
        ("media-empty", "프린터에 카드를 채우세요"),
    ] {
        browser.enter_on(&format!("tray-{fault}")).await;
        browser.sees(&format!("#tray-{fault}[disabled]"), "").await;
        browser.enter_on("print").await;
        browser.sees("#say-loud", said).await;
    }
    browser.enter_on("tray-refill").await;
    browser.sees("#tray-media", "준비").await;
    browser.enter_on("print").await;
    browser.sees("#say-loud", "인쇄된 번호를 찍으세요").await;
    browser.focused("scan").await;
    browser.keys("12100300000016").await;
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "회원증을 안새벽 님께 드리세요").await;
}

/// Every file below, with what is in it; the practice folder left out.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(&below).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if name == "training" {
                continue;
            }
            if path.is_dir() {
                found.insert(format!("{name}/"), Vec::new());
                folders.push(path);
            } else {
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}

/// The same keys do the same at a real desk: there is no band, and no page of practice.
#[test]
fn a_real_desk_says_nothing_of_practice() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        assert_eq!(browser.asks("return document.querySelectorAll('#practice, #nav-practice').length").await, "0");
        browser.go(&format!("{}/training", service.url)).await;
        browser.sees("#refusal-what", "연습용 데이터베이스가 아닙니다").await;
    });
    assert!(!desk.path("var/training").exists());
}
