//! axe-core on every page there is: in Korean light and dark, at both sizes of window; in English, whose words alone are others, once.
//! Which pages there are is read from the router's own list, so that a new page without a visit fails. Serious and critical findings
//! fail, the rest is printed. What is cut off at the side fails too.
//!
//! `axe.min.js` is axe-core 4.14.0 as its makers publish it, unchanged; `axe.LICENSE` is its licence (MPL-2.0), and `axe.README.md`
//! says where it is from. Start at [`walk`].

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::browser::{self, Browser, Key};
use super::support::Desk;
use super::{PASSWORD, enrol_to_card, imports, tab_to};

const AXE: &str = include_str!("axe.min.js");
const MAP: &str = include_str!("../../src/front/web/mod.rs");
/// Rules that colours and the size of the window bear on; the others see the same page in every dress.
const DRESS: [&str; 3] = ["color-contrast", "target-size", "scrollable-region-focusable"];
/// Width, height, colours. Contrast knows nothing of the window, and the room for a finger nothing of colours: three see all.
const DRESSES: [(u32, u32, &str); 3] = [(1366, 768, "light"), (1366, 768, "dark"), (1920, 1080, "light")];

#[test]
fn no_page_has_a_serious_finding_in_korean() {
    walk("");
}

#[test]
fn no_page_has_a_serious_finding_in_english() {
    walk("/en");
}

/// Every page, at a practice desk: it has members and jobs in every state. What it has besides is the band.
fn walk(lang: &str) {
    // Where some have an own card, which can be converted.
    let desk = Desk::new().with("ISSUER__LIBRARY__MEMBERSHIP", "on-request");
    let service = desk.serve_with(&["serve", "--training"]);
    let link = service.setup_link();
    let round = Round { dresses: if lang.is_empty() { &DRESSES } else { &DRESSES[..1] }, ..Round::default() };
    browser::drive(&[], async |browser| {
        browser.hears(service.running.hearing());
        let source = json!({ "source": AXE });
        browser
            .driver
            .cdp()
            .send_raw("Page.addScriptToEvaluateOnNewDocument", source)
            .await
            .expect("axe in every page");
        let at = |path: &str| format!("{}{path}", service.url);
        gates(browser, &round, &link, lang, &service.url).await;
        for path in ["/desk", "/codes", "/codes/121003", "/devices", "/doctor", "/account", "/training", "/nowhere"] {
            browser.go(&at(path)).await;
            round.look(browser).await;
        }
        browser.go(&at("/account")).await;
        browser.enter_on("change-password").await;
        browser.sees("#trouble", "").await;
        round.look(browser).await;
        lists(browser, &round, &service.url).await;
        stock(browser, &round, &desk, &service.url).await;
        close(browser, &round, &service.url).await;
        staff(browser, &round, &service.url).await;
        enrolment(browser, &round, &service.url).await;
        import(browser, &round, &service.url).await;
        // In use, a child's, blocked, overwritten, own card or none, none, unfinished.
        for member in [1, 4, 10, 12, 14, 17, 19] {
            browser.go(&at(&format!("/members/{member}"))).await;
            round.look(browser).await;
        }
        browser.go(&at("/members/14")).await;
        browser.enter_on("seen-document").await;
        browser.sees("#evidence .tag", "").await;
        browser.enter_on("convert").await;
        browser.arrives("/convert").await;
        browser.sees("#changes", "").await;
        round.look(browser).await;
        job(browser, &round, &service.url).await;
        browser.go(&at("/jobs/14")).await;
        round.look(browser).await;
        browser.go(&at("/jobs/14/cancel")).await;
        round.look(browser).await;
        browser.enter_on("cancel-really").await;
        browser.sees("[data-phase=cancelled] h1", "").await;
        round.look(browser).await;
        owed(browser, &round, &service.url).await;
        asked_for(browser, &round, &desk, &service.url).await;
        found_cards(browser, &round, &service.url).await;
        member(browser, &round, &service.url).await;
        sought(browser, &round, &service.url).await;
    });
    round.judge();
}

