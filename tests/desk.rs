//! The page, as a clerk lives in it: Debian's Chromium driven by keys alone, against the built service with its
//! simulated reader; and the system's own driver stacks, in `desk/stacks`. Judges of what comes out are other people's
//! programs. Start at the first test.

#[path = "desk/access.rs"]
mod access;
#[path = "desk/approval.rs"]
mod approval;
#[path = "desk/attacks/mod.rs"]
mod attacks;
#[path = "desk/axe.rs"]
mod axe;
#[path = "support/browser.rs"]
mod browser;
#[path = "desk/bursts.rs"]
mod bursts;
#[path = "desk/close.rs"]
mod close;
#[path = "desk/enrolment.rs"]
mod enrolment;
#[path = "desk/fees.rs"]
mod fees;
#[path = "desk/finding.rs"]
mod finding;
#[path = "desk/fits.rs"]
mod fits;
#[path = "desk/imports.rs"]
mod imports;
#[path = "desk/libnfc/mod.rs"]
mod libnfc;
#[path = "desk/log_in.rs"]
mod log_in;
#[path = "desk/memberships.rs"]
mod memberships;
#[path = "desk/pages/mod.rs"]
mod pages;
#[path = "support/proof.rs"]
mod proof;
#[path = "desk/reissue.rs"]
mod reissue;
#[path = "desk/reports.rs"]
mod reports;
#[path = "desk/sheets.rs"]
mod sheets;
#[path = "desk/stacks/mod.rs"]
mod stacks;
#[path = "desk/staff.rs"]
mod staff;
#[path = "desk/sticker.rs"]
mod sticker;
#[path = "desk/stock.rs"]
mod stock;
mod support;
#[path = "desk/training.rs"]
mod training;
#[path = "desk/twice.rs"]
mod twice;
#[path = "desk/typing.rs"]
mod typing;

use browser::{Browser, Key};
use support::{Desk, Service, judge};

const PASSWORD: &str = "옛집 살구나무 73";

/// A new desk, its first administrator made through the set-up link, logged in.
async fn set_up(browser: &Browser, service: &Service) {
    browser.hears(service.running.hearing());
    browser.go(&service.setup_link()).await;
    browser.focused("id").await;
    for text in ["성춘향", PASSWORD, PASSWORD] {
        browser.keys(text).await;
        browser.press(Key::Tab).await;
    }
    browser.press(Key::Enter).await;
    browser.arrives("/desk").await;
}

/// The three steps of enrolling 홍길동, to the page of the job.
async fn enrol(browser: &Browser) {
    enrol_to_card(browser).await;
    browser.press(Key::Enter).await;
    browser.arrives("/jobs/1").await;
}

/// An adult is typed, to the consents.
async fn enrol_to_consent(browser: &Browser) {
    browser.alt('n').await;
    browser.arrives("/enrol").await;
    browser.focused("kind-adult").await;
    browser.press(Key::Tab).await;
    browser.focused("name").await;
    for text in ["홍길동", "19880314", "01012345678"] {
        browser.keys(text).await;
        browser.press(Key::Tab).await;
    }
    browser.focused("identity-resident-card").await;
    browser.keys(" ").await;
    browser.press(Key::Enter).await;
    browser.arrives("/consent").await;
    browser.focused("local").await;
}

/// The same, to the choice of the card.
async fn enrol_to_card(browser: &Browser) {
    enrol_to_consent(browser).await;
    browser.keys(" ").await;
    browser.press(Key::Tab).await;
    browser.keys(" ").await;
    browser.press(Key::Enter).await;
    browser.arrives("/card").await;
    browser.focused("card-rfid").await;
}

/// From the locked card to handing over: feed the printer, type the printed number.
async fn print_and_hand_over(browser: &Browser) {
    browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "인쇄된 번호를 찍으세요").await;
    browser.focused("scan").await;
    browser.keys("12100300000001").await;
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
}

