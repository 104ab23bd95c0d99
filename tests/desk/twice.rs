//! Nothing is ever done twice: two presses at once, a double click, the back button, a reload, two clerks at one member and at one
//! job. Start at the first test.

use super::browser::{self, Browser, Key};
use super::support::{Desk, Service};
use super::{PASSWORD, enrol, enrol_to_card, set_up};

/// What the desk holds: members of this name, jobs, cards of member 1.
#[track_caller]
fn holds(desk: &Desk, members: usize, jobs: usize, cards: usize) {
    let count = |arguments: &[&str]| desk.run(arguments).done().json.as_array().map_or(0, Vec::len);
    let found = count(&["member", "find", "홍길동", "--json"]);
    let all = count(&["job", "list", "--json"]);
    let made = desk.run(&["member", "show", "1", "--json"]).done().json["cards"].as_array().map_or(0, Vec::len);
    assert_eq!((found, all, made), (members, jobs, cards), "members, jobs, cards");
}

#[track_caller]
fn state(desk: &Desk, job: &str) -> String {
    desk.run(&["job", "show", job, "--json"]).done().json["state"].as_str().unwrap_or_default().to_owned()
}

/// Sends the form of this button twice at the same moment, past the page's own guard.
async fn twice(browser: &Browser, button: &str) {
    let script = "const [id, done] = arguments, button = document.getElementById(id);
        const body = new URLSearchParams(new FormData(button.form, button));
        const send = () => fetch(button.form.action, { method: 'POST', body, redirect: 'manual' });
        Promise.all([send(), send()]).then((all) => done(all.map((one) => one.type).join()), (e) => done(String(e)))";
    let said =
        browser.driver.execute_async(script, vec![button.into()]).await.unwrap_or_else(|e| panic!("{button}: {e}"));
    assert_eq!(said.convert::<String>().ok().as_deref(), Some("opaqueredirect,opaqueredirect"), "{button}");
}

async fn phase(browser: &Browser, phase: &str) {
    browser.sees(&format!("[data-phase={phase}] h1"), "").await;
}

#[test]
fn two_presses_at_once_do_a_thing_once() {
    let desk = Desk::new();
    let service = desk.serve();
    let at = |path: &str| format!("{}{path}", service.url);
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol_to_card(browser).await;
        twice(browser, "next").await;
        browser.go(&at("/jobs/1")).await;
        phase(browser, "feed-printer").await;
        holds(&desk, 1, 1, 1);
        twice(browser, "print").await;
        browser.go(&at("/jobs/1")).await;
        phase(browser, "check").await;
        assert_eq!(state(&desk, "1"), "ready");
        browser.keys("12100300000001").await;
        twice(browser, "check").await;
        browser.go(&at("/jobs/1")).await;
        phase(browser, "handed-over").await;
        // A second card of another kind: planned once, resumed once, cancelled once.
        browser.go(&at("/members/1")).await;
        browser.enter_on("seen-document").await;
        browser.sees("#issue-barcode", "").await;
        twice(browser, "issue-barcode").await;
        holds(&desk, 1, 2, 1);
        browser.go(&at("/jobs/2/cancel")).await;
        twice(browser, "cancel-really").await;
        assert_eq!(state(&desk, "2"), "cancelled");
    });
    holds(&desk, 1, 2, 1);
}

#[test]
fn resuming_twice_and_beginning_with_a_new_card_twice_take_one_card() {
    let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none");
    let service = desk.serve();
    let at = |path: &str| format!("{}{path}", service.url);
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser).await;
        phase(browser, "wait-card").await;
        browser.press(Key::Escape).await;
        browser.arrives("/desk").await;
        browser.go(&at("/jobs/1")).await;
        phase(browser, "stopped").await;
        twice(browser, "resume").await;
        browser.go(&at("/jobs/1")).await;
        phase(browser, "wait-card").await;
        desk.run(&["rig", "card", "tear", "--after", "60", "--json"]).done();
        desk.run(&["rig", "card", "new", "--lay", "--json"]).done();
        phase(browser, "wait-same-card").await;
        twice(browser, "new-card").await;
        browser.go(&at("/jobs/1")).await;
        desk.run(&["rig", "card", "new", "--lay", "--json"]).done();
        phase(browser, "feed-printer").await;
    });
    // The torn one and the one after it.
    holds(&desk, 1, 1, 2);
}

