//! Plots drawn as SVG on the server: upright bars for the hours, lying bars for persons, each of stacked parts.
//!
//! A plot is text in a page of ours: no style attributes and no scripts (the page's policy refuses both), colours by the classes
//! `a`, `b` and `c` of `desk.css`, which know day and night. Every bar says its numbers in a `<title>`; a page with a plot shows
//! the same numbers in words too. It counts nothing and knows no words. Start at [`Plot`].

use std::fmt::Write;

mod columns;
mod rows;
mod scale;

pub use scale::Scale;

/// One bar: its name below or beside it, and so many of each part, in the order of [`Plot::parts`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub name: String,
    pub values: Vec<u64>,
}

/// Bars, and what they mean.
#[derive(Debug, Clone, Copy)]
pub struct Plot<'a> {
    /// Of the element; its title and description are `ID-title` and `ID-desc`.
    pub id: &'a str,
    pub title: &'a str,
    /// What one sees at a glance, for whoever does not see it.
    pub desc: &'a str,
    /// What the stacked parts are, at most three; drawn with the classes `a`, `b` and `c`.
    pub parts: &'a [&'a str],
    pub bars: &'a [Bar],
}

const CLASSES: [&str; 3] = ["a", "b", "c"];
/// Of the plot's letters, in units of the view box.
const LETTER: f64 = 14.0;

impl Plot<'_> {
    /// Upright bars side by side, in a view `width` by `height`.
    pub fn columns(&self, width: f64, height: f64) -> String {
        columns::draw(self, width, height)
    }

    /// Lying bars one below the other, in a view of this width; each takes a line of its own.
    pub fn rows(&self, width: f64) -> String {
        rows::draw(self, width)
    }

    /// The scale that all bars fit.
    pub fn scale(&self) -> Scale {
        Scale::to(self.bars.iter().map(Bar::total).max().unwrap_or(0))
    }

    fn open(&self, svg: &mut String, width: f64, height: f64) {
        let (id, title, desc) = (escaped(self.id), escaped(self.title), escaped(self.desc));
        put(
            svg,
            format_args!(
                r#"<svg class="plot" id="{id}" viewBox="0 0 {} {}" role="img" aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">{title}</title><desc id="{id}-desc">{desc}</desc>"#,
                Length(width),
                Length(height)
            ),
        );
    }

    /// What a bar says of itself: `09: 조회 12, 목록 3`.
    fn told(&self, bar: &Bar) -> String {
        let parts = self.parts.iter().zip(&bar.values).filter(|(_, n)| **n > 0);
        let parts: Vec<String> = parts.map(|(part, n)| format!("{part} {}", grouped(*n))).collect();
        format!("{}: {}", bar.name, if parts.is_empty() { "0".to_owned() } else { parts.join(", ") })
    }

    /// The values of a bar as pieces that stand on each other: class, from where and how far, in parts of the whole scale.
    fn pieces<'b>(&self, bar: &'b Bar, scale: &Scale) -> impl Iterator<Item = (&'static str, f64, f64)> + use<'b> {
        let (top, mut below) = (scale.top() as f64, 0.0);
        CLASSES.into_iter().zip(&bar.values).filter(|(_, n)| **n > 0).map(move |(class, n)| {
            let (from, part) = (below, *n as f64 / top);
            below += part;
            (class, from, part)
        })
    }
}

impl Bar {
    pub fn total(&self) -> u64 {
        self.values.iter().take(CLASSES.len()).fold(0, |sum, n| sum.saturating_add(*n))
    }
}

/// `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A length of the view box: two places at most, for a page is not longer than it must be.
struct Length(f64);

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", (self.0 * 100.0).round() / 100.0)
    }
}

/// How wide a text is, about: syllables and ideographs are as wide as they are high.
fn width_of(text: &str) -> f64 {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{1f000}'..);
    text.chars().map(|c| if wide(c) { LETTER } else { LETTER * 0.58 }).sum()
}

/// As much of a text as has room; what is cut ends with `…`.
fn cut(text: &str, room: f64) -> String {
    if width_of(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if width_of(&kept) + width_of(&c.to_string()) + LETTER > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// A text between tags or in quotes. What XML has no place for is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

/// Writing into memory cannot fail.
fn put(svg: &mut String, text: std::fmt::Arguments<'_>) {
    let _written = svg.write_fmt(text);
}

#[cfg(test)]
mod tests;