#[test]
fn one_member_one_card_by_keyboard_alone() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol_to_card(browser).await;
        browser.picture("enrol").await;
        browser.press(Key::Enter).await;
        browser.arrives("/jobs/1").await;
        print_and_hand_over(browser).await;
        browser.picture("issue").await;
        browser.press(Key::Enter).await;
        browser.arrives("/desk").await;
        browser.sees("#recent", "홍*동").await;
        browser.keys("ㅎㄱㄷ").await;
        browser.press(Key::Enter).await;
        browser.sees("#hits", "121003 0000 0001").await;
        browser.picture("desk").await;
        browser.press(Key::Enter).await;
        browser.sees("#cards", "사용 중").await;
    });
    // The card is what the page said: the chip read by the command line, the print by zbarimg and pdftotext.
    let card = desk.run(&["card", "read", "--json"]).done();
    assert_eq!((card.json["number"].as_str(), card.json["status"].as_str()), (Some("12100300000001"), Some("live")));
    let pdf = desk.path("var/spool/1-front.pdf");
    assert!(judge::pdf_text(&pdf).contains("홍길동"));
    assert_eq!(judge::bar_codes(&judge::rasterise(&pdf, 300)), [("CODE-128".to_owned(), "12100300000001".to_owned())]);
}

/// The picture has the chip's own areas: rows of pages, or all forty sectors of a 4K card.
#[test]
fn every_kind_of_chip_has_its_own_picture() {
    for (chip, name, areas, last) in
        [("ntag213", "NTAG213", 12, "2C"), ("ntag216", "NTAG216", 58, "E4"), ("classic-4k", "Classic 4K", 40, "39")]
    {
        let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", chip);
        let service = desk.serve();
        browser::drive(&[], async |browser| {
            set_up(browser, &service).await;
            enrol(browser).await;
            browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
            browser.sees(&format!("#sector-{}", areas - 1), last).await;
            browser.sees("section[aria-labelledby=chip-name] small", name).await;
            browser.sees("#chip-key", "거부했습니다").await;
            // The whole picture is in sight: nothing scrolls.
            browser.picture(&format!("issue-{chip}")).await;
            let fits = "const p = document.querySelector('main'); return p.scrollHeight <= p.clientHeight";
            let fits = browser.driver.execute(fits, Vec::new()).await.expect("the page's height");
            assert_eq!(fits.convert::<bool>().ok(), Some(true), "{chip} scrolls");
            browser.picture(&format!("issue-{chip}")).await;
        });
    }
}

/// Begins a database with one member, 홍길동.
fn with_member(desk: &Desk) {
    let line = "enrol --name 홍길동 --birth 1988-03-14 --identity resident-card --consent local,national --json";
    desk.run(&["init", "--json"]).done();
    desk.run(&line.split(' ').collect::<Vec<_>>()).done();
}

/// Goes with Tab until the element of this id has the focus.
async fn tab_to(browser: &Browser, id: &str) {
    for _ in 0..80 {
        let answer = browser.driver.execute("return document.activeElement.id", Vec::new()).await.expect("the focus");
        if answer.convert::<String>().unwrap_or_default() == id {
            return;
        }
        browser.press(Key::Tab).await;
    }
    panic!("no Tab ever reached {id}");
}

/// Goes to the list of this id and down through it to the value.
async fn choose(browser: &Browser, list: &str, value: &str) {
    tab_to(browser, list).await;
    browser.press(Key::Home).await;
    for _ in 0..20 {
        let answer = browser.driver.execute("return document.activeElement.value", Vec::new()).await.expect("a value");
        if answer.convert::<String>().unwrap_or_default() == value {
            return;
        }
        browser.press(Key::Down).await;
    }
    panic!("{list} has no {value}");
}

