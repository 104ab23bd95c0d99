//! The locks on a job and on a reader, so that service and command line work side by side.

use super::Desk;
use crate::back::locks::{self, Lock};
use crate::back::store::jobs;
use crate::plan::messages::Trouble;

/// The lock that a job's runner holds. `job-unknown` before a lock is made for a job that there is not.
pub(super) fn lock_job(desk: &Desk, id: i64) -> Result<Lock, Trouble> {
    desk.store.look(|tx| jobs::get(tx, id))?;
    locks::take(&desk.locks, &format!("job-{id}"))?
        .map_err(|holder| Trouble::new("job-running").with("job", id).with("holder", holder))
}

/// The lock on a reader, from a job's first exchange to its last.
pub(super) fn lock_reader(desk: &Desk, name: &str) -> Result<Lock, Trouble> {
    locks::take(&desk.locks, &reader_lock(name))?
        .map_err(|holder| Trouble::new("reader-taken").with("reader", name).with("holder", holder))
}

/// Whether another process or thread holds the reader.
pub(super) fn reader_taken(desk: &Desk, name: &str) -> bool {
    matches!(locks::holder(&desk.locks, &reader_lock(name)), Ok(Some(_)))
}

fn reader_lock(name: &str) -> String {
    let file: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("reader-{file}")
}
