//! Logging in and out, and the language of a session. What is typed here is never kept and never logged.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::Front;
use super::clerk::{Answer, Clerk, Fields, Posted, Refusal, Reply, cookie, landing, see_other, whence};
use super::page::{Page, clerk_name, draw};
use super::speech::Speech;
use super::tray::back;
use crate::desk;
use crate::plan::messages::{Lang, Trouble};

/// How many desks the log-in offers.
pub const DESKS: [&str; 3] = ["1", "2", "3"];

#[derive(Template)]
#[template(path = "pages/log_in.html")]
pub struct LogInPage<'a> {
    pub s: Speech<'a>,
    pub library: String,
    pub code: String,
    pub name: String,
    pub desk: String,
    pub trouble: Option<Trouble>,
    pub after: After,
    pub idle: u32,
}

/// What the log-in page was asked for: a session ended, and where its clerk was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct After {
    ended: String,
    back: String,
}

impl After {
    fn of(fields: &Fields) -> After {
        After { ended: fields.text("ended").to_owned(), back: fields.text("back").to_owned() }
    }

    pub fn ended(&self) -> bool {
        self.ended == "1"
    }

    /// The page to lead back to; empty is the desk.
    pub fn back(&self) -> String {
        landing(&self.back)
    }

    /// Somebody was being typed, as far as it was kept.
    pub fn kept(&self) -> bool {
        ["/enrol/", "/import/"].iter().any(|start| self.back().starts_with(start))
    }

    /// For the link to the other language.
    pub fn query(&self) -> String {
        format!("?ended={}&back={}", u8::from(self.ended()), self.back())
    }
}

/// `GET /login` and `GET /login/en`.
pub async fn show(
    front: web::Data<Front>,
    lang: Option<web::Path<String>>,
    after: Option<web::Query<After>>,
) -> Answer {
    let lang = lang.and_then(|lang| Lang::parse(&lang)).unwrap_or_default();
    let after = after.map(web::Query::into_inner).unwrap_or_default();
    Ok(Reply::Page(log_in_page(&front, lang, "", "1", None, after)).response())
}

fn log_in_page(front: &Front, lang: Lang, name: &str, desk: &str, trouble: Option<Trouble>, after: After) -> String {
    let library = front.desk.library();
    draw(&LogInPage {
        s: Speech::of_desk(&front.desk, lang),
        library: library.name.to_string(),
        code: library.code.to_string(),
        name: name.to_owned(),
        desk: desk.to_owned(),
        trouble,
        after,
        idle: front.desk.settings.web.idle_minutes,
    })
}

/// `POST /login`. A refusal says the same whether the name or the password was wrong.
pub async fn log_in(front: web::Data<Front>, request: HttpRequest, fields: Fields) -> Answer {
    let whence = whence(&front, &request);
    let lang = Lang::parse(fields.text("lang")).unwrap_or_default();
    let after = After::of(&fields);
    let to = Some(after.back()).filter(|back| !back.is_empty()).unwrap_or_else(|| "/desk".to_owned());
    let outcome = web::block({
        let front = front.clone();
        move || {
            let (name, desk_no) = (fields.text("id"), fields.text("desk"));
            let both = filled(name, fields.text("pw"));
            both.and_then(|()| desk::log_in(&front.desk, name, fields.text("pw"), desk_no, &whence))
                .and_then(|new| speak(&front, &new.cookie, lang).map(|()| new.cookie))
                .map_err(|trouble| log_in_page(&front, lang, name, desk_no, Some(trouble), after))
        }
    });
    match outcome.await {
        Ok(Ok(value)) => Ok(with_cookie(&front, value, &to)),
        Ok(Err(page)) => Err(Refusal::Page(StatusCode::UNPROCESSABLE_ENTITY, page)),
        Err(_) => Err(Refusal::of(Speech::of_desk(&front.desk, lang), &Trouble::new("web-trouble"))),
    }
}

/// Our own words for an empty field, in the page's language.
pub fn filled(name: &str, password: &str) -> Result<(), Trouble> {
    match (name.trim().is_empty(), password.is_empty()) {
        (true, _) => Err(Trouble::new("web-name-missing")),
        (_, true) => Err(Trouble::new("web-password-missing")),
        _ => Ok(()),
    }
}

/// A new session speaks the language that its log-in was read in.
pub fn speak(front: &Front, cookie: &str, lang: Lang) -> Result<(), Trouble> {
    if let Some(session) = desk::session(&front.desk, cookie)? {
        desk::set_lang(&front.desk, &session, lang)?;
    }
    Ok(())
}

pub fn with_cookie(front: &Front, value: String, to: &str) -> HttpResponse {
    let mut answer = see_other(to);
    // A cookie of our own making always fits a header.
    let _ = answer.add_cookie(&cookie(front, value));
    answer
}

/// `POST /logout`: the session ends in the store, and its event streams with it.
pub async fn log_out(front: web::Data<Front>, Posted { clerk, .. }: Posted) -> Answer {
    let value = clerk.cookie.clone();
    let mut answer = clerk
        .answer(move |room| {
            desk::log_out(&room.desk, &value)?;
            Ok(Reply::Go("/login".to_owned()))
        })
        .await?;
    let mut gone = cookie(&front, String::new());
    gone.make_removal();
    let _ = answer.add_cookie(&gone);
    Ok(answer)
}

/// `POST /active`: somebody types or points; that is all there is to it.
pub async fn active(Posted { clerk, .. }: Posted) -> Answer {
    clerk.answer(|_| Ok(Reply::Page(String::new()))).await
}

/// `POST /lang`: the session's language, and back to the page it was asked from.
pub async fn lang(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            desk::set_lang(&room.desk, &room.session, Lang::parse(fields.text("lang")).unwrap_or_default())?;
            Ok(Reply::Go(back(fields.text("from"))))
        })
        .await
}

#[derive(Template)]
#[template(path = "pages/clerk.html")]
pub struct ClerkPage<'a> {
    pub idle: u32,
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub name: String,
    pub desk: String,
}

/// `GET /clerk`: who is at this desk, and the way out.
pub async fn clerk(clerk: Clerk) -> Answer {
    clerk
        .answer(|room| {
            let page = Page::new(room, "", "/clerk");
            Ok(Reply::Page(draw(&ClerkPage {
                idle: room.desk.settings.web.idle_minutes,
                page,
                s: room.speech(),
                name: clerk_name(room),
                desk: room.actor().desk.clone(),
            })))
        })
        .await
}
