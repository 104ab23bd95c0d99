//! How a database file stands, looked at from outside: opened for reading alone, nothing migrated, nothing repaired.
//! Start at [`check`].

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{access, house, key_checks};
use crate::plan::messages::Trouble;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub body: Body,
    /// Bytes of the write-ahead log beside it.
    pub log_bytes: u64,
    /// `trial`, `training` or `production`; `None` in one that nobody has begun.
    pub stamp: Option<String>,
    /// When the newest entry of the access log was made, in milliseconds.
    pub newest: Option<i64>,
    /// The greatest key version that its cards hang on.
    pub key_version: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Sound,
    /// SQLite's own words, of pages and tables, never of content.
    Damaged(String),
    /// Rows that point to rows which are not there.
    Orphans(i64),
    /// It is too large to be looked through in the time given.
    Unfinished,
}

/// Looks the file through, at most so long.
///
/// # Errors
/// What keeps it from being read: `database-file`, `database-locked`, `database-damaged` where not even its first page is one.
pub fn check(path: &Path, limit: Duration) -> Result<Health, Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    // SQLite takes a path with a link above the file for a link itself.
    let file = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let named = |fault: rusqlite::Error| match Trouble::from(fault) {
        trouble if trouble.code == "database-file" => {
            let reason = trouble.args.into_iter().find(|(name, _)| *name == "reason").unwrap_or_default().1;
            Trouble::new("database-file").with("file", path.display()).with("reason", reason)
        }
        trouble => trouble,
    };
    let db = Connection::open_with_flags(file, flags).map_err(named)?;
    db.busy_timeout(limit).map_err(named)?;
    let body = body(&db, limit).map_err(named)?;
    let known = matches!(body, Body::Sound | Body::Unfinished | Body::Orphans(_));
    // A file from before its first migration has no such tables.
    let look = known.then(|| house::get(&db).ok().flatten()).flatten();
    let keys = key_checks::all(&db).unwrap_or_default();
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Ok(Health {
        body,
        log_bytes: std::fs::metadata(log).map_or(0, |found| found.len()),
        stamp: look.map(|house| house.stamp),
        newest: access::last_time(&db).ok().flatten(),
        key_version: keys.into_iter().map(|key| key.version).max(),
    })
}

fn body(db: &Connection, limit: Duration) -> Result<Body, rusqlite::Error> {
    match in_time(db, limit, |db| {
        let told: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        let orphans: i64 = match told.as_str() {
            "ok" => db.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?,
            _ => 0,
        };
        Ok((told, orphans))
    }) {
        Ok((told, 0)) if told == "ok" => Ok(Body::Sound),
        Ok((told, orphans)) if told == "ok" => Ok(Body::Orphans(orphans)),
        Ok((told, _)) => Ok(Body::Damaged(told.split_whitespace().collect::<Vec<_>>().join(" "))),
        Err(fault) => match fault.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Ok(Body::Unfinished),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Ok(Body::Damaged(fault.to_string())),
            _ => Err(fault),
        },
    }
}

/// Interrupts the work when the time is up.
fn in_time<T>(
    db: &Connection,
    limit: Duration,
    work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
) -> Result<T, rusqlite::Error> {
    let (done, wait) = channel::<()>();
    let handle = db.get_interrupt_handle();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if wait.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                handle.interrupt();
            }
        });
        let found = work(db);
        drop(done);
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::back::store::Store;

    const LIMIT: Duration = Duration::from_secs(10);

    fn fresh() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("issuer.db");
        let store = Store::open(&path).unwrap();
        store.change(|tx| house::begin(tx, "production", &[7; 32], 0)).unwrap();
        (folder, path)
    }

    #[test]
    fn a_sound_database_tells_what_it_is() {
        let (_folder, path) = fresh();
        let health = check(&path, LIMIT).unwrap();
        assert_eq!((health.body, health.stamp.as_deref()), (Body::Sound, Some("production")));
    }

    #[test]
    fn a_damaged_page_is_found() {
        let (_folder, path) = fresh();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0x5a);
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(check(&path, LIMIT).unwrap().body, Body::Damaged(_)));
        std::fs::write(&path, "nothing of a database, but long enough to be taken for one ".repeat(40)).unwrap();
        assert!(matches!(check(&path, LIMIT).unwrap().body, Body::Damaged(_)));
    }

    #[test]
    fn rows_without_their_owner_are_counted() {
        let (_folder, path) = fresh();
        let db = Connection::open(&path).unwrap();
        db.execute_batch(
            "CREATE TABLE above (id INTEGER PRIMARY KEY); CREATE TABLE below (up INTEGER REFERENCES above (id));
             PRAGMA foreign_keys = OFF; INSERT INTO below VALUES (1), (2);",
        )
        .unwrap();
        assert_eq!(check(&path, LIMIT).unwrap().body, Body::Orphans(2));
    }

    #[test]
    fn a_look_that_takes_too_long_is_cut_off() {
        let (_folder, path) = fresh();
        let db = Connection::open(&path).unwrap();
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        let cut = in_time(&db, Duration::from_millis(20), |db| db.query_row(endless, [], |row| row.get::<_, i64>(0)));
        assert_eq!(cut.unwrap_err().sqlite_error_code(), Some(ErrorCode::OperationInterrupted));
    }
}
