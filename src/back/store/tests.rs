//! The store alone: reservation by many at once, idempotency keys over time, the chain of the access log.

use std::collections::BTreeSet;

use super::*;
use crate::back::store::members::Member;
use crate::plan::job::NumberState;
use crate::plan::member::{LibraryCode, MemberNumber};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Store {
        Store::open(&self.0.path().join("issuer.db")).unwrap()
    }
}

fn member(tx: &Tx) -> Result<i64, Trouble> {
    let member = Member {
        id: 0,
        kind: "adult".into(),
        national: true,
        identity: "mobile".into(),
        identity_on: None,
        guardian_identity: None,
        condition: None,
        origin: "enrolled".into(),
        reconciled: None,
        own_ended: None,
        own_card: true,
        consent_at: 0,
        own_number: None,
        number: None,
        state: "active".into(),
        created: 0,
        created_by: "os:tester".into(),
        name: "홍길동".into(),
        birth: "1988-03-14".into(),
        phone: None,
        guardian: None,
    };
    members::insert(tx, &member, "ㅎㄱㄷ")
}

/// As the desk does it: look for the last one and insert the next, in one transaction.
fn reserve(store: &Store) -> u32 {
    store
        .change(|tx| {
            let code = LibraryCode::parse("121003")?;
            let next = numbers::last_reserved(tx, code, 1, 99_999_999)?.unwrap_or(0) + 1;
            let number = MemberNumber::new(code, next)?;
            let holder = member(tx)?;
            numbers::insert(tx, number, numbers::Origin::Range, NumberState::Reserved, holder, 0)?;
            Ok(next)
        })
        .unwrap()
}

/// Two stores on one file stand for two processes: SQLite's locks are theirs, not ours.
/// The test process and a second one, this very test run again with the folder in its environment, each with eight
/// threads at one database.
#[test]
fn two_processes_and_eight_threads_each_reserve_without_doubles_or_gaps() {
    const EACH: usize = 25;
    const CHILD: &str = "ISSUER_TEST_STORE";
    const NAME: &str = "back::store::tests::two_processes_and_eight_threads_each_reserve_without_doubles_or_gaps";
    let eight = |store: &Store| -> Vec<u32> {
        std::thread::scope(|scope| {
            let work = || (0..EACH).map(|_| reserve(store)).collect::<Vec<_>>();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        })
    };
    if let Some(path) = std::env::var_os(CHILD) {
        let store = Store::open(std::path::Path::new(&path)).unwrap();
        eight(&store).iter().for_each(|serial| println!("reserved {serial}"));
        return;
    }
    let folder = Folder::new();
    let store = folder.open();
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, store.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut given = eight(&store);
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let theirs = said.lines().filter_map(|line| line.split("reserved ").nth(1)?.parse::<u32>().ok());
    given.extend(theirs);
    assert_eq!(given.len(), 16 * EACH, "{said}");
    assert_eq!(given.into_iter().collect::<BTreeSet<_>>(), (1..=16 * EACH as u32).collect());
}

#[test]
fn a_change_that_fails_leaves_nothing() {
    let store = Folder::new().open_with_folder();
    let refused = store.1.change(|tx| member(tx).and_then(|_| Err::<(), _>(Trouble::new("job-open"))));
    assert_eq!(refused.unwrap_err().code, "job-open");
    assert_eq!(store.1.look(members::count).unwrap(), 0);
    store.1.change(member).unwrap();
    assert_eq!(store.1.look(members::count).unwrap(), 1);
}

impl Folder {
    fn open_with_folder(self) -> (Folder, Store) {
        let store = self.open();
        (self, store)
    }
}

