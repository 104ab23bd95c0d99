//! Accounts of the staff: every rule, every refusal, every role. Their one-use links are tried in `invited.rs`.

use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::back::store::staff;
use crate::plan::messages::Lang;

pub(super) const PASSWORD: &str = "낙동강 하구 1003";
pub(super) const OTHER: &str = "창가에 앉은 큰 의자";

/// What somebody on the page is: an account that was added, set up and logged in.
pub(super) fn somebody(desk: &Desk, name: &str, role: Role) -> NewSession {
    let made = add_staff(desk, &actor(), name, role, None, None).unwrap();
    set_up(desk, &made.token.unwrap(), "", PASSWORD, "1", &Whence::default()).unwrap()
}

pub(super) fn id_of(new: &NewSession) -> i64 {
    match &new.session.actor.staff {
        StaffRef::Account { id, .. } => *id,
        StaffRef::Os(_) => 0,
    }
}

pub(super) fn stands(desk: &Desk, new: &NewSession) -> bool {
    session(desk, &new.cookie, &Whence::default()).unwrap().is_some()
}

pub(super) fn lets_in(desk: &Desk, name: &str, password: &str) -> bool {
    log_in(desk, name, password, "1", &Whence::default()).is_ok()
}

pub(super) fn state(desk: &Desk, id: i64) -> String {
    list_staff(desk, &actor()).unwrap().into_iter().find(|row| row.staff == id).unwrap().state
}

/// What of this account stands in the chained log of rights, oldest first.
pub(super) fn rights(desk: &Desk, id: i64) -> Vec<(String, String, String)> {
    let of = format!("staff:{id}");
    desk.store
        .look(|tx| {
            let mut rows =
                tx.prepare("SELECT what, detail, staff FROM access_rights WHERE whose = ?1 ORDER BY seq").unwrap();
            let rows = rows.query_map([of], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
            Ok(rows.collect::<Result<_, _>>().unwrap())
        })
        .unwrap()
}

pub(super) fn entry(what: &str, detail: &str, by: &str) -> (String, String, String) {
    (what.to_owned(), detail.to_owned(), by.to_owned())
}

/// The sessions that those who listen were told have ended.
fn ended(events: &mut tokio::sync::broadcast::Receiver<Event>) -> Vec<i64> {
    let mut ended = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::SessionEnded(id) = event {
            ended.push(id);
        }
    }
    ended
}

