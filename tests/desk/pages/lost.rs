//! A reader that is lost in mid-work, in every way there is: the job is not.

use super::*;

#[test]
fn unplugged_in_mid_write_and_plugged_in_again_the_job_goes_on_by_itself() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        counter.begin_and_lay(browser).await;
        counter.rig(&["unplug", "0"]);
        browser.sees("#say-loud", "판독기를 다시 꽂으세요").await;
        browser.sees("#say .then", "저절로 이어집니다").await;
        // The other reader is well, and hides nothing.
        browser.sees("#strip-reader", "ACR122U 00 · 연결 끊김").await;
        browser.sees("#other-reader", "ACR122U 01").await;
        browser.picture("reader-unplugged").await;
        counter.rig(&["plug", "0"]);
        counter.hand_over(browser).await;
    });
}

#[test]
fn pcscd_killed_in_mid_write_and_started_again_the_job_goes_on_by_itself() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        counter.begin_and_lay(browser).await;
        counter.rig(&["pcscd", "kill"]);
        browser.sees("#say-what", "판독기를 맡은 서비스가 꺼져 있습니다").await;
        browser.sees("#say-loud", "이 컴퓨터의 관리자에게 알리세요").await;
        let page = browser.page().await;
        assert!(!page.contains("systemctl"), "no clerk can type that: {page}");
        counter.rig(&["pcscd", "start"]);
        counter.hand_over(browser).await;
    });
}

#[test]
fn pcscd_killed_while_the_card_is_waited_for_is_to_blame_and_not_the_reader() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        counter.begin(browser).await;
        counter.rig(&["pcscd", "kill"]);
        browser.sees("#say-what", "판독기를 맡은 서비스가 꺼져 있습니다").await;
        counter.rig(&["pcscd", "start"]);
        browser.sees("#say-loud", "빈 카드를 올려놓으세요").await;
        counter.lay();
        counter.hand_over(browser).await;
    });
}

#[test]
fn pcscd_that_hangs_is_said_and_the_job_goes_on_when_it_answers() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        counter.begin(browser).await;
        for middle in [false, true] {
            if middle {
                counter.lay();
                browser.sees("#say-what", "구역을 잠갔습니다").await;
            }
            counter.signal_pcscd(Signal::STOP);
            browser.sees("#say-what", "판독기를 맡은 서비스가 대답하지 않습니다").await;
            browser.sees("#say .then", "저절로 이어집니다").await;
            counter.signal_pcscd(Signal::CONT);
            browser
                .sees(
                    "#say-what",
                    if middle {
                        "칩 기록과 잠금 시험이 끝났습니다"
                    } else {
                        "판독기가 비어 있습니다"
                    },
                )
                .await;
        }
        counter.hand_over(browser).await;
    });
}

#[test]
fn a_reader_that_is_stuck_is_said_and_enter_goes_on_when_it_answers_again() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        counter.begin_and_lay(browser).await;
        counter.rig(&["fault", "0", "stuck"]);
        browser.sees("#say-what", "제때 대답하지 않습니다").await;
        browser.sees("#say-loud", "판독기를 뽑았다가 다시 꽂으세요").await;
        counter.rig(&["fault", "0", "none"]);
        browser.focused("resume").await;
        browser.press(Key::Enter).await;
        counter.hand_over(browser).await;
    });
}

/// libnfc 1.8 calls abort() for bit 7 of a status byte; the service does not end with it.
#[test]
fn a_driver_that_crashes_ends_its_own_process_alone_and_enter_goes_on() {
    let counter = Counter::libnfc();
    crate::browser::drive(&[], async |browser| {
        counter.begin_and_lay(browser).await;
        counter.rig(&["fault", &counter.tray, "status-bit7"]);
        browser.sees("#say-what", "드라이버가 멈췄습니다").await;
        counter.rig(&["fault", &counter.tray, "none"]);
        browser.focused("resume").await;
        browser.press(Key::Enter).await;
        counter.hand_over(browser).await;
    });
}

#[test]
fn a_wrong_card_and_the_right_one_change_places_in_a_moment_and_the_job_goes_on() {
    let counter = Counter::pcsc();
    crate::browser::drive(&[], async |browser| {
        counter.begin_and_lay(browser).await;
        let begun = counter.rig(&["card", "list"])[0]["uid"].as_str().expect("a UID").to_owned();
        counter.rig(&["card", "swap", "--reader", &counter.tray]);
        browser.sees("#say-loud", "처음 카드를 다시 올려놓으세요").await;
        // Faster than any hand.
        counter.rig(&["card", "lift", "--reader", &counter.tray]);
        counter.rig(&["card", "lay", &begun, "--reader", &counter.tray]);
        print_and_hand_over(browser).await;
        let jobs = counter.desk.run(&["job", "list", "--json"]).done().json;
        assert_eq!((&jobs[0]["state"], &jobs[0]["uid"]), (&"handed-over".into(), &begun.into()), "{jobs}");
    });
}
