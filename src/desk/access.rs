//! The access log as it is read: a page of it with its counts, all of it one entry after the other, and what leaves the house with a
//! reason. Every look at the log is an entry of the log, committed before anything is answered. It judges nobody: `review.rs` does.
//! Start at [`access_page`] and [`show_access`].

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::access_query::{AccessQuery, Settled, settle};
use super::{Act, Actor, Desk, actor, log_time, review, unusual};
use crate::back::store::access_reading::{self as reading, Days, HourCount, Line, OfStaff, Sought};
use crate::back::store::{Tx, staff};
use crate::plan::audit::patterns::Flag;
use crate::plan::fees::why;
use crate::plan::messages::Trouble;

/// Entries of a page.
pub const ACCESS_PAGE: u32 = 50;
/// The period of a page where nothing was reviewed yet and none is asked for, in days.
const LATELY: i32 = 31;

/// An entry as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessRow {
    pub seq: i64,
    /// RFC 3339 with offset.
    pub time: String,
    /// `staff:3` or `os:root`.
    pub staff: String,
    /// The name of the account, or the id.
    #[serde(skip)]
    pub name: String,
    pub role: String,
    pub origin: String,
    pub desk: String,
    pub member: Option<i64>,
    pub what: String,
    pub purpose: String,
}

/// What one person did in the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffCount {
    pub staff: String,
    pub name: String,
    pub looks: u64,
    pub lists: u64,
    /// And whatever else was done.
    pub changes: u64,
    /// Different members of each day, added up.
    pub members: u64,
}

/// A page of the log.
#[derive(Debug, Clone)]
pub struct AccessPage {
    /// As it was settled: `from` and `to` are days.
    pub query: AccessQuery,
    /// Newest first.
    pub rows: Vec<AccessRow>,
    /// From 1.
    pub page: u32,
    pub pages: u32,
    pub total: u64,
    /// Entries by the hour of the day.
    pub hours: [u64; 24],
    /// The busiest first, whatever was done.
    pub by_staff: Vec<StaffCount>,
    pub flags: Vec<Flag>,
    /// The last day that was reviewed.
    pub reviewed_until: Option<String>,
    /// The first day that is kept, once older ones were dropped.
    pub kept_since: Option<String>,
}

/// A page of the log, newest first: what was asked for, else since the last review, else of a month. The look is logged.
pub fn access_page(desk: &Desk, actor: &Actor, query: &AccessQuery, page: u32) -> Result<AccessPage, Trouble> {
    actor.may(Act::ShowAccess)?;
    let (settled, shown) = desk.store.look(|tx| {
        let settled = settle(desk, tx, actor, query)?;
        let (from, to) = usual(desk, tx, &settled)?;
        let settled = settled.between(from, to)?;
        let shown = read(desk, tx, &settled, (from, to), page)?;
        Ok((settled, shown))
    })?;
    let purpose = settled.told("access");
    desk.store.change(|tx| actor::log_house(desk, tx, actor, "look", &purpose))?;
    Ok(shown)
}

/// The period of a page: whatever end was left open is filled in.
fn usual(desk: &Desk, tx: &Tx, settled: &Settled) -> Result<(Date, Date), Trouble> {
    let to = settled.to.unwrap_or_else(|| desk.today().max(settled.from.unwrap_or(Date::MIN)));
    if let Some(from) = settled.from {
        return Ok((from, to));
    }
    let month = to.saturating_sub((LATELY - 1).days());
    let reviewed = review::reviewed_until(tx)?.and_then(|day| day.tomorrow().ok());
    let since = if settled.to.is_none() { reviewed.map_or(month, |day| day.min(to)) } else { month };
    Ok((since, to))
}

