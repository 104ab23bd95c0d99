//! The USB bus of a simulated rig: ACR122U readers as `hardware/simulated/ifd.c` asks for them, and the bus on which
//! `hardware/simulated/udev.c` finds them, both over Unix sockets in one folder. Both wires are described there.
//!
//! Unplugging cuts a reader's connections and then tells the bus, as the kernel does. It knows neither pcscd nor what
//! a command means: [`super::acr122u`] does. Every thread ends when the [`Bus`] is dropped. Start at [`Bus::open`].

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::acr122u::Acr122u;
use super::control::listen;
use super::faults::Passed;
use super::state::Laid;
use super::station::Station;
use super::tray::{Tray, TrayError};
use super::watch::Watch;

/// No real machine counts so many USB buses, so that no device of it is taken for ours.
const BUS: u8 = 200;
/// Of the firmware, as `bcdDevice` has it: 2.14.
const VERSION: [u8; 2] = [0x02, 0x14];
/// The longest command or answer; `ifd.c` takes no longer one either.
const LONGEST: usize = 1024;
/// A driver that takes up nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(5);

const DONE: u8 = 0;
const ABSENT: u8 = 1;
const REFUSED: u8 = 2;
const BROKEN: u8 = 3;

/// Sets the PICC operating parameter: whether cards are looked for at all.
const POLLING: [u8; 3] = [0xFF, 0x00, 0x51];

/// The bus and every reader that can be plugged into it, all plugged in at first. Dropping it pulls them all out.
pub struct Bus(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    tray: Tray,
    ports: Vec<Port>,
    listeners: Vec<UnixListener>,
    watchers: Mutex<Vec<UnixStream>>,
    /// Told whenever a driver opens a reader.
    opened: Condvar,
    ended: AtomicBool,
}

/// One place on the bus and the reader that belongs there.
struct Port {
    name: String,
    node: PathBuf,
    reader: Mutex<Reader>,
    plug: Mutex<Plug>,
}

struct Reader {
    model: Acr122u<Station>,
    /// What the driver was told last.
    present: bool,
    /// The driver powered the card down; its next power is a new beginning.
    off: bool,
    /// Another card came in the place of the one before, and the driver was not told yet that this one has gone.
    gap: bool,
}

#[derive(Default)]
struct Plug {
    plugged: bool,
    /// On the bus; every plugging in gives another.
    address: u8,
    commands: Vec<Arc<UnixStream>>,
    events: Vec<Arc<UnixStream>>,
}

impl Bus {
    /// Opens the sockets `usb` and `reader-0`, `reader-1`, … in the folder, each reader lying at the tray under the
    /// name it comes with.
    ///
    /// # Errors
    /// A socket that cannot be made: its path is taken, or longer than 107 bytes.
    pub fn open(folder: &Path, tray: &Tray, readers: Vec<(String, Acr122u<Station>)>) -> io::Result<Bus> {
        let port = |(number, (name, reader))| Port {
            name,
            node: folder.join(format!("reader-{number}")),
            reader: Mutex::new(Reader { model: reader, present: false, off: false, gap: false }),
            plug: Mutex::new(Plug { plugged: true, address: number as u8 + 1, ..Plug::default() }),
        };
        let ports: Vec<Port> = readers.into_iter().enumerate().map(port).collect();
        let mut listeners = vec![listen(&folder.join("usb"))?];
        for port in &ports {
            listeners.push(listen(&port.node)?);
        }
        let inner = Arc::new(Inner {
            folder: folder.to_owned(),
            tray: tray.clone(),
            ports,
            listeners,
            watchers: Mutex::default(),
            opened: Condvar::new(),
            ended: AtomicBool::new(false),
        });
        for number in 0..inner.listeners.len() {
            let inner = inner.clone();
            thread::Builder::new().name("bus".into()).spawn(move || accept(&inner, number))?;
        }
        let watching = inner.clone();
        thread::Builder::new().name("presence".into()).spawn(move || watch(&watching))?;
        Ok(Bus(inner))
    }

    /// How many readers there are, plugged in or not.
    pub fn len(&self) -> usize {
        self.0.ports.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.ports.is_empty()
    }

    pub fn is_plugged(&self, number: usize) -> bool {
        self.0.ports.get(number).is_some_and(|port| lock(&port.plug).plugged)
    }

