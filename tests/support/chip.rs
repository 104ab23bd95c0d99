//! A judge of card images: MIFARE Classic dumps as libnfc's tools read them, judged by MAD1 (NXP AN10787), and the pages
//! of Type 2 chips, by the chip's specification alone. None of our code takes part. Start at [`judge`], for any chip of
//! the contract, or at [`Image::read`] and [`Image::check`] for a Classic 1K.

use std::path::Path;

/// The transport key of a blank.
pub const TRANSPORT: [u8; 6] = [0xFF; 6];
/// Key A of the directory, as AN10787 has it.
const MAD_KEY: [u8; 6] = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5];
/// What the profile's sectors are read with by every library, and the application it stands under.
const READ_KEY: &[u8] = b"IEUM01";
const AID: u16 = 0x40C1;
/// C1C2C3 = 100 for data, 011 for the trailer: read by A or B, written by B alone (MF1S50, section 8.7).
const ACCESS: [u8; 3] = [0x78, 0x77, 0x88];
/// 010 for data, 011 for the trailer: read by A or B, written by nobody.
const FROZEN: [u8; 3] = [0x87, 0x8F, 0x07];

/// Clones, and what is no chip of ours, with what they are refused by.
pub const UNFIT: [(&str, &str); 8] = [
    ("gen1a", "card-uid-settable"),
    ("gen2", "card-uid-settable"),
    ("fm11rf08s", "card-back-door"),
    ("magic-ntag213", "card-uid-settable"),
    ("desfire", "chip-unsupported"),
    ("phone", "chip-phone"),
    ("felica", "chip-unsupported"),
    ("iso15693", "chip-unsupported"),
];

/// Every chip of the contract.
pub const KINDS: [&str; 7] =
    ["classic-1k", "classic-4k", "ultralight-ev1", "ultralight-ev1-128", "ntag213", "ntag215", "ntag216"];

/// Everything that a finished card of profile `ieum` must be, whatever the chip and under either protection.
#[track_caller]
pub fn judge(chip: &str, protection: &str, image: &[u8], number: &str) {
    match chip {
        "classic-1k" => Image(image.to_vec()).check_under(number, access_under(protection)),
        "classic-4k" => judge_4k(protection, image, number),
        _ => judge_type_2(chip, protection, image, number),
    }
}

fn access_under(protection: &str) -> [u8; 3] {
    if protection == "permanent" { FROZEN } else { ACCESS }
}

#[track_caller]
fn judge_4k(protection: &str, image: &[u8], number: &str) {
    assert_eq!(image.len(), 4096);
    assert_eq!(&image[64..78], number.as_bytes());
    let trailers = (0..32).map(|sector| sector * 4 + 3).chain((0..8).map(|sector| 128 + sector * 16 + 15));
    for block in trailers {
        let trailer = &image[block * 16..][..16];
        assert_eq!(trailer[6..9], access_under(protection), "{protection}, block {block}");
        assert!(trailer[..6] != TRANSPORT && trailer[10..] != TRANSPORT, "{protection}, block {block}");
    }
}

/// The configuration's first page, where AUTH0 stands (MF0ULX1, table 8; NTAG213/215/216, tables 10 to 12).
fn config(chip: &str) -> usize {
    let all = [("ultralight-ev1", 0x10), ("ultralight-ev1-128", 0x25), ("ntag213", 0x29), ("ntag215", 0x83)];
    all.iter().find(|(name, _)| *name == chip).map_or(0xE3, |(_, page)| *page)
}

#[track_caller]
fn judge_type_2(chip: &str, protection: &str, image: &[u8], number: &str) {
    let page = |page: usize| &image[page * 4..page * 4 + 4];
    let compact = chip == "ultralight-ev1";
    // Capability container, tag and length, terminator.
    let (length, read_only) = (if compact { 23 } else { 48 }, if protection == "keyed" { 0x00 } else { 0x0F });
    assert_eq!((&page(3)[..2], page(3)[3]), (&[0xE1, 0x10][..], read_only), "{chip}");
    assert_eq!(image[16..18], [0xFD, length], "{chip}");
    assert_eq!(image[18 + usize::from(length)], 0xFE, "{chip}");
    let said = if compact { compact_number(number) } else { [number.as_bytes(), &[0, 0]].concat() };
    assert!(image[18..].starts_with(&said), "{chip}: {:02X?}", &image[16..40]);
    // AUTH0 02, PROT and AUTHLIM 0, PWD and PACK of this card.
    let config = config(chip);
    assert_eq!(page(config)[3], 0x02, "{chip}");
    assert_eq!(page(config + 1)[0] & 0x87, 0, "{chip}");
    assert!(![[0; 4], [0xFF; 4]].iter().any(|known| page(config + 2) == known), "{chip}");
    assert_ne!(page(config + 3)[..2], [0, 0], "{chip}");
    // Lock and block-locking bits of pages 3 to 15.
    let locks = if protection == "keyed" { [0, 0] } else { [0xFF, 0xFF] };
    assert_eq!(page(2)[2..], locks, "{chip} {protection}");
}

