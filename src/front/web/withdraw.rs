//! The end of a membership: what will happen, asked once, and then done. The desk refuses what is unfinished or unpaid.

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Posted, Reply, Room};
use super::members::once;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Withdrawal};
use crate::plan::messages::Trouble;

#[derive(Template)]
#[template(path = "pages/withdraw.html")]
pub struct WithdrawPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: i64,
    pub would: Withdrawal,
    /// When the data are erased.
    pub retention: String,
    /// What is wrong with the reason that was typed; it is not shown again.
    pub wrong: Option<Trouble>,
    pub once: String,
}

/// `GET /members/{id}/withdraw`. Without anything that speaks for the person, the member's page asks.
pub async fn ask(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            if desk::evidence_of(&room.desk, &room.session, *id)?.is_none() {
                return Ok(Reply::Go(format!("/members/{id}")));
            }
            page(room, *id, None)
        })
        .await
}

/// `POST /members/{id}/withdraw`.
pub async fn withdraw(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let evidence = desk::evidence_needed(&room.desk, &room.session, *id)?;
            let once = fields.text("once");
            let key = (!once.is_empty()).then(|| format!("page-{once}"));
            let why = Some(fields.text("why"));
            match desk::withdraw(&room.desk, room.actor(), *id, evidence, why, key.as_deref()) {
                Ok(_) => Ok(Reply::Go(format!("/members/{id}"))),
                // Nothing was changed: the same page says what to enter.
                Err(wrong) if matches!(wrong.code, "identity-number" | "why-long") => page(room, *id, Some(wrong)),
                Err(trouble) => Err(trouble),
            }
        })
        .await
}

fn page(room: &Room, member: i64, wrong: Option<Trouble>) -> Result<Reply, Trouble> {
    Ok(Reply::Page(draw(&WithdrawPage {
        page: Page::new(room, "desk", &format!("/members/{member}/withdraw")),
        s: room.speech(),
        retention: desk::retention(&room.desk, room.session.lang),
        would: desk::withdrawal(&room.desk, room.actor(), member)?,
        member,
        wrong,
        once: once()?,
    })))
}