#[test]
fn a_key_is_kept_thirty_days_and_holds_its_request() {
    let (_folder, store) = Folder::new().open_with_folder();
    const DAY: i64 = 24 * 60 * 60 * 1000;
    fn asked<'a>(arguments: u8, actor: &'a str) -> answers::Asked<'a> {
        answers::Asked { key: "k", command: "issue", arguments: [arguments; 32], actor }
    }
    let before = |asked: &answers::Asked, day: i64| store.change(|tx| answers::made_before(tx, asked, day * DAY));
    assert_eq!(before(&asked(1, "os:a"), 0), Ok(None));
    store.change(|tx| answers::note(tx, &asked(1, "os:a"), 7, 0)).unwrap();
    assert_eq!(before(&asked(1, "os:a"), 30), Ok(Some(7)));
    assert_eq!(before(&asked(2, "os:a"), 30).unwrap_err().code, "key-reused");
    assert_eq!(before(&asked(1, "os:b"), 30).unwrap_err().code, "key-reused");
    assert_eq!(before(&asked(2, "os:a"), 31), Ok(None));
    store.change(|tx| answers::note(tx, &asked(2, "os:a"), 8, 31 * DAY)).unwrap();
    assert_eq!(before(&asked(2, "os:a"), 31), Ok(Some(8)));
}

/// A look of `staff` at these members, at `hour` of a day.
fn looked(tx: &Tx, staff: &str, (day, hour): (&str, i8), members: &[i64]) -> Result<(), Trouble> {
    let when = access::Moment { time: 1, day: day.to_owned(), hour };
    let entry =
        access::Entry { when: &when, staff, role: "clerk", desk: "1", origin: "page", what: "look", purpose: "member" };
    access::append(tx, &entry, members.iter().copied().map(Some))
}

/// The same entries end in the same hash, and one that differs anywhere changes every hash after it.
#[test]
fn the_access_log_is_one_chain() {
    let head = |members: &[i64]| -> Vec<u8> {
        let (_folder, store) = Folder::new().open_with_folder();
        // In two transactions: the second goes on where the first ended.
        store.change(|tx| looked(tx, "staff:1", ("2026-11-01", 9), &members[..1])).unwrap();
        store.change(|tx| looked(tx, "staff:1", ("2026-11-01", 9), &members[1..])).unwrap();
        let last = "SELECT hash FROM access_entries ORDER BY seq DESC LIMIT 1";
        store.look(|tx| Ok(tx.query_row(last, [], |row| row.get(0))?)).unwrap()
    };
    assert_eq!(head(&[1, 2, 3]), head(&[1, 2, 3]));
    assert_ne!(head(&[1, 2, 3]), head(&[4, 2, 3]));
    assert_ne!(head(&[1, 2, 3]), head(&[1, 3]));
}

#[test]
fn every_entry_is_counted_by_hour_by_day_and_by_member() {
    let (_folder, store) = Folder::new().open_with_folder();
    for (staff, at, members) in [
        ("staff:1", ("2026-11-01", 9), &[1, 2][..]),
        ("staff:1", ("2026-11-01", 9), &[2]),
        ("staff:1", ("2026-11-01", 23), &[3]),
        ("staff:2", ("2026-11-01", 9), &[1]),
        ("staff:1", ("2026-11-02", 9), &[1]),
        ("staff:1", ("2026-11-02", 9), &[]),
    ] {
        store.change(|tx| looked(tx, staff, at, members)).unwrap();
    }
    let rows = |sql: &str| -> Vec<String> {
        let read = |tx: &Tx| {
            let mut found = tx.prepare(sql)?;
            let found = found.query_map([], |row| row.get(0))?;
            Ok(found.collect::<Result<_, _>>()?)
        };
        store.look(read).unwrap()
    };
    assert_eq!(
        rows("SELECT day || ' ' || hour || ' ' || staff || ' ' || looks FROM log_hours"),
        ["2026-11-01 9 staff:1 3", "2026-11-01 9 staff:2 1", "2026-11-01 23 staff:1 1", "2026-11-02 9 staff:1 1",]
    );
    assert_eq!(
        rows("SELECT day || ' ' || staff || ' ' || members FROM log_days"),
        ["2026-11-01 staff:1 3", "2026-11-01 staff:2 1", "2026-11-02 staff:1 1"]
    );
    assert_eq!(
        rows("SELECT member || ' ' || looks FROM log_members WHERE day = '2026-11-01' AND staff = 'staff:1'"),
        ["1 1", "2 2", "3 1"]
    );
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let folder = Folder::new();
    drop(folder.open());
    let file = folder.0.path().join("issuer.db");
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 999).unwrap();
    assert_eq!(Store::open(&file).err().map(|trouble| trouble.code), Some("database-newer"));
}

