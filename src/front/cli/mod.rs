//! The command line: parses, asks the desk and shows its answer as text or, with `--json`, as the contract's JSON.
//! It holds no rules: values are judged by the desk, so that a wrong number is a refusal (exit 1) and only a wrong
//! command is a usage error (exit 2). One file a family of commands. Start at [`run`].

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use serde_json::Value;

use crate::desk::{self, Actor, Assets, Desk, Opening, Settings};
use crate::front::rig::Voice;
use crate::plan::messages::{Lang, Messages, Trouble};

mod access;
mod answer;
mod audit;
mod card;
mod device;
mod doctor;
mod fee;
mod house;
mod hyphens;
mod import;
mod job;
mod ledger;
mod ledger_export;
mod ledger_report;
mod library;
mod listing;
mod member;
mod reissue;
mod staff;
mod stdin;
mod stock;

/// The longest idempotency key, in characters.
const LONGEST_KEY: usize = 200;

#[derive(Parser)]
#[command(
    name = "issuer",
    version,
    about = "Card issuance and RFID encoding workstation for 책이음",
    disable_help_subcommand = true
)]
struct Line {
    #[command(flatten)]
    how: How,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes, before or after it.
#[derive(Args)]
struct How {
    /// Settings file; else ISSUER_CONFIG, else ./issuer.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON value on stdout; an error as JSON on stderr
    #[arg(long, global = true)]
    json: bool,
    /// ko or en
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Make database, keys and the first administrator's set-up link; may be repeated
    Init(house::Init),
    /// Run the service
    Serve(house::Serve),
    /// Enrol a member
    Enrol(member::Enrol),
    /// Take in another library's member, who keeps their number
    Import(import::Import),
    /// Give a member with an own card a 책이음 card
    Convert(import::Convert),
    /// Find or show members
    #[command(subcommand)]
    Member(member::Member),
    /// Issue a card: number, chip, proof and print, up to the check
    Issue(job::Issue),
    /// Check chip, print and member together, and hand the card over
    HandOver(job::HandOver),
    /// A new card in place of one that the member has
    Reissue(reissue::Reissue),
    /// What cards cost their holders: show, pay, waive, refund, receipt, rule
    #[command(subcommand)]
    Fee(fee::Fee),
    /// Blank cards by type and lot: receive, show, take, count, and a day's balance
    #[command(subcommand)]
    Stock(stock::Stock),
    /// The books: entries, reports, registers, sheets, and the close of a desk's day
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Jobs: list, show, resume, cancel
    #[command(subcommand)]
    Job(job::Job),
    /// What a member number says: library, region, kind and serial
    #[command(subcommand)]
    Number(library::Number),
    /// The directory of library codes
    #[command(subcommand)]
    Library(library::Library),
    /// Master keys: show their versions and check values, never keys, or make a new version
    #[command(subcommand)]
    Key(house::Key),
    /// The card on the reader: read, verify, recover or blank it; block, release or take back a member's
    #[command(subcommand)]
    Card(card::Card),
    /// Draw a card as it will be printed
    Preview(device::Preview),
    /// Readers
    #[command(subcommand)]
    Reader(device::Reader),
    /// Printers
    #[command(subcommand)]
    Printer(device::Printer),
    /// Who works at the desk: add, list, lock, unlock, reset, change their role
    #[command(subcommand)]
    Staff(staff::Staff),
    /// What is wrong with this computer, settings and database, and how to mend it; exit 1 on a fail
    Doctor(doctor::Doctor),
    /// Who looked at or changed whose data: show and review
    #[command(subcommand)]
    Access(access::Access),
    /// The records' proof, and whose data were touched
    #[command(subcommand)]
    Audit(audit::Audit),
    /// The hardware rig and the simulated desk's cards
    #[command(subcommand)]
    Rig(crate::front::rig::Rig),
}

/// Everything a command may need, made on demand.
struct Rooms {
    settings: Settings,
    assets: Assets,
    lang: Lang,
    json: bool,
}

impl Rooms {
    /// The desk over an existing database; `not-initialised` where there is none.
    fn desk(self) -> Result<Desk, Trouble> {
        let (json, lang) = (self.json, self.lang);
        let desk = Desk::open(self.settings, self.assets, Opening::Existing)?;
        if !json {
            answer::warn(&desk.messages, lang, &desk.warnings());
        }
        Ok(desk)
    }

