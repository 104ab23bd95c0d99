//! A word across a whole card, under its text and bars: what is for practice cannot be taken for a card. Start at [`mark`].

use super::font::FontSet;
use super::scene::{Colour, Run, Scene, Shape};
use super::{file::Layout, precheck};
use crate::plan::messages::Trouble;

/// Red, so that a scanner's light does not see it, and light, so that what lies on it is read.
const COLOUR: Colour = Colour([255, 176, 170]);
/// Of the card's width, and of its height.
const ACROSS: (f32, f32) = (0.9, 0.8);

/// The scene with `word` as large as it fits, in the middle. It is pre-checked again.
pub fn mark(mut scene: Scene, layout: &Layout, fonts: &FontSet, word: &str) -> Result<Scene, Trouble> {
    let stretches = fonts.set(&layout.fonts.bold, word)?;
    let ems: f32 = stretches.iter().flat_map(|(_, glyphs)| glyphs).map(|glyph| glyph.advance).sum();
    let size = (scene.width * ACROSS.0 / ems.max(1.0)).min(scene.height * ACROSS.1);
    let mut x = (scene.width - size * ems) / 2.0;
    // A Hangul syllable stands a little over its baseline's middle.
    let baseline = scene.height / 2.0 + size * 0.36;
    let art = scene.shapes.iter().take_while(|shape| matches!(shape, Shape::Path(_))).count();
    for (font, glyphs) in stretches.into_iter().rev() {
        let wide: f32 = glyphs.iter().map(|glyph| glyph.advance * size).sum();
        scene.shapes.insert(art, Shape::Text(Run { font, size, spacing: 0.0, x, baseline, glyphs, colour: COLOUR }));
        x += wide;
    }
    for shape in &scene.shapes {
        if let Shape::Bars(bars) = shape {
            precheck::check(&scene, bars)?;
        }
    }
    Ok(scene)
}
