//! A clerk's waiver, signed by a manager at the clerk's own screen, by keyboard alone: asked for, left and come back to, a wrong
//! password, signed; and a card that goes out unpaid. In both languages, light and dark. Start at the first test.

use serde_json::Value;

use crate::browser::{self, Browser, Key};
use crate::support::{Desk, Service};
use crate::twice::double_click;
use crate::{PASSWORD, set_up, tab_to, with_member};

/// A desk with one member who has a bar code card in hand, and a fee to come.
fn counter() -> (Desk, Service) {
    let desk = Desk::new().with("ISSUER__FEES__DAMAGED__AMOUNT", "2000");
    with_member(&desk);
    desk.run(&["issue", "1", "--kind", "barcode", "--json"]).done();
    desk.run(&["hand-over", "1", "--json"]).done();
    let service = desk.serve();
    (desk, service)
}

/// 성춘향 is a clerk from now on, and 변학도 a manager with the same password.
pub(super) fn clerk_and_manager(desk: &Desk) {
    let sql = "INSERT INTO staff (name, role, state, password, created)
            SELECT '변학도', 'manager', 'active', password, 0 FROM staff;
        UPDATE staff SET role = 'clerk' WHERE name = '성춘향';";
    rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap().execute_batch(sql).unwrap();
}

/// Of the newest charge.
fn charge(desk: &Desk) -> Value {
    let charges = desk.run(&["fee", "show", "--json"]).done().json;
    charges.as_array().and_then(|charges| charges.last().cloned()).unwrap_or_default()
}

async fn sign(browser: &Browser, name: &str, password: &str) {
    browser.keys(name).await;
    browser.press(Key::Tab).await;
    browser.focused("approver-password").await;
    browser.keys(password).await;
    // An Enter right behind it would be a scanner's.
    browser.press(Key::End).await;
    browser.press(Key::Enter).await;
}

pub(super) async fn dark(browser: &Browser, dark: bool) {
    let value = if dark { "dark" } else { "light" };
    let media = serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
    browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await.expect("the colours");
}

/// From the member's page to the dialogue for a waived reissue.
async fn ask(browser: &Browser, url: &str) {
    browser.go(&format!("{url}/members/1")).await;
    browser.focused("seen-document").await;
    browser.press(Key::Enter).await;
    browser.sees("#evidence", "신분증").await;
    browser.go(&format!("{url}/members/1/reissue?reason=damaged")).await;
    browser.focused("reason-damaged").await;
    browser.alt('z').await;
    browser.sees("#fee", "책임자 승인").await;
    tab_to(browser, "why").await;
    browser.keys("도서관 사정").await;
    browser.press(Key::End).await;
    browser.press(Key::Enter).await;
    browser.focused("approver").await;
}