#[test]
fn names_that_nobody_tells_apart_are_taken_and_others_are_refused_by_what_is_wrong() {
    let desk = Room::new(&[]);
    for name in ["김관리", "Élodie Kim"] {
        add_staff(&desk, &actor(), name, Role::Clerk, None, None).unwrap();
    }
    let decomposed: String = "김관리".nfd().collect();
    let long = "길".repeat(41);
    for (name, expected) in [
        ("김관리", "staff-name-taken"),
        (" 김 관리 ", "staff-name-taken"),
        (decomposed.as_str(), "staff-name-taken"),
        ("élodie kim", "staff-name-taken"),
        ("ÉLODIE  KIM", "staff-name-taken"),
        ("Élodie Ｋｉｍ", "staff-name-taken"),
        ("김관리２", "staff-name"),
        ("", "staff-name"),
        ("12345", "staff-name"),
        ("김\u{200b}관리", "staff-name"),
        (long.as_str(), "staff-name"),
        ("880314-1234567", "identity-number"),
        ("김관리2", "done"),
    ] {
        assert_eq!(code(add_staff(&desk, &actor(), name, Role::Clerk, None, None)), expected, "{name}");
    }
    // What is wrong is said, and one sign of what was typed at most.
    for (name, wrong, sign) in [
        (" ", "empty", ""),
        ("12345", "letters", ""),
        (long.as_str(), "long", ""),
        ("<b>", "sign", "<"),
        ("os:root", "sign", ":"),
        ("김\u{202e}관리", "sign", "U+202E"),
    ] {
        let trouble = add_staff(&desk, &actor(), name, Role::Clerk, None, None).err().unwrap();
        let said: Vec<&str> = trouble.args.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!((trouble.code, said), ("staff-name", vec![wrong, sign]), "{name}");
    }
    // The first administrator's name is one of them, and is refused before a link is made for it.
    assert_eq!(code(new_setup(&desk, Some("Ｅ́lodie kim"))), "staff-name-taken");
    let token = new_setup(&desk, None).unwrap().unwrap();
    assert_eq!(code(set_up(&desk, &token, "ÉLODIE KIM", PASSWORD, "1", &Whence::default())), "staff-name-taken");
    for (text, expected) in
        [("clerk", "done"), (" manager ", "done"), ("Manager", "role-unknown"), ("", "role-unknown")]
    {
        assert_eq!(code(staff_role(text)), expected, "{text}");
    }
    for id in [0, -1, 99] {
        assert_eq!(code(lock_staff(&desk, &actor(), id, None)), "staff-unknown");
        assert_eq!(code(unlock_staff(&desk, &actor(), id, None)), "staff-unknown");
        assert_eq!(code(reset_staff(&desk, &actor(), id, None)), "staff-unknown");
        assert_eq!(code(set_role(&desk, &actor(), id, Role::Clerk, None)), "staff-unknown");
        assert_eq!(code(set_own_membership(&desk, &actor(), id, None, None)), "staff-unknown");
        assert_eq!(code(staff_to_change(&desk, &actor(), id, StaffChange::Role)), "staff-unknown");
    }
}

#[test]
fn a_lock_ends_every_session_and_unlocking_gives_back_what_was_there() {
    let desk = Room::new(&[]);
    let clerk = somebody(&desk, "이몽룡", Role::Clerk);
    let (id, second) = (id_of(&clerk), log_in(&desk, "이몽룡", PASSWORD, "2", &Whence::default()).unwrap());
    let other = somebody(&desk, "성춘향", Role::Clerk);
    assert_eq!(list_staff(&desk, &actor()).unwrap()[0].sessions, 2);
    let mut events = desk.subscribe();
    let locked = lock_staff(&desk, &actor(), id, None).unwrap();
    assert_eq!((locked.state.as_str(), locked.sessions), ("locked", 0));
    assert!(locked.last_seen.is_some());
    let mut told = ended(&mut events);
    told.sort_unstable();
    let mut were = [clerk.session.id, second.session.id];
    were.sort_unstable();
    assert_eq!(told, were);
    assert!(!stands(&desk, &clerk) && !stands(&desk, &second) && stands(&desk, &other));
    assert!(!session_stands(&desk, &clerk.session).unwrap());
    assert!(!lets_in(&desk, "이몽룡", PASSWORD) && lets_in(&desk, "성춘향", PASSWORD));
    // What is locked stays so, and is no second entry.
    lock_staff(&desk, &actor(), id, None).unwrap();
    unlock_staff(&desk, &actor(), id, None).unwrap();
    assert_eq!(unlock_staff(&desk, &actor(), id, None).unwrap().state, "active");
    assert!(lets_in(&desk, "이몽룡", PASSWORD) && !stands(&desk, &clerk), "an ended session never comes back");
    let what: Vec<String> = rights(&desk, id).into_iter().map(|(what, ..)| what).collect();
    assert_eq!(what, ["invited", "set-up", "locked", "unlocked"]);
}

