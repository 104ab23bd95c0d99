//! `ledger …`: the books at the command line. One file a group of its commands.

use clap::Subcommand;

use super::{Done, Rooms, ledger_export, ledger_report};

#[derive(Subcommand)]
pub(super) enum Ledger {
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
        match self {
            Ledger::Export(export) => export.run(rooms),
            Ledger::Report(report) => report.run(rooms),
            Ledger::Clerks(clerks) => clerks.run(rooms),
            Ledger::Issues(register) => register.run(rooms, false),
            Ledger::Reissues(register) => register.run(rooms, true),
        }
    }
}
