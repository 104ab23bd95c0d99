//! What must not stand where it does not belong: persons outside their tables and lists, keys outside their file.

use rusqlite::types::Value;

use crate::{enrol, field, ready_desk, words};

const PERSONAL: [&str; 4] = ["홍길동", "1988-03-14", "01023456789", "010-2345-6789"];

/// Every text and blob of every table but those named, as one string.
fn stored(file: &std::path::Path, but: &[&str]) -> String {
    let store = rusqlite::Connection::open(file).unwrap();
    let tables: Vec<String> = {
        let mut names = store.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(tables.iter().any(|name| name == "marks"), "{tables:?}");
    let mut all = String::new();
    for table in tables.iter().filter(|name| !but.contains(&name.as_str())) {
        let mut rows = store.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let width = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for i in 0..width {
                match row.get::<_, Value>(i).unwrap() {
                    Value::Text(text) => all.push_str(&text),
                    Value::Blob(bytes) => bytes.iter().for_each(|byte| all.push_str(&format!("{byte:02x}"))),
                    Value::Integer(_) | Value::Real(_) | Value::Null => {}
                }
                all.push('\n');
            }
        }
    }
    all
}

#[test]
fn a_person_stands_in_the_persons_table_and_on_the_card_alone() {
    let desk = ready_desk();
    let person = "--name 홍길동 --birth 1988-03-14 --phone 010-2345-6789 --identity mobile --consent local,national";
    let mut said = String::new();
    let mut run = |line: &str| {
        let output = desk.run(&words(line));
        said.push_str(&output.stdout);
        said.push_str(&output.stderr);
        output
    };
    run(&format!("enrol {person} --key e --json")).done();
    run(&format!("enrol {person}"));
    run("rig card tear --after 90");
    run("issue 1 --key i");
    run("job list");
    run("job show 1");
    run("job resume 1").done();
    run("hand-over 1").done();
    run("card read");
    run("card verify");
    run("member find 홍길동");
    run("member find 1988-03-14");
    run("reader list");
    for text in PERSONAL {
        assert!(!said.contains(text), "{text} was said: {said}");
    }
    let elsewhere = stored(&desk.path("var/issuer.db"), &["member_persons"]);
    let locks: String = std::fs::read_dir(desk.path("var/locks"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for text in PERSONAL {
        assert!(!elsewhere.contains(text), "{text} stands outside member_persons");
        assert!(!locks.contains(text), "{text} stands in var/locks");
    }
    // The judge sees what is there.
    assert!(stored(&desk.path("var/issuer.db"), &[]).contains("홍길동"));
    // One that is opened is shown in full.
    assert!(desk.run(&words("member show 1")).stdout.contains("홍길동"));
}

#[test]
fn keys_stand_in_their_file_alone() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let uid = field(&desk.run(&words("issue 1 --json")).done().json, "uid");
    let shown = desk.run(&words("key show --json")).done().stdout + &desk.run(&words("job show 1 --json")).stdout;
    let text = std::fs::read_to_string(desk.path("var/keys.toml")).unwrap();
    let keys: Vec<String> = text
        .split('"')
        .filter(|part| part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(str::to_lowercase)
        .collect();
    assert_eq!(keys.len(), 4, "the judge finds four keys");
    let image = crate::image(&desk, &uid);
    // Of the card's own keys, those that are secret: key B of every sector.
    let of_card = (0..16)
        .map(|sector| image.block(sector * 4 + 3)[10..].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let stored = stored(&desk.path("var/issuer.db"), &[]).to_lowercase();
    let raw = std::fs::read(desk.path("var/issuer.db")).unwrap();
    for key in keys.into_iter().chain(of_card) {
        assert!(!stored.contains(&key) && !shown.to_lowercase().contains(&key), "a key is out");
        let bytes: Vec<u8> =
            (0..key.len() / 2).map(|i| u8::from_str_radix(&key[i * 2..i * 2 + 2], 16).unwrap()).collect();
        assert!(!raw.windows(bytes.len()).any(|part| part == bytes), "a key stands raw in the database");
    }
}

#[test]
fn every_look_is_in_the_log_and_the_log_stays() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("member find 홍길동 --json")).done();
    desk.run(&words("member show 1 --json")).done();
    desk.run(&words("issue 1 --kind barcode --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    let mut rows =
        store.prepare("SELECT what || ' ' || purpose FROM access_entries WHERE member = 1 ORDER BY seq").unwrap();
    let logged: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(logged, ["change enrol", "list find", "look member", "change issue", "change hand-over"]);
    let mut staff = store.prepare("SELECT DISTINCT staff FROM access_entries").unwrap();
    let staff: Vec<String> = staff.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(staff.len() == 1 && staff[0].starts_with("os:"), "{staff:?}");
    for change in ["UPDATE access_entries SET member = 2", "DELETE FROM access_entries"] {
        assert!(store.execute(change, []).is_err(), "{change}");
    }
}
