//! Who asks, and how a handler answers: the session behind a cookie, the csrf token of every form, work in
//! `web::block`, and every trouble as a page. No rule of the desk stands here. Start at [`Clerk`].

use std::fmt;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::future::LocalBoxFuture;

use super::Front;
use super::approval::Asking;
use super::doors::{admitted, door_of};
use super::download::download;
use super::kept::is_id;
use super::page::refusal_page;
use super::speech::Speech;
use super::whence::{has_session, whence};
use crate::desk::{self, Actor, Desk, Session, SheetFile, Whence};
use crate::plan::messages::{Lang, Trouble};

/// What a handler answers with, once its work is done.
pub enum Reply {
    Page(String),
    /// The form again, with what is wrong beside its field.
    Wrong(String),
    Go(String),
    Png(Vec<u8>),
    /// A signature is wanted (`approval-needed`): its dialogue; the path leads back to the form with what was typed.
    Sign(Trouble, String),
    /// A file that is kept, not shown.
    File(SheetFile),
}

/// A refusal on its way out: a whole page, a way to the log-in, or a bare status for what is not a page.
#[derive(Debug)]
pub enum Refusal {
    Page(StatusCode, String),
    /// A page for whoever is too early, and after how many seconds they may come again.
    Later(String, String),
    /// The log-in, with the way back.
    LogIn(String),
    Bare(StatusCode),
}

pub type Answer = Result<HttpResponse, Refusal>;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl ResponseError for Refusal {
    fn error_response(&self) -> HttpResponse {
        match self {
            Refusal::Page(status, page) => {
                HttpResponse::build(*status).content_type("text/html; charset=utf-8").body(page.clone())
            }
            Refusal::Later(seconds, page) => HttpResponse::TooManyRequests()
                .insert_header((header::RETRY_AFTER, seconds.clone()))
                .content_type("text/html; charset=utf-8")
                .body(page.clone()),
            Refusal::LogIn(to) => see_other(to),
            Refusal::Bare(status) => HttpResponse::build(*status).insert_header(("x-bare", "1")).finish(),
        }
    }
}

impl Refusal {
    /// The page that says this trouble to nobody in particular.
    pub fn of(speech: Speech<'_>, trouble: &Trouble) -> Refusal {
        Refusal::to(speech, "", trouble)
    }

    /// The page that says it to somebody who is logged in: a scan is a lookup there too.
    pub fn at(room: &Room, trouble: &Trouble) -> Refusal {
        Refusal::to(room.speech(), &room.session.csrf, trouble)
    }

    /// Only the code goes to the log: arguments may hold what was typed.
    fn to(speech: Speech<'_>, csrf: &str, trouble: &Trouble) -> Refusal {
        let status = match trouble.code {
            "web-trouble" => StatusCode::INTERNAL_SERVER_ERROR,
            "web-too-large" => StatusCode::PAYLOAD_TOO_LARGE,
            "web-csrf" | "set-up-link" | "role" | "not-allowed" => StatusCode::FORBIDDEN,
            "web-request" => StatusCode::BAD_REQUEST,
            "role-unknown" | "address-asks" => StatusCode::UNPROCESSABLE_ENTITY,
            code if code.ends_with("-unknown") || code == "web-no-page" => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        };
        tracing::warn!(code = trouble.code, "refused");
        Refusal::Page(status, refusal_page(speech, csrf, trouble))
    }
}

/// A period or a filter in the address would be passed over: it is refused, and said where it is asked. What stands there is not
/// repeated. `address-asks`, but for what these names ask.
pub fn address_asks(clerk: &Clerk, request: &HttpRequest, known: &[&str]) -> Result<(), Refusal> {
    let asked = request.query_string().split('&').filter_map(|part| part.split('=').next());
    match asked.filter(|name| !name.is_empty()).all(|name| known.contains(&name)) {
        true => Ok(()),
        false => Err(Refusal::at(&clerk.room, &Trouble::new("address-asks"))),
    }
}

pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

impl Reply {
    pub fn response(self) -> HttpResponse {
        match self {
            Reply::Page(html) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html),
            Reply::Wrong(html) => {
                HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(html)
            }
            Reply::Go(to) => see_other(&to),
            Reply::File(sheet) => download(sheet),
            Reply::Png(bytes) => HttpResponse::Ok().content_type("image/png").body(bytes),
            // Where no form was sent nothing can be sent again.
            Reply::Sign(_, back) => see_other(&back),
        }
    }
}

/// The desk and the session that asks: what a handler's closure works with, off the async threads.
#[derive(Clone)]
pub struct Room {
    pub desk: Arc<Desk>,
    pub session: Session,
}

impl Room {
    pub fn actor(&self) -> &Actor {
        &self.session.actor
    }

