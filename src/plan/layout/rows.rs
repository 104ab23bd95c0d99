//! The room that a paper's layout gives to its lines, `[rows]`, and setting the lines into it: at full size, else all of them
//! smaller, else an error. It knows nothing of what the lines say. Start at [`Rows::set`].

use serde::Deserialize;

use super::compose::{composed, runs};
use super::file::{Fonts, Weight, colour};
use super::fit::Measured;
use super::font::FontSet;
use super::paper::Row;
use super::path::Segment;
use super::scene::{Colour, Drawing, Paint, Shape};
use super::wrap::wrap;
use crate::plan::messages::Trouble;

/// The longest that a roll is cut to: what is longer is no receipt. Half a metre.
const LONGEST: f32 = 5000.0;
/// What all lines shrink by from one try to the next.
const SHRINK: f32 = 0.97;
/// Ems between what stands left and what stands right on a line.
const GAP: f32 = 0.6;
/// Ems by which a value that has lines of its own is moved in under its label.
const INDENT: f32 = 0.8;
/// From a baseline to the middle of a Hangul syllable, in ems.
const MIDDLE: f32 = 0.36;

/// Lengths in tenths of a millimetre, from the paper's upper left corner.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    pub left: f32,
    pub right: f32,
    /// Where the first line begins.
    pub top: f32,
    /// What stays free under the last line.
    pub bottom: f32,
    /// The paper is cut under its last line; `height` is the shortest it is cut to.
    #[serde(default)]
    pub roll: bool,
    /// The em of the lines, and the smallest that all of them may shrink to together.
    pub size: f32,
    pub least: f32,
    /// From line to line, in ems.
    pub line: f32,
    /// The em of what is set strong, in ems.
    pub strong: f32,
    /// The thickness of rules.
    pub rule: f32,
    #[serde(deserialize_with = "colour")]
    pub colour: Colour,
}

impl Rows {
    pub(super) fn fault(&self, width: f32, height: f32) -> Option<String> {
        let across = 0.0 <= self.left && self.left < self.right && self.right <= width;
        let down = self.top >= 0.0 && self.bottom >= 0.0 && self.top + self.bottom < height;
        if !(across && down) {
            return Some("rows left, right, top and bottom lie on the paper".to_owned());
        }
        if !(self.least > 0.0 && self.least <= self.size && self.size.is_finite()) {
            return Some("rows.size is above 0, and rows.least above 0 and not above rows.size".to_owned());
        }
        let sound = (1.0..=4.0).contains(&self.line) && (1.0..=4.0).contains(&self.strong);
        let sound = sound && self.rule > 0.0 && self.rule <= self.size;
        (!sound)
            .then(|| "rows.line and rows.strong are 1 to 4, and rows.rule above 0 and not above rows.size".to_owned())
    }

    /// The lines drawn, and how long the paper is with them. `receipt-text-too-long`, `receipt-too-long`, and those of
    /// [`FontSet::set`].
    pub(super) fn set(
        &self,
        rows: &[Row],
        layout_fonts: &Fonts,
        fonts: &FontSet,
        height: f32,
    ) -> Result<(Vec<Shape>, f32), Trouble> {
        let mut em = self.size;
        loop {
            let mut pen = Pen { rows: self, layout_fonts, fonts, em, y: self.top, shapes: Vec::new() };
            let drawn = rows.iter().try_for_each(|row| pen.row(row));
            let end = pen.y + self.bottom;
            let most = if self.roll { LONGEST } else { height };
            let refused = match drawn {
                Ok(()) if end <= most => return Ok((pen.shapes, end.max(height))),
                Ok(()) => Trouble::new("receipt-too-long")
                    .with("length", format!("{:.0}", end / 10.0))
                    .with("most", format!("{:.0}", most / 10.0)),
                Err(refused) => refused,
            };
            // A letter that no font has is not there in a smaller size either.
            if em <= self.least || !refused.code.ends_with("too-long") {
                return Err(refused);
            }
            em = (em * SHRINK).max(self.least);
        }
    }
}

fn too_long(text: &str) -> Trouble {
    Trouble::new("receipt-text-too-long").with("text", text).with("characters", text.chars().count())
}

/// Where the next line goes, and what was drawn.
struct Pen<'a> {
    rows: &'a Rows,
    layout_fonts: &'a Fonts,
    fonts: &'a FontSet,
    em: f32,
    y: f32,
    shapes: Vec<Shape>,
}

