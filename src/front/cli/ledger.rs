//! `ledger …`: the books at the command line. Reports, registers and sheets have files of their own; here are the entries one after the
//! other as they are read, and the close of a desk's day. It judges nothing.

use clap::Subcommand;

use super::listing::{Listing, moment, or_none};
use super::{Done, Rooms, answer, json, ledger_export, ledger_report};
use crate::desk::{self, LedgerRow, won_typed};
use crate::plan::fees::Totals;

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
                let mut rows = Listing::new(&desk, lang, as_json, &COLUMNS).within("entries");
                let put = &mut |row| rows.put(&row, of_an_entry);
                let totals = desk::show_ledger(&desk, &actor, from.as_deref(), to.as_deref(), put)?;
                rows.end_with("totals", &totals, |list| below(list, &totals))?;
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

fn of_an_entry(list: &Listing, LedgerRow { seq, time, entry, .. }: &LedgerRow) -> Vec<String> {
    vec![
        seq.to_string(),
        moment(time),
        entry.day.clone(),
        or_none(Some(entry.desk.clone())),
        list.word("ledger-kind", entry.kind.as_str()),
        or_none(entry.charge.map(|charge| charge.to_string())),
        answer::won(entry.amount),
        or_none(entry.account.map(|account| list.word("ledger-account", account.as_str()))),
        or_none(entry.receipt.map(|receipt| receipt.to_string())),
        entry.staff.clone(),
        or_none(entry.allowed_by.clone()),
    ]
}

fn below(list: &Listing, totals: &Totals) -> Vec<String> {
    let sums = [
        ("charged", totals.charged),
        ("paid", totals.paid),
        ("waived", totals.waived),
        ("refunded", totals.refunded),
        ("reversed", totals.reversed),
        ("unpaid", totals.unpaid),
    ];
    let lines = answer::aligned(&sums.map(|(name, sum)| vec![list.word("ledger-total", name), answer::won(sum)]));
    std::iter::once(String::new()).chain(lines).collect()
}
