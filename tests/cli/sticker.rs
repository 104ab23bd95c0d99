//! The 책이음 sticker from the command line: one label, no chip, checked by its print.

use crate::support::{Desk, judge};
use crate::{enrol, field, made, ready_desk, spooled, words};

#[test]
fn a_sticker_is_one_label_that_scans_and_needs_no_reader() {
    for dpi in ["203", "300", "600"] {
        let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none").with("ISSUER__PRINTER__DPI", dpi));
        let member = enrol(&desk, "홍길동");
        let job = desk.run(&["issue", &member, "--kind", "sticker", "--json"]).done().json;
        assert!(job["uid"].is_null() && job["chip"].is_null() && job["proof"].is_null(), "{job}");
        assert_eq!(
            (field(&job, "kind"), field(&job, "state"), field(&job, "step")),
            ("sticker".into(), "ready".into(), "check".into())
        );
        assert_eq!(spooled(&desk), ["1-front.pdf"]);
        let pdf = desk.path("var/spool/1-front.pdf");
        judge::check_pdf(&pdf);
        let text = judge::pdf_text(&pdf);
        for part in ["홍길동", "121003 0000 0001", "부산광역시립구포도서관", "책이음"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let picture = judge::rasterise(&pdf, dpi.parse().unwrap());
        assert_eq!(judge::bar_codes(&picture), [("CODE-128".to_owned(), "12100300000001".to_owned())], "{dpi}");
        std::fs::remove_file(picture).unwrap();
        desk.run(&words("hand-over 1 --scan 12100300000002 --json")).refused("scan-mismatch");
        desk.run(&words("hand-over 1 --scan 12100300000001 --json")).done();
        let found = desk.run(&words("member find 12100300000001 --json")).done().json;
        assert_eq!(found[0]["card"], serde_json::json!({ "kind": "sticker", "state": "live" }));
        desk.run(&["issue", &member, "--kind", "sticker", "--json"]).refused("card-live");
    }
}

/// A member may have a card and a sticker, under one number; a spoiled label is printed anew under it.
#[test]
fn a_sticker_shares_the_number_of_the_members_card() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    desk.run(&["issue", &member, "--json"]).done();
    desk.run(&words("hand-over 1 --json")).done();
    let job = desk.run(&["issue", &member, "--kind", "sticker", "--json"]).done().json;
    assert_eq!(field(&job, "number"), "12100300000001");
    let anew = desk.run(&words("job resume 2 --print spoiled --json")).done().json;
    assert_eq!((field(&anew, "number"), field(&anew, "state")), ("12100300000001".into(), "ready".into()));
    // Giving the sticker up leaves the number to the card.
    desk.run(&words("job cancel 2 --json")).done();
    assert_eq!(desk.run(&words("card read --json")).done().json["status"], "live");
    let again = desk.run(&["issue", &member, "--kind", "sticker", "--json"]).done().json;
    assert_eq!(field(&again, "number"), "12100300000001");
}

#[test]
fn the_preview_shows_the_label_that_is_printed() {
    let desk = ready_desk();
    let shown = desk.run(&words("preview 12100300000001 --layout sticker --out sticker.png --json")).done().json;
    // 50 × 25 mm at 300 dots an inch.
    assert_eq!((&shown["width"], &shown["height"]), (&591.into(), &296.into()), "{shown}");
    let codes = judge::bar_codes(&desk.path("sticker.png"));
    assert_eq!(codes, [("CODE-128".to_owned(), "12100300000001".to_owned())]);
}
