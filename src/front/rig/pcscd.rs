//! A pcscd of the rig's own, with our driver and nothing of the machine's: built, started, stopped.
//!
//! The C sources are in the binary and are compiled into the rig's folder, so that nothing is installed. pcscd gets
//! its socket as systemd would give it (socket activation) and ends by itself when the rig's bus has gone. Start at
//! [`Pcscd::start`].

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::folder::{lay, unusable};
use crate::plan::messages::Trouble;

/// The sources of the driver and of the bus, by the names of what is made of them.
const SOURCES: [(&str, &str); 2] = [
    ("ifd", include_str!("../../../hardware/simulated/ifd.c")),
    ("udev", include_str!("../../../hardware/simulated/udev.c")),
];

/// libccid's own file names the reader so; pcscd adds the numbers.
pub(super) const FRIENDLY_NAME: &str = "ACS ACR122U PICC Interface";

/// vpcd as Debian has it.
const VPCD: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// Gives pcscd its own id as LISTEN_PID and the socket, our standard input, as descriptor 3. One that asks polkit (2.0.1
/// and later) would ask it about readers that are none of the machine's.
const ACTIVATE: &str = r#"export PATH="$PATH:/usr/sbin:/sbin"
polkit=
case $(pcscd --version </dev/null) in *polkit*) polkit=--disable-polkit ;; esac
export LISTEN_PID=$$ LISTEN_FDS=1 LD_PRELOAD="$2"
exec pcscd --foreground --config "$1" $polkit 3<&0 </dev/null"#;

/// A pcscd that has been asked to end gets so long; it joins a thread for each reader.
const PATIENCE: Duration = Duration::from_secs(5);

/// Compiles both sources, side by side, into `build` in the rig's folder, or takes them ready-made.
///
/// # Errors
/// `rig-needs` for a program or a package that is missing, `rig-compile` with the compiler's first line.
pub(super) fn build(folder: &Path, ready: Option<&Path>) -> Result<(), Trouble> {
    let into = folder.join("build");
    lay(&into).map_err(|e| unusable(&into, &e))?;
    if let Some(ready) = ready {
        for (name, _) in SOURCES {
            let made = fs::canonicalize(ready.join(format!("{name}.so"))).map_err(|e| unusable(ready, &e))?;
            symlink(made, into.join(format!("{name}.so"))).map_err(|e| unusable(&into, &e))?;
        }
        return Ok(());
    }
    let flags = headers()?;
    let mut compilers = Vec::new();
    for (name, source) in SOURCES {
        let file = into.join(format!("{name}.c"));
        fs::write(&file, source).map_err(|e| unusable(&file, &e))?;
        let compiler = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror"])
            .args(&flags)
            .arg("-o")
            .arg(into.join(format!("{name}.so")))
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        compilers.push(compiler.map_err(|e| missing("cc", "gcc", &e))?);
    }
    for compiler in compilers {
        let ended = compiler.wait_with_output().map_err(|e| missing("cc", "gcc", &e))?;
        if !ended.status.success() {
            return Err(Trouble::new("rig-compile").with("reason", first_line(&ended)));
        }
    }
    Ok(())
}

fn headers() -> Result<Vec<String>, Trouble> {
    let asked = Command::new("pkg-config").args(["--cflags", "libpcsclite"]).stdin(Stdio::null()).output();
    let asked = asked.map_err(|e| missing("pkg-config", "pkg-config", &e))?;
    if !asked.status.success() {
        return Err(Trouble::new("rig-needs").with("what", "ifdhandler.h").with("package", "libpcsclite-dev"));
    }
    Ok(String::from_utf8_lossy(&asked.stdout).split_whitespace().map(str::to_owned).collect())
}

fn missing(program: &str, package: &str, error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::NotFound => Trouble::new("rig-needs").with("what", program).with("package", package),
        _ => Trouble::new("rig-compile").with("reason", format!("{program}: {error}")),
    }
}

fn first_line(ended: &Output) -> String {
    let said = String::from_utf8_lossy(&ended.stderr);
    let error = said.lines().find(|line| line.contains("error")).or(said.lines().next());
    error.unwrap_or_default().trim().to_owned()
}

/// A reader of pcscd's through the stock vpcd: its name there and the port at which its card connects.
#[derive(Debug, Clone)]
pub(super) struct VpcdReader {
    pub name: String,
    pub port: u16,
}

/// Where pcscd finds its drivers and settings, and where clients find it.
#[derive(Debug)]
pub(super) struct Pcscd {
    folder: PathBuf,
    child: Option<Child>,
}

