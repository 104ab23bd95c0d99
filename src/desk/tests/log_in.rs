//! Set-up of the first administrator, log-in and the end of sessions. What wrong passwords cost stands in `delays`.

use super::*;
use crate::back::store::staff;
use crate::plan::messages::Lang;
use sha2::{Digest, Sha256};

pub(super) const PASSWORD: &str = "낙동강 하구 1003";

pub(super) fn administrator(desk: &Desk) -> NewSession {
    let token = new_setup(desk, Some("김관리")).unwrap().unwrap();
    set_up(desk, &token, "김관리", PASSWORD, "1", &Whence::default()).unwrap()
}

/// As if this session's person had last done something then.
pub(super) fn seen_at(desk: &Desk, new: &NewSession, millis: i64) {
    column(desk, new, "seen", millis);
}

pub(super) fn column(desk: &Desk, new: &NewSession, name: &str, millis: i64) {
    let sql = format!("UPDATE sessions SET {name} = ?1 WHERE id = ?2");
    desk.store.change(|tx| Ok(tx.execute(&sql, [millis, new.session.id])?)).unwrap();
}

#[test]
fn the_newest_set_up_link_works_once_and_no_other_does() {
    let desk = Room::new(&[]);
    let (first, newest) =
        (new_setup(&desk, Some("김관리")).unwrap().unwrap(), new_setup(&desk, None).unwrap().unwrap());
    assert_eq!(code(set_up_open(&desk, &first)), "setup-link");
    assert_eq!(set_up_open(&desk, &newest).unwrap().name.as_deref(), Some("김관리"));
    assert_eq!(code(set_up(&desk, &newest, "김관리", "short", "1", &Whence::default())), "password-short");
    assert_eq!(code(set_up(&desk, &newest, "김관리", "김관리김관리김관리!", "1", &Whence::default())), "password-name");
    assert!(wants_set_up(&desk).unwrap());
    set_up(&desk, &newest, "김관리", PASSWORD, "1", &Whence::default()).unwrap();
    assert!(!wants_set_up(&desk).unwrap());
    for used in [first, newest, "0".repeat(64)] {
        assert_eq!(code(set_up_open(&desk, &used)), "setup-link");
        assert_eq!(code(set_up(&desk, &used, "다른이", PASSWORD, "1", &Whence::default())), "setup-link");
    }
    assert_eq!(new_setup(&desk, None).unwrap(), None, "there is an administrator");
}

#[test]
fn a_set_up_link_ends_after_its_day() {
    let desk = Room::new(&[]);
    let now = desk.now().as_millisecond();
    let hash: [u8; 32] = Sha256::digest("a link").into();
    desk.store.change(|tx| staff::new_setup(tx, &hash, None, now - 1)).unwrap();
    assert_eq!(code(set_up_open(&desk, "a link")), "setup-link");
    let hash: [u8; 32] = Sha256::digest("another").into();
    desk.store.change(|tx| staff::new_setup(tx, &hash, None, now + 60_000)).unwrap();
    assert_eq!(code(set_up_open(&desk, "another")), "done");
}

#[test]
fn a_log_in_is_refused_alike_whatever_is_wrong() {
    let desk = Room::new(&[]);
    administrator(&desk);
    let wrong = log_in(&desk, "김관리", "낙동강 하구 1004", "1", &Whence::default()).err().unwrap();
    let unknown = log_in(&desk, "이몽룡", PASSWORD, "1", &Whence::default()).err().unwrap();
    assert_eq!((wrong.code, wrong.args.clone()), ("log-in-refused", vec![("wait", "none".to_owned())]));
    assert_eq!(wrong, unknown);
    let new = log_in(&desk, " 김관리 ", PASSWORD, " 2", &Whence::default()).unwrap();
    assert_eq!((new.session.actor.role, new.session.actor.desk.as_str()), (Role::Administrator, "2"));
}

