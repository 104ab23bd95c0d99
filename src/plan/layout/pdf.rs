//! A scene as a one-page PDF, by printpdf with subset fonts. The same scene always gives the same bytes: no dates, no
//! random identifier. Text can be copied out; nothing of the member stands in the document's properties.

use std::collections::BTreeMap;

use printpdf::{
    Codepoint, Color, FontId, FontMetrics as Extent, Line, LinePoint, Op, PaintMode, ParsedFont, PdfDocument, PdfFont,
    PdfFontHandle, PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rect, Rgb, TextItem, TextMatrix,
    WindingOrder,
};

use super::font::Font;
use super::path::Segment;
use super::scene::{Bars, Colour, Drawing, Paint, Run, Scene, Shape};
use super::{POINTS_PER_UNIT, UNITS_PER_INCH};
use crate::plan::messages::Trouble;

/// Poppler and printers' rasterisers paint every pixel that a shape touches: edges this far inside (points) keep a bar
/// from bleeding into the next dot through rounding, and no dot is lost.
const INSET: f32 = 0.01;

/// The PDF of a scene; the page is exactly as large as the card. `font-unreadable` when a font cannot be cut down.
pub fn pdf(scene: &Scene) -> Result<Vec<u8>, Trouble> {
    let mut document = PdfDocument::new("issuer");
    document.metadata.info.producer = "issuer".to_owned();
    let fonts = embed(scene, &mut document)?;
    let mut ops = Vec::with_capacity(128);
    for shape in &scene.shapes {
        match shape {
            Shape::Path(drawing) => draw(&mut ops, drawing, scene),
            Shape::Text(run) => write(&mut ops, run, scene, &fonts),
            Shape::Bars(bars) => rule(&mut ops, bars, scene),
        }
    }
    let page = Rect::from_wh(Pt(points(scene.width)), Pt(points(scene.height)));
    document.pages.push(PdfPage { media_box: page.clone(), trim_box: page.clone(), crop_box: page, ops });
    Ok(bytes(&document))
}

fn bytes(document: &PdfDocument) -> Vec<u8> {
    let mut warnings = Vec::new();
    let mut raw = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    // Both are optional; one is random, the other would say 1970.
    raw.trailer.remove(b"ID");
    for object in raw.objects.values_mut() {
        if let Ok(dictionary) = object.as_dict_mut() {
            dictionary.remove(b"CreationDate");
            dictionary.remove(b"ModDate");
        }
    }
    raw.compress();
    let mut bytes = Vec::with_capacity(16 * 1024);
    // Writing into memory cannot fail.
    let _ = raw.save_to(&mut bytes);
    bytes
}

fn points(units: f32) -> f32 {
    thousandths(units * POINTS_PER_UNIT)
}

/// Shorter numbers in the file; a thousandth of a point is 1/240 of a dot at 300 dpi.
fn thousandths(points: f32) -> f32 {
    (points * 1000.0).round() / 1000.0
}

fn colour(Colour([red, green, blue]): Colour) -> Color {
    let part = |channel: u8| thousandths(f32::from(channel) / 255.0);
    Color::Rgb(Rgb::new(part(red), part(green), part(blue), None))
}

fn point(scene: &Scene, [x, y]: [f32; 2], bezier: bool) -> LinePoint {
    LinePoint { p: Point { x: Pt(points(x)), y: Pt(points(scene.height - y)) }, bezier }
}

fn draw(ops: &mut Vec<Op>, drawing: &Drawing, scene: &Scene) {
    let mut rings: Vec<Vec<LinePoint>> = Vec::new();
    let mut closed = Vec::new();
    for segment in &drawing.segments {
        if let Segment::Move(_) = segment {
            rings.push(Vec::new());
            closed.push(false);
        }
        let (Some(ring), Some(is_closed)) = (rings.last_mut(), closed.last_mut()) else { continue };
        match *segment {
            Segment::Move(p) | Segment::Line(p) => ring.push(point(scene, p, false)),
            Segment::Curve(a, b, p) => {
                ring.extend([point(scene, a, true), point(scene, b, true), point(scene, p, false)]);
            }
            Segment::Close => *is_closed = true,
        }
    }
    match drawing.paint {
        Paint::Fill => {
            ops.push(Op::SetFillColor { col: colour(drawing.colour) });
            ops.push(Op::DrawPolygon { polygon: polygon(rings) });
        }
        Paint::Stroke(width) => {
            ops.push(Op::SetOutlineColor { col: colour(drawing.colour) });
            ops.push(Op::SetOutlineThickness { pt: Pt(points(width)) });
            ops.extend(
                rings
                    .into_iter()
                    .zip(closed)
                    .map(|(points, is_closed)| Op::DrawLine { line: Line { points, is_closed } }),
            );
        }
    }
}

fn polygon(rings: Vec<Vec<LinePoint>>) -> Polygon {
    Polygon {
        rings: rings.into_iter().map(|points| PolygonRing { points }).collect(),
        mode: PaintMode::Fill,
        winding_order: WindingOrder::NonZero,
    }
}

