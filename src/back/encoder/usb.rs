//! What is plugged into USB, as the kernel shows it in sysfs: which readers there should be, where they are plugged in, and
//! what drives them. Reads only. Start at [`devices`].

use std::fs;
use std::path::Path;

/// ACS, ACR122U.
pub const ACR122U: (u16, u16) = (0x072F, 0x2200);

/// One USB device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// `usb:1-1.2`: bus and the ports on the way to it; it stays when names change.
    pub port: String,
    pub bus: u32,
    pub address: u32,
    /// Vendor and product.
    pub id: (u16, u16),
    /// `bcdDevice`, the maker's release: an ACR122U of firmware 2.14 has 0x0214.
    pub release: u16,
    /// The kernel's drivers of its interfaces; `usbfs` is a program's.
    drivers: Vec<String>,
}

impl Device {
    pub fn is_acr122u(&self) -> bool {
        self.id == ACR122U
    }

    /// By SCARD_ATTR_CHANNEL_ID: 0020h for USB, then bus and address (PC/SC part 3, 3.1.1; libccid ifdhandler.c).
    pub fn is_at(&self, channel: u32) -> bool {
        channel >> 16 == 0x0020 && (channel >> 8 & 0xFF, channel & 0xFF) == (self.bus, self.address)
    }

    /// The kernel's own NFC driver, where it has taken the device from pcscd and libnfc: `pn533_usb`.
    pub fn kernel_driver(&self) -> Option<&str> {
        self.drivers.iter().find(|driver| driver.starts_with("pn53")).map(String::as_str)
    }
}

/// Everything that is plugged in, in the order of its ports; nothing where there is no sysfs.
pub fn devices(sysfs: &Path) -> Vec<Device> {
    let Ok(entries) = fs::read_dir(sysfs.join("bus/usb/devices")) else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let (interfaces, devices): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.contains(':'));
    devices.iter().filter_map(|name| device(&sysfs.join("bus/usb/devices"), name, &interfaces)).collect()
}

fn device(folder: &Path, name: &str, interfaces: &[String]) -> Option<Device> {
    let text = |file: &str| fs::read_to_string(folder.join(name).join(file)).ok();
    let hex = |file: &str| u16::from_str_radix(text(file)?.trim(), 16).ok();
    let number = |file: &str| text(file)?.trim().parse::<u32>().ok();
    let own = interfaces.iter().filter(|interface| interface.split(':').next() == Some(name));
    let driver = |interface: &String| {
        let driver = fs::read_link(folder.join(interface).join("driver")).ok()?;
        Some(driver.file_name()?.to_string_lossy().into_owned())
    };
    Some(Device {
        port: format!("usb:{name}"),
        bus: number("busnum")?,
        address: number("devnum")?,
        id: (hex("idVendor")?, hex("idProduct")?),
        release: hex("bcdDevice").unwrap_or(0),
        drivers: own.filter_map(driver).collect(),
    })
}
