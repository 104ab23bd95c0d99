//! The plots of the reports: what was charged and what became of it by time and by reason, and rates beside those of the others. It
//! counts nothing. Start at [`plots`].

use super::speech::{Raw, Speech};
use crate::desk::{By, ClerkReport, MoneyLine, MoneyReport, grouped};
use crate::plan::plot::{Bar, Plot};

/// Of the plots' view boxes.
const WIDTH: f64 = 352.0;
const HEIGHT: f64 = 150.0;
/// Bars of time; more are drawn by the next larger unit.
const MOST: usize = 62;
/// Measures that are drawn, each with the others' rate below it.
const RATES: usize = 6;

/// By time and by reason.
pub struct Plots {
    pub time: Raw,
    pub reasons: Raw,
    /// What the bars of time are.
    pub unit: &'static str,
}

/// What is drawn of a row: paid and kept, waived, unpaid. What went back with yesterday's money draws nothing.
fn values(line: &MoneyLine) -> Vec<u64> {
    let totals = line.totals;
    [totals.paid, totals.waived, totals.unpaid].map(|won| u64::try_from(won).unwrap_or(0)).to_vec()
}

pub fn plots(s: Speech<'_>, report: &MoneyReport) -> Plots {
    let (unit, time) = &report.time;
    let name = |line: &MoneyLine| match unit {
        By::Day => line.key.get(8..).unwrap_or_default().trim_start_matches('0').to_owned(),
        By::Month => line.key.get(5..).unwrap_or_default().trim_start_matches('0').to_owned(),
        _ => line.key.clone(),
    };
    let bar = |name: String, line: &MoneyLine| Bar { name, values: values(line) };
    let bars: Vec<Bar> = time.iter().take(MOST).map(|line| bar(name(line), line)).collect();
    let parts = ["paid", "waived", "unpaid"].map(|part| s.of("reports-col", part));
    let parts = parts.each_ref().map(String::as_str);
    let most = |lines: &[MoneyLine], name: &dyn Fn(&MoneyLine) -> String| {
        let most = lines.iter().filter(|line| line.totals.charged > 0).max_by_key(|line| line.totals.charged);
        most.map_or_else(
            || s.t("reports-none"),
            |line| s.t2("reports-most", "name", name(line), "won", grouped(line.totals.charged.unsigned_abs())),
        )
    };
    let (title, desc) = (s.of("reports-by-time", unit.as_str()), most(time, &|line| line.key.clone()));
    let drawn = Plot { id: "plot-time", title: &title, desc: &desc, parts: &parts, bars: &bars };
    let time_svg = Raw(drawn.columns(WIDTH, HEIGHT));
    let reason = |line: &MoneyLine| s.of("web-why", &line.key);
    let bars: Vec<Bar> = report.reasons.iter().map(|line| bar(reason(line), line)).collect();
    let (title, desc) = (s.t("reports-by-reason"), most(&report.reasons, &reason));
    let drawn = Plot { id: "plot-reasons", title: &title, desc: &desc, parts: &parts, bars: &bars };
    Plots { time: time_svg, reasons: Raw(drawn.rows(WIDTH)), unit: unit.as_str() }
}

/// The rates that are farthest above the others', in per cent, each with the others' below it.
pub fn rate_plot(s: Speech<'_>, report: &ClerkReport) -> Raw {
    let mut far: Vec<(f64, String, f64, f64)> = Vec::new();
    for line in &report.rows {
        for one in line.compared.iter().filter(|one| one.count > 0) {
            if let (Some(rate), Some(others)) = (one.rate, one.others) {
                let name = format!("{} · {}", s.by(&line.name), s.of("reports-short", one.measure));
                // What stands out comes first, however small.
                let above = rate - others + if one.flagged { 1_000.0 } else { 0.0 };
                far.push((above, name, rate, others));
            }
        }
    }
    far.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let whole = |rate: f64| rate.round().max(0.0) as u64;
    let other = s.t("reports-others");
    let pair = |(_, name, rate, others): &(f64, String, f64, f64)| {
        [
            Bar { name: name.clone(), values: vec![whole(*rate), 0] },
            Bar { name: other.clone(), values: vec![0, whole(*others)] },
        ]
    };
    let bars: Vec<Bar> = far.iter().take(RATES).flat_map(pair).collect();
    let (title, own) = (s.t("reports-rates"), s.t("reports-own"));
    let desc = far.first().map_or_else(
        || s.t("reports-rates-none"),
        |(_, name, rate, _)| s.t2("reports-rates-most", "name", name, "rate", format!("{rate:.1}")),
    );
    let plot = Plot { id: "plot-rates", title: &title, desc: &desc, parts: &[&own, &other], bars: &bars };
    Raw(plot.rows(WIDTH))
}
