//! Faults of the folder and of the simulated printer. What a tear would leave is made by real processes that die.

use std::process::Command;

use super::*;

fn spool() -> (tempfile::TempDir, Spool) {
    let var = tempfile::tempdir().unwrap();
    let spool = Spool::new(var.path().join("spool"), &var.path().join("simulator"));
    (var, spool)
}

fn names(spool: &Spool) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(&spool.folder)
        .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
        .unwrap_or_default();
    names.sort_unstable();
    names
}

fn code<T: std::fmt::Debug>(result: Result<T, Trouble>) -> &'static str {
    result.unwrap_err().code
}

#[test]
fn a_print_leaves_its_files_and_nothing_else() {
    let (_var, spool) = spool();
    assert_eq!(spool.printed(7), Vec::<PathBuf>::new());
    let files = spool.print(7, b"front", Some(b"back")).unwrap();
    assert_eq!(files, spool.printed(7));
    assert_eq!(names(&spool), ["7-back.pdf", "7-front.pdf"]);
    assert_eq!(std::fs::read(&files[0]).unwrap(), b"front");
    assert_eq!(std::fs::read(&files[1]).unwrap(), b"back");
}

#[test]
fn only_the_owner_can_read_what_was_printed() {
    use std::os::unix::fs::PermissionsExt;
    let (_var, spool) = spool();
    let file = spool.print(7, b"front", None).unwrap().remove(0);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&spool.folder)), (0o600, 0o700));
}

#[test]
fn a_second_print_replaces_the_first_and_its_back() {
    let (_var, spool) = spool();
    spool.print(7, b"old", Some(b"old back")).unwrap();
    spool.print(8, b"other", None).unwrap();
    let files = spool.print(7, b"new", None).unwrap();
    assert_eq!(std::fs::read(&files[0]).unwrap(), b"new");
    assert_eq!(names(&spool), ["7-front.pdf", "8-front.pdf"]);
}

#[test]
fn remove_takes_one_jobs_files_and_may_be_repeated() {
    let (_var, spool) = spool();
    spool.print(7, b"front", Some(b"back")).unwrap();
    spool.print(77, b"front", None).unwrap();
    std::fs::write(spool.aside(7, Side::Front), b"torn").unwrap();
    spool.remove(7).unwrap();
    spool.remove(7).unwrap();
    assert_eq!(names(&spool), ["77-front.pdf"]);
}

#[test]
fn a_place_that_is_away_is_gone() {
    let (_var, mut spool) = spool();
    spool.folder = spool.folder.join("mount/spool");
    assert_eq!(code(spool.ready()), "spool-gone");
    assert_eq!(code(spool.print(7, b"front", None)), "spool-gone");
    assert_eq!(spool.state().state, "gone");
}

#[test]
fn a_folder_taken_away_is_made_anew() {
    let (_var, spool) = spool();
    spool.ready().unwrap();
    std::fs::remove_dir(&spool.folder).unwrap();
    spool.print(7, b"front", None).unwrap();
}

#[test]
fn a_file_in_the_folders_place_is_unwritable() {
    let (_var, spool) = spool();
    std::fs::write(&spool.folder, b"").unwrap();
    assert_eq!(code(spool.ready()), "spool-unwritable");
    assert_eq!(code(spool.print(7, b"front", None)), "spool-unwritable");
    assert_eq!(spool.state().state, "unwritable");
}

#[test]
fn a_folder_below_a_read_only_file_system_is_unwritable() {
    // Not even root can make a folder in /proc.
    let (_var, mut spool) = spool();
    spool.folder = PathBuf::from("/sys/issuer-spool");
    assert!(matches!(code(spool.ready()), "spool-unwritable"), "{:?}", spool.ready());
}

#[test]
fn too_little_room_is_full_before_anything_is_written() {
    let (_var, mut spool) = spool();
    spool.floor = u64::MAX;
    assert_eq!(code(spool.ready()), "spool-full");
    assert_eq!(code(spool.print(7, b"front", None)), "spool-full");
    assert_eq!(spool.state().state, "full");
    assert_eq!(names(&spool), Vec::<String>::new());
}

