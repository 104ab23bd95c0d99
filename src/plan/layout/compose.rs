//! A layout and a face become a scene. Everything that could make the print wrong is refused here, before a chip is
//! touched: names that do not fit, characters without a glyph, a bar code that would not scan.

use unicode_normalization::UnicodeNormalization;

use super::file::{Anchor, Barcode, Layout, Place, Symbology, Text, Weight};
use super::fit::{self, Line};
use super::font::FontSet;
use super::scene::{Bars, Run, Scene, Shape};
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
/// Errors: `name-too-long`, `library-too-long`, `layout-text-too-long`, `glyph-missing`, `font-unknown`,
/// `font-unreadable`, `barcode-too-narrow` and those of [`precheck::check`].
pub fn compose(layout: &Layout, face: &Face, fonts: &FontSet, dpi: u32) -> Result<Scene, Trouble> {
    let bars = bars(&layout.barcode, &face.number, dpi)?;
    let mut shapes: Vec<Shape> = layout.art.iter().cloned().map(Shape::Path).collect();
    let mut placed = Vec::new();
    for text in &layout.texts {
        let block = place(text, layout, face, fonts, &bars, dpi, &placed)?;
        shapes.extend(block.runs.iter().cloned().map(Shape::Text));
        placed.push(block);
    }
    shapes.push(Shape::Bars(bars.clone()));
    let scene = Scene { width: layout.width, height: layout.height, dpi, shapes };
    precheck::check(&scene, &bars)?;
    Ok(scene)
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
    layout: &Layout,
    face: &Face,
    fonts: &FontSet,
    bars: &Bars,
    dpi: u32,
    placed: &[Block],
) -> Result<Block<'a>, Trouble> {
    let unit = |dots: u32| dots as f32 * super::UNITS_PER_INCH / dpi as f32;
    let (bars_left, bars_right) = (unit(bars.left), unit(bars.left + bars.width()));
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
    let names = match text.weight {
        Weight::Regular => &layout.fonts.regular,
        Weight::Bold => &layout.fonts.bold,
    };
    let lines = fit::fit(text, &filled(&text.value, face), names, fonts, width)?;
    let widest = lines.iter().map(|line| line.width).fold(0.0, f32::max);
    let start = |width: f32| match text.anchor {
        Anchor::Left => x,
        Anchor::Middle => x - width / 2.0,
        Anchor::Right => x - width,
    };
    let left = start(widest);
    let runs = lines.into_iter().flat_map(|line| runs(start(line.width), line, text)).collect();
    Ok(Block { id: &text.id, left, right: left + widest, runs })
}

fn runs(mut x: f32, line: Line, text: &Text) -> Vec<Run> {
    let mut runs = Vec::new();
    for (font, glyphs) in line.stretches {
        let advance: f32 = glyphs.iter().map(|glyph| glyph.advance * line.size + line.spacing).sum();
        runs.push(Run {
            font,
            size: line.size,
            spacing: line.spacing,
            x,
            baseline: line.baseline,
            glyphs,
            colour: text.colour,
        });
        x += advance;
    }
    runs
}

fn filled(value: &str, face: &Face) -> String {
    let nfc = |text: &str| text.trim().nfc().collect::<String>();
    // Names first and once: what stands in braces in a name is not filled in.
    let mut filled = String::new();
    let mut rest = value;
    while let Some((before, from)) = rest.split_once('{') {
        let (key, after) = from.split_once('}').unwrap_or((from, ""));
        filled.push_str(before);
        match key {
            "name" => filled.push_str(&nfc(face.name)),
            "library" => filled.push_str(&nfc(face.library_name)),
            "number" => filled.push_str(&face.number.grouped()),
            _ => {}
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}
