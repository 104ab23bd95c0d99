//! What somebody typed into the filters of the access log, as a question: a member by their number too, and for what cannot be
//! asked the field that it stands in. It reads no entries, and repeats no number that nobody has. Start at [`access_asked`].

use serde::{Deserialize, Serialize};

use super::access_query::{ACCESS_KINDS, AccessQuery, access_member, settle};
use super::{Act, Actor, Desk};
use crate::back::store::access_reading;
use crate::back::store::members::{self, Search};
use crate::plan::member::{MemberNumber, OwnNumber};
use crate::plan::messages::Trouble;

/// The filters as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTyped {
    pub from: String,
    pub to: String,
    pub staff: String,
    /// A member number, the id that the log shows, or the library's own number.
    pub member: String,
    pub what: String,
}

/// A field that cannot be taken as it was typed.
#[derive(Debug)]
pub struct WrongField {
    /// `from`, `to`, `staff`, `member`; empty for none of them.
    pub field: &'static str,
    pub trouble: Trouble,
}

/// The question that was typed; of a member the id alone is left of it. What is no kind of act is not asked for.
pub fn access_asked(desk: &Desk, actor: &Actor, typed: &AccessTyped) -> Result<AccessQuery, Box<WrongField>> {
    let at = |field| move |trouble| Box::new(WrongField { field, trouble });
    actor.may(Act::ShowAccess).map_err(at(""))?;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (from, to, staff) = (given(&typed.from), given(&typed.to), given(&typed.staff));
    let try_alone = |field, query: AccessQuery| {
        desk.store.look(|tx| settle(desk, tx, actor, &query).map(|_| ())).map_err(at(field))
    };
    let none = AccessQuery::default;
    try_alone("from", AccessQuery { from: from.clone(), ..none() })?;
    try_alone("to", AccessQuery { to: to.clone(), ..none() })?;
    try_alone("to", AccessQuery { from: from.clone(), to: to.clone(), ..none() })?;
    try_alone("staff", AccessQuery { staff: staff.clone(), ..none() })?;
    let member = given(&typed.member).map(|text| whose(desk, actor, &text)).transpose().map_err(at("member"))?;
    let what = given(&typed.what).filter(|what| ACCESS_KINDS.contains(&what.as_str()));
    Ok(AccessQuery { from, to, staff, member, what })
}

/// Whoever has or had this number; else the id, as the log shows it; else the library's own number.
fn whose(desk: &Desk, actor: &Actor, text: &str) -> Result<i64, Trouble> {
    let named = access_member(desk, actor, text);
    if MemberNumber::parse(text).is_ok() || matches!(&named, Err(trouble) if trouble.code != "member-unknown") {
        return named;
    }
    desk.store.look(|tx| {
        if let Ok(id) = named
            && (access_reading::knows_member(tx, id)? || members::get(tx, id).is_ok())
        {
            return Ok(id);
        }
        let unknown = || Trouble::new("staff-member-unknown");
        let own = OwnNumber::parse(text).map_err(|_| unknown())?;
        let found = members::search(tx, &Search::OwnNumber(own.as_str()), 1)?;
        found.first().map(|member| member.id).ok_or_else(unknown)
    })
}
