//! What is printed on A4 for the file: the registers, the reports and the sheet of a closed day. Chromium prints them as the style sheet
//! says, and poppler reads the paper: the boxes to sign, whose it is and of when on every page, the heads of the table again, pages that
//! are counted, and nothing beyond the margin. Start at the first test.

use std::path::{Path, PathBuf};

use serde_json::json;
use thirtyfour::support::base64_decode;

use super::browser::{self, Browser};
use super::close::close_with_30000;
use super::set_up;
use super::support::{Desk, judge};

/// Points: what A4 has across, and the margin at its sides.
const WIDTH: f64 = 841.9;
const MARGIN: f64 = 12.0 * 72.0 / 25.4;

/// Somebody with a long name, one card issued and one reissued, and both some sixty times over.
fn worked() -> Desk {
    let desk = Desk::new();
    desk.run(&["init", "--json"]).done();
    let person = ["enrol", "--name", "Alexandria Konstantinopolskaya", "--birth", "1988-03-14"];
    desk.run(&[&person[..], &["--identity", "resident-card", "--consent", "local,national", "--json"]].concat()).done();
    let job = desk.run(&["issue", "1", "--json"]).done().json;
    let number = job["number"].as_str().expect("a number").to_owned();
    desk.run(&["hand-over", "1", "--json"]).done();
    desk.run(&["reissue", &number, "--reason", "lost", "--pay", "cash", "--json"]).done();
    desk.run(&["hand-over", "2", "--json"]).done();
    let copies = "CREATE TEMP TABLE one AS SELECT * FROM jobs; UPDATE one SET id = NULL;
        INSERT INTO jobs WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT one.* FROM one, n;";
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).expect("the database");
    store.execute_batch(copies).expect("more of them");
    desk
}

/// The page on paper, as Chromium's own print button makes it.
async fn printed(browser: &Browser, file: PathBuf) -> PathBuf {
    let how = json!({ "preferCSSPageSize": true, "printBackground": false });
    let made = browser.driver.cdp().send_raw("Page.printToPDF", how).await.expect("a PDF");
    let data = made["data"].as_str().expect("its data");
    std::fs::write(&file, base64_decode(data).expect("base64")).expect("the file");
    if let Some(folder) = std::env::var_os("ISSUER_PICTURES") {
        std::fs::copy(&file, Path::new(&folder).join(file.file_name().expect("a name"))).expect("a copy");
    }
    file
}

/// Its pages, as a reader copies them.
fn pages(pdf: &Path) -> Vec<String> {
    let text = judge::pdf_text(pdf);
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    assert_eq!(pages.pop().as_deref().map(str::trim), Some(""), "a form feed ends each page");
    pages
}

/// Nothing stands beyond the margins, and every page is A4 on its side.
fn fits(pdf: &Path) {
    let boxes = judge::pdf_boxes(pdf);
    let attribute = |line: &str, name: &str| -> f64 {
        let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("{name}: {line}"));
        rest.split('"').next().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name}: {line}"))
    };
    for line in boxes.lines().map(str::trim) {
        if line.starts_with("<page ") {
            assert!((attribute(line, "width") - WIDTH).abs() < 1.5, "{line}");
        } else if line.starts_with("<word ") {
            assert!(attribute(line, "xMax") <= WIDTH - MARGIN + 1.5, "cut off: {line}");
            assert!(attribute(line, "xMin") >= MARGIN - 1.5, "cut off: {line}");
        }
    }
}

/// Dark lines in the upper right corner of the first page that are at least 60 mm long: the boxes have three, each name below the first,
/// each signature above the last.
fn lines_of_boxes(pdf: &Path) -> usize {
    /// Millimetres from the left; and from the top, above the first rule of what follows.
    const RIGHT: (f64, f64) = (200.0, 290.0);
    const ABOVE: f64 = 39.0;
    const DPI: u32 = 100;
    let picture = image::open(judge::rasterise(pdf, DPI)).expect("a picture").to_luma8();
    let dots = |mm: f64| (mm / 25.4 * f64::from(DPI)) as u32;
    let is_line = |y: u32| {
        let (mut run, mut longest) = (0, 0);
        for x in dots(RIGHT.0)..dots(RIGHT.1).min(picture.width()) {
            run = if picture.get_pixel(x, y).0[0] < 128 { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        longest >= dots(60.0)
    };
    let rows: Vec<bool> = (0..dots(ABOVE).min(picture.height())).map(is_line).collect();
    rows.windows(2).filter(|pair| pair[1] && !pair[0]).count()
}

fn says(page: &str, words: &[&str], which: &str) {
    // How wide the gaps are is the reader's guess.
    let close = |text: &str| text.split_whitespace().collect::<String>();
    let said = close(page);
    for word in words {
        assert!(said.contains(&close(word)), "{which} lacks {word:?}:\n{page}");
    }
}

/// A page to print: where it is, what it is called, a head of its table and the last one, and how many rows it must have.
type Printed = (&'static str, &'static str, &'static str, &'static str, usize);

fn are_sheets(lang: &str, boxes: [&str; 3], printed_pages: &[Printed]) {
    let desk = worked();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        if lang != "ko" {
            browser.asks("document.querySelector('#lang button').click(); return ''").await;
            browser.says("return document.documentElement.lang", lang).await;
        }
        for (path, title, head, last, rows) in printed_pages.iter().copied() {
            browser.go(&format!("{}{path}", service.url)).await;
            browser.sees("#print", "").await;
            let period = browser.asks("return document.getElementById('reports-period').textContent").await;
            let name = format!("sheet-{lang}-{}.pdf", title.replace(' ', "-"));
            let pdf = printed(browser, desk.path(&name)).await;
            let pages = pages(&pdf);
            assert!(pages.len() > usize::from(rows > 60), "{title}: {} pages", pages.len());
            says(&pages[0], &boxes, title);
            assert_eq!(lines_of_boxes(&pdf), 3, "{title}: the boxes to sign in");
            for (at, page) in pages.iter().enumerate() {
                let (of, which) = (format!("{} / {}", at + 1, pages.len()), format!("{title}, page {}", at + 1));
                says(page, &["부산광역시립구포도서관", title, &period, "성춘향", &of], &which);
                // What follows the table, as a plot does, has no head of it.
                if rows > 0 || at == 0 {
                    says(page, &[head, last], &which);
                }
            }
            let text = pages.concat();
            let whole = text.lines().filter(|line| line.contains("1210030000000")).count();
            assert!(whole >= rows, "{title}: {whole} rows of {rows}:\n{text}");
            // What is there for the hands alone is not printed.
            for word in ["Esc", "Enter", "XLSX", "CSV"] {
                assert!(!text.contains(word), "{title}: {word}");
            }
            fits(&pdf);
        }
    });
}

