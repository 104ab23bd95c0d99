//! `issuer doctor` in fresh folders, by the contract's words: every check once, exit codes, findings with their mends, and
//! what `--fix` does and refuses to do. Real readers are tried elsewhere; here the settings ask for none.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::support::{Desk, Output};
use crate::{enrol, ready_desk, words};

/// Public names: they stay.
const CHECKS: [&str; 33] = [
    "settings",
    "desk",
    "database",
    "write-ahead-log",
    "key-file",
    "folders",
    "disk",
    "locks",
    "web-listen",
    "clock",
    "access-log",
    "access-review",
    "access-keep",
    "stock",
    "ledger",
    "ledger-close",
    "time-sync",
    "fonts",
    "font-coverage",
    "printers",
    "spool-leftovers",
    "readers",
    "kernel-modules",
    "kernel-blacklist",
    "pcscd",
    "pcscd-socket",
    "polkit",
    "libccid",
    "escape",
    "reader-firmware",
    "missed-readers",
    "serial-access",
    "test-drivers",
];

fn examined(desk: &Desk, line: &str) -> Output {
    desk.run(&words(&format!("doctor {line} --json")))
}

#[track_caller]
fn row<'o>(output: &'o Output, check: &str) -> &'o Value {
    let rows = output.json.as_array().unwrap_or_else(|| panic!("{output:#?}"));
    rows.iter().find(|row| row["check"] == check).unwrap_or_else(|| panic!("no {check}: {output:#?}"))
}

