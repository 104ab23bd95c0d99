//! The bus and its readers as `udev.c` and `ifd.c` speak to them, without either.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::super::field::Timing;
use super::super::kind::Kind;
use super::super::station::Station;
use super::super::tray::Tray;
use super::*;

fn bus(folder: &Path, readers: usize) -> (Bus, Tray) {
    let tray = Tray::open(folder.join("tray"), readers).unwrap();
    let reader = |name: &String| (name.clone(), Acr122u::new(Station::open(&tray, name, Timing::None).unwrap()));
    let readers = tray.reader_names().iter().map(reader).collect();
    (Bus::open(folder, &tray, readers).unwrap(), tray)
}

/// A connection on which this has been said; it waits for no answer without end.
fn connect(path: &Path, first: &[u8]) -> UnixStream {
    let mut stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(first).unwrap();
    stream
}

fn ask(stream: &mut UnixStream, op: u8, sequence: u8, body: &[u8]) -> (u8, Vec<u8>) {
    stream.write_all(&[&[op, sequence, 0, body.len() as u8], body].concat()).unwrap();
    let mut head = [0; 4];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(head[1], sequence);
    let mut answer = vec![0; usize::from(u16::from_be_bytes([head[2], head[3]]))];
    stream.read_exact(&mut answer).unwrap();
    (head[0], answer)
}

fn listed(folder: &Path) -> Vec<String> {
    BufReader::new(connect(&folder.join("usb"), b"list\n")).lines().map_while(Result::ok).collect()
}

#[test]
fn the_bus_lists_what_is_plugged_in_and_tells_of_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (bus, _) = bus(folder.path(), 2);
    let line = |address: u8| format!("add 200-2:1.0 200 {address} {}/reader-1", folder.path().display());
    assert_eq!(listed(folder.path())[1], line(2));
    let mut told = BufReader::new(connect(&folder.path().join("usb"), b"watch\n")).lines().map_while(Result::ok);
    // Connections are taken in their order: a list that is answered has the watch before it.
    assert_eq!(listed(folder.path()).len(), 2);
    while lock(&bus.0.watchers).is_empty() {
        thread::yield_now();
    }
    bus.unplug(1);
    assert_eq!(told.next().unwrap(), line(2).replace("add", "remove"));
    assert_eq!(listed(folder.path()).len(), 1);
    bus.plug(1);
    assert_eq!(told.next().unwrap(), line(3));
    drop(bus);
    assert_eq!(told.next(), None, "a bus that has gone is heard of");
}

#[test]
fn an_unplugged_reader_cuts_its_driver_off() {
    let folder = tempfile::tempdir().unwrap();
    let (bus, _) = bus(folder.path(), 1);
    let mut commands = connect(&folder.path().join("reader-0"), b"c");
    assert_eq!(ask(&mut commands, b'I', 1, &[]), (DONE, vec![200, 1, 2, 0x14]));
    bus.unplug(0);
    assert_eq!(commands.read(&mut [0]).unwrap(), 0);
    let mut refused = connect(&folder.path().join("reader-0"), b"c");
    assert_eq!(refused.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn a_card_is_hinted_at_found_powered_and_spoken_to() {
    let folder = tempfile::tempdir().unwrap();
    let (bus, tray) = bus(folder.path(), 1);
    let (name, node) = (tray.reader_names()[0].clone(), folder.path().join("reader-0"));
    let mut commands = connect(&node, b"c");
    let mut events = connect(&node, b"e");
    assert!(bus.wait_opened(Duration::from_secs(10)));
    assert_eq!(ask(&mut commands, b'P', 1, &[]).0, ABSENT);
    let uid = tray.swap(&name, Kind::Classic1k).unwrap();
    events.read_exact(&mut [0]).unwrap();
    assert_eq!(ask(&mut commands, b'P', 2, &[]).0, DONE);
    assert_eq!(ask(&mut commands, b'U', 3, &[]).1[..2], [0x3B, 0x8F]);
    let (_, answer) = ask(&mut commands, b'T', 4, &[0xFF, 0xCA, 0, 0, 0]);
    assert_eq!(answer, [uid.bytes(), &[0x90, 0x00][..]].concat());
    // One that takes its place is found after a look at which there is none, and the driver is told to look again.
    tray.swap(&name, Kind::Classic1k).unwrap();
    assert_eq!(ask(&mut commands, b'P', 5, &[]).0, ABSENT);
    events.read_exact(&mut [0]).unwrap();
    assert_eq!(ask(&mut commands, b'P', 6, &[]).0, DONE);
}

#[test]
fn faults_are_the_links_refused_stuck_and_sound_again() {
    let folder = tempfile::tempdir().unwrap();
    let (bus, _) = bus(folder.path(), 1);
    let mut commands = connect(&folder.path().join("reader-0"), b"c");
    let firmware = [0xFF, 0x00, 0x48, 0x00, 0x00];
    bus.reader(0, |reader| reader.faults.replace("no-escape".parse().unwrap()));
    assert_eq!(ask(&mut commands, b'E', 1, &firmware), (REFUSED, Vec::new()));
    bus.reader(0, |reader| reader.faults.replace("stuck".parse().unwrap()));
    commands.write_all(&[&[b'E', 2, 0, 5], &firmware[..]].concat()).unwrap();
    // No answer to that one: the next to come is of the next question.
    assert_eq!(ask(&mut commands, b'P', 3, &[]).0, ABSENT);
    bus.reader(0, |reader| reader.faults.replace("none".parse().unwrap()));
    assert!(ask(&mut commands, b'E', 4, &firmware).1.starts_with(b"ACR122U"));
}
