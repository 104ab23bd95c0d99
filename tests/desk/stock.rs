//! The card stock, as hands go through it: a lot is received, a card is issued from it, some are taken by hand, few are left, and
//! the day balances. By keyboard alone. Start at the first test.

use serde_json::json;

use super::browser::{self, Browser, Key};
use super::support::Desk;
use super::{choose, set_up, tab_to};

/// Makes and hands over a card, by the command line beside the page.
fn issue(desk: &Desk, name: &str, birth: &str, job: &str) {
    let person = ["enrol", "--name", name, "--birth", birth, "--identity", "resident-card"];
    let enrolled = desk.run(&[&person[..], &["--consent", "local,national", "--json"]].concat()).done().json;
    desk.run(&["issue", &enrolled["member"].to_string(), "--json"]).done();
    desk.run(&["hand-over", job, "--json"]).done();
}

/// Pictures of the page in both colours, for whoever asks for pictures.
async fn dressed(browser: &Browser, name: &str) {
    if std::env::var_os("ISSUER_PICTURES").is_none() {
        return;
    }
    for (height, scheme) in [(768, "light"), (768, "dark"), (1500, "light")] {
        browser.viewport(1366, height).await;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await.expect("the colours");
        browser.picture(&format!("{name}-{height}-{scheme}")).await;
    }
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": "light" }] });
    browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await.expect("the colours");
    browser.viewport(1366, 768).await;
}

/// Takes so many of the lot that is chosen, and sends it from the field of the reason.
async fn take(browser: &Browser, n: &str, taken_as: &str, why: &str) {
    tab_to(browser, "take-count").await;
    browser.keys(n).await;
    browser.press(Key::Tab).await;
    browser.focused("as-test").await;
    browser.keys(" ").await;
    while browser.asks("return document.activeElement.id").await != format!("as-{taken_as}") {
        browser.press(Key::Down).await;
    }
    tab_to(browser, "take-why").await;
    browser.keys(why).await;
    browser.press(Key::Enter).await;
}

#[test]
fn a_lot_from_its_box_to_the_day_that_balances_by_keyboard_alone() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        tab_to(browser, "nav-stock").await;
        browser.press(Key::Enter).await;
        browser.arrives("/stock").await;
        browser.sees("#none", "입고하면").await;
        browser.focused("kind").await;
        dressed(browser, "stock-none").await;
        // What is wrong is said, and what was typed stays.
        browser.press(Key::Tab).await;
        browser.keys("KR-2611").await;
        browser.press(Key::Tab).await;
        browser.keys("스물").await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "장수를 알아볼 수 없습니다").await;
        browser.focused("count").await;
        assert_eq!(browser.asks("return document.getElementById('lot').value").await, "KR-2611");
        browser.press(Key::End).await;
        for _ in 0..2 {
            browser.press(Key::Backspace).await;
        }
        browser.keys("25").await;
        browser.press(Key::Enter).await;
        browser.sees("#done", "입고했습니다").await;
        browser.focused("date").await;
        issue(&desk, "홍길동", "1988-03-14", "1");
        browser.go(&format!("{}/stock", service.url)).await;
        browser.sees("#day-word", "건넨 작업 1건 = 발급 1장").await;
        browser.sees("#lot-1", "다음 차례").await;
        let cells = "return [...document.querySelectorAll('#lot-1 td.num')].map((e) => e.textContent).join()";
        assert_eq!(browser.asks(cells).await, "25,0,1,0,0,–,24");
        take(browser, "3", "test", "리본 시험").await;
        browser.sees("#done", "적었습니다").await;
        take(browser, "2", "spoiled", "구부러짐").await;
        browser.sees("#spoiled", "구부러짐").await;
        browser.sees("#stock-low", "19장").await;
        take(browser, "99", "test", "너무 많음").await;
        browser.sees("#trouble", "19장뿐").await;
        browser.focused("take-count").await;
        assert_eq!(browser.asks("return document.getElementById('take-why').value").await, "너무 많음");
        browser.go(&format!("{}/stock", service.url)).await;
        take(browser, "20", "counted", "월말 실사").await;
        browser.sees("#moves", "월말 실사").await;
        assert_eq!(browser.asks(cells).await, "25,0,1,2,3,+1,20");
        // A newer lot is used first when somebody opens it.
        browser.sees("#lot-1", "다음 차례").await;
        tab_to(browser, "lot").await;
        browser.keys("KR-2612").await;
        browser.press(Key::Tab).await;
        browser.keys("100").await;
        browser.press(Key::Enter).await;
        browser.sees("#lot-2", "KR-2612").await;
        tab_to(browser, "open-2").await;
        browser.press(Key::Enter).await;
        browser.sees("#lot-2", "다음 차례").await;
        tab_to(browser, "take-count").await;
        tab_to(browser, "as-test").await;
        browser.keys(" ").await;
        browser.press(Key::Up).await;
        browser.focused("as-fault").await;
        tab_to(browser, "take-why").await;
        browser.keys("코팅이 벗겨짐").await;
        browser.press(Key::Enter).await;
        browser.sees("#lot-1", "불량 신고함").await;
        dressed(browser, "stock").await;
        // Another day has nothing of this, and the way out leads to the desk.
        tab_to(browser, "day-before").await;
        browser.press(Key::Enter).await;
        browser.arrives("/stock/2").await;
        browser.sees("#day-word", "건넨 작업 0건").await;
        browser.press(Key::Escape).await;
        browser.arrives("/desk").await;
    });
    let lines = desk.run(&["stock", "show", "--json"]).done().json;
    assert_eq!((&lines[0]["left"], &lines[0]["faulty"], &lines[1]["next"]), (&20.into(), &true.into(), &true.into()));
}

#[test]
fn few_blanks_are_told_at_the_desk_and_a_clerk_receives_none() {
    let desk = Desk::new();
    let service = desk.serve();
    desk.run(&["stock", "receive", "--type", "barcode-card", "--lot", "P", "--count", "7", "--json"]).done();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.sees("#stock-low", "바코드 카드 7장").await;
        dressed(browser, "stock-low").await;
        tab_to(browser, "stock-low-go").await;
        browser.press(Key::Enter).await;
        browser.arrives("/stock").await;
        choose(browser, "kind", "sticker").await;
        browser.asks("document.querySelector('#lang button').click(); return ''").await;
        browser.sees("h1", "Card stock").await;
        dressed(browser, "stock-en").await;
        let store = rusqlite::Connection::open(desk.path("var/issuer.db")).expect("the database");
        store.busy_timeout(std::time::Duration::from_secs(5)).expect("patience");
        store.execute("UPDATE staff SET role = 'clerk'", []).expect("the staff");
        browser.go(&format!("{}/stock", service.url)).await;
        browser.sees("#lots", "P").await;
        let there = "return ['receive', 'as-fault', 'take'].filter((id) => document.getElementById(id)).join()";
        assert_eq!(browser.asks(there).await, "take");
    });
}
