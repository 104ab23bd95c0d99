//! The desk in a temporary folder: what its use cases answer, table by table. The built binary is tried elsewhere.

use std::ffi::OsString;

use super::*;
use crate::back::settings;
use crate::plan::job::CardKind;

mod access;
mod access_export;
mod after;
mod approval;
mod audit;
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

fn code<T>(answer: Result<T, Trouble>) -> &'static str {
    answer.err().map_or("done", |trouble| trouble.code)
}
