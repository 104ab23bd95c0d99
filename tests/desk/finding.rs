//! Finding, as a clerk's hands do it: a card laid down, a scanner wherever the focus is, found cards, unfinished work, the search of jobs; in
//! Chromium. Start at the first test.

use issuer::back::store::Store;
use issuer::back::store::cards::{self, Suspended};
use issuer::plan::job::CardState;

use crate::browser::{self, Key};
use crate::support::Desk;
use crate::{set_up, tab_to};

/// A desk with a live card of each of these people; their UIDs. Nothing lies on the reader.
fn with_cards(names: &[&str]) -> (Desk, Vec<String>) {
    let desk = Desk::new();
    desk.run(&["init", "--json"]).done();
    let mut uids = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let birth = format!("198{at}-03-14");
        let person =
            ["enrol", "--name", name, "--birth", &birth, "--identity", "resident-card", "--consent", "local,national"];
        let member = desk.run(&[&person[..], &["--json"]].concat()).done().json["member"].to_string();
        let job = desk.run(&["issue", &member, "--json"]).done().json["job"].to_string();
        uids.push(desk.run(&["card", "read", "--json"]).done().json["uid"].as_str().expect("a UID").to_owned());
        desk.run(&["hand-over", &job, "--json"]).done();
        desk.run(&["rig", "card", "lift", "--json"]).done();
    }
    (desk, uids)
}

fn lay(desk: &Desk, uid: &str) {
    desk.run(&["rig", "card", "lay", uid, "--json"]).done();
}

fn lift(desk: &Desk) {
    desk.run(&["rig", "card", "lift", "--json"]).done();
}

#[test]
fn a_card_laid_down_opens_its_holder_and_speaks_for_the_person() {
    let (desk, uids) = with_cards(&["홍길동", "성춘향"]);
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.sees("#strip-reader", "카드 없음").await;
        lay(&desk, &uids[0]);
        browser.arrives("/members/1").await;
        browser.sees("#evidence", "회원증을 읽어 확인함").await;
        // A card that stays is not read again: the page that is gone to stays.
        browser.press(Key::Escape).await;
        browser.arrives("/desk").await;
        browser.sees("#strip-reader", "카드 있음").await;
        browser.press(Key::F2).await;
        browser.keys("ㅅㅊㅎ").await;
        browser.press(Key::Enter).await;
        browser.sees("#hits", "성*향").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/2").await;
        // On the file of another member it says whose it is, and speaks for nobody there.
        lift(&desk);
        browser.sees("#strip-reader", "카드 없음").await;
        lay(&desk, &uids[0]);
        browser.sees("#laid", "홍*동").await;
        browser.sees("#evidence", "본인인지 확인하세요").await;
        // The member's own gives the evidence, and the page comes anew.
        lift(&desk);
        browser.sees("#strip-reader", "카드 없음").await;
        lay(&desk, &uids[1]);
        browser.sees("#evidence", "회원증을 읽어 확인함").await;
        browser.arrives("/members/2").await;
        // A blank is nobody's.
        lift(&desk);
        browser.press(Key::Escape).await;
        browser.arrives("/desk").await;
        browser.sees("#strip-reader", "카드 없음").await;
        desk.run(&["rig", "card", "new", "--lay", "--json"]).done();
        browser.arrives("/found/card/").await;
        browser.sees("#found-what", "빈 카드입니다").await;
        browser.picture("found-blank").await;
    });
    let verified = desk.run(&["card", "read", "--json"]).done().json;
    assert_eq!(verified["status"], "blank", "nothing was written on it");
}

