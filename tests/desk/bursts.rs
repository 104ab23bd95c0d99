//! A bar-code scanner types into whatever has the focus and ends with Enter: that never presses a button, wherever the focus is,
//! and its digits stay in no field they were not meant for. Start at the first test.

use serde_json::json;

use super::browser::{self, Browser, Key};
use super::imports::to_the_member;
use super::support::{Desk, Service};
use super::{enrol, print_and_hand_over, set_up};

const NUMBER: &str = "12100300000001";

/// A card is made, up to the comparing of its print.
async fn to_the_check(browser: &Browser, service: &Service) {
    set_up(browser, service).await;
    enrol(browser).await;
    browser.sees("[data-phase=feed-printer] h1", "").await;
    browser.press(Key::Enter).await;
    browser.sees("[data-phase=check] h1", "").await;
}

#[test]
fn by_scanner_alone_a_card_is_checked_and_its_member_opened() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        to_the_check(browser, &service).await;
        // The focus stands on a link that would give the job up.
        browser.focus("cancel").await;
        browser.scans(NUMBER).await;
        browser.sees("[data-phase=handed-over] h1", "").await;
        browser.scans(NUMBER).await;
        browser.arrives("/members/1").await;
        browser.go(&format!("{}/desk", service.url)).await;
        browser.focused("q").await;
        browser.scans(NUMBER).await;
        browser.arrives("/members/1").await;
    });
}

#[test]
fn a_burst_presses_no_button_that_has_the_focus() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser).await;
        browser.sees("[data-phase=feed-printer] h1", "").await;
        for (page, id) in [
            ("/desk", "start-enrol"),
            ("/members/1", "go-on"),
            ("/members/1", "back"),
            ("/jobs/1/cancel", "cancel-really"),
            ("/jobs/1/cancel", "keep"),
            ("/jobs/1", "print"),
            ("/jobs/1", "tray-swap"),
            ("/devices", "doctor"),
            ("/enrol", "next"),
        ] {
            browser.go(&format!("{}{page}", service.url)).await;
            browser.focus(id).await;
            browser.scans(NUMBER).await;
            browser.arrives("/members/1").await;
        }
        // In a field of a form: the digits do not stay there.
        browser.go(&format!("{}/enrol", service.url)).await;
        browser.focused("kind-adult").await;
        browser.focus("phone").await;
        browser.scans(NUMBER).await;
        browser.arrives("/members/1").await;
        browser.driver.back().await.expect("back");
        browser.arrives("/enrol").await;
        assert_eq!(browser.asks("return document.getElementById('phone').value").await, "");
    });
    let job = desk.run(&["job", "show", "1", "--json"]).done().json;
    assert_eq!((job["state"].as_str(), job["files"].as_array().map_or(0, Vec::len)), (Some("proven"), 0), "{job}");
    let cards = desk.run(&["rig", "card", "list", "--json"]).done().json;
    assert_eq!(cards.as_array().map(Vec::len), Some(1), "nothing was swapped");
}

/// A key that bounces, or a scanner with two closing Enters: by the page's own events, the moment that each page has come.
const BOUNCES: &str = "
    addEventListener('DOMContentLoaded', () => {
        const event = (key) => new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
        const takes = (key) => document.activeElement.dispatchEvent(event(key));
        window.took = (location.pathname === '/desk' ? ['Enter', 'Tab', 'Enter'] : ['Enter']).map(takes).join();
    });";

#[test]
fn a_second_enter_presses_nothing_on_a_page_that_nobody_has_seen_yet() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        to_the_check(browser, &service).await;
        browser.focused("scan").await;
        let every = json!({ "source": BOUNCES });
        browser.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", every).await.expect("a script");
        browser.keys(NUMBER).await;
        browser.press_enter().await;
        browser.press_enter().await;
        browser.sees("[data-phase=handed-over] h1", "").await;
        browser.focused("next").await;
        assert_eq!(browser.asks("return window.took").await, "false", "the page that has just come takes no Enter");
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
        browser.sees("#recent", "홍*동").await;
        let took = browser.asks("return window.took").await;
        assert_eq!(took, "false,true,true", "whoever tabs has seen the page, and is not held up");
    });
    let jobs = desk.run(&["job", "list", "--json"]).done().json;
    assert_eq!((jobs[0]["state"].as_str(), jobs.as_array().map(Vec::len)), (Some("handed-over"), Some(1)), "{jobs}");
}

#[test]
fn a_scan_on_the_slip_and_on_a_refusal_is_a_lookup_and_prints_nothing() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser).await;
        print_and_hand_over(browser).await;
        for (page, focused) in [
            ("/jobs/1/slip", "slip-print"),
            ("/nothing", "refusal-back"),
            ("/training", "refusal-back"),
            ("/setup/x", "refusal-back"),
            ("/members/999/convert", "refusal-back"),
        ] {
            browser.go(&format!("{}{page}", service.url)).await;
            browser.focused(focused).await;
            browser.asks("window.print = () => { sessionStorage.printed = '1'; }; return true").await;
            browser.scans(NUMBER).await;
            browser.arrives("/members/1").await;
            browser.sees("#cards", "").await;
            assert_eq!(browser.asks("return sessionStorage.printed ?? 'nothing'").await, "nothing", "{page}");
        }
    });
}

#[test]
fn a_scan_does_nothing_where_nobody_is_logged_in_or_the_member_looks() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        browser.go(&format!("{}/login", service.url)).await;
        browser.focused("id").await;
        browser.scans(NUMBER).await;
        browser.sees("#no-scan", "먼저 로그인하세요").await;
        assert_eq!(browser.asks("return document.getElementById('id').value").await, "");
        set_up(browser, &service).await;
        to_the_member(browser).await;
        for at in ["local", "next", "password"] {
            browser.asks("document.getElementById('no-scan').hidden = true; return true").await;
            browser.focus(at).await;
            browser.scans(NUMBER).await;
            browser.sees("#no-scan", "찍어도 찾지 않습니다").await;
            let there = browser
                .asks("return location.pathname.split('/').pop() + document.getElementById('password').value")
                .await;
            assert_eq!(there, "password", "at {at}");
        }
        browser.picture("import-no-scan").await;
    });
    desk.run(&["member", "show", "1", "--json"]).refused("member-unknown");
}
