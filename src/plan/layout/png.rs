//! A scene as pixels, by tiny-skia, and as a PNG. Bars are whole rectangles without anti-aliasing.

use skrifa::outline::OutlinePen;
use tiny_skia::{FillRule, Mask, Paint as Ink, Path, PathBuilder, Pixmap, PixmapMut, Rect, Stroke, Transform};

use super::UNITS_PER_INCH;
use super::path::Segment;
use super::scene::{Bars, Colour, Drawing, Paint, Run, Scene, Shape};
use crate::plan::messages::Trouble;

/// Width and height in pixels; a part of one counts, as poppler does it.
pub fn size(scene: &Scene, dpi: u32) -> (u32, u32) {
    let pixels = |units: f32| (units * dpi as f32 / UNITS_PER_INCH - 1e-3).ceil().max(1.0) as u32;
    (pixels(scene.width), pixels(scene.height))
}

/// The whole scene. `scene-too-large` beyond what a card at 2400 dpi needs.
pub fn pixels(scene: &Scene, dpi: u32) -> Result<Pixmap, Trouble> {
    band(scene, dpi, 0, size(scene, dpi).1)
}

/// A PNG of the scene; its pixel density is written in, so that it shows at its true size. Cards have few colours:
/// with at most 256 it is an indexed one, a third as large and as fast again.
pub fn png(scene: &Scene, dpi: u32) -> Result<Vec<u8>, Trouble> {
    let map = pixels(scene, dpi)?;
    let trouble = |_| Trouble::new("scene-too-large").with("dpi", dpi);
    let mut bytes = Vec::with_capacity(64 * 1024);
    let mut encoder = ::png::Encoder::new(&mut bytes, map.width(), map.height());
    encoder.set_compression(::png::Compression::Fast);
    encoder.set_filter(::png::Filter::Up);
    let density = (dpi as f32 / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(::png::PixelDimensions { xppu: density, yppu: density, unit: ::png::Unit::Meter }));
    let data = match indexed(map.data()) {
        Some((indices, palette)) => {
            encoder.set_color(::png::ColorType::Indexed);
            encoder.set_palette(palette);
            indices
        }
        None => {
            encoder.set_color(::png::ColorType::Rgb);
            // Every pixel is opaque, so premultiplied is plain.
            map.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
        }
    };
    let mut writer = encoder.write_header().map_err(trouble)?;
    writer.write_image_data(&data).map_err(trouble)?;
    writer.finish().map_err(trouble)?;
    Ok(bytes)
}

/// Each pixel's place in the palette, and the palette (RGB); `None` with more than 256 colours.
fn indexed(rgba: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    const SLOTS: usize = 1024;
    // Open addressing; at most a quarter is ever taken.
    let mut slots: [Option<([u8; 4], u8)>; SLOTS] = [None; SLOTS];
    let mut palette: Vec<u8> = Vec::with_capacity(3 * 256);
    let mut indices = Vec::with_capacity(rgba.len() / 4);
    let mut last = ([0; 4], 0);
    for pixel in rgba.as_chunks::<4>().0 {
        if *pixel != last.0 {
            let mut at = (u32::from_le_bytes(*pixel).wrapping_mul(0x9e37_79b1) >> 22) as usize;
            last = loop {
                match slots[at] {
                    Some(known) if known.0 == *pixel => break known,
                    Some(_) => at = (at + 1) % SLOTS,
                    None => {
                        let index = u8::try_from(palette.len() / 3).ok()?;
                        palette.extend(&pixel[..3]);
                        break *slots[at].insert((*pixel, index));
                    }
                }
            };
        }
        indices.push(last.1);
    }
    Some((indices, palette))
}

/// `height` pixel rows from `top`.
pub fn band(scene: &Scene, dpi: u32, top: u32, height: u32) -> Result<Pixmap, Trouble> {
    let (width, _) = size(scene, dpi);
    let map = Pixmap::new(width, height).filter(|_| dpi <= 2400);
    let mut map = map.ok_or_else(|| Trouble::new("scene-too-large").with("dpi", dpi))?;
    map.fill(tiny_skia::Color::WHITE);
    let scale = dpi as f32 / UNITS_PER_INCH;
    let view = Transform::from_scale(scale, scale).post_translate(0.0, -(top as f32));
    for shape in &scene.shapes {
        match shape {
            Shape::Path(drawing) => draw(&mut map.as_mut(), drawing, view),
            Shape::Text(run) => write(&mut map.as_mut(), run, scale, top, height)?,
            Shape::Bars(bars) => rule(&mut map.as_mut(), bars, dpi as f32 / scene.dpi as f32, top),
        }
    }
    Ok(map)
}

const NO_MASK: Option<&Mask> = None;

fn ink(Colour([red, green, blue]): Colour, anti_alias: bool) -> Ink<'static> {
    let mut ink = Ink { anti_alias, ..Ink::default() };
    ink.set_color_rgba8(red, green, blue, 255);
    ink
}