#[test]
fn a_session_ends_by_log_out_by_idleness_and_by_age() {
    let desk = Room::new(&[]);
    let stands = |new: &NewSession| session(&desk, &new.cookie, &Whence::default()).unwrap().is_some();
    let out = administrator(&desk);
    assert!(stands(&out) && session_stands(&desk, &out.session).unwrap());
    log_out(&desk, &out.cookie).unwrap();
    assert!(!stands(&out) && !session_stands(&desk, &out.session).unwrap());

    let now = desk.now().as_millisecond();
    let idle = log_in(&desk, "김관리", PASSWORD, "1", &Whence::default()).unwrap();
    let minutes = i64::from(desk.settings.web.idle_minutes);
    seen_at(&desk, &idle, now - (minutes - 1) * 60_000);
    assert!(stands(&idle));
    seen_at(&desk, &idle, now - (minutes + 1) * 60_000);
    assert!(!stands(&idle) && !session_stands(&desk, &idle.session).unwrap());

    let old = log_in(&desk, "김관리", PASSWORD, "1", &Whence::default()).unwrap();
    let born = |hours: i64| {
        let born = now - hours * 60 * 60 * 1000;
        desk.store
            .change(|tx| Ok(tx.execute("UPDATE sessions SET created = ?1 WHERE id = ?2", [born, old.session.id])?))
            .unwrap();
    };
    born(11);
    assert!(stands(&old));
    born(13);
    touch(&desk, &old.session).unwrap();
    assert!(!stands(&old), "a busy session outlives its twelve hours");
    assert!(session(&desk, "no cookie", &Whence::default()).unwrap().is_none());
}