/// The library as BCD, the serial as four bytes.
fn compact_number(number: &str) -> Vec<u8> {
    let bcd = (0..3).map(|at| u8::from_str_radix(&number[at * 2..at * 2 + 2], 16).expect("digits"));
    bcd.chain(number[6..].parse::<u32>().expect("digits").to_be_bytes()).collect()
}

/// 64 blocks of 16 bytes.
pub struct Image(pub Vec<u8>);

impl Image {
    #[track_caller]
    pub fn read(file: &Path) -> Image {
        let bytes = std::fs::read(file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
        assert_eq!(bytes.len(), 1024, "{}", file.display());
        Image(bytes)
    }

    pub fn block(&self, block: usize) -> &[u8] {
        &self.0[block * 16..block * 16 + 16]
    }

    fn trailer(&self, sector: usize) -> &[u8] {
        self.block(sector * 4 + 3)
    }

    /// The number in sector 1, block 4: 14 ASCII digits and two zero bytes.
    pub fn number(&self) -> Option<&str> {
        let (digits, rest) = self.block(4).split_at(14);
        let plain = rest == [0, 0] && digits.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(digits).ok().filter(|_| plain)
    }

    /// How many cards this member had, from the header.
    pub fn sequence(&self) -> u8 {
        self.block(5)[4]
    }

    /// Everything that a finished card must be.
    #[track_caller]
    pub fn check(&self, number: &str) {
        self.check_under(number, ACCESS);
    }

    #[track_caller]
    fn check_under(&self, number: &str, access: [u8; 3]) {
        assert_eq!(self.number(), Some(number));
        let header = self.block(5);
        let crc = u16::from_be_bytes([header[14], header[15]]);
        assert_eq!(crc, crc16(&header[..14]), "header: {header:02X?}");
        let bcd: String = header[5..8].iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(bcd, number[..6], "the header's library");
        assert!(self.block(6).iter().any(|byte| *byte != 0), "no seal");
        self.check_directory();
        for sector in 0..16 {
            let trailer = self.trailer(sector);
            assert_eq!(trailer[6..9], access, "access bytes of sector {sector}");
            let (key_a, key_b) = (&trailer[..6], &trailer[10..]);
            assert_ne!(key_a, TRANSPORT, "key A of sector {sector}");
            assert_ne!(key_b, TRANSPORT, "key B of sector {sector}");
            match sector {
                0 => assert_eq!(key_a, MAD_KEY),
                1 => assert_eq!(key_a, READ_KEY),
                _ => assert!(key_a != MAD_KEY && key_a != READ_KEY, "key A of sector {sector} is a public one"),
            }
            let shared = (0..16).any(|other| other != sector && &self.trailer(other)[10..] == key_b);
            assert!(!shared, "sector {sector} shares its key B");
        }
    }

    /// AN10787, MAD1: CRC over the info byte and the entries, one entry a sector, low byte first; general purpose byte
    /// with "directory present, multi-application, version 1".
    #[track_caller]
    fn check_directory(&self) {
        let directory = [self.block(1), self.block(2)].concat();
        assert_eq!(directory[0], crc8(&directory[1..]), "directory: {directory:02X?}");
        let entry = |sector: usize| u16::from_le_bytes([directory[sector * 2], directory[sector * 2 + 1]]);
        assert_eq!(entry(1), AID);
        assert_eq!(self.trailer(0)[9] & 0xC3, 0xC1, "general purpose byte");
    }

    /// What the factory delivers: transport keys, transport conditions, no data.
    pub fn is_blank(&self) -> bool {
        let conditions = [0xFF, 0x07, 0x80];
        (0..16).all(|sector| {
            let trailer = self.trailer(sector);
            trailer[..6] == TRANSPORT && trailer[10..] == TRANSPORT && trailer[6..9] == conditions
        }) && (1..64).filter(|block| block % 4 != 3).all(|block| self.block(block).iter().all(|byte| *byte == 0))
    }
}

/// CRC-16/CCITT-FALSE: polynomial 1021, start FFFF.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 })
    })
}

/// CRC-8 of the MAD: polynomial 1D, start C7.
fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0xC7, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 != 0 { crc << 1 ^ 0x1D } else { crc << 1 })
    })
}
