//! Fonts as bytes that somebody else found: which glyph a character has, how wide it is, its outline, a subset.
//!
//! Opens nothing. Does no shaping: scripts whose letters join or stack are refused as missing glyphs, not drawn wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use subsetter::GlyphRemapper;

use super::scene::Glyph;
use crate::plan::messages::Trouble;

/// The bytes of a font file, shared: a mapping of the file or a copy of it.
pub type FontBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// One font file. A clone shares the bytes.
#[derive(Clone)]
pub struct Font {
    /// As layouts name it: `NanumGothicBold`.
    pub name: String,
    bytes: FontBytes,
    pub metrics: FontMetrics,
}

/// What a PDF's font descriptor tells, in font units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FontMetrics {
    pub units_per_em: u16,
    pub ascent: i16,
    pub descent: i16,
    /// x min, y min, x max, y max.
    pub bounds: [i16; 4],
    /// 400 regular, 700 bold.
    pub weight: u16,
}

impl Font {
    /// A TrueType or OpenType font; anything else is `font-unreadable`.
    pub fn new(name: &str, bytes: FontBytes) -> Result<Font, Trouble> {
        let metrics = {
            let font = FontRef::new((*bytes).as_ref()).map_err(|_| unreadable(name))?;
            let metrics = font.metrics(Size::unscaled(), LocationRef::default());
            if metrics.units_per_em == 0 {
                return Err(unreadable(name));
            }
            let bounds = metrics.bounds.map(|b| [b.x_min, b.y_min, b.x_max, b.y_max]).unwrap_or_default();
            FontMetrics {
                units_per_em: metrics.units_per_em,
                ascent: metrics.ascent as i16,
                descent: metrics.descent as i16,
                bounds: bounds.map(|edge| edge as i16),
                weight: font.attributes().weight.value() as u16,
            }
        };
        Ok(Font { name: name.to_owned(), bytes, metrics })
    }

    /// Whether both stand on one copy of the file.
    pub fn shares_bytes(&self, other: &Font) -> bool {
        Arc::ptr_eq(&self.bytes, &other.bytes)
    }

    fn face(&self) -> Result<FontRef<'_>, Trouble> {
        FontRef::new((*self.bytes).as_ref()).map_err(|_| unreadable(&self.name))
    }

    /// The glyph of each character in order, `None` where the font has none.
    pub fn glyphs(&self, text: &str) -> Result<Vec<Option<Glyph>>, Trouble> {
        let face = self.face()?;
        let map = face.charmap();
        let widths = face.glyph_metrics(Size::unscaled(), LocationRef::default());
        let em = f32::from(self.metrics.units_per_em);
        let glyph = |character: char| {
            let id = map.map(character).filter(|id| *id != GlyphId::NOTDEF && !joins(character))?;
            let advance = widths.advance_width(id)? / em;
            Some(Glyph { id: u16::try_from(id.to_u32()).ok()?, character, advance })
        };
        Ok(text.chars().map(glyph).collect())
    }

    /// Draws outlines at `size` units an em, unhinted, y upwards, calling `place` before each glyph.
    pub fn outlines<P: OutlinePen>(
        &self,
        size: f32,
        glyphs: &[Glyph],
        pen: &mut P,
        mut place: impl FnMut(&mut P, usize),
    ) -> Result<(), Trouble> {
        let face = self.face()?;
        let outlines = face.outline_glyphs();
        for (at, glyph) in glyphs.iter().enumerate() {
            place(pen, at);
            if let Some(outline) = outlines.get(GlyphId::new(u32::from(glyph.id))) {
                outline
                    .draw(DrawSettings::unhinted(Size::new(size), LocationRef::default()), pen)
                    .map_err(|_| unreadable(&self.name))?;
            }
        }
        Ok(())
    }

    /// A font file with these glyphs alone (ascending, without 0) and no hinting, and their ids in it.
    pub fn subset(&self, glyphs: &[u16]) -> Result<(Vec<u8>, BTreeMap<u16, u16>), Trouble> {
        let remapper = GlyphRemapper::new_from_glyphs_sorted(glyphs);
        let bytes = subsetter::subset((*self.bytes).as_ref(), 0, &remapper).map_err(|_| unreadable(&self.name))?;
        let bytes = super::unhint::unhint(&bytes).unwrap_or(bytes);
        Ok((bytes, glyphs.iter().filter_map(|old| Some((*old, remapper.get(*old)?))).collect()))
    }
}

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Font({})", self.name)
    }
}

fn unreadable(name: &str) -> Trouble {
    Trouble::new("font-unreadable").with("font", name)
}

/// Characters that stand right only through shaping or from right to left: conjoining jamo, Hebrew, Arabic, the scripts of India and
/// South-East Asia, and combining marks that NFC left over. A font that has them is no reason to draw them wrong.
fn joins(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}')
        || matches!(character, '\u{590}'..='\u{109f}' | '\u{1700}'..='\u{1cff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
        || unicode_normalization::char::is_combining_mark(character)
}

/// The Debian package whose font most likely has a character, `none` where no font helps; the layouts name those of the first two already.
fn package(character: char) -> &'static str {
    match character {
        _ if joins(character) => "none",
        '\u{2e80}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => "fonts-droid-fallback",
        '\u{20000}'..='\u{3ffff}' => "fonts-noto-cjk",
        '\u{80}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}' => "fonts-dejavu-core",
        _ => "fonts-noto-core",
    }
}

/// The fonts of a layout by name.
#[derive(Debug, Clone, Default)]
pub struct FontSet {
    pub fonts: BTreeMap<String, Font>,
}

impl FontSet {
    /// The glyphs of a text, in stretches of one font: all of them from the first of `names` that has all, so that a name is of
    /// one face; where none has, each from the first that has it.
    /// `glyph-missing` names the first character that none has.
    pub fn set(&self, names: &[String], text: &str) -> Result<Vec<(Font, Vec<Glyph>)>, Trouble> {
        let mut found: Vec<(&Font, Vec<Option<Glyph>>)> = Vec::new();
        let mut stretches: Vec<(Font, Vec<Glyph>)> = Vec::new();
        for name in names {
            let font = self.fonts.get(name).ok_or_else(|| Trouble::new("font-unknown").with("font", name))?;
            let glyphs = font.glyphs(text)?;
            if glyphs.iter().all(Option::is_some) {
                let glyphs: Vec<Glyph> = glyphs.into_iter().flatten().collect();
                return Ok(if glyphs.is_empty() { Vec::new() } else { vec![(font.clone(), glyphs)] });
            }
            found.push((font, glyphs));
        }
        for (at, character) in text.chars().enumerate() {
            let glyph = found.iter().find_map(|(font, glyphs)| Some((*font, glyphs.get(at).copied().flatten()?)));
            let (font, glyph) = glyph.ok_or_else(|| {
                Trouble::new("glyph-missing")
                    .with("character", character)
                    .with("code", format!("U+{:04X}", u32::from(character)))
                    .with("fonts", names.join(", "))
                    .with("package", package(character))
            })?;
            match stretches.last_mut() {
                Some((last, glyphs)) if last.name == font.name => glyphs.push(glyph),
                _ => stretches.push((font.clone(), vec![glyph])),
            }
        }
        Ok(stretches)
    }
}
