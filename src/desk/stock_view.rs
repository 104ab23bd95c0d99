//! Blank cards as they are shown: lots and types, a day's balance held against our jobs, what was waste and why, and the warning
//! that few are left. It changes nothing, and none of it is of a person, so no look is logged.
//! Start at [`show_stock`], [`stock_day`] and, for the page, [`stock_view`].

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::day::{bounds, day_typed};
use super::{Act, Actor, Desk};
use crate::back::store::stock::{self, LotSums, Waste};
use crate::back::store::{Tx, jobs, staff};
use crate::plan::messages::Trouble;
use crate::plan::stock::{DayBalance, MoveKind, Quality, StockType, Tally, suspicious};

/// The days of the plot.
const PLOTTED: i64 = 30;
/// More lines than this are read by nobody.
const SHOWN: u32 = 50;
/// Movements on the page.
const MOVES: u32 = 12;
/// A type of which nothing came and nothing was made for so long is not used any more.
const UNUSED_DAYS: i64 = 90;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// One lot. All counts are of cards; received + found + returned = issued + spoiled + test + missing + left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockLine {
    #[serde(rename = "type")]
    pub kind: StockType,
    pub lot: String,
    pub received: u32,
    pub issued: u32,
    pub spoiled: u32,
    pub test: u32,
    pub returned: u32,
    /// Everything that is still in the house.
    pub left: u32,
    /// What the next job can take: those in work and those to be blanked left out.
    pub usable: u32,
    pub in_work: u32,
    pub to_blank: u32,
    pub found: u32,
    pub missing: u32,
    /// The next blank of its type comes from it.
    pub next: bool,
    /// More of it is bad than should be.
    pub suspicious: bool,
    /// Its maker was told.
    pub faulty: bool,
}

/// All lots of one type together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeLine {
    pub kind: StockType,
    pub usable: u32,
    pub left: u32,
    /// Fewer than `[stock] low`.
    pub low: bool,
    /// Cards made of no lot since the type has one.
    pub unassigned: u32,
}

/// One type on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayLine {
    #[serde(rename = "type")]
    pub kind: StockType,
    #[serde(flatten)]
    pub balance: DayBalance,
}

/// What became waste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WasteLine {
    /// RFC 3339.
    pub time: String,
    #[serde(rename = "type")]
    pub kind: StockType,
    pub lot: String,
    pub n: u32,
    pub uid: Option<String>,
    /// A code of ours for a job's card, somebody's words else.
    pub why: Option<String>,
    pub job: Option<i64>,
}

/// A day of the stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockDay {
    /// `YYYY-MM-DD`.
    pub date: String,
    pub types: Vec<DayLine>,
    pub spoiled: Vec<WasteLine>,
    /// Cards of our lots that were handed over.
    pub issued: u32,
    /// Cards of no lot that were.
    pub issued_of_none: u32,
    /// Jobs that were handed over, counted by themselves.
    pub jobs: u32,
    /// Both sides of every type are equal, and the cards are as many as the jobs.
    pub balanced: bool,
}

/// One day of the plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlotDay {
    /// `YYYY-MM-DD`.
    pub date: String,
    pub issued: u32,
    pub spoiled: u32,
}

/// Something that somebody wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveLine {
    /// RFC 3339.
    pub time: String,
    pub kind: StockType,
    pub lot: String,
    pub what: MoveKind,
    pub n: u32,
    /// Of a count: what the books said.
    pub expected: Option<u32>,
    pub why: Option<String>,
    /// A name, or `os:root`.
    pub by: String,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct StockView {
    pub lots: Vec<StockLine>,
    pub types: Vec<TypeLine>,
    /// Below which a type is low.
    pub low: u32,
    pub day: StockDay,
    pub is_today: bool,
    pub before: String,
    /// Not beyond today.
    pub after: Option<String>,
    pub plot: Vec<PlotDay>,
    pub moves: Vec<MoveLine>,
}

/// Every lot, by type and then by age.
pub fn show_stock(desk: &Desk, actor: &Actor) -> Result<Vec<StockLine>, Trouble> {
    actor.may(Act::ShowStock)?;
    desk.store.look(|tx| lines(desk, tx))
}

pub(super) fn lines(desk: &Desk, tx: &Tx) -> Result<Vec<StockLine>, Trouble> {
    Ok(shown(desk, &stock::sums(tx, None, i64::MAX)?))
}

