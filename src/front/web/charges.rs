//! What a member still owes: taking it, or waiving it with a reason. Start at [`show`].

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

/// Under which the session keeps the reason of a waiver that waits for a signature.
const WHY: &str = "waive";

#[derive(Template)]
#[template(path = "pages/charges.html")]
pub struct ChargesPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: i64,
    pub name: String,
    /// Each with what was typed as the reason of its waiver, and waits for a signature.
    pub unpaid: Vec<(ChargeReport, String)>,
    pub once: String,
}

impl ChargesPage<'_> {
    /// Come back to from the dialogue of a signature, a waiver is where it was left.
    fn at_why(&self) -> bool {
        self.unpaid.iter().any(|(_, why)| !why.is_empty())
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
            let typed = |charge: ChargeReport| {
                let why = desk::kept(&room.desk, &room.session, WHY, &charge.charge.to_string())?;
                Ok((charge, why.unwrap_or_default()))
            };
            let unpaid = member.charges.into_iter().filter(|charge| charge.state == ChargeState::Unpaid);
            let unpaid = unpaid.map(typed).collect::<Result<_, Trouble>>()?;
            Ok(Reply::Page(draw(&ChargesPage {
                page: Page::new(room, "desk", &format!("/members/{id}/charges")),
                s: room.speech(),
                member: *id,
                name: member.name,
                unpaid,
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
            let seen = evidence(room, *id)?;
            let key = format!("page-{}", fields.text("once"));
            let (why, place) = (fields.text("why"), id.to_string());
            match desk::waive_fee(&room.desk, room.actor(), seen, *id, why, Some(&key)) {
                Err(trouble) if approval::wanted(&trouble) => {
                    desk::rekeep(&room.desk, &room.session, WHY, &place, why)?;
                    Ok(Reply::Sign(trouble, format!("/charges/{id}/waive")))
                }
                done => {
                    desk::drop_kept(&room.desk, &room.session, WHY, &place)?;
                    settled(room, done?)
                }
            }
        })
        .await
}

fn evidence(room: &Room, charge: i64) -> Result<Evidence, Trouble> {
    desk::evidence_needed(&room.desk, &room.session, desk::charge_member(&room.desk, charge)?)
}

/// On to what else is unpaid, else to the member.
fn settled(room: &Room, done: ChargeReport) -> Result<Reply, Trouble> {
    let left = desk::show_fees(&room.desk, room.actor(), Some(done.member))?;
    let more = left.iter().any(|charge| charge.state == ChargeState::Unpaid);
    Ok(Reply::Go(format!("/members/{}{}", done.member, if more { "/charges" } else { "" })))
}