#[test]
fn a_file_that_is_no_database_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let file = folder.0.path().join("issuer.db");
    std::fs::write(&file, "this is no database, and it is long enough to be read as a header of one. ".repeat(20))
        .unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(Store::open(&file).err().map(|trouble| trouble.code), Some("database-damaged"));
}

#[test]
fn part_of_a_name_is_found_by_an_index_that_follows_every_change() {
    let folder = Folder::new();
    let store = folder.open();
    let found = |text: &str| {
        let found = store.look(|tx| members::search(tx, &members::Search::Name(text), 50)).unwrap();
        found.iter().map(|member| member.name.clone()).collect::<Vec<_>>()
    };
    let id = store.change(member).unwrap();
    for text in ["홍길동", "홍", "길동", "동", "ㅎㄱㄷ", "ㄱㄷ", "ㄷ", "홍ㄱㄷ", "홍길ㄷ", "ㅎ길동", "길ㄷ", "홍 길 동"]
    {
        assert_eq!(found(text), ["홍길동"], "{text}");
    }
    for text in ["", "홍동", "ㅎㄷ", "길홍", "ㅎㄱㄱ", "홍길동님", "%", "홍ㄷ"] {
        assert!(found(text).is_empty(), "{text}");
    }
    let write = |sql: &str| store.change(|tx| Ok(tx.execute(sql, [id])?)).unwrap();
    write("UPDATE member_persons SET name = '성춘향', name_key = '성춘향', initials = 'ㅅㅊㅎ' WHERE member = ?1");
    assert_eq!((found("길동"), found("춘향")), (vec![], vec!["성춘향".to_owned()]));
    assert_eq!(found("ㅊㅎ"), ["성춘향"]);
    write("DELETE FROM member_persons WHERE member = ?1");
    let left = store.look(|tx| Ok(tx.query_row("SELECT count(*) FROM member_names", [], |row| row.get::<_, i64>(0))?));
    assert_eq!(left.unwrap(), 0, "a person who is purged is purged from the index");
}

/// What the pages ask again and again never reads a whole table.
#[test]
fn searches_and_counts_go_by_an_index() {
    let folder = Folder::new();
    let store = folder.open();
    for sql in [
        "SELECT member FROM member_names WHERE start = 0 AND part >= 'a' AND part < 'b' ORDER BY part, member",
        "SELECT member FROM member_names WHERE start = 1 AND initials >= 'a' AND initials < 'b' ORDER BY initials, part, member",
        "DELETE FROM member_names WHERE start IN (0, 1) AND member = 1 AND part IN (SELECT substr('abc', at) FROM member_name_places WHERE at <= 3)",
        "SELECT count(*) FROM members WHERE origin = 'imported' AND created >= 1 AND created < 2",
        "SELECT count(*) FROM members WHERE number >= '111314' AND number < '111314:'",
        "SELECT count(*) FROM cards WHERE state = 'spoiled' AND ended_at >= 1 AND ended_at < 2",
        "SELECT id FROM cards WHERE state = 'suspended' AND suspended_at < 1",
        "SELECT id FROM cards WHERE number = '1' ORDER BY id DESC",
        "SELECT kind, reason, updated / 900000, count(*) FROM jobs WHERE state = 'handed-over' AND updated >= 1 AND updated < 2
         GROUP BY 1, 2, 3 ORDER BY 3",
        "SELECT id FROM jobs WHERE member IN (SELECT member FROM numbers WHERE number = '1') AND '1' IN (number, old_number)",
        "SELECT id FROM jobs WHERE updated >= 1 AND updated < 2 UNION SELECT id FROM jobs WHERE created >= 1 AND created < 2",
    ] {
        let plan = store.look(|tx| {
            let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let lines = plan.query_map([], |row| row.get(3))?.collect::<Result<Vec<String>, _>>()?;
            Ok(lines)
        });
        let plan = plan.unwrap();
        if sql.contains("count(*) FROM jobs") {
            assert!(plan.iter().any(|line| line.contains("COVERING INDEX jobs_done")), "{sql}: {plan:?}");
        }
        let whole = plan.iter().find(|line| line.starts_with("SCAN") || line.contains("(start=?)"));
        assert!(!plan.is_empty() && whole.is_none(), "{sql}: {plan:?}");
    }
}
