//! `rig simulate`: simulated readers for anyone, as the system's own drivers find real ones, until it is told to end.
//!
//! ACR122U readers at a private pcscd, PN532 boards on pseudo-terminals, and a control socket, all in one folder. What
//! lies on them are the simulated desk's cards, moved by `rig card`: device k is reader k of the rig's tray, where
//! every kind of reader has names of its own. Start at [`Simulate::run`].

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use clap::Args;
use serde_json::{Value, json};

use super::Voice;
use super::folder::{Folder, unusable};
use super::pcscd::{self, FRIENDLY_NAME, Pcscd, VpcdReader};
use super::running::{Line, Rig};
use crate::back::encoder::simulated::trouble;
use crate::desk::{Settings, quoted};
use crate::plan::messages::Trouble;
use crate::simulator::acr122u::Acr122u;
use crate::simulator::faults::Faults;
use crate::simulator::field::Timing;
use crate::simulator::ifd::Bus;
use crate::simulator::pty::{Board, Chip, Model};
use crate::simulator::station::Station;
use crate::simulator::tray::{Tray, reader_names};
use crate::simulator::{control, vpcd};

/// pcscd 1.9 has room for so many; the tray's readers are as many at most.
pub(super) const MOST: usize = 16;

#[derive(Args)]
pub struct Simulate {
    /// ACR122U readers at a pcscd of their own
    #[arg(long, default_value = "1", value_name = "N")]
    readers: String,
    /// PN532 boards on serial lines
    #[arg(long, default_value = "0", value_name = "N")]
    pn532: String,
    /// Readers through the stock vsmartcard-vpcd, at the same pcscd. Whoever connects to vpcd's TCP port on this machine,
    /// under any account, is the card
    #[arg(long, default_value = "0", value_name = "N")]
    vpcd_readers: String,
    /// Those are called Virtual PCD, as plain storage-card readers are that are no ACR122U
    #[arg(long)]
    vpcd_plain: bool,
    /// Be the card of a vpcd that runs already; what lies on reader vpcd is
    #[arg(long, value_name = "HOST:PORT")]
    vpcd: Option<String>,
    /// Sockets and drivers are kept there: a new or an empty folder, which is closed to other accounts; else rig, beside
    /// [simulator] folder
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// none or acr122u; else as in [simulator] timing
    #[arg(long)]
    timing: Option<String>,
    /// A fault of device K, counted from 0, from the start; may be repeated. WORDS: stuck (no answer any more), late (the
    /// answer to the command before), no-escape (the driver passes no raw frames), mutate=N or mutate=N:SEED (N answers
    /// of 1000 garbled), status-bit7 (set in a PN532's status), slow=MS (before each answer), none
    #[arg(long, value_name = "K=WORDS")]
    fault: Vec<String>,
    /// A ready-made ifd.so and udev.so, so that nothing is compiled
    #[arg(long, value_name = "FOLDER")]
    driver: Option<PathBuf>,
}

/// What is simulated, in the order of the tray's readers.
struct Plan {
    readers: usize,
    pn532: usize,
    vpcd_readers: usize,
    vpcd_plain: bool,
    vpcd: Option<SocketAddr>,
    timing: Timing,
    faults: Vec<(usize, Faults)>,
}

impl Plan {
    /// What the tray calls each device.
    fn tray_names(&self) -> Vec<String> {
        let mut names = reader_names(self.readers);
        names.extend((0..self.pn532).map(|number| format!("pn532-{number}")));
        names.extend((0..self.vpcd_readers).map(|number| format!("vpcd-{number}")));
        names.extend(self.vpcd.map(|_| "vpcd".to_owned()));
        names
    }
}

impl Simulate {
    /// Starts everything, tells what there is, and waits for SIGINT, SIGTERM or `quit`.
    ///
    /// # Errors
    /// `rig-taken` for a folder in which another one runs, `rig-needs` for a package that is missing, and what is
    /// wrong with the options.
    pub fn run(self, settings: &Settings, voice: &Voice) -> Result<(), Trouble> {
        let plan = self.plan(settings)?;
        let folder = folder(settings, self.folder.as_deref());
        // Cleared when this returns, and after everything else has ended.
        let held = Folder::take(&folder)?;
        let folder = held.path();
        let (quit, ended) = channel();
        heed_signals(quit.clone())?;
        let rig = start(&plan, settings, folder, self.driver.as_deref(), quit)?;
        let answering = rig.clone();
        let socket = folder.join("control");
        control::serve(&socket, move |line| answering.answer(line)).map_err(|e| unusable(&socket, &e))?;
        tell(&rig.shown(folder), voice);
        // Nothing sent and all senders gone is an end as well.
        let _ = ended.recv();
        rig.end();
        Ok(())
    }

