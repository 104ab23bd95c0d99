//! The page of a check fits its window whatever it has to say: in the language with the longer words, with all three lamps red,
//! and with a tray that holds a lifted card.

use super::browser::{self, Key};
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
