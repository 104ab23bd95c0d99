//! Use case × command: every leaf of the command tree says which right its use case asks for, or why none. The command line acts
//! with an administrator's rights, so that nothing is refused here; whom the use cases refuse is driven in `desk/tests/rights.rs`.

use clap::CommandFactory;

use super::Line;
use crate::desk::{Act, Role};

enum Needs {
    May(Act),
    /// Nobody's data and nobody's desk, or before there is one.
    Nothing(&'static str),
}
use Needs::{May, Nothing};

const COMMANDS: &[(&str, Needs)] = &[
    ("access review", May(Act::ReviewAccess)),
    ("access rights", May(Act::ShowAccess)),
    ("access show", May(Act::ShowAccess)),
    ("audit exposure", May(Act::ShowExposure)),
    ("audit verify", May(Act::VerifyAudit)),
    ("card blank", May(Act::BlankCard)),
    ("card read", May(Act::ReadCard)),
    ("card recover", May(Act::RecoverCard)),
    ("card release", May(Act::ReleaseCard)),
    ("card return", May(Act::BlockCard)),
    ("card suspend", May(Act::BlockCard)),
    ("card verify", May(Act::ReadCard)),
    ("convert", May(Act::Convert)),
    ("doctor", Nothing("mends the machine, before there is a desk")),
    ("enrol", May(Act::Enrol)),
    ("fee pay", May(Act::TakeFee)),
    ("fee receipt", May(Act::PrintReceipt)),
    ("fee refund", May(Act::RefundFee)),
    ("fee rule", May(Act::ShowFees)),
    ("fee show", May(Act::ShowFees)),
    ("fee waive", May(Act::WaiveFee)),
    ("hand-over", May(Act::HandOver)),
    ("import", May(Act::Import)),
    ("init", Nothing("makes the desk")),
    ("issue", May(Act::Issue)),
    ("job cancel", May(Act::CancelJob)),
    ("job list", May(Act::ShowJob)),
    ("job resume", May(Act::WorkOnJob)),
    ("job show", May(Act::ShowJob)),
    ("key rotate", May(Act::RotateKeys)),
    ("key show", May(Act::ShowKeys)),
    ("ledger clerks", May(Act::ShowReports)),
    ("ledger close", May(Act::CloseDay)),
    ("ledger export", May(Act::ExportLedger)),
    ("ledger issues", May(Act::ShowReports)),
    ("ledger reissues", May(Act::ShowReports)),
    ("ledger reopen", May(Act::ReopenDay)),
    ("ledger report", May(Act::ShowReports)),
    ("ledger show", May(Act::ShowLedger)),
    ("library find", Nothing("the directory is everybody's")),
    ("library show", Nothing("the directory is everybody's")),
    ("member edit", May(Act::EditMember)),
    ("member find", May(Act::Find)),
    ("member show", May(Act::ShowMember)),
    ("member withdraw", May(Act::WithdrawMember)),
    ("number decode", Nothing("what a number says is everybody's")),
    ("preview", May(Act::Preview)),
    ("printer list", Nothing("devices, nobody's data")),
    ("reader list", Nothing("devices, nobody's data")),
    ("reissue", May(Act::Reissue)),
    ("rig", Nothing("plays with simulated hardware, and has no desk")),
    ("serve", Nothing("its pages ask")),
    ("staff add", May(Act::ChangeStaff)),
    ("staff list", May(Act::ShowStaff)),
    ("staff lock", May(Act::ChangeStaff)),
    ("staff member", May(Act::ChangeStaff)),
    ("staff reset", May(Act::ChangeStaff)),
    ("staff role", May(Act::ChangeStaff)),
    ("staff unlock", May(Act::ChangeStaff)),
    ("stock day", May(Act::ShowStock)),
    ("stock fault", May(Act::FaultStock)),
    ("stock open", May(Act::TakeStock)),
    ("stock receive", May(Act::ReceiveStock)),
    ("stock show", May(Act::ShowStock)),
    ("stock take", May(Act::TakeStock)),
];

/// Every command that is none of several, by its words; the rig is one.
fn leaves(command: &clap::Command, path: &str, found: &mut Vec<String>) {
    for below in command.get_subcommands() {
        let path = format!("{path} {}", below.get_name()).trim().to_owned();
        match below.has_subcommands() && path != "rig" {
            true => leaves(below, &path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn every_command_says_which_right_it_asks_for() {
    let mut found = Vec::new();
    leaves(&Line::command(), "", &mut found);
    found.sort();
    let known: Vec<&str> = COMMANDS.iter().map(|(words, _)| *words).collect();
    assert_eq!(found, known, "say in COMMANDS which right a new command asks for");
    for (words, needs) in COMMANDS {
        match needs {
            May(act) => assert!(act.least() <= Role::Administrator, "{words}"),
            Nothing(why) => assert!(!why.is_empty(), "{words}"),
        }
    }
}

/// So that a line is not of another command's right by a slip: the right has the command's verb, but for a few.
#[test]
fn a_command_and_its_use_case_are_of_one_name() {
    for (words, needs) in COMMANDS {
        let May(act) = needs else { continue };
        let verb = words.split(' ').next_back().unwrap_or_default();
        let close = [("card return", "block-card"), ("card suspend", "block-card"), ("card verify", "read-card")];
        let close = words.starts_with("staff ")
            || close.contains(&(*words, act.as_str()))
            || [
                ("access rights", "show-access"),
                ("fee pay", "take-fee"),
                ("fee rule", "show-fees"),
                ("ledger clerks", "show-reports"),
                ("ledger issues", "show-reports"),
                ("ledger reissues", "show-reports"),
                ("job list", "show-job"),
                ("job resume", "work-on-job"),
                ("stock day", "show-stock"),
                ("stock open", "take-stock"),
            ]
            .contains(&(*words, act.as_str()));
        assert!(close || act.as_str().contains(verb), "{words} is {act}?");
    }
}
