//! `ledger report|clerks|issues|reissues`: sums, what people did, and the registers, as text or JSON. It adds nothing up.

use std::path::PathBuf;

use clap::Args;

use super::{Done, Rooms, answer, json, ledger_export};
use crate::desk::{self, By, ClerkLine, Desk, MoneyLine, Paper, Period};
use crate::plan::messages::{Lang, Trouble};

#[derive(Args)]
pub(super) struct Report {
    /// day, month, year, desk, clerk or reason
    #[arg(long, default_value = "day")]
    by: String,
    #[command(flatten)]
    between: Between,
}

#[derive(Args)]
pub(super) struct Clerks {
    #[command(flatten)]
    between: Between,
}

#[derive(Args)]
pub(super) struct Register {
    #[command(flatten)]
    between: Between,
    /// As a file with full names, ending with .xlsx or .csv; with --why
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The reason, which is kept in the access log
    #[arg(long)]
    why: Option<String>,
    /// Of a .csv: utf-8 or cp949
    #[arg(long)]
    encoding: Option<String>,
}

#[derive(Args)]
struct Between {
    /// From this day, month or year on
    #[arg(long)]
    from: Option<String>,
    /// Until this day, month or year, included
    #[arg(long)]
    to: Option<String>,
}

impl Between {
    fn period(&self) -> Result<Period, Trouble> {
        desk::money_period(self.from.as_deref().unwrap_or(""), self.to.as_deref().unwrap_or(""))
    }
}

const SUMS: [&str; 8] = ["key", "entries", "charged", "paid", "waived", "refunded", "reversed", "unpaid"];
const RATES: [&str; 7] = ["by", "measure", "count", "of", "rate", "others", "flagged"];

impl Report {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let by = By::parse(self.by.trim());
        let by = by.ok_or_else(|| Trouble::new("report-by").with("by", desk::quoted(&self.by)))?;
        let (actor, lang, as_json, period) = (rooms.actor(), rooms.lang, rooms.json, self.between.period()?);
        let desk = rooms.desk()?;
        let report = desk::money_report(&desk, &actor, period, by)?;
        if as_json {
            return Ok((json(&report), 0));
        }
        let mut rows = vec![heads(&desk, lang, &SUMS)];
        for row in &report.rows {
            let key = match by {
                By::Desk if row.line.key.is_empty() => text(&desk, lang, "reports-command-line"),
                By::Reason => word(&desk, lang, "web-why", &row.line.key),
                _ => row.name.clone().unwrap_or_else(|| row.line.key.clone()),
            };
            rows.push(sums(key, &row.line));
        }
        rows.push(sums(text(&desk, lang, "reports-sum"), &report.totals));
        put(&rows)?;
        if by == By::Clerk {
            answer::put(format!("\n{}\n", text(&desk, lang, "reports-clerk-note")).as_bytes())?;
        }
        Ok((None, 0))
    }
}

impl Clerks {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, lang, as_json, period) = (rooms.actor(), rooms.lang, rooms.json, self.between.period()?);
        let desk = rooms.desk()?;
        let report = desk::clerk_report(&desk, &actor, period)?;
        if as_json {
            return Ok((json(&report), 0));
        }
        let mut rows = vec![heads(&desk, lang, &RATES)];
        for line in report.rows.iter().chain(&report.command_line) {
            rows.extend(rates(&desk, lang, line));
        }
        if report.alone {
            rows.push(vec![text(&desk, lang, "reports-clerks-alone")]);
        }
        put(&rows)
    }
}

impl Register {
    pub(super) fn run(self, rooms: Rooms, reissues: bool) -> Done {
        let period = self.between.period()?;
        let paper = if reissues { Paper::Reissues } else { Paper::Issues };
        match (&self.out, &self.why) {
            (Some(out), Some(why)) => {
                return ledger_export::write(rooms, paper, period, out, self.encoding.as_deref(), why);
            }
            (None, None) => {}
            _ => return Err(Trouble::new("register-why")),
        }
        let (actor, lang, as_json) = (rooms.actor(), rooms.lang, rooms.json);
        let desk = rooms.desk()?;
        let mut found = Vec::new();
        desk::register(&desk, &actor, reissues, period, &mut |row| {
            found.push(row);
            Ok(())
        })?;
        if as_json {
            return Ok((json(&found), 0));
        }
        let names = ["nth", "issued", "number", "name", "kind", "reason", "fee", "settled", "by"];
        let mut rows = vec![heads(&desk, lang, &names)];
        for row in &found {
            rows.push(vec![
                row.nth.to_string(),
                row.day.clone(),
                row.card.number.clone(),
                row.card.name.clone().unwrap_or_else(|| "–".to_owned()),
                word(&desk, lang, "web-card", &row.card.kind),
                word(&desk, lang, "web-why", &row.card.reason),
                row.card.amount.map(answer::won).unwrap_or_default(),
                match (row.card.state.as_deref(), row.card.paid_by.as_deref()) {
                    (Some("paid"), Some(by)) => word(&desk, lang, "reports-account", by),
                    (Some(state), _) => word(&desk, lang, "reports-state", state),
                    (None, _) => String::new(),
                },
                row.card.by_name.clone(),
            ]);
        }
        put(&rows)
    }
}

fn put(rows: &[Vec<String>]) -> Done {
    let lines: String = answer::aligned(rows).iter().map(|line| format!("{line}\n")).collect();
    answer::put(lines.as_bytes())?;
    Ok((None, 0))
}

fn text(desk: &Desk, lang: Lang, id: &str) -> String {
    desk.messages.text(lang, id, &[])
}

fn word(desk: &Desk, lang: Lang, family: &str, value: &str) -> String {
    desk.messages.find(lang, &format!("{family}-{value}"), &[]).unwrap_or_else(|| value.to_owned())
}

fn heads(desk: &Desk, lang: Lang, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| text(desk, lang, &format!("reports-col-{name}"))).collect()
}

fn sums(key: String, line: &MoneyLine) -> Vec<String> {
    let totals = line.totals;
    let all = [totals.charged, totals.paid, totals.waived, totals.refunded, totals.reversed, totals.unpaid];
    [key, line.entries.to_string()].into_iter().chain(all.map(answer::won)).collect()
}

/// What somebody did, a line a measure; of the command line without a comparison.
fn rates(desk: &Desk, lang: Lang, line: &ClerkLine) -> Vec<Vec<String>> {
    let rate = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.1}%"));
    let of = |measure: &desk::Measure| {
        let (count, of) = line.deeds.of(*measure);
        let beside = line.compared.iter().find(|one| one.measure == *measure);
        let row = vec![
            line.name.clone(),
            word(desk, lang, "reports-measure", measure.as_str()),
            count.to_string(),
            of.to_string(),
            rate(beside.and_then(|one| one.rate)),
            rate(beside.and_then(|one| one.others)),
            match beside {
                Some(one) if one.flagged => text(desk, lang, "reports-flagged"),
                Some(one) if one.alone => text(desk, lang, "reports-alone"),
                _ => String::new(),
            },
        ];
        (count > 0).then_some(row)
    };
    desk::MEASURES.iter().filter_map(of).collect()
}
