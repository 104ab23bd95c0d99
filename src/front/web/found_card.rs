//! A card that was found or laid down and is no member's in use: whose it is, masked, how it stands, and what can be done with it.
//! The address holds an opaque id of the session. Start at [`show`].

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Posted, Reply, Room};
use super::members::said;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, FoundView, Landing};
use crate::plan::messages::Trouble;

#[derive(Template)]
#[template(path = "pages/found_card.html")]
pub struct FoundCardPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub id: String,
    pub found: FoundView,
    /// Its status, as the words of the page are called.
    pub status: String,
    pub tone: &'static str,
    /// Where a block acts: the register's kind.
    pub register: &'static str,
}

impl FoundCardPage<'_> {
    fn is(&self, status: &str) -> bool {
        self.status == status
    }

    /// Whether a button to write it anew as it was stands there.
    fn can_recover(&self) -> bool {
        self.found.card.recoverable == Some(true) && self.found.card.reader.is_some()
    }
}

/// `GET /found/card/{id}`.
pub async fn show(clerk: Clerk, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let Some(found) = desk::found_card(&room.desk, &room.session, &id)? else {
                return Ok(Reply::Go("/desk".to_owned()));
            };
            Ok(Reply::Page(draw(&found_page(room, &id, found))))
        })
        .await
}

fn found_page<'a>(room: &'a Room, id: &str, found: FoundView) -> FoundCardPage<'a> {
    let mut page = Page::new(room, "desk", &format!("/found/card/{id}"));
    page.live = Some("/desk/events".to_owned());
    let status = match (&found.card.recovered, found.card.recoverable, found.card.status.as_str()) {
        (Some(_), _, _) => "recovered",
        (None, Some(false), "overwritten") => "overwritten-lost",
        (None, _, status) => status,
    };
    let tone = match status {
        "recovered" => "done",
        "blank" | "foreign" => "",
        "suspended" | "open" | "overwritten" => "act",
        _ => "bad",
    };
    let register = room.desk.settings.register.as_str();
    FoundCardPage { page, s: room.speech(), id: id.to_owned(), status: status.to_owned(), tone, register, found }
}

/// `GET` of a button's path: the page, and nothing is done.
pub async fn back(clerk: Clerk, id: web::Path<String>) -> Answer {
    clerk.answer(move |_| Ok(Reply::Go(format!("/found/card/{id}")))).await
}

/// `POST /found/card/{id}/recover`: written anew as the register has it, free of charge.
pub async fn recover(Posted { clerk, .. }: Posted, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let done = desk::recover_found(&room.desk, &room.session, &id)?;
            Ok(Reply::Go(done.map_or_else(|| "/desk".to_owned(), |id| format!("/found/card/{id}"))))
        })
        .await
}

/// `POST /found/card/{id}/release`: for the person who has come for it, by what the clerk saw of them.
pub async fn release(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let done = desk::release_found(&room.desk, &room.session, &id, said(&fields)?)?;
            Ok(Reply::Go(done.map_or_else(|| "/desk".to_owned(), |member| format!("/members/{member}"))))
        })
        .await
}

/// `POST /desk/card`: what lies on a board that does not tell it is read, once, and leads where a card leads that is laid down.
pub async fn read(Posted { clerk, .. }: Posted) -> Answer {
    clerk
        .answer(|room| {
            Ok(Reply::Go(match desk::read_now(&room.desk, &room.session)? {
                Landing::Nothing => "/desk".to_owned(),
                Landing::Member(member) => format!("/members/{member}"),
                Landing::Job(job) => format!("/jobs/{job}"),
                Landing::Found(id) => format!("/found/card/{id}"),
            }))
        })
        .await
}

/// Beside a member's file: another one's card lies there. Its id on the page is `laid`.
#[derive(Template)]
#[template(path = "pages/laid.html")]
pub struct WhoseCard<'a> {
    pub s: Speech<'a>,
    pub member: i64,
    /// Masked.
    pub name: String,
}

impl WhoseCard<'_> {
    pub fn draw(room: &Room, member: i64) -> Result<String, Trouble> {
        let name = desk::shown(&room.desk, room.actor(), member)?;
        Ok(draw(&WhoseCard { s: room.speech(), member, name }))
    }
}