/// Set-up and log-in, with and without something wrong.
async fn gates(browser: &Browser, round: &Round, link: &str, lang: &str, url: &str) {
    for page in [link.to_owned(), format!("{link}/en"), format!("{url}/login"), format!("{url}/login/en")] {
        browser.go(&page).await;
        round.look(browser).await;
    }
    browser.enter_on("log-in-button").await;
    browser.sees("[aria-invalid=true], .notice", "").await;
    round.look(browser).await;
    browser.go(&format!("{link}{lang}")).await;
    browser.focused("id").await;
    for text in ["성춘향", PASSWORD, PASSWORD] {
        browser.keys(text).await;
        browser.press(Key::Tab).await;
    }
    browser.press(Key::Enter).await;
    browser.arrives("/desk").await;
}

/// What was searched for: found, not found, libraries.
async fn lists(browser: &Browser, round: &Round, url: &str) {
    for text in ["김가온", "뷁뷁뷁"] {
        browser.go(&format!("{url}/desk")).await;
        browser.focused("q").await;
        browser.keys(text).await;
        browser.press(Key::Enter).await;
        browser.arrives("/found/").await;
        round.look(browser).await;
    }
    browser.go(&format!("{url}/codes")).await;
    browser.focused("q").await;
    browser.keys("서울").await;
    browser.press(Key::Enter).await;
    browser.arrives("/codes/found/").await;
    round.look(browser).await;
}

/// The stock: none, something wrong with the first lot, one that runs low and one that is faulty, and another day.
async fn stock(browser: &Browser, round: &Round, desk: &Desk, url: &str) {
    browser.go(&format!("{url}/stock")).await;
    round.look(browser).await;
    for count in ["", "5"] {
        for (field, typed) in [("lot", "KR-2611"), ("count", count)] {
            browser.asks(&format!("return document.getElementById('{field}').value = '{typed}'")).await;
        }
        browser.enter_on("receive-do").await;
        browser.sees(if count.is_empty() { "#trouble" } else { "#done" }, "").await;
        round.look(browser).await;
    }
    let store = rusqlite::Connection::open(desk.path("var/training/issuer.db")).expect("the database");
    store.busy_timeout(std::time::Duration::from_secs(5)).expect("patience");
    store
        .execute_batch(
            // Nobody walks over this chain.
            "INSERT INTO stock_lots (type, name, created) VALUES ('ntag213', 'KR-2612', 0);
             INSERT INTO stock_moves (time, lot, type, name, kind, n, why, by, desk, hash)
               SELECT 1, id, type, name, kind, 9, 'x', 'os:a', '1', zeroblob(32) FROM stock_lots,
               (SELECT 'fault' AS kind UNION ALL SELECT 'received' UNION ALL SELECT 'spoiled') WHERE name = 'KR-2612';",
        )
        .expect("another lot");
    for page in ["/stock", "/stock/1970-01-01", "/desk", "/work"] {
        browser.go(&format!("{url}{page}")).await;
        round.look(browser).await;
    }
}

/// The staff: alone, with somebody new and their link, with a name that is taken; and what changes an account.
async fn staff(browser: &Browser, round: &Round, url: &str) {
    for part in ["#setup-link", "#name-t[role=alert]"] {
        browser.go(&format!("{url}/staff")).await;
        tab_to(browser, "name").await;
        browser.keys("이몽룡").await;
        round.look(browser).await;
        browser.press(Key::Enter).await;
        browser.sees(part, "").await;
        round.look(browser).await;
        if part == "#setup-link" {
            let link = browser.asks("return document.getElementById('setup-link').value").await;
            browser.go(&link).await;
            round.look(browser).await;
        }
    }
    for act in ["lock", "reset", "role", "member"] {
        browser.go(&format!("{url}/staff/2/{act}")).await;
        round.look(browser).await;
    }
}

/// The three steps, the first with nothing in it too.
async fn enrolment(browser: &Browser, round: &Round, url: &str) {
    browser.go(&format!("{url}/enrol")).await;
    round.look(browser).await;
    browser.enter_on("next").await;
    browser.sees("[aria-invalid=true]", "").await;
    round.look(browser).await;
    browser.go(&format!("{url}/desk")).await;
    enrol_to_card(browser).await;
    round.look(browser).await;
    let card = browser.asks("return location.pathname").await;
    let draft = card.trim_end_matches("/card");
    for step in ["/consent", ""] {
        browser.go(&format!("{url}{draft}{step}")).await;
        round.look(browser).await;
    }
}

