//! The kinds of card that can be laid down: the chips that are issued, clones of them, and cards of other makes.
//!
//! Names, file endings, sizes and UID lengths; what a card does stands in the file of its chip. Start at [`Kind`].

use std::str::FromStr;

/// Bytes of a Classic's EEPROM.
pub const MEMORY_1K: usize = 1024;
pub const MEMORY_4K: usize = 4096;
/// Bytes of a page of a Type 2 chip.
pub const PAGE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Classic1k,
    Classic4k,
    /// MF0UL11.
    UltralightEv1,
    /// MF0UL21.
    UltralightEv1Large,
    Ntag213,
    Ntag215,
    Ntag216,
    /// A Classic 1K clone that opens at 40h and 43h without any key.
    Gen1a,
    /// A Classic 1K clone whose block 0 is written like any other.
    Gen2,
    /// Fudan's Classic 1K clone with a key of its own to every sector.
    Fm11rf08s,
    /// An NTAG213 clone whose UID is written like any page.
    MagicNtag213,
    Desfire,
    /// A telephone with card emulation: another UID in every field.
    Phone,
    Felica,
    Iso15693,
}

impl Kind {
    pub const ALL: [Kind; 15] = [
        Kind::Classic1k,
        Kind::Classic4k,
        Kind::UltralightEv1,
        Kind::UltralightEv1Large,
        Kind::Ntag213,
        Kind::Ntag215,
        Kind::Ntag216,
        Kind::Gen1a,
        Kind::Gen2,
        Kind::Fm11rf08s,
        Kind::MagicNtag213,
        Kind::Desfire,
        Kind::Phone,
        Kind::Felica,
        Kind::Iso15693,
    ];

    /// The chips that are bought as blanks.
    pub const BLANKS: [Kind; 7] = [
        Kind::Classic1k,
        Kind::Classic4k,
        Kind::UltralightEv1,
        Kind::UltralightEv1Large,
        Kind::Ntag213,
        Kind::Ntag215,
        Kind::Ntag216,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Classic1k => "classic-1k",
            Kind::Classic4k => "classic-4k",
            Kind::UltralightEv1 => "ultralight-ev1",
            Kind::UltralightEv1Large => "ultralight-ev1-128",
            Kind::Ntag213 => "ntag213",
            Kind::Ntag215 => "ntag215",
            Kind::Ntag216 => "ntag216",
            Kind::Gen1a => "gen1a",
            Kind::Gen2 => "gen2",
            Kind::Fm11rf08s => "fm11rf08s",
            Kind::MagicNtag213 => "magic-ntag213",
            Kind::Desfire => "desfire",
            Kind::Phone => "phone",
            Kind::Felica => "felica",
            Kind::Iso15693 => "iso15693",
        }
    }

    /// Pages of a Type 2 chip, from page 0 on (section 8.5 of both sheets); none for any other.
    pub const fn pages(self) -> u8 {
        match self {
            Kind::UltralightEv1 => 0x14,
            Kind::UltralightEv1Large => 0x29,
            Kind::Ntag213 | Kind::MagicNtag213 => 0x2D,
            Kind::Ntag215 => 0x87,
            Kind::Ntag216 => 0xE7,
            _ => 0,
        }
    }

    /// How its image's file name ends: libnfc's own for Classic, the kind's name for what is no chip that is bought.
    pub fn extension(self) -> &'static str {
        match self {
            Kind::Classic1k | Kind::Classic4k => "mfd",
            _ if Kind::BLANKS.contains(&self) => "bin",
            _ => self.name(),
        }
    }

    /// The kind that an image of this extension and size belongs to: `None` for an extension that is no card's.
    pub fn of_image(extension: &str, size: u64) -> Option<Result<Kind, WrongSize>> {
        let kinds = || Kind::ALL.into_iter().filter(|kind| kind.extension() == extension);
        kinds().next()?;
        let fitting = || kinds().map(Kind::image_size).collect();
        let found = kinds().find(|kind| kind.image_size() as u64 == size);
        Some(found.ok_or_else(|| WrongSize { found: size as usize, fitting: fitting() }))
    }

    /// Bytes of its image; what has no memory that could be read has none.
    pub fn image_size(self) -> usize {
        match self {
            Kind::Classic1k | Kind::Gen1a | Kind::Gen2 | Kind::Fm11rf08s => MEMORY_1K,
            Kind::Classic4k => MEMORY_4K,
            _ => usize::from(self.pages()) * PAGE,
        }
    }

    /// Whether such a card has a UID of so many bytes. FeliCa and ISO 15693 have identifiers of their own; here a
    /// double UID is the name under which they lie on the tray.
    pub fn takes_uid_of(self, length: usize) -> bool {
        match self {
            Kind::Classic1k | Kind::Classic4k | Kind::Gen2 | Kind::Fm11rf08s => length == 4 || length == 7,
            // Gen1a is made with 4 bytes only (proxmark3 doc/magic_cards_notes.md).
            Kind::Gen1a | Kind::Phone => length == 4,
            _ => length == 7,
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// An image that is not a chip's memory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an image of {found} bytes; there are such of {sizes}", sizes = sizes(.fitting))]
pub struct WrongSize {
    pub found: usize,
    /// The sizes of those that it could be.
    pub fitting: Vec<usize>,
}

impl WrongSize {
    /// The sizes that fit, as a text.
    pub fn sizes(&self) -> String {
        sizes(&self.fitting)
    }
}

fn sizes(fitting: &[usize]) -> String {
    fitting.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// A chip that is not simulated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no silicon for {0}; there is: {list}", list = Kind::ALL.map(Kind::name).join(", "))]
pub struct UnknownKind(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unbuilt_chip_is_refused_by_name() {
        let refused = "ntag999".parse::<Kind>().unwrap_err();
        assert!(refused.to_string().starts_with("no silicon for ntag999; there is: classic-1k, classic-4k,"));
    }

    /// Pages as the data sheets count them: MF0UL11 20, MF0UL21 41, NTAG213 45, NTAG215 135, NTAG216 231.
    #[test]
    fn a_file_tells_its_kind_by_ending_and_size() {
        for (extension, size, kind) in [
            ("mfd", 1024, Kind::Classic1k),
            ("mfd", 4096, Kind::Classic4k),
            ("bin", 20 * 4, Kind::UltralightEv1),
            ("bin", 41 * 4, Kind::UltralightEv1Large),
            ("bin", 45 * 4, Kind::Ntag213),
            ("bin", 135 * 4, Kind::Ntag215),
            ("bin", 231 * 4, Kind::Ntag216),
            ("gen2", 1024, Kind::Gen2),
            ("magic-ntag213", 45 * 4, Kind::MagicNtag213),
            ("felica", 0, Kind::Felica),
        ] {
            assert_eq!(Kind::of_image(extension, size), Some(Ok(kind)));
            assert_eq!(kind.name().parse(), Ok(kind));
        }
    }

    /// A dump that was cut off says what its like have.
    #[test]
    fn a_file_of_another_size_says_which_sizes_there_are() {
        let wrong = |extension, size| Kind::of_image(extension, size).unwrap().unwrap_err();
        assert_eq!(wrong("bin", 100), WrongSize { found: 100, fitting: vec![80, 164, 180, 540, 924] });
        assert_eq!(wrong("mfd", 924).to_string(), "an image of 924 bytes; there are such of 1024, 4096");
        assert_eq!(wrong("gen2", 0).fitting, [1024]);
        assert_eq!(Kind::of_image("state", 1024), None);
    }
}
