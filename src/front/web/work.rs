//! What is not finished, in one place, each with the next act and one click to it. Nothing is done here.

use askama::Template;

use super::clerk::{Answer, Clerk, Reply};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, LONG_BLOCKED_DAYS, TypeLine, Unfinished};

#[derive(Template)]
#[template(path = "pages/work.html")]
pub struct WorkPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub work: Unfinished,
    /// A block of so many days lasts long.
    pub days: i64,
    /// Types of which few blanks are left.
    pub low: Vec<TypeLine>,
}

/// `GET /work`.
pub async fn show(clerk: Clerk) -> Answer {
    clerk
        .answer(|room| {
            let work = desk::unfinished(&room.desk, room.actor())?;
            let page = Page::new(room, "", "/work");
            let low = desk::stock_low(&room.desk, room.actor())?;
            Ok(Reply::Page(draw(&WorkPage { page, s: room.speech(), work, days: LONG_BLOCKED_DAYS, low })))
        })
        .await
}
