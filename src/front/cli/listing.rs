//! A list on its way to stdout, row after row as it is read: as JSON, or as text under heads whose columns have widths of their own, for
//! the whole list is never at hand. It reads nothing and judges nothing. Start at [`Listing::put`].

use std::io::{BufWriter, StdoutLock, Write};

use serde::Serialize;

use super::answer;
use crate::desk::{self, Desk, grouped};
use crate::plan::messages::{Lang, Trouble};

/// Heads by their message and how wide their columns are; the last one is as wide as it is.
pub(super) type Columns = [(&'static str, usize)];

/// Rows on their way to stdout.
pub(super) struct Listing<'d> {
    out: BufWriter<StdoutLock<'static>>,
    desk: &'d Desk,
    lang: Lang,
    as_json: bool,
    columns: &'static Columns,
    /// What the list is called where its JSON is an object.
    field: Option<&'static str>,
    rows: u64,
}

impl<'d> Listing<'d> {
    pub(super) fn new(desk: &'d Desk, lang: Lang, as_json: bool, columns: &'static Columns) -> Listing<'d> {
        let out = BufWriter::new(std::io::stdout().lock());
        Listing { out, desk, lang, as_json, columns, field: None, rows: 0 }
    }

    /// The list is a field of an object, beside what [`Listing::end_with`] adds.
    pub(super) fn within(self, field: &'static str) -> Listing<'d> {
        Listing { field: Some(field), ..self }
    }

    /// One more; `output-lost` ends the reading, a closed pipe does not.
    pub(super) fn put<R: Serialize>(&mut self, row: &R, cells: fn(&Self, &R) -> Vec<String>) -> Result<(), Trouble> {
        let begun = match (self.as_json, self.rows) {
            (true, 0) => self.begin(),
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

    fn begin(&mut self) -> std::io::Result<()> {
        match self.field {
            Some(field) => write!(self.out, "{{\"{field}\":["),
            None => self.out.write_all(b"["),
        }
    }

    pub(super) fn end(self) -> Result<(), Trouble> {
        self.finish("]\n", |_| Vec::new())
    }

    /// Ends it with what its rows come to: as JSON under a name, as text below them.
    pub(super) fn end_with<S: Serialize>(
        self,
        name: &str,
        sum: &S,
        lines: impl FnOnce(&Self) -> Vec<String>,
    ) -> Result<(), Trouble> {
        let sum = serde_json::to_string(sum).unwrap_or_default();
        self.finish(&format!("],\"{name}\":{sum}}}\n"), lines)
    }

    fn finish(mut self, json: &str, lines: impl FnOnce(&Self) -> Vec<String>) -> Result<(), Trouble> {
        let written = match (self.as_json, self.rows) {
            (true, rows) => {
                let begun = if rows == 0 { self.begin() } else { Ok(()) };
                begun.and_then(|()| self.out.write_all(json.as_bytes()))
            }
            (false, 0) => writeln!(self.out, "{}", self.text("cli-nothing")),
            (false, _) => {
                let lines = lines(&self);
                lines.iter().try_for_each(|line| writeln!(self.out, "{line}"))
            }
        };
        answer::reached(written.and_then(|()| self.out.flush()))
    }

    pub(super) fn text(&self, id: &str) -> String {
        self.desk.messages.text(self.lang, id, &[])
    }

    pub(super) fn won(&self, amount: u32) -> String {
        self.desk.messages.text(self.lang, "web-won", &[("amount", grouped(amount))])
    }

    /// A word of the catalogue, or what stands in the record.
    pub(super) fn word(&self, family: &str, value: &str) -> String {
        let known = self.desk.messages.find(self.lang, &format!("{family}-{value}"), &[]);
        known.unwrap_or_else(|| value.to_owned())
    }

    /// An entry of the access log in words: what was done, and to what.
    pub(super) fn entry_words(&self, what: &str, purpose: &str) -> (String, String) {
        desk::entry_words(&self.desk.messages, self.lang, what, purpose)
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
pub(super) fn moment(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}

/// What there is none of is a dash.
pub(super) fn or_none(text: Option<String>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or_else(|| "–".to_owned())
}
