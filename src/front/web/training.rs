//! The page of practice: whom to practise with, which trouble to make, and the button that begins anew. There at a practice
//! desk alone. Start at [`show`].

use askama::Template;

use super::clerk::{Answer, Clerk, Posted, Reply};
use super::page::{Page, draw};
use super::speech::Speech;
use super::tray::TrayPart;
use crate::desk::{self, Practice};
use crate::plan::messages::Trouble;

/// What the tray can do that goes wrong, in its order there.
const FAULTS: [&str; 4] = ["tear", "swap", "printer", "reader"];

#[derive(Template)]
#[template(path = "pages/training.html")]
pub struct TrainingPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub practice: Practice,
}

/// `GET /training`.
pub async fn show(clerk: Clerk) -> Answer {
    clerk
        .answer(|room| {
            let practice = desk::practice(&room.desk)?;
            let mut page = Page::new(room, "", "/training");
            page.tray = TrayPart::of(room, "/training")?;
            Ok(Reply::Page(draw(&TrainingPage { page, s: room.speech(), practice })))
        })
        .await
}

/// `POST /training/anew`: the form says which beginning it would end.
pub async fn anew(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let made = fields.text("made").parse().map_err(|_| Trouble::new("web-request"))?;
            desk::begin_anew(&room.desk, room.actor(), made)?;
            Ok(Reply::Go("/desk".to_owned()))
        })
        .await
}
