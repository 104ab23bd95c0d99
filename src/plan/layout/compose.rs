//! A layout and a face become a scene. Everything that could make the print wrong is refused here, before a chip is
//! touched: names that do not fit, characters without a glyph, a bar code that would not scan.

use unicode_normalization::UnicodeNormalization;

use super::file::{Anchor, Barcode, Layout, Place, Symbology, Text};
use super::fit::{self, Line};
use super::font::FontSet;
use super::scene::{Bars, Colour, Run, Scene, Shape};
use super::{barcode, precheck};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// What a card shows of its member.
#[derive(Debug, Clone, Copy)]
pub struct Face<'a> {
    pub name: &'a str,
    pub number: MemberNumber,
    pub library_name: &'a str,
}

/// The scene of a card for a printer of `dpi` dots an inch, pre-checked.
///
/// Errors: `layout-no-barcode`, `name-too-long`, `library-too-long`, `layout-text-too-long`, `glyph-missing`, `font-unknown`,
/// `font-unreadable`, `barcode-too-narrow` and those of [`precheck::check`].
pub fn compose(layout: &Layout, face: &Face, fonts: &FontSet, dpi: u32) -> Result<Scene, Trouble> {
    let bars = bars(layout.barcode()?, &face.number, dpi)?;
    let unit = |dots: u32| dots as f32 * super::UNITS_PER_INCH / dpi as f32;
    let edges = [unit(bars.left), unit(bars.left + bars.width())];
    let mut shapes = art_and_texts(layout, fonts, edges, |key| match key {
        "name" => face.name.to_owned(),
        "library" => face.library_name.to_owned(),
        "number" => face.number.grouped(),
        _ => String::new(),
    })?;
    shapes.push(Shape::Bars(bars.clone()));
    let scene = Scene { width: layout.width, height: layout.height, dpi, shapes };
    precheck::check(&scene, &bars)?;
    Ok(scene)
}

/// What a layout holds besides its body: art, then texts, in which `word` says what stands in braces. `edges` of the bar code.
pub(super) fn art_and_texts(
    layout: &Layout,
    fonts: &FontSet,
    edges: [f32; 2],
    word: impl Fn(&str) -> String,
) -> Result<Vec<Shape>, Trouble> {
    let mut shapes: Vec<Shape> = layout.art.iter().cloned().map(Shape::Path).collect();
    let mut placed = Vec::new();
    for text in &layout.texts {
        let block = place(text, filled(&text.value, &word), layout, fonts, edges, &placed)?;
        shapes.extend(block.runs.iter().cloned().map(Shape::Text));
        placed.push(block);
    }
    Ok(shapes)
}

/// The widest whole-dot bars for the room that the layout gives, in its middle.
fn bars(room: &Barcode, number: &MemberNumber, dpi: u32) -> Result<Bars, Trouble> {
    let Symbology::Code128C = room.symbology;
    let widths = barcode::encode(number)?;
    let module = barcode::module_dots(&widths, room.width, dpi)?;
    let dots = |units: f32| units * dpi as f32 / super::UNITS_PER_INCH;
    let mut bars = Bars {
        left: 0,
        top: dots(room.top).round() as u32,
        height: dots(room.height).round() as u32,
        module,
        widths,
        digits: number.to_string(),
        colour: room.colour,
    };
    bars.left = (dots(room.left + room.width / 2.0) - bars.width() as f32 / 2.0).round() as u32;
    Ok(bars)
}

/// A placed text: its runs, and where it begins and ends.
struct Block<'a> {
    id: &'a str,
    left: f32,
    right: f32,
    runs: Vec<Run>,
}

fn place<'a>(
    text: &'a Text,
    value: String,
    layout: &Layout,
    fonts: &FontSet,
    [bars_left, bars_right]: [f32; 2],
    placed: &[Block],
) -> Result<Block<'a>, Trouble> {
    let x = match (text.x, text.anchor) {
        (Place::At(x), _) => x,
        (Place::Bars, Anchor::Left) => bars_left,
        (Place::Bars, Anchor::Middle) => (bars_left + bars_right) / 2.0,
        (Place::Bars, Anchor::Right) => bars_right,
    };
    let mut width = text.width.unwrap_or(bars_right - bars_left);
    if let Some(neighbour) = text.beside.as_ref().and_then(|id| placed.iter().find(|block| block.id == id)) {
        width = match text.anchor {
            Anchor::Right => width.min(x - neighbour.right - text.gap),
            _ => width.min(neighbour.left - x - text.gap),
        };
    }
    let lines = fit::fit(text, &value, layout.fonts.of(text.weight), fonts, width)?;
    let widest = lines.iter().map(|line| line.width).fold(0.0, f32::max);
    let start = |width: f32| match text.anchor {
        Anchor::Left => x,
        Anchor::Middle => x - width / 2.0,
        Anchor::Right => x - width,
    };
    let left = start(widest);
    let runs = lines.into_iter().flat_map(|line| runs(start(line.width), line, text.colour)).collect();
    Ok(Block { id: &text.id, left, right: left + widest, runs })
}

/// A line from `x` on, a run for each stretch of one font.
pub(super) fn runs(mut x: f32, line: Line, colour: Colour) -> Vec<Run> {
    let mut runs = Vec::new();
    for (font, glyphs) in line.stretches {
        let advance: f32 = glyphs.iter().map(|glyph| glyph.advance * line.size + line.spacing).sum();
        runs.push(Run { font, size: line.size, spacing: line.spacing, x, baseline: line.baseline, glyphs, colour });
        x += advance;
    }
    runs
}

fn filled(value: &str, word: impl Fn(&str) -> String) -> String {
    // Names first and once: what stands in braces in a name is not filled in.
    let mut filled = String::new();
    let mut rest = value;
    while let Some((before, from)) = rest.split_once('{') {
        let (key, after) = from.split_once('}').unwrap_or((from, ""));
        filled.push_str(before);
        filled.push_str(&composed(&word(key)));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// As fonts have it: a decomposed syllable is one character.
pub(super) fn composed(text: &str) -> String {
    text.trim().nfc().collect()
}