fn read(desk: &Desk, tx: &Tx, settled: &Settled, days: (Date, Date), page: u32) -> Result<AccessPage, Trouble> {
    let (first, last) = (days.0.to_string(), days.1.to_string());
    let named = Days { first: &first, last: &last };
    let mut names = Names::default();
    let sought = settled.sought();
    let (total, hours, by_staff, counted) = match settled.member {
        Some(_) => of_member(&settled.zone, tx, &sought)?,
        None => {
            let counted = reading::hours(tx, named, sought.staff, sought.what)?;
            let by_staff = reading::by_staff(tx, named, sought.staff)?;
            let mut hours = [0; 24];
            for count in &counted {
                add(&mut hours, count.hour, count.entries);
            }
            (counted.iter().map(|count| count.entries).sum(), hours, by_staff, counted)
        }
    };
    let pages = u32::try_from(total.div_ceil(u64::from(ACCESS_PAGE))).unwrap_or(u32::MAX).max(1);
    let page = page.clamp(1, pages);
    let skip = u64::from(page - 1) * u64::from(ACCESS_PAGE);
    let lines = match settled.member {
        Some(_) => reading::some(tx, &sought, ACCESS_PAGE.into(), skip)?,
        None => window(&settled.zone, tx, &sought, &counted, skip)?,
    };
    let rows = lines.into_iter().map(|line| names.row(desk, tx, line)).collect::<Result<_, _>>()?;
    let mut flags = unusual::unusual(desk, tx, days)?;
    flags.retain(|flag| sought.staff.is_none_or(|staff| flag.staff == staff));
    flags.retain(|flag| settled.member.is_none() || flag.member == settled.member);
    Ok(AccessPage {
        query: AccessQuery {
            from: Some(first.clone()),
            to: Some(last.clone()),
            staff: settled.staff.clone(),
            member: settled.member,
            what: settled.what.clone(),
        },
        rows,
        page,
        pages,
        total,
        hours,
        by_staff: by_staff.into_iter().map(|count| names.count(tx, count)).collect::<Result<_, _>>()?,
        flags,
        reviewed_until: review::reviewed_until(tx)?.map(|day| day.to_string()),
        kept_since: kept_since(tx)?,
    })
}

fn add(hours: &mut [u64; 24], hour: i8, entries: u64) {
    if let Some(place) = usize::try_from(hour).ok().and_then(|hour| hours.get_mut(hour)) {
        *place += entries;
    }
}

type Counted = (u64, [u64; 24], Vec<OfStaff>, Vec<HourCount>);

/// Counts of one member: few entries, found by their index.
fn of_member(zone: &TimeZone, tx: &Tx, sought: &Sought) -> Result<Counted, Trouble> {
    let (mut total, mut hours) = (0, [0; 24]);
    let mut staff: BTreeMap<String, OfStaff> = BTreeMap::new();
    reading::each(tx, sought, i64::MAX, &mut |line| {
        total += 1;
        add(&mut hours, log_time::local(zone, line.time).hour(), 1);
        let new = || OfStaff { staff: line.staff.clone(), members: 1, ..OfStaff::default() };
        let of = staff.entry(line.staff.clone()).or_insert_with(new);
        match line.what.as_str() {
            "look" => of.looks += 1,
            "list" => of.lists += 1,
            _ => of.changes += 1,
        }
        Ok(())
    })?;
    let mut by_staff: Vec<OfStaff> = staff.into_values().collect();
    by_staff.sort_by_key(|of| std::cmp::Reverse(of.looks + of.lists + of.changes));
    Ok((total, hours, by_staff, Vec::new()))
}

/// The entries of a page: the counts say in which hours they stand, so that however far back it lies, hours are read and not years.
fn window(zone: &TimeZone, tx: &Tx, sought: &Sought, counted: &[HourCount], skip: u64) -> Result<Vec<Line>, Trouble> {
    let (mut lines, mut skip) = (Vec::new(), skip);
    for count in counted {
        let wanted = u64::from(ACCESS_PAGE).saturating_sub(lines.len() as u64);
        if wanted == 0 {
            break;
        }
        if skip >= count.entries {
            skip -= count.entries;
            continue;
        }
        let (since, until) = hour_bounds(zone, count)?;
        let within = Sought { since: since.max(sought.since), until: until.min(sought.until), ..*sought };
        lines.extend(reading::some(tx, &within, wanted, skip)?);
        skip = 0;
    }
    Ok(lines)
}