    pub fn speech(&self) -> Speech<'_> {
        Speech::of_desk(&self.desk, self.session.lang)
    }
}

/// Somebody who is logged in. Asking for a page counts as activity.
pub struct Clerk {
    pub room: Room,
    pub cookie: String,
    /// The form that was sent, for the dialogue of a signature.
    pub asking: Option<Asking>,
}

impl Clerk {
    /// Runs the handler's work where blocking is allowed; a trouble becomes its page, a panic too.
    pub async fn answer(self, work: impl FnOnce(&Room) -> Result<Reply, Trouble> + Send + 'static) -> Answer {
        let (room, asking) = (self.room.clone(), self.asking);
        let done = web::block(move || {
            let unsigned = asking.as_ref().and_then(|asking| asking.sign(&room));
            let done = work(&room);
            let done = match asking {
                Some(asking) => asking.then(&room, done, unsigned),
                None => done,
            };
            done.map_err(|trouble| Refusal::at(&room, &trouble))
        })
        .await;
        done.unwrap_or_else(|_| Err(Refusal::at(&self.room, &Trouble::new("web-trouble")))).map(Reply::response)
    }
}

impl FromRequest for Clerk {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Clerk, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (who, login) = (who(request, true), to_log_in(request));
        let door = door_of(request);
        Box::pin(async move { admitted(who.await?.ok_or(Refusal::LogIn(login))?, door) })
    }
}

/// Somebody whose page looks on by itself: an event stream or a picture, which is no activity.
pub struct Onlooker(pub Clerk);

impl FromRequest for Onlooker {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Onlooker, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (who, door) = (who(request, false), door_of(request));
        Box::pin(async move {
            match who.await {
                Ok(Some(clerk)) => admitted(clerk, door).map(Onlooker),
                Ok(None) | Err(Refusal::LogIn(_)) => Err(Refusal::Bare(StatusCode::UNAUTHORIZED)),
                Err(refusal) => Err(refusal),
            }
        })
    }
}

/// A form of somebody who is logged in, with the session's own token in it.
pub struct Posted {
    pub clerk: Clerk,
    pub fields: Fields,
}

impl FromRequest for Posted {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Posted, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (who, login) = (who(request, true), to_log_in(request));
        let fields = read_fields(request, payload);
        let (door, request) = (door_of(request), request.clone());
        Box::pin(async move {
            let mut clerk = admitted(who.await?.ok_or(Refusal::LogIn(login))?, door)?;
            let mut fields = fields.await.map_err(|trouble| Refusal::at(&clerk.room, &trouble))?;
            if !same(fields.text("csrf").as_bytes(), clerk.room.session.csrf.as_bytes()) {
                return Err(Refusal::at(&clerk.room, &Trouble::new("web-csrf")));
            }
            clerk.asking = Some(Asking::take(&request, &mut fields));
            Ok(Posted { clerk, fields })
        })
    }
}

/// The fields of a form as they were typed.
#[derive(Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }
}

impl FromRequest for Fields {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Fields, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let front = front(request);
        let fields = read_fields(request, payload);
        Box::pin(async move {
            let front = front?;
            let speech = Speech::of_desk(&front.desk, Lang::Ko);
            fields.await.map_err(|trouble| Refusal::of(speech, &trouble))
        })
    }
}

fn read_fields(request: &HttpRequest, payload: &mut Payload) -> LocalBoxFuture<'static, Result<Fields, Trouble>> {
    let form = web::Form::<Vec<(String, String)>>::from_request(request, payload);
    Box::pin(async move {
        form.await.map(|form| Fields(form.into_inner())).map_err(|fault| {
            let large = fault.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE;
            Trouble::new(if large { "web-too-large" } else { "web-request" })
        })
    })
}

/// Where somebody without a session is sent: the log-in, saying that a session ended if there was one, and leading back.
fn to_log_in(request: &HttpRequest) -> String {
    let known = front(request).is_ok_and(|front| has_session(&front, request));
    log_in_after(request, if known { "1" } else { "0" })
}

fn log_in_after(request: &HttpRequest, ended: &str) -> String {
    let back = landing(request.path());
    match (ended, back.is_empty()) {
        ("0", true) => "/login".to_owned(),
        (ended, true) => format!("/login?ended={ended}"),
        (ended, false) => format!("/login?ended={ended}&back={back}"),
    }
}

