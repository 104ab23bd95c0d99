//! Another library's member taken in, and an own card converted, in Chromium by keyboard alone. The member's password is typed
//! as fast as a scanner types and must go nowhere but into its field. Start at the first test.

use crate::browser::{self, Browser, Key};
use crate::support::Desk;
use crate::{set_up, tab_to};

const NUMBER: &str = "11131400073925";
const PASSWORD: &str = "739182640517";

/// Alt G, the scanned number, the person, to the page that is turned to the member.
pub async fn to_the_member(browser: &Browser) {
    browser.alt('g').await;
    browser.arrives("/import").await;
    browser.focused("number").await;
    browser.picture("import-begin").await;
    // A scan is the number and Enter: it is taken, and nothing is called wrong.
    browser.keys(NUMBER).await;
    browser.press(Key::Enter).await;
    browser.arrives("/import/").await;
    browser.sees("#whose", "서울도서관").await;
    browser.focused("name").await;
    for text in ["홍길동", "19880314", "01012345678"] {
        browser.keys(text).await;
        browser.press(Key::Tab).await;
    }
    browser.focused("kind-adult").await;
    browser.press(Key::Tab).await;
    browser.focused("identity-resident-card").await;
    browser.keys(" ").await;
    browser.picture("import-person").await;
    browser.press(Key::Enter).await;
    browser.arrives("/password").await;
    browser.focused("local").await;
}

/// The member's step, to the clerk's again.
pub async fn agrees(browser: &Browser) {
    consent(browser).await;
    password(browser, PASSWORD).await;
    browser.arrives("/card").await;
}

/// The two consents, from where the keyboard stands.
async fn consent(browser: &Browser) {
    browser.keys(" ").await;
    browser.press(Key::Tab).await;
    browser.focused("national").await;
    browser.keys(" ").await;
    // Past the whole texts.
    tab_to(browser, "password").await;
}

/// The password twice and Enter, all within a scanner's time.
async fn password(browser: &Browser, text: &str) {
    browser.keys(text).await;
    browser.press(Key::Tab).await;
    browser.focused("password-again").await;
    browser.keys(text).await;
    browser.press(Key::Enter).await;
}

#[test]
fn another_library_s_member_is_taken_in_with_the_card_they_have() {
    let desk = Desk::new();
    let service = desk.serve();
    let traces = browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        to_the_member(browser).await;
        // Without consent nothing is written, and it is said above; the birth date is refused at the field.
        tab_to(browser, "password").await;
        password(browser, PASSWORD).await;
        browser.sees("#trouble", "동의가 없습니다").await;
        browser.focused("local").await;
        consent(browser).await;
        password(browser, "19880314").await;
        browser.sees("#password-t", "생년월일이 들어 있습니다").await;
        browser.focused("password").await;
        browser.picture("import-password").await;
        password(browser, PASSWORD).await;
        browser.arrives("/card").await;
        browser.sees("#imported h1", "화면을 다시 직원 쪽으로 돌리세요").await;
        browser.focused("card-none").await;
        browser.picture("import-card").await;
        // Back does not import again: the member is written, the card is left to choose.
        browser.driver.back().await.expect("back");
        browser.arrives("/card").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
        browser.sees("#unreconciled", "등록부와 아직 맞춰 보지 않음").await;
        browser.sees("#number", "서울도서관").await;
        browser.picture("import-member").await;
        // The number is known from now on: scanning it opens the member.
        browser.press(Key::F2).await;
        browser.keys(NUMBER).await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
    });
    let members = desk.run(&["member", "find", "홍길동", "--json"]).done().json;
    assert_eq!((members.as_array().map(Vec::len), members[0]["number"].as_str()), (Some(1), Some(NUMBER)));
    let said = service.running.said();
    for typed in [PASSWORD, NUMBER, "홍길동", "19880314"] {
        assert!(!said.contains(typed), "the service said {typed}");
        let history = traces.of(typed);
        let kept = history.iter().filter(|file| file.to_string_lossy().contains("History")).count();
        assert_eq!(kept, 0, "{typed} stands in {history:?}");
    }
    assert_eq!(traces.of(PASSWORD), Vec::<std::path::PathBuf>::new(), "the browser kept the password");
}

