//! The desk's own things: settings, database, keys, folders, disk, locks, address and clock. Start at [`desk`].

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{CheckState, Finding, Patient, Said, Settings, Verdict, fail, fine, hidden, mend::Mend, warn};
use crate::back::machine::{Look, clock as clocks, files};
use crate::back::store::checkup::Body;
use crate::back::{keys, locks as lock_files};
use crate::desk::{audit, closed, retain, review, stock_view};
use crate::plan::messages::Trouble;

const MEGA: u64 = 1024 * 1024;

/// Where the write-ahead log should long have been folded into the database.
const LONG_LOG: u64 = 64 * MEGA;

pub(super) fn settings(settings: &Result<Settings, Trouble>) -> Verdict {
    match settings {
        Err(trouble) => fail(trouble.clone()),
        Ok(Settings { file: Some(file), .. }) => fine("").with("file", file.display()),
        Ok(_) => fine("embedded"),
    }
}

/// Whether the desk opens.
pub(super) fn desk(patient: &Patient, settings: &Settings) -> Verdict {
    let path = &settings.store.path;
    match patient.desk {
        Ok(desk) => fine("").with("stamp", desk.stamp().as_str()),
        // To an account that may not see the database everything looks as if it were missing.
        Err(_) if !visible(path) => hidden(path.display()),
        Err(trouble) => fail(trouble.clone()),
    }
}

/// What keeps the desk shut is said under its own check; the desk's own line points there.
pub(super) fn say_once(findings: &mut [Finding]) {
    let of = |name: &str| findings.iter().find(|finding| finding.check == name).and_then(Finding::code);
    let Some(code) = of("desk") else { return };
    let same = |finding: &&Finding| finding.check != "desk" && finding.code() == Some(code);
    let Some(check) = findings.iter().find(same).map(|finding| finding.check) else { return };
    if let Some(desk) = findings.iter_mut().find(|finding| finding.check == "desk") {
        desk.said = Said::Trouble(Trouble::new("doctor-desk-shut").with("check", check));
    }
}

pub(super) fn database(patient: &Patient, settings: &Settings) -> Verdict {
    let path = &settings.store.path;
    if let Look::Found(Some(mode)) = files::loose(path) {
        let trouble = Trouble::new("database-mode").with("file", path.display()).with("mode", format!("{mode:04o}"));
        return fail(trouble).mend(Mend::Mode(0o600, with_logs(path)));
    }
    let Some(health) = patient.health else {
        return if visible(path) { fail(absent(patient, path)) } else { hidden(path.display()) };
    };
    let health = match health {
        Ok(health) => health,
        Err(_) if !visible(path) => return hidden(path.display()),
        Err(trouble) => return fail(trouble.clone()),
    };
    let file = path.display();
    match &health.body {
        Body::Sound => fine("").with("file", file),
        Body::Damaged(told) => fail(Trouble::new("doctor-database-damaged").with("file", file).with("told", told)),
        Body::Orphans(count) => fail(Trouble::new("doctor-database-orphans").with("file", file).with("count", count)),
        Body::Unfinished => warn(Trouble::new("doctor-database-large").with("file", file)),
    }
}

/// A missing database, as opening the desk says it: never begun, or lost while its keys are there.
fn absent(patient: &Patient, path: &Path) -> Trouble {
    let said =
        patient.desk.as_ref().err().filter(|trouble| ["not-initialised", "database-lost"].contains(&trouble.code));
    said.cloned().unwrap_or_else(|| Trouble::new("not-initialised").with("file", path.display()))
}

/// The database file and those that SQLite keeps beside it.
fn with_logs(path: &Path) -> Vec<PathBuf> {
    let beside = ["", "-wal", "-shm"].map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    });
    beside.into_iter().filter(|path| matches!(files::loose(path), Look::Found(Some(_)))).collect()
}

/// Whether this account may see the file, or see that it is not there.
fn visible(path: &Path) -> bool {
    files::there(path) != Look::Hidden && files::readable(path)
}

pub(super) fn write_ahead_log(patient: &Patient, settings: &Settings) -> Verdict {
    match patient.health {
        _ if !visible(&settings.store.path) => hidden(settings.store.path.display()),
        Some(Ok(health)) if health.log_bytes > LONG_LOG => {
            warn(Trouble::new("doctor-wal").with("megabytes", health.log_bytes / MEGA))
        }
        Some(Ok(health)) => fine("").with("kilobytes", health.log_bytes / 1024),
        Some(Err(_)) => hidden("-wal"),
        None => fine("none"),
    }
}

