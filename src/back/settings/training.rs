//! The settings of a practice desk beside the real one: the real desk's rules, a folder of its own, simulated devices.
//! Nothing that it names lies outside that folder. Start at [`Settings::for_training`].

use super::*;

impl Settings {
    /// The same library, numbers, chip, layouts and fees; database, keys, locks, spool and simulator in `training/` beside the
    /// real database; a simulated reader as slow as a real one, on which hands lay the cards; no register; the next port.
    pub fn for_training(mut self) -> Settings {
        let beside = self.store.path.parent().unwrap_or(&self.base);
        let folder = beside.join("training");
        self.store = Store { path: folder.join("issuer.db"), locks: folder.join("locks") };
        self.key_file = folder.join("keys.toml");
        self.reader = Reader { kind: ReaderKind::Simulated, names: Vec::new(), ..self.reader };
        self.printer = Printer {
            kind: PrinterKind::Spool,
            uri: None,
            options: BTreeMap::new(),
            folder: folder.join("spool"),
            ..self.printer
        };
        self.simulator =
            Simulator { folder: folder.join("simulator"), dispenser: None, timing: Timing::Acr122u, ..self.simulator };
        self.register = RegisterKind::None;
        // Port 0 is any free one, here as there.
        if self.web.listen.port() != 0 {
            self.web.listen.set_port(self.web.listen.port().checked_add(1).unwrap_or(u16::MAX - 1));
        }
        self
    }

    /// The same desk in haste: cards come by themselves and the reader takes no time. For making samples.
    pub fn in_haste(mut self) -> Settings {
        self.simulator.dispenser = Some(ChipKind::Classic1k);
        self.simulator.timing = Timing::None;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        read(text, "issuer.toml", Path::new("/desk"), &[]).unwrap()
    }

    #[test]
    fn nothing_of_a_practice_desk_lies_outside_its_folder_or_at_a_real_device() {
        let real = "[reader]\nkind = \"pcsc\"\nnames = [\"ACS ACR122U 00 00\"]\n[store]\npath = \"/srv/desk/issuer.db\"\n\
            [keys]\nfile = \"/etc/issuer/keys.toml\"\n[printer]\nfolder = \"/srv/spool\"\nuri = \"ipp://p/ipp\"\n\
            [library]\nmembership = \"on-request\"\n";
        for (text, folder) in [("", "/desk/var/training"), (real, "/srv/desk/training")] {
            let plain = settings(text);
            let practice = plain.clone().for_training();
            for path in [
                &practice.store.path,
                &practice.store.locks,
                &practice.key_file,
                &practice.printer.folder,
                &practice.simulator.folder,
            ] {
                assert!(path.starts_with(folder), "{}", path.display());
            }
            assert_eq!((practice.reader.kind, practice.reader.names.len()), (ReaderKind::Simulated, 0));
            assert_eq!((practice.printer.kind, practice.printer.uri), (PrinterKind::Spool, None));
            assert_eq!(practice.simulator.dispenser, None);
            assert_eq!(practice.library.membership, plain.library.membership);
            assert_eq!(practice.web.listen.port(), plain.web.listen.port() + 1);
        }
        assert_eq!(settings("[web]\nlisten = \"127.0.0.1:0\"").for_training().web.listen.port(), 0);
    }
}
