//! Readers and everything between them and the desk: kernel, pcscd, polkit, drivers, firmware, device nodes. Only what
//! the readers of the settings need is judged. Start at [`readers`].

use super::{CheckState, Patient, Seen, Settings, Verdict, fail, fine, hidden, mend::Mend, warn};
use crate::back::encoder::ReaderState;
use crate::back::encoder::usb::{self, Device};
use crate::back::machine::ccid::{self, ESCAPE};
use crate::back::machine::files::May;
use crate::back::machine::pcscd::{self as service, Reach};
use crate::back::machine::{Look, Machine, drivers, kernel, packages, serial};
use crate::back::settings::ReaderKind;
use crate::plan::messages::Trouble;

/// Where the readers of the settings are not known, nothing is worse than a warning.
fn weighed(patient: &Patient, trouble: Trouble) -> Verdict {
    if patient.kind.is_some() { fail(trouble) } else { warn(trouble) }
}

/// Every reader with its state; the first trouble speaks.
pub(super) fn readers(patient: &Patient, _: &Settings) -> Verdict {
    if patient.production() && patient.simulated() {
        return fail(Trouble::new("simulated-in-production"));
    }
    if patient.simulated() && patient.desk.is_err() {
        return fine("simulated");
    }
    let seen = match patient.readers {
        // One cause, one mend: pcscd's own check says it.
        None | Some(Err(_)) if patient.kind == Some(ReaderKind::Pcsc) && patient.reach != Reach::Answers => {
            return fail(Trouble::new("doctor-readers-pcscd"));
        }
        None => return fail(Trouble::new("doctor-readers-late")),
        Some(Err(trouble)) => return fail(trouble.clone()),
        Some(Ok(seen)) => seen,
    };
    let troubled = |seen: &&Seen| seen.line.trouble.is_some() || seen.line.state.is_lost();
    let Some(first) = seen.iter().find(troubled) else {
        let names: Vec<&str> = seen.iter().map(|seen| seen.line.name.as_str()).collect();
        return match names.is_empty() {
            true => fail(Trouble::new("no-reader")),
            false => fine("").with("readers", names.join(", ")).with("count", names.len()),
        };
    };
    let gone = || Trouble::new("doctor-reader-unusable").with("reader", &first.line.name);
    let trouble = first.line.trouble.clone().unwrap_or_else(gone);
    let all = seen.iter().all(|seen| seen.line.state.is_lost());
    if all { fail(trouble) } else { warn(trouble) }
}

pub(super) fn kernel_modules(patient: &Patient) -> Verdict {
    if patient.simulated() {
        return fine("not-needed");
    }
    let ports = kernel::bound(patient.machine);
    if !ports.is_empty() {
        // What is bound is loaded, whether or not that can be seen.
        let modules = kernel::loaded(patient.machine).found().unwrap_or_default();
        let modules = if modules.is_empty() { vec!["pn533_usb"] } else { modules };
        return weighed(patient, Trouble::new("doctor-kernel-bound").with("ports", ports.join(", ")))
            .mend(Mend::Unload(modules));
    }
    match kernel::loaded(patient.machine) {
        Look::Found(modules) if modules.is_empty() => fine(""),
        Look::Found(modules) => {
            let told = warn(Trouble::new("doctor-kernel-loaded").with("modules", modules.join(", ")));
            told.mend(Mend::Unload(modules))
        }
        Look::Missing | Look::Hidden => hidden("/sys/module"),
    }
}

pub(super) fn kernel_blacklist(patient: &Patient) -> Verdict {
    if patient.simulated() {
        return fine("not-needed");
    }
    match kernel::blacklist_lacks(patient.machine) {
        Look::Found(lacks) if lacks.is_empty() => fine(""),
        Look::Found(lacks) => {
            warn(Trouble::new("doctor-blacklist").with("modules", lacks.join(", "))).mend(Mend::Blacklist)
        }
        Look::Missing | Look::Hidden => hidden("/etc/modprobe.d"),
    }
}

