//! The calls into libnfc 1.8, all that is `unsafe` about it. Used by the child process only: libnfc aborts the process on a
//! status byte with bit 7 set (libnfc/chips/pn53x.c, `pn53x_transceive`, "NAD detected"). Start at [`Libnfc::command`].
//!
//! What `nfc_open` sends to a PN532: wake-up, SAMConfiguration(normal), Diagnose(communication), GetFirmwareVersion,
//! SetParameters(14h: automatic ATR_RES and RATS, the chip's own default). It also notes CIU register bits (CRC and parity by
//! the chip, no Crypto1, whole bytes), which `pn53x_transceive` writes with ReadRegister and WriteRegister before the first command and never
//! again, since nothing here notes any more. `nfc_initiator_init` is not called: it would set endless retries and switch the
//! field on. [`Libnfc::open`] sends GetFirmwareVersion, as proof that the chip answers (`pn532_uart_open` drops the
//! result of its own initialisation), and RFConfiguration(5: two tries), without which InListPassiveTarget waits for ever.

use std::ffi::{CStr, CString, c_char, c_int};

use nfc1_sys as sys;
use zeroize::{Zeroize, Zeroizing};

use super::port::Hold;
use super::wire::LONGEST_COMMAND;

unsafe extern "C" {
    /// `libnfc/chips/pn53x.h`; no public header has it, but every libnfc.so.6 exports it, and only with it do PN532 commands come through as they are. The
    /// crate `nfc1` hides the device that it needs, and libnfc's own exchange functions drop the chip's status byte.
    fn pn53x_transceive(
        device: *mut sys::nfc_device,
        tx: *const u8,
        tx_length: usize,
        rx: *mut u8,
        rx_length: usize,
        timeout: c_int,
    ) -> c_int;
}

const GET_FIRMWARE_VERSION: u8 = 0x02;
/// RFConfiguration(5) MxRtyATR, MxRtyPSL, MxRtyPassiveActivation (UM0701-02, 7.3.1): the last one says how often after the first time.
const FEW_RETRIES: [u8; 5] = [0x32, 0x05, 0x00, 0x01, 0x01];
const OPENING: u16 = 350;

/// `rx` holds this before a command: it aborts nothing (bit 7), asks for no more (bit 6) and is no status of UM0701-02, 7.1,
/// so that an answer without a status byte is not taken for success.
const NO_STATUS: u8 = 0x3F;

/// The library and the one device that is open.
pub(super) struct Libnfc {
    context: *mut sys::nfc_context,
    device: *mut sys::nfc_device,
    hold: Option<Hold>,
}

impl Libnfc {
    pub(super) fn new() -> Libnfc {
        Libnfc { context: std::ptr::null_mut(), device: std::ptr::null_mut(), hold: None }
    }

    /// Read at the first use: libnfc looks into `/etc/nfc` then.
    fn context(&mut self) -> Result<*mut sys::nfc_context, i32> {
        if self.context.is_null() {
            // SAFETY: nfc_init writes a context or null to where it is told.
            unsafe { sys::nfc_init(&mut self.context) };
        }
        if self.context.is_null() { Err(sys::NFC_ESOFT) } else { Ok(self.context) }
    }

    /// What libnfc finds by itself. `LIBNFC_INTRUSIVE_SCAN=false` in the environment keeps it from writing to serial ports.
    pub(super) fn list(&mut self) -> Vec<String> {
        let Ok(context) = self.context() else { return Vec::new() };
        let mut found: Vec<sys::nfc_connstring> = vec![[0; 1024]; 16];
        // SAFETY: the array has as many places as is said; libnfc ends each string that it writes.
        let count = unsafe { sys::nfc_list_devices(context, found.as_mut_ptr(), found.len()) };
        let names = found.iter_mut().take(count).map(|name| {
            if let Some(last) = name.last_mut() {
                *last = 0;
            }
            // SAFETY: the array is a string that ends within itself, as of the line above.
            unsafe { CStr::from_ptr(name.as_ptr()) }.to_string_lossy().into_owned()
        });
        names.filter(|name| !name.is_empty()).collect()
    }

