//! The reports, as a manager's hands go through them: a period, the registers, what people did, and a file, by keys alone.

use super::browser::{self, Key};
use super::support::Desk;
use super::{choose, set_up, tab_to, with_member};

/// A desk where one card was issued and reissued for money.
fn worked() -> Desk {
    let desk = Desk::new();
    with_member(&desk);
    let job = desk.run(&["issue", "1", "--kind", "barcode", "--json"]).done().json;
    let number = job["number"].as_str().expect("a number").to_owned();
    desk.run(&["hand-over", "1", "--scan", &number, "--json"]).done();
    desk.run(&["reissue", &number, "--reason", "lost", "--pay", "cash", "--json"]).done();
    desk
}

#[test]
fn a_period_its_registers_and_a_reason_that_is_wanted_by_keyboard_alone() {
    let desk = worked();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        tab_to(browser, "nav-reports").await;
        browser.press(Key::Enter).await;
        browser.arrives("/reports").await;
        browser.focused("from").await;
        browser.sees("#reports-rows tfoot", "합계").await;
        browser.sees("#plot-time", "").await;
        browser.picture("reports").await;
        choose(browser, "by", "reason").await;
        tab_to(browser, "show").await;
        browser.press(Key::Enter).await;
        browser.arrives("/reports/").await;
        browser.sees("#reports-rows tbody", "분실").await;
        let url = browser.asks("return location.pathname + location.search").await;
        assert!(!url.contains("20"), "no date stands in an address: {url}");
        // An export without a reason stays on the page, which says so.
        browser.asks("const f = document.getElementById('why'); f.required = false; f.value = ' '; return ''").await;
        tab_to(browser, "export-do").await;
        browser.press(Key::Enter).await;
        browser.sees("#why-t", "").await;
        browser.focused("why").await;
        tab_to(browser, "view-issues").await;
        browser.press(Key::Enter).await;
        browser.arrives("/reports/issues").await;
        browser.sees("#register-rows tbody", "첫 발급").await;
        let named = browser.asks("return String(document.body.textContent.includes('홍길동'))").await;
        assert_eq!(named, "false", "names are masked");
        browser.picture("reports-issues").await;
        tab_to(browser, "view-clerks").await;
        browser.press(Key::Enter).await;
        browser.arrives("/reports/clerks").await;
        browser.sees("#command-line", "명령줄").await;
        browser.sees("#rule", "2.5배").await;
        browser.picture("reports-clerks").await;
        tab_to(browser, "span-last-year").await;
        browser.press(Key::Enter).await;
        browser.sees("#clerks-none", "").await;
        browser.press(Key::Escape).await;
        browser.arrives("/desk").await;
    });
}
