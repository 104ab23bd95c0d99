//! Libraries whose members have cards of their own, by keyboard alone: what is offered, what is advised and why, from enrolment to
//! the card in hand and to the conversion. ② gives 책이음 by request, ③ advises the own card. Start at the first test.

use serde_json::Value;

use crate::browser::{self, Browser, Key};
use crate::support::Desk;
use crate::{enrol_to_consent, print_and_hand_over, set_up, tab_to};

fn library(membership: &str) -> Desk {
    let desk = Desk::new().with("ISSUER__LIBRARY__MEMBERSHIP", membership);
    desk.with("ISSUER__FEES__CONVERSION__AMOUNT", "1000")
}

fn member(desk: &Desk) -> Value {
    desk.run(&["member", "show", "1", "--json"]).done().json
}

/// The first two steps of 홍길동, who has the own number GP-77, to the choice of the card.
async fn enrol(browser: &Browser, national: bool, advice: [&str; 2]) {
    enrol_to_consent(browser).await;
    for said in advice {
        browser.sees("#advice", said).await;
    }
    browser.keys(" ").await;
    browser.press(Key::Tab).await;
    browser.focused("national").await;
    if national {
        browser.keys(" ").await;
    }
    tab_to(browser, "own-number").await;
    browser.keys("GP-77").await;
    // An Enter right behind it would be a scanner's.
    browser.press(Key::End).await;
    browser.press(Key::Enter).await;
    browser.arrives("/card").await;
}

/// What can be chosen as a card, in its order, and what is chosen.
async fn offered(browser: &Browser) -> String {
    let script = "return [...document.querySelectorAll('[name=card]')]\
        .map((card) => card.value + (card.checked ? '!' : '')).join(' ')";
    browser.asks(script).await
}

/// The conversion as it stands open, to the card in hand: told, agreed on paper on another day, waived with a reason.
async fn convert(browser: &Browser) {
    browser.sees("#changes", "리브로피아").await;
    browser.focused("was-told").await;
    browser.keys(" ").await;
    browser.press(Key::Tab).await;
    browser.focused("national").await;
    browser.keys(" ").await;
    tab_to(browser, "way-at-desk").await;
    browser.press(Key::Right).await;
    browser.focused("way-on-paper").await;
    browser.press(Key::Tab).await;
    browser.focused("consent-on").await;
    browser.keys("2999-01-01").await;
    browser.press(Key::End).await;
    browser.press(Key::Enter).await;
    browser.sees("#consent-on-t", "오늘보다 뒤입니다").await;
    browser.focused("consent-on").await;
    // What was chosen stands; the day is typed anew.
    browser.keys("2026-11-02").await;
    tab_to(browser, "pay-cash").await;
    for pay in ["pay-card", "pay-transfer", "pay-later", "pay-waive"] {
        browser.press(Key::Right).await;
        browser.focused(pay).await;
    }
    browser.press(Key::Enter).await;
    browser.sees("#trouble", "사유").await;
    browser.focused("why").await;
    browser.keys("도서관 사정으로 바꿈").await;
    browser.picture("convert-waive").await;
    browser.press(Key::End).await;
    browser.press(Key::Enter).await;
    browser.arrives("/jobs/1").await;
    print_and_hand_over(browser).await;
    browser.press(Key::Enter).await;
    browser.arrives("/desk").await;
}

/// The own card is over, the consent is as it was on paper, and nothing is owed.
fn converted(desk: &Desk) {
    let member = member(desk);
    assert!(member["own_ended"].is_string() && member["national"] == true, "{member}");
    assert_eq!(member["number"], "12100300000001");
    let consents = member["consents"].as_array().expect("the consents");
    let national = consents.iter().find(|row| row["kind"] == "national").expect("consent to the register");
    assert_eq!((&national["way"], &national["given_on"]), (&"on-paper".into(), &"2026-11-02".into()));
    assert_eq!((&member["charges"][0]["state"], &member["charges"][0]["amount"]), (&"waived".into(), &1000.into()));
    let card = desk.run(&["card", "read", "--json"]).done().json;
    assert_eq!((&card["number"], &card["status"]), (&"12100300000001".into(), &"live".into()));
}