    fn actor(&self) -> Actor {
        Actor::command_line(&account())
    }
}

/// Runs one command line; what it answers is its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let typed = hyphens::as_values(&Line::command(), arguments.clone());
    let parsed = Line::command().try_get_matches_from(typed).and_then(|found| Line::from_arg_matches(&found));
    let line = match parsed {
        Ok(line) => line,
        Err(fault) => return usage(fault, &arguments),
    };
    let json = line.how.json;
    let lang = match line.how.lang.as_deref().map(Lang::parse) {
        Some(None) => return answer::fail(&messages_of(None), Lang::Ko, json, &Trouble::new("lang"), 2),
        Some(Some(lang)) => lang,
        None => Lang::Ko,
    };
    if !matches!(line.command, Command::Rig(_)) && typed_identity_number(&arguments) {
        return answer::fail(&messages_of(None), lang, json, &Trouble::new("identity-number"), 1);
    }
    let settings = desk::settings(line.how.config.as_deref());
    if let Command::Doctor(doctor) = line.command {
        let messages = messages_of(settings.as_ref().ok());
        return match doctor.run(settings, &messages, lang, json) {
            Ok((value, code)) => answer::show(&messages, lang, json, &value, code),
            Err(trouble) => answer::fail(&messages, lang, json, &trouble, 1),
        };
    }
    let settings = match settings {
        Ok(settings) => settings,
        Err(trouble) => return answer::fail(&messages_of(None), lang, json, &trouble, 1),
    };
    let messages = messages_of(Some(&settings));
    match command(line.command, settings, json, lang) {
        Ok((value, code)) => answer::show(&messages, lang, json, &value, code),
        Err(trouble) => answer::fail(&messages, lang, json, &trouble, 1),
    }
}

/// A result and its exit code: 0, or 1 where the contract says so (`card verify`).
type Done = Result<(Option<Value>, u8), Trouble>;

fn command(command: Command, settings: Settings, json: bool, lang: Lang) -> Done {
    let assets = Assets::new(Some(settings.templates()));
    let rooms = Rooms { settings, assets, lang, json };
    match command {
        Command::Init(init) => init.run(rooms),
        Command::Serve(serve) => serve.run(rooms),
        Command::Enrol(enrol) => enrol.run(rooms),
        Command::Import(import) => import.run(rooms),
        Command::Convert(convert) => convert.run(rooms),
        Command::Member(member) => member.run(rooms),
        Command::Issue(issue) => issue.run(rooms),
        Command::Reissue(reissue) => reissue.run(rooms),
        Command::Fee(fee) => fee.run(rooms),
        Command::Stock(stock) => stock.run(rooms),
        Command::Ledger(ledger) => ledger.run(rooms),
        Command::HandOver(hand_over) => hand_over.run(rooms),
        Command::Job(job) => job.run(rooms),
        Command::Number(number) => number.run(rooms),
        Command::Library(library) => library.run(rooms),
        Command::Key(key) => key.run(rooms),
        Command::Card(card) => card.run(rooms),
        Command::Preview(preview) => preview.run(rooms),
        Command::Access(access) => access.run(rooms),
        Command::Audit(audit) => audit.run(rooms),
        Command::Reader(reader) => reader.run(rooms),
        Command::Printer(printer) => printer.run(rooms),
        Command::Staff(staff) => staff.run(rooms),
        // Ran before: it does without settings.
        Command::Doctor(_) => Ok((None, 0)),
        Command::Rig(rig) => {
            let messages = messages_of(Some(&rooms.settings));
            rig.run(&rooms.settings, &Voice { json, lang, messages: &messages }).map(|value| (value, 0))
        }
    }
}

