//! What `doctor --fix` may do: few things, each safe to repeat, each shown as the command that does the same by hand.
//! It asks nobody. Start at [`Mend`].

use std::path::PathBuf;

use super::Doctor;
use crate::back::machine::{Machine, files, kernel, mend};
use crate::desk::{Assets, Desk, Opening, hand_over};
use crate::plan::messages::Trouble;

/// One mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// Files or folders that others could look into get this mode.
    Mode(u32, Vec<PathBuf>),
    /// What broken-off prints left in the spool, and the prints of cards that were handed over long ago.
    Spool { files: Vec<PathBuf>, prints: usize },
    /// Takes the kernel's NFC modules out: the blacklist keeps no loaded one from taking the next reader.
    Unload(Vec<&'static str>),
    /// Keeps the kernel's NFC modules away.
    Blacklist,
    /// Starts pcscd on demand, now and with the computer.
    PcscdSocket,
    /// Takes test drivers off a desk in production: files of reader.conf.
    TestDrivers(Vec<PathBuf>),
}

impl Mend {
    /// What somebody would type to the same end.
    pub fn command(&self) -> String {
        match self {
            Mend::Mode(mode, paths) => format!("chmod {mode:03o} {}", quoted(paths)),
            Mend::Spool { files, prints } if files.is_empty() && *prints > 0 => "issuer doctor --fix".to_owned(),
            Mend::Spool { files, .. } => format!("rm -f {}", quoted(files)),
            Mend::Unload(modules) => format!("modprobe -r {}", modules.join(" ")),
            // No backslash: Korean fonts draw it as a won sign.
            Mend::Blacklist => {
                let modules = kernel::MODULES.join(" ");
                format!("for m in {modules}; do echo blacklist $m; done > {}", mend::BLACKLIST_FILE)
            }
            Mend::PcscdSocket => "systemctl enable --now pcscd.socket".to_owned(),
            Mend::TestDrivers(files) => format!("rm -f {}", quoted(files)),
        }
    }

    pub(super) fn wants_root(&self, machine: &Machine) -> bool {
        let others = |path: &PathBuf| files::owner(path).is_none_or(|owner| owner != machine.user);
        !machine.is_root()
            && match self {
                Mend::Mode(_, paths) => paths.iter().any(others),
                Mend::Spool { files, .. } => files.iter().any(others),
                Mend::Unload(_) | Mend::Blacklist | Mend::PcscdSocket | Mend::TestDrivers(_) => true,
            }
    }
}

/// Paths as a shell takes them.
pub(super) fn quoted(paths: &[PathBuf]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:,@%=".contains(&byte);
    let one = |path: &PathBuf| {
        let text = path.display().to_string();
        if text.bytes().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
    };
    paths.iter().map(one).collect::<Vec<_>>().join(" ")
}

pub(super) fn act(doctor: &Doctor, what: &Mend) -> Result<(), Trouble> {
    let machine = &doctor.machine;
    match what {
        Mend::Mode(mode, paths) => paths.iter().try_for_each(|path| mend::mode(path, *mode)),
        Mend::Spool { files, prints } => {
            mend::remove(files)?;
            if *prints == 0 {
                return Ok(());
            }
            let settings = doctor.settings.clone()?;
            let assets = Assets::new(Some(settings.templates()));
            hand_over::sweep_spool(&Desk::open(settings, assets, Opening::Existing)?)
        }
        Mend::Unload(modules) => mend::unload(modules),
        Mend::Blacklist => mend::blacklist(machine),
        Mend::PcscdSocket => mend::enable_pcscd(),
        Mend::TestDrivers(files) => mend::remove(&files.iter().map(|file| machine.at(file)).collect::<Vec<_>>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_typed_whatever_the_path_holds() {
        let command = |path: &str| Mend::Mode(0o600, vec![path.into()]).command();
        assert_eq!(command("/var/lib/issuer/keys.toml"), "chmod 600 /var/lib/issuer/keys.toml");
        assert_eq!(command("/a b/it's"), "chmod 600 '/a b/it'\\''s'");
    }

    #[test]
    fn the_command_of_the_blacklist_keeps_away_what_the_mend_does() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("etc/modprobe.d/x.conf");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let command = Mend::Blacklist.command().replace(mend::BLACKLIST_FILE, file.to_str().unwrap());
        assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
        let machine = Machine { root: folder.path().into(), user: 0, groups: Vec::new(), pcscd_socket: None };
        assert_eq!(kernel::blacklist_lacks(&machine).found(), Some(Vec::new()));
    }

    #[test]
    fn what_belongs_to_the_system_wants_root() {
        let machine = Machine { root: "/".into(), user: 4242, groups: Vec::new(), pcscd_socket: None };
        let wanted = |mend: Mend| mend.wants_root(&machine);
        assert!(wanted(Mend::Blacklist) && wanted(Mend::Unload(vec!["nfc"])));
        assert!(wanted(Mend::Mode(0o600, vec!["/etc/passwd".into()])));
        assert!(!Mend::Blacklist.wants_root(&Machine { user: 0, ..machine }));
    }
}
