//! The scene: what is drawn, in painting order, before anybody says on what. It knows neither PDF nor pixels.

use super::font::Font;
use super::path::Segment;

/// One side of a card, ready to be drawn. Lengths in tenths of a millimetre, y downwards.
#[derive(Clone)]
pub struct Scene {
    pub width: f32,
    pub height: f32,
    /// Dots an inch of the printer that the bar code's modules were made whole for.
    pub dpi: u32,
    pub shapes: Vec<Shape>,
}

/// One thing drawn; a later one covers an earlier one.
#[derive(Clone)]
pub enum Shape {
    Path(Drawing),
    Text(Run),
    Bars(Bars),
}

/// A path, filled or stroked (one of the two).
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    pub segments: Vec<Segment>,
    pub paint: Paint,
    pub colour: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Paint {
    /// Non-zero winding.
    Fill,
    /// A line of this width with butt ends and mitred corners.
    Stroke(f32),
}

/// Glyphs of one font on one baseline.
#[derive(Clone)]
pub struct Run {
    pub font: Font,
    /// Size of the em.
    pub size: f32,
    /// Added after each glyph.
    pub spacing: f32,
    pub x: f32,
    pub baseline: f32,
    pub glyphs: Vec<Glyph>,
    pub colour: Colour,
}

/// A glyph and the character that a reader of the PDF copies out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    pub id: u16,
    pub character: char,
    /// In ems.
    pub advance: f32,
}

/// A bar code in whole printer dots from the upper left corner of the card, at [`Scene::dpi`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    pub left: u32,
    pub top: u32,
    pub height: u32,
    /// Width of a module.
    pub module: u32,
    /// Bar, space, bar … widths in modules; starts and ends with a bar.
    pub widths: Vec<u8>,
    /// The digits that the bars stand for.
    pub digits: String,
    pub colour: Colour,
}

impl Bars {
    /// Left edge and width of each bar, in dots.
    pub fn bars(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut x = self.left;
        self.widths.iter().enumerate().filter_map(move |(at, width)| {
            let (left, wide) = (x, u32::from(*width) * self.module);
            x += wide;
            (at % 2 == 0).then_some((left, wide))
        })
    }

    /// From the first bar's left to the last bar's right edge, in dots.
    pub fn width(&self) -> u32 {
        self.widths.iter().map(|width| u32::from(*width)).sum::<u32>() * self.module
    }
}

/// Red, green, blue; 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);