#[test]
fn a_found_card_says_whose_it_is_masked_and_how_the_block_is_lifted() {
    let (desk, uids) = with_cards(&["홍길동"]);
    let store = Store::open(&desk.path("var/issuer.db")).expect("the database");
    let block = |tx: &issuer::back::store::Tx| {
        let mut card = cards::of_member(tx, 1)?.remove(0);
        card.state = CardState::Suspended;
        card.suspended = Some(Suspended { why: "lost".to_owned(), at: 0, by: "staff:1".to_owned() });
        cards::update(tx, &card)
    };
    store.change(block).expect("a block");
    let service = desk.serve();
    let traces = browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.scans("12100300000001").await;
        browser.arrives("/found/card/").await;
        for text in ["홍*동", "121003 0000 0001", "분실 신고"] {
            browser.sees("#found-facts", text).await;
        }
        // As it says on the page that blocks.
        browser.sees("#block-acts", "책이음 등록부에 연결되기 전에는").await;
        browser.focused("open-member").await;
        browser.picture("found-suspended").await;
        browser.press(Key::Escape).await;
        browser.arrives("/desk").await;
        lay(&desk, &uids[0]);
        browser.arrives("/found/card/").await;
        browser.sees("#found-facts", "홍*동").await;
        tab_to(browser, "release-document").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
        browser.sees("#evidence", "신분증을 보고 확인함").await;
    });
    let card = desk.run(&["card", "read", "--json"]).done().json;
    assert_eq!(card["status"], "live", "one step lifts the block");
    let history: Vec<_> = traces.of("12100300000001");
    let history = history.into_iter().filter(|file| file.to_string_lossy().contains("History"));
    assert_eq!(history.count(), 0, "the number stands in no address");
}

/// Where the focus is when the scanner fires, and what must not have come of it.
#[test]
fn a_scan_is_a_lookup_wherever_the_focus_is_and_presses_nothing() {
    let (desk, _) = with_cards(&["홍길동"]);
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        let pages =
            ["/enrol", "/codes", "/work", "/day", "/jobs", "/devices", "/doctor", "/account", "/members/1", "/desk"];
        for path in pages {
            browser.go(&format!("{}{path}", service.url)).await;
            browser.sees("#strip-clerk", "성춘향").await;
            // The page of codes looks its own way.
            let found = if path == "/codes" { "/codes/found/" } else { "/members/1" };
            browser.scans("12100300000001").await;
            browser.arrives(found).await;
        }
        // A focused button that would change something, and a button that leaves.
        for (path, id) in [("/members/1", "seen-word"), ("/account", "log-out-button")] {
            browser.go(&format!("{}{path}", service.url)).await;
            if path == "/account" {
                browser.focused("back").await;
            }
            tab_to(browser, id).await;
            browser.scans("12100300000001").await;
            browser.arrives("/members/1").await;
            browser.sees("#evidence", "본인인지 확인하세요").await;
        }
        // A text field keeps what was typed there, a radio what was chosen; an own number has letters.
        browser.go(&format!("{}/enrol", service.url)).await;
        browser.focused("kind-adult").await;
        browser.scans("P0012345").await;
        browser.sees("#no-hits", "찾는 사람이 없습니다").await;
        browser.go(&format!("{}/enrol", service.url)).await;
        tab_to(browser, "name").await;
        browser.keys("성춘향").await;
        let hold = "window.kept = null; const form = document.getElementById('find'); \
            form.requestSubmit = () => { window.kept = [document.getElementById('name').value, form.q.value]; }";
        browser.driver.execute(hold, Vec::new()).await.expect("a watch on the form");
        browser.scans("P0012345").await;
        // What is half typed is kept at the service first, and the lookup comes after its answer.
        browser.says("return JSON.stringify(window.kept)", r#"["성춘향","P0012345"]"#).await;
        // Under a dialog too.
        let dialog = "const d = document.createElement('dialog'); d.innerHTML = '<button id=ok>x</button>'; \
            document.body.append(d); window.pressed = 0; d.querySelector('button').onclick = () => { window.pressed++; }; \
            window.kept = null; d.showModal();";
        browser.driver.execute(dialog, Vec::new()).await.expect("a dialog");
        browser.focused("ok").await;
        browser.scans("12100300000001").await;
        let kept = "return JSON.stringify([window.kept?.[1], window.pressed])";
        browser.says(kept, r#"["12100300000001",0]"#).await;
        // A hand is no scanner, however many digits it types: its Enter is the field's.
        browser.go(&format!("{}/enrol", service.url)).await;
        tab_to(browser, "name").await;
        browser.driver.execute(hold, Vec::new()).await.expect("a watch on the form");
        let typed_in = "document.querySelector('main form').addEventListener('submit', (e) => { e.preventDefault(); window.sent = 1; })";
        browser.driver.execute(typed_in, Vec::new()).await.expect("a watch on the form");
        browser.strikes("Kim Gildong", 140.0).await;
        assert_eq!(
            browser.asks("return JSON.stringify([window.kept, document.getElementById('name').value])").await,
            r#"[null,"Kim Gildong"]"#
        );
        // A scan into the lookup takes the place of the search that stands there.
        browser.go(&format!("{}/desk", service.url)).await;
        browser.focused("q").await;
        browser.keys("ㅎㄱㄷ").await;
        browser.press(Key::Enter).await;
        browser.sees("#hits", "홍*동").await;
        browser.scans("12100300000001").await;
        browser.arrives("/members/1").await;
    });
}

