//! A sheet as CSV: UTF-8 with a byte order mark, so that a Korean Excel reads 한글; lines end with CR LF; a text is no formula.
//! Start at [`CsvSheet`].

use std::borrow::Cow;
use std::io::Write;

use csv::{Terminator, Writer, WriterBuilder};

use super::{Cell, Form, unwritten};
use crate::plan::messages::Trouble;

const MARK: &str = "\u{feff}";

pub struct CsvSheet<W: Write> {
    to: Writer<W>,
}

impl<W: Write> CsvSheet<W> {
    pub fn begin(form: &Form, mut to: W) -> Result<CsvSheet<W>, Trouble> {
        to.write_all(MARK.as_bytes()).map_err(unwritten)?;
        let mut sheet = CsvSheet { to: WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to) };
        let headings: Vec<Cell> = form.columns.iter().map(|column| Cell::Text(&column.heading)).collect();
        sheet.row(&headings)?;
        Ok(sheet)
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Trouble> {
        self.to.write_record(cells.iter().map(|cell| text(*cell).into_owned())).map_err(unwritten)
    }

    pub fn finish(self) -> Result<W, Trouble> {
        self.to.into_inner().map_err(|fault| unwritten(fault.error()))
    }
}

fn text(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => harmless(text),
        Cell::Integer(number) => Cow::Owned(number.to_string()),
        Cell::Date(date) => Cow::Owned(date.to_string()),
        Cell::Time(time) => Cow::Owned(time.strftime("%Y-%m-%d %H:%M:%S").to_string()),
    }
}

/// What a spreadsheet would take for a formula gets an apostrophe in front, which it takes for "this is text". CSV has no types,
/// so it is told by its first character, also by the wide forms that a Korean keyboard writes, and also behind spaces: some
/// programs drop those as they read. What begins with a tab or the end of a line is marked too, for they end a cell elsewhere.
fn harmless(text: &str) -> Cow<'_, str> {
    let begins =
        text.trim_start_matches(|c: char| c.is_whitespace() && !matches!(c, '\t' | '\r' | '\n')).chars().next();
    match begins {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r' | '\n') => {
            Cow::Owned(format!("'{text}"))
        }
        _ => Cow::Borrowed(text),
    }
}
