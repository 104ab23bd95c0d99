//! A sheet as XLSX: real numbers and dates, headings that stay in sight. It waits in a file without a name, for an XLSX says how long
//! a part is before the part; the memory it takes is one row's. Start at [`XlsxSheet`].

use std::io::Write;
use std::path::Path;

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{Cell, Column, Form, unwritten};
use crate::plan::messages::Trouble;

/// Rows of a sheet, the headings among them, as the format has it; what is more goes on in another.
const MOST_ROWS: u32 = 1_048_576;
/// Characters of a cell, as the format has it.
const LONGEST: usize = 32_767;
/// The largest whole number that the format keeps exactly.
const EXACT: i64 = 1 << 53;

/// Rows of a sheet are alike: a third more bytes, in a quarter of the time.
const COMPRESSION: u8 = 2;

/// How cells of each kind are shown. A format is found again by all that it says, for each cell: what is shown as it comes has none.
struct Formats {
    plain: Option<Format>,
    won: Format,
    share: Format,
    date: Format,
    time: Format,
}

impl Formats {
    fn of(plain: Option<Format>) -> Formats {
        let shown = |format: &str| plain.clone().unwrap_or_default().set_num_format(format);
        Formats {
            won: shown("#,##0"),
            share: shown("0.0%"),
            date: shown("yyyy-mm-dd"),
            time: shown("yyyy-mm-dd hh:mm:ss"),
            plain,
        }
    }
}

pub struct XlsxSheet<W: Write + Send> {
    book: Workbook,
    to: W,
    title: String,
    columns: Vec<Column>,
    heading: Format,
    plain: Formats,
    bold: Formats,
    /// Rows of sums below, which the headings do not filter.
    sums: u32,
    /// Which sheet of the book, from 0, and its next row.
    sheet: usize,
    row: u32,
    most: u32,
}

impl<W: Write + Send> XlsxSheet<W> {
    pub fn begin(form: &Form, to: W, spool: &Path) -> Result<XlsxSheet<W>, Trouble> {
        XlsxSheet::of_at_most(MOST_ROWS, form, to, spool)
    }

