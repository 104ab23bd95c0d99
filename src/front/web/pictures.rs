//! The card as it will be printed: a PNG of the very scene that goes to the printer. Never stored by a browser.

use actix_web::web;

use super::clerk::{Answer, Onlooker, Reply};
use super::enrol::Draft;
use super::kept::Kept;
use crate::desk;
use crate::plan::job::CardKind;
use crate::plan::messages::Trouble;

/// `GET /jobs/{id}/card.png`.
pub async fn job(Onlooker(clerk): Onlooker, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| Ok(Reply::Png(desk::card_picture(&room.desk, room.actor(), *id)?))).await
}

/// `GET /enrol/{id}/card.png` and `…/card-barcode.png`: the card that a draft would become.
pub async fn draft(Onlooker(clerk): Onlooker, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let draft = Draft::of(room, &id)?.ok_or_else(|| Trouble::new("web-no-page"))?;
            Ok(Reply::Png(desk::draft_picture(&room.desk, room.actor(), &draft.form, CardKind::Rfid)?))
        })
        .await
}
