//! The one-use link of whoever was invited: one use, one day, one winner, and nothing of it kept in clear.

use super::staff::{OTHER, PASSWORD, entry, id_of, lets_in, rights, somebody, stands, state};
use super::*;

#[test]
fn whoever_was_invited_chooses_a_password_and_has_the_role_that_was_given() {
    let desk = Room::new(&[]);
    for (i, role) in [Role::Administrator, Role::Manager, Role::Clerk].into_iter().enumerate() {
        let (id, name) = (i as i64 + 1, format!("직원{}", ["갑", "을", "병"][i]));
        let made = add_staff(&desk, &actor(), &name, role, None, None).unwrap();
        assert_eq!((made.staff.staff, made.staff.state.as_str(), made.staff.role), (id, "invited", role));
        assert!(made.staff.setup_until.is_some() && made.staff.last_seen.is_none());
        let token = made.token.unwrap();
        assert!(!lets_in(&desk, &name, PASSWORD), "nobody is let in without a password");
        for _ in 0..3 {
            let link = set_up_open(&desk, &token).unwrap();
            assert_eq!((link.name.as_deref(), link.invited), (Some(name.as_str()), true));
        }
        // Their own name counts, whatever the form says, and nothing of a refusal is used up.
        assert_eq!(
            code(set_up(&desk, &token, "다른 이름", &format!("{name}{name}{name}!"), "1", &Whence::default())),
            "password-name"
        );
        assert_eq!(code(set_up(&desk, &token, "", "짧다", "1", &Whence::default())), "password-short");
        let new = set_up(&desk, &token, "다른 이름", PASSWORD, "2", &Whence::default()).unwrap();
        assert_eq!((new.session.actor.role, new.session.actor.id()), (role, format!("staff:{id}")));
        assert!(stands(&desk, &new) && lets_in(&desk, &name, PASSWORD) && !lets_in(&desk, "다른 이름", PASSWORD));
        assert_eq!(state(&desk, id), "active");
        let by = format!("staff:{id}");
        assert_eq!(
            rights(&desk, id),
            [entry("invited", role.as_str(), "os:tester"), entry("set-up", role.as_str(), &by)]
        );
        let used = set_up(&desk, &token, "", OTHER, "1", &Whence::default()).err().unwrap();
        assert_eq!((used.code, used.args[0].1.as_str()), ("setup-link", "administrator"));
    }
}

#[test]
fn the_first_administrator_stands_in_the_log_too_and_the_console_s_link_ends_with_any_other() {
    let desk = Room::new(&[]);
    let token = new_setup(&desk, None).unwrap().unwrap();
    assert!(!set_up_open(&desk, &token).unwrap().invited);
    let unknown = set_up_open(&desk, "no such link").err().unwrap();
    assert_eq!(unknown.args[0].1, "nobody", "whoever has the computer makes the first");
    let first = set_up(&desk, &token, "김관리", PASSWORD, "1", &Whence::default()).unwrap();
    assert_eq!(rights(&desk, id_of(&first)), [entry("set-up", "administrator", "staff:1")]);

    let desk = Room::new(&[]);
    let token = new_setup(&desk, None).unwrap().unwrap();
    somebody(&desk, "김관리", Role::Administrator);
    assert_eq!(code(set_up_open(&desk, &token)), "setup-link");
    assert_eq!(code(set_up(&desk, &token, "남의손", PASSWORD, "1", &Whence::default())), "setup-link");
}

#[test]
fn a_link_ends_after_its_day_and_of_two_at_once_one_wins() {
    let desk = Room::new(&[]);
    let made = add_staff(&desk, &actor(), "이몽룡", Role::Clerk, None, None).unwrap();
    let token = made.token.unwrap();
    let left = |millis: i64| {
        let until = desk.now().as_millisecond() + millis;
        desk.store.change(|tx| Ok(tx.execute("UPDATE setups SET until = ?1", [until])?)).unwrap();
    };
    left(-1);
    assert_eq!(code(set_up_open(&desk, &token)), "setup-link");
    assert_eq!(code(set_up(&desk, &token, "", PASSWORD, "1", &Whence::default())), "setup-link");
    assert_eq!(list_staff(&desk, &actor()).unwrap()[0].setup_until, None);
    left(60_000);
    let codes: Vec<&str> = std::thread::scope(|scope| {
        let both = [PASSWORD, OTHER].map(|password| {
            let (desk, token) = (&desk, &token);
            scope.spawn(move || code(set_up(desk, token, "", password, "1", &Whence::default())))
        });
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let winner = codes.iter().position(|code| *code == "done").expect("one of them");
    assert_eq!(codes[1 - winner], "setup-link");
    assert_eq!([PASSWORD, OTHER].map(|password| lets_in(&desk, "이몽룡", password)), [winner == 0, winner == 1]);
    let log = rights(&desk, made.staff.staff);
    assert_eq!(log.iter().filter(|(what, ..)| what == "set-up").count(), 1);
}

#[test]
fn the_link_of_an_account_that_is_locked_is_void_also_after_it_is_unlocked() {
    let desk = Room::new(&[]);
    let made = add_staff(&desk, &actor(), "이몽룡", Role::Clerk, None, None).unwrap();
    let (id, token) = (made.staff.staff, made.token.unwrap());
    lock_staff(&desk, &actor(), id, None).unwrap();
    assert_eq!(code(set_up(&desk, &token, "", PASSWORD, "1", &Whence::default())), "setup-link");
    let unlocked = unlock_staff(&desk, &actor(), id, None).unwrap();
    assert_eq!((unlocked.state.as_str(), unlocked.setup_until), ("invited", None));
    assert_eq!(code(set_up(&desk, &token, "", PASSWORD, "1", &Whence::default())), "setup-link");
    let again = reset_staff(&desk, &actor(), id, None).unwrap().token.unwrap();
    assert_eq!(code(set_up(&desk, &again, "", PASSWORD, "1", &Whence::default())), "done");
}

#[test]
fn neither_a_link_nor_what_was_typed_as_a_name_is_kept_in_clear() {
    let desk = Room::new(&[]);
    let made = add_staff(&desk, &actor(), "이몽룡", Role::Clerk, None, Some("k")).unwrap();
    let secret = "아무도 모르는 비밀번호 8812!!";
    assert_eq!(code(add_staff(&desk, &actor(), secret, Role::Clerk, None, Some("s"))), "staff-name");
    desk.store.change(|tx| Ok(tx.query_row("PRAGMA wal_checkpoint", [], |_| Ok(()))?)).ok();
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(desk.store.path().parent().unwrap()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("이몽룡"), "the file is read");
    assert!(!holds(&made.token.unwrap()) && !holds(secret));
}
