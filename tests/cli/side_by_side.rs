//! Processes beside each other on one database: numbers, locks on jobs and readers.

use std::collections::BTreeSet;
use std::fs::File;
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

use crate::support::Desk;
use crate::{enrol, field, image, made, ready_desk, words};

/// A lock of `var/locks` as another process would hold it.
pub(crate) fn held(desk: &Desk, name: &str) -> File {
    std::fs::create_dir_all(desk.path("var/locks")).unwrap();
    let path = desk.path("var/locks").join(name);
    std::fs::write(&path, "4711 issuer serve\n").unwrap();
    let file = File::open(path).unwrap();
    flock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
    file
}

#[test]
fn processes_at_once_reserve_every_number_once() {
    let desk = ready_desk();
    const MEMBERS: usize = 32;
    for i in 0..MEMBERS {
        let syllables = ["가", "나", "다", "라", "마", "바"];
        enrol(&desk, &format!("홍{}{}", syllables[i % 6], syllables[i / 6]));
    }
    let issue = |member: usize| desk.run(&["issue", &member.to_string(), "--kind", "barcode", "--json"]).done().json;
    let numbers: Vec<String> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..8)
            .map(|lane| {
                scope.spawn(move || {
                    (1..=MEMBERS).filter(|id| id % 8 == lane).map(|id| field(&issue(id), "number")).collect::<Vec<_>>()
                })
            })
            .collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap()).collect()
    });
    let wanted: BTreeSet<String> = (1..=MEMBERS).map(|serial| format!("121003{serial:08}")).collect();
    assert_eq!(numbers.iter().cloned().collect::<BTreeSet<_>>(), wanted);
    assert_eq!(numbers.len(), MEMBERS, "a number came twice");
}

#[test]
fn two_requests_for_one_member_make_one_job() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    let ends: Vec<Option<i32>> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| desk.run(&["issue", &member, "--kind", "barcode", "--json"]).status))
            .collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).collect()
    });
    assert_eq!(ends.iter().filter(|status| **status == Some(0)).count(), 1, "{ends:?}");
    assert_eq!(desk.run(&words("job list --json")).done().json.as_array().unwrap().len(), 1);
}

/// The dispenser lays a card onto a reader that somebody else is working at only when that one is done.
#[test]
fn two_chip_cards_at_once_do_not_disturb_each_other() {
    let desk = ready_desk();
    for name in ["홍길동", "성춘향", "이몽룡", "변학도"] {
        enrol(&desk, name);
    }
    thread::scope(|scope| {
        for member in ["1", "2", "3", "4"] {
            let desk = &desk;
            scope.spawn(move || {
                let issued = desk.run(&["issue", member, "--json"]);
                if issued.status != Some(0) {
                    issued.refused("reader-taken");
                }
            });
        }
    });
    for job in desk.run(&words("job list --json")).done().json.as_array().unwrap() {
        let id = job["job"].to_string();
        let done = desk.run(&["job", "resume", &id, "--json"]).done().json;
        image(&desk, &field(&done, "uid")).check(&field(&done, "number"));
    }
}

#[test]
fn a_job_that_another_process_runs_is_left_alone() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    desk.run(&words("rig card tear --after 60 --json")).done();
    desk.run(&words("issue 1 --json")).refused("card-removed");
    let other = held(&desk, "job-1");
    for line in ["job resume 1 --json", "job cancel 1 --json", "hand-over 1 --json"] {
        let told = desk.run(&words(line)).refused("job-running");
        assert!(told.stderr.contains("4711 issuer serve"), "{told:?}");
    }
    // Looking is free.
    assert_eq!(desk.run(&words("job show 1 --json")).done().json["state"], "failed");
    drop(other);
    desk.run(&words("job resume 1 --json")).done();
    assert!(!desk.path("var/locks/job-1").exists(), "a lock that is free leaves no file");
}

#[test]
fn a_reader_that_another_process_holds_is_left_alone() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    let theirs = field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
    let other = held(&desk, "reader-ACS-ACR122U-PICC-Interface-00-00");
    desk.run(&words("issue 1 --json")).refused("reader-taken");
    desk.run(&words("card read --json")).refused("reader-taken");
    let reader = desk.run(&words("reader list --json")).done().json;
    assert_eq!((&reader[0]["state"], &reader[0]["uid"]), (&"taken".into(), &theirs.as_str().into()));
    drop(other);
    assert_eq!(desk.run(&words("reader list --json")).done().json[0]["state"], "card");
    desk.run(&words("job resume 1 --json")).done();
}

#[test]
fn a_job_waits_for_a_card_that_another_process_lays() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"));
    enrol(&desk, "홍길동");
    let waiting = desk.start(&words("issue 1 --wait 30 --json"));
    let laid = loop {
        // The job is there as soon as its number is; then it waits.
        if desk.run(&words("job list --json")).done().json[0]["number"].is_string() {
            break field(&desk.run(&words("rig card new --lay --json")).done().json, "uid");
        }
    };
    let done = waiting.end(Duration::from_secs(30)).done().json;
    assert_eq!(field(&done, "uid"), laid);
}

#[test]
fn the_service_and_the_command_line_work_on_one_database() {
    let desk = Desk::new();
    // In an empty folder `serve` does what `init` does.
    let service = desk.serve();
    assert!(service.url.starts_with("http://127.0.0.1:") && !service.url.ends_with(":0"), "{}", service.url);
    assert!(service.setup_link().starts_with(&format!("{}/setup/", service.url)));
    enrol(&desk, "홍길동");
    let issued = desk.run(&words("issue 1 --json")).done().json;
    image(&desk, &field(&issued, "uid")).check("12100300000001");
    desk.run(&words("hand-over 1 --json")).done();
    let ended = service.running.stop();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert!(!ended.stdout.contains("홍길동") && !ended.stderr.contains("홍길동"), "{ended:?}");
}

#[test]
fn each_reader_works_for_itself() {
    let desk = made(Desk::new().with("ISSUER__SIMULATOR__READERS", "2"));
    enrol(&desk, "홍길동");
    enrol(&desk, "성춘향");
    let readers = desk.run(&words("reader list --json")).done().json;
    let names: Vec<String> = readers.as_array().unwrap().iter().map(|reader| field(reader, "name")).collect();
    assert_eq!(names.len(), 2);
    thread::scope(|scope| {
        for (member, name) in ["1", "2"].iter().zip(&names) {
            let desk = &desk;
            scope.spawn(move || desk.run(&["issue", member, "--reader", name, "--json"]).done());
        }
    });
    // Handing over and giving up look for the card where its job was done.
    desk.run(&words("job cancel 2 --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
    let lying = desk.run(&words("reader list --json")).done().json;
    assert!(lying[0]["uid"].is_string() && lying[1]["uid"].is_string(), "{lying}");
}
