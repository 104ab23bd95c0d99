//! The access log as a sheet that leaves the house: for a reason, which becomes an entry itself before the first row is read. It
//! chooses no rows, that is `access_log`'s; how a sheet is written is `plan::sheet`'s. Start at [`access_sheet`].

use std::fs::File;
use std::io::{BufWriter, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use jiff::civil::DateTime;

use super::entry_words::entry_words;
use super::{AccessQuery, AccessRow, Act, Actor, Desk, export_access};
use crate::back::store::access_people;
use crate::back::unnamed::unnamed;
use crate::plan::messages::{Lang, Trouble};
use crate::plan::sheet::{Cell, Column, Form, Format, Sheet};

/// What the columns are headed with, `access-col-…`, and how wide they open.
const COLUMNS: [(&str, u16); 11] = [
    ("seq", 10),
    ("time", 20),
    ("staff", 12),
    ("name", 14),
    ("role", 12),
    ("origin", 12),
    ("desk", 8),
    ("member", 10),
    ("act", 16),
    ("detail", 24),
    ("purpose", 28),
];

/// Somebody who may be in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `staff:3`, `os:root` or `house`.
    pub staff: String,
    /// The name of the account, or the id.
    pub name: String,
}

/// Everybody with an account, and whoever else is in the log: accounts of the command line.
pub fn access_people(desk: &Desk, actor: &Actor) -> Result<Vec<Person>, Trouble> {
    actor.may(Act::ShowAccess)?;
    let found = desk.store.look(access_people::people)?;
    let person =
        |(staff, name): (String, Option<String>)| Person { name: name.unwrap_or_else(|| staff.clone()), staff };
    Ok(found.into_iter().map(person).collect())
}

/// A sheet that was written, to be handed out from its beginning.
pub struct SheetFile {
    pub file: File,
    pub length: u64,
    pub media_type: &'static str,
    /// By its days: `access-2026-11-01-2026-11-26.csv`.
    pub name: String,
    pub rows: u64,
    /// Characters that the encoding lacks: each is a `?`.
    pub replaced: u64,
}

/// The rows that the page shows, all of them, in words of this language.
///
/// # Errors
/// What [`export_access`] says of the query and the reason; `sheet-write`, and nothing is handed out.
pub fn access_sheet(
    desk: &Desk,
    actor: &Actor,
    query: &AccessQuery,
    why: &str,
    format: Format,
    lang: Lang,
) -> Result<SheetFile, Trouble> {
    let word = |id: String| desk.messages.text(lang, &id, &[]);
    let column = |(name, width): (&str, u16)| Column { heading: word(format!("access-col-{name}")), width };
    let columns = COLUMNS.map(column);
    let (folder, to) = nameless(desk)?;
    // The format says its own time in UTC.
    let made = jiff::tz::Offset::UTC.to_datetime(desk.now());
    let form = Form { title: &word("access-title".to_owned()), columns: &columns, made };
    let mut sheet = Sheet::begin(format, &form, to, folder)?;
    let (mut rows, mut first, mut last) = (0, String::new(), String::new());
    export_access(desk, actor, query, why, &mut |row: AccessRow| {
        let day = row.time.get(..10).unwrap_or_default();
        // Entries come in the order of the log, in which a clock may have been set back.
        if rows == 0 || day < first.as_str() {
            day.clone_into(&mut first);
        }
        if day > last.as_str() {
            day.clone_into(&mut last);
        }
        rows += 1;
        write(desk, lang, &mut sheet, &row)
    })?;
    let today = desk.today().to_string();
    let asked = |day: &Option<String>, found: String| {
        let asked = day.clone().filter(|day| day.len() == 10 && day.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
        asked.or(Some(found).filter(|found| !found.is_empty())).unwrap_or_else(|| today.clone())
    };
    let name = format!("access-{}-{}.{}", asked(&query.from, first), asked(&query.to, last), format.extension());
    handed_out(sheet, format, name, rows)
}

/// A file without a name beside the database, and the folder it is in: what a sheet is written to.
pub(super) fn nameless(desk: &Desk) -> Result<(&Path, BufWriter<File>), Trouble> {
    let folder = desk.settings.store.path.parent().unwrap_or(&desk.settings.base);
    Ok((folder, BufWriter::new(unnamed(folder).map_err(failed)?)))
}

/// A sheet that has all its rows, ready to be read from its beginning.
pub(super) fn handed_out(
    sheet: Sheet<BufWriter<File>>,
    format: Format,
    name: String,
    rows: u64,
) -> Result<SheetFile, Trouble> {
    let replaced = sheet.replaced();
    let mut file = sheet.finish()?.into_inner().map_err(|fault| failed(fault.into_error()))?;
    let length = file.metadata().map_err(failed)?.len();
    file.rewind().map_err(failed)?;
    Ok(SheetFile { file, length, media_type: format.media_type(), name, rows, replaced })
}

/// Writes a sheet to a file of this name, which nobody but its owner reads where it is new.
///
/// # Errors
/// `file-unwritable`.
pub fn save_sheet(sheet: &mut SheetFile, path: &Path) -> Result<(), Trouble> {
    let told =
        |fault: std::io::Error| Trouble::new("file-unwritable").with("file", path.display()).with("reason", fault);
    let mut how = std::fs::OpenOptions::new();
    let mut to = how.create(true).write(true).truncate(true).mode(0o600).open(path).map_err(told)?;
    std::io::copy(&mut sheet.file, &mut to).and_then(|_| to.sync_all()).map_err(told)
}

fn failed(fault: std::io::Error) -> Trouble {
    Trouble::new("sheet-write").with("reason", fault)
}

fn write<W: std::io::Write + Send>(
    desk: &Desk,
    lang: Lang,
    sheet: &mut Sheet<W>,
    row: &AccessRow,
) -> Result<(), Trouble> {
    let (act, detail) = entry_words(&desk.messages, lang, &row.what, &row.purpose);
    let word = |family: &str, value: &str| {
        let known = desk.messages.find(lang, &format!("{family}-{value}"), &[]);
        known.unwrap_or_else(|| value.to_owned())
    };
    let (role, origin) = (word("web-role", &row.role), word("access-origin", &row.origin));
    let time = row.time.get(..19).and_then(|time| time.parse::<DateTime>().ok());
    sheet.row(&[
        Cell::Integer(row.seq),
        time.map_or(Cell::Text(&row.time), Cell::Time),
        Cell::Text(&row.staff),
        Cell::Text(&row.name),
        Cell::Text(&role),
        Cell::Text(&origin),
        Cell::Text(&row.desk),
        row.member.map_or(Cell::Empty, Cell::Integer),
        Cell::Text(&act),
        Cell::Text(&detail),
        Cell::Text(&row.purpose),
    ])
}
