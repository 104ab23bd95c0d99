//! What must not stand where it does not belong: persons outside their tables and lists, keys outside their file.

use rusqlite::types::Value;

use crate::{enrol, field, ready_desk, words};

const PERSONAL: [&str; 4] = ["홍길동", "1988-03-14", "01023456789", "010-2345-6789"];

/// Every text and blob of every table but those named, as one string.
pub fn stored(file: &std::path::Path, but: &[&str]) -> String {
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
    let elsewhere = stored(&desk.path("var/issuer.db"), &["member_persons", "member_names"]);
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
    assert_eq!(logged, ["change enrol", "list find", "look member", "change issue, clerk's word", "change hand-over"]);
    let mut staff = store.prepare("SELECT DISTINCT staff FROM access_entries").unwrap();
    let staff: Vec<String> = staff.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(staff.len() == 1 && staff[0].starts_with("os:"), "{staff:?}");
    for change in ["UPDATE access_entries SET member = 2", "DELETE FROM access_entries"] {
        assert!(store.execute(change, []).is_err(), "{change}");
    }
}

/// A registration number is refused wherever a text is taken, said nowhere, and lies in no file afterwards.
#[test]
fn an_identity_number_is_kept_and_repeated_nowhere() {
    const PLANTED: &str = "900314-1234567";
    let desk = ready_desk();
    let person = ["--name", "홍길동", "--birth", "1988-03-14", "--identity", "mobile", "--consent", "local,national"];
    desk.run(&[&["enrol"][..], &person, &["--json"]].concat()).done();
    let with = |option: &'static str| [&["enrol"][..], &person, &["--anyway", option, PLANTED]].concat();
    let mut lines: Vec<Vec<&str>> = [
        "enrol --name # --birth 1988-03-14 --identity mobile --consent local",
        "enrol --name 홍길동 --birth # --identity mobile --consent local",
        "enrol --name 홍길동 --birth 1988-03-14 --identity # --consent local",
        "enrol --name 홍길동 --birth 1988-03-14 --identity mobile --consent #",
        "enrol --from #",
        "init --admin #",
        "member find #",
        "member show #",
        "issue #",
        "issue 1 --kind #",
        "issue 1 --reader #",
        "issue 1 --printer #",
        "issue 1 --pay #",
        "issue 1 --waive #",
        "issue 1 --wait #",
        "issue 1 --key #",
        "issue 1 --key=#",
        "job show #",
        "job resume #",
        "job resume 1 --print #",
        "job resume 1 --wait #",
        "job resume 1 --key #",
        "job cancel #",
        "job cancel 1 --key #",
        "hand-over #",
        "hand-over 1 --scan #",
        "hand-over 1 --scan=#",
        "hand-over 1 --reader #",
        "hand-over 1 --unpaid #",
        "hand-over 1 --key #",
        "number decode #",
        "library find #",
        "library show #",
        "card read --reader #",
        "card verify --reader #",
        "preview # --out x.png",
        "preview 12100300000001 --out x.png --layout #",
        "preview 12100300000001 --out x.png --side #",
        "--lang # job list",
        "job list #",
        "# 1",
        "rig card lay #",
        "rig card dump #",
        "rig card new --kind #",
        "rig card new --uid #",
        "rig card new --lay --reader #",
        "rig card tear --after #",
        "rig card tear --how #",
        "rig card tear --reader #",
    ]
    .map(|line| words(line))
    .into();
    lines.extend(["--phone", "--kind", "--guardian", "--guardian-identity", "--own-number", "--key"].map(with));
    let check = |output: crate::support::Output, line: &str| {
        assert!(matches!(output.status, Some(1 | 2)), "{line}: {output:#?}");
        let said = output.stdout + &output.stderr;
        assert!(!said.contains("900314") && !said.contains("1234567"), "{line}: {said}");
    };
    for line in &lines {
        let planted: Vec<String> = line.iter().map(|word| word.replace('#', PLANTED)).collect();
        let planted: Vec<&str> = planted.iter().map(String::as_str).collect();
        check(desk.run(&planted), &line.join(" "));
    }
    for field in
        ["name", "birth", "phone", "kind", "identity", "consent", "guardian", "guardian-identity", "own-number", "key"]
    {
        let mut form = serde_json::json!({ "name": "성춘향", "birth": "1988-03-14", "identity": "mobile", "consent": "local,national", "guardian": "홍판서", "guardian-identity": "passport" });
        form[field] = PLANTED.into();
        check(desk.run_with(&["enrol", "--from", "-"], &form.to_string()), field);
    }
    let mut folders = vec![desk.path("var")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            assert!(!path.to_string_lossy().contains("900314"), "{path:?}");
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            for text in [PLANTED, "9003141234567"] {
                let found = bytes.windows(text.len()).any(|part| part == text.as_bytes());
                assert!(!found, "an identity number lies in {path:?}");
            }
        }
    }
    assert!(files >= 2, "the judge finds the database and the keys");
}
