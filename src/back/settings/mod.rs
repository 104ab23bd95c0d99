//! `issuer.toml` and the environment, read once at start and checked whole.
//!
//! Three layers, the first that names a key wins: `ISSUER__SECTION__KEY`, the file, the embedded `issuer.toml`,
//! which holds every default. Never asks whether a layout, a chip profile or a device exists: the desk does that.
//! Start at [`load`]; `sections.rs` and `fees.rs` are the list of all keys, `source.rs` the layers, `folders.rs` the folder check.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::plan::chip::{ChipKind, ProofLevel, Protection};
use crate::plan::fees::{DatedRules, KioskCheck, Reason};
use crate::plan::kebab;
use crate::plan::member::{Condition, LibraryCode, Membership, NumberRange, Retention};
use crate::plan::messages::Trouble;

mod fees;
mod folders;
mod sections;
mod source;
mod training;

pub use folders::writable;
pub use sections::read;

/// The defaults, and the file that a new library starts from.
pub const EMBEDDED: &str = include_str!("../../../issuer.toml");

/// All settings, checked; paths are absolute when [`load`] made them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file they came from; `None`: the embedded defaults.
    pub file: Option<PathBuf>,
    /// Where relative paths start, and where `templates/` overrides lie.
    pub base: PathBuf,
    pub library: Library,
    pub number: NumberRange,
    pub chip: Chip,
    pub reader: Reader,
    pub printer: Printer,
    pub layout: Layout,
    /// What cards cost and how they are replaced, one for every reason.
    pub fees: BTreeMap<Reason, DatedRules>,
    pub drawer: Drawer,
    pub kiosks: KioskCheck,
    pub loans: Loans,
    pub web: Web,
    pub access: Access,
    pub stock: Stock,
    pub register: RegisterKind,
    pub simulator: Simulator,
    pub store: Store,
    /// The master key file.
    pub key_file: PathBuf,
}

impl Settings {
    /// The folder whose files override what is embedded.
    pub fn templates(&self) -> PathBuf {
        self.base.join("templates")
    }

    /// Makes the folders of a new desk and tries to write there; `folder-unwritable` names the first that will not. Then those
    /// that were made for this are taken away again.
    pub fn check_folders(&self) -> Result<(), Trouble> {
        let mut folders: Vec<&Path> = self.key_file.parent().into_iter().collect();
        if self.printer.kind == PrinterKind::Spool {
            folders.push(&self.printer.folder);
        }
        if self.reader.kind == ReaderKind::Simulated {
            folders.push(&self.simulator.folder);
        }
        folders::all_writable(self.kept().into_iter().chain(folders))
    }

    /// The same for what every command needs, reading ones too: the database's folder and that of the locks. Spool and
    /// simulator say for themselves what is wrong with them when they are used.
    pub fn check_store_folders(&self) -> Result<(), Trouble> {
        folders::all_writable(self.kept())
    }

    fn kept(&self) -> Vec<&Path> {
        self.store.path.parent().into_iter().chain([self.store.locks.as_path()]).collect()
    }
}

#[derive(Debug, Clone)]
pub struct Library {
    pub code: LibraryCode,
    pub membership: Membership,
    /// What ties a member to this library; empty: anyone may join.
    pub conditions: Vec<Condition>,
    /// How long the data of those who withdrew are kept; the consent text names it.
    pub retention: Retention,
    pub time_zone: TimeZone,
}

#[derive(Debug, Clone)]
pub struct Chip {
    /// Name of a file in `templates/chips/`.
    pub profile: String,
    pub protection: Protection,
    pub proof: ProofLevel,
    pub magic_cards: MagicCards,
    pub rekey: RekeyWhen,
}

#[derive(Debug, Clone)]
pub struct Reader {
    pub kind: ReaderKind,
    /// Empty: every one found.
    pub names: Vec<String>,
    /// Seconds to wait for a first card.
    pub card_timeout: u32,
    /// Whether the reader's light and buzzer tell when a chip is finished.
    pub signal: bool,
}

#[derive(Debug, Clone)]
pub struct Printer {
    pub kind: PrinterKind,
    pub uri: Option<String>,
    /// Dots per inch.
    pub dpi: u32,
    pub feed: Feed,
    pub options: BTreeMap<String, String>,
    /// The spool folder.
    pub folder: PathBuf,
    pub keep_days: u32,
}

/// The cash drawer of a desk.
#[derive(Debug, Clone)]
pub struct Drawer {
    /// Won that stay in it from day to day, to give change.
    pub change: u32,
}

/// The access log.
#[derive(Debug, Clone)]
pub struct Access {
    /// How long it is kept; with very many members two years at least.
    pub keep_years: u32,
}

/// Blank cards.
#[derive(Debug, Clone)]
pub struct Stock {
    /// Fewer usable ones of a type than this are said to be few; 0: never.
    pub low: u32,
    /// More bad ones in a hundred used make a lot suspicious.
    pub faulty_percent: u32,
}

