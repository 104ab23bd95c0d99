//! Being told that the desk has changed, by whichever process: inotify on its folder.
//!
//! A wait here may end early and for nothing; the caller looks again. It never outlasts what it was given. Start
//! at [`Watch`].

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;

/// A look at least this often: some network and overlay file systems keep changes by others to themselves.
const SLICE: Duration = Duration::from_secs(1);
/// Without inotify (its instances per user are few) a look this often costs nothing that can be felt.
const BLIND: Duration = Duration::from_millis(50);

/// A watch on one folder for files that come under their final name.
#[derive(Debug)]
pub struct Watch(Option<OwnedFd>);

impl Watch {
    pub fn on(folder: &Path) -> Watch {
        let watch = || {
            let fd = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
            inotify::add_watch(&fd, folder, inotify::WatchFlags::MOVED_TO)?;
            Ok::<_, rustix::io::Errno>(fd)
        };
        Watch(watch().ok())
    }

    /// Returns when something has come, and after `most` at the latest.
    pub fn wait(&self, most: Duration) {
        let Some(fd) = &self.0 else { return std::thread::sleep(most.min(BLIND)) };
        let slice = most.min(SLICE);
        let timeout = Timespec { tv_sec: slice.as_secs() as i64, tv_nsec: i64::from(slice.subsec_nanos()) };
        // An interrupted poll is one of the early ends.
        let _ = poll(&mut [PollFd::new(fd, PollFlags::IN)], Some(&timeout));
        let mut buffer = [MaybeUninit::uninit(); 1024];
        let mut events = inotify::Reader::new(fd, &mut buffer);
        while events.next().is_ok() {}
    }
}