/// Another library's member, step by step.
async fn import(browser: &Browser, round: &Round, url: &str) {
    browser.go(&format!("{url}/import")).await;
    round.look(browser).await;
    browser.go(&format!("{url}/desk")).await;
    imports::to_the_member(browser).await;
    round.look(browser).await;
    let password = browser.asks("return location.pathname").await;
    browser.go(&format!("{url}{}", password.trim_end_matches("/password"))).await;
    round.look(browser).await;
    browser.go(&format!("{url}{password}")).await;
    browser.focused("local").await;
    imports::agrees(browser).await;
    round.look(browser).await;
}

/// One card through every state that its page can be held in.
async fn job(browser: &Browser, round: &Round, url: &str) {
    browser.go(&format!("{url}/members/17")).await;
    browser.enter_on("seen-document").await;
    browser.sees("#evidence .tag", "").await;
    round.look(browser).await;
    browser.enter_on("issue-rfid").await;
    let hold = async |phase: &str| {
        browser.sees(&format!("[data-phase={phase}] h1"), "").await;
        round.look(browser).await;
    };
    hold("wait-card").await;
    browser.enter_on("tray-tear").await;
    browser.sees("#tray-tear-set", "").await;
    browser.enter_on("tray-lay-new").await;
    hold("wait-same-card").await;
    browser.enter_on("tray-lay-new").await;
    hold("swapped").await;
    browser.enter_on("tray-unplug").await;
    hold("reader-lost").await;
    browser.enter_on("tray-plug").await;
    browser.sees("[data-phase=swapped] h1", "").await;
    browser.enter_on("tray-lift").await;
    browser.sees("#tray-lift[disabled]", "").await;
    browser.enter_on("new-card").await;
    browser.sees("[data-phase=wait-card] h1", "").await;
    browser.enter_on("tray-lay-new").await;
    hold("feed-printer").await;
    browser.enter_on("tray-ribbon-out").await;
    browser.sees("#tray-ribbon-out[disabled]", "").await;
    browser.enter_on("print").await;
    hold("printer-needs").await;
    browser.enter_on("tray-refill").await;
    browser.sees("#tray-refill[disabled]", "").await;
    browser.enter_on("print").await;
    hold("check").await;
    let number = browser.asks("return document.querySelector('#facts .no').textContent.replace(/\\D/g, '')").await;
    for (scan, phase) in [("11131400000001", "check"), (number.as_str(), "handed-over")] {
        browser.focused("scan").await;
        browser.keys(scan).await;
        browser.press(Key::Enter).await;
        if phase == "check" {
            browser.arrives("/told/").await;
        }
        hold(phase).await;
    }
}

/// A member's page, with somebody who vouches for the person, now or a while ago.
async fn vouched(browser: &Browser, url: &str, member: i64) {
    browser.go(&format!("{url}/members/{member}")).await;
    if browser.asks("return String(document.getElementById('seen-document') !== null)").await == "true" {
        browser.enter_on("seen-document").await;
    }
    browser.sees("#evidence .tag", "").await;
}

/// A new card in place of an old one, refused first, its fee left for later: asked for at the job, and at the member's.
async fn owed(browser: &Browser, round: &Round, url: &str) {
    vouched(browser, url, 1).await;
    browser.go(&format!("{url}/members/1/reissue")).await;
    round.look(browser).await;
    browser.enter_on("start").await;
    browser.sees("#trouble", "").await;
    round.look(browser).await;
    for choice in ["reason-damaged", "kind-barcode", "pay-later"] {
        browser.asks(&format!("return document.getElementById('{choice}').checked = true")).await;
    }
    browser.enter_on("start").await;
    browser.sees("[data-phase=feed-printer] h1", "").await;
    browser.enter_on("print").await;
    browser.sees("#pay-cash", "").await;
    round.look(browser).await;
    for page in ["charges", "withdraw"] {
        browser.go(&format!("{url}/members/1/{page}")).await;
        browser.sees("h1", "").await;
        round.look(browser).await;
    }
}

