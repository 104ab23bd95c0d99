//! Fitting a text into a width: at full size, shrunk to the layout's least, then on two lines, else an error.
//! Widths here are in ems, so that one measurement serves every size.

use super::file::{Text, TwoLines};
use super::font::{Font, FontSet};
use super::scene::Glyph;
use crate::plan::messages::Trouble;

/// One fitted line.
#[derive(Debug, Clone)]
pub struct Line {
    pub size: f32,
    pub spacing: f32,
    pub baseline: f32,
    /// From the first glyph's origin to the last one's end, in tenths of a millimetre.
    pub width: f32,
    pub stretches: Vec<(Font, Vec<Glyph>)>,
}

/// The lines that show `value` no wider than `width`. When even two lines of the least size are too wide:
/// `name-too-long`, `library-too-long` or, for words of the layout itself, `layout-text-too-long`.
pub fn fit(text: &Text, value: &str, names: &[String], fonts: &FontSet, width: f32) -> Result<Vec<Line>, Trouble> {
    let measure = |value: &str| Measured::new(value, text.spacing / text.size, names, fonts);
    let whole = measure(value)?;
    if let Some(size) = size_for(whole.ems, width, text.size, text.least.unwrap_or(text.size)) {
        return Ok(vec![whole.line(size, text.baseline)]);
    }
    let two = text.two_lines.ok_or_else(|| too_long(text, value))?;
    for breaks in [at_spaces(value), after_office(value), between_syllables(value)] {
        let mut best: Option<(f32, [Measured; 2])> = None;
        for (first, second) in breaks {
            let pair = [measure(first)?, measure(second)?];
            let ems = pair[0].ems.max(pair[1].ems);
            if best.as_ref().is_none_or(|(least, _)| ems < *least) {
                best = Some((ems, pair));
            }
        }
        if let Some((ems, pair)) = best
            && let Some(size) = size_for(ems, width, two.size, two.least)
        {
            return Ok(lines(pair, size, &two));
        }
    }
    Err(too_long(text, value))
}

fn lines(pair: [Measured; 2], size: f32, two: &TwoLines) -> Vec<Line> {
    pair.into_iter().zip(two.baselines).map(|(part, baseline)| part.line(size, baseline)).collect()
}

/// The greatest size of `least..=full` at which `ems` are no wider than `width`; down to a hundredth of a millimetre.
fn size_for(ems: f32, width: f32, full: f32, least: f32) -> Option<f32> {
    if ems * full <= width {
        return Some(full);
    }
    let size = (width / ems * 10.0).floor() / 10.0;
    (size >= least).then_some(size)
}

/// A text in glyphs, and how wide it is.
pub(super) struct Measured {
    pub(super) ems: f32,
    /// Letter spacing in ems.
    spacing: f32,
    stretches: Vec<(Font, Vec<Glyph>)>,
}

impl Measured {
    pub(super) fn new(value: &str, spacing: f32, names: &[String], fonts: &FontSet) -> Result<Measured, Trouble> {
        let stretches = fonts.set(names, value)?;
        Ok(Measured::of(stretches, spacing))
    }

    pub(super) fn of(stretches: Vec<(Font, Vec<Glyph>)>, spacing: f32) -> Measured {
        let glyphs = || stretches.iter().flat_map(|(_, glyphs)| glyphs);
        let ems =
            glyphs().map(|glyph| glyph.advance).sum::<f32>() + spacing * glyphs().count().saturating_sub(1) as f32;
        Measured { ems, spacing, stretches }
    }

    pub(super) fn line(self, size: f32, baseline: f32) -> Line {
        Line { size, spacing: self.spacing * size, baseline, width: self.ems * size, stretches: self.stretches }
    }
}

fn at_spaces(value: &str) -> Vec<(&str, &str)> {
    value.match_indices(' ').filter_map(|(at, _)| Some((value.get(..at)?, value.get(at + 1..)?))).collect()
}

/// The one joint that long names of school libraries have: 서울특별시교육청 | 서울시립어린이도서관.
fn after_office(value: &str) -> Vec<(&str, &str)> {
    const OFFICE: &str = "교육청";
    let breaks = value.match_indices(OFFICE).filter_map(|(at, _)| value.split_at_checked(at + OFFICE.len()));
    breaks.filter(|(_, rest)| !rest.is_empty() && !rest.starts_with(' ')).collect()
}

/// Korean may break between syllables, Latin words may not.
fn between_syllables(value: &str) -> Vec<(&str, &str)> {
    let mut breaks = Vec::new();
    let mut previous = ' ';
    for (at, character) in value.char_indices() {
        if ideographic(previous) && ideographic(character) {
            breaks.push(value.split_at(at));
        }
        previous = character;
    }
    breaks
}

pub(super) fn ideographic(c: char) -> bool {
    matches!(c, '가'..='힣' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn too_long(text: &Text, value: &str) -> Trouble {
    let code = match () {
        () if text.value.contains("{name}") => "name-too-long",
        () if text.value.contains("{library}") => "library-too-long",
        () => "layout-text-too-long",
    };
    Trouble::new(code).with("text", value).with("characters", value.chars().count()).with("id", &text.id)
}
