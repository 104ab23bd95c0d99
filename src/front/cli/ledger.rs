//! `ledger …`: the books at the command line. Reports, registers and sheets have files of their own; here are the entries one after the other as they are read, and the close of a desk's day. It judges nothing.

use std::io::{BufWriter, StdoutLock, Write};

use clap::Subcommand;

use super::{Done, Rooms, answer, json, ledger_export, ledger_report};
use crate::desk::{self, Desk, LedgerRow, grouped, won_typed};
use crate::plan::fees::Totals;
use crate::plan::messages::{Lang, Trouble};

#[derive(Subcommand)]
pub(super) enum Ledger {
    /// Entries of the ledger, oldest first, and what they sum up to; the look is an entry of the access log
    Show {
        /// From this business day on
        #[arg(long)]
        from: Option<String>,
        /// Until this business day, included
        #[arg(long)]
        to: Option<String>,
    },
    /// Closes a desk's day: counts its drawer, then compares. What was counted is kept, whatever comes of it
    Close {
        /// Won that lie in the drawer
        #[arg(long, value_name = "WON", allow_negative_numbers = true)]
        counted: String,
        /// Why it is not what was expected
        #[arg(long)]
        why: Option<String>,
        /// The business day; today if not given
        #[arg(long)]
        day: Option<String>,
        /// The desk's number; the command line's own drawer if not given
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        desk: Option<String>,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// Opens the last day again that a desk closed
    Reopen {
        /// The business day
        #[arg(long)]
        day: String,
        /// The desk's number; the command line's own drawer if not given
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        desk: Option<String>,
        /// The reason, which is kept
        #[arg(long)]
        why: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// The entries of a period as a sheet, .xlsx or .csv, for a reason that is kept
    Export(ledger_export::Export),
    /// What was charged and what became of it, added up
    Report(ledger_report::Report),
    /// What each person did with money and cards, beside all others together
    Clerks(ledger_report::Clerks),
    /// The register of issued cards, names masked; everybody on it is logged
    Issues(ledger_report::Register),
    /// The register of reissued cards, names masked; everybody on it is logged
    Reissues(ledger_report::Register),
}

impl Ledger {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, lang, as_json) = (rooms.actor(), rooms.lang, rooms.json);
        match self {
            Ledger::Show { from, to } => {
                let desk = rooms.desk()?;
                let mut rows = Rows::new(&desk, lang, as_json);
                let put = &mut |row| rows.put(&row);
                let totals = desk::show_ledger(&desk, &actor, from.as_deref(), to.as_deref(), put)?;
                rows.end(&totals)?;
                Ok((None, 0))
            }
            Ledger::Close { counted, why, day, desk: place, key } => {
                let (won, key, why) = (won_typed(&counted)?, super::key(key)?, why.unwrap_or_default());
                let (desk, place, day) = (rooms.desk()?, place.as_deref(), day.as_deref());
                let done = desk::count_and_close(&desk, &actor, place, day, won, &why, key.as_deref())?;
                Ok((json(&done), 0))
            }
            Ledger::Reopen { day, desk: place, why, key } => {
                let key = super::key(key)?;
                let desk = rooms.desk()?;
                let done = desk::reopen_day(&desk, &actor, place.as_deref(), &day, &why, key.as_deref())?;
                Ok((json(&done), 0))
            }
            Ledger::Export(export) => export.run(rooms),
            Ledger::Report(report) => report.run(rooms),
            Ledger::Clerks(clerks) => clerks.run(rooms),
            Ledger::Issues(register) => register.run(rooms, false),
            Ledger::Reissues(register) => register.run(rooms, true),
        }
    }
}

/// Heads of the text and how wide their columns are: the whole ledger is never at hand.
const COLUMNS: [(&str, usize); 11] = [
    ("access-col-seq", 7),
    ("access-col-time", 19),
    ("label-day", 10),
    ("access-col-desk", 4),
    ("ledger-col-kind", 10),
    ("label-charge", 7),
    ("label-amount", 12),
    ("ledger-col-account", 10),
    ("label-receipt", 7),
    ("ledger-col-by", 12),
    ("label-allowed-by", 0),
];