#[test]
fn a_reset_takes_password_sessions_and_older_links_and_is_remembered() {
    let desk = Room::new(&[]);
    let clerk = somebody(&desk, "이몽룡", Role::Manager);
    let id = id_of(&clerk);
    let mut events = desk.subscribe();
    let before = desk.now().as_millisecond();
    let first = reset_staff(&desk, &actor(), id, None).unwrap();
    assert_eq!((first.staff.state.as_str(), first.staff.sessions), ("invited", 0));
    let stopped = first.staff.approvals_from.as_deref().map(|from| &from[..10]);
    let tomorrow = desk.rfc3339(before + 24 * 60 * 60 * 1000);
    assert_eq!(stopped, Some(&tomorrow[..10]), "who may sign does not for a day");
    assert_eq!(ended(&mut events), [clerk.session.id]);
    assert!(!stands(&desk, &clerk) && !lets_in(&desk, "이몽룡", PASSWORD));
    let account = desk.store.look(|tx| staff::get(tx, id)).unwrap();
    assert!(account.password.is_none() && account.reset_at.is_some_and(|at| at >= before));
    let second = reset_staff(&desk, &actor(), id, None).unwrap();
    assert_eq!(code(set_up(&desk, &first.token.unwrap(), "", OTHER, "1", &Whence::default())), "setup-link");
    let new = set_up(&desk, &second.token.unwrap(), "", OTHER, "1", &Whence::default()).unwrap();
    assert_eq!((id_of(&new), new.session.actor.role), (id, Role::Manager));
    assert!(lets_in(&desk, "이몽룡", OTHER) && !lets_in(&desk, "이몽룡", PASSWORD));
    assert!(desk.store.look(|tx| staff::get(tx, id)).unwrap().reset_at.is_some(), "a day counts from the reset");
    // Who is locked is not let in by the way.
    lock_staff(&desk, &actor(), id, None).unwrap();
    assert_eq!(code(reset_staff(&desk, &actor(), id, None)), "staff-state");
    assert_eq!(state(&desk, id), "locked");
}

#[test]
fn a_new_role_holds_at_once_and_the_same_one_changes_nothing() {
    let desk = Room::new(&[]);
    let clerk = somebody(&desk, "이몽룡", Role::Clerk);
    let id = id_of(&clerk);
    let mut events = desk.subscribe();
    set_role(&desk, &actor(), id, Role::Clerk, None).unwrap();
    assert!(stands(&desk, &clerk) && ended(&mut events).is_empty());
    assert_eq!(set_role(&desk, &actor(), id, Role::Manager, None).unwrap().role, Role::Manager);
    assert!(!stands(&desk, &clerk));
    assert_eq!(ended(&mut events), [clerk.session.id]);
    let again = log_in(&desk, "이몽룡", PASSWORD, "1", &Whence::default()).unwrap();
    assert_eq!(session(&desk, &again.cookie, &Whence::default()).unwrap().unwrap().actor.role, Role::Manager);
    assert_eq!(rights(&desk, id)[2..], [entry("role", "clerk -> manager", "os:tester")]);
}

#[test]
fn the_last_administrator_stays_one_and_who_else_could_be_is_named() {
    let desk = Room::new(&[]);
    let last = id_of(&somebody(&desk, "김관리", Role::Administrator));
    let refused = |others: &str| {
        let answers = [
            lock_staff(&desk, &actor(), last, None).err(),
            reset_staff(&desk, &actor(), last, None).err(),
            set_role(&desk, &actor(), last, Role::Manager, None).err(),
        ];
        for trouble in answers.map(Option::unwrap) {
            assert_eq!((trouble.code, trouble.args[1].1.as_str()), ("staff-last-administrator", others));
        }
        assert_eq!(state(&desk, last), "active");
    };
    refused("");
    // One who has no password yet administers nothing, nor one who is locked.
    let waits = add_staff(&desk, &actor(), "초대만", Role::Administrator, None, None).unwrap();
    let locked = id_of(&somebody(&desk, "변학도", Role::Administrator));
    lock_staff(&desk, &actor(), locked, None).unwrap();
    let clerk = id_of(&somebody(&desk, "이몽룡", Role::Clerk));
    refused(&format!("이몽룡 ({clerk})"));
    for lang in [Lang::Ko, Lang::En] {
        let trouble = lock_staff(&desk, &actor(), last, None).err().unwrap();
        assert!(desk.messages.help(lang, &trouble).contains("이몽룡"), "{lang:?}");
    }
    // Those may be locked, reset and demoted as anybody.
    for id in [waits.staff.staff, locked] {
        set_role(&desk, &actor(), id, Role::Clerk, None).unwrap();
        set_role(&desk, &actor(), id, Role::Administrator, None).unwrap();
    }
    set_role(&desk, &actor(), clerk, Role::Administrator, None).unwrap();
    assert_eq!(lock_staff(&desk, &actor(), last, None).unwrap().state, "locked");
    let trouble = set_role(&desk, &actor(), clerk, Role::Clerk, None).err().unwrap();
    assert_eq!(trouble.code, "staff-last-administrator", "now it is the other one");
}

