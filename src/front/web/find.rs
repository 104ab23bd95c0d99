//! The desk page: the one input everything starts from, what is to be gone on with, what was done today.
//! What is searched for goes by POST and is kept in the session; the URL holds an opaque id.

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Posted, Reply, Room};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Found, Today, TypeLine};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

const KIND: &str = "find";
/// More than this many jobs to be gone on with are behind one line.
const TODO: usize = 3;

#[derive(Template)]
#[template(path = "pages/desk.html")]
pub struct DeskPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub today: Today,
    pub desk: String,
    pub asked: Option<Asked>,
    /// The clerk's reader is a board that does not tell that a card lies there: it is read on demand.
    pub silent: bool,
    /// Types of which few blanks are left.
    pub low: Vec<TypeLine>,
}

/// A search and what it brought; a search that could not be understood says what to do.
pub struct Asked {
    pub text: String,
    pub found: Result<Found, Trouble>,
}

/// `GET /desk`.
pub async fn desk(clerk: Clerk) -> Answer {
    clerk.answer(|room| Ok(Reply::Page(desk_page(room, "/desk", None)?))).await
}

/// `GET` of a form's path that has no page of its own: the desk.
pub async fn back(clerk: Clerk) -> Answer {
    clerk.answer(|_| Ok(Reply::Go("/desk".to_owned()))).await
}

/// `POST /find`: a member number that names one person opens that person; anything else becomes a list.
pub async fn find(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let text = fields.text("q").trim().to_owned();
            if text.is_empty() {
                return Ok(Reply::Go("/desk".to_owned()));
            }
            if let Some(id) = blocked(room, &text)? {
                return Ok(Reply::Go(format!("/found/card/{id}")));
            }
            // A list logs whom it shows; so only a number is looked up before the list is.
            if MemberNumber::parse(&text).is_ok()
                && let Ok(Found { hits, .. }) = desk::find(&room.desk, room.actor(), &text)
                && let [only] = &hits[..]
            {
                return Ok(Reply::Go(format!("/members/{}", only.member)));
            }
            let id = desk::keep(&room.desk, &room.session, KIND, &text)?;
            Ok(Reply::Go(format!("/found/{id}")))
        })
        .await
}

/// A scanned number of a card that is blocked or out of use is a found card's: whose it is is told masked.
fn blocked(room: &Room, text: &str) -> Result<Option<String>, Trouble> {
    match MemberNumber::parse(text) {
        Ok(number) => desk::found_by_number(&room.desk, &room.session, number),
        Err(_) => Ok(None),
    }
}

/// `GET /found/{id}`.
pub async fn found(clerk: Clerk, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let Some(text) = desk::kept(&room.desk, &room.session, KIND, &id)? else {
                return Ok(Reply::Go("/desk".to_owned()));
            };
            // Nothing is kept of a text that held an identity number, and nothing was looked for.
            let found = match text.is_empty() {
                true => Err(Trouble::new("find-identity-number")),
                false => desk::find(&room.desk, room.actor(), &text),
            };
            Ok(Reply::Page(desk_page(room, &format!("/found/{id}"), Some(Asked { text, found }))?))
        })
        .await
}

fn desk_page(room: &Room, here: &str, asked: Option<Asked>) -> Result<String, Trouble> {
    let today = desk::today(&room.desk, room.actor())?;
    let mut page = Page::new(room, "desk", here);
    // A card that is laid down here opens its holder.
    page.live = Some("/desk/events".to_owned());
    let silent = desk::silent_reader(&room.desk, &room.session).is_some();
    let low = desk::stock_low(&room.desk, room.actor())?;
    Ok(draw(&DeskPage { page, s: room.speech(), today, desk: room.actor().desk.clone(), asked, silent, low }))
}
