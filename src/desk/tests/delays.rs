//! What wrong passwords cost: by account and by place, one after the other and at once, with a clock that is set back.

use sha2::{Digest, Sha256};

use super::log_in::{PASSWORD, administrator, at, column, seen_at};
use super::*;

fn wrong(desk: &Desk, name: &str, whence: &Whence) -> &'static str {
    code(log_in(desk, name, "낙동강 하구 1004", "1", whence))
}

/// As if so many seconds had gone by since every wrong password.
fn pass(desk: &Desk, seconds: i64) {
    desk.store.change(|tx| Ok(tx.execute("UPDATE wrong_passwords SET last = last - ?1", [seconds * 1000])?)).unwrap();
}

/// As if every wait began at this very moment, however slow the machine is: a count of the future is.
pub(super) fn at_its_start(desk: &Desk) {
    let soon = desk.now().as_millisecond() + 60_000;
    desk.store.change(|tx| Ok(tx.execute("UPDATE wrong_passwords SET last = ?1", [soon])?)).unwrap();
}

/// Name or source, place and count of every row; the fewest first.
fn rows(desk: &Desk) -> Vec<(String, i64)> {
    let read = |tx: &crate::back::store::Tx| {
        let mut found = tx.prepare("SELECT place, wrong FROM wrong_passwords ORDER BY wrong, place")?;
        let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<_>, _>>()?;
        Ok(rows)
    };
    desk.store.look(read).unwrap()
}

fn seconds(trouble: &Trouble) -> u64 {
    let found = trouble.args.iter().find(|(name, _)| *name == "seconds");
    found.and_then(|(_, seconds)| seconds.parse().ok()).unwrap_or_else(|| panic!("{trouble:?}"))
}

