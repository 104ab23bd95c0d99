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

fn entry(member: i64) -> access::Entry<'static> {
    access::Entry {
        time: 1,
        staff: "os:tester",
        role: "administrator",
        desk: "",
        origin: "command-line",
        member: Some(member),
        what: "look",
        purpose: "member",
    }
}

/// The same entries end in the same hash, and one that differs anywhere changes every hash after it.
#[test]
fn the_access_log_is_one_chain() {
    let head = |members: &[i64]| -> Vec<u8> {
        let (_folder, store) = Folder::new().open_with_folder();
        // In two transactions: the second goes on where the first ended.
        store.change(|tx| access::append(tx, members[..1].iter().map(|id| entry(*id)))).unwrap();
        store.change(|tx| access::append(tx, members[1..].iter().map(|id| entry(*id)))).unwrap();
        let last = "SELECT hash FROM access_entries ORDER BY seq DESC LIMIT 1";
        store.look(|tx| Ok(tx.query_row(last, [], |row| row.get(0))?)).unwrap()
    };
    assert_eq!(head(&[1, 2, 3]), head(&[1, 2, 3]));
    assert_ne!(head(&[1, 2, 3]), head(&[4, 2, 3]));
    assert_ne!(head(&[1, 2, 3]), head(&[1, 3]));
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
