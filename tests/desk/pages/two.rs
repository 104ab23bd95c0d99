//! What lies on the reader besides the job's card: a wrong one, and a second one. The page says what is so now, and goes on
//! by itself when it is gone.

use super::*;

#[test]
fn a_wrong_card_that_was_lifted_is_no_longer_spoken_of() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        counter.begin_and_lay(browser).await;
        let begun = counter.rig(&["card", "list"])[0]["uid"].as_str().expect("a UID").to_owned();
        counter.rig(&["card", "swap", "--reader", &counter.tray]);
        browser.sees("#say-loud", "처음 카드를 다시 올려놓으세요").await;
        counter.rig(&["card", "lift", "--reader", &counter.tray]);
        browser.sees("#say-what", "이 발급에 쓰던 카드가 판독기에 없습니다").await;
        browser.sees("#say-loud", "쓰던 카드를 올려놓으세요").await;
        counter.rig(&["card", "lay", &begun, "--reader", &counter.tray]);
        browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
    });
}

#[test]
fn of_two_cards_one_is_taken_away_and_the_job_goes_on_by_itself() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        counter.begin(browser).await;
        let other = counter.rig(&["card", "new"])["uid"].as_str().expect("a UID").to_owned();
        counter.lay();
        browser.sees("#say-what", "구역을 잠갔습니다").await;
        counter.rig(&["card", "lay", &other, "--beside", "--reader", &counter.tray]);
        browser.sees("#say-what", "카드 두 장이 함께 올라와 있습니다").await;
        browser.sees("#say-loud", "한 장을 치우세요").await;
        browser.picture("two-cards").await;
        // Onto the reader beside it: this one is never empty.
        counter.rig(&["card", "lay", &other, "--reader", &reader(1)]);
        browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
    });
}
