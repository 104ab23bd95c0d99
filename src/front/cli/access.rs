//! `access show|rights|review`: the access log and the records of rights, one entry after the other as they are read, and the
//! review. It judges nothing.

use std::io::{BufWriter, StdoutLock, Write};

use clap::Subcommand;
use serde::Serialize;

use super::{Done, Rooms, answer, json};
use crate::desk::{self, AccessQuery, AccessRow, Desk, RightsRow};
use crate::plan::messages::{Lang, Trouble};

#[derive(Subcommand)]
pub(super) enum Access {
    /// Entries of the access log, oldest first; the look is an entry too
    Show {
        /// Of one member, by id or number
        #[arg(long, allow_negative_numbers = true)]
        member: Option<String>,
        /// By one of the staff: 3, staff:3 or os:root
        #[arg(long, allow_negative_numbers = true)]
        staff: Option<String>,
        /// From this day on
        #[arg(long)]
        from: Option<String>,
        /// Until this day, included
        #[arg(long)]
        to: Option<String>,
    },
    /// What became of accounts and their rights, oldest first; the look is an entry of the access log
    Rights {
        /// Of one account, by id: what became of it and what it did to others
        #[arg(long, allow_negative_numbers = true, value_name = "ID")]
        staff: Option<String>,
        /// From this day on
        #[arg(long)]
        from: Option<String>,
        /// Until this day, included
        #[arg(long)]
        to: Option<String>,
    },
    /// Looks a period through for unusual patterns and signs what was found
    Review {
        /// The first day
        #[arg(long)]
        from: String,
        /// The last day; today at the latest
        #[arg(long)]
        to: String,
        /// What was looked at and what was found
        #[arg(long)]
        findings: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
}

impl Access {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, lang, as_json) = (rooms.actor(), rooms.lang, rooms.json);
        match self {
            Access::Show { member, staff, from, to } => {
                let (staff, from, to) = (named(staff)?, day(from)?, day(to)?);
                let desk = rooms.desk()?;
                let member = member.map(|text| desk::access_member(&desk, &actor, &text)).transpose()?;
                let query = AccessQuery { from, to, staff, member, what: None };
                let mut rows = Rows::new(&desk, lang, as_json, &OF_THE_LOG);
                desk::show_access(&desk, &actor, &query, &mut |row| rows.put(&row, Rows::of_the_log))?;
                rows.end()?;
                Ok((None, 0))
            }
            Access::Rights { staff, from, to } => {
                let (staff, from, to) = (named(staff)?, day(from)?, day(to)?);
                let id = |text: String| {
                    let id = text.trim().strip_prefix("staff:").unwrap_or(&text);
                    desk::id(id, "access-account-unknown", "staff")
                };
                let staff = staff.map(id).transpose()?;
                let desk = rooms.desk()?;
                let found = desk::rights_log(&desk, &actor, staff, from.as_deref(), to.as_deref())?;
                let mut rows = Rows::new(&desk, lang, as_json, &OF_RIGHTS);
                found.iter().try_for_each(|row| rows.put(row, Rows::of_rights))?;
                rows.end()?;
                Ok((None, 0))
            }
            Access::Review { from, to, findings, key } => {
                let key = super::key(key)?;
                let done = desk::review_access(&rooms.desk()?, &actor, &from, &to, &findings, key.as_deref())?;
                Ok((json(&done), 0))
            }
        }
    }
}

/// Somebody of the staff as typed; an option without a value asks for nobody.
pub(super) fn named(typed: Option<String>) -> Result<Option<String>, Trouble> {
    filled(typed, || Trouble::new("access-staff-unknown").with("staff", "\"\""))
}

fn day(typed: Option<String>) -> Result<Option<String>, Trouble> {
    filled(typed, || Trouble::new("day").with("text", "\"\""))
}

fn filled(typed: Option<String>, refused: impl Fn() -> Trouble) -> Result<Option<String>, Trouble> {
    match typed {
        Some(text) if text.trim().is_empty() => Err(refused()),
        typed => Ok(typed),
    }
}

