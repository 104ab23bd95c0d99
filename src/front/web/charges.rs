//! What a member owes and owed: taking it, waiving it with a reason, and paying back what was paid. Start at [`show`].

use actix_web::web;
use askama::Template;

use super::approval;
use super::clerk::{Answer, Clerk, Posted, Reply, Room};
use super::members::once;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, ChargeReport, Evidence};
use crate::plan::fees::{ChargeState, PayBy};
use crate::plan::messages::Trouble;

/// Under which the session keeps the reason of a waiver, and of a refund, that waits for a signature.
const WHY: &str = "waive";
const REFUND_WHY: &str = "refund";

#[derive(Template)]
#[template(path = "pages/charges.html")]
pub struct ChargesPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: i64,
    pub name: String,
    /// Each with what was typed as the reason of its waiver, and waits for a signature.
    pub unpaid: Vec<(ChargeReport, String)>,
    /// Everything else that cost something, newest first, likewise.
    pub past: Vec<(ChargeReport, String)>,
    pub once: String,
}

impl ChargesPage<'_> {
    /// Come back to from the dialogue of a signature, a waiver is where it was left.
    fn at_why(&self) -> bool {
        self.unpaid.iter().chain(&self.past).any(|(_, why)| !why.is_empty())
    }
}

/// `GET /members/{id}/charges`.
pub async fn show(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            if desk::evidence_of(&room.desk, &room.session, *id)?.is_none() {
                return Ok(Reply::Go(format!("/members/{id}")));
            }
            let member = desk::show_member(&room.desk, room.actor(), *id)?;
            let typed = |kind: &str, charge: ChargeReport| {
                let why = desk::kept(&room.desk, &room.session, kind, &charge.charge.to_string())?;
                Ok((charge, why.unwrap_or_default()))
            };
            let (unpaid, settled): (Vec<_>, Vec<_>) =
                member.charges.into_iter().partition(|charge| charge.state == ChargeState::Unpaid);
            let unpaid = unpaid.into_iter().map(|charge| typed(WHY, charge)).collect::<Result<_, Trouble>>()?;
            let past = settled.into_iter().rev().filter(|charge| charge.amount > 0);
            let past = past.map(|charge| typed(REFUND_WHY, charge)).collect::<Result<_, Trouble>>()?;
            Ok(Reply::Page(draw(&ChargesPage {
                page: Page::new(room, "desk", &format!("/members/{id}/charges")),
                s: room.speech(),
                member: *id,
                name: member.name,
                unpaid,
                past,
                once: once()?,
            })))
        })
        .await
}

/// `GET` of a button's path: the member's charges, and nothing is done.
pub async fn back(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| Ok(Reply::Go(format!("/members/{}/charges", desk::charge_member(&room.desk, *id)?)))).await
}

/// `POST /charges/{id}/pay`.
pub async fn pay(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let (seen, by) = (evidence(room, *id)?, PayBy::read(fields.text("by"))?);
            let key = format!("page-{}", fields.text("once"));
            settled(room, desk::pay_fee(&room.desk, room.actor(), seen, *id, by, Some(&key))?)
        })
        .await
}

/// `POST /charges/{id}/waive`.
pub async fn waive(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let (key, why) = (format!("page-{}", fields.text("once")), fields.text("why"));
            let seen = evidence(room, *id)?;
            let done = desk::waive_fee(&room.desk, room.actor(), seen, *id, why, Some(&key));
            said_why(room, WHY, *id, why, done, "waive")
        })
        .await
}

/// `POST /charges/{id}/refund`.
pub async fn refund(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let (key, why) = (format!("page-{}", fields.text("once")), fields.text("why"));
            let seen = evidence(room, *id)?;
            let done = desk::refund_fee(&room.desk, room.actor(), seen, *id, why, Some(&key));
            said_why(room, REFUND_WHY, *id, why, done, "refund")
        })
        .await
}

/// What is done with a reason is done, or waits for a signature, and the session keeps the reason meanwhile.
fn said_why(
    room: &Room,
    kind: &str,
    id: i64,
    why: &str,
    done: Result<ChargeReport, Trouble>,
    act: &str,
) -> Result<Reply, Trouble> {
    let place = id.to_string();
    match done {
        Err(trouble) if approval::wanted(&trouble) => {
            desk::rekeep(&room.desk, &room.session, kind, &place, why)?;
            Ok(Reply::Sign(trouble, format!("/charges/{id}/{act}")))
        }
        done => {
            desk::drop_kept(&room.desk, &room.session, kind, &place)?;
            let done = done?;
            // Money that goes back has a receipt, to be signed by whoever gets it.
            match desk::newest_receipt(&room.desk, room.actor(), done.charge)?.filter(|_| kind == REFUND_WHY) {
                Some(receipt) => Ok(Reply::Go(format!("/receipts/{receipt}"))),
                None => settled(room, done),
            }
        }
    }
}

fn evidence(room: &Room, charge: i64) -> Result<Evidence, Trouble> {
    desk::evidence_needed(&room.desk, &room.session, desk::charge_member(&room.desk, charge)?)
}

/// On to what else is unpaid, else to the member.
fn settled(room: &Room, done: ChargeReport) -> Result<Reply, Trouble> {
    let left = desk::fees_of(&room.desk, room.actor(), done.member)?;
    let more = left.iter().any(|charge| charge.state == ChargeState::Unpaid);
    Ok(Reply::Go(format!("/members/{}{}", done.member, if more { "/charges" } else { "" })))
}
