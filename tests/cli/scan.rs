//! What speaks for a card's print when it is handed over: the scanned number, or the spooled file as it was written.

use crate::{enrol, field, ready_desk, words};

#[test]
fn a_spooled_file_that_is_not_as_it_was_written_does_not_speak_for_the_print() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --kind barcode --json")).done();
    let file = desk.path("var/spool/1-front.pdf");
    let whole = std::fs::read(&file).unwrap();
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 1;
    for bytes in [Vec::new(), altered, whole[..whole.len() - 1].to_vec(), [&whole[..], b"\n"].concat()] {
        std::fs::write(&file, &bytes).unwrap();
        desk.run(&words("hand-over 1 --json")).refused("scan-missing");
    }
    std::fs::remove_file(&file).unwrap();
    desk.run(&words("hand-over 1 --json")).refused("scan-missing");
    std::fs::create_dir(&file).unwrap();
    desk.run(&words("hand-over 1 --json")).refused("scan-missing");
    std::fs::remove_dir(&file).unwrap();
    assert_eq!(field(&desk.run(&words("job show 1 --json")).done().json, "state"), "ready");
    std::fs::write(&file, &whole).unwrap();
    desk.run(&words("hand-over 1 --json")).done();
}

#[test]
fn a_card_printed_anew_is_held_to_its_own_file() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --json")).done();
    desk.run(&words("job resume 1 --print spoiled --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
}

#[test]
fn a_wrong_scan_is_refused_after_handing_over_too() {
    let desk = ready_desk();
    for name in ["홍길동", "성춘향"] {
        let member = enrol(&desk, name);
        desk.run(&["issue", &member, "--kind", "barcode", "--json"]).done();
    }
    let first = desk.run(&words("hand-over 1 --scan 12100300000001 --json")).done().json;
    for (scan, code) in [
        ("12100300000002", "scan-mismatch"),
        ("1210030000001", "scan-unreadable"),
        ("", "scan-unreadable"),
        ("-5", "scan-unreadable"),
        ("9003141234567", "scan-unreadable"),
    ] {
        let told = desk.run(&["hand-over", "1", "--scan", scan, "--json"]).refused(code);
        assert!(!told.stderr.contains("900314"), "{told:?}");
    }
    assert_eq!(desk.run(&words("hand-over 1 --scan 12100300000001 --json")).done().json, first);
    assert_eq!(desk.run(&words("hand-over 1 --json")).done().json, first);
}

#[test]
fn a_blanked_card_is_nobodys() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --json")).done();
    assert_eq!(desk.run(&words("card read --json")).done().json["member"], 1);
    desk.run(&words("job cancel 1 --json")).done();
    let read = desk.run(&words("card read --json")).done().json;
    assert_eq!((field(&read, "status"), &read["member"]), ("blank".into(), &serde_json::Value::Null));
}

#[test]
fn a_job_that_there_is_not_leaves_no_lock() {
    let desk = ready_desk();
    for line in ["job resume 99", "job resume 99 --print out", "job cancel 99", "hand-over 99"] {
        desk.run(&words(&format!("{line} --json"))).refused("job-unknown");
    }
    let locks: Vec<_> = std::fs::read_dir(desk.path("var/locks")).unwrap().collect();
    assert!(locks.is_empty(), "{locks:?}");
}
