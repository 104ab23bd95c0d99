//! Handing over as a clerk does it, by keys and scanner alone: the lamps of chip, print and member, the sticker, the slip.
//! Start at [`Counter`].

use crate::browser::{Browser, Key, drive};
use crate::support::{Desk, Service, judge};
use crate::{enrol, set_up, tab_to};

const MINE: &str = "12100300000001";
const OTHERS: &str = "12100300000002";

/// Waits until the lamps are so: `chip=done print=now member=wait`.
async fn lamps(browser: &Browser, wanted: &str) {
    for lamp in wanted.split(' ') {
        let (name, state) = lamp.split_once('=').expect("name=state");
        browser.sees(&format!("#lamp-{name}[data-s={state}]"), "").await;
    }
    let count = browser.driver.execute("return document.querySelectorAll('.lamps li').length", Vec::new()).await;
    let count = count.expect("the lamps").convert::<usize>().expect("a count");
    assert_eq!(count, wanted.split(' ').count());
}

fn state(desk: &Desk, job: &str) -> String {
    desk.run(&["job", "show", job, "--json"]).done().json["state"].as_str().unwrap_or_default().to_owned()
}

fn enrolled(desk: &Desk, name: &str) {
    let line = ["enrol", "--name", name, "--birth", "1990-01-02", "--identity", "passport"];
    desk.run(&[&line[..], &["--consent", "local,national", "--json"]].concat()).done();
}

/// 홍길동's finished card has left the reader for the printer; another member's lies aside. Gives both UIDs.
async fn ready_to_check(browser: &Browser, desk: &Desk, service: &Service) -> (String, String) {
    set_up(browser, service).await;
    enrol(browser).await;
    browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
    let mine = desk.run(&["job", "show", "1", "--json"]).done().json["uid"].as_str().expect("a UID").to_owned();
    desk.run(&["rig", "card", "lift", "--json"]).done();
    enrolled(desk, "심청");
    let others = desk.run(&["issue", "2", "--json"]).done().json["uid"].as_str().expect("a UID").to_owned();
    desk.run(&["rig", "card", "lift", "--json"]).done();
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "판독기에 올리고 인쇄된 번호를 찍으세요").await;
    (mine, others)
}

#[test]
fn three_lamps_fill_one_by_one_and_every_wrong_card_is_named() {
    let desk = Desk::new();
    let service = desk.serve();
    drive(&[], async |browser| {
        let (mine, others) = ready_to_check(browser, &desk, &service).await;
        lamps(browser, "chip=now print=wait member=wait").await;
        browser.picture("check-wait").await;
        // The chip's lamp fills by itself; another member's card says whose it is.
        desk.run(&["rig", "card", "lay", &others, "--json"]).done();
        lamps(browser, "chip=bad print=wait member=bad").await;
        browser.sees("#say-what", "심*").await;
        browser.picture("check-other-card").await;
        desk.run(&["rig", "card", "lift", "--json"]).done();
        lamps(browser, "chip=now print=wait member=wait").await;
        desk.run(&["rig", "card", "lay", &mine, "--json"]).done();
        lamps(browser, "chip=done print=now member=wait").await;
        browser.picture("check-chip").await;
        // Another member's print, another library's, and what is no number at all.
        browser.focus("leave").await;
        browser.scans(OTHERS).await;
        browser.sees("#say-what", "심*").await;
        browser.sees("#say-what", "부산광역시립구포도서관").await;
        lamps(browser, "chip=done print=bad member=bad").await;
        browser.picture("check-mismatch").await;
        browser.focus("q").await;
        browser.scans("11131400000001").await;
        browser.sees("#say-what", "서울도서관").await;
        tab_to(browser, "scan").await;
        browser.keys("9788936434120").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-what", "회원번호가 아닙니다").await;
        lamps(browser, "chip=done print=bad member=wait").await;
        assert_eq!(state(&desk, "1"), "ready");
        browser.focus("slip").await;
        browser.scans(MINE).await;
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
        lamps(browser, "chip=done print=done member=done").await;
        browser.picture("check-done").await;
    });
    assert_eq!(state(&desk, "1"), "handed-over");
}

#[test]
fn a_print_scanned_first_waits_for_its_card_and_enter_ends_the_check() {
    let desk = Desk::new();
    let service = desk.serve();
    drive(&[], async |browser| {
        let (mine, others) = ready_to_check(browser, &desk, &service).await;
        browser.focused("scan").await;
        browser.keys(MINE).await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "찍은 회원증을 판독기에 올려놓으세요").await;
        lamps(browser, "chip=now print=done member=wait").await;
        browser.picture("check-print-first").await;
        desk.run(&["rig", "card", "lay", &others, "--json"]).done();
        lamps(browser, "chip=bad member=bad print=done").await;
        // Two cards were crossed: what was scanned before a wrong chip counts no more.
        desk.run(&["rig", "card", "lift", "--json"]).done();
        lamps(browser, "chip=now print=wait member=wait").await;
        browser.focused("scan").await;
        browser.keys(MINE).await;
        browser.press(Key::Enter).await;
        lamps(browser, "chip=now print=done member=wait").await;
        desk.run(&["rig", "card", "lay", &mine, "--json"]).done();
        browser.sees("#say-loud", "Enter를 눌러 대조를 마치세요").await;
        lamps(browser, "chip=done print=done member=now").await;
        browser.picture("check-agreed").await;
        browser.focused("scan").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
    });
    assert_eq!(state(&desk, "1"), "handed-over");
}