impl Pcscd {
    /// Lays the folders out; nothing runs yet.
    pub fn new(folder: &Path, vpcd: &[VpcdReader]) -> Result<Pcscd, Trouble> {
        let lay_out = || -> io::Result<()> {
            let bundle = folder.join("drivers/ifd-issuer.bundle/Contents");
            // The outer ones first.
            let mut folders: Vec<&Path> = bundle.ancestors().take_while(|outer| *outer != folder).collect();
            folders.reverse();
            folders.into_iter().try_for_each(lay)?;
            [bundle.join("Linux"), folder.join("run"), folder.join("conf")]
                .iter()
                .try_for_each(|folder| lay(folder))?;
            fs::write(bundle.join("Info.plist"), plist())?;
            symlink(folder.join("build/ifd.so"), bundle.join("Linux/ifd.so"))?;
            for (number, reader) in vpcd.iter().enumerate() {
                // Its state is global by slot: every reader needs a library of its own.
                let library = format!("vpcd-{number}.so");
                fs::copy(VPCD, folder.join("drivers").join(&library))?;
                fs::write(folder.join(format!("conf/vpcd-{number}")), vpcd_conf(reader, &library))?;
            }
            Ok(())
        };
        if !vpcd.is_empty() && !Path::new(VPCD).exists() {
            return Err(Trouble::new("rig-needs").with("what", VPCD).with("package", "vsmartcard-vpcd"));
        }
        lay_out().map_err(|e| unusable(folder, &e))?;
        Ok(Pcscd { folder: folder.to_owned(), child: None })
    }

    /// For `PCSCLITE_CSOCK_NAME`.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("pcscd")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("pcscd.log")
    }

    /// The process that runs, if one does.
    pub fn id(&mut self) -> Option<u32> {
        let child = self.child.as_mut()?;
        matches!(child.try_wait(), Ok(None)).then(|| child.id())
    }

    /// Starts it; running already is no error.
    ///
    /// # Errors
    /// `rig-needs` without a pcscd on this machine, `rig-folder` for a socket that cannot be made.
    pub fn start(&mut self) -> Result<(), Trouble> {
        if self.id().is_some() {
            return Ok(());
        }
        let program = std::env::var_os("PATH").unwrap_or_default();
        let mut places: Vec<PathBuf> = std::env::split_paths(&program).collect();
        places.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
        if !places.iter().any(|place| place.join("pcscd").is_file()) {
            return Err(Trouble::new("rig-needs").with("what", "pcscd").with("package", "pcscd"));
        }
        let child = self.spawn().map_err(|e| unusable(&self.socket(), &e))?;
        self.child = Some(child);
        Ok(())
    }

    fn spawn(&self) -> io::Result<Child> {
        let socket = self.socket();
        // One of a pcscd that was killed may lie there.
        let _ = fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket)?;
        // The folder is closed to other accounts, and so are these readers.
        fs::set_permissions(&socket, Permissions::from_mode(0o600))?;
        let log = File::options().create(true).append(true).open(self.log())?;
        // The bus goes by a name without the folder's: the loader parts LD_PRELOAD at spaces.
        // Our own end of the socket is closed when this returns: without pcscd nobody is kept waiting.
        Command::new("sh")
            .args(["-c", ACTIVATE, "sh"])
            .arg(self.folder.join("conf"))
            .arg("./build/udev.so")
            .current_dir(&self.folder)
            .env("ISSUER_RIG", &self.folder)
            .stdin(OwnedFd::from(listener))
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
    }

    /// Asks it to end and waits, at most five seconds; then it is killed. Its socket goes with it.
    pub fn stop(&mut self) {
        self.end(Signal::TERM);
    }

    /// As a crash would end it.
    pub fn kill(&mut self) {
        self.end(Signal::KILL);
    }

    fn end(&mut self, signal: Signal) {
        if let Some(mut child) = self.child.take() {
            if let Some(id) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                // It may have ended already, and has not been waited for: the id is still its own.
                let _ = kill_process(id, signal);
            }
            let began = Instant::now();
            while matches!(child.try_wait(), Ok(None)) {
                if began.elapsed() > PATIENCE {
                    let _ = child.kill();
                }
                thread::sleep(Duration::from_millis(2));
            }
        }
        let _ = fs::remove_file(self.socket());
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn plist() -> String {
    let one = |key: &str, value: &str| format!("<key>{key}</key><string>{value}</string>\n");
    let many = |key: &str, value: &str| format!("<key>{key}</key><array><string>{value}</string></array>\n");
    let keys = [
        one("CFBundleExecutable", "ifd.so"),
        one("CFBundleName", "ISSUERRIG"),
        many("ifdVendorID", "0x072F"),
        many("ifdProductID", "0x2200"),
        many("ifdFriendlyName", FRIENDLY_NAME),
    ];
    format!("<plist version=\"1.0\"><dict>\n{}</dict></plist>\n", keys.concat())
}

/// The library lies in the rig's folder of drivers, which udev.c gives to pcscd for the machine's: pcscd parts its
/// settings at spaces, and stands in a folder of its own by then.
fn vpcd_conf(reader: &VpcdReader, library: &str) -> String {
    let (name, port) = (&reader.name, reader.port);
    format!(
        "FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:{port}\nLIBPATH /usr/lib/pcsc/drivers/{library}\nCHANNELID {port}\n"
    )
}
