//! What readers, drivers and other programs do to a job in mid-work, over the real driver stacks: each trouble has its code at the
//! command line within a time limit, nothing wrong is ever written, and the same job is finished on the same card
//! afterwards, with nothing of ours begun anew. Start at [`Job`].

use std::process::Stdio;
use std::time::{Duration, Instant};

use issuer::simulator::silicon::Uid;

use super::stand::{LIMIT, Stack, Stand, ask, begin, each_driver, enrol, field};
use crate::support::{Desk, Output, Running, chip};

const NUMBER: &str = "12100300000001";

/// The job of one member and the blank that lies there for it.
struct Job<'s> {
    stand: &'s Stand,
    desk: Desk,
    uid: Uid,
}

impl Job<'_> {
    fn new(stand: &Stand) -> Job<'_> {
        let desk = stand.desk();
        enrol(&desk);
        Job { stand, uid: stand.lay_new("classic-1k"), desk }
    }

    /// Begun, and the card written to so many times.
    #[track_caller]
    fn begun(&self, line: &str, changes: usize) -> Running {
        self.stand.slow();
        let running = begin(&self.desk, line);
        self.stand.changes(self.uid, changes);
        running
    }

    /// Ends with one of these codes; prints after how long.
    #[track_caller]
    fn ends(&self, what: &str, running: Running, codes: &[&str]) {
        let began = Instant::now();
        let ended = running.end(LIMIT);
        self.said(what, &ended, began.elapsed(), codes);
    }

    #[track_caller]
    fn refused(&self, what: &str, line: &str, codes: &[&str]) {
        let began = Instant::now();
        let ended = ask(&self.desk, line);
        self.said(what, &ended, began.elapsed(), codes);
    }

    #[track_caller]
    fn said(&self, what: &str, ended: &Output, took: Duration, codes: &[&str]) {
        let error = ended.error();
        let code = error["error"]["code"].as_str().unwrap_or("-");
        println!("| {what} | {:?} | {code} | {:.1} s |", self.stand.stack, took.as_secs_f32());
        assert!(codes.contains(&code), "{what}: {codes:?} expected: {ended:#?}");
        assert_ne!(error["error"]["help"].as_str().unwrap_or_default(), "");
    }

    /// Plugs the reader in again, once the system has noticed that it was pulled out: pcscd 1.9 takes up to a second and a half
    /// while a card lies there, and muddles a reader that comes back sooner, which no hand manages.
    #[track_caller]
    fn plugs(&self) {
        self.waits_until("gone", |state| ["none", "gone"].contains(&state));
        self.stand.plug();
        self.is_back();
    }

    /// Waits until the desk has the reader again: the system takes a moment.
    #[track_caller]
    fn is_back(&self) {
        self.waits_until("back", |state| ["card", "empty", "ready"].contains(&state));
    }

    #[track_caller]
    fn waits_until(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        let began = Instant::now();
        loop {
            let listed = ask(&self.desk, "reader list").done().json;
            let state = listed[0]["state"].as_str().unwrap_or("none");
            if is_so(state) {
                return;
            }
            assert!(began.elapsed() < LIMIT, "never {what}: still {state}");
        }
    }

    /// Issued, or gone on with where an earlier try has planned the job.
    #[track_caller]
    fn begins(&self) {
        let first = ask(&self.desk, "issue 1");
        if first.status != Some(0) {
            first.refused("job-open");
            self.resumes();
        }
        self.is_whole();
    }

    /// The job goes on and is finished on the same card.
    #[track_caller]
    fn resumes(&self) {
        self.stand.fault("none");
        let answer = ask(&self.desk, "job resume 1").done().json;
        assert_eq!((field(&answer, "state"), field(&answer, "uid")), ("ready".into(), self.uid.to_string()));
        self.is_whole();
    }

    #[track_caller]
    fn is_whole(&self) {
        chip::judge("classic-1k", "keyed", &self.stand.image(self.uid), NUMBER);
    }

    fn is_blank(&self) -> bool {
        chip::Image(self.stand.image(self.uid)).is_blank()
    }
}

