//! Whose data were touched in a period, for telling them when something went wrong (개인정보 보호법 제34조): ids, from the entries themselves
//! and not from their counts. It shows no names. Start at [`exposure`].

use serde::Serialize;

use super::access::kept_since;
use super::access_query::{AccessQuery, settle};
use super::{Act, Actor, Desk, actor};
use crate::back::store::access_reading as reading;
use crate::plan::messages::Trouble;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// Entries in which somebody's data were looked at, listed or changed.
    pub rows: u64,
    /// Whose, ascending.
    pub members: Vec<i64>,
    /// The first day that is kept, when earlier ones were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

/// Whose data were touched in these days, by one of the staff or by anybody. The question is logged. Refused as a question to the
/// log may be; without both days `day`.
pub fn exposure(desk: &Desk, actor: &Actor, from: &str, to: &str, staff: Option<&str>) -> Result<Exposure, Trouble> {
    actor.may(Act::ShowExposure)?;
    for text in [from, to] {
        super::day::day_typed(text)?;
    }
    let query = AccessQuery {
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
        staff: staff.map(str::to_owned),
        ..AccessQuery::default()
    };
    desk.store.change(|tx| {
        let settled = settle(desk, tx, actor, &query)?;
        let sought = settled.sought();
        let (rows, members) = reading::touched(tx, sought.since, sought.until, sought.staff)?;
        let from = settled.from.map(|day| day.to_string());
        let kept_since = kept_since(tx)?.filter(|kept| from.as_deref().is_none_or(|from| from < kept.as_str()));
        actor::log_house(desk, tx, actor, "look", &settled.told("exposure"))?;
        let note = kept_since.is_some().then_some("since-kept");
        Ok(Exposure { rows, members, kept_since, note })
    })
}
