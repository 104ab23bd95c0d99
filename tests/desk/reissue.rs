//! A lost card, as a clerk lives it, by keyboard alone: found, vouched for, blocked, replaced under a new number, paid for,
//! and handed over; and a fee that was left for later.

use crate::browser::{self, Browser, Key};
use crate::support::{Desk, Service};
use crate::{set_up, tab_to, with_member};

/// A desk with one member who has a chip card in hand; the reader is empty again.
fn counter() -> (Desk, Service) {
    let desk = Desk::new();
    with_member(&desk);
    desk.run(&["issue", "1", "--json"]).done();
    desk.run(&["hand-over", "1", "--json"]).done();
    desk.run(&["rig", "card", "lift", "--json"]).done();
    let service = desk.serve();
    (desk, service)
}

/// From the desk to the member's page, somebody vouched for.
async fn open(browser: &Browser) {
    browser.focused("q").await;
    browser.keys("ㅎㄱㄷ").await;
    browser.press(Key::Enter).await;
    browser.sees("#hits", "121003 0000 0001").await;
    browser.press(Key::Enter).await;
    browser.arrives("/members/1").await;
}

async fn print_and_scan(browser: &Browser, number: &str) {
    browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "인쇄된 번호를 찍으세요").await;
    browser.focused("scan").await;
    browser.keys(number).await;
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
}

#[test]
fn a_lost_card_by_keyboard_from_the_call_to_the_new_card() {
    let (desk, service) = counter();
    let traces = browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        open(browser).await;
        // By phone first: blocked at once, on the clerk's word.
        browser.alt('x').await;
        browser.arrives("/block").await;
        browser.focused("word").await;
        browser.keys(" ").await;
        browser.picture("block").await;
        browser.press(Key::Enter).await;
        browser.sees("#cards", "정지 · 분실").await;
        browser.sees("#evidence", "직원이 확인함").await;
        // Then at the desk.
        browser.alt('r').await;
        browser.arrives("/reissue").await;
        browser.focused("reason-lost").await;
        browser.sees("#so", "새로 정해짐").await;
        browser.sees("#acts-where", "이 프로그램에서만").await;
        // Nothing is chosen before somebody chooses: an Enter alone books no cash.
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "고르지 않았습니다").await;
        browser.focused("pay-cash").await;
        browser.sees("#start", "받는 방법 고르기").await;
        browser.alt('h').await;
        browser.sees("#start", "현금").await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "안내하지 않았습니다").await;
        browser.focused("said").await;
        browser.keys(" ").await;
        browser.sees("#so", "2,000원").await;
        browser.picture("reissue").await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/2").await;
        print_and_scan(browser, "12100300000002").await;
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
        // Back in the browser's history nothing is done twice.
        browser.driver.back().await.expect("back");
        browser.arrives("/jobs/2").await;
    });
    let shown = desk.run(&["member", "show", "1", "--json"]).done().json;
    assert_eq!((shown["number"].as_str(), shown["jobs"].as_array().map(Vec::len)), (Some("12100300000002"), Some(2)));
    let states: Vec<_> = [0, 1].iter().map(|at| shown["cards"][at]["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["live", "void"]);
    assert_eq!((&shown["charges"][1]["state"], &shown["charges"][1]["paid_by"]), (&"paid".into(), &"cash".into()));
    assert_eq!(desk.run(&["card", "read", "--json"]).done().json["number"], "12100300000002");
    for typed in ["홍길동", "12100300000001", "ㅎㄱㄷ"] {
        let history: Vec<_> =
            traces.of(typed).into_iter().filter(|file| file.to_string_lossy().contains("History")).collect();
        assert!(history.is_empty() && !service.running.said().contains(typed), "{typed} stands in {history:?}");
    }
}

#[test]
fn what_was_left_for_later_is_asked_for_where_the_card_is_handed_over() {
    let (desk, service) = counter();
    desk.run(&["reissue", "12100300000001", "--reason", "damaged", "--kind", "barcode", "--json"]).done();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.go(&format!("{}/jobs/2", service.url)).await;
        browser.sees("#say-loud", "수수료 2,000원을 받으세요").await;
        browser.focused("pay-cash").await;
        browser.picture("unpaid").await;
        // What is scanned meanwhile is compared, wherever the focus is, and leaves the question and its page.
        browser.scans("12100300000099").await;
        browser.sees("#lamp-print", "다릅니다").await;
        browser.sees("#say-what", "121003 0000 0099").await;
        browser.scans("12100300000001").await;
        browser.sees("#lamp-print", "이 회원의 것").await;
        browser.sees("#say-loud", "수수료 2,000원을 받으세요").await;
        // Without a reason it does not stay unpaid, and with one it may; then it is still there to be taken.
        tab_to(browser, "unpaid-why").await;
        browser.keys("지갑을 두고 옴").await;
        // An Enter right behind it would be a scanner's.
        browser.press(Key::Tab).await;
        browser.focused("unpaid").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "Enter를 눌러 대조를 마치세요").await;
        browser.focused("scan").await;
        browser.keys("12100300000001").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
        browser.go(&format!("{}/members/1", service.url)).await;
        browser.sees("#charges", "2,000원").await;
        browser.focused("seen-document").await;
        browser.press(Key::Enter).await;
        browser.sees("#evidence", "신분증").await;
        browser.picture("member-unpaid").await;
        browser.alt('w').await;
        browser.arrives("/charges").await;
        browser.focused("pay-2-cash").await;
        browser.press(Key::Enter).await;
        browser.picture("charges").await;
        browser.alt('h').await;
        browser.focused("pay-2-cash").await;
        assert_eq!(desk.run(&["fee", "show", "--json"]).done().json[1]["state"], "unpaid", "a key alone");
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
        browser.sees("#cards", "훼손").await;
    });
    let shown = desk.run(&["member", "show", "1", "--json"]).done().json;
    assert_eq!((&shown["charges"][1]["state"], &shown["number"]), (&"paid".into(), &"12100300000001".into()));
}

