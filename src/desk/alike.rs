//! Who is likely the same person while somebody is still typing: masked rows for the side of the page. Nothing is asked before
//! name and birth date or telephone number are whole, and a set of people that is on the page already is not logged again.
//! Start at [`alike_as_typed`].

use std::collections::BTreeSet;

use super::{Act, Desk, Session, actor, find};
use crate::back::store::members::{self, Member};
use crate::back::store::sessions;
use crate::plan::member::{BirthDate, MemberNumber, PersonName, Phone};
use crate::plan::messages::Trouble;

const KIND: &str = "alike";
/// One name is shorter than this in hardly any case, and the first letter of one names half the town.
const SHORTEST_NAME: usize = 2;

/// One of them, masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    pub member: i64,
    pub name: String,
    pub birth: String,
    pub number: Option<MemberNumber>,
    pub own_number: Option<String>,
}

/// The likely same people of what was typed so far. Those of `but` are left out: a member who is being corrected.
pub fn alike_as_typed(
    desk: &Desk,
    session: &Session,
    name: &str,
    birth: &str,
    phone: &str,
    but: Option<i64>,
) -> Result<Vec<Alike>, Trouble> {
    session.actor.may(Act::Enrol)?;
    let name = PersonName::parse(name).ok().filter(|name| name.as_str().chars().count() >= SHORTEST_NAME);
    let birth = BirthDate::parse(birth, desk.today()).ok().map(|birth| birth.to_string());
    let phone = Phone::parse(phone).ok();
    let Some(name) = name.filter(|_| birth.is_some() || phone.is_some()) else { return Ok(Vec::new()) };
    let found = desk.store.look(|tx| {
        members::alike(tx, &name.key(), birth.as_deref().unwrap_or_default(), phone.as_ref().map(Phone::as_str))
    })?;
    let found: Vec<Member> = found.into_iter().filter(|member| Some(member.id) != but).collect();
    log_once(desk, session, &found.iter().map(|member| member.id).collect())?;
    Ok(found.into_iter().map(|member| masked(desk, member)).collect())
}

/// Each set that is shown is logged once: what follows on the same page changes nothing of what was seen.
fn log_once(desk: &Desk, session: &Session, shown: &BTreeSet<i64>) -> Result<(), Trouble> {
    if shown.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = shown.iter().map(i64::to_string).collect();
    let ids = ids.join(",");
    let before = desk.store.look(|tx| sessions::kept(tx, session.id, KIND, KIND))?;
    if before.as_deref() == Some(ids.as_str()) {
        return Ok(());
    }
    desk.store.change(|tx| {
        actor::log(desk, tx, &session.actor, shown.iter().copied(), "list", "enrol")?;
        sessions::keep(tx, session.id, KIND, KIND, &ids, desk.now().as_millisecond())
    })
}

/// As a list shows them.
pub(super) fn masked(desk: &Desk, member: Member) -> Alike {
    Alike {
        member: member.id,
        name: find::masked_name(&member.name),
        birth: BirthDate::parse(&member.birth, desk.today()).map_or_else(|_| "**".to_owned(), BirthDate::masked),
        number: member.number,
        own_number: member.own_number,
    }
}