impl Pen<'_> {
    fn row(&mut self, row: &Row) -> Result<(), Trouble> {
        match row {
            Row::Rule => self.rule(),
            Row::Pair(label, value) => self.pair(label, value, Weight::Regular, self.em)?,
            Row::Strong(label, value) => self.pair(label, value, Weight::Bold, self.em * self.rows.strong)?,
            Row::Heading(text) => self.lines(text, Weight::Bold, 0.0)?,
            Row::Columns(cells) => self.columns(cells, true)?,
            Row::Groups(cells) => self.columns(cells, false)?,
            Row::Sign(label) => self.sign(label)?,
        }
        Ok(())
    }

    fn width(&self) -> f32 {
        self.rows.right - self.rows.left
    }

    /// A line of this em begins here; what it is set on.
    fn next(&mut self, em: f32) -> f32 {
        let pitch = em * self.rows.line;
        self.y += pitch;
        self.y - pitch / 2.0 + em * MIDDLE
    }

    fn measure(&self, text: &str, weight: Weight) -> Result<Measured, Trouble> {
        Measured::new(&composed(text), 0.0, self.layout_fonts.of(weight), self.fonts)
    }

    fn put(&mut self, text: Measured, em: f32, x: f32, baseline: f32) {
        self.shapes.extend(runs(x, text.line(em, baseline), self.rows.colour).into_iter().map(Shape::Text));
    }

    fn line_across(&mut self, left: f32, y: f32) {
        let (right, half) = (self.rows.right, self.rows.rule / 2.0);
        let segments = vec![
            Segment::Move([left, y - half]),
            Segment::Line([right, y - half]),
            Segment::Line([right, y + half]),
            Segment::Line([left, y + half]),
            Segment::Close,
        ];
        self.shapes.push(Shape::Path(Drawing { segments, paint: Paint::Fill, colour: self.rows.colour }));
    }

    fn rule(&mut self) {
        let space = self.em * self.rows.line * 0.35;
        self.line_across(self.rows.left, self.y + space);
        self.y += 2.0 * space;
    }

    /// Label left and value right on one line, else the value on lines of its own under the label.
    fn pair(&mut self, label: &str, value: &str, weight: Weight, em: f32) -> Result<(), Trouble> {
        let (left, right) = (self.measure(label, weight)?, self.measure(value, weight)?);
        if (left.ems + GAP + right.ems) * em <= self.width() {
            let (baseline, x) = (self.next(em), self.rows.right - right.ems * em);
            self.put(left, em, self.rows.left, baseline);
            self.put(right, em, x, baseline);
            return Ok(());
        }
        self.lines(label, weight, 0.0)?;
        self.lines(value, weight, INDENT)
    }

    fn lines(&mut self, text: &str, weight: Weight, indent: f32) -> Result<(), Trouble> {
        let text = composed(text);
        let room = self.width() / self.em - indent;
        let lines = wrap(&text, self.layout_fonts.of(weight), self.fonts, room)?.ok_or_else(|| too_long(&text))?;
        for line in lines {
            let baseline = self.next(self.em);
            self.put(line, self.em, self.rows.left + indent * self.em, baseline);
        }
        Ok(())
    }

    /// Columns of one width. Of figures the first is a label and the others end flush; others begin flush.
    fn columns(&mut self, cells: &[String], figures: bool) -> Result<(), Trouble> {
        let column = self.width() / cells.len().max(1) as f32;
        let baseline = self.next(self.em);
        for (at, cell) in cells.iter().enumerate() {
            let text = self.measure(cell, Weight::Regular)?;
            let wide = text.ems * self.em;
            if wide > column - GAP * self.em {
                return Err(too_long(cell));
            }
            let from = self.rows.left + column * at as f32;
            let x = if figures && at > 0 { from + column - wide } else { from };
            self.put(text, self.em, x, baseline);
        }
        Ok(())
    }

    /// A label and a line to write on, with room above it.
    fn sign(&mut self, label: &str) -> Result<(), Trouble> {
        let text = self.measure(label, Weight::Regular)?;
        let from = self.rows.left + (text.ems + GAP) * self.em;
        // Room for a hand, three centimetres at least of it wide.
        if self.rows.right - from < self.width().min(300.0) {
            return Err(too_long(label));
        }
        self.y += self.em * self.rows.line;
        let baseline = self.next(self.em);
        self.put(text, self.em, self.rows.left, baseline);
        self.line_across(from, baseline + self.em * 0.1);
        Ok(())
    }
}