/// Whether an identity number stands anywhere in the argument list: nothing is made of it, wherever it was typed. A path
/// is the operator's own, and a scan that is no member number is told so, without being repeated.
fn typed_identity_number(arguments: &[OsString]) -> bool {
    const BUT: [&str; 3] = ["--config", "--out", "--scan"];
    let words: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let mut before = "";
    words.iter().skip(1).any(|word| {
        let name = word.split_once('=').map_or(before, |(name, _)| name);
        before = word;
        !BUT.contains(&name) && desk::holds_identity_number(word)
    })
}

/// An idempotency key as it was typed: `key-empty`, `key-long`. What it holds is the caller's own business, but for an
/// identity number.
fn key(typed: Option<String>) -> Result<Option<String>, Trouble> {
    let Some(key) = typed else { return Ok(None) };
    if key.trim().is_empty() {
        return Err(Trouble::new("key-empty"));
    }
    let chars = key.chars().count();
    if chars > LONGEST_KEY {
        return Err(Trouble::new("key-long").with("chars", chars).with("most", LONGEST_KEY));
    }
    if desk::holds_identity_number(&key) {
        return Err(Trouble::new("identity-number"));
    }
    Ok(Some(key))
}

/// The catalogues with those beside the settings over them; where these cannot be read, the embedded ones say so.
fn messages_of(settings: Option<&Settings>) -> Messages {
    let overridden = Assets::new(settings.map(Settings::templates)).messages();
    overridden.or_else(|_| Assets::new(None).messages()).unwrap_or_else(|_| Messages::empty())
}

/// `--help` and `--version` are answers; everything else that the parser refuses is a usage error, in two lines.
/// Nothing is parsed then, so that `--json` and `--lang` are looked for as they stand.
fn usage(fault: clap::Error, arguments: &[OsString]) -> ExitCode {
    use clap::error::ErrorKind;
    if matches!(fault.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = fault.print();
        return ExitCode::SUCCESS;
    }
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let after = words.iter().position(|word| *word == "--lang").and_then(|at| words.get(at + 1).copied());
    let lang = after.or_else(|| words.iter().find_map(|word| word.strip_prefix("--lang="))).and_then(Lang::parse);
    let trouble = match fault.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Trouble::new("usage-command")
        }
        _ => Trouble::new("usage").with("what", told(&fault)),
    };
    answer::fail(&messages_of(None), lang.unwrap_or_default(), words.contains(&"--json"), &trouble, 2)
}

/// The parser's words up to its hints, without an identity number that was typed among them.
fn told(fault: &clap::Error) -> String {
    let text = fault.to_string();
    let what: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let what = what.join(" ").trim_start_matches("error: ").to_owned();
    if desk::holds_identity_number(&what) { "…".to_owned() } else { what }
}

/// The account of the operating system, for `os:<account>`.
fn account() -> String {
    let uid = rustix::process::getuid().as_raw();
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, id) = (fields.next()?, fields.nth(1)?);
        (id.parse() == Ok(uid)).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| uid.to_string())
}

/// A struct as the JSON that is shown.
fn json(value: &impl serde::Serialize) -> Option<Value> {
    serde_json::to_value(value).ok()
}

#[cfg(test)]
mod right_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_says_what_it_does() {
        fn look(command: &clap::Command, path: &str) {
            for below in command.get_subcommands() {
                let path = format!("{path} {}", below.get_name());
                assert!(below.get_about().is_some(), "{path} has no description");
                if path.starts_with("issuer card") || path.starts_with("issuer rig card") {
                    for argument in below.get_arguments() {
                        assert!(argument.get_help().is_some(), "{path} {} has no description", argument.get_id());
                    }
                }
                look(below, &path);
            }
        }
        look(&Line::command(), "issuer");
        Line::command().debug_assert();
    }
}
