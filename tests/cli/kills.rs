//! `kill -9` before and after every durable mark, and at random moments: the job is offered, is resumed, ends right.
//! The marks are to be had in debug builds alone.

#![cfg_attr(not(debug_assertions), allow(dead_code, unused_imports))]

use std::time::Duration;

use crate::support::{Desk, judge};
use crate::{enrol, field, image, images_with, ready_desk, spooled, words};

/// Runs a command that kills itself at the mark.
fn killed_at(desk: &Desk, mark: &str, line: &str) {
    let output = desk.command().env("ISSUER_KILL", mark).args(words(line)).output().unwrap();
    assert_eq!(output.status.code(), None, "{mark} never came: {output:?}");
}

/// Resumes job 1 and sees that nothing is twice: one number, one spool file, one card.
fn resumes_to_ready(desk: &Desk, at: &str, kind: &str) {
    let open = desk.run(&words("job list --open --json")).done().json;
    assert_eq!((open.as_array().unwrap().len(), &open[0]["job"]), (1, &1.into()), "{at}: {open}");
    let number = field(&open[0], "number");
    let resumed = desk.run(&words("job resume 1 --json")).done().json;
    assert_eq!((&resumed["state"], field(&resumed, "number")), (&"ready".into(), number.clone()), "{at}");
    assert_eq!(spooled(desk), ["1-front.pdf"], "{at}");
    judge::check_pdf(&desk.path("var/spool/1-front.pdf"));
    if kind == "rfid" {
        image(desk, &field(&resumed, "uid")).check(&number);
        assert_eq!(images_with(desk, &number), 1, "{at}");
    }
    // On a ready job resuming changes nothing.
    assert_eq!(desk.run(&words("job resume 1 --json")).done().json, resumed, "{at}");
}

fn one_live_card(desk: &Desk, at: &str) {
    let file = desk.run(&words("member show 1 --json")).done().json;
    let cards = file["cards"].as_array().unwrap();
    assert_eq!(cards.iter().filter(|card| card["state"] == "live").count(), 1, "{at}: {file}");
    assert_eq!(file["number"], "12100300000001", "{at}");
}

fn killed_and_resumed(kind: &str, marks: &[&str]) {
    for mark in marks {
        for when in ["before", "after"] {
            let at = format!("{when}:{mark}");
            let desk = ready_desk();
            enrol(&desk, "홍길동");
            killed_at(&desk, &at, &format!("issue 1 --kind {kind} --key k --json"));
            resumes_to_ready(&desk, &at, kind);
            // The key of the command that was killed leads to the same job.
            let again = desk.run(&words(&format!("issue 1 --kind {kind} --key k --json"))).done().json;
            assert_eq!((&again["job"], &again["state"]), (&1.into(), &"ready".into()));
            desk.run(&words("hand-over 1 --json")).done();
            one_live_card(&desk, &at);
        }
    }
}

#[cfg(debug_assertions)]
#[test]
fn killed_at_every_mark_of_a_chip_card() {
    killed_and_resumed("rfid", &["intent", "locked", "proven", "print", "printed"]);
}

#[cfg(debug_assertions)]
#[test]
fn killed_at_every_mark_of_a_bar_code_card() {
    killed_and_resumed("barcode", &["print", "printed"]);
}

#[cfg(debug_assertions)]
#[test]
fn killed_while_handing_over_it_is_handed_over_once() {
    for (kind, when) in [("rfid", "before"), ("rfid", "after"), ("barcode", "before"), ("barcode", "after")] {
        let desk = ready_desk();
        enrol(&desk, "홍길동");
        desk.run(&words(&format!("issue 1 --kind {kind} --json"))).done();
        killed_at(&desk, &format!("{when}:hand-over"), "hand-over 1 --key h --json");
        let stood = desk.run(&words("job show 1 --json")).done().json;
        assert_eq!(stood["state"], if when == "before" { "ready" } else { "handed-over" }, "{kind} {when}");
        assert_eq!(desk.run(&words("job resume 1 --json")).done().json["state"], stood["state"]);
        assert_eq!(desk.run(&words("hand-over 1 --key h --json")).done().json["state"], "handed-over");
        one_live_card(&desk, when);
    }
}