/// The page to come back to after a log-in: one whose address holds ids alone, and which asks nothing of the session
/// that ended but what was being typed, which its person's next one has. Empty is the desk.
pub fn landing(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let number = |id: &str| id.len() <= 18 && !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    match parts[..] {
        ["jobs", id, ..] if number(id) => format!("/jobs/{id}"),
        ["members", id, ..] if number(id) => format!("/members/{id}"),
        ["codes", code] if number(code) => format!("/codes/{code}"),
        ["enrol", id, step @ ("consent" | "card"), ..] if is_id(id) => format!("/enrol/{id}/{step}"),
        ["enrol" | "import", id, ..] if is_id(id) => format!("/{}/{id}", parts[0]),
        ["enrol", ..] => "/enrol".to_owned(),
        ["import", ..] => "/import".to_owned(),
        ["codes", ..] => "/codes".to_owned(),
        ["staff", ..] => "/staff".to_owned(),
        ["devices", ..] => "/devices".to_owned(),
        ["account", ..] => "/account".to_owned(),
        ["work"] => "/work".to_owned(),
        ["day", ..] => "/day".to_owned(),
        ["close", ..] => "/close".to_owned(),
        ["access", ..] => "/access".to_owned(),
        ["reports", ..] => "/reports".to_owned(),
        ["doctor", ..] => "/doctor".to_owned(),
        _ => String::new(),
    }
}

pub fn front(request: &HttpRequest) -> Result<web::Data<Front>, Refusal> {
    request.app_data::<web::Data<Front>>().cloned().ok_or(Refusal::Bare(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The session behind the request's cookie, if it is alive and was begun where the request comes from.
fn who(request: &HttpRequest, active: bool) -> LocalBoxFuture<'static, Result<Option<Clerk>, Refusal>> {
    let front = front(request);
    let whence = front.as_ref().map(|front| whence(front, request)).unwrap_or_default();
    let elsewhere = log_in_after(request, "elsewhere");
    Box::pin(async move {
        let front = front?;
        if whence.sessions.is_empty() {
            return Ok(None);
        }
        let desk = front.desk.clone();
        let look = move || {
            let found = desk::session_of(&desk, &whence)?;
            Ok(found.map(|(session, cookie)| Clerk { room: Room { desk, session }, cookie, asking: None }))
        };
        let speech = Speech::of_desk(&front.desk, Lang::Ko);
        let found = web::block(look).await.unwrap_or_else(|_| Err(Trouble::new("web-trouble")));
        let found = found.map_err(|trouble| match trouble.code {
            "session-elsewhere" => Refusal::LogIn(elsewhere),
            _ => Refusal::of(speech, &trouble),
        })?;
        if let Some(clerk) = found.as_ref().filter(|clerk| active && front.touches.due(clerk.room.session.id)) {
            touch(front.clone(), clerk.room.session.clone());
        }
        Ok(found)
    })
}

/// Writes down that a person was active. Nobody waits for it: a store that is being written must not hold up a page
/// that is only read, and what failed is tried again with the next request.
fn touch(front: web::Data<Front>, session: Session) {
    let written = web::block(move || {
        let done = desk::touch(&front.desk, &session);
        if let Err(trouble) = done {
            front.touches.forget(session.id);
            tracing::warn!(code = trouble.code, "an active session was not noted");
        }
    });
    actix_web::rt::spawn(async move {
        // A panic in there was logged by its thread.
        let _ = written.await;
    });
}

/// The session of a request, for a refusal that no handler made.
pub async fn behind(front: &web::Data<Front>, whence: Whence) -> Option<Session> {
    let desk = front.desk.clone();
    let found = web::block(move || desk::session_of(&desk, &whence).ok().flatten()).await.ok().flatten();
    found.map(|(session, _)| session)
}

/// Compares without telling by time where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && !one.is_empty() && one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_after_a_log_in_holds_ids_alone() {
        for (path, to) in [
            ("/jobs/12/print", "/jobs/12"),
            ("/jobs/12/told/ab12", "/jobs/12"),
            ("/members/3/issue", "/members/3"),
            ("/enrol/ab12/consent", "/enrol/ab12/consent"),
            ("/enrol/ab12/leave", "/enrol/ab12"),
            ("/enrol/alike", "/enrol"),
            ("/enrol/홍길동", "/enrol"),
            ("/import/ab12/password", "/import/ab12"),
            ("/codes/121003", "/codes/121003"),
            ("/codes/found/ab12", "/codes"),
            ("/found/ab12", ""),
            ("/jobs/x", ""),
            ("//evil.example/jobs/1", ""),
            ("https://evil.example", ""),
        ] {
            assert_eq!(landing(path), to, "{path}");
        }
    }

    #[test]
    fn an_empty_token_is_never_the_same() {
        assert!(same(b"abc", b"abc"));
        for (one, other) in [("", ""), ("abc", "abd"), ("abc", "ab"), ("", "abc")] {
            assert!(!same(one.as_bytes(), other.as_bytes()), "{one} {other}");
        }
    }
}
