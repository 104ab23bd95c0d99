//! Every key there is, section by section, with what it takes. It reads no file. Start at [`read`].

use std::path::Path;
use std::sync::LazyLock;

use jiff::tz::TimeZone;

use super::source::{Given, Source};
use super::*;
use crate::plan::member::{Retention, Scheme};

/// All keys. Another one is a mistake.
pub(super) static KEYS: LazyLock<Vec<&str>> = LazyLock::new(|| [PLAIN, fees::KEYS].concat());

/// Those outside `[fees]`.
const PLAIN: &[&str] = &[
    "library.code",
    "library.membership",
    "library.conditions",
    "library.retention",
    "library.time_zone",
    "number.scheme",
    "number.first",
    "number.last",
    "chip.profile",
    "chip.protection",
    "chip.proof",
    "chip.magic_cards",
    "chip.rekey",
    "reader.kind",
    "reader.names",
    "reader.card_timeout",
    "reader.signal",
    "printer.kind",
    "printer.uri",
    "printer.dpi",
    "printer.feed",
    "printer.options",
    "printer.folder",
    "printer.keep_days",
    "layout.card",
    "layout.barcode_card",
    "layout.sticker",
    "layout.receipt",
    "layout.fonts",
    "exemptions.proof",
    "drawer.change",
    "kiosks.check",
    "loans.per_library",
    "loans.everywhere",
    "loans.return_elsewhere",
    "web.listen",
    "web.hosts",
    "web.idle_minutes",
    "access.keep_years",
    "stock.low",
    "stock.faulty_percent",
    "register.kind",
    "simulator.folder",
    "simulator.dispenser",
    "simulator.readers",
    "simulator.timing",
    "store.path",
    "store.locks",
    "keys.file",
];

/// The settings of a text over the embedded defaults. `file` is what errors call the text, `base` where its relative
/// paths start, `environment` the `ISSUER__…` variables. The errors are those of [`load`] but for the file's own.
pub fn read(text: &str, file: &str, base: &Path, environment: &[(String, String)]) -> Result<Settings, Trouble> {
    let source = &Source::new(environment, &[(file, text), ("issuer.toml", EMBEDDED)], &KEYS)?;
    let library = library(source)?;
    Ok(Settings {
        file: None,
        base: base.to_path_buf(),
        number: number(source, library.code)?,
        library,
        chip: chip(source)?,
        reader: reader(source)?,
        printer: printer(source, base)?,
        layout: layout(source)?,
        fees: fees::rules(source)?,
        drawer: Drawer { change: source.needed("drawer", "change")?.number(0..=10_000_000)? },
        kiosks: source.needed("kiosks", "check")?.choice(KioskCheck::ALL, KioskCheck::as_str)?,
        loans: loans(source)?,
        web: web(source)?,
        access: Access { keep_years: source.needed("access", "keep_years")?.number(1..=10)? },
        stock: Stock {
            low: source.needed("stock", "low")?.number(0..=100_000)?,
            faulty_percent: source.needed("stock", "faulty_percent")?.number(1..=100)?,
        },
        register: register(source)?,
        simulator: simulator(source, base)?,
        store: Store { path: path(source, "store", "path", base)?, locks: path(source, "store", "locks", base)? },
        key_file: path(source, "keys", "file", base)?,
    })
}

fn library(source: &Source) -> Result<Library, Trouble> {
    let code = source.needed("library", "code")?;
    let zone = source.needed("library", "time_zone")?;
    let retention = source.needed("library", "retention")?;
    Ok(Library {
        code: LibraryCode::parse(code.text()?).map_err(|refusal| at(&code.place(), &refusal))?,
        membership: source.needed("library", "membership")?.choice(Membership::ALL, Membership::as_str)?,
        conditions: source.needed("library", "conditions")?.choices(Condition::ALL, Condition::as_str)?,
        retention: Retention::parse(retention.text()?)
            .ok_or_else(|| retention.refused("choice", "announced, 2 years, 6 months, 30 days"))?,
        time_zone: TimeZone::get(zone.text()?).map_err(|_| zone.refused("zone", "Asia/Seoul"))?,
    })
}

/// The refusal of a library code, and where it stands; what it repeats of the text is for the code's own room to say.
fn at(place: &str, refusal: &Trouble) -> Trouble {
    let text = refusal.args.iter().find(|(name, _)| *name == "text").map_or("…", |(_, text)| text.as_str());
    Trouble::new("settings-library-code").with("place", place).with("text", text)
}

fn number(source: &Source, library: LibraryCode) -> Result<NumberRange, Trouble> {
    let scheme = source.needed("number", "scheme")?.choice(Scheme::ALL, Scheme::as_str)?;
    let first = source.given("number", "first").map_or(Ok(1), |given| given.serial())?;
    let last = source.given("number", "last").map_or(Ok(scheme.greatest()), |given| given.serial())?;
    NumberRange::new(library, scheme, first, last)
}

