//! Children that behave as no child should: each ends its question in time, with the reason, and leaves nothing behind.

use std::time::Duration;

use super::*;

const SOON: Duration = Duration::from_secs(5);
/// For what shall be cut off: long enough for a shell to begin on a machine that is busy.
const SHORT: Duration = Duration::from_millis(300);

fn shell(script: &str) -> Child {
    let arguments = ["-c", script].map(OsString::from).to_vec();
    Child::start(&Program { path: "/bin/sh".into(), arguments }).unwrap()
}

fn fault(script: &str, within: Duration) -> Fault {
    let mut child = shell(script);
    match child.ask(&Question::List, within) {
        Ok(_) => panic!("{script}: an answer"),
        Err(fault) => {
            assert!(child.process.is_none(), "{script}: not reaped");
            fault
        }
    }
}

#[test]
fn an_answer_in_turn_is_given_back_and_the_next_question_has_the_next_turn() {
    let mut child =
        shell(r"head -c 4 >/dev/null; printf '\002\000\001d'; head -c 4 >/dev/null; printf '\002\000\002d'");
    assert!(child.ask(&Question::List, SOON).is_ok_and(|answer| answer == Answer::Done));
    assert!(child.ask(&Question::Close, SOON).is_ok_and(|answer| answer == Answer::Done));
}

#[test]
fn one_that_hangs_is_killed_in_time() {
    let began = Instant::now();
    assert!(matches!(fault("exec sleep 60", SHORT), Fault::Hung));
    assert!(began.elapsed() < SHORT + REAPED);
}

#[test]
fn one_that_dies_is_told_with_its_signal_and_its_last_words() {
    let Fault::Died(how) = fault("echo 'NAD detected' >&2; kill -ABRT $$", SOON) else { panic!("another fault") };
    assert_eq!(how, "signal 6: NAD detected");
}

#[test]
fn one_that_ends_is_told_with_its_code() {
    let Fault::Died(how) = fault("exit 3", SOON) else { panic!("another fault") };
    assert_eq!(how, "exit 3");
}

#[test]
fn one_that_closes_its_pipe_and_lives_on_is_killed() {
    let Fault::Died(how) = fault("exec >&-; exec sleep 60", SOON) else { panic!("another fault") };
    assert_eq!(how, "signal 9");
}

#[test]
fn a_flood_an_answer_out_of_turn_and_a_frame_that_is_none_are_garbled() {
    let scripts = [
        "exec yes 123456789 2>/dev/null",
        r"printf '\002\000\002d'; exec sleep 60",
        r"printf '\002\000\001?'; exec sleep 60",
        r"printf '\000\000'; exec sleep 60",
    ];
    for script in scripts {
        assert!(matches!(fault(script, SOON), Fault::Garbled), "{script}");
    }
}

#[test]
fn half_an_answer_is_none() {
    assert!(matches!(fault(r"printf '\002\000\001'; exec sleep 60", SHORT), Fault::Hung));
}

#[test]
fn a_flood_of_errors_does_not_stand_in_the_answers_way() {
    let mut child =
        shell(r"exec 3>&2; printf '%01000d' 0 >&2; printf '%01000d' 0 >&2; printf '\002\000\001d'; exec sleep 60");
    assert!(child.ask(&Question::List, SOON).is_ok_and(|answer| answer == Answer::Done));
    assert!(child.words.len() <= WORDS_KEPT * 3);
    child.ended(Fault::Hung);
}

#[test]
fn a_program_that_is_not_there_is_told() {
    assert!(matches!(Child::start(&Program::at("/nowhere/issuer".into())), Err(Fault::NotStarted(_))));
}

#[test]
fn one_that_is_let_go_ends_by_the_end_of_its_questions() {
    let child = shell("cat >/dev/null");
    let pid = child.process.as_ref().map_or(0, std::process::Child::id);
    drop(child);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "neither running nor a zombie");
}
