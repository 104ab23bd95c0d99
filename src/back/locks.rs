//! Who is running a job or holds a reader: files in `var/locks/` under flock, so that the service and the command
//! line work side by side. A lock ends with its process, however that ends; its file goes with it, or stays behind a killed
//! one and means nothing.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

use crate::plan::messages::Trouble;

/// How often a lock is tried before it counts as held: looks by others do not meet so many times in a row.
const LOOKS: u32 = 25;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Taken away while it is still held: whoever has it open already finds in `take` that it is no longer the one.
        // Should this fail, the missing flock still says that nobody holds it.
        let _ = std::fs::remove_file(&self.path);
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// Takes the lock `name` in `folder` (made with mode 0700), or says who has it: `Ok(Err(holder))`, where holder is
/// `pid command` as that process wrote it. Waits for nobody's work: fifty milliseconds, so that a look is not taken for a holder.
pub fn take(folder: &Path, name: &str) -> Result<Result<Lock, String>, Trouble> {
    let path = folder.join(name);
    let told = |fault: std::io::Error| Trouble::new("lock-file").with("file", path.display()).with("reason", fault);
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(told)?;
    let mut file = loop {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(told)?;
        if !locked(&file).map_err(told)? {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            return Ok(Err(holder.trim().to_owned()));
        }
        // The one before may have taken the file away between our opening and our locking.
        if std::fs::metadata(&path).is_ok_and(|now| file.metadata().is_ok_and(|ours| ours.ino() == now.ino())) {
            break file;
        }
    };
    let command = std::env::args().take(2).collect::<Vec<_>>().join(" ");
    file.set_len(0).map_err(told)?;
    file.seek(SeekFrom::Start(0)).map_err(told)?;
    // Only the program and the command word: further arguments may name a person.
    writeln!(file, "{} {command}", std::process::id()).map_err(told)?;
    Ok(Ok(Lock { path, file }))
}

/// Takes the lock, unless somebody keeps it. Somebody who only looked ([`holder`]) lets go within microseconds.
fn locked(file: &File) -> std::io::Result<bool> {
    for _ in 0..LOOKS {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(Duration::from_millis(2)),
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(false)
}

/// Who holds the lock `name`, or `None` when it is free. It is shared for the moment of the look, which [`take`] sits out.
pub fn holder(folder: &Path, name: &str) -> Result<Option<String>, Trouble> {
    let Ok(mut file) = File::open(folder.join(name)) else { return Ok(None) };
    if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
        return Ok(None);
    }
    let mut holder = String::new();
    let _ = file.read_to_string(&mut holder);
    Ok(Some(holder.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_names_its_holder_and_a_dropped_one_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path(), "job-1").unwrap().unwrap();
        let holder = take(folder.path(), "job-1").unwrap().unwrap_err();
        assert!(holder.starts_with(&std::process::id().to_string()), "{holder}");
        drop(first);
        assert!(take(folder.path(), "job-1").unwrap().is_ok());
    }

    /// A page that lists readers all the time must not make a job believe that its reader is taken.
    #[test]
    fn looking_at_a_lock_never_makes_it_look_held() {
        let folder = tempfile::tempdir().unwrap();
        drop(take(folder.path(), "reader-1").unwrap());
        let ended = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                    // Either may be: what counts is that nobody is turned away by it.
                    let _ = holder(folder.path(), "reader-1").unwrap();
                }
            });
            let refused = (0..200).filter(|_| take(folder.path(), "reader-1").unwrap().is_err()).count();
            ended.store(true, std::sync::atomic::Ordering::Relaxed);
            assert_eq!(refused, 0);
        });
    }

    #[test]
    fn many_hands_never_hold_one_lock_at_once_and_leave_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let inside = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        if let Ok(held) = take(folder.path(), "job-1").unwrap() {
                            assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                            inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                            drop(held);
                        }
                    }
                });
            }
        });
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("locks");
        std::fs::write(&file, "").unwrap();
        assert_eq!(take(&file, "job-1").unwrap_err().code, "lock-file");
    }
}
