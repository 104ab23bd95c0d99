//! The layout file: TOML, every key explained in `templates/layouts/ieum-card.toml`, those of a paper in `receipt.toml`. Reads and
//! checks; draws nothing.

use serde::Deserialize;

use super::path::{self, Placing};
use super::rows::Rows;
use super::scene::{Colour, Drawing, Paint};
use crate::plan::messages::Trouble;

/// A checked layout of one card side or paper. Lengths in tenths of a millimetre.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    pub name: String,
    pub width: f32,
    pub height: f32,
    pub fonts: Fonts,
    /// The layout whose art is drawn instead of this one's; resolved by whoever reads files, with [`Layout::take_art`].
    pub art_of: Option<String>,
    pub art: Vec<Drawing>,
    pub body: Body,
    pub texts: Vec<Text>,
}

/// What a layout is of.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A card or sticker: a member's name and bar code.
    Card(Barcode),
    /// A paper of lines: a receipt.
    Paper(Rows),
}

/// Font file names without ending; the first is used, the others are asked for characters that it lacks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fonts {
    pub regular: Vec<String>,
    pub bold: Vec<String>,
    /// Asked after those, where they are installed: letters that few names have.
    #[serde(default)]
    pub regular_if_installed: Vec<String>,
    #[serde(default)]
    pub bold_if_installed: Vec<String>,
}

impl Fonts {
    pub fn of(&self, weight: Weight) -> &[String] {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Takes those of the optional fonts that are there; the others stay where they are, for the doctor to name.
    pub fn take_installed(&mut self, is_there: impl Fn(&str) -> bool) {
        for (chain, optional) in
            [(&mut self.regular, &mut self.regular_if_installed), (&mut self.bold, &mut self.bold_if_installed)]
        {
            chain.extend(optional.extract_if(.., |name| is_there(name)));
        }
    }

    /// Asks these too, after all others.
    pub fn take_further(&mut self, names: &[String]) {
        for chain in [&mut self.regular, &mut self.bold] {
            let further: Vec<String> = names.iter().filter(|name| !chain.contains(name)).cloned().collect();
            chain.extend(further);
        }
    }
}

/// Where the bar code stands, its quiet zones included.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Barcode {
    pub symbology: Symbology,
    pub left: f32,
    pub width: f32,
    pub top: f32,
    pub height: f32,
    #[serde(deserialize_with = "colour")]
    pub colour: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Symbology {
    #[serde(rename = "code128-c")]
    Code128C,
}

/// One text and how it is fitted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub id: String,
    /// On a card with `{name}`, `{number}`, `{library}` for what is the member's; on a paper with `{title}`, `{number}`, `{library}`.
    pub value: String,
    #[serde(default)]
    pub weight: Weight,
    #[serde(deserialize_with = "colour")]
    pub colour: Colour,
    pub x: Place,
    #[serde(default)]
    pub anchor: Anchor,
    pub baseline: f32,
    pub size: f32,
    /// One line may shrink to this; the full size when absent.
    pub least: Option<f32>,
    #[serde(default)]
    pub spacing: f32,
    /// The widest it may be; that of the bars when absent. On a paper it must be given.
    pub width: Option<f32>,
    /// The id of a text earlier in the file that this one must not run into.
    pub beside: Option<String>,
    #[serde(default)]
    pub gap: f32,
    pub two_lines: Option<TwoLines>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwoLines {
    pub baselines: [f32; 2],
    pub size: f32,
    pub least: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    #[default]
    Regular,
    Bold,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    #[default]
    Left,
    Middle,
    Right,
}

/// A distance from the card's left edge, or the word `bars`: flush with the bar code, whatever its module came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    At(f32),
    Bars,
}

impl Layout {
    /// Reads a layout file. `layout-file` names the layout and what is wrong with it, with the line where there is one.
    pub fn parse(name: &str, text: &str) -> Result<Layout, Trouble> {
        let trouble = |why: String| Trouble::new("layout-file").with("layout", name).with("why", why);
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| text.get(..span.start).unwrap_or("").lines().count().max(1));
            trouble(format!("line {line}: {}", error.message()))
        })?;
        let art = file
            .art
            .iter()
            .enumerate()
            .map(|(at, art)| art.drawing().map_err(|why| trouble(format!("art {} ({}): {why}", at + 1, art.note))));
        let body = match (file.barcode, file.rows) {
            (Some(bars), None) => Body::Card(bars),
            (None, Some(rows)) => Body::Paper(rows),
            _ => return Err(trouble("a card has a [barcode], a receipt has [rows]".to_owned())),
        };
        let layout = Layout {
            name: name.to_owned(),
            width: file.width,
            height: file.height,
            fonts: file.fonts,
            art_of: file.art_of,
            art: art.collect::<Result<_, _>>()?,
            body,
            texts: file.text,
        };
        layout.fault().map_or(Ok(layout), |why| Err(trouble(why)))
    }

    /// Draws the art of another layout beneath this one's texts and bars.
    pub fn take_art(&mut self, other: &Layout) {
        self.art = other.art.clone();
    }

    /// Every font that the layout names, once.
    pub fn font_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.fonts.regular.iter().chain(&self.fonts.bold).cloned().collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The room of the bar code: `layout-no-barcode` for a paper.
    pub fn barcode(&self) -> Result<&Barcode, Trouble> {
        match &self.body {
            Body::Card(bars) => Ok(bars),
            Body::Paper(_) => Err(Trouble::new("layout-no-barcode").with("layout", &self.name)),
        }
    }

    /// The room of the lines: `layout-no-rows` for a card.
    pub fn rows(&self) -> Result<&Rows, Trouble> {
        match &self.body {
            Body::Paper(rows) => Ok(rows),
            Body::Card(_) => Err(Trouble::new("layout-no-rows").with("layout", &self.name)),
        }
    }

    fn fault(&self) -> Option<String> {
        if !(100.0..=2000.0).contains(&self.width) || !(100.0..=2000.0).contains(&self.height) {
            return Some("width and height are tenths of a millimetre, 100 to 2000".to_owned());
        }
        if self.fonts.regular.is_empty() || self.fonts.bold.is_empty() {
            return Some("fonts.regular and fonts.bold name a font each at least".to_owned());
        }
        let (fault, keys) = match &self.body {
            Body::Card(bars) => (bars.fault(self.width, self.height), ["{name}", "{number}", "{library}"]),
            Body::Paper(rows) => (rows.fault(self.width, self.height), ["{title}", "{number}", "{library}"]),
        };
        if fault.is_some() {
            return fault;
        }
        if !self.texts.iter().any(|text| text.value.contains("{number}")) {
            return Some("no text shows {number}".to_owned());
        }
        self.texts.iter().enumerate().find_map(|(at, text)| {
            let earlier = self.texts.get(..at).unwrap_or_default();
            let fault = if self.barcode().is_err() { text.fault_without_bars() } else { None };
            fault.or_else(|| text.fault(earlier, keys)).map(|why| format!("text `{}`: {why}", text.id))
        })
    }
}

