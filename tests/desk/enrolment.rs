//! Enrolling whoever comes, by keyboard alone: a child with a guardian, a group with its representative; likely duplicates as
//! one types; a record put right; a membership ended. Start at the first test.

use crate::browser::{self, Browser, Key};
use crate::support::Desk;
use crate::{set_up, tab_to};

/// Opens the first step and moves right through the kinds of person.
async fn begin(browser: &Browser, kind: &str) {
    browser.alt('n').await;
    browser.arrives("/enrol").await;
    browser.focused("kind-adult").await;
    for _ in 0..5 {
        let at = browser.driver.execute("return document.activeElement.id", Vec::new()).await.expect("the focus");
        if at.convert::<String>().unwrap_or_default() == kind {
            break;
        }
        browser.press(Key::Right).await;
    }
    browser.focused(kind).await;
    browser.press(Key::Tab).await;
    browser.focused("name").await;
}

async fn type_person(browser: &Browser, person: [&str; 3]) {
    for text in person {
        browser.keys(text).await;
        browser.press(Key::Tab).await;
    }
}

/// Enter in a field where something was just typed: after another key, for a burst with an Enter is a scan.
async fn enter(browser: &Browser) {
    browser.press(Key::End).await;
    browser.press(Key::Enter).await;
}

/// What stands in an address or in the history of the browser is never what was typed.
fn nothing_in_the_history(traces: &browser::Traces, typed: &[&str]) {
    for text in typed {
        let history: Vec<_> =
            traces.of(text).into_iter().filter(|file| file.to_string_lossy().contains("History")).collect();
        assert!(history.is_empty(), "{text} stands in {history:?}");
    }
}

#[test]
fn a_child_is_enrolled_with_a_guardian_whose_paper_has_its_own_day() {
    let desk = Desk::new().with("ISSUER__LIBRARY__CONDITIONS", r#"["home", "school"]"#);
    let service = desk.serve();
    let traces = browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        begin(browser, "child").await;
        type_person(browser, ["홍아이", "20190505", ""]).await;
        browser.focused("guardian").await;
        // Everything that is wrong is said at once, the first of it has the focus.
        browser.press(Key::Enter).await;
        browser.arrives("/enrol/").await;
        for (field, said) in [
            ("#guardian-t", "보호자의 동의"),
            ("#guardian-identity-t", "보호자의 신분증"),
            ("#person", "사는 곳, 일하는 곳, 다니는 학교"),
        ] {
            browser.sees(field, said).await;
        }
        browser.picture("enrol-child").await;
        tab_to(browser, "guardian").await;
        browser.keys("홍판서").await;
        browser.press(Key::Tab).await;
        browser.focused("guardian-identity").await;
        browser.press(Key::Down).await;
        tab_to(browser, "identity-resident-card").await;
        browser.keys(" ").await;
        tab_to(browser, "condition-home").await;
        browser.keys(" ").await;
        browser.press(Key::Right).await;
        browser.press(Key::Enter).await;
        browser.arrives("/consent").await;
        browser.focused("local").await;
        browser.sees("#consent", "보호자가 동의합니다").await;
        browser.keys(" ").await;
        browser.press(Key::Tab).await;
        browser.keys(" ").await;
        // The whole text opens by key.
        browser.press(Key::Tab).await;
        browser.press(Key::Enter).await;
        browser.sees("#text-local dl", "거부할 권리").await;
        browser.picture("enrol-consent").await;
        tab_to(browser, "way-at-desk").await;
        browser.press(Key::Right).await;
        browser.press(Key::Tab).await;
        browser.focused("consent-on").await;
        browser.keys("2999-01-01").await;
        enter(browser).await;
        browser.sees("#consent-on-t", "오늘보다 뒤").await;
        browser.focused("consent-on").await;
        browser.press(Key::End).await;
        for _ in 0..10 {
            browser.press(Key::Backspace).await;
        }
        browser.keys("2026-11-02").await;
        enter(browser).await;
        browser.arrives("/card").await;
        browser.press(Key::Down).await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/1").await;
    });
    let shown = desk.run(&["member", "show", "1", "--json"]).done().json;
    assert_eq!((shown["guardian"].as_str(), shown["condition"].as_str()), (Some("홍판서"), Some("school")));
    assert_eq!(shown["consents"][1]["way"], "by-guardian-on-paper");
    assert_eq!(shown["consents"][1]["given_on"], "2026-11-02");
    nothing_in_the_history(&traces, &["홍아이", "홍판서", "20190505"]);
}

#[test]
fn a_group_is_enrolled_by_its_representative_and_a_typed_number_is_kept_nowhere() {
    let desk = Desk::new().with("ISSUER__LIBRARY__MEMBERSHIP", "own-card");
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        begin(browser, "kind-group").await;
        type_person(browser, ["책사랑 독서회", "20200101", "010-2222-3333"]).await;
        browser.focused("representative").await;
        browser.keys("심청 900101-2234567").await;
        browser.press(Key::Tab).await;
        browser.press(Key::Down).await;
        tab_to(browser, "next").await;
        browser.press(Key::Enter).await;
        browser.sees("#representative-t", "번호가 들어 있습니다").await;
        browser.focused("representative").await;
        browser.keys("심청").await;
        enter(browser).await;
        browser.arrives("/consent").await;
        browser.sees("#advice", "자관 회원증을 권하세요").await;
        browser.keys(" ").await;
        browser.press(Key::Tab).await;
        browser.keys(" ").await;
        tab_to(browser, "own-number").await;
        browser.keys("GP-77").await;
        enter(browser).await;
        browser.arrives("/card").await;
        browser.focused("card-own").await;
        browser.picture("enrol-own-card").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
        browser.sees("#log", "가입").await;
    });
    let shown = desk.run(&["member", "show", "1", "--json"]).done().json;
    assert_eq!(
        (shown["guardian"].as_str(), shown["guardian_identity"].as_str()),
        (Some("심청"), Some("resident-card"))
    );
    for file in ["var/issuer.db", "var/issuer.db-wal"] {
        let bytes = std::fs::read(desk.path(file)).unwrap_or_default();
        assert!(!bytes.windows(7).any(|part| part == b"2234567"), "a number lies in {file}");
    }
}

