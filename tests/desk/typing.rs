//! What is half typed is not lost by a scan, by another page or by a reload; real keys are activity, looking on is not.
//! Start at the first test.

use serde_json::json;

use super::browser::{self, Browser, Key};
use super::support::Desk;
use super::{set_up, tab_to};

/// Of nobody here.
const NUMBER: &str = "12100300000009";

/// Waits until the script says true.
async fn holds(browser: &Browser, script: &str) {
    for _ in 0..500 {
        if browser.asks(&format!("return {script}")).await == "true" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("never so: {script}");
}

async fn value(browser: &Browser, id: &str) -> String {
    browser.asks(&format!("return document.getElementById('{id}').value")).await
}

#[test]
fn a_scan_in_a_half_filled_form_finds_and_loses_nothing() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        for (page, kind) in [("/enrol", "enrol"), ("/import", "import")] {
            browser.go(&format!("{}{page}", service.url)).await;
            tab_to(browser, "name").await;
            browser.keys("홍길동").await;
            browser.press(Key::Tab).await;
            browser.focused("birth").await;
            browser.keys("19880314").await;
            browser.press(Key::Tab).await;
            browser.focused("phone").await;
            if kind == "enrol" {
                browser.scans(NUMBER).await;
                browser.arrives("/found/").await;
                browser.sees("#no-hits", "").await;
                browser.driver.back().await.expect("back");
                browser.arrives("/enrol/").await;
            } else {
                // Another page at once, and the link that leads back from it.
                browser.go(&format!("{}/codes", service.url)).await;
                browser.driver.refresh().await.expect("again");
                browser.sees("#go-on-typing", "반입 이어 하기").await;
                browser.enter_on("go-on-typing").await;
                browser.arrives("/import/").await;
            }
            browser.sees("form[data-draft]", "").await;
            assert_eq!(
                (value(browser, "name").await.as_str(), value(browser, "birth").await.as_str()),
                ("홍길동", "19880314")
            );
            assert_eq!(value(browser, "phone").await, "", "the scan stayed in no field");
            assert_eq!(browser.asks("return document.querySelectorAll('[aria-invalid]').length").await, "0");
            browser.go(&format!("{}/desk", service.url)).await;
            browser.sees("#go-on-typing", "이어 하기").await;
            browser.picture(&format!("half-typed-{kind}")).await;
            browser.enter_on("go-on-typing").await;
            browser.arrives(page).await;
            browser.sees("form[data-draft]", "").await;
            // Given up, it is forgotten.
            browser.press(Key::Escape).await;
            browser.arrives("/desk").await;
            browser.sees("#nav-desk", "").await;
            assert_eq!(browser.asks("return document.getElementById('go-on-typing') === null").await, "true");
        }
    });
}

/// Ten times a second, where the page would be content with less.
const SOON: &str = "
    document.addEventListener('readystatechange', () => { if (document.body) document.body.dataset.active = '0.1'; });";

#[test]
fn real_keys_are_activity_and_an_open_page_is_none() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        assert_eq!(browser.asks("return document.body.dataset.active").await, "30");
        let every = json!({ "source": SOON });
        browser.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", every).await.expect("a script");
        browser.go(&format!("{}/enrol", service.url)).await;
        browser.focused("kind-adult").await;
        let told = "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/active')).length";
        // The stream has spoken meanwhile, and nobody was active.
        holds(browser, "performance.now() > 700").await;
        assert_eq!(browser.asks(&format!("return {told}")).await, "0");
        browser.press(Key::Tab).await;
        holds(browser, &format!("{told} === 1")).await;
        browser.keys("홍").await;
        holds(browser, &format!("{told} === 2")).await;
        // What was typed is kept after a pause, and a reload shows it.
        holds(browser, "performance.getEntriesByType('resource').some((one) => one.name.endsWith('/keep'))").await;
        browser.driver.refresh().await.expect("again");
        browser.sees("form[data-draft]", "").await;
        assert_eq!(value(browser, "name").await, "홍");
    });
}
