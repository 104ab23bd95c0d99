//! Sessions that are planted, ended, stolen or mixed up; and pages that are only looked at, which change nothing. Start at the first test.

use sha2::{Digest, Sha256};

use super::super::support::web::{host, send};
use super::{Desk, NAME, PASSWORD, Visitor, addresses, contents, database, kept, practice};

/// The session of a cookie, of which the store has the hash.
fn id_of(desk: &Desk, visitor: &Visitor) -> i64 {
    let hash: [u8; 32] = Sha256::digest(visitor.session().1.as_bytes()).into();
    let id = database(desk).query_row("SELECT id FROM sessions WHERE hash = ?1", [hash.as_slice()], |row| row.get(0));
    id.expect("the session")
}

/// What a session that does not stand is told.
#[track_caller]
fn is_out(visitor: &Visitor, why: &str) {
    for path in ["/codes", "/desk", "/members/1", "/jobs/1"] {
        let answer = visitor.clone().get(path);
        assert_eq!(answer.status, 303, "{why}: {path} {}", answer.text());
        assert!(answer.header("location").starts_with("/login"), "{why}: {path}");
    }
    for path in ["/desk/events", "/jobs/1/card.png"] {
        assert_eq!(visitor.listen(path).map(|answer| answer.status), Some(401), "{why}: {path}");
    }
    let answer = visitor.clone().post("/find", &[("q", "김가온")]);
    assert!(answer.status == 303 && answer.header("location").starts_with("/login"), "{why}: {}", answer.status);
}

#[test]
fn a_cookie_that_was_planted_before_the_log_in_is_never_the_session_after_it() {
    let (desk, _service, first) = practice();
    let (name, ended) = first.session();
    let planted = ["0".repeat(64), "a".repeat(64), ended];
    for value in planted {
        let mut victim = Visitor::new(&first.url);
        victim.jar.push((name.clone(), value.clone()));
        assert_eq!(victim.log_in(NAME, PASSWORD).status, 303);
        let (_, new) = victim.session();
        assert_ne!(new, value, "the session is the planted one");
        assert!(new.len() >= 64 && victim.is_in());
    }
    // What the planter holds opens nothing: a value that no log-in gave is nobody's.
    let mut planter = Visitor::new(&first.url);
    planter.jar.push((name, "0".repeat(64)));
    is_out(&planter, "planted");
    // The cookies themselves lie nowhere, only their hashes.
    assert!(!contents(&database(&desk)).contains(&first.session().1));
}

/// Cookies know no port: another program of this computer sets one of our name for a path of ours, and a browser sends it first.
#[test]
fn a_cookie_that_another_service_of_this_computer_set_is_never_taken_for_the_session() {
    let (_desk, _service, first) = practice();
    let (name, own) = first.session();
    let asked = |cookies: &[u8]| {
        let head = format!("GET /codes HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: ", host(&first.url));
        let answer = send(&first.url, &[head.as_bytes(), cookies, b"\r\n\r\n"].concat()).expect("an answer");
        (answer.status, answer.header("location"))
    };
    let ended = "0".repeat(64);
    for beside in [
        format!("{name}=x; {name}={own}"),
        format!("{name}={own}; {name}=x"),
        format!("{name}=; {name}={ended}; {name}={own}"),
        format!("{name}; =; {name}=%; {name}={own}"),
        format!("{name}={own}; {name}={own}"),
        format!("{}{name}={own}", format!("{name}=x; ").repeat(50)),
    ] {
        assert_eq!(asked(beside.as_bytes()).0, 200, "{beside}");
    }
    assert_eq!(asked(&[b"a=\xff\xfe; ", format!("{name}={own}").as_bytes()].concat()).0, 200, "beside no text");
    // A second session that lives may be that of somebody in whose name one would work.
    let mut other = Visitor::new(&first.url);
    assert_eq!(other.log_in(NAME, PASSWORD).status, 303);
    let (_, tossed) = other.session();
    for both in [format!("{name}={tossed}; {name}={own}"), format!("{name}={own}; {name}={tossed}")] {
        let (status, to) = asked(both.as_bytes());
        assert!(status == 303 && to.starts_with("/login"), "{status} {to}");
    }
    let mut both = first.clone();
    both.jar.insert(0, (name.clone(), tossed.clone()));
    let answer = both.clone().post("/find", &[("q", "김가온")]);
    assert!(answer.status == 303 && answer.header("location").starts_with("/login"), "{}", answer.status);
    assert!(first.is_in() && other.is_in(), "each alone stands");
    // A log-in ends both, and what stays beside the new one opens nothing.
    assert_eq!(both.log_in(NAME, PASSWORD).status, 303);
    is_out(&first, "brought along to a log-in");
    is_out(&other, "tossed, and brought along to a log-in");
    let (_, new) = both.session();
    assert_eq!(asked(format!("{name}={tossed}; {name}={new}").as_bytes()).0, 200);
}