#[test]
fn a_key_selects_how_the_fee_is_paid_and_enter_books_it() {
    let (desk, service) = counter();
    desk.run(&["reissue", "12100300000001", "--reason", "damaged", "--kind", "barcode", "--json"]).done();
    let state = || desk.run(&["job", "show", "2", "--json"]).done().json["fee"]["state"].clone();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.go(&format!("{}/jobs/2", service.url)).await;
        browser.focused("pay-cash").await;
        // Nothing is chosen yet: an Enter books nothing.
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.alt('j').await;
        browser.focused("pay-card").await;
        // What was chosen stays chosen while the band is drawn anew.
        browser.scans("12100300000001").await;
        browser.sees("#lamp-print", "이 회원의 것").await;
        assert_eq!(browser.asks("return document.getElementById('pay-card').checked").await, "true");
        browser.picture("pay-chosen").await;
        assert_eq!(state(), "unpaid");
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "Enter를 눌러 대조를 마치세요").await;
        assert_eq!(state(), "paid");
        desk.run(&["job", "cancel", "2", "--json"]).done();
        browser.go(&format!("{}/jobs/2", service.url)).await;
        browser.sees("#say-loud", "받은 2,000원을 돌려주세요").await;
        browser.sees("#say-what", "폐기하세요").await;
        browser.sees("#fee", "취소 영수증").await;
        browser.picture("cancelled-refund").await;
        browser.alt('w').await;
        browser.arrives("/receipts/").await;
    });
    assert_eq!(state(), "reversed");
}

#[test]
fn an_overwritten_card_of_our_keys_is_recovered_first_and_costs_nothing() {
    let (desk, service) = counter();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        open(browser).await;
        browser.focused("seen-document").await;
        browser.press(Key::Enter).await;
        browser.focused("reissue").await;
        browser.press(Key::Enter).await;
        browser.focused("reason-lost").await;
        // Arrows go through the reasons: stolen, damaged, worn, overwritten.
        for _ in 0..4 {
            browser.press(Key::Right).await;
        }
        browser.focused("reason-overwritten").await;
        tab_to(browser, "recover-act").await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "판독기에 카드가 없습니다").await;
        browser.sees("#so", "덮어써짐").await;
        let uid = desk.run(&["job", "show", "1", "--json"]).done().json["uid"].as_str().unwrap().to_owned();
        desk.run(&["rig", "card", "lay", &uid, "--json"]).done();
        tab_to(browser, "recover-act").await;
        browser.press(Key::Enter).await;
        browser.sees("#recovered", "회원증을 회원께 드리세요").await;
        browser.press(Key::Enter).await;
        browser.sees("#cards", "사용 중").await;
        // Opened by hand, a page says nothing that was not done.
        browser.go(&format!("{}/members/1/renamed", service.url)).await;
        browser.sees("#cards", "사용 중").await;
    });
    let shown = desk.run(&["member", "show", "1", "--json"]).done().json;
    assert_eq!((shown["jobs"].as_array().map(Vec::len), &shown["cards"][0]["state"]), (Some(1), &"live".into()));
}
