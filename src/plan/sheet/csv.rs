//! A sheet as CSV: UTF-8 with a byte order mark, so that a Korean Excel reads 한글, or CP949 for what is older than that; lines end
//! with CR LF; a text is no formula. Start at [`CsvSheet`].

use std::borrow::Cow;
use std::io::Write;

use csv::{Terminator, Writer, WriterBuilder};
use encoding_rs::EUC_KR;
use unicode_normalization::UnicodeNormalization;

use super::{Cell, Form, unwritten};
use crate::plan::messages::Trouble;

const MARK: &str = "\u{feff}";

/// The bytes that stand for characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Cp949,
}

pub struct CsvSheet<W: Write> {
    to: Writer<W>,
    encoding: Encoding,
    columns: usize,
    replaced: u64,
}

impl<W: Write> CsvSheet<W> {
    pub fn begin(form: &Form, encoding: Encoding, mut to: W) -> Result<CsvSheet<W>, Trouble> {
        if encoding == Encoding::Utf8 {
            to.write_all(MARK.as_bytes()).map_err(unwritten)?;
        }
        let to = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to);
        let mut sheet = CsvSheet { to, encoding, columns: form.columns.len(), replaced: 0 };
        let headings: Vec<Cell> = form.columns.iter().map(|column| Cell::Text(&column.heading)).collect();
        sheet.row(&headings)?;
        Ok(sheet)
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Trouble> {
        let encoding = self.encoding;
        let mut replaced = 0;
        // No byte of a character of two is a comma, a quote or the end of a line, so that quoting sees what it must.
        let mut bytes: Vec<Vec<u8>> = cells.iter().map(|cell| encoded(encoding, &text(*cell), &mut replaced)).collect();
        // A row of sums ends before the last column, and a record of a CSV does not.
        bytes.resize(bytes.len().max(self.columns), Vec::new());
        self.replaced += replaced;
        self.to.write_record(bytes).map_err(unwritten)
    }

    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    pub fn finish(self) -> Result<W, Trouble> {
        self.to.into_inner().map_err(|fault| unwritten(fault.error()))
    }
}

fn encoded(encoding: Encoding, text: &str, replaced: &mut u64) -> Vec<u8> {
    if encoding == Encoding::Utf8 || text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    let mut bytes = Vec::with_capacity(text.len());
    // Syllables in pieces, as some keyboards write them, are whole ones in CP949 or none.
    for c in text.nfc() {
        let mut letter = [0; 4];
        let (found, _, lacking) = EUC_KR.encode(c.encode_utf8(&mut letter));
        if lacking {
            *replaced += 1;
            bytes.push(b'?');
        } else {
            bytes.extend_from_slice(&found);
        }
    }
    bytes
}

fn text(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => harmless(text),
        Cell::Integer(number) | Cell::Won(number) => Cow::Owned(number.to_string()),
        Cell::Permille(share) => Cow::Owned(format!("{:.1}%", share as f64 / 10.0)),
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