    /// Pulls a reader out; being out already is no error.
    pub fn unplug(&self, number: usize) {
        let Some(port) = self.0.ports.get(number) else { return };
        let line = {
            let mut plug = lock(&port.plug);
            if !plug.plugged {
                return;
            }
            plug.plugged = false;
            plug.cut();
            port.line("remove", number, &plug)
        };
        self.0.tell(&line);
    }

    /// Plugs a reader in again, under a new address.
    pub fn plug(&self, number: usize) {
        let Some(port) = self.0.ports.get(number) else { return };
        let line = {
            let mut plug = lock(&port.plug);
            if plug.plugged {
                return;
            }
            plug.plugged = true;
            plug.address = plug.address % 127 + 1;
            port.line("add", number, &plug)
        };
        self.0.tell(&line);
    }

    /// Speaks to the reader itself, between two commands.
    pub fn reader<T>(&self, number: usize, speak: impl FnOnce(&mut Acr122u<Station>) -> T) -> Option<T> {
        self.0.ports.get(number).map(|port| speak(&mut lock(&port.reader).model))
    }

    /// Cuts all connections: for after the program that held them has gone.
    pub fn cut(&self) {
        for port in &self.0.ports {
            lock(&port.plug).cut();
        }
        for watcher in lock(&self.0.watchers).drain(..) {
            let _ = watcher.shutdown(Shutdown::Both);
        }
    }

    /// Waits until a driver has opened every reader that is plugged in; `false` after the time.
    pub fn wait_opened(&self, most: Duration) -> bool {
        self.0.ports.iter().all(|port| {
            let waiting = |plug: &mut Plug| plug.plugged && (plug.events.is_empty() || plug.commands.is_empty());
            let waited = self.0.opened.wait_timeout_while(lock(&port.plug), most, waiting);
            !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
        })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Relaxed);
        for listener in &self.0.listeners {
            // Wakes its thread.
            let _ = rustix::net::shutdown(listener, rustix::net::Shutdown::Both);
        }
        self.cut();
        for name in std::iter::once(self.0.folder.join("usb")).chain(self.0.ports.iter().map(|p| p.node.clone())) {
            let _ = std::fs::remove_file(name);
        }
    }
}