#[test]
fn double_click_back_and_reload_do_nothing_again() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol_to_card(browser).await;
        double_click(browser, "#next").await;
        browser.arrives("/jobs/1").await;
        phase(browser, "feed-printer").await;
        // Back at the last step there is nothing to send again: what was typed is gone with the enrolment.
        browser.driver.back().await.expect("back");
        browser.arrives("/enrol").await;
        assert_eq!(browser.asks("return document.getElementById('name').value").await, "");
        browser.go(&format!("{}/jobs/1", service.url)).await;
        phase(browser, "feed-printer").await;
        holds(&desk, 1, 1, 1);
        browser.driver.refresh().await.expect("reload");
        phase(browser, "feed-printer").await;
        double_click(browser, "#print").await;
        phase(browser, "check").await;
        browser.driver.refresh().await.expect("reload");
        phase(browser, "check").await;
        browser.keys("12100300000001").await;
        double_click(browser, "#check").await;
        phase(browser, "handed-over").await;
        for _ in 0..3 {
            browser.driver.back().await.expect("back");
        }
        browser.driver.refresh().await.expect("reload");
    });
    assert_eq!(state(&desk, "1"), "handed-over");
    holds(&desk, 1, 1, 1);
}

pub async fn double_click(browser: &Browser, selector: &str) {
    let button = browser.sees(selector, "").await;
    let twice = browser.driver.action_chain().double_click_element(&button);
    twice.perform().await.unwrap_or_else(|fault| panic!("{selector}: {fault}"));
}

/// A clerk at 127.0.0.1 and one at localhost: two hosts are two sessions, in one browser.
const BOTH: &str = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost";

/// Logs the second clerk in, in a tab of their own, and gives where their pages are.
async fn second_clerk(browser: &Browser, desk: &Desk, service: &Service) -> String {
    let like_the_first = "INSERT INTO staff (name, role, state, password, created) SELECT '변학도', 'clerk', 'active', password, created FROM staff";
    rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap().execute_batch(like_the_first).unwrap();
    let url = service.url.replace("127.0.0.1", "localhost");
    let tab = browser.driver.new_tab().await.expect("a tab");
    browser.driver.switch_to_window(tab).await.expect("the tab");
    browser.go(&format!("{url}/login")).await;
    browser.focused("id").await;
    browser.keys("변학도").await;
    browser.press(Key::Tab).await;
    browser.keys(PASSWORD).await;
    browser.press(Key::Enter).await;
    browser.arrives("/desk").await;
    url
}