/// Mode, owner, form, and whether it has the keys that this database's cards hang on.
pub(super) fn key_file(patient: &Patient, settings: &Settings) -> Verdict {
    let path = &settings.key_file;
    match files::there(path) {
        Look::Hidden => return hidden(path.display()),
        Look::Missing if patient.health.is_none() => return fine("not-yet"),
        Look::Missing | Look::Found(()) => {}
    }
    let (keys_owner, others) = (files::owner(path), files::owner(&settings.store.path));
    let refused = match keys::load(path) {
        Ok(_) => patient.desk.as_ref().err().filter(|trouble| trouble.code.starts_with("key-file")).cloned(),
        Err(trouble) => Some(trouble),
    };
    match refused {
        Some(trouble) if trouble.code == "key-file-mode" => fail(trouble).mend(Mend::Mode(0o600, vec![path.clone()])),
        Some(trouble) if trouble.code == "key-file-unreadable" && keys_owner != Some(patient.machine.user) => {
            hidden(path.display())
        }
        Some(trouble) => fail(trouble),
        None if others.is_some() && keys_owner != others => {
            let pair = [&settings.store.path, path].map(|path| super::mend::quoted(std::slice::from_ref(path)));
            let [database, keys] = pair;
            warn(Trouble::new("doctor-key-owner").with("file", path.display()))
                .with("command", format!("chown --reference={database} {keys}"))
        }
        None => fine("").with("file", path.display()),
    }
}

/// The folders that hold persons, prints or keys are for the desk's account alone.
pub(super) fn folders(_: &Patient, settings: &Settings) -> Verdict {
    let mut folders: Vec<&Path> = settings.store.path.parent().into_iter().chain(settings.key_file.parent()).collect();
    folders.extend([settings.store.locks.as_path(), settings.printer.folder.as_path()]);
    let mut loose: Vec<PathBuf> = Vec::new();
    for folder in folders {
        match files::loose(folder) {
            Look::Found(Some(_)) if !loose.iter().any(|known| known == folder) => loose.push(folder.to_path_buf()),
            Look::Hidden => return hidden(folder.display()),
            Look::Found(_) | Look::Missing => {}
        }
    }
    match loose.first() {
        None => fine(""),
        Some(first) => {
            let trouble = Trouble::new("folder-loose").with("folder", first.display());
            warn(trouble).mend(Mend::Mode(0o700, loose))
        }
    }
}

pub(super) fn disk(_: &Patient, settings: &Settings) -> Verdict {
    let base = settings.base.as_path();
    let folders = [settings.store.path.parent().unwrap_or(base), settings.printer.folder.as_path()];
    let mut least: Option<(u64, &Path)> = None;
    for folder in folders {
        match files::free(folder) {
            Look::Found(free) => least = Some(least.map_or((free, folder), |least| least.min((free, folder)))),
            Look::Missing | Look::Hidden => return hidden(folder.display()),
        }
    }
    let Some((free, folder)) = least else { return hidden(base.display()) };
    room(free).map_or_else(
        || fine("").with("gigabytes", format!("{:.1}", free as f64 / (1024 * MEGA) as f64)),
        |state| {
            let trouble = Trouble::new("doctor-disk").with("folder", folder.display()).with("megabytes", free / MEGA);
            Verdict { state, ..warn(trouble) }
        },
    )
}

/// `None`: enough. A desk writes some kilobytes a card; what fills a disk is something else, and fast.
pub(super) fn room(free: u64) -> Option<CheckState> {
    match free {
        free if free < 100 * MEGA => Some(CheckState::Fail),
        free if free < 1024 * MEGA => Some(CheckState::Warn),
        _ => None,
    }
}

/// A lock file whose process is gone means nothing: the kernel's lock is what counts.
pub(super) fn locks(_: &Patient, settings: &Settings) -> Verdict {
    let folder = &settings.store.locks;
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return fine("").with("held", 0).with("dead", 0),
        Err(_) => return hidden(folder.display()),
    };
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let held = names.map(|name| matches!(lock_files::holder(folder, &name), Ok(Some(_)))).collect::<Vec<_>>();
    let count = held.iter().filter(|held| **held).count();
    fine("").with("held", count).with("dead", held.len() - count)
}