#[test]
fn torn_while_it_is_written_laid_back_and_handed_over_by_keyboard() {
    let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none");
    let service = desk.serve();
    // A card that was lifted before any job began, so that the list is not empty.
    desk.run(&["rig", "card", "new", "--lay", "--json"]).done();
    desk.run(&["rig", "card", "lift", "--json"]).done();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser).await;
        browser.sees("#say-loud", "빈 카드를 올려놓으세요").await;
        tab_to(browser, "tray-tear").await;
        browser.press(Key::Enter).await;
        browser.sees("#tray-tear-set", "30").await;
        tab_to(browser, "tray-lay-new").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "같은 카드를 다시 올려놓으세요").await;
        browser.sees("#steps", "기록").await;
        // The card that was torn is offered before the one lifted earlier, whatever the list showed until then.
        let offered = "return document.getElementById('lifted').value";
        let offered = browser.driver.execute(offered, Vec::new()).await.expect("the list").convert::<String>();
        let torn = desk.run(&["job", "list", "--open", "--json"]).done().json[0]["uid"].clone();
        assert_eq!(offered.ok().as_deref(), torn.as_str());
        // Another card in its place is named, and nothing is written on it.
        tab_to(browser, "tray-lay-new").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "처음 카드를 다시 올려놓으세요").await;
        tab_to(browser, "tray-lift").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "쓰던 카드를 올려놓으세요").await;
        // Only when the tray is drawn anew does its list have the card that was just lifted.
        browser.sees("#tray-lying", "비어 있음").await;
        let jobs = desk.run(&["job", "list", "--open", "--json"]).done();
        let uid = jobs.json[0]["uid"].as_str().expect("the torn card is known").to_owned();
        choose(browser, "lifted", &uid).await;
        tab_to(browser, "tray-lay").await;
        browser.press(Key::Enter).await;
        print_and_hand_over(browser).await;
    });
    let cards = desk.run(&["rig", "card", "list", "--json"]).done();
    assert_eq!(cards.json.as_array().map(Vec::len), Some(3), "the torn, the wrong and the first one");
    assert_eq!(desk.run(&["card", "verify", "--json"]).done().json["ok"], true);
}

#[test]
fn a_clone_is_named_and_after_it_is_lifted_the_next_card_is_taken_by_itself() {
    let desk = Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none");
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser).await;
        browser.sees("#say-loud", "빈 카드를 올려놓으세요").await;
        for (kind, said) in [("gen1a", "복제 카드"), ("desfire", "쓸 수 없는 칩")] {
            desk.run(&["rig", "card", "new", "--kind", kind, "--lay", "--json"]).done();
            browser.sees("#say-what", said).await;
            desk.run(&["rig", "card", "lift", "--json"]).done();
            browser.sees("#say-loud", "빈 카드를 올려놓으세요").await;
        }
        desk.run(&["rig", "card", "new", "--lay", "--json"]).done();
        print_and_hand_over(browser).await;
    });
}

#[test]
fn a_printer_without_cards_is_refilled_and_goes_on() {
    let desk = Desk::new();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser).await;
        browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
        tab_to(browser, "tray-media-empty").await;
        browser.press(Key::Enter).await;
        browser.sees("#tray-media", "없음").await;
        tab_to(browser, "print").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "프린터에 카드를 채우세요").await;
        tab_to(browser, "tray-refill").await;
        browser.press(Key::Enter).await;
        browser.sees("#tray-media", "준비").await;
        tab_to(browser, "print").await;
        print_and_hand_over_from_print(browser).await;
    });
    assert!(desk.path("var/spool/1-front.pdf").is_file());
}

async fn print_and_hand_over_from_print(browser: &Browser) {
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "인쇄된 번호를 찍으세요").await;
    // The wrong number says whose it is, and nothing is handed over.
    browser.keys("11131400000001").await;
    browser.press(Key::Enter).await;
    browser.sees("#say-what", "서울도서관").await;
    browser.focused("scan").await;
    browser.keys("12100300000001").await;
    browser.press(Key::Enter).await;
    browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
}

/// The service is killed in mid-work, as by a power cut: the page says so, comes back by itself with the next service,
/// offers to go on, and what the command line does then is seen on it.
#[test]
fn a_service_killed_in_mid_work_is_said_and_the_job_ends_right() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let desk = Desk::new().with("ISSUER__WEB__LISTEN", &port.to_string()).with("ISSUER__SIMULATOR__TIMING", "acr122u");
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        enrol(browser).await;
        browser.sees("#say-loud", "카드를 그대로 두세요").await;
        service.running.kill();
        browser.sees("#gone", "발급 프로그램이 대답하지 않습니다").await;
        let _again = desk.serve();
        browser.sees("#resume", "이어서").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "카드를 프린터에 넣으세요").await;
        // Another process prints; the page sees it.
        desk.run(&["job", "resume", "1", "--json"]).done();
        browser.sees("#say-loud", "인쇄된 번호를 찍으세요").await;
        browser.focused("scan").await;
        browser.keys("12100300000001").await;
        browser.press(Key::Enter).await;
        browser.sees("#say-loud", "회원증을 홍길동 님께 드리세요").await;
    });
    let jobs = desk.run(&["job", "list", "--json"]).done().json;
    assert_eq!((jobs.as_array().map(Vec::len), jobs[0]["state"].as_str()), (Some(1), Some("handed-over")));
}