#[test]
fn a_reader_that_is_not_there_is_said_and_its_job_begins_when_it_is() {
    each_driver(|stand| {
        let job = Job::new(stand);
        stand.unplug();
        job.waits_until("gone", |state| ["none", "gone"].contains(&state));
        job.refused("unplugged before", "issue 1 --wait 1", &["no-reader", "reader-gone"]);
        job.refused("unplugged, card read", "card read", &["no-reader", "reader-gone"]);
        assert!(job.is_blank());
        job.plugs();
        job.begins();
    });
}

#[test]
fn a_reader_pulled_out_in_mid_write_costs_nothing_wherever_it_was() {
    each_driver(|stand| {
        for changes in [1, 4, 9] {
            let job = Job::new(stand);
            let running = job.begun("issue 1", changes);
            stand.unplug();
            job.ends(&format!("unplugged at write {changes}"), running, &["reader-gone"]);
            job.refused("resumed while unplugged", "job resume 1 --wait 1", &["reader-gone", "no-reader"]);
            job.plugs();
            job.resumes();
        }
    });
}

#[test]
fn pcscd_that_was_never_there_is_absent() {
    let stand = Stand::start(Stack::Pcsc);
    let job = Job::new(&stand);
    let nowhere = job.desk.path("nowhere").to_str().unwrap().to_owned();
    let job = Job { desk: job.desk.with("PCSCLITE_CSOCK_NAME", &nowhere), ..job };
    for line in ["issue 1 --wait 1", "card read", "reader list"] {
        job.refused(&format!("pcscd never there, {line}"), line, &["pcscd-absent"]);
    }
    assert!(job.is_blank());
    let job = Job { desk: job.desk.with("PCSCLITE_CSOCK_NAME", stand.rig().pcsc_socket()), ..job };
    job.begins();
}

#[test]
fn pcscd_killed_stopped_or_begun_anew_in_mid_write_costs_nothing() {
    let stand = Stand::start(Stack::Pcsc);
    for (what, changes) in [("kill", 2), ("stop", 5), ("restart", 3)] {
        let job = Job::new(&stand);
        let running = job.begun("issue 1", changes);
        stand.rig().ask(&["pcscd", what]);
        job.ends(&format!("pcscd {what}"), running, &["pcscd-absent", "pcscd-hung", "reader-gone"]);
        if what != "restart" {
            job.refused(
                &format!("resumed after pcscd {what}"),
                "job resume 1 --wait 1",
                &["pcscd-absent", "pcscd-hung"],
            );
            stand.rig().ask(&["pcscd", "start"]);
        }
        job.resumes();
    }
}

#[test]
fn a_reader_that_is_stuck_is_given_up_in_time_and_the_job_goes_on_when_it_answers() {
    each_driver(|stand| {
        let job = Job::new(stand);
        let running = job.begun("issue 1", 3);
        stand.fault("stuck");
        job.ends("stuck in mid-write", running, &["reader-stuck"]);
        job.refused("resumed while stuck", "job resume 1 --wait 1", &["reader-stuck", "reader-taken", "pcscd-hung"]);
        stand.fault("none");
        job.is_back();
        job.resumes();
    });
}

#[test]
fn answers_one_exchange_late_are_found_out_before_and_in_mid_work() {
    each_driver(|stand| {
        let job = Job::new(stand);
        // A card that is being powered while answers come late keeps pcscd busy with itself.
        job.waits_until("there", |state| ["card", "ready"].contains(&state));
        stand.fault("late");
        job.refused("late from the start", "issue 1 --wait 1", &["reader-confused", "reader-stuck", "card-timeout"]);
        assert!(job.is_blank());
        stand.fault("none");
        let running = job.begun("job resume 1", 3);
        stand.fault("late");
        job.ends("late in mid-write", running, &["reader-confused", "reader-stuck"]);
        job.resumes();
    });
}