#[track_caller]
fn state(output: &Output, check: &str) -> String {
    row(output, check)["state"].as_str().unwrap_or_default().to_owned()
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn every_check_is_there_once_and_each_finding_says_what_to_do() {
    let desk = ready_desk();
    for lang in ["ko", "en"] {
        let output = examined(&desk, &format!("--lang {lang}")).done();
        let rows = output.json.as_array().unwrap();
        let names: Vec<&str> = rows.iter().filter_map(|row| row["check"].as_str()).collect();
        assert_eq!(names, CHECKS);
        for row in rows {
            let text = |name: &str| row[name].as_str().unwrap_or_else(|| panic!("{name} in {row}")).to_owned();
            assert!(["ok", "warn"].contains(&text("state").as_str()), "{row}");
            // An id in place of a text is a word that the catalogue lacks.
            assert!(!text("what").is_empty() && !text("what").contains("doctor-"), "{row}");
            assert_eq!(text("help").is_empty(), text("state") == "ok", "{row}");
            assert!(row.get("mended").is_none(), "{row}");
        }
    }
}

#[test]
fn before_the_first_start_the_missing_database_is_the_finding() {
    let desk = Desk::new();
    let output = examined(&desk, "");
    assert_eq!(output.status, Some(1));
    assert_eq!((state(&output, "database"), state(&output, "desk")), ("fail".into(), "fail".into()));
    assert_eq!((state(&output, "key-file"), state(&output, "fonts")), ("ok".into(), "ok".into()));
    assert!(!desk.path("var").exists(), "a look makes nothing");
}

#[test]
fn settings_that_cannot_be_read_are_a_finding_and_the_rest_is_said_to_be_unseen() {
    let desk = Desk::new();
    std::fs::write(desk.path("issuer.toml"), "[library]\ncodes = 1\n").unwrap();
    let output = examined(&desk, "--lang en");
    assert_eq!((output.status, output.json.as_array().unwrap().len()), (Some(1), CHECKS.len()));
    assert_eq!(state(&output, "settings"), "fail");
    assert!(row(&output, "settings")["what"].as_str().unwrap().contains("codes"), "{output:#?}");
    let of_settings: BTreeSet<String> =
        ["desk", "database", "key-file", "disk"].iter().map(|check| state(&output, check)).collect();
    assert_eq!(of_settings, BTreeSet::from(["warn".to_owned()]));
}

#[test]
fn a_key_file_that_others_may_read_is_mended_on_request_and_never_unasked() {
    let desk = ready_desk();
    let file = desk.path("var/keys.toml");
    mode(&file, 0o644);
    let output = examined(&desk, "");
    assert_eq!((output.status, state(&output, "key-file")), (Some(1), "fail".into()));
    // Nobody to ask: it says what it would do, and does nothing.
    let asked = desk.run(&words("doctor --fix --json --lang en")).refused("doctor-ask");
    assert!(asked.stderr.contains("chmod 600 "), "{asked:#?}");
    assert_eq!(mode_of(&file), 0o644);
    let output = examined(&desk, "--fix --yes").done();
    assert_eq!((mode_of(&file), state(&output, "key-file")), (0o600, "ok".into()));
    assert_eq!((&row(&output, "key-file")["mended"], &row(&output, "disk")["mended"]), (&true.into(), &false.into()));
    let output = examined(&desk, "--fix --yes").done();
    assert_eq!(row(&output, "key-file")["mended"], false);
}

#[test]
fn loose_modes_of_folder_and_database_are_mended() {
    let desk = ready_desk();
    mode(&desk.path("var"), 0o755);
    mode(&desk.path("var/issuer.db"), 0o640);
    let output = examined(&desk, "");
    assert_eq!((state(&output, "folders"), state(&output, "database")), ("warn".into(), "fail".into()));
    examined(&desk, "--fix --yes").done();
    assert_eq!((mode_of(&desk.path("var")), mode_of(&desk.path("var/issuer.db"))), (0o700, 0o600));
}

#[test]
fn what_a_broken_off_print_left_goes_when_its_time_is_over() {
    let desk = ready_desk();
    let (old, young, mine) = (".7-front.part", ".8-front.part", ".notes");
    for name in [old, young, mine] {
        std::fs::write(desk.path("var/spool").join(name), "x").unwrap();
    }
    let long_ago = SystemTime::now() - Duration::from_secs(3 * 24 * 60 * 60);
    for name in [old, mine] {
        let file = std::fs::File::options().write(true).open(desk.path("var/spool").join(name)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    assert_eq!(state(&examined(&desk, "").done(), "spool-leftovers"), "warn");
    assert_eq!(state(&examined(&desk, "--fix --yes").done(), "spool-leftovers"), "ok");
    let left = |name: &str| desk.path("var/spool").join(name).exists();
    assert_eq!((left(old), left(young), left(mine)), (false, true, true));
}

#[test]
fn a_damaged_database_is_found_and_left_as_it_is() {
    let desk = ready_desk();
    for name in ["홍길동", "성춘향", "이몽룡"] {
        enrol(&desk, name);
    }
    let file = desk.path("var/issuer.db");
    let mut bytes = std::fs::read(&file).unwrap();
    // Every page but the first: the header still says that it is a database.
    bytes[4096..].fill(0x5a);
    std::fs::write(&file, &bytes).unwrap();
    let output = examined(&desk, "");
    assert_eq!((output.status, state(&output, "database")), (Some(1), "fail".into()));
    let output = examined(&desk, "--fix --yes");
    assert_eq!((output.status, state(&output, "database")), (Some(1), "fail".into()));
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[test]
fn books_that_were_altered_and_a_day_that_nobody_closed_are_found() {
    let desk = crate::made(Desk::new().with("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000"));
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --kind barcode --json")).done();
    let found = examined(&desk, "").done();
    assert_eq!((state(&found, "ledger"), state(&found, "ledger-close")), ("ok".into(), "ok".into()));
    crate::found::past_guards(&desk, "UPDATE ledger_entries SET day = '2026-01-02'");
    for (lang, day, said) in [
        ("ko", "명령줄에서 2026-01-02을 마감하지", "ledger_entries 기록이 1번"),
        ("en", "The command line has not closed 2026-01-02", "ledger_entries is broken from entry 1"),
    ] {
        let found = examined(&desk, &format!("--lang {lang}"));
        assert_eq!((state(&found, "ledger"), state(&found, "ledger-close")), ("fail".into(), "warn".into()));
        let text = |check: &str, what: &str| row(&found, check)[what].as_str().unwrap().to_owned();
        let told = text("ledger-close", "what");
        assert!(told.starts_with(day), "{told}");
        assert!(text("ledger-close", "help").contains("issuer ledger close --day 2026-01-02"), "{found:#?}");
        assert!(text("ledger", "what").contains(said), "{found:#?}");
        assert!(text("ledger", "help").contains("issuer audit verify"), "{found:#?}");
    }
    crate::found::past_guards(&desk, "UPDATE ledger_entries SET desk = '3'");
    let found = examined(&desk, "--lang en");
    assert!(row(&found, "ledger-close")["what"].as_str().unwrap().starts_with("Desk 3 has not closed 2026-01-02"));
}

#[test]
fn an_address_open_to_others_is_a_warning() {
    let desk = ready_desk().with("ISSUER__WEB__LISTEN", "0.0.0.0:8470");
    assert_eq!(state(&examined(&desk, "").done(), "web-listen"), "warn");
}

#[test]
fn a_card_in_work_is_a_held_lock_and_a_dead_lock_file_means_nothing() {
    let desk = ready_desk();
    std::fs::create_dir_all(desk.path("var/locks")).unwrap();
    std::fs::write(desk.path("var/locks/job-7"), "4242 issuer issue\n").unwrap();
    let output = examined(&desk, "--lang en").done();
    assert_eq!(row(&output, "locks")["what"], "0 held, 1 left over (they mean nothing)");
}

#[test]
fn people_read_findings_before_what_is_well_and_never_a_bare_word() {
    let desk = ready_desk();
    mode(&desk.path("var/keys.toml"), 0o644);
    let said = desk.run(&words("doctor --lang en"));
    assert_eq!(said.status, Some(1));
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert!(lines[0].starts_with("mend"), "{}", said.stdout);
    assert!(lines[1].trim_start().starts_with("→ ") || lines[2].trim_start().starts_with("→ "), "{}", said.stdout);
    assert!(lines.last().is_some_and(|line| line.contains("to mend")), "{}", said.stdout);
    desk.run(&words("doctor --yes --json")).refused("doctor-yes");
}

/// What another account may not see is neither well nor missing. (Only root can be somebody else.)
#[test]
fn to_an_account_that_may_not_look_nothing_is_well_by_guess() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let desk = ready_desk();
    // The folder of the test can be entered, the desk's own cannot.
    mode(&desk.path(""), 0o755);
    let mut command = std::process::Command::new("setpriv");
    let program = desk.path("issuer");
    std::fs::copy(env!("CARGO_BIN_EXE_issuer"), &program).unwrap();
    mode(&program, 0o755);
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program).args(["doctor", "--json"]);
    let output = command.current_dir(desk.path("")).env_clear().output().unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    for check in ["desk", "database", "write-ahead-log", "key-file", "folders", "locks", "printers", "spool-leftovers"]
    {
        let row = rows.iter().find(|row| row["check"] == check).unwrap();
        assert_eq!(row["state"], "warn", "{row}");
    }
}
