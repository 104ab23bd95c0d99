//! pcscd, the service that PC/SC readers come through: whether it is installed, started on demand, answers, and lets
//! this account in. It opens no reader. Start at [`reach`].

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use super::{Look, Machine, bytes, read, texts, within};

/// `pcscd --version`: ipcdir, and the name of the socket in it (pcsclite.h).
const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// What polkit asks about a client (pcsc-lite, org.debian.pcsc-lite.policy).
const ACTION: &str = "org.debian.pcsc-lite.access_pcsc";

/// How pcscd met a client's first words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Answers,
    /// Nothing listens there.
    Absent,
    /// The system does not let this account near the socket.
    Forbidden,
    /// It hung up instead of answering, as it does when polkit refuses.
    HungUp,
    /// No answer in time.
    Silent,
}

pub fn installed(machine: &Machine) -> bool {
    program(machine).is_some()
}

fn program(machine: &Machine) -> Option<PathBuf> {
    ["/usr/sbin/pcscd", "/usr/local/sbin/pcscd"].iter().map(|path| machine.at(path)).find(|path| path.is_file())
}

/// Where clients knock.
pub fn socket(machine: &Machine) -> PathBuf {
    machine.pcscd_socket.clone().unwrap_or_else(|| machine.at(SOCKET))
}

/// Says the protocol's version as every client does and waits for the answer.
pub fn reach(machine: &Machine, limit: Duration) -> Reach {
    let path = socket(machine);
    within(limit, move || greet(&path, limit)).unwrap_or(Reach::Silent)
}

/// CMD_VERSION with `version_struct` (winscard_msg.h, protocol 4.4): size, command, major, minor, rv; the answer is the
/// same structure. Any answer will do: what the version is concerns libpcsclite alone.
fn greet(path: &std::path::Path, limit: Duration) -> Reach {
    let talk = || -> std::io::Result<()> {
        let mut stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
        let words: [u32; 5] = [12, 0x11, 4, 4, 0];
        stream.write_all(&words.map(u32::to_ne_bytes).concat())?;
        stream.read_exact(&mut [0; 12])
    };
    match talk().map_err(|fault| fault.kind()) {
        Ok(()) => Reach::Answers,
        Err(ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::NotADirectory) => Reach::Absent,
        Err(ErrorKind::PermissionDenied) => Reach::Forbidden,
        Err(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => Reach::HungUp,
        Err(_) => Reach::Silent,
    }
}

/// Whether systemd runs this computer (sd_booted(3)).
pub fn systemd(machine: &Machine) -> bool {
    machine.at("/run/systemd/system").is_dir()
}

/// Whether `pcscd.socket` starts with the computer.
pub fn socket_enabled(machine: &Machine) -> bool {
    std::fs::symlink_metadata(machine.at("/etc/systemd/system/sockets.target.wants/pcscd.socket")).is_ok()
}

/// Whether this pcscd asks polkit who may come in: built so (2.0.1 and later, where the distribution wants it).
pub fn asks_polkit(machine: &Machine) -> bool {
    let policy = machine.at("/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy").is_file();
    let built = || {
        let program = program(machine).map(|path| bytes(&path)).and_then(Look::found).unwrap_or_default();
        program.windows(ACTION.len()).any(|part| part == ACTION.as_bytes())
    };
    policy || built()
}

/// Where polkit reads its rules (polkit(8)).
const POLKIT_RULES: [&str; 3] = ["/etc/polkit-1/rules.d", "/run/polkit-1/rules.d", "/usr/share/polkit-1/rules.d"];

/// Whether a rule lets the account in: one that speaks of pcscd's action and names it. Hidden where the rules may be
/// read by polkit alone, which is usual.
pub fn polkit_rule(machine: &Machine, account: &str) -> Look<bool> {
    let (texts, hidden) = texts(machine, &POLKIT_RULES, ".rules");
    let named = format!("\"{account}\"");
    if texts.iter().any(|text| text.contains(ACTION) && text.contains(&named)) {
        return Look::Found(true);
    }
    if hidden { Look::Hidden } else { Look::Found(false) }
}

/// The account of the installed service, by its unit's `User=`.
pub fn service_account(machine: &Machine) -> Option<String> {
    let units = ["/etc/systemd/system/issuer.service", "/usr/lib/systemd/system/issuer.service"];
    let unit = units.iter().find_map(|unit| read(&machine.at(unit)).found())?;
    unit.lines().find_map(|line| line.strip_prefix("User=")).map(|user| user.trim().to_owned())
}