/// All bars as one path.
fn rule(ops: &mut Vec<Op>, bars: &Bars, scene: &Scene) {
    let dot = UNITS_PER_INCH / scene.dpi as f32 * POINTS_PER_UNIT;
    let page = scene.height * POINTS_PER_UNIT;
    let (top, bottom) = (page - bars.top as f32 * dot - INSET, page - (bars.top + bars.height) as f32 * dot + INSET);
    let corner =
        |x: f32, y: f32| LinePoint { p: Point { x: Pt(thousandths(x)), y: Pt(thousandths(y)) }, bezier: false };
    let rings = bars.bars().map(|(left, width)| {
        let (left, right) = (left as f32 * dot + INSET, (left + width) as f32 * dot - INSET);
        vec![corner(left, bottom), corner(right, bottom), corner(right, top), corner(left, top)]
    });
    let polygon = polygon(rings.collect());
    ops.push(Op::SetFillColor { col: colour(bars.colour) });
    ops.push(Op::DrawPolygon { polygon });
}

/// The resource of a font and its glyphs' ids in the subset.
type Embedded = BTreeMap<String, (FontId, BTreeMap<u16, u16>)>;

/// Glyphs in use by id: the character and the advance in ems.
type Used = BTreeMap<u16, (char, f32)>;

fn embed(scene: &Scene, document: &mut PdfDocument) -> Result<Embedded, Trouble> {
    let mut used: BTreeMap<&str, (&Font, Used)> = BTreeMap::new();
    for shape in &scene.shapes {
        let Shape::Text(run) = shape else { continue };
        let (_, glyphs) = used.entry(&run.font.name).or_insert_with(|| (&run.font, BTreeMap::new()));
        glyphs.extend(run.glyphs.iter().map(|glyph| (glyph.id, (glyph.character, glyph.advance))));
    }
    let mut embedded = BTreeMap::new();
    for (at, (name, (font, glyphs))) in used.into_iter().enumerate() {
        let (parsed, ids) = parsed(font, &glyphs)?;
        let id = FontId(format!("F{at}"));
        document.resources.fonts.map.insert(id.clone(), PdfFont::new(parsed));
        embedded.insert(name.to_owned(), (id, ids));
    }
    Ok(embedded)
}

fn parsed(font: &Font, glyphs: &Used) -> Result<(ParsedFont, BTreeMap<u16, u16>), Trouble> {
    let old: Vec<u16> = glyphs.keys().copied().collect();
    let (bytes, ids) = font.subset(&old)?;
    let metrics = font.metrics;
    let em = f32::from(metrics.units_per_em);
    let (mut characters, mut widths) = (BTreeMap::new(), BTreeMap::new());
    for (old, (character, advance)) in glyphs {
        if let Some(new) = ids.get(old) {
            characters.insert(u32::from(*character), *new);
            widths.insert(*new, (advance * em).round() as u16);
        }
    }
    let extent = Extent { ascent: metrics.ascent, descent: metrics.descent };
    let name = format!("{}+{}", subset_tag(&old), font.name);
    let mut parsed =
        ParsedFont::with_glyph_data(bytes, 0, Some(name), characters, widths, metrics.units_per_em, extent);
    [
        parsed.pdf_font_metrics.x_min,
        parsed.pdf_font_metrics.y_min,
        parsed.pdf_font_metrics.x_max,
        parsed.pdf_font_metrics.y_max,
    ] = metrics.bounds;
    parsed.pdf_font_metrics.us_weight_class = metrics.weight;
    Ok((parsed, ids))
}

/// Six capitals that differ between subsets (ISO 32000-1, 9.6.4): printers keep fonts by name from one job to the next.
fn subset_tag(glyphs: &[u16]) -> String {
    let hash =
        glyphs.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, id| (hash ^ u64::from(*id)).wrapping_mul(0x100_0000_01b3));
    (0..6).map(|at| char::from(b'A' + ((hash >> (at * 9)) % 26) as u8)).collect()
}

fn write(ops: &mut Vec<Op>, run: &Run, scene: &Scene, fonts: &Embedded) {
    let Some((id, ids)) = fonts.get(&run.font.name) else { return };
    let glyphs = run
        .glyphs
        .iter()
        .filter_map(|glyph| Some(Codepoint::with_cid(*ids.get(&glyph.id)?, 0.0, glyph.character.to_string())));
    ops.extend([
        Op::StartTextSection,
        Op::SetFillColor { col: colour(run.colour) },
        Op::SetFont { font: PdfFontHandle::External(id.clone()), size: Pt(points(run.size)) },
        Op::SetCharacterSpacing { multiplier: points(run.spacing) },
        Op::SetTextMatrix { matrix: TextMatrix::Translate(Pt(points(run.x)), Pt(points(scene.height - run.baseline))) },
        Op::ShowText { items: vec![TextItem::GlyphIds(glyphs.collect())] },
        Op::EndTextSection,
    ]);
}
