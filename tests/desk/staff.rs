//! The staff on the page, by keyboard alone: somebody is added, opens their link in a browser of their own, chooses a
//! password; they are locked, and their page ends; unlocked, given another role, reset. Start at the first test.

use super::browser::{self, Browser, Key};
use super::support::{Desk, Service};
use super::{set_up, tab_to};

/// An administrator at 127.0.0.1 and somebody else at localhost: two hosts are two sessions, in one browser.
const BOTH: &str = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost";
const THEIRS: &str = "돌담 밑 호박꽃 19";

/// The link on the page, as somebody else's browser opens it.
async fn link(browser: &Browser) -> String {
    browser.focused("setup-link").await;
    let link = browser.asks("return document.getElementById('setup-link').value").await;
    let token = link.rsplit('/').next().unwrap_or_default();
    assert_eq!(token.len(), 64, "{link}");
    let at = browser.asks("return location.href").await;
    assert!(!at.contains(token), "{at}");
    link.replace("127.0.0.1", "localhost")
}

/// Types a password twice into the form of a set-up link, and sends it.
async fn chooses(browser: &Browser, password: &str) {
    browser.focused("pw").await;
    for _ in 0..2 {
        browser.keys(password).await;
        browser.press(Key::Tab).await;
    }
    browser.press(Key::Enter).await;
}

async fn to_staff(browser: &Browser) {
    browser.enter_on("nav-staff").await;
    browser.arrives("/staff").await;
}

#[test]
fn somebody_is_added_and_chooses_a_password_in_a_browser_of_their_own() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[BOTH], async |browser| {
        set_up(browser, &service).await;
        to_staff(browser).await;
        browser.focused("name").await;
        // A name that is taken is said beside the field, and what was typed stays.
        browser.keys("성춘향").await;
        browser.press(Key::Enter).await;
        browser.sees("#name-t", "이미 있습니다").await;
        browser.focused("name").await;
        let status = "return String(performance.getEntriesByType('navigation')[0].responseStatus)";
        assert_eq!(browser.asks(status).await, "422");
        browser.picture("staff-taken").await;
        browser.press(Key::End).await;
        for _ in 0..3 {
            browser.press(Key::Backspace).await;
        }
        browser.keys("이몽룡").await;
        browser.press(Key::Tab).await;
        browser.focused("new-clerk").await;
        browser.press(Key::Down).await;
        browser.focused("new-manager").await;
        browser.press(Key::Enter).await;
        let link = link(browser).await;
        browser.sees("h1", "이몽룡 님께").await;
        browser.picture("staff-link").await;
        let marked = "const f = document.getElementById('setup-link'), copy = document.getElementById('copy');
            return `${f.selectionEnd - f.selectionStart === f.value.length} ${copy.hidden}`";
        assert_eq!(browser.asks(marked).await, "true false", "the whole link is marked, and can be copied");
        browser.press(Key::Escape).await;
        browser.sees("#staff-2", "비밀번호 정하기 전").await;
        browser.focused("lock-2").await;
        assert_eq!(browser.asks("return document.body.innerHTML.includes('/setup/')").await, "false");
        browser.picture("staff").await;

        // In the administrator's own browser the link says whose session it would end.
        browser.go(&link.replace("localhost", "127.0.0.1")).await;
        browser.sees("#logged-in", "성춘향").await;
        browser.picture("staff-set-up-logged-in").await;
        browser.go(&format!("{}/staff", service.url)).await;
        let first = browser.driver.window().await.expect("the first tab");
        let tab = browser.driver.new_tab().await.expect("a tab");
        browser.driver.switch_to_window(tab).await.expect("the tab");
        browser.go(&link).await;
        let name = "const name = document.getElementById('id'); return `${name.value} ${name.readOnly}`";
        assert_eq!(browser.asks(name).await, "이몽룡 true");
        browser.picture("staff-set-up").await;
        chooses(browser, "이몽룡이몽룡이몽룡이").await;
        browser.sees("#trouble", "이름이 들어 있습니다").await;
        chooses(browser, THEIRS).await;
        browser.arrives("/desk").await;
        // A manager sees the list, and no button.
        to_staff(browser).await;
        browser.sees("#staff-1", "성춘향").await;
        assert_eq!(browser.asks("return document.querySelectorAll('#add, .acts, main button').length").await, "0");
        browser.picture("staff-manager").await;
        for path in ["lock", "reset", "role", "member"] {
            browser.go(&format!("{}/staff/1/{path}", service.url.replace("127.0.0.1", "localhost"))).await;
            browser.sees("#refusal-what", "").await;
        }
        browser.go(&link).await;
        browser.sees("#refusal-help", "관리자에게 새 링크를 받으세요").await;
        browser.driver.switch_to_window(first).await.expect("the first tab");
        browser.driver.refresh().await.expect("reload");
        browser.sees("#staff-2", "사용 중").await;
    });
    let list = desk.run(&["staff", "list", "--json"]).done().json;
    assert_eq!((&list[1]["role"], &list[1]["state"]), (&"manager".into(), &"active".into()));
}

