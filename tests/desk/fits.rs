//! Pages fit their window whatever they have to say. The page of a check: in the language with the longer words, with all three lamps
//! red, and with a tray that holds a lifted card. The bar: with all that it can hold. The tables of the books: with long names and
//! numbers of fourteen digits no word, number or date is broken.

use super::browser::{self, Browser, Key};
use super::support::Desk;
use super::{enrol, set_up};

#[test]
fn the_english_check_page_never_scrolls() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        let over = "const work = document.querySelector('main'); return work.scrollHeight - work.clientHeight";
        set_up(browser, &service).await;
        browser.asks("document.querySelector('#lang button').click(); return ''").await;
        browser.sees("#nav-desk", "Desk").await;
        enrol(browser).await;
        browser.sees("[data-phase=feed-printer] h1", "").await;
        browser.press(Key::Enter).await;
        browser.sees("#lamp-chip", "this member’s").await;
        assert_eq!(browser.asks(over).await, "0", "what is to be scanned");
        browser.focused("scan").await;
        browser.keys("11131400000001").await;
        browser.press(Key::Enter).await;
        browser.sees("#lamp-print", "differs").await;
        assert_eq!(browser.asks(over).await, "0", "another number");
        desk.run(&["rig", "card", "swap", "--json"]).done();
        browser.sees("#lamp-chip", "differs").await;
        browser.sees("#tray", "Lay back").await;
        assert_eq!(browser.asks(over).await, "0", "another card");
    });
}

/// Goes over to English.
async fn in_english(browser: &Browser) {
    browser.asks("document.querySelector('#lang button').click(); return ''").await;
    browser.says("return document.documentElement.lang", "en").await;
}

/// What of the bar stands on two lines, or beyond its window.
const BAR: &str = "const bar = document.querySelector('.bar'), out = [];
    if (bar.scrollWidth > bar.clientWidth) out.push('too wide');
    for (const e of bar.querySelectorAll('a, span, button, nav')) {
      const range = document.createRange(); range.selectNodeContents(e);
      const tops = new Set([...range.getClientRects()].filter((r) => r.width > 0).map((r) => Math.round(r.bottom / 12)));
      const box = e.getBoundingClientRect();
      if (tops.size > 2 || box.right > innerWidth || box.height > bar.clientHeight) out.push(e.id || e.localName);
    }
    const nav = bar.querySelector('nav').getBoundingClientRect(), after = bar.querySelector('nav').nextElementSibling;
    if (after && after.getBoundingClientRect().left < nav.right) out.push('over the menu');
    return out.join()";

#[test]
fn the_bar_is_one_line_in_english_at_a_practice_desk_with_somebody_half_typed() {
    let desk = Desk::new();
    let service = desk.serve_with(&["serve", "--training"]);
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        in_english(browser).await;
        browser.go(&format!("{}/enrol", service.url)).await;
        browser.focused("kind-adult").await;
        browser.press(Key::Tab).await;
        browser.keys("홍길동").await;
        browser.press(Key::Enter).await;
        browser.sees("[aria-invalid=true]", "").await;
        browser.go(&format!("{}/stock", service.url)).await;
        for (width, height) in [(1366, 768), (1280, 720), (1920, 1080)] {
            browser.viewport(width, height).await;
            assert_eq!(browser.asks(BAR).await, "", "{width}");
            let field = "return String(document.querySelector('#q').getBoundingClientRect().width > 100)";
            assert_eq!(browser.asks(field).await, "true", "the field to search in at {width}");
            browser.picture(&format!("bar-{width}")).await;
        }
        let wraps = "document.querySelector('.bar').style.setProperty('white-space', 'normal');
            document.querySelector('.bar nav').style.setProperty('max-width', '300px');
            document.querySelector('.bar nav').style.setProperty('flex-wrap', 'wrap'); return ''";
        browser.viewport(1366, 768).await;
        browser.asks(wraps).await;
        assert_ne!(browser.asks(BAR).await, "", "a bar of two lines is seen");
    });
}