#[test]
fn an_imported_member_gets_a_new_card_at_once() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        to_the_member(browser).await;
        browser.sees("#turn h1", "회원에게 화면을 돌려 주세요").await;
        agrees(browser).await;
        browser.focused("card-none").await;
        for card in ["card-sticker", "card-rfid"] {
            browser.press(Key::Down).await;
            browser.focused(card).await;
        }
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/1").await;
        browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "인쇄된 번호를 찍으세요").await;
        browser.focused("scan").await;
        browser.keys(NUMBER).await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
    });
    let card = desk.run(&["card", "read", "--json"]).done().json;
    assert_eq!((card["number"].as_str(), card["status"].as_str()), (Some(NUMBER), Some("live")));
}

#[test]
fn every_step_of_an_import_has_its_way_back() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        to_the_member(browser).await;
        browser.press(Key::Escape).await;
        browser.focused("name").await;
        browser.sees("#whose", "서울도서관").await;
        // Nothing is written yet: leaving forgets what was typed.
        browser.press(Key::Escape).await;
        browser.arrives("/desk").await;
        to_the_member(browser).await;
        agrees(browser).await;
        browser.focused("card-none").await;
        // The member is written: whatever was chosen so far, they keep the card that they have.
        browser.press(Key::Down).await;
        browser.focused("card-sticker").await;
        browser.press(Key::Escape).await;
        browser.arrives("/members/1").await;
        browser.sees("#evidence", "신분증을 보고 확인함").await;
        // There is nothing left to choose.
        browser.driver.back().await.expect("back");
        browser.arrives("/desk").await;
    });
    let member = desk.run(&["member", "show", "1", "--json"]).done().json;
    assert_eq!((member["number"].as_str(), member["jobs"].as_array().map(Vec::len)), (Some(NUMBER), Some(0)));
}

#[test]
fn an_own_card_is_converted_after_the_member_was_told() {
    let desk = Desk::new().with("ISSUER__LIBRARY__MEMBERSHIP", "own-card");
    desk.run(&["init", "--json"]).done();
    let person = ["--name", "홍길동", "--birth", "1988-03-14", "--identity", "mobile", "--own-number", "GP-77"];
    desk.run(&[&["enrol", "--consent", "local", "--json"][..], &person].concat()).done();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.keys("GP-77").await;
        browser.press(Key::Enter).await;
        browser.sees("#hits", "홍*동").await;
        browser.press(Key::Enter).await;
        browser.arrives("/members/1").await;
        browser.focused("seen-document").await;
        browser.press(Key::Enter).await;
        browser.sees("#evidence", "신분증을 보고 확인함").await;
        browser.alt('v').await;
        browser.arrives("/members/1/convert").await;
        // The library advises the own card: that is said first, and Enter stays with it.
        browser.sees("#advice", "자관 회원증을 권합니다").await;
        browser.focused("stay").await;
        browser.picture("convert-advice").await;
        browser.press(Key::Tab).await;
        browser.press(Key::Enter).await;
        browser.sees("#changes", "리브로피아").await;
        browser.focused("was-told").await;
        browser.picture("convert").await;
        // Nothing is made before it was said and agreed to.
        browser.press(Key::Enter).await;
        browser.sees("#trouble", "전국 등록에 아직 동의하지 않았습니다").await;
        browser.focused("was-told").await;
        browser.keys(" ").await;
        browser.press(Key::Tab).await;
        browser.focused("national").await;
        browser.keys(" ").await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/1").await;
        crate::print_and_hand_over(browser).await;
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
    });
    let member = desk.run(&["member", "show", "1", "--json"]).done().json;
    assert!(member["own_ended"].is_string() && member["national"] == true, "{member}");
    assert_eq!(member["number"], "12100300000001");
}
