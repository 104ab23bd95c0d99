//! `ledger export`, and the same of the registers: a file, and what it holds. It judges nothing.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Done, Rooms, answer};
use crate::desk::{self, Paper, Period};
use crate::plan::messages::Trouble;
use crate::plan::sheet::Format;

#[derive(Args)]
pub(super) struct Export {
    /// The file, ending with .xlsx or .csv
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The reason, which is kept in the access log
    #[arg(long)]
    why: String,
    /// From this day, month or year on
    #[arg(long)]
    from: Option<String>,
    /// Until this day, month or year, included
    #[arg(long)]
    to: Option<String>,
    /// Of a .csv: utf-8 or cp949
    #[arg(long)]
    encoding: Option<String>,
}

impl Export {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let period = desk::money_period(self.from.as_deref().unwrap_or(""), self.to.as_deref().unwrap_or(""))?;
        write(rooms, Paper::Entries, period, &self.out, self.encoding.as_deref(), &self.why)
    }
}

/// Writes a sheet to a file and tells what it holds.
pub(super) fn write(rooms: Rooms, paper: Paper, period: Period, out: &Path, encoding: Option<&str>, why: &str) -> Done {
    let format = format(out, encoding)?;
    let (actor, lang, as_json) = (rooms.actor(), rooms.lang, rooms.json);
    let desk = rooms.desk()?;
    let mut made = desk::ledger_sheet(&desk, &actor, paper, period, why, format, lang)?;
    desk::save_sheet(&mut made.sheet, out)?;
    let (rows, replaced) = (made.sheet.rows, made.sheet.replaced);
    if replaced > 0 && !as_json {
        answer::warn(&desk.messages, lang, &[Trouble::new("sheet-replaced").with("n", replaced)]);
    }
    let shown = json!({ "file": out.display().to_string(), "rows": rows, "replaced": replaced });
    let mut shown = shown;
    if let (true, Some(fields)) = (as_json, shown.as_object_mut()) {
        fields.insert("totals".to_owned(), json!(made.totals));
    }
    Ok((Some(shown), 0))
}

/// By the name's ending: `sheet-format`, `sheet-encoding`.
fn format(out: &Path, encoding: Option<&str>) -> Result<Format, Trouble> {
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let known = [Format::Csv, Format::Xlsx].into_iter().find(|format| format.extension() == ending);
    let format = known.ok_or_else(|| Trouble::new("sheet-format"))?;
    match encoding.map(str::to_ascii_lowercase).as_deref() {
        None | Some("utf-8" | "utf8") => Ok(format),
        Some("cp949") if format == Format::Csv => Ok(Format::CsvCp949),
        Some(other) => Err(Trouble::new("sheet-encoding").with("encoding", desk::quoted(other))),
    }
}