#[test]
fn every_session_that_ended_stays_ended() {
    let (desk, _service, first) = practice();
    let other = |why: &str| {
        let mut visitor = Visitor::new(&first.url);
        assert_eq!(visitor.log_in(NAME, PASSWORD).status, 303, "{why}");
        assert!(visitor.is_in(), "{why}");
        visitor
    };
    // Replayed with the cookie that it had, which a browser forgets and a thief does not.
    let mut out = other("logged out");
    let stolen = out.clone();
    assert_eq!(out.post("/logout", &[]).status, 303);
    assert_eq!(out.session().1, "", "the browser is told to forget it");
    is_out(&stolen, "logged out");
    let move_back = |visitor: &Visitor, column: &str, millis: i64| {
        let change = format!("UPDATE sessions SET {column} = {column} - {millis} WHERE id = ?1");
        assert_eq!(database(&desk).execute(&change, [id_of(&desk, visitor)]).expect("a session"), 1);
        visitor.clone()
    };
    let (minute, hour) = (60_000, 3_600_000);
    let idle = other("idle");
    is_out(&move_back(&idle, "seen", 10 * minute + 1), "idle");
    let busy = other("aged");
    assert!(move_back(&busy, "created", 12 * hour - minute).is_in(), "busy, and not yet twelve hours old");
    is_out(&move_back(&busy, "created", minute), "twelve hours old");
    // Neither comes back by being asked for.
    is_out(&idle, "idle, again");
    let locked = other("locked");
    database(&desk).execute("UPDATE staff SET state = 'locked'", []).expect("the staff");
    is_out(&locked, "of a locked account");
    is_out(&first, "of a locked account");
    assert_eq!(Visitor::new(&first.url).log_in(NAME, PASSWORD).status, 422);
}

#[test]
fn sessions_that_their_own_person_ended_stay_ended() {
    let (desk, _service, mut first) = practice();
    let url = first.url.clone();
    let other = |password: &str| {
        let mut visitor = Visitor::new(&url);
        assert_eq!(visitor.log_in(NAME, password).status, 303);
        visitor
    };
    let one = other(PASSWORD);
    let id = id_of(&desk, &one);
    assert_eq!(first.post(&format!("/account/sessions/{id}/end"), &[]).status, 303);
    is_out(&one, "ended from the account's page");
    let rest = [other(PASSWORD), other(PASSWORD)];
    assert_eq!(first.post("/account/sessions/end", &[]).status, 303);
    rest.iter().for_each(|one| is_out(one, "ended with all others"));
    let before = other(PASSWORD);
    let new = "새집 앵두나무 37";
    let changed = first.post("/account/password", &[("old", PASSWORD), ("pw", new), ("pw2", new)]);
    assert_eq!(changed.status, 303, "{}", changed.text());
    is_out(&before, "from before the password was changed");
    assert!(first.is_in(), "whoever changed it stays in");
    assert_eq!(Visitor::new(&url).log_in(NAME, PASSWORD).status, 422, "the old password");
    assert!(other(new).is_in());
}

#[test]
fn a_form_needs_the_token_of_its_own_session_and_of_no_other() {
    let (desk, _service, first) = practice();
    let mut second = Visitor::new(&first.url);
    second.log_in(NAME, PASSWORD);
    assert_ne!(first.csrf, second.csrf);
    let store = database(&desk);
    let before = contents(&store);
    let own = second.csrf.clone();
    let half = &own[..own.len() / 2];
    let cases: [&[(&str, &str)]; 7] = [
        &[],
        &[("csrf", "")],
        &[("csrf", &first.csrf)],
        &[("csrf", half)],
        &[("csrf", &first.csrf), ("csrf", &own)],
        &[("CSRF", &own)],
        &[("csrf[]", &own)],
    ];
    for path in ["/members/1/seen", "/lang", "/logout", "/training/anew", "/find", "/enrol"] {
        for fields in cases {
            let answer = second.post_bare(path, fields);
            assert_eq!(answer.status, 403, "{path} {fields:?} {}", answer.text());
        }
        // Nor does it count in the address.
        let answer = second.post_bare(&format!("{path}?csrf={own}"), &[]);
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(contents(&store), before, "something was changed");
    assert!(second.is_in());
    assert_eq!(second.post("/find", &[("q", "김가온")]).status, 303, "its own token is enough");
}

#[test]
fn two_log_ins_of_one_account_both_stand_each_with_a_token_of_its_own() {
    let (_desk, _service, first) = practice();
    let visitors: Vec<Visitor> = std::thread::scope(|scope| {
        let one = || {
            let mut visitor = Visitor::new(&first.url);
            assert_eq!(visitor.log_in(NAME, PASSWORD).status, 303);
            visitor
        };
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a log-in")).collect()
    });
    let [one, other] = &visitors[..] else { panic!("two") };
    assert!(one.session().1 != other.session().1 && one.csrf != other.csrf);
    assert!(one.is_in() && other.is_in() && first.is_in());
    one.clone().post("/logout", &[]);
    assert!(!one.is_in() && other.is_in(), "one ends without the other");
}

/// Whatever stands in an address may be opened by a picture, a prefetch or a reload.
#[test]
fn nothing_is_changed_by_looking() {
    let (desk, _service, mut visitor) = practice();
    let store = database(&desk);
    let kept = kept(&mut visitor, &store);
    let addresses = addresses(false, &store, &kept);
    assert!(addresses.len() > 300, "{}", addresses.len());
    let mut before = contents(&store);
    for path in addresses {
        if path.ends_with("/events") {
            continue;
        }
        let answer = visitor.get(&path);
        assert!(answer.status < 500, "{path}: {}", answer.status);
        let after = contents(&store);
        assert_eq!(changed(&before, &after), Vec::<&str>::new(), "GET {path}");
        before = after;
    }
}

/// The lines that only one of them has.
fn changed<'a>(before: &'a str, after: &'a str) -> Vec<&'a str> {
    if before == after {
        return Vec::new();
    }
    let (old, new): (std::collections::BTreeSet<&str>, std::collections::BTreeSet<&str>) =
        (before.lines().collect(), after.lines().collect());
    old.symmetric_difference(&new).copied().collect()
}
