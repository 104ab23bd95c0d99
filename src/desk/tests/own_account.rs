//! One's own account: what is mine, a new password, the end of sessions, and nothing of anybody else's.

use super::*;
use crate::back::store::staff;

const PASSWORD: &str = "낙동강 하구 1003";
const NEW: &str = "창가에 앉은 파란 의자";

/// Two people with this password, each logged in twice: 김관리 at this address and another one, 이몽룡 here.
struct Two {
    desk: Room,
    mine: NewSession,
    away: NewSession,
    other: NewSession,
}

fn at(address: &str) -> Whence {
    Whence { address: address.to_owned(), ..Whence::default() }
}

fn two() -> Two {
    let desk = Room::new(&[]);
    let link = new_setup(&desk, None).unwrap().unwrap();
    let mine = set_up(&desk, &link, "김관리", PASSWORD, "1", &at("10.0.0.1")).unwrap();
    let secret = crate::desk::secret::hashed(PASSWORD.as_bytes()).unwrap();
    desk.store.change(|tx| staff::insert(tx, "이몽룡", Role::Clerk.as_str(), &secret, 0)).unwrap();
    let away = log_in(&desk, "김관리", PASSWORD, "2", &at("10.0.0.2")).unwrap();
    let other = log_in(&desk, "이몽룡", PASSWORD, "3", &at("10.0.0.1")).unwrap();
    Two { desk, mine, away, other }
}

impl Two {
    fn stands(&self) -> [bool; 3] {
        [&self.mine, &self.away, &self.other].map(|new| session_stands(&self.desk, &new.session).unwrap())
    }

    /// What the log of rights says of accounts: whose, and what.
    fn logged(&self) -> Vec<(String, String)> {
        let read = |tx: &crate::back::store::Tx| {
            let mut found = tx.prepare("SELECT whose, what FROM access_rights WHERE what <> 'set-up' ORDER BY seq")?;
            Ok(found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<_>, _>>()?)
        };
        self.desk.store.look(read).unwrap()
    }
}

#[test]
fn what_is_mine_is_shown_and_nothing_of_another_s() {
    let two = two();
    let shown = own_account(&two.desk, &two.mine.session).unwrap();
    assert_eq!((shown.name.as_str(), shown.role, shown.desk.as_str()), ("김관리", Role::Administrator, "1"));
    assert_eq!(shown.since, two.desk.today().to_string());
    let mut lines: Vec<_> = shown.sessions.iter().map(|line| (line.desk.as_str(), line.this, line.here)).collect();
    lines.sort_unstable();
    assert_eq!(lines, [("1", true, true), ("2", false, false)]);
    assert_eq!(own_account(&two.desk, &two.other.session).unwrap().sessions.len(), 1);
    let line = Session { actor: actor(), ..two.mine.session.clone() };
    assert_eq!(code(own_account(&two.desk, &line)), "session-unknown", "the command line has no account");
}

#[test]
fn a_session_is_ended_by_its_person_and_by_nobody_else() {
    let two = two();
    let mut events = two.desk.subscribe();
    assert_eq!(code(end_session(&two.desk, &two.other.session, two.away.session.id)), "session-unknown");
    assert_eq!(two.stands(), [true; 3]);
    assert_eq!(two.logged(), [], "what was not done is not logged as done");
    end_session(&two.desk, &two.mine.session, two.away.session.id).unwrap();
    assert_eq!(events.try_recv(), Ok(Event::SessionEnded(two.away.session.id)), "its streams end at once");
    assert_eq!(two.stands(), [true, false, true]);
    assert!(session(&two.desk, &two.away.cookie, &at("10.0.0.2")).unwrap().is_none(), "its cookie opens nothing");
    assert_eq!(code(end_session(&two.desk, &two.mine.session, two.away.session.id)), "session-unknown");
    assert_eq!(two.logged(), [("staff:1".to_owned(), "session-ended".to_owned())]);
}