#[test]
fn ready_leaves_nothing_behind() {
    let (_var, spool) = spool();
    spool.ready().unwrap();
    assert_eq!(names(&spool), Vec::<String>::new());
    assert_eq!(spool.state().state, "ready");
}

#[test]
fn a_media_fault_refuses_printing_until_the_refill() {
    let (_var, spool) = spool();
    for (fault, state, trouble) in [
        (Fault::MediaEmpty, "media-empty", "printer-media-empty"),
        (Fault::MediaJam, "media-jam", "printer-media-jam"),
        (Fault::RibbonOut, "ribbon-out", "printer-ribbon-out"),
    ] {
        spool.set_fault(Some(fault)).unwrap();
        assert_eq!((spool.fault(), spool.state().state), (Some(fault), state));
        assert_eq!(code(spool.print(7, b"front", None)), trouble);
        assert_eq!(spool.printed(7), Vec::<PathBuf>::new());
        // The folder itself is fine: the chip may be written, the card waits for its print.
        spool.ready().unwrap();
    }
    spool.set_fault(None).unwrap();
    assert_eq!(spool.fault(), None);
    spool.print(7, b"front", None).unwrap();
}

#[test]
fn a_fault_is_seen_by_another_process() {
    let (var, spool) = spool();
    spool.set_fault(Some(Fault::MediaJam)).unwrap();
    let other = Spool::new(var.path().join("spool"), &var.path().join("simulator"));
    assert_eq!(other.fault(), Some(Fault::MediaJam));
    assert_eq!(std::fs::read_to_string(var.path().join("simulator/printer")).unwrap(), "media-jam\n");
}

#[test]
fn between_write_and_rename_there_is_no_final_name() {
    let (_var, spool) = spool();
    spool.ready().unwrap();
    let staged = spool.stage(7, Side::Front, b"front").unwrap();
    assert_eq!((names(&spool), spool.printed(7)), (vec![".7-front.part".to_owned()], vec![]));
    // As a kill leaves it; the next print of the job goes over it.
    std::mem::forget(staged);
    spool.print(7, b"again", None).unwrap();
    assert_eq!(names(&spool), ["7-front.pdf"]);
}

#[test]
fn a_back_that_cannot_be_put_leaves_no_front() {
    let (_var, spool) = spool();
    std::fs::create_dir_all(spool.path(7, Side::Back)).unwrap();
    assert_eq!(code(spool.print(7, b"front", Some(b"back"))), "spool-unwritable");
    assert_eq!(names(&spool), ["7-back.pdf"]);
}

const CHILD: &str = "ISSUER_TEST_SPOOL";

/// No test by itself: what the two tests below run in a process of its own.
#[test]
fn print_a_large_file_as_a_child() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let spool = Spool::new(PathBuf::from(folder), Path::new("/nowhere"));
    assert_eq!(code(spool.print(7, &vec![b'x'; 1 << 20], None)), "spool-full");
}

/// Runs it where no file may grow beyond 64 KiB; `prelude` says what the signal for that does.
fn child_with_little_room(spool: &Spool, prelude: &str) -> std::process::Output {
    Command::new("sh")
        .args([
            "-c",
            &format!(
                "{prelude} ulimit -f 128; exec \"$0\" --exact back::printer::tests::print_a_large_file_as_a_child"
            ),
        ])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, &spool.folder)
        .output()
        .unwrap()
}

#[test]
fn a_medium_that_fills_up_in_mid_write_is_full_and_leaves_nothing() {
    let (_var, spool) = spool();
    let child = child_with_little_room(&spool, "trap '' XFSZ;");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert_eq!(names(&spool), Vec::<String>::new());
}

#[test]
fn a_kill_in_mid_write_leaves_no_final_name() {
    use std::os::unix::process::ExitStatusExt;
    let (_var, spool) = spool();
    let child = child_with_little_room(&spool, "");
    assert_eq!(child.status.signal(), Some(rustix::process::Signal::XFSZ.as_raw()));
    assert_eq!(names(&spool), [".7-front.part"]);
    assert_eq!(spool.printed(7), Vec::<PathBuf>::new());
    spool.print(7, b"front", None).unwrap();
    assert_eq!(names(&spool), ["7-front.pdf"]);
}
