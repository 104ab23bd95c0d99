//! Who is running a job or holds a reader: files in `var/locks/` under flock, so that the service and the command
//! line work side by side. A lock ends with its process, however that ends; the file stays and says nothing then.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::plan::messages::Trouble;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What it said is no longer true. Should this fail, the missing flock still says so.
        let _ = self.file.set_len(0);
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// Takes the lock `name` in `folder` (made with mode 0700), or says who has it: `Ok(Err(holder))`, where holder is
/// `pid command` as that process wrote it. Never waits.
pub fn take(folder: &Path, name: &str) -> Result<Result<Lock, String>, Trouble> {
    let path = folder.join(name);
    let told = |fault: std::io::Error| Trouble::new("lock-file").with("file", path.display()).with("reason", fault);
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(told)?;
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(told)?;
    if let Err(fault) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
        if fault != rustix::io::Errno::WOULDBLOCK {
            return Err(told(fault.into()));
        }
        let mut holder = String::new();
        let _ = file.read_to_string(&mut holder);
        return Ok(Err(holder.trim().to_owned()));
    }
    let command = std::env::args().take(2).collect::<Vec<_>>().join(" ");
    file.set_len(0).map_err(told)?;
    file.seek(SeekFrom::Start(0)).map_err(told)?;
    // Only the program and the command word: further arguments may name a person.
    writeln!(file, "{} {command}", std::process::id()).map_err(told)?;
    Ok(Ok(Lock { file }))
}

/// Who holds the lock `name`, or `None` when it is free. Takes and gives back nothing that others would notice.
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

    #[test]
    fn a_file_in_place_of_the_folder_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("locks");
        std::fs::write(&file, "").unwrap();
        assert_eq!(take(&file, "job-1").unwrap_err().code, "lock-file");
    }
}
