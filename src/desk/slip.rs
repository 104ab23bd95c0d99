//! The slip that goes with a card: what its holder is to know, and no more of them than a masked name. The number stands on it
//! in figures and never as a bar code, which a kiosk that looks at the number alone would take for a second card. It prints
//! nothing and changes nothing but the access log. Start at [`slip`].

use super::{Act, Actor, Desk, actor, find};
use crate::back::settings::RegisterKind;
use crate::back::store::cards::{self, Card};
use crate::back::store::charges;
use crate::back::store::jobs::{self, Job};
use crate::back::store::members::{self, Member};
use crate::plan::fees::Reason;
use crate::plan::job::{CardKind, JobState};
use crate::plan::member::{Decoded, MemberNumber};
use crate::plan::messages::Trouble;

/// What stands on the slip; the words are the front's.
#[derive(Debug, Clone)]
pub struct Slip {
    pub job: i64,
    /// Masked.
    pub name: String,
    /// The number and whose library gave it, in its parts.
    pub number: Decoded,
    pub kind: CardKind,
    pub reason: String,
    /// `YYYY-MM-DD`.
    pub issued: String,
    pub fee: Option<SlipFee>,
    pub per_library: u32,
    pub everywhere: u32,
    pub return_elsewhere: bool,
    pub changes: Vec<Change>,
    /// Where a block acts.
    pub blocks: BlockReach,
    /// The issuing library by name, and where it can be called, if the directory knows.
    pub library: String,
    pub tel: Option<String>,
    pub desk: String,
    /// RFC 3339 with offset.
    pub time: String,
}

/// What a card costs its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipFee {
    /// Won.
    pub amount: u32,
    /// A word of [`ChargeState`](crate::plan::fees::ChargeState).
    pub state: String,
    /// A word of [`PayBy`](crate::plan::fees::PayBy).
    pub paid_by: Option<String>,
    /// The receipt that the member has of it.
    pub receipt: Option<i64>,
}

/// What is other than before for the holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The library's own card, by its number, gave way to this one.
    Converted { own: Option<String> },
    /// The number, and with it whatever was bound to the old one.
    Number { old: MemberNumber },
    /// The card before this one is out of use.
    OldCard,
}

/// Where a blocked card is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockReach {
    /// No register is connected: this library's program alone knows of it.
    Here,
    /// All libraries that are connected to the register.
    Connected,
}

impl BlockReach {
    pub fn as_str(self) -> &'static str {
        match self {
            BlockReach::Here => "here",
            BlockReach::Connected => "connected",
        }
    }
}

/// The slip of a card that is ready or handed over; the look is logged. Others: `not-ready`.
pub fn slip(desk: &Desk, actor: &Actor, id: i64) -> Result<Slip, Trouble> {
    actor.may(Act::ShowJob)?;
    let (job, card, member, charge) = desk.store.change(|tx| {
        let job = jobs::get(tx, id)?;
        if !matches!(job.state, JobState::Ready | JobState::HandedOver) {
            return Err(Trouble::new("not-ready").with("job", id).with("state", job.state));
        }
        let card = job.card.map(|card| cards::get(tx, card)).transpose()?;
        let member = members::get(tx, job.member)?;
        actor::log(desk, tx, actor, [member.id], "look", "slip")?;
        Ok((job, card, member, charges::of_job(tx, id)?))
    })?;
    let library = desk.directory.show(job.number.library());
    let loans = &desk.settings.loans;
    Ok(Slip {
        job: id,
        name: find::masked_name(&member.name),
        number: desk.directory.decode(job.number),
        kind: job.kind,
        issued: card.as_ref().map_or_else(|| desk.today().to_string(), |card| card.issued_on.clone()),
        fee: charge.filter(|charge| charge.amount > 0).map(|charge| SlipFee {
            amount: charge.amount,
            state: charge.state.to_string(),
            paid_by: charge.paid_by.map(|by| by.to_string()),
            receipt: charge.receipt,
        }),
        per_library: loans.per_library,
        everywhere: loans.everywhere,
        return_elsewhere: loans.return_elsewhere,
        changes: changes(&job, card.as_ref(), &member),
        blocks: match desk.settings.register {
            RegisterKind::None => BlockReach::Here,
            _ => BlockReach::Connected,
        },
        library: library.map_or_else(|| job.number.library().to_string(), |library| library.name.clone()),
        tel: library.map(|library| library.tel.clone()).filter(|tel| !tel.is_empty()),
        desk: actor.desk.clone(),
        time: desk.rfc3339(desk.now().as_millisecond()),
        reason: job.reason,
    })
}

pub(super) fn changes(job: &Job, card: Option<&Card>, member: &Member) -> Vec<Change> {
    let converted = Reason::parse(&job.reason) == Some(Reason::Conversion);
    let replaces = job.replaces.or(card.and_then(|card| card.replaces));
    let mut changes = Vec::new();
    changes.extend(converted.then(|| Change::Converted { own: member.own_number.clone() }));
    changes.extend(job.old_number.filter(|old| *old != job.number).map(|old| Change::Number { old }));
    changes.extend((replaces.is_some() && !converted).then_some(Change::OldCard));
    changes
}
