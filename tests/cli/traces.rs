//! One whole run with the service's log as wide open as it goes, by page and by command, with everything that people type wrong; then what they typed is
//! looked for wherever it could have gone: in what was said, in the database, in every file, in what the system shows of the process,
//! and in what it leaves when it crashes. Start at the test.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal};

use crate::private::stored;
use crate::support::{Desk, Visitor};
use crate::words;

const STAFF: &str = "성춘향";
const PASSWORD: &str = "옛집 살구나무 73";
/// Typed where it is wrong: as the password of somebody, and as a name.
const WRONG: [&str; 3] = ["남의 비밀번호 88", "이름칸에친비밀 91", "이름칸에친비밀 91 또"];
const IDENTITY: [&str; 2] = ["900314-1234567", "9003141234567"];
const DOCUMENT: &str = "11-99-123456-70";
const PERSONS: [&str; 7] =
    ["허난설", "홍길동", "01023456789", "010-2345-6789", "01098765432", "1988-03-14", "19880314"];

#[test]
fn what_was_typed_in_a_whole_run_stands_nowhere_else() {
    let desk = Desk::new().with("RUST_LOG", "trace").with("RUST_BACKTRACE", "full");
    let service = desk.serve();
    let link = service.setup_link();
    let mut visitor = Visitor::new(&service.url);
    visitor.set_up(&link, STAFF, PASSWORD);
    let mut said = by_page(&mut visitor);
    said.push_str(&by_command(&desk));
    let secrets: Vec<String> = [visitor.session().1, link.rsplit('/').next().unwrap_or_default().to_owned()]
        .into_iter()
        .chain([PASSWORD, WRONG[0], WRONG[1]].map(str::to_owned))
        .chain(visitor.jar.iter().map(|(_, value)| value.clone()))
        .collect();
    let process = of_process(service.running.id());
    // It dies as badly as a process can.
    let id = i32::try_from(service.running.id()).ok().and_then(Pid::from_raw).expect("a process id");
    rustix::process::kill_process(id, Signal::ABORT).expect("the signal");
    let crashed = service.running.end(Duration::from_secs(20));
    assert_eq!(crashed.status, None, "it was ended by a signal");
    assert!(crashed.stderr.contains("refused code="), "the service keeps a log: {}", crashed.stderr);
    // The link is printed for whoever sets the desk up, on its own line.
    let heard: String = crashed.stdout.lines().filter(|line| !line.contains("/setup/")).collect();
    let all = [
        ("the commands' and the pages' addresses", said),
        ("the service's log", heard + &crashed.stderr),
        ("the process", process),
    ];
    for (place, text) in &all {
        for typed in secrets.iter().map(String::as_str).chain(IDENTITY).chain([DOCUMENT]).chain(PERSONS) {
            assert!(!text.contains(typed) && !text.contains(&encoded(typed)), "{typed:?} stands in {place}");
        }
    }
    let database = desk.path("var/issuer.db");
    let whole = stored(&database, &[]);
    // What is being typed waits in `kept` for its person; whom it is about is theirs.
    let elsewhere = stored(&database, &["member_persons", "member_names", "kept"]);
    for typed in secrets.iter().map(String::as_str).chain(IDENTITY).chain([DOCUMENT]) {
        assert!(!whole.contains(typed), "{typed:?} stands in the database");
    }
    for typed in PERSONS {
        assert!(!elsewhere.contains(typed), "{typed:?} stands outside its table");
    }
    let files = files(&desk.path(""));
    assert!(files.len() > 3 && !files.iter().any(|file| is_core(file)), "{files:?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap_or_default();
        for typed in secrets.iter().map(String::as_str).chain(IDENTITY).chain([DOCUMENT]) {
            assert!(
                !bytes.windows(typed.len()).any(|part| part == typed.as_bytes()),
                "{typed:?} lies in {}",
                file.display()
            );
        }
    }
}

/// Set up, logged in wrong and right, a person typed, looked for, mistyped; gives the addresses that pages led to.
fn by_page(visitor: &mut Visitor) -> String {
    let mut stranger = Visitor::new(&visitor.url);
    assert_eq!(stranger.log_in(STAFF, WRONG[0]).status, 422);
    for (name, password) in [(WRONG[1], ""), (WRONG[1], WRONG[0]), (WRONG[2], PASSWORD)] {
        let page = stranger.log_in(name, password);
        assert!(page.status == 422 || page.status == 429, "{}", page.status);
    }
    let person = [
        ("kind", "adult"),
        ("name", "허난설"),
        ("birth", "19880314"),
        ("phone", "01098765432"),
        ("identity", "resident-card"),
    ];
    let with = |field: &'static str, value: &'static str| {
        person.iter().map(|(name, old)| (*name, if *name == field { value } else { *old })).collect::<Vec<_>>()
    };
    let mut led = String::new();
    let forms = [
        ("/enrol", person.to_vec()),
        ("/enrol", with("name", IDENTITY[0])),
        ("/enrol", with("birth", IDENTITY[1])),
        ("/enrol", with("phone", IDENTITY[0])),
        ("/enrol", with("identity", DOCUMENT)),
        ("/import", person.to_vec()),
        ("/find", vec![("q", "홍길동")]),
        ("/find", vec![("q", "010-2345-6789")]),
        ("/find", vec![("q", IDENTITY[0])]),
        ("/find", vec![("q", IDENTITY[1])]),
        ("/codes", vec![("q", IDENTITY[0])]),
        ("/jobs", vec![("number", IDENTITY[1])]),
        ("/members/99/seen", vec![("evidence", IDENTITY[0])]),
    ];
    for (path, fields) in forms {
        let answer = visitor.post(path, &fields);
        led.push_str(&(answer.header("location") + "\n"));
        let to = answer.header("location");
        if !to.is_empty() {
            visitor.get(&to);
        }
    }
    led
}

/// The same person by commands, from a card to its replacement; gives all that was said.
fn by_command(desk: &Desk) -> String {
    let person = r#"{"name":"홍길동","birth":"1988-03-14","phone":"010-2345-6789","identity":"mobile","consent":"local,national"}"#;
    let mut said = String::new();
    let enrolled = desk.run_with(&["enrol", "--from", "-", "--json"], person);
    assert_eq!(enrolled.status, Some(0), "{enrolled:?}");
    said.push_str(&(enrolled.stdout + &enrolled.stderr));
    for line in [
        "issue 1 --json",
        "hand-over 1 --json",
        "reissue 12100300000001 --reason lost --waive other --json",
        "hand-over 2 --json",
        "member find 홍길동",
        "member find 1988-03-14",
        "job list",
        "job show 2",
        "card read",
        "doctor",
        "access show --json",
        "access show --member 1",
        "audit verify",
        "staff list",
    ] {
        let output = desk.run(&words(line));
        said.push_str(&(output.stdout + &output.stderr));
    }
    said
}

/// What the system shows of a process to whoever may look: how it was called and with what around it; and it writes no core.
fn of_process(id: u32) -> String {
    let of = |name: &str| std::fs::read(format!("/proc/{id}/{name}")).unwrap_or_default();
    let limits = String::from_utf8_lossy(&of("limits")).into_owned();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
    let mut all = of("cmdline");
    all.extend(of("environ"));
    for task in std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten() {
        all.extend(std::fs::read(task.path().join("comm")).unwrap_or_default());
    }
    assert!(!all.is_empty());
    String::from_utf8_lossy(&all).into_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => all.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => all.push(entry.path()),
            _ => {}
        }
    }
    all
}

fn is_core(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("core"))
}

fn encoded(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}