#[test]
fn nobody_on_the_page_changes_their_own_account() {
    let desk = Room::new(&[]);
    let (me, other) = (somebody(&desk, "김관리", Role::Administrator), somebody(&desk, "변학도", Role::Administrator));
    let member = desk.enrol(|_| {}).unwrap().member;
    let (mine, who) = (id_of(&me), &me.session.actor);
    assert_eq!(code(lock_staff(&desk, who, mine, None)), "staff-self");
    assert_eq!(code(reset_staff(&desk, who, mine, None)), "staff-self");
    assert_eq!(code(set_role(&desk, who, mine, Role::Clerk, None)), "staff-self");
    for change in [StaffChange::Lock, StaffChange::Reset, StaffChange::Role] {
        assert_eq!(code(staff_to_change(&desk, who, mine, change)), "staff-self", "before it is asked");
        assert_eq!(code(staff_to_change(&desk, who, id_of(&other), change)), "done");
    }
    assert_eq!(code(staff_to_change(&desk, who, mine, StaffChange::Member)), "done");
    // What stands against them they may say, and not take back.
    assert_eq!(set_own_membership(&desk, who, mine, Some(member), None).unwrap().member, Some(member));
    assert_eq!(code(set_own_membership(&desk, who, mine, None, None)), "staff-self");
    assert!(stands(&desk, &me));
    assert_eq!(code(set_own_membership(&desk, &other.session.actor, mine, None, None)), "done");
    assert_eq!(code(lock_staff(&desk, &other.session.actor, mine, None)), "done");
    assert_eq!(code(staff_to_change(&desk, &actor(), mine, StaffChange::Lock)), "staff-locked");
    assert_eq!(code(staff_to_change(&desk, &actor(), mine, StaffChange::Reset)), "staff-state");
    assert_eq!(code(staff_to_change(&desk, &actor(), id_of(&other), StaffChange::Lock)), "staff-last-administrator");
    // The command line is nobody's account.
    unlock_staff(&desk, &actor(), mine, None).unwrap();
    assert_eq!(code(lock_staff(&desk, &actor(), id_of(&other), None)), "done");
}

#[test]
fn every_role_does_what_the_table_of_rights_lets_it_and_nothing_more() {
    let desk = Room::new(&[]);
    somebody(&desk, "김관리", Role::Administrator);
    let target = id_of(&somebody(&desk, "이몽룡", Role::Clerk));
    for role in [Role::Clerk, Role::Manager, Role::Administrator] {
        let who = somebody(&desk, &format!("행위자 {}", role.as_str()), role).session.actor;
        let expected = |least: Role| if role >= least { "done" } else { "not-allowed" };
        let before = rights(&desk, target).len();
        assert_eq!(code(list_staff(&desk, &who)), expected(Role::Manager), "{role:?}");
        let changes = [
            code(staff_to_change(&desk, &who, target, StaffChange::Member)),
            code(own_membership(&desk, &who, "")),
            code(add_staff(&desk, &who, &format!("새 {}", role.as_str()), Role::Clerk, None, None)),
            code(set_role(&desk, &who, target, Role::Manager, None)),
            code(set_own_membership(&desk, &who, target, None, None)),
            code(reset_staff(&desk, &who, target, None).map(drop)),
            code(lock_staff(&desk, &who, target, None)),
            code(unlock_staff(&desk, &who, target, None)),
        ];
        assert_eq!(changes, [expected(Role::Administrator); 8], "{role:?}");
        assert_eq!(rights(&desk, target).len() > before, role == Role::Administrator, "{role:?}");
    }
}