/// Installed, running, and willing to answer this account.
pub(super) fn pcscd(patient: &Patient) -> Verdict {
    if !patient.uses(ReaderKind::Pcsc) {
        return fine("not-needed");
    }
    let machine = patient.machine;
    let socket = service::socket(machine);
    let at = |trouble: Trouble| trouble.with("socket", socket.display()).with("account", machine.account());
    match patient.reach {
        Reach::Answers => fine("").with("socket", socket.display()),
        Reach::Absent if !service::installed(machine) => {
            weighed(patient, Trouble::new("doctor-pcscd-missing")).with("command", "apt-get install pcscd libccid")
        }
        Reach::Absent => {
            let stopped = weighed(patient, at(Trouble::new("doctor-pcscd-stopped")));
            match service::systemd(machine) && machine.pcscd_socket.is_none() {
                true => stopped.mend(Mend::PcscdSocket),
                false => stopped.with("command", "pcscd"),
            }
        }
        Reach::Forbidden => weighed(patient, at(Trouble::new("doctor-pcscd-forbidden"))),
        Reach::HungUp => weighed(patient, at(Trouble::new("doctor-pcscd-hung-up"))),
        Reach::Silent => weighed(patient, at(Trouble::new("doctor-pcscd-silent"))),
    }
}

pub(super) fn pcscd_socket(patient: &Patient) -> Verdict {
    let machine = patient.machine;
    match () {
        () if !patient.uses(ReaderKind::Pcsc) => fine("not-needed"),
        () if machine.pcscd_socket.is_some() => fine("elsewhere").with("socket", service::socket(machine).display()),
        () if !service::systemd(machine) => fine("no-systemd"),
        () if service::socket_enabled(machine) => fine(""),
        () => warn(Trouble::new("doctor-pcscd-socket")).mend(Mend::PcscdSocket),
    }
}

/// The account that works with the readers: the service's, whoever looks. Without a unit it is ours, or `issuer` where root
/// looks, for root may do everything.
fn desk_account(machine: &Machine) -> String {
    let installed = || (machine.is_root() && machine.seen_by("issuer").is_some()).then(|| "issuer".to_owned());
    service::service_account(machine).or_else(installed).unwrap_or_else(|| machine.account())
}

/// What belongs to the system's pcscd is none of another's, which `PCSCLITE_CSOCK_NAME` names.
fn elsewhere(patient: &Patient) -> Option<Verdict> {
    let socket = patient.machine.pcscd_socket.as_ref()?;
    Some(fine("elsewhere").with("socket", socket.display()))
}

/// Whether the account of the service may use pcscd, where pcscd asks polkit about it.
pub(super) fn polkit(patient: &Patient) -> Verdict {
    let machine = patient.machine;
    if !patient.uses(ReaderKind::Pcsc) {
        return fine("not-needed");
    }
    if !service::asks_polkit(machine) {
        return fine("not-asked");
    }
    let account = desk_account(machine);
    if account == "root" {
        return fine("root");
    }
    let ourselves = account == machine.account();
    match service::polkit_rule(machine, &account) {
        Look::Found(true) => fine("").with("account", account),
        // Nobody can let us in but polkit.
        _ if ourselves && patient.reach == Reach::Answers => fine("let-in").with("account", account),
        Look::Found(false) => weighed(patient, Trouble::new("doctor-polkit").with("account", account)),
        Look::Missing | Look::Hidden => hidden("/etc/polkit-1/rules.d"),
    }
}