#[test]
fn by_request_the_own_card_comes_first_and_is_converted_when_the_member_asks() {
    let desk = library("on-request");
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser, false, ["자관 회원증이 먼저입니다", "신청하는 사람에게만"]).await;
        // Without consent to the register no 책이음 card is offered, and the reason is said.
        browser.sees("#card-step", "자관 회원증만 드립니다").await;
        browser.sees("#card-step", "동의하지 않았습니다").await;
        assert_eq!(offered(browser).await, "");
        browser.picture("own-card-only").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
        // The document was seen a moment ago. No card can be issued past the conversion.
        browser.sees("#evidence", "신분증을 보고 확인함").await;
        browser.sees("#convert", "전환").await;
        assert_eq!(browser.asks("return '' + document.querySelectorAll('[id^=issue-]').length").await, "0");
        browser.picture("own-card-member").await;
        browser.alt('v').await;
        browser.arrives("/members/1/convert").await;
        browser.picture("convert-fee").await;
        let over = "const work = document.querySelector('main'); return work.scrollHeight - work.clientHeight";
        assert_eq!(browser.asks(over).await, "0", "the button is in sight");
        // Nobody advises against it here.
        convert(browser).await;
    });
    converted(&desk);
}

#[test]
fn by_request_whoever_agrees_to_the_register_gets_the_card_at_once() {
    let desk = library("on-request");
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser, true, ["자관 회원증이 먼저입니다", "② 기본은 자관 회원증, 신청하면 책이음"]).await;
        browser.focused("card-rfid").await;
        assert_eq!(offered(browser).await, "rfid! barcode own");
        browser.picture("enrol-on-request").await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/1").await;
        print_and_hand_over(browser).await;
        browser.go(&format!("{}/members/1", service.url)).await;
        browser.focused("seen-document").await;
        browser.press(Key::Enter).await;
        browser.sees("#reissue", "재발급").await;
        // There is no own card left to convert.
        assert_eq!(browser.asks("return '' + document.querySelectorAll('#convert').length").await, "0");
    });
    assert_eq!(member(&desk)["number"], "12100300000001");
}

#[test]
fn the_own_card_is_advised_with_the_reason_and_a_conversion_comes_after_the_advice() {
    let desk = library("own-card");
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser, false, ["자관 회원증을 권하세요", "자관 회원보다 이용에 불리할 수 있습니다"]).await;
        assert_eq!(offered(browser).await, "");
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
        browser.sees("#evidence", "신분증을 보고 확인함").await;
        browser.alt('v').await;
        browser.sees("#advice", "불리해지고").await;
        // Enter follows the advice, and so does Esc.
        for key in [Key::Enter, Key::Escape] {
            browser.focused("stay").await;
            browser.press(key).await;
            browser.sees("#convert", "전환").await;
            browser.alt('v').await;
            browser.sees("#advice", "자관 회원증을 권합니다").await;
        }
        browser.focused("stay").await;
        browser.press(Key::Tab).await;
        browser.focused("anyway").await;
        browser.press(Key::Enter).await;
        convert(browser).await;
    });
    converted(&desk);
}

#[test]
fn where_the_own_card_is_advised_enter_makes_no_other_and_the_member_may_still_choose_one() {
    let desk = library("own-card");
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser, true, ["자관 회원증을 권하세요", "③ 자관 회원증을 권함"]).await;
        browser.focused("card-own").await;
        assert_eq!(offered(browser).await, "rfid barcode own!");
        browser.sees("#card-step", "우리 도서관이 권합니다").await;
        browser.sees("#next", "가입 마치기").await;
        browser.press(Key::Up).await;
        browser.focused("card-barcode").await;
        browser.press(Key::Up).await;
        browser.focused("card-rfid").await;
        browser.sees("#next", "발급").await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/1").await;
        print_and_hand_over(browser).await;
    });
    let member = member(&desk);
    assert_eq!((&member["number"], &member["charges"][0]["reason"]), (&"12100300000001".into(), &"first-issue".into()));
}