#[test]
fn light_and_sound_are_shown_and_missed_by_nobody() {
    let stand = Stand::start(Stack::Pcsc);
    let job = Job::new(&stand);
    ask(&job.desk, "issue 1").done();
    let signal = stand.rig().ask(&["signal", "0"])["signal"].to_string();
    assert!(signal.starts_with("\"FF0040"), "{signal}");
    drop(stand);
    let stand = Stand::with(Stack::Pcsc, &["--fault", "0=no-escape"]);
    let job = Job::new(&stand);
    ask(&job.desk, "issue 1").done();
    ask(&job.desk, "hand-over 1").done();
    job.is_whole();
    drop(stand);
    let stand = Stand::start(Stack::Pcsc);
    let job = Job::new(&stand);
    let job = Job { desk: job.desk.with("ISSUER__READER__SIGNAL", "false"), ..job };
    ask(&job.desk, "issue 1").done();
    assert_eq!(stand.rig().ask(&["signal", "0"])["signal"], serde_json::Value::Null);
}

/// One in two hundred answers, and one in twenty: the job is done and the card whole, or it is open with a code of readers or
/// cards, and is finished on the same card when the link is sound again. Nothing hangs or panics.
#[test]
fn answers_with_flipped_cut_or_added_bytes_never_prove_a_card_that_is_not() {
    each_driver(|stand| {
        for per_mille in [5, 50] {
            for seed in 1..=4 {
                let job = Job::new(stand);
                stand.fault(&format!("mutate={per_mille}:{seed}"));
                let began = Instant::now();
                let ended = ask(&job.desk, "issue 1 --wait 2");
                stand.fault("none");
                let what = format!("mutate={per_mille}:{seed}");
                assert!(!ended.stderr.contains("panicked"), "{ended:#?}");
                if ended.status == Some(0) {
                    println!("| {what} | {:?} | done | {:.1} s |", stand.stack, began.elapsed().as_secs_f32());
                    job.is_whole();
                    continue;
                }
                let open = [
                    "reader-confused",
                    "reader-stuck",
                    "reader-crashed",
                    "card-removed",
                    "card-unsteady",
                    "card-swapped",
                    "card-timeout",
                    "two-cards",
                    "card-uid-settable",
                    "card-back-door",
                    "chip-unsupported",
                    "chip-phone",
                    "unknown-key",
                ];
                job.said(&what, &ended, began.elapsed(), &open);
                let shown = ask(&job.desk, "job show 1").done().json;
                assert!(["planned", "encoding", "locked", "failed"].contains(&&*field(&shown, "state")), "{shown}");
                job.resumes();
            }
        }
    });
}

#[test]
fn a_driver_that_aborts_ends_the_job_and_the_next_one_works() {
    let stand = Stand::start(Stack::Libnfc);
    let job = Job::new(&stand);
    let running = job.begun("issue 1", 2);
    stand.fault("status-bit7");
    job.ends("status bit 7", running, &["reader-crashed"]);
    job.resumes();
    // An ACR122U has no such driver: bit 7 is a status as any other.
    let stand = Stand::start(Stack::Pcsc);
    let job = Job::new(&stand);
    let running = job.begun("issue 1", 2);
    stand.fault("status-bit7");
    job.ends("status bit 7", running, &["card-removed", "card-unsteady", "reader-confused"]);
    job.resumes();
}

#[test]
fn a_reader_in_another_programs_hands_is_taken_and_free_again_later() {
    let stand = Stand::start(Stack::Pcsc);
    let job = Job::new(&stand);
    let mut other = stand.rig().client();
    other.begin(&format!("watch card {}", stand.name));
    assert_eq!(other.end(), "watching");
    other.end();
    assert_eq!(other.ask(&format!("connect exclusive {}", stand.name)), "ok");
    let began = Instant::now();
    let ended = ask(&job.desk, "issue 1 --wait 1");
    job.said("held exclusively", &ended, began.elapsed(), &["reader-taken"]);
    // This test binary, as the system calls it.
    let own = std::fs::read_to_string("/proc/self/comm").unwrap();
    let what = field(&ended.error()["error"], "what");
    let name: String = own.trim().chars().take(4).collect();
    assert!(what.contains(&name) || what.contains('?'), "{what} names not {own}");
    assert!(job.is_blank());
    drop(other);
    job.resumes();
}