#[test]
fn all_others_end_at_once_and_this_one_stays() {
    let two = two();
    let third = log_in(&two.desk, "김관리", PASSWORD, "1", &at("10.0.0.3")).unwrap();
    assert_eq!(end_other_sessions(&two.desk, &two.mine.session).unwrap(), 2);
    assert_eq!(two.stands(), [true, false, true]);
    assert!(!session_stands(&two.desk, &third.session).unwrap());
    assert_eq!(two.logged().len(), 2);
    assert_eq!(end_other_sessions(&two.desk, &two.mine.session).unwrap(), 0);
}

#[test]
fn every_session_of_an_account_ends_with_its_drafts() {
    let two = two();
    keep(&two.desk, &two.away.session, "enrol", "{}").unwrap();
    let idle = log_in(&two.desk, "김관리", PASSWORD, "1", &at("10.0.0.3")).unwrap();
    let sql = "UPDATE sessions SET seen = 0 WHERE id = ?1";
    two.desk.store.change(|tx| Ok(tx.execute(sql, [idle.session.id])?)).unwrap();
    let mut told = two.desk.store.change(|tx| crate::desk::session::end_all(&two.desk, tx, 1)).unwrap();
    let mut stood = vec![two.mine.session.id, two.away.session.id];
    told.sort_unstable();
    stood.sort_unstable();
    assert_eq!(told, stood, "those that stood");
    assert_eq!(two.stands(), [false, false, true]);
    let left: i64 =
        two.desk.store.look(|tx| Ok(tx.query_row("SELECT count(*) FROM kept", [], |row| row.get(0))?)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_new_password_ends_the_other_sessions_and_is_the_only_one_afterwards() {
    let two = two();
    let mut events = two.desk.subscribe();
    change_password(&two.desk, &two.mine.session, PASSWORD, NEW, NEW, &at("10.0.0.1")).unwrap();
    assert_eq!(events.try_recv(), Ok(Event::SessionEnded(two.away.session.id)));
    assert_eq!(two.stands(), [true, false, true]);
    assert_eq!(two.logged(), [("staff:1".to_owned(), "password".to_owned())]);
    assert_eq!(code(log_in(&two.desk, "김관리", PASSWORD, "1", &at("10.0.0.1"))), "log-in-refused");
    assert_eq!(code(log_in(&two.desk, "김관리", NEW, "1", &at("10.0.0.1"))), "done");
    assert_eq!(code(log_in(&two.desk, "이몽룡", PASSWORD, "1", &at("10.0.0.1"))), "done");
}

#[test]
fn a_new_password_wants_the_old_one_the_rules_and_to_be_typed_twice() {
    let two = two();
    let change = |old: &str, new: &str, again: &str| {
        code(change_password(&two.desk, &two.mine.session, old, new, again, &at("10.0.0.1")))
    };
    for (old, new, again, refused) in [
        (PASSWORD, NEW, "창가에 앉은 파란 의지", "web-password-twice"),
        (PASSWORD, "짧은말", "짧은말", "password-short"),
        (PASSWORD, "김관리의 파란 의자 하나", "김관리의 파란 의자 하나", "password-name"),
        (PASSWORD, PASSWORD, PASSWORD, "password-same"),
        ("낙동강 하구 1004", NEW, NEW, "password-old"),
        ("", NEW, NEW, "password-old"),
        ("낙동강 하구 1005", NEW, NEW, "password-old"),
        // As many as at a log-in, and then not even the right one is looked at.
        (PASSWORD, NEW, NEW, "log-in-wait"),
    ] {
        if refused == "log-in-wait" {
            super::delays::at_its_start(&two.desk);
        }
        assert_eq!(change(old, new, again), refused, "{old} {new} {again}");
    }
    assert_eq!(two.stands(), [true; 3]);
    assert_eq!(two.logged(), []);
}
