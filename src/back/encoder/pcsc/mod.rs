//! Readers by PC/SC: the ACR122U and other storage-card readers through pcscd.
//!
//! Every call to pcscd is made on a thread that can be given up ([`lane`]), and every reader has a context of its own:
//! one that is stuck stops no other. The list has one thread for all who ask. Holds no reader but from the first exchange until it is dropped. Start at [`Pcsc`].

mod acr122;
mod error;
mod holder;
mod lane;
mod list;
mod presence;
mod storage;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::BTreeMap;
use std::ffi::CString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use self::acr122::Acr122;
use self::lane::{GivenUp, Lane};
use self::list::Ports;
use super::pn532::Pn532;
use super::{Listed, Reader, Readers, Watch, usb};
use crate::plan::messages::Trouble;

/// A list is there within this time, or pcscd counts as not answering.
const LIST_LIMIT: Duration = Duration::from_millis(900);

/// Less than the doctor gives all of them.
const FIRMWARE_LIMIT: Duration = Duration::from_millis(150);

/// All readers that pcscd knows.
pub struct Pcsc {
    signal: bool,
    /// `/sys`, where the kernel shows what is plugged in.
    sysfs: PathBuf,
    ports: Mutex<Ports>,
    lists: Mutex<Lane>,
    /// By reader.
    given_up: Mutex<BTreeMap<String, GivenUp>>,
}

impl Pcsc {
    /// `signal`: whether light and buzzer are used.
    pub fn new(signal: bool) -> Pcsc {
        Pcsc {
            signal,
            sysfs: PathBuf::from("/sys"),
            ports: Mutex::default(),
            lists: Mutex::default(),
            given_up: Mutex::default(),
        }
    }

    /// With another folder in the place of `/sys`.
    pub fn with_sysfs(self, sysfs: PathBuf) -> Pcsc {
        Pcsc { sysfs, ..self }
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut lane::Hands) -> Result<T, pcsc::Error> + Send + 'static,
    ) -> Result<T, Trouble> {
        // Who waits here for a list that hangs is told at once when that one is given up.
        let mut lane = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let done = lane.call(LIST_LIMIT, move |hands| {
            let done = work(hands);
            hands.forget();
            done
        });
        match done {
            Some(done) => done.map_err(|error| error::trouble(error, "PC/SC")),
            None => Err(error::unanswered()),
        }
    }

    /// A way to that reader, which counts what was given up there by any other.
    fn given_up_at(&self, reader: &str) -> GivenUp {
        let mut readers = self.given_up.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|_, given_up| given_up.is_used());
        readers.entry(reader.to_owned()).or_default().clone()
    }
}

impl Readers for Pcsc {
    /// Ports are asked of pcscd once for each time that a reader is plugged in, and only while nobody uses it.
    fn list(&self) -> Result<Vec<Listed>, Trouble> {
        let plugged = usb::devices(&self.sysfs);
        let known = self.ports.lock().map(|ports| ports.clone()).unwrap_or_default();
        let (seen, ports) = self.ask({
            let plugged = plugged.clone();
            move |hands| list::survey(hands.context()?, &plugged, known)
        })?;
        let found = list::listed(&seen, &ports, &plugged);
        if let Ok(mut kept) = self.ports.lock() {
            *kept = ports;
        }
        Ok(found)
    }

    /// By its name alone: pcscd may be kept busy by another reader for seconds, and this one's first use finds out whether it
    /// is there.
    fn open(&self, name: &str) -> Result<Box<dyn Reader>, Trouble> {
        Ok(if list::is_acr122(name) {
            Box::new(Pn532::new(Acr122::new(name, self.signal, self.given_up_at(name))))
        } else {
            Box::new(storage::open(name, self.given_up_at(name)))
        })
    }

    fn seen(&self, wanted: &str) -> Option<String> {
        let ports = self.ports.lock().ok()?;
        let called =
            |(name, (_, port)): &(&String, &(u32, Option<String>))| *name == wanted || port.as_deref() == Some(wanted);
        ports.iter().find(called).map(|(name, _)| name.clone())
    }

    fn firmware(&self, name: &str) -> Option<String> {
        let reader = CString::new(name).ok().filter(|_| list::is_acr122(name))?;
        Lane::new(self.given_up_at(name)).call(FIRMWARE_LIMIT, move |hands| acr122::firmware(hands, &reader)).flatten()
    }

    fn holder(&self, _name: &str) -> String {
        holder::likely()
    }

    fn watch(&self, changed: Box<dyn Fn() + Send>) -> Option<Watch> {
        watch::watch(changed)
    }
}
