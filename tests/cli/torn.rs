//! Cards torn away in mid-work, and jobs given up: every tenth exchange, then `job resume` or `job cancel`.

use crate::support::Desk;
use crate::{enrol, field, image, images_with, ready_desk, spooled, words};

/// Issues with a tear at exchange `n`. Answers whether it struck; if so, the job is open and says why.
fn tear_at(desk: &Desk, job: usize, member: &str, n: usize, how: &str) -> bool {
    desk.run(&["rig", "card", "tear", "--after", &n.to_string(), "--how", how, "--json"]).done();
    let issued = desk.run(&["issue", member, "--json"]);
    if issued.status == Some(0) {
        desk.run(&words("rig card tear --never --json")).done();
        return false;
    }
    issued.refused("card-removed");
    let open = desk.run(&words("job list --open --json")).done().json;
    assert!(open.as_array().unwrap().iter().any(|row| row["job"] == job), "{open}");
    true
}

#[test]
fn torn_at_every_tenth_exchange_and_resumed_it_ends_ready_with_the_same_card_and_number() {
    let desk = ready_desk();
    let mut struck = 0;
    for (i, n) in (1..200).step_by(10).enumerate() {
        let (job, how) = (i + 1, ["frame-lost", "answer-lost"][i % 2]);
        let member = enrol(&desk, &format!("홍길동{}", ["가", "나", "다", "라", "마"][i % 5].repeat(i / 5 + 1)));
        if !tear_at(&desk, job, &member, n, how) {
            continue;
        }
        struck += 1;
        let before = desk.run(&["job", "show", &job.to_string(), "--json"]).done().json;
        let resumed = desk.run(&["job", "resume", &job.to_string(), "--json"]).done().json;
        assert_eq!((&resumed["state"], &resumed["number"]), (&"ready".into(), &before["number"]), "exchange {n}");
        if !before["uid"].is_null() {
            assert_eq!(resumed["uid"], before["uid"], "another card after exchange {n}");
        }
        let number = field(&resumed, "number");
        image(&desk, &field(&resumed, "uid")).check(&number);
        assert_eq!(images_with(&desk, &number), 1, "exchange {n}");
        assert_eq!(spooled(&desk).len(), job);
    }
    // An encode takes some two hundred exchanges.
    assert!(struck >= 19, "{struck} tears struck");
}

#[test]
fn cancelled_after_locking_the_card_is_blank_and_the_number_never_given_again() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    assert!(tear_at(&desk, 1, &member, 170, "frame-lost"));
    let stood = desk.run(&words("job show 1 --json")).done().json;
    assert_eq!((&stood["state"], &stood["step"]), (&"failed".into(), &"proof".into()));
    let (uid, number) = (field(&stood, "uid"), field(&stood, "number"));
    assert!(!image(&desk, &uid).is_blank());
    let cancelled = desk.run(&words("job cancel 1 --json")).done().json;
    assert_eq!((&cancelled["state"], &cancelled["number_retired"]), (&"cancelled".into(), &true.into()));
    assert!(image(&desk, &uid).is_blank());
    assert_eq!(desk.run(&words("job cancel 1 --json")).done().json["state"], "cancelled");
    desk.run(&words("job resume 1 --json")).refused("job-state");
    desk.run(&words("hand-over 1 --json")).refused("not-ready");
    // The very card is a blank again, and the member's next number is another one.
    assert_eq!(desk.run(&words("card read --json")).done().json["status"], "blank");
    let next = desk.run(&["issue", &member, "--json"]).done().json;
    assert_ne!(field(&next, "number"), number);
    let blocked = desk.run(&["number", "decode", &number, "--json"]).done().json;
    assert_eq!(blocked["serial"], 1);
    assert_eq!(images_with(&desk, &number), 0);
}

/// Nothing is lost when the card goes away while it is blanked: laid back, it is a blank again.
#[test]
fn torn_while_it_is_cancelled_the_card_is_blanked_by_cancelling_again() {
    for n in [1, 60] {
        let desk = ready_desk();
        enrol(&desk, "홍길동");
        let uid = field(&desk.run(&words("issue 1 --json")).done().json, "uid");
        desk.run(&["rig", "card", "tear", "--after", &n.to_string(), "--how", "frame-lost", "--json"]).done();
        desk.run(&words("job cancel 1 --json")).refused("card-removed");
        assert_eq!(desk.run(&words("job show 1 --json")).done().json["state"], "ready", "exchange {n}");
        let cancelled = desk.run(&words("job cancel 1 --json")).done().json;
        assert_eq!((&cancelled["state"], &cancelled["card"]), (&"cancelled".into(), &"returned".into()));
        assert!(image(&desk, &uid).is_blank(), "exchange {n}");
    }
}

#[test]
fn a_planned_job_is_cancelled_without_a_card() {
    let desk = crate::made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    let member = enrol(&desk, "홍길동");
    desk.run(&["issue", &member, "--wait", "0.1", "--json"]).refused("card-timeout");
    let planned = desk.run(&words("job list --open --json")).done().json;
    assert_eq!((&planned[0]["state"], &planned[0]["step"]), (&"planned".into(), &"card".into()));
    let cancelled = desk.run(&words("job cancel 1 --json")).done().json;
    assert!(cancelled["card"].is_null() && cancelled["state"] == "cancelled", "{cancelled}");
    assert_eq!(desk.run(&words("job list --open --json")).done().json, serde_json::json!([]));
    assert_eq!(desk.run(&words("job list --json")).done().json.as_array().unwrap().len(), 1);
}

#[test]
fn a_trailer_cut_in_mid_programming_costs_the_card_and_not_the_number() {
    let desk = ready_desk();
    // One of the trailer writes lies within these exchanges, behind the test for clones; the first that hurts ends the loop.
    for n in 12..45 {
        let member = enrol(&desk, &format!("홍길동{}", ["가", "나", "다", "라", "마"][n % 5].repeat(1 + (n - 12) / 5)));
        let tear = ["rig", "card", "tear", "--after", &n.to_string(), "--how", "half-programmed", "--json"];
        desk.run(&tear).done();
        let job = (n - 11).to_string();
        desk.run(&["issue", &member, "--json"]);
        let first = desk.run(&["job", "show", &job, "--json"]).done().json;
        let mut resumed = desk.run(&["job", "resume", &job, "--json"]);
        if resumed.status == Some(1) {
            resumed = desk.run(&["job", "resume", &job, "--json"]);
        }
        let resumed = resumed.done().json;
        let (number, uid) = (field(&resumed, "number"), field(&resumed, "uid"));
        image(&desk, &uid).check(&number);
        if !first["uid"].is_null() && first["uid"] != resumed["uid"] {
            assert_eq!(image(&desk, &uid).sequence(), 2, "the spoiled card counts");
            return;
        }
    }
    panic!("no tear hurt a trailer");
}

#[test]
fn the_advice_after_a_tear_names_the_job() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("rig card tear --after 60 --json")).done();
    let told = desk.run(&words("issue 1 --lang en"));
    assert!(told.stderr.contains("issuer job resume 1"), "{told:?}");
    // Reading a card that goes away is no job.
    desk.run(&words("job resume 1 --json")).done();
    desk.run(&words("rig card tear --after 5 --json")).done();
    let told = desk.run(&words("card read --lang en"));
    assert!(told.status == Some(1) && !told.stderr.contains("job resume"), "{told:?}");
}