/// The words of a page's tables that stand on more than one line, and what is wider than the page that holds it.
const BROKEN: &str = "const out = [];
    for (const cell of document.querySelectorAll('td, th')) {
      const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (!node.parentElement.checkVisibility() || node.parentElement.closest('.unseen')) continue;
        // A date of this language has its gaps, and is one all the same.
        for (const word of node.data.matchAll(/\\d+\\. \\d+\\. \\d+\\.|\\S+/g)) {
          const range = document.createRange();
          range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
          const lines = new Set([...range.getClientRects()].filter((r) => r.width > 0).map((r) => Math.round(r.top)));
          if (lines.size > 1) out.push(word[0]);
        }
      }
    }
    const main = document.querySelector('main');
    if (main.scrollWidth > main.clientWidth) out.push('wider than the page');
    for (const panel of document.querySelectorAll('.panel')) {
      const table = panel.querySelector(':scope > table, :scope > .in > table');
      if (table && table.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1) out.push('wider than ' + (panel.id || table.id || 'its panel'));
    }
    return out.join(', ')";

#[test]
fn no_word_number_or_date_of_the_books_is_broken() {
    let desk = Desk::new().with("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000").with("ISSUER__DRAWER__CHANGE", "1234567");
    desk.run(&["init", "--json"]).done();
    desk.run(&["stock", "receive", "--type", "classic-1k", "--lot", "KR-2611-000714-B", "--count", "99999", "--json"])
        .done();
    for (at, name) in ["Alexandria Konstantinopolskaya", "황보관우선생님댁둘째"].into_iter().enumerate() {
        let person = ["enrol", "--name", name, "--birth", "1988-03-14", "--identity", "resident-card"];
        desk.run(&[&person[..], &["--consent", "local,national", "--json"]].concat()).done();
        let (member, first, second) = ((at + 1).to_string(), (2 * at + 1).to_string(), (2 * at + 2).to_string());
        let job = desk.run(&["issue", &member, "--pay", "transfer", "--json"]).done().json;
        desk.run(&["hand-over", &first, "--json"]).done();
        let number = job["number"].as_str().expect("a number");
        let reason = if at == 0 { "number-changed" } else { "overwritten" };
        desk.run(&["reissue", number, "--reason", reason, "--json"]).done();
        desk.run(&["hand-over", &second, "--unpaid", "나중에", "--json"]).done();
    }
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        let store = rusqlite::Connection::open(desk.path("var/issuer.db")).expect("the database");
        store.busy_timeout(std::time::Duration::from_secs(5)).expect("patience");
        store.execute("UPDATE staff SET name = '제갈공명남궁민수'", []).expect("the staff");
        browser.go(&format!("{}/members/1", service.url)).await;
        browser.focused("seen-document").await;
        browser.press(Key::Enter).await;
        browser.sees("#evidence .tag", "").await;
        for lang in ["ko", "en"] {
            if lang == "en" {
                in_english(browser).await;
            }
            for page in [
                "/reports",
                "/reports/clerks",
                "/reports/issues",
                "/reports/reissues",
                "/close",
                "/stock",
                "/members/1/charges",
            ] {
                browser.viewport(1366, 768).await;
                browser.go(&format!("{}{page}", service.url)).await;
                browser.sees("table, form", "").await;
                for (width, height) in [(1366, 768), (1920, 1080)] {
                    browser.viewport(width, height).await;
                    assert_eq!(browser.asks(BROKEN).await, "", "{lang} {page} {width}");
                }
            }
        }
        browser.go(&format!("{}/reports/reissues", service.url)).await;
        browser
            .asks(
                "for (const e of document.querySelectorAll('td')) e.style.setProperty('overflow-wrap', 'anywhere'); \
            document.querySelector('#register-rows').style.setProperty('width', '400px'); return ''",
            )
            .await;
        assert_ne!(browser.asks(BROKEN).await, "", "a broken word is seen");
    });
}
