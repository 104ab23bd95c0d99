//! The command line: parses, asks the desk and shows its answer as text or, with `--json`, as the contract's JSON.
//! It holds no rules: values are judged by the desk, so that a wrong number is a refusal (exit 1) and only a wrong
//! command is a usage error (exit 2). One file a family of commands. Start at [`run`].

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use serde_json::Value;

use crate::desk::{self, Actor, Assets, Desk, Opening, Settings};
use crate::plan::messages::{Lang, Messages, Trouble};

mod answer;
mod card;
mod device;
mod house;
mod job;
mod library;
mod member;

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
    /// Find or show members
    #[command(subcommand)]
    Member(member::Member),
    /// Issue a card: the whole job
    Issue(job::Issue),
    /// Check chip, print and member together, and hand the card over
    HandOver(job::HandOver),
    /// Jobs: list, show, resume, cancel
    #[command(subcommand)]
    Job(job::Job),
    /// Take a member number apart
    #[command(subcommand)]
    Number(library::Number),
    /// The directory of library codes
    #[command(subcommand)]
    Library(library::Library),
    /// Key versions and check values, never keys
    #[command(subcommand)]
    Key(house::Key),
    /// Read or verify the card on the reader
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
        Desk::open(self.settings, self.assets, Opening::Existing)
    }

    fn actor(&self) -> Actor {
        Actor::command_line(&account())
    }
}

/// Runs one command line; what it answers is its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let wants = |flag: &str| arguments.iter().any(|argument| argument.to_str() == Some(flag));
    let parsed = Line::command().try_get_matches_from(&arguments).and_then(|found| Line::from_arg_matches(&found));
    let line = match parsed {
        Ok(line) => line,
        Err(fault) => return usage(fault, wants("--json")),
    };
    let json = line.how.json;
    let lang = match line.how.lang.as_deref().map(Lang::parse) {
        Some(None) => return answer::fail(&plain_messages(), Lang::Ko, json, &Trouble::new("lang"), 2),
        Some(Some(lang)) => lang,
        None => Lang::Ko,
    };
    match command(line.command, line.how.config, json, lang) {
        Ok((value, code)) => answer::show(&plain_messages(), lang, json, &value, code),
        Err(trouble) => answer::fail(&plain_messages(), lang, json, &trouble, 1),
    }
}

/// A result and its exit code: 0, or 1 where the contract says so (`card verify`).
type Done = Result<(Option<Value>, u8), Trouble>;

fn command(command: Command, config: Option<PathBuf>, json: bool, lang: Lang) -> Done {
    let settings = desk::settings(config.as_deref())?;
    let assets = Assets::new(Some(settings.templates()));
    let rooms = Rooms { settings, assets, lang, json };
    match command {
        Command::Init(init) => init.run(rooms),
        Command::Serve(serve) => serve.run(rooms),
        Command::Enrol(enrol) => enrol.run(rooms),
        Command::Member(member) => member.run(rooms),
        Command::Issue(issue) => issue.run(rooms),
        Command::HandOver(hand_over) => hand_over.run(rooms),
        Command::Job(job) => job.run(rooms),
        Command::Number(number) => number.run(rooms),
        Command::Library(library) => library.run(rooms),
        Command::Key(key) => key.run(rooms),
        Command::Card(card) => card.run(rooms),
        Command::Preview(preview) => preview.run(rooms),
        Command::Reader(reader) => reader.run(rooms),
        Command::Printer(printer) => printer.run(rooms),
        Command::Rig(rig) => rig.run(&rooms.settings).map(|value| (Some(value), 0)),
    }
}

/// The embedded catalogues, or those beside the settings where they can be read.
fn plain_messages() -> Messages {
    Assets::new(None).messages().unwrap_or_else(|_| Messages::empty())
}

/// `--help` and `--version` are answers; everything else that the parser refuses is a usage error, in two lines.
fn usage(fault: clap::Error, json: bool) -> ExitCode {
    use clap::error::ErrorKind;
    if matches!(fault.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = fault.print();
        return ExitCode::SUCCESS;
    }
    let what = fault.to_string();
    let what = what.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    answer::fail(&plain_messages(), Lang::Ko, json, &Trouble::new("usage").with("what", what), 2)
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