/// Heads of the text and how wide their columns are: the whole list is never at hand.
type Columns = [(&'static str, usize)];

const OF_THE_LOG: [(&str, usize); 8] = [
    ("access-col-seq", 7),
    ("access-col-time", 19),
    ("access-label-who", 14),
    ("access-col-origin", 8),
    ("access-col-desk", 4),
    ("access-label-member", 7),
    ("access-col-act", 18),
    ("access-col-detail", 0),
];

const OF_RIGHTS: [(&str, usize); 7] = [
    ("access-col-seq", 7),
    ("access-col-time", 19),
    ("access-label-who", 14),
    ("access-col-origin", 8),
    ("label-whose", 14),
    ("access-col-act", 16),
    ("access-col-detail", 0),
];

/// Rows on their way to stdout.
struct Rows<'d> {
    out: BufWriter<StdoutLock<'static>>,
    desk: &'d Desk,
    lang: Lang,
    as_json: bool,
    columns: &'static Columns,
    rows: u64,
}

impl<'d> Rows<'d> {
    fn new(desk: &'d Desk, lang: Lang, as_json: bool, columns: &'static Columns) -> Rows<'d> {
        Rows { out: BufWriter::new(std::io::stdout().lock()), desk, lang, as_json, columns, rows: 0 }
    }

    /// One more; `output-lost` ends the reading, a closed pipe does not.
    fn put<R: Serialize>(&mut self, row: &R, cells: fn(&Self, &R) -> Vec<String>) -> Result<(), Trouble> {
        let begun = match (self.as_json, self.rows) {
            (true, 0) => self.out.write_all(b"["),
            (true, _) => self.out.write_all(b","),
            (false, 0) => {
                let heads: Vec<String> = self.columns.iter().map(|(id, _)| self.text(id)).collect();
                self.cells(&heads)
            }
            (false, _) => Ok(()),
        };
        self.rows += 1;
        let written = begun.and_then(|()| match self.as_json {
            true => serde_json::to_writer(&mut self.out, row).map_err(Into::into),
            false => self.cells(&cells(self, row)),
        });
        answer::reached(written)
    }

    fn end(mut self) -> Result<(), Trouble> {
        let written = match (self.as_json, self.rows) {
            (true, 0) => self.out.write_all(b"[]\n"),
            (true, _) => self.out.write_all(b"]\n"),
            (false, 0) => writeln!(self.out, "{}", self.text("cli-nothing")),
            (false, _) => Ok(()),
        };
        answer::reached(written.and_then(|()| self.out.flush()))
    }

    fn text(&self, id: &str) -> String {
        self.desk.messages.text(self.lang, id, &[])
    }

    /// A word of the catalogue, or what stands in the record.
    fn word(&self, family: &str, value: &str) -> String {
        let known = self.desk.messages.find(self.lang, &format!("{family}-{value}"), &[]);
        known.unwrap_or_else(|| value.to_owned())
    }

    fn of_the_log(&self, row: &AccessRow) -> Vec<String> {
        let (act, detail) = desk::entry_words(&self.desk.messages, self.lang, &row.what, &row.purpose);
        vec![
            row.seq.to_string(),
            moment(&row.time),
            self.who(&row.staff, &row.name),
            self.word("access-origin", &row.origin),
            if row.desk.is_empty() { "–".to_owned() } else { row.desk.clone() },
            row.member.map_or_else(|| "–".to_owned(), |member| member.to_string()),
            act,
            detail,
        ]
    }

    fn of_rights(&self, row: &RightsRow) -> Vec<String> {
        let detail = row.detail.split(" -> ").map(|part| self.word("web-role", part)).collect::<Vec<_>>();
        vec![
            row.seq.to_string(),
            moment(&row.time),
            self.who(&row.staff, &row.name),
            self.word("access-origin", &row.origin),
            self.who(&row.whose, &row.whose_name),
            self.word("rights-what", &row.what),
            detail.join(" → "),
        ]
    }

    /// Names may be alike: the id stands beside them.
    fn who(&self, id: &str, name: &str) -> String {
        match id {
            _ if id == name => self.word("access-who", id),
            _ => format!("{name} ({})", id.strip_prefix("staff:").unwrap_or(id)),
        }
    }

    fn cells(&mut self, cells: &[String]) -> std::io::Result<()> {
        let padded = cells.iter().zip(self.columns).map(|(cell, (_, width))| {
            let wanting = width.saturating_sub(answer::columns(cell));
            format!("{cell}{}", " ".repeat(wanting))
        });
        let line = padded.collect::<Vec<_>>().join("  ");
        writeln!(self.out, "{}", line.trim_end())
    }
}

/// A time for reading: without the offset, which is the same in every line.
fn moment(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}