/// The dialogue in which a manager signs, as a clerk gets it, with and without something wrong.
async fn asked_for(browser: &Browser, round: &Round, desk: &Desk, url: &str) {
    let store = rusqlite::Connection::open(desk.path("var/training/issuer.db")).expect("the database");
    store.busy_timeout(std::time::Duration::from_secs(5)).expect("patience");
    let as_a = |role: &str| store.execute("UPDATE staff SET role = ?1 WHERE id = 1", [role]).expect("the staff");
    as_a("clerk");
    browser.go(&format!("{url}/members/1/charges")).await;
    browser.asks("return document.querySelector('[name=why]').value = '도서관 사정'").await;
    browser.asks("document.querySelector('[name=why]').form.requestSubmit(); return ''").await;
    browser.arrives("/approvals/").await;
    browser.sees("#approval-what", "").await;
    round.look(browser).await;
    browser.enter_on("approval-sign").await;
    browser.sees("#trouble", "").await;
    round.look(browser).await;
    as_a("administrator");
}

/// A card that is nobody's to use: overwritten, a blank, blocked, another library's.
async fn found_cards(browser: &Browser, round: &Round, url: &str) {
    browser.go(&format!("{url}/members/12")).await;
    let uid = "return document.querySelector('#cards .no').textContent.replace(/\\W/g, '')";
    let uid = browser.asks(uid).await;
    let lang = browser.asks("return document.documentElement.lang").await;
    let empty = if lang == "ko" { "카드 없음" } else { "no card" };
    for act in [format!("act: 'lay', lifted: '{uid}'"), "act: 'lay-new', kind: 'classic-1k'".to_owned()] {
        browser.go(&format!("{url}/desk")).await;
        browser.focused("q").await;
        tray(browser, "act: 'lift'").await;
        browser.sees("#strip-reader", empty).await;
        tray(browser, &act).await;
        browser.arrives("/found/card/").await;
        round.look(browser).await;
    }
    browser.go(&format!("{url}/desk")).await;
    browser.focused("q").await;
    browser.keys("12100300000010").await;
    browser.press(Key::Enter).await;
    browser.arrives("/found/card/").await;
    round.look(browser).await;
}

/// A button of the tray, pressed from a page that shows none.
async fn tray(browser: &Browser, act: &str) {
    let script = format!(
        "const csrf = document.querySelector('[name=csrf]').value, done = arguments[0];
        fetch('/tray', {{ method: 'POST', body: new URLSearchParams({{ csrf, from: '/account', {act} }}) }})
            .then((answer) => done(answer.url), (fault) => done(String(fault)))"
    );
    let at = browser.driver.execute_async(script, Vec::new()).await.expect("the tray answers");
    let at = at.convert::<String>().unwrap_or_default();
    assert!(at.ends_with("/account"), "{act}: {at}");
}

/// What is done with a member: blocking, putting right, ending; and what was done.
async fn member(browser: &Browser, round: &Round, url: &str) {
    browser.go(&format!("{url}/members/3/block")).await;
    round.look(browser).await;
    vouched(browser, url, 17).await;
    let uid = browser.asks("return document.querySelector('#cards .no').textContent.replace(/\\W/g, '')").await;
    tray(browser, "act: 'lift'").await;
    tray(browser, &format!("act: 'lay', lifted: '{uid}'")).await;
    browser.go(&format!("{url}/members/17/reissue")).await;
    browser.asks("document.getElementById('reason-overwritten').click(); return ''").await;
    browser.enter_on("recover-act").await;
    browser.arrives("/reissue/recovered").await;
    round.look(browser).await;
    vouched(browser, url, 4).await;
    for page in ["", "/withdraw", "/history", "/edit"] {
        browser.go(&format!("{url}/members/4{page}")).await;
        round.look(browser).await;
    }
    browser.asks("return document.getElementById('name').value = '새이름'").await;
    browser.enter_on("next").await;
    browser.arrives("/renamed").await;
    round.look(browser).await;
    browser.go(&format!("{url}/members/4/edit")).await;
    browser
        .asks("document.getElementById('name').value = ''; return document.getElementById('birth').value = '13'")
        .await;
    browser.enter_on("next").await;
    browser.sees("[aria-invalid=true]", "").await;
    round.look(browser).await;
}