impl Plug {
    fn cut(&mut self) {
        for stream in self.commands.drain(..).chain(self.events.drain(..)) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Port {
    fn line(&self, action: &str, number: usize, plug: &Plug) -> String {
        format!("{action} {BUS}-{}:1.0 {BUS} {} {}\n", number + 1, plug.address, self.node.display())
    }

    /// Has the driver ask whether a card lies there.
    fn hint(&self) {
        lock(&self.plug).events.retain(|stream| (&**stream).write_all(b"?").is_ok());
    }
}

impl Inner {
    /// To every pcscd at the bus; one that has gone is forgotten.
    fn tell(&self, line: &str) {
        lock(&self.watchers).retain_mut(|watcher| watcher.write_all(line.as_bytes()).is_ok());
    }
}

/// Listener 0 is the bus, the others are the readers.
fn accept(inner: &Arc<Inner>, number: usize) {
    for stream in inner.listeners[number].incoming() {
        if inner.ended.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let inner = inner.clone();
        let serve = move || match number.checked_sub(1) {
            None => on_bus(&inner, stream),
            Some(port) => on_reader(&inner, port, stream),
        };
        // A connection that gets no thread, or breaks, is closed: the other side sees that.
        let _ = thread::Builder::new().name("reader".into()).spawn(serve);
    }
}

fn on_bus(inner: &Inner, mut stream: UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut word = [0; 5];
    stream.read_exact(&mut word)?;
    match &word {
        b"list\n" => {
            for (number, port) in inner.ports.iter().enumerate() {
                let plug = lock(&port.plug);
                if plug.plugged {
                    stream.write_all(port.line("add", number, &plug).as_bytes())?;
                }
            }
        }
        b"watch" => lock(&inner.watchers).push(stream),
        _ => {}
    }
    Ok(())
}

fn on_reader(inner: &Inner, number: usize, stream: UnixStream) -> io::Result<()> {
    let port = &inner.ports[number];
    let mut role = [0];
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    (&stream).read_exact(&mut role)?;
    stream.set_read_timeout(None)?;
    let stream = Arc::new(stream);
    {
        let mut plug = lock(&port.plug);
        if !plug.plugged {
            return Ok(());
        }
        if role == *b"e" {
            plug.events.push(stream.clone())
        } else {
            plug.commands.push(stream.clone())
        }
        inner.opened.notify_all();
    }
    // Events say nothing back: their end is the driver's. However either ends, nobody is left to be told.
    let _ = if role == *b"e" { (&*stream).read(&mut role).map(drop) } else { commands(inner, port, &stream) };
    let mut plug = lock(&port.plug);
    plug.commands.retain(|kept| !Arc::ptr_eq(kept, &stream));
    plug.events.retain(|kept| !Arc::ptr_eq(kept, &stream));
    Ok(())
}

fn commands(inner: &Inner, port: &Port, mut stream: &UnixStream) -> io::Result<()> {
    loop {
        let mut head = [0; 4];
        stream.read_exact(&mut head)?;
        let [op, sequence, high, low] = head;
        let mut body = vec![0; usize::from(u16::from_be_bytes([high, low]))];
        if body.len() > LONGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        stream.read_exact(&mut body)?;
        // A desk that cannot be read is a reader that breaks down over it.
        let answered = answer(&inner.tray, port, op, &body).unwrap_or(Some((BROKEN, Vec::new())));
        let Some((status, answer)) = answered else { continue };
        let length = (answer.len() as u16).to_be_bytes();
        let frame = [&[status, sequence, length[0], length[1]], answer.as_slice()].concat();
        stream.write_all(&frame)?;
    }
}

type Answer = Option<(u8, Vec<u8>)>;

/// `None`: the driver waits in vain.
fn answer(tray: &Tray, port: &Port, op: u8, body: &[u8]) -> Result<Answer, TrayError> {
    let mut reader = lock(&port.reader);
    let (answer, done) = match op {
        b'I' => return Ok(Some((DONE, vec![BUS, lock(&port.plug).address, VERSION[0], VERSION[1]]))),
        b'P' => {
            let status = if is_present(tray, port, &mut reader)? { DONE } else { ABSENT };
            return Ok(Some((status, Vec::new())));
        }
        b'D' => {
            reader.off = true;
            return Ok(Some((DONE, Vec::new())));
        }
        b'U' | b'R' => {
            let anew = std::mem::take(&mut reader.off) || op == b'R';
            match if anew { reader.model.reset()? } else { reader.model.atr()? } {
                Some(atr) => (atr, DONE),
                None => {
                    reader.gap = true;
                    port.hint();
                    return Ok(Some((ABSENT, Vec::new())));
                }
            }
        }
        b'T' => (reader.model.transmit(body)?, DONE),
        b'E' => match reader.model.escape(body)? {
            Some(answer) => (answer, DONE),
            None => return Ok(Some((REFUSED, Vec::new()))),
        },
        _ => return Ok(Some((BROKEN, Vec::new()))),
    };
    if body.starts_with(&POLLING) {
        port.hint();
    }
    let (passed, takes) = (reader.model.faults.pass(answer), reader.model.faults.slow + reader.model.take_busy());
    drop(reader);
    thread::sleep(takes);
    Ok(match passed {
        Passed::Now(answer) => Some((done, answer)),
        Passed::Never => None,
    })
}

/// Whether a card is found. One that took another's place is found after a look at which there is none.
fn is_present(tray: &Tray, port: &Port, reader: &mut Reader) -> Result<bool, TrayError> {
    let found = reader.model.atr()?.is_some() && !std::mem::take(&mut reader.gap);
    if reader.present && !found && tray.has_card(&port.name)? {
        port.hint();
    }
    reader.present = found;
    Ok(found)
}

/// Has the drivers look when cards come and go.
fn watch(inner: &Inner) {
    let watch = Watch::on(&inner.tray.folder);
    let mut before = Vec::new();
    while !inner.ended.load(Ordering::Relaxed) {
        // A desk that cannot be read now is read again at the next look.
        if let Ok(desk) = inner.tray.desk() {
            let lying = |port: &Port| desk.spot(&port.name).map(|spot| spot.cards.clone()).unwrap_or_default();
            let now: Vec<Vec<Laid>> = inner.ports.iter().map(lying).collect();
            for (number, port) in inner.ports.iter().enumerate() {
                if before.get(number) != now.get(number) {
                    port.hint();
                }
            }
            before = now;
        }
        watch.wait(Duration::from_secs(1));
    }
}

/// What a thread that panicked held is still whole: it is a plain value.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "ifd_tests.rs"]
mod tests;
