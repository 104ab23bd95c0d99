//! A judge of card images: MIFARE Classic 1K dumps as libnfc's tools read them, judged by MAD1 (NXP AN10787) and the
//! chip's specification alone. None of our code takes part. Start at [`Image::read`] and [`Image::check`].

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
            assert_eq!(trailer[6..9], ACCESS, "access bytes of sector {sector}");
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