/// From when to before when an hour lasts here.
fn hour_bounds(zone: &TimeZone, count: &HourCount) -> Result<(i64, i64), Trouble> {
    let wrong = |_| Trouble::new("day").with("text", &count.day);
    let day: Date = count.day.parse().map_err(wrong)?;
    let begins = day.at(count.hour.clamp(0, 23), 0, 0, 0);
    let millis = |time: jiff::civil::DateTime| Ok(time.to_zoned_datetime(zone.clone())?.timestamp().as_millisecond());
    Ok((millis(begins).map_err(wrong)?, begins.checked_add(1.hour()).and_then(millis).map_err(wrong)?))
}

/// The first day that is kept, once older ones were dropped.
pub(super) fn kept_since(tx: &Tx) -> Result<Option<String>, Trouble> {
    let month = crate::back::store::access::ENTRIES.kept_since(tx)?;
    Ok(month.map(|month| format!("{month}-01")))
}

/// Names of accounts, each looked up once.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub fn of(&mut self, tx: &Tx, id: &str) -> Result<String, Trouble> {
        if let Some(name) = self.0.get(id) {
            return Ok(name.clone());
        }
        let name = staff::name_of(tx, id)?;
        self.0.insert(id.to_owned(), name.clone());
        Ok(name)
    }

    fn row(&mut self, desk: &Desk, tx: &Tx, line: Line) -> Result<AccessRow, Trouble> {
        Ok(AccessRow {
            seq: line.seq,
            time: desk.rfc3339(line.time),
            name: self.of(tx, &line.staff)?,
            staff: line.staff,
            role: line.role,
            origin: line.origin,
            desk: line.desk,
            member: line.member,
            what: line.what,
            purpose: line.purpose,
        })
    }

    fn count(&mut self, tx: &Tx, of: OfStaff) -> Result<StaffCount, Trouble> {
        let name = self.of(tx, &of.staff)?;
        let OfStaff { staff, looks, lists, changes, members } = of;
        Ok(StaffCount { staff, name, looks, lists, changes, members })
    }
}

/// All such entries, oldest first, handed over one by one. The look is logged first, and is none of them.
pub fn show_access(
    desk: &Desk,
    actor: &Actor,
    query: &AccessQuery,
    each: &mut dyn FnMut(AccessRow) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    actor.may(Act::ShowAccess)?;
    hand_out(desk, actor, query, |settled| ("look", settled.told("access-show")), each)
}

/// The same to be taken out of the house, for a reason, which is kept: `why-missing`, `why-text`, `identity-number`.
pub fn export_access(
    desk: &Desk,
    actor: &Actor,
    query: &AccessQuery,
    text: &str,
    each: &mut dyn FnMut(AccessRow) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    actor.may(Act::ExportAccess)?;
    let reason = why(text)?;
    hand_out(desk, actor, query, |_| ("export", format!("export: {reason}")), each)
}

fn hand_out(
    desk: &Desk,
    actor: &Actor,
    query: &AccessQuery,
    told: impl FnOnce(&Settled) -> (&'static str, String),
    each: &mut dyn FnMut(AccessRow) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let (settled, newest) = desk.store.change(|tx| {
        let settled = settle(desk, tx, actor, query)?;
        let newest = reading::newest(tx)?;
        let (what, purpose) = told(&settled);
        actor::log_house(desk, tx, actor, what, &purpose)?;
        Ok((settled, newest))
    })?;
    desk.store.look(|tx| {
        let mut names = Names::default();
        reading::each(tx, &settled.sought(), newest, &mut |line| each(names.row(desk, tx, line)?))
    })
}