#[test]
fn another_library_s_number_offers_that_library_and_the_import() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.scans("11131400027719").await;
        browser.sees("#elsewhere", "서울도서관").await;
        browser.sees("#elsewhere-facts", "서울").await;
        browser.picture("elsewhere").await;
        let form = "const b = document.getElementById('import-number'); const f = b.form; \
            return JSON.stringify([new URL(f.action).pathname, f.method, f.number.value, b.getAttribute('aria-current')])";
        assert_eq!(browser.asks(form).await, r#"["/import","post","11131400027719","true"]"#);
        browser.press(Key::Down).await;
        browser.focused("import-number").await;
        browser.press(Key::F2).await;
        browser.keys("12999900000001").await;
        browser.press(Key::Enter).await;
        browser.sees("#elsewhere", "목록에 없음").await;
        browser.sees("#whose", "공공").await;
        browser.press(Key::F2).await;
        browser.keys("없는이").await;
        browser.press(Key::Enter).await;
        browser.sees("#no-hits", "반입").await;
        // The directory, by keyboard: the first row is what Enter opens.
        browser.go(&format!("{}/codes", service.url)).await;
        browser.keys("ㅅㅇㄷㅅㄱ").await;
        browser.press(Key::Enter).await;
        browser.sees("#libraries", "서울도서관").await;
        browser.press(Key::Down).await;
        let at =
            "return document.activeElement.hasAttribute('data-hit') && document.activeElement.getAttribute('href')";
        let code = browser.asks(at).await;
        browser.press(Key::Enter).await;
        browser.arrives(&code).await;
        browser.sees("#codes-card", "명이 이 도서관의 번호를 씁니다").await;
        browser.picture("codes").await;
    });
}

#[test]
fn unfinished_work_the_day_and_the_search_of_jobs_by_keyboard() {
    let (desk, _) = with_cards(&["홍길동"]);
    let person = [
        "enrol",
        "--name",
        "성춘향",
        "--birth",
        "1990-01-01",
        "--identity",
        "resident-card",
        "--consent",
        "local,national",
    ];
    let member = desk.run(&[&person[..], &["--json"]].concat()).done().json["member"].to_string();
    // A job that was printed and not handed over.
    desk.run(&["issue", &member, "--kind", "barcode", "--json"]);
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.sees("#strip-work", "마치지 못한 일 1").await;
        browser.sees("#strip-today", "발급 1 · 재발급 0 · 스티커 0 · 반입 0").await;
        tab_to(browser, "strip-work").await;
        browser.press(Key::Enter).await;
        browser.arrives("/work").await;
        browser.sees("#open", "성*향").await;
        browser.focused("work-2").await;
        browser.picture("work").await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/2").await;
        // On a live job's page fourteen digits are the printed number, wherever the focus is; its Enter follows no link.
        browser.sees("#say-loud", "인쇄된 번호를 찍으세요").await;
        browser.driver.execute("document.getElementById('nav-codes').focus()", Vec::new()).await.expect("the focus");
        browser.scans("12100300000002").await;
        browser.sees("#say-loud", "회원증을 성춘향 님께 드리세요").await;
        browser.sees("#strip-work", "마치지 못한 일 없음").await;
        browser.sees("#strip-today", "발급 2").await;
        browser.go(&format!("{}/day", service.url)).await;
        browser.sees("#sums", "발급").await;
        browser.sees("#jobs", "홍*동").await;
        browser.sees("#tallies", "첫 발급 · RFID").await;
        browser.picture("day").await;
        tab_to(browser, "day-before").await;
        browser.press(Key::Enter).await;
        browser.arrives("/day/").await;
        browser.sees("#day-none", "없습니다").await;
        browser.go(&format!("{}/jobs", service.url)).await;
        browser.focused("number").await;
        browser.keys("12100300000001").await;
        browser.press(Key::Tab).await;
        browser.press(Key::Tab).await;
        browser.press(Key::Tab).await;
        browser.focused("day").await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/found/").await;
        browser.sees("#jobs", "홍*동").await;
        browser.focused("job-1").await;
        browser.picture("jobs").await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/1").await;
    });
}
