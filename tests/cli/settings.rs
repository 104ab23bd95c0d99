//! What is wrong with the settings is said before anything is done, once, and where it stands.

use crate::refusals::refused;
use crate::support::Desk;
use crate::words;

#[test]
fn settings_are_judged_before_anything_is_done() {
    let with = |name: &str, value: &str| Desk::new().with(name, value);
    for (name, value, code) in [
        ("ISSUER__LIBRARY__CODE", "12100", "settings-library-code"),
        ("ISSUER__LIBRARY__NAME", "구포", "settings-unknown-key"),
        ("ISSUER__SHELF__CODE", "1", "settings-unknown-key"),
        ("ISSUER__READER__CARD_TIMEOUT", "soon", "settings-value"),
        ("ISSUER__READER__KIND", "usb", "settings-value"),
        ("ISSUER__PRINTER__KIND", "ipp", "printer-unsupported"),
        ("ISSUER__CHIP__PROFILE", "gold", "profile-missing"),
        ("ISSUER__SIMULATOR__DISPENSER", "felica", "settings-value"),
        ("ISSUER__LAYOUT__CARD", "none", "layout-missing"),
        ("ISSUER__STORE__PATH", "/proc/issuer/issuer.db", "folder-unwritable"),
        ("ISSUER_CONFIG", "elsewhere.toml", "settings-missing"),
    ] {
        let desk = with(name, value);
        refused(&desk, &["init"], code);
        assert!(!desk.path("var/issuer.db").exists(), "{name}");
    }
    let desk = Desk::new();
    std::fs::write(desk.path("issuer.toml"), "[library]\ncode = \"121003\"\ncodes = 1\n").unwrap();
    refused(&desk, &["init"], "settings-unknown-key");
    let told = desk.run(&["init", "--lang", "en"]);
    assert!(told.stderr.contains("issuer.toml") && told.stderr.contains("codes"), "{told:?}");
    refused(&desk, &words("--config none.toml init"), "settings-missing");
}

/// A library's own profile is refused at the start, with the reason, before any card is touched.
#[test]
fn a_profile_that_cannot_be_right_is_refused_before_any_card_is_touched() {
    const IEUM: &str = include_str!("../../templates/chips/ieum.toml");
    let desk = Desk::new().with("ISSUER__CHIP__PROFILE", "ours");
    std::fs::create_dir_all(desk.path("templates/chips")).unwrap();
    let ieum = IEUM.replacen("name = \"ieum\"", "name = \"ours\"", 1);
    std::fs::write(desk.path("templates/chips/ours.toml"), &ieum).unwrap();
    let desk = crate::made(desk);
    let member = crate::enrol(&desk, "홍길동");
    for (from, to, code) in [
        ("block = 2", "block = 1", "profile-overlap"),
        ("permanent_access = \"878F07\"", "permanent_access = \"878F08\"", "access-bytes"),
        ("read_key = \"4945554D3031\"", "read_key = \"494555\"", "profile-read-key"),
        ("sector = 1", "sector = 16", "profile-fit"),
        ("pages = \"tlv\"", "pages = \"bare\"", "profile-fit"),
        ("layout = 1", "layout = 0", "profile-value"),
        ("name = \"ours\"", "name = \"ieum\"", "profile-name"),
        ("protection = \"keyed\"", "protection = \"permanent\"", "protection-weak"),
    ] {
        std::fs::write(desk.path("templates/chips/ours.toml"), ieum.replacen(from, to, 1)).unwrap();
        refused(&desk, &["issue", &member], code);
        assert!(!desk.path("var/simulator/cards").exists(), "{to}");
    }
    // None of them took a number.
    std::fs::write(desk.path("templates/chips/ours.toml"), &ieum).unwrap();
    assert_eq!(desk.run(&crate::words("job list --json")).done().json, serde_json::json!([]));
}

#[test]
fn what_is_wrong_with_a_setting_is_said_once_and_where_it_stands() {
    let told = |desk: &Desk| desk.run(&["init"]).stderr;
    let unknown = told(&Desk::new().with("ISSUER__READER__KINDD", "x"));
    assert_eq!(unknown.matches("ISSUER__READER__KINDD").count(), 1, "{unknown}");
    assert!(unknown.contains("ISSUER__READER__KIND,") && unknown.contains("변수를 지우세요"), "{unknown}");
    assert!(!unknown.contains("ISSUER__CHIP") && !unknown.contains("그 행"), "{unknown}");
    let desk = Desk::new();
    std::fs::write(desk.path("i.toml"), "[library]\ncode = \"12100\"\n").unwrap();
    let code = desk.run(&words("init --config i.toml")).stderr;
    assert!(code.contains("i.toml:2 library.code") && code.contains("‘12100’"), "{code}");
    let variable = told(&Desk::new().with("ISSUER__LIBRARY__CODE", "12100"));
    assert!(variable.contains("ISSUER__LIBRARY__CODE") && !variable.contains("library.code"), "{variable}");
}

#[test]
fn a_first_init_that_fails_leaves_nothing_behind() {
    let desk = Desk::new().with("ISSUER__SIMULATOR__FOLDER", "/proc/issuer");
    refused(&desk, &["init"], "folder-unwritable");
    assert!(!desk.path("var").exists());
    let desk = Desk::new();
    refused(&desk, &["init", "--admin", ""], "staff-name");
    refused(&desk, &["init", "--admin", &"가".repeat(41)], "staff-name");
    assert!(!desk.path("var").exists());
}
