//! Blocking a member's card at once, and lifting the block. A lost card is reported by phone as well: who does so is the
//! member on the clerk's word, which is asked for here. Start at [`show`].

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::members::once;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, BLOCK_WHYS, BlockAct, CardRow, Evidence, Which};
use crate::plan::messages::Trouble;

#[derive(Template)]
#[template(path = "pages/block.html")]
pub struct BlockPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: i64,
    pub name: String,
    /// Those that can be blocked.
    pub cards: Vec<CardRow>,
    pub whys: [&'static str; 4],
    /// Nobody said yet who the person is.
    pub word: bool,
    /// Where a block acts: the register's kind.
    pub register: &'static str,
    pub once: String,
}

/// `GET /members/{id}/block`.
pub async fn show(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let member = desk::show_member(&room.desk, room.actor(), *id)?;
            let acts = desk::acts(&member);
            let cards = member.cards.into_iter().filter(|card| acts.suspend.contains(&card.card)).collect();
            Ok(Reply::Page(draw(&BlockPage {
                page: Page::new(room, "desk", &format!("/members/{id}/block")),
                s: room.speech(),
                member: *id,
                name: member.name,
                cards,
                whys: BLOCK_WHYS,
                word: desk::evidence_of(&room.desk, &room.session, *id)?.is_none(),
                register: room.desk.settings.register.as_str(),
                once: once()?,
            })))
        })
        .await
}

/// `POST /members/{id}/block`: blocks the card for a reason, or books that its holder gave it back.
pub async fn block(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            if fields.has("word") && desk::evidence_of(&room.desk, &room.session, *id)?.is_none() {
                desk::note_evidence(&room.desk, &room.session, *id, Evidence::Word)?;
            }
            let act = match fields.text("why") {
                "return" => BlockAct::Return,
                why => BlockAct::Suspend(why.to_owned()),
            };
            done(room, *id, &fields, &act)
        })
        .await
}

/// `POST /members/{id}/release`.
pub async fn release(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| done(room, *id, &fields, &BlockAct::Release)).await
}

fn done(room: &Room, member: i64, fields: &Fields, act: &BlockAct) -> Result<Reply, Trouble> {
    let evidence = desk::evidence_needed(&room.desk, &room.session, member)?;
    let card = desk::id(fields.text("card"), "card-unknown", "card")?;
    let key = format!("page-{}", fields.text("once"));
    desk::block_card(&room.desk, room.actor(), evidence, &Which::Of(member, card), act, Some(&key))?;
    Ok(Reply::Go(format!("/members/{member}")))
}