/// What is unfinished, the day, and the search of jobs, with and without something wrong; the slip.
async fn sought(browser: &Browser, round: &Round, url: &str) {
    let reports = ["/reports", "/reports/clerks", "/reports/issues", "/reports/reissues"];
    let pages = ["/work", "/day", "/jobs", "/access", "/access/rights", "/jobs/1/slip", "/jobs/16/slip"];
    for page in pages.into_iter().chain(reports) {
        browser.go(&format!("{url}{page}")).await;
        round.look(browser).await;
    }
    for (page, field, button, next) in [
        ("/day", "date", "day-go", "/day/"),
        ("/jobs", "day", "seek", "/jobs/found/"),
        ("/access", "from", "show", "/access/"),
        ("/reports", "from", "show", "/reports/"),
        ("/reports/clerks", "from", "show", "/reports/clerks/"),
        ("/reports/issues", "from", "show", "/reports/issues/"),
        ("/reports/reissues", "from", "show", "/reports/reissues/"),
    ] {
        for typed in ["어제쯤", ""] {
            browser.go(&format!("{url}{page}")).await;
            browser.asks(&format!("return document.getElementById('{field}').value = '{typed}'")).await;
            // Without a date it is today's page again; the day before has one of its own.
            let button = if (page, typed) == ("/day", "") { "day-before" } else { button };
            browser.enter_on(button).await;
            browser.arrives(next).await;
            round.look(browser).await;
        }
    }
}

/// The day is closed: a slip, a count that differs, closed, and what is listed then.
async fn close(browser: &Browser, round: &Round, url: &str) {
    browser.go(&format!("{url}/close")).await;
    round.look(browser).await;
    browser.keys("x").await;
    browser.enter_on("counted").await;
    browser.sees("#trouble", "").await;
    round.look(browser).await;
    browser.press(Key::Backspace).await;
    browser.keys("9").await;
    browser.enter_on("counted").await;
    browser.arrives("/close/counted/").await;
    round.look(browser).await;
    browser.focused("why").await;
    browser.keys("x").await;
    browser.enter_on("close").await;
    browser.arrives("/close/closed/").await;
    round.look(browser).await;
    browser.go(&format!("{url}/receipts/1")).await;
    round.look(browser).await;
    browser.go(&format!("{url}/close")).await;
    round.look(browser).await;
}

/// What was seen, and what is wrong with it.
#[derive(Default)]
struct Round {
    dresses: &'static [(u32, u32, &'static str)],
    seen: RefCell<BTreeSet<String>>,
    wrong: RefCell<BTreeSet<String>>,
    rest: RefCell<BTreeSet<String>>,
    /// How many were taken, where `ISSUER_PICTURES` is set: every page in every dress, to look through.
    pictures: Cell<usize>,
}

impl Round {
    /// Runs axe on the page as it stands, in every dress of this walk.
    async fn look(&self, browser: &Browser) {
        let path = browser.asks("return location.pathname").await;
        let page = pages().into_iter().find(|page| fits(page, &path));
        let name = page.clone().unwrap_or_else(|| path.clone());
        self.seen.borrow_mut().extend(page);
        for (at, &(width, height, scheme)) in self.dresses.iter().enumerate() {
            browser.viewport(width, height).await;
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await.expect("the colours");
            for finding in stick_out(browser).await {
                self.wrong.borrow_mut().insert(format!("{name} ({scheme}, {width}): {finding}"));
            }
            let lang = browser.asks("return document.documentElement.lang").await;
            let nth = self.pictures.replace(self.pictures.get() + 1);
            let flat = name.replace(['/', '{', '}'], "_");
            browser.picture(&format!("page-{lang}-{nth:03}{flat}-{scheme}-{width}")).await;
            let rules = if at == 0 { json!(null) } else { json!({ "type": "rule", "values": DRESS }) };
            for finding in findings(browser, &rules).await {
                let said = format!("{name} ({scheme}, {width}): {finding}");
                let grave = ["serious", "critical"].iter().any(|grave| finding.starts_with(grave));
                (if grave { &self.wrong } else { &self.rest }).borrow_mut().insert(said);
            }
        }
        browser.viewport(1366, 768).await;
    }

    fn judge(&self) {
        let (wrong, rest, seen) = (self.wrong.borrow(), self.rest.borrow(), self.seen.borrow());
        rest.iter().for_each(|finding| println!("{finding}"));
        let list: Vec<&str> = wrong.iter().map(String::as_str).collect();
        assert!(wrong.is_empty(), "{} serious findings:\n{}", wrong.len(), list.join("\n"));
        let unseen: Vec<String> = pages().into_iter().filter(|page| !seen.contains(page)).collect();
        assert!(unseen.is_empty(), "pages that this walk never visits: {unseen:?}");
    }
}