    /// Opens the device of that connection string; one that is open already is closed first. An error is the system's
    /// (positive) or libnfc's.
    pub(super) fn open(&mut self, name: &str) -> Result<(), i32> {
        self.close();
        let context = self.context()?;
        self.hold = Hold::take(name).map_err(|errno| errno.raw_os_error())?;
        // libnfc copies 1024 bytes from the string's start, whatever its length (`nfc_device_new`).
        let mut connstring: sys::nfc_connstring = [0; 1024];
        let name = CString::new(name).map_err(|_| sys::NFC_EINVARG)?;
        for (to, from) in connstring.iter_mut().take(1023).zip(name.as_bytes()) {
            *to = *from as c_char;
        }
        // SAFETY: the context is a live one, the string ends within its array.
        self.device = unsafe { sys::nfc_open(context, connstring.as_ptr()) };
        if self.device.is_null() {
            self.hold = None;
            return Err(sys::NFC_ENOTSUCHDEV);
        }
        if let Some(hold) = &mut self.hold {
            hold.close_door();
        }
        let ready = self.command(&[GET_FIRMWARE_VERSION], OPENING).and_then(|_| self.command(&FEW_RETRIES, OPENING));
        ready.map(drop).inspect_err(|_| self.close())
    }

    /// One command, code first, and what came after `D5` and code + 1.
    ///
    /// libnfc says "transmission error" where the chip has answered well with a status byte; then the answer is that
    /// byte. Its other errors, and a status byte of 00 that it calls an error, are the `Err`. Answers that come in pieces (bit 6,
    /// "more information") libnfc asks for and puts together.
    pub(super) fn command(&mut self, command: &[u8], millis: u16) -> Result<Zeroizing<Vec<u8>>, i32> {
        if self.device.is_null() {
            return Err(sys::NFC_ENOTSUCHDEV);
        }
        if let Some(hold) = &mut self.hold {
            hold.take_again().map_err(|errno| errno.raw_os_error())?;
        }
        if command.is_empty() || command.len() > LONGEST_COMMAND || millis == 0 {
            return Err(sys::NFC_EINVARG);
        }
        // At least two bytes: libnfc looks at the second one of some commands without asking for the length.
        let mut tx = Zeroizing::new([0; LONGEST_COMMAND]);
        tx.iter_mut().zip(command).for_each(|(to, from)| *to = *from);
        let mut rx = Zeroizing::new([0; LONGEST_COMMAND]);
        rx[0] = NO_STATUS;
        // SAFETY: the device is open; both buffers have the lengths that are told.
        let code = unsafe {
            pn53x_transceive(self.device, tx.as_ptr(), command.len(), rx.as_mut_ptr(), rx.len(), c_int::from(millis))
        };
        tx.zeroize();
        match usize::try_from(code) {
            Ok(length) => Ok(Zeroizing::new(rx.get(..length).unwrap_or(&*rx).to_vec())),
            Err(_) if told_by_status(command, code) && !matches!(rx[0] & 0x3F, 0 | NO_STATUS) => {
                Ok(Zeroizing::new(vec![rx[0]]))
            }
            Err(_) => Err(code),
        }
    }

    /// Lets others have the port until the next command, which takes it again, or fails with the system's `EWOULDBLOCK`.
    pub(super) fn lend(&mut self) {
        if let Some(hold) = &mut self.hold {
            hold.lend();
        }
    }

    pub(super) fn close(&mut self) {
        if !self.device.is_null() {
            // SAFETY: it came from nfc_open and is not used again.
            unsafe { sys::nfc_close(self.device) };
            self.device = std::ptr::null_mut();
        }
        self.hold = None;
    }
}

impl Drop for Libnfc {
    fn drop(&mut self) {
        self.close();
        if !self.context.is_null() {
            // SAFETY: it came from nfc_init; no device is open on it any more.
            unsafe { sys::nfc_exit(self.context) };
        }
    }
}

/// Whether libnfc made that error out of the status byte that the answer to this command begins with.
fn told_by_status(command: &[u8], code: c_int) -> bool {
    // InDataExchange, InCommunicateThru, InDeselect, InATR, InRelease, InSelect, InJumpForDEP: those of the list in `pn53x_transceive`
    // that an initiator sends.
    let with_status = matches!(command.first(), Some(0x40 | 0x42 | 0x44 | 0x50 | 0x52 | 0x54 | 0x56));
    with_status
        && matches!(
            code,
            sys::NFC_ERFTRANS | sys::NFC_ECHIP | sys::NFC_EINVARG | sys::NFC_ETGRELEASED | sys::NFC_EMFCAUTHFAIL
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_device_nothing_is_called() {
        assert_eq!(Libnfc::new().command(&[GET_FIRMWARE_VERSION], 10).err(), Some(sys::NFC_ENOTSUCHDEV));
    }

    #[test]
    fn only_an_answer_with_a_status_byte_is_believed_after_an_error() {
        assert!(told_by_status(&[0x40, 1], sys::NFC_EMFCAUTHFAIL));
        assert!(!told_by_status(&[0x40, 1], sys::NFC_ETIMEOUT), "no answer has come");
        assert!(!told_by_status(&[0x4A, 1, 0], sys::NFC_ECHIP), "InListPassiveTarget has no status byte");
    }
}