    fn plan(&self, settings: &Settings) -> Result<Plan, Trouble> {
        let (readers, pn532) = (count(&self.readers)?, count(&self.pn532)?);
        let vpcd_readers = count(&self.vpcd_readers)?;
        // vpcd has two slots a reader.
        let devices = readers + pn532 + vpcd_readers + usize::from(self.vpcd.is_some());
        let most = (readers + 2 * vpcd_readers).max(devices);
        if most > MOST {
            return Err(Trouble::new("rig-count").with("text", most).with("most", MOST));
        }
        if devices == 0 {
            return Err(Trouble::new("rig-count").with("text", 0).with("most", MOST));
        }
        let timing = self.timing.as_deref().unwrap_or(settings.simulator.timing.as_str());
        let address = |text: &String| text.parse().map_err(|_| Trouble::new("rig-address").with("text", quoted(text)));
        let fault = |text: &String| -> Result<(usize, Faults), Trouble> {
            let (number, words) = text.split_once('=').unwrap_or_default();
            let parsed: Option<(usize, Faults)> = number.trim().parse().ok().zip(words.parse().ok());
            let (number, words) = parsed.ok_or_else(|| Trouble::new("rig-fault").with("text", quoted(text)))?;
            let board = (readers..readers + pn532).contains(&number);
            if number < devices {
                let fits = words.fit(board).then_some((number, words));
                return fits.ok_or_else(|| Trouble::new("rig-fault-kind").with("text", quoted(text)));
            }
            let known = (0..devices).map(|known| known.to_string()).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "–".to_owned() } else { known };
            Err(Trouble::new("rig-device").with("device", number).with("devices", known))
        };
        Ok(Plan {
            readers,
            pn532,
            vpcd_readers,
            vpcd_plain: self.vpcd_plain,
            vpcd: self.vpcd.as_ref().map(address).transpose()?,
            timing: Timing::parse(timing).ok_or_else(|| Trouble::new("rig-timing").with("text", quoted(timing)))?,
            faults: self.fault.iter().map(fault).collect::<Result<_, _>>()?,
        })
    }
}

/// Where the rig of these settings is.
pub(super) fn folder(settings: &Settings, given: Option<&Path>) -> PathBuf {
    let beside = || settings.simulator.folder.parent().unwrap_or(Path::new(".")).join("rig");
    given.map_or_else(beside, Path::to_owned)
}

fn count(text: &str) -> Result<usize, Trouble> {
    let number = text.trim().parse().ok().filter(|number| *number <= MOST);
    number.ok_or_else(|| Trouble::new("rig-count").with("text", quoted(text)).with("most", MOST))
}

/// The readers of the tray, taken one after the other.
struct Stations<'p> {
    plan: &'p Plan,
    tray: Tray,
    taken: usize,
}

impl Stations<'_> {
    /// The tray's name for the next reader, the place where its cards lie, and its faults.
    fn next(&mut self) -> Result<(String, Station, Faults), Trouble> {
        let name = self.tray.reader_names().get(self.taken).cloned().unwrap_or_default();
        let station = Station::open(&self.tray, &name, self.plan.timing).map_err(trouble)?;
        let faults = self.plan.faults.iter().rfind(|(number, _)| *number == self.taken);
        self.taken += 1;
        Ok((name, station, faults.map(|(_, faults)| faults.clone()).unwrap_or_default()))
    }

    fn reader(&mut self) -> Result<(String, Acr122u<Station>), Trouble> {
        let (name, station, faults) = self.next()?;
        let mut reader = Acr122u::new(station);
        reader.faults = faults;
        Ok((name, reader))
    }
}

/// Everything but the control socket; what was started before a refusal ends with it.
fn start(
    plan: &Plan,
    settings: &Settings,
    folder: &Path,
    driver: Option<&Path>,
    quit: Sender<()>,
) -> Result<Arc<Rig>, Trouble> {
    let tray = Tray::open_named(&settings.simulator.folder, plan.tray_names()).map_err(trouble)?;
    tray.furnish().map_err(trouble)?;
    let mut stations = Stations { plan, tray: tray.clone(), taken: 0 };
    let readers = (0..plan.readers).map(|_| stations.reader()).collect::<Result<_, _>>()?;
    let bus = Bus::open(folder, &tray, readers).map_err(|e| unusable(folder, &e))?;
    let boards = (0..plan.pn532).map(|number| board(&mut stations, folder, number)).collect::<Result<_, _>>()?;
    let serve = |address, (name, reader): (String, Acr122u<Station>)| {
        vpcd::serve(address, tray.clone(), name, reader).map_err(|e| unusable(folder, &e))
    };
    let mut stock = Vec::new();
    for number in 0..plan.vpcd_readers {
        let (name, reader) = stations.reader()?;
        let port = free_ports().map_err(|e| unusable(folder, &e))?;
        serve(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), (name.clone(), reader))?;
        stock.push((name, VpcdReader { name: vpcd_name(plan, number), port }));
    }
    if let Some(address) = plan.vpcd {
        serve(address, stations.reader()?)?;
    }
    let pcscd = if plan.readers + plan.vpcd_readers > 0 {
        let vpcd: Vec<VpcdReader> = stock.iter().map(|(_, reader)| reader.clone()).collect();
        pcscd::build(folder, driver)?;
        Some(Mutex::new(Pcscd::new(folder, &vpcd)?))
    } else {
        None
    };
    let rig = Rig { pcscd, bus, boards, vpcd: stock, tray, quit: Mutex::new(quit) };
    rig.start_pcscd()?;
    Ok(Arc::new(rig))
}

