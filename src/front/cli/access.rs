//! `access show|review`: the access log, one entry after the other as it is read, and its review. It judges nothing.

use std::io::{BufWriter, StdoutLock, Write};

use clap::Subcommand;

use super::{Done, Rooms, answer, json};
use crate::desk::{self, AccessQuery, AccessRow, Desk};
use crate::plan::messages::{Lang, Trouble};

#[derive(Subcommand)]
pub(super) enum Access {
    /// Entries of the access log, oldest first; the look is an entry too
    Show {
        /// Of one member, by id
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
                let member = member.map(|text| desk::id(&text, "member-unknown", "member")).transpose()?;
                let query = AccessQuery { from, to, staff, member, what: None };
                let desk = rooms.desk()?;
                let mut rows = Rows::new(&desk, lang, as_json);
                desk::show_access(&desk, &actor, &query, &mut |row| {
                    rows.put(&row);
                    Ok::<(), Trouble>(())
                })?;
                rows.end();
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

/// Columns of the text and how wide they are: the whole list is never at hand.
const COLUMNS: [(&str, usize); 8] =
    [("seq", 7), ("time", 25), ("staff", 10), ("origin", 12), ("desk", 4), ("member", 7), ("what", 6), ("purpose", 0)];

/// Rows on their way to stdout.
struct Rows<'d> {
    out: BufWriter<StdoutLock<'static>>,
    desk: &'d Desk,
    lang: Lang,
    as_json: bool,
    rows: u64,
}

impl Rows<'_> {
    fn new(desk: &Desk, lang: Lang, as_json: bool) -> Rows<'_> {
        Rows { out: BufWriter::new(std::io::stdout().lock()), desk, lang, as_json, rows: 0 }
    }

    // A closed pipe (`| head`) is no trouble of ours.
    fn put(&mut self, row: &AccessRow) {
        let _ = match (self.as_json, self.rows) {
            (true, 0) => self.out.write_all(b"["),
            (true, _) => self.out.write_all(b","),
            (false, 0) => self.heads(),
            (false, _) => Ok(()),
        };
        self.rows += 1;
        let _ =
            if self.as_json { serde_json::to_writer(&mut self.out, row).map_err(Into::into) } else { self.line(row) };
    }

    fn end(mut self) {
        let _ = match (self.as_json, self.rows) {
            (true, 0) => self.out.write_all(b"[]\n"),
            (true, _) => self.out.write_all(b"]\n"),
            (false, 0) => writeln!(self.out, "{}", self.desk.messages.text(self.lang, "cli-nothing", &[])),
            (false, _) => Ok(()),
        };
        let _ = self.out.flush();
    }

    fn heads(&mut self) -> std::io::Result<()> {
        let heads = COLUMNS.map(|(name, _)| match name {
            "origin" => self.desk.messages.text(self.lang, "access-label-origin", &[]),
            "purpose" => self.desk.messages.text(self.lang, "access-label-purpose", &[]),
            name => self.desk.messages.text(self.lang, &format!("label-{name}"), &[]),
        });
        self.cells(&heads)
    }

    fn line(&mut self, row: &AccessRow) -> std::io::Result<()> {
        let word = |text: &str| self.desk.messages.find(self.lang, &format!("word-{text}"), &[]);
        let said = |text: &str| word(text).unwrap_or_else(|| text.to_owned());
        let member = row.member.map_or_else(|| "–".to_owned(), |member| member.to_string());
        let cells = [
            row.seq.to_string(),
            row.time.clone(),
            row.staff.clone(),
            said(&row.origin),
            if row.desk.is_empty() { "–".to_owned() } else { row.desk.clone() },
            member,
            said(&row.what),
            row.purpose.clone(),
        ];
        self.cells(&cells)
    }

    fn cells(&mut self, cells: &[String]) -> std::io::Result<()> {
        let padded = cells.iter().zip(COLUMNS).map(|(cell, (_, width))| {
            let wanting = width.saturating_sub(answer::columns(cell));
            format!("{cell}{}", " ".repeat(wanting))
        });
        writeln!(self.out, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())
    }
}
