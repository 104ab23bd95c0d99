//! A file without a name: what is in it is gone when the last one who holds it lets go, also when this process is killed. Start at
//! [`unnamed`].

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{Mode, OFlags, open};

/// A new empty one on the medium of this folder, for this account alone.
///
/// # Errors
/// Whatever the system says: no such folder, no room.
pub fn unnamed(folder: &Path) -> io::Result<File> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    Ok(File::from(open(folder, flags, Mode::RUSR | Mode::WUSR)?))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};

    use super::*;

    #[test]
    fn it_holds_what_is_written_and_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = unnamed(folder.path()).unwrap();
        file.write_all(b"1,2").unwrap();
        file.rewind().unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), std::fs::read_dir(folder.path()).unwrap().count()), ("1,2", 0));
        assert!(unnamed(&folder.path().join("gone")).is_err());
    }
}
