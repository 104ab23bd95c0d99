//! An exemption ticked on the reissue page, and a free reissue that nothing shows, signed for by a manager: by keyboard alone, in both
//! languages, light and dark.

use crate::approval::{clerk_and_manager, dark};
use crate::browser::{self, Browser, Key};
use crate::support::{Desk, Service};
use crate::{PASSWORD, set_up, tab_to, with_member};

/// A desk with one member who has a bar code card in hand, and whoever is of national merit pays nothing for a damaged one.
fn counter() -> (Desk, Service) {
    let desk = Desk::new()
        .with("ISSUER__FEES__DAMAGED__EXEMPT", "veteran")
        .with("ISSUER__FEES__DAMAGED__OLD_CARD", "returned");
    with_member(&desk);
    desk.run(&["issue", "1", "--kind", "barcode", "--json"]).done();
    desk.run(&["hand-over", "1", "--json"]).done();
    let service = desk.serve();
    (desk, service)
}

async fn vouched(browser: &Browser, url: &str) {
    browser.go(&format!("{url}/members/1")).await;
    browser.focused("seen-document").await;
    browser.press(Key::Enter).await;
    browser.sees("#evidence", "신분증").await;
}

#[test]
fn who_is_exempt_pays_nothing_once_the_proof_was_seen() {
    let (desk, service) = counter();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        vouched(browser, &service.url).await;
        browser.go(&format!("{}/members/1/reissue?reason=damaged", service.url)).await;
        browser.focused("reason-damaged").await;
        browser.sees("#so", "전달할 때 돌려받으세요").await;
        browser.sees("#start", "2,000원").await;
        tab_to(browser, "exempt").await;
        browser.keys(" ").await;
        browser.sees("#start", "2,000원").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "증빙을 확인하지 않으면").await;
        browser.focused("exempt-seen").await;
        browser.picture("exempt-refused").await;
        browser.keys(" ").await;
        // What is to be paid follows at once, without a script.
        browser.sees("#start", "0원 면제").await;
        dark(browser, true).await;
        browser.picture("exempt-dark").await;
        dark(browser, false).await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/2").await;
        browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
        browser.press(Key::Enter).await;
        // The rule wants the old card back: that is said before anything is scanned, and an Enter alone says nothing.
        browser.sees("#say-loud", "이전 카드를 돌려받았는지 고르세요").await;
        browser.picture("old-card").await;
        browser.focused("old-returned-yes").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        // What is scanned before it is answered is compared, and the question stays.
        browser.scans("12100300000001").await;
        browser.sees("#lamp-print", "이 회원의 것").await;
        browser.sees("#say-loud", "이전 카드를 돌려받았는지 고르세요").await;
        browser.alt('n').await;
        browser.focused("old-returned-no").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.focused("scan").await;
        browser.sees("#old-card", "못 돌려받음").await;
        browser.sees("#old-returned-yes", "돌려받음으로 바꾸기").await;
        browser.picture("old-card-not").await;
        // It is found in the bag after all.
        tab_to(browser, "old-returned-yes").await;
        browser.press(Key::Enter).await;
        browser.sees("#old-returned-no", "못 돌려받음으로 바꾸기").await;
        browser.sees("#old-card", "돌려받음").await;
        browser.focused("scan").await;
        browser.keys("12100300000001").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
    });
    let shown = desk.run(&["job", "show", "2", "--json"]).done().json;
    assert_eq!((&shown["fee"]["basis"], &shown["fee"]["amount"]), (&"exempt-seen".into(), &0.into()));
    let cards = desk.run(&["member", "show", "1", "--json"]).done().json["cards"].clone();
    assert_eq!((&cards[0]["state"], &cards[1]["state"]), (&"live".into(), &"returned".into()));
}

#[test]
fn a_free_reissue_that_nothing_shows_is_signed_for() {
    let (desk, service) = counter();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        clerk_and_manager(&desk);
        vouched(browser, &service.url).await;
        browser.go(&format!("{}/members/1/reissue?reason=worn", service.url)).await;
        browser.focused("reason-worn").await;
        browser.sees("#unshown", "이전 카드").await;
        browser.picture("unshown").await;
        browser.press(Key::Enter).await;
        browser.focused("approver").await;
        for said in ["근거 없이 무료로 재발급", "0원", "홍*동", "닳음"] {
            browser.sees("#approval-what", said).await;
        }
        browser.picture("approval-free").await;
        browser.keys("변학도").await;
        browser.press(Key::Tab).await;
        browser.focused("approver-password").await;
        browser.keys(PASSWORD).await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/2").await;
    });
    let charges = desk.run(&["fee", "show", "--json"]).done().json;
    assert_eq!((&charges[1]["amount"], &charges[1]["allowed_by"]), (&0.into(), &"staff:2".into()));
}

#[test]
fn a_lost_card_before_its_waiting_days_is_signed_for_with_the_days_in_sight() {
    let desk = Desk::new().with("ISSUER__FEES__LOST__WAIT_DAYS", "3");
    with_member(&desk);
    desk.run(&["issue", "1", "--kind", "barcode", "--json"]).done();
    desk.run(&["hand-over", "1", "--json"]).done();
    desk.run(&["card", "suspend", "--number", "12100300000001", "--why", "lost", "--json"]).done();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        clerk_and_manager(&desk);
        vouched(browser, &service.url).await;
        browser.go(&format!("{}/members/1/reissue?reason=lost", service.url)).await;
        browser.focused("reason-lost").await;
        browser.sees("#wait-lost", "부터 재발급할 수 있습니다").await;
        browser.sees("#wait-lost", "3일이 대기 기간입니다").await;
        browser.picture("wait").await;
        tab_to(browser, "said").await;
        browser.keys(" ").await;
        browser.alt('h').await;
        browser.press(Key::Enter).await;
        browser.focused("anyway").await;
        browser.picture("wait-refused").await;
        browser.keys(" ").await;
        browser.press(Key::Enter).await;
        browser.focused("approver").await;
        for said in ["대기 기간 중 재발급", "홍*동", "121003 0000 0001", "분실", "3일", "재발급 가능", "2,000원"]
        {
            browser.sees("#approval-what", said).await;
        }
        browser.picture("approval-wait").await;
    });
}

#[test]
fn a_scan_among_words_waits_in_the_lookup_and_discards_nothing() {
    let (_desk, service) = counter();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        vouched(browser, &service.url).await;
        browser.go(&format!("{}/members/1/reissue?reason=damaged", service.url)).await;
        browser.focused("reason-damaged").await;
        browser.alt('z').await;
        tab_to(browser, "why").await;
        browser.keys("수급자").await;
        browser.scans("12100300000001").await;
        browser.focused("q").await;
        let why = "return document.getElementById('why').value + document.getElementById('q').value";
        assert_eq!(browser.asks(why).await, "수급자12100300000001");
    });
}
