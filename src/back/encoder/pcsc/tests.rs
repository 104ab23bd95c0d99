//! Readers by PC/SC over the model of the ACR122U, pcscd left out: its pseudo-APDUs, and the commands for storage cards as
//! another reader knows them. And lists of readers, from what pcscd and the kernel show.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::{Arc, Mutex};

use pcsc::State;

use super::list::{Ports, Seen, listed};
use super::storage::{Ask, Storage};
use super::*;
use crate::back::encoder::pn532::tests::{blank, expected, job};
use crate::back::encoder::pn532::{Link, Lost};
use crate::back::encoder::{Miss, ReaderState, Stop, identify};
use crate::plan::chip::Protection;
use crate::simulator::acr122u::Acr122u;
use crate::simulator::faults::Passed;
use crate::simulator::field::Field;
use crate::simulator::silicon::{Kind, Silicon};

type Shared = Arc<Mutex<Acr122u<Field>>>;

fn model(cards: Vec<Silicon>, faults: &str) -> Shared {
    let mut field = Field::default();
    cards.into_iter().for_each(|card| field.lay(card));
    let mut reader = Acr122u::new(field);
    reader.faults = faults.parse().unwrap();
    Arc::new(Mutex::new(reader))
}

fn image(reader: &Shared) -> Vec<u8> {
    reader.lock().unwrap().antenna().cards()[0].image().to_vec()
}

fn transmitted(reader: &Shared, apdu: &[u8]) -> Option<Vec<u8>> {
    let mut reader = reader.lock().unwrap();
    let answer = reader.transmit(apdu).unwrap();
    match reader.faults.pass(answer) {
        Passed::Now(answer) => Some(answer),
        Passed::Never => None,
    }
}

/// As pcscd would pass it on.
struct Usb(Shared);

impl Link for Usb {
    fn name(&self) -> &str {
        "usb"
    }