#[test]
fn two_desks_take_turns_at_one_reader() {
    each_driver(|stand| {
        let (job, other) = (Job::new(stand), stand.desk());
        let running = job.begun("issue 1", 2);
        let began = Instant::now();
        let ended = ask(&other, "card read");
        job.said("held by another desk", &ended, began.elapsed(), &["reader-taken"]);
        running.end(LIMIT).done();
        job.is_whole();
        ask(&other, "card read").done();
    });
}

#[test]
fn a_board_in_another_programs_hands_is_named_and_free_again_later() {
    let stand = Stand::start(Stack::Libnfc);
    let job = Job::new(&stand);
    let node = stand.name.split_once(':').unwrap().1;
    let mut other = std::process::Command::new("tail").args(["-f", node]).stdout(Stdio::piped()).spawn().unwrap();
    // It takes a moment to open it.
    let (files, device) = (format!("/proc/{}/fd", other.id()), std::fs::canonicalize(node).unwrap());
    let opens = |file: std::fs::DirEntry| std::fs::read_link(file.path()).is_ok_and(|open| open == device);
    while !std::fs::read_dir(&files).unwrap().flatten().any(opens) {}
    // It locks nothing, so that a list, which looks into no process, does not know of it.
    let what = ask(&job.desk, "issue 1 --wait 1").refused("reader-taken").error()["error"].clone();
    assert!(field(&what, "what").contains(&format!("tail ({})", other.id())), "{what}");
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(job.is_blank());
    job.begins();
}

/// As an account that the system does not let at the board; root may do everything, so that the command is run as nobody.
#[test]
fn a_board_that_an_account_may_not_use_is_refused_and_one_that_is_missing_is_gone() {
    let stand = Stand::start(Stack::Libnfc);
    let job = Job::new(&stand);
    let desk = job.desk.with("ISSUER__READER__NAMES", "[\"pn532_uart:/dev/ttyNOWHERE9\"]");
    let job = Job { desk, ..job };
    job.refused("missing board", "issue 1 --wait 1", &["reader-gone"]);
    job.refused("missing board", "card read", &["reader-gone"]);
    if !rustix::process::geteuid().is_root() {
        return;
    }
    // A device that nobody may open: root's alone.
    let desk = Desk::new().with("ISSUER__READER__KIND", "libnfc");
    let closed = desk.path("tmp/board");
    std::fs::write(&closed, "").unwrap();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    mode(&closed, 0o600);
    [desk.path(""), desk.path("tmp")].iter().for_each(|folder| mode(folder, 0o777));
    let desk = desk.with("ISSUER__READER__NAMES", &format!("[\"pn532_uart:{}\"]", closed.display()));
    // The binary, and the templates that one of a debug build reads, may lie in a folder of root's; copies beside the desk do not.
    let copy = desk.path("tmp/issuer");
    std::fs::copy(env!("CARGO_BIN_EXE_issuer"), &copy).unwrap();
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let copied = desk.of_program("cp").args(["-r", templates, "."]).status().expect("cp");
    assert!(copied.success(), "{copied}");
    for line in ["init --json", "card read --json"] {
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", copy.to_str().unwrap()];
        let mut command = desk.of_program("setpriv");
        let output = command.args(nobody).args(line.split(' ')).output().expect("setpriv (apt-get install util-linux)");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match line {
            "init --json" => assert!(output.status.success(), "{said}"),
            _ => assert!(said.contains("\"reader-refused\""), "{said}"),
        }
    }
}