impl Barcode {
    fn fault(&self, width: f32, height: f32) -> Option<String> {
        if ![self.left, self.width, self.top, self.height].into_iter().all(|length| length >= 0.0) {
            return Some("barcode left, width, top and height are lengths".to_owned());
        }
        let over = self.left + self.width > width || self.top + self.height > height;
        over.then(|| "the bar code reaches over the card's edge".to_owned())
    }
}

impl Text {
    /// Where there are no bars, nothing stands by them.
    fn fault_without_bars(&self) -> Option<String> {
        let placed = self.x != Place::Bars && self.width.is_some_and(|width| width > 0.0);
        (!placed).then(|| "without a bar code, x is a number and width is above 0".to_owned())
    }

    fn fault(&self, earlier: &[Text], keys: [&str; 3]) -> Option<String> {
        let bare = keys.iter().fold(self.value.clone(), |text, key| text.replace(key, ""));
        if bare.contains(['{', '}']) {
            let [first, second, third] = keys;
            return Some(format!("only {first}, {second} and {third} may stand in braces"));
        }
        let sizes = |least: f32, size: f32| least > 0.0 && least <= size && size.is_finite();
        if !sizes(self.least.unwrap_or(self.size), self.size) {
            return Some("size is above 0, and least above 0 and not above size".to_owned());
        }
        if self.two_lines.is_some_and(|two| !sizes(two.least, two.size)) {
            return Some("two_lines.least is above 0 and not above two_lines.size".to_owned());
        }
        match &self.beside {
            Some(id) if !earlier.iter().any(|text| text.id == *id) => {
                Some(format!("beside names `{id}`, which is no text above it"))
            }
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    width: f32,
    height: f32,
    fonts: Fonts,
    #[serde(default)]
    art_of: Option<String>,
    #[serde(default)]
    art: Vec<Art>,
    barcode: Option<Barcode>,
    rows: Option<Rows>,
    #[serde(default)]
    text: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Art {
    #[serde(default)]
    note: String,
    path: String,
    #[serde(default, deserialize_with = "some_colour")]
    fill: Option<Colour>,
    #[serde(default, deserialize_with = "some_colour")]
    stroke: Option<Colour>,
    #[serde(default)]
    stroke_width: f32,
    #[serde(default)]
    at: [f32; 2],
    #[serde(default = "one")]
    scale: f32,
    #[serde(default)]
    turn: f32,
}

impl Art {
    fn drawing(&self) -> Result<Drawing, String> {
        let placing = Placing { at: self.at, scale: self.scale, turn: self.turn };
        let (paint, colour) = match (self.fill, self.stroke) {
            (Some(fill), None) => (Paint::Fill, fill),
            (None, Some(stroke)) if self.stroke_width > 0.0 => (Paint::Stroke(self.stroke_width * self.scale), stroke),
            (None, Some(_)) => return Err("stroke needs a stroke_width above 0".to_owned()),
            _ => return Err("give either fill or stroke".to_owned()),
        };
        Ok(Drawing { segments: path::parse(&self.path, placing)?, paint, colour })
    }
}

fn one() -> f32 {
    1.0
}

pub(super) fn colour<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Colour, D::Error> {
    let text = String::deserialize(from)?;
    let channel = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    match (text.starts_with('#') && text.len() == 7, channel(1), channel(3), channel(5)) {
        (true, Some(red), Some(green), Some(blue)) => Ok(Colour([red, green, blue])),
        _ => Err(serde::de::Error::custom(format!("a colour is written #rrggbb, not {text}"))),
    }
}

fn some_colour<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Colour>, D::Error> {
    colour(from).map(Some)
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Place, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f32),
            Word(String),
        }
        match Written::deserialize(from) {
            Ok(Written::Number(x)) => Ok(Place::At(x)),
            Ok(Written::Word(word)) if word == "bars" => Ok(Place::Bars),
            _ => Err(serde::de::Error::custom("x is a number or \"bars\"")),
        }
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
