//! Wrong passwords in numbers: others are served, memory stays bounded, and the right one is let in at its time. Ten thousand of them are
//! the bench's (`cargo bench --bench service`); three hundred show the same here. Start at the test.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{NAME, PASSWORD, Visitor, database, memory, practice};

const TRIES: usize = 300;
const AT_ONCE: usize = 6;
/// Two hashes of 19 MiB each, and what goes with them.
const ROOM: f64 = 48.0 + 24.0;

#[test]
fn three_hundred_wrong_passwords_harm_nobody_and_lock_nobody_out() {
    let (desk, service, visitor) = practice();
    let mut clerk = visitor.clone();
    let quiet = worst_of(&mut clerk, 40, || false);
    let before = memory(service.running.id(), "VmRSS");
    let over = AtomicBool::new(false);
    let (beside, answers) = thread::scope(|scope| {
        let thieves: Vec<_> = (0..AT_ONCE)
            .map(|thief| {
                let url = visitor.url.clone();
                scope.spawn(move || {
                    (0..TRIES / AT_ONCE)
                        .map(|at| {
                            // Of the one there is, of some that there are not, and one at a time as a whole password.
                            let name = if at % 3 == 0 { format!("없는이{thief}") } else { NAME.to_owned() };
                            Visitor::new(&url).log_in(&name, &format!("틀린 말 {thief} {at}")).status
                        })
                        .collect::<Vec<u16>>()
                })
            })
            .collect();
        let over = &over;
        let beside = scope.spawn(move || worst_of(&mut clerk, usize::MAX, || over.load(Ordering::Relaxed)));
        let answers: Vec<u16> = thieves.into_iter().flat_map(|thief| thief.join().expect("a thief")).collect();
        over.store(true, Ordering::Relaxed);
        (beside.join().expect("a clerk"), answers)
    });
    // Looked at and wrong, or not looked at because too many came.
    assert!(answers.iter().all(|status| [422, 429].contains(status)), "{answers:?}");
    assert!(
        answers.iter().filter(|status| **status == 429).count() > TRIES / 2,
        "nobody was made to wait: {answers:?}"
    );
    let after = memory(service.running.id(), "VmHWM");
    println!(
        "a page: {quiet:?} alone, {beside:?} beside {TRIES} wrong passwords; {before:.1} MiB before, {after:.1} at most"
    );
    assert!(beside < quiet * 20 + Duration::from_millis(500), "{quiet:?} alone, {beside:?} beside them");
    assert!(after - before < ROOM, "{before:.1} MiB before, {after:.1} at most");
    assert!(visitor.is_in(), "whoever was in stays in");
    // The people at a desk that is known wait for nobody.
    assert_eq!(visitor.clone().log_in(NAME, PASSWORD).status, 303, "at a known desk");
    let early = Visitor::new(&visitor.url).log_in(NAME, PASSWORD);
    assert_eq!(early.status, 429, "elsewhere, before its time");
    assert!(early.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{}", early.head);
    right_one_in_at_its_time(&desk, &visitor);
}

/// The slowest of so many pages, but one: a machine that does other things has its hiccups.
fn worst_of(clerk: &mut Visitor, most: usize, over: impl Fn() -> bool) -> Duration {
    let mut times = Vec::new();
    while times.len() < most && !over() {
        let began = Instant::now();
        assert_eq!(clerk.get("/members/1").status, 200);
        times.push(began.elapsed());
    }
    times.sort();
    times[times.len().saturating_sub(2)]
}

/// The wait is over when it is over: what was held against the address and the name is moved into the past, as far as the longest wait.
fn right_one_in_at_its_time(desk: &super::Desk, visitor: &Visitor) {
    let store = database(desk);
    let longest_minutes = 15;
    store
        .execute(&format!("UPDATE wrong_passwords SET last = last - {longest_minutes} * 60000"), [])
        .expect("the delays");
    let mut late = Visitor::new(&visitor.url);
    let answer = late.log_in(NAME, PASSWORD);
    assert!(answer.status == 303 && late.is_in(), "{}", answer.text());
}