pub(super) fn libccid(patient: &Patient) -> Verdict {
    if !patient.uses(ReaderKind::Pcsc) {
        return fine("not-needed");
    }
    if let Some(verdict) = elsewhere(patient) {
        return verdict;
    }
    let version = match (packages::version(patient.machine, "libccid"), ccid::driver(patient.machine)) {
        (Look::Found(version), _) => version,
        (_, Look::Found(driver)) => driver.version,
        (_, Look::Hidden) => return hidden("ifd-ccid.bundle/Contents/Info.plist"),
        (_, Look::Missing) => {
            return weighed(patient, Trouble::new("doctor-ccid-missing")).with("command", "apt-get install libccid");
        }
    };
    // libccid 1.6.2 waits as long as an ACR122U takes to say that no card is there.
    match packages::older(&version, &[1, 6, 2]) {
        Some(false) => fine("").with("version", version),
        Some(true) if missed(patient).is_some_and(|ports| !ports.is_empty()) => {
            warn(Trouble::new("doctor-ccid-old").with("version", version))
        }
        Some(true) => fine("old").with("version", version),
        None => hidden("libccid"),
    }
}

/// Never needed: what goes without is said, and nothing is changed.
pub(super) fn escape(patient: &Patient) -> Verdict {
    if !patient.uses(ReaderKind::Pcsc) {
        return fine("not-needed");
    }
    if let Some(verdict) = elsewhere(patient) {
        return verdict;
    }
    match ccid::driver(patient.machine) {
        Look::Found(driver) if driver.options & ESCAPE != 0 => fine(""),
        Look::Found(_) => fine("off"),
        Look::Missing => fine("no-driver"),
        Look::Hidden => hidden("ifd-ccid.bundle/Contents/Info.plist"),
    }
}

/// ACR122U by what their firmware calls itself, or by their USB release where it cannot be asked.
pub(super) fn reader_firmware(patient: &Patient) -> Verdict {
    if !patient.uses(ReaderKind::Pcsc) {
        return fine("not-needed");
    }
    let asked = patient.readers.iter().flatten().flatten();
    let asked = asked.filter_map(|seen| Some((seen.line.name.clone(), release(seen.firmware.as_deref()?)?)));
    let plugged = acr122u(patient);
    let plugged = plugged.map(|device| (device.port, device.release));
    let found: Vec<(String, u16)> = asked.chain(plugged).collect();
    let shown = |(name, release): &(String, u16)| format!("{name} {}.{:02x}", release >> 8, release & 0xff);
    if let Some(old) = found.iter().find(|(_, release)| *release < 0x0206) {
        // libccid refuses them by name (ccid_usb.c, its list of bogus firmware).
        return weighed(patient, Trouble::new("doctor-firmware-old").with("reader", shown(old)));
    }
    if let Some(late) = found.iter().find(|(_, release)| [0x0215, 0x0216].contains(release)) {
        return warn(Trouble::new("doctor-firmware-late").with("reader", shown(late)));
    }
    let mut listed = patient.readers.iter().flatten().flatten().map(|seen| &seen.line.name);
    match listed.find(|name| found.is_empty() && name.contains("ACR122")) {
        Some(silent) => fine("untold").with("reader", silent),
        None if found.is_empty() => fine("none"),
        None => fine("").with("readers", found.iter().map(shown).collect::<Vec<_>>().join(", ")),
    }
}

