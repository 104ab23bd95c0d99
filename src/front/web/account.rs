//! One's own account: what is mine, a new password, my sessions and the way out. What was typed is shown on no page again.

use actix_web::{HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::Front;
use super::clerk::{Answer, Clerk, Posted, Refusal, Reply, Room, see_other};
use super::log_in::{refused, seconds};
use super::page::{Page, draw};
use super::speech::Speech;
use super::whence::whence;
use crate::desk::{self, OwnAccount};
use crate::plan::messages::Trouble;

#[derive(Template)]
#[template(path = "pages/account.html")]
pub struct AccountPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub account: OwnAccount,
    pub idle: u32,
    /// What was done just now: `password`, `ended`, `others`.
    pub done: Option<&'static str>,
    pub trouble: Option<Trouble>,
}

impl AccountPage<'_> {
    /// The field that the trouble is of.
    fn is_wrong(&self, field: &str) -> bool {
        let of_old = |code: &str| ["password-old", "log-in-wait", "log-in-busy"].contains(&code);
        self.trouble.as_ref().is_some_and(|trouble| of_old(trouble.code) == (field == "old"))
    }

    /// The seconds of a wait, which the page counts down.
    fn wait(&self) -> Option<&str> {
        self.trouble.as_ref().and_then(seconds)
    }
}

/// What the page was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    done: String,
}

/// `GET /account`.
pub async fn show(clerk: Clerk, asked: Option<web::Query<Asked>>) -> Answer {
    let asked = asked.map(web::Query::into_inner).unwrap_or_default();
    let done = ["password", "ended", "others"].into_iter().find(|done| *done == asked.done);
    clerk.answer(move |room| Ok(Reply::Page(account_page(room, done, None)?))).await
}

/// The way back from a form.
pub async fn back(_: Clerk) -> Answer {
    Ok(see_other("/account"))
}

fn account_page(room: &Room, done: Option<&'static str>, trouble: Option<Trouble>) -> Result<String, Trouble> {
    Ok(draw(&AccountPage {
        page: Page::new(room, "", "/account"),
        s: room.speech(),
        account: desk::own_account(&room.desk, &room.session)?,
        idle: room.desk.settings.web.idle_minutes,
        done,
        trouble,
    }))
}

/// `POST /account/password`.
pub async fn password(front: web::Data<Front>, request: HttpRequest, Posted { clerk, fields }: Posted) -> Answer {
    let whence = whence(&front, &request);
    let room = clerk.room.clone();
    let changed = web::block(move || {
        let (old, new, again) = (fields.text("old"), fields.text("pw"), fields.text("pw2"));
        desk::change_password(&room.desk, &room.session, old, new, again, &whence).map_err(|trouble| {
            account_page(&room, None, Some(trouble.clone()))
                .map_or_else(|trouble| Refusal::at(&room, &trouble), |page| refused(&trouble, page))
        })
    });
    match changed.await {
        Ok(Ok(())) => Ok(see_other("/account?done=password")),
        Ok(Err(refusal)) => Err(refusal),
        Err(_) => Err(Refusal::at(&clerk.room, &Trouble::new("web-trouble"))),
    }
}

/// `POST /account/sessions/{id}/end`: whoever ends the one they are in is out.
pub async fn end(Posted { clerk, .. }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            desk::end_session(&room.desk, &room.session, *id)?;
            Ok(Reply::Go(if *id == room.session.id { "/login" } else { "/account?done=ended" }.to_owned()))
        })
        .await
}

/// `POST /account/sessions/end`: all but this one.
pub async fn end_others(Posted { clerk, .. }: Posted) -> Answer {
    clerk
        .answer(|room| {
            desk::end_other_sessions(&room.desk, &room.session)?;
            Ok(Reply::Go("/account?done=others".to_owned()))
        })
        .await
}
