//! What this session has done a moment ago, for the page that says so: it is said of what was noted when it was done, as long as
//! the store still bears it out, and never because somebody opened that page. It changes no member and no card. Start at
//! [`renamed`].

use serde::{Deserialize, Serialize};

use super::block::is_held;
use super::find::has_withdrawn;
use super::{Act, Desk, Edited, Outcome, Recovered, Session, actor};
use crate::back::store::{Tx, cards, members, sessions};
use crate::plan::job::CardState;
use crate::plan::messages::Trouble;

const RENAMED: &str = "renamed";
const RECOVERED: &str = "recovered";

/// A name was changed, and cards still show the old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    pub name: String,
    /// How many of them the member still has.
    pub cards: usize,
}

/// A card was put on the reader to be recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// It was whole, and nothing was written.
    pub whole: bool,
    /// It is blocked all the same.
    pub suspended: bool,
}

/// The ids of the cards, by the records of the store.
#[derive(Serialize, Deserialize)]
struct OldName {
    cards: Vec<i64>,
}

#[derive(Serialize, Deserialize)]
struct Mended {
    uid: String,
    outcome: Outcome,
}

/// Notes what a correction of this member came to.
pub fn note_renamed(desk: &Desk, session: &Session, edited: &Edited) -> Result<(), Trouble> {
    session.actor.may(Act::EditMember)?;
    match edited.renamed {
        true => note(desk, session, RENAMED, edited.member, &OldName { cards: edited.old_name_on.clone() }),
        false => Ok(()),
    }
}

/// Nothing where no name was changed in this session, or no card shows an old one any more. The look is logged.
pub fn renamed(desk: &Desk, session: &Session, member: i64) -> Result<Option<Renamed>, Trouble> {
    session.actor.may(Act::EditMember)?;
    desk.store.change(|tx| {
        let Some(OldName { cards: shown }) = noted(tx, session, RENAMED, member)? else { return Ok(None) };
        let found = members::get(tx, member)?;
        let held = cards::of_member(tx, member)?;
        let left = held.iter().filter(|card| shown.contains(&card.id) && is_held(card.state)).count();
        if left == 0 || has_withdrawn(&found) {
            return Ok(None);
        }
        actor::log(desk, tx, &session.actor, [member], "look", "edit")?;
        Ok(Some(Renamed { name: found.name, cards: left }))
    })
}

/// Notes what became of the card of this member.
pub fn note_recovered(desk: &Desk, session: &Session, member: i64, done: &Recovered) -> Result<(), Trouble> {
    session.actor.may(Act::RecoverCard)?;
    note(desk, session, RECOVERED, member, &Mended { uid: done.uid.clone(), outcome: done.outcome })
}

/// Nothing where no card of this member was recovered in this session, or it is out of use by now.
pub fn restored(desk: &Desk, session: &Session, member: i64) -> Result<Option<Restored>, Trouble> {
    session.actor.may(Act::RecoverCard)?;
    desk.store.look(|tx| {
        let Some(mended) = noted::<Mended>(tx, session, RECOVERED, member)? else { return Ok(None) };
        let held = cards::of_member(tx, member)?;
        let card = held.iter().find(|card| card.uid.as_deref() == Some(&mended.uid) && is_held(card.state));
        Ok(card.filter(|_| mended.outcome != Outcome::Blanked).map(|card| Restored {
            whole: mended.outcome == Outcome::Whole,
            suspended: card.state == CardState::Suspended,
        }))
    })
}

fn note(desk: &Desk, session: &Session, kind: &str, member: i64, what: &impl Serialize) -> Result<(), Trouble> {
    let text = serde_json::to_string(what).map_err(|_| Trouble::new("web-trouble"))?;
    let id = place(kind, member);
    desk.store.change(|tx| sessions::keep(tx, session.id, &id, kind, &text, desk.now().as_millisecond()))
}

fn noted<T: for<'a> Deserialize<'a>>(
    tx: &Tx,
    session: &Session,
    kind: &str,
    member: i64,
) -> Result<Option<T>, Trouble> {
    let kept = sessions::kept(tx, session.id, kind, &place(kind, member))?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

/// One of each a member; the id of what a session keeps is unique among all kinds.
fn place(kind: &str, member: i64) -> String {
    format!("{kind}-{member}")
}