/// Names of files in `templates/layouts/`, and of further fonts.
#[derive(Debug, Clone)]
pub struct Layout {
    pub card: String,
    pub barcode_card: String,
    pub sticker: String,
    pub receipt: String,
    pub fonts: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Loans {
    pub per_library: u32,
    pub everywhere: u32,
    pub return_elsewhere: bool,
}

#[derive(Debug, Clone)]
pub struct Web {
    pub listen: SocketAddr,
    /// Host names besides the address listened on and localhost.
    pub hosts: Vec<String>,
    pub idle_minutes: u32,
}

#[derive(Debug, Clone)]
pub struct Simulator {
    pub folder: PathBuf,
    /// The blank that is laid down by itself; `None`: nothing is.
    pub dispenser: Option<ChipKind>,
    pub readers: u32,
    pub timing: Timing,
}

impl Simulator {
    /// What `dispenser` says in the file: a chip's code, or `none`.
    pub fn dispensed(&self) -> &'static str {
        dispensed(self.dispenser)
    }
}

fn dispensed(dispenser: Option<ChipKind>) -> &'static str {
    dispenser.map_or("none", ChipKind::code)
}

#[derive(Debug, Clone)]
pub struct Store {
    /// The database file.
    pub path: PathBuf,
    /// Who runs a job or holds a reader.
    pub locks: PathBuf,
}

/// What becomes of clones: cards whose UID anyone can set, or that answer to a published back door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MagicCards {
    Refuse,
    /// They are not looked for.
    Accept,
}
kebab!(MagicCards { Refuse = "refuse", Accept = "accept" });

/// Which readers; only `simulated` passes [`load`] so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderKind {
    Simulated,
    Pcsc,
    Libnfc,
}
kebab!(ReaderKind { Simulated = "simulated", Pcsc = "pcsc", Libnfc = "libnfc" });

/// Which printer; only `spool` passes [`load`] so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterKind {
    Spool,
    Ipp,
    Raw,
}
kebab!(PrinterKind { Spool = "spool", Ipp = "ipp", Raw = "raw" });

/// How a card gets into the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    Hand,
    Hopper,
    Inline,
}
kebab!(Feed { Hand = "hand", Hopper = "hopper", Inline = "inline" });

/// Which national register; only `none` passes [`load`] so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterKind {
    None,
    Postgres,
}
kebab!(RegisterKind { None = "none", Postgres = "postgres" });

/// When a card that was made with older keys gets those of the current version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RekeyWhen {
    /// Whenever it lies on a reader and is found in order.
    OnReader,
    /// By `card recover` alone: reading writes nothing.
    OnRecover,
}
kebab!(RekeyWhen { OnReader = "on-reader", OnRecover = "on-recover" });

/// How long simulated exchanges take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    None,
    Acr122u,
}
kebab!(Timing { None = "none", Acr122u = "acr122u" });

/// The settings of `--config` (`config`), else of `ISSUER_CONFIG`, else of `issuer.toml` in `folder`, else the embedded ones;
/// `ISSUER__…` of `environment` before all. Refused: `settings-missing`, `settings-unreadable`, `settings-syntax`,
/// `settings-unknown-key`, `settings-value`, `settings-library-code`, `number-range`, `printer-unsupported`,
/// `register-unsupported`.
pub fn load(
    config: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    folder: &Path,
) -> Result<Settings, Trouble> {
    let mut named = config.map(Path::to_path_buf);
    let mut overrides = Vec::new();
    for (name, value) in environment {
        let Some(name) = name.to_str() else { continue };
        if name == "ISSUER_CONFIG" && named.is_none() && !value.is_empty() {
            named = Some(PathBuf::from(value));
        } else if name.starts_with(source::PREFIX) {
            let text = value.into_string().map_err(|_| source::not_text(name, &sections::KEYS))?;
            overrides.push((name.to_owned(), text));
        }
    }
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let found = match named {
        Some(file) => Some((text_of(&folder.join(&file), &file)?, file)),
        None => {
            let file = PathBuf::from("issuer.toml");
            if folder.join(&file).exists() { Some((text_of(&folder.join(&file), &file)?, file)) } else { None }
        }
    };
    let (shown, text) =
        found.as_ref().map_or_else(Default::default, |(text, file)| (file.display().to_string(), text.as_str()));
    let file = found.as_ref().map(|(_, file)| folder.join(file));
    let base = file.as_deref().and_then(Path::parent).unwrap_or(&folder);
    Ok(Settings { file: file.clone(), ..read(text, &shown, base, &overrides)? })
}

fn text_of(path: &Path, shown: &Path) -> Result<String, Trouble> {
    std::fs::read_to_string(path).map_err(|error| {
        let code =
            if error.kind() == std::io::ErrorKind::NotFound { "settings-missing" } else { "settings-unreadable" };
        Trouble::new(code).with("place", shown.display())
    })
}

#[cfg(test)]
mod tests;