#[cfg(debug_assertions)]
#[test]
fn killed_while_cancelling_it_is_cancelled_once() {
    for when in ["before", "after"] {
        let desk = ready_desk();
        enrol(&desk, "홍길동");
        let issued = desk.run(&words("issue 1 --json")).done().json;
        killed_at(&desk, &format!("{when}:cancel"), "job cancel 1 --json");
        let cancelled = desk.run(&words("job cancel 1 --json")).done().json;
        assert_eq!((&cancelled["state"], &cancelled["number_retired"]), (&"cancelled".into(), &true.into()), "{when}");
        assert!(image(&desk, &field(&issued, "uid")).is_blank(), "{when}");
        let next = desk.run(&words("issue 1 --json")).done().json;
        assert_eq!(field(&next, "number"), "12100300000002");
    }
}

/// A blanked card whose cancelling never was written down: going on makes the very card anew.
#[cfg(debug_assertions)]
#[test]
fn killed_between_blanking_and_cancelling_the_job_can_go_on_too() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("rig card tear --after 150 --json")).done();
    desk.run(&words("issue 1 --json")).refused("card-removed");
    killed_at(&desk, "before:cancel", "job cancel 1 --json");
    let resumed = desk.run(&words("job resume 1 --json")).done().json;
    image(&desk, &field(&resumed, "uid")).check("12100300000001");
}

/// Every moment of an issue is somewhere in here: the delays are drawn from the time that a whole one takes.
#[test]
fn killed_at_random_moments_it_ends_right() {
    let desk = ready_desk();
    let mut seed = 0x1503_u64;
    let mut draw = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let member = enrol(&desk, "성춘향");
    let began = std::time::Instant::now();
    desk.run(&["issue", &member, "--json"]).done();
    let mut whole = u64::try_from(began.elapsed().as_micros()).unwrap();
    let mut numbers = vec!["12100300000001".to_owned()];
    let mut cut = 0;
    for i in 0..30 {
        let syllables = ["가", "나", "다", "라", "마", "바"];
        let member = enrol(&desk, &format!("홍{}{}", syllables[i % 6], syllables[i / 6]));
        let delay = Duration::from_micros(draw(whole));
        let running = desk.start(&["issue", &member, "--json"]);
        // Not a wait for anything: the moment is the test.
        std::thread::sleep(delay);
        match running.kill().status {
            None => cut += 1,
            // It takes no longer than this: the machine was busy while it was measured.
            Some(_) => whole = whole.min(u64::try_from(delay.as_micros()).unwrap()).max(1),
        }
        let jobs = desk.run(&["member", "show", &member, "--json"]).done().json["jobs"].clone();
        let done = match jobs[0]["job"].as_i64() {
            Some(job) => desk.run(&["job", "resume", &job.to_string(), "--json"]),
            None => desk.run(&["issue", &member, "--json"]),
        };
        let done = done.done().json;
        let number = field(&done, "number");
        assert_eq!(done["state"], "ready", "after {delay:?}");
        image(&desk, &field(&done, "uid")).check(&number);
        assert_eq!(images_with(&desk, &number), 1, "after {delay:?}");
        numbers.push(number);
    }
    assert!(cut >= 15, "only {cut} were cut off: the delays are drawn wrong");
    // No number twice, and none left out: what was reserved by a killed issue was kept by its job.
    let wanted: Vec<String> = (1..=31).map(|serial| format!("121003{serial:08}")).collect();
    assert_eq!(numbers, wanted);
    assert_eq!(spooled(&desk).len(), 31);
}