/// Entries on their way to stdout.
struct Rows<'d> {
    out: BufWriter<StdoutLock<'static>>,
    desk: &'d Desk,
    lang: Lang,
    as_json: bool,
    rows: u64,
}

impl<'d> Rows<'d> {
    fn new(desk: &'d Desk, lang: Lang, as_json: bool) -> Rows<'d> {
        Rows { out: BufWriter::new(std::io::stdout().lock()), desk, lang, as_json, rows: 0 }
    }

    /// One more; `output-lost` ends the reading, a closed pipe does not.
    fn put(&mut self, row: &LedgerRow) -> Result<(), Trouble> {
        let begun = match (self.as_json, self.rows) {
            (true, 0) => self.out.write_all(br#"{"entries":["#),
            (true, _) => self.out.write_all(b","),
            (false, 0) => {
                let heads: Vec<String> = COLUMNS.iter().map(|(id, _)| self.text(id)).collect();
                self.cells(&heads)
            }
            (false, _) => Ok(()),
        };
        self.rows += 1;
        let written = begun.and_then(|()| match self.as_json {
            true => serde_json::to_writer(&mut self.out, row).map_err(Into::into),
            false => {
                let cells = self.row(row);
                self.cells(&cells)
            }
        });
        answer::reached(written)
    }

    fn row(&self, LedgerRow { seq, time, entry, .. }: &LedgerRow) -> Vec<String> {
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let sign = if entry.amount < 0 { "-" } else { "" };
        vec![
            seq.to_string(),
            time.get(..19).unwrap_or(time).replace('T', " "),
            entry.day.clone(),
            or_none(Some(entry.desk.clone()).filter(|desk| !desk.is_empty())),
            self.text(&format!("ledger-kind-{}", entry.kind)),
            or_none(entry.charge.map(|charge| charge.to_string())),
            format!("{sign}{}", grouped(entry.amount.unsigned_abs())),
            or_none(entry.account.map(|account| self.text(&format!("ledger-account-{account}")))),
            or_none(entry.receipt.map(|receipt| receipt.to_string())),
            entry.staff.clone(),
            or_none(entry.allowed_by.clone()),
        ]
    }

    fn end(mut self, totals: &Totals) -> Result<(), Trouble> {
        let written = match (self.as_json, self.rows) {
            (true, rows) => {
                let begun = if rows == 0 { &br#"{"entries":["#[..] } else { b"" };
                self.out.write_all(begun).and_then(|()| {
                    self.out.write_all(br#"],"totals":"#)?;
                    serde_json::to_writer(&mut self.out, totals)?;
                    self.out.write_all(b"}\n")
                })
            }
            (false, 0) => writeln!(self.out, "{}", self.text("cli-nothing")),
            (false, _) => self.totals(totals),
        };
        answer::reached(written.and_then(|()| self.out.flush()))
    }

    fn totals(&mut self, totals: &Totals) -> std::io::Result<()> {
        let sums = [
            ("charged", totals.charged),
            ("paid", totals.paid),
            ("waived", totals.waived),
            ("refunded", totals.refunded),
            ("reversed", totals.reversed),
            ("unpaid", totals.unpaid),
        ];
        let line = |(name, won): (&str, i64)| {
            let sign = if won < 0 { "-" } else { "" };
            vec![self.text(&format!("ledger-total-{name}")), format!("{sign}{}", grouped(won.unsigned_abs()))]
        };
        let lines = answer::aligned(&sums.map(line));
        writeln!(self.out)?;
        lines.iter().try_for_each(|line| writeln!(self.out, "{line}"))
    }

    fn text(&self, id: &str) -> String {
        self.desk.messages.text(self.lang, id, &[])
    }

    fn cells(&mut self, cells: &[String]) -> std::io::Result<()> {
        let padded = cells.iter().zip(COLUMNS).map(|(cell, (_, width))| {
            let wanting = width.saturating_sub(answer::columns(cell));
            format!("{cell}{}", " ".repeat(wanting))
        });
        let line = padded.collect::<Vec<_>>().join("  ");
        writeln!(self.out, "{}", line.trim_end())
    }
}
