//! A day is closed by keyboard alone: the drawer is counted before anything of what to expect is shown, a difference wants a reason, the
//! anchor is shown, what comes then counts for tomorrow; and a clerk sees no way to open it again. Start at the first test.

use crate::browser::{self, Browser, Key};
use crate::support::{Desk, Service, judge};
use crate::{set_up, tab_to, with_member};

/// A desk with so many won in its drawers.
fn counter(change: &str) -> (Desk, Service) {
    let desk = Desk::new().with("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000").with("ISSUER__DRAWER__CHANGE", change);
    with_member(&desk);
    desk.run(&["issue", "1", "--kind", "barcode", "--json"]).done();
    let service = desk.serve();
    (desk, service)
}

/// A note or coin is typed and the next field reached.
async fn piece(browser: &Browser, id: &str, n: &str) {
    tab_to(browser, id).await;
    browser.keys(n).await;
}

/// Three notes of 10,000 are all there is in the drawer: the day is counted and closed.
pub async fn close_with_30000(browser: &Browser, service: &Service) {
    browser.go(&format!("{}/close", service.url)).await;
    browser.focused("n50000").await;
    piece(browser, "n10000", "3").await;
    browser.press(Key::End).await;
    browser.press(Key::Enter).await;
    browser.arrives("/close/counted/1").await;
    browser.focused("close").await;
    browser.press(Key::Enter).await;
    browser.arrives("/close/closed/").await;
}

/// Every amount on the page of a closed day stands on its receipt, under the same word.
async fn same_on_paper(browser: &Browser, desk: &Desk) {
    let sums = "return [...document.querySelectorAll('#sums dt')].map((dt) => dt.textContent + ' ' + \
        dt.nextElementSibling.textContent).join('|')";
    let sums = browser.asks(sums).await;
    let spool = std::fs::read_dir(desk.path("var/spool")).expect("the spool").flatten().map(|entry| entry.path());
    let paper = spool.filter(|file| file.to_string_lossy().contains("receipt")).map(|file| judge::pdf_text(&file));
    let paper = paper.collect::<Vec<_>>().concat();
    let lines: Vec<String> = paper.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert!(sums.split('|').count() >= 4, "{sums}");
    for sum in sums.split('|') {
        assert!(lines.iter().any(|line| line == sum), "no {sum:?} on paper:\n{paper}");
    }
}

#[test]
fn a_day_is_counted_blind_compared_and_closed() {
    let (desk, service) = counter("32000");
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.go(&format!("{}/day", service.url)).await;
        browser.enter_on("day-close").await;
        browser.arrives("/close").await;
        browser.focused("n50000").await;
        // Nothing of what to expect: neither shown nor in the page.
        let page = browser.page().await;
        assert!(!page.contains("32,000") && !page.contains("32000"), "{page}");
        piece(browser, "n10000", "3").await;
        browser.says("return document.getElementById('sum').textContent", "30,000").await;
        browser.picture("close-count").await;
        piece(browser, "n1000", "x").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "1,000원짜리").await;
        browser.focused("n1000").await;
        browser.press(Key::Backspace).await;
        browser.keys("1").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.arrives("/close/counted/1").await;
        browser.sees("#expected", "32,000원").await;
        browser.sees("#difference", "-1,000원").await;
        browser.focused("why").await;
        // Without a reason it stays.
        browser.press(Key::Enter).await;
        browser.focused("why").await;
        // Counted again: the first count stays and is shown.
        browser.press(Key::Escape).await;
        browser.focused("n50000").await;
        piece(browser, "n10000", "3").await;
        piece(browser, "n500", "3").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.arrives("/close/counted/2").await;
        browser.sees("#first", "31,000원").await;
        browser.keys("거스름돈을 잘못 줌").await;
        browser.picture("close-compare").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.arrives("/close/closed/").await;
        browser.sees("#why-said", "거스름돈").await;
        browser.sees("#receipt", "영수증 1").await;
        let head = browser.asks("return document.getElementById('anchor').textContent").await;
        assert_eq!(head.len(), 64, "{head}");
        same_on_paper(browser, &desk).await;
        browser.sees("#next", "영업일").await;
        browser.sees("#strip-closed", "마감함").await;
        browser.picture("close-done").await;
        browser.press(Key::Escape).await;
        browser.arrives("/close").await;
        browser.sees("#closed", "마감했습니다").await;
        browser.sees("#past", "-500원").await;
        browser.picture("close-past").await;
        let found = desk.run(&["audit", "verify", "--json"]).done().json;
        assert!(found["anchors"].to_string().contains(&head), "{found}");
    });
}

#[test]
fn a_first_miscount_is_explained_though_the_next_count_fits() {
    let (_desk, service) = counter("30000");
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        for (n, page) in [("4", "/close/counted/1"), ("3", "/close/counted/2")] {
            browser.go(&format!("{}/close", service.url)).await;
            browser.focused("n50000").await;
            piece(browser, "n10000", n).await;
            browser.press(Key::End).await;
            browser.press(Key::Enter).await;
            browser.arrives(page).await;
        }
        browser.sees("#first", "40,000원").await;
        browser.focused("why").await;
        browser.keys("한 장을 두 번 셈").await;
        browser.press(Key::Enter).await;
        browser.arrives("/close/closed/").await;
        browser.sees("#why-said", "두 번 셈").await;
    });
}

#[test]
fn whoever_closed_a_day_needs_another_to_open_it_and_a_clerk_cannot() {
    let (desk, service) = counter("30000");
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        close_with_30000(browser, &service).await;
        let path = browser.asks("return location.pathname").await;
        tab_to(browser, "why").await;
        browser.keys("빠뜨림").await;
        browser.press(Key::End).await;
        browser.press(Key::Enter).await;
        browser.arrives("/approvals/").await;
        browser.sees("#approval-what", "빠뜨림").await;
        browser.picture("close-reopen").await;
        browser.press(Key::Escape).await;
        browser.arrives(&path).await;
        browser.focused("why").await;
        rusqlite::Connection::open(desk.path("var/issuer.db"))
            .unwrap()
            .execute("UPDATE staff SET role = 'clerk'", [])
            .unwrap();
        browser.go(&format!("{}{path}", service.url)).await;
        assert_eq!(browser.asks("return String(document.getElementById('reopen'))").await, "null");
    });
}
