//! The master keys: a further version of them, and key files that are refused before any card is touched.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, image, made, ready_desk, words};

/// Version and check value of each purpose, the current version first.
fn shown(desk: &Desk) -> Vec<(u64, String, String)> {
    lines(&desk.run(&words("key show --json")).done().json)
}

fn lines(keys: &Value) -> Vec<(u64, String, String)> {
    let line = |key: &Value| (key["version"].as_u64().unwrap(), field(key, "purpose"), field(key, "check_value"));
    keys.as_array().unwrap().iter().map(line).collect()
}

fn versions(desk: &Desk) -> Vec<u64> {
    let mut versions: Vec<u64> = shown(desk).into_iter().map(|(version, ..)| version).collect();
    versions.dedup();
    versions
}

#[test]
fn a_rotation_adds_a_version_that_new_cards_take() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    enrol(&desk, "성춘향");
    let old = field(&desk.run(&words("issue 1 --json")).done().json, "uid");
    let before = shown(&desk);
    let rotated = desk.run(&words("key rotate --json")).done().json;
    assert_eq!(lines(&rotated), shown(&desk));
    assert_eq!(&lines(&rotated)[4..], &before, "an old key is not what it was");
    assert_eq!(versions(&desk), [2, 1]);
    let mode = std::fs::metadata(desk.path("var/keys.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let new = field(&desk.run(&words("issue 2 --json")).done().json, "uid");
    // Byte 3 of the header is the key version.
    assert_eq!([&old, &new].map(|uid| image(&desk, uid).block(5)[3]), [1, 2]);
    let cards = |keys: &Value, version: u64, purpose: &str| {
        let mut all = keys.as_array().unwrap().iter();
        all.find(|key| key["version"] == version && key["purpose"] == purpose).unwrap()["cards"].clone()
    };
    let keys = desk.run(&words("key show --json")).done().json;
    for (version, purpose, count) in [(1, "classic", 1), (2, "classic", 1), (2, "seal", 1), (2, "pwd", 0)] {
        assert_eq!(cards(&keys, version, purpose), count, "{purpose} {version}");
    }
    // The old card is still ours: it is read, checked and handed over.
    desk.run(&words("hand-over 1 --json")).done();
}

#[test]
fn the_text_says_that_the_copy_must_be_made_anew_and_the_log_who_did_it() {
    let desk = ready_desk();
    let told = desk.run(&words("key rotate")).done().stdout;
    assert!(told.contains("사본") && told.contains("keys.toml"), "{told}");
    assert!(desk.run(&words("key rotate --lang en")).done().stdout.contains("copy of the key file"));
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    let logged: i64 = store
        .query_row(
            "SELECT count(*) FROM access_entries WHERE purpose = 'key-rotate' AND member IS NULL AND staff LIKE 'os:%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(logged, 2);
}

#[test]
fn the_same_request_twice_is_one_rotation() {
    let desk = ready_desk();
    let once = desk.run(&words("key rotate --key a --json")).done().json;
    assert_eq!(desk.run(&words("key rotate --key a --json")).done().json, once);
    assert_eq!(versions(&desk), [2, 1]);
    desk.run(&words("key rotate --key b --json")).done();
    assert_eq!(versions(&desk), [3, 2, 1]);
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --kind barcode --key b --json")).refused("key-reused");
}

#[test]
fn rotations_at_once_make_a_version_each() {
    let desk = ready_desk();
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| desk.run(&words("key rotate --json")).done());
        }
    });
    assert_eq!(versions(&desk), [7, 6, 5, 4, 3, 2, 1]);
}

#[cfg(debug_assertions)]
#[test]
fn killed_around_its_mark_the_request_makes_one_version() {
    for when in ["before", "after"] {
        let desk = ready_desk();
        let line = words("key rotate --key a --json");
        let killed = desk.command().env("ISSUER_KILL", format!("{when}:rotate")).args(&line).output().unwrap();
        assert_eq!(killed.status.code(), None, "{killed:?}");
        desk.run(&line).done();
        assert_eq!(versions(&desk), [2, 1], "{when}");
    }
}

#[test]
fn killed_at_any_moment_no_version_is_lost() {
    let desk = ready_desk();
    let began = std::time::Instant::now();
    desk.run(&words("key rotate --json")).done();
    let whole = u64::try_from(began.elapsed().as_micros()).unwrap();
    for i in 0..20 {
        let before = shown(&desk);
        let running = desk.start(&words("key rotate --json"));
        // Not a wait for anything: the moment is the test.
        thread::sleep(Duration::from_micros(whole * (i + 1) / 20));
        running.kill();
        let after = shown(&desk);
        assert_eq!(&after[after.len() - before.len()..], &before, "after {i}/20 of a rotation");
        assert!(after.len() == before.len() || after.len() == before.len() + 4, "a version that is not whole");
    }
}

