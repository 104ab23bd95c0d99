//! Breaking a text into as many lines as it takes: between words, else between Korean syllables, else anywhere, so that only a
//! room narrower than a letter is too narrow. Widths are in ems. Start at [`wrap`].

use super::fit::{Measured, ideographic};
use super::font::{Font, FontSet};
use super::scene::Glyph;
use crate::plan::messages::Trouble;

/// The lines of `value` in a room of so many ems, or `None` when a single letter is wider. Errors: those of [`FontSet::set`].
pub fn wrap(value: &str, names: &[String], fonts: &FontSet, room: f32) -> Result<Option<Vec<Measured>>, Trouble> {
    // One choice of fonts for the whole text: a line set anew could come out in another font, and wider.
    let stretches = fonts.set(names, value)?;
    let glyphs: Vec<(&Font, Glyph)> =
        stretches.iter().flat_map(|(font, glyphs)| glyphs.iter().map(move |glyph| (font, *glyph))).collect();
    let mut lines = Vec::new();
    let mut rest = trimmed(&glyphs);
    while !rest.is_empty() {
        let Some(end) = line_end(rest, room) else { return Ok(None) };
        let (line, after) = rest.split_at(end);
        lines.push(Measured::of(stretched(trimmed(line)), 0.0));
        rest = trimmed(after);
    }
    Ok(Some(lines))
}

/// How many glyphs the next line takes; `None` when not even one fits.
fn line_end(glyphs: &[(&Font, Glyph)], room: f32) -> Option<usize> {
    let mut width = 0.0;
    let fits = glyphs.iter().take_while(|(_, glyph)| {
        width += glyph.advance;
        width <= room
    });
    let most = fits.count();
    if most == glyphs.len() || most == 0 {
        return (most > 0).then_some(most);
    }
    let character = |at: usize| glyphs.get(at).map_or(' ', |(_, glyph)| glyph.character);
    let space = (1..=most).rev().find(|at| character(*at) == ' ' || character(*at - 1) == ' ');
    let syllable = (1..=most).rev().find(|at| ideographic(character(*at - 1)) && ideographic(character(*at)));
    // A word goes down whole, unless that would leave a line more than half empty.
    let space_or_syllable = match (space, syllable) {
        (Some(space), Some(syllable)) if space < most.div_ceil(2) => Some(space.max(syllable)),
        (Some(space), _) => Some(space),
        (None, syllable) => syllable,
    };
    Some(space_or_syllable.unwrap_or(most))
}

fn trimmed<'a, 'b>(glyphs: &'b [(&'a Font, Glyph)]) -> &'b [(&'a Font, Glyph)] {
    let blank = |(_, glyph): &(&Font, Glyph)| glyph.character == ' ';
    let from = glyphs.iter().position(|glyph| !blank(glyph)).unwrap_or(glyphs.len());
    let to = glyphs.iter().rposition(|glyph| !blank(glyph)).map_or(from, |last| last + 1);
    glyphs.get(from..to).unwrap_or_default()
}

fn stretched(glyphs: &[(&Font, Glyph)]) -> Vec<(Font, Vec<Glyph>)> {
    let stretches = glyphs.chunk_by(|(one, _), (next, _)| one.name == next.name);
    let stretch = |glyphs: &[(&Font, Glyph)]| {
        let (font, _) = glyphs.first()?;
        Some(((*font).clone(), glyphs.iter().map(|(_, glyph)| *glyph).collect()))
    };
    stretches.filter_map(stretch).collect()
}