/// What is cut off at the side: nothing is to be scrolled sideways, and bar and strip show all that they have.
async fn stick_out(browser: &Browser) -> Vec<String> {
    let script = "const [done] = arguments;
        const wide = [...document.querySelectorAll('html, main, .strip, .strip > *, .bar, .bar nav, .say, .head')]
            .filter((e) => e.scrollWidth > e.clientWidth + 1);
        done(wide.map((e) => `cut off at the side: ${e.id || e.className || e.localName} ${e.scrollWidth} > ${e.clientWidth}`));";
    let said = browser.driver.execute_async(script, Vec::new()).await.expect("the page measures itself");
    said.convert::<Vec<String>>().expect("a list of what sticks out")
}

async fn findings(browser: &Browser, rules: &Value) -> Vec<String> {
    let script = "const [rules, done] = arguments;
        const options = { preload: false, resultTypes: ['violations'] };
        if (rules) options.runOnly = rules;
        const told = (v) => `${v.impact} ${v.id}: ` + v.nodes.slice(0, 4).map((n) =>
            n.target.join(' ') + ' — ' + [...n.any, ...n.all, ...n.none].map((c) => c.message).join('; ')).join(' | ');
        axe.run(document, options).then((r) => done(r.violations.map(told)), (e) => done(['critical axe: ' + e]));";
    let said = browser.driver.execute_async(script, vec![rules.clone()]).await.expect("axe runs");
    said.convert::<Vec<String>>().expect("a list of findings")
}

/// The paths of the router's list that answer with a page: not a form's way back, a stream, a picture or a file.
fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    for service in MAP.split("resource(\"").skip(1) {
        let service = service.split(".service(").next().unwrap_or_default();
        let Some((path, rest)) = service.split_once('"') else { continue };
        let Some(handler) = rest.split("get().to(").nth(1).and_then(|rest| rest.split(')').next()) else { continue };
        let module = handler.split("::").next().unwrap_or_default();
        // `back` and `to_…` only send the browser elsewhere.
        let leads_away = handler.ends_with("::back") || handler.contains("::to_");
        if !leads_away && !["events", "pictures", "files"].contains(&module) {
            pages.push(path.to_owned());
        }
    }
    assert!(pages.len() > 15, "the router's list was not understood: {pages:?}");
    pages
}

fn fits(page: &str, path: &str) -> bool {
    let (page, path): (Vec<&str>, Vec<&str>) = (page.split('/').collect(), path.split('/').collect());
    page.len() == path.len() && page.iter().zip(&path).all(|(one, other)| one.starts_with('{') || one == other)
}

/// What this walk stands on: what is wrong with a page is found, and graded.
#[test]
fn planted_faults_are_found() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        let source = json!({ "source": AXE });
        browser
            .driver
            .cdp()
            .send_raw("Page.addScriptToEvaluateOnNewDocument", source)
            .await
            .expect("axe in every page");
        browser.go(&format!("{}/login", service.url)).await;
        assert_eq!(findings(browser, &json!(null)).await, Vec::<String>::new());
        assert_eq!(stick_out(browser).await, Vec::<String>::new());
        let planted = "const add = (tag) => document.querySelector('main').appendChild(document.createElement(tag));
            add('img'); add('input'); const p = add('p'); p.textContent = 'faint'; p.className = 'tag'; \
            p.style.setProperty('color', '#888'); p.style.setProperty('background', '#999')";
        browser.asks(planted).await;
        let found = findings(browser, &json!(null)).await.join("\n");
        for rule in ["critical image-alt", "critical label", "serious color-contrast"] {
            assert!(found.contains(rule), "{rule}: {found}");
        }
        let wide = "document.querySelector('main').firstElementChild.style.setProperty('min-width', '3000px')";
        browser.asks(&format!("return {wide}")).await;
        let found = stick_out(browser).await.join("\n");
        assert!(found.contains("work"), "{found}");
    });
}

#[test]
fn a_page_is_known_by_its_path() {
    for (page, path, same) in [
        ("/members/{id}", "/members/12", true),
        ("/members/{id}", "/members/12/seen", false),
        ("/codes/found/{id}", "/codes/121003", false),
        ("/desk", "/desk", true),
    ] {
        assert_eq!(fits(page, path), same, "{page} {path}");
    }
    assert!(pages().contains(&"/members/{id}".to_owned()) && !pages().contains(&"/members/{id}/issue".to_owned()));
}