/// A clerk in a tab of their own, whose account was made from the command line; both tabs, the administrator's first.
async fn clerk_beside(browser: &Browser, desk: &Desk, service: &Service) -> [thirtyfour::WindowHandle; 2] {
    let made = desk.run(&["staff", "add", "이몽룡", "--role", "clerk", "--json"]).done().json;
    let token = made["setup"].as_str().and_then(|link| link.rsplit('/').next()).expect("a link").to_owned();
    let first = browser.driver.window().await.expect("the first tab");
    let tab = browser.driver.new_tab().await.expect("a tab");
    browser.driver.switch_to_window(tab).await.expect("the tab");
    browser.go(&format!("{}/setup/{token}", service.url.replace("127.0.0.1", "localhost"))).await;
    chooses(browser, THEIRS).await;
    browser.arrives("/desk").await;
    let second = browser.driver.window().await.expect("the second tab");
    browser.driver.switch_to_window(first.clone()).await.expect("the first tab");
    [first, second]
}

#[test]
fn a_lock_ends_their_page_and_unlock_role_and_reset_go_by_keyboard() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[BOTH], async |browser| {
        set_up(browser, &service).await;
        let [first, second] = clerk_beside(browser, &desk, &service).await;
        to_staff(browser).await;
        browser.sees("#staff-2 td:nth-child(6)", "1").await;
        assert_eq!(browser.asks("return document.querySelectorAll('#lock-1, #reset-1, #role-1').length").await, "0");
        browser.enter_on("lock-2").await;
        browser.arrives("/staff/2/lock").await;
        browser.focused("keep").await;
        browser.picture("staff-lock").await;
        // The first key leaves it as it is.
        browser.press(Key::Enter).await;
        browser.sees("#staff-2", "사용 중").await;
        browser.enter_on("lock-2").await;
        browser.arrives("/staff/2/lock").await;
        tab_to(browser, "lock-really").await;
        browser.press(Key::Enter).await;
        browser.sees("#staff-2", "잠김").await;
        browser.sees("#done", "이몽룡 계정을 잠갔습니다").await;
        browser.focused("unlock-2").await;
        browser.picture("staff-locked").await;
        // What cannot be done is refused where it is asked for, and leads back to the list.
        for (path, said) in [("/staff/2/lock", "이미 잠긴"), ("/staff/1/lock", "스스로 잠그거나")] {
            browser.go(&format!("{}{path}", service.url)).await;
            browser.sees("#refusal-what", said).await;
        }
        browser.enter_on("refusal-back").await;
        browser.sees("#staff-2", "잠김").await;
        browser.driver.switch_to_window(second.clone()).await.expect("their tab");
        browser.arrives("/login").await;
        browser.focused("id").await;
        browser.keys("이몽룡").await;
        browser.press(Key::Tab).await;
        browser.keys(THEIRS).await;
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "").await;

        browser.driver.switch_to_window(first.clone()).await.expect("the first tab");
        browser.enter_on("unlock-2").await;
        browser.sees("#done", "잠금을 풀었습니다").await;
        browser.focused("lock-2").await;
        browser.enter_on("role-2").await;
        browser.arrives("/staff/2/role").await;
        browser.focused("role-clerk").await;
        browser.picture("staff-role").await;
        browser.press(Key::Down).await;
        browser.focused("role-manager").await;
        browser.press(Key::Enter).await;
        browser.sees("#staff-2 td:nth-child(2)", "책임자").await;
        browser.sees("#done", "역할을 바꾸었습니다: 책임자").await;
        browser.enter_on("role-2").await;
        browser.arrives("/staff/2/role").await;
        browser.focused("role-manager").await;
        browser.press(Key::Enter).await;
        browser.sees("#done", "그대로입니다: 책임자").await;
        browser.enter_on("member-2").await;
        browser.arrives("/staff/2/member").await;
        browser.focused("number").await;
        browser.keys("12100300000009").await;
        browser.press(Key::Enter).await;
        browser.sees("#number-t", "쓰는 회원이 없습니다").await;
        browser.press(Key::Escape).await;
        browser.sees("#staff-2", "사용 중").await;
        browser.enter_on("reset-2").await;
        browser.arrives("/staff/2/reset").await;
        browser.focused("keep").await;
        browser.picture("staff-reset").await;
        tab_to(browser, "reset-really").await;
        browser.press(Key::Enter).await;
        let link = link(browser).await;
        // The stop after it stands in the list.
        browser.press(Key::Escape).await;
        browser.sees("#stopped-2", "부터").await;
        browser.picture("staff-stopped").await;
        browser.driver.switch_to_window(second).await.expect("their tab");
        browser.go(&link).await;
        chooses(browser, "새로 심은 감나무 20").await;
        browser.arrives("/desk").await;
        browser.sees("#nav-staff", "직원").await;
    });
    let log = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    let mut rows = log
        .prepare("SELECT what FROM access_rights WHERE whose = 'staff:2' AND what <> 'session-ended' ORDER BY seq")
        .unwrap();
    let what: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(what, ["invited", "set-up", "locked", "unlocked", "role", "reset", "set-up"]);
}

