//! What speaks for the person at the desk being the member whose file is open: a number alone never does. The page keeps it
//! with the session for a while; every act on a member takes it, and the log says which it was. Start at [`Evidence`].

use super::{Act, Actor, Desk, Session, actor};
use crate::back::store::{members, sessions};
use crate::plan::kebab;
use crate::plan::messages::Trouble;

/// In the order of how much it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The clerk says so: knows them, or was told by somebody who does.
    Word,
    /// A document with name and face was looked at.
    Document,
    /// The member's own card lay on the reader and proved to be ours.
    Card,
}
kebab!(Evidence { Word = "word", Document = "document", Card = "card" });

impl Evidence {
    /// The purpose as the access log has it: `reissue, document seen`.
    pub fn purpose(self, act: &str) -> String {
        match self {
            Evidence::Card => format!("{act}, card read"),
            Evidence::Document => format!("{act}, document seen"),
            Evidence::Word => format!("{act}, clerk's word"),
        }
    }
}

const KIND: &str = "evidence";
/// As long as somebody stands at the desk.
const HOLDS: i64 = 10 * 60 * 1000;

/// Notes and logs it for this session and member; it holds for ten minutes. A weaker one does not replace a stronger one
/// that still holds.
pub fn note_evidence(desk: &Desk, session: &Session, member: i64, evidence: Evidence) -> Result<(), Trouble> {
    session.actor.may(Act::ShowMember)?;
    actor::not_own(desk, &session.actor, member)?;
    if evidence_of(desk, session, member)?.is_some_and(|known| known > evidence) {
        return Ok(());
    }
    let now = desk.now().as_millisecond();
    desk.store.change(|tx| {
        sessions::keep(tx, session.id, &member.to_string(), KIND, &format!("{evidence} {now}"), now)?;
        log(desk, tx, &session.actor, member, evidence)
    })
}

fn log(desk: &Desk, tx: &crate::back::store::Tx, by: &Actor, member: i64, evidence: Evidence) -> Result<(), Trouble> {
    actor::log(desk, tx, by, [member], "look", &evidence.purpose("identify"))
}

/// What this session knows of the person before it, if that still holds; `member-unknown` when there is no such member.
pub fn evidence_of(desk: &Desk, session: &Session, member: i64) -> Result<Option<Evidence>, Trouble> {
    session.actor.may(Act::ShowMember)?;
    let kept = desk.store.look(|tx| {
        members::get(tx, member)?;
        sessions::kept(tx, session.id, KIND, &member.to_string())
    })?;
    let read = |text: String| {
        let (word, at) = text.split_once(' ')?;
        let since = desk.now().as_millisecond() - at.parse::<i64>().ok()?;
        Evidence::parse(word).filter(|_| (0..HOLDS).contains(&since))
    };
    Ok(kept.and_then(read))
}

/// As [`evidence_of`], or `evidence-missing`: an act on a member is refused by number alone. `own-member` where it is one's own.
pub fn evidence_needed(desk: &Desk, session: &Session, member: i64) -> Result<Evidence, Trouble> {
    actor::not_own(desk, &session.actor, member)?;
    evidence_of(desk, session, member)?.ok_or_else(|| Trouble::new("evidence-missing").with("member", member))
}
