//! The kinds of card that can be laid down: the chips that are issued, clones of them, and cards of other makes.
//!
//! Names, file endings, sizes and UID lengths; what a card does stands in the file of its chip. Start at [`Kind`].

use std::str::FromStr;

use super::classic;
use super::type2_map::Map;

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
    Desfire,
    /// A telephone with card emulation: another UID in every field.
    Phone,
    Felica,
    Iso15693,
}

impl Kind {
    pub const ALL: [Kind; 14] = [
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
            Kind::Desfire => "desfire",
            Kind::Phone => "phone",
            Kind::Felica => "felica",
            Kind::Iso15693 => "iso15693",
        }
    }

    /// The memory map of a Type 2 chip.
    pub fn map(self) -> Option<&'static Map> {
        Map::of(self)
    }

    /// How its image's file name ends: libnfc's own for Classic, the kind's name for what is no such chip.
    pub fn extension(self) -> &'static str {
        match self {
            Kind::Classic1k | Kind::Classic4k => "mfd",
            _ if self.map().is_some() => "bin",
            _ => self.name(),
        }
    }

    /// The kind that an image of this extension and size belongs to.
    pub fn of_image(extension: &str, size: u64) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.extension() == extension && kind.image_size() as u64 == size)
    }

    /// Bytes of its image; what has no memory that could be read has none.
    pub fn image_size(self) -> usize {
        match self {
            Kind::Classic1k | Kind::Gen1a | Kind::Gen2 | Kind::Fm11rf08s => classic::MEMORY_1K,
            Kind::Classic4k => classic::MEMORY_4K,
            _ => self.map().map_or(0, |map| usize::from(map.pages) * 4),
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
            ("felica", 0, Kind::Felica),
        ] {
            assert_eq!(Kind::of_image(extension, size), Some(kind));
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert_eq!(Kind::of_image("mfd", 924), None);
        assert_eq!(Kind::of_image("bin", 1024), None);
    }
}
