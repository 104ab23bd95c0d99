//! Lying bars: a line each, its name at the left, cut where it is long, and its sum behind it; ticks below. Start at [`draw`].

use super::{Bar, LETTER, Length, Plot, cut, escaped, grouped, put, width_of};

const LINE: f64 = 26.0;
const UNDER: f64 = 22.0;
const BETWEEN: f64 = 8.0;

pub(super) fn draw(plot: &Plot, width: f64) -> String {
    let scale = plot.scale();
    let height = LINE * plot.bars.len().max(1) as f64 + UNDER;
    let longest = |text: &dyn Fn(&Bar) -> String| plot.bars.iter().map(|bar| width_of(&text(bar))).fold(0.0, f64::max);
    // Names take what they need, up to a third.
    let names = longest(&|bar| bar.name.clone()).min(width / 3.0);
    let left = names + BETWEEN;
    let sums = longest(&|bar| grouped(bar.total())).max(width_of(&grouped(scale.top())) / 2.0) + BETWEEN;
    let long = (width - left - sums).max(1.0);
    let at = |part: f64| left + long * part;
    let floor = height - UNDER;
    let mut svg = String::new();
    plot.open(&mut svg, width, height);
    let place = |tick: u64| at(tick as f64 / scale.top() as f64);
    let lines = scale.ticks().fold(String::new(), |mut path, tick| {
        put(&mut path, format_args!("M{} 0V{}", Length(place(tick)), Length(floor)));
        path
    });
    put(&mut svg, format_args!(r#"<path class="grid" d="M{} 0V{}{lines}"/>"#, Length(left), Length(floor)));
    for tick in std::iter::once(0).chain(scale.ticks()) {
        let (x, y) = (Length(place(tick)), Length(height - 5.0));
        put(&mut svg, format_args!(r#"<text x="{x}" y="{y}" text-anchor="middle">{}</text>"#, grouped(tick)));
    }
    for (nth, bar) in plot.bars.iter().enumerate() {
        let top = LINE * nth as f64;
        let (high, base) = (LINE * 0.62, Length(top + LINE / 2.0 + LETTER * 0.35));
        put(&mut svg, format_args!("<g><title>{}</title>", escaped(&plot.told(bar))));
        let name = escaped(&cut(&bar.name, names));
        put(&mut svg, format_args!(r#"<text x="{}" y="{base}" text-anchor="end">{name}</text>"#, Length(names)));
        let mut end = left;
        for (class, from, part) in plot.pieces(bar, &scale) {
            end = at(from + part);
            let (x, y) = (Length(at(from)), Length(top + (LINE - high) / 2.0));
            let (wide, high) = (Length(long * part), Length(high));
            put(&mut svg, format_args!(r#"<rect class="{class}" x="{x}" y="{y}" width="{wide}" height="{high}"/>"#));
        }
        let (x, sum) = (Length(end + BETWEEN / 2.0), grouped(bar.total()));
        put(&mut svg, format_args!(r#"<text x="{x}" y="{base}">{sum}</text></g>"#));
    }
    svg.push_str("</svg>");
    svg
}
