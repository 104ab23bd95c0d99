//! Several readers: which one a job is done at, and what the page of devices shows while things happen.

use super::*;

#[test]
fn a_job_goes_to_the_reader_that_was_chosen_and_moves_to_another_one_by_key() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        set_up(browser, &counter.service).await;
        enrol_at(browser, 1).await;
        browser.sees("#strip-reader", "ACR122U 01 · 카드 없음").await;
        browser.sees("#other-reader", "ACR122U 00").await;
        browser.alt('o').await;
        browser.sees("#strip-reader", "ACR122U 00 · 카드 없음").await;
        browser.sees("#say-loud", "빈 카드를 올려놓으세요").await;
        counter.lay();
        counter.hand_over(browser).await;
    });
}

/// Enrols to the last step, chooses the K-th reader there and begins.
async fn enrol_at(browser: &Browser, number: usize) {
    crate::enrol_to_card(browser).await;
    tab_to(browser, "reader-0").await;
    for _ in 0..number {
        browser.press(Key::Down).await;
    }
    browser.focused(&format!("reader-{number}")).await;
    browser.press(Key::Enter).await;
    browser.arrives("/jobs/1").await;
}

#[test]
fn the_page_of_devices_is_live_and_leads_to_the_check_up() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        set_up(browser, &counter.service).await;
        browser.sees("#strip-reader", "2대 준비됨").await;
        tab_to(browser, "strip-reader").await;
        browser.press(Key::Enter).await;
        browser.arrives("/devices").await;
        browser.sees("#reader-0", "카드 없음").await;
        counter.lay();
        browser.sees("#reader-0", "카드 있음").await;
        browser.sees("#reader-1", "카드 없음").await;
        browser.picture("devices").await;
        counter.rig(&["unplug", "0"]);
        browser.sees("#reader-0", "ACR122U 01").await;
        counter.rig(&["pcscd", "stop"]);
        browser.sees("#readers-away", "서비스가 꺼져 있습니다").await;
        tab_to(browser, "doctor").await;
        browser.press(Key::Enter).await;
        browser.arrives("/doctor").await;
        browser.sees("#findings", "pcscd").await;
        browser.picture("doctor").await;
        browser.press(Key::Escape).await;
        browser.arrives("/devices").await;
        counter.rig(&["pcscd", "start"]);
        browser.sees("#reader-0", "카드 없음").await;
    });
}
