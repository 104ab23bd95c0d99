//! What of the access log is asked for, settled: days that there are, a period that does not run backwards, people and members that
//! are known. It reads no entries. Start at [`settle`].

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::day::day_typed;
use super::log_time::{self, bounds};
use super::quoted::quoted;
use super::reissue::holder_of;
use super::{Act, Actor, Desk, actor::StaffRef};
use crate::back::store::access_reading::{self, HOUSE, Sought};
use crate::back::store::{Tx, members};
use crate::plan::member::{MemberNumber, refuse_identity_number};
use crate::plan::messages::Trouble;

/// The kinds of entry that may be asked for; whatever is neither looked at nor listed is a change.
pub const ACCESS_KINDS: [&str; 3] = ["look", "list", "change"];

/// A question to the log as somebody typed it; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AccessQuery {
    pub from: Option<String>,
    pub to: Option<String>,
    /// `3`, `staff:3` or `os:root`.
    pub staff: Option<String>,
    pub member: Option<i64>,
    /// `look`, `list`, or `change` for whatever else was done.
    pub what: Option<String>,
}

/// A question that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settled {
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub staff: Option<String>,
    pub member: Option<i64>,
    pub what: Option<String>,
    /// The log's.
    pub zone: TimeZone,
    since: i64,
    until: i64,
}

impl Settled {
    pub fn sought(&self) -> Sought<'_> {
        Sought {
            since: self.since,
            until: self.until,
            staff: self.staff.as_deref(),
            member: self.member,
            what: self.what.as_deref(),
        }
    }

    /// As an entry of the log says what was asked: days and ids, nothing that was typed.
    pub fn told(&self, purpose: &str) -> String {
        let day = |date: Option<Date>| date.map_or_else(|| "…".to_owned(), |date| date.to_string());
        let period = (self.from.is_some() || self.to.is_some()).then(|| format!("{} {}", day(self.from), day(self.to)));
        let member = self.member.map(|member| format!("member {member}"));
        let asked = [Some(purpose.to_owned()), period, self.staff.clone(), member, self.what.clone()];
        asked.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// The same question about this period.
    pub fn between(self, from: Date, to: Date) -> Result<Settled, Trouble> {
        let (since, until) = period(&self.zone, Some(from), Some(to))?;
        Ok(Settled { from: Some(from), to: Some(to), since, until, ..self })
    }
}

/// Refused: `day`, `period-backwards`, `access-staff-unknown`, `member-unknown`, `identity-number`.
pub(super) fn settle(desk: &Desk, tx: &Tx, actor: &Actor, query: &AccessQuery) -> Result<Settled, Trouble> {
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let typed = |text: &Option<String>| given(text).map(|text| day_typed(&text)).transpose();
    let (from, to) = (typed(&query.from)?, typed(&query.to)?);
    let zone = log_time::zone(desk, tx)?;
    let (since, until) = period(&zone, from, to)?;
    let staff = given(&query.staff).map(|text| known(tx, actor, &text)).transpose()?;
    if let Some(member) = query.member
        && !access_reading::knows_member(tx, member)?
    {
        members::get(tx, member)?;
    }
    let what = given(&query.what).filter(|what| ACCESS_KINDS.contains(&what.as_str()));
    Ok(Settled { from, to, staff, member: query.member, what, zone, since, until })
}

/// From the first moment of a period to before the moment after its last; an end that is open has none.
fn period(zone: &TimeZone, from: Option<Date>, to: Option<Date>) -> Result<(i64, i64), Trouble> {
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Trouble::new("period-backwards").with("from", from).with("to", to));
    }
    let since = from.map_or(Ok(i64::MIN), |date| bounds(zone, date).map(|(since, _)| since))?;
    let until = to.map_or(Ok(i64::MAX), |date| bounds(zone, date).map(|(_, until)| until))?;
    Ok((since, until))
}

/// The member whom somebody named, by id or by number, of whom entries may be left. `member-unknown`, `number-unknown`,
/// `number-foreign`, `identity-number`.
pub fn access_member(desk: &Desk, actor: &Actor, text: &str) -> Result<i64, Trouble> {
    actor.may(Act::ShowAccess)?;
    refuse_identity_number(text)?;
    match MemberNumber::parse(text) {
        Ok(number) => Ok(desk.store.look(|tx| holder_of(desk, tx, number))?.0),
        Err(_) => super::id(text, "member-unknown", "member"),
    }
}

/// The id that entries hold of whom somebody named: `3`, `staff:3`, `os:root`. Whoever asks is known before their first entry.
fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<String, Trouble> {
    refuse_identity_number(text)?;
    let unknown = || Trouble::new("access-staff-unknown").with("staff", quoted(text));
    if text == HOUSE {
        return Ok(text.to_owned());
    }
    if text.starts_with("os:") {
        let known = text == actor.id() || access_reading::knows(tx, text)?;
        return if known { Ok(text.to_owned()) } else { Err(unknown()) };
    }
    let id = text.strip_prefix("staff:").unwrap_or(text);
    let id: i64 = id.parse().ok().filter(|id| *id >= 1).ok_or_else(unknown)?;
    let actor = Actor { staff: StaffRef::Account { id, name: String::new() }, ..Actor::command_line("") }.id();
    let known = access_reading::account(tx, id)? || access_reading::knows(tx, &actor)?;
    if known { Ok(actor) } else { Err(unknown()) }
}