fn shown(desk: &Desk, sums: &[LotSums]) -> Vec<StockLine> {
    let percent = desk.settings.stock.faulty_percent;
    let of_type = |kind: StockType| sums.iter().filter(move |sums| sums.lot.kind == kind);
    StockType::ALL
        .iter()
        .copied()
        .flat_map(|kind| {
            let next = super::stock::next_of(of_type(kind));
            let line = move |lot: &LotSums| {
                let peers = of_type(kind).filter(|peer| peer.lot.id != lot.lot.id).map(quality);
                let peers = peers.fold(Quality::default(), |all, one| Quality {
                    used: all.used.saturating_add(one.used),
                    bad: all.bad.saturating_add(one.bad),
                });
                let suspicious = suspicious(quality(lot), peers, percent);
                one(lot, next == Some(lot.lot.id), suspicious)
            };
            of_type(kind).map(line).collect::<Vec<_>>()
        })
        .collect()
}

fn one(sums: &LotSums, next: bool, suspicious: bool) -> StockLine {
    let LotSums { lot, tally, .. } = sums;
    StockLine {
        kind: lot.kind,
        lot: lot.name.clone(),
        received: tally.received,
        issued: tally.issued,
        spoiled: tally.spoiled,
        test: tally.test,
        returned: tally.returned,
        left: tally.left(),
        usable: tally.usable(),
        in_work: tally.in_work,
        to_blank: tally.to_blank,
        found: tally.found,
        missing: tally.missing,
        next,
        suspicious,
        faulty: sums.fault.is_some(),
    }
}

/// What of a lot was used, and what of that was bad.
fn quality(sums: &LotSums) -> Quality {
    Quality { used: sums.tally.issued.saturating_add(sums.tally.spoiled), bad: sums.bad }
}

/// The types of which there are lots.
fn types(desk: &Desk, tx: &Tx, sums: &[LotSums]) -> Result<Vec<TypeLine>, Trouble> {
    let mut found = Vec::new();
    for kind in StockType::ALL.iter().copied() {
        let mut lots = sums.iter().filter(|sums| sums.lot.kind == kind).peekable();
        let Some(first) = lots.peek().map(|first| first.lot.created) else { continue };
        let (all, used) =
            lots.fold((Tally::default(), 0), |(all, used), lot| (all.and(&lot.tally), used.max(lot.used)));
        let is_used = desk.now().as_millisecond() - used < UNUSED_DAYS * DAY;
        let usable = all.usable();
        let low = is_used && usable < desk.settings.stock.low;
        found.push(TypeLine { kind, usable, left: all.left(), low, unassigned: stock::unassigned(tx, kind, first)? });
    }
    Ok(found)
}

/// `stock-low` of every type of which few blanks are left.
pub(super) fn low(desk: &Desk) -> Result<Vec<Trouble>, Trouble> {
    let told = |line: TypeLine| {
        let trouble = Trouble::new("stock-low").with("type", line.kind.as_str()).with("n", line.usable);
        trouble.with("low", desk.settings.stock.low)
    };
    Ok(low_types(desk)?.into_iter().map(told).collect())
}

fn low_types(desk: &Desk) -> Result<Vec<TypeLine>, Trouble> {
    let found = desk.store.look(|tx| types(desk, tx, &stock::sums(tx, None, i64::MAX)?))?;
    Ok(found.into_iter().filter(|line| line.low).collect())
}

/// The types of which few blanks are left, for whoever may see the stock.
pub fn stock_low(desk: &Desk, actor: &Actor) -> Result<Vec<TypeLine>, Trouble> {
    actor.may(Act::ShowStock)?;
    low_types(desk)
}

/// The balance of a day, today's without a date: what there was of a type, what the day brought and what is left, and whether the
/// cards handed over are as many as our jobs say. `day`.
pub fn stock_day(desk: &Desk, actor: &Actor, date: Option<&str>) -> Result<StockDay, Trouble> {
    actor.may(Act::ShowStock)?;
    let date = asked(desk, date)?;
    desk.store.look(|tx| {
        let (_, until) = bounds(desk, date)?;
        day_of(desk, tx, date, &stock::sums(tx, None, until)?)
    })
}

fn asked(desk: &Desk, date: Option<&str>) -> Result<Date, Trouble> {
    let today = desk.today();
    match date.map(day_typed).transpose()? {
        Some(day) if day > today => Err(Trouble::new("stock-day-ahead").with("day", day).with("today", today)),
        day => Ok(day.unwrap_or(today)),
    }
}