#[test]
fn wrong_passwords_cost_time_that_doubles_and_ends_and_no_knock_lengthens_it() {
    let desk = Room::new(&[]);
    administrator(&desk);
    for name in ["김관리", "이몽룡"] {
        let here = at("10.0.0.1");
        for waits in [None, None, Some(1)] {
            let refused = log_in(&desk, name, "낙동강 하구 1004", "1", &here).err().unwrap();
            let said = refused.args.iter().any(|(name, _)| *name == "seconds").then(|| seconds(&refused));
            assert_eq!((refused.code, said), ("log-in-refused", waits), "{name}: the wait that begins is said at once");
        }
        let before = rows(&desk);
        for _ in 0..5 {
            at_its_start(&desk);
            let early = log_in(&desk, name, PASSWORD, "1", &here).err().unwrap();
            assert_eq!(
                (early.code, seconds(&early)),
                ("log-in-wait", 1),
                "{name}: not even the right one is looked at"
            );
        }
        assert_eq!(rows(&desk), before, "{name}: a knock at the door was counted");
        pass(&desk, 2);
        assert_eq!(wrong(&desk, name, &here), "log-in-refused");
        at_its_start(&desk);
        assert_eq!(seconds(&log_in(&desk, name, PASSWORD, "1", &here).err().unwrap()), 2, "{name}");
        for _ in 0..12 {
            pass(&desk, 900);
            assert_eq!(wrong(&desk, name, &here), "log-in-refused", "{name}");
        }
        at_its_start(&desk);
        assert_eq!(seconds(&log_in(&desk, name, PASSWORD, "1", &here).err().unwrap()), 900, "{name}: it is capped");
        pass(&desk, 1000);
    }
    assert_eq!(code(log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.1"))), "done", "never a lock for good");
}

#[test]
fn a_right_password_forgets_the_wrong_ones_of_its_account_in_that_place() {
    let desk = Room::new(&[]);
    administrator(&desk);
    wrong(&desk, "김관리", &at("10.0.0.1"));
    wrong(&desk, "김관리", &at("10.0.0.1"));
    assert_eq!(rows(&desk).len(), 2);
    assert_eq!(code(log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.1"))), "done");
    let left = rows(&desk);
    assert_eq!(left, [("elsewhere".to_owned(), 2)], "the address keeps its two, the right one is not held against it");
}

#[test]
fn one_password_tried_on_many_names_from_one_place_costs_time_too() {
    let desk = Room::new(&[]);
    administrator(&desk);
    for n in 0..21 {
        assert_eq!(wrong(&desk, &format!("이름{n}"), &at("10.0.0.1")), "log-in-refused", "{n}");
    }
    at_its_start(&desk);
    assert_eq!(wrong(&desk, "김관리", &at("10.0.0.1")), "log-in-wait");
    assert_eq!(code(log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.2"))), "done", "others go on elsewhere");
}

#[test]
fn a_known_desk_is_counted_apart_and_a_made_up_cookie_is_none() {
    let desk = Room::new(&[]);
    let known = Whence { known_desks: vec![administrator(&desk).desk_cookie], ..at("10.0.0.1") };
    let stranger = Whence { known_desks: vec!["0".repeat(64)], ..at("10.0.0.1") };
    for _ in 0..40 {
        wrong(&desk, "김관리", &stranger);
    }
    at_its_start(&desk);
    assert_eq!(wrong(&desk, "김관리", &stranger), "log-in-wait");
    let new = log_in(&desk, "김관리", PASSWORD, "1", &known).unwrap();
    assert_eq!([&*new.desk_cookie], known.known_desks[..], "the browser keeps its cookie");
    // What another program of the computer set beside it hides it not; of two that are known, neither is the browser's own.
    let beside = |cookies: &[&str]| {
        let known_desks = cookies.iter().map(|cookie| (*cookie).to_owned()).collect();
        log_in(&desk, "김관리", PASSWORD, "1", &Whence { known_desks, ..at("10.0.0.1") }).map(|new| new.desk_cookie)
    };
    let own = known.known_desks[0].as_str();
    assert_eq!(beside(&["x", own, ""]).unwrap(), own);
    let elsewhere = log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.2"));
    assert_eq!(code(elsewhere), "log-in-wait", "elsewhere nobody gets in while it waits");
    desk.store
        .change(|tx| {
            let hash = crate::desk::secret::hash("second");
            Ok(tx.execute("INSERT INTO known_desks SELECT ?1, desk, created, seen FROM known_desks", [hash])?)
        })
        .unwrap();
    assert_eq!(code(beside(&["second", own])), "log-in-wait");
    desk.store
        .change(|tx| Ok(tx.execute("DELETE FROM known_desks WHERE hash = ?1", [crate::desk::secret::hash("second")])?))
        .unwrap();
    for _ in 0..5 {
        assert_eq!(wrong(&desk, "김관리", &known), "log-in-refused");
    }
    at_its_start(&desk);
    assert_eq!(wrong(&desk, "김관리", &known), "log-in-wait");

    let day = 24 * 60 * 60 * 1000_i64;
    desk.store.change(|tx| Ok(tx.execute("DELETE FROM wrong_passwords", [])?)).unwrap();
    desk.store.change(|tx| Ok(tx.execute("UPDATE known_desks SET seen = seen - ?1", [401 * day])?)).unwrap();
    let late = log_in(&desk, "김관리", PASSWORD, "1", &Whence { address: "10.0.0.9".to_owned(), ..known.clone() });
    assert_ne!([late.unwrap().desk_cookie], known.known_desks[..], "after 400 days it is a stranger's");
    crate::desk::session::sweep(&desk).unwrap();
    let left: i64 =
        desk.store.look(|tx| Ok(tx.query_row("SELECT count(*) FROM known_desks", [], |row| row.get(0))?)).unwrap();
    assert_eq!(left, 1);
}

#[test]
fn locked_and_invited_accounts_answer_as_unknown_names_and_are_counted_alike() {
    let desk = Room::new(&[]);
    let admin = administrator(&desk);
    let secret = crate::desk::secret::hashed(PASSWORD.as_bytes()).unwrap();
    let states = [("잠긴이", "locked", Some(&secret)), ("초대됨", "invited", None)];
    for (name, state, password) in states {
        let sql = "INSERT INTO staff (name, role, state, password, created) VALUES (?1, 'clerk', ?2, ?3, 0)";
        desk.store.change(|tx| Ok(tx.execute(sql, rusqlite::params![name, state, password])?)).unwrap();
    }
    for name in ["잠긴이", "초대됨", "없는이"] {
        let here = at(name);
        let refused = log_in(&desk, name, PASSWORD, "1", &here).err().unwrap();
        assert_eq!((refused.code, refused.args.len()), ("log-in-refused", 0), "{name}");
        let more = [0; 2].map(|_| code(log_in(&desk, name, PASSWORD, "1", &here)));
        assert_eq!(more, ["log-in-refused"; 2], "{name}");
        at_its_start(&desk);
        assert_eq!(code(log_in(&desk, name, PASSWORD, "1", &here)), "log-in-wait", "{name}");
    }
    assert!(rows(&desk).iter().all(|(_, wrong)| *wrong == 3));
    // A session of somebody who is locked opens nothing, and does not stand.
    desk.store.change(|tx| Ok(tx.execute("UPDATE staff SET state = 'locked'", [])?)).unwrap();
    assert!(session(&desk, &admin.cookie, &Whence::default()).unwrap().is_none());
    assert!(!session_stands(&desk, &admin.session).unwrap());
}

/// A password in the field of the name: nothing of it lies in the database, not even as a hash that could be tried out.
#[test]
fn nothing_that_was_typed_is_kept() {
    let desk = Room::new(&[]);
    administrator(&desk);
    assert_eq!(wrong(&desk, PASSWORD, &at("10.0.0.1")), "log-in-refused");
    let who = |tx: &crate::back::store::Tx| {
        let mut found = tx.prepare("SELECT who FROM wrong_passwords")?;
        Ok(found.query_map([], |row| row.get::<_, Vec<u8>>(0))?.collect::<Result<Vec<_>, _>>()?)
    };
    let kept = desk.store.look(who).unwrap();
    assert_eq!(kept.len(), 2);
    for kind in ["account", "name", "address", ""] {
        for salt in [&desk.salt[..], b""] {
            let tried = Sha256::new().chain_update(salt).chain_update(kind).chain_update([0]).chain_update(PASSWORD);
            assert!(!kept.contains(&tried.finalize().to_vec()), "{kind}");
        }
    }
    let logged: i64 = desk
        .store
        .look(|tx| {
            let sql = "SELECT count(*) FROM access_rights WHERE detail LIKE '%' || ?1 || '%'";
            Ok(tx.query_row(sql, [PASSWORD], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(logged, 0);
}

#[test]
fn guesses_at_once_are_no_more_than_one_after_the_other() {
    let desk = Room::new(&[]);
    administrator(&desk);
    let looked = std::sync::atomic::AtomicUsize::new(0);
    let guess = || {
        for _ in 0..8 {
            let refused = wrong(&desk, "김관리", &at("10.0.0.1"));
            assert!(["log-in-refused", "log-in-wait", "log-in-busy"].contains(&refused), "{refused}");
            looked.fetch_add(usize::from(refused == "log-in-refused"), std::sync::atomic::Ordering::SeqCst);
        }
    };
    let began = std::time::Instant::now();
    std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(guess))));
    // The wait after the third is a second, the next two: on a slow machine one or two more had their time.
    let fair = 3 + (began.elapsed().as_secs() + 1).ilog2() as usize;
    let looked = looked.into_inner();
    assert!((3..=fair).contains(&looked), "{looked} of 64 guesses were looked at, {fair} would be fair");
}

#[test]
fn two_right_log_ins_at_once_both_get_in_and_leave_nothing_behind() {
    let desk = Room::new(&[]);
    let known = Whence { known_desks: vec![administrator(&desk).desk_cookie], ..at("10.0.0.1") };
    let both = || log_in(&desk, "김관리", PASSWORD, "1", &known).unwrap();
    let (one, other) = std::thread::scope(|scope| {
        let (one, other) = (scope.spawn(both), scope.spawn(both));
        (one.join().unwrap(), other.join().unwrap())
    });
    assert_ne!(one.cookie, other.cookie);
    assert_ne!(one.session.id, other.session.id);
    assert_eq!(rows(&desk), []);
}

#[test]
fn a_flood_finds_the_queue_full_and_the_desk_s_own_people_still_have_a_place() {
    let desk = Room::new(&[]);
    let known = Whence { known_desks: vec![administrator(&desk).desk_cookie], ..at("10.0.0.1") };
    let flood: Vec<_> = (0..6).map(|_| desk.stove.queue(6).unwrap()).collect();
    let busy = log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.2")).err().unwrap();
    assert_eq!((busy.code, seconds(&busy)), ("log-in-busy", 3));
    assert_eq!(rows(&desk), [], "who was not looked at is not counted");
    assert_eq!(code(log_in(&desk, "김관리", PASSWORD, "1", &known)), "done");
    drop(flood);
    assert_eq!(code(log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.2"))), "done");
}

#[test]
fn a_clock_set_back_makes_nobody_wait_longer_than_the_wait_and_ends_sessions_of_the_future() {
    let desk = Room::new(&[]);
    let new = administrator(&desk);
    let hour = 60 * 60 * 1000;
    let now = desk.now().as_millisecond();
    for _ in 0..3 {
        wrong(&desk, "김관리", &at("10.0.0.1"));
    }
    pass(&desk, -5 * 60 * 60);
    assert_eq!(seconds(&log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.1")).err().unwrap()), 1);
    pass(&desk, 1);
    assert_eq!(code(log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.1"))), "done", "the wait begins once, not anew");

    let stands = |new: &NewSession| session(&desk, &new.cookie, &Whence::default()).unwrap().is_some();
    column(&desk, &new, "created", now + 30_000);
    seen_at(&desk, &new, now + 30_000);
    assert!(stands(&new), "clocks are put right by seconds");
    let draft = keep(&desk, &new.session, "enrol", "{}").unwrap();
    column(&desk, &new, "created", now + hour);
    seen_at(&desk, &new, now + hour);
    assert!(!stands(&new));
    // What was typed in it goes on; its cookie opens nothing, be the clock put right again.
    crate::desk::session::sweep(&desk).unwrap();
    column(&desk, &new, "created", now);
    seen_at(&desk, &new, now);
    assert!(!stands(&new));
    seen_at(&desk, &new, now + hour);
    let next = log_in(&desk, "김관리", PASSWORD, "1", &Whence::default()).unwrap();
    assert_eq!(kept(&desk, &next.session, "enrol", &draft).unwrap().as_deref(), Some("{}"));
}

#[test]
fn counts_are_swept_after_a_day_and_never_too_many() {
    use crate::back::store::wrong_passwords::{Row, put, sweep};
    let desk = Room::new(&[]);
    let rows_of = |rows: &[(u8, u32, i64)]| {
        desk.store
            .change(|tx| {
                rows.iter().try_for_each(|(who, wrong, last)| {
                    put(tx, &[*who], "elsewhere", Row { wrong: *wrong, last: *last })
                })
            })
            .unwrap();
    };
    let now = desk.now().as_millisecond();
    rows_of(&[(1, 9, now - 25 * 60 * 60 * 1000), (2, 1, now), (3, 1, now - 5), (4, 8, now - 9)]);
    crate::desk::log_in::sweep(&desk).unwrap();
    assert_eq!(rows(&desk).len(), 3, "yesterday's is forgotten");
    desk.store.change(|tx| sweep(tx, 0, i64::MAX, 1)).unwrap();
    assert_eq!(rows(&desk), [("elsewhere".to_owned(), 8)], "what matters is kept");
}