#[test]
fn likely_duplicates_come_while_one_types_and_move_nothing() {
    let desk = Desk::new();
    desk.run(&["init", "--json"]).done();
    let line = "enrol --name 홍길동 --birth 1988-03-14 --identity mobile --consent local,national --json";
    desk.run(&line.split(' ').collect::<Vec<_>>()).done();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        begin(browser, "kind-adult").await;
        browser.keys("홍길동").await;
        browser.press(Key::Tab).await;
        browser.keys("19880314").await;
        browser.sees("#alike", "홍*동").await;
        browser.focused("birth").await;
        let value = browser.driver.execute("return document.getElementById('birth').value", Vec::new()).await;
        assert_eq!(value.expect("a value").convert::<String>().ok().as_deref(), Some("19880314"));
        browser.picture("enrol-alike").await;
        // Another person after all: the rows go.
        browser.press(Key::End).await;
        browser.press(Key::Backspace).await;
        browser.keys("5").await;
        browser.sees("main:not(:has(#duplicates))", "새 회원").await;
        browser.focused("birth").await;
        tab_to(browser, "leave").await;
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
    });
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    let sql = "SELECT count(*) FROM access_entries WHERE what = 'list' AND member = 1";
    let listed: i64 = store.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(listed, 1, "one set, one entry");
}

#[test]
fn a_record_is_put_right_and_a_membership_ends_by_keyboard() {
    let desk = Desk::new();
    desk.run(&["init", "--json"]).done();
    for line in [
        "enrol --name 홍길동 --birth 1988-03-14 --identity mobile --consent local,national --json",
        "issue 1 --kind barcode --json",
        "hand-over 1 --json",
    ] {
        desk.run(&line.split(' ').collect::<Vec<_>>()).done();
    }
    let service = desk.serve();
    let traces = browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.keys("홍길동").await;
        browser.press(Key::Enter).await;
        browser.sees("#hits", "홍*동").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
        browser.focused("seen-document").await;
        browser.press(Key::Enter).await;
        browser.sees("#evidence", "신분증을 보고 확인함").await;
        browser.alt('m').await;
        browser.arrives("/members/1/edit").await;
        browser.focused("name").await;
        browser.press(Key::End).await;
        browser.press(Key::Backspace).await;
        browser.keys("순").await;
        tab_to(browser, "phone").await;
        browser.keys("12").await;
        enter(browser).await;
        browser.sees("#phone-t", "아홉 자리에서").await;
        browser.focused("phone").await;
        browser.picture("edit").await;
        browser.press(Key::End).await;
        browser.press(Key::Backspace).await;
        browser.press(Key::Backspace).await;
        browser.keys("010-1111-2222").await;
        enter(browser).await;
        browser.arrives("/renamed").await;
        browser.sees("#renamed", "1장을 재발급하세요").await;
        browser.focused("reissue").await;
        browser.picture("renamed").await;
        browser.press(Key::Enter).await;
        browser.arrives("/reissue").await;
        browser.focused("reason-renamed").await;
        browser.sees("#so", "홍길순").await;
        browser.press(Key::Escape).await;
        browser.sees("h1", "홍길순").await;
        browser.sees("#log", "정정").await;
        browser.picture("member-history").await;
        tab_to(browser, "history").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1/history").await;
        browser.sees("#history", "성춘향 · ").await;
        browser.sees("#history", "건넴").await;
        browser.picture("history").await;
        let looks = "return document.getElementById('history').textContent.includes('회원 화면')";
        assert_eq!(browser.driver.execute(looks, Vec::new()).await.expect("lines").convert::<bool>().ok(), Some(false));
        tab_to(browser, "looks").await;
        browser.press(Key::Enter).await;
        browser.sees("#history", "회원 화면").await;
        browser.picture("history-looks").await;
        browser.press(Key::Escape).await;
        browser.sees("#log", "이력").await;
        tab_to(browser, "withdraw").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1/withdraw").await;
        browser.focused("keep").await;
        browser.sees("#will", "1장을 쓸 수 없게 됩니다").await;
        browser.picture("withdraw").await;
        tab_to(browser, "why").await;
        browser.keys("이사").await;
        tab_to(browser, "withdraw-really").await;
        browser.press(Key::Enter).await;
        browser.sees("#withdrawn", "이사").await;
        browser.sees("#cards", "탈퇴").await;
        let acts = "return document.querySelectorAll('.head form, #edit, #withdraw').length";
        let acts = browser.driver.execute(acts, Vec::new()).await.expect("buttons").convert::<u32>();
        assert_eq!(acts.ok(), Some(0), "no act is offered");
    });
    assert_eq!(desk.run(&["member", "show", "1", "--json"]).done().json["state"], "withdrawn");
    nothing_in_the_history(&traces, &["홍길순", "010-1111-2222", "이사"]);
}