#[test]
fn what_is_kept_belongs_to_its_session_and_ends_with_it() {
    let desk = Room::new(&[]);
    let (mine, other) = (administrator(&desk), log_in(&desk, "김관리", PASSWORD, "2", &Whence::default()).unwrap());
    let id = keep(&desk, &mine.session, "find", "홍길동").unwrap();
    assert_eq!(kept(&desk, &mine.session, "find", &id).unwrap().as_deref(), Some("홍길동"));
    assert_eq!(kept(&desk, &other.session, "find", &id).unwrap(), None);
    assert_eq!(kept(&desk, &mine.session, "draft", &id).unwrap(), None);
    log_out(&desk, &mine.cookie).unwrap();
    let left: i64 = desk.store.look(|tx| Ok(tx.query_row("SELECT count(*) FROM kept", [], |row| row.get(0))?)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn what_somebody_was_typing_waits_for_their_next_session_and_for_nobody_else_s() {
    let desk = Room::new(&[]);
    let first = administrator(&desk);
    let secret = crate::desk::secret::hashed(PASSWORD.as_bytes()).unwrap();
    desk.store.change(|tx| staff::insert(tx, "이몽룡", Role::Clerk.as_str(), &secret, 0)).unwrap();
    let again = |name: &str| log_in(&desk, name, PASSWORD, "2", &Whence::default()).unwrap();
    let ended = |new: &NewSession, minutes: i64| {
        let seen = desk.now().as_millisecond() - minutes * 60_000;
        seen_at(&desk, new, seen);
        crate::desk::session::sweep(&desk).unwrap();
    };
    let minutes = i64::from(desk.settings.web.idle_minutes) + 1;
    let left = || -> i64 {
        desk.store.look(|tx| Ok(tx.query_row("SELECT count(*) FROM kept", [], |row| row.get(0))?)).unwrap()
    };

    let draft = keep(&desk, &first.session, "enrol", "{}").unwrap();
    let search = keep(&desk, &first.session, "find", "홍길동").unwrap();
    let living = again("김관리");
    assert_eq!(newest_draft(&desk, &living.session).unwrap(), None, "the other session stands, and has it");
    ended(&first, minutes);
    assert_eq!(left(), 1, "a search ends with its session");
    let other = again("이몽룡");
    assert_eq!(kept(&desk, &other.session, "enrol", &draft).unwrap(), None);
    assert_eq!(newest_draft(&desk, &other.session).unwrap(), None);
    let next = again("김관리");
    assert_eq!(kept(&desk, &next.session, "enrol", &draft).unwrap().as_deref(), Some("{}"));
    assert_eq!(newest_draft(&desk, &next.session).unwrap(), Some(("enrol".to_owned(), draft.clone())));
    assert_eq!(kept(&desk, &next.session, "find", &search).unwrap(), None);

    log_out(&desk, &next.cookie).unwrap();
    assert_eq!(
        (newest_draft(&desk, &again("김관리").session).unwrap(), left()),
        (None, 0),
        "whoever logs out leaves it"
    );

    let late = again("김관리");
    keep(&desk, &late.session, "import", "{}").unwrap();
    ended(&late, 13 * 60);
    assert_eq!((newest_draft(&desk, &again("김관리").session).unwrap(), left()), (None, 0), "not on the next day");
}

pub(super) fn at(address: &str) -> Whence {
    Whence { address: address.to_owned(), ..Whence::default() }
}

#[test]
fn a_session_stays_where_it_was_begun() {
    let desk = Room::new(&[]);
    administrator(&desk);
    let new = log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.1")).unwrap();
    assert_eq!(code(session(&desk, &new.cookie, &at("10.0.0.2"))), "session-elsewhere");
    assert!(session(&desk, &new.cookie, &at("10.0.0.1")).unwrap().is_some(), "its owner goes on");
    log_out(&desk, &new.cookie).unwrap();
    assert!(session(&desk, &new.cookie, &at("10.0.0.2")).unwrap().is_none(), "of one that ended nothing is told");
}

/// What another program of the computer sets under the same name stands beside the browser's own.
#[test]
fn of_the_cookies_of_a_browser_the_one_that_is_a_session_is_taken_and_of_several_none() {
    let desk = Room::new(&[]);
    let own = administrator(&desk);
    let other = log_in(&desk, "김관리", PASSWORD, "1", &Whence::default()).unwrap();
    let there = log_in(&desk, "김관리", PASSWORD, "1", &at("10.0.0.1")).unwrap();
    let taken = |cookies: &[&str]| {
        let sessions = cookies.iter().map(|cookie| (*cookie).to_owned()).collect();
        session_of(&desk, &Whence { sessions, ..Whence::default() })
            .map(|found| found.map(|(session, cookie)| (session.id, cookie)))
    };
    let sole = Some((own.session.id, own.cookie.clone()));
    for cookies in [&[&*own.cookie][..], &["x", &own.cookie], &[&own.cookie, ""], &[&there.cookie, &own.cookie]] {
        assert_eq!(taken(cookies).unwrap(), sole, "{cookies:?}");
    }
    for cookies in [&[][..], &["x"], &[&own.cookie, &other.cookie], &[&other.cookie, "x", &own.cookie]] {
        assert_eq!(taken(cookies).unwrap(), None, "{cookies:?}");
    }
    assert_eq!(code(taken(&["x", &there.cookie])), "session-elsewhere");
    let sessions = vec![other.cookie.clone(), own.cookie.clone()];
    let new = log_in(&desk, "김관리", PASSWORD, "1", &Whence { sessions, ..Whence::default() }).unwrap();
    assert_eq!(taken(&[&other.cookie, &new.cookie, &own.cookie]).unwrap(), Some((new.session.id, new.cookie)));
}

/// Session fixation: a cookie that the browser brings along is never the new session's, and opens nothing afterwards.
#[test]
fn a_log_in_draws_a_new_session_and_ends_the_one_that_the_browser_had() {
    let desk = Room::new(&[]);
    let first = administrator(&desk);
    let secret = crate::desk::secret::hashed(PASSWORD.as_bytes()).unwrap();
    desk.store.change(|tx| staff::insert(tx, "이몽룡", Role::Clerk.as_str(), &secret, 0)).unwrap();
    let with = |cookie: &str| Whence { sessions: vec![cookie.to_owned()], ..Whence::default() };
    let planted = log_in(&desk, "김관리", PASSWORD, "1", &with("planted")).unwrap();
    assert_ne!(planted.cookie, "planted");
    assert!(session(&desk, "planted", &Whence::default()).unwrap().is_none());

    let mut events = desk.subscribe();
    let draft = keep(&desk, &first.session, "enrol", "{}").unwrap();
    let again = log_in(&desk, "김관리", PASSWORD, "1", &with(&first.cookie)).unwrap();
    assert!(again.cookie != first.cookie && again.session.csrf != first.session.csrf);
    assert_eq!(events.try_recv(), Ok(Event::SessionEnded(first.session.id)));
    assert!(session(&desk, &first.cookie, &Whence::default()).unwrap().is_none());
    assert_eq!(kept(&desk, &again.session, "enrol", &draft).unwrap().as_deref(), Some("{}"), "one's own goes on");

    let other = log_in(&desk, "이몽룡", PASSWORD, "1", &with(&again.cookie)).unwrap();
    assert!(session(&desk, &again.cookie, &Whence::default()).unwrap().is_none());
    assert_eq!(newest_draft(&desk, &other.session).unwrap(), None, "another's is not handed on");
}

/// What an auditor asks first: who was there, when and from where, and whether somebody had guessed before.
#[test]
fn every_log_in_is_an_entry_with_its_address_and_what_was_guessed_before() {
    let desk = Room::new(&[]);
    let at = |address: &str| Whence { address: address.to_owned(), ..Whence::default() };
    administrator(&desk);
    for _ in 0..2 {
        assert_eq!(code(log_in(&desk, "김관리", "낙동강 하구 1004", "2", &at("10.0.0.9"))), "log-in-refused");
    }
    assert_eq!(code(log_in(&desk, "김관리", PASSWORD, "2", &at("10.0.0.9"))), "done");
    assert_eq!(code(log_in(&desk, "김관리", PASSWORD, "3", &at("10.0.0.7"))), "done");
    let mut entries = Vec::new();
    show_access(&desk, &actor(), &AccessQuery::default(), &mut |row| {
        entries.push((row.what, row.purpose, row.staff, row.desk, row.member));
        Ok(())
    })
    .unwrap();
    entries.retain(|(what, ..)| what != "look");
    let entry = |purpose: &str, desk: &str| {
        ("log-in".to_owned(), purpose.to_owned(), "staff:1".to_owned(), desk.to_owned(), None)
    };
    let wanted = [entry("log-in: ", "1"), entry("log-in: 10.0.0.9, 2 wrong", "2"), entry("log-in: 10.0.0.7", "3")];
    assert_eq!(entries, wanted, "a refused one is none, and a right one ends the count");
}

#[test]
fn a_log_in_that_overlaps_a_lock_or_a_new_password_opens_nothing() {
    let desk = Room::new(&[]);
    administrator(&desk);
    let whence = Whence::default();
    let account = crate::desk::log_in::authenticate(&desk, "김관리", PASSWORD, &whence).unwrap();
    let proven = account.password.unwrap();
    let begin = |proven: &str| code(crate::desk::session::begin(&desk, (account.id, proven), "1", 0, &whence));
    desk.store.change(|tx| Ok(tx.execute("UPDATE staff SET state = 'locked'", [])?)).unwrap();
    assert_eq!(begin(&proven), "log-in-refused");
    desk.store.change(|tx| Ok(tx.execute("UPDATE staff SET state = 'active'", [])?)).unwrap();
    assert_eq!(begin("another"), "log-in-refused");
    assert_eq!(begin(&proven), "done");
}

#[test]
fn the_language_that_somebody_chose_is_that_of_their_next_session() {
    let desk = Room::new(&[]);
    let new = administrator(&desk);
    assert_eq!(new.session.lang, Lang::Ko);
    set_lang(&desk, &new.session, Lang::En).unwrap();
    assert_eq!(log_in(&desk, "김관리", PASSWORD, "1", &Whence::default()).unwrap().session.lang, Lang::En);
}

/// What the keys and the mouse do by `/active`, and no stream does by looking on.
#[test]
fn a_card_laid_down_keeps_the_session_and_an_ended_one_is_not_brought_back() {
    let desk = Room::new(&[]);
    let new = administrator(&desk);
    let now = desk.now().as_millisecond();
    let nearly = now - (i64::from(desk.settings.web.idle_minutes) * 60 - 5) * 1000;
    let seen = || -> i64 {
        let sql = "SELECT seen FROM sessions WHERE id = ?1";
        desk.store.look(|tx| Ok(tx.query_row(sql, [new.session.id], |row| row.get(0))?)).unwrap()
    };
    let reader = |state| crate::desk::ReaderLine {
        name: "one".to_owned(),
        kind: "simulated",
        state,
        uid: None,
        port: None,
        trouble: None,
    };
    let ticket = listen(&desk, &new.session);
    seen_at(&desk, &new, nearly);
    assert_eq!(laid(&desk, &new.session, ticket, &[reader(ReaderState::Empty)]), None);
    assert!(session_stands(&desk, &new.session).unwrap());
    assert_eq!(seen(), nearly, "a stream that looks on is no activity");
    assert_eq!(laid(&desk, &new.session, ticket, &[reader(ReaderState::Card)]).as_deref(), Some("one"));
    assert!(seen() >= now, "a card laid down is");

    let ended = now - (i64::from(desk.settings.web.idle_minutes) + 1) * 60_000;
    seen_at(&desk, &new, ended);
    touch(&desk, &new.session).unwrap();
    assert_eq!(seen(), ended);
}
