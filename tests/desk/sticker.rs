//! Handing over as a clerk does it, by keys and scanner alone: the lamps of chip, print and member, the sticker, the slip.
//! Start at [`Counter`].

use crate::browser::{Browser, Key, drive};
use crate::support::{Desk, Service};
use crate::{enrol, set_up};

const MINE: &str = "12100300000001";
const OTHERS: &str = "12100300000002";

/// A scanner: every character at once, then Enter, wherever the focus is.
async fn burst(browser: &Browser, text: &str) {
    let keys = "for (const key of [...arguments[0], 'Enter']) (document.activeElement ?? document.body)\
        .dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))";
    browser.driver.execute(keys, vec![text.into()]).await.expect("the scanner");
}

/// Moves the focus to where a scan does not belong.
async fn look_away(browser: &Browser, id: &str) {
    let script = format!("document.getElementById('{id}').focus()");
    browser.driver.execute(&script, Vec::new()).await.expect("the focus");
    browser.focused(id).await;
}

/// Waits until the lamps are so: `chip=done print=now member=wait`.
async fn lamps(browser: &Browser, wanted: &str) {
    for lamp in wanted.split(' ') {
        let (name, state) = lamp.split_once('=').expect("name=state");
        browser.sees(&format!("#lamp-{name}[data-s={state}]"), "").await;
    }
    let count = browser.driver.execute("return document.querySelectorAll('.lamps li').length", Vec::new()).await;
    let count = count.expect("the lamps").convert::<usize>().expect("a count");
    assert_eq!(count, wanted.split(' ').count());
}

fn state(desk: &Desk, job: &str) -> String {
    desk.run(&["job", "show", job, "--json"]).done().json["state"].as_str().unwrap_or_default().to_owned()
}

fn enrolled(desk: &Desk, name: &str) {
    let line = ["enrol", "--name", name, "--birth", "1990-01-02", "--identity", "passport"];
    desk.run(&[&line[..], &["--consent", "local,national", "--json"]].concat()).done();
}

/// A page of the member whose identity was seen by document.
async fn open_member(browser: &Browser, service: &Service, member: &str) {
    browser.go(&format!("{}/members/{member}", service.url)).await;
    browser.focused("seen-document").await;
    browser.press(Key::Enter).await;
    browser.sees("#evidence", "신분증").await;
}

/// 홍길동's finished card has left the reader for the printer; another member's lies aside. Gives both UIDs.
async fn ready_to_check(browser: &Browser, desk: &Desk, service: &Service) -> (String, String) {
    set_up(browser, service).await;
    enrol(browser).await;
    browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
    let mine = desk.run(&["job", "show", "1", "--json"]).done().json["uid"].as_str().expect("a UID").to_owned();
    desk.run(&["rig", "card", "lift", "--json"]).done();
    enrolled(desk, "심청");
    let others = desk.run(&["issue", "2", "--json"]).done().json["uid"].as_str().expect("a UID").to_owned();
    desk.run(&["rig", "card", "lift", "--json"]).done();
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "판독기에 올리고 인쇄된 번호를 찍으세요").await;
    (mine, others)
}

#[test]
fn three_lamps_fill_one_by_one_and_every_wrong_card_is_named() {
    let desk = Desk::new();
    let service = desk.serve();
    drive(&[], async |browser| {
        let (mine, others) = ready_to_check(browser, &desk, &service).await;
        lamps(browser, "chip=now print=wait member=wait").await;
        browser.picture("check-wait").await;
        // The chip's lamp fills by itself; another member's card says whose it is.
        desk.run(&["rig", "card", "lay", &others, "--json"]).done();
        lamps(browser, "chip=bad print=wait member=bad").await;
        browser.sees("#say-what", "심*").await;
        browser.picture("check-other-card").await;
        desk.run(&["rig", "card", "lift", "--json"]).done();
        lamps(browser, "chip=now print=wait member=wait").await;
        desk.run(&["rig", "card", "lay", &mine, "--json"]).done();
        lamps(browser, "chip=done print=now member=wait").await;
        browser.picture("check-chip").await;
        // Another member's print, another library's, and what is no number at all.
        look_away(browser, "leave").await;
        burst(browser, OTHERS).await;
        browser.sees("#say-what", "심*").await;
        browser.sees("#say-what", "부산광역시립구포도서관").await;
        lamps(browser, "chip=done print=bad member=bad").await;
        browser.picture("check-mismatch").await;
        burst(browser, "11131400000001").await;
        browser.sees("#say-what", "서울도서관").await;
        burst(browser, "9788936434120").await;
        browser.sees("#say-what", "회원번호가 아닙니다").await;
        lamps(browser, "chip=done print=bad member=wait").await;
        assert_eq!(state(&desk, "1"), "ready");
        look_away(browser, "q").await;
        burst(browser, MINE).await;
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
        lamps(browser, "chip=done print=done member=done").await;
        browser.picture("check-done").await;
    });
    assert_eq!(state(&desk, "1"), "handed-over");
}

#[test]
fn a_print_scanned_first_waits_for_its_card_and_enter_ends_the_check() {
    let desk = Desk::new();
    let service = desk.serve();
    drive(&[], async |browser| {
        let (mine, others) = ready_to_check(browser, &desk, &service).await;
        browser.focused("scan").await;
        browser.keys(MINE).await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "찍은 회원증을 판독기에 올려놓으세요").await;
        lamps(browser, "chip=now print=done member=wait").await;
        browser.picture("check-print-first").await;
        desk.run(&["rig", "card", "lay", &others, "--json"]).done();
        lamps(browser, "chip=bad member=bad print=done").await;
        // Two cards were crossed: what was scanned before a wrong chip counts no more.
        desk.run(&["rig", "card", "lift", "--json"]).done();
        lamps(browser, "chip=now print=wait member=wait").await;
        browser.focused("scan").await;
        browser.keys(MINE).await;
        browser.press(Key::Enter).await;
        lamps(browser, "chip=now print=done member=wait").await;
        desk.run(&["rig", "card", "lay", &mine, "--json"]).done();
        browser.sees("#say-loud", "Enter를 눌러 대조를 마치세요").await;
        lamps(browser, "chip=done print=done member=now").await;
        browser.picture("check-agreed").await;
        browser.focused("scan").await;
        browser.press(Key::Enter).await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
    });
    let log = desk.run(&["job", "show", "1", "--json"]).done().json;
    assert_eq!(log["state"], "handed-over");
}
