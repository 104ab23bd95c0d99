//! Sessions of the page and what is kept in them: they lie in the store under the hash of their cookie, so that they can be
//! ended, and end by themselves when idle or old. Start at [`session`].

use super::secret::{hash, random_token};
use super::{Actor, Desk, Event, Origin, Role, StaffRef};
use crate::back::store::{sessions, staff};
use crate::plan::member::refuse_identity_number;
use crate::plan::messages::{Lang, Trouble};

/// A session ends after twelve hours, however busy.
const LONGEST_MILLIS: i64 = 12 * 60 * 60 * 1000;
/// As long what was typed waits for its person's next session, when one ended by itself.
const DRAFT_MILLIS: i64 = 12 * 60 * 60 * 1000;

/// What a log-in gives the browser: the cookie's value, shown once.
pub struct NewSession {
    pub cookie: String,
    pub session: Session,
}

#[derive(Clone)]
pub struct Session {
    pub id: i64,
    pub actor: Actor,
    /// Stands in every form of this session.
    pub csrf: String,
    pub lang: Lang,
}

pub(super) fn begin(desk: &Desk, id: i64, name: String, role: Role, desk_no: &str) -> Result<NewSession, Trouble> {
    let desk_no: String = desk_no.chars().filter(char::is_ascii_digit).take(3).collect();
    let (cookie, csrf) = (random_token()?, random_token()?);
    let now = desk.now().as_millisecond();
    let session = desk.store.change(|tx| {
        staff::seen(tx, id, now)?;
        let session = sessions::insert(tx, &hash(&cookie), id, &desk_no, &csrf, Lang::Ko.code(), now)?;
        sessions::inherit(tx, session, id, now - desk.idle_millis(), now - LONGEST_MILLIS, now - DRAFT_MILLIS)?;
        Ok(session)
    })?;
    let actor = Actor {
        staff: StaffRef::Account { id, name },
        role,
        desk: desk_no,
        origin: Origin::Page,
        session: Some(session),
    };
    Ok(NewSession { cookie, session: Session { id: session, actor, csrf, lang: Lang::Ko } })
}

/// Removes sessions that ended by themselves, and with them their searches; drafts wait twelve hours for their person.
pub(super) fn sweep(desk: &Desk) -> Result<(), Trouble> {
    let now = desk.now().as_millisecond();
    desk.store.change(|tx| sessions::sweep(tx, now - desk.idle_millis(), now - LONGEST_MILLIS, now - DRAFT_MILLIS))
}

/// The session of a cookie; `None` when it ended, was idle too long or never was.
pub fn session(desk: &Desk, cookie: &str) -> Result<Option<Session>, Trouble> {
    let now = desk.now().as_millisecond();
    let found =
        desk.store.look(|tx| sessions::get(tx, &hash(cookie), now - desk.idle_millis(), now - LONGEST_MILLIS))?;
    Ok(found.map(|row| Session {
        id: row.id,
        actor: Actor {
            staff: StaffRef::Account { id: row.staff, name: row.name },
            role: Role::parse(&row.role).unwrap_or(Role::Clerk),
            desk: row.desk,
            origin: Origin::Page,
            session: Some(row.id),
        },
        csrf: row.csrf,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
    }))
}

/// Whether a session still stands: an event stream asks this and is itself no activity.
pub fn session_stands(desk: &Desk, session: &Session) -> Result<bool, Trouble> {
    let now = desk.now().as_millisecond();
    desk.store.look(|tx| sessions::stands(tx, session.id, now - desk.idle_millis(), now - LONGEST_MILLIS))
}

/// Activity of a person: keeps an idle session from ending.
pub fn touch(desk: &Desk, session: &Session) -> Result<(), Trouble> {
    desk.store.change(|tx| sessions::touch(tx, session.id, desk.now().as_millisecond()))
}

pub fn log_out(desk: &Desk, cookie: &str) -> Result<(), Trouble> {
    if let Some(id) = desk.store.change(|tx| sessions::end(tx, &hash(cookie)))? {
        desk.tell(Event::SessionEnded(id));
    }
    Ok(())
}

pub fn set_lang(desk: &Desk, session: &Session, lang: Lang) -> Result<(), Trouble> {
    desk.store.change(|tx| sessions::set_lang(tx, session.id, lang.code()))
}

/// Keeps a search or a draft in the session; the id is opaque and may stand in a URL.
pub fn keep(desk: &Desk, session: &Session, kind: &str, text: &str) -> Result<String, Trouble> {
    let id = random_token()?[..22].to_owned();
    rekeep(desk, session, kind, &id, text)?;
    Ok(id)
}

pub fn rekeep(desk: &Desk, session: &Session, kind: &str, id: &str, text: &str) -> Result<(), Trouble> {
    let text = &without_identity_numbers(text);
    desk.store.change(|tx| sessions::keep(tx, session.id, id, kind, text, desk.now().as_millisecond()))
}

/// Keeps what becomes of the text that is there, in one go: whatever is sent meanwhile is neither lost nor undone.
pub fn keep_on(
    desk: &Desk,
    session: &Session,
    kind: &str,
    id: &str,
    work: impl FnOnce(Option<String>) -> Result<String, Trouble>,
) -> Result<(), Trouble> {
    desk.store.change(|tx| {
        let text = without_identity_numbers(&work(sessions::kept(tx, session.id, kind, id)?)?);
        sessions::keep(tx, session.id, id, kind, &text, desk.now().as_millisecond())
    })
}

/// The kind and id of the enrolment or import that was typed last and waits to be gone on with.
pub fn newest_draft(desk: &Desk, session: &Session) -> Result<Option<(String, String)>, Trouble> {
    desk.store.look(|tx| sessions::newest_draft(tx, session.id))
}

/// What is kept may be anything that somebody typed; an identity number is not kept, be it a whole text or a part of JSON.
fn without_identity_numbers(text: &str) -> String {
    fn scrub(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) if refuse_identity_number(text).is_err() => text.clear(),
            serde_json::Value::Array(items) => items.iter_mut().for_each(scrub),
            serde_json::Value::Object(fields) => fields.values_mut().for_each(scrub),
            _ => {}
        }
    }
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(mut value) if value.is_object() => {
            scrub(&mut value);
            value.to_string()
        }
        _ if refuse_identity_number(text).is_err() => String::new(),
        _ => text.to_owned(),
    }
}

pub fn kept(desk: &Desk, session: &Session, kind: &str, id: &str) -> Result<Option<String>, Trouble> {
    desk.store.look(|tx| sessions::kept(tx, session.id, kind, id))
}

pub fn drop_kept(desk: &Desk, session: &Session, kind: &str, id: &str) -> Result<(), Trouble> {
    desk.store.change(|tx| sessions::drop_kept(tx, session.id, kind, id))
}