/// The form is sent twice at the same moment, past the page's own guard: one account.
#[test]
fn two_presses_at_once_add_one_account() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        to_staff(browser).await;
        browser.focused("name").await;
        browser.keys("이몽룡").await;
        let script = "const [done] = arguments, form = document.getElementById('add');
            const send = () => fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
            Promise.all([send(), send()]).then((all) => done(all.map((one) => one.status).join()), (e) => done(String(e)))";
        let said = browser.driver.execute_async(script, Vec::new()).await.expect("two answers");
        assert_eq!(said.convert::<String>().ok().as_deref(), Some("200,200"));
    });
    assert_eq!(desk.run(&["staff", "list", "--json"]).done().json.as_array().map(Vec::len), Some(2));
}

/// Eighteen people and the notice of what was done stand on one page, each in one line; what is scanned into the form of
/// somebody new stays there.
#[test]
fn a_list_of_eighteen_fits_and_a_scan_stays_in_its_field() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        let names =
            ["이몽룡", "변학도", "김책임자", "박사서", "최사서", "정사서", "강사서", "조사서", "윤사서", "장사서"];
        let more = ["임사서", "한사서", "오사서", "서사서", "신사서", "권사서", "황보사서"];
        for name in names.iter().chain(&more) {
            desk.run(&["staff", "add", name, "--role", "clerk", "--json"]).done();
        }
        let seen = "UPDATE staff SET last_seen = 1795000000000, state = 'active', password = 'x' WHERE id > 4";
        rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap().execute_batch(seen).unwrap();
        to_staff(browser).await;
        browser.focused("lock-2").await;
        browser.picture("staff-eighteen").await;
        let tall = "const rows = [...document.querySelectorAll('#staff tbody tr')].filter((row) => row.dataset.state === 'active');
            return String(Math.max(...rows.map((row) => row.offsetHeight)) <= 36)";
        assert_eq!(browser.asks(tall).await, "true", "a row is one line");
        tab_to(browser, "name").await;
        browser.keys("홍사서").await;
        tab_to(browser, "number").await;
        browser.scans("12100300000001").await;
        let typed = "return ['name', 'number'].map((id) => document.getElementById(id).value).join()";
        assert_eq!(browser.asks(typed).await, "홍사서,12100300000001");
        browser.asks("document.getElementById('new-clerk').focus(); return ''").await;
        browser.scans("12100300000002").await;
        assert_eq!(browser.asks(typed).await, "홍사서,12100300000002");
        browser.focused("number").await;
        browser.press(Key::Enter).await;
        browser.sees("#number-t[role=alert]", "쓰는 회원이 없습니다").await;
    });
}