#[test]
fn registers_and_reports_are_sheets_with_boxes_to_sign_and_heads_on_every_page() {
    are_sheets(
        "ko",
        ["담당", "팀장", "관장"],
        &[
            ("/reports/issues?page=all", "발급대장", "회원번호", "창구", 122),
            ("/reports/reissues?page=all", "재발급대장", "이전 카드", "승인자", 61),
            ("/reports", "수수료 보고서", "부과", "미납", 0),
        ],
    );
}

#[test]
fn english_registers_and_reports_are_sheets_too() {
    are_sheets(
        "en",
        ["Clerk", "Team lead", "Director"],
        &[
            ("/reports/reissues?page=all", "Reissue register", "Old card", "Allowed by", 61),
            ("/reports/clerks", "By clerk", "Waivers", "Reopenings", 0),
        ],
    );
}

#[test]
fn a_closed_day_is_a_sheet_to_sign() {
    let desk = Desk::new().with("ISSUER__DRAWER__CHANGE", "30000");
    desk.run(&["init", "--json"]).done();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        close_with_30000(browser, &service).await;
        let anchor = browser.asks("return document.getElementById('anchor').textContent").await;
        let pdf = printed(browser, desk.path("sheet-close.pdf")).await;
        let pages = pages(&pdf);
        assert_eq!(pages.len(), 1);
        says(&pages[0], &["일일 마감", "1번 창구", "결", "담당", "팀장", "관장", "1 / 1"], "the sheet");
        says(&pages[0], &["장부 시재", "실제 시재", "과부족", "30,000원", "입금과 출금", &anchor], "the sheet");
        for word in ["Esc", "해제 사유", "Alt"] {
            assert!(!pages[0].contains(word), "{word}:\n{}", pages[0]);
        }
        assert_eq!(lines_of_boxes(&pdf), 3);
        fits(&pdf);
    });
}

#[test]
fn the_access_log_is_a_sheet_and_a_dark_browser_prints_it_in_black() {
    let desk = worked();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", dark).await.expect("dark");
        browser.go(&format!("{}/access", service.url)).await;
        let label = "const t = document.querySelector('#access-rows th'); return getComputedStyle(t).color";
        let on_screen = browser.asks(label).await;
        let period = browser.asks("return document.getElementById('access-period').textContent").await;
        let pdf = printed(browser, desk.path("sheet-access.pdf")).await;
        let pages = pages(&pdf);
        let period = period.split(" · ").next().expect("a period");
        says(&pages[0], &["접속기록", period, "담당", "팀장", "관장", "성춘향", "회원"], "the log");
        for word in ["Esc", "Enter", "XLSX", "점검을 마침"] {
            assert!(!pages.concat().contains(word), "{word}:\n{}", pages[0]);
        }
        assert_eq!(lines_of_boxes(&pdf), 3);
        fits(&pdf);
        let print = json!({ "media": "print", "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", print).await.expect("paper");
        let on_paper = browser.asks(label).await;
        assert_ne!(on_paper, on_screen, "pale letters stay on the screen");
    });
}

/// What the judge above stands on: it sees a box that is gone, and what is cut off.
#[test]
fn a_sheet_that_is_cut_off_is_found() {
    let desk = worked();
    let service = desk.serve();
    browser::drive(&[], async |browser| {
        set_up(browser, &service).await;
        browser.go(&format!("{}/reports/reissues", service.url)).await;
        browser.sees("#print", "").await;
        let wide = "document.querySelector('.sheet').style.setProperty('margin-right', '-40mm'); return ''";
        browser.asks(wide).await;
        let pdf = printed(browser, desk.path("cut.pdf")).await;
        assert!(std::panic::catch_unwind(|| fits(&pdf)).is_err(), "what stands beyond the margin was not seen");
        let none = "document.querySelector('.sheet').style.removeProperty('margin-right');
            document.querySelector('.signs').style.setProperty('visibility', 'hidden'); return ''";
        browser.asks(none).await;
        let pdf = printed(browser, desk.path("bare.pdf")).await;
        assert_eq!(lines_of_boxes(&pdf), 0, "boxes that are not there were seen");
    });
}
