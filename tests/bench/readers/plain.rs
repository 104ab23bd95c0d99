//! An issuer as most programs are: PC/SC storage-card commands (part 3 of PC/SC, ACR122U API 2.04, chapter 5), one block at
//! a time, the key loaded and the block authenticated before each of them. Writes all blocks of a Classic 1K, reads each
//! back, then the trailers, then reads the whole card once more. No proof that what is locked stays so. Start at [`issue`].

use std::ffi::CString;
use std::time::{Duration, Instant};

use pcsc::{Card, Context, Disposition, Error, Protocols, Scope, ShareMode};

const FACTORY: [u8; 6] = [0xFF; 6];
const KEY_A: [u8; 6] = *b"IEUM01";
const KEY_B: [u8; 6] = [0xB0, 1, 2, 3, 4, 5];
/// Read by A or B, written by B alone.
const ACCESS: [u8; 4] = [0x78, 0x77, 0x88, 0x00];

pub struct Done {
    /// Until everything was written and read back.
    pub written: Duration,
    /// And until all of it was read once more.
    pub whole: Duration,
    pub writing: u32,
    pub commands: u32,
}

struct Plain {
    card: Card,
    commands: u32,
}

/// Panics where the card does not do as a blank does.
pub fn issue(reader: &str) -> Done {
    let began = Instant::now();
    let context = Context::establish(Scope::User).expect("pcscd");
    let name = CString::new(reader).expect("a name");
    let mut plain = Plain { card: connect(&context, &name), commands: 0 };
    for block in (1..64).filter(|block| block % 4 != 3) {
        let data: [u8; 16] = std::array::from_fn(|at| block ^ at as u8);
        plain.write(block, &FACTORY, &data);
        assert_eq!(plain.read(block, &FACTORY, 0x60), data);
    }
    for block in (3..64).step_by(4) {
        let trailer = [&KEY_A[..], &ACCESS, &KEY_B].concat();
        plain.write(block, &FACTORY, trailer.as_slice().try_into().expect("16 bytes"));
        assert_eq!(plain.read(block, &KEY_B, 0x61)[6..10], ACCESS);
    }
    let (written, writing) = (began.elapsed(), plain.commands);
    for block in 0..64 {
        plain.read(block, &KEY_B, 0x61);
    }
    let (whole, commands) = (began.elapsed(), plain.commands);
    let _ = plain.card.disconnect(Disposition::LeaveCard);
    Done { written, whole, writing, commands }
}

/// The card was laid down a moment ago: pcscd may not have told yet.
fn connect(context: &Context, name: &CString) -> Card {
    let began = Instant::now();
    loop {
        match context.connect(name, ShareMode::Shared, Protocols::ANY) {
            Ok(card) => return card,
            Err(Error::NoSmartcard | Error::SharingViolation) if began.elapsed() < Duration::from_secs(5) => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => panic!("{error}"),
        }
    }
}

impl Plain {
    fn send(&mut self, apdu: &[u8]) -> Vec<u8> {
        self.commands += 1;
        let mut buffer = [0; 64];
        let answer = self.card.transmit(apdu, &mut buffer).expect("an answer");
        let data = answer.strip_suffix(&[0x90, 0x00]).unwrap_or_else(|| panic!("{apdu:02X?}: {answer:02X?}"));
        data.to_vec()
    }

    fn authenticate(&mut self, block: u8, key: &[u8; 6], kind: u8) {
        self.send(&[&[0xFF, 0x82, 0x00, 0x00, 0x06][..], key].concat());
        self.send(&[0xFF, 0x86, 0x00, 0x00, 0x05, 0x01, 0x00, block, kind, 0x00]);
    }

    fn write(&mut self, block: u8, key: &[u8; 6], data: &[u8; 16]) {
        self.authenticate(block, key, 0x60);
        self.send(&[&[0xFF, 0xD6, 0x00, block, 0x10][..], data].concat());
    }

    /// Read back in the session in which it was written, unless that was a trailer.
    fn read(&mut self, block: u8, key: &[u8; 6], kind: u8) -> Vec<u8> {
        if kind == 0x61 {
            self.authenticate(block, key, kind);
        }
        self.send(&[0xFF, 0xB0, 0x00, block, 0x10])
    }
}