/// Two presses of Enter, and the form sent twice at once: one handing over, and no refusal on the page.
#[test]
fn enter_pressed_twice_hands_over_once() {
    let desk = Desk::new();
    let service = desk.serve();
    drive(&[], async |browser| {
        let (mine, _) = ready_to_check(browser, &desk, &service).await;
        desk.run(&["rig", "card", "lay", &mine, "--json"]).done();
        lamps(browser, "chip=done print=now member=wait").await;
        let twice = format!(
            "const form = document.getElementById('scan-form'); form.elements.scan.value = '{MINE}';
             const send = () => fetch(form.action, {{ method: 'POST', body: new URLSearchParams(new FormData(form)) }})
               .then((answer) => answer.url);
             return Promise.all([send(), send()])"
        );
        let answers = browser.driver.execute(&twice, Vec::new()).await.expect("two requests");
        let answers = answers.convert::<Vec<String>>().expect("two addresses");
        assert!(answers.len() == 2 && answers.iter().all(|url| url.ends_with("/jobs/1")), "{answers:?}");
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
        browser.sees("#recent", "홍*동").await;
    });
    let issued = desk.run(&["job", "list", "--json"]).done().json;
    let states: Vec<_> = issued.as_array().expect("jobs").iter().map(|job| job["state"].as_str()).collect();
    assert_eq!(states, [Some("handed-over"), Some("ready")]);
}

#[test]
fn a_sticker_is_issued_checked_and_its_slip_printed_by_keyboard_alone() {
    let desk = Desk::new();
    let service = desk.serve();
    drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrolled(&desk, "홍길동");
        browser.go(&format!("{}/members/1", service.url)).await;
        browser.focused("seen-document").await;
        browser.press(Key::Enter).await;
        browser.sees("#issue-sticker", "스티커").await;
        browser.alt('s').await;
        browser.arrives("/jobs/1").await;
        browser.sees("#say-loud", "라벨을 프린터에 넣으세요").await;
        let none = browser.driver.execute("return document.getElementById('chip') === null", Vec::new()).await;
        assert_eq!(none.expect("the page").convert::<bool>().ok(), Some(true), "no chip, no picture of one");
        browser.focused("print").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "인쇄된 번호를 찍으세요").await;
        lamps(browser, "print=now member=wait").await;
        browser.picture("sticker-check").await;
        browser.focused("scan").await;
        browser.keys(OTHERS).await;
        browser.press(Key::Enter).await;
        lamps(browser, "print=bad member=bad").await;
        browser.focused("scan").await;
        browser.keys(MINE).await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "카드에 붙여 홍길동 님께 드리세요").await;
        lamps(browser, "print=done member=done").await;
        browser.focused("next").await;
        browser.alt('p').await;
        browser.arrives("/jobs/1/slip").await;
        browser.sees("#slip", "121003 0000 0001").await;
        browser.focused("slip-print").await;
        printed_slip(browser).await;
        browser.press(Key::Escape).await;
        browser.sees("#say-loud", "카드에 붙여 홍길동 님께 드리세요").await;
    });
    assert_eq!(state(&desk, "1"), "handed-over");
}

/// One page of 80 mm, with the slip and nothing else, no more of the member than a masked name and the number in figures alone.
async fn printed_slip(browser: &Browser) {
    let wanted = serde_json::json!({ "preferCSSPageSize": true, "printBackground": true });
    let pdf = browser.driver.cdp().send_raw("Page.printToPDF", wanted).await.expect("a PDF");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("slip.pdf");
    let data = pdf["data"].as_str().expect("the PDF");
    std::fs::write(&file, decode(data)).expect("a file");
    let text = judge::pdf_text(&file);
    for part in ["책이음 스티커 안내", "121003 0000 0001", "홍*동", "부산광역시립구포도서관", "051-330-6300", "30"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    for part in ["홍길동", "1990", "Enter", "Esc", "칩", "RFID"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    assert_eq!(text.matches('\u{c}').count(), 1, "one page: {text}");
    let picture = judge::rasterise(&file, 203);
    let read =
        std::process::Command::new("zbarimg").args(["--quiet", "--nodbus"]).arg(&picture).output().expect("zbarimg");
    let nothing = (Some(4), b"".as_slice());
    assert_eq!(
        (read.status.code(), read.stdout.as_slice()),
        nothing,
        "a second card at a kiosk that reads numbers alone"
    );
}

/// Base64 as DevTools gives it.
fn decode(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |c: u8| LETTERS.iter().position(|letter| *letter == c);
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for six in text.bytes().map_while(value) {
        bits = bits << 6 | six as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
