//! The kernel's own NFC stack, which takes PN53x readers away from pcscd and libnfc: `pn533_usb` binds to the ACR122U's
//! chip and to PN533 boards, `pn533_i2c` and `pn532_uart` to PN532 boards that a device tree names; `pn533` and `nfc` come
//! with them. Start at [`loaded`] and [`blacklist_lacks`].

use super::{Look, Machine, names, texts};

/// In the order in which they must be unloaded.
pub const MODULES: [&str; 5] = ["pn533_usb", "pn533_i2c", "pn532_uart", "pn533", "nfc"];

/// Where modprobe reads its settings (modprobe.d(5)).
const SETTINGS: [&str; 4] = ["/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"];

/// The modules of [`MODULES`] that are loaded. Hidden where `/sys/module` is not there, as in some containers.
pub fn loaded(machine: &Machine) -> Look<Vec<&'static str>> {
    let modules = machine.at("/sys/module");
    match names(&modules) {
        Look::Found(_) => Look::Found(MODULES.into_iter().filter(|module| modules.join(module).exists()).collect()),
        Look::Missing | Look::Hidden => Look::Hidden,
    }
}

/// The USB ports whose device the kernel's driver holds, as `1-1.2`.
pub fn bound(machine: &Machine) -> Vec<String> {
    let entries = names(&machine.at("/sys/bus/usb/drivers/pn533_usb")).found().unwrap_or_default();
    // An interface is `1-1.2:1.0`; the others are files such as `bind`.
    let mut ports: Vec<String> = entries.iter().filter_map(|entry| Some(entry.split_once(':')?.0.to_owned())).collect();
    ports.dedup();
    ports
}

/// The modules that nothing keeps from being loaded. Hidden where none of modprobe's folders can be read.
pub fn blacklist_lacks(machine: &Machine) -> Look<Vec<&'static str>> {
    let (texts, hidden) = texts(machine, &SETTINGS, ".conf");
    let kept: Vec<String> = texts.iter().flat_map(|text| text.lines().filter_map(kept_away)).collect();
    let lacks: Vec<&str> = MODULES.into_iter().filter(|module| !kept.iter().any(|kept| kept == module)).collect();
    if hidden && !lacks.is_empty() { Look::Hidden } else { Look::Found(lacks) }
}

/// The module that a line keeps away: `blacklist NAME`, or `install NAME` with a command that loads nothing. Hyphens
/// and underscores are the same in module names.
fn kept_away(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (verb, module) = (words.next()?, words.next()?);
    let nothing = words.next().is_some_and(|command| command.ends_with("/true") || command.ends_with("/false"));
    (verb == "blacklist" || (verb == "install" && nothing)).then(|| module.replace('-', "_"))
}
