//! The desk in a temporary folder: what its use cases answer, table by table. The built binary is tried elsewhere.

use std::ffi::OsString;

use super::*;
use crate::back::settings;
use crate::back::store::Tx;
use crate::plan::job::CardKind;

mod access;
mod access_export;
mod after;
mod approval;
mod audit;
mod auditor;
mod books;
mod check;
mod close_day;
mod consents;
mod conversion;
mod delays;
mod editing;
mod enrolling;
mod fee_rules;
mod finding;
mod guards;
mod held_against;
mod hold;
mod imports;
mod invited;
mod just_done;
mod keys;
mod ledger;
mod log_in;
mod lost;
mod money_audit;
mod money_report;
mod own_account;
mod own_member;
mod pages;
mod readers;
mod receipts;
mod registers;
mod reissue;
mod review;
mod rights;
mod side_doors;
mod slip;
mod staff;
mod stock;
mod thief;
mod training;
mod unfit;

/// A desk of its own in a folder of its own, with these settings over the embedded ones.
struct Room {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl std::ops::Deref for Room {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl Room {
    fn new(settings: &[(&str, &str)]) -> Room {
        let folder = tempfile::tempdir().unwrap();
        let desk = open(folder.path(), settings).unwrap();
        Room { desk, folder }
    }

    /// Closes the desk and opens its folder with other settings.
    fn again(self, settings: &[(&str, &str)]) -> Result<Room, Trouble> {
        let Room { desk, folder } = self;
        drop(desk);
        Ok(Room { desk: open(folder.path(), settings)?, folder })
    }

    fn enrol(&self, change: impl FnOnce(&mut EnrolForm)) -> Result<Enrolled, Trouble> {
        let mut form = hong();
        change(&mut form);
        enrol(self, &actor(), &form, None)
    }

    fn issue(&self, member: i64, kind: CardKind) -> Result<i64, Trouble> {
        plan_issue(
            self,
            &actor(),
            &IssueForm { member, evidence: Evidence::Document, kind, reader: None, printer: None },
            None,
        )
    }
}

fn open(folder: &std::path::Path, settings: &[(&str, &str)]) -> Result<Desk, Trouble> {
    let environment = settings.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Desk::open(settings::load(None, environment, folder)?, Assets::new(None), Opening::Make)
}

fn actor() -> Actor {
    Actor::command_line("tester")
}

/// A person whom nothing stands against.
fn hong() -> EnrolForm {
    EnrolForm {
        name: "홍길동".into(),
        birth: "1988-03-14".into(),
        identity: Some("resident-card".into()),
        consent: Some("local,national".into()),
        ..EnrolForm::default()
    }
}

/// Whoever owns the file takes the guards away, writes, and puts them back as they were.
fn past_guards(tx: &Tx, text: &str) -> Result<(), Trouble> {
    let mut guards = tx.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'")?;
    let guards: Vec<(String, String)> =
        guards.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (name, _) in &guards {
        tx.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    tx.pragma_update(None, "ignore_check_constraints", true)?;
    tx.execute_batch(text)?;
    tx.pragma_update(None, "ignore_check_constraints", false)?;
    guards.iter().try_for_each(|(_, sql)| Ok(tx.execute_batch(sql)?))
}

/// The same by whoever has this program's own code: the kept ends of the chains are made to fit.
fn past_heads(tx: &Tx, text: &str) -> Result<(), Trouble> {
    past_guards(tx, text)?;
    crate::back::store::heads::make_anew(tx)
}

/// What is found after this was written past every guard, in a transaction that is given up: everything is as it was.
fn tampered(desk: &Desk, text: &str) -> Verified {
    let mut found = None;
    let given_up = desk.store.change(|tx| {
        let changes = || tx.query_row("SELECT total_changes()", [], |row| row.get::<_, i64>(0));
        let before = changes()?;
        past_guards(tx, text)?;
        assert!(changes()? > before, "nothing was altered by {text}");
        found = Some(crate::desk::audit::walk(desk, tx, &[])?);
        Err::<(), _>(Trouble::new("given-up"))
    });
    assert_eq!(code(given_up), "given-up", "{text}");
    let found = found.unwrap();
    assert!(found.guards.is_empty(), "{:?}", found.guards);
    found
}

fn code<T>(answer: Result<T, Trouble>) -> &'static str {
    answer.err().map_or("done", |trouble| trouble.code)
}