#[test]
fn version_255_is_the_last() {
    let desk = ready_desk();
    // As if it had never known version 1.
    crate::found::sql(&desk, "DELETE FROM key_checks");
    let file = desk.path("var/keys.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("version = 1", "version = 255").replace("current = 1", "current = 255"))
        .unwrap();
    refused(&desk, &words("key rotate"), "key-version-last");
    assert_eq!(versions(&desk), [255]);
}

/// What a key file may look like that must not be used.
type Spoil = fn(&Desk);

fn change(desk: &Desk, from: &str, to: &str) {
    let file = desk.path("var/keys.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
}

const SPOILT: [(&str, Spoil); 9] = [
    ("key-file-length", |desk| {
        let text = std::fs::read_to_string(desk.path("var/keys.toml")).unwrap();
        let key = text.lines().find(|line| line.starts_with("key = ")).unwrap().to_owned();
        change(desk, &key, "key = \"A1B2C3\"");
    }),
    ("key-file-version", |desk| change(desk, "current = 1", "current = 2")),
    ("key-file-incomplete", |desk| change(desk, "version = 1", "version = 2")),
    ("key-file-format", |desk| std::fs::write(desk.path("var/keys.toml"), [0xFF, 0xFE, 0, b'\n']).unwrap()),
    ("key-file-mode", |desk| {
        std::fs::set_permissions(desk.path("var/keys.toml"), PermissionsExt::from_mode(0o644)).unwrap();
    }),
    ("key-file-symlink", |desk| {
        std::fs::rename(desk.path("var/keys.toml"), desk.path("var/elsewhere")).unwrap();
        symlink(desk.path("var/elsewhere"), desk.path("var/keys.toml")).unwrap();
    }),
    ("key-file-missing", |desk| std::fs::remove_file(desk.path("var/keys.toml")).unwrap()),
    ("key-file-no-file", |desk| {
        std::fs::remove_file(desk.path("var/keys.toml")).unwrap();
        std::fs::create_dir(desk.path("var/keys.toml")).unwrap();
    }),
    // Sound in itself, and of another database.
    ("key-file-foreign", |desk| {
        std::fs::copy(ready_desk().path("var/keys.toml"), desk.path("var/keys.toml")).unwrap();
    }),
];

#[test]
fn a_key_file_that_is_not_as_it_should_be_is_refused_before_any_card_is_touched() {
    for (code, spoil) in SPOILT {
        let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
        enrol(&desk, "홍길동");
        let uid = field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
        let before = image(&desk, &uid).0;
        spoil(&desk);
        refused(&desk, &words("issue 1 --wait 0.1"), code);
        refused(&desk, &words("key rotate"), code);
        assert!(
            desk.run(&words("key show --lang en")).stderr.contains("var/keys.toml"),
            "{code} does not name the file"
        );
        assert_eq!(image(&desk, &uid).0, before, "{code}");
        let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
        let jobs: i64 = store.query_row("SELECT count(*) FROM jobs", [], |row| row.get(0)).unwrap();
        assert_eq!(jobs, 0, "{code}");
    }
}

/// A database from before it knew any keys takes those that it opens with, and no others from then on.
#[test]
fn an_older_database_learns_its_keys_when_it_is_opened() {
    let desk = ready_desk();
    crate::found::sql(&desk, "DELETE FROM key_checks");
    desk.run(&words("key show --json")).done();
    std::fs::copy(ready_desk().path("var/keys.toml"), desk.path("var/keys.toml")).unwrap();
    refused(&desk, &words("key show"), "key-file-foreign");
}

/// Good cards of version 2 would be called overwritten and end as waste, and a second version 2 would make them strangers.
#[test]
fn an_older_copy_of_the_key_file_is_refused() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let file = desk.path("var/keys.toml");
    let copy = std::fs::read(&file).unwrap();
    desk.run(&words("key rotate --json")).done();
    let newest = std::fs::read_to_string(&file).unwrap();
    desk.run(&words("issue 1 --json")).done();
    std::fs::write(&file, &copy).unwrap();
    for line in ["card read", "card recover", "hand-over 1", "job cancel 1", "key rotate"] {
        refused(&desk, &words(line), "key-file-old");
    }
    assert_eq!(std::fs::read(&file).unwrap(), copy);
    // Working on with an older version is the administrator's to choose, when the newer one is there.
    std::fs::write(&file, newest.replace("current = 2", "current = 1")).unwrap();
    desk.run(&words("hand-over 1 --json")).done();
    assert_eq!(desk.run(&words("card read --json")).done().json["status"], "live");
}

/// Neither what is said nor what is stored holds a key, old or new, as text or as bytes.
#[test]
fn no_key_leaves_its_file() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
    let mut said = String::new();
    for line in
        ["key rotate", "card read --json", "card verify", "card recover", "key show", "key rotate --key a --json"]
    {
        let output = desk.run(&words(line)).done();
        said += &(output.stdout + &output.stderr);
    }
    let text = std::fs::read_to_string(desk.path("var/keys.toml")).unwrap();
    let keys: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("key = \"")?.strip_suffix('"')).collect();
    assert_eq!(keys.len(), 12);
    let mut stored = Vec::new();
    for file in ["issuer.db", "issuer.db-wal"] {
        stored.extend(std::fs::read(desk.path("var").join(file)).unwrap_or_default());
    }
    let said = said.to_uppercase();
    let stored_text = String::from_utf8_lossy(&stored).to_uppercase();
    for key in keys {
        assert!(!said.contains(key) && !stored_text.contains(key));
        let bytes = u128::from_str_radix(key, 16).unwrap().to_be_bytes();
        assert!(!stored.windows(16).any(|window| window == bytes));
    }
}
