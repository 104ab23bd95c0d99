//! A chip profile: what stands where on a card, which key reads it, how it is locked, and whether a chip has room for it.
//! Start at [`Profile`]; its file is read in `file.rs`.

mod file;

#[cfg(test)]
pub(super) use file::tests;

use super::classic::{self, access::Conditions};
use super::{ChipKind, Family};
use crate::plan::messages::Trouble;

/// How firmly a card is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// Nothing is written without this site's keys; the site may write again.
    Keyed,
    /// Nothing is written ever again.
    Permanent,
}

kebab!(Protection { Keyed = "keyed", Permanent = "permanent" });

/// Where key A of the sectors with fields comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadKey {
    /// Known to every library; not a secret.
    Public([u8; 6]),
    /// One of this site, the same on all its cards.
    Site,
    /// Another one on every card.
    Diversified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldContent {
    Number,
    Header,
    Seal,
}

kebab!(FieldContent { Number = "number", Header = "header", Seal = "seal" });

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Ascii,
    Bcd,
    Binary,
}

/// One field: on a Classic one block of 16 bytes, on a Type 2 chip some pages of four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub content: FieldContent,
    pub encoding: Encoding,
    /// On a Classic; `None`: the profile is for other chips.
    pub block: Option<Block>,
    /// The first page on a Type 2 chip; `None`: in the TLV, or the profile is for other chips.
    pub page: Option<u8>,
}

/// A block of a Classic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// From 1 on: sector 0 belongs to the directory.
    pub sector: u8,
    /// Within the sector; never its last, the trailer.
    pub block: u8,
}

impl Block {
    /// The block's number on the card.
    pub fn address(self) -> u8 {
        classic::first_block(self.sector) + self.block
    }
}

impl Field {
    /// Bytes that it takes on a Type 2 chip: whole pages.
    pub fn bytes(&self) -> usize {
        if self.encoding == Encoding::Bcd { 8 } else { 16 }
    }
}

/// How the fields stand on a Type 2 chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// One behind the other in a proprietary TLV from page 4 on, behind a capability container and before a terminator
    /// (NFC Forum Type 2 Tag, sections 2.3 and 2.4).
    Tlv,
    /// Each at its own page and nothing else.
    Bare,
}

/// A profile that is sound in itself and fits every chip it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub layout: u8,
    pub chips: Vec<ChipKind>,
    /// Application id in a Classic's directory; `None`: no directory is written.
    pub aid: Option<u16>,
    pub read_key: ReadKey,
    /// The weakest with which a card may leave.
    pub protection: Protection,
    /// Of every Classic sector under [`Protection::Permanent`].
    pub permanent: Conditions,
    pub pages: Pages,
    pub fields: Vec<Field>,
}

impl Profile {
    /// Whether this chip is meant and has room: else `profile-fit`.
    pub fn fits(&self, kind: ChipKind) -> Result<(), Trouble> {
        let room = match kind.family() {
            Family::Classic => self.fields.iter().all(|field| field.block.is_some_and(|at| self.has_room(kind, at))),
            Family::Type2 => self.fits_pages(kind),
        };
        if room && self.chips.contains(&kind) {
            return Ok(());
        }
        Err(Trouble::new("profile-fit").with("profile", &self.name).with("chip", kind.name()))
    }

    /// Whether the block is this chip's and neither its directory's nor a trailer.
    fn has_room(&self, kind: ChipKind, at: Block) -> bool {
        at.sector < kind.sectors() && at.block + 1 < classic::blocks(at.sector) && at.sector != classic::mad::SECOND
    }

    fn fits_pages(&self, kind: ChipKind) -> bool {
        let room = usize::from(kind.user_pages()) * 4;
        match self.pages {
            Pages::Tlv if self.is_compact(kind) => true,
            // Tag and length, the fields, the terminator.
            Pages::Tlv => 3 + self.fields.iter().map(Field::bytes).sum::<usize>() <= room,
            Pages::Bare => self.fields.iter().all(|field| {
                field.page.is_some_and(|page| page >= 4 && usize::from(page - 4) * 4 + field.bytes() <= room)
            }),
        }
    }

    /// Whether all fields together take the compact form on this chip; fewer stand plainly where there is room.
    pub fn is_compact(&self, kind: ChipKind) -> bool {
        kind.is_compact() && self.pages == Pages::Tlv && self.fields.len() == FieldContent::ALL.len()
    }

    pub fn field(&self, content: FieldContent) -> Option<&Field> {
        self.fields.iter().find(|field| field.content == content)
    }

    /// Whether a sector of a Classic holds a field.
    pub fn uses(&self, sector: u8) -> bool {
        self.fields.iter().any(|field| field.block.is_some_and(|at| at.sector == sector))
    }
}
