//! The review of the access log: a period is looked through for unusual patterns, and what somebody found is signed by them and becomes an entry of the
//! log itself. Once a month at least (개인정보의 안전성 확보조치 기준 제8조 ②). It accuses nobody: patterns are questions. Start at [`review_access`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::access::Names;
use super::access_query::{AccessQuery, settle};
use super::enrol::asked;
use super::once::made_once;
use super::{Act, Actor, Desk, actor, unusual};
use crate::back::store::access::ENTRIES;
use crate::back::store::access_reading::{self as reading, Days};
use crate::back::store::{Tx, reviews};
use crate::plan::audit::patterns::Flag;
use crate::plan::member::refuse_identity_number;
use crate::plan::messages::Trouble;

/// The longest findings, in characters.
const LONGEST: usize = 2_000;
/// After so many days without a review somebody is reminded.
pub(super) const DUE_DAYS: i32 = 31;
/// Reviews of a list.
const SHOWN: u32 = 12;

/// A review as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    pub review: i64,
    /// `YYYY-MM-DD`, both included.
    pub from: String,
    pub to: String,
    /// Entries of the period.
    pub rows: u64,
    pub flags: Vec<Flag>,
    /// Entries among them by whoever reviewed: nobody is a good judge of those.
    pub own_rows: u64,
}

/// A review that was made before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastReview {
    pub review: Review,
    pub findings: String,
    /// `staff:3`, and the name of the account.
    pub reviewer: String,
    pub name: String,
    /// RFC 3339 with offset.
    pub made: String,
}

/// What of an answer the record keeps beside its own columns.
#[derive(Serialize, Deserialize)]
struct Kept {
    flags: Vec<Flag>,
    own_rows: u64,
}

/// Reviews these days, which end today at the latest, and signs what was found. Refused: `findings-missing`, `findings-text`,
/// `identity-number`, `review-ahead`, `log-broken`, and what a period may be refused for. The same key answers the same.
pub fn review_access(
    desk: &Desk,
    actor: &Actor,
    from: &str,
    to: &str,
    findings: &str,
    key: Option<&str>,
) -> Result<Review, Trouble> {
    actor.may(Act::ReviewAccess)?;
    let findings = found(findings)?;
    let query = AccessQuery { from: Some(from.to_owned()), to: Some(to.to_owned()), ..AccessQuery::default() };
    let settled = desk.store.look(|tx| settle(desk, tx, actor, &query))?;
    let missing = || Trouble::new("day").with("text", "");
    let (from, to) = (settled.from.ok_or_else(missing)?, settled.to.ok_or_else(missing)?.min(desk.today()));
    // A period that has not begun has nothing to be found.
    if from > to {
        return Err(Trouble::new("review-ahead").with("from", from));
    }
    let settled = settled.between(from, to)?;
    let now = desk.now().as_millisecond();
    let asked = key.map(|key| asked(desk, key, "access-review", &(query.from, query.to, &findings), actor));
    desk.store.change(|tx| {
        stands(tx, settled.sought().since)?;
        let id = made_once(tx, asked.as_ref(), now, || sign(desk, tx, actor, (from, to), &findings))?;
        let made = reviews::get(tx, id)?.ok_or_else(|| Trouble::new("review-gone").with("review", id))?;
        Ok(as_made(made).0)
    })
}

/// `log-broken` where the log was altered from this time on: nobody signs that nothing was found in it.
fn stands(tx: &Tx, since: i64) -> Result<(), Trouble> {
    let Some(first) = reading::first_since(tx, since)? else { return Ok(()) };
    let broken = ENTRIES.verify_since(tx, first)?.first_broken;
    broken.map_or(Ok(()), |seq| Err(Trouble::new("log-broken").with("seq", seq)))
}

