//! Rows of typed cells as a sheet that somebody opens elsewhere: CSV or XLSX, row after row, however many there are.
//!
//! It knows no use case and no words. Of a whole sheet it never holds more than the row at hand. Start at [`Sheet`].

use std::io::Write;
use std::path::Path;

use jiff::civil::{Date, DateTime};

use super::messages::Trouble;

mod csv;
mod xlsx;

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// UTF-8.
    Csv,
    /// CP949, for programs that know no UTF-8.
    CsvCp949,
    Xlsx,
}

kebab!(Format {
    Csv = "csv",
    CsvCp949 = "csv-cp949",
    Xlsx = "xlsx",
});

impl Format {
    /// The media type that a browser is told.
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            // What the web calls EUC-KR is CP949 (encoding.spec.whatwg.org).
            Format::CsvCp949 => "text/csv; charset=euc-kr",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// What a file's name ends with.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Csv | Format::CsvCp949 => "csv",
            Format::Xlsx => "xlsx",
        }
    }
}

/// A cell as it is meant: a number adds up, a date sorts, a text is never a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    Integer(i64),
    /// Whole won; grouped by thousands where a sheet can.
    Won(i64),
    /// A share in thousandths, read as per cent to a tenth.
    Permille(i64),
    Date(Date),
    /// A date and the time of day that the clock on the wall showed, to the second.
    Time(DateTime),
}

/// A column: its heading, and how many characters wide it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub heading: String,
    pub width: u16,
}

/// What a sheet is before it has rows.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// What the tab of the sheet says.
    pub title: &'a str,
    pub columns: &'a [Column],
    /// When it was made, in UTC, as the file says.
    pub made: DateTime,
}

/// A sheet while it is written. It must be finished, or it cannot be read.
pub enum Sheet<W: Write + Send> {
    Csv(Box<csv::CsvSheet<W>>),
    Xlsx(Box<xlsx::XlsxSheet<W>>),
}

impl<W: Write + Send> Sheet<W> {
    /// Begins it with its headings. XLSX collects its rows in a file without a name in the folder `spool`, until it is finished.
    ///
    /// # Errors
    /// `sheet-write` when the medium takes no more, here and at every row.
    pub fn begin(format: Format, form: &Form, to: W, spool: &Path) -> Result<Sheet<W>, Trouble> {
        Ok(match format {
            Format::Csv => Sheet::Csv(Box::new(csv::CsvSheet::begin(form, csv::Encoding::Utf8, to)?)),
            Format::CsvCp949 => Sheet::Csv(Box::new(csv::CsvSheet::begin(form, csv::Encoding::Cp949, to)?)),
            Format::Xlsx => Sheet::Xlsx(Box::new(xlsx::XlsxSheet::begin(form, to, spool)?)),
        })
    }

    /// The next row.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Trouble> {
        match self {
            Sheet::Csv(sheet) => sheet.row(cells),
            Sheet::Xlsx(sheet) => sheet.row(cells),
        }
    }

    /// The row of sums below the others; nothing sorts or filters it.
    pub fn sums(&mut self, cells: &[Cell]) -> Result<(), Trouble> {
        match self {
            Sheet::Csv(sheet) => sheet.row(cells),
            Sheet::Xlsx(sheet) => sheet.sums(cells),
        }
    }

    /// How many characters so far the encoding lacks: a `?` stands for each, for one rare syllable costs nobody the sheet.
    pub fn replaced(&self) -> u64 {
        match self {
            Sheet::Csv(sheet) => sheet.replaced(),
            Sheet::Xlsx(_) => 0,
        }
    }

    /// Ends it, and gives back what it was written to.
    pub fn finish(self) -> Result<W, Trouble> {
        match self {
            Sheet::Csv(sheet) => sheet.finish(),
            Sheet::Xlsx(sheet) => sheet.finish(),
        }
    }
}

fn unwritten(reason: impl std::fmt::Display) -> Trouble {
    Trouble::new("sheet-write").with("reason", reason)
}

#[cfg(test)]
mod tests;