/// `ACR122U214` is release 2.14, in BCD as USB has it.
pub(super) fn release(firmware: &str) -> Option<u16> {
    let digits = firmware.strip_prefix("ACR122U")?.get(..3)?;
    u16::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn acr122u(patient: &Patient) -> impl Iterator<Item = Device> {
    usb::devices(&patient.machine.at("/sys")).into_iter().filter(Device::is_acr122u)
}

/// ACR122U on USB that pcscd does not list.
pub(super) fn missed_readers(patient: &Patient) -> Verdict {
    if !patient.uses(ReaderKind::Pcsc) {
        return fine("not-needed");
    }
    if let Some(verdict) = elsewhere(patient) {
        return verdict;
    }
    let plugged = acr122u(patient).count();
    match missed(patient) {
        _ if plugged == 0 => fine("none"),
        None => hidden("pcscd"),
        Some(missed) if missed.is_empty() => fine("").with("count", plugged),
        Some(missed) => weighed(patient, Trouble::new("doctor-reader-missed").with("ports", missed.join(", "))),
    }
}

/// The ports of the missed ones. `None`: there is no list of readers.
fn missed(patient: &Patient) -> Option<Vec<String>> {
    let plugged: Vec<String> = acr122u(patient).map(|device| device.port).collect();
    let Some(Ok(seen)) = patient.readers else { return None };
    let there = |seen: &&Seen| seen.line.name.contains("ACR122") && seen.line.state != ReaderState::Gone;
    let listed: Vec<&Seen> = seen.iter().filter(there).collect();
    let by_port = |port: &&String| !listed.iter().any(|seen| seen.line.port.as_ref() == Some(*port));
    Some(match listed.iter().all(|seen| seen.line.port.is_some()) {
        true => plugged.iter().filter(by_port).cloned().collect(),
        // Without ports only their count can tell.
        false => plugged.into_iter().skip(listed.len()).collect(),
    })
}

/// Serial nodes of PN532 boards, for the account that works with them.
pub(super) fn serial_access(patient: &Patient, settings: &Settings) -> Verdict {
    if !patient.uses(ReaderKind::Libnfc) {
        return fine("not-needed");
    }
    let account = desk_account(patient.machine);
    let machine = &patient.machine.seen_by(&account).unwrap_or_else(|| patient.machine.clone());
    let nodes = serial::nodes(machine, &settings.reader.names);
    if let Some(gone) = nodes.iter().find(|node| node.may == May::Gone) {
        return fail(Trouble::new("doctor-serial-gone").with("node", gone.path.display()));
    }
    let shut: Vec<_> = nodes.iter().filter(|node| node.may == May::Not).collect();
    if let Some(first) = shut.first() {
        let names = shut.iter().map(|node| node.path.display().to_string()).collect::<Vec<_>>().join(", ");
        let command = format!("usermod -aG {} {account}", first.group);
        return fail(Trouble::new("doctor-serial").with("nodes", names).with("account", account))
            .with("command", command);
    }
    match nodes.is_empty() {
        true => fine("none"),
        false => fine("").with("count", nodes.len()),
    }
}

/// Virtual readers: in production they would make cards of nothing.
pub(super) fn test_drivers(patient: &Patient) -> Verdict {
    let machine = patient.machine;
    // What another pcscd loads is its own; the system's entries are none of it.
    let another = machine.pcscd_socket.is_some();
    let entries = match drivers::test_entries(machine) {
        _ if another => Vec::new(),
        Look::Found(entries) => entries,
        Look::Missing | Look::Hidden => return hidden(drivers::FOLDER),
    };
    let (mut found, mut commands) = (entries.clone(), Vec::new());
    if !entries.is_empty() {
        commands.push(Mend::TestDrivers(entries.iter().map(Into::into).collect()).command());
    }
    if !another && packages::version(machine, "vsmartcard-vpcd").found().is_some() {
        found.push("vsmartcard-vpcd".to_owned());
        commands.push("apt-get remove vsmartcard-vpcd".to_owned());
    }
    let rigs = drivers::simulations(machine);
    let run = matches!(&rigs, Look::Found(ids) if !ids.is_empty());
    if run {
        found.push("issuer rig simulate".to_owned());
    }
    if found.is_empty() {
        return match elsewhere(patient) {
            _ if !matches!(rigs, Look::Found(_)) => hidden("/proc"),
            Some(_) if patient.production() => {
                warn(Trouble::new("doctor-pcscd-elsewhere")).with("socket", service::socket(machine).display())
            }
            Some(verdict) => verdict,
            None => fine(""),
        };
    }
    let told = Trouble::new("doctor-test-drivers").with("found", found.join(", "));
    let told = told.with("rigs", if run { "yes" } else { "no" }).with("command", commands.join("\n"));
    let state = if patient.production() { CheckState::Fail } else { CheckState::Warn };
    let mend = (patient.production() && !entries.is_empty())
        .then(|| Mend::TestDrivers(entries.into_iter().map(Into::into).collect()));
    Verdict { state, mend, ..warn(told) }
}