fn chip(source: &Source) -> Result<Chip, Trouble> {
    Ok(Chip {
        profile: source.needed("chip", "profile")?.name()?,
        protection: source.needed("chip", "protection")?.choice(Protection::ALL, Protection::as_str)?,
        proof: source.needed("chip", "proof")?.choice(ProofLevel::ALL, ProofLevel::as_str)?,
        magic_cards: source.needed("chip", "magic_cards")?.choice(MagicCards::ALL, MagicCards::as_str)?,
        rekey: source.needed("chip", "rekey")?.choice(RekeyWhen::ALL, RekeyWhen::as_str)?,
    })
}

fn reader(source: &Source) -> Result<Reader, Trouble> {
    Ok(Reader {
        kind: source.needed("reader", "kind")?.choice(ReaderKind::ALL, ReaderKind::as_str)?,
        names: source.needed("reader", "names")?.texts()?,
        card_timeout: source.needed("reader", "card_timeout")?.number(1..=600)?,
        signal: source.needed("reader", "signal")?.flag()?,
    })
}

fn printer(source: &Source, base: &Path) -> Result<Printer, Trouble> {
    let given = source.needed("printer", "kind")?;
    let kind = given.choice(PrinterKind::ALL, PrinterKind::as_str)?;
    if kind != PrinterKind::Spool {
        return Err(Trouble::new("printer-unsupported").with("kind", kind).with("place", given.place()));
    }
    let uri = source.given("printer", "uri");
    Ok(Printer {
        kind,
        uri: uri.map(|uri| uri.text().map(str::to_owned)).transpose()?.filter(|uri| !uri.is_empty()),
        dpi: source.needed("printer", "dpi")?.number(150..=1200)?,
        feed: source.needed("printer", "feed")?.choice(Feed::ALL, Feed::as_str)?,
        options: source.needed("printer", "options")?.pairs()?,
        folder: path(source, "printer", "folder", base)?,
        keep_days: source.needed("printer", "keep_days")?.number(0..=365)?,
    })
}

fn layout(source: &Source) -> Result<Layout, Trouble> {
    let name = |key: &str| source.needed("layout", key)?.name();
    Ok(Layout {
        card: name("card")?,
        barcode_card: name("barcode_card")?,
        sticker: name("sticker")?,
        receipt: name("receipt")?,
        fonts: source.needed("layout", "fonts")?.texts()?,
    })
}

fn loans(source: &Source) -> Result<Loans, Trouble> {
    Ok(Loans {
        per_library: source.needed("loans", "per_library")?.number(0..=1_000)?,
        everywhere: source.needed("loans", "everywhere")?.number(0..=1_000)?,
        return_elsewhere: source.needed("loans", "return_elsewhere")?.flag()?,
    })
}

fn web(source: &Source) -> Result<Web, Trouble> {
    let listen = source.needed("web", "listen")?;
    Ok(Web {
        listen: listen.text()?.parse().map_err(|_| listen.refused("address", "127.0.0.1:8470"))?,
        hosts: hosts(&source.needed("web", "hosts")?)?,
        idle_minutes: source.needed("web", "idle_minutes")?.number(1..=600)?,
    })
}

/// Names as they stand before the port in a browser's address: no port, no `http://`.
fn hosts(given: &Given) -> Result<Vec<String>, Trouble> {
    let names = given.texts()?;
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let plain = |name: &String| {
        let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        match inner {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !name.is_empty() && name.chars().all(sign),
        }
    };
    if names.iter().all(plain) { Ok(names) } else { Err(given.refused("host", "desk.library.local")) }
}

fn register(source: &Source) -> Result<RegisterKind, Trouble> {
    let given = source.needed("register", "kind")?;
    match given.choice(RegisterKind::ALL, RegisterKind::as_str)? {
        RegisterKind::None => Ok(RegisterKind::None),
        kind => Err(Trouble::new("register-unsupported").with("kind", kind).with("place", given.place())),
    }
}

fn simulator(source: &Source, base: &Path) -> Result<Simulator, Trouble> {
    let blanks: Vec<Option<ChipKind>> = ChipKind::ALL.into_iter().map(Some).chain([None]).collect();
    Ok(Simulator {
        folder: path(source, "simulator", "folder", base)?,
        dispenser: source.needed("simulator", "dispenser")?.choice(&blanks, dispensed)?,
        readers: source.needed("simulator", "readers")?.number(1..=16)?,
        timing: source.needed("simulator", "timing")?.choice(Timing::ALL, Timing::as_str)?,
    })
}

fn path(source: &Source, section: &str, key: &str, base: &Path) -> Result<PathBuf, Trouble> {
    let given = source.needed(section, key)?;
    match given.text()? {
        "" => Err(given.refused("path", "")),
        text if text.contains('\0') => Err(given.refused("path", "")),
        text => Ok(base.join(text)),
    }
}
