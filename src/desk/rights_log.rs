//! What became of accounts and their rights, as it is read: who was let in, locked, reset, given another role, by whom and from where.
//! The look is an entry of the access log, committed before anything is answered. It changes no right. Start at [`rights_log`].

use serde::Serialize;

use super::access::Names;
use super::access_query::{AccessQuery, settle};
use super::{Act, Actor, Desk, actor};
use crate::back::store::access_reading as reading;
use crate::plan::messages::Trouble;

/// A record of rights as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RightsRow {
    pub seq: i64,
    /// RFC 3339 with offset.
    pub time: String,
    /// Who did it: `staff:3`, `os:root` or `house`.
    pub staff: String,
    /// The name of that account, or the id.
    #[serde(skip)]
    pub name: String,
    pub origin: String,
    /// The number of the desk; empty at the command line.
    pub desk: String,
    /// Whose account it is: `staff:7`.
    pub whose: String,
    #[serde(skip)]
    pub whose_name: String,
    /// `invited`, `set-up`, `role`, `locked` …: words are `rights-what-…`.
    pub what: String,
    /// Codes and ids: `clerk -> manager`, `member:7`, `2026-11`; may be empty.
    pub detail: String,
}

/// The records of a period, oldest first; of one account where it is named: what became of it, and what it did to others. Refused
/// as a question to the log may be. The question is logged.
pub fn rights_log(
    desk: &Desk,
    actor: &Actor,
    staff: Option<i64>,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Vec<RightsRow>, Trouble> {
    actor.may(Act::ShowAccess)?;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let query = AccessQuery {
        from: owned(from),
        to: owned(to),
        staff: staff.map(|id| format!("staff:{id}")),
        ..AccessQuery::default()
    };
    desk.store.change(|tx| {
        let settled = settle(desk, tx, actor, &query)?;
        actor::log_house(desk, tx, actor, "look", &settled.told("rights"))?;
        let mut names = Names::default();
        let found = reading::rights(tx, &settled.sought())?.into_iter();
        let rows = found.map(|line| {
            Ok(RightsRow {
                seq: line.seq,
                time: desk.rfc3339(line.time),
                name: names.of(tx, &line.staff)?,
                staff: line.staff,
                origin: line.origin,
                desk: line.desk,
                whose_name: names.of(tx, &line.whose)?,
                whose: line.whose,
                what: line.what,
                detail: line.detail,
            })
        });
        rows.collect()
    })
}
