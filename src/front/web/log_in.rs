//! Logging in and out, and the language of a session. What is typed here is never kept and never logged.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::Front;
use super::clerk::{Answer, Fields, Posted, Refusal, Reply, landing, see_other};
use super::page::draw;
use super::speech::Speech;
use super::tray::back;
use super::whence::whence;
use crate::desk::{self, DESKS, NewSession};
use crate::plan::messages::{Lang, Trouble};

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
    /// What is said to whoever comes with a session that was begun elsewhere.
    pub elsewhere: Trouble,
    pub idle: u32,
}

/// What the log-in page was asked for: a session ended, and where its clerk was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct After {
    ended: String,
    back: String,
}

impl LogInPage<'_> {
    /// The seconds of a wait, which the page counts down.
    fn wait(&self) -> Option<&str> {
        self.trouble.as_ref().and_then(seconds)
    }
}

impl After {
    fn of(fields: &Fields) -> After {
        After { ended: fields.text("ended").to_owned(), back: fields.text("back").to_owned() }
    }

    pub fn ended(&self) -> bool {
        self.ended == "1"
    }

    /// The browser has the cookie of a session that was begun at another address.
    pub fn elsewhere(&self) -> bool {
        self.ended == "elsewhere"
    }

    /// As the form and the other language hand it on.
    pub fn how(&self) -> &'static str {
        match (self.ended(), self.elsewhere()) {
            (true, _) => "1",
            (_, true) => "elsewhere",
            _ => "0",
        }
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
        format!("?ended={}&back={}", self.how(), self.back())
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
        name: desk::name_again(name).to_owned(),
        desk: desk.to_owned(),
        trouble,
        after,
        elsewhere: Trouble::new("session-elsewhere"),
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
                .and_then(|new| speak(&front, new, lang))
                .map_err(|trouble| {
                    refused(&trouble.clone(), log_in_page(&front, lang, name, desk_no, Some(trouble), after))
                })
        }
    });
    match outcome.await {
        Ok(Ok(new)) => Ok(with_cookies(&front, new, &to)),
        Ok(Err(refusal)) => Err(refusal),
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

/// The page of a refusal: whoever is too early or too many is told so in the protocol's own words too.
pub fn refused(trouble: &Trouble, page: String) -> Refusal {
    match (trouble.code, seconds(trouble)) {
        ("log-in-wait" | "log-in-busy", Some(seconds)) => Refusal::Later(seconds.to_owned(), page),
        _ => Refusal::Page(StatusCode::UNPROCESSABLE_ENTITY, page),
    }
}

/// The seconds until the next password is looked at, where a trouble tells them.
pub fn seconds(trouble: &Trouble) -> Option<&str> {
    trouble.args.iter().find(|(name, _)| *name == "seconds").map(|(_, seconds)| seconds.as_str())
}

/// A new session speaks the language that its person chose: on the page of the log-in just now, else the last time.
pub fn speak(front: &Front, new: NewSession, lang: Lang) -> Result<NewSession, Trouble> {
    if lang != Lang::default() {
        desk::set_lang(&front.desk, &new.session, lang)?;
    }
    Ok(new)
}

/// The way on, with the cookies of the new session and of the browser.
pub fn with_cookies(front: &Front, new: NewSession, to: &str) -> HttpResponse {
    let mut answer = see_other(to);
    // Cookies of our own making always fit a header.
    let _ = answer.add_cookie(&cookie(front, new.cookie));
    let _ = answer.add_cookie(&desk_cookie(front, new.desk_cookie));
    answer
}

/// The cookie of a new session: this service alone, never shown to a script, never sent from elsewhere.
fn cookie(front: &Front, value: String) -> Cookie<'static> {
    Cookie::build(front.cookie.clone(), value).path("/").http_only(true).same_site(SameSite::Strict).finish()
}

/// The cookie by which a browser is known as one of the desk's; it opens nothing.
fn desk_cookie(front: &Front, value: String) -> Cookie<'static> {
    Cookie::build(front.desk_cookie.clone(), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(Duration::milliseconds(desk::KNOWN_DESK_MILLIS))
        .finish()
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