pub(super) fn web_listen(_: &Patient, settings: &Settings) -> Verdict {
    let listen = settings.web.listen;
    match listen.ip().is_loopback() {
        true => fine("").with("address", listen),
        false => warn(Trouble::new("doctor-web-open").with("address", listen)),
    }
}

/// Not before this program was made and not behind the newest entry.
pub(super) fn clock(patient: &Patient, settings: &Settings) -> Verdict {
    let newest = patient.health.as_ref().and_then(|health| health.as_ref().ok()?.newest);
    let now = jiff::Timestamp::now();
    if clocks::program_written().is_some_and(|written| before(now, written)) {
        return fail(Trouble::new("doctor-clock-build"));
    }
    let behind = newest.unwrap_or_default() - now.as_millisecond();
    if behind > 0 {
        return warn(Trouble::new("clock-behind").with("seconds", behind / 1000));
    }
    let here = now.to_zoned_datetime(settings.library.time_zone.clone());
    fine("").with("time", here.strftime("%Y-%m-%d %H:%M %Z")).with("zone", here.time_zone().iana_name().unwrap_or("?"))
}

/// Whether the newest month of the access log is what it was: years of it would take too long, and are `audit verify`'s.
pub(super) fn access_log(patient: &Patient, _: &Settings) -> Verdict {
    let broken = patient.desk.as_ref().ok().and_then(|desk| review::newest_stands(desk).err());
    broken.map_or_else(|| fine(""), fail)
}

/// Whether the access log is reviewed once a month. A desk that does not open is said under its own check.
pub(super) fn access_review(patient: &Patient, _: &Settings) -> Verdict {
    let due = patient.desk.as_ref().ok().and_then(|desk| review::due(desk).unwrap_or_else(Some));
    due.map_or_else(|| fine(""), warn)
}

/// Whether the access log is kept for as long as it must be.
pub(super) fn access_keep(patient: &Patient, settings: &Settings) -> Verdict {
    let short = patient.desk.as_ref().ok().and_then(|desk| retain::keep_short(desk).unwrap_or_else(Some));
    short.map_or_else(|| fine("").with("years", settings.access.keep_years), warn)
}

/// Whether blank cards run out: the first type of which few are left.
pub(super) fn stock(patient: &Patient, settings: &Settings) -> Verdict {
    let low = patient.desk.as_ref().ok().map(|desk| stock_view::low(desk));
    match low {
        Some(Ok(low)) => low.into_iter().next().map_or_else(|| fine("").with("low", settings.stock.low), warn),
        Some(Err(trouble)) => warn(trouble),
        None => fine("").with("low", settings.stock.low),
    }
}

/// Whether the newest month of the books is what it was, and every table is guarded.
pub(super) fn ledger(patient: &Patient, _: &Settings) -> Verdict {
    let broken = patient.desk.as_ref().ok().and_then(|desk| audit::books_stand(desk).err());
    broken.map_or_else(|| fine(""), fail)
}

/// Whether every desk has closed its days before today.
pub(super) fn ledger_close(patient: &Patient, _: &Settings) -> Verdict {
    let open = patient.desk.as_ref().ok().and_then(|desk| closed::unclosed(desk).unwrap_or_else(Some));
    open.map_or_else(|| fine(""), warn)
}

/// A day's grace: the file's time may come from another clock.
pub(super) fn before(now: jiff::Timestamp, written: SystemTime) -> bool {
    let written = jiff::Timestamp::try_from(written).map_or(0, jiff::Timestamp::as_second);
    now.as_second() + 24 * 60 * 60 < written
}

pub(super) fn time_sync(patient: &Patient) -> Verdict {
    let machine = patient.machine;
    match (clocks::synchronised(machine), clocks::other_keeper(machine)) {
        (Look::Found(true), _) => fine(""),
        (_, Some(daemon)) => fine("other").with("daemon", daemon),
        (Look::Found(false), None) => warn(Trouble::new("doctor-time-unset")),
        (Look::Missing, None) => warn(Trouble::new("doctor-time-nobody")),
        (Look::Hidden, None) => hidden("/run/systemd/timesync"),
    }
}
