//! The first administrator, made through the one-use link that the console printed, and whoever was invited, through theirs.
//! Looking at the link does not use it up; only the form does. What is typed here is never kept and never logged.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::Front;
use super::clerk::{Answer, Fields, Onlooker, Refusal, Reply};
use super::log_in::{filled, speak, with_cookies};
use super::page::{clerk_name, draw};
use super::speech::Speech;
use super::whence::whence;
use crate::desk::{self, DESKS};
use crate::plan::messages::{Lang, Trouble};

#[derive(Template)]
#[template(path = "pages/set_up.html")]
pub struct SetUpPage<'a> {
    pub s: Speech<'a>,
    pub library: String,
    pub code: String,
    pub token: String,
    pub name: String,
    /// Of an account that waits for its password: its name stays.
    pub invited: bool,
    pub desk: String,
    pub trouble: Option<Trouble>,
    /// Who is logged in in this browser: their session ends with the form.
    pub logged_in: Option<String>,
}

/// Who is logged in in the browser that asks.
fn logged_in(known: &Option<Onlooker>) -> Option<String> {
    known.as_ref().map(|Onlooker(clerk)| clerk_name(&clerk.room))
}

/// `GET /setup/{token}` and `GET /setup/{token}/en`.
pub async fn show(front: web::Data<Front>, link: web::Path<Vec<String>>, known: Option<Onlooker>) -> Answer {
    let (token, lang) = read(&link);
    let who = logged_in(&known);
    let drawn = web::block({
        let front = front.clone();
        move || {
            let link = desk::set_up_open(&front.desk, &token)?;
            Ok(set_up_page(&front, lang, &token, link, "1", (None, who)))
        }
    });
    let speech = Speech::of_desk(&front.desk, lang);
    match drawn.await {
        Ok(Ok(page)) => Ok(Reply::Page(page).response()),
        Ok(Err(trouble)) => Err(match known {
            Some(Onlooker(clerk)) => Refusal::at(&clerk.room, &trouble),
            None => Refusal::of(speech, &trouble),
        }),
        Err(_) => Err(Refusal::of(speech, &Trouble::new("web-trouble"))),
    }
}

/// `POST /setup/{token}`.
pub async fn set_up(
    front: web::Data<Front>,
    request: HttpRequest,
    link: web::Path<Vec<String>>,
    known: Option<Onlooker>,
    fields: Fields,
) -> Answer {
    let who = logged_in(&known);
    let whence = whence(&front, &request);
    let (token, _) = read(&link);
    let lang = Lang::parse(fields.text("lang")).unwrap_or_default();
    let made = web::block({
        let front = front.clone();
        move || {
            // A link that is used up has no form to go back to.
            let link = desk::set_up_open(&front.desk, &token).map_err(Err)?;
            let (typed, desk_no) = (fields.text("id"), fields.text("desk"));
            let name = link.name.as_deref().filter(|_| link.invited).unwrap_or(typed);
            let twice = fields.text("pw") == fields.text("pw2");
            let made = match (filled(name, fields.text("pw")), twice) {
                (Err(trouble), _) => Err(trouble),
                (_, true) => desk::set_up(&front.desk, &token, name, fields.text("pw"), desk_no, &whence),
                (_, false) => Err(Trouble::new("web-password-twice")),
            };
            let shown = desk::SetUp { name: Some(name.to_owned()), ..link };
            made.and_then(|new| speak(&front, new, lang))
                .map_err(|trouble| Ok(set_up_page(&front, lang, &token, shown, desk_no, (Some(trouble), who))))
        }
    });
    match made.await {
        Ok(Ok(new)) => Ok(with_cookies(&front, new, "/desk")),
        Ok(Err(Ok(page))) => Err(Refusal::Page(StatusCode::UNPROCESSABLE_ENTITY, page)),
        Ok(Err(Err(trouble))) => Err(Refusal::of(Speech::of_desk(&front.desk, lang), &trouble)),
        Err(_) => Err(Refusal::of(Speech::of_desk(&front.desk, lang), &Trouble::new("web-trouble"))),
    }
}

fn read(link: &[String]) -> (String, Lang) {
    let token = link.first().cloned().unwrap_or_default();
    (token, link.get(1).and_then(|lang| Lang::parse(lang)).unwrap_or_default())
}

fn set_up_page(
    front: &Front,
    lang: Lang,
    token: &str,
    link: desk::SetUp,
    desk: &str,
    (trouble, logged_in): (Option<Trouble>, Option<String>),
) -> String {
    let library = front.desk.library();
    draw(&SetUpPage {
        s: Speech::of_desk(&front.desk, lang),
        library: library.name.to_string(),
        code: library.code.to_string(),
        token: token.to_owned(),
        invited: link.invited,
        name: link.name.unwrap_or_default(),
        desk: desk.to_owned(),
        trouble,
        logged_in,
    })
}