/// `log-broken` where the newest month of the log was altered.
pub(super) fn newest_stands(desk: &Desk) -> Result<(), Trouble> {
    desk.store.look(|tx| {
        let broken = ENTRIES.verify_since(tx, i64::MAX)?.first_broken;
        broken.map_or(Ok(()), |seq| Err(Trouble::new("log-broken").with("seq", seq)))
    })
}

/// What was found, in somebody's own words; several lines are fine.
fn found(text: &str) -> Result<String, Trouble> {
    let text = text.trim();
    refuse_identity_number(text)?;
    match text.chars().count() {
        0 => Err(Trouble::new("findings-missing")),
        1..=LONGEST if !text.chars().any(|c| c.is_control() && !c.is_whitespace()) => Ok(text.to_owned()),
        _ => Err(Trouble::new("findings-text").with("most", LONGEST)),
    }
}

fn sign(desk: &Desk, tx: &Tx, actor: &Actor, days: (Date, Date), findings: &str) -> Result<i64, Trouble> {
    let (from, to) = (days.0.to_string(), days.1.to_string());
    let by_staff = reading::by_staff(tx, Days { first: &from, last: &to }, None)?;
    let entries = |of: &reading::OfStaff| of.looks + of.lists + of.changes;
    let own_rows = by_staff.iter().filter(|of| of.staff == actor.id()).map(entries).sum();
    let kept = Kept { flags: unusual::unusual(desk, tx, days)?, own_rows };
    let review = reviews::Review {
        id: reviews::next(tx)?,
        entry: reading::newest(tx)? + 1,
        from,
        to,
        rows: by_staff.iter().map(entries).sum::<u64>().cast_signed(),
        flags: serde_json::to_string(&kept).unwrap_or_default(),
        findings: findings.to_owned(),
        reviewer: actor.id(),
        made: desk.now().as_millisecond(),
    };
    reviews::insert(tx, &review)?;
    actor::log_house(desk, tx, actor, reviews::WHAT, &review.purpose())?;
    Ok(review.id)
}

/// The answer, and what was found.
fn as_made(made: reviews::Review) -> (Review, String) {
    let kept = serde_json::from_str(&made.flags).unwrap_or(Kept { flags: Vec::new(), own_rows: 0 });
    let review = Review {
        review: made.id,
        from: made.from,
        to: made.to,
        rows: made.rows.unsigned_abs(),
        flags: kept.flags,
        own_rows: kept.own_rows,
    };
    (review, made.findings)
}

/// The newest reviews, newest first.
pub fn last_reviews(desk: &Desk, actor: &Actor) -> Result<Vec<PastReview>, Trouble> {
    actor.may(Act::ShowAccess)?;
    desk.store.look(|tx| {
        let mut names = Names::default();
        let newest = reviews::newest(tx, SHOWN)?.into_iter();
        let shown = newest.map(|made| {
            let (reviewer, at) = (made.reviewer.clone(), desk.rfc3339(made.made));
            let name = names.of(tx, &reviewer)?;
            let (review, findings) = as_made(made);
            Ok(PastReview { review, findings, reviewer, name, made: at })
        });
        shown.collect()
    })
}

/// The last day that was reviewed.
pub(super) fn reviewed_until(tx: &Tx) -> Result<Option<Date>, Trouble> {
    Ok(reviews::reviewed_until(tx)?.and_then(|day| day.parse().ok()))
}

/// `access-review-due` when there is something to review, and nobody did for more than a month.
pub(super) fn due(desk: &Desk) -> Result<Option<Trouble>, Trouble> {
    let since = desk.store.look(|tx| match reviewed_until(tx)? {
        Some(day) => Ok(Some(day)),
        None => Ok(reading::first_time(tx)?.map(|time| desk.date_of(time))),
    })?;
    let Some(since) = since else { return Ok(None) };
    let days = desk.today().since(since).map_or(0, |span| span.get_days());
    Ok((days > DUE_DAYS)
        .then(|| Trouble::new("access-review-due").with("days", days).with("since", since).with("today", desk.today())))
}