    pub(super) fn of_at_most(most: u32, form: &Form, to: W, spool: &Path) -> Result<XlsxSheet<W>, Trouble> {
        let mut book = Workbook::new();
        book.set_tempdir(spool).map_err(unwritten)?;
        book.set_zip_compression_level(COMPRESSION);
        // Without it the file would say when by the clock of whoever runs this.
        if let Some(made) = moment(form.made) {
            book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        }
        let mut sheet = XlsxSheet {
            book,
            to,
            title: tab(form.title),
            columns: form.columns.to_vec(),
            heading: Format::new().set_bold(),
            plain: Formats::of(None),
            bold: Formats::of(Some(Format::new().set_bold().set_border_top(FormatBorder::Thin))),
            sums: 0,
            sheet: 0,
            row: 0,
            most,
        };
        sheet.headings().map_err(unwritten)?;
        Ok(sheet)
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Trouble> {
        self.write(cells, false).map_err(unwritten)
    }

    pub fn sums(&mut self, cells: &[Cell]) -> Result<(), Trouble> {
        self.write(cells, true).map_err(unwritten)?;
        self.sums += 1;
        Ok(())
    }

    pub fn finish(mut self) -> Result<W, Trouble> {
        self.filtered().map_err(unwritten)?;
        self.book.save_to_writer(&mut self.to).map_err(unwritten)?;
        self.to.flush().map_err(unwritten)?;
        Ok(self.to)
    }

    fn headings(&mut self) -> Result<(), XlsxError> {
        let name = match self.sheet {
            0 => self.title.clone(),
            before => format!("{} {}", self.title, before + 1),
        };
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (at, column) in (0u16..).zip(&self.columns) {
            sheet.set_column_width(at, f64::from(column.width))?;
            sheet.write_string_with_format(0, at, plain(&column.heading), &self.heading)?;
        }
        self.row = 1;
        Ok(())
    }

    /// The headings of a sheet that is complete filter and sort it.
    fn filtered(&mut self) -> Result<(), XlsxError> {
        let Some(last) = u16::try_from(self.columns.len()).ok().and_then(|columns| columns.checked_sub(1)) else {
            return Ok(());
        };
        let rows = self.row.saturating_sub(1 + self.sums);
        written(self.book.worksheet_from_index(self.sheet)?.autofilter(0, 0, rows, last))
    }

    fn write(&mut self, cells: &[Cell], sums: bool) -> Result<(), XlsxError> {
        if self.row >= self.most {
            self.filtered()?;
            self.sheet += 1;
            self.headings()?;
        }
        let (row, how) = (self.row, if sums { &self.bold } else { &self.plain });
        let sheet = self.book.worksheet_from_index(self.sheet)?;
        for (at, cell) in (0u16..).zip(cells) {
            match *cell {
                Cell::Empty => {}
                Cell::Text(text) => match &how.plain {
                    Some(format) => written(sheet.write_string_with_format(row, at, plain(text), format))?,
                    None => written(sheet.write_string(row, at, plain(text)))?,
                },
                Cell::Integer(number) => whole(sheet, (row, at), number, how.plain.as_ref())?,
                Cell::Won(number) => whole(sheet, (row, at), number, Some(&how.won))?,
                Cell::Permille(share) => {
                    written(sheet.write_number_with_format(row, at, share as f64 / 1000.0, &how.share))?;
                }
                Cell::Date(day) => match midnight(day) {
                    Some(moment) => written(sheet.write_datetime_with_format(row, at, &moment, &how.date))?,
                    None => written(sheet.write_string(row, at, day.to_string()))?,
                },
                Cell::Time(when) => match moment(when) {
                    Some(moment) => written(sheet.write_datetime_with_format(row, at, &moment, &how.time))?,
                    None => written(sheet.write_string(row, at, when.to_string()))?,
                },
            }
        }
        self.row += 1;
        Ok(())
    }
}

/// A number as one; where the format would round it, as text.
fn whole(sheet: &mut Worksheet, (row, at): (u32, u16), number: i64, how: Option<&Format>) -> Result<(), XlsxError> {
    match how {
        _ if number.abs() > EXACT => written(sheet.write_string(row, at, number.to_string())),
        Some(how) => written(sheet.write_number_with_format(row, at, number as f64, how)),
        None => written(sheet.write_number(row, at, number as f64)),
    }
}

fn written(done: Result<&mut Worksheet, XlsxError>) -> Result<(), XlsxError> {
    done.map(|_| ())
}

/// The format's dates begin with 1900; an older one is written as text.
fn midnight(date: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok().filter(|year| *year > 1900)?;
    ExcelDateTime::from_ymd(year, date.month().try_into().ok()?, date.day().try_into().ok()?).ok()
}

fn moment(time: DateTime) -> Option<ExcelDateTime> {
    let clock = |part: i8| u8::try_from(part).ok();
    let (hour, minute, second) = (time.hour().try_into().ok()?, clock(time.minute())?, clock(time.second())?);
    midnight(time.date())?.and_hms(hour, minute, f64::from(second)).ok()
}

/// XML has no control characters, and a cell has an end.
fn plain(text: &str) -> String {
    let kept = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c };
    text.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).map(kept).take(LONGEST).collect()
}

/// A tab's name: short, and without what the format refuses; there is room for the number of a sheet that goes on.
fn tab(title: &str) -> String {
    let kept = |c: char| if c.is_control() || "[]:*?/\\'".contains(c) { ' ' } else { c };
    let name: String = title.chars().map(kept).take(24).collect();
    let name = name.trim();
    if name.is_empty() { "1".to_owned() } else { name.to_owned() }
}