#[test]
fn of_two_clerks_at_one_member_the_second_is_told_who_began() {
    let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none");
    let service = desk.serve();
    let kin = ["enrol", "--name", "홍길동", "--birth", "1988-03-14", "--identity", "resident-card"];
    browser::drive(&[BOTH], async |browser| {
        set_up(browser, &service).await;
        desk.run(&[&kin[..], &["--consent", "local,national", "--json"]].concat()).done();
        let first = browser.driver.window().await.expect("the first tab");
        let url = second_clerk(browser, &desk, &service).await;
        let second = browser.driver.window().await.expect("the second tab");
        // Both have the member's page open, ready to issue.
        for (tab, url) in [(&first, &service.url), (&second, &url)] {
            browser.driver.switch_to_window(tab.clone()).await.expect("a tab");
            browser.go(&format!("{url}/members/1")).await;
            browser.enter_on("seen-document").await;
            browser.sees("#issue-rfid", "").await;
        }
        browser.driver.switch_to_window(first.clone()).await.expect("a tab");
        browser.enter_on("issue-rfid").await;
        browser.arrives("/jobs/1").await;
        browser.driver.switch_to_window(second.clone()).await.expect("a tab");
        browser.enter_on("issue-rfid").await;
        browser.sees("#refusal-what", "성춘향").await;
        holds(&desk, 1, 1, 0);
        // Both at the job's page: one print, one card, whoever presses.
        desk.run(&["rig", "card", "new", "--lay", "--json"]).done();
        for (tab, url) in [(&first, &service.url), (&second, &url)] {
            browser.driver.switch_to_window(tab.clone()).await.expect("a tab");
            browser.go(&format!("{url}/jobs/1")).await;
            phase(browser, "feed-printer").await;
        }
        twice(browser, "print").await;
        browser.driver.switch_to_window(first.clone()).await.expect("a tab");
        browser.go(&format!("{}/jobs/1", service.url)).await;
        phase(browser, "check").await;
        browser.driver.switch_to_window(second).await.expect("a tab");
        browser.go(&format!("{url}/jobs/1")).await;
        phase(browser, "check").await;
        browser.keys("12100300000001").await;
        browser.press(Key::Enter).await;
        phase(browser, "handed-over").await;
        browser.driver.switch_to_window(first).await.expect("a tab");
        browser.driver.refresh().await.expect("reload");
        phase(browser, "handed-over").await;
    });
    assert_eq!(state(&desk, "1"), "handed-over");
    holds(&desk, 1, 1, 1);
}

/// Types into a field of the form that stands open, and saves it.
async fn saves(browser: &Browser, field: &str, text: &str) {
    browser.asks(&format!("document.getElementById('{field}').value = '{text}'; return ''")).await;
    browser.enter_on("next").await;
}

#[test]
fn of_two_clerks_at_one_record_neither_takes_back_what_the_other_wrote() {
    let desk = Desk::new();
    let service = desk.serve();
    let kin = ["enrol", "--name", "홍길동", "--birth", "1988-03-14", "--identity", "resident-card"];
    browser::drive(&[BOTH], async |browser| {
        set_up(browser, &service).await;
        desk.run(&[&kin[..], &["--consent", "local,national", "--json"]].concat()).done();
        let first = browser.driver.window().await.expect("the first tab");
        let url = second_clerk(browser, &desk, &service).await;
        let second = browser.driver.window().await.expect("the second tab");
        let both = [(&first, &service.url), (&second, &url)];
        for (tab, url) in both {
            browser.driver.switch_to_window(tab.clone()).await.expect("a tab");
            browser.go(&format!("{url}/members/1")).await;
            browser.enter_on("seen-document").await;
            browser.sees("#edit", "").await;
        }
        // First one field each, then both in one field.
        for (ours, theirs) in
            [(("phone", "010-1111-2222"), ("name", "홍길순")), (("phone", "010-3333-4444"), ("phone", "010-5555-6666"))]
        {
            for (tab, url) in both {
                browser.driver.switch_to_window(tab.clone()).await.expect("a tab");
                browser.go(&format!("{url}/members/1/edit")).await;
                browser.focused("name").await;
            }
            browser.driver.switch_to_window(first.clone()).await.expect("a tab");
            saves(browser, ours.0, ours.1).await;
            browser.sees("#evidence", "").await;
            browser.driver.switch_to_window(second.clone()).await.expect("a tab");
            saves(browser, theirs.0, theirs.1).await;
            if ours.0 == theirs.0 {
                browser.sees("#phone-t", "010-3333-4444").await;
                browser.focused("phone").await;
                assert_eq!(browser.asks("return document.getElementById('phone').value").await, "010-5555-6666");
                browser.picture("edit-meanwhile").await;
                browser.enter_on("next").await;
            }
            browser.sees("#evidence", "").await;
            let shown = desk.run(&["member", "show", "1", "--json"]).done().json;
            let phone = if ours.0 == theirs.0 { theirs.1 } else { ours.1 };
            assert_eq!((&shown["name"], &shown["phone"]), (&"홍길순".into(), &phone.into()));
        }
    });
}
