//! libccid, the driver of USB readers, by its `Info.plist`: its version and whether it passes escape commands.
//! Start at [`driver`].

use super::{Look, Machine, read};

/// Below the folder where pcscd looks for USB drivers (`usbdropdir`).
const PLIST: &str = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist";

/// DRIVER_OPTION_CCID_EXCHANGE_AUTHORIZED (libccid, ccid_ifdhandler.h).
pub const ESCAPE: u32 = 0x0001;

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// `CFBundleShortVersionString`; empty where it has none.
    pub version: String,
    /// `ifdDriverOptions`.
    pub options: u32,
}

pub fn driver(machine: &Machine) -> Look<Driver> {
    read(&machine.at(PLIST)).map(|text| Driver {
        version: value(&text, "CFBundleShortVersionString").unwrap_or_default().to_owned(),
        options: value(&text, "ifdDriverOptions").and_then(number).unwrap_or(0),
    })
}

/// The first `<string>` after the key's own element; a key that a comment speaks of is no element.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let after = text.split_once(&format!("<key>{key}</key>"))?.1;
    Some(after.split_once("<string>")?.1.split_once("</string>")?.0.trim())
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}