#[test]
fn a_request_asked_again_under_its_key_is_done_once() {
    let desk = Room::new(&[]);
    let add = |name: &str| add_staff(&desk, &actor(), name, Role::Clerk, None, Some("k"));
    let (first, again) = (add("이몽룡").unwrap(), add("이몽룡").unwrap());
    assert_eq!((first.again, again.again), (false, true));
    assert_eq!(first.staff.staff, again.staff.staff);
    assert_eq!(code(add("성춘향")), "key-reused");
    let id = first.staff.staff;
    assert_eq!(rights(&desk, id).len(), 1);
    // The link is shown once, and no other one is made: the answer is the first one's.
    assert_eq!((again.token, &again.staff), (None, &first.staff));
    set_up(&desk, &first.token.unwrap(), "", PASSWORD, "1", &Whence::default()).unwrap();
    let late = add("이몽룡").unwrap();
    assert_eq!((late.staff.state.as_str(), late.token), ("invited", None), "as it was answered");

    let reset = || reset_staff(&desk, &actor(), id, Some("r")).unwrap();
    let (one, two) = (reset(), reset());
    assert_eq!((one.again, two.again), (false, true));
    assert_eq!(rights(&desk, id).len(), 3);
    assert_eq!((two.token, two.staff), (None, one.staff.clone()));
    set_up(&desk, &one.token.unwrap(), "", OTHER, "1", &Whence::default()).unwrap();
    assert_eq!(reset().token, None, "it takes no second password");
    assert!(lets_in(&desk, "이몽룡", OTHER));

    lock_staff(&desk, &actor(), id, Some("l")).unwrap();
    assert_eq!(code(unlock_staff(&desk, &actor(), id, Some("l"))), "key-reused");
    unlock_staff(&desk, &actor(), id, None).unwrap();
    assert_eq!(lock_staff(&desk, &actor(), id, Some("l")).unwrap().state, "locked", "as it was answered before");
    assert!(lets_in(&desk, "이몽룡", OTHER), "and is not done again");
    // A role that was taken back since is not given again, and not said to be another.
    let promote = || set_role(&desk, &actor(), id, Role::Manager, Some("m")).unwrap().role;
    assert_eq!(promote(), Role::Manager);
    set_role(&desk, &actor(), id, Role::Clerk, None).unwrap();
    assert_eq!(promote(), Role::Manager);
    assert_eq!(list_staff(&desk, &actor()).unwrap()[0].role, Role::Clerk);
    let other = add_staff(&desk, &actor(), "방자", Role::Clerk, None, None).unwrap().staff.staff;
    assert_eq!(code(unlock_staff(&desk, &actor(), other, None)), "staff-invited", "nothing is locked");
    assert_eq!(code(set_role(&desk, &actor(), id, Role::Manager, Some("l"))), "key-reused");
}