fn board(stations: &mut Stations, folder: &Path, number: usize) -> Result<Line, Trouble> {
    let (tray, station, faults) = stations.next()?;
    let chip: Chip = Arc::new(Mutex::new(Model::new(station, faults)));
    let link = folder.join(format!("pn532-{number}"));
    let board = Board::plug(&link, chip.clone()).map_err(|e| unusable(&link, &e))?;
    Ok(Line { tray, link, chip, board: Mutex::new(Some(board)) })
}

/// Readers of different libraries may get equal names from pcscd.
fn vpcd_name(plan: &Plan, number: usize) -> String {
    match (plan.readers, number) {
        _ if plan.vpcd_plain => format!("Virtual PCD {number}"),
        (0, 0) => FRIENDLY_NAME.to_owned(),
        _ => format!("{FRIENDLY_NAME} vpcd {number}"),
    }
}

/// Two ports in a row that nobody listens at: vpcd takes the second for its second slot.
fn free_ports() -> io::Result<u16> {
    for _ in 0..100 {
        let first = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        let port = first.local_addr()?.port();
        if port < u16::MAX && TcpListener::bind((Ipv4Addr::UNSPECIFIED, port + 1)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// One JSON line, or what to type.
fn tell(shown: &Value, voice: &Voice) {
    let text = if voice.json { format!("{shown}\n") } else { words(shown, voice) };
    let mut out = io::stdout().lock();
    // Whoever closed the pipe does not want to know.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn words(shown: &Value, voice: &Voice) -> String {
    let say = |id: &str| voice.messages.text(voice.lang, id, &[]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut lines = vec![format!("{}  {}", say("rig-folder-is"), text(&shown["folder"]))];
    for reader in list(&shown["pcsc"]["readers"]) {
        lines.push(format!("PC/SC  {}", text(&reader["name"])));
    }
    for board in list(&shown["pn532"]) {
        lines.push(format!("PN532  {}  {}", text(&board["path"]), text(&board["tray"])));
    }
    let ports = list(&shown["pcsc"]["vpcd_ports"]);
    if !ports.is_empty() {
        let ports = ports.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
        lines.push(voice.messages.text(voice.lang, "rig-vpcd-open", &[("ports", ports)]));
    }
    if !shown["pcsc"].is_null() {
        lines.push(format!("\n{}", say("rig-use-pcsc")));
        lines.push(export("PCSCLITE_CSOCK_NAME", &text(&shown["pcsc"]["socket"])));
        lines.push(export("ISSUER__READER__KIND", "pcsc"));
    }
    let boards: Vec<String> = list(&shown["pn532"]).iter().map(|board| text(&board["connstring"])).collect();
    if let Some(first) = boards.first() {
        lines.push(format!("\n{}", say("rig-use-libnfc")));
        // libnfc's own tools take one.
        lines.push(export("LIBNFC_DEVICE", first));
        lines.push(export("ISSUER__READER__KIND", "libnfc"));
        lines.push(export("ISSUER__READER__NAMES", &json!(boards).to_string()));
    }
    lines.push(format!("\n{}", say("rig-how-to-end")));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A line for a shell, whatever is in the value.
fn export(name: &str, value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:".contains(c);
    let value = if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) };
    format!("  export {name}={value}")
}

/// SIGINT, SIGTERM and SIGHUP say `quit`, from now on.
fn heed_signals(quit: Sender<()>) -> Result<(), Trouble> {
    use tokio::signal::unix::{SignalKind, signal};
    let cannot = |e: io::Error| Trouble::new("rig-signals").with("reason", e);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(cannot)?;
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let quit = quit.clone();
        let _entered = runtime.enter();
        let mut signal = signal(kind).map_err(cannot)?;
        runtime.spawn(async move {
            signal.recv().await;
            let _ = quit.send(());
        });
    }
    let run = move || runtime.block_on(std::future::pending::<()>());
    std::thread::Builder::new().name("signals".into()).spawn(run).map_err(cannot)?;
    Ok(())
}
