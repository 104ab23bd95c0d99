//! How long the records are kept, and the end of those that are past it: whole months, the oldest first, each drop an entry of its
//! own record. 개인정보의 안전성 확보조치 기준: the access log one year at least, two with 50,000 persons or more (제8조 ①), what became of
//! rights three years (제5조 ③). Members have a retention of their own, which is not here. Start at [`purge`].

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Desk, log_time};
use crate::back::store::access::{self, ENTRIES, Entry, RIGHTS, RightsEntry};
use crate::back::store::access_reading::HOUSE;
use crate::back::store::chain::Chain;
use crate::back::store::{Tx, access_counts, members, reviews, rights_held};
use crate::plan::messages::Trouble;

/// From so many persons on the access log is kept for [`LARGE_YEARS`] at least.
const LARGE: i64 = 50_000;
const LARGE_YEARS: u32 = 2;
/// What became of accounts and their rights; no setting shortens it.
const RIGHTS_YEARS: u32 = 3;
/// How an entry says where it came from when nobody asked for it.
const BY_ITSELF: &str = "service";

/// The years that the access log is kept, and how many persons make it so where that is more than the settings say.
fn kept_years(desk: &Desk, tx: &Tx) -> Result<(u32, Option<i64>), Trouble> {
    let wanted = desk.settings.access.keep_years;
    if wanted >= LARGE_YEARS {
        return Ok((wanted, None));
    }
    let persons = members::count(tx)?;
    Ok(if persons >= LARGE { (LARGE_YEARS, Some(persons)) } else { (wanted, None) })
}

/// `access-keep-short` when the settings would keep the log for less than the law lets them.
pub(super) fn keep_short(desk: &Desk) -> Result<Option<Trouble>, Trouble> {
    let (_, persons) = desk.store.look(|tx| kept_years(desk, tx))?;
    Ok(persons.map(|persons| Trouble::new("access-keep-short").with("members", persons)))
}

/// Drops the oldest month of each record that is past its time, one of each at a time: a clock that runs ahead for a day does little
/// harm, and one that runs behind the records does none. The months that went, with their tables.
pub(super) fn purge(desk: &Desk) -> Result<Vec<(&'static str, String)>, Trouble> {
    let due = desk.store.look(|tx| due(desk, tx))?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    desk.store.change(|tx| {
        let due = self::due(desk, tx)?;
        for (chain, month) in &due {
            drop_month(desk, tx, chain, month)?;
        }
        Ok(due.into_iter().map(|(chain, month)| (chain.table, month)).collect())
    })
}

fn due(desk: &Desk, tx: &Tx) -> Result<Vec<(&'static Chain, String)>, Trouble> {
    if access::last_time(tx)?.is_some_and(|newest| newest > desk.now().as_millisecond()) {
        return Ok(Vec::new());
    }
    let kept_from = |years: u32| desk.today().saturating_sub(i64::from(years).years()).strftime("%Y-%m").to_string();
    let mut found = Vec::new();
    for (chain, years) in [(&ENTRIES, kept_years(desk, tx)?.0), (&RIGHTS, RIGHTS_YEARS)] {
        found.extend(chain.oldest(tx)?.filter(|month| *month < kept_from(years)).map(|month| (chain, month)));
    }
    Ok(found)
}

fn drop_month(desk: &Desk, tx: &Tx, chain: &Chain, month: &str) -> Result<(), Trouble> {
    let wrong = |_| Trouble::new("day").with("text", month);
    let first: Date = format!("{month}-01").parse().map_err(wrong)?;
    let next = first.checked_add(1.month()).map_err(wrong)?;
    let when = &log_time::moment(desk, tx)?;
    let purge = || chain.purge_before(tx, &next.strftime("%Y-%m").to_string(), when.time).map(drop);
    if chain.table == RIGHTS.table {
        rights_held::carried_over(tx, purge)?;
        let entry = RightsEntry {
            when,
            staff: HOUSE,
            desk: "",
            origin: BY_ITSELF,
            whose: HOUSE,
            what: "purged",
            detail: month,
        };
        return access::append_right(tx, &entry);
    }
    purge()?;
    reviews::purge(tx)?;
    // What a clock that was set back had written into a later month is kept, and counted.
    let zone = log_time::zone(desk, tx)?;
    access_counts::make_anew(tx, Some(&log_time::span(&zone, next)?), &log_time::calendar(&zone))?;
    let purpose = format!("purge-access, {month}");
    let entry =
        Entry { when, staff: HOUSE, role: HOUSE, desk: "", origin: BY_ITSELF, what: "change", purpose: &purpose };
    access::append(tx, &entry, [None])
}
