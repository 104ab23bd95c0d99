//! The end of a membership: cards void, number retired, consents withdrawn, password gone, in one commit. The personal part
//! stays until the library's retention is over, and the member is found as one who withdrew. Refused while something is
//! unfinished or unpaid. Start at [`withdraw`].

use serde::Serialize;

use super::issue::no_open_job;
use super::journal::move_card;
use super::{Act, Actor, Desk, Evidence, actor, once};
use crate::back::store::members::{self, Member};
use crate::back::store::{Tx, cards, charges, consents, numbers, passwords};
use crate::plan::fees::ChargeState;
use crate::plan::job::{CardEvent, CardState, NumberEvent, next_number};
use crate::plan::member::{ConsentKind, MemberNumber, refuse_identity_number};
use crate::plan::messages::Trouble;

/// A reason is a word or two.
const LONGEST_WHY: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawn {
    pub member: i64,
    pub state: &'static str,
    /// How many cards became void.
    pub cards_ended: usize,
    /// The number that went out of use.
    pub number_retired: Option<MemberNumber>,
}

/// What a withdrawal would do, to be asked about first.
pub struct Withdrawal {
    pub name: String,
    pub cards: usize,
    pub number: Option<MemberNumber>,
    pub national: bool,
    /// What stands against it now.
    pub against: Option<Trouble>,
}

/// What would happen; the look is logged.
pub fn withdrawal(desk: &Desk, actor: &Actor, id: i64) -> Result<Withdrawal, Trouble> {
    actor.may(Act::WithdrawMember)?;
    desk.store.change(|tx| {
        let member = members::get(tx, id)?;
        actor::log(desk, tx, actor, [id], "look", "withdraw")?;
        Ok(Withdrawal {
            cards: ending(tx, id)?.len(),
            against: nothing_against(tx, &member).err(),
            name: member.name,
            number: member.number,
            national: member.national,
        })
    })
}

/// Ends a membership. Refused: `member-withdrawn`, `job-open`, `member-fee-unpaid`, `why-long`, `identity-number`. The same
/// key answers the same once more.
pub fn withdraw(
    desk: &Desk,
    actor: &Actor,
    id: i64,
    evidence: Evidence,
    why: Option<&str>,
    key: Option<&str>,
) -> Result<Withdrawn, Trouble> {
    actor.may(Act::WithdrawMember)?;
    let why = why.map(str::trim).filter(|why| !why.is_empty());
    if let Some(why) = why {
        refuse_identity_number(why)?;
        let chars = why.chars().count();
        if chars > LONGEST_WHY {
            return Err(Trouble::new("why-long").with("chars", chars).with("most", LONGEST_WHY));
        }
    }
    once::once(desk, actor, key, "withdraw", id, &why, |done| {
        desk.store.change(|tx| {
            actor::not_oneself(tx, actor, id)?;
            let member = members::get(tx, id)?;
            if done && member.state == "withdrawn" {
                return answer(tx, &member);
            }
            nothing_against(tx, &member)?;
            end(desk, tx, &member, why)?;
            actor::log(desk, tx, actor, [id], "change", &evidence.purpose("withdraw"))?;
            answer(tx, &member)
        })
    })
}

/// Nothing is unfinished and nothing is unpaid.
fn nothing_against(tx: &Tx, member: &Member) -> Result<(), Trouble> {
    if member.state != "active" {
        return Err(Trouble::new("member-withdrawn").with("member", member.id));
    }
    no_open_job(tx, member)?;
    let charges = charges::of_member(tx, member.id)?;
    let unpaid: u64 = charges
        .iter()
        .filter(|charge| charge.state == ChargeState::Unpaid)
        .map(|charge| u64::from(charge.amount))
        .sum();
    if unpaid > 0 {
        return Err(Trouble::new("member-fee-unpaid").with("member", member.id).with("amount", unpaid));
    }
    Ok(())
}

/// The cards that end with the membership.
fn ending(tx: &Tx, id: i64) -> Result<Vec<i64>, Trouble> {
    let ends = |state| matches!(state, CardState::Live | CardState::Suspended);
    Ok(cards::of_member(tx, id)?.iter().filter(|card| ends(card.state)).map(|card| card.id).collect())
}

fn end(desk: &Desk, tx: &Tx, member: &Member, why: Option<&str>) -> Result<(), Trouble> {
    let now = desk.now().as_millisecond();
    for card in ending(tx, member.id)? {
        move_card(desk, tx, card, CardEvent::Void, Some("withdrawn"))?;
    }
    if let Some(number) = member.number
        && let Some(state) = numbers::state(tx, number)?
        && let Ok(retired) = next_number(state, NumberEvent::Retire)
    {
        numbers::set_state(tx, number, retired)?;
    }
    for kind in ConsentKind::ALL {
        consents::withdraw(tx, member.id, kind.as_str(), now)?;
    }
    passwords::remove(tx, member.id)?;
    members::withdraw(tx, member.id, why, now)
}

fn answer(tx: &Tx, member: &Member) -> Result<Withdrawn, Trouble> {
    let ended = |card: &&cards::Card| card.ended_why.as_deref() == Some("withdrawn");
    Ok(Withdrawn {
        member: member.id,
        state: "withdrawn",
        cards_ended: cards::of_member(tx, member.id)?.iter().filter(ended).count(),
        number_retired: member.number,
    })
}
