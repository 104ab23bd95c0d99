//! The slip of a job, 80 mm wide, for the browser to print: a page of its own without the frame. Start at [`show`].

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Reply};
use super::page::draw;
use super::speech::Speech;
use crate::desk::{self, Change, Slip, SlipFee};
use crate::plan::job::CardKind;

#[derive(Template)]
#[template(path = "pages/slip.html")]
pub struct SlipPage<'a> {
    pub s: Speech<'a>,
    pub csrf: &'a str,
    pub slip: Slip,
}

/// `GET /jobs/{id}/slip`.
pub async fn show(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let slip = desk::slip(&room.desk, room.actor(), *id)?;
            Ok(Reply::Page(draw(&SlipPage { s: room.speech(), csrf: &room.session.csrf, slip })))
        })
        .await
}

impl SlipPage<'_> {
    /// A sticker has other words in some places: `card` or `sticker`.
    fn thing(&self) -> &'static str {
        if self.slip.kind == CardKind::Sticker { "sticker" } else { "card" }
    }

    /// `2,000원 (현금)`.
    fn fee(&self, fee: &SlipFee) -> String {
        let how = match &fee.paid_by {
            Some(by) => self.s.of("web-slip-paid", by),
            None => self.s.of("web-slip-fee-is", &fee.state),
        };
        self.s.t2("web-slip-won", "won", desk::grouped(fee.amount), "how", how)
    }
}
