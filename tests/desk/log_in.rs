//! Logging in by the keyboard alone: the wait after wrong passwords, one's own account, a session that is ended from another
//! browser and a new password. Start at the test.

use super::browser::{self, Browser, Key};
use super::support::Desk;
use super::{PASSWORD, set_up};

const NEW: &str = "창가에 앉은 파란 의자";

/// Tabs on until something whose id begins so has the focus, and gives that id.
async fn tab_to(browser: &Browser, start: &str) -> String {
    for _ in 0..40 {
        let at = browser.asks("return document.activeElement.id").await;
        if at.starts_with(start) {
            return at;
        }
        browser.press(Key::Tab).await;
    }
    panic!("no {start} by Tab: {}", browser.page().await);
}

/// Types a password where the focus is, sends it, and waits for the page that follows: it may be much like this one.
async fn send(browser: &Browser, password: &str) {
    browser.focused("pw").await;
    browser.keys(password).await;
    browser.asks("document.body.dataset.old = ''; return ''").await;
    browser.press(Key::Enter).await;
    browser.sees("body:not([data-old])", "").await;
}

async fn forget_cookies(browser: &Browser) {
    browser.driver.delete_all_cookies().await.expect("the cookies go");
}

#[test]
fn wrong_passwords_wait_and_a_session_is_ended_from_another_browser() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        let log_in = format!("{}/login", service.url);
        set_up(browser, &service).await;
        let first = browser.driver.get_all_cookies().await.expect("the first browser's cookies");
        assert_eq!(first.len(), 2, "the session's and the browser's own");

        // Another browser: nobody has logged in there, and it has three wrong passwords.
        forget_cookies(browser).await;
        browser.go(&log_in).await;
        browser.focused("id").await;
        browser.keys("성춘향").await;
        browser.press(Key::Tab).await;
        for wrong in ["하나 둘 셋 넷 다섯", "하나 둘 셋 넷 여섯", "하나 둘 셋 넷 일곱"] {
            send(browser, wrong).await;
            browser.sees("#trouble", "이름이나 비밀번호가 맞지 않습니다").await;
        }
        // The fourth comes at once, or the wait of a second is over by now and the next one is of two.
        let mut waited = false;
        for _ in 0..4 {
            send(browser, "하나 둘 셋 넷 여덟").await;
            browser.sees("#trouble", "").await;
            waited =
                browser.asks("return document.getElementById('trouble').textContent").await.contains("초 뒤에 다시");
            if waited {
                break;
            }
        }
        assert!(waited, "no wait is shown");
        browser.sees("#wait:not([hidden])", "다시 넣을 수 있").await;
        browser.picture("log-in-wait").await;
        for _ in 0..40 {
            send(browser, PASSWORD).await;
            if browser.asks("return location.pathname").await == "/desk" {
                break;
            }
        }
        browser.arrives("/desk").await;

        browser.go(&format!("{}/account", service.url)).await;
        // One Enter too many goes to the desk, and logs nobody out.
        browser.focused("back").await;
        browser.sees("#sessions-title", "2").await;
        browser.sees("#mine", "관리자").await;
        browser.picture("account").await;
        tab_to(browser, "end-others").await;
        browser.press(Key::Tab).await;
        tab_to(browser, "end-").await;
        browser.press(Key::Enter).await;
        browser.sees("#done", "그 로그인을 끝냈습니다").await;
        browser.sees("#sessions-title", "1").await;

        tab_to(browser, "old").await;
        for text in [PASSWORD, "짧은말", "짧은말"] {
            browser.keys(text).await;
            browser.press(Key::Tab).await;
        }
        browser.focused("change-password").await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "비밀번호가 너무 짧습니다").await;
        browser.picture("account-trouble").await;
        browser.focused("old").await;
        for text in [PASSWORD, NEW, NEW] {
            browser.keys(text).await;
            browser.press(Key::Tab).await;
        }
        browser.press(Key::Enter).await;
        browser.sees("#done", "비밀번호를 바꾸었습니다").await;
        browser.focused("back").await;

        // The first browser again: its session is over, and the new password opens the desk.
        forget_cookies(browser).await;
        for cookie in first {
            browser.driver.add_cookie(cookie).await.expect("the first browser's cookie");
        }
        browser.go(&format!("{}/desk", service.url)).await;
        browser.arrives("/login").await;
        browser.sees("#ended", "로그인이 끝났습니다").await;
        browser.picture("log-in-ended").await;
        browser.focused("id").await;
        browser.keys("성춘향").await;
        browser.press(Key::Tab).await;
        send(browser, NEW).await;
        browser.arrives("/desk").await;
    });
}
