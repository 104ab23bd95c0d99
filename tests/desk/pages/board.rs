//! A libnfc board tells nobody that a card was laid down: it is read when the clerk says so.

use super::*;

#[test]
fn a_card_on_a_board_opens_its_holder_by_one_key() {
    let counter = Counter::libnfc();
    crate::browser::drive(&[], async |browser| {
        set_up(browser, &counter.service).await;
        browser.sees("#read-card", "카드 읽기").await;
        browser.alt('k').await;
        browser.sees("#refusal-what", "판독기에 카드가 없습니다").await;
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
        enrol(browser).await;
        counter.lay();
        counter.hand_over(browser).await;
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
        browser.sees("#read-card", "카드 읽기").await;
        browser.picture("desk-board").await;
        browser.alt('k').await;
        browser.arrives("/members/1").await;
        browser.sees("#evidence", "회원증을 읽어 확인함").await;
    });
}