/// `after`: the sums of what happened before the day's end.
fn day_of(desk: &Desk, tx: &Tx, date: Date, after: &[LotSums]) -> Result<StockDay, Trouble> {
    let (since, until) = bounds(desk, date)?;
    let before = stock::sums(tx, None, since)?;
    let changes = stock::changes(tx, since, until)?;
    let mut types = Vec::new();
    for kind in StockType::ALL.iter().copied() {
        let sum = |sums: &[LotSums]| {
            let lots = sums.iter().filter(|sums| sums.lot.kind == kind && sums.lot.created < until);
            lots.fold((Tally::default(), 0), |(all, n), lot| (all.and(&lot.tally), n + 1))
        };
        let ((before, lots), (after_all, _)) = (sum(&before), sum(after));
        if lots == 0 {
            continue;
        }
        let ids = after.iter().filter(|sums| sums.lot.kind == kind).filter_map(|sums| changes.get(&sums.lot.id));
        let day = ids.fold(Tally::default(), |all, lot| all.and(lot));
        types.push(DayLine { kind, balance: DayBalance::of(&before, &day, &after_all) });
    }
    let issued = types.iter().map(|line| line.balance.issued).sum();
    let issued_of_none = stock::issued_of_none(tx, since, until)?;
    let jobs = jobs::done_between(tx, since, until)?.iter().map(|done| done.n).sum();
    Ok(StockDay {
        date: date.to_string(),
        spoiled: wasted(desk, after, stock::waste(tx, since, until, SHOWN)?),
        balanced: types.iter().all(|line| line.balance.balanced) && issued + issued_of_none == jobs,
        types,
        issued,
        issued_of_none,
        jobs,
    })
}

fn wasted(desk: &Desk, sums: &[LotSums], waste: Vec<Waste>) -> Vec<WasteLine> {
    let lots: BTreeMap<i64, &LotSums> = sums.iter().map(|sums| (sums.lot.id, sums)).collect();
    let line = |waste: Waste| {
        let lot = &lots.get(&waste.lot)?.lot;
        Some(WasteLine {
            time: desk.rfc3339(waste.time),
            kind: lot.kind,
            lot: lot.name.clone(),
            n: waste.n,
            uid: waste.uid,
            why: waste.why,
            job: waste.job,
        })
    };
    waste.into_iter().filter_map(line).collect()
}

/// All that the page shows, with the day of this date.
pub fn stock_view(desk: &Desk, actor: &Actor, date: Option<&str>) -> Result<StockView, Trouble> {
    actor.may(Act::ShowStock)?;
    let (date, today) = (asked(desk, date)?, desk.today());
    desk.store.look(|tx| {
        let sums = stock::sums(tx, None, i64::MAX)?;
        let mut plot = Vec::new();
        if !sums.is_empty() {
            for back in (0..PLOTTED).rev() {
                plot.push(plotted(desk, tx, today.saturating_sub(back.days()))?);
            }
        }
        let (_, until) = bounds(desk, date)?;
        let day = match date == today {
            // Nothing happened after today.
            true => day_of(desk, tx, date, &sums)?,
            false => day_of(desk, tx, date, &stock::sums(tx, None, until)?)?,
        };
        Ok(StockView {
            lots: shown(desk, &sums),
            types: types(desk, tx, &sums)?,
            low: desk.settings.stock.low,
            day,
            is_today: date == today,
            before: date.yesterday().map(|day| day.to_string()).unwrap_or_default(),
            after: date.tomorrow().ok().filter(|next| *next <= today).map(|day| day.to_string()),
            plot,
            moves: moves(desk, tx, &sums)?,
        })
    })
}

fn plotted(desk: &Desk, tx: &Tx, date: Date) -> Result<PlotDay, Trouble> {
    let (since, until) = bounds(desk, date)?;
    let changes = stock::changes(tx, since, until)?;
    let all = changes.values().fold(Tally::default(), |all, lot| all.and(lot));
    Ok(PlotDay { date: date.to_string(), issued: all.issued, spoiled: all.spoiled })
}

fn moves(desk: &Desk, tx: &Tx, sums: &[LotSums]) -> Result<Vec<MoveLine>, Trouble> {
    let mut found = Vec::new();
    for made in stock::last_moves(tx, MOVES)? {
        let Some(lot) = sums.iter().find(|sums| sums.lot.id == made.lot).map(|sums| &sums.lot) else { continue };
        found.push(MoveLine {
            time: desk.rfc3339(made.time),
            kind: lot.kind,
            lot: lot.name.clone(),
            what: made.kind,
            n: made.n,
            expected: made.expected,
            why: made.why,
            by: staff::name_of(tx, &made.by)?,
        });
    }
    Ok(found)
}