#[test]
fn an_own_membership_is_a_member_s_and_the_member_s_record_says_that_it_was_asked_for() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let made = add_staff(&desk, &actor(), "이몽룡", Role::Clerk, Some(member), None).unwrap();
    let id = made.staff.staff;
    assert_eq!(made.staff.member, Some(member));
    let joined = format!("member:{member}");
    assert_eq!(rights(&desk, id)[1..], [entry("member", &joined, "os:tester")]);
    let looks = |purpose: &str| -> i64 {
        let count = "SELECT count(*) FROM access_entries WHERE member = ?1 AND what = 'look' AND purpose = ?2";
        desk.store.look(|tx| Ok(tx.query_row(count, rusqlite::params![member, purpose], |row| row.get(0))?)).unwrap()
    };
    assert_eq!(looks("staff"), 1);
    assert_eq!(code(add_staff(&desk, &actor(), "성춘향", Role::Clerk, Some(99), None)), "member-unknown");
    assert_eq!(code(set_own_membership(&desk, &actor(), id, Some(99), None)), "member-unknown");
    assert_eq!(list_staff(&desk, &actor()).unwrap().len(), 1, "who was refused was not made");
    set_own_membership(&desk, &actor(), id, Some(member), None).unwrap();
    assert_eq!(looks("staff"), 1, "nothing was changed");
    // One person has one account.
    let taken = add_staff(&desk, &actor(), "성춘향", Role::Clerk, Some(member), None).err().unwrap();
    assert_eq!((taken.code, taken.args[0].1.as_str()), ("staff-member-taken", "이몽룡"));
    let second = add_staff(&desk, &actor(), "성춘향", Role::Clerk, None, None).unwrap().staff.staff;
    assert_eq!(code(set_own_membership(&desk, &actor(), second, Some(member), None)), "staff-member-taken");
    assert_eq!(set_own_membership(&desk, &actor(), id, None, None).unwrap().member, None);
    // On the page by number.
    desk.issue(member, CardKind::Barcode).unwrap();
    for (typed, expected) in [
        ("", Ok(None)),
        ("121003 0000 0001", Ok(Some(member))),
        ("12100300000001", Ok(Some(member))),
        ("12100300000002", Err("staff-member-unknown")),
        ("1234", Err("member-number")),
        ("880314-1234567", Err("identity-number")),
    ] {
        assert_eq!(own_membership(&desk, &actor(), typed).map_err(|trouble| trouble.code), expected, "{typed}");
    }
}

#[test]
fn the_list_counts_what_was_signed_in_thirty_days_and_the_sessions_that_stand() {
    let desk = Room::new(&[]);
    let manager = somebody(&desk, "김책임", Role::Manager);
    let id = id_of(&manager);
    let now = desk.now().as_millisecond();
    let day = 24 * 60 * 60 * 1000;
    let signed = |name: &str, by: i64, used: Option<i64>| {
        let row = rusqlite::params![name, format!("staff:{by}"), used];
        let insert = "INSERT INTO approvals (id, session, act, asked_by, asked, allowed_by, signed, until, used)
                      VALUES (?1, x'01', 'waive-fee', 'staff:9', 0, ?2, 0, 0, ?3)";
        desk.store.change(|tx| Ok(tx.execute(insert, row)?)).unwrap();
    };
    signed("yesterday", id, Some(now - day));
    signed("a month ago", id, Some(now - 31 * day));
    signed("never used", id, None);
    signed("another's", id + 1, Some(now));
    for minutes in [0, i64::from(desk.settings.web.idle_minutes) + 1] {
        let new = log_in(&desk, "김책임", PASSWORD, "1", &Whence::default()).unwrap();
        let seen = now - minutes * 60_000;
        desk.store
            .change(|tx| Ok(tx.execute("UPDATE sessions SET seen = ?1 WHERE id = ?2", [seen, new.session.id])?))
            .unwrap();
    }
    let row = list_staff(&desk, &manager.session.actor).unwrap().remove(0);
    assert_eq!((row.approvals, row.sessions), (1, 2));
    // Used later than they logged in.
    let later = now + 5 * 60_000;
    desk.store
        .change(|tx| Ok(tx.execute("UPDATE sessions SET seen = ?1 WHERE id = ?2", [later, manager.session.id])?))
        .unwrap();
    let shown = list_staff(&desk, &manager.session.actor).unwrap().remove(0).last_seen;
    assert_eq!(shown, Some(desk.rfc3339(later)));
    assert_eq!(lock_staff(&desk, &actor(), id, None).unwrap().last_seen, shown, "it is kept when they end");
}
