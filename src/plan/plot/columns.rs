//! Upright bars: lines at the ticks with their numbers at the left, names below as far as they have room. Start at [`draw`].

use super::{LETTER, Length, Plot, cut, escaped, grouped, put, width_of};

const UNDER: f64 = 22.0;
const ABOVE: f64 = 12.0;
const BETWEEN: f64 = 8.0;

pub(super) fn draw(plot: &Plot, width: f64, height: f64) -> String {
    let scale = plot.scale();
    let left = scale.ticks().map(|tick| width_of(&grouped(tick))).fold(width_of("0"), f64::max) + BETWEEN;
    let floor = height - UNDER;
    let tall = floor - ABOVE;
    let at = |part: f64| floor - tall * part;
    let mut svg = String::new();
    plot.open(&mut svg, width, height);
    let line = |tick: u64| at(tick as f64 / scale.top() as f64);
    let lines = scale.ticks().fold(String::new(), |mut path, tick| {
        put(&mut path, format_args!("M{} {}H{}", Length(left), Length(line(tick)), Length(width)));
        path
    });
    put(
        &mut svg,
        format_args!(r#"<path class="grid" d="M{} {}H{}{lines}"/>"#, Length(left), Length(floor), Length(width)),
    );
    for tick in std::iter::once(0).chain(scale.ticks()) {
        let (x, y) = (Length(left - BETWEEN), Length(line(tick) + LETTER * 0.35));
        put(&mut svg, format_args!(r#"<text x="{x}" y="{y}" text-anchor="end">{}</text>"#, grouped(tick)));
    }
    let slot = (width - left) / plot.bars.len().max(1) as f64;
    let named = every(plot, slot);
    for (nth, bar) in plot.bars.iter().enumerate() {
        let (x, wide) = (left + slot * (nth as f64 + 0.17), slot * 0.66);
        put(&mut svg, format_args!("<g><title>{}</title>", escaped(&plot.told(bar))));
        for (class, from, part) in plot.pieces(bar, &scale) {
            let (y, high) = (at(from + part), tall * part);
            let (x, y, wide, high) = (Length(x), Length(y), Length(wide), Length(high));
            put(&mut svg, format_args!(r#"<rect class="{class}" x="{x}" y="{y}" width="{wide}" height="{high}"/>"#));
        }
        if nth.is_multiple_of(named) {
            let (x, y) = (Length(x + wide / 2.0), Length(height - 6.0));
            let name = escaped(&cut(&bar.name, slot * named as f64));
            put(&mut svg, format_args!(r#"<text x="{x}" y="{y}" text-anchor="middle">{name}</text>"#));
        }
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    svg
}

/// Every how manieth bar is named, so that no two names touch.
fn every(plot: &Plot, slot: f64) -> usize {
    let widest = plot.bars.iter().map(|bar| width_of(&bar.name)).fold(0.0, f64::max) + BETWEEN / 2.0;
    [1, 2, 3, 4, 6, 12].into_iter().find(|every| widest <= slot * *every as f64).unwrap_or(24)
}
