//! SQLite: migrations and one file an aggregate. The only room that knows SQL, and it decides nothing:
//! what may happen is the desk's and the plans' business. Start at [`Store`].
//!
//! One writer connection and a few readers in write-ahead mode; a committed change is on the medium
//! (`synchronous = FULL`). Aggregates are functions over [`Tx`], so that a use case composes them in one transaction.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use rustix::fs::OFlags;

use crate::plan::audit::Value;
use crate::plan::messages::Trouble;

pub mod access;
pub mod access_counts;
pub mod access_people;
pub mod access_reading;
pub mod answers;
pub mod approvals;
mod begin_late;
pub mod cards;
pub mod chain;
pub mod charges;
pub mod checkup;
pub mod closes;
pub mod consents;
pub mod fee_rules;
pub mod guards;
pub mod heads;
pub mod held;
pub mod house;
pub mod jobs;
pub mod key_checks;
pub mod known_desks;
pub mod ledger;
pub mod ledger_reading;
pub mod members;
pub mod numbers;
pub mod passwords;
pub mod receipts;
pub mod reviews;
pub mod rights_held;
pub mod sessions;
mod shape;
pub mod staff;
pub mod stock;
pub mod training;
pub mod wrong_passwords;

/// What an aggregate works on: a transaction that is being written, or a reader's view.
pub type Tx = Connection;

/// Those that are words of SQL alone.
const MIGRATIONS_BEFORE: &[M] = &[
    M::up(include_str!("migrations/0001-one-member-one-card.sql")),
    M::up(include_str!("migrations/0002-answers-said.sql")),
    M::up(include_str!("migrations/0003-what-the-chip-showed.sql")),
    M::up(include_str!("migrations/0004-which-keys.sql")),
    M::up(include_str!("migrations/0005-the-desk.sql")),
    M::up(include_str!("migrations/0006-conversions-and-counts.sql")),
    M::up(include_str!("migrations/0007-staff.sql")),
    M::up(include_str!("migrations/0008-ledger.sql")),
    M::up(include_str!("migrations/0009-stock.sql")),
    M::up(include_str!("migrations/0010-rules.sql")),
];

/// How a database comes to today's form.
fn migrations() -> Migrations<'static> {
    let whole_books = M::up_with_hook(include_str!("migrations/0011-whole-books.sql"), begin_late::begin);
    let reports = M::up(include_str!("migrations/0012-reports.sql"));
    let heads = M::up_with_hook(include_str!("migrations/0013-heads.sql"), heads::begin);
    Migrations::new(MIGRATIONS_BEFORE.iter().cloned().chain([whole_books, reports, heads]).collect())
}

/// How long a writer waits for another process before it says `database-locked`.
const BUSY: Duration = Duration::from_secs(5);
/// Reader connections kept open; more are made while needed and closed again.
const READERS: usize = 3;

pub struct Store {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the database, makes it when it is missing (mode 0600) and brings it to today's form.
    pub fn open(path: &Path) -> Result<Store, Trouble> {
        make_private(path)?;
        let mut writer = connect(path)?;
        migrations().to_latest(&mut writer).map_err(|fault| match fault {
            rusqlite_migration::Error::RusqliteError { err, .. } => Trouble::from(err),
            rusqlite_migration::Error::MigrationDefinition(_) => {
                Trouble::new("database-newer").with("file", path.display())
            }
            other => Trouble::new("database-trouble").with("reason", other),
        })?;
        Ok(Store { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// One immediate transaction: all of it or nothing. On the medium when this returns.
    pub fn change<T>(&self, work: impl FnOnce(&Tx) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let mut writer = held(&self.writer);
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        tx.commit()?;
        Ok(done)
    }

    /// Reads one consistent view; never waits for a writer.
    pub fn look<T>(&self, work: impl FnOnce(&Tx) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let spare = held(&self.readers).pop();
        let mut reader = match spare {
            Some(reader) => reader,
            None => connect(&self.path)?,
        };
        let tx = reader.transaction()?;
        let found = work(&tx);
        drop(tx);
        let mut readers = held(&self.readers);
        if readers.len() < READERS {
            readers.push(reader);
        }
        found
    }
}

/// A panic in another thread leaves a connection whose transaction was rolled back: it can be used on.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// SQLite would make the file readable by all; personal data want 0600 from the first byte. One that others can read,
/// or that is reached through a symlink, is refused (`database-mode`, `database-symlink`).
///
/// A file that is there is never opened here but by SQLite: whoever closes it in any way lets go of all locks that this
/// process has on it (POSIX advisory locks; sqlite.org, "How To Corrupt An SQLite Database File", 2.2), and the next program
/// that closes it takes the write-ahead log away from under us.
fn make_private(path: &Path) -> Result<(), Trouble> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let told = |fault: std::io::Error| Trouble::new("database-file").with("file", path.display()).with("reason", fault);
    let mut how = std::fs::OpenOptions::new();
    how.create_new(true).write(true).mode(0o600).custom_flags(OFlags::CLOEXEC.bits() as i32);
    let found = match std::fs::symlink_metadata(path) {
        Err(fault) if fault.kind() == ErrorKind::NotFound => match how.open(path) {
            // Another process was first.
            Err(fault) if fault.kind() == ErrorKind::AlreadyExists => std::fs::symlink_metadata(path),
            made => made.and_then(|file| file.metadata()),
        },
        found => found,
    };
    let found = found.map_err(told)?;
    if found.is_symlink() {
        return Err(Trouble::new("database-symlink").with("file", path.display()));
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Trouble::new("database-mode").with("file", path.display()).with("mode", format!("{mode:04o}")));
    }
    Ok(())
}

fn connect(path: &Path) -> Result<Connection, Trouble> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", if cfg!(test) { "OFF" } else { "FULL" })?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // A megabyte of pages each is plenty for a desk and keeps the service small.
    connection.pragma_update(None, "cache_size", -1024)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A stored word that this program knows; another one was written by a newer program.
fn known<T>(value: Option<T>, place: &str, text: &str) -> Result<T, Trouble> {
    value.ok_or_else(|| Trouble::new("database-newer").with("file", format!("{place} = {text}")))
}

/// A column of a chain as it is written.
impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// By cause, and never with a bound value: SQLite's messages name columns, not their content.
impl From<rusqlite::Error> for Trouble {
    fn from(fault: rusqlite::Error) -> Trouble {
        match fault.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::new("database-locked"),
            Some(ErrorCode::DiskFull) => Trouble::new("database-full"),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Trouble::new("database-damaged"),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Trouble::new("database-file").with("file", "").with("reason", fault)
            }
            _ => Trouble::new("database-trouble").with("reason", fault),
        }
    }
}

#[cfg(test)]
mod tests;
