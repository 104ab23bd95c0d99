//! What is plugged into USB, as `/sys/bus/usb/devices` tells it to everybody. Start at [`devices`].

use super::{Machine, names, read};

/// The ACR122U (vendor ACS).
pub const ACR122U: (u16, u16) = (0x072f, 0x2200);

/// The USB-serial bridges on which PN532 boards come.
pub const BRIDGES: [((u16, u16), &str); 5] = [
    ((0x1a86, 0x7523), "CH340"),
    ((0x10c4, 0xea60), "CP2102"),
    ((0x0403, 0x6001), "FT232"),
    ((0x067b, 0x2303), "PL2303"),
    ((0x067b, 0x23a3), "PL2303"),
];

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Where it is plugged in, `1-1.2`; it stays when names change.
    pub port: String,
    /// Vendor and product.
    pub id: (u16, u16),
    /// `bcdDevice`, the maker's release: an ACR122U of firmware 2.14 has 0x0214.
    pub release: u16,
}

/// All devices, by port.
pub fn devices(machine: &Machine) -> Vec<Device> {
    let folder = machine.at("/sys/bus/usb/devices");
    // Interfaces have a colon; hubs of the board are `usb1`.
    let ports = names(&folder).found().unwrap_or_default().into_iter().filter(|name| !name.contains(':'));
    let device = |port: String| {
        let number = |file: &str| {
            let text = read(&folder.join(&port).join(file)).found()?;
            u16::from_str_radix(text.trim(), 16).ok()
        };
        let id = (number("idVendor")?, number("idProduct")?);
        Some(Device { id, release: number("bcdDevice").unwrap_or(0), port })
    };
    ports.filter_map(device).collect()
}