    fn wait(&mut self, _present: bool, _timeout: Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn command(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        if self.0.lock().unwrap().atr().unwrap().is_none() {
            return Err(Lost::NoCard);
        }
        let (code, apdu) = acr122::wrapped(command).unwrap();
        acr122::answer_of(code, &transmitted(&self.0, &apdu).ok_or(Lost::Silent)?)
    }

    fn pace(&self) -> Duration {
        Duration::from_millis(5)
    }
}

#[test]
fn every_chip_is_made_and_proven_on_an_acr122u() {
    for kind in Kind::BLANKS {
        for protection in [Protection::Keyed, Protection::Permanent] {
            let reader = model(vec![blank(kind)], "none");
            job(&mut Pn532::new(Usb(reader.clone())), protection).unwrap();
            assert_eq!(image(&reader), expected(kind, protection).0, "{kind:?} {protection:?}");
        }
    }
}

#[test]
fn the_troubles_of_an_acr122u_have_their_names() {
    let code = |cards, faults| {
        let stop = job(&mut Pn532::new(Usb(model(cards, faults))), Protection::Keyed).unwrap_err();
        stop.trouble.code
    };
    assert_eq!(code(vec![blank(Kind::Classic1k)], "late"), "reader-confused");
    assert_eq!(code(vec![blank(Kind::Classic1k)], "stuck"), "reader-stuck");
    assert_eq!(code(vec![], "none"), "card-removed");
    let other = Silicon::blank(Kind::Classic1k, "047A1C5E".parse().unwrap());
    assert_eq!(code(vec![blank(Kind::Classic1k), other], "none"), "two-cards");
}

fn storage(reader: &Shared, mut said: impl FnMut(&[u8]) -> Option<Vec<u8>> + Send) -> impl Reader {
    let reader = reader.clone();
    Storage::new("storage", move |ask| match ask {
        Ask::Release => Ok(Vec::new()),
        Ask::Activate => reader.lock().unwrap().reset().unwrap().ok_or(Lost::NoCard),
        Ask::Apdu(apdu) => {
            let answer = transmitted(&reader, &apdu).ok_or(Lost::Silent)?;
            Ok(said(&apdu).unwrap_or(answer))
        }
    })
}

#[test]
fn a_storage_card_reader_makes_and_proves_a_classic() {
    for kind in [Kind::Classic1k, Kind::Classic4k] {
        for protection in [Protection::Keyed, Protection::Permanent] {
            let reader = model(vec![blank(kind)], "none");
            let (_, proof) = job(&mut storage(&reader, |_| None), protection).unwrap();
            assert_eq!(proof.let_through(), 0);
            assert_eq!(image(&reader), expected(kind, protection).0, "{kind:?} {protection:?}");
        }
    }
}

/// One answer in two hundred, in fifty, or in ten, has a byte flipped, is cut or has more behind it.
#[test]
fn nothing_is_proven_by_garbled_apdus() {
    let mut proven = [0, 0];
    for (kind, per_mille) in Kind::BLANKS.into_iter().flat_map(|kind| [5, 20, 100].map(|rate| (kind, rate))) {
        for seed in 1..=6 {
            let faults = format!("mutate={per_mille}:{seed}");
            let whole = |reader: &Shared| image(reader) == expected(kind, Protection::Keyed).0;
            let reader = model(vec![blank(kind)], &faults);
            if job(&mut Pn532::new(Usb(reader.clone())), Protection::Keyed).is_ok() {
                proven[0] += 1;
                assert!(whole(&reader), "{kind:?} {faults}");
            }
            let reader = model(vec![blank(kind)], &faults);
            if job(&mut storage(&reader, |_| None), Protection::Keyed).is_ok() {
                proven[1] += 1;
                assert!(whole(&reader), "{kind:?} {faults}, storage");
            }
        }
    }
    assert!(proven.iter().all(|count| *count > 0), "garbled now and then is borne: {proven:?}");
}

#[test]
fn a_storage_card_reader_passes_no_raw_frames() {
    let reader = model(vec![blank(Kind::Ntag213)], "none");
    assert_eq!(identify(&mut storage(&reader, |_| None)).unwrap_err().code, "reader-raw");
}

/// The word for every failure is no refusal when it comes once, nor when the card has changed or gone in between.
#[test]
fn one_word_is_no_refusal() {
    let open = [&[0x60, 7][..], &[0xFF; 6], &[0x5E, 0x31, 0x80, 0x42]].concat();
    let wrong = [&[0x60, 7][..], &[0xA0; 6], &[0x5E, 0x31, 0x80, 0x42]].concat();
    let failed = || Some(vec![0x63, 0x00]);

    let reader = model(vec![blank(Kind::Classic1k)], "none");
    let mut sound = storage(&reader, |_| None);
    sound.select().unwrap();
    assert_eq!(sound.exchange(&wrong), Err(Miss::Refused));

    let mut told = false;
    let mut once = storage(&reader, |apdu| {
        let first = apdu[1] == 0x86 && !std::mem::replace(&mut told, true);
        if first { failed() } else { None }
    });
    once.select().unwrap();
    assert_eq!(once.exchange(&open), Err(Miss::Silent), "the second time it opened");

    for other in [None, Some(Silicon::blank(Kind::Classic1k, "047A1C5E318043".parse().unwrap()))] {
        let reader = model(vec![blank(Kind::Classic1k)], "none");
        let (field, mut tries) = (reader.clone(), 0);
        let mut swapped = storage(&reader, move |apdu| {
            tries += u32::from(apdu[1] == 0x86);
            if apdu[1] == 0x86 && tries == 2 {
                let mut reader = field.lock().unwrap();
                reader.antenna_mut().lift();
                other.iter().for_each(|card| reader.antenna_mut().lay(card.clone()));
            }
            None
        });
        swapped.select().unwrap();
        assert_eq!(swapped.exchange(&wrong), Err(Miss::Silent));
    }
}

/// Any one answer replaced by that word, in the whole job: the card ends as it should, or the job is to be resumed.
#[test]
fn one_failure_anywhere_proves_nothing() {
    let silicon = expected(Kind::Classic1k, Protection::Keyed).0;
    for at in (1..600).step_by(11) {
        let reader = model(vec![blank(Kind::Classic1k)], "none");
        let mut count = 0;
        let mut failing = storage(&reader, |_| {
            count += 1;
            (count == at).then(|| vec![0x63, 0x00])
        });
        match job(&mut failing, Protection::Keyed) {
            Ok((_, proof)) => assert_eq!((image(&reader), proof.let_through()), (silicon.clone(), 0), "{at}"),
            Err(Stop { fate, .. }) => assert_eq!(fate, crate::back::encoder::Fate::Resumable, "{at}"),
        }
    }
}

/// A USB device as sysfs shows it.
fn plug(sysfs: &Path, port: &str, address: u32, driver: Option<&str>) {
    let folder = sysfs.join("bus/usb/devices");
    let interface = folder.join(format!("{port}:1.0"));
    fs::create_dir_all(folder.join(port)).unwrap();
    fs::create_dir_all(&interface).unwrap();
    let numbers = [("busnum", "1"), ("devnum", &address.to_string()), ("bcdDevice", "0214")];
    for (file, text) in numbers.into_iter().chain([("idVendor", "072f"), ("idProduct", "2200")]) {
        fs::write(folder.join(port).join(file), format!("{text}\n")).unwrap();
    }
    if let Some(driver) = driver {
        symlink(format!("../../../drivers/{driver}"), interface.join("driver")).unwrap();
    }
}

fn seen(name: &str, state: State) -> Seen {
    Seen { name: name.to_owned(), state, events: 1 }
}

const FIRST: &str = "ACS ACR122U PICC Interface 00 00";

#[test]
fn a_list_says_how_readers_stand_and_what_is_lacking() {
    let sysfs = tempfile::tempdir().unwrap();
    plug(sysfs.path(), "1-1.2", 7, Some("usbfs"));
    plug(sysfs.path(), "1-1.3", 8, None);
    plug(sysfs.path(), "1-1.4", 9, Some("pn533_usb"));
    let plugged = usb::devices(sysfs.path());
    let ports = Ports::from([(FIRST.to_owned(), (1, Some("usb:1-1.2".to_owned())))]);
    let found = listed(&[seen(FIRST, State::PRESENT | State::INUSE | State::MUTE)], &ports, &plugged);
    let lines: Vec<_> = found
        .iter()
        .map(|line| (line.port.as_deref().unwrap(), line.state, line.trouble.as_ref().map(|trouble| trouble.code)))
        .collect();
    let expected = [
        ("usb:1-1.2", ReaderState::Card, None),
        ("usb:1-1.4", ReaderState::Stuck, Some("reader-kernel")),
        ("usb:1-1.3", ReaderState::Stuck, Some("reader-missed")),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_pcscd_knows_is_not_said_to_be_missed() {
    let sysfs = tempfile::tempdir().unwrap();
    plug(sysfs.path(), "1-1.2", 7, None);
    let plugged = usb::devices(sysfs.path());
    let states = [
        (State::EMPTY, ReaderState::Empty),
        (State::PRESENT | State::EXCLUSIVE, ReaderState::Taken),
        (State::UNAVAILABLE, ReaderState::Gone),
        (State::empty(), ReaderState::Stuck),
    ];
    for (state, expected) in states {
        // Its port is not known yet.
        let found = listed(&[seen(FIRST, state)], &Ports::new(), &plugged);
        assert_eq!(found.iter().map(|line| line.state).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn a_channel_is_bus_and_address() {
    let sysfs = tempfile::tempdir().unwrap();
    plug(sysfs.path(), "1-1.2", 7, None);
    let [device] = &usb::devices(sysfs.path())[..] else { panic!() };
    assert_eq!((device.port.as_str(), device.release), ("usb:1-1.2", 0x0214));
    assert!(device.is_at(0x0020_0107));
    for other in [0x0020_0108, 0x0020_0207, 0x0001_0107] {
        assert!(!device.is_at(other), "{other:X}");
    }
    assert_eq!(usb::devices(Path::new("/nowhere")), []);
}

#[test]
fn work_that_takes_too_long_is_given_up_and_the_next_one_has_a_thread_of_its_own() {
    let (held, release) = std::sync::mpsc::channel::<()>();
    let mut lane = Lane::default();
    let given_up = lane.call(Duration::ZERO, move |_| {
        // Until the test lets it.
        let _ = release.recv();
    });
    assert_eq!(given_up, None);
    assert_eq!(lane.call(Duration::from_secs(5), |_| 7), Some(7));
    drop(held);
}

/// pcscd stopped (kill -STOP), and a page that draws the list twice a second.
#[test]
fn threads_that_hang_are_not_joined_by_more_and_the_lane_serves_again_after_them() {
    let given_up = lane::GivenUp::default();
    let (held, release) = std::sync::mpsc::channel::<()>();
    let release = Arc::new(Mutex::new(release));
    let (mut begun, started) = (0, Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    for _ in 0..50 {
        // A link of its own each time, as jobs have them.
        let (release, started) = (release.clone(), started.clone());
        let done = Lane::new(given_up.clone()).call(Duration::from_millis(1), move |_| {
            started.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let _ = release.lock().unwrap().recv();
        });
        assert_eq!(done, None);
        begun = begun.max(given_up.hanging());
    }
    assert_eq!(begun, 2);
    drop(held);
    while given_up.hanging() > 0 {
        std::thread::yield_now();
    }
    assert!(started.load(std::sync::atomic::Ordering::Relaxed) <= 2);
    assert_eq!(Lane::new(given_up).call(Duration::from_secs(5), |_| 7), Some(7));
}

#[test]
fn all_lists_share_one_thread() {
    let pcsc = Pcsc::new(false);
    let this = |_: &mut lane::Hands| Ok(std::thread::current().id());
    assert_eq!(pcsc.ask(this).unwrap(), pcsc.ask(this).unwrap());
    let (one, other) = (pcsc.given_up_at("a"), pcsc.given_up_at("a"));
    let (_held, release) = std::sync::mpsc::channel::<()>();
    Lane::new(one).call(Duration::ZERO, move |_| release.recv());
    assert_eq!((other.hanging(), pcsc.given_up_at("b").hanging()), (1, 0));
}