fn draw(map: &mut PixmapMut, drawing: &Drawing, view: Transform) {
    let mut ink = ink(drawing.colour, true);
    if drawing.paint == Paint::Fill
        && let Some(rectangles) = rectangles(&drawing.segments, view)
    {
        // Crisp edges on whole pixels, and many times faster.
        ink.anti_alias = false;
        rectangles.into_iter().for_each(|rectangle| map.fill_rect(rectangle, &ink, Transform::identity(), NO_MASK));
        return;
    }
    let Some(path) = outline(&drawing.segments) else { return };
    match drawing.paint {
        Paint::Fill => map.fill_path(&path, &ink, FillRule::Winding, view, NO_MASK),
        Paint::Stroke(width) => {
            map.stroke_path(&path, &ink, &Stroke { width, miter_limit: 10.0, ..Stroke::default() }, view, NO_MASK);
        }
    }
}

/// The rectangles that a path consists of, in pixels, when it is nothing but upright, closed ones.
fn rectangles(segments: &[Segment], view: Transform) -> Option<Vec<Rect>> {
    let corners = |ring: &[Segment]| match *ring {
        [Segment::Move(a), Segment::Line(b), Segment::Line(c), Segment::Line(d), Segment::Close] => Some([a, b, c, d]),
        _ => None,
    };
    let rectangle = |ring: &[Segment]| {
        let [[left, top], b, [right, bottom], d] = corners(ring)?;
        let upright = [b, d] == [[right, top], [left, bottom]] || [b, d] == [[left, bottom], [right, top]];
        let rect = Rect::from_ltrb(left.min(right), top.min(bottom), left.max(right), top.max(bottom))?;
        rect.transform(view).filter(|_| upright)
    };
    let rings = segments.chunks(5);
    rings.map(rectangle).collect()
}

fn outline(segments: &[Segment]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for segment in segments {
        match *segment {
            Segment::Move([x, y]) => path.move_to(x, y),
            Segment::Line([x, y]) => path.line_to(x, y),
            Segment::Curve([ax, ay], [bx, by], [x, y]) => path.cubic_to(ax, ay, bx, by, x, y),
            Segment::Close => path.close(),
        }
    }
    path.finish()
}

fn write(map: &mut PixmapMut, run: &Run, scale: f32, top: u32, height: u32) -> Result<(), Trouble> {
    // Whole rows for baselines and quarters of a pixel across, as poppler's glyph cache has it.
    let (size, baseline) = (run.size * scale, (run.baseline * scale).floor() - top as f32);
    // No glyph reaches more than an em and a half from its baseline.
    if baseline + 1.5 * size < 0.0 || baseline - 1.5 * size > height as f32 {
        return Ok(());
    }
    let mut pen = Pen { path: PathBuilder::new(), x: 0.0, y: baseline };
    let mut x = run.x;
    run.font.outlines(size, &run.glyphs, &mut pen, |pen, at| {
        pen.x = (x * scale * 4.0).floor() / 4.0;
        x += run.glyphs.get(at).map_or(0.0, |glyph| glyph.advance * run.size + run.spacing);
    })?;
    if let Some(path) = pen.path.finish() {
        map.fill_path(&path, &ink(run.colour, true), FillRule::Winding, Transform::identity(), NO_MASK);
    }
    Ok(())
}

struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, self.y - y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, self.y - y);
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, self.y - cy, self.x + x, self.y - y);
    }
    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x + ax, self.y - ay, self.x + bx, self.y - by, self.x + x, self.y - y);
    }
    fn close(&mut self) {
        self.path.close();
    }
}

/// At the printer's own resolution `zoom` is 1 and every edge falls between two pixels.
fn rule(map: &mut PixmapMut, bars: &Bars, zoom: f32, top: u32) {
    let whole = zoom.fract() == 0.0;
    for (left, width) in bars.bars() {
        let rect = Rect::from_xywh(
            left as f32 * zoom,
            bars.top as f32 * zoom - top as f32,
            width as f32 * zoom,
            bars.height as f32 * zoom,
        );
        if let Some(rect) = rect {
            map.fill_rect(rect, &ink(bars.colour, !whole), Transform::identity(), NO_MASK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(count: u32) -> Vec<u8> {
        (0..count).flat_map(|at| [at as u8, (at >> 8) as u8, 7, 255]).collect()
    }

    #[test]
    fn every_pixel_finds_its_colour_in_the_palette() {
        let mut rgba = colours(256);
        rgba.extend(colours(200));
        let (indices, palette) = indexed(&rgba).unwrap();
        for (index, pixel) in indices.iter().zip(rgba.chunks(4)) {
            assert_eq!(palette[usize::from(*index) * 3..][..3], pixel[..3]);
        }
    }

    #[test]
    fn more_colours_than_a_palette_holds_are_told() {
        assert_eq!(indexed(&colours(257)), None);
    }
}
