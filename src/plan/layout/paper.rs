//! A paper of lines, as a receipt is one: heading texts that its layout places, then lines one under the other. It says what it
//! is given and knows no money. Start at [`compose_paper`].

use super::compose::art_and_texts;
use super::file::Layout;
use super::font::FontSet;
use super::scene::Scene;
use crate::plan::messages::Trouble;

/// What a paper shows, in words that are ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub library: String,
    pub title: String,
    pub number: String,
    pub rows: Vec<Row>,
}

/// A line of a paper, or lines that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    Rule,
    /// A label left and a value right; a value too long for that has lines of its own.
    Pair(String, String),
    /// The same, bold and larger.
    Strong(String, String),
    /// Bold, on as many lines as it takes.
    Heading(String),
    /// A label, then figures that end flush, in columns of one width.
    Columns(Vec<String>),
    /// Groups of digits that begin flush, in columns of one width.
    Groups(Vec<String>),
    /// A line to sign on.
    Sign(String),
}

/// The scene of a paper; everything on it was measured to fit. `dpi` is the printer's.
///
/// Errors: `layout-no-rows` (a card's layout), `receipt-text-too-long`, `receipt-too-long`, `glyph-missing`, `font-unknown`,
/// `font-unreadable`.
pub fn compose_paper(layout: &Layout, paper: &Paper, fonts: &FontSet, dpi: u32) -> Result<Scene, Trouble> {
    let rows = layout.rows()?;
    let texts = art_and_texts(layout, fonts, [0.0, layout.width], |key| match key {
        "library" => paper.library.clone(),
        "title" => paper.title.clone(),
        "number" => paper.number.clone(),
        _ => String::new(),
    });
    let mut shapes = texts.map_err(of_a_paper)?;
    let (lines, height) = rows.set(&paper.rows, &layout.fonts, fonts, layout.height)?;
    shapes.extend(lines);
    Ok(Scene { width: layout.width, height, dpi, shapes })
}

/// What [`fit`](super::fit::fit) says of a card, said of a paper.
fn of_a_paper(trouble: Trouble) -> Trouble {
    match trouble.code {
        "library-too-long" | "layout-text-too-long" => Trouble { code: "receipt-text-too-long", ..trouble },
        _ => trouble,
    }
}