#[test]
fn a_manager_signs_at_the_clerks_screen_and_the_clerk_goes_on() {
    let (desk, service) = counter();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        clerk_and_manager(&desk);
        ask(browser, &service.url).await;
        for said in ["수수료 면제", "2,000원", "홍*동", "도서관 사정", "성춘향"] {
            browser.sees("#approval-what", said).await;
        }
        browser.picture("approval").await;
        let dialogue = browser.asks("return location.pathname").await;
        assert!(dialogue.starts_with("/approvals/"), "{dialogue}");
        // Looked at again, or left and come back to, it is the same page.
        browser.driver.refresh().await.expect("reload");
        browser.focused("approver").await;
        browser.driver.back().await.expect("back");
        browser.arrives("/reissue?reason=damaged").await;
        browser.driver.forward().await.expect("forward");
        browser.arrives(&dialogue).await;
        browser.focused("approver").await;
        // Left with Esc nothing is lost.
        browser.press(Key::Escape).await;
        browser.arrives("/reissue/told/").await;
        assert_eq!(browser.asks("return document.getElementById('why').value").await, "도서관 사정");
        // Nothing was wrong, and it stands where it was left.
        browser.focused("why").await;
        assert_eq!(browser.asks("return String(document.getElementById('trouble'))").await, "null");
        browser.press(Key::Enter).await;
        browser.arrives(&dialogue).await;
        browser.focused("approver").await;
        sign(browser, "변학도", "아무 말이나 넣음").await;
        browser.sees("#trouble", "맞지 않습니다").await;
        browser.sees("#approval-what", "도서관 사정").await;
        // The name stands; the password alone is typed anew.
        browser.focused("approver-password").await;
        assert_eq!(browser.asks("return document.getElementById('approver').value").await, "변학도");
        dark(browser, true).await;
        browser.picture("approval-wrong-dark").await;
        let seen =
            "return String(document.getElementById('approval-sign').getBoundingClientRect().bottom <= innerHeight)";
        assert_eq!(browser.asks(seen).await, "true", "the button is in sight beside an error");
        dark(browser, false).await;
        browser.driver.refresh().await.expect("reload");
        browser.focused("approver-password").await;
        browser.keys(PASSWORD).await;
        double_click(browser, "#approval-sign").await;
        browser.arrives("/jobs/2").await;
        browser.sees("#strip", "성춘향").await;
        assert_eq!(charge(&desk)["state"], "waived");
        // Back, the dialogue is over, and leads to what came of it.
        browser.asks("return document.body.dataset.before = 'here'").await;
        browser.driver.back().await.expect("back");
        browser.sees("body:not([data-before]) #strip", "성춘향").await;
        assert_eq!(browser.asks("return location.pathname").await, "/jobs/2");
        browser.driver.refresh().await.expect("reload");
        browser.sees("#strip", "성춘향").await;
        browser.go(&format!("{}{dialogue}", service.url)).await;
        browser.arrives("/jobs/2").await;
    });
    let charge = charge(&desk);
    assert_eq!((&charge["allowed_by"], &charge["job"]), (&"staff:2".into(), &2.into()));
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    let count = |sql: &str| -> i64 { store.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(count("SELECT count(*) FROM approvals WHERE used IS NOT NULL"), 1);
    assert_eq!(count("SELECT count(*) FROM sessions"), 1, "the manager was never logged in");
    assert_eq!(count("SELECT count(*) FROM jobs"), 2);
    assert!(!service.running.said().contains("아무 말이나"));
}

#[test]
fn an_unpaid_card_is_signed_for_in_english() {
    let (desk, service) = counter();
    desk.run(&["reissue", "12100300000001", "--reason", "damaged", "--kind", "barcode", "--json"]).done();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        clerk_and_manager(&desk);
        let english = "UPDATE sessions SET lang = 'en'";
        rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap().execute_batch(english).unwrap();
        browser.go(&format!("{}/jobs/2", service.url)).await;
        tab_to(browser, "unpaid-why").await;
        browser.sees("#say-what", "manager approves").await;
        browser.picture("approval-unpaid-en").await;
        browser.keys("no purse").await;
        browser.press(Key::Tab).await;
        browser.focused("unpaid").await;
        browser.press(Key::Enter).await;
        browser.focused("approver").await;
        browser.sees("#approval-what", "Hand the card over unpaid").await;
        browser.picture("approval-en").await;
        dark(browser, true).await;
        browser.picture("approval-en-dark").await;
        dark(browser, false).await;
        browser.press(Key::Escape).await;
        browser.arrives("/jobs/2/told/").await;
        assert_eq!(browser.asks("return document.getElementById('unpaid-why').value").await, "no purse");
        browser.focused("unpaid-why").await;
        let page = browser.page().await;
        assert!(!page.contains("Ask a manager"), "{page}");
        tab_to(browser, "unpaid").await;
        browser.press(Key::Enter).await;
        browser.focused("approver").await;
        sign(browser, "변학도", PASSWORD).await;
        browser.arrives("/jobs/2").await;
        browser.focused("scan").await;
    });
    let charge = charge(&desk);
    assert_eq!((&charge["state"], &charge["allowed_by"]), (&"unpaid".into(), &"staff:2".into()));
}
