//! The registers that libraries keep: cards that were issued (발급대장) and reissued (재발급대장), oldest first, names masked. Whose
//! rows are shown is logged. It writes no sheet; `ledger_export` does. Start at [`register_page`].

use std::collections::BTreeSet;

use serde::Serialize;

use super::find::masked_name;
use super::money_report::times;
use super::{Act, Actor, Desk, actor};
use crate::back::store::Tx;
use crate::back::store::ledger_reading::{self as reading, Issued};
use crate::plan::fees::Period;
use crate::plan::messages::Trouble;

/// Rows of a page.
pub const REGISTER_PAGE: u32 = 50;
/// Asks for all rows on one page, as a sheet is printed.
pub const ALL_PAGES: u32 = u32::MAX;
/// What has more rows than a year of a large library stays in pages.
const MOST_ON_A_PAGE: u64 = 5_000;

/// A row of a register.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterRow {
    /// From 1, in its period.
    pub nth: u64,
    /// The day on which it was handed over, `YYYY-MM-DD`.
    pub day: String,
    /// Its name masked, but in an export.
    #[serde(flatten)]
    pub card: Issued,
}

/// A page of a register.
#[derive(Debug, Clone)]
pub struct RegisterPage {
    pub period: Period,
    pub rows: Vec<RegisterRow>,
    /// From 1.
    pub page: u32,
    pub pages: u32,
    pub total: u64,
    /// All of it may be asked for on one page: [`ALL_PAGES`].
    pub whole: bool,
}

/// How its looks are logged.
pub(super) fn purpose(reissues: bool) -> &'static str {
    if reissues { "reissue-register" } else { "issue-register" }
}

/// A page of the register of issues, or of reissues. Those on it are logged.
pub fn register_page(
    desk: &Desk,
    actor: &Actor,
    reissues: bool,
    period: Period,
    page: u32,
) -> Result<RegisterPage, Trouble> {
    actor.may(Act::ShowReports)?;
    let between = times(desk, &period)?;
    let shown = desk.store.look(|tx| {
        let (total, _) = reading::issued_to(tx, between, reissues)?;
        let whole = total <= MOST_ON_A_PAGE;
        let size = if whole && page == ALL_PAGES { MOST_ON_A_PAGE } else { REGISTER_PAGE.into() };
        let pages = u32::try_from(total.div_ceil(size)).unwrap_or(u32::MAX).max(1);
        let page = page.clamp(1, pages);
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let skip = i64::from(page - 1).saturating_mul(size);
        let mut rows = Vec::new();
        let mut put = |row| {
            rows.push(row);
            Ok(())
        };
        each(desk, tx, between, reissues, (size, skip), false, &mut put)?;
        Ok(RegisterPage { period, rows, page, pages, total, whole })
    })?;
    let members: BTreeSet<i64> = shown.rows.iter().map(|row| row.card.member).collect();
    desk.store.change(|tx| log(desk, tx, actor, members, reissues))?;
    Ok(shown)
}

/// All of its rows, handed over one by one, names masked. Everybody on it is logged before.
pub fn register(
    desk: &Desk,
    actor: &Actor,
    reissues: bool,
    period: Period,
    then: &mut dyn FnMut(RegisterRow) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    actor.may(Act::ShowReports)?;
    let between = times(desk, &period)?;
    desk.store.change(|tx| {
        let (_, members) = reading::issued_to(tx, between, reissues)?;
        log(desk, tx, actor, members, reissues)
    })?;
    desk.store.look(|tx| each(desk, tx, between, reissues, (-1, 0), false, then))
}

/// Whoever asks is logged also where nobody is on it.
pub(super) fn log(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    members: impl IntoIterator<Item = i64>,
    reissues: bool,
) -> Result<(), Trouble> {
    let mut members = members.into_iter().peekable();
    match members.peek() {
        Some(_) => actor::log(desk, tx, actor, members, "list", purpose(reissues)),
        None => actor::log_house(desk, tx, actor, "list", purpose(reissues)),
    }
}

/// Rows of a register, at most `limit` after `skip`; names in full where they leave the house for a reason.
pub(super) fn each(
    desk: &Desk,
    tx: &Tx,
    between: (i64, i64),
    reissues: bool,
    (limit, skip): (i64, i64),
    in_full: bool,
    then: &mut dyn FnMut(RegisterRow) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut nth = u64::try_from(skip).unwrap_or(0);
    reading::issued(tx, between, reissues, (limit, skip), |mut card| {
        nth += 1;
        card.name = card.name.map(|name| if in_full { name } else { masked_name(&name) });
        then(RegisterRow { nth, day: desk.day_of(card.at), card })
    })
}
