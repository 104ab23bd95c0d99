//! Reports of money for whoever answers for it: sums of a period, and what each person did beside all others. Every look is logged. It
//! judges nobody; what stands out is `plan::fees`'s rule. Start at [`money_report`] and [`clerk_report`].

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::access::Names;
use super::day::{bounds, day_typed};
use super::{Act, Actor, Desk, actor, closed};
use crate::back::store::Tx;
use crate::back::store::ledger_reading::{self as reading, Deed};
use crate::plan::fees::{Adding, By, Compared, Deeds, EntryKind, Line, NoFeeEvidence, Period, Table, compared};
use crate::plan::messages::Trouble;

/// Periods that have a name of their own.
pub const SPANS: [&str; 5] = ["today", "month", "last-month", "year", "last-year"];

/// A report of money as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct MoneyReport {
    /// First and last day; open where none was asked for.
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub by: By,
    pub rows: Vec<MoneyRow>,
    pub totals: Line,
    /// The same by days, months or years, whichever the period is made of, and by reasons: what plots draw.
    #[serde(skip)]
    pub time: (By, Vec<Line>),
    #[serde(skip)]
    pub reasons: Vec<Line>,
}

/// A row, with the name of whom it is.
#[derive(Debug, Clone, Serialize)]
pub struct MoneyRow {
    #[serde(flatten)]
    pub line: Line,
    /// Of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What one person did.
#[derive(Debug, Clone, Serialize)]
pub struct ClerkLine {
    /// `staff:7` or `os:root`.
    pub staff: String,
    pub name: String,
    #[serde(flatten)]
    pub deeds: Deeds,
    /// Beside all others together; empty of the command line, which stands apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Compared>,
}

impl ClerkLine {
    /// Whether something stands out.
    pub fn is_flagged(&self) -> bool {
        self.compared.iter().any(|one| one.flagged)
    }
}

/// What each person did in a period.
#[derive(Debug, Clone, Serialize)]
pub struct ClerkReport {
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// One person alone: there is nobody to compare with, and nothing stands out whatever was done.
    pub alone: bool,
    /// Those of whom something stands out first, then by name.
    pub rows: Vec<ClerkLine>,
    /// Accounts of the operating system, whose acts nobody had to sign for.
    pub command_line: Vec<ClerkLine>,
}

/// A period as it was typed: an end may be a day, a month or a year, or open. `day`, `period-backwards`, `identity-number`.
pub fn money_period(from: &str, to: &str) -> Result<Period, Trouble> {
    let end = |text: &str, of: fn(Period) -> Option<Date>| match text.trim() {
        "" => Ok(None),
        text => match Period::named(text) {
            Some(named) => Ok(of(named)),
            None => day_typed(text).map(Some),
        },
    };
    Period::between(end(from, |period| period.from)?, end(to, |period| period.to)?)
}

/// One of [`SPANS`]; whatever is none is this month.
pub fn money_span(desk: &Desk, name: &str) -> Period {
    let today = desk.today();
    match name {
        "today" => Period { from: Some(today), to: Some(today) },
        "last-month" => Period::month_of(today.saturating_sub(1.month())),
        "year" => Period::year_of(today),
        "last-year" => Period::year_of(today.saturating_sub(1.year())),
        _ => Period::month_of(today),
    }
}

/// The sums of a period by day, month, year, desk, person or reason. The look is logged.
pub fn money_report(desk: &Desk, actor: &Actor, period: Period, by: By) -> Result<MoneyReport, Trouble> {
    actor.may(Act::ShowReports)?;
    desk.store.change(|tx| actor::log_house(desk, tx, actor, "list", "ledger-report"))?;
    desk.store.look(|tx| read(tx, period, by))
}

/// The same within a transaction whose look is logged.
pub(super) fn read(tx: &Tx, period: Period, by: By) -> Result<MoneyReport, Trouble> {
    let unit = period.unit();
    let (mut time, mut reasons) = (Adding::new(unit), Adding::new(By::Reason));
    let mut other = (by != unit && by != By::Reason).then(|| Adding::new(by));
    reading::sums(tx, &period, by, &mut |sum| {
        time.add(sum);
        reasons.add(sum);
        if let Some(other) = &mut other {
            other.add(sum);
        }
    })?;
    let (time, reasons) = (time.table(), reasons.table());
    let Table { rows, totals } = match other {
        Some(other) => other.table(),
        None if by == By::Reason => reasons.clone(),
        None => time.clone(),
    };
    let mut names = Names::default();
    let mut row = |line: Line| -> Result<MoneyRow, Trouble> {
        let name = (by == By::Clerk).then(|| names.of(tx, &line.key)).transpose()?;
        Ok(MoneyRow { line, name })
    };
    Ok(MoneyReport {
        from: period.from,
        to: period.to,
        by,
        rows: rows.into_iter().map(&mut row).collect::<Result<_, _>>()?,
        totals,
        time: (unit, time.rows),
        reasons: reasons.rows,
    })
}

/// What each person did in a period, beside all others together. The look is logged.
pub fn clerk_report(desk: &Desk, actor: &Actor, period: Period) -> Result<ClerkReport, Trouble> {
    actor.may(Act::ShowReports)?;
    desk.store.change(|tx| actor::log_house(desk, tx, actor, "list", "ledger-report"))?;
    desk.store.look(|tx| read_clerks(desk, tx, period))
}

/// The same within a transaction whose look is logged.
pub(super) fn read_clerks(desk: &Desk, tx: &Tx, period: Period) -> Result<ClerkReport, Trouble> {
    let all = count(desk, tx, period)?;
    let mut names = Names::default();
    let (mut rows, mut command_line) = (Vec::new(), Vec::new());
    for (staff, deeds) in &all {
        let name = names.of(tx, staff)?;
        let line = ClerkLine { staff: staff.clone(), name, deeds: *deeds, compared: Vec::new() };
        if is_command_line(staff) {
            command_line.push(line);
            continue;
        }
        let others = all.iter().filter(|(other, _)| *other != staff && !is_command_line(other));
        let others = others.fold(Deeds::default(), |sum, (_, deeds)| sum.plus(deeds));
        rows.push(ClerkLine { compared: compared(deeds, &others), ..line });
    }
    rows.sort_by(|a, b| (!a.is_flagged(), &a.name).cmp(&(!b.is_flagged(), &b.name)));
    Ok(ClerkReport { from: period.from, to: period.to, alone: rows.len() == 1, rows, command_line })
}

fn is_command_line(staff: &str) -> bool {
    staff.starts_with("os:")
}

fn count(desk: &Desk, tx: &Tx, period: Period) -> Result<BTreeMap<String, Deeds>, Trouble> {
    let mut all: BTreeMap<String, Deeds> = BTreeMap::new();
    reading::deeds(tx, &period, &mut |deed| match all.get_mut(deed.staff) {
        Some(of) => add(of, deed),
        None => add(all.entry(deed.staff.to_owned()).or_default(), deed),
    })?;
    for first in reading::first_counts(tx, &period)? {
        let expected = match first.expected {
            Some(expected) => expected,
            None => closed::should_hold(tx, (&first.desk, &first.day), first.entry, first.change)?,
        };
        let of = all.entry(first.staff).or_default();
        of.counts += 1;
        of.first_counts += u64::from(first.counted != expected);
    }
    let between = times(desk, &period)?;
    for cards in reading::handed_over(tx, between)? {
        all.entry(cards.issued_by).or_default().made += cards.cards;
        let of = all.entry(cards.by).or_default();
        of.handed_over += cards.cards;
        of.unpaid += if cards.unpaid { cards.cards } else { 0 };
    }
    for (staff, n) in reading::spoiled(tx, between)? {
        all.entry(staff).or_default().spoiled += n;
    }
    for (staff, n) in reading::taken(tx, between)? {
        all.entry(staff).or_default().taken += n;
    }
    Ok(all)
}

fn add(of: &mut Deeds, deed: &Deed) {
    match deed.kind {
        EntryKind::Charge => {
            of.charges += 1;
            of.exempt += u64::from(deed.evidence == Some(NoFeeEvidence::Ticked));
            if deed.reason.is_some_and(|reason| reason.is_reissue()) {
                of.reissues += 1;
                of.free += u64::from(deed.nothing);
            } else {
                of.again += u64::from(deed.evidence.is_some_and(|shown| shown != NoFeeEvidence::Ticked));
            }
        }
        EntryKind::Payment => of.payments += 1,
        EntryKind::Waiver => of.waivers += 1,
        EntryKind::Refund => of.refunds += 1,
        // Every job that is cancelled reverses its charge, also one of nothing.
        EntryKind::Reversal => {
            of.cancels += 1;
            of.reversals += u64::from(!deed.nothing);
        }
        EntryKind::Close => {
            of.closes += 1;
            of.differences += u64::from(deed.differs);
        }
        EntryKind::Reopen => of.reopenings += 1,
    }
}

/// From the first moment of a period to before the moment after its last, in milliseconds.
pub(super) fn times(desk: &Desk, period: &Period) -> Result<(i64, i64), Trouble> {
    let since = period.from.map_or(Ok(i64::MIN), |day| bounds(desk, day).map(|(since, _)| since))?;
    let until = period.to.map_or(Ok(i64::MAX), |day| bounds(desk, day).map(|(_, until)| until))?;
    Ok((since, until))
}
