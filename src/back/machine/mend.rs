//! The few things of this computer that are mended, each by one act that can be repeated and undone by hand. It asks
//! nobody: whoever calls has asked. Start at [`mode`].

use std::fs::{File, OpenOptions, Permissions};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};

use super::Machine;
use crate::plan::messages::Trouble;

/// Keeps the kernel's NFC stack away from readers; the same file that `hardware/setup.sh` installs.
pub const BLACKLIST: &str = include_str!("../../../hardware/modprobe/issuer-nfc.conf");
pub const BLACKLIST_FILE: &str = "/etc/modprobe.d/issuer-nfc.conf";

/// How long a program of the system may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Gives a file or folder a mode. What a link leads to is left alone.
pub fn mode(path: &Path, mode: u32) -> Result<(), Trouble> {
    // Held by its place alone: to open and close a database would let go of the locks that this process has on it.
    let held = rustix::fs::open(path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty());
    let held = held.map_err(|fault| failed(path, fault))?;
    let place = format!("/proc/self/fd/{}", held.as_raw_fd());
    std::fs::set_permissions(place, Permissions::from_mode(mode)).map_err(|fault| failed(path, fault))
}

/// Removes files; one that is gone already is no trouble.
pub fn remove(paths: &[PathBuf]) -> Result<(), Trouble> {
    paths.iter().try_for_each(|path| match std::fs::remove_file(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(failed(path, fault)),
        _ => Ok(()),
    })
}

/// Puts the blacklist in its place.
pub fn blacklist(machine: &Machine) -> Result<(), Trouble> {
    put(&machine.at(BLACKLIST_FILE), BLACKLIST)
}

/// Takes kernel modules out, in the order given.
pub fn unload(modules: &[&str]) -> Result<(), Trouble> {
    run("modprobe", &[&["-r"], modules].concat(), "modprobe -r")
}

/// `systemctl enable --now pcscd.socket`.
pub fn enable_pcscd() -> Result<(), Trouble> {
    run("systemctl", &["--no-ask-password", "enable", "--now", "pcscd.socket"], "pcscd.socket")
}

/// Runs a program of the system, and ends it when it takes too long.
fn run(program: &str, arguments: &[&str], place: &str) -> Result<(), Trouble> {
    let fault = |why: String| Trouble::new("doctor-mend").with("place", place).with("why", why);
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| fault(error.to_string()))?;
    let began = Instant::now();
    loop {
        match child.try_wait().map_err(|error| fault(error.to_string()))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(fault(status.to_string())),
            None if began.elapsed() > LIMIT => {
                // It may have ended in this very moment.
                let _ = child.kill();
                let _ = child.wait();
                return Err(fault(format!("{} s", LIMIT.as_secs())));
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Written aside and put in place whole, readable by all as settings of the system are.
fn put(path: &Path, text: &str) -> Result<(), Trouble> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}.new", std::process::id()));
    let aside = PathBuf::from(aside);
    let written = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(&aside)?;
        file.set_permissions(Permissions::from_mode(0o644))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&aside, path)?;
        File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
    };
    written().map_err(|fault| {
        let _ = std::fs::remove_file(&aside);
        failed(path, fault)
    })
}

fn failed(path: &Path, why: impl std::fmt::Display) -> Trouble {
    Trouble::new("doctor-mend").with("place", path.display()).with("why", why)
}
